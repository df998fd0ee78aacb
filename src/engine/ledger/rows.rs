//! Sources, outputs and the head of a ledger as rows of a file.
//!
//! Rows borrow their texts where there are many of them. Knows nothing of files, checksums or blocks.

use bitcode::{Decode, Encode};

use super::record::{InstantRow, instant, instant_row};
use super::{Head, Output, Source, Summary};
use crate::diagnostic::{Diagnostic, Note, Place, RULES, Severity};
use crate::digest::{Digest, Sha256};
use crate::engine::held::{Held, REASONS};
use crate::source::path::TermKind;
use crate::source::tree::Stamp;

/// A file that was read.
#[derive(Encode, Decode)]
pub(super) struct SourceRow<'a> {
    path: &'a str,
    stamp: Option<StampRow>,
    digest: u128,
    transcript: Option<[u8; 32]>,
    page: Option<u32>,
    said: Vec<DiagnosticRow<'a>>,
}

/// An output, but for its inputs, which stand in one list for all rows of a block.
#[derive(Encode, Decode)]
pub(super) struct OutputRow<'a> {
    path: &'a str,
    key: u128,
    content: u128,
    stamp: Option<StampRow>,
    /// How many of the inputs are this output's.
    pub(super) inputs: u32,
    reason: &'a str,
}

/// What stands once in a ledger.
#[derive(Encode, Decode)]
pub(super) struct HeadRow<'a> {
    request: u128,
    reading: u128,
    from: Option<InstantRow>,
    until: Option<InstantRow>,
    pages: u64,
    terms: Vec<(TermKind, u64)>,
    held: Vec<HeldRow<'a>>,
    timezone: &'a str,
    said: Vec<DiagnosticRow<'a>>,
}

#[derive(Encode, Decode)]
struct HeldRow<'a> {
    file: &'a str,
    /// Which of the known reasons.
    reason: u8,
    appears: Option<InstantRow>,
}

#[derive(Encode, Decode)]
struct StampRow {
    size: u64,
    modified: i64,
    changed: i64,
    inode: u64,
}

#[derive(Encode, Decode)]
struct DiagnosticRow<'a> {
    severity: Severity,
    /// Which of the known rules.
    rule: u8,
    message: &'a str,
    place: Option<Place>,
    label: &'a str,
    help: Vec<&'a str>,
    notes: Vec<Note>,
}

fn number(digest: Digest) -> u128 {
    u128::from_be_bytes(digest.to_bytes())
}

fn digest(number: u128) -> Digest {
    Digest::from_bytes(number.to_be_bytes())
}

/// The place of a text in a table; past its end for one that is not there, which no reader takes for another.
fn place_in(table: &[&str], text: &str) -> u8 {
    let place = table.iter().position(|known| *known == text).unwrap_or(table.len());
    debug_assert!(place < table.len(), "`{text}` is missing from its table");
    u8::try_from(place).unwrap_or(u8::MAX)
}

impl StampRow {
    fn of(stamp: Stamp) -> Self {
        let Stamp { size, modified, changed, inode } = stamp;
        Self { size, modified, changed, inode }
    }

    fn stamp(self) -> Stamp {
        let Self { size, modified, changed, inode } = self;
        Stamp { size, modified, changed, inode }
    }
}

impl<'a> DiagnosticRow<'a> {
    fn all(said: &'a [Diagnostic]) -> Vec<Self> {
        said.iter().map(Self::of).collect()
    }

    fn of(diagnostic: &'a Diagnostic) -> Self {
        Self {
            severity: diagnostic.severity,
            rule: place_in(&RULES, diagnostic.rule),
            message: &diagnostic.message,
            place: diagnostic.place.clone(),
            label: &diagnostic.label,
            help: diagnostic.help.iter().map(String::as_str).collect(),
            notes: diagnostic.notes.clone(),
        }
    }

    fn diagnostic(self) -> Option<Diagnostic> {
        Some(Diagnostic {
            severity: self.severity,
            rule: RULES.get(usize::from(self.rule)).copied()?,
            message: self.message.to_string(),
            place: self.place,
            label: self.label.to_string(),
            help: self.help.into_iter().map(str::to_string).collect(),
            notes: self.notes,
        })
    }
}

impl<'a> SourceRow<'a> {
    /// The row of a source.
    pub(super) fn of(source: &'a Source) -> Self {
        Self {
            path: &source.path,
            stamp: source.stamp.map(StampRow::of),
            digest: number(source.digest),
            transcript: source.transcript.map(Sha256::to_bytes),
            page: source.page,
            said: DiagnosticRow::all(&source.said),
        }
    }

    /// The source of a row; none if the row says what no source can be.
    pub(super) fn source(self) -> Option<Source> {
        Some(Source {
            path: self.path.to_string(),
            stamp: self.stamp.map(StampRow::stamp),
            digest: digest(self.digest),
            transcript: self.transcript.map(Sha256::from_bytes),
            page: self.page,
            said: self.said.into_iter().map(DiagnosticRow::diagnostic).collect::<Option<_>>()?,
        })
    }
}

impl<'a> OutputRow<'a> {
    /// The row of an output.
    pub(super) fn of(output: &'a Output) -> Self {
        Self {
            path: &output.path,
            key: number(output.key),
            content: number(output.content),
            stamp: output.stamp.map(StampRow::of),
            inputs: u32::try_from(output.inputs.len()).expect("an output has few inputs"),
            reason: &output.reason,
        }
    }

    /// The output of a row with its inputs.
    pub(super) fn output(self, inputs: Vec<u32>) -> Output {
        Output {
            path: self.path.to_string(),
            key: digest(self.key),
            content: digest(self.content),
            stamp: self.stamp.map(StampRow::stamp),
            inputs,
            reason: self.reason.to_string(),
        }
    }
}

impl<'a> HeadRow<'a> {
    /// The row of a head.
    pub(super) fn of(head: &'a Head) -> Self {
        let summary = &head.summary;
        let held = |held: &'a Held| HeldRow {
            file: &held.file,
            reason: place_in(&REASONS, held.reason),
            appears: held.appears.map(instant_row),
        };
        Self {
            request: number(head.request),
            reading: number(head.reading),
            from: head.from.map(instant_row),
            until: head.until.map(instant_row),
            pages: summary.pages as u64,
            terms: summary.terms.iter().map(|(kind, count)| (*kind, *count as u64)).collect(),
            held: summary.held.iter().map(held).collect(),
            timezone: &summary.timezone,
            said: DiagnosticRow::all(&head.said),
        }
    }

    /// The head of a row; none if the row says what no head can be.
    pub(super) fn head(self) -> Option<Head> {
        let moment = |row: Option<InstantRow>| row.map_or(Some(None), |row| instant(row).map(Some));
        let held = |row: HeldRow<'_>| {
            Some(Held {
                file: row.file.to_string(),
                reason: REASONS.get(usize::from(row.reason)).copied()?,
                appears: moment(row.appears)?,
            })
        };
        let count = |count: u64| usize::try_from(count).ok();
        let term = |(kind, terms): (TermKind, u64)| Some((kind, count(terms)?));
        Some(Head {
            request: digest(self.request),
            reading: digest(self.reading),
            from: moment(self.from)?,
            until: moment(self.until)?,
            summary: Summary {
                pages: count(self.pages)?,
                terms: self.terms.into_iter().map(term).collect::<Option<_>>()?,
                held: self.held.into_iter().map(held).collect::<Option<_>>()?,
                timezone: self.timezone.to_string(),
            },
            said: self.said.into_iter().map(DiagnosticRow::diagnostic).collect::<Option<_>>()?,
        })
    }
}
