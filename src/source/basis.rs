//! What a page rests on, in short: as much of its sources as other pages show of them.
//!
//! One text for all sources of a page, because cards of all pages stay in memory and few fields of a source are filled.

use super::details::CitedSource;
use crate::table::View;

/// Between two fields of a source, and behind each source: no text that people write holds them.
const FIELD: char = '\u{1f}';
const END: char = '\u{1e}';

/// The sources that a page describes itself, or the one that the file of a shared source is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Basis(Box<str>);

/// One of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told<'b> {
    /// Its title.
    pub title: &'b str,
    /// Who published it; may be empty, as all that follows.
    pub publisher: &'b str,
    /// Where it is.
    pub url: &'b str,
    /// What sort of source it is.
    pub kind: &'b str,
    /// What became of it.
    pub status: &'b str,
}

/// The status of a source that nothing should rest on any more.
pub const RETRACTED: &str = "retracted";

/// The kinds of sources that the summary of a page counts together, in its order. Others are counted as they are written.
pub const KINDS: &[&str] =
    &["official", "document", "data", "research", "media", "interview", "own", "social", "anonymous"];

impl Basis {
    /// The entries of `[[sources]]` that say more than an id.
    pub(super) fn of_tables(view: &View<'_>) -> Self {
        let titled = view.tables("sources").filter(|table| table.text("title").is_some());
        Self::of(titled.map(|table| entry(&table)))
    }

    /// The file of a shared source.
    pub(super) fn of_file(view: &View<'_>) -> Self {
        Self::of(std::iter::once(entry(view)))
    }

    /// What was written down of one before.
    pub fn from_text(text: &str) -> Self {
        Self(text.into())
    }

    /// What is to be written down.
    pub fn text(&self) -> &str {
        &self.0
    }

    fn of(entries: impl Iterator<Item = [String; 5]>) -> Self {
        let mut all = String::new();
        for entry in entries {
            let filled = entry.iter().rposition(|field| !field.is_empty()).map_or(0, |last| last + 1);
            all += &entry[..filled].join(FIELD.encode_utf8(&mut [0; 4]));
            all.push(END);
        }
        Self(all.into())
    }

    /// The sources, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = Told<'_>> {
        self.0.split_terminator(END).map(|entry| {
            let mut fields = entry.split(FIELD);
            let mut next = || fields.next().unwrap_or_default();
            Told { title: next(), publisher: next(), url: next(), kind: next(), status: next() }
        })
    }
}

fn entry(table: &View<'_>) -> [String; 5] {
    ["title", "publisher", "url", "kind", "status"].map(|name| {
        let text = table.text(name).unwrap_or_default();
        text.replace([FIELD, END], " ")
    })
}

/// How many sources of each kind there are: the known kinds first, then others as they are written, then those of none.
pub fn kinds(sources: &[CitedSource]) -> Vec<(Option<&str>, usize)> {
    let mut all: Vec<(Option<&str>, usize)> = Vec::new();
    for source in sources {
        let kind = source.kind.as_deref().filter(|kind| !kind.is_empty());
        match all.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => all.push((kind, 1)),
        }
    }
    let place = |kind: &str| KINDS.iter().position(|known| *known == kind).unwrap_or(KINDS.len());
    // Stable: kinds that we do not know stay in the order of the page.
    all.sort_by_key(|(kind, _)| kind.map_or(usize::MAX, place));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_what_was_said() {
        let full = ["A \u{1f}b", "P", "https://x.example/", "official", RETRACTED].map(String::from);
        let bare = ["Bare", "", "", "", ""].map(|field| field.to_string());
        let basis = Basis::of([full.map(|field| field.replace([FIELD, END], " ")), bare].into_iter());
        let told: Vec<Told<'_>> = basis.iter().collect();
        assert_eq!((told[0].title, told[0].status, told.len()), ("A  b", RETRACTED, 2));
        assert_eq!(told[1], Told { title: "Bare", ..Told::default() });
        assert_eq!(Basis::from_text(basis.text()), basis);
        assert_eq!(basis.text().len(), "A  b P https://x.example/ official retracted ".len() + "Bare ".len());
        assert_eq!(Basis::default().iter().count(), 0);
    }

    #[test]
    fn kinds_are_counted_in_the_order_of_the_documentation() {
        let source = |kind: &str| CitedSource {
            kind: Some(kind.to_string()).filter(|kind| !kind.is_empty()),
            ..CitedSource::default()
        };
        let sources = ["tweet", "", "media", "official", "media", "tweet"].map(source);
        let expected = [(Some("official"), 1), (Some("media"), 2), (Some("tweet"), 2), (None, 1)];
        assert_eq!(kinds(&sources), expected);
    }
}
