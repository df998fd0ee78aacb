//! What all pages made from templates have in common: the names that every template may use.

use tera::{Context, Value};

use super::given::Given;
use super::input::Input;
use crate::catalog::PageId;
use crate::output::Failure;
use crate::site::LanguageIndex;
use crate::source::details::Details;
use crate::theme::{Name, Uses};

/// The inputs behind the names that every template may use.
pub(super) fn inputs(uses: &Uses, template: &str, language: LanguageIndex) -> Vec<Input> {
    let mut inputs = vec![Input::Template(template.to_string())];
    inputs.extend(uses.names.iter().filter_map(|name| match name {
        Name::Site => Some(Input::Site),
        Name::Menu => Some(Input::Menu(language)),
        Name::Text => Some(Input::Words(language)),
        Name::Assets => Some(Input::Assets),
        Name::Theme => Some(Input::ThemeSettings),
        _ => None,
    }));
    inputs
}

/// A context with the names that every template may use, as far as this one does.
pub(super) fn context(given: &Given<'_>, uses: &Uses, language: LanguageIndex) -> Context {
    let mut context = Context::new();
    context.insert_value("lang", Value::from(given.lang(language)));
    for name in &uses.names {
        let value = match name {
            Name::Site => given.site(),
            Name::Menu => given.menu(language),
            Name::Text => given.words(language),
            Name::Assets => given.assets(),
            Name::Theme => given.theme_settings(),
            _ => continue,
        };
        context.insert_value(name.word(), value);
    }
    context
}

/// Puts the page that introduces a list into its context, if it was declared; returns it with its details.
pub(super) fn introduction(
    given: &Given<'_>,
    uses: &Uses,
    context: &mut Context,
) -> Result<Option<(PageId, Details)>, Failure> {
    let page = given.cards().next().map(|page| Ok::<_, Failure>((page, given.details(page)?))).transpose()?;
    if uses.has(Name::Page) {
        let value = page.as_ref().map(|(page, details)| given.page(*page, uses.facts, details));
        context.insert_value("page", value.unwrap_or_else(Value::none));
    }
    Ok(page)
}
