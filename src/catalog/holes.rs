//! Holes in the gate, which tests open one at a time, to see that the proof of `bulletin check --embargo` finds each.
//!
//! In a program that is shipped there are none: what is asked here is answered by a constant.

use super::{Catalog, PageId};
use crate::mutation::without;

impl Catalog {
    /// The page that comes through a hole, if a test has opened it: the first of those that are held back.
    pub fn leaked(&self, hole: &str) -> Option<PageId> {
        if without(hole) { self.ids().find(|&id| self.visibility(id).is_gated()) } else { None }
    }

    /// Whether a page is among the outputs, or comes through a hole that a test has opened.
    pub fn has_page_or_leaks(&self, id: PageId, hole: &str) -> bool {
        self.visibility(id).has_page() || without(hole) && self.visibility(id).is_gated()
    }
}
