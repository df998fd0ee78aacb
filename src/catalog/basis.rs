//! What pages rest on: their sources, shared ones too, and for each source the listed pages that rest on it.

use std::collections::HashMap;

use super::problem::{At, Problem};
use super::{Catalog, PageId};
use crate::site::LanguageIndex;
use crate::source::basis::{RETRACTED, Told};

/// A source with what rests on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rested<'c> {
    /// What it is: in the words of its own file, or else of the newest page.
    pub told: Told<'c>,
    /// Whether its own file, or any page, says that it was retracted.
    pub retracted: bool,
    /// The pages, newest first.
    pub pages: Vec<PageId>,
}

/// What makes two entries of pages one source: the title and the address, without one the publisher. Not the address
/// alone: many sources are cited by the page on which their publisher lists them all.
type Identity<'c> = (&'c str, &'c str, &'c str);

impl Catalog {
    /// The files below `sources/` that a page cites or lists. What is held back itself may rest on what is held back.
    pub fn shared_sources(&self, id: PageId) -> impl Iterator<Item = PageId> {
        let listed = self.card(id).rare.iter().flat_map(|rare| &rare.shared_sources).map(String::as_str);
        let cited = self.page(id).outline.unknown_notes.iter().map(|name| &**name);
        let held = self.visibility(id).is_gated();
        let seen = move |source: &PageId| {
            let visibility = self.visibility(*source);
            visibility.has_page() || held && visibility.is_gated()
        };
        listed.chain(cited).filter_map(|name| self.source_file(name)).filter(seen)
    }

    /// The shared source of this name, if readers may see it.
    pub(super) fn shared_source(&self, name: &str) -> Option<PageId> {
        self.source_file(name).filter(|&source| self.visibility(source).has_page())
    }

    /// The shared source of this name, whoever may see it.
    fn source_file(&self, name: &str) -> Option<PageId> {
        self.page_of_path(&format!("sources/{name}.md"))
    }

    /// Sources that a page names and nothing describes, or that are not public when it is.
    pub(super) fn check_sources(&self, id: PageId, problems: &mut Vec<Problem>) {
        for name in self.card(id).rare.iter().flat_map(|rare| &rare.shared_sources) {
            let at = At::Item("sources", name.clone());
            match self.source_file(name) {
                Some(source) => problems.extend(self.leak(id, source, at)),
                None => {
                    let message = format!("the source `{name}` has no title");
                    let label = format!("give it one here, or describe it in content/sources/{name}.md");
                    problems.push(Problem::error("link", id, at, message).label(label));
                }
            }
        }
        for name in &self.page(id).outline.unknown_notes {
            let at = At::Note(name.to_string());
            match self.source_file(name) {
                Some(source) => problems.extend(self.leak(id, source, at)),
                None => {
                    let message = format!("`[^{name}]` refers to no source and no footnote");
                    let problem = Problem::error("link", id, at, message);
                    problems.push(problem.label("add [[sources]] with this id, or a footnote"));
                }
            }
        }
    }

    /// The sources of a page: its own, then the shared ones.
    fn basis(&self, id: PageId) -> impl Iterator<Item = (Told<'_>, bool)> {
        let own = self.card(id).basis.iter().map(|told| (told, false));
        let shared = self.shared_sources(id).flat_map(|file| self.card(file).basis.iter());
        own.chain(shared.map(|told| (told, true)))
    }

    /// All sources of the listed pages in a language; those that were cited last come first.
    pub fn rested(&self, language: LanguageIndex) -> Vec<Rested<'_>> {
        let mut all: Vec<(Rested<'_>, bool)> = Vec::new();
        let mut known: HashMap<Identity<'_>, usize> = HashMap::new();
        let listed = self.listed().iter().copied().chain(self.leaked("gate of the source index"));
        for id in listed.filter(|&id| self.card(id).place.language == language) {
            for (told, shared) in self.basis(id) {
                let at = *known.entry(identity(told)).or_insert(all.len());
                if at == all.len() {
                    all.push((Rested { told, retracted: false, pages: Vec::new() }, shared));
                }
                let (rested, by_file) = &mut all[at];
                if shared && !*by_file {
                    (rested.told, *by_file) = (told, true);
                }
                rested.retracted |= told.status == RETRACTED;
                if rested.pages.last() != Some(&id) {
                    rested.pages.push(id);
                }
            }
        }
        all.into_iter().map(|(rested, _)| rested).collect()
    }

    /// Whether a page rests on a source.
    pub fn rests(&self, id: PageId) -> bool {
        self.basis(id).next().is_some()
    }

    /// Whether any listed page in a language rests on a source.
    pub fn has_basis(&self, language: LanguageIndex) -> bool {
        let of_language = |id: &&PageId| self.card(**id).place.language == language;
        self.listed().iter().filter(of_language).any(|&id| self.rests(id))
    }
}

fn identity(told: Told<'_>) -> Identity<'_> {
    match told.url.trim_end_matches('/') {
        "" => (told.title, "", told.publisher),
        url => (told.title, url, ""),
    }
}
