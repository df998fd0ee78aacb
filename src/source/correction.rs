//! What was put right in a published text: an entry of `[[corrections]]`, and what follows from its kind.
//!
//! Knows one file. A correction is always called one; who is told of it, and where, follows from its kind alone.

use bitcode::{Decode, Encode};
use jiff::tz::TimeZone;
use toml::Spanned;

use super::moment::{Moment, Precision};
use super::page::Form;
use crate::table::View;

/// The key that holds the entries.
pub const KEY: &str = "corrections";

/// The words for the kinds.
pub const KINDS: &[&str] = &["correction", "clarification", "update", "retraction", "refile"];

/// Which sort of change it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum CorrectionKind {
    /// What was said was wrong.
    Correction,
    /// What was said could be misread.
    Clarification,
    /// There is something new.
    Update,
    /// The whole text is withdrawn.
    Retraction,
    /// A slip of the keyboard, which changes nothing that was said.
    Refile,
}

impl CorrectionKind {
    const ALL: [Self; 5] =
        [Self::Correction, Self::Clarification, Self::Update, Self::Retraction, Self::Refile];

    /// Its word in front matter, which is also the key of its label among the words of a theme.
    pub fn word(self) -> &'static str {
        KINDS[self as usize]
    }

    /// The kind that front matter calls so.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether the text says something else than before, so that its `updated` moves and a label stands on the page.
    pub fn is_substantial(self) -> bool {
        self != Self::Refile
    }

    /// Whether it admits that something was wrong or could be misread: such entries stand on the page of all corrections.
    pub fn is_admission(self) -> bool {
        matches!(self, Self::Correction | Self::Clarification | Self::Retraction)
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// When it was put right.
    pub date: Moment,
    /// Which sort it is.
    pub kind: CorrectionKind,
    /// What was wrong, and what is right.
    pub text: Box<str>,
    /// The wording before.
    pub was: Option<Box<str>>,
    /// The wording now.
    pub now: Option<Box<str>>,
}

/// The entries of a page that can be understood, as they are written.
pub(super) fn read(view: &View<'_>, zone: &TimeZone) -> Vec<Correction> {
    view.tables(KEY).filter_map(|table| entry(&table, zone)).collect()
}

fn entry(table: &View<'_>, zone: &TimeZone) -> Option<Correction> {
    Some(Correction {
        date: Moment::read(table.moment("date")?.0, zone).ok()?,
        kind: CorrectionKind::of_word(table.text("kind")?)?,
        text: table.text("text")?.into(),
        was: table.text("was").map(Box::from),
        now: table.text("now").map(Box::from),
    })
}

/// Entries newest first; of those of one moment, what is written first comes first.
pub fn newest_first<'c>(entries: impl IntoIterator<Item = &'c Correction>) -> Vec<&'c Correction> {
    let mut all: Vec<&Correction> = entries.into_iter().collect();
    all.sort_by_key(|entry| std::cmp::Reverse(entry.date.instant));
    all
}

/// Notes what is wrong with entries of a page of this date, beside what each of them lacks.
pub(super) fn check(form: &mut Form<'_, '_, '_>, date: Option<Moment>) {
    let view = form.view;
    for table in view.tables(KEY) {
        if let (Some(was), Some(now)) = (table.text("was"), table.text("now"))
            && was.trim() == now.trim()
        {
            let span = table.span("now").unwrap_or(0..0);
            let message = "`now` says what `was` says".to_string();
            form.reader.error(span, message, "write the wording before and the wording now, or neither");
        }
        let corrected = table.moment("date").and_then(|(value, _)| Moment::read(value, form.zone).ok());
        if let (Some(date), Some(corrected)) = (date, corrected)
            && is_before(corrected, date)
        {
            let span = table.span("date").unwrap_or(0..0);
            let message = "the correction is dated before the page".to_string();
            form.reader.error(span, message, "only what was published can be corrected");
        }
    }
}

/// A day alone says nothing about the hour: on the same day neither is before the other.
fn is_before(one: Moment, other: Moment) -> bool {
    let exact = one.precision == Precision::Time && other.precision == Precision::Time;
    if exact { one.instant < other.instant } else { one.day < other.day }
}

/// Where the date of the entry with this number is written, among those that can be understood.
pub(super) fn locate(view: &View<'_>, number: usize) -> Option<std::ops::Range<usize>> {
    let whole = |table: &View<'_>| entry(table, &TimeZone::UTC).is_some();
    let table = view.tables(KEY).filter(whole).nth(number)?;
    table.value("date").map(Spanned::span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_word() {
        for (kind, word) in CorrectionKind::ALL.into_iter().zip(KINDS) {
            assert_eq!((kind.word(), CorrectionKind::of_word(word)), (*word, Some(kind)));
        }
        assert_eq!(CorrectionKind::of_word("fix"), None);
    }

    #[test]
    fn what_follows_from_each_kind() {
        let follows = |kind: CorrectionKind| (kind.is_substantial(), kind.is_admission());
        let expected = [(true, true), (true, true), (true, false), (true, true), (false, false)];
        assert_eq!(CorrectionKind::ALL.map(follows), expected);
    }
}
