//! The values that templates see: sites, pages, items, terms. The one place that fixes their names.

use tera::value::Key;
use tera::{Map, Value};

use super::World;
use crate::catalog::lists::{List, ListKind};
use crate::catalog::visibility::Visibility;
use crate::catalog::{Catalog, PageId};
use crate::site::{LanguageIndex, MenuTarget, Site, encode};
use crate::source::card::Card;
use crate::source::moment::Moment;
use crate::source::path::{Role, TermKind};
use crate::theme::{Theme, language};

/// Values that many outputs share, built once per run.
#[derive(Debug)]
pub struct Shared {
    pub(super) site: Value,
    pub(super) menus: Vec<Value>,
    pub(super) words: Vec<Value>,
    pub(super) assets: Value,
    pub(super) theme: Value,
}

impl Shared {
    /// Builds the shared values.
    pub fn build(site: &Site, catalog: &Catalog, theme: &Theme) -> Self {
        let languages = 0..u8::try_from(site.languages.len()).expect("a site has at most 255 languages");
        let rooted =
            |(name, path, _): (&str, &str, &[u8])| (name.to_string(), site.base_url.rooted(&encode(path)));
        Self {
            site: site_value(site),
            menus: languages.clone().map(|language| menu(site, catalog, language)).collect(),
            words: languages.map(|language| Value::from_serializable(theme.words(language))).collect(),
            assets: Value::from_serializable(
                &theme.assets().iter().map(rooted).collect::<std::collections::BTreeMap<_, _>>(),
            ),
            theme: Value::from_serializable(theme.settings()),
        }
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

/// The name of a language in itself.
pub(super) fn language_name(site: &Site, index: LanguageIndex) -> String {
    let entry = site.language(index);
    entry.name.clone().unwrap_or_else(|| language::own_name(&entry.code))
}

fn menu(site: &Site, catalog: &Catalog, language: LanguageIndex) -> Value {
    let entries: Vec<Value> = site
        .menu
        .iter()
        .map(|entry| {
            let (title, path) = match &entry.leads_to {
                MenuTarget::Url(url) => (entry.title.clone(), url.clone()),
                MenuTarget::Path(path) => (entry.title.clone(), site.base_url.rooted(&encode(path))),
                MenuTarget::Page(path) => {
                    let (title, permalink) = menu_page(catalog, path, language).unwrap_or((None, "/"));
                    (title.unwrap_or(&entry.title).to_string(), site.base_url.rooted(&encode(permalink)))
                }
            };
            map([("title", Value::from(title)), ("path", Value::from(path))])
        })
        .collect();
    Value::from(entries)
}

/// The address of a menu's page, and its own title where it is shown in a translation.
fn menu_page<'c>(
    catalog: &'c Catalog,
    path: &str,
    language: LanguageIndex,
) -> Option<(Option<&'c str>, &'c str)> {
    let page = catalog.page_of_path(path)?;
    let translated = catalog.translations(page).find(|&id| catalog.card(id).place.language == language);
    let title = translated.map(|id| catalog.card(id).title.as_str()).filter(|title| !title.is_empty());
    Some((title, catalog.permalink(translated.unwrap_or(page))))
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

    /// What lists show of a page.
    pub(super) fn item(&self, id: PageId) -> Value {
        let card = self.catalog.card(id);
        let lang = self.site.language(card.place.language).code.as_str();
        let path = self.path(self.catalog.permalink(id));
        map([
            ("title", Value::from(card.title.as_str())),
            ("summary", text_or_none(&card.summary)),
            ("url", Value::from(self.site.base_url.with_origin(&path))),
            ("path", Value::from(path)),
            ("kind", Value::from(card.kind.word())),
            ("lang", Value::from(lang)),
            ("dir", Value::from(language::direction(lang))),
            ("date", self.moment(card.date)),
            ("updated", self.moment(card.updated)),
            ("published", self.moment(card.published())),
            ("minutes", Value::from(u32::from(card.minutes))),
            ("expired", Value::from(matches!(self.catalog.visibility(id), Visibility::Expired(_)))),
            ("topics", self.terms(id, TermKind::Topic)),
            ("series", self.series(id)),
            ("number", card.rare.as_ref().and_then(|rare| rare.number).map_or_else(Value::none, Value::from)),
            ("image", optional(self.image(id).as_deref())),
            ("image_alt", optional(image_alt(card))),
            ("collection", self.collection(id)),
        ])
    }

    /// The address of a page's lead picture, with the base path.
    pub(super) fn image(&self, id: PageId) -> Option<String> {
        let (path, _) = self.catalog.card(id).rare.as_ref()?.image.as_ref()?;
        let destination = self.catalog.destination(id, path);
        self.catalog.address(id, &destination).map(|path| self.path(&path))
    }

    /// The terms of one kind of a page, each with its address if it has one.
    pub(super) fn terms(&self, id: PageId, kind: TermKind) -> Value {
        let card = self.catalog.card(id);
        let terms = self
            .catalog
            .terms_of_page(id)
            .iter()
            .filter(|&&term| self.catalog.terms().get(term).kind == kind);
        let refs: Vec<Value> = terms
            .map(|&term| {
                let title = self.catalog.term_title(term, card.place.language);
                reference(
                    title,
                    self.catalog.term_path(term, card.place.language).map(|path| self.path(path)),
                )
            })
            .collect();
        Value::from(refs)
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
            None => reference(&capitalised(&place.collection), None),
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
            ListKind::Collection(name) => capitalised(name),
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

fn capitalised(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let mut chars = spaced.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
