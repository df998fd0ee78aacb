//! The issues of series: which comes before and after which, which numbers are given twice, and which are missing.
//!
//! Only listed pages are issues, so that what is held back stands between no two of them. Knows no key points.

use std::collections::{BTreeMap, BTreeSet};

use bitcode::{Decode, Encode};

use super::lists::{ListKind, Lists};
use super::problem::{At, Problem};
use super::terms::{TermId, Terms};
use super::visibility::Visibility;
use super::{Catalog, PageId};
use crate::site::LanguageIndex;
use crate::source::path::TermKind;

/// The issues before and after a page in its series.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub struct Around {
    /// The issue before.
    pub previous: Option<PageId>,
    /// The issue after.
    pub next: Option<PageId>,
}

/// The pages that have an issue before or after them, in order.
#[derive(Debug, Default, Encode, Decode)]
pub struct Issues(Vec<(PageId, Around)>);

impl Issues {
    /// The issues on the lists of series. Those with a number follow each other by it, the others by time.
    pub(super) fn of(lists: &Lists, terms: &Terms, number: impl Fn(PageId) -> Option<u32>) -> Self {
        let mut all = Vec::new();
        for (_, list) in lists.iter() {
            let ListKind::Term(term) = list.kind else { continue };
            if terms.get(term).kind != TermKind::Series {
                continue;
            }
            // Oldest first; of two with one number, which is a mistake, the earlier.
            let issues = list.items.iter().rev().copied();
            let (mut numbered, others): (Vec<_>, Vec<_>) =
                issues.map(|id| (number(id), id)).partition(|(number, _)| number.is_some());
            numbered.sort_by_key(|(number, _)| *number);
            for row in [numbered, others] {
                for (at, &(_, id)) in row.iter().enumerate() {
                    let one = |at: usize| row.get(at).map(|(_, id)| *id);
                    let around = Around { previous: at.checked_sub(1).and_then(one), next: one(at + 1) };
                    all.push((id, around));
                }
            }
        }
        all.retain(|(_, around)| *around != Around::default());
        all.sort_unstable_by_key(|(id, _)| *id);
        Self(all)
    }

    /// Whether these are pages among so many.
    pub(super) fn fit(&self, pages: usize) -> bool {
        let is_page = |id: PageId| id.index() < pages;
        let fits = |(id, around): &(PageId, Around)| {
            is_page(*id) && around.previous.is_none_or(is_page) && around.next.is_none_or(is_page)
        };
        self.0.iter().all(fits) && self.0.is_sorted_by_key(|(id, _)| *id)
    }

    fn around(&self, id: PageId) -> Around {
        let found = self.0.binary_search_by_key(&id, |(id, _)| *id);
        found.map(|at| self.0[at].1).unwrap_or_default()
    }
}

/// The pages with a number in each series: of each number, those that have it.
type Numbered = BTreeMap<TermId, BTreeMap<u32, Vec<PageId>>>;

impl Catalog {
    /// The issues before and after a page in its series.
    pub fn around(&self, id: PageId) -> Around {
        let around = self.issues.around(id);
        Around { next: self.leaked("gate of issues").or(around.next), ..around }
    }

    /// Numbers that a series has twice, and numbers that it lacks.
    pub(super) fn check_issues(&self, problems: &mut Vec<Problem>) {
        for (series, numbers) in self.numbered() {
            for issues in numbers.values() {
                self.check_repeated(series, issues, problems);
            }
            self.check_gaps(series, &numbers, problems);
        }
    }

    fn numbered(&self) -> Numbered {
        let mut all = Numbered::new();
        for id in self.ids() {
            let Some(number) = self.card(id).number() else { continue };
            let terms = self.terms_of_page(id).iter().copied();
            let series = terms.filter(|&term| self.terms.get(term).kind == TermKind::Series);
            for series in series {
                all.entry(series).or_default().entry(number).or_default().push(id);
            }
        }
        all
    }

    /// Two issues of one language with one number. A draft may still be a copy of the issue before it.
    fn check_repeated(&self, series: TermId, issues: &[PageId], problems: &mut Vec<Problem>) {
        let language = |id: PageId| -> LanguageIndex { self.card(id).place.language };
        for (at, &id) in issues.iter().enumerate() {
            let Some(&first) = issues[..at].iter().find(|&&other| language(other) == language(id)) else {
                continue;
            };
            let draft = [id, first].iter().any(|&id| self.publicly(id) == Visibility::Draft);
            let problem = if draft { Problem::warning } else { Problem::error };
            let (title, number) = (&self.terms.get(series).title, self.card(id).number().unwrap_or_default());
            let message =
                format!("number {number} of \"{title}\" is already that of {}", self.card(first).file());
            let label = "each issue of a series has a number of its own";
            problems.push(problem("series", id, At::Key("number"), message).label(label));
        }
    }

    /// Numbers that no issue has, between two that are public. An issue that is held back has its number, and reaches no
    /// further than what is public: so it neither is nor makes a gap.
    fn check_gaps(&self, series: TermId, numbers: &BTreeMap<u32, Vec<PageId>>, problems: &mut Vec<Problem>) {
        let is_public = |id: &PageId| !self.publicly(*id).is_gated();
        let public: Vec<(u32, PageId)> = numbers
            .iter()
            .filter_map(|(number, issues)| Some((*number, *issues.iter().find(|id| is_public(id))?)))
            .collect();
        for pair in public.windows(2) {
            let [(before, _), (after, id)] = pair else { continue };
            let taken: BTreeSet<u32> = numbers.range(before + 1..*after).map(|(number, _)| *number).collect();
            let missing: Vec<u32> = (before + 1..*after).filter(|number| !taken.contains(number)).collect();
            let (Some(first), Some(last)) = (missing.first(), missing.last()) else { continue };
            let title = &self.terms.get(series).title;
            let message = match first == last {
                true => format!("there is no number {first} of \"{title}\""),
                false => format!("{} numbers of \"{title}\" are missing, {first} to {last}", missing.len()),
            };
            let label = format!("the public issue before this one is number {before}");
            problems.push(Problem::warning("series", *id, At::Key("number"), message).label(label));
        }
    }
}
