//! RSS 2.0, by the specification of the RSS Advisory Board.

use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

use super::Feed;
use crate::output::xml::Xml;
use crate::source::moment::Moment;

const NAMESPACES: [(&str, &str); 4] = [
    ("version", "2.0"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
];

/// Writes a feed as RSS.
pub(super) fn write(feed: &Feed<'_>, zone: &TimeZone) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("rss", &NAMESPACES, |xml| {
        xml.element("channel", &[], |xml| {
            xml.text("title", &[], &feed.masthead.title);
            xml.text("link", &[], &feed.masthead.page);
            // Required, so that a site without a description says its title again.
            xml.text(
                "description",
                &[],
                if feed.masthead.description.is_empty() {
                    &feed.masthead.title
                } else {
                    &feed.masthead.description
                },
            );
            xml.text("language", &[], &feed.masthead.language);
            if let Some(updated) = feed.updated {
                xml.text("lastBuildDate", &[], &date(updated, zone));
            }
            xml.empty("atom:link", &[("rel", "self"), ("type", "application/rss+xml"), ("href", &feed.own)]);
            for entry in &feed.entries {
                xml.element("item", &[], |xml| {
                    xml.text("title", &[], &entry.title);
                    xml.text("link", &[], &entry.url);
                    xml.text("guid", &[("isPermaLink", "false")], &entry.id);
                    xml.text("pubDate", &[], &date(entry.published, zone));
                    if entry.updated != entry.published {
                        // RSS has no word for it.
                        xml.text("atom:updated", &[], &entry.updated.rfc3339(zone));
                    }
                    // <author> wants a mail address; a name goes into dc:creator.
                    entry.authors.iter().for_each(|author| xml.text("dc:creator", &[], author));
                    entry.topics.iter().for_each(|topic| xml.text("category", &[], topic));
                    xml.text("description", &[], entry.summary);
                    xml.text("content:encoded", &[], &entry.content);
                });
            }
        });
    });
    xml.finish()
}

/// RFC 2822, with the offset of the site's zone: in UTC, a date alone would fall on the day before.
fn date(moment: Moment, zone: &TimeZone) -> String {
    rfc2822::to_string(&moment.instant.to_zoned_datetime(zone.clone()))
        .expect("years of four digits can be written")
}
