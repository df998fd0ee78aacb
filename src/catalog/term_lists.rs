//! What pages call a topic, a person, a place …, and where its list is, for readers of one language.

use super::lists::{ListId, ListKind};
use super::terms::TermId;
use super::{Catalog, PageId};
use crate::site::LanguageIndex;
use crate::source::path::TermKind;

impl Catalog {
    /// The term that a page means by a name in its front matter.
    pub fn term_of_name(&self, id: PageId, kind: TermKind, name: &str) -> Option<TermId> {
        match self.terms.meanings(kind, name) {
            [one] => Some(*one),
            _ => self.page_terms.of(id).iter().copied().find(|&term| {
                let term = self.terms.get(term);
                term.kind == kind && term.title == name
            }),
        }
    }

    /// The list of a term in `language`, or else in the site's own.
    pub fn term_list(&self, term: TermId, language: LanguageIndex) -> Option<ListId> {
        let kind = ListKind::Term(term);
        self.lists.find(&kind, language).or_else(|| self.lists.find(&kind, 0))
    }

    /// The address of a term's list, for readers of `language`.
    pub fn term_path(&self, term: TermId, language: LanguageIndex) -> Option<&str> {
        self.term_list(term, language).map(|list| self.lists.get(list).path.as_str())
    }

    /// The terms of one kind that have a list in `language`.
    pub fn terms_in(
        &self,
        kind: TermKind,
        language: LanguageIndex,
    ) -> impl Iterator<Item = (TermId, ListId)> {
        let of_kind = self.terms.iter().filter(move |(_, term)| term.kind == kind);
        of_kind.filter_map(move |(id, _)| Some((id, self.lists.find(&ListKind::Term(id), language)?)))
    }

    /// The list of a term in exactly this language.
    pub fn term_list_in(&self, term: TermId, language: LanguageIndex) -> Option<ListId> {
        self.lists.find(&ListKind::Term(term), language)
    }

    /// The name of a term in `language`: the title of its file there, or its own.
    pub fn term_title(&self, term: TermId, language: LanguageIndex) -> &str {
        let term = self.terms.get(term);
        let cards = term.files.iter().map(|&file| self.card(file));
        let titled = cards.filter(|card| card.place.language == language && !card.title.is_empty());
        titled.map(|card| &*card.title).next().unwrap_or(&term.title)
    }
}
