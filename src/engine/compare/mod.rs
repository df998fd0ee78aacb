//! Compares the tree with the ledger: which files must be read, what they say now, and how far the difference reaches.
//!
//! A file whose stamp is the recorded one is not opened, one whose bytes are the recorded ones is not parsed. Knows
//! files and pages; nothing of outputs, nor of what else the build depends on.

mod few;
mod merge;
mod sources;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

pub(super) use self::merge::differ_in_text;
use self::merge::{EDITED_FEW, Merge, Merged};
use super::ledger::{Ledger, Source};
use super::read::{self, Content};
use super::{Progress, Stop};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Hasher, Sha256};
use crate::mutation::without;
use crate::site::Site;
use crate::source::page::Page;
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
    /// What becomes of pages that are spoilt.
    pub spoilt: Spoilt<'p>,
}

/// What was known of the files before.
#[derive(Clone, Copy)]
pub(super) struct Old<'l> {
    /// Every file by path.
    pub sources: &'l [Source],
    /// Of the settings that the reading of a file depended on.
    pub reading: Digest,
    /// The pages that the sources refer to.
    pub pages: OldPages<'l>,
}

/// Where pages are that were understood before.
#[derive(Clone, Copy)]
pub(super) enum OldPages<'l> {
    /// In a ledger.
    Ledger(&'l Ledger),
    /// In memory.
    Memory(&'l [Page]),
}

impl<'l> Old<'l> {
    /// What a ledger knows.
    pub(super) fn of(ledger: &'l Ledger) -> Self {
        Self { sources: &ledger.sources, reading: ledger.head.reading, pages: OldPages::Ledger(ledger) }
    }
}

/// What becomes of the page of a file that cannot be understood any more.
#[derive(Clone, Copy)]
pub(super) enum Spoilt<'b> {
    /// There is none.
    Dropped,
    /// It stays as it was when the file could be understood; the files of which that was so already are these.
    Kept(&'b BTreeMap<String, Stuck>),
}

impl Spoilt<'_> {
    fn has(&self, file: &str) -> bool {
        matches!(self, Self::Kept(stuck) if stuck.contains_key(file))
    }
}

/// A file that cannot be understood any more, while its source and page stay as they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stuck {
    /// Of the bytes that cannot be understood.
    pub digest: Digest,
    /// What is wrong with them.
    pub said: Vec<Diagnostic>,
}

/// The tree, compared with the ledger.
pub(super) struct Compared<'l> {
    /// Every file by path, content and themes; the pages are numbered in this order. All are as they are now, but for
    /// those that differ.
    pub sources: Cow<'l, [Source]>,
    /// What some files are now, by their place among the sources.
    pub differ: BTreeMap<usize, Source>,
    /// How far the difference reaches.
    pub change: Change,
    /// How many files are new, gone or different.
    pub changed: usize,
    /// Which they are, in order; none without a ledger, when all are new.
    pub named: Vec<String>,
    /// Files that cannot be understood, while their sources and pages are what they were.
    pub stuck: BTreeMap<String, Stuck>,
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
pub(super) struct Found {
    /// Of its bytes.
    pub digest: Digest,
    /// That belongs to them.
    pub stamp: Stamp,
    /// Of their canonical text, if they are others than the ledger knows.
    pub transcript: Option<Sha256>,
    /// What they are.
    pub verdict: Verdict,
}

/// What the bytes of a file are.
pub(super) enum Verdict {
    /// The bytes that the ledger knows.
    Same,
    /// Other bytes, and what is wrong with them; with a page if it could be understood.
    Other(Option<Box<Page>>, Vec<Diagnostic>),
}

/// Compares the files of `tree` with what was known of them; if nothing was, everything is new.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn compare<'l>(
    tree: &Tree,
    site: &Site,
    before: Option<Old<'l>>,
    began: &Began<'_>,
) -> Result<Compared<'l>, Stop> {
    let known = before.map_or(&[][..], |before| before.sources);
    let again = before.is_some_and(|before| before.reading != reading(site));
    let old = paired(tree.files(), known);
    let gone = known.len() - old.iter().flatten().count();
    // A page must be parsed again if it would be read in another way.
    let unread = |at: &usize| {
        let trusted =
            old[*at].is_some_and(|source| source.stamp == Some(tree.stamps()[*at]) || without("stamps"));
        !trusted || again && is_page(&tree.files()[*at])
    };
    let opened: Vec<usize> = (0..old.len()).filter(unread).collect();
    if opened.is_empty() && gone == 0 && before.is_some() {
        let (change, sources) = (Change::Nothing, Cow::Borrowed(known));
        return Ok(Compared { sources, change, ..Compared::nothing() });
    }
    began.progress.begin("reading", opened.len());
    let look = |at: &usize| {
        let file = &tree.files()[*at];
        // What stayed as it was has not been read in the way that is asked for now.
        let known = old[*at].filter(|_| !(began.spoilt.has(file) || again && is_page(file)));
        let found = found(tree, site, *at, known.map(|source| source.digest));
        began.progress.step();
        Ok((*at, found?))
    };
    let is_few = opened.len() <= EDITED_FEW && gone == 0 && !again && old.iter().all(Option::is_some);
    let mut few = Vec::new();
    if let Some(OldPages::Ledger(ledger)) = before.map(|before| before.pages)
        && is_few
        && matches!(began.spoilt, Spoilt::Dropped)
    {
        let found = opened.par_iter().map(look).collect::<Result<_, Fault>>()?;
        match few::compared(found, ledger, began) {
            Ok(compared) => return Ok(compared),
            Err(found) => few = found,
        }
    }
    let opened = if few.is_empty() { opened.as_slice() } else { &[] };
    // Block by block, so that never all pages stand in memory twice.
    let block = |block: &[usize]| block.par_iter().map(look).collect::<Vec<Result<(usize, Found), Fault>>>();
    let mut merge = Merge { old: &old, began, into: Merged::default() };
    if before.is_none() {
        merge.into.parsed.reserve_exact(opened.len());
    }
    merge.all(tree.files(), few.into_iter().map(Ok).chain(opened.chunks(BLOCK).flat_map(block)))?;
    let mut compared = merge.into.compared(before, gone);
    if before.is_some() {
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
    field("transcripts", if site.outputs.record { "on" } else { "off" });
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
pub(super) fn found(tree: &Tree, site: &Site, at: usize, known: Option<Digest>) -> Result<Found, Fault> {
    let file = &tree.files()[at];
    let page = below_content(file).filter(|_| is_page(file));
    // What is no page, or too large to be one, is not taken into memory.
    if let Some(path) = page.filter(|_| tree.stamps()[at].size <= read::MARKDOWN_BYTES_MAX) {
        let (bytes, stamp) = tree.read(file)?;
        let digest = Digest::of(&bytes);
        let (transcript, verdict) = if is_known(digest, known) {
            (None, Verdict::Same)
        } else {
            let parsed = read::page(path, &bytes, site);
            (parsed.transcript, Verdict::Other(parsed.page.map(Box::new), parsed.said))
        };
        return Ok(Found { digest, stamp, transcript, verdict });
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
    Ok(Found { digest, stamp, transcript: None, verdict })
}

fn is_known(digest: Digest, known: Option<Digest>) -> bool {
    known.is_some_and(|known| known == digest || without("digests"))
}

/// What is wrong with files, each by itself; of what is stuck, what is wrong with it now.
pub(super) fn said<'s>(
    sources: &'s [Source],
    stuck: &'s BTreeMap<String, Stuck>,
) -> impl Iterator<Item = &'s Diagnostic> {
    let sources = sources.iter().filter(|source| !source.said.is_empty());
    let own = sources.filter(|source| !stuck.contains_key(&source.path)).flat_map(|source| &source.said);
    own.chain(stuck.values().flat_map(|stuck| &stuck.said))
}

impl Compared<'_> {
    /// The same, without what it was compared with.
    pub(super) fn detached(self) -> Compared<'static> {
        let sources = Cow::Owned(sources::owned(self.sources, self.differ));
        Compared { sources, differ: BTreeMap::new(), ..self }
    }

    /// What is wrong with the files, each by itself.
    pub(super) fn said(&self) -> impl Iterator<Item = &Diagnostic> {
        let others = self.differ.values().flat_map(|source| &source.said);
        let same = self.sources.iter().enumerate().filter(|(place, source)| {
            !source.said.is_empty()
                && !self.differ.contains_key(place)
                && !self.stuck.contains_key(&source.path)
        });
        let stuck = self.stuck.values().flat_map(|stuck| &stuck.said);
        same.flat_map(|(_, source)| &source.said).chain(others).chain(stuck)
    }

    /// All pages as they are now, parsed or taken from what was there, and the names of the other files; none if a
    /// ledger is damaged where its pages are.
    ///
    /// `before` gives the pages that were compared with.
    pub(super) fn content(self, before: impl FnOnce() -> Option<Vec<Page>>) -> Option<Content> {
        let mut pages = match self.origins {
            None => before()?,
            Some(origins) => gathered(&origins, self.parsed, before)?,
        };
        let mut content =
            Content { pages: Vec::new(), files: Vec::new(), unreadable: Vec::new(), sources: Vec::new() };
        let sources = sources::owned(self.sources, self.differ);
        // The text may be another where nothing else is.
        let paged = sources.iter().filter_map(|source| source.page.map(|page| (page, source.digest)));
        paged.for_each(|(page, digest)| pages[page as usize].digest = digest);
        (content.files, content.unreadable) = sources::without_page(sources.iter());
        content.pages = pages;
        content.sources = sources;
        Some(content)
    }
}

/// The pages in order of their numbers; none if the ledger's cannot be had.
fn gathered(
    origins: &[Origin],
    parsed: Vec<Page>,
    before: impl FnOnce() -> Option<Vec<Page>>,
) -> Option<Vec<Page>> {
    let is_old = |origin: &Origin| matches!(origin, Origin::Ledger(_));
    if !origins.iter().any(is_old) {
        // All were parsed, in order.
        return Some(parsed);
    }
    let mut old: Vec<Option<Page>> = before()?.into_iter().map(Some).collect();
    let mut parsed: Vec<Option<Page>> = parsed.into_iter().map(Some).collect();
    let mut take = |origin: &Origin| match *origin {
        Origin::Ledger(number) => old[number as usize].take(),
        Origin::Parsed(number) => parsed[number].take(),
    };
    Some(origins.iter().map(|origin| take(origin).expect("each page has one number")).collect())
}
