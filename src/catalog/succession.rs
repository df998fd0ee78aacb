//! Which briefing replaces which, seen from both ends.
//!
//! A page that replaces another is known there only once both are public.

use super::problem::{At, Problem};
use super::{Catalog, PageId};

/// Pages that are replaced, each with one that replaces it; in order.
pub(super) type Succession = Vec<(PageId, PageId)>;

impl Catalog {
    /// Finds out which pages are replaced.
    pub(super) fn succession(&self) -> Succession {
        let replaced = |id: PageId| self.supersedes(id).into_iter().map(move |older| (older, id));
        let newer = self.ids().filter(|&id| self.has_page_or_leaks(id, "gate of successors"));
        let mut all: Succession = newer.flat_map(replaced).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The pages that a page says it replaces, in its order, as far as there are any for readers.
    pub fn supersedes(&self, id: PageId) -> Vec<PageId> {
        let stated = self.card(id).rare.iter().flat_map(|rare| &rare.supersedes);
        let mut all: Vec<PageId> = Vec::new();
        for other in stated.filter_map(|name| self.page_called(id, name)) {
            if other != id
                && self.is_page(other)
                && self.visibility(other).has_page()
                && !all.contains(&other)
            {
                all.push(other);
            }
        }
        all
    }

    /// The pages that replace a page, by path.
    pub fn superseded_by(&self, id: PageId) -> impl Iterator<Item = PageId> {
        let start = self.succession.partition_point(|(older, _)| *older < id);
        self.succession[start..].iter().take_while(move |(older, _)| *older == id).map(|(_, newer)| *newer)
    }

    /// What cannot be replaced by this page: what is no briefing, and what replaces it.
    pub(super) fn check_succession(&self, id: PageId, (other, at): (PageId, At)) -> Option<Problem> {
        let file = self.card(other).file();
        if !self.is_page(other) {
            let problem = Problem::error("link", id, at, format!("{file} is no briefing"));
            return Some(problem.label("only a briefing or a page can be replaced"));
        }
        let back = self.card(other).rare.iter().flat_map(|rare| &rare.supersedes);
        let mutual = back.filter_map(|name| self.page_called(other, name)).any(|older| older == id);
        // Said once, at the later of the two by path.
        (mutual && other < id).then(|| {
            let message = format!("this page and {file} each replace the other");
            Problem::error("link", id, at, message).label("the newer one supersedes the older one")
        })
    }
}
