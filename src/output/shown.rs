//! One description of what is shown of a page or an address, read twice: as values for templates, and as a digest.
//!
//! Whoever says what is shown says it once, to a [`Sink`]; so the digest of an input covers exactly what templates get.

use serde::Serialize;
use tera::value::Key;
use tera::{Map, Value};

use super::World;
use super::context::{map, reference};
use crate::catalog::PageId;
use crate::catalog::lists::ListId;
use crate::catalog::visibility::Gate;
use crate::site::LanguageIndex;
use crate::source::moment::{Moment, Precision};
use crate::source::path::TermKind;
use crate::theme::{Fact, Mentioned};

/// What is said of one fact.
pub(super) enum Shown<'s> {
    /// That there is none.
    Nothing,
    /// A text.
    Text(&'s str),
    /// A text made for this.
    Made(String),
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(u32),
    /// A moment, in the site's zone.
    Moment(Moment),
    /// An address of the site, as a path on its host.
    Path(&'s str),
    /// The same as a full address.
    Url(&'s str),
    /// The terms of one kind that a page is listed under.
    Terms(PageId, TermKind),
    /// The first of its series.
    Series(PageId),
    /// Its collection.
    Collection(PageId),
    /// Names, each with its address on the site if it has one.
    Names(Vec<(&'s str, Option<&'s str>)>),
    /// The feeds of some lists, and that of all corrections in a language.
    Feeds(Vec<ListId>, Option<LanguageIndex>),
    /// The same in other languages: language, title, address on the site.
    Translations(Vec<(LanguageIndex, String, String)>),
    /// Why a page is held back from the public.
    Held(Gate),
}

/// A moment for a digest: how it is told depends on the zone too, which is in every key.
pub(super) fn exact<S: serde::Serializer>(moment: &Moment, serializer: S) -> Result<S::Ok, S::Error> {
    let (day, second) = (moment.day.to_string(), moment.instant.as_second());
    (day, second, moment.precision == Precision::Time).serialize(serializer)
}

impl<'s> Shown<'s> {
    /// A text; an empty one is none.
    pub(super) fn text_or_none(text: &'s str) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::Text(text) }
    }

    /// Which sort of value it is, for digests.
    pub(super) fn sort(&self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Text(_) | Self::Made(_) => 1,
            Self::Flag(_) => 2,
            Self::Number(_) => 3,
            Self::Moment(_) => 4,
            Self::Path(_) => 5,
            Self::Url(_) => 6,
            Self::Terms(..) => 7,
            Self::Series(_) => 8,
            Self::Collection(_) => 9,
            Self::Names(_) => 10,
            Self::Feeds(..) => 11,
            Self::Translations(_) => 12,
            Self::Held(_) => 13,
        }
    }

    /// A moment, if there is one.
    pub(super) fn moment(moment: Option<Moment>) -> Self {
        moment.map_or(Self::Nothing, Self::Moment)
    }
}

/// Takes what is shown, fact by fact.
pub(super) trait Sink {
    /// Takes a fact, in place of what was said of it before.
    fn put<'s>(&mut self, fact: Fact, shown: impl FnOnce() -> Shown<'s>);
}

/// Collects facts as templates see them, as far as a template mentions them.
pub(super) struct Facts<'w> {
    world: &'w World<'w>,
    map: Map,
    wanted: Mentioned,
}

impl<'w> Facts<'w> {
    /// No facts yet.
    pub(super) fn new(world: &'w World<'w>, wanted: Mentioned) -> Self {
        Self { world, map: Map::new(), wanted }
    }

    /// Adds a fact that is no part of a card.
    pub(super) fn add(&mut self, fact: Fact, value: impl FnOnce() -> Value) {
        if self.wanted.has(fact) {
            self.map.insert(Key::Str(fact.word()), value());
        }
    }

    /// The facts as templates see them.
    pub(super) fn finish(self) -> Value {
        Value::from(self.map)
    }
}

impl Sink for Facts<'_> {
    fn put<'s>(&mut self, fact: Fact, shown: impl FnOnce() -> Shown<'s>) {
        let world = self.world;
        self.add(fact, || value(world, shown()));
    }
}

fn value(world: &World<'_>, shown: Shown<'_>) -> Value {
    match shown {
        Shown::Nothing => Value::none(),
        Shown::Text(text) => Value::from(text),
        Shown::Made(text) => Value::from(text),
        Shown::Flag(flag) => Value::from(flag),
        Shown::Number(number) => Value::from(number),
        Shown::Moment(moment) => Value::from(moment.text(&world.site.timezone)),
        Shown::Path(path) => Value::from(world.path(path)),
        Shown::Url(path) => Value::from(world.url(path)),
        Shown::Terms(page, kind) => Value::from(world.terms(page, kind).collect::<Vec<_>>()),
        Shown::Series(page) => world.terms(page, TermKind::Series).next().unwrap_or_else(Value::none),
        Shown::Collection(page) => collection(world, page),
        Shown::Names(names) => {
            let name =
                |(title, path): (&str, Option<&str>)| reference(title, path.map(|path| world.path(path)));
            Value::from(names.into_iter().map(name).collect::<Vec<_>>())
        }
        Shown::Feeds(lists, corrections) => {
            let feeds = lists.iter().flat_map(|list| world.feed_links(world.catalog.lists().get(*list)));
            let link = |(title, url, media_type): (String, String, &'static str)| {
                map([
                    ("title", Value::from(title)),
                    ("url", Value::from(url)),
                    ("type", Value::from(media_type)),
                ])
            };
            let corrections = corrections.and_then(|language| world.corrections_link(language));
            Value::from(feeds.chain(corrections).map(link).collect::<Vec<_>>())
        }
        Shown::Held(gate) => map([
            ("reason", Value::from(gate.word())),
            ("appears", value(world, Shown::moment(gate.appears()))),
        ]),
        Shown::Translations(all) => {
            Value::from(all.iter().map(|one| translation(world, one)).collect::<Vec<_>>())
        }
    }
}

fn collection(world: &World<'_>, page: PageId) -> Value {
    match world.collection(page) {
        None => Value::none(),
        Some((list, title)) => {
            let path = list.map(|list| world.path(&world.catalog.lists().get(list).path));
            reference(&title, path)
        }
    }
}

fn translation(world: &World<'_>, (language, title, path): &(LanguageIndex, String, String)) -> Value {
    map([
        ("lang", Value::from(world.site.language(*language).code.as_str())),
        ("name", Value::from(super::context::language_name(world.site, *language))),
        ("title", Value::from(title.as_str())),
        ("path", Value::from(world.path(path))),
        ("url", Value::from(world.url(path))),
    ])
}
