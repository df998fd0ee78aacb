//! The values that many outputs share, built once a run, and the names of things on every page.

use std::collections::HashMap;
use std::sync::OnceLock;

use tera::value::Key;
use tera::{Map, Value};

use super::items::Items;
use super::menu::menu;
use super::ninjs::Twins;
use super::shown::Facts;
use super::sitemap::Addresses;
use super::structured::{self, Common};
use super::{World, sources};
use crate::catalog::lists::{List, ListId, ListKind};
use crate::catalog::{Catalog, PageId};
use crate::site::{LanguageIndex, Site, encode};
use crate::source::path::{Role, TermKind};
use crate::source::slug::title_of;
use crate::theme::{Mentioned, Theme, language};

/// Values that many outputs share, built once per run.
#[derive(Debug)]
pub struct Shared {
    pub(super) site: Value,
    pub(super) menus: Vec<Value>,
    pub(super) words: Vec<Value>,
    pub(super) assets: Value,
    pub(super) theme: Value,
    items: Items,
    /// The facts that any template mentions which shows items.
    pub(super) item_facts: Mentioned,
    /// Name and address of each term, by language and term.
    references: Vec<Vec<Value>>,
    /// The list of each collection, by language and name: every page asks.
    collections: Vec<HashMap<String, ListId>>,
    /// What the metadata of all pages in a language have in common.
    pub(super) common: Vec<Common>,
    /// What the index of twins lists: all pages are looked at for it.
    pub(super) twins: OnceLock<Twins>,
    /// What the sitemap lists: all pages are looked at for it.
    addresses: OnceLock<Addresses>,
    /// The index of sources in each language, for which all pages are looked at too.
    source_indexes: Vec<OnceLock<Value>>,
}

impl Shared {
    /// Builds the shared values.
    pub fn build(site: &Site, catalog: &Catalog, theme: &Theme) -> Self {
        let rooted =
            |(name, path, _): (&str, &str, &[u8])| (name.to_string(), site.base_url.rooted(&encode(path)));
        let mut collections: Vec<HashMap<String, ListId>> = vec![HashMap::new(); site.languages.len()];
        for (id, list) in catalog.lists().iter() {
            if let ListKind::Collection(name) = &list.kind {
                collections[usize::from(list.language)].insert(name.clone(), id);
            }
        }
        Self {
            site: site_value(site),
            menus: languages(site).map(|language| menu(site, catalog, theme, language)).collect(),
            words: languages(site).map(|language| Value::from_serializable(theme.words(language))).collect(),
            assets: Value::from_serializable(
                &theme.assets().iter().map(rooted).collect::<std::collections::BTreeMap<_, _>>(),
            ),
            theme: Value::from_serializable(theme.settings()),
            items: Items::new(catalog.count()),
            item_facts: theme.facts_of_items(),
            references: languages(site).map(|language| references(site, catalog, language)).collect(),
            collections,
            common: languages(site).map(|language| structured::common(site, catalog, language)).collect(),
            twins: OnceLock::new(),
            addresses: OnceLock::new(),
            source_indexes: languages(site).map(|_| OnceLock::new()).collect(),
        }
    }
}

/// The languages of the site.
pub(super) fn languages(site: &Site) -> impl Iterator<Item = LanguageIndex> + use<> {
    0..u8::try_from(site.languages.len()).expect("a site has at most 255 languages")
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
    let entry = |index: LanguageIndex| {
        map([
            ("code", Value::from(site.language(index).code.as_str())),
            ("name", Value::from(language_name(site, index).as_str())),
            ("url", Value::from(site.base_url.absolute(&site.home(index)))),
        ])
    };
    map([
        ("title", Value::from(site.title.as_str())),
        ("description", text_or_none(&site.description)),
        ("language", Value::from(site.languages[0].code.as_str())),
        ("languages", Value::from(languages(site).map(entry).collect::<Vec<_>>())),
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

    /// What lists and other pages show of a page; built once, and shared.
    pub(super) fn item(&self, id: PageId) -> Value {
        self.shared.items.get_or(id, || {
            let mut facts = Facts::new(self, self.shared.item_facts);
            self.item_facts(id, &mut facts);
            facts.finish()
        })
    }

    /// What the sitemap lists.
    pub(super) fn sitemap(&self) -> &Addresses {
        self.shared.addresses.get_or_init(|| {
            let indexes = languages(self.site).filter(|&language| sources::has_index(self, language));
            let indexes = indexes.map(|language| sources::path(self, language));
            let there = |&language: &LanguageIndex| self.pages_of_corrections(language).is_some();
            let corrections = languages(self.site).filter(there);
            let corrections = corrections.map(|language| self.corrections_path(language, 0));
            Addresses::of(self.site, self.catalog, indexes.chain(corrections).collect())
        })
    }

    /// All sources of a language, by publisher.
    pub(super) fn source_index(&self, language: LanguageIndex) -> &Value {
        let built = || Value::from_serializable(&sources::index(self, language));
        self.shared.source_indexes[usize::from(language)].get_or_init(built)
    }

    /// The terms of one kind of a page, each with its address if it has one.
    pub(super) fn terms(&self, id: PageId, kind: TermKind) -> impl Iterator<Item = Value> {
        let own = &self.shared.references[usize::from(self.catalog.card(id).place.language)];
        let terms = self.catalog.terms_of_page(id).iter();
        let of_kind = terms.filter(move |&&term| self.catalog.terms().get(term).kind == kind);
        of_kind.map(|term| own[term.0 as usize].clone())
    }

    /// The list of the collection that a page is an entry of.
    pub(super) fn collection_list(&self, id: PageId) -> Option<ListId> {
        let card = self.catalog.card(id);
        if card.place.role != Role::Entry {
            return None;
        }
        self.shared.collections[usize::from(card.place.language)].get(card.collection()).copied()
    }

    /// The collection that a page is an entry of: its list, if it has one, and its title.
    pub(super) fn collection(&self, id: PageId) -> Option<(Option<ListId>, String)> {
        let card = self.catalog.card(id);
        let list = self.collection_list(id);
        let title = || match list {
            Some(list) => self.list_title(self.catalog.lists().get(list)),
            None => title_of(card.collection()),
        };
        (card.place.role == Role::Entry).then(|| (list, title()))
    }

    /// The title of a list: that of its file, or one made from what it is of.
    pub(super) fn list_title(&self, list: &List) -> String {
        let titled = list.page.map(|page| &*self.catalog.card(page).title).filter(|title| !title.is_empty());
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

/// A name with the address of its page, if it has one.
pub(super) fn reference(title: &str, path: Option<String>) -> Value {
    map([("title", Value::from(title)), ("path", path.map_or_else(Value::none, Value::from))])
}
