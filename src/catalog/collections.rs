//! The settings of collections: what their `index.md` says of their pages.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bitcode::{Decode, Encode};
use rayon::prelude::*;

use super::address::{RESERVED, folder_slug};
use super::problem::{At, Problem};
use super::visibility::Visibility;
use super::{Catalog, PageId};
use crate::site::Site;
use crate::source::card::CollectionSettings;
use crate::source::page::Page;
use crate::source::path::Role;

/// What the settings of collections say, by the name of the collection.
#[derive(Debug, Default, Encode, Decode)]
pub struct Collections {
    settings: BTreeMap<String, CollectionSettings>,
    /// What held-back files say of their collections: it counts only for pages that are held back too.
    held: BTreeMap<String, CollectionSettings>,
    default: CollectionSettings,
    /// The name of each folder in addresses.
    slugs: BTreeMap<String, String>,
}

impl Collections {
    /// The settings of one collection.
    pub fn settings(&self, name: &str) -> &CollectionSettings {
        self.settings.get(name).unwrap_or(&self.default)
    }

    /// Whether a collection has this name in addresses.
    pub(super) fn has_address(&self, slug: &str) -> bool {
        self.slugs.values().any(|own| own == slug)
    }

    /// The name of a folder in addresses.
    pub(super) fn slug(&self, name: &str, site: &Site) -> Cow<'_, str> {
        // A folder that holds nothing but held-back pages is not among them.
        self.slugs.get(name).map_or_else(|| folder_slug(name, site).into(), Cow::from)
    }

    /// What the files of all collections say.
    pub(super) fn of(pages: &[Page], visibility: &[Visibility], site: &Site) -> Self {
        let mut all = Self::default();
        for index in telling(pages, visibility) {
            let (page, visibility) = (&pages[index], visibility[index]);
            let (card, place) = (&page.card, page.card.place);
            // A folder that holds nothing but held-back pages is no collection yet.
            if !visibility.is_gated() && !all.settings.contains_key(card.collection()) {
                all.settings.insert(card.collection().to_string(), CollectionSettings::default());
            }
            // The file in the site's own language settles; a translation only translates.
            if let Some(rare) =
                card.rare.as_ref().filter(|_| place.role == Role::Collection && place.language == 0)
            {
                let settings = if visibility.is_gated() { &mut all.held } else { &mut all.settings };
                settings.insert(card.collection().to_string(), rare.collection.clone());
            }
        }
        all.slugs = all.settings.keys().map(|name| (name.clone(), folder_slug(name, site))).collect();
        all
    }
}

/// The pages that may say something of their collection: its own file, and the first that is not held back of each run
/// of pages of one collection. Pages are ordered by path, so runs are long.
fn telling(pages: &[Page], visibility: &[Visibility]) -> Vec<usize> {
    // Few in tests, so that they have several runs.
    const RUN_PAGES: usize = if cfg!(test) { 3 } else { 4096 };
    let of_run = |run: usize| {
        let mut last = None;
        (run * RUN_PAGES..pages.len().min((run + 1) * RUN_PAGES)).filter(move |&index| {
            let card = &pages[index].card;
            let new = match card.place.role {
                Role::Entry | Role::Collection => {
                    !visibility[index].is_gated()
                        && last.replace(card.collection()) != Some(card.collection())
                }
                _ => return false,
            };
            new || card.place.role == Role::Collection
        })
    };
    (0..pages.len().div_ceil(RUN_PAGES)).into_par_iter().flat_map_iter(of_run).collect()
}

/// Collections whose address the site needs for itself, each told at its first file.
pub(super) fn reserved(pages: &[Page], collections: &Collections, site: &Site) -> Vec<Problem> {
    let taken = |name: &&String| {
        let slug = collections.slug(name, site);
        RESERVED.contains(&&*slug) || slug == "page" || site.language_index(&slug).is_some()
    };
    let problem = |name: &String| {
        let mut all = PageId::all(pages);
        let (id, _) = all.find(|(_, page)| page.card.collection() == *name)?;
        let message = format!("the address of the folder content/{name}/ is taken by the site itself");
        Some(Problem::error("address", id, At::File, message).help("give the folder another name"))
    };
    collections.settings.keys().filter(taken).filter_map(problem).collect()
}

impl Catalog {
    /// Whether pages of this collection have dates.
    pub fn is_dated(&self, collection: &str) -> bool {
        self.collections.settings(collection).dated != Some(false)
    }

    /// Whether a page must have a date; one that is held back may rely on a collection that is held back too.
    pub(super) fn needs_date(&self, id: PageId) -> bool {
        let card = self.card(id);
        let held = self.collections.held.get(card.collection()).filter(|_| self.visibility(id).is_gated());
        card.place.role == Role::Entry
            && held.map_or_else(|| self.is_dated(card.collection()), |settings| settings.dated != Some(false))
    }
}
