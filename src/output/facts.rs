//! What is shown of a page: what lists show of it, what its own page shows besides, and what it leaves to its details.
//!
//! Says it to a sink; knows neither templates nor digests.

use std::borrow::Cow;

use tera::Value;

use super::context::{map, optional};
use super::shown::{Facts, Shown, Sink};
use super::{World, notes, sources};
use crate::catalog::PageId;
use crate::catalog::visibility::Visibility;
use crate::source::basis;
use crate::source::card::{Card, Detailed, OnExpiry, Standing, SummaryFrom};
use crate::source::details::{CitedSource, Details};
use crate::source::path::TermKind;
use crate::theme::{Fact, Mentioned, language};

impl World<'_> {
    /// Says what lists show of a page.
    pub(super) fn item_facts(&self, id: PageId, sink: &mut impl Sink) {
        let card = self.catalog.card(id);
        let rare = card.rare.as_deref();
        let lang = self.site.language(card.place.language).code.as_str();
        let permalink = self.catalog.permalink(id);
        sink.put(Fact::Title, || match self.shown_title(id) {
            Cow::Borrowed(title) => Shown::Text(title),
            Cow::Owned(title) => Shown::Made(title),
        });
        sink.put(Fact::Summary, || Shown::text_or_none(&card.summary));
        sink.put(Fact::Url, || Shown::Url(permalink));
        sink.put(Fact::Path, || Shown::Path(permalink));
        sink.put(Fact::Kind, || Shown::Text(card.kind.word()));
        sink.put(Fact::Lang, || Shown::Text(lang));
        sink.put(Fact::Dir, || Shown::Text(language::direction(lang)));
        sink.put(Fact::Date, || Shown::moment(card.date));
        sink.put(Fact::Updated, || Shown::moment(card.revised()));
        sink.put(Fact::Published, || Shown::moment(card.published()));
        sink.put(Fact::Minutes, || Shown::Number(u32::from(card.minutes)));
        sink.put(Fact::Expired, || {
            Shown::Flag(matches!(self.catalog.visibility(id), Visibility::Expired(_)))
        });
        sink.put(Fact::Topics, || Shown::Terms(id, TermKind::Topic));
        sink.put(Fact::Series, || Shown::Series(id));
        sink.put(Fact::Number, || rare.and_then(|rare| rare.number).map_or(Shown::Nothing, Shown::Number));
        sink.put(Fact::Image, || self.image(id).map_or(Shown::Nothing, |path| Shown::Made(self.path(&path))));
        sink.put(Fact::ImageAlt, || image_alt(card).map_or(Shown::Nothing, Shown::Text));
        sink.put(Fact::Collection, || Shown::Collection(id));
        sink.put(Fact::Held, || self.held(Some(id)));
    }

    /// Says what of its card only a page itself shows, after what lists show of it.
    pub(super) fn own_facts(&self, id: PageId, sink: &mut impl Sink) {
        let card = self.catalog.card(id);
        let visibility = self.catalog.visibility(id);
        // Above its own first paragraph, a summary taken from there would say the same twice.
        if card.summary_from == SummaryFrom::FirstParagraph {
            sink.put(Fact::Summary, || Shown::Nothing);
        }
        sink.put(Fact::Id, || Shown::Text(card.id()));
        sink.put(Fact::AsOf, || Shown::moment(card.rare.as_ref().and_then(|rare| rare.as_of)));
        sink.put(Fact::Expires, || Shown::moment(card.expiry().map(|(moment, _)| moment)));
        sink.put(Fact::Expired, || Shown::Flag(visibility == Visibility::Expired(OnExpiry::Notice)));
        sink.put(Fact::Unlisted, || Shown::Flag(card.standing == Standing::Unlisted));
        sink.put(Fact::Highlighted, || Shown::Flag(self.catalog.page(id).outline.highlighted));
        let all_sources = sources::index_of_page(self, id);
        sink.put(Fact::AllSources, || {
            all_sources.map_or(Shown::Nothing, |path| Shown::Made(self.path(&path)))
        });
        sink.put(Fact::Authors, || Shown::Names(self.authors(id)));
        sink.put(Fact::People, || Shown::Terms(id, TermKind::Person));
        sink.put(Fact::Organisations, || Shown::Terms(id, TermKind::Organisation));
        sink.put(Fact::Places, || Shown::Terms(id, TermKind::Place));
    }

    /// The title of a page as readers see it: of one that was retracted, after the word that says so.
    pub(super) fn shown_title(&self, id: PageId) -> Cow<'_, str> {
        let card = self.catalog.card(id);
        match self.catalog.visibility(id) {
            Visibility::Retracted => {
                let word = notes::word(self, card.place.language, "retracted_title");
                Cow::Owned(format!("{word} {}", card.title))
            }
            _ => Cow::Borrowed(&card.title),
        }
    }

    /// Why a page is held back from the public, which only previews show.
    pub(super) fn held(&self, id: Option<PageId>) -> Shown<'static> {
        let gate = id.filter(|_| self.catalog.is_preview()).and_then(|id| self.catalog.gate(id));
        gate.map_or(Shown::Nothing, Shown::Held)
    }

    /// The value `page`: the card, and what only the page itself shows.
    pub(super) fn page_value(&self, id: PageId, wanted: Mentioned, details: &Details) -> Value {
        let mut facts = Facts::new(self, wanted);
        self.item_facts(id, &mut facts);
        self.own_facts(id, &mut facts);
        facts.add(Fact::KeyPoints, || Value::from_serializable(&details.key_points));
        facts.add(Fact::Sources, || Value::from_serializable(&details.sources));
        facts.add(Fact::SourceKinds, || kinds(&details.sources));
        facts.add(Fact::Corrections, || Value::from_serializable(&details.corrections));
        facts.add(Fact::Roles, || Value::from_serializable(&details.roles));
        facts.add(Fact::Links, || Value::from_serializable(&details.links));
        facts.add(Fact::AlsoKnownAs, || Value::from_serializable(&details.also_known_as));
        facts.add(Fact::Cadence, || optional(details.cadence.as_deref()));
        facts.add(Fact::Extra, || Value::from_serializable(&details.extra));
        facts.finish()
    }

    /// Whether a page shows anything that is not on its card.
    pub(super) fn has_details(&self, id: PageId) -> bool {
        self.catalog.card(id).detailed == Detailed::Yes || self.catalog.shared_sources(id).next().is_some()
    }

    /// Authors are people, each with an address if there is one; the byline keeps their order.
    pub(super) fn authors(&self, id: PageId) -> Vec<(&str, Option<&str>)> {
        let card = self.catalog.card(id);
        let language = card.place.language;
        let author = |name: &str| self.catalog.term_of_name(id, TermKind::Person, name);
        let named = card.authors.iter().map(|name| match author(name) {
            Some(term) => (self.catalog.term_title(term, language), self.catalog.term_path(term, language)),
            None => (&**name, None),
        });
        named.collect()
    }

    /// The address of a page's lead picture, from the site's root.
    pub(super) fn image(&self, id: PageId) -> Option<String> {
        let (path, _) = self.catalog.card(id).rare.as_ref()?.image.as_ref()?;
        let destination = self.catalog.destination(id, path);
        self.catalog.address(id, &destination).map(Cow::into_owned)
    }
}

/// What the anchor of a note begins with; the name of its source follows.
pub(super) const NOTE: &str = "fn-";

/// How many sources of each kind there are.
fn kinds(sources: &[CitedSource]) -> Value {
    let kind =
        |(kind, count): (Option<&str>, usize)| map([("kind", optional(kind)), ("count", Value::from(count))]);
    Value::from(basis::kinds(sources).into_iter().map(kind).collect::<Vec<_>>())
}

/// What a picture shows, if there is one.
fn image_alt(card: &Card) -> Option<&str> {
    card.rare.as_ref()?.image.as_ref().map(|(_, alt)| alt.as_str())
}
