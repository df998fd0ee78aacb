//! Two sites, output by output: where they differ, and what stands there in each.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::marks::{Mark, Marks};
use super::scan::{self, Found};
use crate::diagnostic::Diagnostic;
use crate::engine::{Progress, Rehearsal, Stop};
use crate::output::{Artifact, Failure};
use crate::source::tree::Fault;

/// How many bytes are shown before and after the place where two outputs part.
const SHOWN_BEFORE: usize = 40;
const SHOWN_AFTER: usize = 80;

/// What a comparison of two sites found.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// How many outputs the sites have.
    pub count: usize,
    /// Mistakes of templates, which keep outputs from being made.
    pub mistakes: Vec<Diagnostic>,
    /// Where they differ, ordered by path.
    pub differences: Vec<Difference>,
    /// The marks of what is held back, with the outputs that they stand in.
    pub found: Found,
}

/// An output that two sites do not have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// Its path below the output folder.
    pub path: String,
    /// How the sites differ there.
    pub kind: Kind,
}

/// How two sites differ in one output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Only the site as it is has it.
    TooMuch,
    /// Only the site without its gated files has it.
    Missing,
    /// Without the gated files it cannot be made, and why.
    Unmade(String),
    /// Both have it, with other bytes.
    Parts(Parting),
}

/// Where two texts part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parting {
    /// The first byte that differs, counted from 0.
    pub byte: usize,
    /// Its line, counted from 1.
    pub line: usize,
    /// What stands there in the site as it is.
    pub with: String,
    /// What stands there without the gated files.
    pub without: String,
}

/// An output of one of the sites.
enum Side {
    Made(Artifact),
    Absent,
    Mistake(Box<Diagnostic>),
}

/// Compares all outputs of the site as it is with those of the bare one.
pub(super) fn compare(
    (site, bare): (&Rehearsal<'_>, &Rehearsal<'_>),
    marks: &Marks,
    progress: &dyn Progress,
) -> Result<Compared, Stop> {
    let paths: BTreeSet<&str> = site.paths().chain(bare.paths()).collect();
    let paths: Vec<&str> = paths.into_iter().collect();
    progress.begin("comparing", paths.len());
    let look = |path: &&str| {
        let seen = one((site, bare), path, Some(marks));
        progress.step();
        seen
    };
    let seen = paths.par_iter().map(look).collect::<Result<Vec<Seen>, Fault>>()?;
    let mut compared = Compared { count: paths.len(), ..Compared::default() };
    for (path, Seen { verdict, marks }) in paths.iter().zip(seen) {
        for mark in marks {
            compared.found.entry(mark).or_default().push(path.to_string());
        }
        match verdict {
            Verdict::Same => {}
            Verdict::Differs(kind) => {
                compared.differences.push(Difference { path: path.to_string(), kind });
            }
            Verdict::Mistake(mistake) => compared.mistakes.push(*mistake),
        }
    }
    Ok(compared)
}

/// What was seen of one output.
struct Seen {
    verdict: Verdict,
    /// The marks of what is held back that stand in it.
    marks: BTreeSet<Mark>,
}

/// Whether an output is the same in both sites.
enum Verdict {
    Same,
    Differs(Kind),
    Mistake(Box<Diagnostic>),
}

/// Compares one output, and looks for marks in it.
fn one(
    (site, bare): (&Rehearsal<'_>, &Rehearsal<'_>),
    path: &str,
    marks: Option<&Marks>,
) -> Result<Seen, Fault> {
    let seen = |verdict| Seen { verdict, marks: BTreeSet::new() };
    Ok(match (side(site, path)?, side(bare, path)?) {
        (Side::Mistake(mistake), _) => seen(Verdict::Mistake(mistake)),
        (Side::Made(_), Side::Mistake(mistake)) => seen(Verdict::Differs(Kind::Unmade(mistake.message))),
        (Side::Absent, Side::Absent) => seen(Verdict::Same),
        (Side::Absent, _) => seen(Verdict::Differs(Kind::Missing)),
        (Side::Made(_), Side::Absent) => seen(Verdict::Differs(Kind::TooMuch)),
        (Side::Made(with), Side::Made(without)) => {
            // The sources of both were found to be the same.
            let copied =
                matches!((&with, &without), (Artifact::Copy(one), Artifact::Copy(other)) if one == other);
            if copied && marks.is_none() {
                return Ok(seen(Verdict::Same));
            }
            let with = bytes(site, with)?;
            let parting = if copied { None } else { parting(&with, &bytes(bare, without)?) };
            let marks = marks.map(|marks| scan::marks_in(marks, path, &with)).unwrap_or_default();
            Seen {
                verdict: parting.map_or(Verdict::Same, |parting| Verdict::Differs(Kind::Parts(parting))),
                marks,
            }
        }
    })
}

/// The output of a site at a path.
fn side(site: &Rehearsal<'_>, path: &str) -> Result<Side, Fault> {
    match site.output(path) {
        Ok(Some(artifact)) => Ok(Side::Made(artifact)),
        Ok(None) => Ok(Side::Absent),
        Err(Failure::Mistake(mistake)) => Ok(Side::Mistake(mistake)),
        Err(Failure::Fault(fault)) => Err(fault),
    }
}

/// The bytes of an output.
pub(super) fn bytes(site: &Rehearsal<'_>, artifact: Artifact) -> Result<Vec<u8>, Fault> {
    match artifact {
        Artifact::Bytes(bytes) => Ok(bytes),
        Artifact::Copy(file) => site.bytes(&file),
    }
}

/// Whether a site that lacks more files differs from the site as it is in the output at a path.
pub(super) fn differs((site, other): (&Rehearsal<'_>, &Rehearsal<'_>), path: &str) -> Result<bool, Fault> {
    Ok(!matches!(one((site, other), path, None)?.verdict, Verdict::Same))
}

/// Where two texts part; none if they are the same.
fn parting(with: &[u8], without: &[u8]) -> Option<Parting> {
    if with == without {
        return None;
    }
    let byte = with.iter().zip(without).take_while(|(one, other)| one == other).count();
    let line = 1 + with[..byte].iter().filter(|&&byte| byte == b'\n').count();
    Some(Parting { byte, line, with: excerpt(with, byte), without: excerpt(without, byte) })
}

/// What stands around a place, on one line.
pub(super) fn excerpt(text: &[u8], at: usize) -> String {
    let (mut start, mut end) = (at.saturating_sub(SHOWN_BEFORE), text.len().min(at + SHOWN_AFTER));
    // Not in the middle of a letter.
    while start > 0 && is_inside(text[start]) {
        start -= 1;
    }
    while end < text.len() && is_inside(text[end]) {
        end += 1;
    }
    let shown = String::from_utf8_lossy(&text[start..end]);
    let shown: String = shown.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let (before, after) = (if start > 0 { "…" } else { "" }, if end < text.len() { "…" } else { "" });
    format!("{before}{}{after}", shown.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a byte goes on with a letter that began before it.
fn is_inside(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

/// Mistakes that the site has only without its gated files: something public needs them.
pub(super) fn unsound(bare: &Rehearsal<'_>) -> impl Iterator<Item = Diagnostic> {
    let errors = bare.said().iter().filter(|said| said.is_error()).cloned();
    errors.map(|said| {
        Diagnostic { rule: "leak", ..said }
            .note("only without the files that are held back: something public needs one of them")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_texts_part_at_the_first_byte_that_differs_and_are_shown_around_it() {
        assert_eq!(parting(b"same", b"same"), None);
        let long = "x".repeat(100);
        let (one, other) = (format!("{long}\nа\tбв"), format!("{long}\nа\tбг{long}"));
        let found = parting(one.as_bytes(), other.as_bytes()).expect("they differ");
        // The letters begin with the same byte.
        assert_eq!((found.byte, found.line), (107, 2));
        assert_eq!(found.with, format!("…{} а бв", "x".repeat(33)));
        assert!(found.without.starts_with('…') && found.without.ends_with('…'), "{}", found.without);
        let cut = parting(b"ab", b"a").expect("they differ");
        assert_eq!((cut.byte, cut.with.as_str(), cut.without.as_str()), (1, "ab", "a"));
    }
}
