//! JSON Feed 1.1, by jsonfeed.org.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Entry, Feed};

#[derive(Serialize)]
struct Document<'f> {
    version: &'static str,
    title: &'f str,
    home_page_url: &'f str,
    feed_url: &'f str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'f str,
    language: &'f str,
    authors: Vec<Author<'f>>,
    items: Vec<Item<'f>>,
}

#[derive(Serialize)]
struct Author<'f> {
    name: &'f str,
}

#[derive(Serialize)]
struct Item<'f> {
    id: &'f str,
    url: &'f str,
    title: &'f str,
    #[serde(skip_serializing_if = "str::is_empty")]
    summary: &'f str,
    content_html: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'f str>,
    date_published: String,
    date_modified: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Author<'f>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'f [&'f str],
    language: &'f str,
}

/// Writes a feed as JSON.
pub(super) fn write(feed: &Feed<'_>, zone: &TimeZone) -> Vec<u8> {
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        title: &feed.masthead.title,
        home_page_url: &feed.masthead.page,
        feed_url: &feed.own,
        description: &feed.masthead.description,
        language: &feed.masthead.language,
        authors: vec![Author { name: &feed.masthead.publisher }],
        items: feed.entries.iter().map(|entry| item(entry, zone)).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&document).expect("texts and lists can be written as JSON");
    bytes.push(b'\n');
    bytes
}

fn item<'f>(entry: &'f Entry<'_>, zone: &TimeZone) -> Item<'f> {
    Item {
        id: &entry.id,
        url: &entry.url,
        title: &entry.title,
        summary: entry.summary,
        content_html: &entry.content,
        image: entry.image.as_deref(),
        date_published: entry.published.rfc3339(zone),
        date_modified: entry.updated.rfc3339(zone),
        authors: entry.authors.iter().map(|name| Author { name }).collect(),
        tags: &entry.topics,
        language: entry.language,
    }
}
