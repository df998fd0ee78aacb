//! The twin of a briefing in JSON: IPTC ninjs 3.1, beside its page.
//!
//! Made from what the page is made from, so that both say the same. Times without an hour are given as the first instant of
//! their day: the vocabulary knows no days.

mod index;

use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value, json};

use super::body::Body;
use super::given::{Given, LinkStyle};
use super::input::Input;
use super::story::{Named, Story};
use super::structured::{Common, Translation, Whereabouts};
use super::{Failure, World};
use crate::catalog::PageId;
use crate::source::card::Kind;
use crate::source::details::{Correction, Details};
use crate::source::moment::Moment;

pub use index::TwinPart;
pub(super) use index::{PATH as INDEX, Twin, Twins, index, part};

/// Where IPTC keeps its lists of trust indicators and genres.
const INDICATORS: &str = "http://cv.iptc.org/newscodes/trustindicator/";
const GENRES: &str = "http://cv.iptc.org/newscodes/genre/";

/// What a twin is made from.
pub(super) fn inputs(id: PageId) -> Vec<Input> {
    vec![Input::Card(id), Input::Body(id), Input::Whereabouts(id)]
}

/// Makes the twin of a page.
pub(super) fn make(given: &Given<'_>, id: PageId) -> Result<Vec<u8>, Failure> {
    let (around, common) = given.whereabouts(id);
    let (story, details) = (given.story(id), given.details_with_body(id)?);
    let body = given.body(id, LinkStyle::Absolute)?;
    let twin = document(&story, &details, (&around, common, &body), given.zone());
    Ok(written(&twin))
}

fn written(document: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(document).expect("a value can be written as JSON");
    bytes.push(b'\n');
    bytes
}

/// A document being written: what is empty is left out.
struct Document(serde_json::Map<String, Value>);

impl Document {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        let empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(all) => all.is_empty(),
            _ => false,
        };
        if !empty {
            self.0.insert(name.to_string(), value);
        }
    }
}

/// What every ninjs document says of itself.
fn standard() -> Value {
    json!({
        "name": "ninjs",
        "version": "3.1",
        "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
    })
}

/// Whether what was published still stands.
fn status(is_retracted: bool) -> &'static str {
    if is_retracted { "canceled" } else { "usable" }
}

fn document(
    story: &Story<'_>,
    details: &Details,
    (around, common, body): (&Whereabouts, &Common, &Body),
    zone: &TimeZone,
) -> Value {
    let moment = |moment: Option<Moment>| moment.map(|moment| moment.rfc3339(zone));
    let mut twin = Document(serde_json::Map::new());
    twin.put("uri", story.id.as_str());
    twin.put("standard", standard());
    twin.put("type", "text");
    twin.put("representationType", "full");
    twin.put("pubStatus", status(details.is_retracted()));
    twin.put("version", details.version().to_string());
    twin.put("firstCreated", moment(story.published));
    twin.put("versionCreated", moment(story.changed));
    twin.put("contentCreated", moment(story.as_of.or(story.published)));
    twin.put("expires", moment(story.expires));
    twin.put("language", story.lang);
    twin.put("title", around.title());
    twin.put("headlines", json!([{ "role": "main", "contentType": "text/plain", "value": around.title() }]));
    twin.put("descriptions", descriptions(story, details));
    twin.put("bodies", json!([{ "role": "main", "contentType": "text/html", "value": body.html }]));
    twin.put("by", story.authors.iter().map(|author| author.name.as_str()).collect::<Vec<_>>().join(", "));
    twin.put("located", story.places.first().map(|place| place.name.as_str()));
    twin.put("people", all(&story.people));
    twin.put("organisations", all(&story.organisations));
    twin.put("places", all(&story.places));
    twin.put("subjects", all(&story.topics));
    twin.put("genres", json!([genre(story.kind)]));
    twin.put("infoSources", sources(details));
    twin.put("edNote", notes(&details.corrections));
    twin.put("altIds", alternatives(story));
    twin.put("copyrightHolder", common.publisher.as_str());
    twin.put("copyrightNotice", common.copyright.as_deref());
    twin.put("trustIndicators", indicators(common));
    twin.put("renditions", renditions(story));
    twin.put("associations", associations(story, around));
    Value::Object(twin.0)
}

fn descriptions(story: &Story<'_>, details: &Details) -> Vec<Value> {
    let text = |role: &str, value: &str| json!({ "role": role, "contentType": "text/plain", "value": value });
    let summary = Some(story.summary).filter(|summary| !summary.is_empty());
    let summary = summary.map(|summary| text("summary", summary));
    summary.into_iter().chain(details.key_points.iter().map(|point| text("keypoint", point))).collect()
}

/// Names with their addresses, which it is about.
fn all(named: &[Named]) -> Vec<Value> {
    let one = |named: &Named| match &named.url {
        Some(url) => json!({ "name": named.name, "rel": "about", "uri": url }),
        None => json!({ "name": named.name, "rel": "about" }),
    };
    named.iter().map(one).collect()
}

/// The genre of IPTC that fits best, and our own word.
fn genre(kind: Kind) -> Value {
    let (code, name) = match kind {
        Kind::Brief | Kind::Sitrep => ("Summary", "Briefing"),
        Kind::Assessment => ("Analysis", "Analysis"),
        Kind::Readout | Kind::Advisory | Kind::Live => ("Current", "Current Events"),
    };
    json!({ "name": name, "uri": format!("{GENRES}{code}"), "literal": kind.word() })
}

fn sources(details: &Details) -> Vec<Value> {
    let source = |source: &crate::source::details::CitedSource| {
        let mut entry = Document(serde_json::Map::new());
        let title = Some(source.title.as_str()).filter(|title| !title.is_empty());
        let name = [source.publisher.as_deref(), title].into_iter().flatten().collect::<Vec<_>>().join(": ");
        entry.put("name", name);
        entry.put("role", source.kind.as_deref());
        entry.put("uri", source.url.as_deref().filter(|url| is_uri(url)));
        entry.put("literal", source.id.as_str());
        Value::Object(entry.0)
    };
    details.sources.iter().map(source).collect()
}

/// What was put right, the newest last, a line each.
fn notes(corrections: &[Correction]) -> String {
    let note = |one: &Correction| format!("{} {}: {}", one.kind, one.date, one.text);
    corrections.iter().map(note).collect::<Vec<_>>().join("\n")
}

/// What else names this briefing: its address, its place in a series.
fn alternatives(story: &Story<'_>) -> Vec<Value> {
    let series = story.series.as_ref().zip(story.number);
    let issue = series
        .map(|(series, number)| json!({ "role": "issue", "value": format!("{} {number}", series.name) }));
    [json!({ "role": "permalink", "value": story.url })].into_iter().chain(issue).collect()
}

fn indicators(common: &Common) -> Vec<Value> {
    let one = |(code, property, url): &(Option<&'static str>, &'static str, String)| {
        let code = (*code)?;
        is_uri(url).then(|| json!({ "role": format!("{INDICATORS}{code}"), "title": property, "href": url }))
    };
    common.policies.iter().filter_map(one).collect()
}

fn renditions(story: &Story<'_>) -> Vec<Value> {
    let page = json!({ "name": "page", "href": story.url, "contentType": "text/html" });
    vec![page]
}

/// What belongs to it: its picture, and the same in other languages.
fn associations(story: &Story<'_>, around: &Whereabouts) -> Vec<Value> {
    let picture = story.image.as_ref().map(|(url, alt)| {
        json!({
            "name": "image", "rel": "illustrates", "type": "picture", "uri": url,
            "descriptions": [{ "role": "alt", "contentType": "text/plain", "value": alt }],
            "renditions": [{ "name": "main", "href": url }],
        })
    });
    let translation = |other: &Translation| {
        json!({
            "name": format!("translation-{}", other.lang), "rel": "translation", "type": "text",
            "language": other.lang, "uri": other.id, "renditions": [{ "name": "page", "href": other.url }],
        })
    };
    picture.into_iter().chain(around.translations.iter().map(translation)).collect()
}

/// Whether a text is a full address, as the vocabulary wants it.
fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty() && !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
    }) && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&byte))
}

impl World<'_> {
    /// Every twin that the index lists.
    pub(super) fn twins(&self) -> &Twins {
        self.shared.twins.get_or_init(|| Twins::of(self))
    }
}
