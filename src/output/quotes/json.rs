//! `quotes.json`: every public quotation with its speaker, its source and its place.

use rayon::prelude::*;
use serde::Serialize;

use super::{Source, sources};
use crate::catalog::quotes::QuoteId;
use crate::output::World;
use crate::output::context::languages;
use crate::source::path::TermKind;

/// The version of the format: it grows when a field changes its meaning or goes.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'w> {
    version: u32,
    title: &'w str,
    home_page_url: String,
    quotes: Vec<Entry<'w>>,
}

#[derive(Serialize)]
struct Entry<'w> {
    url: String,
    text: &'w str,
    language: &'w str,
    speaker: Named<'w>,
    #[serde(skip_serializing_if = "str::is_empty")]
    role: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Named<'w>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<Source>,
    page: Page<'w>,
}

#[derive(Serialize)]
struct Named<'w> {
    name: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Page<'w> {
    id: &'w str,
    title: &'w str,
    url: String,
    language: &'w str,
}

/// The bytes of the file. Its digest is that of all that it shows.
pub(in crate::output) fn json(world: &World<'_>) -> Vec<u8> {
    let language = languages(world.site).next().unwrap_or(0);
    let document = Document {
        version: VERSION,
        title: world.site_title(language),
        home_page_url: world.url(&world.site.home(language)),
        quotes: world.catalog.quotes().all().par_iter().map(|&id| entry(world, id)).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&document).expect("texts and lists can be written as JSON");
    bytes.push(b'\n');
    bytes
}

/// What a speaker with a page is.
fn word(kind: TermKind) -> Option<&'static str> {
    match kind {
        TermKind::Person => Some("person"),
        TermKind::Organisation => Some("organisation"),
        _ => None,
    }
}

fn entry<'w>(world: &'w World<'_>, id: QuoteId) -> Entry<'w> {
    let (quote, card) = (world.catalog.quote(id), world.catalog.card(id.page));
    let said = world.catalog.attribution(id, card.place.language);
    let lang = world.site.language(card.place.language).code.as_str();
    let page = world.url(world.catalog.permalink(id.page));
    Entry {
        url: format!("{page}#{}", quote.anchor),
        text: &quote.text,
        language: if quote.language.is_empty() { lang } else { &quote.language },
        speaker: Named {
            name: said.name,
            kind: said.kind.and_then(word),
            url: said.path.map(|path| world.url(path)),
        },
        role: said.role,
        date: quote.date.map(|date| date.to_string()),
        place: said.place.map(|place| Named {
            name: place.name,
            kind: None,
            url: place.path.map(|path| world.url(path)),
        }),
        sources: sources(world, id),
        page: Page { id: card.id(), title: &card.title, url: page, language: lang },
    }
}
