//! A message that points at a place in a file: what is wrong, where, and what to do.
//!
//! A diagnostic holds all it needs to be shown, so it can be stored and repeated on the next build without the file.
//! Knows neither who found the mistake nor where the text is going; `terminal` and `json` each write it their way.

pub mod json;
pub mod overlay;
mod place;
mod suggestion;
pub mod terminal;

use std::cmp::Ordering;
use std::fmt;

use bitcode::{Decode, Encode};

pub use place::Place;
pub use suggestion::suggestion;

/// How bad it is: an error fails a build, a warning does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Severity {
    /// A mistake that must be mended before the site can be published.
    Error,
    /// A doubt worth a look.
    Warning,
}

impl Severity {
    /// The word that users see.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The families of mistakes, by name.
pub const RULES: [&str; 15] = [
    "address",
    "correction",
    "file",
    "front-matter",
    "held-back",
    "id",
    "leak",
    "link",
    "quotation",
    "record",
    "series",
    "settings",
    "template",
    "term",
    "theme",
];

/// One mistake of a writer or a theme author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it fails a build.
    pub severity: Severity,
    /// The family it belongs to: one of [`RULES`].
    pub rule: &'static str,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where it is; none when no file is to blame.
    pub place: Option<Place>,
    /// What stands under the span, beside the carets; may be empty.
    pub label: String,
    /// What to do, one suggestion each.
    pub help: Vec<String>,
    /// How we got there, nearest first.
    pub notes: Vec<Note>,
}

/// One step of the way that led to a mistake. With a place, the message is read together with it:
/// "included from" `themes/plain/page.html:3:4`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Note {
    /// What happened at this step.
    pub message: String,
    /// Where it happened.
    pub place: Option<Place>,
}

impl Diagnostic {
    /// A mistake that fails the build.
    pub fn error(rule: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, rule, message.into())
    }

    /// A doubt that does not.
    pub fn warning(rule: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, rule, message.into())
    }

    fn new(severity: Severity, rule: &'static str, message: String) -> Diagnostic {
        debug_assert!(RULES.contains(&rule), "`{rule}` is no known rule");
        let (help, notes) = (Vec::new(), Vec::new());
        Diagnostic { severity, rule, message, place: None, label: String::new(), help, notes }
    }

    /// Where it is.
    pub fn at(mut self, place: Place) -> Diagnostic {
        self.place = Some(place);
        self
    }

    /// What to write beside the carets.
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// One more suggestion.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help.push(help.into());
        self
    }

    /// One more step of the way here, without a place.
    pub fn note(mut self, message: impl Into<String>) -> Diagnostic {
        self.notes.push(Note { message: message.into(), place: None });
        self
    }

    /// One more step of the way here, with its place: `note_at("included from", place)`.
    pub fn note_at(mut self, message: impl Into<String>, place: Place) -> Diagnostic {
        self.notes.push(Note { message: message.into(), place: Some(place) });
        self
    }

    /// Whether it fails a build.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// File, line and column; what has no place comes before all files.
    fn position(&self) -> (&str, u32, u32) {
        self.place.as_ref().map_or(("", 0, 0), |place| (place.file.as_str(), place.line, place.column))
    }
}

impl Ord for Diagnostic {
    fn cmp(&self, other: &Diagnostic) -> Ordering {
        let first = |d: &Diagnostic| (d.severity, d.rule);
        self.position()
            .cmp(&other.position())
            .then_with(|| self.message.cmp(&other.message))
            .then_with(|| first(self).cmp(&first(other)))
            // The rest only makes equal in order mean equal.
            .then_with(|| self.place.cmp(&other.place))
            .then_with(|| self.label.cmp(&other.label))
            .then_with(|| self.help.cmp(&other.help))
            .then_with(|| self.notes.cmp(&other.notes))
    }
}

impl PartialOrd for Diagnostic {
    fn partial_cmp(&self, other: &Diagnostic) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order in which users see them: by file, line, column and message, each once.
pub fn sorted(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_unstable();
    diagnostics.dedup();
    diagnostics
}

/// How many there are of each severity; shown as "3 errors, 1 warning".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many errors.
    pub errors: usize,
    /// How many warnings.
    pub warnings: usize,
}

impl Tally {
    /// Counts them.
    pub fn of<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> Tally {
        diagnostics.into_iter().fold(Tally::default(), |mut tally, diagnostic| {
            match diagnostic.severity {
                Severity::Error => tally.errors += 1,
                Severity::Warning => tally.warnings += 1,
            }
            tally
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |number: usize, name: &str| match number {
            0 => None,
            1 => Some(format!("1 {name}")),
            _ => Some(format!("{number} {name}s")),
        };
        let parts: Vec<String> =
            [count(self.errors, "error"), count(self.warnings, "warning")].into_iter().flatten().collect();
        match parts.is_empty() {
            true => formatter.write_str("no mistakes"),
            false => formatter.write_str(&parts.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(file: &str, span: std::ops::Range<usize>) -> Diagnostic {
        Diagnostic::error("link", "no such page").at(Place::of(file, "one\ntwo three\n", span))
    }

    #[test]
    fn sorted_by_file_line_and_column_each_once() {
        let given = vec![
            link("b.md", 0..3),
            link("a.md", 8..13),
            link("a.md", 4..7),
            link("b.md", 0..3),
            Diagnostic::warning("settings", "no `url`"),
        ];
        let wanted = [given[4].clone(), given[2].clone(), given[1].clone(), given[0].clone()];
        assert_eq!(sorted(given), wanted);
    }

    #[test]
    fn order_agrees_with_equality() {
        let (one, two) = (link("a.md", 0..3), link("a.md", 0..3).label("gone"));
        assert_ne!(one.cmp(&two), Ordering::Equal);
        assert_eq!(one.cmp(&one.clone()), Ordering::Equal);
    }

    #[test]
    fn tally_reads_as_a_sentence() {
        let tally = |errors, warnings| Tally { errors, warnings }.to_string();
        assert_eq!(tally(3, 1), "3 errors, 1 warning");
        assert_eq!(tally(1, 0), "1 error");
        assert_eq!(tally(0, 2), "2 warnings");
        assert_eq!(tally(0, 0), "no mistakes");
        assert_eq!(Tally::of(&[link("a", 0..1)]), Tally { errors: 1, warnings: 0 });
    }
}
