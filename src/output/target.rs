//! One file the site consists of: which kind it is, and so what it is made from and how.

mod origin;

use bitcode::{Decode, Encode};
use std::collections::HashSet;

use super::context::languages;
use super::files::FileTarget;
use super::given::Given;
use super::input::Input;
use super::ninjs::TwinPart;
use super::plain::Robots;
use super::record::RecordPart;
use super::sitemap::Part;
use super::structured::twin_path;
use super::{Artifact, Failure, World};
use super::{
    corrections, feed, list, ninjs, page, plain, quotes, record, redirect, security, sitemap, sources, terms,
};
use crate::catalog::lists::{List, ListId};
use crate::catalog::{Catalog, PageId};
use crate::site::{FeedFormat, LanguageIndex};
use crate::source::path::TermKind;

/// Where the sitemap is, or the index of its parts.
const SITEMAP: &str = "/sitemap.xml";
const QUOTES: &str = "/quotes.json";
const ROBOTS: &str = "/robots.txt";

/// One file the site consists of.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Target {
    /// A page.
    Page(PageId),
    /// One page of a list; 0 is the list's own address.
    List(ListId, usize),
    /// The index of a kind of term.
    Terms(TermKind, LanguageIndex),
    /// The index of sources.
    Sources(LanguageIndex),
    /// The index of everybody who is quoted.
    Quotes(LanguageIndex),
    /// `quotes.json`.
    QuotesJson,
    /// A feed of a list.
    Feed(ListId, FeedFormat),
    /// The twin of a briefing in JSON.
    Twin(PageId),
    /// The index of the years of the index of twins.
    TwinsIndex,
    /// One year of the index of twins, or all of it.
    Twins(TwinPart),
    /// `security.txt`.
    Security,
    /// One page of all corrections in a language; 0 is the first.
    Corrections(LanguageIndex, usize),
    /// The feed of all corrections in a language.
    CorrectionsFeed(LanguageIndex),
    /// The index of the parts of the sitemap.
    SitemapIndex,
    /// One part of the sitemap, or all of it.
    Sitemap(Part),
    /// The index of the parts of the record.
    RecordIndex,
    /// One part of the record, or all of it.
    Record(RecordPart),
    /// `robots.txt`.
    Robots(Robots),
    /// `404.html`.
    NotFound,
    /// The page at an old address.
    Redirect(PageId),
    /// The rule file of redirects; with the site's own rules, if it has a file of that name.
    Rules(Option<String>),
    /// A file published as it is.
    File(FileTarget),
}

impl Target {
    /// All that this output is a function of.
    pub fn inputs(&self, world: &World<'_>) -> Vec<Input> {
        let mut inputs = self.own_inputs(world);
        // A file as it is knows nothing of the site that it is part of, and what is quoted says every address whole.
        if !matches!(self, Self::File(_) | Self::QuotesJson) {
            inputs.push(Input::Settings);
        }
        inputs
    }

    /// Whether it is a part of the record that lists one of these pages, so that it holds the digests of their texts: of
    /// ten thousand pages nobody wants a list.
    pub fn records(&self, catalog: &Catalog, pages: &[PageId]) -> bool {
        matches!(self, Self::Record(part) if pages.iter().any(|page| part.holds(catalog, *page)))
    }

    /// The pages whose texts it holds, but for that of a page, which holds its own, and for the record.
    pub fn other_texts(&self, world: &World<'_>) -> Vec<PageId> {
        if matches!(self, Self::Page(_)) {
            return Vec::new();
        }
        let mut texts: Vec<PageId> = self.inputs(world).iter().filter_map(Input::text_of).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }

    fn own_inputs(&self, world: &World<'_>) -> Vec<Input> {
        match self {
            Self::Page(id) => page::inputs(world, *id),
            Self::List(id, number) => list::inputs(world, *id, *number),
            Self::Terms(kind, language) => terms::inputs(world, *kind, *language),
            Self::Sources(language) => sources::inputs(world, *language),
            Self::Quotes(language) => quotes::inputs(world, *language),
            Self::QuotesJson => vec![Input::Quotes],
            Self::Feed(id, _) => feed::inputs(world, *id),
            Self::Twin(id) => ninjs::inputs(*id),
            Self::TwinsIndex => vec![Input::TwinParts],
            Self::Twins(part) => vec![Input::Twins(*part)],
            Self::Security => vec![Input::Security],
            Self::Corrections(language, number) => corrections::inputs(world, *language, *number),
            Self::CorrectionsFeed(language) => vec![Input::CorrectionsFeed(*language)],
            Self::SitemapIndex => vec![Input::Parts],
            Self::Sitemap(part) => vec![Input::Addresses(*part)],
            Self::RecordIndex => vec![Input::RecordParts],
            Self::Record(part) => vec![Input::Record(*part)],
            Self::Robots(_) => Vec::new(),
            Self::NotFound => plain::not_found_inputs(world),
            Self::Redirect(id) => vec![Input::Card(*id)],
            Self::Rules(own) => {
                let own = own.iter().map(|path| Input::File(format!("content/{path}")));
                own.chain([Input::Redirects]).collect()
            }
            Self::File(file) => vec![file.input()],
        }
    }

    /// Makes the output, from what `given` holds and nothing else. `spare` is memory to write into.
    ///
    /// # Errors
    /// When a template is at fault, or a file cannot be read.
    pub fn make(&self, given: &Given<'_>, mut spare: Vec<u8>) -> Result<Artifact, Failure> {
        spare.clear();
        match self {
            Self::Page(id) => page::make(given, *id, &mut spare)?,
            Self::List(id, number) => list::make(given, (*id, *number), &mut spare)?,
            Self::Terms(kind, language) => terms::make(given, (*kind, *language), &mut spare)?,
            Self::Sources(language) => sources::make(given, *language, &mut spare)?,
            Self::Quotes(language) => quotes::make(given, *language, &mut spare)?,
            Self::QuotesJson => spare = given.quotes(),
            Self::Feed(id, format) => spare = feed::make(given, (*id, *format))?,
            Self::Twin(id) => spare = ninjs::make(given, *id)?,
            Self::TwinsIndex => spare = ninjs::index(given),
            Self::Twins(part) => spare = ninjs::part(given, *part),
            Self::Security => spare.extend_from_slice(security::make(given).as_bytes()),
            Self::Corrections(language, number) => {
                corrections::make(given, (*language, *number), &mut spare)?;
            }
            Self::CorrectionsFeed(language) => spare = corrections::feed(given, *language),
            Self::SitemapIndex => spare = sitemap::index(given),
            Self::Sitemap(part) => spare = sitemap::part(given, *part),
            Self::RecordIndex => spare = record::index(given),
            Self::Record(part) => spare = record::part(given, *part),
            Self::Robots(robots) => spare.extend_from_slice(plain::robots(given, robots).as_bytes()),
            Self::NotFound => plain::not_found(given, &mut spare)?,
            Self::Redirect(id) => spare.extend_from_slice(redirect::page(&given.moved(*id)).as_bytes()),
            Self::Rules(own) => {
                let own = own.as_ref().map(|path| given.file(&format!("content/{path}"))).transpose()?;
                spare.extend_from_slice(redirect::rules(given, own.as_deref()).as_bytes());
            }
            Self::File(FileTarget::Content(path)) => return Ok(Artifact::Copy(format!("content/{path}"))),
            Self::File(file) => spare.extend_from_slice(given.theme_file(&file.input())),
        }
        Ok(Artifact::Bytes(spare))
    }

    /// What sort of output it is, in a word that never changes.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Page(_) => "page",
            Self::List(..) => "list",
            Self::Terms(..) => "terms",
            Self::Sources(_) => "sources",
            Self::Quotes(_) => "quotes",
            Self::QuotesJson => "quotes.json",
            Self::Feed(..) => "feed",
            Self::Twin(_) => "twin",
            Self::TwinsIndex => "twins index",
            Self::Twins(_) => "twins",
            Self::Security => "security.txt",
            Self::Corrections(..) => "corrections",
            Self::CorrectionsFeed(_) => "corrections feed",
            Self::SitemapIndex => "sitemap index",
            Self::Sitemap(_) => "sitemap",
            Self::RecordIndex => "record index",
            Self::Record(_) => "record",
            Self::Robots(_) => "robots.txt",
            Self::NotFound => "404.html",
            Self::Redirect(_) => "redirect",
            Self::Rules(_) => "redirects",
            Self::File(_) => "file",
        }
    }

    /// The template that it is made with.
    pub fn template<'w>(&self, world: &'w World<'_>) -> Option<&'w str> {
        match self {
            Self::Page(id) => Some(page::template(world, *id)),
            Self::List(id, _) => Some(list::template(world.catalog.lists().get(*id))),
            Self::Terms(..) => Some(terms::TEMPLATE),
            Self::Sources(_) => Some(sources::TEMPLATE),
            Self::Corrections(..) => Some(corrections::TEMPLATE),
            Self::Quotes(_) => Some(quotes::TEMPLATE),
            Self::NotFound => Some(plain::NOT_FOUND),
            _ => None,
        }
    }
}

/// Every file the site consists of, with its path from the site's root. Held-back pages are not among them.
pub fn targets(world: &World<'_>) -> Vec<(String, Target)> {
    let catalog = world.catalog;
    let outputs = &world.site.outputs;
    let mut all: Vec<(String, Target)> = Vec::with_capacity(catalog.count() + 64);
    for id in catalog.ids().filter(|&id| catalog.has_page_or_leaks(id, "gate of pages")) {
        if catalog.is_page(id) {
            all.push((index_of(catalog.permalink(id)), Target::Page(id)));
        }
        if outputs.redirects {
            all.extend(catalog.aliases(id).iter().map(|alias| (index_of(alias), Target::Redirect(id))));
        }
    }
    for (id, list) in catalog.lists().iter() {
        all.extend((0..=list.numbered_pages()).map(|n| (index_of(&list.path_of(n)), Target::List(id, n))));
        all.extend(feeds(id, list, world.feed_formats(list)));
    }
    for (kind, language) in sitemap::term_indexes(world.site, catalog) {
        all.push((
            format!("{}{}/index.html", world.site.home(language), kind.folder()),
            Target::Terms(kind, language),
        ));
    }
    for language in
        super::context::languages(world.site).filter(|&language| sources::has_index(world, language))
    {
        all.push((format!("{}index.html", sources::path(world, language)), Target::Sources(language)));
    }
    all.extend(pages_of_corrections(world));
    all.extend(of_quotes(world));
    all.extend(file_targets(world));
    if !catalog.is_preview() {
        all.extend(feeds_of_corrections(world));
        all.extend(sitemaps(world));
        all.extend(records(world));
        all.extend(twins(world));
    }
    if world.site.security.is_some() {
        all.push((security::PATH.to_string(), Target::Security));
    }
    if outputs.robots {
        all.push((
            ROBOTS.to_string(),
            Target::Robots(Robots::Everybody(outputs.sitemap.then(|| SITEMAP.to_string()))),
        ));
    }
    if outputs.not_found {
        all.push(("/404.html".to_string(), Target::NotFound));
    }
    replace(&mut all);
    if catalog.is_preview() {
        // Whatever the site says of its public self.
        all.retain(|(path, _)| path != ROBOTS);
        all.push((ROBOTS.to_string(), Target::Robots(Robots::Nobody)));
    }
    all
}

/// What a preview leaves out of the public site, with its paths below the output folder: links to these are no mistakes there.
pub fn only_public(world: &World<'_>) -> Vec<(String, Target)> {
    if !world.catalog.is_preview() {
        return Vec::new();
    }
    let lists = world.catalog.lists().iter();
    let feeds = lists.flat_map(|(id, list)| feeds(id, list, world.public_feed_formats(list)));
    let below = |(path, target): (String, Target)| (path.trim_start_matches('/').to_string(), target);
    let feeds = feeds.chain(feeds_of_corrections(world));
    feeds.chain(sitemaps(world)).chain(records(world)).chain(twins(world)).map(below).collect()
}

fn pages_of_corrections(world: &World<'_>) -> impl Iterator<Item = (String, Target)> {
    let target = |language, number| {
        (index_of(&world.corrections_path(language, number)), Target::Corrections(language, number))
    };
    languages(world.site).flat_map(move |language| {
        let last = world.pages_of_corrections(language);
        last.into_iter().flat_map(move |last| (0..=last).map(move |number| target(language, number)))
    })
}

fn feeds_of_corrections(world: &World<'_>) -> impl Iterator<Item = (String, Target)> {
    let there = |&language: &LanguageIndex| world.pages_of_corrections(language).is_some();
    let path = |language| format!("{}feed.xml", world.corrections_path(language, 0));
    languages(world.site)
        .filter(there)
        .map(move |language| (path(language), Target::CorrectionsFeed(language)))
}

fn feeds(id: ListId, list: &List, formats: Vec<FeedFormat>) -> impl Iterator<Item = (String, Target)> {
    let path = |format| format!("{}{}", list.path, feed::format(format).0);
    formats.into_iter().map(move |format| (path(format), Target::Feed(id, format)))
}

fn of_quotes(world: &World<'_>) -> Vec<(String, Target)> {
    let indexes = quotes::index_languages(world.site, world.catalog);
    let data = (!indexes.is_empty()).then(|| (QUOTES.to_string(), Target::QuotesJson));
    let index = |language| (index_of(&quotes::path(world.site, language)), Target::Quotes(language));
    indexes.into_iter().map(index).chain(data).collect()
}

fn sitemaps(world: &World<'_>) -> Vec<(String, Target)> {
    if !world.site.outputs.sitemap {
        return Vec::new();
    }
    let parts = world.sitemap().parts();
    let index = (parts != [Part::Whole]).then(|| (SITEMAP.to_string(), Target::SitemapIndex));
    index.into_iter().chain(parts.into_iter().map(|part| (part.path(), Target::Sitemap(part)))).collect()
}

fn records(world: &World<'_>) -> Vec<(String, Target)> {
    if !world.site.outputs.record {
        return Vec::new();
    }
    let parts = record::parts(world.catalog);
    let index = (parts != [RecordPart::Whole]).then(|| (record::RECORD.to_string(), Target::RecordIndex));
    index.into_iter().chain(parts.into_iter().map(|part| (part.path(), Target::Record(part)))).collect()
}

/// The twins of all briefings, and their index.
fn twins(world: &World<'_>) -> Vec<(String, Target)> {
    if !world.site.outputs.ninjs {
        return Vec::new();
    }
    let catalog = world.catalog;
    let path = |id| (twin_path(catalog.permalink(id)), Target::Twin(id));
    let mut all: Vec<_> = catalog.ids().filter(|&id| world.is_twinned(id)).map(path).collect();
    let parts = world.twins().parts();
    if parts != [TwinPart::Whole] {
        all.push((ninjs::INDEX.to_string(), Target::TwinsIndex));
    }
    all.extend(parts.into_iter().map(|part| (part.path(), Target::Twins(part))));
    all
}

/// A file of content takes the place of a generated one; with a page, which is content too, it is a clash.
fn replace(all: &mut Vec<(String, Target)>) {
    let content = all.iter().filter(|(_, target)| matches!(target, Target::File(FileTarget::Content(_))));
    let taken: HashSet<String> = content.map(|(path, _)| path.clone()).collect();
    let content = |target: &Target| matches!(target, Target::File(_) | Target::Page(_) | Target::Redirect(_));
    all.retain(|(path, target)| content(target) || !taken.contains(path));
}

/// Files as they are; the site's own `_redirects` is merged with the rules for aliases.
fn file_targets(world: &World<'_>) -> Vec<(String, Target)> {
    let mut own = None;
    let mut all: Vec<(String, Target)> = Vec::new();
    for (path, file) in super::files::file_targets(world) {
        match file {
            FileTarget::Content(name) if name == redirect::REDIRECTS => own = Some(name),
            file => all.push((path, Target::File(file))),
        }
    }
    let ruled = !redirect::all(world).is_empty() || own.is_some() || !redirect::gone(world).paths.is_empty();
    if world.site.outputs.redirects && ruled {
        all.push((format!("/{}", redirect::REDIRECTS), Target::Rules(own)));
    } else if let Some(name) = own {
        all.push((format!("/{name}"), Target::File(FileTarget::Content(name))));
    }
    all
}

/// The file behind an address: `/a/` is `/a/index.html`, `/a` too unless it has an ending.
pub fn index_of(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    match last {
        "" => format!("{path}index.html"),
        _ if last.contains('.') => path.to_string(),
        _ => format!("{path}/index.html"),
    }
}
