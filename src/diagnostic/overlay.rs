//! Diagnostics for the overlay of the preview: JSON with all that is needed to draw them, source lines included.
//!
//! Values only, no HTML: whoever draws them sets them as text, so nothing from the content can become markup.

use serde::Serialize;

use super::{Diagnostic, Note, Severity, terminal};

/// A screen holds a handful; what is more is counted.
const SHOWN_MAX: usize = 50;

#[derive(Serialize)]
struct Overlay<'a> {
    mistakes: Vec<Mistake<'a>>,
    /// How many are not shown.
    more: usize,
}

#[derive(Serialize)]
struct Mistake<'a> {
    severity: &'static str,
    rule: &'static str,
    message: &'a str,
    place: Option<String>,
    line: Option<Line<'a>>,
    label: &'a str,
    help: &'a [String],
    notes: Vec<String>,
}

/// The source line in three parts, the middle one being wrong.
#[derive(Serialize)]
struct Line<'a> {
    number: u32,
    before: &'a str,
    wrong: &'a str,
    after: &'a str,
}

/// All of them as one object, errors first.
pub fn text(diagnostics: &[Diagnostic]) -> String {
    let of = |severity| diagnostics.iter().filter(move |diagnostic| diagnostic.severity == severity);
    let sorted = of(Severity::Error).chain(of(Severity::Warning));
    let mistakes: Vec<Mistake<'_>> = sorted.take(SHOWN_MAX).map(mistake).collect();
    let more = diagnostics.len() - mistakes.len();
    serde_json::to_string(&Overlay { mistakes, more }).expect("strings and numbers always become JSON")
}

/// A fault of the machine, which nobody's file is to blame for.
pub fn fault(why: &str) -> String {
    let (severity, rule, help, notes) = (Severity::Error.name(), "machine", &[][..], Vec::new());
    let fault = Mistake { severity, rule, message: why, place: None, line: None, label: "", help, notes };
    let overlay = Overlay { mistakes: vec![fault], more: 0 };
    serde_json::to_string(&overlay).expect("strings and numbers always become JSON")
}

fn mistake(diagnostic: &Diagnostic) -> Mistake<'_> {
    let place = diagnostic.place.as_ref();
    let line = place.filter(|place| place.line > 0).map(|place| {
        let (before, wrong) = (place.before(), place.span());
        let after = place.text.get(before.len() + wrong.len()..).unwrap_or_default();
        Line { number: place.line, before, wrong, after }
    });
    Mistake {
        severity: diagnostic.severity.name(),
        rule: diagnostic.rule,
        message: &diagnostic.message,
        place: place.map(terminal::address),
        line,
        label: &diagnostic.label,
        help: &diagnostic.help,
        notes: diagnostic.notes.iter().map(note).collect(),
    }
}

fn note(note: &Note) -> String {
    match &note.place {
        Some(place) => format!("{} {}", note.message, terminal::address(place)),
        None => note.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    #[test]
    fn the_line_comes_in_three_parts() {
        let place = Place::of("content/a.md", "see [x](y) there", 4..10);
        let diagnostic =
            Diagnostic::error("link", "no <such> page").at(place).label("here").help("try z").note("so");
        let shown: serde_json::Value = serde_json::from_str(&text(&[diagnostic])).expect("it is JSON");
        let mistake = &shown["mistakes"][0];
        assert_eq!(mistake["place"], "content/a.md:1:5");
        assert_eq!(mistake["line"]["before"], "see ");
        assert_eq!(mistake["line"]["wrong"], "[x](y)");
        assert_eq!(mistake["line"]["after"], " there");
        assert_eq!(mistake["message"], "no <such> page");
        assert_eq!(mistake["notes"][0], "so");
    }

    #[test]
    fn errors_come_first_and_the_rest_is_counted() {
        let mut all = vec![Diagnostic::warning("file", "w")];
        all.extend((0..SHOWN_MAX + 2).map(|_| Diagnostic::error("file", "e")));
        let shown: serde_json::Value = serde_json::from_str(&text(&all)).expect("it is JSON");
        assert_eq!(shown["mistakes"][0]["severity"], "error");
        assert_eq!(shown["more"], 3);
    }
}
