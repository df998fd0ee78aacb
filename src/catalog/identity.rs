//! Which page an id means.

use super::{Catalog, PageId};

impl Catalog {
    /// The page with this permanent identity: the one that states it, or whose path it is.
    pub fn page_of_id(&self, id: &str) -> Option<PageId> {
        let by_path = || self.page_of_path(&format!("{id}.md")).filter(|&page| self.card(page).id() == id);
        // What is public comes before what is not, whoever states the id: a held-back file changes nothing. Then who states it,
        // and the site's own language first.
        let stated = self.ids.get(id).into_iter().flatten().map(|&page| (0, page));
        let all = stated.chain(by_path().map(|page| (1, page)));
        let order = |(by, page): &(u8, PageId)| {
            (self.visibility(*page).is_gated(), *by, self.card(*page).place.language)
        };
        all.min_by_key(order).map(|(_, page)| page)
    }
}
