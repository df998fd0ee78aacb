//! What a run found and did.

use jiff::Timestamp;

use super::held::{self, Held};
use super::ledger::Summary;
use super::plan::Plan;
use super::timings::Timings;
use crate::diagnostic::Diagnostic;
use crate::output::{Target, World};
use crate::source::path::TermKind;

/// What a run found and did.
#[derive(Debug, Default)]
pub struct Report {
    /// How many pages are public.
    pub pages: usize,
    /// How many terms of each kind have a list.
    pub terms: Vec<(TermKind, usize)>,
    /// What is held back.
    pub held: Vec<Held>,
    /// What is wrong, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// What was written; nothing if there was an error, or nowhere to write to.
    pub written: Option<Written>,
    /// The zone in which times are shown.
    pub timezone: String,
    /// How many files of content and theme are new, gone or different since the last build; all, if nothing was
    /// remembered of it.
    pub changed_sources: usize,
    /// Which those are, from the root of the site, in order; none if nothing was remembered.
    pub sources: Vec<String>,
    /// Whether the last build was remembered.
    pub warm: bool,
    /// The outputs that were made, by their paths, in order. Held-back pages are not among them.
    pub made: Vec<String>,
    /// Outputs whose bytes are new or different, in order; none if the whole folder is new.
    pub replaced: Vec<String>,
    /// Outputs that the site no longer has, in order.
    pub removed: Vec<String>,
    /// The next instant at which a page appears or expires.
    pub until: Option<Timestamp>,
    /// Why the last build could not be remembered, in a line.
    pub notice: Option<String>,
    /// What took how long, if somebody wanted to know.
    pub timings: Option<Timings>,
}

/// What a commit changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Files of the site.
    pub files: usize,
    /// Files that are new or differ from before.
    pub changed: usize,
    /// Files that the site no longer has.
    pub removed: usize,
}

impl Report {
    /// What a plan amounts to.
    pub(super) fn of(world: &World<'_>, plan: &Plan) -> Self {
        let languages = 0..u8::try_from(world.site.languages.len()).expect("at most 255 languages");
        let count = |kind: TermKind| {
            let terms = world.catalog.terms().iter().filter(|(_, term)| term.kind == kind);
            let listed =
                |id| languages.clone().any(|language| world.catalog.term_list_in(id, language).is_some());
            terms.filter(|&(id, _)| listed(id)).count()
        };
        Self {
            pages: plan.targets.iter().filter(|(_, target)| matches!(target, Target::Page(_))).count(),
            terms: TermKind::ALL.into_iter().map(|kind| (kind, count(kind))).collect(),
            held: held::all(world.catalog),
            timezone: world.site.timezone_name.clone(),
            ..Self::default()
        }
    }

    /// What the last build found, when nothing has changed since.
    pub(super) fn remembered(summary: &Summary) -> Self {
        Self {
            pages: summary.pages,
            terms: summary.terms.clone(),
            held: summary.held.clone(),
            timezone: summary.timezone.clone(),
            warm: true,
            ..Self::default()
        }
    }

    /// What the next build is to remember.
    pub(super) fn summary(&self) -> Summary {
        Summary {
            pages: self.pages,
            terms: self.terms.clone(),
            held: self.held.clone(),
            timezone: self.timezone.clone(),
        }
    }

    /// Whether anything is wrong that keeps the site from being published.
    pub fn failed(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}
