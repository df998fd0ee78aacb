//! The values that templates see: sites, pages, items, terms. The one place that fixes their names.

use std::sync::OnceLock;

use tera::value::Key;
use tera::{Map, Value};

use super::World;
use super::menu::menu;
use crate::catalog::lists::{List, ListKind};
use crate::catalog::visibility::Visibility;
use crate::catalog::{Catalog, PageId};
use crate::site::{LanguageIndex, Site, encode};
use crate::source::card::Card;
use crate::source::moment::Moment;
use crate::source::path::{Role, TermKind};
use crate::source::slug::title_of;
use crate::theme::{Fact, Mentioned, Theme, language};

/// Values that many outputs share, built once per run.
#[derive(Debug)]
pub struct Shared {
    pub(super) site: Value,
    pub(super) menus: Vec<Value>,
    pub(super) words: Vec<Value>,
    pub(super) assets: Value,
    pub(super) theme: Value,
    /// What other outputs show of each page: it stands on half a dozen of them, and a map costs more time than memory.
    items: Vec<OnceLock<Value>>,
    /// The facts that any template mentions which shows items.
    item_facts: Mentioned,
    /// Name and address of each term, by language and term.
    references: Vec<Vec<Value>>,
}

impl Shared {
    /// Builds the shared values.
    pub fn build(site: &Site, catalog: &Catalog, theme: &Theme) -> Self {
        let languages = 0..u8::try_from(site.languages.len()).expect("a site has at most 255 languages");
        let rooted =
            |(name, path, _): (&str, &str, &[u8])| (name.to_string(), site.base_url.rooted(&encode(path)));
        Self {
            site: site_value(site),
            menus: languages.clone().map(|language| menu(site, catalog, theme, language)).collect(),
            words: languages
                .clone()
                .map(|language| Value::from_serializable(theme.words(language)))
                .collect(),
            assets: Value::from_serializable(
                &theme.assets().iter().map(rooted).collect::<std::collections::BTreeMap<_, _>>(),
            ),
            theme: Value::from_serializable(theme.settings()),
            items: catalog.pages().iter().map(|_| OnceLock::new()).collect(),
            item_facts: theme.facts_of_items(),
            references: languages.map(|language| references(site, catalog, language)).collect(),
        }
    }
}

/// The facts of one page, as far as a template mentions them.
pub(super) struct Facts {
    map: Map,
    wanted: Mentioned,
}

impl Facts {
    /// No facts yet.
    pub(super) fn new(wanted: Mentioned) -> Self {
        Self { map: Map::new(), wanted }
    }

    /// Adds a fact, or replaces it, if it is wanted.
    pub(super) fn put(&mut self, fact: Fact, value: impl FnOnce() -> Value) {
        if self.wanted.has(fact) {
            self.map.insert(Key::Str(fact.word()), value());
        }
    }

    /// The facts as templates see them.
    pub(super) fn finish(self) -> Value {
        Value::from(self.map)
    }
}

/// A map with fixed names, in the order given.
pub(super) fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    let mut map = Map::with_capacity(N);
    for (key, value) in entries {
        map.insert(Key::Str(key), value);
    }
    Value::from(map)
}

pub(super) fn text_or_none(text: &str) -> Value {
    if text.is_empty() { Value::none() } else { Value::from(text) }
}

pub(super) fn optional(text: Option<&str>) -> Value {
    text.map_or_else(Value::none, Value::from)
}

fn site_value(site: &Site) -> Value {
    let languages: Vec<Value> = site
        .languages
        .iter()
        .zip(0u8..)
        .map(|(entry, index)| {
            map([
                ("code", Value::from(entry.code.as_str())),
                ("name", Value::from(language_name(site, index).as_str())),
                ("url", Value::from(site.base_url.absolute(&site.home(index)))),
            ])
        })
        .collect();
    map([
        ("title", Value::from(site.title.as_str())),
        ("description", text_or_none(&site.description)),
        ("language", Value::from(site.languages[0].code.as_str())),
        ("languages", Value::from(languages)),
        ("url", Value::from(site.base_url.root())),
        ("path", Value::from(site.base_url.path())),
        ("timezone", Value::from(site.timezone_name.as_str())),
        ("publisher", Value::from(site.publisher.name.as_str())),
        ("publisher_url", optional(site.publisher.url.as_deref())),
        ("contact", optional(site.publisher.email.as_deref())),
        ("copyright", optional(site.copyright.as_deref())),
        ("extra", Value::from_serializable(&site.extra)),
    ])
}

/// Name and address of every term, for readers of a language.
fn references(site: &Site, catalog: &Catalog, language: LanguageIndex) -> Vec<Value> {
    let path = |term| catalog.term_path(term, language).map(|path| site.base_url.rooted(&encode(path)));
    catalog.terms().iter().map(|(id, _)| reference(catalog.term_title(id, language), path(id))).collect()
}

/// The name of a language in itself.
pub(super) fn language_name(site: &Site, index: LanguageIndex) -> String {
    let entry = site.language(index);
    entry.name.clone().unwrap_or_else(|| language::own_name(&entry.code))
}

impl World<'_> {
    /// A site path as templates print it: with the base path, percent-encoded.
    pub(super) fn path(&self, path: &str) -> String {
        self.site.base_url.rooted(&encode(path))
    }

    /// A site path as a full address.
    pub(super) fn url(&self, path: &str) -> String {
        self.site.base_url.absolute(&encode(path))
    }

    /// A moment in the form of the context.
    pub(super) fn moment(&self, moment: Option<Moment>) -> Value {
        moment.map_or_else(Value::none, |moment| Value::from(moment.text(&self.site.timezone)))
    }

    /// What lists and other pages show of a page; built once, and shared.
    pub(super) fn item(&self, id: PageId) -> Value {
        let build = || {
            let mut facts = Facts::new(self.shared.item_facts);
            self.item_facts(id, &mut facts);
            facts.finish()
        };
        self.shared.items[id.index()].get_or_init(build).clone()
    }

    /// Adds what lists show of a page.
    pub(super) fn item_facts(&self, id: PageId, facts: &mut Facts) {
        let card = self.catalog.card(id);
        let rare = card.rare.as_deref();
        let lang = self.site.language(card.place.language).code.as_str();
        let permalink = self.catalog.permalink(id);
        facts.put(Fact::Title, || Value::from(card.title.as_str()));
        facts.put(Fact::Summary, || text_or_none(&card.summary));
        facts.put(Fact::Url, || Value::from(self.url(permalink)));
        facts.put(Fact::Path, || Value::from(self.path(permalink)));
        facts.put(Fact::Kind, || Value::from(card.kind.word()));
        facts.put(Fact::Lang, || Value::from(lang));
        facts.put(Fact::Dir, || Value::from(language::direction(lang)));
        facts.put(Fact::Date, || self.moment(card.date));
        facts.put(Fact::Updated, || self.moment(card.updated));
        facts.put(Fact::Published, || self.moment(card.published()));
        facts.put(Fact::Minutes, || Value::from(u32::from(card.minutes)));
        facts.put(Fact::Expired, || {
            Value::from(matches!(self.catalog.visibility(id), Visibility::Expired(_)))
        });
        facts.put(Fact::Topics, || self.terms(id, TermKind::Topic));
        facts.put(Fact::Series, || self.series(id));
        facts.put(Fact::Number, || rare.and_then(|rare| rare.number).map_or_else(Value::none, Value::from));
        facts.put(Fact::Image, || optional(self.image(id).as_deref()));
        facts.put(Fact::ImageAlt, || optional(image_alt(card)));
        facts.put(Fact::Collection, || self.collection(id));
    }

    /// The address of a page's lead picture, with the base path.
    pub(super) fn image(&self, id: PageId) -> Option<String> {
        let (path, _) = self.catalog.card(id).rare.as_ref()?.image.as_ref()?;
        let destination = self.catalog.destination(id, path);
        self.catalog.address(id, &destination).map(|path| self.path(&path))
    }

    /// The terms of one kind of a page, each with its address if it has one.
    pub(super) fn terms(&self, id: PageId, kind: TermKind) -> Value {
        let own = &self.shared.references[usize::from(self.catalog.card(id).place.language)];
        let terms = self
            .catalog
            .terms_of_page(id)
            .iter()
            .filter(|&&term| self.catalog.terms().get(term).kind == kind);
        Value::from(terms.map(|term| own[term.0 as usize].clone()).collect::<Vec<_>>())
    }

    /// The series of a page.
    pub(super) fn series(&self, id: PageId) -> Value {
        let all = self.terms(id, TermKind::Series);
        all.as_array().and_then(<[Value]>::first).cloned().unwrap_or_else(Value::none)
    }

    /// The collection of a page.
    pub(super) fn collection(&self, id: PageId) -> Value {
        let place = &self.catalog.card(id).place;
        if place.role != Role::Entry {
            return Value::none();
        }
        match self.catalog.lists().find(&ListKind::Collection(place.collection.clone()), place.language) {
            Some(list) => {
                let list = self.catalog.lists().get(list);
                reference(&self.list_title(list), Some(self.path(&list.path)))
            }
            None => reference(&title_of(&place.collection), None),
        }
    }

    /// The title of a list: that of its file, or one made from what it is of.
    pub(super) fn list_title(&self, list: &List) -> String {
        let titled =
            list.page.map(|page| self.catalog.card(page).title.as_str()).filter(|title| !title.is_empty());
        if let Some(title) = titled {
            return title.to_string();
        }
        let lang = &self.site.language(list.language).code;
        match &list.kind {
            ListKind::Home => self.site_title(list.language).to_string(),
            ListKind::Collection(name) => title_of(name),
            ListKind::Term(term) => self.catalog.term_title(*term, list.language).to_string(),
            ListKind::Period { year, month: None, .. } => format!("{year:04}"),
            ListKind::Period { year, month: Some(month), .. } => self.theme.month(lang, *year, *month),
        }
    }

    /// The title of the site in a language.
    pub(super) fn site_title(&self, language: LanguageIndex) -> &str {
        self.site.language(language).title.as_deref().unwrap_or(&self.site.title)
    }
}

/// What a picture shows, if there is one.
pub(super) fn image_alt(card: &Card) -> Option<&str> {
    card.rare.as_ref()?.image.as_ref().map(|(_, alt)| alt.as_str())
}

/// A name with the address of its page, if it has one.
pub(super) fn reference(title: &str, path: Option<String>) -> Value {
    map([("title", Value::from(title)), ("path", path.map_or_else(Value::none, Value::from))])
}
