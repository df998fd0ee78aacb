//! A page as programs are told of it, whatever the vocabulary: what its card says, with full addresses.
//!
//! Feeds have their own, smaller form of it. Knows no vocabulary.

use super::World;
use super::feed::permanent;
use crate::catalog::PageId;
use crate::catalog::terms::TermId;
use crate::source::card::{Card, Kind};
use crate::source::moment::Moment;
use crate::source::path::{Role, TermKind};

/// A name, with its full address on the site if it has one.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) url: Option<String>,
}

/// A page as its card describes it.
#[derive(Debug)]
pub(super) struct Story<'w> {
    /// A permanent identity that no change of path or domain moves.
    pub(super) id: String,
    pub(super) url: String,
    /// The file name without its ending.
    pub(super) stem: &'w str,
    pub(super) summary: &'w str,
    pub(super) lang: &'w str,
    pub(super) kind: Kind,
    pub(super) published: Option<Moment>,
    pub(super) changed: Option<Moment>,
    pub(super) as_of: Option<Moment>,
    pub(super) expires: Option<Moment>,
    pub(super) authors: Vec<Named>,
    pub(super) topics: Vec<Named>,
    pub(super) people: Vec<Named>,
    pub(super) organisations: Vec<Named>,
    pub(super) places: Vec<Named>,
    pub(super) series: Option<Named>,
    pub(super) number: Option<u32>,
    pub(super) collection: Option<Named>,
    /// Address and description of the lead picture.
    pub(super) image: Option<(String, &'w str)>,
}

impl World<'_> {
    /// Whether a page is a briefing: an entry of a collection whose pages have dates.
    pub(super) fn is_briefing(&self, card: &Card) -> bool {
        card.place.role == Role::Entry
            && self.catalog.is_dated(card.collection())
            && card.published().is_some()
    }

    /// A page as its card describes it.
    pub(super) fn story(&self, id: PageId) -> Story<'_> {
        let card = self.catalog.card(id);
        let rare = card.rare.as_deref();
        let authors = self.authors(id);
        let of = |kind| self.named_terms(id, kind, &[]).collect::<Vec<_>>();
        let bylines: Vec<&str> = authors.iter().map(|(name, _)| *name).collect();
        let alt = rare.and_then(|rare| rare.image.as_ref()).map_or("", |(_, alt)| alt.as_str());
        Story {
            id: permanent(self, card.id()),
            url: self.url(self.catalog.permalink(id)),
            stem: card.stem(),
            summary: &card.summary,
            lang: &self.site.language(card.place.language).code,
            kind: card.kind,
            published: card.published(),
            changed: card.changed(),
            as_of: rare.and_then(|rare| rare.as_of),
            expires: card.expiry().map(|(moment, _)| moment),
            topics: of(TermKind::Topic),
            // Who wrote it is among the people, and is not what it is about.
            people: self.named_terms(id, TermKind::Person, &bylines).collect(),
            organisations: of(TermKind::Organisation),
            places: of(TermKind::Place),
            series: self.named_terms(id, TermKind::Series, &[]).next(),
            number: rare.and_then(|rare| rare.number),
            collection: self.collection(id).map(|(list, name)| Named {
                url: list.map(|list| self.url(&self.catalog.lists().get(list).path)),
                name,
            }),
            image: self.image(id).map(|path| (self.url(&path), alt)),
            authors: authors
                .into_iter()
                .map(|(name, path)| Named { name: name.to_string(), url: path.map(|path| self.url(path)) })
                .collect(),
        }
    }

    /// The terms of one kind of a page, but for those with these names.
    fn named_terms<'a>(
        &'a self,
        id: PageId,
        kind: TermKind,
        but: &'a [&'a str],
    ) -> impl Iterator<Item = Named> + 'a {
        let language = self.catalog.card(id).place.language;
        let of_kind = self.catalog.terms_of_page(id).iter().copied();
        let of_kind = of_kind.filter(move |&term| self.catalog.terms().get(term).kind == kind);
        of_kind.map(move |term| self.named_term(term, language)).filter(|named| !but.contains(&&*named.name))
    }

    /// The name of a term with its full address, for readers of a language.
    pub(super) fn named_term(&self, term: TermId, language: crate::site::LanguageIndex) -> Named {
        let path = self.catalog.term_path(term, language);
        let name = self.catalog.term_title(term, language).to_string();
        Named { name, url: path.map(|path| self.url(path)) }
    }
}
