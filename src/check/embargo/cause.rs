//! Which of the files that are held back makes an output differ: found by leaving out fewer and fewer of them.

use std::collections::BTreeSet;

use super::differences::{Difference, Kind, Parting, differs};
use super::gated::Gated;
use crate::diagnostic::{Diagnostic, Place};
use crate::engine::{self, Rehearsal, Request, Silent, Stop};

/// Each search reads the site a few times; what differs beyond so many causes is told without one.
const SEARCHES_MAX: usize = 16;

/// A name that many pages show would be told ten thousand times.
const OUTPUTS_TOLD_MAX: usize = 12;

/// What is told of each difference: the output, the file that causes it, and both texts.
pub(super) fn told(
    (site, request): (&Rehearsal<'_>, &Request),
    gated: &Gated,
    mut differences: Vec<Difference>,
) -> Result<Vec<Diagnostic>, Stop> {
    let search = Search { site, request };
    let all: Vec<&String> = gated.files.iter().collect();
    let mut told = Vec::new();
    for _ in 0..SEARCHES_MAX {
        let Some(first) = differences.first() else { return Ok(told) };
        let Some(cause) = search.cause(&first.path, &all)? else {
            told.push(diagnostic(&differences.remove(0), None));
            continue;
        };
        // One file seldom shows in one output alone.
        let same = search.differing(&differences, cause)?;
        let (own, others) = differences.into_iter().partition(|difference| same.contains(&difference.path));
        differences = others;
        told.extend(bounded(own, Some(cause)));
    }
    told.extend(bounded(differences, None));
    Ok(told)
}

/// What is told of outputs that differ because of one file: the first of them, and how many more there are.
fn bounded(mut differences: Vec<Difference>, cause: Option<&String>) -> Vec<Diagnostic> {
    let more = differences.len().saturating_sub(OUTPUTS_TOLD_MAX);
    differences.truncate(OUTPUTS_TOLD_MAX);
    let mut told: Vec<Diagnostic> =
        differences.iter().map(|difference| diagnostic(difference, cause)).collect();
    if let Some(last) = told.last_mut().filter(|_| more > 0) {
        *last = last.clone().note(format!("and so are {more} more outputs"));
    }
    told
}

/// A search for causes.
struct Search<'s> {
    site: &'s Rehearsal<'s>,
    request: &'s Request,
}

impl Search<'_> {
    /// The one file of `among` that makes the output at `path` differ; none if no file alone does.
    fn cause<'f>(&self, path: &str, among: &[&'f String]) -> Result<Option<&'f String>, Stop> {
        match among {
            [] => Ok(None),
            [one] => Ok(self.differs(path, among)?.then_some(*one)),
            _ => {
                let (first, second) = among.split_at(among.len() / 2);
                let half = if self.differs(path, first)? { first } else { second };
                self.cause(path, half)
            }
        }
    }

    /// Whether the output at `path` is another without these files.
    fn differs(&self, path: &str, absent: &[&String]) -> Result<bool, Stop> {
        let absent: BTreeSet<String> = absent.iter().map(|file| (*file).clone()).collect();
        engine::rehearse(self.request, &absent, &Silent, |other| Ok(differs((self.site, other), path)?))
    }

    /// Those of the outputs that are others without this file.
    fn differing(&self, among: &[Difference], absent: &str) -> Result<BTreeSet<String>, Stop> {
        let absent = BTreeSet::from([absent.to_string()]);
        engine::rehearse(self.request, &absent, &Silent, |other| {
            let mut found = BTreeSet::new();
            for Difference { path, .. } in among {
                if differs((self.site, other), path)? {
                    found.insert(path.clone());
                }
            }
            Ok(found)
        })
    }
}

fn diagnostic(Difference { path, kind }: &Difference, cause: Option<&String>) -> Diagnostic {
    let of = cause.map_or("what is held back", String::as_str);
    let message = match kind {
        Kind::TooMuch => format!("/{path} is there only because of {of}"),
        Kind::Missing => format!("/{path} is missing because of {of}"),
        Kind::Unmade(_) => format!("/{path} cannot be made without {of}"),
        Kind::Parts(_) => format!("/{path} gives {of} away"),
    };
    let mut diagnostic = Diagnostic::error("leak", message);
    if let Some(cause) = cause {
        diagnostic = diagnostic.at(Place::whole_file(cause));
    }
    match kind {
        Kind::Parts(Parting { byte, line, with, without }) => diagnostic
            .note(format!("they part in line {line}, at byte {byte}"))
            .note(format!("as it is: {with}"))
            .note(format!("without the file: {without}")),
        Kind::Unmade(why) => diagnostic.note(why.clone()),
        Kind::TooMuch | Kind::Missing => diagnostic,
    }
}
