//! What is held back: the pages, by what their own cards say, and the files that are held back with them.
//!
//! Decided here anew: the proof takes from the build which page is gated and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::links::Destination;
use crate::catalog::visibility::{Gate, Visibility};
use crate::catalog::{Catalog, PageId};
use crate::source::card::{Card, OnExpiry};
use crate::source::tree::CONTENT;

/// What is held back.
#[derive(Debug, Default)]
pub(super) struct Gated {
    /// The pages that are not public yet, and those that expired before they could be.
    pub pages: Vec<PageId>,
    /// The pages that have expired and are gone: they leave a trace, and nothing of their texts.
    pub gone: Vec<PageId>,
    /// Every file that is held back, pages and others, from the root of the site.
    pub files: BTreeSet<String>,
}

impl Gated {
    /// What is held back of the pages of a catalog.
    pub(super) fn of(catalog: &Catalog) -> Self {
        let is_gated = |id: PageId| {
            let card = catalog.card(id);
            Gate::of(card, catalog.now()).is_some() || is_gone(card, catalog) && never_stood(card)
        };
        let (pages, public): (Vec<PageId>, Vec<PageId>) = catalog.ids().partition(|&id| is_gated(id));
        let mut files: BTreeSet<String> = pages.iter().map(|&id| catalog.card(id).file()).collect();
        if !pages.is_empty() {
            let named = of_pages(catalog, &pages, &public);
            files.extend(named.into_iter().map(|file| format!("{CONTENT}/{}", catalog.files()[file])));
        }
        let gone = |id: &PageId| is_gone(catalog.card(*id), catalog);
        Self { gone: public.into_iter().filter(gone).collect(), pages, files }
    }

    /// Whether a page is gone, and not held back.
    pub(super) fn is_gone(&self, id: PageId) -> bool {
        self.gone.contains(&id)
    }

    /// The files that are no pages, below `content/`, each with the place of the first page that it is held back with.
    pub(super) fn owners(&self, catalog: &Catalog) -> Vec<(u32, String)> {
        let mut owners: BTreeMap<usize, u32> = BTreeMap::new();
        for (number, &id) in (0u32..).zip(&self.pages) {
            let bundle = catalog.card(id).bundle().unwrap_or("/");
            let inside = catalog.files().iter().enumerate().filter(|(_, file)| file.starts_with(bundle));
            for file in references(catalog, id).chain(inside.map(|(index, _)| index)) {
                owners.entry(file).or_insert(number);
            }
        }
        let own = |(file, number): (usize, u32)| (number, catalog.files()[file].clone());
        let held = |(_, file): &(u32, String)| self.files.contains(&format!("{CONTENT}/{file}"));
        owners.into_iter().map(own).filter(held).collect()
    }
}

fn is_gone(card: &Card, catalog: &Catalog) -> bool {
    Visibility::of(card, catalog.now()) == Visibility::Expired(OnExpiry::Gone)
}

/// Whether a page was over before it would have appeared: nobody may learn that it existed.
fn never_stood(card: &Card) -> bool {
    let over = card.expiry().map(|(moment, _)| moment.instant);
    card.published()
        .map(|published| published.instant)
        .is_some_and(|from| over.is_some_and(|over| over <= from))
}

/// The files in the bundles of gated pages, and those that only gated pages refer to.
fn of_pages(catalog: &Catalog, pages: &[PageId], public: &[PageId]) -> BTreeSet<usize> {
    let used =
        |ids: &[PageId]| -> BTreeSet<usize> { ids.iter().flat_map(|&id| references(catalog, id)).collect() };
    let shown = used(public);
    let mut held: BTreeSet<usize> = used(pages).difference(&shown).copied().collect();
    // A bundle is that of all its languages: one that is public shows the files.
    let bundles: BTreeSet<&str> = public.iter().filter_map(|&id| catalog.card(id).bundle()).collect();
    for bundle in
        pages.iter().filter_map(|&id| catalog.card(id).bundle()).filter(|own| !bundles.contains(own))
    {
        let start = catalog.files().partition_point(|file| file.as_str() < bundle);
        let own = catalog.files()[start..].iter().take_while(|file| file.starts_with(bundle)).count();
        held.extend(start..start + own);
    }
    held
}

/// The files of content that a page refers to.
pub(super) fn references(catalog: &Catalog, id: PageId) -> impl Iterator<Item = usize> {
    let page = catalog.page(id);
    let image = page.card.rare.as_ref().and_then(|rare| rare.image.as_ref());
    let links = page.outline.links.iter().map(|link| &*link.destination);
    links.chain(image.map(|(path, _)| path.as_str())).filter_map(move |destination| {
        match catalog.destination(id, destination) {
            Destination::File(file, _) => Some(file),
            _ => None,
        }
    })
}
