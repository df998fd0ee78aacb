//! What to read next: what the page names itself, then what shares most of its terms and is near to it in time.
//! Deterministic, and bounded: a new page changes what is related only for pages that are near to it.

use std::cmp::Reverse;

use super::lists::ListKind;
use super::{Catalog, PageId, UNRANKED};

/// How many items are offered.
const RELATED_MAX: usize = 5;
/// How many pages we look at before and after the page in each term's list: the newest of a long list would be others
/// with every new page, for all pages of that list.
const NEAR: usize = 12;

impl Catalog {
    /// Up to five listed pages to read after `id`, best first.
    pub fn related(&self, id: PageId) -> Vec<PageId> {
        let stated = self.card(id).rare.iter().flat_map(|rare| &rare.related);
        let mut found: Vec<PageId> = Vec::new();
        for other in stated.filter_map(|name| self.page_called(id, name)) {
            if other != id && self.visibility(other).is_listed() && !found.contains(&other) {
                found.push(other);
            }
        }
        let mut near = self.near(id);
        repeated(&mut near);
        near.sort_unstable();
        // One common term is chance; two are a subject.
        let mut ranked: Vec<(Reverse<usize>, u32)> = near
            .chunk_by(u32::eq)
            .filter(|same| same.len() > 1)
            .map(|same| (Reverse(same.len()), same[0]))
            .collect();
        ranked.sort_unstable();
        let others = ranked.into_iter().map(|(_, rank)| self.listed[rank as usize]);
        for other in others {
            if !found.contains(&other) {
                found.push(other);
            }
        }
        found.extend(self.leaked("gate of related"));
        found.truncate(RELATED_MAX);
        found
    }

    /// The ranks of the pages that stand near to `id` in the lists of its terms, once for each list.
    fn near(&self, id: PageId) -> Vec<u32> {
        let (terms, language) = (self.terms_of_page(id), self.card(id).place.language);
        // What shares only one term counts for nothing.
        if terms.len() < 2 {
            return Vec::new();
        }
        let place = self.place(id);
        let mut near = Vec::with_capacity(terms.len() * 2 * NEAR);
        for &term in terms {
            let Some(list) = self.lists().find(&ListKind::Term(term), language) else { continue };
            let items = &self.lists().get(list).items;
            let at = items.partition_point(|&other| self.rank(other) < place);
            let newer = &items[at.saturating_sub(NEAR)..at];
            let older = items[at..].iter().filter(|&&other| other != id).take(NEAR);
            near.extend(newer.iter().chain(older).map(|&other| self.rank(other)));
        }
        near
    }

    /// Where a page stands among all listed pages; one that is not listed, where it would.
    fn place(&self, id: PageId) -> u32 {
        let order = |id: PageId| (Reverse(self.card(id).published().map(|moment| moment.instant)), id);
        match self.rank(id) {
            UNRANKED => {
                let own = order(id);
                let before = self.listed.partition_point(|&other| order(other) < own);
                u32::try_from(before).expect("page ids are 32 bits")
            }
            rank => rank,
        }
    }

    /// The page that `name` (an id, or a path relative to the page that says it) means.
    pub fn page_called(&self, from: PageId, name: &str) -> Option<PageId> {
        let folder = self.card(from).path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let by_path = || {
            // With its ending or without: both name the file.
            let file = if name.ends_with(".md") {
                name.to_string()
            } else {
                format!("{}.md", name.trim_end_matches('/'))
            };
            let joined = super::links::join(folder, &file)?;
            self.page_of_path(&joined).or_else(|| self.page_of_path(file.trim_start_matches('/')))
        };
        self.page_of_id(name).or_else(by_path)
    }
}

/// Leaves out most of what occurs only once: to sort it all would be the dearest step of a page's key. Two numbers that
/// share a bit both stay, which the count after sorting sees.
fn repeated(ranks: &mut Vec<u32>) {
    let bit = |rank: u32| ((rank / 64 % 16) as usize, 1u64 << (rank % 64));
    let (mut once, mut twice) = ([0u64; 16], [0u64; 16]);
    for (word, bit) in ranks.iter().map(|&rank| bit(rank)) {
        twice[word] |= once[word] & bit;
        once[word] |= bit;
    }
    ranks.retain(|&rank| {
        let (word, bit) = bit(rank);
        twice[word] & bit != 0
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Site;
    use crate::source::page::{self, Page};

    /// The pages related to `news/NUMBER.md` among so many, each a day younger than the one before it.
    fn related(count: usize, number: usize) -> Vec<String> {
        let settings = "title = \"Desk\"\nbase_url = \"https://example.org/\"\ntimezone = \"UTC\"\n";
        let (site, _) = Site::parse("site.toml", settings);
        let first: jiff::civil::Date = "2020-01-01".parse().expect("a day");
        let page = |number: usize| -> Page {
            let day = first.saturating_add(jiff::Span::new().days(i64::try_from(number).expect("few")));
            let text =
                format!("+++\ntitle = \"{number}\"\ndate = {day}\ntopics = [\"A\", \"B\"]\n+++\nText.\n");
            page::parse(&format!("news/{number:04}.md"), text.as_bytes(), &site).page.expect("it is a page")
        };
        let now = "2026-01-01T00:00:00Z".parse::<jiff::Timestamp>().expect("an instant");
        let (catalog, _) =
            Catalog::build((0..count).map(page).collect(), (Vec::new(), Vec::new()), &site, now);
        let id = catalog.page_of_path(&format!("news/{number:04}.md")).expect("it is there");
        catalog.related(id).into_iter().map(|id| catalog.card(id).title.to_string()).collect()
    }

    #[test]
    fn a_new_page_changes_only_what_is_related_to_pages_near_to_it() {
        assert_eq!(related(100, 50), ["62", "61", "60", "59", "58"]);
        assert_eq!(related(101, 50), related(100, 50));
        assert_eq!(related(101, 0), related(13, 0));
        assert_eq!(related(100, 99), ["98", "97", "96", "95", "94"]);
        assert_ne!(related(101, 99), related(100, 99));
    }

    #[test]
    fn nothing_that_is_repeated_is_left_out() {
        let mut ranks = vec![5, 1024 + 5, 70, 5, 9, 70_000, 70_000, 3];
        repeated(&mut ranks);
        ranks.sort_unstable();
        assert_eq!(ranks, [5, 5, 1029, 70_000, 70_000]);
    }
}
