//! Topics, people, organisations, places and series: which there are, and which one a name means.

use std::collections::{BTreeMap, HashMap};

use bitcode::{Decode, Encode};
use unicode_normalization::UnicodeNormalization;

use super::problem::{At, Problem};
use super::{PageId, address};
use crate::diagnostic::suggestion;
use crate::site::Site;
use crate::source::page::Page;
use crate::source::path::{Role, TermKind};
use crate::source::slug::slug;

/// Where a term stands in [`Terms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct TermId(pub u32);

/// One topic, person, organisation, place or series.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Term {
    /// Which kind it is.
    pub kind: TermKind,
    /// Its name in addresses.
    pub slug: String,
    /// Its name: the title of its file, or as briefings write it.
    pub title: String,
    /// The files about it that are public, one for each language at most.
    pub files: Vec<PageId>,
    /// The stem of its files; empty when there is none.
    pub stem: String,
}

/// All terms, and what each name means.
#[derive(Debug, Default)]
pub struct Terms {
    pub(super) terms: Vec<Term>,
    /// Files first: kind and folded name to the terms it may mean.
    pub(super) names: HashMap<(TermKind, String), Vec<TermId>>,
    /// Spellings that the desk does not use; none in terms that were recalled.
    avoided: HashMap<(TermKind, String), TermId>,
    /// By kind and name in addresses; none in terms that were recalled, which no more are added to.
    slugs: HashMap<(TermKind, String), TermId>,
    /// What was found before, by kind and the name as written: most names occur thousands of times.
    found: [HashMap<String, TermId>; TermKind::ALL.len()],
}

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// This term.
    Known(TermId),
    /// One that no page has named yet; its slug.
    New(String),
}

/// What several files of one term say together.
type Known = BTreeMap<(TermKind, String), TermId>;

impl Terms {
    /// These terms, and what a name that a file gives one of them may mean. No more can be added.
    pub(super) fn recalled(terms: Vec<Term>, names: HashMap<(TermKind, String), Vec<TermId>>) -> Self {
        Self { terms, names, ..Self::default() }
    }

    /// The term that stands at `id`.
    pub fn get(&self, id: TermId) -> &Term {
        &self.terms[id.0 as usize]
    }

    /// Every term with its id: those with a file first.
    pub fn iter(&self) -> impl Iterator<Item = (TermId, &Term)> {
        (0u32..).map(TermId).zip(&self.terms)
    }

    /// The terms that have a file. `shown` tells whether a page's file may be read by anybody.
    pub fn of_files(pages: &[Page], site: &Site, shown: &dyn Fn(PageId) -> bool) -> Self {
        let mut all = Self::default();
        let mut known = Known::new();
        for (id, page) in PageId::all(pages) {
            if let Role::Term(kind) = page.card.place.role
                && shown(id)
            {
                all.add_file(kind, (id, page), (site, &mut known));
            }
        }
        all
    }

    fn add_file(&mut self, kind: TermKind, (id, page): (PageId, &Page), (site, known): (&Site, &mut Known)) {
        let card = &page.card;
        let stem = card.stem().to_string();
        let term = *known.entry((kind, stem.clone())).or_insert_with(|| {
            let slug = address::own_slug(card, site);
            let title = if card.title.is_empty() { stem.clone() } else { card.title.to_string() };
            self.push(Term { kind, slug, title, files: Vec::new(), stem: stem.clone() })
        });
        let entry = &mut self.terms[term.0 as usize];
        if card.place.language == 0 {
            // The file in the site's own language settles name and address.
            if !card.title.is_empty() {
                entry.title = card.title.to_string();
            }
            let slug = address::own_slug(card, site);
            self.slugs.entry((kind, slug.clone())).or_insert(term);
            entry.slug = slug;
        }
        entry.files.push(id);
        let also = card.rare.iter().flat_map(|rare| &rare.also_known_as).map(String::as_str);
        for name in [&*stem, &card.title].into_iter().chain(also) {
            let meanings = self.names.entry((kind, folded(name))).or_default();
            if !meanings.contains(&term) {
                meanings.push(term);
            }
        }
        for name in card.rare.iter().flat_map(|rare| &rare.avoid) {
            self.avoided.entry((kind, folded(name))).or_insert(term);
        }
    }

    /// Whom a spelling means that the desk does not use, unless it is somebody's name.
    pub(super) fn avoided(&self, kind: TermKind, name: &str) -> Option<TermId> {
        let known = || self.avoided.get(&(kind, folded(name))).copied();
        if self.avoided.is_empty() { None } else { known().filter(|_| self.meanings(kind, name).is_empty()) }
    }

    /// Whether there are any such spellings.
    pub(super) fn avoids(&self) -> bool {
        !self.avoided.is_empty()
    }

    fn push(&mut self, term: Term) -> TermId {
        let id = TermId(u32::try_from(self.terms.len()).expect("fewer than four thousand million terms"));
        self.slugs.entry((term.kind, term.slug.clone())).or_insert(id);
        self.terms.push(term);
        id
    }

    /// The term of this slug.
    pub(super) fn of_slug(&self, kind: TermKind, slug: &str) -> Option<TermId> {
        self.slugs.get(&(kind, slug.to_string())).copied()
    }

    /// The terms with a file that `name` may mean.
    pub fn meanings(&self, kind: TermKind, name: &str) -> &[TermId] {
        self.names.get(&(kind, folded(name))).map_or(&[], Vec::as_slice)
    }

    /// The term that page `id` means by `name`; a name without a file gets a term of its own.
    ///
    /// # Errors
    /// When the name is ambiguous, or spelled in two ways.
    pub fn of_name(
        &mut self,
        kind: TermKind,
        name: &str,
        (id, site): (PageId, &Site),
    ) -> Result<TermId, Problem> {
        if let Some(&term) = self.found[kind as usize].get(name) {
            return Ok(term);
        }
        let term = self.look_up(kind, name, (id, site))?;
        self.found[kind as usize].insert(name.to_string(), term);
        Ok(term)
    }

    fn look_up(&mut self, kind: TermKind, name: &str, of: (PageId, &Site)) -> Result<TermId, Problem> {
        Ok(match self.meaning(kind, name, of)? {
            Meaning::Known(term) => term,
            Meaning::New(slug) => self.push(Term {
                kind,
                slug,
                title: name.to_string(),
                files: Vec::new(),
                stem: String::new(),
            }),
        })
    }

    /// What page `id` means by `name`, without bringing a term into being.
    ///
    /// # Errors
    /// When the name is ambiguous, spelled in two ways, or makes no address.
    pub fn meaning(
        &self,
        kind: TermKind,
        name: &str,
        (id, site): (PageId, &Site),
    ) -> Result<Meaning, Problem> {
        match self.meanings(kind, name) {
            [one] => return Ok(Meaning::Known(*one)),
            [] => {}
            several => return Err(self.ambiguous(kind, name, (id, several))),
        }
        if let Some(term) = self.avoided(kind, name) {
            return Ok(Meaning::Known(term));
        }
        let slug = slug(name, &site.language(0).code, address::style(site));
        if slug.is_empty() || slug == "page" {
            let problem =
                Problem::error("term", id, at(kind, name), format!("no address can be made from \"{name}\""));
            return Err(problem.label(format!("give it a file with a slug: content/{}/…", kind.folder())));
        }
        let Some(&term) = self.slugs.get(&(kind, slug.clone())) else { return Ok(Meaning::New(slug)) };
        let known = self.get(term);
        if known.title == name || !known.stem.is_empty() {
            return Ok(Meaning::Known(term));
        }
        let message = format!("\"{name}\" and \"{}\" would share one page", known.title);
        let label = format!("write it one way, or list both in content/{}/{}.md", kind.folder(), known.slug);
        Err(Problem::error("term", id, at(kind, name), message).label(label))
    }

    fn ambiguous(&self, kind: TermKind, name: &str, (id, several): (PageId, &[TermId])) -> Problem {
        let mut files: Vec<String> = several.iter().map(|&term| self.get(term).stem.clone()).collect();
        files.sort_unstable();
        let message = format!("\"{name}\" may mean more than one of the {}", kind.folder());
        Problem::error("term", id, at(kind, name), message)
            .label(format!("write one of: {}", files.join(", ")))
    }

    /// The name of a term with a file that `term`, which has none, may be a misspelling of.
    pub fn close_to(&self, term: &Term) -> Option<&str> {
        let known = self.terms.iter().filter(|other| other.kind == term.kind && !other.stem.is_empty());
        suggestion(&term.title, known.map(|other| other.title.as_str()))
    }
}

/// Where in front matter a term of this kind is named.
pub fn at(kind: TermKind, name: &str) -> At {
    if kind == TermKind::Series { At::Key("series") } else { At::Item(kind.folder(), name.to_string()) }
}

/// Names are the same if they differ only in case or in the form of Unicode.
fn folded(name: &str) -> String {
    if name.is_ascii() { name.to_ascii_lowercase() } else { name.to_lowercase().nfc().collect() }
}
