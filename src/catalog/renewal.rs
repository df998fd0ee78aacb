//! What of a catalog outlives an edit: all of it if only a text is another, else the pages.

use super::{Catalog, PageId};
use crate::digest::Digest;
use crate::source::page::Page;

impl Catalog {
    /// Notes that the text of a page is another, while all that others may know of it is the same.
    pub fn renew_text(&mut self, id: PageId, digest: Digest) {
        self.pages[id.index()].digest = digest;
    }

    /// The pages alone, and what is left without them.
    pub fn into_pages(mut self) -> (Vec<Page>, Self) {
        (std::mem::take(&mut self.pages), self)
    }
}
