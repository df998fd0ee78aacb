//! `sitemap.xml`: every public address with the date of its last change; beyond 50,000 an index of parts.
//!
//! The parts are cut so that an edit changes one of them: lists, pages without a date, and pages by their year.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use super::World;
use super::given::Given;
use super::xml::Xml;
use crate::catalog::{Catalog, PageId};
use crate::site::Site;
use crate::source::path::TermKind;

/// The most addresses that one file may hold, by the protocol of sitemaps.org.
const ADDRESSES_MAX: usize = 50_000;
const NAMESPACE: (&str, &str) = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");

/// One file of the sitemap. Where one kind of address fills several files, they have numbers, the first 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Everything: the whole sitemap is this one file.
    Whole,
    /// The addresses of lists.
    Lists(usize),
    /// The addresses of pages without a date.
    Pages(usize),
    /// The addresses of the pages that were published in a year.
    Year(i16, usize),
}

impl Part {
    /// Its path from the site's root.
    pub fn path(self) -> String {
        let numbered = |name: &str, number: usize| match number {
            0 => format!("/sitemap-{name}.xml"),
            _ => format!("/sitemap-{name}-{}.xml", number + 1),
        };
        match self {
            Self::Whole => "/sitemap.xml".to_string(),
            Self::Lists(number) => numbered("lists", number),
            Self::Pages(number) => numbered("pages", number),
            Self::Year(year, number) => numbered(&format!("{year:04}"), number),
        }
    }
}

/// Every address that the sitemap lists, cut into parts once a run.
#[derive(Debug)]
pub(super) struct Addresses {
    /// By path, so that a new term moves no other.
    lists: Vec<String>,
    undated: Vec<PageId>,
    /// From the oldest on, so that a new page changes only the end of its year.
    dated: Vec<PageId>,
    years: BTreeMap<i16, Range<usize>>,
    /// How many addresses a file may hold.
    most: usize,
}

/// One address of the sitemap.
#[derive(Debug, Serialize)]
pub(super) struct Address<'w> {
    path: &'w str,
    changed: Option<String>,
}

impl Addresses {
    /// The addresses of a site; none if it wants no sitemap.
    pub(super) fn of(site: &Site, catalog: &Catalog) -> Self {
        let mut all = Self {
            lists: Vec::new(),
            undated: Vec::new(),
            dated: Vec::new(),
            years: BTreeMap::new(),
            most: ADDRESSES_MAX,
        };
        if site.outputs.sitemap {
            all.lists = lists(site, catalog);
            let year = |id: PageId| catalog.card(id).published().map(|moment| moment.day.year());
            let (dated, undated) = catalog.listed().iter().partition(|&&id| year(id).is_some());
            (all.dated, all.undated) = (dated, undated);
            all.dated.reverse();
            // Where clocks went back at midnight, a later instant may have an earlier day.
            all.dated.sort_by_key(|&id| year(id));
            for (at, &id) in all.dated.iter().enumerate() {
                let year = year(id).expect("only dated pages are sorted by year");
                all.years.entry(year).or_insert(at..at).end = at + 1;
            }
        }
        all
    }

    /// The files of the sitemap, without the index; one is the sitemap itself.
    pub(super) fn parts(&self) -> Vec<Part> {
        if self.lists.len() + self.undated.len() + self.dated.len() <= self.most {
            return vec![Part::Whole];
        }
        let numbers = |count: usize| 0..count.div_ceil(self.most);
        let lists = numbers(self.lists.len()).map(Part::Lists);
        let pages = numbers(self.undated.len()).map(Part::Pages);
        let years = self.years.iter();
        let years =
            years.flat_map(|(&year, own)| numbers(own.len()).map(move |number| Part::Year(year, number)));
        lists.chain(pages).chain(years).collect()
    }

    /// The lists and the pages of a part.
    fn part(&self, part: Part) -> (&[String], [&[PageId]; 2]) {
        fn cut<T>(all: &[T], number: usize, most: usize) -> &[T] {
            &all[(number * most).min(all.len())..((number + 1) * most).min(all.len())]
        }
        let year = |year| &self.dated[self.years.get(&year).cloned().unwrap_or_default()];
        match part {
            Part::Whole => (&self.lists, [&self.undated, &self.dated]),
            Part::Lists(number) => (cut(&self.lists, number, self.most), [&[], &[]]),
            Part::Pages(number) => (&[], [cut(&self.undated, number, self.most), &[]]),
            Part::Year(of, number) => (&[], [cut(year(of), number, self.most), &[]]),
        }
    }
}

/// The addresses of all lists and indexes of terms.
fn lists(site: &Site, catalog: &Catalog) -> Vec<String> {
    let mut all: Vec<String> = catalog.lists().iter().map(|(_, list)| list.path.clone()).collect();
    let indexes = term_indexes(site, catalog).into_iter();
    all.extend(indexes.map(|(kind, language)| format!("{}{}/", site.home(language), kind.folder())));
    all.sort_unstable();
    all
}

/// The indexes of terms that there are: each kind in each language in which it has a list.
pub(super) fn term_indexes(site: &Site, catalog: &Catalog) -> Vec<(TermKind, u8)> {
    let languages = || super::context::languages(site);
    let all = TermKind::ALL.into_iter().flat_map(|kind| languages().map(move |language| (kind, language)));
    all.filter(|&(kind, language)| catalog.terms_in(kind, language).next().is_some()).collect()
}

impl World<'_> {
    /// The addresses of one part, with their dates.
    pub(super) fn addresses(&self, part: Part) -> Vec<Address<'_>> {
        let (lists, pages) = self.shared.addresses.part(part);
        let mut all: Vec<Address<'_>> = Vec::with_capacity(lists.len() + pages[0].len() + pages[1].len());
        all.extend(lists.iter().map(|path| Address { path, changed: None }));
        for &id in pages.into_iter().flatten() {
            let changed = self.catalog.card(id).changed().map(|moment| moment.text(&self.site.timezone));
            all.push(Address { path: self.catalog.permalink(id), changed });
        }
        all
    }
}

/// The index of all parts.
pub(super) fn index(given: &Given<'_>) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("sitemapindex", &[NAMESPACE], |xml| {
        for part in given.parts() {
            xml.element("sitemap", &[], |xml| xml.text("loc", &[], &given.url(&part.path())));
        }
    });
    xml.finish()
}

/// One part.
pub(super) fn part(given: &Given<'_>, part: Part) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("urlset", &[NAMESPACE], |xml| {
        for address in given.addresses(part) {
            xml.element("url", &[], |xml| {
                xml.text("loc", &[], &given.url(address.path));
                if let Some(changed) = &address.changed {
                    xml.text("lastmod", &[], changed);
                }
            });
        }
    });
    xml.finish()
}
