//! What a page says to programs: a graph of schema.org, and tags for link previews. The same in all themes.
//!
//! Pure functions from what was declared to text. A preview says nothing to programs.

mod article;
mod entity;
mod list;
mod node;
mod organisation;
mod quotation;
mod social;

use serde::Serialize;
use serde_json::Value;

use super::input::Input;
use super::{World, list as lists};
use crate::catalog::PageId;
use crate::catalog::lists::{ListId, ListKind};
use crate::site::LanguageIndex;
use crate::source::card::Standing;
use crate::source::details::Details;
use crate::source::path::TermKind;
use jiff::tz::TimeZone;

use super::story::Story;
use node::Node;

pub(super) use organisation::{Common, common};

/// Whose metadata it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A page's.
    Page(PageId),
    /// That of one page of a list.
    List(ListId, usize),
    /// That of an index of terms.
    Terms(TermKind, LanguageIndex),
    /// That of the index of sources.
    Sources(LanguageIndex),
    /// That of the index of quotations.
    Quotes(LanguageIndex),
    /// That of one page of all corrections.
    Corrections(LanguageIndex, usize),
}

/// What stands around a page or list: all that its metadata say beside its card and its details.
#[derive(Debug, Serialize)]
pub(super) struct Whereabouts {
    /// The full address.
    pub(super) url: String,
    title: String,
    description: String,
    lang: String,
    language: LanguageIndex,
    sort: Sort,
    /// Whether it is a briefing, whatever template shows it.
    is_briefing: bool,
    /// The way from the home page, itself excluded: names and full addresses.
    crumbs: Vec<(String, String)>,
    /// The same in other languages.
    pub(super) translations: Vec<Translation>,
    /// Whether the site's own language has it, so that this is a translation.
    is_translated: bool,
    /// What is quoted.
    quotes: Vec<quotation::Said>,
}

/// The same page in another language.
#[derive(Debug, Serialize)]
pub(super) struct Translation {
    /// The code of the language.
    pub(super) lang: String,
    /// The full address.
    pub(super) url: String,
    /// The permanent identity.
    pub(super) id: String,
}

impl Whereabouts {
    /// The title, as readers see it.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    /// The language of the page.
    pub(super) fn language(&self) -> LanguageIndex {
        self.language
    }
}

/// What sort of address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
enum Sort {
    /// A page.
    Page,
    /// The home page.
    Home,
    /// A list without an item of its own.
    List,
    /// The address of a person, a body, a place, a topic or a series.
    Term(&'static str),
}

/// What stands around a page or list.
pub(super) fn whereabouts(world: &World<'_>, subject: Subject) -> Whereabouts {
    match subject {
        Subject::Page(id) => of_page(world, id),
        Subject::List(id, number) => of_list(world, id, number),
        Subject::Terms(kind, language) => of_index(world, &Input::HereOfTerms(kind, language)),
        Subject::Corrections(language, number) => {
            of_index(world, &Input::HereOfCorrections(language, number))
        }
        Subject::Sources(language) => of_index(world, &Input::HereOfSources(language)),
        Subject::Quotes(language) => of_index(world, &Input::HereOfQuotes(language)),
    }
}

/// An index of the whole site, which has its title and description where its address is described.
fn of_index(world: &World<'_>, here: &Input) -> Whereabouts {
    let (path, title, description, language) = world.headed(here);
    let url = world.url(&path);
    let crumbs = vec![(title.clone(), url.clone())];
    Whereabouts { title, description, sort: Sort::List, crumbs, ..plain(world, language, url) }
}

fn plain(world: &World<'_>, language: LanguageIndex, url: String) -> Whereabouts {
    Whereabouts {
        url,
        title: String::new(),
        description: String::new(),
        lang: world.site.language(language).code.clone(),
        language,
        sort: Sort::Page,
        is_briefing: false,
        crumbs: Vec::new(),
        translations: Vec::new(),
        is_translated: false,
        quotes: Vec::new(),
    }
}

fn of_page(world: &World<'_>, id: PageId) -> Whereabouts {
    let (catalog, card) = (world.catalog, world.catalog.card(id));
    let language = card.place.language;
    let translation = |page| {
        let other = catalog.card(page);
        Translation {
            lang: world.site.language(other.place.language).code.clone(),
            url: world.url(catalog.permalink(page)),
            id: super::feed::permanent(world, other.id()),
        }
    };
    let url = world.url(catalog.permalink(id));
    let list = world.collection_list(id).map(|list| catalog.lists().get(list));
    let mut crumbs: Vec<_> =
        list.iter().map(|list| (world.list_title(list), world.url(&list.path))).collect();
    crumbs.push((world.shown_title(id).into_owned(), url.clone()));
    Whereabouts {
        title: world.shown_title(id).into_owned(),
        description: card.summary.to_string(),
        crumbs,
        is_briefing: world.is_briefing(card),
        translations: catalog.translations(id).map(translation).collect(),
        quotes: quotation::said(world, id),
        is_translated: catalog.translations(id).any(|page| catalog.card(page).place.language == 0),
        ..plain(world, language, url)
    }
}

fn of_list(world: &World<'_>, id: ListId, number: usize) -> Whereabouts {
    let all = world.catalog.lists();
    let list = all.get(id);
    let own = |list: &crate::catalog::lists::List| (world.list_title(list), world.url(&list.path));
    let found = |kind: ListKind| all.find(&kind, list.language).map(|id| own(all.get(id)));
    let mut crumbs = Vec::new();
    let sort = match &list.kind {
        ListKind::Home => Sort::Home,
        ListKind::Collection(_) => Sort::List,
        ListKind::Term(term) => {
            let folder = world.catalog.terms().get(*term).kind.folder();
            let path = format!("{}{folder}/", world.site.home(list.language));
            crumbs.push((world.theme.word(list.language, folder).to_string(), world.url(&path)));
            if number == 0 { Sort::Term(folder) } else { Sort::List }
        }
        ListKind::Period { collection, year, month } => {
            crumbs.extend(found(ListKind::Collection(collection.clone())));
            let year = ListKind::Period { collection: collection.clone(), year: *year, month: None };
            crumbs.extend(month.and_then(|_| found(year)));
            Sort::List
        }
    };
    if sort != Sort::Home {
        crumbs.push(own(list));
    }
    Whereabouts {
        title: world.list_title(list),
        description: lists::description(world, list).to_string(),
        sort,
        crumbs,
        ..plain(world, list.language, world.url(&list.path_of(number)))
    }
}

/// What a page is told by, beside its whereabouts.
pub(super) struct Told<'t> {
    /// Its card, if it has one.
    pub(super) story: Option<&'t Story<'t>>,
    /// What only the page itself shows.
    pub(super) details: &'t Details,
}

/// All that a page says to programs, as HTML for its head.
pub(super) fn metadata(world: &World<'_>, subject: Subject, told: &Told<'_>) -> String {
    let mut html = String::new();
    if let Some(twin) = twin(world, subject) {
        let twin = super::body::escaped(&twin);
        html.push_str(&format!("<link rel=\"alternate\" type=\"application/json\" href=\"{twin}\">\n"));
    }
    if world.speaks_to_programs() {
        let around = whereabouts(world, subject);
        let common = &world.shared.common[usize::from(around.language)];
        html.push_str(&written(&around, common, told, &world.site.timezone));
    }
    html
}

fn written(around: &Whereabouts, common: &Common, told: &Told<'_>, zone: &TimeZone) -> String {
    let mut nodes = vec![main(around, common, told, zone)];
    if !around.crumbs.is_empty() {
        nodes.push(list::breadcrumbs(around, common));
    }
    let mut html = social::tags(around, common, told, zone);
    html.push_str("<script type=\"application/ld+json\">");
    html.push_str(&graph(&nodes, &common.nodes));
    html.push_str("</script>");
    html
}

/// The graph as JSON in which no tag can begin, so that it can stand in HTML.
fn graph(nodes: &[Value], common: &str) -> String {
    let mut json = b"{\"@context\":\"https://schema.org\",\"@graph\":[".to_vec();
    for node in nodes {
        serde_json::to_writer(&mut json, node).expect("a value can be written as JSON");
        json.push(b',');
    }
    json.extend_from_slice(common.as_bytes());
    json.extend_from_slice(b"]}");
    let json = String::from_utf8(json).expect("JSON is text");
    // Only in texts can it occur, where JSON has another way to write it.
    if json.contains('<') { json.replace('<', "\\u003c") } else { json }
}

fn main(around: &Whereabouts, common: &Common, told: &Told<'_>, zone: &TimeZone) -> Value {
    match (around.sort, told.story) {
        (Sort::Page, Some(story)) if around.is_briefing => {
            article::node(around, common, (story, told.details), zone)
        }
        (Sort::Page, Some(story)) => article::page(around, common, story, zone),
        (Sort::Term(folder), _) => entity::page(around, common, folder, told.details),
        _ => list::page(around, common),
    }
}

/// The node of a page as such, which all others grow from.
fn webpage(kind: &str, around: &Whereabouts, common: &Common) -> Node {
    Node::of(kind)
        .with("@id", around.url.as_str())
        .with("url", around.url.as_str())
        .with("name", around.title.as_str())
        .text("description", &around.description)
        .with("inLanguage", around.lang.as_str())
        .with("isPartOf", Node::reference(&format!("{}#website", common.home)))
        .with("publisher", common.stub.clone())
}

/// The full address of the twin of a page that has one.
pub(super) fn twin(world: &World<'_>, subject: Subject) -> Option<String> {
    match subject {
        Subject::Page(id) if world.has_twin(id) => Some(world.url(&twin_path(world.catalog.permalink(id)))),
        _ => None,
    }
}

/// Where the twin of the page at an address is: beside it.
pub(super) fn twin_path(permalink: &str) -> String {
    match permalink.strip_suffix(".html") {
        Some(stem) => format!("{stem}.ninjs.json"),
        None => format!("{}/ninjs.json", permalink.trim_end_matches('/')),
    }
}

impl World<'_> {
    /// Whether pages say anything to programs: in a preview nobody is to pass anything on.
    pub(super) fn speaks_to_programs(&self) -> bool {
        self.site.outputs.structured_data && !self.catalog.is_preview()
    }

    /// Whether the index of twins lists a page.
    pub(super) fn lists_twin(&self, id: PageId) -> bool {
        self.has_twin(id) && self.catalog.card(id).standing != Standing::Unlisted
    }

    /// Whether a page has a twin in JSON; in a preview none has.
    pub(super) fn has_twin(&self, id: PageId) -> bool {
        !self.catalog.is_preview() && self.is_twinned(id)
    }

    /// Whether a page has a twin on the public site.
    pub(super) fn is_twinned(&self, id: PageId) -> bool {
        self.site.outputs.ninjs
            && self.catalog.visibility(id).has_page()
            && self.is_briefing(self.catalog.card(id))
    }
}
