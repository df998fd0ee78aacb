//! Which outputs a site wants beside pages and lists. All of them, unless it says otherwise.

use bitcode::{Decode, Encode};

use crate::table::View;

/// Formats of the feeds of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum FeedFormat {
    /// `feed.xml`, RFC 4287.
    Atom,
    /// `rss.xml`, RSS 2.0.
    Rss,
    /// `feed.json`, JSON Feed 1.1.
    Json,
}

/// Which outputs are made beside pages and lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outputs {
    /// Year and month archives of dated collections.
    pub archives: bool,
    /// The formats of the site's own feed.
    pub feeds: Vec<FeedFormat>,
    /// An Atom feed for each collection, topic, person, organisation, place and series.
    pub list_feeds: bool,
    /// A page of all corrections, and its feed.
    pub corrections: bool,
    /// An index of everybody who is quoted, `quotes.json`, and quotations on the pages of speakers.
    pub quotes: bool,
    /// `sitemap.xml`.
    pub sitemap: bool,
    /// `robots.txt`.
    pub robots: bool,
    /// `404.html`.
    pub not_found: bool,
    /// A page for each alias, and `_redirects`.
    pub redirects: bool,
    /// The index of sources in each language.
    pub sources: bool,
    /// `record.json`.
    pub record: bool,
    /// What pages say to programs: a graph of schema.org, and tags for link previews.
    pub structured_data: bool,
    /// A twin of each briefing in ninjs, and their index.
    pub ninjs: bool,
}

/// What the settings say of them.
pub(super) fn read(view: &View<'_>) -> Outputs {
    let table = view.table("outputs");
    let flag = |name: &str| table.and_then(|inner| inner.flag(name)).unwrap_or(true);
    let feeds = match table.filter(|inner| inner.value("feeds").is_some()) {
        None => vec![FeedFormat::Atom, FeedFormat::Rss, FeedFormat::Json],
        Some(inner) => inner.texts("feeds").into_iter().filter_map(feed_format).collect(),
    };
    Outputs {
        archives: flag("archives"),
        feeds,
        list_feeds: flag("list_feeds"),
        corrections: flag("corrections"),
        quotes: flag("quotes"),
        sitemap: flag("sitemap"),
        robots: flag("robots"),
        not_found: flag("not_found"),
        redirects: flag("redirects"),
        sources: flag("sources"),
        record: flag("record"),
        structured_data: flag("structured_data"),
        ninjs: table.and_then(|inner| inner.flag("ninjs")).unwrap_or(false),
    }
}

fn feed_format(word: &str) -> Option<FeedFormat> {
    match word {
        "atom" => Some(FeedFormat::Atom),
        "rss" => Some(FeedFormat::Rss),
        "json" => Some(FeedFormat::Json),
        _ => None,
    }
}
