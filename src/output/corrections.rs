//! The page of all corrections in a language, newest first, and its feed: what was wrong on this site, in one place.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use serde::Serialize;
use tera::Value;

use super::context::{map, optional};
use super::feed::{self, Entry, Masthead};
use super::frame;
use super::given::Given;
use super::input::Input;
use super::structured::Subject;
use super::{Failure, World, notes};
use crate::catalog::PageId;
use crate::site::LanguageIndex;
use crate::source::correction::CorrectionKind;
use crate::source::moment::Moment;
use crate::theme::Name;

/// The template of the page of all corrections. A theme that has none makes no such page.
pub(super) const TEMPLATE: &str = "corrections.html";
/// The word for it in addresses and among the words of themes.
const WORD: &str = "corrections";

/// One entry, as the page and the feed show it.
#[derive(Debug, Serialize)]
pub(super) struct Admission<'w> {
    /// A permanent identity.
    id: String,
    /// How it is told depends on the zone too, which is in every key.
    #[serde(serialize_with = "super::shown::exact")]
    date: Moment,
    #[serde(serialize_with = "word")]
    kind: CorrectionKind,
    text: &'w str,
    was: Option<&'w str>,
    now: Option<&'w str>,
    /// The label, and the note as HTML.
    label: &'w str,
    colon: &'w str,
    html: String,
    /// Of the page that it stands on.
    title: Cow<'w, str>,
    path: String,
    url: String,
}

fn word<S: serde::Serializer>(kind: &CorrectionKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.word())
}

/// One page of them.
#[derive(Debug, Serialize)]
pub(super) struct Listing<'w> {
    title: &'w str,
    path: String,
    newer: Option<String>,
    older: Option<String>,
    entries: Vec<Admission<'w>>,
}

/// What page `number` of all corrections is made from.
pub(super) fn inputs(world: &World<'_>, language: LanguageIndex, number: usize) -> Vec<Input> {
    let Some(uses) = world.theme.uses(TEMPLATE) else { return Vec::new() };
    let mut inputs = frame::inputs(uses, TEMPLATE, language);
    if uses.has(Name::List) {
        inputs.push(Input::Corrections(language, number));
    }
    if uses.has(Name::Here) {
        inputs.push(Input::HereOfCorrections(language, number));
    }
    if uses.has(Name::Metadata) {
        inputs.push(Input::Metadata(Subject::Corrections(language, number)));
    }
    inputs
}

/// Makes page `number` of all corrections into `out`.
pub(super) fn make(
    given: &Given<'_>,
    (language, number): (LanguageIndex, usize),
    out: &mut Vec<u8>,
) -> Result<(), Failure> {
    let uses = given.uses();
    let mut context = frame::context(given, uses, language);
    if uses.has(Name::Here) {
        context.insert_value("here", given.here(&Input::HereOfCorrections(language, number)));
    }
    if uses.has(Name::List) {
        context.insert_value("list", value(&given.corrections(language, number), number, given.zone()));
    }
    if uses.has(Name::Metadata) {
        context.insert_value("metadata", given.metadata(Subject::Corrections(language, number), None));
    }
    // The other names of lists are there and empty, so that a template may extend that of lists.
    for name in Name::ALL.into_iter().filter(|&name| uses.has(name)) {
        if !context.contains_key(name.word()) {
            context.insert_value(name.word(), Value::none());
        }
    }
    given.render(&context, out)
}

/// The value `list`.
fn value(listing: &Listing<'_>, number: usize, zone: &TimeZone) -> Value {
    let entry = |entry: &Admission<'_>| {
        map([
            ("date", Value::from(entry.date.text(zone))),
            ("kind", Value::from(entry.kind.word())),
            ("text", Value::from(entry.text)),
            ("was", optional(entry.was)),
            ("now", optional(entry.now)),
            ("title", Value::from(&*entry.title)),
            ("path", Value::from(entry.path.as_str())),
            ("url", Value::from(entry.url.as_str())),
        ])
    };
    map([
        ("title", Value::from(listing.title)),
        ("description", Value::none()),
        ("kind", Value::from(WORD)),
        ("name", Value::from(WORD)),
        ("path", Value::from(listing.path.as_str())),
        ("items", Value::from(listing.entries.iter().map(entry).collect::<Vec<_>>())),
        ("newer", optional(listing.newer.as_deref())),
        ("older", optional(listing.older.as_deref())),
        ("number", if number == 0 { Value::none() } else { Value::from(number) }),
    ])
}

/// Makes the feed of all corrections.
pub(super) fn feed(given: &Given<'_>, language: LanguageIndex) -> Vec<u8> {
    let (masthead, admissions) = given.corrections_feed(language);
    let lang = given.lang(language);
    let entries = admissions.into_iter().map(|admission| admission.entry(lang)).collect();
    feed::atom_of(masthead, entries, given.zone())
}

impl<'w> Admission<'w> {
    /// The entry as one of a feed.
    fn entry(self, lang: &'w str) -> Entry<'w> {
        let identity = (self.id, self.url);
        let mut note = Entry::of_note(identity, (self.text, lang), self.date);
        note.title = match self.kind {
            // The title says it already.
            CorrectionKind::Retraction => self.title,
            _ => Cow::Owned(format!("{}{} {}", self.label, self.colon, self.title)),
        };
        note.content = self.html;
        note
    }
}

impl<'w> World<'w> {
    /// How many numbered pages all corrections of a language fill; none if it has no such page.
    pub(super) fn pages_of_corrections(&self, language: LanguageIndex) -> Option<usize> {
        let corrections = self.catalog.corrections();
        let wanted = self.site.outputs.corrections && self.theme.has_template(TEMPLATE);
        (wanted && !corrections.in_language(language).is_empty())
            .then(|| corrections.numbered_pages(language, self.site.page_size))
    }

    /// The address of one page of all corrections in a language; 0 is the first.
    pub(super) fn corrections_path(&self, language: LanguageIndex, number: usize) -> String {
        let own = format!("{}{WORD}/", self.site.home(language));
        if number == 0 { own } else { format!("{own}page/{number}/") }
    }

    /// What a page of all corrections is called.
    pub(super) fn corrections_title(&self, language: LanguageIndex) -> &str {
        self.theme.words(language).get(WORD).map_or("Corrections", String::as_str)
    }

    /// The feed of all corrections as a link: title, address, media type; none in a preview.
    pub(super) fn corrections_link(&self, language: LanguageIndex) -> Option<(String, String, &'static str)> {
        self.pages_of_corrections(language).filter(|_| !self.catalog.is_preview())?;
        let (title, site) = (self.corrections_title(language), self.site_title(language));
        let url = self.url(&format!("{}feed.xml", self.corrections_path(language, 0)));
        Some((format!("{title} · {site}"), url, "application/atom+xml"))
    }

    /// One page of all corrections.
    pub(super) fn corrections(&self, language: LanguageIndex, number: usize) -> Listing<'_> {
        let all = self.catalog.corrections();
        let last = self.pages_of_corrections(language).unwrap_or_default();
        let path = |number| self.path(&self.corrections_path(language, number));
        let newer = (number > 0).then(|| path(if number == last { 0 } else { number + 1 }));
        let older = match number {
            0 => (last > 0).then(|| path(last)),
            1 => None,
            _ => Some(path(number - 1)),
        };
        let shown = all.on_page(language, number, self.site.page_size);
        Listing {
            title: self.corrections_title(language),
            path: path(0),
            newer,
            older,
            entries: shown.iter().filter_map(|&entry| self.admission(language, entry)).collect(),
        }
    }

    /// What the feed of all corrections says of itself, and its entries.
    pub(super) fn corrections_feed(&self, language: LanguageIndex) -> (Masthead, Vec<Admission<'_>>) {
        let newest = self.catalog.corrections().in_language(language).iter().take(self.site.feed_limit);
        let entries = newest.filter_map(|&entry| self.admission(language, entry)).collect();
        let title = format!("{} · {}", self.corrections_title(language), self.site_title(language));
        (feed::masthead_of(self, language, (title, self.corrections_path(language, 0))), entries)
    }

    fn admission(&self, language: LanguageIndex, (page, number): (PageId, u32)) -> Option<Admission<'_>> {
        let entry = self.catalog.correction((page, number))?;
        let permalink = self.catalog.permalink(page);
        Some(Admission {
            id: self.admission_id(page, number as usize),
            date: entry.date,
            kind: entry.kind,
            text: &entry.text,
            was: entry.was.as_deref(),
            now: entry.now.as_deref(),
            label: notes::word(self, language, entry.kind.word()),
            colon: notes::word(self, language, "colon"),
            html: notes::html(self, language, entry),
            title: self.shown_title(page),
            path: self.path(permalink),
            url: self.url(permalink),
        })
    }

    /// The identity of an entry: that of its page, its date and kind, and which of several like it it is. So its wording
    /// can be changed, and others can be added before and after it.
    fn admission_id(&self, page: PageId, number: usize) -> String {
        let card = self.catalog.card(page);
        let entry = &card.corrections()[number];
        let before = card.corrections()[..number].iter();
        let like = before.filter(|other| (other.date, other.kind) == (entry.date, entry.kind)).count();
        let language = &self.site.language(card.place.language).code;
        let (id, when, kind) = (card.id(), entry.date.instant, entry.kind.word());
        feed::urn(self.site, &format!("correction:{id}:{language}:{when}:{kind}:{like}"))
    }
}
