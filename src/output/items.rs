//! What lists show of pages, as values of templates: built when asked for, and kept for the other lists that show them.
//!
//! A page stands on half a dozen lists, and a map costs more time than memory; but memory must not grow with the site
//! for ever, so that beyond a number of pages, two may take turns in one place.

use std::sync::RwLock;

use tera::Value;

use crate::catalog::PageId;

/// Up to so many pages, the values of all are kept: with a few facts each, 150 megabytes.
const PAGES_KEPT_MAX: usize = 1 << 17;
/// How many are kept of larger sites, where memory is dearer than time: neighbours still find each other.
const PLACES: usize = 1 << 14;

/// Values by page.
#[derive(Debug)]
pub(super) struct Items {
    places: Vec<RwLock<Option<(PageId, Value)>>>,
}

impl Items {
    /// Room for the values of so many pages, or as many as may be kept.
    pub(super) fn new(pages: usize) -> Self {
        Self::with_places(if pages > PAGES_KEPT_MAX { PLACES } else { pages })
    }

    fn with_places(places: usize) -> Self {
        Self { places: (0..places).map(|_| RwLock::new(None)).collect() }
    }

    /// The value of a page, built unless it is there. No thread waits while another one builds.
    pub(super) fn get_or(&self, page: PageId, build: impl FnOnce() -> Value) -> Value {
        let place = &self.places[page.index() % self.places.len()];
        let known = place.read().expect("nobody panics while holding a value");
        if let Some((_, value)) = known.as_ref().filter(|(known, _)| *known == page) {
            return value.clone();
        }
        drop(known);
        let value = build();
        *place.write().expect("nobody panics while holding a value") = Some((page, value.clone()));
        value
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::source::page::{self, Page};

    #[test]
    fn pages_take_turns_and_each_gets_its_own_value() {
        let toml = "title = \"t\"\nbase_url = \"https://example.org/\"\ntimezone = \"UTC\"\n";
        let (site, _) = crate::site::Site::parse("site.toml", toml);
        let page =
            page::parse("a.md", b"+++\ntitle = \"x\"\n+++\n", &site).page.expect("it has front matter");
        let pages: Vec<Page> = vec![page; 5];
        let items = Items::with_places(2);
        let built = Cell::new(0);
        let get = |id: PageId| {
            let value = items.get_or(id, || {
                built.set(built.get() + 1);
                Value::from(id.index() as u64)
            });
            assert_eq!(value.to_string(), id.index().to_string());
        };
        for (id, _) in PageId::all(&pages) {
            get(id);
            get(id);
        }
        assert_eq!(built.get(), 5);
        PageId::all(&pages).take(1).for_each(|(id, _)| get(id));
        assert_eq!(built.get(), 6, "the fifth page took the place of the first");
    }
}
