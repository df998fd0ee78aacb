//! The lists of a site: home, collections, terms, years and months, in every language; newest first.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::terms::{TermId, Terms};
use super::{PageId, address, pagination};
use crate::site::{LanguageIndex, Site};
use crate::source::page::Page;
use crate::source::path::Role;

/// Where a list stands in [`Lists`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListId(pub u32);

/// What a list is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// What it is of.
    pub kind: ListKind,
    /// The language of its items.
    pub language: LanguageIndex,
    /// Its address from the site's root.
    pub path: String,
    /// Its items, newest first.
    pub items: Vec<PageId>,
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
    lists: Vec<List>,
    known: BTreeMap<(ListKind, LanguageIndex), ListId>,
}

/// What lists are made from.
pub struct Sources<'a> {
    /// All pages.
    pub pages: &'a [Page],
    /// The terms of each page.
    pub page_terms: &'a [Vec<TermId>],
    /// All terms.
    pub terms: &'a Terms,
    /// The settings.
    pub site: &'a Site,
    /// The settings of collections.
    pub collections: &'a super::Collections,
}

impl Lists {
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
    pub fn build(sources: &Sources<'_>, listed: &[PageId], introduced: &[PageId]) -> Self {
        let mut all = Self::default();
        all.open(sources, ListKind::Home, 0);
        for &id in introduced {
            all.introduce(sources, id);
        }
        let mut kinds = Vec::new();
        for &id in listed {
            sources.kinds(id, &mut kinds);
            let language = sources.pages[id.index()].card.place.language;
            for kind in kinds.drain(..) {
                let list = all.open(sources, kind, language);
                all.lists[list.0 as usize].items.push(id);
            }
        }
        all
    }

    fn open(&mut self, sources: &Sources<'_>, kind: ListKind, language: LanguageIndex) -> ListId {
        // Looked up by reference first: this runs for every page and every list that it is on.
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
            page: None,
            page_size,
        });
        self.known.insert(key, id);
        id
    }

    fn introduce(&mut self, sources: &Sources<'_>, id: PageId) {
        let place = &sources.pages[id.index()].card.place;
        let kind = match place.role {
            Role::Home => ListKind::Home,
            Role::Collection => ListKind::Collection(place.collection.clone()),
            Role::Term(_) => match sources.page_terms[id.index()].first() {
                Some(&term) => ListKind::Term(term),
                None => return,
            },
            _ => return,
        };
        let list = self.open(sources, kind, place.language);
        self.lists[list.0 as usize].page = Some(id);
    }
}

impl Sources<'_> {
    /// The lists that a page is on, home excepted for pages without a date.
    fn kinds(&self, id: PageId, kinds: &mut Vec<ListKind>) {
        let card = &self.pages[id.index()].card;
        let place = &card.place;
        if place.role == Role::Entry {
            kinds.push(ListKind::Collection(place.collection.clone()));
            let dated = self.collections.settings(&place.collection).dated != Some(false);
            if let Some(moment) = card.published().filter(|_| dated) {
                kinds.push(ListKind::Home);
                if self.site.outputs.archives {
                    let (year, month) = (moment.day.year(), moment.day.month());
                    let period =
                        |month| ListKind::Period { collection: place.collection.clone(), year, month };
                    kinds.extend([period(None), period(Some(month))]);
                }
            }
        }
        kinds.extend(self.page_terms[id.index()].iter().map(|&term| ListKind::Term(term)));
    }

    /// The address and page size of a list.
    fn place(&self, kind: &ListKind, language: LanguageIndex) -> (String, usize) {
        let home = self.site.home(language);
        let size =
            |collection: &str| self.collections.settings(collection).page_size.unwrap_or(self.site.page_size);
        let folder = |collection: &str| format!("{home}{}/", address::folder_slug(collection, self.site));
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
