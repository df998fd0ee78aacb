//! A page: a briefing, or an ordinary one.

use tera::Value;

use super::context::{Facts, map, optional};
use super::frame::{self, Here};
use super::given::{Given, LinkStyle};
use super::input::Input;
use super::{Failure, World};
use crate::catalog::PageId;
use crate::catalog::lists::ListKind;
use crate::catalog::visibility::Visibility;
use crate::source::card::{Card, Detailed, OnExpiry, Standing, SummaryFrom};
use crate::source::details::Details;
use crate::source::markdown::Heading;
use crate::source::path::{Role, TermKind};
use crate::theme::{Fact, Mentioned, Name, Uses};

/// The template that a page is made with.
pub(super) fn template<'c>(world: &'c World<'_>, id: PageId) -> &'c str {
    let card = world.catalog.card(id);
    let own = card.rare.as_ref().and_then(|rare| rare.template.as_deref());
    let dated = card.place.role == Role::Entry && world.catalog.is_dated(&card.place.collection);
    own.unwrap_or(if dated { "briefing.html" } else { "page.html" })
}

/// What a page is made from.
pub(super) fn inputs(world: &World<'_>, id: PageId) -> Vec<Input> {
    let template = template(world, id);
    let Some(uses) = world.theme.uses(template) else { return Vec::new() };
    let mut inputs = frame::inputs(uses, template, world.catalog.card(id).place.language);
    inputs.push(Input::Card(id));
    for name in &uses.names {
        match name {
            Name::Here => inputs.push(Input::Here(id)),
            Name::Page => inputs.push(Input::Details(id)),
            Name::Content => inputs.push(Input::Body(id)),
            Name::Toc if !uses.has(Name::Content) => inputs.push(Input::Body(id)),
            Name::Neighbours => inputs.push(Input::Neighbours(id)),
            Name::Related => inputs.push(Input::Related(id)),
            _ => {}
        }
    }
    inputs
}

/// Makes a page into `out`.
pub(super) fn make(given: &Given<'_>, id: PageId, out: &mut Vec<u8>) -> Result<(), Failure> {
    let world = given.of_card(id);
    let template = template(world, id);
    let uses = world.theme.uses(template).expect("the plan has only templates that exist");
    let language = world.catalog.card(id).place.language;
    let mut context = frame::context(given, uses, language);
    if uses.has(Name::Here) {
        context.insert_value("here", here(given, id).value(world, uses.facts));
    }
    if uses.has(Name::Page) {
        context.insert_value("page", facts(given, id, uses.facts)?);
    }
    body(given, uses, id, &mut context)?;
    if uses.has(Name::Neighbours) {
        let (world, (newer, older)) = given.neighbours(id);
        let item = |page: Option<PageId>| page.map_or_else(Value::none, |page| world.item(page));
        context.insert_value("neighbours", map([("newer", item(newer)), ("older", item(older))]));
    }
    if uses.has(Name::Related) {
        let (world, pages) = given.related(id);
        context.insert_value(
            "related",
            Value::from(pages.into_iter().map(|page| world.item(page)).collect::<Vec<_>>()),
        );
    }
    // The names of lists are there and empty, so that a template may serve pages and lists alike.
    for name in [Name::List, Name::Archives, Name::Terms].into_iter().filter(|&name| uses.has(name)) {
        context.insert_value(name.word(), Value::none());
    }
    world.theme.render(template, &context, out)?;
    Ok(())
}

fn body(given: &Given<'_>, uses: &Uses, id: PageId, context: &mut tera::Context) -> Result<(), Failure> {
    if uses.has(Name::Content) || uses.has(Name::Toc) {
        let body = given.body(id, LinkStyle::Rooted)?;
        context.insert_value("content", Value::safe_string(&body.html));
        if uses.has(Name::Toc) {
            context.insert_value("toc", Value::from(nested(&body.toc)));
        }
    }
    Ok(())
}

/// Headings as a tree: each with those below it.
fn nested(headings: &[Heading]) -> Vec<Value> {
    let mut tree = Vec::new();
    let mut rest = headings;
    while let Some((first, tail)) = rest.split_first() {
        let below = tail.iter().take_while(|heading| heading.level > first.level).count();
        tree.push(map([
            ("level", Value::from(u32::from(first.level))),
            ("id", Value::from(first.id.as_str())),
            ("title", Value::from(first.title.as_str())),
            ("children", Value::from(nested(&tail[..below]))),
        ]));
        rest = &tail[below..];
    }
    tree
}

fn here<'w>(given: &Given<'w>, id: PageId) -> Here<'w> {
    let world = given.here(&Input::Here(id));
    let card = world.catalog.card(id);
    let collection = || {
        let kind = ListKind::Collection(card.place.collection.clone());
        world.catalog.lists().find(&kind, card.place.language).map(|list| world.catalog.lists().get(list))
    };
    let own = if card.place.role == Role::Entry { collection() } else { None };
    let mut all: Vec<PageId> = world.catalog.translations(id).chain([id]).collect();
    all.sort_by_key(|&page| world.catalog.card(page).place.language);
    let translation = |page: PageId| {
        let other = world.catalog.card(page);
        (other.place.language, other.title.clone(), world.catalog.permalink(page).to_string())
    };
    let hidden = world.catalog.visibility(id).is_gated() || card.standing == Standing::Unlisted;
    Here {
        path: world.catalog.permalink(id),
        title: &card.title,
        description: &card.summary,
        language: card.place.language,
        kind: "page",
        feeds: world.offered(card.place.language, own),
        translations: all.into_iter().map(translation).collect(),
        noindex: Value::from(hidden),
        image: world.image(id).map(|path| world.site.base_url.with_origin(&path)),
    }
}

/// The value `page`: the card, and what only the page itself shows.
pub(super) fn facts(given: &Given<'_>, id: PageId, wanted: Mentioned) -> Result<Value, Failure> {
    let world = given.of_card(id);
    let card = world.catalog.card(id);
    let rare = card.rare.as_deref();
    let visibility = world.catalog.visibility(id);
    let mut facts = Facts::new(wanted);
    world.item_facts(id, &mut facts);
    // Above its own first paragraph, a summary taken from there would say the same twice.
    if card.summary_from == SummaryFrom::FirstParagraph {
        facts.put(Fact::Summary, Value::none);
    }
    facts.put(Fact::Id, || Value::from(card.id()));
    facts.put(Fact::AsOf, || world.moment(rare.and_then(|rare| rare.as_of)));
    facts.put(Fact::Expires, || world.moment(card.expiry().map(|(moment, _)| moment)));
    facts.put(Fact::Expired, || Value::from(visibility == Visibility::Expired(OnExpiry::Notice)));
    facts.put(Fact::Label, || match visibility {
        Visibility::Draft => Value::from("draft"),
        Visibility::Scheduled(_) => Value::from("scheduled"),
        _ => Value::none(),
    });
    facts.put(Fact::Unlisted, || Value::from(card.standing == Standing::Unlisted));
    facts.put(Fact::Highlighted, || Value::from(world.catalog.page(id).outline.highlighted));
    facts.put(Fact::Authors, || authors(world, id, card));
    facts.put(Fact::People, || world.terms(id, TermKind::Person));
    facts.put(Fact::Organisations, || world.terms(id, TermKind::Organisation));
    facts.put(Fact::Places, || world.terms(id, TermKind::Place));
    detail_facts(given, id, &mut facts)?;
    Ok(facts.finish())
}

fn detail_facts(given: &Given<'_>, id: PageId, facts: &mut Facts) -> Result<(), Failure> {
    let catalog = given.of_card(id).catalog;
    let detailed = catalog.card(id).detailed == Detailed::Yes;
    let mut details = if detailed || catalog.shared_sources(id).next().is_some() {
        given.details(id)?
    } else {
        Details::default()
    };
    let outline = &catalog.page(id).outline;
    for source in &mut details.sources {
        let anchor = format!("fn-{}", source.id);
        source.cited = outline.anchors.contains(&anchor) || outline.unknown_notes.contains(&source.id);
    }
    facts.put(Fact::KeyPoints, || Value::from_serializable(&details.key_points));
    facts.put(Fact::Sources, || Value::from_serializable(&details.sources));
    facts.put(Fact::Corrections, || Value::from_serializable(&details.corrections));
    facts.put(Fact::Roles, || Value::from_serializable(&details.roles));
    facts.put(Fact::Links, || Value::from_serializable(&details.links));
    facts.put(Fact::AlsoKnownAs, || Value::from_serializable(&details.also_known_as));
    facts.put(Fact::Cadence, || optional(details.cadence.as_deref()));
    facts.put(Fact::Extra, || Value::from_serializable(&details.extra));
    Ok(())
}

/// Authors are people; the byline keeps their order.
fn authors(world: &World<'_>, id: PageId, card: &Card) -> Value {
    let refs: Vec<Value> = card
        .authors
        .iter()
        .map(|name| {
            let term = world.catalog.term_of_name(id, TermKind::Person, name);
            let title =
                term.map_or(name.as_str(), |term| world.catalog.term_title(term, card.place.language));
            let path = term.and_then(|term| world.catalog.term_path(term, card.place.language));
            super::context::reference(title, path.map(|path| world.path(path)))
        })
        .collect();
    Value::from(refs)
}
