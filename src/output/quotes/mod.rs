//! Quotations: on the page of their speaker, in the index of all who are quoted, and as data.
//!
//! Says once what is shown, for templates and digests alike.

mod caption;
mod index;
mod json;

use serde::Serialize;

use super::World;
use super::terms::in_order;
use crate::catalog::quotes::{QuoteId, Speaker};
use crate::catalog::terms::TermId;
use crate::site::LanguageIndex;
use crate::source::path::TermKind;
use crate::theme::language;

pub(super) use caption::caption;
pub(super) use index::{TEMPLATE, TITLE, index_languages, inputs, make, path, title};
pub(super) use json::json;

/// How many quotations a speaker's own page shows: it must not grow for ever, and all are in `quotes.json`.
const OF_SPEAKER_MAX: usize = 100;

/// How many the index shows of somebody who has a page with the rest.
const OF_INDEX_MAX: usize = 3;

/// A speaker as templates see one.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Spoken {
    title: String,
    /// The path of the speaker's page, if there is one.
    path: Option<String>,
    /// How many quotations there are.
    count: usize,
    items: Vec<Said>,
}

/// A quotation as templates see it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Said {
    lines: Vec<String>,
    lang: String,
    dir: &'static str,
    role: Option<String>,
    place: Option<Reference>,
    date: Option<String>,
    /// The title of its page.
    title: String,
    /// Where it stands on that page.
    path: String,
    sources: Vec<Source>,
}

/// A name with the address of its page, if it has one.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Reference {
    title: String,
    path: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Source {
    title: String,
    publisher: Option<String>,
    url: Option<String>,
}

/// What the page of a term shows: what the person or organisation said, or nothing.
pub(super) fn of_term(world: &World<'_>, term: TermId, language: LanguageIndex) -> Vec<Spoken> {
    let speaker = Speaker::Term(term);
    let ids = in_language(world, world.catalog.quotes().of_speaker(&speaker), language);
    if ids.is_empty() {
        Vec::new()
    } else {
        vec![spoken(world, (&speaker, &ids), (language, OF_SPEAKER_MAX))]
    }
}

/// Whether the page of a term may show quotations.
pub(super) fn speaks(world: &World<'_>, term: TermId) -> bool {
    let kind = world.catalog.terms().get(term).kind;
    world.site.outputs.quotes && matches!(kind, TermKind::Person | TermKind::Organisation)
}

/// Everybody who is quoted in a language, in the order that its readers expect.
pub(super) fn everybody(world: &World<'_>, language: LanguageIndex) -> Vec<Spoken> {
    let mut all = Vec::new();
    for (speaker, ids) in world.catalog.quotes().speakers() {
        let ids = in_language(world, ids, language);
        if ids.is_empty() {
            continue;
        }
        // Where nobody has a page with the rest, the rest stands here.
        let elsewhere =
            matches!(speaker, Speaker::Term(term) if world.catalog.term_list_in(*term, language).is_some());
        let most = if elsewhere { OF_INDEX_MAX } else { OF_SPEAKER_MAX };
        all.push(spoken(world, (speaker, &ids), (language, most)));
    }
    in_order(world, language, &mut all, |spoken| (&spoken.title, spoken.path.as_deref().unwrap_or_default()));
    all
}

/// Those that stand on pages of a language.
fn in_language(world: &World<'_>, ids: &[QuoteId], language: LanguageIndex) -> Vec<QuoteId> {
    let own = |id: &QuoteId| world.catalog.card(id.page).place.language == language;
    ids.iter().copied().filter(own).collect()
}

/// What somebody said: so many quotations at most.
fn spoken(
    world: &World<'_>,
    (speaker, ids): (&Speaker, &[QuoteId]),
    (language, most): (LanguageIndex, usize),
) -> Spoken {
    let catalog = world.catalog;
    let (title, path) = match speaker {
        Speaker::Term(term) => (catalog.term_title(*term, language), catalog.term_path(*term, language)),
        Speaker::Name(_) => (catalog.attribution(ids[0], language).name, None),
    };
    Spoken {
        title: title.to_string(),
        path: path.map(|path| world.path(path)),
        count: ids.len(),
        items: ids.iter().take(most).map(|&id| said(world, id)).collect(),
    }
}

fn said(world: &World<'_>, id: QuoteId) -> Said {
    let catalog = world.catalog;
    let (quote, card) = (catalog.quote(id), catalog.card(id.page));
    let attribution = catalog.attribution(id, card.place.language);
    let lang = match &*quote.language {
        "" => world.site.language(card.place.language).code.clone(),
        own => own.to_string(),
    };
    Said {
        lines: quote.text.lines().map(str::to_string).collect(),
        dir: language::direction(&lang),
        lang,
        role: (!attribution.role.is_empty()).then(|| attribution.role.to_string()),
        place: attribution.place.map(|place| Reference {
            title: place.shown.to_string(),
            path: place.path.map(|path| world.path(path)),
        }),
        date: quote.date.map(|date| date.to_string()),
        title: card.title.to_string(),
        path: format!("{}#{}", world.path(catalog.permalink(id.page)), quote.anchor),
        sources: sources(world, id),
    }
}

fn sources(world: &World<'_>, id: QuoteId) -> Vec<Source> {
    let source = |citation: &crate::source::card::Citation| Source {
        title: citation.title.clone(),
        publisher: citation.publisher.clone(),
        url: citation.url.clone(),
    };
    world.catalog.citations(id).into_iter().map(source).collect()
}
