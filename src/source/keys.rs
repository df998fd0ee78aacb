//! The keys of front matter: one description for the check and for the documentation.

use super::ids;
use super::path::{Role, TermKind};
use crate::table::{Key, Shape};

const fn key(name: &'static str, shape: Shape, meaning: &'static str) -> Key {
    Key { name, shape, meaning }
}

/// The keys that a content file of this kind may hold.
pub fn of_role(role: Role) -> &'static [Key] {
    match role {
        Role::Page | Role::Entry => BRIEFING,
        Role::Home | Role::TermIndex(_) => INTRODUCTION,
        Role::Collection => COLLECTION,
        Role::Term(TermKind::Person | TermKind::Organisation | TermKind::Place) => ENTITY,
        Role::Term(TermKind::Topic) => TOPIC,
        Role::Term(TermKind::Series) => SERIES,
        Role::Source => SHARED_SOURCE,
    }
}

/// The words for `kind`.
pub const KINDS: &[&str] = &["brief", "readout", "assessment", "sitrep", "advisory", "live"];

const TITLE: Key = key("title", Shape::Text, "The headline or name (required for pages and terms).");
const SUMMARY: Key =
    key("summary", Shape::Prose, "What it says, in a sentence or two; the first paragraph stands in.");
const SLUG: Key = key("slug", Shape::Text, "The last part of the address; the file's name is the default.");
const ALIASES: Key = key("aliases", Shape::Texts, "Old paths that lead here.");
const DRAFT: Key = key("draft", Shape::Flag, "true while nobody outside may see it.");
const DATE: Key = key("date", Shape::Moment, "First publication; in the future means scheduled.");
const EMBARGO: Key = key("embargo", Shape::Moment, "Nothing of this file is public before it.");
const IMAGE: Key = key("image", Shape::Text, "The lead picture, as a path relative to this file.");
const IMAGE_ALT: Key = key("image_alt", Shape::Text, "What the picture shows, for those who do not see it.");
const EXTRA: Key = key("extra", Shape::Free, "Values for the theme's own use.");

/// The keys of briefings and pages.
pub const BRIEFING: &[Key] = &[
    TITLE,
    SUMMARY,
    SLUG,
    ALIASES,
    key("template", Shape::Text, "Another template than the usual one, such as memo.html."),
    DRAFT,
    key("unlisted", Shape::Flag, "true to keep it out of lists, feeds, sitemaps and the record."),
    key("kind", Shape::Choice(KINDS), "What sort of briefing it is; brief is the default."),
    key("id", Shape::Text, "Its permanent identity, independent of path and domain."),
    DATE,
    key("updated", Shape::Moment, "The last change of substance."),
    key("as_of", Shape::Moment, "The information cut-off."),
    EMBARGO,
    key("expires", Shape::Moment, "When it ceases to hold."),
    key(
        "on_expiry",
        Shape::Choice(&["notice", "unlist", "gone"]),
        "What happens then. The page leaves lists and feeds, and stays with a notice (the default), stays as it is, or goes.",
    ),
    key("authors", Shape::Texts, "Who wrote it: names, or file names below people/."),
    key("people", Shape::Texts, "Who it is about."),
    key("organisations", Shape::Texts, "Which bodies it is about."),
    key("places", Shape::Texts, "Where it plays."),
    key("topics", Shape::Texts, "What it is about."),
    key("series", Shape::Text, "The periodical it belongs to."),
    key("number", Shape::Number(0, 1_000_000), "Its number in the series."),
    key("key_points", Shape::TextsOrTables(KEY_POINT), "The bottom line up front, two to five."),
    key("supersedes", Shape::Texts, "Ids or paths of briefings that this one replaces."),
    key("related", Shape::Texts, "Ids or paths of briefings to read next."),
    key("sources", Shape::Tables(CITED_SOURCE), "What it rests on, a table each: [[sources]]."),
    key("corrections", Shape::Tables(CORRECTION), "What was put right, a table each: [[corrections]]."),
    IMAGE,
    IMAGE_ALT,
    EXTRA,
];

const KIND_OF_SOURCE: &str = "What sort of source: official, document, data, research, media, interview, own, social or anonymous; others are counted as written.";
const STATUS_OF_SOURCE: &str =
    "retracted (no other spelling) marks all that rests on it; anything else is shown as written.";

const KEY_POINT: &[Key] = &[
    key("id", Shape::Text, "The same in the next issue, if it is the same point in other words."),
    key("text", Shape::Text, "The point."),
    key("sources", Shape::Texts, "Ids of the sources it rests on."),
];

const CITED_SOURCE: &[Key] = &[
    key("id", Shape::Text, "What [^id] in the text refers to (required)."),
    key("title", Shape::Text, "Its title (required, unless content/sources/ has this id)."),
    key("publisher", Shape::Text, "Who published it."),
    key("url", Shape::Text, "Where it is."),
    key("published", Shape::Moment, "When it was published."),
    key("accessed", Shape::Moment, "When it was read."),
    key("archived_url", Shape::Text, "Where a copy is kept."),
    key("kind", Shape::Text, KIND_OF_SOURCE),
    key("reliability", Shape::Choice(&["A", "B", "C", "D", "E", "F"]), "Of the source (Admiralty scale)."),
    key("credibility", Shape::Number(1, 6), "Of what it says (Admiralty scale)."),
    key("note", Shape::Text, "A remark for the reader."),
    key("status", Shape::Text, STATUS_OF_SOURCE),
];

const CORRECTION: &[Key] = &[
    key("date", Shape::Moment, "When it was put right (required)."),
    key("kind", Shape::Choice(super::correction::KINDS), "Which sort (required)."),
    key("text", Shape::Text, "What was wrong and what is right (required)."),
    key("was", Shape::Text, "The wording before."),
    key("now", Shape::Text, "The wording now."),
];

const INTRODUCTION: &[Key] = &[TITLE, SUMMARY, DRAFT, DATE, EMBARGO, IMAGE, IMAGE_ALT, EXTRA];

/// The keys of a collection's `index.md`.
pub const COLLECTION: &[Key] = &[
    TITLE,
    SUMMARY,
    key("dated", Shape::Flag, "false if its pages have no dates; true is the default."),
    key("permalink", Shape::Text, "The address of its pages, from {year}, {month}, {day} and {slug}."),
    key("page_size", Shape::Number(1, 1000), "Items on a full page of its list."),
    DRAFT,
    DATE,
    EMBARGO,
    IMAGE,
    IMAGE_ALT,
    EXTRA,
];

/// The keys of people, organisations and places.
pub const ENTITY: &[Key] = &[
    TITLE,
    SUMMARY,
    SLUG,
    ALIASES,
    key("also_known_as", Shape::Texts, "Other names that mean the same."),
    key("avoid", Shape::Texts, "Spellings that the desk does not use."),
    key("roles", Shape::Tables(HELD_ROLE), "Offices held, a table each: [[roles]]."),
    key("links", Shape::Tables(LINK), "Official addresses, a table each: [[links]]."),
    key("ids", Shape::Table(ids::KEYS), "Its ids in other catalogues: ids = { wikidata = \"Q42\" }."),
    DRAFT,
    DATE,
    EMBARGO,
    IMAGE,
    IMAGE_ALT,
    EXTRA,
];

const HELD_ROLE: &[Key] = &[
    key("title", Shape::Text, "The office."),
    key("from", Shape::Moment, "Its first day."),
    key("to", Shape::Moment, "Its last day."),
];

const LINK: &[Key] = &[key("title", Shape::Text, "What it is."), key("url", Shape::Text, "Where it is.")];

/// The keys of topics.
pub const TOPIC: &[Key] =
    &[TITLE, SUMMARY, SLUG, ALIASES, also_known_as(), DRAFT, DATE, EMBARGO, IMAGE, IMAGE_ALT, EXTRA];

/// The keys of series.
pub const SERIES: &[Key] = &[
    TITLE,
    SUMMARY,
    SLUG,
    ALIASES,
    also_known_as(),
    key("cadence", Shape::Text, "When issues appear, such as weekdays."),
    DRAFT,
    DATE,
    EMBARGO,
    IMAGE,
    IMAGE_ALT,
    EXTRA,
];

const fn also_known_as() -> Key {
    key("also_known_as", Shape::Texts, "Other names that mean the same.")
}

/// The keys of a shared source below `sources/`.
pub const SHARED_SOURCE: &[Key] = &[
    TITLE,
    SUMMARY,
    key("publisher", Shape::Text, "Who published it."),
    key("url", Shape::Text, "Where it is."),
    key("published", Shape::Moment, "When it was published."),
    key("accessed", Shape::Moment, "When it was read."),
    key("archived_url", Shape::Text, "Where a copy is kept."),
    key("kind", Shape::Text, KIND_OF_SOURCE),
    key("reliability", Shape::Choice(&["A", "B", "C", "D", "E", "F"]), "Of the source (Admiralty scale)."),
    key("credibility", Shape::Number(1, 6), "Of what it says (Admiralty scale)."),
    key("note", Shape::Text, "A remark for the reader."),
    key("status", Shape::Text, STATUS_OF_SOURCE),
    DRAFT,
    DATE,
    EMBARGO,
    EXTRA,
];
