//! What an output may see while it is made: the inputs that it listed, and nothing else.

use super::body::{self, Body};
use super::input::Input;
use super::{Failure, World};
use crate::catalog::PageId;
use crate::catalog::lists::{List, ListId};
use crate::site::{LanguageIndex, Site};
use crate::source::details::{self, Details};
use crate::source::path::TermKind;

/// The declared inputs of one output, loaded when they are asked for.
pub struct Given<'a> {
    world: &'a World<'a>,
    inputs: &'a [Input],
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
    pub fn new(world: &'a World<'a>, inputs: &'a [Input]) -> Self {
        Self { world, inputs }
    }

    /// # Panics
    /// When the input was not declared: then its changes would go unnoticed, which is our bug.
    fn need(&self, input: &Input) {
        assert!(self.inputs.contains(input), "an output used {input:?} without declaring it");
    }

    /// The settings. Addresses are built from them everywhere, so every output has them.
    pub fn site(&self) -> &'a Site {
        self.need(&Input::Settings);
        self.world.site
    }

    /// The shared value for [`Input::Site`].
    pub(super) fn site_value(&self) -> tera::Value {
        self.need(&Input::Site);
        self.world.shared.site.clone()
    }

    /// The shared value for [`Input::Menu`].
    pub(super) fn menu(&self, language: LanguageIndex) -> tera::Value {
        self.need(&Input::Menu(language));
        self.world.shared.menus[usize::from(language)].clone()
    }

    /// The shared value for [`Input::Words`].
    pub(super) fn words(&self, language: LanguageIndex) -> tera::Value {
        self.need(&Input::Words(language));
        self.world.shared.words[usize::from(language)].clone()
    }

    /// The shared value for [`Input::Assets`].
    pub(super) fn assets(&self) -> tera::Value {
        self.need(&Input::Assets);
        self.world.shared.assets.clone()
    }

    /// The shared value for [`Input::ThemeSettings`].
    pub(super) fn theme_settings(&self) -> tera::Value {
        self.need(&Input::ThemeSettings);
        self.world.shared.theme.clone()
    }

    /// The world, for the card of a declared page.
    pub(super) fn of_card(&self, page: PageId) -> &'a World<'a> {
        self.need(&Input::Card(page));
        self.world
    }

    /// What only the page itself shows.
    pub(super) fn details(&self, page: PageId) -> Result<Details, Failure> {
        self.need(&Input::Details(page));
        let text = self.world.page_text(page)?;
        let sources = body::sources(self.world, page, &text)?;
        Ok(Details { sources, ..details::read(&text, self.world.site) })
    }

    /// The body as HTML.
    pub(super) fn body(&self, page: PageId, style: LinkStyle) -> Result<Body, Failure> {
        self.need(&Input::Body(page));
        body::render(self.world, page, style)
    }

    /// The next newer and the next older page.
    pub(super) fn neighbours(&self, page: PageId) -> (&'a World<'a>, (Option<PageId>, Option<PageId>)) {
        self.need(&Input::Neighbours(page));
        (self.world, self.world.catalog.neighbours(page))
    }

    /// What to read next.
    pub(super) fn related(&self, page: PageId) -> (&'a World<'a>, Vec<PageId>) {
        self.need(&Input::Related(page));
        (self.world, self.world.catalog.related(page))
    }

    /// The world, for what an address offers: one of the inputs called `Here`.
    pub(super) fn here(&self, input: &Input) -> &'a World<'a> {
        self.need(input);
        self.world
    }

    /// A list's title, address and neighbours; its items must be declared apart.
    pub(super) fn list(&self, list: ListId) -> (&'a World<'a>, &'a List) {
        self.need(&Input::List(list));
        (self.world, self.world.catalog.lists().get(list))
    }

    /// The pages on one page of a list.
    pub(super) fn items(&self, list: ListId, number: usize) -> (&'a World<'a>, &'a [PageId]) {
        self.need(&Input::Items(list, number));
        (self.world, self.world.catalog.lists().get(list).items_of(number))
    }

    /// The world, for the years and months of a list's collection.
    pub(super) fn archives(&self, list: ListId) -> &'a World<'a> {
        self.need(&Input::Archives(list));
        self.world
    }

    /// The world, for the terms of a kind.
    pub(super) fn terms(&self, kind: TermKind, language: LanguageIndex) -> &'a World<'a> {
        self.need(&Input::Terms(kind, language));
        self.world
    }

    /// The world, for the addresses of one part of the sitemap.
    pub(super) fn addresses(&self, part: usize) -> &'a World<'a> {
        self.need(&Input::Addresses(part));
        self.world
    }

    /// The world, for the number of parts of the sitemap.
    pub(super) fn parts(&self) -> &'a World<'a> {
        self.need(&Input::Parts);
        self.world
    }

    /// The world, for the redirects.
    pub(super) fn redirects(&self) -> &'a World<'a> {
        self.need(&Input::Redirects);
        self.world
    }

    /// The bytes of a file of the theme, by its published path.
    pub(super) fn theme_file(&self, path: &str) -> &'a World<'a> {
        self.need(&Input::ThemeFile(path.to_string()));
        self.world
    }

    /// The world, for `robots.txt`.
    pub(super) fn robots(&self) -> &'a World<'a> {
        self.need(&Input::Site);
        self.world
    }

    /// The world, for `404.html`: the site's words and settings.
    pub(super) fn not_found(&self) -> &'a World<'a> {
        self.need(&Input::Words(0));
        self.need(&Input::Site);
        self.world
    }

    /// The text of a file of the site.
    pub(super) fn file(&self, path: &str) -> Result<String, Failure> {
        self.need(&Input::File(path.to_string()));
        Ok(self.world.texts.text(path)?)
    }
}
