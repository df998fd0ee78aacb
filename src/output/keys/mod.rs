//! Keys: what an output is a function of, as one digest. Equal keys, equal output; that is what a build may rely on.
//!
//! The digest of an input covers what `given` hands out for it. Names in keys are stable (paths, slugs, codes of
//! languages), never the numbers of pages and lists, which change with every new file. Knows no ledger.

mod marks;
mod page;

#[cfg(test)]
pub(crate) mod forgetting;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use serde::Serialize;

use super::context::languages;
use super::input::Input;
use super::plain::Robots;
use super::record::{self, RecordPart};
use super::structured::Subject;
use super::target::Target;
use super::{World, feed, files::FileTarget, list, notes, quotes, redirect, security, terms};
use crate::catalog::PageId;
use crate::catalog::lists::ListId;
use crate::digest::{Digest, Hasher};
use crate::site::LanguageIndex;

/// The digests of inputs, each taken when it is first asked for, by whatever thread asks.
pub struct Keys<'w> {
    world: &'w World<'w>,
    settings: Digest,
    site: Digest,
    assets: Digest,
    theme: Digest,
    redirects: OnceLock<Digest>,
    languages: Vec<OfLanguage>,
    /// What lists show of each page: half a dozen of them do.
    items: Vec<OnceLock<Digest>>,
    lists: Vec<OfList>,
    /// What a page and its twin are both made from; empty where no page has a twin.
    twinned: Vec<Twinned>,
    #[cfg(test)]
    forgotten: Option<(&'static str, &'static str)>,
}

/// What depends on the reader's language and on nothing else.
struct OfLanguage {
    menu: Digest,
    words: Digest,
    /// What the metadata of its pages have in common.
    common: Digest,
    /// The words that bodies may show.
    of_bodies: Digest,
    /// Name and address of each term.
    terms: Vec<Digest>,
}

/// What a page and its twin are both made from.
#[derive(Default)]
struct Twinned {
    body: OnceLock<Digest>,
    whereabouts: OnceLock<Digest>,
}

/// What pages show of a list.
#[derive(Default)]
struct OfList {
    /// Its title and address.
    reference: OnceLock<Digest>,
    /// Its feeds.
    feeds: OnceLock<Digest>,
}

/// What an output is a function of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Of all inputs, and of what the output is.
    pub digest: Digest,
    /// A short digest of each input, in their order, to tell which one changed.
    pub inputs: Vec<u32>,
}

impl<'w> Keys<'w> {
    /// No digest but those that nearly all keys have.
    pub fn new(world: &'w World<'w>) -> Self {
        let shared = world.shared;
        let settings: (String, &str, Vec<&str>) = (
            world.site.base_url.root(),
            &world.site.timezone_name,
            world.site.languages.iter().map(|language| language.code.as_str()).collect(),
        );
        Self {
            world,
            settings: of_value(&settings),
            site: of_value(&shared.site),
            assets: of_value(&shared.assets),
            theme: of_value(&shared.theme),
            redirects: OnceLock::new(),
            languages: languages(world.site).map(|language| OfLanguage::new(world, language)).collect(),
            items: world.catalog.ids().map(|_| OnceLock::new()).collect(),
            lists: world.catalog.lists().iter().map(|_| OfList::default()).collect(),
            twinned: match world.site.outputs.ninjs && !world.catalog.is_preview() {
                true => world.catalog.ids().map(|_| Twinned::default()).collect(),
                false => Vec::new(),
            },
            #[cfg(test)]
            forgotten: None,
        }
    }

    /// The key of a target that has these inputs.
    pub fn key(&self, target: &Target, inputs: &[Input]) -> Key {
        let mut hasher = Hasher::new();
        self.name(target, &mut hasher);
        let mut short = Vec::with_capacity(inputs.len());
        for input in inputs {
            let digest = self.counted(target, input).to_bytes();
            hasher.field(&digest);
            short.push(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]));
        }
        Key { digest: hasher.digest(), inputs: short }
    }

    /// The digest of an input, unless a test wants it forgotten.
    fn counted(&self, target: &Target, input: &Input) -> Digest {
        #[cfg(test)]
        if self.forgotten == Some((target.kind(), input.kind())) || forgetting::forgets(target, input) {
            return Digest::of(b"");
        }
        let _ = target;
        self.digest(input)
    }

    /// What the target is, in names that outlive a build.
    fn name(&self, target: &Target, hasher: &mut Hasher) {
        let catalog = self.world.catalog;
        let code = |language: &LanguageIndex| self.world.site.language(*language).code.as_bytes();
        let list = |id: &ListId| catalog.lists().get(*id).path.as_bytes();
        hasher.field(target.kind().as_bytes());
        match target {
            Target::Page(id) | Target::Redirect(id) => hasher.field(catalog.card(*id).path.as_bytes()),
            Target::List(id, number) => hasher.field(list(id)).field(&(*number as u64).to_le_bytes()),
            Target::Terms(kind, language) => hasher.field(kind.folder().as_bytes()).field(code(language)),
            Target::Sources(language) => hasher.field(code(language)),
            Target::Feed(id, format) => hasher.field(list(id)).field(feed::format(*format).0.as_bytes()),
            Target::Record(part) => hasher.field(part.path().as_bytes()),
            Target::Twin(id) => hasher.field(catalog.card(*id).path.as_bytes()),
            Target::Twins(part) => hasher.field(part.path().as_bytes()),
            Target::Corrections(language, number) => {
                hasher.field(code(language)).field(&(*number as u64).to_le_bytes())
            }
            Target::CorrectionsFeed(language) => hasher.field(code(language)),
            Target::Quotes(language) => hasher.field(quotes::path(self.world.site, *language).as_bytes()),
            Target::Sitemap(part) => hasher.field(part.path().as_bytes()),
            Target::Robots(Robots::Everybody(path)) => {
                hasher.field(path.as_deref().unwrap_or_default().as_bytes())
            }
            Target::Robots(Robots::Nobody) => hasher.field(b"nobody"),
            Target::Rules(own) => hasher.field(own.as_deref().unwrap_or_default().as_bytes()),
            Target::File(FileTarget::Content(path) | FileTarget::Static(path) | FileTarget::Asset(path)) => {
                hasher.field(path.as_bytes())
            }
            Target::SitemapIndex
            | Target::RecordIndex
            | Target::TwinsIndex
            | Target::Security
            | Target::NotFound
            | Target::QuotesJson => hasher,
        };
    }

    /// The digest of what an input makes visible.
    pub fn digest(&self, input: &Input) -> Digest {
        let world = self.world;
        let language = |language: &LanguageIndex| &self.languages[usize::from(*language)];
        match input {
            Input::Settings => self.settings,
            Input::Site => self.site,
            Input::Menu(of) => language(of).menu,
            Input::Words(of) => language(of).words,
            Input::Assets => self.assets,
            Input::ThemeSettings => self.theme,
            Input::Template(name) => world.theme.digest_of(name),
            Input::Card(page) => self.card(*page),
            Input::Details(page) => self.details(*page),
            Input::Body(page) => self.body(*page),
            Input::Neighbours(page) => {
                let (newer, older) = world.catalog.neighbours(*page);
                // Which of the two is missing counts.
                self.items([newer, older].into_iter())
            }
            Input::Related(page) => self.items(world.catalog.related(*page).into_iter().map(Some)),
            Input::Issue(page) => {
                let around = world.catalog.around(*page);
                self.items([around.previous, around.next].into_iter())
            }
            Input::Points(page) => self.points(*page),
            Input::Succession(page) => self.succession(*page),
            Input::Here(_)
            | Input::HereOfList(..)
            | Input::HereOfTerms(..)
            | Input::HereOfSources(_)
            | Input::HereOfCorrections(..)
            | Input::HereOfQuotes(_)
            | Input::HereOfNothing => self.here(input),
            Input::List(id, number) => of_value(&list::listed(world, *id, *number)),
            Input::Items(id, number) => {
                let items = world.catalog.lists().get(*id).items_of(*number);
                self.items(items.iter().copied().map(Some))
            }
            Input::Archives(id) => of_value(&list::archives(world, *id)),
            Input::Terms(kind, of) => of_value(&terms::value(world, *kind, *of)),
            Input::SourceIndex(of) => of_value(world.source_index(*of)),
            Input::QuotesOf(term, of) => of_value(&quotes::of_term(world, *term, *of)),
            Input::QuotesOfAll(of) => of_value(&quotes::everybody(world, *of)),
            Input::Quotes => Digest::of(&quotes::json(world)),
            Input::Feed(id) => of_value(&feed::masthead(world, *id)),
            Input::TwinParts => of_paths(world.twins().parts().into_iter().map(|part| part.path())),
            Input::Twins(part) => self.twins(*part),
            Input::Security => of_value(&security::disclosure(world)),
            Input::Metadata(subject) => self.metadata(*subject),
            Input::Whereabouts(page) => self.whereabouts(Subject::Page(*page)),
            Input::Withdrawn(id) => of_value(&feed::withdrawn(world, *id)),
            Input::Notes(page) => Digest::of(notes::of_page(world, *page).as_bytes()),
            Input::Corrections(language, number) => of_value(&world.corrections(*language, *number)),
            Input::CorrectionsFeed(language) => of_value(&world.corrections_feed(*language)),
            Input::Parts => of_paths(world.sitemap().parts().into_iter().map(|part| part.path())),
            Input::Addresses(part) => self.addresses(*part),
            Input::RecordParts => of_paths(record::parts(world.catalog).into_iter().map(RecordPart::path)),
            Input::Record(part) => self.record(*part),
            Input::Redirects => {
                *self.redirects.get_or_init(|| of_value(&(redirect::all(world), redirect::gone(world))))
            }
            Input::File(path) => world.texts.digest(path),
            Input::Static(_) | Input::Asset(_) => Digest::of(world.theme_file(input)),
        }
    }

    /// What lists show of these pages, in this order.
    fn items(&self, pages: impl Iterator<Item = Option<PageId>>) -> Digest {
        let mut bytes = Vec::new();
        for page in pages {
            bytes.extend(page.map_or([0; 16], |page| self.item(page).to_bytes()));
        }
        Digest::of(&bytes)
    }

    /// What pages show of a list that they name: its title and address.
    fn list_reference(&self, id: ListId) -> Digest {
        let list = self.world.catalog.lists().get(id);
        let take = || of_value(&(self.world.list_title(list), &list.path));
        *self.lists[id.0 as usize].reference.get_or_init(take)
    }

    /// What pages show of the feeds of a list.
    fn list_feeds(&self, id: ListId) -> Digest {
        let list = self.world.catalog.lists().get(id);
        *self.lists[id.0 as usize].feeds.get_or_init(|| of_value(&self.world.feed_links(list)))
    }
}

impl OfLanguage {
    fn new(world: &World<'_>, language: LanguageIndex) -> Self {
        let catalog = world.catalog;
        let html = world.site.html.word();
        let code = world.site.language(language).code.as_str();
        let term = |id| of_value(&(catalog.term_title(id, language), catalog.term_path(id, language)));
        Self {
            menu: of_value(&world.shared.menus[usize::from(language)]),
            words: of_value(&world.shared.words[usize::from(language)]),
            common: of_value(&world.shared.common[usize::from(language)]),
            of_bodies: of_value(&(html, code, super::body::words(world, language).as_slice())),
            terms: catalog.terms().iter().map(|(id, _)| term(id)).collect(),
        }
    }
}

/// What is kept, or else what is taken now.
fn once(kept: Option<&OnceLock<Digest>>, take: impl FnOnce() -> Digest) -> Digest {
    match kept {
        Some(kept) => *kept.get_or_init(take),
        None => take(),
    }
}

/// The digest of the paths of the parts of something.
fn of_paths(paths: impl Iterator<Item = String>) -> Digest {
    of_value(&paths.collect::<Vec<_>>())
}

/// The digest of a value in a form that says all of it.
fn of_value(value: &impl Serialize) -> Digest {
    Digest::of(&serde_json::to_vec(value).expect("texts, numbers, lists and maps can be written as JSON"))
}

#[cfg(test)]
impl Keys<'_> {
    /// Forgets one kind of input of one kind of target, as a fault would; a proof by mutation sees what comes of it.
    pub(crate) fn forget(&mut self, target: &'static str, input: &'static str) {
        self.forgotten = Some((target, input));
    }
}

/// Every kind of target of a site with every kind of input that it declares.
#[cfg(test)]
pub(crate) fn pairs(world: &World<'_>) -> std::collections::BTreeSet<(&'static str, &'static str)> {
    let all = super::targets(world).into_iter().map(|(_, target)| target);
    all.flat_map(|target| {
        let kinds: Vec<_> = target.inputs(world).iter().map(Input::kind).collect();
        kinds.into_iter().map(move |kind| (target.kind(), kind))
    })
    .collect()
}
