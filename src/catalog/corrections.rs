//! What was put right on all pages: the entries that admit a mistake, newest first, by language; and translations that
//! do not say what their original says.

use bitcode::{Decode, Encode};

use super::problem::{At, Problem};
use super::{Catalog, PageId, pagination};
use crate::site::{LanguageIndex, Site};
use crate::source::card::Standing;
use crate::source::correction::Correction;

/// The entries that stand on the pages of all corrections: each by its page and its number on the card of that page.
#[derive(Debug, Default, Encode, Decode)]
pub struct Corrections {
    /// Newest first, by language.
    entries: Vec<Vec<(PageId, u32)>>,
}

impl Corrections {
    /// The entries in a language, newest first.
    pub fn in_language(&self, language: LanguageIndex) -> &[(PageId, u32)] {
        self.entries.get(usize::from(language)).map_or(&[], Vec::as_slice)
    }

    /// How many numbered pages they fill in a language, with so many on each.
    pub fn numbered_pages(&self, language: LanguageIndex, page_size: usize) -> usize {
        pagination::numbered(self.in_language(language).len(), page_size)
    }

    /// The entries on one of these pages; 0 is the own address.
    pub fn on_page(&self, language: LanguageIndex, number: usize, page_size: usize) -> &[(PageId, u32)] {
        let all = self.in_language(language);
        match number {
            0 => &all[pagination::own(all.len(), page_size)],
            _ => &all[pagination::page(all.len(), page_size, number)],
        }
    }

    /// Whether all are entries of so many pages.
    pub(super) fn fit(&self, pages: usize) -> bool {
        self.entries.iter().flatten().all(|(id, _)| id.index() < pages)
    }
}

impl Catalog {
    /// The entries that admit a mistake, on pages that may be read and found.
    pub fn corrections(&self) -> &Corrections {
        &self.corrections
    }

    /// An entry, by its page and its number on the card of that page.
    pub fn correction(&self, (id, number): (PageId, u32)) -> Option<&Correction> {
        self.card(id).corrections().get(number as usize)
    }

    /// Finds the entries on all pages.
    pub(super) fn find_corrections(&self, site: &Site) -> Corrections {
        let mut entries = vec![Vec::new(); site.languages.len()];
        for (id, page) in PageId::all(self.pages()) {
            let card = &page.card;
            let told =
                self.has_page_or_leaks(id, "gate of corrections") && card.standing != Standing::Unlisted;
            if !told {
                continue;
            }
            let admissions = (0u32..).zip(card.corrections()).filter(|(_, entry)| entry.kind.is_admission());
            entries[usize::from(card.place.language)].extend(admissions.map(|(number, _)| (id, number)));
        }
        for of_language in &mut entries {
            let date = |&(id, number): &(PageId, u32)| {
                let entry = self.correction((id, number)).expect("it was found there");
                (std::cmp::Reverse(entry.date.instant), id, number)
            };
            of_language.sort_by_key(date);
        }
        Corrections { entries }
    }

    /// A translation must not keep what its original took back.
    pub(super) fn check_translated_corrections(&self, id: PageId, problems: &mut Vec<Problem>) {
        let card = self.card(id);
        if card.place.language == 0 || !self.visibility(id).has_page() {
            return;
        }
        let original = self.translations(id).find(|&other| self.card(other).place.language == 0);
        let Some(original) = original else { return };
        for entry in self.card(original).corrections().iter().filter(|entry| entry.kind.is_admission()) {
            let follows = |own: &Correction| own.kind == entry.kind && own.date.day >= entry.date.day;
            // What was translated later was translated from the text as it is now.
            let later = card.date.is_some_and(|date| date.day > entry.date.day);
            if later || card.corrections().iter().any(follows) {
                continue;
            }
            let (file, kind, day) = (self.card(original).file(), entry.kind.word(), entry.date.day);
            let message = format!("{file} has a {kind} of {day} that this translation lacks");
            let problem = Problem::warning("correction", id, At::File, message);
            problems.push(problem.help("correct the translation too, and say so under [[corrections]]"));
        }
    }
}
