//! `bulletin check --against`: the record of the site as it would be built now, compared with the one that was published.
//!
//! What was published is the memory of a site: no other state is kept. Finds what changed without a word; what can be
//! mended by a line of front matter is proposed as a repair, and written by whoever asked.

mod addresses;
mod findings;
mod published;

use std::collections::BTreeSet;

use crate::diagnostic::{self, Diagnostic};
use crate::engine::{self, Progress, Request, Stop};
use crate::source::amend;

pub use published::{Published, Unread, read as read_published, read_through as read_published_through};

/// What became of the comparison.
#[derive(Debug, Default)]
pub struct Comparison {
    /// How many briefings had been published.
    pub published: usize,
    /// What is wrong; or, where the site has mistakes, these, and nothing was compared.
    pub diagnostics: Vec<Diagnostic>,
    /// What mends some of it.
    pub repairs: Vec<Repair>,
}

/// A line of front matter that mends a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repair {
    /// The file, from the root of the site.
    pub file: String,
    /// What is written.
    pub amendment: Amendment,
}

/// What a repair writes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Amendment {
    /// One more old address.
    Alias(String),
    /// The identity that was published.
    Id(String),
}

impl Repair {
    /// The text of the file with the repair; none if nothing can be written into it.
    pub fn applied(&self, text: &str) -> Option<String> {
        match &self.amendment {
            Amendment::Alias(path) => amend::with_item(text, "aliases", path),
            Amendment::Id(id) => amend::with_text(text, "id", id),
        }
    }
}

impl Comparison {
    /// Whether something changed without a word, or nothing could be compared.
    pub fn failed(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Compares the site with what was published.
///
/// # Errors
/// When the site cannot be read, or the machine fails.
pub fn against(
    request: &Request,
    published: &Published,
    progress: &dyn Progress,
) -> Result<Comparison, Stop> {
    let compare = |site: &engine::Rehearsal<'_>| compared(site, published);
    engine::on_threads(request, || engine::rehearse(request, &BTreeSet::new(), progress, compare))
}

/// The same for a site that was read already, on the threads of the caller.
///
/// # Errors
/// When a file of the site cannot be read.
pub fn compared(site: &engine::Rehearsal<'_>, published: &Published) -> Result<Comparison, Stop> {
    let mistakes: Vec<Diagnostic> = site.said().iter().filter(|said| said.is_error()).cloned().collect();
    let count = published.briefings.len();
    if !mistakes.is_empty() {
        return Ok(Comparison { published: count, diagnostics: mistakes, repairs: Vec::new() });
    }
    let found = findings::findings(site, published)?;
    let mut comparison = Comparison { published: count, ..Comparison::default() };
    for finding in found {
        comparison.diagnostics.push(finding.placed(site)?);
        comparison.repairs.extend(finding.repairs);
    }
    comparison.diagnostics = diagnostic::sorted(comparison.diagnostics);
    comparison.repairs.sort();
    comparison.repairs.dedup();
    Ok(comparison)
}
