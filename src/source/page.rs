//! One content file, read: its card, its outline, and what is wrong with it.
//!
//! Parsing does not fail; it reports. Knows one file at a time and cannot name another page.

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::DeTable;

use super::basis::Basis;
use super::card::{Card, CollectionSettings, Detailed, Kind, OnExpiry, Rare, Standing, SummaryFrom};
use super::correction;
use super::details;
use super::front_matter::{self, Division};
use super::keys;
use super::markdown::{self, Dialect, Outline, Transcript};
use super::moment::{Moment, Precision};
use super::office;
use super::path::{self, ContentPath, Role, TermKind};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, Sha256};
use crate::site::Site;
use crate::table::{Reader, View};

/// Stands for a date that could not be read, until the build fails for it: in the past, so that nothing is held back.
const UNREAD_DAY: Date = Date::constant(1970, 1, 1);

/// A content file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What others may see of it.
    pub card: Card,
    /// What its body defines and refers to.
    pub outline: Outline,
    /// Of the bytes that were read: the body is read again when it is rendered, and must be the same then.
    pub digest: Digest,
    /// Of the bytes of the front matter: where they are the same, only the body changed.
    pub front_matter: Digest,
}

/// The result of reading one content file.
#[derive(Debug)]
pub struct Parsed {
    /// The page; none where the front matter could not be found.
    pub page: Option<Page>,
    /// Of its canonical text; none for what no record lists, nor on a site without one.
    pub transcript: Option<Sha256>,
    /// What is wrong with the file.
    pub said: Vec<Diagnostic>,
}

/// Reads the content file at `path` (below `content/`).
pub fn parse(path: &str, bytes: &[u8], site: &Site) -> Parsed {
    let file = format!("content/{path}");
    let nothing = |error: Diagnostic| Parsed { page: None, transcript: None, said: vec![error] };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return nothing(not_utf8(&file, bytes, error.valid_up_to())),
    };
    let division = match front_matter::divide(&file, text) {
        Ok(division) => division,
        Err(error) => return nothing(error),
    };
    let place = ContentPath::parse(path, site);
    let mut reader = Reader::new(&file, text, division.front_matter.start, "front-matter");
    let table = reader.parse(&text[division.front_matter.clone()]);
    reader.check(&table, keys::of_role(place.role));
    let mut form = Form { reader: &mut reader, view: View::of(table.get_ref()), zone: &site.timezone };
    let mut card = form.card(path, place);
    details::check(&mut form, (card.place.role, card.date));
    let mut transcript = site.outputs.record.then(|| transcript(&card, &form.view)).flatten();
    let body = &text[division.body.clone()];
    let (outline, first_paragraph) = outline(body, (site, &form.view), transcript.as_mut());
    let doubts = doubts(body, &card);
    card.minutes = outline.minutes;
    let citations = details::citations(&View::of(table.get_ref()), &outline.quotes);
    if !citations.is_empty() {
        card.rare.get_or_insert_default().citations = citations;
    }
    if card.summary.is_empty() {
        card.summary_from = SummaryFrom::FirstParagraph;
        card.summary = first_paragraph.into();
    }
    let broken = reader.is_broken();
    let mut said = reader.finish();
    said.extend(doubts.into_iter().map(|doubt| {
        let place = doubt.place.start + division.body.start..doubt.place.end + division.body.start;
        Diagnostic::warning("quotation", doubt.message).at(Place::of(&file, text, place)).label(doubt.label)
    }));
    if card.summary_from == SummaryFrom::FirstParagraph
        && card.place.role == Role::Entry
        // A draft is still being written: its summary is asked for when that ends.
        && card.standing != Standing::Draft
        && !broken
        && !said.iter().any(|d| d.message.contains("`summary`"))
    {
        said.push(no_summary(&file, text, &division.front_matter));
    }
    if card.title.is_empty()
        && !broken
        && title_required(card.place.role)
        && !said.iter().any(|d| d.message.contains("`title`"))
    {
        let label = "every page has one: title = \"Talks resume in Vienna\"";
        let at = division.front_matter.start;
        said.push(
            Diagnostic::error("front-matter", "`title` is missing")
                .at(Place::of(&file, text, at..at))
                .label(label),
        );
    }
    let front_matter = Digest::of(text[division.front_matter].as_bytes());
    let transcript = transcript.map(Transcript::digest);
    Parsed { page: Some(Page { card, outline, digest: Digest::of(bytes), front_matter }), transcript, said }
}

/// The Markdown of a content file.
pub fn body(text: &str) -> &str {
    front_matter::divide("", text).map_or("", |Division { body, .. }| &text[body])
}

/// Where in a content file the value of a key is written; with `value`, where that text stands in it.
pub fn locate(text: &str, key: &str, value: Option<&str>) -> Option<Range<usize>> {
    let division = front_matter::divide("", text).ok()?;
    let start = division.front_matter.start;
    let (table, _) = DeTable::parse_recoverable(&text[division.front_matter]);
    let view = View::of(table.get_ref());
    // Authors are people too, named in a list of their own.
    let keys: &[&str] = if key == "people" { &["people", "authors"] } else { &[key] };
    let inner = value.and_then(|wanted| {
        let mut items = keys.iter().flat_map(|key| view.items(key));
        let by_text = items.find(|item| item.get_ref().as_str() == Some(wanted)).map(Spanned::span);
        let mut by_id = view.tables(key).filter(|table| table.text("id") == Some(wanted));
        by_text.or_else(|| by_id.next().and_then(|table| table.span("id")))
    });
    let span = inner.or_else(|| keys.iter().find_map(|key| view.span(key)))?;
    Some(span.start + start..span.end + start)
}

/// Where in a content file the date of an entry under corrections is written, by the entry's number on the card.
pub fn locate_correction(text: &str, number: usize) -> Option<Range<usize>> {
    let division = front_matter::divide("", text).ok()?;
    let start = division.front_matter.start;
    let (table, _) = DeTable::parse_recoverable(&text[division.front_matter]);
    let span = correction::locate(&View::of(table.get_ref()), number)?;
    Some(span.start + start..span.end + start)
}

fn not_utf8(file: &str, bytes: &[u8], valid: usize) -> Diagnostic {
    let readable = String::from_utf8_lossy(bytes);
    // Before the first bad byte both texts are the same, so the place is right.
    let end = readable[valid..].chars().next().map_or(valid, |bad| valid + bad.len_utf8());
    Diagnostic::error("file", "the file is not UTF-8")
        .at(Place::of(file, &readable, valid..end))
        .label("this byte belongs to no character")
        .help("save the file as UTF-8")
}

/// The first paragraph stands in, but it was not written to stand alone in lists and feeds.
fn no_summary(file: &str, text: &str, front_matter: &Range<usize>) -> Diagnostic {
    let written = locate(text, "summary", None);
    let message = if written.is_some() { "`summary` is empty" } else { "`summary` is missing" };
    let place = Place::of(file, text, written.unwrap_or(front_matter.start..front_matter.start));
    Diagnostic::warning("front-matter", message)
        .at(place)
        .label("the first paragraph stands in until you write one: summary = \"…\"")
}

/// What is doubtful about the attributions of a body.
fn doubts(body: &str, card: &Card) -> Vec<markdown::Doubt> {
    // A standing text, and one that goes on, may speak of any day; so may one whose own day could not be read.
    let is_dated = card.place.role == Role::Entry && card.kind != Kind::Live;
    let as_of = card.rare.as_ref().and_then(|rare| rare.as_of);
    let days = card.changed().filter(|changed| is_dated && changed.day != UNREAD_DAY).map(|changed| {
        let last = as_of.map_or(changed.day, |as_of| as_of.day.max(changed.day));
        // Elsewhere it may be tomorrow already.
        last.tomorrow().unwrap_or(last)
    });
    markdown::doubts(body, days)
}

fn boxed(texts: Vec<&str>) -> Box<[Box<str>]> {
    texts.into_iter().map(Box::from).collect()
}

fn title_required(role: Role) -> bool {
    matches!(role, Role::Page | Role::Entry | Role::Term(_) | Role::Source)
}

/// The beginning of the canonical text; only briefings can be in a record.
fn transcript(card: &Card, view: &View<'_>) -> Option<Transcript> {
    (card.place.role == Role::Entry)
        .then(|| Transcript::new(&card.title, &card.summary, details::key_points(view)))
}

fn outline(
    body: &str,
    (site, view): (&Site, &View<'_>),
    transcript: Option<&mut Transcript>,
) -> (Outline, String) {
    let sources = details::source_ids(view);
    let settings = markdown::Settings {
        html: site.html,
        dialect: Dialect::Briefing,
        sources: &sources,
        ..markdown::Settings::default()
    };
    markdown::outline(body, &settings, transcript)
}

/// A checked table, and what is needed to understand its values.
pub(super) struct Form<'r, 'a, 't> {
    pub(super) reader: &'r mut Reader<'a>,
    pub(super) view: View<'t>,
    pub(super) zone: &'r TimeZone,
}

impl Form<'_, '_, '_> {
    fn card(&mut self, path: &str, place: ContentPath) -> Card {
        let own = |text: Option<&str>| text.unwrap_or_default().into();
        let (date, updated) = (self.date(path, place), self.moment("updated"));
        self.in_order(("date", date), ("updated", updated));
        let authors = boxed(self.view.texts("authors"));
        Card {
            path: path.into(),
            title: own(self.view.text("title")),
            summary: own(self.view.text("summary")),
            summary_from: SummaryFrom::Writer,
            kind: self.view.text("kind").and_then(Kind::of_word).unwrap_or(Kind::Brief),
            date,
            updated,
            embargo: self.moment("embargo"),
            standing: match (self.view.flag("draft"), self.view.flag("unlisted")) {
                (Some(true), _) => Standing::Draft,
                (_, Some(true)) => Standing::Unlisted,
                _ => Standing::Listed,
            },
            terms: self.terms(&authors),
            authors,
            basis: match place.role {
                Role::Source => Basis::of_file(&self.view),
                _ => Basis::of_tables(&self.view),
            },
            minutes: 0,
            detailed: if details::present(&self.view) { Detailed::Yes } else { Detailed::No },
            rare: self.rare(date, place.role).map(Box::new),
            place,
        }
    }

    fn date(&mut self, path: &str, place: ContentPath) -> Option<Moment> {
        let of_name = || path::day(path, place.suffix).and_then(|day| Moment::of_day(day, self.zone).ok());
        if self.view.value("date").is_none() {
            return of_name();
        }
        // What is no date was noted; the page must not be called undated on top of that.
        let unread = of_name().or_else(|| Moment::of_day(UNREAD_DAY, self.zone).ok());
        self.moment("date").or(unread)
    }

    /// The moment under `name`; what is no moment is noted.
    pub(super) fn moment(&mut self, name: &str) -> Option<Moment> {
        let (value, span) = self.view.moment(name)?;
        match Moment::read(value, self.zone) {
            Ok(moment) => Some(moment),
            Err((what, help)) => {
                self.reader.error(span, format!("`{name}`: {what}"), &help);
                None
            }
        }
    }

    fn in_order(&mut self, (first, early): (&str, Option<Moment>), (second, late): (&str, Option<Moment>)) {
        let (Some(early), Some(late), Some(span)) = (early, late, self.view.span(second)) else { return };
        // A day alone says nothing about the hour: on the same day neither is before the other.
        let exact = early.precision == Precision::Time && late.precision == Precision::Time;
        if if exact { late.instant < early.instant } else { late.day < early.day } {
            self.reader.error(span, format!("`{second}` is before `{first}`"), "one of the two is wrong");
        }
    }

    fn slug(&mut self) -> Option<Box<str>> {
        let slug = self.view.text("slug")?;
        let allowed = |c: char| c.is_alphanumeric() || "-_.~".contains(c);
        if slug.chars().all(allowed) && !slug.starts_with('.') {
            return Some(slug.into());
        }
        let span = self.view.span("slug").unwrap_or(0..0);
        let message = format!("`slug` cannot be \"{}\"", slug.escape_debug());
        self.reader.error(span, message, "letters, digits and - _ . ~, such as \"nato-call\"");
        None
    }

    fn terms(&self, authors: &[Box<str>]) -> Box<[(TermKind, Arc<str>)]> {
        let mut terms = Vec::new();
        for kind in [TermKind::Topic, TermKind::Person, TermKind::Organisation, TermKind::Place] {
            terms.extend(self.view.texts(kind.folder()).into_iter().map(|name| (kind, Arc::from(name))));
        }
        terms.extend(authors.iter().map(|name| (TermKind::Person, Arc::from(&**name))));
        terms.extend(self.view.text("series").map(|name| (TermKind::Series, Arc::from(name))));
        terms.into_boxed_slice()
    }

    fn rare(&mut self, date: Option<Moment>, role: Role) -> Option<Rare> {
        let view = self.view;
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_string).collect::<Vec<_>>();
        let expires = self.moment("expires");
        self.in_order(("date", date), ("expires", expires));
        let on_expiry = match view.text("on_expiry") {
            Some("gone") => OnExpiry::Gone,
            Some("unlist") => OnExpiry::Unlist,
            _ => OnExpiry::Notice,
        };
        let rare = Rare {
            id: view.text("id").map(str::to_string),
            slug: self.slug(),
            as_of: self.moment("as_of"),
            expiry: expires.map(|moment| (moment, on_expiry)),
            aliases: self.aliases(),
            template: view.text("template").map(str::to_string),
            number: view.number("number"),
            supersedes: owned(view.texts("supersedes")),
            related: owned(view.texts("related")),
            image: view
                .text("image")
                .map(|path| (path.to_string(), view.text("image_alt").unwrap_or_default().to_string())),
            corrections: correction::read(&view, self.zone),
            shared_sources: details::untitled_sources(&view),
            also_known_as: owned(view.texts("also_known_as")),
            avoid: owned(view.texts("avoid")),
            offices: office::offices(&view, self.zone),
            citations: details::shared_citation(&view, role),
            collection: CollectionSettings {
                dated: view.flag("dated"),
                permalink: if role == Role::Collection { self.permalink() } else { None },
                page_size: view.number("page_size").map(|size| size.max(1) as usize),
            },
        };
        (rare != Rare::default()).then_some(rare)
    }

    fn aliases(&mut self) -> Vec<String> {
        let mut aliases = Vec::new();
        for item in self.view.items("aliases") {
            let Some(alias) = item.get_ref().as_str() else { continue };
            let path = alias.trim_start_matches('/');
            let plain = |c: char| !c.is_control() && !"\\?#%<>\"|*:".contains(c);
            let inside = path.split('/').all(|part| part != "." && part != "..") && !path.contains("//");
            if !path.is_empty() && inside && path.chars().all(plain) {
                aliases.push(format!("/{path}"));
            } else {
                let label = "expected a path on this site, such as /2024/old-name/";
                self.reader.error(item.span(), "an alias is not a path".to_string(), label);
            }
        }
        aliases
    }

    fn permalink(&mut self) -> Option<String> {
        let pattern = self.view.text("permalink")?;
        let mut rest = pattern.to_string();
        for name in ["{year}", "{month}", "{day}", "{slug}"] {
            rest = rest.replace(name, "");
        }
        let plain =
            rest.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c)) && !rest.contains("..");
        if plain && pattern.contains("{slug}") && pattern.starts_with('/') && pattern.ends_with('/') {
            return Some(pattern.to_string());
        }
        let span = self.view.span("permalink").unwrap_or(0..0);
        let label = "from / to /, with {slug} and perhaps {year}, {month}, {day}: \"/news/{year}/{slug}/\"";
        self.reader.error(span, "`permalink` is not a pattern of addresses".to_string(), label);
        None
    }
}
