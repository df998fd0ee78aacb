//! The captions of quotations: who said it, in which office, where and when, as the page shows it.

use crate::catalog::PageId;
use crate::catalog::quotes::QuoteId;
use crate::output::World;
use crate::output::given::LinkStyle;
use crate::site::encode;
use crate::source::markdown::{Caption, Named, Quote};
use crate::theme::language;

/// The languages whose comma is turned round.
const TURNED_COMMA: [&str; 7] = ["ar", "ckb", "fa", "ps", "sd", "ug", "ur"];

/// The caption of a quotation on page `id`.
pub(in crate::output) fn caption(
    world: &World<'_>,
    (id, style): (PageId, LinkStyle),
    quote: &Quote,
) -> Caption {
    let catalog = world.catalog;
    let at = catalog.page(id).outline.quotes.iter().position(|own| own.anchor == quote.anchor);
    let Some(at) = at.and_then(|at| u32::try_from(at).ok()) else { return Caption::default() };
    let of_page = catalog.card(id).place.language;
    let lang = world.site.language(of_page).code.as_str();
    let said = catalog.attribution(QuoteId { page: id, at }, of_page);
    let address = |path: &str| {
        let rooted = world.site.base_url.rooted(&encode(path));
        if style == LinkStyle::Rooted { rooted } else { world.site.base_url.with_origin(&rooted) }
    };
    let named = |name: &str, path: Option<&str>| Named { name: name.to_string(), address: path.map(address) };
    let foreign = !quote.language.is_empty() && *quote.language != *lang;
    Caption {
        speaker: named(said.shown, said.path),
        role: (!said.role.is_empty()).then(|| said.role.to_string()),
        place: said.place.map(|place| named(place.shown, place.path)),
        day: quote.date.map(|day| world.theme.day(lang, &day.to_string())),
        language: foreign.then(|| (quote.language.to_string(), language::direction(&quote.language))),
        comma: comma(lang),
    }
}

/// What parts the parts of a line in a language.
fn comma(lang: &str) -> &'static str {
    let first = lang.split('-').next().unwrap_or(lang);
    if TURNED_COMMA.contains(&first) { "، " } else { ", " }
}
