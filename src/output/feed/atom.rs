//! Atom, RFC 4287.

use jiff::tz::TimeZone;

use super::{Entry, Feed};
use crate::output::xml::Xml;

/// What `updated` says in a feed that has no entries yet: an element is required, and no clock is read.
const NEVER: &str = "1970-01-01T00:00:00Z";

/// Writes a feed as Atom.
pub(super) fn write(feed: &Feed<'_>, zone: &TimeZone) -> Vec<u8> {
    let mut xml = Xml::new();
    let attributes = [("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", &feed.masthead.language)];
    xml.element("feed", &attributes, |xml| {
        xml.text("id", &[], &feed.masthead.id);
        xml.text("title", &[], &feed.masthead.title);
        if !feed.masthead.description.is_empty() {
            xml.text("subtitle", &[], &feed.masthead.description);
        }
        xml.text("updated", &[], &feed.updated.map_or(NEVER.to_string(), |moment| moment.rfc3339(zone)));
        xml.element("author", &[], |xml| xml.text("name", &[], &feed.masthead.publisher));
        xml.empty("link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &feed.own)]);
        xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &feed.masthead.page)]);
        xml.text("generator", &[], "Bulletin");
        for tombstone in &feed.withdrawn {
            tombstone.write(xml, zone);
        }
        for item in &feed.entries {
            xml.element("entry", &[], |xml| entry(xml, item, (feed, zone)));
        }
    });
    xml.finish()
}

fn entry(xml: &mut Xml, entry: &Entry<'_>, (feed, zone): (&Feed<'_>, &TimeZone)) {
    xml.text("id", &[], &entry.id);
    xml.text("title", &[], &entry.title);
    xml.text("published", &[], &entry.published.rfc3339(zone));
    xml.text("updated", &[], &entry.updated.rfc3339(zone));
    for author in &entry.authors {
        xml.element("author", &[], |xml| xml.text("name", &[], author));
    }
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &entry.url)]);
    for topic in &entry.topics {
        xml.empty("category", &[("term", topic)]);
    }
    if !entry.summary.is_empty() {
        xml.text("summary", &[], entry.summary);
    }
    let mut attributes = vec![("type", "html")];
    if entry.language != feed.masthead.language {
        attributes.push(("xml:lang", entry.language));
    }
    xml.text("content", &attributes, &entry.content);
}
