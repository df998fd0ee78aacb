//! The line between front matter and body. Knows nothing of what either says.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Place};

/// The line that opens and closes TOML front matter.
const FENCE: &str = "+++";

/// A file divided in two; both are byte ranges of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// The TOML.
    pub front_matter: Range<usize>,
    /// The Markdown.
    pub body: Range<usize>,
}

/// Divides the text of a content file.
///
/// # Errors
/// When the file has no front matter, or no end to it: what to write.
pub fn divide(file: &str, text: &str) -> Result<Division, Diagnostic> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let first_end = line_end(text, start);
    let first = text[start..first_end].trim_end();
    if first != FENCE {
        return Err(missing(file, text, start..start + first.len()));
    }
    let mut line = first_end;
    while line < text.len() {
        let end = line_end(text, line);
        if text[line..end].trim_end() == FENCE {
            return Ok(Division { front_matter: first_end..line, body: end..text.len() });
        }
        line = end;
    }
    let message = "the front matter has no end".to_string();
    let opened = Place::of(file, text, start..start + FENCE.len());
    let label = "opened here; close it with a line of +++";
    Err(Diagnostic::error("front-matter", message).at(opened).label(label))
}

fn line_end(text: &str, start: usize) -> usize {
    text[start..].find('\n').map_or(text.len(), |at| start + at + 1)
}

fn missing(file: &str, text: &str, first: Range<usize>) -> Diagnostic {
    let example = "begin the file with:\n+++\ntitle = \"…\"\ndate = 2026-11-23\n+++";
    let diagnostic = |message: &str| Diagnostic::error("front-matter", message.to_string());
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return diagnostic("the file is empty").at(Place::of(file, text, 0..0)).help(example);
    }
    let place = Place::of(file, text, first.clone());
    if text[first.end..].trim_start().starts_with(FENCE) && text[first.clone()].is_empty() {
        let label = "remove what stands before the line of +++";
        return diagnostic("the front matter does not begin the file").at(place).label(label);
    }
    if &text[first] == "---" {
        let label = "this looks like YAML; front matter is TOML between lines of +++";
        return diagnostic("no TOML front matter").at(place).label(label);
    }
    diagnostic("no front matter").at(place).label("expected a line of +++").help(example)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (&str, &str) {
        let division = divide("a.md", text).unwrap();
        (&text[division.front_matter], &text[division.body])
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_are_fine() {
        assert_eq!(parts("\u{feff}+++\r\na = 1\r\n+++\r\nbody\r\n"), ("a = 1\r\n", "body\r\n"));
    }

    #[test]
    fn front_matter_may_be_empty_and_may_end_the_file() {
        assert_eq!(parts("+++\n+++"), ("", ""));
    }

    #[test]
    fn a_file_without_front_matter_is_told_what_to_write() {
        for text in ["", "\n\n", "# Hello", "---\ntitle: x\n---\n", "+++\ntitle = 1\n", "++++\n"] {
            let error = divide("a.md", text).unwrap_err();
            assert!(error.help.iter().any(|h| h.contains("+++")) || error.label.contains("+++"), "{text:?}");
        }
    }
}
