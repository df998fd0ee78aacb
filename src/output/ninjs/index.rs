//! The index of all twins: `ninjs.json`, itself a ninjs document; beyond 10,000 briefings an index of years.
//!
//! Expired and retracted briefings are in it, so that whoever took a copy learns of it; unlisted ones are not.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bitcode::{Decode, Encode};
use serde_json::{Value, json};

use super::{Document, standard, status, written};
use crate::catalog::PageId;
use crate::output::World;
use crate::output::feed::permanent;
use crate::output::given::Given;
use crate::output::structured::twin_path;
use crate::source::moment::Moment;

/// Where the index is.
pub(in crate::output) const PATH: &str = "/ninjs.json";
/// How many briefings one file names, as the record does: a megabyte or three.
const TWINS_MAX: usize = 10_000;

/// One file of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum TwinPart {
    /// Everything: the whole index is this one file.
    Whole,
    /// The briefings that were published in a year.
    Year(i16),
}

impl TwinPart {
    /// Its path from the site's root.
    pub fn path(self) -> String {
        match self {
            Self::Whole => PATH.to_string(),
            Self::Year(year) => format!("/ninjs/{year:04}.json"),
        }
    }
}

/// Every twin that the index lists, by year; in each the newest first.
#[derive(Debug)]
pub(in crate::output) struct Twins(BTreeMap<i16, Vec<PageId>>);

/// What the index says of one twin.
#[derive(Debug)]
pub(in crate::output) struct Twin<'w> {
    pub(in crate::output) id: String,
    /// The address of the page, from the site's root.
    pub(in crate::output) path: &'w str,
    pub(in crate::output) title: Cow<'w, str>,
    pub(in crate::output) lang: &'w str,
    pub(in crate::output) version: u32,
    /// Whether it was taken back.
    pub(in crate::output) canceled: bool,
    /// First publication, last change, expiry.
    pub(in crate::output) times: [Option<Moment>; 3],
}

impl Twins {
    /// The twins of a site.
    pub(super) fn of(world: &World<'_>) -> Self {
        let catalog = world.catalog;
        let mut years: BTreeMap<i16, Vec<PageId>> = BTreeMap::new();
        for id in catalog.ids().filter(|&id| world.lists_twin(id)) {
            let Some(published) = catalog.card(id).published() else { continue };
            years.entry(published.day.year()).or_default().push(id);
        }
        let newest =
            |&id: &PageId| std::cmp::Reverse(catalog.card(id).published().map(|moment| moment.instant));
        years.values_mut().for_each(|year| year.sort_by_key(newest));
        Self(years)
    }

    /// The files of the index, without the index of years; one is the index itself.
    pub(in crate::output) fn parts(&self) -> Vec<TwinPart> {
        if self.0.values().map(Vec::len).sum::<usize>() <= TWINS_MAX {
            return vec![TwinPart::Whole];
        }
        self.0.keys().rev().map(|&year| TwinPart::Year(year)).collect()
    }

    fn part(&self, part: TwinPart) -> Vec<PageId> {
        match part {
            TwinPart::Whole => self.0.values().rev().flatten().copied().collect(),
            TwinPart::Year(year) => self.0.get(&year).cloned().unwrap_or_default(),
        }
    }
}

impl World<'_> {
    /// What one part of the index says of each twin.
    pub(in crate::output) fn twins_of(&self, part: TwinPart) -> Vec<Twin<'_>> {
        self.twins().part(part).into_iter().map(|id| self.twin(id)).collect()
    }

    fn twin(&self, id: PageId) -> Twin<'_> {
        let card = self.catalog.card(id);
        Twin {
            id: permanent(self, card.id()),
            path: self.catalog.permalink(id),
            title: self.shown_title(id),
            lang: &self.site.language(card.place.language).code,
            version: u32::try_from(card.corrections().len()).unwrap_or(u32::MAX).saturating_add(1),
            canceled: card.retraction().is_some(),
            times: [card.published(), card.changed(), card.expiry().map(|(moment, _)| moment)],
        }
    }
}

/// The index of the years.
pub(in crate::output) fn index(given: &Given<'_>) -> Vec<u8> {
    let year = |part: TwinPart| {
        let name = part.path();
        let url = given.url(&name);
        let name = name.rsplit('/').next().unwrap_or_default().trim_end_matches(".json").to_string();
        json!({ "name": name, "uri": url, "type": "composite", "renditions": [link("ninjs", &url)] })
    };
    list(given, TwinPart::Whole, given.twin_parts().into_iter().map(year).collect())
}

/// One part of the index.
pub(in crate::output) fn part(given: &Given<'_>, part: TwinPart) -> Vec<u8> {
    list(given, part, given.twins(part).iter().map(|twin| entry(given, twin)).collect())
}

fn list(given: &Given<'_>, part: TwinPart, entries: Vec<Value>) -> Vec<u8> {
    let mut index = Document(serde_json::Map::new());
    index.put("uri", given.url(&part.path()));
    index.put("standard", standard());
    index.put("type", "composite");
    index.put("representationType", "partial");
    index.put("associations", entries);
    written(&Value::Object(index.0))
}

fn entry(given: &Given<'_>, twin: &Twin<'_>) -> Value {
    let mut entry = Document(serde_json::Map::new());
    entry.put("name", twin.id.as_str());
    entry.put("uri", twin.id.as_str());
    entry.put("type", "text");
    entry.put("title", &*twin.title);
    entry.put("language", twin.lang);
    entry.put("version", twin.version.to_string());
    entry.put("pubStatus", status(twin.canceled));
    for (name, moment) in ["firstCreated", "versionCreated", "expires"].into_iter().zip(twin.times) {
        entry.put(name, moment.map(|moment| moment.rfc3339(given.zone())));
    }
    entry.put("altIds", json!([{ "role": "permalink", "value": given.url(twin.path) }]));
    entry.put("renditions", json!([link("ninjs", &given.url(&twin_path(twin.path)))]));
    Value::Object(entry.0)
}

fn link(name: &str, url: &str) -> Value {
    json!({ "name": name, "href": url, "contentType": "application/json" })
}
