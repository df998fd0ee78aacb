//! The briefings of a site, as a record lists them: public pages of dated collections that are not unlisted, by the year of
//! publication.
//!
//! Knows pages by their numbers, and nothing of what a record says of them.

use std::collections::BTreeMap;

use bitcode::{Decode, Encode};
use rayon::prelude::*;

use super::{Catalog, PageId};
use crate::source::card::Standing;
use crate::source::path::Role;

/// All briefings that are public or were, by the year in which they were published, each in order of paths.
#[derive(Debug, Default, Encode, Decode)]
pub struct Briefings {
    years: BTreeMap<i16, Vec<PageId>>,
}

impl Briefings {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.years.values().map(Vec::len).sum()
    }

    /// The years in which there are any.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.years.keys().copied()
    }

    /// Those of one year.
    pub fn of_year(&self, year: i16) -> &[PageId] {
        self.years.get(&year).map_or(&[], Vec::as_slice)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = PageId> {
        self.years.values().flatten().copied()
    }
}

impl Catalog {
    /// The briefings that a record lists.
    pub fn briefings(&self) -> &Briefings {
        &self.briefings
    }

    /// Whether a page is a briefing that readers have, or had.
    pub fn is_published_briefing(&self, id: PageId) -> bool {
        let card = self.card(id);
        let is_briefing = card.place.role == Role::Entry && self.is_dated(card.collection());
        let is_gated = self.visibility(id).is_gated() && !self.has_page_or_leaks(id, "gate of the record");
        is_briefing && !is_gated && self.was_ever_public(id)
    }

    /// The year under which a record lists a page; none if no record does. The address of an unlisted page is for those
    /// alone who were told it.
    pub fn year_on_record(&self, id: PageId) -> Option<i16> {
        let card = self.card(id);
        let is_listed = card.standing != Standing::Unlisted && self.is_published_briefing(id);
        card.published().filter(|_| is_listed).map(|published| published.day.year())
    }

    /// Gathers the briefings.
    pub(super) fn gather_briefings(&mut self) {
        let years: Vec<Option<i16>> = self.par_ids().map(|id| self.year_on_record(id)).collect();
        for (id, year) in self.ids().zip(years) {
            if let Some(year) = year {
                self.briefings.years.entry(year).or_default().push(id);
            }
        }
    }
}
