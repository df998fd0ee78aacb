//! Compares the tree with the ledger: which files must be read, what they say now, and how far the difference reaches.
//!
//! A file whose stamp is the recorded one is not opened, one whose bytes are the recorded ones is not parsed. Knows
//! files and pages; nothing of outputs, nor of what else the build depends on.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Ordering;

use rayon::prelude::*;

use super::ledger::{Ledger, Source};
use super::read::{self, Content};
use super::{Progress, Stop};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Hasher};
use crate::mutation::without;
use crate::site::Site;
use crate::source::names::Names;
use crate::source::page::Page;
use crate::source::path::Role;
use crate::source::tree::{CONTENT, Fault, Stamp, Tree};

/// How far the difference reaches between the tree and what the ledger knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// There is none.
    Nothing,
    /// The text of these pages, by number, and nothing else: what other pages may know of them is the same.
    Texts(Vec<u32>),
    /// Anything may be different.
    Everything,
}

/// How a comparison began, and who watches it.
pub(super) struct Began<'p> {
    /// The stamp of a file that was written before anything was read: what is not clearly older is not trusted.
    pub instant: Stamp,
    /// Told of every file that is opened.
    pub progress: &'p dyn Progress,
}

/// The tree, compared with the ledger.
pub(super) struct Compared<'l> {
    /// Every file by path, content and themes, as it is now; the pages are numbered in this order.
    pub sources: Cow<'l, [Source]>,
    /// How far the difference reaches.
    pub change: Change,
    /// How many files are new, gone or different.
    pub changed: usize,
    /// Which they are, in order; none without a ledger, when all are new.
    pub named: Vec<String>,
    /// Where each page comes from; none if all are those of the ledger, with its numbers.
    origins: Option<Vec<Origin>>,
    /// The pages that were parsed.
    parsed: Vec<Page>,
}

/// Where a page comes from.
#[derive(Clone, Copy)]
enum Origin {
    /// The ledger, where it has this number.
    Ledger(u32),
    /// A file that was parsed just now, as this one of them.
    Parsed(usize),
}

/// What an opened file turned out to be.
struct Found {
    digest: Digest,
    stamp: Stamp,
    verdict: Verdict,
}

enum Verdict {
    /// The bytes that the ledger knows.
    Same,
    /// Other bytes, and what is wrong with them; with a page if it could be understood.
    Other(Option<Box<Page>>, Vec<Diagnostic>),
}

/// Compares the files of `tree` with the ledger's; without a ledger everything is new.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn compare<'l>(
    tree: &Tree,
    site: &Site,
    ledger: Option<&'l Ledger>,
    began: &Began<'_>,
) -> Result<Compared<'l>, Stop> {
    let known = ledger.map_or(&[][..], |ledger| &ledger.sources);
    let again = ledger.is_some_and(|ledger| ledger.head.reading != reading(site));
    let old = paired(tree.files(), known);
    let gone = known.len() - old.iter().flatten().count();
    // A page must be parsed again if it would be read in another way.
    let unread = |at: &usize| {
        let trusted =
            old[*at].is_some_and(|source| source.stamp == Some(tree.stamps()[*at]) || without("stamps"));
        !trusted || again && is_page(&tree.files()[*at])
    };
    let opened: Vec<usize> = (0..old.len()).filter(unread).collect();
    if opened.is_empty() && gone == 0 && ledger.is_some() {
        let (change, sources) = (Change::Nothing, Cow::Borrowed(known));
        return Ok(Compared {
            sources,
            change,
            changed: 0,
            named: Vec::new(),
            origins: None,
            parsed: Vec::new(),
        });
    }
    began.progress.begin("reading", opened.len());
    let look = |at: &usize| {
        let known = old[*at].filter(|_| !(again && is_page(&tree.files()[*at])));
        let found = found(tree, site, *at, known.map(|source| source.digest));
        began.progress.step();
        Ok((*at, found?))
    };
    // Block by block, so that never all pages stand in memory twice.
    let block = |block: &[usize]| block.par_iter().map(look).collect::<Vec<Result<(usize, Found), Fault>>>();
    let mut merge = Merge { old: &old, began, into: Merged::default() };
    if ledger.is_none() {
        merge.into.parsed.reserve_exact(opened.len());
    }
    merge.all(tree.files(), opened.chunks(BLOCK).flat_map(block))?;
    let mut compared = merge.into.compared(ledger, gone);
    if ledger.is_some() {
        compared.name_changes(known);
    }
    Ok(compared)
}

/// How many files are read before what was found is put in its place.
const BLOCK: usize = 1 << 14;

/// The digest of all settings that the reading of one file depends on.
pub(super) fn reading(site: &Site) -> Digest {
    let mut hasher = Hasher::new();
    let mut field = |name: &str, text: &str| {
        if !without(name) {
            hasher.field(text.as_bytes());
        }
    };
    field("html", site.html.word());
    field("timezone", &site.timezone_name);
    site.languages.iter().for_each(|language| field("languages", &language.code));
    hasher.digest()
}

fn is_page(file: &str) -> bool {
    file.ends_with(".md") && below_content(file).is_some()
}

fn below_content(file: &str) -> Option<&str> {
    file.strip_prefix(CONTENT)?.strip_prefix('/')
}

/// For each file, in order of its path, the source of the same path.
fn paired<'l>(files: &[String], known: &'l [Source]) -> Vec<Option<&'l Source>> {
    let mut rest = known.iter().peekable();
    let find = |file: &String| {
        while rest.next_if(|source| source.path < *file).is_some() {}
        rest.next_if(|source| source.path == *file)
    };
    files.iter().map(find).collect()
}

/// Opens a file.
fn found(tree: &Tree, site: &Site, at: usize, known: Option<Digest>) -> Result<Found, Fault> {
    let file = &tree.files()[at];
    let page = below_content(file).filter(|_| is_page(file));
    // What is no page, or too large to be one, is not taken into memory.
    if let Some(path) = page.filter(|_| tree.stamps()[at].size <= read::MARKDOWN_BYTES_MAX) {
        let (bytes, stamp) = tree.read(file)?;
        let digest = Digest::of(&bytes);
        let verdict = if is_known(digest, known) {
            Verdict::Same
        } else {
            let parsed = read::page(path, &bytes, site);
            Verdict::Other(parsed.page.map(Box::new), parsed.said)
        };
        return Ok(Found { digest, stamp, verdict });
    }
    let (digest, stamp) = tree.digest(file)?;
    let verdict = if is_known(digest, known) {
        Verdict::Same
    } else {
        let said = match below_content(file) {
            Some(_) if page.is_some() => Some(read::too_large(file)),
            Some(_) => read::mistaken(tree, file)?,
            None => None,
        };
        Verdict::Other(None, said.into_iter().collect())
    };
    Ok(Found { digest, stamp, verdict })
}

fn is_known(digest: Digest, known: Option<Digest>) -> bool {
    known.is_some_and(|known| known == digest || without("digests"))
}

/// What becomes of the files, one after the other.
#[derive(Default)]
struct Merged {
    sources: Vec<Source>,
    origins: Vec<Origin>,
    parsed: Vec<Page>,
    names: Names,
    /// Pages that were there already, were parsed again, and keep their number unless there is a new file.
    edited: Vec<Edited>,
    changed: usize,
    /// Whether there is a difference that reaches everywhere.
    broad: Broad,
}

/// A page that was there already and has been parsed again.
struct Edited {
    old: u32,
    new: u32,
    parsed: usize,
}

#[derive(Default, PartialEq, Eq)]
enum Broad {
    #[default]
    No,
    Yes,
}

struct Merge<'m, 'l> {
    old: &'m [Option<&'l Source>],
    began: &'m Began<'m>,
    into: Merged,
}

impl Merge<'_, '_> {
    fn all(
        &mut self,
        files: &[String],
        found: impl Iterator<Item = Result<(usize, Found), Fault>>,
    ) -> Result<(), Fault> {
        let mut found = found.peekable();
        self.into.sources.reserve_exact(files.len());
        for (at, file) in files.iter().enumerate() {
            let is_next =
                |next: &Result<(usize, Found), Fault>| !matches!(next, Ok((opened, _)) if *opened != at);
            let found = found.next_if(is_next).transpose()?.map(|(_, found)| found);
            let source = match (self.old[at], found) {
                (Some(old), None) => self.same(old.clone(), old.stamp),
                (old, Some(Found { digest, stamp, verdict })) => {
                    let stamp = (!stamp.is_young(&self.began.instant)).then_some(stamp);
                    match (old, verdict) {
                        (Some(old), Verdict::Same) => self.same(old.clone(), stamp),
                        (_, Verdict::Other(page, said)) => {
                            // A page may also be read anew because the settings ask for it.
                            self.into.changed += usize::from(old.is_none_or(|old| old.digest != digest));
                            let page = self.other(old, page);
                            Source { path: file.clone(), stamp, digest, page, said }
                        }
                        (None, Verdict::Same) => unreachable!("a new file is not what it was"),
                    }
                }
                (None, None) => unreachable!("a new file is opened"),
            };
            self.into.sources.push(source);
        }
        Ok(())
    }

    /// A file with the bytes that it had.
    fn same(&mut self, source: Source, stamp: Option<Stamp>) -> Source {
        let page = source.page.map(|old| self.number(Origin::Ledger(old)));
        Source { page, stamp, ..source }
    }

    /// A file with other bytes: its page's number.
    fn other(&mut self, old: Option<&Source>, page: Option<Box<Page>>) -> Option<u32> {
        let into = &mut self.into;
        let old = old.and_then(|source| source.page);
        let Some(page) = page else {
            into.broad = Broad::Yes;
            return None;
        };
        // Many pages show the text of a shared source.
        if old.is_none() || page.card.place.role == Role::Source && !without("shared sources") {
            into.broad = Broad::Yes;
        }
        let parsed = into.parsed.len();
        let mut page = *page;
        into.names.share(&mut page.card);
        into.parsed.push(page);
        let new = self.number(Origin::Parsed(parsed));
        self.into.edited.extend(old.map(|old| Edited { old, new, parsed }));
        Some(new)
    }

    fn number(&mut self, origin: Origin) -> u32 {
        let number = u32::try_from(self.into.origins.len()).expect("fewer pages than 2^32");
        self.into.origins.push(origin);
        number
    }
}

impl Merged {
    fn compared<'l>(self, ledger: Option<&'l Ledger>, gone: usize) -> Compared<'l> {
        let changed = self.changed + gone;
        let change = match ledger {
            Some(_) if changed == 0 && self.parsed.is_empty() => Change::Nothing,
            Some(ledger) if gone == 0 && self.broad == Broad::No && self.only_texts(ledger) => {
                Change::Texts(self.edited.iter().map(|edited| edited.new).collect())
            }
            _ => Change::Everything,
        };
        let (sources, parsed) = (Cow::Owned(self.sources), self.parsed);
        Compared { sources, change, changed, named: Vec::new(), origins: Some(self.origins), parsed }
    }

    /// Whether all that was edited are bodies, and what others may know of them is the same.
    fn only_texts(&self, ledger: &Ledger) -> bool {
        // What is damaged says nothing.
        let same = |edited: &Edited, old: Option<&Page>| {
            let new = &self.parsed[edited.parsed];
            let Some(old) = old else { return false };
            (old.front_matter == new.front_matter || without("front matter"))
                && (old.card == new.card || without("cards"))
                && (old.outline == new.outline || without("outlines"))
        };
        if self.edited.len() <= EDITED_FEW {
            return self.edited.par_iter().all(|edited| same(edited, ledger.page(edited.old).as_ref()));
        }
        let old = ledger.pages().unwrap_or_default();
        self.edited.iter().all(|edited| same(edited, old.get(edited.old as usize)))
    }
}

/// For so many pages, single blocks of the ledger are decoded; for more, all of it.
const EDITED_FEW: usize = 32;

impl Compared<'_> {
    fn name_changes(&mut self, known: &[Source]) {
        let (mut old, mut new) = (known.iter().peekable(), self.sources.iter().peekable());
        let mut named = Vec::with_capacity(self.changed);
        while let Some(order) = order(old.peek(), new.peek()) {
            let (before, after) = (old.next_if(|_| order.is_le()), new.next_if(|_| order.is_ge()));
            if before.map(|source| source.digest) != after.map(|source| source.digest) {
                named.extend(after.or(before).map(|source| source.path.clone()));
            }
        }
        self.named = named;
    }

    /// What is wrong with the files, each by itself.
    pub(super) fn said(&self) -> impl Iterator<Item = &Diagnostic> {
        self.sources.iter().flat_map(|source| &source.said)
    }

    /// All pages as they are now, parsed or taken from the ledger, and the names of the other files; none if the ledger
    /// is damaged where its pages are.
    ///
    /// The ledger is the one that was compared with.
    pub(super) fn content(self, ledger: Option<&Ledger>) -> Option<Content> {
        let mut pages = match self.origins {
            None => ledger.map_or_else(|| Some(Vec::new()), Ledger::pages)?,
            Some(origins) => gathered(&origins, self.parsed, ledger)?,
        };
        let mut content =
            Content { pages: Vec::new(), files: Vec::new(), unreadable: Vec::new(), sources: Vec::new() };
        for source in self.sources.iter() {
            let Some(below) = below_content(&source.path) else { continue };
            match source.page {
                // The text may be another where nothing else is.
                Some(page) => pages[page as usize].digest = source.digest,
                None if is_page(&source.path) => content.unreadable.push(below.to_string()),
                None => content.files.push(below.to_string()),
            }
        }
        content.pages = pages;
        content.sources = self.sources.into_owned();
        Some(content)
    }
}

/// Which of two sources comes first by its path; none if there is neither.
fn order(old: Option<&&Source>, new: Option<&&Source>) -> Option<Ordering> {
    match (old, new) {
        (None, None) => None,
        (Some(_), None) => Some(Ordering::Less),
        (None, Some(_)) => Some(Ordering::Greater),
        (Some(old), Some(new)) => Some(old.path.cmp(&new.path)),
    }
}

/// The pages in order of their numbers; none if the ledger's cannot be had.
fn gathered(origins: &[Origin], parsed: Vec<Page>, ledger: Option<&Ledger>) -> Option<Vec<Page>> {
    let is_old = |origin: &Origin| matches!(origin, Origin::Ledger(_));
    if !origins.iter().any(is_old) {
        // All were parsed, in order.
        return Some(parsed);
    }
    let mut old: Vec<Option<Page>> = ledger?.pages()?.into_iter().map(Some).collect();
    let mut parsed: Vec<Option<Page>> = parsed.into_iter().map(Some).collect();
    let mut take = |origin: &Origin| match *origin {
        Origin::Ledger(number) => old[number as usize].take(),
        Origin::Parsed(number) => parsed[number].take(),
    };
    Some(origins.iter().map(|origin| take(origin).expect("each page has one number")).collect())
}
