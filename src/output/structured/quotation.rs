//! Quotations as parts of the page on which they stand.

use serde::Serialize;

use super::Whereabouts;
use super::node::Node;
use crate::catalog::PageId;
use crate::catalog::quotes::QuoteId;
use crate::output::World;
use crate::source::path::TermKind;

/// What somebody said.
#[derive(Debug, Serialize)]
pub(super) struct Said {
    /// The full address of the quotation.
    url: String,
    text: String,
    lang: String,
    /// The type, name and page of who said it.
    speaker: (&'static str, String, Option<String>),
    /// In which office.
    role: String,
    date: Option<String>,
}

/// What is quoted on a page.
pub(super) fn said(world: &World<'_>, page: PageId) -> Vec<Said> {
    let card = world.catalog.card(page);
    let own = world.site.language(card.place.language).code.as_str();
    let one = |at: u32| {
        let id = QuoteId { page, at };
        let (quote, by) = (world.catalog.quote(id), world.catalog.attribution(id, card.place.language));
        let kind = if by.kind == Some(TermKind::Organisation) { "Organization" } else { "Person" };
        Said {
            url: format!("{}#{}", world.url(world.catalog.permalink(page)), quote.anchor),
            text: quote.text.to_string(),
            lang: if quote.language.is_empty() { own } else { &quote.language }.to_string(),
            speaker: (kind, by.name.to_string(), by.path.map(|path| world.url(path))),
            role: by.role.to_string(),
            date: quote.date.map(|date| date.to_string()),
        }
    };
    let count = world.catalog.page(page).outline.quotes.len();
    (0..u32::try_from(count).unwrap_or(0)).map(one).collect()
}

/// A page with what is quoted on it.
pub(super) fn parts(page: Node, around: &Whereabouts) -> Node {
    page.all(
        "hasPart",
        around.quotes.iter().map(|said| {
            let (kind, name, url) = &said.speaker;
            let creator = Node::of(kind).with("name", name.as_str()).maybe("url", url.as_deref());
            // An office is a person's, at the time.
            let creator = if *kind == "Person" { creator.text("jobTitle", &said.role) } else { creator };
            Node::of("Quotation")
                .with("@id", said.url.as_str())
                .with("text", said.text.as_str())
                .with("inLanguage", said.lang.as_str())
                .with("creator", creator.value())
                .maybe("dateCreated", said.date.as_deref())
                .value()
        }),
    )
}
