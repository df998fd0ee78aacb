//! What is wrong between pages: a mistake in one file that only another file shows.
//!
//! Cards hold no byte offsets, so a problem names the key or the link; the place is looked up when it is shown.

use crate::diagnostic::Severity;

use super::PageId;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether it fails a build.
    pub severity: Severity,
    /// The family it belongs to.
    pub rule: &'static str,
    /// The page whose file is to be mended.
    pub page: PageId,
    /// What in that file.
    pub at: At,
    /// What is wrong.
    pub message: String,
    /// What to write instead; stands beside the carets.
    pub label: String,
    /// What else to know.
    pub help: Vec<String>,
}

/// What in a file is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// The file itself.
    File,
    /// The value of a key.
    Key(&'static str),
    /// One text of a list under a key.
    Item(&'static str, String),
    /// The date of an entry under corrections, by its number on the card.
    Correction(usize),
    /// A link of the body, by its destination.
    Link(String),
    /// A reference such as `[^id]` of the body, by its id.
    Note(String),
}

impl Problem {
    /// A mistake that fails the build.
    pub fn error(rule: &'static str, page: PageId, at: At, message: String) -> Self {
        Self { severity: Severity::Error, rule, page, at, message, label: String::new(), help: Vec::new() }
    }

    /// A doubt that does not.
    pub fn warning(rule: &'static str, page: PageId, at: At, message: String) -> Self {
        Self { severity: Severity::Warning, ..Self::error(rule, page, at, message) }
    }

    /// What to write instead.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// What else to know.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
