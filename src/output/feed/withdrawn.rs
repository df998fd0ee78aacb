//! What was in a feed and is withdrawn: a tombstone in Atom (RFC 6721), the notice alone in formats that know none.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Entry, permanent};
use crate::catalog::PageId;
use crate::catalog::lists::ListId;
use crate::output::shown::exact;
use crate::output::xml::Xml;
use crate::output::{World, notes};
use crate::source::moment::Moment;

/// The namespace of tombstones.
const NAMESPACE: &str = "http://purl.org/atompub/tombstones/1.0";

/// A page that is withdrawn.
#[derive(Debug, Serialize)]
pub(in crate::output) struct Withdrawn<'w> {
    id: String,
    #[serde(serialize_with = "exact")]
    pub(super) when: Moment,
    /// Why, in the language of the list.
    comment: String,
    /// What stays to be read of it; nothing of what is gone.
    notice: Option<Notice<'w>>,
}

/// What stays of a page that was retracted.
#[derive(Debug, Serialize)]
struct Notice<'w> {
    url: String,
    title: Cow<'w, str>,
    language: &'w str,
    #[serde(serialize_with = "exact")]
    published: Moment,
    text: &'w str,
    html: String,
}

/// What is withdrawn from the feed of a list.
pub(in crate::output) fn all<'w>(world: &'w World<'_>, list: ListId) -> Vec<Withdrawn<'w>> {
    let withdrawn = world.catalog.in_feed(list, world.site.feed_limit).withdrawn;
    withdrawn.into_iter().filter_map(|page| one(world, page)).collect()
}

fn one<'w>(world: &'w World<'_>, page: PageId) -> Option<Withdrawn<'w>> {
    let (card, when) = (world.catalog.card(page), world.catalog.withdrawn(page)?);
    let (language, published) = (card.place.language, card.published()?);
    // Of a page that is gone nothing is told but that it is.
    let entry = card.retraction().filter(|_| world.catalog.visibility(page).has_page());
    let comment = match entry {
        Some(entry) => format!("{} {}", notes::label(world, language, entry), entry.text),
        None => notes::word(world, language, "expired").to_string(),
    };
    let notice = entry.map(|entry| Notice {
        url: world.url(world.catalog.permalink(page)),
        title: world.shown_title(page),
        language: &world.site.language(language).code,
        published,
        text: &entry.text,
        html: notes::html(world, language, entry),
    });
    Some(Withdrawn { id: permanent(world, card.id()), when, comment, notice })
}

impl<'w> Withdrawn<'w> {
    /// Writes the tombstone into an Atom feed.
    pub(super) fn write(&self, xml: &mut Xml, zone: &TimeZone) {
        let when = self.when.rfc3339(zone);
        let attributes = [("xmlns:at", NAMESPACE), ("ref", &*self.id), ("when", &*when)];
        xml.element("at:deleted-entry", &attributes, |xml| {
            xml.text("at:comment", &[], &self.comment);
            if let Some(notice) = &self.notice {
                xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &notice.url)]);
            }
        });
    }

    /// The notice as an entry in the place of the text.
    pub(super) fn notice(self) -> Option<Entry<'w>> {
        let notice = self.notice?;
        let entry = Entry::of_note((self.id, notice.url), (notice.text, notice.language), self.when);
        Some(Entry { title: notice.title, content: notice.html, published: notice.published, ..entry })
    }
}
