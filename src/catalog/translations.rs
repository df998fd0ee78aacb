//! Which pages say the same in other languages: the files whose paths differ in their language alone.

use std::collections::BTreeMap;

use super::{Catalog, PageId};
use crate::source::page::Page;

impl Catalog {
    /// The pages that say the same in another language, in order of their paths.
    pub fn translations(&self, id: PageId) -> impl Iterator<Item = PageId> {
        let all = self.translations.get(&*self.card(id).original()).map_or(&[][..], Vec::as_slice);
        let shown = |other| self.has_page_or_leaks(other, "gate of translations");
        all.iter().copied().filter(move |&other| other != id && shown(other))
    }
}

/// The pages of each path that more than one language has, or that only another language has: the original first.
pub(super) fn of(pages: &[Page]) -> BTreeMap<String, Vec<PageId>> {
    let mut all: BTreeMap<String, Vec<PageId>> = BTreeMap::new();
    // Most pages have none: only those that another language shares are kept.
    for (id, page) in PageId::all(pages).filter(|(_, page)| page.card.place.language != 0) {
        all.entry(page.card.original().into_owned()).or_default().push(id);
    }
    if all.is_empty() {
        return all;
    }
    for (id, page) in PageId::all(pages).filter(|(_, page)| page.card.place.language == 0) {
        if let Some(group) = all.get_mut(&*page.card.original()) {
            group.insert(0, id);
        }
    }
    all
}
