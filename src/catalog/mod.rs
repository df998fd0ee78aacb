//! All pages together: who may see them, their order, addresses, terms, lists and links.
//!
//! Pure: knows no disk, no clock and no HTML. Sees what pages say of themselves, never a rendered body.

pub mod address;
pub mod basis;
mod briefings;
mod checks;
mod collections;
mod corrections;
mod feeds;
mod holes;
mod identity;
pub mod issues;
pub mod links;
pub mod lists;
pub mod page_terms;
mod pages;
pub mod pagination;
pub mod problem;
pub mod quotes;
mod recall;
mod related;
mod renewal;
pub mod slots;
mod succession;
mod term_checks;
mod term_lists;
pub mod terms;
mod translations;
pub mod visibility;

use std::collections::{BTreeMap, HashMap};

use bitcode::{Decode, Encode};
use jiff::Timestamp;
use rayon::prelude::*;

use crate::mutation::without;
use crate::site::Site;
use crate::source::card::Card;
use crate::source::page::Page;
use crate::source::path::Role;

use briefings::Briefings;
use collections::Collections;
use corrections::Corrections;
use issues::Issues;
use lists::{ListKind, Lists};
use page_terms::PageTerms;
use pages::Pages;
use problem::Problem;
use quotes::Quotes;
use succession::Succession;
use terms::{TermId, Terms};
use visibility::{Profile, View, Visibility};

pub use feeds::InFeed;
pub use pages::Shelf;
pub use recall::Recorded;

/// Where a page stands in a [`Catalog`]: pages are ordered by path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct PageId(u32);

impl PageId {
    /// The pages with their ids.
    pub fn all(pages: &[Page]) -> impl Iterator<Item = (Self, &Page)> {
        (0u32..).map(PageId).zip(pages)
    }

    /// The page that stands at this place in the list of pages.
    pub fn at(index: u32) -> Self {
        Self(index)
    }

    /// The place in the list of pages.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// All pages of a site at one instant.
#[derive(Debug)]
pub struct Catalog {
    pages: Pages,
    files: Vec<String>,
    /// Markdown files that could not be understood.
    unreadable: Vec<String>,
    view: View,
    collections: Collections,
    visibility: Vec<Visibility>,
    permalinks: Vec<Box<str>>,
    /// The pages that state an identity, by it: translations may share one.
    ids: HashMap<String, Vec<PageId>>,
    translations: BTreeMap<String, Vec<PageId>>,
    terms: Terms,
    page_terms: PageTerms,
    /// Listed pages, newest first.
    listed: Vec<PageId>,
    rank: Vec<u32>,
    lists: Lists,
    /// The next newer and the next older page of the same collection; [`NOBODY`] where there is none.
    neighbours: Vec<(PageId, PageId)>,
    held_files: Vec<bool>,
    issues: Issues,
    succession: Succession,
    briefings: Briefings,
    corrections: Corrections,
    quotes: Quotes,
}

/// The rank of a page that is on no list.
const UNRANKED: u32 = u32::MAX;
/// Stands for no page where millions of options would take twice the memory.
const NOBODY: PageId = PageId(u32::MAX);

impl Catalog {
    /// Brings together the pages (ordered by path) and the other files of `content/` (ordered too), as `view` sees
    /// them; an instant alone is the view of the public.
    /// Markdown files that are `unreadable` have no page; links to them are not mistakes of their own.
    pub fn build(
        pages: Vec<Page>,
        (files, unreadable): (Vec<String>, Vec<String>),
        site: &Site,
        view: impl Into<View>,
    ) -> (Self, Vec<Problem>) {
        debug_assert!(pages.is_sorted_by(|a, b| a.card.path < b.card.path), "page ids are found by path");
        let (view, mut problems) = (view.into(), Vec::new());
        let visibility: Vec<Visibility> = pages.par_iter().map(|page| view.of(&page.card)).collect();
        let collections = Collections::of(&pages, &visibility, site);
        problems.extend(collections::reserved(&pages, &collections, site));
        let shown = |id: PageId| visibility[id.index()].has_page() || without("gate of names");
        let mut terms = Terms::of_files(&pages, site, &shown);
        let page_terms = PageTerms::build(&pages, &visibility, (&mut terms, site), &mut problems);
        let (permalinks, wrong) = address::permalinks(&pages, (&terms, &page_terms), site, &collections);
        problems.extend(wrong);
        let mut catalog = Self {
            translations: translations::of(&pages),
            files,
            unreadable,
            view,
            collections,
            visibility,
            permalinks,
            ids: HashMap::new(),
            terms,
            page_terms,
            listed: Vec::new(),
            rank: Vec::new(),
            lists: Lists::default(),
            neighbours: Vec::new(),
            held_files: Vec::new(),
            issues: Issues::default(),
            succession: Succession::new(),
            briefings: Briefings::default(),
            corrections: Corrections::default(),
            quotes: Quotes::default(),
            pages: Pages::Here(pages),
        };
        catalog.order(site);
        catalog.settle();
        catalog.gather_briefings();
        catalog.name_ids(&mut problems);
        catalog.issues = Issues::of(&catalog.lists, &catalog.terms, |id| catalog.card(id).number());
        catalog.succession = catalog.succession();
        catalog.gather_quotes(site, &mut problems);
        catalog.held_files = catalog.hold_files(&mut problems);
        catalog.corrections = catalog.find_corrections(site);
        catalog.check(&mut problems);
        (catalog, problems)
    }

    fn order(&mut self, site: &Site) {
        let listed = |id: &PageId| {
            let card = self.card(*id);
            let role = matches!(card.place.role, Role::Entry | Role::Page);
            role && self.visibility(*id).is_listed()
                && card.standing != crate::source::card::Standing::Unlisted
        };
        // Newest first; what has the same instant, or none, by path: a total order that no machine changes.
        let mut order: Vec<(std::cmp::Reverse<Option<Timestamp>>, PageId)> = self
            .par_ids()
            .filter(listed)
            .map(|id| (std::cmp::Reverse(self.card(id).published().map(|moment| moment.instant)), id))
            .collect();
        order.par_sort_unstable();
        let order: Vec<PageId> = order.into_iter().map(|(_, id)| id).collect();
        let sources = lists::Sources {
            pages: self.pages(),
            page_terms: &self.page_terms,
            terms: &self.terms,
            site,
            collections: &self.collections,
        };
        let introduced = self.ids().filter(|&id| self.has_page_or_leaks(id, "gate of introductions"));
        let mut lists = Lists::build(&sources, &order, introduced);
        self.leaked("gate of archives").into_iter().for_each(|id| lists.open_periods(&sources, id));
        let turned = (self.revived(&order), self.all_withdrawn());
        lists.turn_over(&sources, (&turned.0, &turned.1), site.feed_limit);
        self.lists = lists;
        self.listed = order;
    }

    /// Gives every page its rank and its neighbours, which follow from what is listed.
    fn settle(&mut self) {
        let count = self.pages.count();
        (self.rank, self.neighbours) = (vec![UNRANKED; count], vec![(NOBODY, NOBODY); count]);
        for (rank, &id) in (0u32..).zip(&self.listed) {
            self.rank[id.index()] = rank;
        }
        for (_, list) in self.lists.iter().filter(|(_, list)| matches!(list.kind, ListKind::Collection(_))) {
            for (at, &id) in list.items.iter().enumerate() {
                let newer = at.checked_sub(1).map_or(NOBODY, |before| list.items[before]);
                self.neighbours[id.index()] = (newer, list.items.get(at + 1).copied().unwrap_or(NOBODY));
            }
        }
    }

    /// Every page, ordered by path.
    ///
    /// # Panics
    /// When the catalog was recalled: then there are only the pages that somebody has asked for.
    pub fn pages(&self) -> &[Page] {
        self.pages.all()
    }

    /// How many pages there are.
    pub fn count(&self) -> usize {
        self.pages.count()
    }

    /// The ids of every page, in order.
    pub fn ids(&self) -> impl Iterator<Item = PageId> + use<> {
        (0..u32::try_from(self.count()).expect("page ids are 32 bits")).map(PageId)
    }

    /// The ids of every page, for all threads.
    pub fn par_ids(&self) -> impl IndexedParallelIterator<Item = PageId> + use<> {
        (0..u32::try_from(self.count()).expect("page ids are 32 bits")).into_par_iter().map(PageId)
    }

    /// The instant at which all was decided.
    pub fn now(&self) -> Timestamp {
        self.view.now
    }

    /// Through whose eyes pages were looked at.
    pub fn view(&self) -> View {
        self.view
    }

    /// Whether what is held back from the public is shown.
    pub fn is_preview(&self) -> bool {
        self.view.profile == Profile::Preview
    }

    /// The page that stands at `id`.
    pub fn page(&self, id: PageId) -> &Page {
        self.pages.get(id.index())
    }

    /// What others may see of a page.
    pub fn card(&self, id: PageId) -> &Card {
        &self.page(id).card
    }

    /// Who may see a page, among those whom the site is made for.
    pub fn visibility(&self, id: PageId) -> Visibility {
        self.visibility[id.index()]
    }

    /// The address of a page, from the site's root, not percent-encoded.
    pub fn permalink(&self, id: PageId) -> &str {
        &self.permalinks[id.index()]
    }

    /// Where a page stands among all listed pages, newest first.
    fn rank(&self, id: PageId) -> u32 {
        self.rank[id.index()]
    }

    /// Whether a page is on lists.
    pub fn is_listed(&self, id: PageId) -> bool {
        self.rank(id) != UNRANKED
    }

    /// All listed pages, newest first.
    pub fn listed(&self) -> &[PageId] {
        &self.listed
    }

    /// All lists.
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// All terms.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The terms that a page is listed under; for the file of a term, that term.
    pub fn terms_of_page(&self, id: PageId) -> &[TermId] {
        self.page_terms.of(id)
    }

    /// The next newer and the next older page of the same collection.
    pub fn neighbours(&self, id: PageId) -> (Option<PageId>, Option<PageId>) {
        let (newer, older) = self.neighbours[id.index()];
        let newer = self.leaked("gate of neighbours").unwrap_or(newer);
        let somebody = |id: PageId| (id != NOBODY).then_some(id);
        (somebody(newer), somebody(older))
    }

    /// The other files of `content/`, by path below it, in order.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// Whether a file of content is held back with the pages that refer to it.
    pub fn is_held(&self, file: usize) -> bool {
        self.held_files[file]
    }

    /// The page whose file is at `path` below `content/`.
    pub fn page_of_path(&self, path: &str) -> Option<PageId> {
        u32::try_from(self.pages.find(path)?).ok().map(PageId)
    }

    /// The old addresses that lead to a page.
    pub fn aliases(&self, id: PageId) -> &[String] {
        self.card(id).rare.as_ref().map_or(&[], |rare| rare.aliases.as_slice())
    }

    /// Whether a file has a page of its own; the others are the text of a list, or a shared source.
    pub fn is_page(&self, id: PageId) -> bool {
        matches!(self.card(id).place.role, Role::Page | Role::Entry)
    }
}
