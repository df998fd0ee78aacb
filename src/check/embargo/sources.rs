//! Where what was found is written: which public files hold it, and where in them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use super::marks::{Mark, Marks};
use super::scan::{Found, marks_in};
use super::words::{self, Word};
use super::{own, reading};
use crate::diagnostic::Place;
use crate::engine::Rehearsal;
use crate::source::tree::{CONTENT, Fault};

/// The public files that hold each mark.
#[derive(Debug, Default)]
pub(super) struct Standing(BTreeMap<Mark, Vec<String>>);

impl Standing {
    /// The files that hold a mark, in order, from the root of the site.
    pub(super) fn of(&self, mark: Mark) -> &[String] {
        self.0.get(&mark).map_or(&[], Vec::as_slice)
    }
}

/// Which public files hold the marks that were found in outputs.
pub(super) fn standing(
    (site, bare): (&Rehearsal<'_>, &Rehearsal<'_>),
    marks: &Marks,
    found: &Found,
) -> Result<Standing, Fault> {
    let files: Vec<&str> = bare.sources().map(|(path, _)| path).collect();
    let held = |path: &&str| {
        let own = marks_of_source(site, marks, path)?;
        Ok((path.to_string(), own.into_iter().filter(|mark| found.contains_key(mark)).collect()))
    };
    let each = files.par_iter().map(held).collect::<Result<Vec<(String, Vec<Mark>)>, Fault>>()?;
    let mut standing = Standing::default();
    for (path, own) in each {
        own.into_iter().for_each(|mark| standing.0.entry(mark).or_default().push(path.clone()));
    }
    Ok(standing)
}

/// The marks in a file, as it is written and as it is read.
fn marks_of_source(site: &Rehearsal<'_>, marks: &Marks, path: &str) -> Result<BTreeSet<Mark>, Fault> {
    let bytes = site.bytes(path)?;
    let mut found = marks_in(marks, path, &bytes);
    let page = path.strip_prefix(CONTENT).and_then(|path| site.catalog().page_of_path(&path[1..]));
    // A page that is gone shows nothing of its text to anybody.
    if let Some(page) = page.filter(|&page| site.catalog().visibility(page).has_page()) {
        let mut heard: Vec<Word> = Vec::new();
        for text in own::of(site, page)?.texts {
            heard.clear();
            words::add(&words::composed(&text), &mut heard);
            marks.in_text(&heard, |mark, _| _ = found.insert(mark));
        }
    } else if page.is_some() {
        found.clear();
    }
    Ok(found)
}

/// Where in a file the first of these marks stands.
pub(super) fn place(
    site: &Rehearsal<'_>,
    marks: &Marks,
    (path, own): (&str, &[Mark]),
) -> Result<Place, Fault> {
    let bytes = site.bytes(path)?;
    let (_, unpacked) = reading::unpacked(path, &bytes);
    let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(Place::whole_file(path)) };
    let mut first: Option<Range<usize>> = None;
    let mut add = |mark: Mark, span: Range<usize>| {
        if own.contains(&mark) && first.as_ref().is_none_or(|first| span.start < first.start) {
            first = Some(span);
        }
    };
    marks.in_bytes(&unpacked, &mut add);
    let mut heard = Vec::new();
    words::add(text, &mut heard);
    marks.in_text(&heard, |mark, span| {
        add(mark, heard[span.start].start as usize..heard[span.end - 1].end as usize);
    });
    // Markup may stand between its words, or the text may be packed.
    Ok(first.map_or_else(|| Place::whole_file(path), |span| Place::of(path, text, span)))
}
