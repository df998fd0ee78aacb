//! One page of a list: home, a collection, a term, a year or a month.

use serde::Serialize;
use tera::Value;

use super::context::{map, optional, reference, text_or_none};
use super::frame;
use super::given::{Given, LinkStyle};
use super::input::Input;
use super::structured::Subject;
use super::{Failure, World, quotes};
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

/// One page of a list, without its items; its addresses are paths on the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Listed {
    title: String,
    description: String,
    language: LanguageIndex,
    kind: &'static str,
    /// The word for the list in addresses and settings.
    name: String,
    /// Title and address of the collection that a year or month is of.
    collection: Option<(String, String)>,
    /// Title and address of the index of all terms of the kind that the list is of.
    index: Option<(String, String)>,
    path: String,
    newer: Option<String>,
    older: Option<String>,
}

/// What page `number` of a list is made from.
pub(super) fn inputs(world: &World<'_>, id: ListId, number: usize) -> Vec<Input> {
    let list = world.catalog.lists().get(id);
    let Some(uses) = world.theme.uses(template(list)) else { return Vec::new() };
    let mut inputs = frame::inputs(uses, template(list), list.language);
    inputs.push(Input::List(id, number));
    if uses.has(Name::List) {
        inputs.push(Input::Items(id, number));
    }
    if uses.has(Name::Here) {
        inputs.push(Input::HereOfList(id, number));
    }
    if number == 0 && uses.has(Name::Archives) {
        inputs.push(Input::Archives(id));
    }
    if uses.has(Name::Metadata) {
        inputs.push(Input::Metadata(Subject::List(id, number)));
    }
    if let ListKind::Term(term) = list.kind
        && number == 0
        && uses.has(Name::Quotes)
        && quotes::speaks(world, term)
    {
        inputs.push(Input::QuotesOf(term, list.language));
    }
    if let Some(page) = list.page {
        // What is told of a person or a place, its file says.
        let told = uses.has(Name::Metadata) && matches!(list.kind, ListKind::Term(_));
        if uses.has(Name::Page) || told {
            inputs.extend([Input::Card(page), Input::Details(page)]);
        }
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
    let uses = given.uses();
    let listed = given.list(id, number);
    let mut context = frame::context(given, uses, listed.language);
    if uses.has(Name::Here) {
        context.insert_value("here", given.here(&Input::HereOfList(id, number)));
    }
    if uses.has(Name::Quotes) {
        let quotes = given.quoted_term().map(|term| given.quotes_of(term, listed.language));
        context.insert_value("quotes", quotes.unwrap_or_else(|| Value::from(Vec::<Value>::new())));
    }
    if uses.has(Name::List) {
        context.insert_value("list", listed.value(given.items(id, number), number));
    }
    if uses.has(Name::Content) {
        let body = given.bodies().next().map(|page| given.body(page, LinkStyle::Rooted)).transpose()?;
        context.insert_value("content", Value::safe_string(&body.map(|body| body.html).unwrap_or_default()));
    }
    let page = frame::introduction(given, uses, &mut context)?;
    if uses.has(Name::Metadata) {
        let page = page.as_ref().map(|(page, details)| (*page, details));
        context.insert_value("metadata", given.metadata(Subject::List(id, number), page));
    }
    if uses.has(Name::Archives) {
        // Numbered pages say where they stand and no more: else each would change with every new item.
        let archives = if number == 0 { given.archives(id) } else { Value::from(Vec::<Value>::new()) };
        context.insert_value("archives", archives);
    }
    for name in [
        Name::Toc,
        Name::Neighbours,
        Name::Related,
        Name::Terms,
        Name::Issue,
        Name::Succession,
        Name::SourceIndex,
    ] {
        if uses.has(name) {
            context.insert_value(name.word(), Value::none());
        }
    }
    given.render(&context, out)
}

impl Listed {
    /// The value `list`.
    fn value(self, items: Vec<Value>, number: usize) -> Value {
        let named = |named: Option<(String, String)>| {
            named.map_or_else(Value::none, |(title, path)| reference(&title, Some(path)))
        };
        map([
            ("title", Value::from(self.title)),
            ("description", text_or_none(&self.description)),
            ("kind", Value::from(self.kind)),
            ("name", Value::from(self.name)),
            ("collection", named(self.collection)),
            ("index", named(self.index)),
            ("path", Value::from(self.path)),
            ("items", Value::from(items)),
            ("newer", optional(self.newer.as_deref())),
            ("older", optional(self.older.as_deref())),
            ("number", if number == 0 { Value::none() } else { Value::from(number) }),
        ])
    }
}

/// One page of a list, without its items.
pub(super) fn listed(world: &World<'_>, id: ListId, number: usize) -> Listed {
    let list = world.catalog.lists().get(id);
    let (newer, older) = list.around(number);
    let kind = match &list.kind {
        ListKind::Home => "home",
        ListKind::Collection(_) => "collection",
        ListKind::Term(term) => world.catalog.terms().get(*term).kind.folder(),
        ListKind::Period { month: None, .. } => "year",
        ListKind::Period { .. } => "month",
    };
    Listed {
        title: world.list_title(list),
        description: description(world, list).to_string(),
        language: list.language,
        kind,
        name: name(world, list).to_string(),
        collection: collection(world, list),
        index: index(world, list),
        path: world.path(&list.path),
        newer: newer.map(|path| world.path(&path)),
        older: older.map(|path| world.path(&path)),
    }
}

fn name<'w>(world: &'w World<'_>, list: &'w List) -> &'w str {
    match &list.kind {
        ListKind::Home => "",
        ListKind::Collection(name) | ListKind::Period { collection: name, .. } => name,
        ListKind::Term(term) => &world.catalog.terms().get(*term).slug,
    }
}

fn collection(world: &World<'_>, list: &List) -> Option<(String, String)> {
    let ListKind::Period { collection, .. } = &list.kind else { return None };
    let whole = world.catalog.lists().find(&ListKind::Collection(collection.clone()), list.language)?;
    let whole = world.catalog.lists().get(whole);
    Some((world.list_title(whole), world.path(&whole.path)))
}

fn index(world: &World<'_>, list: &List) -> Option<(String, String)> {
    let ListKind::Term(term) = list.kind else { return None };
    let folder = world.catalog.terms().get(term).kind.folder();
    let path = world.path(&format!("{}{folder}/", world.site.home(list.language)));
    Some((world.theme.word(list.language, folder).to_string(), path))
}

/// What a list says of itself; not what the first paragraph of its introduction says anyway.
pub(super) fn description<'w>(world: &'w World<'_>, list: &List) -> &'w str {
    let card = list.page.map(|page| world.catalog.card(page));
    let stated = card.filter(|card| card.summary_from == SummaryFrom::Writer);
    let own = stated.map(|card| &*card.summary).filter(|summary| !summary.is_empty());
    let site = || {
        let language = world.site.language(list.language).description.as_deref();
        if list.kind == ListKind::Home { language.unwrap_or(&world.site.description) } else { "" }
    };
    own.unwrap_or_else(site)
}

/// Years and months, newest first: a collection shows all of them, a year or a month only the year that it is (of), so
/// that a new briefing changes the pages of one year.
pub(super) fn archives(world: &World<'_>, id: ListId) -> Value {
    let list = world.catalog.lists().get(id);
    let (collection, years) = match &list.kind {
        ListKind::Collection(collection) => (collection, i16::MIN..=i16::MAX),
        ListKind::Period { collection, year, .. } => (collection, *year..=*year),
        _ => return Value::from(Vec::<Value>::new()),
    };
    let mut all: Vec<(i16, Option<Value>, Vec<Value>)> = Vec::new();
    for period in world.catalog.lists().periods(collection, years) {
        let ListKind::Period { year, month, .. } = period.kind else { continue };
        if period.language != list.language {
            continue;
        }
        if all.last().is_none_or(|(last, ..)| *last != year) {
            all.push((year, None, Vec::new()));
        }
        let Some((_, whole, months)) = all.last_mut() else { continue };
        let link = map([
            ("title", Value::from(world.list_title(period))),
            ("path", Value::from(world.path(&period.path))),
            ("count", Value::from(period.items.len())),
        ]);
        match month {
            None => *whole = Some(link),
            Some(_) => months.push(link),
        }
    }
    let year = |(_, whole, mut months): (i16, Option<Value>, Vec<Value>)| {
        months.reverse();
        let mut year = whole.and_then(Value::into_map).unwrap_or_default();
        year.insert(tera::value::Key::Str("months"), Value::from(months));
        Value::from(year)
    };
    Value::from(all.into_iter().rev().map(year).collect::<Vec<_>>())
}
