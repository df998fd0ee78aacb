//! Puts the files that were opened between those that were not, numbers their pages, and tells how far the difference
//! reaches. Opens nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Began, Change, Compared, Found, Old, OldPages, Origin, Spoilt, Stuck, Verdict};
use crate::diagnostic::Diagnostic;
use crate::engine::ledger::Source;
use crate::mutation::without;
use crate::source::names::Names;
use crate::source::page::Page;
use crate::source::path::Role;
use crate::source::tree::{Fault, Stamp};

/// What becomes of the files, one after the other.
#[derive(Default)]
pub(super) struct Merged {
    sources: Vec<Source>,
    origins: Vec<Origin>,
    pub parsed: Vec<Page>,
    names: Names,
    stuck: BTreeMap<String, Stuck>,
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

/// Puts together what was there and what was found.
pub(super) struct Merge<'m, 'l> {
    /// For each file, the source of the same path.
    pub old: &'m [Option<&'l Source>],
    /// How the comparison began.
    pub began: &'m Began<'m>,
    /// What it comes to.
    pub into: Merged,
}

impl Merge<'_, '_> {
    /// Takes the files in order, and what was found in those that were opened.
    pub(super) fn all(
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
                (old, Some(Found { digest, stamp, transcript, verdict })) => {
                    let stamp = (!stamp.is_young(&self.began.instant)).then_some(stamp);
                    match (old, verdict) {
                        (Some(old), Verdict::Same) => self.same(old.clone(), stamp),
                        (Some(old), Verdict::Other(page, said))
                            if is_spoilt(page.as_deref(), &said) && self.keeps(old) =>
                        {
                            self.into.stuck.insert(file.clone(), Stuck { digest, said });
                            // Without a stamp, so that it is read again until it is mended.
                            self.same(old.clone(), None)
                        }
                        (_, Verdict::Other(page, said)) => {
                            // A page may also be read anew because the settings ask for it.
                            self.into.changed += usize::from(old.is_none_or(|old| old.digest != digest));
                            let page = self.other(old, page);
                            Source { path: file.clone(), stamp, digest, transcript, page, said }
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

    /// Whether the page of a file that cannot be understood any more stays.
    fn keeps(&self, old: &Source) -> bool {
        let is_sound = !old.said.iter().any(Diagnostic::is_error);
        matches!(self.began.spoilt, Spoilt::Kept(_)) && old.page.is_some() && is_sound
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

/// Whether a file says less than it is meant to say: what it gets wrong may be who is to see it.
fn is_spoilt(page: Option<&Page>, said: &[Diagnostic]) -> bool {
    page.is_none() || said.iter().any(Diagnostic::is_error)
}

impl Merged {
    /// What the difference is to what was there.
    pub(super) fn compared<'l>(self, before: Option<Old<'l>>, gone: usize) -> Compared<'l> {
        let changed = self.changed + gone;
        let change = match before {
            Some(_) if changed == 0 && self.parsed.is_empty() => Change::Nothing,
            Some(before) if gone == 0 && self.broad == Broad::No && self.only_texts(before) => {
                Change::Texts(self.edited.iter().map(|edited| edited.new).collect())
            }
            _ => Change::Everything,
        };
        let (sources, parsed) = (Cow::Owned(self.sources), self.parsed);
        let stuck = self.stuck;
        Compared {
            sources,
            change,
            changed,
            stuck,
            origins: Some(self.origins),
            parsed,
            ..Compared::nothing()
        }
    }

    /// Whether all that was edited are bodies, and what others may know of them is the same.
    fn only_texts(&self, before: Old<'_>) -> bool {
        // What is damaged says nothing.
        let same = |edited: &Edited, old: Option<&Page>| {
            let new = &self.parsed[edited.parsed];
            old.is_some_and(|old| differ_in_text(old, new))
        };
        let ledger = match before.pages {
            OldPages::Ledger(ledger) => ledger,
            OldPages::Memory(old) => {
                return self.edited.iter().all(|edited| same(edited, old.get(edited.old as usize)));
            }
        };
        if self.edited.len() <= EDITED_FEW {
            return self.edited.par_iter().all(|edited| same(edited, ledger.page(edited.old).as_ref()));
        }
        let old = ledger.pages().unwrap_or_default();
        self.edited.iter().all(|edited| same(edited, old.get(edited.old as usize)))
    }
}

/// Whether two states of a page differ in its text at most.
pub(in crate::engine) fn differ_in_text(old: &Page, new: &Page) -> bool {
    (old.front_matter == new.front_matter || without("front matter"))
        && (old.card == new.card || without("cards"))
        && (old.outline == new.outline || without("outlines"))
}

/// For so many pages, single blocks of the ledger are decoded; for more, all of it.
pub(super) const EDITED_FEW: usize = 32;
