//! `record.json`: every briefing that is public or was, with the digest of its text, so that nothing changes silently.
//!
//! Beyond 10,000 briefings an index of parts, one for each year; it names no digest of them, so that an edit changes one
//! part and nothing else. Knows no disk and nothing of earlier records: those are compared in `check`.

use std::borrow::Cow;

use bitcode::{Decode, Encode};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::World;
use super::given::Given;
use crate::catalog::visibility::Visibility;
use crate::catalog::{Catalog, PageId};
use crate::digest::Sha256;
use crate::source::card::OnExpiry;
use crate::source::correction::Correction;
use crate::source::markdown::TRANSCRIPT_VERSION;
use crate::source::moment::Moment;

/// The path of the record from the site's root.
pub const RECORD: &str = "/record.json";
/// The number of the format.
pub const RECORD_VERSION: u32 = 1;
/// A record of more briefings is cut into years: a file of some megabytes is written with every edit of a text.
const BRIEFINGS_MAX: usize = 10_000;

/// One file of the record, the index of years aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum RecordPart {
    /// All briefings: the whole record is this one file.
    Whole,
    /// The briefings that were published in a year.
    Year(i16),
}

impl RecordPart {
    /// Its path from the site's root.
    pub fn path(self) -> String {
        match self {
            Self::Whole => RECORD.to_string(),
            Self::Year(year) => format!("/record/{year:04}.json"),
        }
    }

    /// Whether a page is in it, or was there the last time that somebody looked.
    pub fn holds(self, catalog: &Catalog, page: PageId) -> bool {
        let year = catalog.year_on_record(page);
        match self {
            Self::Whole => year.is_some(),
            Self::Year(own) => year == Some(own),
        }
    }
}

/// What a record says of a briefing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry<'w> {
    /// Its permanent identity; translations may share one.
    pub id: Cow<'w, str>,
    /// The code of its language.
    pub language: Cow<'w, str>,
    /// Its address; none where the page is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permalink: Option<String>,
    /// 1, and one more for each entry under corrections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// When it was published: a day, or RFC 3339.
    pub published: String,
    /// When it was last updated, as it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
    /// SHA-256 of the canonical text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What was put right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Corrected<'w>>,
    /// What became of it, if it does not stand as it was published: `gone` or `retracted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Cow<'w, str>>,
}

/// One entry under corrections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected<'w> {
    /// When it was put right: a day, or RFC 3339.
    pub date: String,
    /// Which of the five kinds it is.
    pub kind: Cow<'w, str>,
}

/// The same, as other outputs know it: its texts depend on the settings of the site, which every key has.
#[derive(Debug)]
pub(super) struct OnRecord<'w> {
    pub(super) id: &'w str,
    pub(super) language: &'w str,
    pub(super) published: Moment,
    pub(super) updated: Option<Moment>,
    pub(super) status: Option<&'static str>,
    /// None where the page does not stand as it was published.
    pub(super) standing: Option<Standing<'w>>,
}

/// What a record says of a page that stands.
#[derive(Debug)]
pub(super) struct Standing<'w> {
    /// Its address, from the site's root.
    pub(super) path: &'w str,
    pub(super) transcript: Option<Sha256>,
    pub(super) corrections: &'w [Correction],
}

/// The files of the record, the index of years aside; one is the record itself.
pub(super) fn parts(catalog: &Catalog) -> Vec<RecordPart> {
    let briefings = catalog.briefings();
    if briefings.count() <= BRIEFINGS_MAX {
        return vec![RecordPart::Whole];
    }
    briefings.years().map(RecordPart::Year).collect()
}

impl World<'_> {
    /// What one part of the record says, in order of ids.
    pub(super) fn record(&self, part: RecordPart) -> Vec<OnRecord<'_>> {
        let briefings = self.catalog.briefings();
        let mut pages: Vec<PageId> = match part {
            RecordPart::Whole => briefings.all().collect(),
            RecordPart::Year(year) => briefings.of_year(year).to_vec(),
        };
        let place = |id: &PageId| {
            let card = self.catalog.card(*id);
            (card.id(), self.site.language(card.place.language).code.as_str())
        };
        pages.sort_by(|one, other| place(one).cmp(&place(other)));
        pages.into_iter().filter_map(|id| self.on_record(id)).collect()
    }

    /// What a record says of a page; none if it says nothing of it.
    fn on_record(&self, id: PageId) -> Option<OnRecord<'_>> {
        let card = self.catalog.card(id);
        let told = OnRecord {
            id: card.id(),
            language: &self.site.language(card.place.language).code,
            published: card.published()?,
            updated: card.revised(),
            status: None,
            standing: None,
        };
        let withdrawn = match self.catalog.visibility(id) {
            Visibility::Expired(OnExpiry::Gone) => Some("gone"),
            Visibility::Retracted => Some("retracted"),
            _ => None,
        };
        if withdrawn.is_some() {
            return Some(OnRecord { status: withdrawn, ..told });
        }
        let standing = Standing {
            path: self.catalog.permalink(id),
            transcript: self.texts.transcript(&card.file()),
            corrections: card.corrections(),
        };
        Some(OnRecord { standing: Some(standing), ..told })
    }

    /// What a record says or would say of every published briefing, unlisted ones too, each entry with the page that it
    /// is of.
    pub fn whole_record(&self) -> Vec<(PageId, Entry<'_>)> {
        let entry = |id: PageId| {
            let told = self.on_record(id)?;
            Some((id, told.entry(&self.site.timezone, |path| self.url(path))))
        };
        let published = self.catalog.ids().filter(|&id| self.catalog.is_published_briefing(id));
        published.filter_map(entry).collect()
    }
}

impl<'w> OnRecord<'w> {
    /// The entry, with times in the zone of the site.
    fn entry(&self, zone: &TimeZone, url: impl Fn(&str) -> String) -> Entry<'w> {
        let standing = self.standing.as_ref();
        let corrected =
            |entry: &Correction| Corrected { date: entry.date.text(zone), kind: entry.kind.word().into() };
        let corrections = standing.map_or(&[][..], |standing| standing.corrections);
        Entry {
            id: self.id.into(),
            language: self.language.into(),
            permalink: standing.map(|standing| url(standing.path)),
            version: standing
                .map(|_| 1 + u32::try_from(corrections.len()).expect("a page has few corrections")),
            published: self.published.text(zone),
            updated: self.updated.map(|updated| updated.text(zone)),
            sha256: standing.and_then(|standing| standing.transcript).map(|digest| digest.to_string()),
            corrections: corrections.iter().map(corrected).collect(),
            status: self.status.map(Cow::from),
        }
    }
}

/// The index of all years. It changes only when there is a new one.
pub(super) fn index(given: &Given<'_>) -> Vec<u8> {
    let paths = given.record_parts().into_iter().map(|part| part.path().trim_start_matches('/').to_string());
    written(given, "parts", paths)
}

/// One part.
pub(super) fn part(given: &Given<'_>, part: RecordPart) -> Vec<u8> {
    let told = given.record(part);
    let entries = told.iter().map(|told| told.entry(given.zone(), |path| given.url(path)));
    written(given, "briefings", entries)
}

/// A file of the record, an item a line, so that people and programs see what differs.
fn written(given: &Given<'_>, name: &str, items: impl Iterator<Item = impl Serialize>) -> Vec<u8> {
    let base = serde_json::Value::from(given.url("/"));
    let mut bytes = format!(
        "{{\"record_version\":{RECORD_VERSION},\"text_version\":{TRANSCRIPT_VERSION},\"base_url\":{base},\"{name}\":["
    )
    .into_bytes();
    for (place, item) in items.enumerate() {
        bytes.extend_from_slice(if place == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut bytes, &item).expect("texts, numbers and lists can be written as JSON");
    }
    bytes.extend_from_slice(b"\n]}\n");
    bytes
}
