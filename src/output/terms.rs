//! The index of one kind of term: all topics, all people …

use icu_collator::Collator;
use icu_collator::options::CollatorOptions;
use tera::Value;

use super::context::{map, text_or_none};
use super::frame::{self, Here};
use super::given::{Given, LinkStyle};
use super::input::Input;
use super::{Failure, World, page};
use crate::catalog::PageId;
use crate::site::LanguageIndex;
use crate::source::path::{Role, TermKind};
use crate::theme::Name;

/// The template of an index of terms.
pub(super) const TEMPLATE: &str = "terms.html";

/// The file with the title and introduction of an index.
fn introduction(world: &World<'_>, kind: TermKind, language: LanguageIndex) -> Option<PageId> {
    let code = &world.site.language(language).code;
    let names = [format!("{}/index.{code}.md", kind.folder()), format!("{}/index.md", kind.folder())];
    let pages = names.iter().filter_map(|path| world.catalog.page_of_path(path));
    pages.into_iter().find(|&id| {
        let place = &world.catalog.card(id).place;
        place.language == language
            && place.role == Role::TermIndex(kind)
            && world.catalog.visibility(id).has_page()
    })
}

/// What an index of terms is made from.
pub(super) fn inputs(world: &World<'_>, kind: TermKind, language: LanguageIndex) -> Vec<Input> {
    let Some(uses) = world.theme.uses(TEMPLATE) else { return Vec::new() };
    let mut inputs = frame::inputs(uses, TEMPLATE, language);
    inputs.extend([Input::Terms(kind, language), Input::Words(language)]);
    if uses.has(Name::Here) {
        inputs.push(Input::HereOfTerms(kind, language));
    }
    if let Some(page) = introduction(world, kind, language) {
        inputs.extend([Input::Card(page), Input::Details(page), Input::Body(page)]);
    }
    inputs
}

/// Makes an index of terms into `out`.
pub(super) fn make(
    given: &Given<'_>,
    (kind, language): (TermKind, LanguageIndex),
    out: &mut Vec<u8>,
) -> Result<(), Failure> {
    let world = given.terms(kind, language);
    let uses = world.theme.uses(TEMPLATE).expect("the plan has only templates that exist");
    let mut context = frame::context(given, uses, language);
    let page = introduction(world, kind, language);
    let card = page.map(|page| world.catalog.card(page));
    let title = card.map(|card| card.title.as_str()).filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| world.theme.word(language, kind.folder()));
    if uses.has(Name::Here) {
        let path = format!("{}{}/", world.site.home(language), kind.folder());
        let here = Here {
            path: &path,
            title,
            description: card.map_or("", |card| card.summary.as_str()),
            language,
            kind: "terms",
            feeds: world.offered(language, None),
            translations: translations(world, kind),
            noindex: Value::from(false),
            image: None,
        };
        let world = given.here(&Input::HereOfTerms(kind, language));
        context.insert_value("here", here.value(world, uses.facts));
    }
    if uses.has(Name::Terms) {
        let value = [
            ("kind", Value::from(kind.folder())),
            ("title", Value::from(title)),
            ("items", items(world, kind, language)),
        ];
        context.insert_value("terms", map(value));
    }
    if uses.has(Name::Page) {
        let facts = page.map(|page| page::facts(given, page, uses.facts)).transpose()?;
        context.insert_value("page", facts.unwrap_or_else(Value::none));
    }
    let body = page.map(|page| given.body(page, LinkStyle::Rooted)).transpose()?;
    context.insert_value("content", Value::safe_string(&body.map(|body| body.html).unwrap_or_default()));
    for name in [Name::Toc, Name::Neighbours, Name::Related, Name::List, Name::Archives] {
        context.insert_value(name.word(), Value::none());
    }
    world.theme.render(TEMPLATE, &context, out)?;
    Ok(())
}

fn translations(world: &World<'_>, kind: TermKind) -> Vec<(LanguageIndex, String, String)> {
    let languages = 0..u8::try_from(world.site.languages.len()).expect("at most 255 languages");
    let present = languages.filter(|&language| world.catalog.terms_in(kind, language).next().is_some());
    let entry = |language| {
        let path = format!("{}{}/", world.site.home(language), kind.folder());
        (language, world.theme.word(language, kind.folder()).to_string(), path)
    };
    present.map(entry).collect()
}

/// The terms in the order that readers of the language expect.
fn items(world: &World<'_>, kind: TermKind, language: LanguageIndex) -> Value {
    let catalog = world.catalog;
    let mut terms: Vec<_> = catalog
        .terms_in(kind, language)
        .map(|(term, list)| (catalog.term_title(term, language), catalog.lists().get(list)))
        .collect();
    let code = &world.site.language(language).code;
    let locale = icu_locale_core::Locale::try_from_str(code).unwrap_or(icu_locale_core::Locale::UNKNOWN);
    match Collator::try_new(locale.into(), CollatorOptions::default()) {
        Ok(collator) => {
            terms.sort_by(|a, b| collator.compare(a.0, b.0).then_with(|| a.1.path.cmp(&b.1.path)))
        }
        Err(_) => terms.sort_by(|a, b| a.0.cmp(b.0).then_with(|| a.1.path.cmp(&b.1.path))),
    }
    let item = |(title, list): (&str, &crate::catalog::lists::List)| {
        map([
            ("title", Value::from(title)),
            ("path", Value::from(world.path(&list.path))),
            ("count", Value::from(list.items.len())),
            ("summary", text_or_none(super::list::description(world, list))),
        ])
    };
    Value::from(terms.into_iter().map(item).collect::<Vec<_>>())
}
