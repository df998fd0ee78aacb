//! One page of a list: home, a collection, a term, a year or a month.

use std::collections::BTreeMap;

use tera::Value;

use super::context::{map, reference, text_or_none};
use super::frame::{self, Here};
use super::given::{Given, LinkStyle};
use super::input::Input;
use super::{Failure, World, page};
use crate::catalog::lists::{List, ListId, ListKind};
use crate::site::LanguageIndex;
use crate::source::card::SummaryFrom;
use crate::theme::Name;

/// The template of a list.
pub(super) fn template(list: &List) -> &'static str {
    match list.kind {
        ListKind::Home => "home.html",
        ListKind::Collection(_) => "list.html",
        ListKind::Term(_) => "term.html",
        ListKind::Period { .. } => "archive.html",
    }
}

/// What page `number` of a list is made from.
pub(super) fn inputs(world: &World<'_>, id: ListId, number: usize) -> Vec<Input> {
    let list = world.catalog.lists().get(id);
    let Some(uses) = world.theme.uses(template(list)) else { return Vec::new() };
    let mut inputs = frame::inputs(uses, template(list), list.language);
    inputs.extend([Input::List(id), Input::Items(id, number)]);
    if uses.has(Name::Here) {
        inputs.push(Input::HereOfList(id, number));
    }
    if uses.has(Name::Archives) {
        inputs.push(Input::Archives(id));
    }
    if let Some(page) = list.page {
        inputs.extend([Input::Card(page), Input::Details(page)]);
        if number == 0 && uses.has(Name::Content) {
            inputs.push(Input::Body(page));
        }
    }
    inputs
}

/// Makes page `number` of a list into `out`.
pub(super) fn make(
    given: &Given<'_>,
    (id, number): (ListId, usize),
    out: &mut Vec<u8>,
) -> Result<(), Failure> {
    let (world, list) = given.list(id);
    let template = template(list);
    let uses = world.theme.uses(template).expect("the plan has only templates that exist");
    let mut context = frame::context(given, uses, list.language);
    let title = world.list_title(list);
    if uses.has(Name::Here) {
        let path = list.path_of(number);
        let world = given.here(&Input::HereOfList(id, number));
        context.insert_value("here", here(world, list, (&path, &title, number)).value(world, uses.facts));
    }
    if uses.has(Name::List) {
        context.insert_value("list", value(given, (id, number), &title));
    }
    if uses.has(Name::Content) {
        let body = match list.page.filter(|_| number == 0) {
            Some(page) => given.body(page, LinkStyle::Rooted)?.html,
            None => String::new(),
        };
        context.insert_value("content", Value::safe_string(&body));
    }
    if uses.has(Name::Page) {
        let facts = list.page.map(|page| page::facts(given, page, uses.facts)).transpose()?;
        context.insert_value("page", facts.unwrap_or_else(Value::none));
    }
    if uses.has(Name::Archives) {
        context.insert_value("archives", archives(given.archives(id), list));
    }
    for name in [Name::Toc, Name::Neighbours, Name::Related, Name::Terms] {
        if uses.has(name) {
            context.insert_value(name.word(), Value::none());
        }
    }
    world.theme.render(template, &context, out)?;
    Ok(())
}

fn value(given: &Given<'_>, (id, number): (ListId, usize), title: &str) -> Value {
    let (world, list) = given.list(id);
    let (newer, older) = list.around(number);
    let path = |path: Option<String>| path.map_or_else(Value::none, |path| Value::from(world.path(&path)));
    let (_, items) = given.items(id, number);
    let kind = match &list.kind {
        ListKind::Home => "home",
        ListKind::Collection(_) => "collection",
        ListKind::Term(term) => world.catalog.terms().get(*term).kind.folder(),
        ListKind::Period { month: None, .. } => "year",
        ListKind::Period { .. } => "month",
    };
    map([
        ("title", Value::from(title)),
        ("description", text_or_none(description(world, list))),
        ("kind", Value::from(kind)),
        ("name", Value::from(name(world, list))),
        ("collection", collection(world, list)),
        ("index", index(world, list)),
        ("path", Value::from(world.path(&list.path))),
        ("items", Value::from(items.iter().map(|&page| world.item(page)).collect::<Vec<_>>())),
        ("newer", path(newer)),
        ("older", path(older)),
        ("number", if number == 0 { Value::none() } else { Value::from(number) }),
    ])
}

/// The word for a list in addresses and settings.
fn name<'w>(world: &'w World<'_>, list: &'w List) -> &'w str {
    match &list.kind {
        ListKind::Home => "",
        ListKind::Collection(name) | ListKind::Period { collection: name, .. } => name,
        ListKind::Term(term) => &world.catalog.terms().get(*term).slug,
    }
}

/// The collection that a year or month is of.
fn collection(world: &World<'_>, list: &List) -> Value {
    let ListKind::Period { collection, .. } = &list.kind else { return Value::none() };
    let whole = world.catalog.lists().find(&ListKind::Collection(collection.clone()), list.language);
    whole.map_or_else(Value::none, |whole| {
        let whole = world.catalog.lists().get(whole);
        reference(&world.list_title(whole), Some(world.path(&whole.path)))
    })
}

/// The index of all terms of the kind that the list is of.
fn index(world: &World<'_>, list: &List) -> Value {
    let ListKind::Term(term) = list.kind else { return Value::none() };
    let folder = world.catalog.terms().get(term).kind.folder();
    let path = world.path(&format!("{}{folder}/", world.site.home(list.language)));
    reference(world.theme.word(list.language, folder), Some(path))
}

/// What a list says of itself; not what the first paragraph of its introduction says anyway.
pub(super) fn description<'w>(world: &'w World<'_>, list: &List) -> &'w str {
    let card = list.page.map(|page| world.catalog.card(page));
    let stated = card.filter(|card| card.summary_from == SummaryFrom::Writer);
    let own = stated.map(|card| card.summary.as_str()).filter(|summary| !summary.is_empty());
    let site = || {
        let language = world.site.language(list.language).description.as_deref();
        if list.kind == ListKind::Home { language.unwrap_or(&world.site.description) } else { "" }
    };
    own.unwrap_or_else(site)
}

fn here<'w>(
    world: &'w World<'_>,
    list: &'w List,
    (path, title, number): (&'w str, &'w str, usize),
) -> Here<'w> {
    let mut translations: Vec<(LanguageIndex, String, String)> = Vec::new();
    if number == 0 {
        for language in 0..u8::try_from(world.site.languages.len()).expect("at most 255 languages") {
            if let Some(other) = world.catalog.lists().find(&list.kind, language) {
                let other = world.catalog.lists().get(other);
                translations.push((language, world.list_title(other), other.path.clone()));
            }
        }
    }
    Here {
        path,
        title,
        description: description(world, list),
        language: list.language,
        kind: if list.kind == ListKind::Home { "home" } else { "list" },
        feeds: world.offered(list.language, Some(list)),
        translations,
        noindex: Value::from(false),
        image: None,
    }
}

/// Years and months of the collection that a list is of, newest first.
fn archives(world: &World<'_>, list: &List) -> Value {
    let (ListKind::Collection(collection) | ListKind::Period { collection, .. }) = &list.kind else {
        return Value::from(Vec::<Value>::new());
    };
    let mut years: BTreeMap<std::cmp::Reverse<i16>, (Option<Value>, Vec<Value>)> = BTreeMap::new();
    let of_this = world.catalog.lists().iter().filter(|(_, other)| other.language == list.language);
    for (_, other) in of_this {
        let ListKind::Period { collection: own, year, month } = &other.kind else { continue };
        if own != collection {
            continue;
        }
        let entry = years.entry(std::cmp::Reverse(*year)).or_default();
        let link = [
            ("title", Value::from(world.list_title(other))),
            ("path", Value::from(world.path(&other.path))),
            ("count", Value::from(other.items.len())),
        ];
        match month {
            None => entry.0 = Some(map(link)),
            Some(_) => entry.1.insert(0, map(link)),
        }
    }
    let year = |(year, months): (Option<Value>, Vec<Value>)| {
        let mut year = year.and_then(Value::into_map).unwrap_or_default();
        year.insert(tera::value::Key::Str("months"), Value::from(months));
        Value::from(year)
    };
    Value::from(years.into_values().map(year).collect::<Vec<_>>())
}
