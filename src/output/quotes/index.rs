//! The index of everybody who is quoted, with what they said last.

use tera::Value;

use crate::output::frame;
use crate::output::given::Given;
use crate::output::input::Input;
use crate::output::structured::Subject;
use crate::output::{Failure, World, context};
use crate::site::{LanguageIndex, Site};
use crate::theme::Name;

/// The template of the index.
pub(in crate::output) const TEMPLATE: &str = "quotes.html";

/// The word of the theme that is its title.
pub(in crate::output) const TITLE: &str = "quotations";

/// Its path in a language.
pub(in crate::output) fn path(site: &Site, language: LanguageIndex) -> String {
    format!("{}quotes/", site.home(language))
}

/// Its title in a language.
pub(in crate::output) fn title<'w>(world: &'w World<'_>, language: LanguageIndex) -> &'w str {
    world.theme.word(language, TITLE)
}

/// The languages in which somebody is quoted.
pub(in crate::output) fn index_languages(
    site: &Site,
    catalog: &crate::catalog::Catalog,
) -> Vec<LanguageIndex> {
    let quotes = if site.outputs.quotes { catalog.quotes().all() } else { &[] };
    let mut quoting = vec![false; site.languages.len()];
    quotes.iter().for_each(|id| quoting[usize::from(catalog.card(id.page).place.language)] = true);
    context::languages(site).filter(|&language| quoting[usize::from(language)]).collect()
}

/// What the index is made from.
pub(in crate::output) fn inputs(world: &World<'_>, language: LanguageIndex) -> Vec<Input> {
    let Some(uses) = world.theme.uses(TEMPLATE) else { return Vec::new() };
    let mut inputs = frame::inputs(uses, TEMPLATE, language);
    if uses.has(Name::Quotes) {
        inputs.push(Input::QuotesOfAll(language));
    }
    if uses.has(Name::Here) {
        inputs.push(Input::HereOfQuotes(language));
    }
    if uses.has(Name::Metadata) {
        inputs.push(Input::Metadata(Subject::Quotes(language)));
    }
    inputs
}

/// Makes the index into `out`.
pub(in crate::output) fn make(
    given: &Given<'_>,
    language: LanguageIndex,
    out: &mut Vec<u8>,
) -> Result<(), Failure> {
    let uses = given.uses();
    let mut context = frame::context(given, uses, language);
    if uses.has(Name::Here) {
        context.insert_value("here", given.here(&Input::HereOfQuotes(language)));
    }
    if uses.has(Name::Metadata) {
        context.insert_value("metadata", given.metadata(Subject::Quotes(language), None));
    }
    if uses.has(Name::Quotes) {
        context.insert_value("quotes", given.quotes_of_all(language));
    }
    // The names of pages and lists are there and empty, so that a template may serve all.
    for name in Name::ALL.into_iter().filter(|&name| uses.has(name)) {
        if !context.contains_key(name.word()) {
            context.insert_value(name.word(), Value::none());
        }
    }
    given.render(&context, out)
}
