//! What of a catalog outlives an edit: all of it if only a text is another, else the pages.

use super::pages::Pages;
use super::{Catalog, PageId};
use crate::digest::Digest;
use crate::source::page::Page;

impl Catalog {
    /// Notes that the text of a page is another, while all that others may know of it is the same.
    pub fn renew_text(&mut self, id: PageId, digest: Digest) {
        if let Pages::Here(pages) = &mut self.pages {
            pages[id.index()].digest = digest;
        }
    }

    /// The pages alone, and what is left without them.
    pub fn into_pages(mut self) -> (Vec<Page>, Self) {
        let Pages::Here(pages) = std::mem::replace(&mut self.pages, Pages::Here(Vec::new())) else {
            return (Vec::new(), self);
        };
        (pages, self)
    }
}
