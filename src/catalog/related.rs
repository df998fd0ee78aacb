//! What to read next: what the page names itself, then what shares most of its terms. Deterministic, and bounded.

use std::collections::BTreeMap;

use super::lists::ListKind;
use super::{Catalog, PageId};

/// How many items are offered.
const RELATED_MAX: usize = 5;
/// How far back in each term's list we look: old lists are long, and newer is likelier to matter.
const LOOK_BACK: usize = 50;

impl Catalog {
    /// Up to five listed pages to read after `id`, best first.
    pub fn related(&self, id: PageId) -> Vec<PageId> {
        let card = self.card(id);
        let stated = card.rare.iter().flat_map(|rare| &rare.related);
        let mut found: Vec<PageId> = Vec::new();
        for other in stated.filter_map(|name| self.page_called(id, name)) {
            if other != id && self.visibility(other).is_listed() && !found.contains(&other) {
                found.push(other);
            }
        }
        let mut shared: BTreeMap<PageId, usize> = BTreeMap::new();
        for &term in self.terms_of_page(id) {
            let Some(list) = self.lists().find(&ListKind::Term(term), card.place.language) else { continue };
            for &other in self.lists().get(list).items.iter().take(LOOK_BACK) {
                *shared.entry(other).or_default() += 1;
            }
        }
        let mut ranked: Vec<(usize, PageId)> =
            shared.into_iter().map(|(page, terms)| (terms, page)).collect();
        // One common term is chance; two are a subject.
        ranked.retain(|&(terms, page)| terms > 1 && page != id && !found.contains(&page));
        ranked.sort_by_key(|&(terms, page)| (std::cmp::Reverse(terms), self.rank(page)));
        found.extend(ranked.into_iter().map(|(_, page)| page));
        found.truncate(RELATED_MAX);
        found
    }

    /// The page that `name` (an id, or a path relative to the page that says it) means.
    pub fn page_called(&self, from: PageId, name: &str) -> Option<PageId> {
        let folder = self.card(from).path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let by_path = || {
            let joined = super::links::join(folder, name)?;
            self.page_of_path(&joined).or_else(|| self.page_of_path(name.trim_start_matches('/')))
        };
        self.page_of_id(name).or_else(by_path)
    }
}
