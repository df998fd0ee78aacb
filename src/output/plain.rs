//! `404.html` and `robots.txt`.

use tera::Value;

use super::Failure;
use super::World;
use super::frame::{self, Here};
use super::given::Given;
use super::input::Input;
use crate::theme::Name;

/// The template of the page that hosts show where there is none.
pub(super) const NOT_FOUND: &str = "404.html";

/// What `404.html` is made from.
pub(super) fn not_found_inputs(world: &World<'_>) -> Vec<Input> {
    let Some(uses) = world.theme.uses(NOT_FOUND) else { return Vec::new() };
    let mut inputs = frame::inputs(uses, NOT_FOUND, 0);
    inputs.extend([Input::Words(0), Input::Site, Input::HereOfNothing]);
    inputs
}

/// Makes `404.html`. Hosts show it at any address, so that every address in it must be rooted.
pub(super) fn not_found(given: &Given<'_>, world: &World<'_>, out: &mut Vec<u8>) -> Result<(), Failure> {
    let uses = world.theme.uses(NOT_FOUND).expect("the plan has only templates that exist");
    let mut context = frame::context(given, uses, 0);
    if uses.has(Name::Here) {
        let here = Here {
            path: "/404.html",
            title: world.theme.word(0, "not_found"),
            description: "",
            language: 0,
            kind: "404",
            feeds: Vec::new(),
            translations: Vec::new(),
            noindex: Value::from(true),
            image: None,
        };
        let world = given.here(&Input::HereOfNothing);
        context.insert_value("here", here.value(world, uses.facts));
    }
    for name in Name::ALL.into_iter().filter(|&name| uses.has(name)) {
        if !context.contains_key(name.word()) {
            context.insert_value(name.word(), Value::none());
        }
    }
    world.theme.render(NOT_FOUND, &context, out)?;
    Ok(())
}

/// `robots.txt`: everything may be read, and here is the sitemap.
pub(super) fn robots(world: &World<'_>) -> String {
    let sitemap = world.site.outputs.sitemap.then(|| format!("\nSitemap: {}\n", world.url("/sitemap.xml")));
    format!("User-agent: *\nAllow: /\n{}", sitemap.unwrap_or_default())
}
