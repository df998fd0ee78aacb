//! Feeds: the pages of a list that were published or changed last, with full text, absolute addresses, permanent ids.
//!
//! Which pages, and what is said of each, is decided here once; `atom`, `rss` and `json` each write it their way.

mod atom;
mod json;
mod rss;
mod withdrawn;

use std::borrow::Cow;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::given::{Given, LinkStyle};
use super::input::Input;
use super::{Failure, World};
use crate::catalog::lists::ListId;
use crate::catalog::{InFeed, PageId};
use crate::digest::Hasher;
use crate::site::{FeedFormat, LanguageIndex, Site};
use crate::source::moment::Moment;
use crate::source::path::TermKind;

pub(super) use withdrawn::{Withdrawn, all as withdrawn};

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
    /// What was in it and is withdrawn.
    withdrawn: Vec<Withdrawn<'w>>,
}

/// One page in a feed.
pub(super) struct Entry<'w> {
    /// A permanent identity that no change of path or domain moves.
    pub(super) id: String,
    pub(super) url: String,
    pub(super) title: Cow<'w, str>,
    summary: &'w str,
    /// The notes of its corrections and the body; `make` puts them here.
    pub(super) content: String,
    language: &'w str,
    published: Moment,
    updated: Moment,
    authors: Vec<&'w str>,
    topics: Vec<&'w str>,
    image: Option<String>,
}

impl<'w> Entry<'w> {
    /// An entry for a note by itself: its id and address, its text and language, and when it was written.
    pub(super) fn of_note(
        (id, url): (String, String),
        (text, language): (&'w str, &'w str),
        moment: Moment,
    ) -> Self {
        Self {
            id,
            url,
            title: Cow::Borrowed(""),
            summary: text,
            content: String::new(),
            language,
            published: moment,
            updated: moment,
            authors: Vec::new(),
            topics: Vec::new(),
            image: None,
        }
    }
}

/// What a feed is made from: the pages of a list that were published or changed last, and those that were withdrawn.
pub(super) fn inputs(world: &World<'_>, id: ListId) -> Vec<Input> {
    let mut inputs = vec![Input::Feed(id)];
    let InFeed { pages, withdrawn } = world.catalog.in_feed(id, world.site.feed_limit);
    let leaked = world.catalog.leaked("gate of feeds").into_iter();
    let dated = leaked.filter(|&page| world.catalog.card(page).published().is_some());
    for page in dated.chain(pages) {
        inputs.extend([Input::Card(page), Input::Body(page)]);
        if world.catalog.card(page).corrections().iter().any(|entry| entry.kind.is_substantial()) {
            inputs.push(Input::Notes(page));
        }
    }
    if !withdrawn.is_empty() {
        inputs.push(Input::Withdrawn(id));
    }
    inputs
}

/// Makes the feed of a list.
pub(super) fn make(given: &Given<'_>, (id, format): (ListId, FeedFormat)) -> Result<Vec<u8>, Failure> {
    let masthead = given.feed(id);
    let entry = |page| {
        // Whoever reads a corrected text again reads first what was wrong with it.
        let mut content = given.notes(page);
        content.push_str(&given.body(page, LinkStyle::Absolute)?.html);
        Ok(Entry { content, ..given.entry(page) })
    };
    let entries = given.cards().map(entry).collect::<Result<Vec<_>, Failure>>()?;
    let feed = feed((masthead, self::format(format).0), entries, given.withdrawn(id));
    Ok(match format {
        FeedFormat::Atom => atom::write(&feed, given.zone()),
        FeedFormat::Rss => rss::write(&feed.with_notices(), given.zone()),
        FeedFormat::Json => json::write(&feed.with_notices(), given.zone()),
    })
}

/// An Atom feed of these entries.
pub(super) fn atom_of(masthead: Masthead, entries: Vec<Entry<'_>>, zone: &TimeZone) -> Vec<u8> {
    atom::write(&feed((masthead, format(FeedFormat::Atom).0), entries, Vec::new()), zone)
}

fn feed<'w>(
    (masthead, file): (Masthead, &str),
    entries: Vec<Entry<'w>>,
    withdrawn: Vec<Withdrawn<'w>>,
) -> Feed<'w> {
    let moments = entries.iter().map(|entry| entry.updated).chain(withdrawn.iter().map(|one| one.when));
    let updated = moments.max_by_key(|moment| moment.instant);
    Feed { own: format!("{}{file}", masthead.page), masthead, updated, entries, withdrawn }
}

impl Feed<'_> {
    /// The same for formats that have no tombstones: what was retracted stays, with the notice alone in place of its
    /// text, so that a reader who has the text learns of it; what is gone is left out.
    fn with_notices(self) -> Self {
        let mut entries = self.entries;
        entries.extend(self.withdrawn.into_iter().filter_map(Withdrawn::notice));
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.updated.instant));
        Self { entries, withdrawn: Vec::new(), ..self }
    }
}

/// What the feed of a list says of itself.
pub(super) fn masthead(world: &World<'_>, id: ListId) -> Masthead {
    let list = world.catalog.lists().get(id);
    let title = world.feed_title(list);
    let description = super::list::description(world, list).to_string();
    Masthead { description, ..masthead_of(world, list.language, (title, list.path.clone())) }
}

/// What the feed of whatever stands at this path says of itself.
pub(super) fn masthead_of(
    world: &World<'_>,
    language: LanguageIndex,
    (title, path): (String, String),
) -> Masthead {
    Masthead {
        title,
        id: permanent(world, &format!("list:{path}")),
        page: world.url(&path),
        description: String::new(),
        language: world.site.language(language).code.clone(),
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
        title: Cow::Borrowed(&card.title),
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

/// An id as a URN that stays when path and domain change. A page's own `id` that is an address already is kept as it is.
pub(super) fn permanent(world: &World<'_>, id: &str) -> String {
    let is_uri = id.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.len() > 1
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    });
    if is_uri && !id.starts_with("list:") {
        return id.to_string();
    }
    urn(world.site, id)
}

/// A UUID (RFC 9562, version 8: of our own making) as a URN, from the site's identity and an id.
pub(super) fn urn(site: &Site, id: &str) -> String {
    let mut bytes = Hasher::new().field(site.id.as_bytes()).field(id.as_bytes()).digest().to_bytes();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
