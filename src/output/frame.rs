//! What all pages made from templates have in common: the shared names, and `here`, the address they are for.

use tera::{Context, Value};

use super::World;
use super::context::{Facts, language_name, map, optional, text_or_none};
use super::given::Given;
use super::input::Input;
use crate::catalog::lists::{List, ListKind};
use crate::site::{FeedFormat, LanguageIndex};
use crate::theme::{Fact, Mentioned, Name, Uses, language};

/// The inputs behind the names that every template may use.
pub(super) fn inputs(uses: &Uses, template: &str, language: LanguageIndex) -> Vec<Input> {
    let mut inputs = vec![Input::Template(template.to_string())];
    inputs.extend(uses.names.iter().filter_map(|name| match name {
        Name::Site => Some(Input::Site),
        Name::Menu => Some(Input::Menu(language)),
        Name::Text => Some(Input::Words(language)),
        Name::Assets => Some(Input::Assets),
        Name::Theme => Some(Input::ThemeSettings),
        _ => None,
    }));
    inputs
}

/// A context with the names that every template may use, as far as this one does.
pub(super) fn context(given: &Given<'_>, uses: &Uses, language: LanguageIndex) -> Context {
    let mut context = Context::new();
    context.insert_value("lang", Value::from(given.site().language(language).code.as_str()));
    for name in &uses.names {
        let value = match name {
            Name::Site => given.site_value(),
            Name::Menu => given.menu(language),
            Name::Text => given.words(language),
            Name::Assets => given.assets(),
            Name::Theme => given.theme_settings(),
            _ => continue,
        };
        context.insert_value(name.word(), value);
    }
    context
}

/// What the address of an output is.
pub(super) struct Here<'h> {
    /// The path from the site's root, not encoded.
    pub path: &'h str,
    /// The title of the output.
    pub title: &'h str,
    /// A sentence about it.
    pub description: &'h str,
    /// Its language.
    pub language: LanguageIndex,
    /// `page`, `home`, `list`, `terms` or `404`.
    pub kind: &'static str,
    /// Lists whose feeds it offers.
    pub feeds: Vec<&'h List>,
    /// The same in all languages, itself included: language, title, site path.
    pub translations: Vec<(LanguageIndex, String, String)>,
    /// Whether search engines are asked to stay away.
    pub noindex: Value,
    /// The full address of its picture.
    pub image: Option<String>,
}

impl Here<'_> {
    /// The value that templates see.
    pub(super) fn value(&self, world: &World<'_>, wanted: Mentioned) -> Value {
        let lang = world.site.language(self.language).code.as_str();
        let path = world.path(self.path);
        let mut facts = Facts::new(wanted);
        facts.put(Fact::Url, || Value::from(world.site.base_url.with_origin(&path)));
        facts.put(Fact::Path, || Value::from(path.as_str()));
        facts.put(Fact::Title, || Value::from(self.title));
        facts.put(Fact::SiteTitle, || Value::from(world.site_title(self.language)));
        facts.put(Fact::Description, || text_or_none(self.description));
        facts.put(Fact::Lang, || Value::from(lang));
        facts.put(Fact::Dir, || Value::from(language::direction(lang)));
        facts.put(Fact::Home, || Value::from(world.path(&world.home(self.language))));
        facts.put(Fact::Feeds, || {
            Value::from(self.feeds.iter().flat_map(|list| feeds(world, list)).collect::<Vec<_>>())
        });
        facts.put(Fact::Translations, || self.translations(world));
        facts.put(Fact::Noindex, || self.noindex.clone());
        facts.put(Fact::Image, || optional(self.image.as_deref()));
        facts.put(Fact::Kind, || Value::from(self.kind));
        facts.finish()
    }

    /// The same in all languages; nothing where there is only this one.
    fn translations(&self, world: &World<'_>) -> Value {
        let all = if self.translations.len() > 1 { self.translations.as_slice() } else { &[] };
        let entry = |(language, title, path): &(LanguageIndex, String, String)| {
            map([
                ("lang", Value::from(world.site.language(*language).code.as_str())),
                ("name", Value::from(language_name(world.site, *language))),
                ("title", Value::from(title.as_str())),
                ("path", Value::from(world.path(path))),
                ("url", Value::from(world.url(path))),
            ])
        };
        Value::from(all.iter().map(entry).collect::<Vec<_>>())
    }
}

/// The feeds of a list, as links.
fn feeds(world: &World<'_>, list: &List) -> Vec<Value> {
    let formats = world.feed_formats(list);
    let title = world.feed_title(list);
    let link = |format: &FeedFormat| {
        let (file, media_type, label) = super::feed::format(*format);
        let title = if formats.len() > 1 { format!("{title} ({label})") } else { title.clone() };
        let path = world.url(&format!("{}{file}", list.path));
        map([("title", Value::from(title)), ("url", Value::from(path)), ("type", Value::from(media_type))])
    };
    formats.iter().map(link).collect()
}

impl World<'_> {
    /// The home page for readers of a language: its own, or else the site's.
    pub(super) fn home(&self, language: LanguageIndex) -> String {
        let own = self.catalog.lists().find(&ListKind::Home, language);
        self.site.home(if own.is_some() { language } else { 0 })
    }

    /// The formats of the feeds that a list has.
    pub fn feed_formats(&self, list: &List) -> Vec<FeedFormat> {
        let outputs = &self.site.outputs;
        match &list.kind {
            ListKind::Home => outputs.feeds.clone(),
            ListKind::Collection(name) if outputs.list_feeds && self.catalog.is_dated(name) => {
                vec![FeedFormat::Atom]
            }
            ListKind::Term(_) if outputs.list_feeds && !list.items.is_empty() => vec![FeedFormat::Atom],
            _ => Vec::new(),
        }
    }

    /// The title of a list's feed.
    pub(super) fn feed_title(&self, list: &List) -> String {
        let site = self.site_title(list.language);
        if list.kind == ListKind::Home {
            site.to_string()
        } else {
            format!("{} · {site}", self.list_title(list))
        }
    }

    /// The lists whose feeds a page or list offers: the site's in its language, then its own.
    pub(super) fn offered<'w>(&'w self, language: LanguageIndex, own: Option<&'w List>) -> Vec<&'w List> {
        let home =
            self.catalog.lists().find(&ListKind::Home, language).map(|list| self.catalog.lists().get(list));
        let own = own.filter(|list| list.kind != ListKind::Home);
        home.into_iter().chain(own).collect()
    }
}
