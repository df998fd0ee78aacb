//! A page: a briefing, or an ordinary one.

use tera::Value;

use super::context::map;
use super::frame;
use super::given::{Given, LinkStyle};
use super::input::Input;
use super::structured::Subject;
use super::{Failure, World, issue};
use crate::catalog::PageId;
use crate::source::details::Details;
use crate::source::markdown::Heading;
use crate::source::path::Role;
use crate::theme::{Name, Uses};

/// The template that a page is made with.
pub(super) fn template<'c>(world: &'c World<'_>, id: PageId) -> &'c str {
    let card = world.catalog.card(id);
    let own = card.rare.as_ref().and_then(|rare| rare.template.as_deref());
    let dated = card.place.role == Role::Entry && world.catalog.is_dated(card.collection());
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
            Name::Metadata => inputs.push(Input::Metadata(Subject::Page(id))),
            Name::Content => inputs.push(Input::Body(id)),
            Name::Toc if !uses.has(Name::Content) => inputs.push(Input::Body(id)),
            Name::Neighbours => inputs.push(Input::Neighbours(id)),
            Name::Related => inputs.push(Input::Related(id)),
            Name::Issue => {
                inputs.push(Input::Issue(id));
                inputs.extend(issue::compared(world, id).into_iter().flatten().map(Input::Points));
            }
            Name::Succession => inputs.push(Input::Succession(id)),
            _ => {}
        }
    }
    if uses.has(Name::Page) || uses.has(Name::Metadata) {
        inputs.push(Input::Details(id));
    }
    inputs
}

/// Makes a page into `out`.
pub(super) fn make(given: &Given<'_>, id: PageId, out: &mut Vec<u8>) -> Result<(), Failure> {
    let uses = given.uses();
    let mut context = frame::context(given, uses, given.language(id));
    if uses.has(Name::Here) {
        context.insert_value("here", given.here(&Input::Here(id)));
    }
    let told = uses.has(Name::Page) || uses.has(Name::Metadata);
    let details = if told { given.details(id)? } else { Details::default() };
    if uses.has(Name::Page) {
        context.insert_value("page", given.page(id, uses.facts, &details));
    }
    if uses.has(Name::Metadata) {
        context.insert_value("metadata", given.metadata(Subject::Page(id), Some((id, &details))));
    }
    body(given, uses, id, &mut context)?;
    if uses.has(Name::Neighbours) {
        let (newer, older) = given.neighbours(id);
        context.insert_value("neighbours", map([("newer", newer), ("older", older)]));
    }
    if uses.has(Name::Related) {
        context.insert_value("related", Value::from(given.related(id)));
    }
    if uses.has(Name::Issue) {
        context.insert_value("issue", given.issue(id)?);
    }
    if uses.has(Name::Succession) {
        context.insert_value("succession", given.succession(id));
    }
    // The names of lists are there and empty, so that a template may serve pages and lists alike.
    for name in [Name::List, Name::Archives, Name::Terms, Name::SourceIndex, Name::Quotes]
        .into_iter()
        .filter(|&name| uses.has(name))
    {
        context.insert_value(name.word(), Value::none());
    }
    given.render(&context, out)
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
