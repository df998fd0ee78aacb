//! What the feed of a list holds: the pages that were published or changed last, and those that were withdrawn.
//!
//! A page that is corrected returns to the top, however old it is. Each list remembers the few pages that may, so that
//! no feed looks at all its pages.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::lists::{ListId, ListKind, Sources};
use super::visibility::Visibility;
use super::{Catalog, Lists, PageId};
use crate::source::card::{OnExpiry, Standing};
use crate::source::moment::Moment;
use crate::source::path::Role;

/// What the feed of a list holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct InFeed {
    /// The pages, those that changed last first.
    pub pages: Vec<PageId>,
    /// Pages that were in it and are withdrawn, the last first.
    pub withdrawn: Vec<PageId>,
}

impl Catalog {
    /// What the feed of a list holds, with so many pages at most.
    pub fn in_feed(&self, list: ListId, most: usize) -> InFeed {
        let list = self.lists().get(list);
        // A page is among those that changed last if it is among the newest, or among those that changed after they
        // were published: so no other page need be looked at.
        let dated = list.items.iter().copied().filter(|&id| self.card(id).published().is_some());
        let mut pages: Vec<PageId> = dated.take(most).chain(list.revived.iter().copied()).collect();
        pages.sort_by_key(|&id| (Reverse(self.changed(id)), Reverse(self.published(id)), id));
        pages.dedup();
        pages.truncate(most);
        // What was withdrawn before all that a full feed still shows is forgotten like them.
        let oldest = pages.get(most.wrapping_sub(1)).and_then(|&id| self.changed(id));
        let known = |id: &PageId| self.withdrawn(*id).map(|moment| moment.instant) >= oldest;
        InFeed { withdrawn: list.withdrawn.iter().copied().filter(known).collect(), pages }
    }

    fn changed(&self, id: PageId) -> Option<jiff::Timestamp> {
        self.card(id).changed().map(|moment| moment.instant)
    }

    fn published(&self, id: PageId) -> Option<jiff::Timestamp> {
        self.card(id).published().map(|moment| moment.instant)
    }

    /// When a page was withdrawn that had been public and listed, if it was: retracted, or gone.
    pub fn withdrawn(&self, id: PageId) -> Option<Moment> {
        let card = self.card(id);
        let moment = match self.visibility(id) {
            Visibility::Retracted => card.retraction()?.date,
            Visibility::Expired(OnExpiry::Gone) => card.expiry()?.0,
            _ => return None,
        };
        card.published()?;
        (self.was_ever_public(id) && card.standing == Standing::Listed).then_some(moment)
    }

    /// Whether there was an instant at which a page that is not held back was public. What expired before its embargo was
    /// lifted never was, and nobody may learn that it existed.
    pub fn was_ever_public(&self, id: PageId) -> bool {
        let card = self.card(id);
        let is_gone = self.visibility(id) == Visibility::Expired(OnExpiry::Gone);
        let over = card.expiry().map(|(moment, _)| moment.instant).filter(|_| is_gone);
        over.is_none_or(|over| self.published(id).is_none_or(|published| published < over))
    }

    /// The listed pages that changed after they were published, the last first.
    pub(super) fn revived(&self, order: &[PageId]) -> Vec<PageId> {
        let is_revived = |&id: &PageId| self.published(id).is_some() && self.changed(id) > self.published(id);
        let mut all: Vec<PageId> = order.par_iter().copied().filter(is_revived).collect();
        all.sort_by_key(|&id| (Reverse(self.changed(id)), id));
        all
    }

    /// The pages that were withdrawn, the last first.
    pub(super) fn all_withdrawn(&self) -> Vec<PageId> {
        let is_withdrawn = |&id: &PageId| self.is_page(id) && self.withdrawn(id).is_some();
        let mut all: Vec<PageId> = self.par_ids().filter(is_withdrawn).collect();
        all.sort_by_key(|&id| (Reverse(self.withdrawn(id).map(|moment| moment.instant)), id));
        all
    }
}

impl Lists {
    /// Tells each list that has a feed of `most` pages which of its pages changed last, and which were withdrawn last.
    pub(super) fn turn_over(
        &mut self,
        sources: &Sources<'_>,
        (revived, withdrawn): (&[PageId], &[PageId]),
        most: usize,
    ) {
        type Kept = fn(&mut super::lists::List) -> &mut Vec<PageId>;
        let kept: [(&[PageId], Kept); 2] =
            [(revived, |list| &mut list.revived), (withdrawn, |list| &mut list.withdrawn)];
        for (pages, kept) in kept {
            for &id in pages {
                let language = sources.pages[id.index()].card.place.language;
                for kind in sources.lists_with_feeds(id) {
                    let Some(list) = self.find(&kind, language) else { continue };
                    let kept = kept(&mut self.lists[list.0 as usize]);
                    if kept.len() < most {
                        kept.push(id);
                    }
                }
            }
        }
    }
}

impl Sources<'_> {
    /// What a page is or was on a list of, as far as these lists have feeds.
    fn lists_with_feeds(&self, id: PageId) -> Vec<ListKind> {
        let card = &self.pages[id.index()].card;
        let mut kinds: Vec<ListKind> = self.page_terms.of(id).iter().copied().map(ListKind::Term).collect();
        if card.place.role == Role::Entry {
            let name = card.collection().to_string();
            if self.collections.settings(&name).dated != Some(false) {
                kinds.push(ListKind::Home);
            }
            kinds.push(ListKind::Collection(name));
        }
        kinds
    }
}
