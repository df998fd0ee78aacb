//! The pages of a catalog: all of them here, or on a shelf from which single ones are taken when they are asked for.
//!
//! Knows nothing of what the shelf is made of.

use std::fmt::{self, Debug};
use std::sync::Arc;

use crate::source::page::Page;

/// Pages that are kept elsewhere, in order of their paths.
pub trait Shelf: Send + Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// The page at this place.
    fn page(&self, at: usize) -> &Page;

    /// The place of the page whose file is at `path` below `content/`.
    fn find(&self, path: &str) -> Option<usize>;
}

/// Pages in order of their paths.
pub(super) enum Pages {
    /// All of them.
    Here(Vec<Page>),
    /// Elsewhere.
    Kept(Arc<dyn Shelf>),
}

impl Pages {
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Here(pages) => pages.len(),
            Self::Kept(shelf) => shelf.count(),
        }
    }

    pub(super) fn get(&self, at: usize) -> &Page {
        match self {
            Self::Here(pages) => &pages[at],
            Self::Kept(shelf) => shelf.page(at),
        }
    }

    pub(super) fn find(&self, path: &str) -> Option<usize> {
        match self {
            Self::Here(pages) => pages.binary_search_by(|page| (*page.card.path).cmp(path)).ok(),
            Self::Kept(shelf) => shelf.find(path),
        }
    }

    /// All of them at once.
    pub(super) fn all(&self) -> &[Page] {
        match self {
            Self::Here(pages) => pages,
            Self::Kept(_) => panic!("a catalog that was recalled has its pages one by one"),
        }
    }
}

impl Debug for Pages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} pages", self.count())
    }
}
