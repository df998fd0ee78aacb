//! The lists of a site: home, collections, terms, years and months, in every language; newest first.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use bitcode::{Decode, Encode};

use super::page_terms::PageTerms;
use super::slots::Slots;
use super::terms::{TermId, Terms};
use super::{PageId, pagination};
use crate::site::{LanguageIndex, Site};
use crate::source::card::Card;
use crate::source::page::Page;
use crate::source::path::Role;

/// Where a list stands in [`Lists`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct ListId(pub u32);

/// What a list is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum ListKind {
    /// The newest of everything.
    Home,
    /// A folder of content.
    Collection(String),
    /// The briefings under one term.
    Term(TermId),
    /// A year of a collection, or a month of it.
    Period {
        /// The collection.
        collection: String,
        /// The year.
        year: i16,
        /// The month, 1 to 12, or the whole year.
        month: Option<i8>,
    },
}

/// One list in one language.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct List {
    /// What it is of.
    pub kind: ListKind,
    /// The language of its items.
    pub language: LanguageIndex,
    /// Its address from the site's root.
    pub path: String,
    /// Its items, newest first.
    pub items: Vec<PageId>,
    /// Those of them that changed after they were published, the last first: as many as a feed holds.
    pub revived: Vec<PageId>,
    /// Pages that were among them and are withdrawn, the last first: as many as a feed holds.
    pub withdrawn: Vec<PageId>,
    /// The file with its title and introduction.
    pub page: Option<PageId>,
    /// How many items a full page shows.
    pub page_size: usize,
}

impl List {
    /// How many numbered pages it has.
    pub fn numbered_pages(&self) -> usize {
        if self.kind == ListKind::Home { 0 } else { pagination::numbered(self.items.len(), self.page_size) }
    }

    /// The items of one of its pages; 0 is the list's own address.
    pub fn items_of(&self, number: usize) -> &[PageId] {
        let count = self.items.len();
        match (&self.kind, number) {
            (ListKind::Home, _) => &self.items[..count.min(self.page_size)],
            (_, 0) => &self.items[pagination::own(count, self.page_size)],
            _ => &self.items[pagination::page(count, self.page_size, number)],
        }
    }

    /// The address of one of its pages; 0 is the list's own.
    pub fn path_of(&self, number: usize) -> String {
        if number == 0 { self.path.clone() } else { format!("{}page/{number}/", self.path) }
    }

    /// The addresses of the pages with newer and with older items than page `number`.
    pub fn around(&self, number: usize) -> (Option<String>, Option<String>) {
        let last = self.numbered_pages();
        let newer = (number > 0).then(|| self.path_of(if number == last { 0 } else { number + 1 }));
        let older = match number {
            0 => (last > 0).then(|| self.path_of(last)),
            1 => None,
            _ => Some(self.path_of(number - 1)),
        };
        (newer, older)
    }
}

/// All lists, by kind and language.
#[derive(Debug, Default)]
pub struct Lists {
    pub(super) lists: Vec<List>,
    known: BTreeMap<(ListKind, LanguageIndex), ListId>,
}

/// What lists are made from.
pub struct Sources<'a> {
    /// All pages.
    pub pages: &'a [Page],
    /// The terms of each page.
    pub page_terms: &'a PageTerms,
    /// All terms.
    pub terms: &'a Terms,
    /// The settings.
    pub site: &'a Site,
    /// The settings of collections.
    pub collections: &'a super::Collections,
}

impl Lists {
    /// These lists, each at the place of its id.
    pub(super) fn of(lists: Vec<List>) -> Self {
        let key = |(id, list): (u32, &List)| ((list.kind.clone(), list.language), ListId(id));
        Self { known: (0u32..).zip(&lists).map(key).collect(), lists }
    }

    /// The list that stands at `id`.
    pub fn get(&self, id: ListId) -> &List {
        &self.lists[id.0 as usize]
    }

    /// The list of this kind in this language.
    pub fn find(&self, kind: &ListKind, language: LanguageIndex) -> Option<ListId> {
        self.known.get(&(kind.clone(), language)).copied()
    }

    /// Every list with its id, ordered by kind and language.
    pub fn iter(&self) -> impl Iterator<Item = (ListId, &List)> {
        self.known.values().map(|&id| (id, self.get(id)))
    }

    /// The years and months of a collection in these years, in every language: from the oldest, each year before its
    /// months.
    pub fn periods(&self, collection: &str, years: RangeInclusive<i16>) -> impl Iterator<Item = &List> {
        let period = |year, month| ListKind::Period { collection: collection.to_string(), year, month };
        let first = (period(*years.start(), None), LanguageIndex::MIN);
        let last = (period(*years.end(), Some(i8::MAX)), LanguageIndex::MAX);
        self.known.range(first..=last).map(|(_, &id)| self.get(id))
    }

    /// Lists `listed` (newest first), and opens a list for each of `introduced`: pages that are the text of one.
    pub fn build(sources: &Sources<'_>, listed: &[PageId], introduced: impl Iterator<Item = PageId>) -> Self {
        let mut all = Self::default();
        all.open(sources, ListKind::Home, 0);
        for id in introduced {
            all.introduce(sources, id);
        }
        let mut opened = Opened::default();
        for &id in listed {
            all.add_dated(sources, id, &mut opened);
            let language = sources.pages[id.index()].card.place.language;
            for &term in sources.page_terms.of(id) {
                let list = *opened
                    .terms
                    .entry(term, language)
                    .get_or_insert_with(|| all.open(sources, ListKind::Term(term), language));
                all.add(list, id);
            }
        }
        all
    }

    fn add(&mut self, list: ListId, id: PageId) {
        self.lists[list.0 as usize].items.push(id);
    }

    /// Adds a page to the lists of its collection; only pages with a date to those of a time.
    fn add_dated<'a>(&mut self, sources: &Sources<'a>, id: PageId, opened: &mut Opened<'a>) {
        let card = &sources.pages[id.index()].card;
        let place = card.place;
        if place.role != Role::Entry {
            return;
        }
        let name = card.collection();
        let collection = opened.collections.of((name, place.language), || {
            let kind = ListKind::Collection(name.to_string());
            let dated = sources.collections.settings(name).dated != Some(false);
            OpenedCollection { list: self.open(sources, kind, place.language), dated, ..Default::default() }
        });
        self.add(collection.list, id);
        let Some(moment) = card.published().filter(|_| collection.dated) else { return };
        let home = *collection.home.get_or_insert_with(|| self.open(sources, ListKind::Home, place.language));
        self.add(home, id);
        if !sources.site.outputs.archives {
            return;
        }
        // Pages come in the order of their dates: nearly always it is the period of the page before.
        let (year, month) = (moment.day.year(), moment.day.month());
        let same = collection.period.filter(|&(of, ..)| of == (year, month));
        let (_, of_year, of_month) = same.unwrap_or_else(|| {
            let (of_year, of_month) = self.open_of(sources, (card, (year, month)));
            ((year, month), of_year, of_month)
        });
        collection.period = Some(((year, month), of_year, of_month));
        self.add(of_year, id);
        self.add(of_month, id);
    }

    /// Opens the year and the month that a page belongs to.
    fn open_of(
        &mut self,
        sources: &Sources<'_>,
        (card, (year, month)): (&Card, (i16, i8)),
    ) -> (ListId, ListId) {
        let mut open = |month| {
            let collection = card.collection().to_string();
            self.open(sources, ListKind::Period { collection, year, month }, card.place.language)
        };
        (open(None), open(Some(month)))
    }

    /// Opens the year and the month of a page that is not listed.
    pub(super) fn open_periods(&mut self, sources: &Sources<'_>, id: PageId) {
        let card = &sources.pages[id.index()].card;
        if let Some(moment) = card.published() {
            self.open_of(sources, (card, (moment.day.year(), moment.day.month())));
        }
    }

    fn open(&mut self, sources: &Sources<'_>, kind: ListKind, language: LanguageIndex) -> ListId {
        let key = (kind, language);
        if let Some(&id) = self.known.get(&key) {
            return id;
        }
        let id = ListId(u32::try_from(self.lists.len()).expect("fewer than four thousand million lists"));
        let (path, page_size) = sources.place(&key.0, language);
        self.lists.push(List {
            kind: key.0.clone(),
            language,
            path,
            items: Vec::new(),
            revived: Vec::new(),
            withdrawn: Vec::new(),
            page: None,
            page_size,
        });
        self.known.insert(key, id);
        id
    }

    fn introduce(&mut self, sources: &Sources<'_>, id: PageId) {
        let card = &sources.pages[id.index()].card;
        let place = card.place;
        let kind = match place.role {
            Role::Home => ListKind::Home,
            Role::Collection => ListKind::Collection(card.collection().to_string()),
            Role::Term(_) => match sources.page_terms.of(id).first() {
                Some(&term) => ListKind::Term(term),
                None => return,
            },
            _ => return,
        };
        let list = self.open(sources, kind, place.language);
        self.lists[list.0 as usize].page = Some(id);
    }
}

/// The lists found before, so that none is looked up by its whole kind for every page on it.
#[derive(Default)]
struct Opened<'a> {
    collections: OpenedCollections<'a>,
    terms: OpenedTerms,
}

/// The collections that were met before, by name and language.
#[derive(Default)]
struct OpenedCollections<'a> {
    all: Vec<((&'a str, LanguageIndex), OpenedCollection)>,
    slots: Slots,
}

impl<'a> OpenedCollections<'a> {
    fn of(
        &mut self,
        key: (&'a str, LanguageIndex),
        open: impl FnOnce() -> OpenedCollection,
    ) -> &mut OpenedCollection {
        let hash = Slots::hash(key.0).rotate_left(u32::from(key.1));
        let new = self.all.len();
        let place = self.slots.find_or_put(hash, new, |place| self.all[place].0 == key);
        if place.is_none() {
            self.all.push((key, open()));
        }
        &mut self.all[place.unwrap_or(new)].1
    }
}

/// The lists of a collection that were found before.
#[derive(Default)]
struct OpenedCollection {
    list: ListId,
    dated: bool,
    home: Option<ListId>,
    /// The last year and month, with their lists.
    period: Option<((i16, i8), ListId, ListId)>,
}

/// The lists of terms that were found before, by term, for each language.
#[derive(Default)]
struct OpenedTerms(Vec<Vec<Option<ListId>>>);

impl OpenedTerms {
    fn entry(&mut self, term: TermId, language: LanguageIndex) -> &mut Option<ListId> {
        let (language, term) = (usize::from(language), term.0 as usize);
        self.0.resize(self.0.len().max(language + 1), Vec::new());
        let of_language = &mut self.0[language];
        of_language.resize(of_language.len().max(term + 1), None);
        &mut of_language[term]
    }
}

impl Sources<'_> {
    /// The address and page size of a list.
    fn place(&self, kind: &ListKind, language: LanguageIndex) -> (String, usize) {
        let home = self.site.home(language);
        let size =
            |collection: &str| self.collections.settings(collection).page_size.unwrap_or(self.site.page_size);
        let folder = |collection: &str| format!("{home}{}/", self.collections.slug(collection, self.site));
        match kind {
            ListKind::Home => (home, self.site.home_items),
            ListKind::Collection(name) => (folder(name), size(name)),
            ListKind::Term(term) => {
                let term = self.terms.get(*term);
                (format!("{home}{}/{}/", term.kind.folder(), term.slug), self.site.page_size)
            }
            ListKind::Period { collection, year, month: None } => {
                (format!("{}{year:04}/", folder(collection)), size(collection))
            }
            ListKind::Period { collection, year, month: Some(month) } => {
                (format!("{}{year:04}/{month:02}/", folder(collection)), size(collection))
            }
        }
    }
}
