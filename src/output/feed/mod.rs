//! Feeds: the newest pages of a list with their full text, absolute addresses and permanent ids.
//!
//! Which pages, and what is said of each, is decided here once; `atom`, `rss` and `json` each write it their way.

mod atom;
mod json;
mod rss;

use super::given::{Given, LinkStyle};
use super::input::Input;
use super::{Failure, World};
use crate::catalog::PageId;
use crate::catalog::lists::{List, ListId};
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

/// A feed, ready to be written in any format.
struct Feed<'w> {
    title: String,
    /// The permanent identity of the feed.
    id: String,
    /// The full address of the list.
    page: String,
    /// The full address of the feed.
    own: String,
    description: &'w str,
    language: &'w str,
    publisher: &'w str,
    /// The latest change of any entry.
    updated: Option<Moment>,
    entries: Vec<Entry<'w>>,
}

/// One page in a feed.
struct Entry<'w> {
    /// A permanent identity that no change of path or domain moves.
    id: String,
    url: String,
    title: &'w str,
    summary: &'w str,
    content: String,
    language: &'w str,
    published: Moment,
    updated: Moment,
    authors: Vec<&'w str>,
    topics: Vec<&'w str>,
    image: Option<String>,
}

/// What a feed is made from.
pub(super) fn inputs(world: &World<'_>, id: ListId) -> Vec<Input> {
    let mut inputs = vec![Input::List(id), Input::Site];
    for page in pages(world, id) {
        inputs.extend([Input::Card(page), Input::Body(page)]);
    }
    inputs
}

/// Makes the feed of a list.
pub(super) fn make(given: &Given<'_>, (id, format): (ListId, FeedFormat)) -> Result<Vec<u8>, Failure> {
    let (world, list) = given.list(id);
    let feed = feed(given, world, (id, list, format))?;
    let zone = &world.site.timezone;
    Ok(match format {
        FeedFormat::Atom => atom::write(&feed, zone),
        FeedFormat::Rss => rss::write(&feed, zone),
        FeedFormat::Json => json::write(&feed, zone),
    })
}

/// The newest dated pages of a list.
fn pages(world: &World<'_>, id: ListId) -> Vec<PageId> {
    let items = world.catalog.lists().get(id).items.iter().copied();
    items.filter(|&page| world.catalog.card(page).published().is_some()).take(world.site.feed_limit).collect()
}

fn feed<'w>(
    given: &Given<'w>,
    world: &'w World<'w>,
    (id, list, format): (ListId, &'w List, FeedFormat),
) -> Result<Feed<'w>, Failure> {
    let entries =
        pages(world, id).into_iter().map(|page| entry(given, page)).collect::<Result<Vec<_>, _>>()?;
    let (file, ..) = self::format(format);
    Ok(Feed {
        title: world.feed_title(list),
        id: permanent(world, &format!("list:{}", list.path)),
        page: world.url(&list.path),
        own: world.url(&format!("{}{file}", list.path)),
        description: super::list::description(world, list),
        language: &world.site.language(list.language).code,
        publisher: &world.site.publisher.name,
        updated: entries.iter().map(|entry| entry.updated).max_by_key(|moment| moment.instant),
        entries,
    })
}

fn entry<'w>(given: &Given<'w>, page: PageId) -> Result<Entry<'w>, Failure> {
    let world = given.of_card(page);
    let card = world.catalog.card(page);
    let published = card.published().expect("a feed holds only dated pages");
    let titles = |kind| {
        let terms = world.catalog.terms_of_page(page).iter().copied();
        let of_kind = terms.filter(move |&term| world.catalog.terms().get(term).kind == kind);
        of_kind.map(|term| world.catalog.term_title(term, card.place.language))
    };
    let author = |name: &'w String| {
        let term = world.catalog.term_of_name(page, TermKind::Person, name);
        term.map_or(name.as_str(), |term| world.catalog.term_title(term, card.place.language))
    };
    Ok(Entry {
        id: permanent(world, card.id()),
        url: world.url(world.catalog.permalink(page)),
        title: &card.title,
        summary: &card.summary,
        content: given.body(page, LinkStyle::Absolute)?.html,
        language: &world.site.language(card.place.language).code,
        published,
        updated: card.changed().unwrap_or(published),
        authors: card.authors.iter().map(author).collect(),
        topics: titles(TermKind::Topic).collect(),
        image: world.image(page).map(|path| world.site.base_url.with_origin(&path)),
    })
}

/// An id as a URN that stays when path and domain change. A page's own `id` that is an address already is kept as it is;
/// any other is made into a UUID (RFC 9562, version 8: of our own making) from the site's identity and the id.
fn permanent(world: &World<'_>, id: &str) -> String {
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
