//! A TOML table read key by key, with every mistake noted.
//!
//! What a table may hold is described once, as a slice of [`Key`]s; the check, the reference in the documentation and
//! the suggestions come from that description. Knows nothing of sites or pages, and never stops at the first mistake.

mod check;
mod syntax;
mod view;

use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use crate::diagnostic::{Diagnostic, Place};

pub use view::View;

/// One key that a table may hold.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key as written.
    pub name: &'static str,
    /// What its value may be.
    pub shape: Shape,
    /// What it means, in one sentence for the reference.
    pub meaning: &'static str,
}

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A string that is not blank.
    Text,
    /// A string that may be blank, which reads as absent.
    Prose,
    /// `true` or `false`.
    Flag,
    /// A whole number between the two, both included.
    Number(u32, u32),
    /// A day, a local date-time or a date-time with offset.
    Moment,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of strings.
    Texts,
    /// A list in which each item is one of these words.
    Choices(&'static [&'static str]),
    /// A list of strings, or of tables with these keys.
    TextsOrTables(&'static [Key]),
    /// One table with these keys.
    Table(&'static [Key]),
    /// A list of tables with these keys.
    Tables(&'static [Key]),
    /// A table whose keys are free and whose values are tables with these keys.
    Named(&'static [Key]),
    /// A table that may hold anything.
    Free,
    /// No value at all: it belongs somewhere else, and this is what to do.
    Elsewhere(&'static str),
}

/// Keys that people bring from other generators, and what they are called here.
const OTHER_NAMES: [(&str, &str); 12] = [
    ("author", "authors"),
    ("categories", "topics"),
    ("description", "summary"),
    ("excerpt", "summary"),
    ("expiryDate", "expires"),
    ("lastmod", "updated"),
    ("layout", "template"),
    ("permalink", "slug"),
    ("path", "slug"),
    ("publishDate", "date"),
    ("subtitle", "summary"),
    ("tags", "topics"),
];

/// Reads one TOML text inside a file and collects what is wrong with it.
#[derive(Debug)]
pub struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    offset: usize,
    rule: &'static str,
    said: Vec<Diagnostic>,
    /// What could not be read, so that nothing more is said of it.
    broken: Vec<Range<usize>>,
}

impl<'a> Reader<'a> {
    /// A reader for the TOML at `toml` (a byte range of `text`), which is the whole text of `file`.
    ///
    /// `rule` is the family its messages belong to.
    pub fn new(file: &'a str, text: &'a str, offset: usize, rule: &'static str) -> Self {
        Self { file, text, offset, rule, said: Vec::new(), broken: Vec::new() }
    }

    /// Parses `toml`, which must stand at this reader's offset; what could be understood is returned, whatever is wrong.
    pub fn parse(&mut self, toml: &'a str) -> Spanned<DeTable<'a>> {
        let (table, errors) = DeTable::parse_recoverable(toml);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let start = floor(toml, span.start);
            let line = toml[..start].rfind('\n').map_or(0, |newline| newline + 1);
            let end = toml[start..].find('\n').map_or(toml.len(), |length| start + length);
            // One mistake often breaks the rest of its line in several ways.
            if self.broken.last().is_some_and(|last| last.start == line) {
                continue;
            }
            let lesson = syntax::lesson(error.message(), &toml[line..start], &toml[start..end]);
            self.error(span, lesson.what, &lesson.label);
            self.broken.push(line..end);
        }
        table
    }

    /// Checks `table` against `keys`; afterwards a [`View`] of it only yields values of the right type.
    pub fn check(&mut self, table: &Spanned<DeTable<'a>>, keys: &[Key]) {
        check::table(self, table.get_ref(), keys);
    }

    /// Notes an error at `span`, a byte range of the TOML text; nothing where the text could not be read at all.
    pub fn error(&mut self, span: Range<usize>, message: String, label: &str) {
        if self.broken.iter().any(|line| line.start < span.end && span.start < line.end) {
            return;
        }
        let diagnostic = Diagnostic::error(self.rule, message).at(self.place(&span)).label(label);
        self.said.push(diagnostic);
    }

    /// Whether part of the text could not be read, so that what seems to be missing may be there.
    pub fn is_broken(&self) -> bool {
        !self.broken.is_empty()
    }

    /// Where `span`, a byte range of the TOML text, stands in the file.
    pub fn place(&self, span: &Range<usize>) -> Place {
        Place::of(self.file, self.text, span.start + self.offset..span.end + self.offset)
    }

    /// Everything that was noted, in the order it was found.
    pub fn finish(self) -> Vec<Diagnostic> {
        self.said
    }
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}
