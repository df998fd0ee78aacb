//! Notes: what `[^id]` refers to, in the order in which readers meet it.
//!
//! Does not know how a note is written, only its number and its content.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use memchr::memmem;

use super::Source;
use super::flow::Item;

/// Longest name of a note; the parser takes no longer label either.
const NAME_BYTES_MAX: usize = 999;

/// A body made ready for the parser.
///
/// The parser takes `[^id]` for a note only if the same text defines it, so each name that occurs is defined once
/// in front of the body. The comment at the end of these lines closes them against the body's first line.
pub(super) struct Prepared<'a> {
    /// The definitions and the body, or only the body if it cites nothing.
    pub(super) text: Cow<'a, str>,
    /// Where the body begins in the text.
    pub(super) start: usize,
    /// Whether the body may define notes of its own.
    pub(super) defines: bool,
}

impl<'a> Prepared<'a> {
    /// Makes a body ready; `body` stays as it is if no note occurs in it.
    pub(super) fn new(body: &'a str) -> Self {
        let mut front = String::new();
        let mut known = HashSet::new();
        let mut defines = false;
        for at in memmem::find_iter(body.as_bytes(), "[^") {
            let Some(name) = name(&body[at + 2..]) else { continue };
            defines |= body[at + 2 + name.len()..].starts_with("]:");
            if known.insert(name) {
                front.extend(["[^", name, "]:.\n"]);
            }
        }
        if front.is_empty() {
            return Prepared { text: Cow::Borrowed(body), start: 0, defines };
        }
        front.push_str("\n<!---->\n");
        let start = front.len();
        front.push_str(body);
        Prepared { text: Cow::Owned(front), start, defines }
    }

    /// A body in whose dialect there are no notes.
    pub(super) fn without_notes(body: &'a str) -> Self {
        Prepared { text: Cow::Borrowed(body), start: 0, defines: false }
    }
}

fn name(rest: &str) -> Option<&str> {
    let limit = rest.len().min(NAME_BYTES_MAX);
    let end = rest.as_bytes()[..limit].iter().position(|byte| b"[]\\\r\n".contains(byte))?;
    let name = &rest[..end];
    (rest.as_bytes()[end] == b']' && !name.trim().is_empty()).then_some(name)
}

/// All notes of a body.
pub(super) struct Notes<'a> {
    sources: &'a [Source],
    definitions: HashMap<String, Vec<Item<'a>>>,
    numbers: HashMap<String, usize>,
    cited: Vec<Note<'a>>,
    begun: usize,
}

/// A note that is cited at least once.
pub(super) struct Note<'a> {
    /// How often it is cited.
    pub(super) references: usize,
    content: Content<'a>,
}

/// Where a note's content comes from.
pub(super) enum Content<'a> {
    /// From the body.
    Events(Vec<Item<'a>>),
    /// From the page's sources.
    Html(&'a str),
}

impl<'a> Notes<'a> {
    /// Notes that can cite these sources.
    pub(super) fn new(sources: &'a [Source]) -> Self {
        let (definitions, numbers) = (HashMap::new(), HashMap::new());
        Notes { sources, definitions, numbers, cited: Vec::new(), begun: 0 }
    }

    /// Tells what the body itself defines; the first definition of a name counts.
    pub(super) fn define(&mut self, definitions: Vec<(String, Vec<Item<'a>>)>) {
        for (name, events) in definitions {
            self.definitions.entry(key(&name)).or_insert(events);
        }
    }

    /// Cites a note: its place among the cited ones, or nothing if nothing defines it.
    pub(super) fn cite(&mut self, name: &str) -> Option<usize> {
        let key = key(name);
        if let Some(place) = self.numbers.get(&key) {
            self.cited[*place].references += 1;
            return Some(*place);
        }
        let content = match self.definitions.remove(&key) {
            Some(events) => Content::Events(events),
            None => {
                let mut sources = self.sources.iter();
                Content::Html(&sources.find(|source| self::key(&source.id) == key)?.html)
            }
        };
        let place = self.cited.len();
        self.cited.push(Note { references: 1, content });
        self.numbers.insert(key, place);
        Some(place)
    }

    /// The note at this place.
    pub(super) fn note(&self, place: usize) -> &Note<'a> {
        &self.cited[place]
    }

    /// The content of the next note whose content was not asked for yet; writing it may cite further ones.
    pub(super) fn next_content(&mut self) -> Option<Content<'a>> {
        let note = self.cited.get_mut(self.begun)?;
        self.begun += 1;
        Some(std::mem::replace(&mut note.content, Content::Html("")))
    }
}

/// Names are compared without regard to case, as the parser does.
fn key(name: &str) -> String {
    name.to_lowercase()
}
