//! Quotations: who speaks in each, and what everybody said, newest first.
//!
//! Knows what pages say of their quotations. Only listed pages count: what is held back, unlisted or has expired is in
//! nobody's quotations.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use bitcode::{Decode, Encode};
use jiff::civil::Date;
use rayon::prelude::*;

use super::links::Destination;
use super::problem::{At, Problem};
use super::terms::{TermId, Terms};
use super::{Catalog, PageId, address};
use crate::site::{LanguageIndex, Site};
use crate::source::card::Citation;
use crate::source::markdown::{Mention, Quote};
use crate::source::office::{self, Office};
use crate::source::path::TermKind;
use crate::source::slug::slug;

/// A quotation: the page that it stands on, and its place among those of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct QuoteId {
    /// The page.
    pub page: PageId,
    /// Its place in the page's outline.
    pub at: u32,
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Speaker {
    /// A person or an organisation that the site has a page of.
    Term(TermId),
    /// Somebody without: the slug of the name.
    Name(String),
}

/// What is known of a quotation beside what its page says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Resolved {
    /// Who speaks; nobody where the name is a mistake, or of somebody who is held back.
    pub speaker: Option<Speaker>,
    /// Where, if the site has a page of the place.
    pub place: Option<TermId>,
}

/// All quotations of a site.
#[derive(Debug, Default, Encode, Decode)]
pub struct Quotes {
    /// Of each page that has any, in order; held-back pages too, which are made as well.
    pages: Vec<(PageId, Vec<Resolved>)>,
    /// Those of listed pages, newest first.
    all: Vec<QuoteId>,
    /// The same by speaker.
    by_speaker: Vec<(Speaker, Vec<QuoteId>)>,
}

impl Quotes {
    /// What is known of the quotations of a page.
    pub fn of_page(&self, page: PageId) -> &[Resolved] {
        let place = self.pages.binary_search_by_key(&page, |(page, _)| *page);
        place.map_or(&[], |place| self.pages[place].1.as_slice())
    }

    /// Every public quotation, newest first.
    pub fn all(&self) -> &[QuoteId] {
        &self.all
    }

    /// What somebody said, newest first.
    pub fn of_speaker(&self, speaker: &Speaker) -> &[QuoteId] {
        let place = self.by_speaker.binary_search_by(|(known, _)| known.cmp(speaker));
        place.map_or(&[], |place| self.by_speaker[place].1.as_slice())
    }

    /// Everybody who is quoted, with what they said, newest first.
    pub fn speakers(&self) -> impl Iterator<Item = (&Speaker, &[QuoteId])> {
        self.by_speaker.iter().map(|(speaker, quotes)| (speaker, quotes.as_slice()))
    }

    /// Whether these can be the quotations of so many pages, by and at so many terms.
    pub(super) fn fit(&self, pages: usize, terms: usize) -> bool {
        let is_term = |term: &TermId| (term.0 as usize) < terms;
        let is_page = |page: &PageId| page.index() < pages;
        let speaks = |speaker: &Speaker| if let Speaker::Term(term) = speaker { is_term(term) } else { true };
        let resolved = |one: &Resolved| one.speaker.iter().all(speaks) && one.place.iter().all(is_term);
        let by_speaker = self.by_speaker.iter().flat_map(|(_, quotes)| quotes);
        self.pages.iter().all(|(page, all)| is_page(page) && all.iter().all(resolved))
            && self.by_speaker.iter().all(|(speaker, _)| speaks(speaker))
            && self.all.iter().chain(by_speaker).all(|id| is_page(&id.page))
    }
}

/// Who said something, in which office and where, in the words of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution<'c> {
    /// The name of the speaker.
    pub name: &'c str,
    /// The words that stand for it in the text of the page.
    pub shown: &'c str,
    /// The kind of term that the speaker is, if one.
    pub kind: Option<TermKind>,
    /// The speaker's page, as a path from the site's root.
    pub path: Option<&'c str>,
    /// The office: as written, or the one that was held on that day.
    pub role: &'c str,
    /// The place: its name, the words that stand for it in the text, and its page.
    pub place: Option<Place<'c>>,
}

/// Where something was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'c> {
    /// Its name.
    pub name: &'c str,
    /// The words that stand for it in the text of the page.
    pub shown: &'c str,
    /// Its page, as a path from the site's root.
    pub path: Option<&'c str>,
}

/// What stands for a name in the text: the words, or the name as the writer or the file gives it.
fn shown<'c>(mention: &'c Mention, name: &'c str) -> &'c str {
    if mention.words.is_empty() && mention.destination().is_some() { name } else { mention.plainly() }
}

impl Catalog {
    /// All quotations.
    pub fn quotes(&self) -> &Quotes {
        &self.quotes
    }

    /// What a page says of a quotation.
    ///
    /// # Panics
    /// When the page has no such quotation.
    pub fn quote(&self, id: QuoteId) -> &Quote {
        &self.page(id.page).outline.quotes[id.at as usize]
    }

    /// When something was said: on the day that is stated, or else that of its page.
    pub fn said(&self, id: QuoteId) -> Option<Date> {
        let published = || self.card(id.page).published().map(|moment| moment.day);
        self.quote(id).date.or_else(published)
    }

    /// Who said it, for readers of `language`.
    pub fn attribution(&self, id: QuoteId, language: LanguageIndex) -> Attribution<'_> {
        let quote = self.quote(id);
        let known = self.quotes.of_page(id.page).get(id.at as usize);
        let speaker = match known.and_then(|known| known.speaker.as_ref()) {
            Some(Speaker::Term(term)) => Some(*term),
            _ => None,
        };
        let title = |term: TermId| self.term_title(term, language);
        let name = speaker.map_or_else(|| quote.speaker.plainly(), title);
        let office = || {
            let offices = speaker.map_or(&[][..], |term| self.offices(term, language));
            quote.date.and_then(|day| office::held_on(offices, day)).map_or("", |office| &office.title)
        };
        Attribution {
            name,
            shown: shown(&quote.speaker, name),
            kind: speaker.map(|term| self.terms.get(term).kind),
            path: speaker.and_then(|term| self.term_path(term, language)),
            role: if quote.role.is_empty() { office() } else { &quote.role },
            place: quote.place.as_ref().map(|place| {
                let term = known.and_then(|known| known.place);
                let name = term.map_or_else(|| place.plainly(), title);
                let path = term.and_then(|term| self.term_path(term, language));
                Place { name, shown: shown(place, name), path }
            }),
        }
    }

    /// What is known of the sources that a quotation cites; notes of the body's own are not among them.
    pub fn citations(&self, id: QuoteId) -> Vec<&Citation> {
        let of = |page: PageId| self.card(page).rare.iter().flat_map(|rare| &rare.citations);
        let own = |name: &str| of(id.page).find(|citation| citation.id.to_lowercase() == name.to_lowercase());
        let shared = |name: &str| self.shared_source(name).and_then(|source| of(source).next());
        self.quote(id).sources.iter().filter_map(|name| own(name).or_else(|| shared(name))).collect()
    }

    /// The offices of a person as the file for readers of `language` names them, or else the site's own.
    pub fn offices(&self, term: TermId, language: LanguageIndex) -> &[Office] {
        let files = || self.terms.get(term).files.iter().map(|&file| self.card(file));
        let of = |wanted: LanguageIndex| {
            let own = files().filter(|card| card.place.language == wanted);
            own.filter_map(|card| card.rare.as_ref()).map(|rare| &*rare.offices).find(|all| !all.is_empty())
        };
        of(language).or_else(|| of(0)).unwrap_or(&[])
    }

    /// Finds out who speaks in every quotation, and brings them together.
    pub(super) fn gather_quotes(&mut self, site: &Site, problems: &mut Vec<Problem>) {
        let quoting: Vec<PageId> =
            self.par_ids().filter(|&id| !self.page(id).outline.quotes.is_empty()).collect();
        let resolved = |&page: &PageId| {
            let quotes = self.page(page).outline.quotes.iter();
            quotes.map(|quote| self.resolved(page, quote, site)).collect::<Vec<_>>()
        };
        let resolved: Vec<Vec<(Resolved, Vec<Problem>)>> = quoting.par_iter().map(resolved).collect();
        let mut quotes = Quotes::default();
        for (page, all) in quoting.into_iter().zip(resolved) {
            let (all, found): (Vec<_>, Vec<_>) = all.into_iter().unzip();
            problems.extend(found.into_iter().flatten());
            quotes.pages.push((page, all));
        }
        self.quotes = quotes;
        let mut said: Vec<(Reverse<Option<Date>>, u32, QuoteId)> = Vec::new();
        let leaked = self.leaked("gate of quotes");
        for (page, all) in &self.quotes.pages {
            let rank = self.rank(*page);
            let listed = rank != super::UNRANKED || leaked == Some(*page);
            let count = if listed { u32::try_from(all.len()).unwrap_or(u32::MAX) } else { 0 };
            let ids = (0..count).map(|at| QuoteId { page: *page, at });
            said.extend(ids.map(|id| (Reverse(self.said(id)), rank, id)));
        }
        said.par_sort_unstable();
        let mut by_speaker: BTreeMap<Speaker, Vec<QuoteId>> = BTreeMap::new();
        for &(.., id) in &said {
            if let Some(speaker) = &self.quotes.of_page(id.page)[id.at as usize].speaker {
                by_speaker.entry(speaker.clone()).or_default().push(id);
            }
        }
        self.quotes.all = said.into_iter().map(|(.., id)| id).collect();
        self.quotes.by_speaker = by_speaker.into_iter().collect();
    }

    fn resolved(&self, page: PageId, quote: &Quote, site: &Site) -> (Resolved, Vec<Problem>) {
        let mut problems = Vec::new();
        let speaker = match self.mentioned(page, &quote.speaker) {
            Some(term) if self.terms.get(term).kind == TermKind::Place => {
                let problem = wrong(page, &quote.speaker, "is a place, and places do not speak");
                problems.push(problem.label("name a person or an organisation"));
                None
            }
            Some(term) => Some(Speaker::Term(term)),
            None if quote.speaker.destination().is_some() => None,
            None => match speaker_called(&self.terms, &quote.speaker.name, site) {
                Ok(speaker) => Some(speaker),
                Err(candidates) => {
                    let problem = wrong(page, &quote.speaker, "may mean more than one speaker");
                    problems.push(problem.label(format!("write one of: {candidates}")));
                    None
                }
            },
        };
        let place = quote.place.as_ref().and_then(|place| match self.mentioned(page, place) {
            Some(term) if self.terms.get(term).kind != TermKind::Place => {
                let problem = wrong(page, place, "is no place");
                problems
                    .push(problem.label(format!("in a role, link words: [head of mission]({})", place.name)));
                None
            }
            Some(term) => Some(term),
            None if place.destination().is_some() => None,
            None => single(self.terms.meanings(TermKind::Place, &place.name)),
        });
        (Resolved { speaker, place }, problems)
    }

    /// The term that `@name` means; what it cannot mean, the checks of links tell.
    fn mentioned(&self, page: PageId, mention: &Mention) -> Option<TermId> {
        match self.destination(page, mention.destination()?) {
            Destination::Page(file, _) if self.visibility(file).has_page() => {
                self.page_terms.of(file).first().copied()
            }
            Destination::Term(term, _) => Some(term),
            _ => None,
        }
    }
}

fn wrong(page: PageId, mention: &Mention, what: &str) -> Problem {
    let name = &*mention.name;
    Problem::error("term", page, At::Link(name.to_string()), format!("`{name}` {what}"))
}

fn single(terms: &[TermId]) -> Option<TermId> {
    if let [one] = terms { Some(*one) } else { None }
}

/// Who is called so: somebody with a file, by any of their names, or with a page, or just a name.
fn speaker_called(terms: &Terms, name: &str, site: &Site) -> Result<Speaker, String> {
    const KINDS: [TermKind; 2] = [TermKind::Person, TermKind::Organisation];
    let found: Vec<TermId> = KINDS.iter().flat_map(|&kind| terms.meanings(kind, name)).copied().collect();
    match found[..] {
        [one] => return Ok(Speaker::Term(one)),
        [] => {}
        _ => {
            let file = |&id: &TermId| format!("@{}/{}", terms.get(id).kind.folder(), terms.get(id).stem);
            return Err(found.iter().map(file).collect::<Vec<_>>().join(", "));
        }
    }
    if let Some(term) = KINDS.iter().find_map(|&kind| terms.avoided(kind, name)) {
        return Ok(Speaker::Term(term));
    }
    let slug = slug(name, &site.language(0).code, address::style(site));
    if slug.is_empty() {
        return Ok(Speaker::Name(name.to_lowercase()));
    }
    let bare = KINDS.iter().find_map(|&kind| terms.of_slug(kind, &slug));
    Ok(bare.map_or(Speaker::Name(slug), Speaker::Term))
}
