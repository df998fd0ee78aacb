//! The terms of every page, in one array: most pages have a few, and as many small vectors would take more memory than
//! what they hold.

use bitcode::{Decode, Encode};
use rayon::prelude::*;

use super::PageId;
use super::problem::Problem;
use super::slots::Slots;
use super::terms::{Meaning, TermId, Terms};
use super::visibility::Visibility;
use crate::site::Site;
use crate::source::page::Page;
use crate::source::path::{Role, TermKind};

/// The terms that each page is listed under; of the file of a term, that term first.
#[derive(Debug, Default, Encode, Decode)]
pub struct PageTerms {
    /// Where the terms of each page end; those of the next begin there.
    ends: Vec<u32>,
    terms: Vec<TermId>,
}

/// How many pages one thread looks at in one go: enough that most names come again. Few in tests, so that they have several.
const RUN_PAGES: usize = if cfg!(test) { 3 } else { 4096 };

impl PageTerms {
    /// Whether these are the terms of so many pages, and all among the terms that there are.
    pub(super) fn fit(&self, pages: usize, terms: usize) -> bool {
        let end = self.ends.last().copied().unwrap_or_default();
        self.ends.len() == pages
            && self.ends.is_sorted()
            && end as usize == self.terms.len()
            && self.terms.iter().all(|term| (term.0 as usize) < terms)
    }

    /// The terms of one page.
    pub fn of(&self, id: PageId) -> &[TermId] {
        let start = id.index().checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.terms[start as usize..self.ends[id.index()] as usize]
    }

    /// The terms of all pages. A gated page brings no term into being; it refers to what there is.
    pub(super) fn build(
        pages: &[Page],
        visibility: &[Visibility],
        (terms, site): (&mut Terms, &Site),
        problems: &mut Vec<Problem>,
    ) -> Self {
        // Names are told apart on all threads; terms come into being on one, in the order of pages.
        let runs: Vec<Names<'_>> = pages.par_chunks(RUN_PAGES).map(Names::of).collect();
        let count = runs.iter().map(|run| run.uses.len()).sum();
        let mut all = Self { ends: Vec::with_capacity(pages.len()), terms: Vec::with_capacity(count) };
        let mut each = PageId::all(pages).zip(visibility);
        for Names { distinct, uses } in runs {
            let mut known: Vec<Option<TermId>> = vec![None; distinct.len()];
            let mut uses = uses.into_iter();
            for ((id, page), visibility) in each.by_ref().take(RUN_PAGES) {
                let start = all.terms.len();
                all.terms.extend(own_term(id, page, terms));
                // Known terms are found without a look at the name: those of all pages lie far apart in memory.
                for (index, slot) in (0..page.card.terms.len()).zip(uses.by_ref()) {
                    let known = &mut known[slot as usize];
                    let name = || &page.card.terms[index];
                    let found = if visibility.is_gated() {
                        existing(terms.meaning(name().0, &name().1, (id, site)))
                    } else if known.is_some() {
                        Ok(*known)
                    } else {
                        terms.of_name(name().0, &name().1, (id, site)).map(|term| {
                            *known = Some(term);
                            *known
                        })
                    };
                    match found {
                        Ok(Some(term)) if !all.terms[start..].contains(&term) => all.terms.push(term),
                        Ok(_) => {}
                        Err(problem) => problems.push(problem),
                    }
                }
                all.ends
                    .push(u32::try_from(all.terms.len()).expect("fewer than four thousand million terms"));
            }
        }
        all
    }
}

/// The term that a page is the file of.
fn own_term(id: PageId, page: &Page, terms: &Terms) -> Option<TermId> {
    let Role::Term(kind) = page.card.place.role else { return None };
    let meanings = terms.meanings(kind, page.card.stem());
    meanings.iter().copied().find(|&term| terms.get(term).files.contains(&id))
}

fn existing(meaning: Result<Meaning, Problem>) -> Result<Option<TermId>, Problem> {
    meaning.map(|meaning| match meaning {
        Meaning::Known(term) => Some(term),
        Meaning::New(_) => None,
    })
}

/// The names on a run of pages, so that each is looked up among all terms once.
struct Names<'p> {
    distinct: Vec<(TermKind, &'p str)>,
    /// Which of them each name of each page is, in order.
    uses: Vec<u32>,
}

impl<'p> Names<'p> {
    fn of(pages: &'p [Page]) -> Self {
        let mut slots = Slots::default();
        let mut all = Self { distinct: Vec::new(), uses: Vec::with_capacity(pages.len() * 4) };
        for (kind, name) in pages.iter().flat_map(|page| &page.card.terms) {
            let hash = Slots::hash(name).rotate_left(*kind as u32);
            let new = all.distinct.len();
            let same = |place: usize| all.distinct[place] == (*kind, &**name);
            let place = slots.find_or_put(hash, new, same).unwrap_or_else(|| {
                all.distinct.push((*kind, name));
                new
            });
            all.uses.push(u32::try_from(place).expect("a run has fewer than four thousand million names"));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::page;

    #[test]
    fn terms_come_into_being_in_the_order_of_pages_and_not_through_what_is_held_back() {
        let toml = "title = \"t\"\nbase_url = \"https://example.org/\"\ntimezone = \"UTC\"\n";
        let (site, _) = Site::parse("site.toml", toml);
        let topics: [&[&str]; 9] =
            [&["B"], &["A", "B"], &["Z"], &["Z", "A"], &[], &["C", "A"], &["B", "Z"], &["C"], &["D", "D"]];
        let page = |(number, topics): (usize, &&[&str])| {
            let text = format!("+++\ntitle = \"x\"\ndraft = {}\ntopics = {topics:?}\n+++\n", number % 4 == 2);
            page::parse(&format!("news/{number}.md"), text.as_bytes(), &site).page.expect("front matter")
        };
        let pages: Vec<Page> = topics.iter().enumerate().map(page).collect();
        let now = "2026-01-01T00:00:00Z".parse().expect("an instant");
        let visibility: Vec<Visibility> = pages.iter().map(|page| Visibility::of(&page.card, now)).collect();
        let (mut terms, mut problems) = (Terms::default(), Vec::new());
        let all = PageTerms::build(&pages, &visibility, (&mut terms, &site), &mut problems);
        let titles: String = terms.iter().map(|(_, term)| term.title.as_str()).collect();
        assert_eq!(titles, "BAZCD");
        let of = |(id, _)| all.of(id).iter().map(|&term| terms.get(term).title.as_str()).collect();
        let found: Vec<String> = PageId::all(&pages).map(of).collect();
        // Of the two drafts, the first names what nobody has named yet; the second finds it.
        assert_eq!(found, ["B", "AB", "", "ZA", "", "CA", "BZ", "C", "D"]);
        assert!(problems.is_empty(), "{problems:?}");
    }
}
