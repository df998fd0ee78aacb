//! `404.html` and `robots.txt`.

use bitcode::{Decode, Encode};
use tera::Value;

use super::frame;
use super::given::Given;
use super::input::Input;
use super::{Failure, World};
use crate::theme::Name;

/// The template of the page that hosts show where there is none.
pub(super) const NOT_FOUND: &str = "404.html";

/// What `404.html` is made from.
pub(super) fn not_found_inputs(world: &World<'_>) -> Vec<Input> {
    let Some(uses) = world.theme.uses(NOT_FOUND) else { return Vec::new() };
    let mut inputs = frame::inputs(uses, NOT_FOUND, 0);
    if uses.has(Name::Here) {
        inputs.push(Input::HereOfNothing);
    }
    inputs
}

/// Makes `404.html`. Hosts show it at any address, so that every address in it must be rooted.
pub(super) fn not_found(given: &Given<'_>, out: &mut Vec<u8>) -> Result<(), Failure> {
    let uses = given.uses();
    let mut context = frame::context(given, uses, 0);
    if uses.has(Name::Here) {
        context.insert_value("here", given.here(&Input::HereOfNothing));
    }
    // Where there is nothing, there is nothing to tell programs.
    context.insert_value("metadata", Value::from(""));
    for name in Name::ALL.into_iter().filter(|&name| uses.has(name)) {
        if !context.contains_key(name.word()) {
            context.insert_value(name.word(), Value::none());
        }
    }
    given.render(&context, out)
}

/// Who may read the site, among programs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Robots {
    /// All of them; with the path of the sitemap, if there is one.
    Everybody(Option<String>),
    /// None: it is a preview.
    Nobody,
}

/// `robots.txt`: whether everything or nothing may be read, and where the sitemap is.
pub(super) fn robots(given: &Given<'_>, robots: &Robots) -> String {
    match robots {
        Robots::Everybody(sitemap) => {
            let sitemap = sitemap.as_deref().map(|path| format!("\nSitemap: {}\n", given.url(path)));
            format!("User-agent: *\nAllow: /\n{}", sitemap.unwrap_or_default())
        }
        Robots::Nobody => "User-agent: *\nDisallow: /\n".to_string(),
    }
}
