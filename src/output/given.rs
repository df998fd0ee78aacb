//! What an output may see while it is made: the inputs that it listed, and nothing else.
//!
//! Hands out values, never the world they come from: so what was not declared cannot be read.

mod quotes;

use jiff::tz::TimeZone;
use tera::{Context, Value};

use super::body::{self, Body};
use super::corrections::{Admission, Listing};
use super::feed::{self, Entry, Masthead, Withdrawn};
use super::input::Input;
use super::list::{self, Listed};
use super::ninjs::{Twin, TwinPart};
use super::opened::LastOpened;
use super::record::{self, OnRecord, RecordPart};
use super::redirect::{self, Gone, Moved};
use super::security::{self, Disclosure};
use super::sitemap::{Address, Part};
use super::story::Story;
use super::structured::{self, Common, Subject, Told, Whereabouts};
use super::{Failure, World, issue, notes, terms};
use crate::catalog::PageId;
use crate::catalog::lists::ListId;
use crate::site::LanguageIndex;
use crate::source::details::Details;
use crate::source::path::TermKind;
use crate::theme::{Mentioned, Uses};

/// The declared inputs of one output, loaded when they are asked for.
pub struct Given<'a> {
    world: &'a World<'a>,
    inputs: &'a [Input],
    last: &'a LastOpened,
}

/// How links in a body are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStyle {
    /// As paths on the host, for pages.
    Rooted,
    /// As full addresses, for feeds.
    Absolute,
}

impl<'a> Given<'a> {
    /// What may be seen of `world` by an output with these inputs.
    pub fn new(world: &'a World<'a>, inputs: &'a [Input], last: &'a LastOpened) -> Self {
        Self { world, inputs, last }
    }

    /// # Panics
    /// When the input was not declared: then its changes would go unnoticed, which is our bug.
    fn need(&self, input: &Input) {
        assert!(self.inputs.contains(input), "an output used {input:?} without declaring it");
    }

    /// The code of a language.
    pub(super) fn lang(&self, language: LanguageIndex) -> &'a str {
        self.need(&Input::Settings);
        &self.world.site.language(language).code
    }

    /// The codes of all languages.
    pub(super) fn languages(&self) -> Vec<&'a str> {
        self.need(&Input::Settings);
        self.world.site.languages.iter().map(|language| language.code.as_str()).collect()
    }

    /// The zone of every time.
    pub(super) fn zone(&self) -> &'a TimeZone {
        self.need(&Input::Settings);
        &self.world.site.timezone
    }

    /// A site path with the base path, percent-encoded.
    pub(super) fn path(&self, path: &str) -> String {
        self.need(&Input::Settings);
        self.world.path(path)
    }

    /// A site path as a full address.
    pub(super) fn url(&self, path: &str) -> String {
        self.need(&Input::Settings);
        self.world.url(path)
    }

    /// The settings that templates see.
    pub(super) fn site(&self) -> Value {
        self.need(&Input::Site);
        self.world.shared.site.clone()
    }

    /// The main menu.
    pub(super) fn menu(&self, language: LanguageIndex) -> Value {
        self.need(&Input::Menu(language));
        self.world.shared.menus[usize::from(language)].clone()
    }

    /// The words of the theme.
    pub(super) fn words(&self, language: LanguageIndex) -> Value {
        self.need(&Input::Words(language));
        self.world.shared.words[usize::from(language)].clone()
    }

    /// The addresses of the theme's assets.
    pub(super) fn assets(&self) -> Value {
        self.need(&Input::Assets);
        self.world.shared.assets.clone()
    }

    /// The settings of the theme.
    pub(super) fn theme_settings(&self) -> Value {
        self.need(&Input::ThemeSettings);
        self.world.shared.theme.clone()
    }

    /// What the declared template uses.
    ///
    /// # Panics
    /// When the output declared none, or one that the theme lacks: the plan has only templates that exist.
    pub(super) fn uses(&self) -> &'a Uses {
        self.world.theme.uses(self.template()).expect("the plan has only templates that exist")
    }

    /// Renders the declared template into `out`.
    ///
    /// # Errors
    /// What is wrong with the template, and where.
    pub(super) fn render(&self, context: &Context, out: &mut Vec<u8>) -> Result<(), Failure> {
        Ok(self.world.theme.render(self.template(), context, out)?)
    }

    fn template(&self) -> &'a str {
        let template = |input: &'a Input| match input {
            Input::Template(name) => Some(name.as_str()),
            _ => None,
        };
        self.inputs.iter().find_map(template).expect("an output used a template without declaring one")
    }

    /// The pages whose cards were declared, in order.
    pub(super) fn cards(&self) -> impl Iterator<Item = PageId> {
        self.inputs.iter().filter_map(|input| match input {
            Input::Card(page) => Some(*page),
            _ => None,
        })
    }

    /// The pages whose bodies were declared, in order.
    pub(super) fn bodies(&self) -> impl Iterator<Item = PageId> {
        self.inputs.iter().filter_map(|input| match input {
            Input::Body(page) => Some(*page),
            _ => None,
        })
    }

    /// The language of a page.
    pub(super) fn language(&self, page: PageId) -> LanguageIndex {
        self.need(&Input::Card(page));
        self.world.catalog.card(page).place.language
    }

    /// What only the page itself shows.
    pub(super) fn details(&self, page: PageId) -> Result<Details, Failure> {
        self.need(&Input::Details(page));
        self.read_details(page)
    }

    /// What only the page itself shows, for an output that holds its body: the key of that covers the whole file, and its
    /// shared sources.
    pub(super) fn details_with_body(&self, page: PageId) -> Result<Details, Failure> {
        self.need(&Input::Body(page));
        self.read_details(page)
    }

    /// The value `page`, with the facts that are wanted.
    pub(super) fn page(&self, page: PageId, wanted: Mentioned, details: &Details) -> Value {
        self.need(&Input::Card(page));
        self.need(&Input::Details(page));
        self.world.page_value(page, wanted, details)
    }

    /// What the head says to programs; with the page that it is about, if there is one, and its details.
    pub(super) fn metadata(&self, subject: Subject, page: Option<(PageId, &Details)>) -> Value {
        self.need(&Input::Metadata(subject));
        let none = Details::default();
        let story = page.map(|(page, _)| {
            self.need(&Input::Card(page));
            self.need(&Input::Details(page));
            self.world.story(page)
        });
        let details = page.map_or(&none, |(_, details)| details);
        let told = Told { story: story.as_ref(), details };
        Value::safe_string(&structured::metadata(self.world, subject, &told))
    }

    /// Where an old address leads.
    pub(super) fn moved(&self, page: PageId) -> Moved<'a> {
        self.need(&Input::Card(page));
        redirect::moved(self.world, page)
    }

    /// A page as an entry of a feed.
    pub(super) fn entry(&self, page: PageId) -> Entry<'a> {
        self.need(&Input::Card(page));
        feed::entry(self.world, page)
    }

    /// The body as HTML.
    pub(super) fn body(&self, page: PageId, style: LinkStyle) -> Result<Body, Failure> {
        self.need(&Input::Body(page));
        Ok(body::render(self.world, (page, style), &*self.last.opened(self.world, page)?))
    }

    fn read_details(&self, page: PageId) -> Result<Details, Failure> {
        // Most pages have none, and need not be read for that.
        match self.world.has_details(page) {
            true => Ok(self.last.opened(self.world, page)?.details.clone()),
            false => Ok(Details::default()),
        }
    }

    /// What lists show of the next newer and the next older page.
    pub(super) fn neighbours(&self, page: PageId) -> (Value, Value) {
        self.need(&Input::Neighbours(page));
        let item = |page: Option<PageId>| page.map_or_else(Value::none, |page| self.world.item(page));
        let (newer, older) = self.world.catalog.neighbours(page);
        (item(newer), item(older))
    }

    /// What lists show of what to read next.
    pub(super) fn related(&self, page: PageId) -> Vec<Value> {
        self.need(&Input::Related(page));
        self.world.catalog.related(page).into_iter().map(|page| self.world.item(page)).collect()
    }

    /// The issues before and after a page, and what is new since the one before.
    pub(super) fn issue(&self, page: PageId) -> Result<Value, Failure> {
        self.need(&Input::Issue(page));
        let compared = issue::compared(self.world, page);
        compared.iter().flatten().for_each(|&page| self.need(&Input::Points(page)));
        issue::value(self.world, page, compared)
    }

    /// What a page replaces, and what replaces it.
    pub(super) fn succession(&self, page: PageId) -> Value {
        self.need(&Input::Succession(page));
        issue::succession(self.world, page)
    }

    /// All sources, by publisher.
    pub(super) fn source_index(&self, language: LanguageIndex) -> Value {
        self.need(&Input::SourceIndex(language));
        self.world.source_index(language).clone()
    }

    /// The value `here`, for one of the inputs called so.
    pub(super) fn here(&self, input: &Input) -> Value {
        self.need(input);
        self.world.here(input)
    }

    /// One page of a list, without its items.
    pub(super) fn list(&self, list: ListId, number: usize) -> Listed {
        self.need(&Input::List(list, number));
        list::listed(self.world, list, number)
    }

    /// What one page of a list shows of its items.
    pub(super) fn items(&self, list: ListId, number: usize) -> Vec<Value> {
        self.need(&Input::Items(list, number));
        let items = self.world.catalog.lists().get(list).items_of(number);
        items.iter().map(|&page| self.world.item(page)).collect()
    }

    /// The years and months that a list's own address shows.
    pub(super) fn archives(&self, list: ListId) -> Value {
        self.need(&Input::Archives(list));
        list::archives(self.world, list)
    }

    /// The terms of a kind.
    pub(super) fn terms(&self, kind: TermKind, language: LanguageIndex) -> Value {
        self.need(&Input::Terms(kind, language));
        terms::value(self.world, kind, language)
    }

    /// What a feed says of itself.
    pub(super) fn feed(&self, list: ListId) -> Masthead {
        self.need(&Input::Feed(list));
        feed::masthead(self.world, list)
    }

    /// What is withdrawn from a feed; nothing is, if that is no input.
    pub(super) fn withdrawn(&self, list: ListId) -> Vec<Withdrawn<'a>> {
        let declared = self.inputs.contains(&Input::Withdrawn(list));
        if declared { feed::withdrawn(self.world, list) } else { Vec::new() }
    }

    /// The notes of the corrections of a page as HTML; none, if they are no input.
    pub(super) fn notes(&self, page: PageId) -> String {
        let declared = self.inputs.contains(&Input::Notes(page));
        if declared { notes::of_page(self.world, page) } else { String::new() }
    }

    /// One page of all corrections.
    pub(super) fn corrections(&self, language: LanguageIndex, number: usize) -> Listing<'a> {
        self.need(&Input::Corrections(language, number));
        self.world.corrections(language, number)
    }

    /// The feed of all corrections.
    pub(super) fn corrections_feed(&self, language: LanguageIndex) -> (Masthead, Vec<Admission<'a>>) {
        self.need(&Input::CorrectionsFeed(language));
        self.world.corrections_feed(language)
    }

    /// The parts of the sitemap.
    pub(super) fn parts(&self) -> Vec<Part> {
        self.need(&Input::Parts);
        self.world.sitemap().parts()
    }

    /// The addresses of one part of the sitemap.
    pub(super) fn addresses(&self, part: Part) -> Vec<Address<'a>> {
        self.need(&Input::Addresses(part));
        self.world.addresses(part)
    }

    /// The parts of the record.
    pub(super) fn record_parts(&self) -> Vec<RecordPart> {
        self.need(&Input::RecordParts);
        record::parts(self.world.catalog)
    }

    /// What one part of the record says.
    pub(super) fn record(&self, part: RecordPart) -> Vec<OnRecord<'a>> {
        self.need(&Input::Record(part));
        self.world.record(part)
    }

    /// A page as programs are told of it.
    pub(super) fn story(&self, page: PageId) -> Story<'a> {
        self.need(&Input::Card(page));
        self.world.story(page)
    }

    /// What stands around a page.
    pub(super) fn whereabouts(&self, page: PageId) -> (Whereabouts, &'a Common) {
        self.need(&Input::Whereabouts(page));
        let around = structured::whereabouts(self.world, Subject::Page(page));
        let common = &self.world.shared.common[usize::from(around.language())];
        (around, common)
    }

    /// The parts of the index of twins.
    pub(super) fn twin_parts(&self) -> Vec<TwinPart> {
        self.need(&Input::TwinParts);
        self.world.twins().parts()
    }

    /// What one part of the index of twins says of each.
    pub(super) fn twins(&self, part: TwinPart) -> Vec<Twin<'a>> {
        self.need(&Input::Twins(part));
        self.world.twins_of(part)
    }

    /// Where flaws of the site are reported.
    pub(super) fn disclosure(&self) -> Option<Disclosure<'a>> {
        self.need(&Input::Security);
        security::disclosure(self.world)
    }

    /// Addresses of pages that are gone.
    pub(super) fn gone(&self) -> Gone<'a> {
        self.need(&Input::Redirects);
        redirect::gone(self.world)
    }

    /// Old addresses, and where each leads.
    pub(super) fn redirects(&self) -> Vec<(&'a str, &'a str)> {
        self.need(&Input::Redirects);
        redirect::all(self.world)
    }

    /// The text of a file of the site.
    pub(super) fn file(&self, path: &str) -> Result<String, Failure> {
        self.need(&Input::File(path.to_string()));
        Ok(self.world.texts.text(path)?)
    }

    /// The bytes of a file of the theme.
    pub(super) fn theme_file(&self, input: &Input) -> &'a [u8] {
        self.need(input);
        self.world.theme_file(input)
    }
}
