//! The index of all twins: `ninjs.json`, itself a ninjs document; beyond 10,000 briefings an index of years.
//!
//! Expired and retracted briefings are in it, so that whoever took a copy learns of it; unlisted ones are not.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bitcode::{Decode, Encode};
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::{standard, status, written};
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
        self.twins().part(part).into_par_iter().map(|id| self.twin(id)).collect()
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
        let renditions = [rendition("ninjs", url.clone())];
        json!({ "name": name, "uri": url, "type": "composite", "renditions": renditions })
    };
    list(given, TwinPart::Whole, given.twin_parts().into_iter().map(year).collect())
}

/// One part of the index.
pub(in crate::output) fn part(given: &Given<'_>, part: TwinPart) -> Vec<u8> {
    let twins = given.twins(part);
    list(given, part, twins.par_iter().map(|twin| entry(given, twin)).collect())
}

/// A document that lists others. Its fields are in the order of their names, as those of a twin are.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Index<E> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    associations: Vec<E>,
    representation_type: &'static str,
    standard: Value,
    r#type: &'static str,
    uri: String,
}

fn list(given: &Given<'_>, part: TwinPart, associations: Vec<impl Serialize>) -> Vec<u8> {
    written(&Index {
        associations,
        representation_type: "partial",
        standard: standard(),
        r#type: "composite",
        uri: given.url(&part.path()),
    })
}

/// What an index says of one twin. Its fields are in the order of their names, as those of a twin are.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'t> {
    alt_ids: [AltId; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_created: Option<String>,
    language: &'t str,
    name: &'t str,
    pub_status: &'static str,
    renditions: [Rendition; 1],
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'t str,
    r#type: &'static str,
    uri: &'t str,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_created: Option<String>,
}

#[derive(Serialize)]
struct AltId {
    role: &'static str,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rendition {
    content_type: &'static str,
    href: String,
    name: &'static str,
}

fn entry<'t>(given: &Given<'_>, twin: &'t Twin<'_>) -> Entry<'t> {
    let [first_created, version_created, expires] =
        twin.times.map(|moment| moment.map(|moment| moment.rfc3339(given.zone())));
    Entry {
        alt_ids: [AltId { role: "permalink", value: given.url(twin.path) }],
        expires,
        first_created,
        language: twin.lang,
        name: &twin.id,
        pub_status: status(twin.canceled),
        renditions: [rendition("ninjs", given.url(&twin_path(twin.path)))],
        title: &twin.title,
        r#type: "text",
        uri: &twin.id,
        version: twin.version.to_string(),
        version_created,
    }
}

fn rendition(name: &'static str, href: String) -> Rendition {
    Rendition { content_type: "application/json", href, name }
}
