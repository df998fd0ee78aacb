//! What a catalog found out about its pages, as bytes: so that the next build of the same pages need not find it out
//! again, nor even look at them.
//!
//! Knows nothing of files and checksums. Bytes that no catalog can have written make no catalog.

use std::collections::HashMap;
use std::sync::Arc;

use bitcode::{Decode, Encode};
use jiff::Timestamp;

use super::collections::Collections;
use super::lists::{List, ListKind, Lists};
use super::page_terms::PageTerms;
use super::pages::Pages;
use super::quotes::Quotes;
use super::terms::{Term, TermId, Terms};
use super::visibility::{View, Visibility};
use super::{Catalog, PageId, Shelf};
use crate::source::card::OnExpiry;

/// A catalog without its pages and files, in parts that are written and read each by itself.
pub struct Recorded(pub [Vec<u8>; Recorded::PARTS]);

impl Recorded {
    /// How many parts there are.
    pub const PARTS: usize = 16;
}

/// Who may see a page.
#[derive(Encode, Decode)]
enum Seen {
    Draft,
    Scheduled(i64, i32),
    Public,
    Retracted,
    Expired(OnExpiry),
}

impl Seen {
    fn of(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Draft => Self::Draft,
            Visibility::Scheduled(instant) => {
                Self::Scheduled(instant.as_second(), instant.subsec_nanosecond())
            }
            Visibility::Public => Self::Public,
            Visibility::Retracted => Self::Retracted,
            Visibility::Expired(then) => Self::Expired(then),
        }
    }

    fn visibility(self) -> Option<Visibility> {
        Some(match self {
            Self::Draft => Visibility::Draft,
            Self::Scheduled(second, nanosecond) => {
                Visibility::Scheduled(Timestamp::new(second, nanosecond).ok()?)
            }
            Self::Public => Visibility::Public,
            Self::Retracted => Visibility::Retracted,
            Self::Expired(then) => Visibility::Expired(then),
        })
    }
}

impl Catalog {
    /// What was found out.
    pub fn recorded(&self) -> Recorded {
        let seen: Vec<Seen> = self.visibility.iter().copied().map(Seen::of).collect();
        Recorded([
            bitcode::encode(&seen),
            bitcode::encode(&self.permalinks),
            bitcode::encode(&self.collections),
            bitcode::encode(&entries(&self.ids)),
            bitcode::encode(&self.translations),
            bitcode::encode(&self.terms.terms),
            bitcode::encode(&entries(&self.terms.names)),
            bitcode::encode(&self.page_terms),
            bitcode::encode(&self.listed),
            bitcode::encode(&self.lists.lists),
            bitcode::encode(&self.held_files),
            bitcode::encode(&self.issues),
            bitcode::encode(&self.succession),
            bitcode::encode(&self.briefings),
            bitcode::encode(&self.corrections),
            bitcode::encode(&self.quotes),
        ])
    }

    /// A catalog of which this was found out: of the pages on `shelf` and of the other files of `content/` (ordered), at
    /// an instant between the same two moments at which a page appears or expires. None if that cannot have been.
    pub fn recalled(
        parts: &[&[u8]; Recorded::PARTS],
        shelf: Arc<dyn Shelf>,
        (files, unreadable): (Vec<String>, Vec<String>),
        view: View,
    ) -> Option<Self> {
        let [seen, permalinks, collections, ids, translations, rest @ ..] = parts;
        let [terms, names, page_terms, listed, lists, held, rest @ ..] = rest;
        let [issues, succession, briefings, corrections, quotes] = rest;
        let ((permalinks, lists), (page_terms, seen)) = rayon::join(
            || rayon::join(|| decoded::<Vec<Box<str>>>(permalinks), || decoded::<Vec<List>>(lists)),
            || rayon::join(|| decoded::<PageTerms>(page_terms), || decoded::<Vec<Seen>>(seen)),
        );
        let mut catalog = Self {
            pages: Pages::Kept(shelf),
            files,
            unreadable,
            view,
            collections: decoded::<Collections>(collections)?,
            visibility: seen?.into_iter().map(Seen::visibility).collect::<Option<_>>()?,
            permalinks: permalinks?,
            ids: decoded::<Vec<_>>(ids)?.into_iter().collect(),
            translations: decoded(translations)?,
            terms: Terms::recalled(decoded(terms)?, decoded::<Vec<_>>(names)?.into_iter().collect()),
            page_terms: page_terms?,
            listed: decoded(listed)?,
            rank: Vec::new(),
            lists: Lists::of(lists?),
            neighbours: Vec::new(),
            held_files: decoded(held)?,
            issues: decoded(issues)?,
            succession: decoded(succession)?,
            briefings: decoded(briefings)?,
            corrections: decoded(corrections)?,
            quotes: decoded::<Quotes>(quotes)?,
        };
        if !catalog.fits() {
            return None;
        }
        catalog.settle();
        Some(catalog)
    }

    /// Whether everything that has a number is there.
    fn fits(&self) -> bool {
        let (pages, terms) = (self.count(), self.terms.terms.len());
        let is_page = |id: &PageId| id.index() < pages;
        let is_term = |id: &TermId| (id.0 as usize) < terms;
        let of_list = |list: &List| {
            let of_term = if let ListKind::Term(term) = &list.kind { is_term(term) } else { true };
            let pages = list.items.iter().chain(&list.revived).chain(&list.withdrawn).chain(&list.page);
            { pages }.all(is_page) && of_term
        };
        let groups = self.ids.values().chain(self.translations.values());
        let files = self.terms.terms.iter().flat_map(|term: &Term| &term.files);
        self.visibility.len() == pages
            && self.permalinks.len() == pages
            && self.held_files.len() == self.files.len()
            && self.page_terms.fit(pages, terms)
            && self.issues.fit(pages)
            && self.succession.is_sorted()
            && self.succession.iter().all(|(older, newer)| is_page(older) && is_page(newer))
            && self.quotes.fit(pages, terms)
            && groups.flatten().chain(files).chain(&self.listed).all(is_page)
            && self.briefings.all().all(|id| is_page(&id))
            && self.terms.names.values().flatten().all(is_term)
            && self.lists.lists.iter().all(of_list)
            && self.corrections.fit(pages)
    }
}

/// The entries of a map, in order.
fn entries<K: Clone + Ord, V: Clone>(map: &HashMap<K, V>) -> Vec<(K, V)> {
    let mut all: Vec<(K, V)> = map.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    all.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    all
}

fn decoded<'b, T: Decode<'b>>(bytes: &'b [u8]) -> Option<T> {
    bitcode::decode(bytes).ok()
}
