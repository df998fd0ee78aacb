//! The index of sources in a language: each publisher, its sources, and the briefings that rest on them.
//!
//! Made from cards alone. Of each publisher the sources that were cited last are listed, and of what rests on one of them,
//! the newest; the retracted ones are all listed, by themselves, with all that rests on them.

use std::cmp::Ordering;
use std::collections::HashMap;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use serde::Serialize;
use tera::Value;

use super::frame;
use super::given::Given;
use super::input::Input;
use super::structured::Subject;
use super::{Failure, World};
use crate::catalog::PageId;
use crate::catalog::basis::Rested;
use crate::site::LanguageIndex;
use crate::source::basis::RETRACTED;
use crate::theme::Name;

/// The template of the index.
pub(super) const TEMPLATE: &str = "sources.html";
/// Its folder, in addresses and in the theme's words.
pub(super) const FOLDER: &str = "sources";
/// So many briefings are shown of each source that holds: some are cited every day, and the index is one page.
const BRIEFINGS_MAX: usize = 20;

/// So many sources are shown of each publisher, for the same reason.
const SOURCES_MAX: usize = 50;

/// The sources of a language.
#[derive(Debug, Default, Serialize)]
pub(super) struct SourceIndex<'w> {
    title: &'w str,
    publishers: Vec<Publisher<'w>>,
    /// Those of all publishers that were retracted.
    retracted: Vec<Entry<'w>>,
}

/// A publisher with its sources; at the end one without a name, for sources of which nobody says who published them.
#[derive(Debug, Serialize)]
struct Publisher<'w> {
    title: &'w str,
    /// How many sources there are.
    count: usize,
    /// Those that were cited last, in order of titles.
    items: Vec<Entry<'w>>,
}

/// A source with what rests on it.
#[derive(Debug, Clone, Serialize)]
struct Entry<'w> {
    title: &'w str,
    publisher: &'w str,
    url: &'w str,
    kind: &'w str,
    status: &'w str,
    /// How many briefings rest on it.
    count: usize,
    /// The newest of them; of a retracted one, all.
    briefings: Vec<Briefing<'w>>,
}

#[derive(Debug, Clone, Serialize)]
struct Briefing<'w> {
    title: &'w str,
    path: String,
    published: Option<String>,
}

/// Whether there is an index in a language.
pub(super) fn has_index(world: &World<'_>, language: LanguageIndex) -> bool {
    world.site.outputs.sources && world.theme.has_template(TEMPLATE) && world.catalog.has_basis(language)
}

/// The address of the index of sources in the language of a page that rests on some; none if it is not made.
pub(super) fn index_of_page(world: &World<'_>, id: PageId) -> Option<String> {
    let catalog = world.catalog;
    let is_made = world.site.outputs.sources && world.theme.has_template(TEMPLATE);
    (is_made && catalog.is_listed(id) && catalog.rests(id))
        .then(|| path(world, catalog.card(id).place.language))
}

/// The address of the index in a language.
pub(super) fn path(world: &World<'_>, language: LanguageIndex) -> String {
    format!("{}{FOLDER}/", world.site.home(language))
}

/// What the index is made from.
pub(super) fn inputs(world: &World<'_>, language: LanguageIndex) -> Vec<Input> {
    let Some(uses) = world.theme.uses(TEMPLATE) else { return Vec::new() };
    let mut inputs = frame::inputs(uses, TEMPLATE, language);
    if uses.has(Name::SourceIndex) {
        inputs.push(Input::SourceIndex(language));
    }
    if uses.has(Name::Here) {
        inputs.push(Input::HereOfSources(language));
    }
    if uses.has(Name::Metadata) {
        inputs.push(Input::Metadata(Subject::Sources(language)));
    }
    inputs
}

/// Makes the index into `out`.
pub(super) fn make(given: &Given<'_>, language: LanguageIndex, out: &mut Vec<u8>) -> Result<(), Failure> {
    let uses = given.uses();
    let mut context = frame::context(given, uses, language);
    if uses.has(Name::Here) {
        context.insert_value("here", given.here(&Input::HereOfSources(language)));
    }
    if uses.has(Name::SourceIndex) {
        context.insert_value(Name::SourceIndex.word(), given.source_index(language));
    }
    if uses.has(Name::Metadata) {
        context.insert_value("metadata", given.metadata(Subject::Sources(language), None));
    }
    for name in Name::ALL.into_iter().filter(|&name| uses.has(name)) {
        if !context.contains_key(name.word()) {
            context.insert_value(name.word(), Value::none());
        }
    }
    given.render(&context, out)
}

/// The sources of a language, in the order that its readers expect.
pub(super) fn index<'w>(world: &'w World<'_>, language: LanguageIndex) -> SourceIndex<'w> {
    let rested = world.catalog.rested(language);
    let order = order(&world.site.language(language).code);
    let by = |one: &str, other: &str| order(one, other).then_with(|| one.cmp(other));
    let in_order = |one: &&Rested<'_>, other: &&Rested<'_>| {
        by(one.told.title, other.told.title).then(one.told.url.cmp(other.told.url))
    };
    let entries = |mut rested: Vec<&Rested<'w>>| -> Vec<Entry<'w>> {
        rested.sort_by(in_order);
        rested.into_iter().map(|rested| entry(world, rested)).collect()
    };
    let mut publishers: Vec<(&str, Vec<&Rested<'w>>)> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for rested in &rested {
        let at = *known.entry(rested.told.publisher).or_insert(publishers.len());
        if at == publishers.len() {
            publishers.push((rested.told.publisher, Vec::new()));
        }
        publishers[at].1.push(rested);
    }
    // Sources without a publisher come last.
    publishers
        .sort_by(|(one, _), (other, _)| one.is_empty().cmp(&other.is_empty()).then_with(|| by(one, other)));
    let publisher = |(title, sources): (&'w str, Vec<&Rested<'w>>)| Publisher {
        title,
        count: sources.len(),
        // Those that were cited last come first.
        items: entries(sources.into_iter().take(SOURCES_MAX).collect()),
    };
    // Publisher by publisher, as below.
    let retracted = publishers.iter().flat_map(|(_, sources)| {
        entries(sources.iter().copied().filter(|source| source.retracted).collect())
    });
    let retracted = retracted.collect();
    SourceIndex {
        title: world.theme.word(language, FOLDER),
        publishers: publishers.into_iter().map(publisher).collect(),
        retracted,
    }
}

fn entry<'w>(world: &'w World<'_>, rested: &Rested<'w>) -> Entry<'w> {
    let shown = if rested.retracted { usize::MAX } else { BRIEFINGS_MAX };
    let told = rested.told;
    Entry {
        title: told.title,
        publisher: told.publisher,
        url: told.url,
        kind: told.kind,
        status: if rested.retracted { RETRACTED } else { told.status },
        count: rested.pages.len(),
        briefings: rested.pages.iter().take(shown).map(|&id| briefing(world, id)).collect(),
    }
}

fn briefing<'w>(world: &'w World<'_>, id: PageId) -> Briefing<'w> {
    let card = world.catalog.card(id);
    Briefing {
        title: &card.title,
        path: world.path(world.catalog.permalink(id)),
        published: card.published().map(|moment| moment.text(&world.site.timezone)),
    }
}

/// The order of texts in a language.
fn order(code: &str) -> impl Fn(&str, &str) -> Ordering + use<> {
    let locale = icu_locale_core::Locale::try_from_str(code).unwrap_or(icu_locale_core::Locale::UNKNOWN);
    let collator: Option<CollatorBorrowed<'static>> =
        Collator::try_new(locale.into(), CollatorOptions::default()).ok();
    move |one, other| collator.as_ref().map_or_else(|| one.cmp(other), |known| known.compare(one, other))
}
