//! `sitemap.xml`: every public address with the date of its last change; beyond 50,000 an index of parts.
//!
//! The parts are cut so that an edit changes one of them: lists, pages without a date, and pages by their year.

use std::collections::BTreeMap;
use std::ops::Range;

use bitcode::{Decode, Encode};

use super::given::Given;
use super::xml::Xml;
use super::{World, quotes};
use crate::catalog::{Catalog, PageId};
use crate::site::Site;
use crate::source::moment::Moment;
use crate::source::path::TermKind;

/// The most addresses that one file may hold, by the protocol of sitemaps.org.
const ADDRESSES_MAX: usize = 50_000;
const NAMESPACE: (&str, &str) = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");

/// One file of the sitemap. Where one kind of address fills several files, they have numbers, the first 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
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
#[derive(Debug)]
pub(super) struct Address<'w> {
    /// From the site's root.
    pub(super) path: &'w str,
    /// The last change of substance.
    pub(super) changed: Option<Moment>,
}

impl Addresses {
    /// The addresses of a site, with those of its further `indexes`; none if it wants no sitemap.
    pub(super) fn of(site: &Site, catalog: &Catalog, indexes: Vec<String>) -> Self {
        let mut all = Self {
            lists: Vec::new(),
            undated: Vec::new(),
            dated: Vec::new(),
            years: BTreeMap::new(),
            most: ADDRESSES_MAX,
        };
        if site.outputs.sitemap {
            all.lists = lists(site, catalog, indexes);
            let year = |id: PageId| catalog.card(id).published().map(|moment| moment.day.year());
            let listed =
                catalog.leaked("gate of sitemaps").into_iter().chain(catalog.listed().iter().copied());
            let (dated, undated) = listed.partition(|&id| year(id).is_some());
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

/// The addresses of all lists and indexes.
fn lists(site: &Site, catalog: &Catalog, further: Vec<String>) -> Vec<String> {
    let mut all: Vec<String> = catalog.lists().iter().map(|(_, list)| list.path.clone()).collect();
    let indexes = term_indexes(site, catalog).into_iter();
    all.extend(indexes.map(|(kind, language)| format!("{}{}/", site.home(language), kind.folder())));
    all.extend(further);
    all.extend(
        quotes::index_languages(site, catalog).into_iter().map(|language| quotes::path(site, language)),
    );
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
        let (lists, pages) = self.sitemap().part(part);
        let mut all: Vec<Address<'_>> = Vec::with_capacity(lists.len() + pages[0].len() + pages[1].len());
        all.extend(lists.iter().map(|path| Address { path, changed: None }));
        for &id in pages.into_iter().flatten() {
            all.push(Address { path: self.catalog.permalink(id), changed: self.catalog.card(id).changed() });
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
        xml.each(&given.addresses(part), |xml, address| {
            xml.element("url", &[], |xml| {
                xml.text("loc", &[], &given.url(address.path));
                if let Some(changed) = &address.changed {
                    xml.text("lastmod", &[], &changed.text(given.zone()));
                }
            });
        });
    });
    xml.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::page::{self, Page};

    /// The parts of a sitemap with so many addresses a file, and the addresses in each.
    fn parts(most: usize, names: &[&str]) -> Vec<(String, Vec<String>)> {
        let settings = "title = \"Desk\"\nbase_url = \"https://example.org/\"\ntimezone = \"UTC\"\n[outputs]\narchives = false\n";
        let (site, _) = Site::parse("site.toml", settings);
        let page = |name: &&str| -> Page {
            let text = format!("+++\ntitle = \"{name}\"\n+++\n");
            page::parse(&format!("{name}.md"), text.as_bytes(), &site).page.expect("it has front matter")
        };
        let now = "2026-01-01T00:00:00Z".parse::<jiff::Timestamp>().expect("an instant");
        let (catalog, _) =
            Catalog::build(names.iter().map(page).collect(), (Vec::new(), Vec::new()), &site, now);
        let all = Addresses { most, ..Addresses::of(&site, &catalog, Vec::new()) };
        let own = |part: Part| {
            let (lists, pages) = all.part(part);
            let pages = pages.into_iter().flatten().map(|&id| catalog.permalink(id).to_string());
            (part.path(), lists.iter().cloned().chain(pages).collect())
        };
        all.parts().into_iter().map(own).collect()
    }

    const NAMES: [&str; 6] = [
        "about",
        "contact",
        "news/2023-01-01-a",
        "news/2024-02-01-c",
        "news/2024-02-02-d",
        "news/2024-03-01-e",
    ];

    fn paths(parts: &[(String, Vec<String>)]) -> Vec<&str> {
        parts.iter().map(|(path, _)| path.as_str()).collect()
    }

    #[test]
    fn a_small_site_has_one_file_and_a_large_one_parts_that_hold_the_same() {
        let whole = parts(8, &NAMES);
        assert_eq!(paths(&whole), ["/sitemap.xml"]);
        let several = parts(2, &NAMES);
        let expected = [
            "/sitemap-lists.xml",
            "/sitemap-pages.xml",
            "/sitemap-2023.xml",
            "/sitemap-2024.xml",
            "/sitemap-2024-2.xml",
        ];
        assert_eq!(paths(&several), expected);
        let all: Vec<&String> = several.iter().flat_map(|(_, addresses)| addresses).collect();
        assert_eq!(all, whole[0].1.iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_new_page_changes_only_the_end_of_its_year() {
        let before = parts(2, &NAMES);
        let mut names = NAMES.to_vec();
        names.insert(3, "news/2023-05-05-b");
        let after = parts(2, &names);
        let differ: Vec<&str> = before
            .iter()
            .zip(&after)
            .filter(|(before, after)| before != after)
            .map(|(_, after)| after.0.as_str())
            .collect();
        assert_eq!(differ, ["/sitemap-2023.xml"]);
        names.push("news/2024-04-04-f");
        assert_eq!(parts(2, &names)[3], before[3], "a file that is full stays as it is");
    }
}
