//! The body of a page as HTML: Markdown, its sources, and the addresses of its links.

use super::given::LinkStyle;
use super::opened::Opened;
use super::{World, note, quotes};
use crate::catalog::links::Destination;
use crate::catalog::{Catalog, PageId};
use crate::site::{LanguageIndex, Site, encode};
use crate::source::details::CitedSource;
use crate::source::markdown::{self, Captions, Dialect, Labels, Quote, Use};
use crate::source::page;

pub use crate::source::markdown::Body;

/// The body of page `id`.
pub(super) fn render(world: &World<'_>, (id, style): (PageId, LinkStyle), opened: &Opened) -> Body {
    let card = world.catalog.card(id);
    let language = card.place.language;
    let source = |source: &CitedSource| markdown::Source {
        html: note::html(source, world, language),
        id: source.id.clone(),
    };
    let sources: Vec<_> = opened.details.sources.iter().map(source).collect();
    let caption = |quote: &Quote| quotes::caption(world, (id, style), quote);
    let settings = markdown::Settings {
        html: world.site.html,
        dialect: Dialect::Briefing,
        sources: &sources,
        labels: labels(world, card.place.language),
        captions: Captions(Some(&caption)),
    };
    let outline = &world.catalog.page(id).outline;
    let address = |destination: &str, _: Use| {
        // The key of a body counts where each link of the outline leads; another one would go unnoticed.
        debug_assert!(
            is_here(destination) || outline.links.iter().any(|link| *link.destination == *destination),
            "{destination} is not in the outline of {}",
            card.path
        );
        address(world.catalog, world.site, (id, style), destination)
    };
    markdown::render(page::body(&opened.text), &settings, &address)
}

/// Whether a destination is a place in the body itself.
fn is_here(destination: &str) -> bool {
    destination.is_empty() || destination.starts_with(['#', '?'])
}

/// The final address of a link or picture; none where it leads nowhere.
pub(super) fn address(
    catalog: &Catalog,
    site: &Site,
    (id, style): (PageId, LinkStyle),
    destination: &str,
) -> Option<String> {
    let meaning = catalog.destination(id, destination);
    if meaning == Destination::Here {
        // In a feed the body stands apart from its page, so that even `#note` needs the page's address.
        return Some(match style {
            LinkStyle::Rooted => destination.to_string(),
            LinkStyle::Absolute => {
                format!("{}{destination}", site.base_url.absolute(&encode(catalog.permalink(id))))
            }
        });
    }
    let path = catalog.address(id, &meaning)?;
    let cut = path.find(['?', '#']).unwrap_or(path.len());
    let (path, rest) = path.split_at(cut);
    let rooted = site.base_url.rooted(&encode(path));
    Some(match style {
        LinkStyle::Rooted => format!("{rooted}{rest}"),
        LinkStyle::Absolute => site.base_url.with_origin(&format!("{rooted}{rest}")),
    })
}

fn labels<'w>(world: &'w World<'_>, language: LanguageIndex) -> Labels<'w> {
    let words = world.theme.words(language);
    let usual = Labels::default();
    let word = |key: &str, usual: &'w str| words.get(key).map_or(usual, String::as_str);
    Labels {
        footnotes: word("footnotes", usual.footnotes),
        back_to_reference: word("back_to_reference", usual.back_to_reference),
        task_done: word("task_done", usual.task_done),
        task_open: word("task_open", usual.task_open),
        permalink: word("permalink", usual.permalink),
        note: word("note", usual.note),
        tip: word("tip", usual.tip),
        important: word("important", usual.important),
        warning: word("warning", usual.warning),
        caution: word("caution", usual.caution),
    }
}

/// The words that bodies in a language may show.
pub(super) fn words<'w>(world: &'w World<'_>, language: LanguageIndex) -> Vec<&'w str> {
    let labels = labels(world, language);
    let own = [
        labels.footnotes,
        labels.back_to_reference,
        labels.task_done,
        labels.task_open,
        labels.permalink,
        labels.note,
        labels.tip,
        labels.important,
        labels.warning,
        labels.caution,
    ];
    own.into_iter().chain(note::words(world, language)).collect()
}

/// Text as it stands in HTML, quotation marks included.
pub(super) fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    tera::escape_html(text, &mut out).expect("writing to memory succeeds");
    String::from_utf8(out).expect("escaping keeps text UTF-8")
}
