//! Looks for the marks of what is held back in every output, and judges what is found.
//!
//! A build that hides everything still shows what somebody has copied by hand: into a public page, the description of a
//! picture, a table, the name of a file. What is found is excused where it is known from elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::gated::Gated;
use super::marks::{Kind, Mark, Marks};
use super::reading;
use super::sources::{self, Standing};
use super::words::{self, Word};
use crate::catalog::{Catalog, PageId};
use crate::diagnostic::{Diagnostic, Place};
use crate::engine::Rehearsal;
use crate::source::tree::Fault;

/// What stands in so many public sources is a common phrase, or said in every issue.
const COMMON_SOURCES_MIN: usize = 3;
/// So many outputs are named.
const OUTPUTS_NAMED_MAX: usize = 3;

/// The marks in an output that is called so.
pub(super) fn marks_in(marks: &Marks, path: &str, bytes: &[u8]) -> BTreeSet<Mark> {
    let mut found = BTreeSet::new();
    if marks.are_none() {
        return found;
    }
    let (name, bytes) = reading::unpacked(path, bytes);
    marks.in_bytes(path.as_bytes(), |mark, _| _ = found.insert(mark));
    marks.in_bytes(&bytes, |mark, _| _ = found.insert(mark));
    let mut heard: Vec<Word> = Vec::new();
    for text in reading::texts(name, &bytes).iter().map(String::as_str).chain([path]) {
        heard.clear();
        words::add(&words::composed(text), &mut heard);
        marks.in_text(&heard, |mark, _| _ = found.insert(mark));
    }
    found
}

/// The outputs in which each mark stands, in order.
pub(super) type Found = BTreeMap<Mark, Vec<String>>;

/// Tells what is no coincidence among the marks that were found.
pub(super) fn told(
    (site, bare): (&Rehearsal<'_>, &Rehearsal<'_>),
    gated: &Gated,
    (marks, found): (&Marks, &Found),
) -> Result<Vec<Diagnostic>, Fault> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let standing = sources::standing((site, bare), marks, found)?;
    let judge = Judge { catalog: site.catalog(), marks, standing: &standing };
    let mut groups: BTreeMap<Group<'_>, Vec<Mark>> = BTreeMap::new();
    for &mark in found.keys().filter(|&&mark| !judge.is_excused(mark)) {
        let own = standing.of(mark);
        let each = own.iter().map(|file| Some(file.as_str())).chain(own.is_empty().then_some(None));
        each.for_each(|source| groups.entry((mark.page, mark.kind, source)).or_default().push(mark));
    }
    let groups: Vec<_> = groups.into_iter().collect();
    groups.par_iter().map(|(group, own)| diagnostic(site, gated, (marks, found), (*group, own))).collect()
}

/// Marks of one page and one kind in one source; none where they stand in outputs alone.
type Group<'s> = (u32, Kind, Option<&'s str>);

/// Tells leaks from coincidences.
struct Judge<'j> {
    catalog: &'j Catalog,
    marks: &'j Marks,
    standing: &'j Standing,
}

impl Judge<'_> {
    /// Whether what was found is known from elsewhere.
    fn is_excused(&self, mark: Mark) -> bool {
        let own = self.standing.of(mark);
        let page = self.marks.pages[mark.page as usize];
        let pages = own.iter().filter_map(|file| self.catalog.page_of_path(file.strip_prefix("content/")?));
        let mut pages = pages;
        own.len() >= COMMON_SOURCES_MIN || pages.any(|public| self.are_related(page, public))
    }

    /// Whether two pages say openly that they have to do with each other.
    fn are_related(&self, one: PageId, other: PageId) -> bool {
        let same = self.catalog.card(one).original() == self.catalog.card(other).original();
        same || self.refers(one, other) || self.refers(other, one)
    }

    fn refers(&self, from: PageId, to: PageId) -> bool {
        let page = self.catalog.page(from);
        let links = page.outline.links.iter().map(|link| self.catalog.destination(from, &link.destination));
        let mut pages = links.filter_map(|destination| match destination {
            crate::catalog::links::Destination::Page(page, _) => Some(page),
            _ => None,
        });
        let stated = page.card.rare.iter().flat_map(|rare| rare.related.iter().chain(&rare.supersedes));
        let mut stated = stated.filter_map(|name| self.catalog.page_called(from, name));
        pages.any(|page| page == to) || stated.any(|page| page == to)
    }
}

fn diagnostic(
    site: &Rehearsal<'_>,
    gated: &Gated,
    (marks, found): (&Marks, &Found),
    ((page, kind, source), own): (Group<'_>, &Vec<Mark>),
) -> Result<Diagnostic, Fault> {
    let id = marks.pages[page as usize];
    let file = site.catalog().card(id).file();
    let state = if gated.is_gone(id) { "gone" } else { "held back" };
    let outputs: BTreeSet<&String> = own.iter().flat_map(|mark| &found[mark]).collect();
    let named: Vec<String> = outputs.iter().take(OUTPUTS_NAMED_MAX).map(|path| format!("/{path}")).collect();
    let more = match outputs.len().saturating_sub(OUTPUTS_NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = format!("it shows in {}{more}", named.join(", "));
    let told = |at: &str| {
        Diagnostic::error("leak", format!("{at} holds {} of {file}, which is {state}", kind.words()))
            .note(shown)
    };
    let Some(source) = source else {
        let place = Place::whole_file(&file);
        return Ok(told(&named[0]).at(place));
    };
    let help = "take it out; if it is known from there already, let the held-back page name this one under `related`, or link to it";
    Ok(told(source).at(sources::place(site, marks, (source, own))?).help(help))
}
