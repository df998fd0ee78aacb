//! The value `here`: what the address of an output is, and what it offers: feeds, home page, translations.

use std::borrow::Cow;

use tera::Value;

use super::context::languages;
use super::input::Input;
use super::shown::{Facts, Shown, Sink};
use super::{World, corrections, list, page, plain, quotes, sources, terms};
use crate::catalog::lists::{List, ListId, ListKind};
use crate::catalog::{Catalog, PageId};
use crate::site::{FeedFormat, LanguageIndex, Site};
use crate::source::card::Standing;
use crate::source::path::TermKind;
use crate::theme::{Fact, Mentioned, Uses, language};

/// What the address of an output is.
pub(super) struct Here<'h> {
    /// The path from the site's root, not encoded.
    path: Cow<'h, str>,
    /// The title of the output.
    title: Cow<'h, str>,
    /// A sentence about it.
    description: &'h str,
    /// Its language.
    language: LanguageIndex,
    /// `page`, `home`, `list`, `terms`, `sources`, `quotes` or `404`.
    kind: &'static str,
    /// Lists whose feeds it offers.
    feeds: Vec<ListId>,
    /// The language whose corrections it offers as a feed.
    corrections: Option<LanguageIndex>,
    /// The same in all languages, itself included: language, title, site path.
    translations: Vec<(LanguageIndex, String, String)>,
    /// Whether search engines are asked to stay away.
    noindex: bool,
    /// The address of its picture, from the site's root.
    image: Option<String>,
    /// The page that it is, or that introduces it.
    page: Option<PageId>,
}

impl Here<'_> {
    /// Says what templates see.
    fn say(&self, world: &World<'_>, sink: &mut impl Sink) {
        let lang = world.site.language(self.language).code.as_str();
        let home = world.home(self.language);
        sink.put(Fact::Url, || Shown::Url(&self.path));
        sink.put(Fact::Path, || Shown::Path(&self.path));
        sink.put(Fact::Title, || Shown::Text(&self.title));
        sink.put(Fact::SiteTitle, || Shown::Text(world.site_title(self.language)));
        sink.put(Fact::Description, || Shown::text_or_none(self.description));
        sink.put(Fact::Lang, || Shown::Text(lang));
        sink.put(Fact::Dir, || Shown::Text(language::direction(lang)));
        sink.put(Fact::Home, || Shown::Path(&home));
        sink.put(Fact::Feeds, || Shown::Feeds(self.feeds.clone(), self.corrections));
        // Where there is only one language, there is no choice to offer.
        let translations =
            || if self.translations.len() > 1 { self.translations.clone() } else { Vec::new() };
        sink.put(Fact::Translations, || Shown::Translations(translations()));
        let preview = world.catalog.is_preview();
        sink.put(Fact::Noindex, || Shown::Flag(self.noindex || preview));
        sink.put(Fact::Held, || world.held(self.page));
        sink.put(Fact::Preview, || if preview { Shown::Flag(true) } else { Shown::Nothing });
        sink.put(Fact::Image, || self.image.as_deref().map_or(Shown::Nothing, Shown::Url));
        sink.put(Fact::Kind, || Shown::Text(self.kind));
    }
}

impl World<'_> {
    /// The value `here` for one of the inputs called so.
    pub(super) fn here(&self, input: &Input) -> Value {
        let mut facts = Facts::new(self, self.wanted_here(input));
        self.say_here(input, &mut facts);
        facts.finish()
    }

    /// The facts that the template mentions which shows what this input is.
    pub(super) fn wanted_here(&self, input: &Input) -> Mentioned {
        let template = match input {
            Input::Here(id) => page::template(self, *id),
            Input::HereOfList(id, _) => list::template(self.catalog.lists().get(*id)),
            Input::HereOfTerms(..) => terms::TEMPLATE,
            Input::HereOfSources(_) => sources::TEMPLATE,
            Input::HereOfCorrections(..) => corrections::TEMPLATE,
            Input::HereOfQuotes(_) => quotes::TEMPLATE,
            _ => plain::NOT_FOUND,
        };
        self.theme.uses(template).map_or_else(Mentioned::default, |Uses { facts, .. }| *facts)
    }

    /// Says what `here` is for one of the inputs called so.
    pub(super) fn say_here(&self, input: &Input, sink: &mut impl Sink) {
        self.here_of(input).say(self, sink);
    }

    fn here_of(&self, input: &Input) -> Here<'_> {
        match input {
            Input::Here(id) => self.here_of_page(*id),
            Input::HereOfList(id, number) => self.here_of_list(*id, *number),
            Input::HereOfTerms(kind, language) => self.here_of_terms(*kind, *language),
            Input::HereOfSources(language) => self.here_of_sources(*language),
            Input::HereOfCorrections(language, number) => self.here_of_corrections(*language, *number),
            Input::HereOfQuotes(language) => self.here_of_quotes(*language),
            _ => self.here_of_nothing(),
        }
    }

    /// Path, title, description and language of the address that one of the inputs called so is of.
    pub(super) fn headed(&self, input: &Input) -> (String, String, String, LanguageIndex) {
        let here = self.here_of(input);
        (here.path.into_owned(), here.title.into_owned(), here.description.to_string(), here.language)
    }

    fn here_of_page(&self, id: PageId) -> Here<'_> {
        let card = self.catalog.card(id);
        let translation = |page: PageId| {
            let other = self.catalog.card(page);
            (
                other.place.language,
                self.shown_title(page).into_owned(),
                self.catalog.permalink(page).to_string(),
            )
        };
        let mut translations: Vec<_> = self.catalog.translations(id).map(translation).collect();
        if !translations.is_empty() {
            translations.push(translation(id));
            translations.sort_by_key(|(language, ..)| *language);
        }
        Here {
            path: Cow::Borrowed(self.catalog.permalink(id)),
            title: self.shown_title(id),
            description: &card.summary,
            language: card.place.language,
            kind: "page",
            feeds: self.offered(card.place.language, self.collection_list(id)),
            corrections: None,
            translations,
            noindex: self.catalog.visibility(id).is_gated() || card.standing == Standing::Unlisted,
            image: self.image(id),
            page: Some(id),
        }
    }

    fn here_of_list(&self, id: ListId, number: usize) -> Here<'_> {
        let list = self.catalog.lists().get(id);
        let of_language = |language| {
            let other = self.catalog.lists().get(self.catalog.lists().find(&list.kind, language)?);
            Some((language, self.list_title(other), other.path.clone()))
        };
        // Which page of another language's list would say the same, nobody can tell.
        let translations = languages(self.site).filter(|_| number == 0).filter_map(of_language);
        Here {
            path: Cow::Owned(list.path_of(number)),
            title: Cow::Owned(self.list_title(list)),
            description: list::description(self, list),
            language: list.language,
            kind: if list.kind == ListKind::Home { "home" } else { "list" },
            feeds: self.offered(list.language, Some(id)),
            corrections: (list.kind == ListKind::Home).then_some(list.language),
            translations: translations.collect(),
            noindex: false,
            image: None,
            page: list.page,
        }
    }

    fn here_of_terms(&self, kind: TermKind, language: LanguageIndex) -> Here<'_> {
        let path = |language| format!("{}{}/", self.site.home(language), kind.folder());
        let word = |language| self.theme.word(language, kind.folder()).to_string();
        let present =
            languages(self.site).filter(|&language| self.catalog.terms_in(kind, language).next().is_some());
        let introduction = terms::introduction(self, kind, language);
        Here {
            path: Cow::Owned(path(language)),
            title: Cow::Owned(terms::title(self, kind, language)),
            description: introduction.map_or("", |page| &*self.catalog.card(page).summary),
            language,
            kind: "terms",
            feeds: self.offered(language, None),
            corrections: None,
            translations: present.map(|language| (language, word(language), path(language))).collect(),
            noindex: false,
            image: None,
            page: introduction,
        }
    }

    fn here_of_sources(&self, language: LanguageIndex) -> Here<'_> {
        let title = |language| self.theme.word(language, sources::FOLDER);
        let present = languages(self.site).filter(|&language| sources::has_index(self, language));
        let translation = |language| (language, title(language).to_string(), sources::path(self, language));
        Here {
            path: Cow::Owned(sources::path(self, language)),
            title: Cow::Borrowed(title(language)),
            description: "",
            language,
            kind: "sources",
            feeds: self.offered(language, None),
            corrections: None,
            translations: present.map(translation).collect(),
            noindex: false,
            image: None,
            page: None,
        }
    }

    fn here_of_corrections(&self, language: LanguageIndex, number: usize) -> Here<'_> {
        let of_language = |language| {
            self.pages_of_corrections(language)?;
            let title = self.corrections_title(language).to_string();
            Some((language, title, self.corrections_path(language, 0)))
        };
        let translations = languages(self.site).filter(|_| number == 0).filter_map(of_language);
        Here {
            path: Cow::Owned(self.corrections_path(language, number)),
            title: Cow::Borrowed(self.corrections_title(language)),
            description: "",
            language,
            kind: "list",
            feeds: self.offered(language, None),
            corrections: Some(language),
            translations: translations.collect(),
            noindex: false,
            image: None,
            page: None,
        }
    }

    fn here_of_quotes(&self, language: LanguageIndex) -> Here<'_> {
        let title = |language| quotes::title(self, language);
        let path = |language| quotes::path(self.site, language);
        let present = quotes::index_languages(self.site, self.catalog).into_iter();
        Here {
            path: Cow::Owned(path(language)),
            title: Cow::Borrowed(title(language)),
            description: "",
            language,
            kind: "quotes",
            feeds: self.offered(language, None),
            corrections: None,
            translations: present.map(|of| (of, title(of).to_string(), path(of))).collect(),
            noindex: false,
            image: None,
            page: None,
        }
    }

    fn here_of_nothing(&self) -> Here<'_> {
        Here {
            path: Cow::Borrowed("/404.html"),
            title: Cow::Borrowed(self.theme.word(0, "not_found")),
            description: "",
            language: 0,
            kind: "404",
            feeds: Vec::new(),
            corrections: None,
            translations: Vec::new(),
            noindex: true,
            image: None,
            page: None,
        }
    }

    /// The home page for readers of a language: its own, or else the site's.
    pub(super) fn home(&self, language: LanguageIndex) -> String {
        home(self.site, self.catalog, language)
    }

    /// The lists whose feeds a page or list offers: the site's in its language, then its own.
    fn offered(&self, language: LanguageIndex, own: Option<ListId>) -> Vec<ListId> {
        let lists = self.catalog.lists();
        let own = own.filter(|list| lists.get(*list).kind != ListKind::Home);
        lists.find(&ListKind::Home, language).into_iter().chain(own).collect()
    }

    /// The formats of the feeds that a list has: in a preview none, so that nobody subscribes to it.
    pub fn feed_formats(&self, list: &List) -> Vec<FeedFormat> {
        if self.catalog.is_preview() { Vec::new() } else { self.public_feed_formats(list) }
    }

    /// The formats of the feeds that a list has on the public site.
    pub(super) fn public_feed_formats(&self, list: &List) -> Vec<FeedFormat> {
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

    /// The feeds of a list, as links: title, address, media type.
    pub(super) fn feed_links(&self, list: &List) -> Vec<(String, String, &'static str)> {
        let formats = self.feed_formats(list);
        let title = self.feed_title(list);
        let link = |format: &FeedFormat| {
            let (file, media_type, label) = super::feed::format(*format);
            let title = if formats.len() > 1 { format!("{title} ({label})") } else { title.clone() };
            (title, self.url(&format!("{}{file}", list.path)), media_type)
        };
        formats.iter().map(link).collect()
    }
}

/// The home page for readers of a language: its own, or else the site's.
pub(super) fn home(site: &Site, catalog: &Catalog, language: LanguageIndex) -> String {
    let own = catalog.lists().find(&ListKind::Home, language);
    site.home(if own.is_some() { language } else { 0 })
}
