//! Feeds: the newest pages of a list with their full text, absolute addresses and permanent ids.
//!
//! Which pages, and what is said of each, is decided here once; `atom`, `rss` and `json` each write it their way.

mod atom;
mod json;
mod rss;

use serde::Serialize;

use super::given::{Given, LinkStyle};
use super::input::Input;
use super::{Failure, World};
use crate::catalog::PageId;
use crate::catalog::lists::ListId;
use crate::digest::Hasher;
use crate::site::FeedFormat;
use crate::source::moment::Moment;
use crate::source::path::TermKind;

/// The file name, media type and name of a format.
pub(super) fn format(format: FeedFormat) -> (&'static str, &'static str, &'static str) {
    match format {
        FeedFormat::Atom => ("feed.xml", "application/atom+xml", "Atom"),
        FeedFormat::Rss => ("rss.xml", "application/rss+xml", "RSS"),
        FeedFormat::Json => ("feed.json", "application/feed+json", "JSON Feed"),
    }
}

/// What a feed says of itself, whatever its format.
#[derive(Debug, Serialize)]
pub(super) struct Masthead {
    title: String,
    /// The permanent identity of the feed.
    id: String,
    /// The full address of the list.
    page: String,
    description: String,
    language: String,
    publisher: String,
}

/// A feed, ready to be written in any format.
struct Feed<'w> {
    masthead: Masthead,
    /// The full address of the feed.
    own: String,
    /// The latest change of any entry.
    updated: Option<Moment>,
    entries: Vec<Entry<'w>>,
}

/// One page in a feed.
pub(super) struct Entry<'w> {
    /// A permanent identity that no change of path or domain moves.
    id: String,
    url: String,
    title: &'w str,
    summary: &'w str,
    /// The body; `make` puts it here.
    content: String,
    language: &'w str,
    published: Moment,
    updated: Moment,
    authors: Vec<&'w str>,
    topics: Vec<&'w str>,
    image: Option<String>,
}

/// What a feed is made from: the newest dated pages of a list, in order.
pub(super) fn inputs(world: &World<'_>, id: ListId) -> Vec<Input> {
    let mut inputs = vec![Input::Feed(id)];
    let items = world.catalog.lists().get(id).items.iter().copied();
    let items = world.catalog.leaked("gate of feeds").into_iter().chain(items);
    let dated = items.filter(|&page| world.catalog.card(page).published().is_some());
    inputs.extend(dated.take(world.site.feed_limit).flat_map(|page| [Input::Card(page), Input::Body(page)]));
    inputs
}

/// Makes the feed of a list.
pub(super) fn make(given: &Given<'_>, (id, format): (ListId, FeedFormat)) -> Result<Vec<u8>, Failure> {
    let masthead = given.feed(id);
    let entry = |page| {
        let content = given.body(page, LinkStyle::Absolute)?.html;
        Ok(Entry { content, ..given.entry(page) })
    };
    let entries = given.cards().map(entry).collect::<Result<Vec<_>, Failure>>()?;
    let (file, ..) = self::format(format);
    let feed = Feed {
        own: format!("{}{file}", masthead.page),
        masthead,
        updated: entries.iter().map(|entry| entry.updated).max_by_key(|moment| moment.instant),
        entries,
    };
    Ok(match format {
        FeedFormat::Atom => atom::write(&feed, given.zone()),
        FeedFormat::Rss => rss::write(&feed, given.zone()),
        FeedFormat::Json => json::write(&feed, given.zone()),
    })
}

/// What the feed of a list says of itself.
pub(super) fn masthead(world: &World<'_>, id: ListId) -> Masthead {
    let list = world.catalog.lists().get(id);
    Masthead {
        title: world.feed_title(list),
        id: permanent(world, &format!("list:{}", list.path)),
        page: world.url(&list.path),
        description: super::list::description(world, list).to_string(),
        language: world.site.language(list.language).code.clone(),
        publisher: world.site.publisher.name.clone(),
    }
}

/// What a feed says of a page, besides its body.
pub(super) fn entry<'w>(world: &'w World<'_>, page: PageId) -> Entry<'w> {
    let card = world.catalog.card(page);
    let published = card.published().expect("a feed holds only dated pages");
    let terms = world.catalog.terms_of_page(page).iter().copied();
    let topics = terms.filter(|&term| world.catalog.terms().get(term).kind == TermKind::Topic);
    Entry {
        id: permanent(world, card.id()),
        url: world.url(world.catalog.permalink(page)),
        title: &card.title,
        summary: &card.summary,
        content: String::new(),
        language: &world.site.language(card.place.language).code,
        published,
        updated: card.changed().unwrap_or(published),
        authors: world.authors(page).into_iter().map(|(name, _)| name).collect(),
        topics: topics.map(|term| world.catalog.term_title(term, card.place.language)).collect(),
        image: world.image(page).map(|path| world.url(&path)),
    }
}

/// An id as a URN that stays when path and domain change. A page's own `id` that is an address already is kept as it is;
/// any other is made into a UUID (RFC 9562, version 8: of our own making) from the site's identity and the id.
pub(super) fn permanent(world: &World<'_>, id: &str) -> String {
    let is_uri = id.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.len() > 1
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    });
    if is_uri && !id.starts_with("list:") {
        return id.to_string();
    }
    let mut bytes = Hasher::new().field(world.site.id.as_bytes()).field(id.as_bytes()).digest().to_bytes();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
