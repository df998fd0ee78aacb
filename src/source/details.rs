//! What only a page's own output shows: key points, sources, corrections, roles, free values.
//!
//! It is checked when the file is parsed, and read again when the page is made, so that it need not stay in memory.

use serde::Serialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::basis::RETRACTED;
use super::card::Citation;
use super::correction;
use super::front_matter;
use super::ids;
use super::markdown;
use super::moment::Moment;
use super::office::{Office, offices};
use super::page::Form;
use super::path::Role;
use crate::diagnostic::suggestion;
use crate::site::Site;
use crate::table::View;

/// The rest of the front matter, in the form in which templates see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Details {
    /// The bottom line up front.
    pub key_points: Vec<String>,
    /// What the page rests on.
    pub sources: Vec<CitedSource>,
    /// What was put right, newest first.
    pub corrections: Vec<Correction>,
    /// Offices held, for people.
    pub roles: Vec<HeldRole>,
    /// Official addresses, and those that ids in other catalogues lead to.
    pub links: Vec<Link>,
    /// Other names of a person, organisation or place.
    pub also_known_as: Vec<String>,
    /// When issues of a series appear.
    pub cadence: Option<String>,
    /// Values for the theme's own use.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl Details {
    /// Which version of the page this is: one more than what was put right.
    pub fn version(&self) -> usize {
        self.corrections.len() + 1
    }

    /// Whether it was taken back.
    pub fn is_retracted(&self) -> bool {
        self.corrections.iter().any(|correction| correction.kind == "retraction")
    }
}

/// One entry of `[[sources]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CitedSource {
    /// What `[^id]` refers to.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// When it was published: a day, or RFC 3339.
    pub published: Option<String>,
    /// When it was read.
    pub accessed: Option<String>,
    /// Where a copy is kept.
    pub archived_url: Option<String>,
    /// What sort of source it is.
    pub kind: Option<String>,
    /// A to F.
    pub reliability: Option<String>,
    /// 1 to 6.
    pub credibility: Option<u32>,
    /// A remark for the reader.
    pub note: Option<String>,
    /// `retracted`, if it was withdrawn.
    pub status: Option<String>,
    /// Whether the body refers to it, so that it stands among the notes; known when the page is made.
    pub cited: bool,
}

/// One entry of `[[corrections]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// When it was put right: a day, or RFC 3339.
    pub date: String,
    /// Which of the five kinds it is.
    pub kind: String,
    /// What was wrong and what is right.
    pub text: String,
    /// The wording before.
    pub was: Option<String>,
    /// The wording now.
    pub now: Option<String>,
}

/// One entry of `[[roles]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldRole {
    /// The office.
    pub title: String,
    /// Its first day.
    pub from: Option<String>,
    /// Its last day.
    pub to: Option<String>,
}

/// One entry of `[[links]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What it is.
    pub title: String,
    /// Where it is.
    pub url: String,
}

/// Keys that only [`Details`] shows.
const KEYS: [&str; 9] =
    ["key_points", "sources", "corrections", "roles", "links", "ids", "also_known_as", "cadence", "extra"];

/// Whether the table holds any of them.
pub(super) fn present(view: &View<'_>) -> bool {
    KEYS.iter().any(|key| view.value(key).is_some())
}

/// The rest of the front matter of a content file. What is wrong in it reads as absent: it was reported.
pub fn read(text: &str, site: &Site) -> Details {
    let Ok(division) = front_matter::divide("", text) else { return Details::default() };
    let (table, _) = DeTable::parse_recoverable(&text[division.front_matter]);
    let view = View::of(table.get_ref());
    let moment = |of: &View<'_>, name: &str| moment_text(of, name, site);
    let own = |of: &View<'_>, name: &str| of.text(name).map(str::to_string);
    let text = |moment: Moment| moment.text(&site.timezone);
    let role = |office: Office| HeldRole {
        title: office.title,
        from: office.from.map(text),
        to: office.to.map(text),
    };
    Details {
        key_points: key_points(&view).map(str::to_string).collect(),
        sources: view.tables("sources").map(|of| source(&of, &moment)).collect(),
        corrections: corrections(&view, site),
        roles: offices(&view, &site.timezone).into_iter().map(role).collect(),
        links: view
            .tables("links")
            .filter_map(|of| Some(Link { title: own(&of, "title")?, url: own(&of, "url")? }))
            .chain(ids::links(&view))
            .collect(),
        also_known_as: view.texts("also_known_as").into_iter().map(str::to_string).collect(),
        cadence: own(&view, "cadence"),
        extra: view.table("extra").map(|inner| inner.free()).unwrap_or_default(),
    }
}

fn corrections(view: &View<'_>, site: &Site) -> Vec<Correction> {
    let entries = correction::read(view, &site.timezone);
    let shown = |entry: &correction::Correction| Correction {
        date: entry.date.text(&site.timezone),
        kind: entry.kind.word().to_string(),
        text: entry.text.to_string(),
        was: entry.was.as_deref().map(str::to_string),
        now: entry.now.as_deref().map(str::to_string),
    };
    correction::newest_first(&entries).into_iter().map(shown).collect()
}

/// A moment in the form of the context; none where there is none, or no right one.
fn moment_text(of: &View<'_>, name: &str, site: &Site) -> Option<String> {
    let (value, _) = of.moment(name)?;
    Moment::read(value, &site.timezone).ok().map(|moment| moment.text(&site.timezone))
}

/// A key point with what tells it from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The same in the next issue, if it is the same point.
    pub id: Option<String>,
    /// What it says.
    pub text: String,
}

/// The key points of a content file.
pub fn points(text: &str) -> Vec<Point> {
    let Ok(division) = front_matter::divide("", text) else { return Vec::new() };
    let (table, _) = DeTable::parse_recoverable(&text[division.front_matter]);
    let point = |item: &Spanned<DeValue<'_>>| {
        let id = item.get_ref().as_table().and_then(|table| View::of(table).text("id").map(str::to_string));
        Some(Point { id, text: key_point(item.get_ref())?.to_string() })
    };
    View::of(table.get_ref()).items("key_points").filter_map(point).collect()
}

/// What the key points say.
pub(super) fn key_points<'v>(view: &View<'v>) -> impl Iterator<Item = &'v str> {
    view.items("key_points").filter_map(|item| key_point(item.get_ref()))
}

fn key_point<'v>(value: &'v DeValue<'_>) -> Option<&'v str> {
    match value {
        DeValue::Table(table) => View::of(table).text("text"),
        _ => value.as_str(),
    }
}

fn source(of: &View<'_>, moment: &dyn Fn(&View<'_>, &str) -> Option<String>) -> CitedSource {
    let own = |name: &str| of.text(name).map(str::to_string);
    CitedSource {
        id: own("id").unwrap_or_default(),
        title: own("title").unwrap_or_default(),
        publisher: own("publisher"),
        url: own("url"),
        published: moment(of, "published"),
        accessed: moment(of, "accessed"),
        archived_url: own("archived_url"),
        kind: own("kind"),
        reliability: own("reliability"),
        credibility: of.number("credibility"),
        note: own("note"),
        status: own("status"),
        cited: false,
    }
}

/// A shared source: the front matter of a file below `sources/`, as an entry of `[[sources]]` with this `id`.
pub fn shared_source(text: &str, id: &str, site: &Site) -> Option<CitedSource> {
    let division = front_matter::divide("", text).ok()?;
    let (table, _) = DeTable::parse_recoverable(&text[division.front_matter]);
    let moment = |of: &View<'_>, name: &str| moment_text(of, name, site);
    Some(CitedSource { id: id.to_string(), ..source(&View::of(table.get_ref()), &moment) })
}

/// What others may show of the sources that these quotations cite, as far as this file says it.
pub(super) fn citations(view: &View<'_>, quotes: &[markdown::Quote]) -> Vec<Citation> {
    let cited = |id: &str| {
        quotes.iter().any(|quote| quote.sources.iter().any(|own| own.to_lowercase() == id.to_lowercase()))
    };
    let own = view.tables("sources").filter(|of| of.text("title").is_some()).filter(|_| !quotes.is_empty());
    own.map(|of| citation(&of)).filter(|citation| cited(&citation.id)).collect()
}

/// What others may show of the shared source that this front matter is of.
pub(super) fn shared_citation(view: &View<'_>, role: Role) -> Vec<Citation> {
    if role == Role::Source { vec![citation(view)] } else { Vec::new() }
}

fn citation(of: &View<'_>) -> Citation {
    let own = |name: &str| of.text(name).map(str::to_string);
    Citation {
        id: own("id").unwrap_or_default(),
        title: own("title").unwrap_or_default(),
        publisher: own("publisher"),
        url: own("url"),
    }
}

/// The ids under `[[sources]]` that say nothing more.
pub(super) fn untitled_sources(view: &View<'_>) -> Vec<String> {
    let untitled = view.tables("sources").filter(|table| table.text("title").is_none());
    untitled.filter_map(|table| table.text("id")).map(str::to_string).collect()
}

/// The ids under `[[sources]]`, for telling references to them from plain text.
pub(super) fn source_ids(view: &View<'_>) -> Vec<markdown::Source> {
    let ids = view.tables("sources").filter_map(|table| table.text("id"));
    ids.map(|id| markdown::Source { id: id.to_string(), html: String::new() }).collect()
}

/// Notes what the description of keys cannot say: which values the tables must hold.
pub(super) fn check(form: &mut Form<'_, '_, '_>, (role, date): (Role, Option<Moment>)) {
    let view = form.view;
    tables(form, "sources", &["id"]);
    tables(form, "corrections", &["date", "kind", "text"]);
    tables(form, "roles", &["title"]);
    tables(form, "links", &["title", "url"]);
    for (list, names) in
        [("sources", &["published", "accessed"][..]), ("corrections", &["date"]), ("roles", &["from", "to"])]
    {
        for table in view.tables(list) {
            names.iter().for_each(|name| moment(form, &table, name));
        }
    }
    addresses(form);
    correction::check(form, date);
    repeated_ids(form, &view);
    misspelt_status(form, role);
    office_order(form, &view);
    ids::check(form);
    if view.text("image").is_some() && view.text("image_alt").is_none() {
        let span = view.span("image").unwrap_or(0..0);
        form.reader.error(
            span,
            "`image` has no `image_alt`".to_string(),
            "say what it shows: image_alt = \"…\"",
        );
    }
}

/// No theme need look at addresses that it prints: those that would run as a script are mistakes.
fn addresses(form: &mut Form<'_, '_, '_>) {
    let view = form.view;
    let tables = ["sources", "links"].into_iter().flat_map(|list| view.tables(list)).chain([view]);
    let found = tables.flat_map(|table| {
        let dangerous = |name| table.text(name).is_some_and(markdown::is_dangerous);
        let span = |name| table.span(name).filter(|_| dangerous(name));
        ["url", "archived_url"].map(span)
    });
    let found: Vec<_> = found.flatten().collect();
    for span in found {
        form.reader.error(
            span,
            "this address leads nowhere, but runs".to_string(),
            "write an address such as https://…",
        );
    }
}

fn tables(form: &mut Form<'_, '_, '_>, list: &str, required: &[&str]) {
    let view = form.view;
    for item in view.items(list) {
        let Some(table) = item.get_ref().as_table().map(View::of) else { continue };
        for name in required.iter().filter(|name| table.value(name).is_none()) {
            let label = format!("every [[{list}]] has {}", and(required));
            form.reader.error(Spanned::span(item), format!("`{name}` is missing"), &label);
        }
    }
}

/// `a`, `b` and `c`
fn and(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

fn moment(form: &mut Form<'_, '_, '_>, table: &View<'_>, name: &str) {
    if let Some((value, span)) = table.moment(name)
        && let Err((what, help)) = Moment::read(value, form.zone)
    {
        form.reader.error(span, format!("`{name}`: {what}"), &help);
    }
}

/// Notes offices that end before they begin.
fn office_order(form: &mut Form<'_, '_, '_>, view: &View<'_>) {
    for table in view.tables("roles") {
        let day = |name: &str| table.moment(name).and_then(|(value, _)| Moment::read(value, form.zone).ok());
        if let (Some(from), Some(to), Some(span)) = (day("from"), day("to"), table.span("to"))
            && to.day < from.day
        {
            form.reader.error(span, "`to` is before `from`".to_string(), "one of the two is wrong");
        }
    }
}

/// Other words for [`RETRACTED`], too far from it to be taken for slips.
const MEANT: [&str; 2] = ["retraction", "retract"];

/// A status that means to mark what rests on a source, and would mark nothing.
fn misspelt_status(form: &mut Form<'_, '_, '_>, role: Role) {
    let own = (role == Role::Source).then_some(form.view);
    let tables = form.view.tables("sources").chain(own);
    let misspelt = |table: &View<'_>| {
        let word = table.text("status").filter(|word| *word != RETRACTED);
        let word = word.map(|word| word.trim().to_lowercase());
        word.is_some_and(|word| {
            let is_slip = suggestion(&word, [RETRACTED].into_iter()).is_some();
            is_slip || word.starts_with(RETRACTED) || MEANT.contains(&word.as_str())
        })
    };
    let spans: Vec<_> = tables.filter(misspelt).filter_map(|table| table.span("status")).collect();
    for span in spans {
        let label = "write \"retracted\" and no more: it marks all that rests on the source";
        form.reader.error(span, "this `status` marks nothing".to_string(), label);
    }
}

fn repeated_ids(form: &mut Form<'_, '_, '_>, view: &View<'_>) {
    let mut known: Vec<&str> = Vec::new();
    for table in view.tables("sources") {
        let Some(id) = table.text("id") else { continue };
        if known.contains(&id) {
            let span = table.span("id").unwrap_or(0..0);
            form.reader.error(span, format!("two sources are called `{id}`"), "an id names one source");
        }
        known.push(id);
    }
}
