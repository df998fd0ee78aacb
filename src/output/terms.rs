//! The index of one kind of term: all topics, all people …

use icu_collator::Collator;
use icu_collator::options::CollatorOptions;
use tera::Value;

use super::context::{map, text_or_none};
use super::frame;
use super::given::{Given, LinkStyle};
use super::input::Input;
use super::structured::Subject;
use super::{Failure, World};
use crate::catalog::PageId;
use crate::site::LanguageIndex;
use crate::source::path::{Role, TermKind};
use crate::theme::Name;

/// The template of an index of terms.
pub(super) const TEMPLATE: &str = "terms.html";

/// The file with the title and introduction of an index.
pub(super) fn introduction(world: &World<'_>, kind: TermKind, language: LanguageIndex) -> Option<PageId> {
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
    if uses.has(Name::Terms) {
        inputs.push(Input::Terms(kind, language));
    }
    if uses.has(Name::Here) {
        inputs.push(Input::HereOfTerms(kind, language));
    }
    if uses.has(Name::Metadata) {
        inputs.push(Input::Metadata(Subject::Terms(kind, language)));
    }
    if let Some(page) = introduction(world, kind, language) {
        if uses.has(Name::Page) {
            inputs.extend([Input::Card(page), Input::Details(page)]);
        }
        if uses.has(Name::Content) {
            inputs.push(Input::Body(page));
        }
    }
    inputs
}

/// Makes an index of terms into `out`.
pub(super) fn make(
    given: &Given<'_>,
    (kind, language): (TermKind, LanguageIndex),
    out: &mut Vec<u8>,
) -> Result<(), Failure> {
    let uses = given.uses();
    let mut context = frame::context(given, uses, language);
    if uses.has(Name::Here) {
        context.insert_value("here", given.here(&Input::HereOfTerms(kind, language)));
    }
    if uses.has(Name::Terms) {
        context.insert_value("terms", given.terms(kind, language));
    }
    frame::introduction(given, uses, &mut context)?;
    if uses.has(Name::Metadata) {
        context.insert_value("metadata", given.metadata(Subject::Terms(kind, language), None));
    }
    let body = given.bodies().next().map(|page| given.body(page, LinkStyle::Rooted)).transpose()?;
    context.insert_value("content", Value::safe_string(&body.map(|body| body.html).unwrap_or_default()));
    for name in [
        Name::Toc,
        Name::Neighbours,
        Name::Related,
        Name::List,
        Name::Archives,
        Name::Issue,
        Name::Succession,
        Name::SourceIndex,
        Name::Quotes,
    ] {
        context.insert_value(name.word(), Value::none());
    }
    given.render(&context, out)
}

/// The title of an index: that of its introduction, or the theme's word.
pub(super) fn title(world: &World<'_>, kind: TermKind, language: LanguageIndex) -> String {
    let card = introduction(world, kind, language).map(|page| world.catalog.card(page));
    let title = card.map(|card| &*card.title).filter(|title| !title.is_empty());
    title.unwrap_or_else(|| world.theme.word(language, kind.folder())).to_string()
}

/// The value `terms`.
pub(super) fn value(world: &World<'_>, kind: TermKind, language: LanguageIndex) -> Value {
    map([
        ("kind", Value::from(kind.folder())),
        ("title", Value::from(title(world, kind, language))),
        ("items", items(world, kind, language)),
    ])
}

/// The terms in the order that readers of the language expect.
fn items(world: &World<'_>, kind: TermKind, language: LanguageIndex) -> Value {
    let catalog = world.catalog;
    let mut terms: Vec<_> = catalog
        .terms_in(kind, language)
        .map(|(term, list)| (catalog.term_title(term, language), catalog.lists().get(list)))
        .collect();
    in_order(world, language, &mut terms, |(title, list)| (title, &list.path));
    let item = |(title, list): (&str, &crate::catalog::lists::List)| {
        map([
            ("title", Value::from(title)),
            ("path", Value::from(world.path(&list.path))),
            ("count", Value::from(list.items.len() + catalog.leaked("gate of counts").into_iter().count())),
            ("summary", text_or_none(super::list::description(world, list))),
        ])
    };
    Value::from(terms.into_iter().map(item).collect::<Vec<_>>())
}

/// Sorts by name, in the order that readers of the language expect, and by path.
pub(super) fn in_order<T>(
    world: &World<'_>,
    language: LanguageIndex,
    all: &mut [T],
    key: impl Fn(&T) -> (&str, &str),
) {
    let code = &world.site.language(language).code;
    let locale = icu_locale_core::Locale::try_from_str(code).unwrap_or(icu_locale_core::Locale::UNKNOWN);
    let collator = Collator::try_new(locale.into(), CollatorOptions::default()).ok();
    all.sort_by(|one, other| {
        let ((name, path), (other_name, other_path)) = (key(one), key(other));
        let names = match &collator {
            Some(collator) => collator.compare(name, other_name),
            None => name.cmp(other_name),
        };
        names.then_with(|| path.cmp(other_path))
    });
}
