//! A diagnostic as JSON for programs: one object on a line of its own, fields always in the same order.
//!
//! Every field is always there; what is not known is null. Values are given as they are, not shortened for people.

use serde::Serialize;

use super::{Diagnostic, Note, Place};

#[derive(Serialize)]
struct Written<'a> {
    file: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    end_column: Option<u32>,
    severity: &'static str,
    rule: &'static str,
    message: &'a str,
    label: Option<&'a str>,
    help: &'a [String],
    notes: Vec<WrittenNote<'a>>,
}

#[derive(Serialize)]
struct WrittenNote<'a> {
    message: &'a str,
    file: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
}

/// The diagnostic as one line of JSON, without a line end.
pub fn text(diagnostic: &Diagnostic) -> String {
    let place = diagnostic.place.as_ref();
    let in_line = place.filter(|place| place.line > 0);
    let written = Written {
        file: place.map(|place| place.file.as_str()),
        line: in_line.map(|place| place.line),
        column: in_line.map(|place| place.column),
        end_column: in_line.map(Place::end_column),
        severity: diagnostic.severity.name(),
        rule: diagnostic.rule,
        message: &diagnostic.message,
        label: Some(diagnostic.label.as_str()).filter(|label| !label.is_empty()),
        help: &diagnostic.help,
        notes: diagnostic.notes.iter().map(note).collect(),
    };
    harmless(&serde_json::to_string(&written).expect("strings and numbers always become JSON"))
}

/// All of them in the order given, a line each.
pub fn texts(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().fold(String::new(), |out, diagnostic| out + &text(diagnostic) + "\n")
}

fn note(note: &Note) -> WrittenNote<'_> {
    let place = note.place.as_ref();
    let in_line = place.filter(|place| place.line > 0);
    WrittenNote {
        message: &note.message,
        file: place.map(|place| place.file.as_str()),
        line: in_line.map(|place| place.line),
        column: in_line.map(|place| place.column),
    }
}

/// JSON lets some control characters stand as they are, but some terminals obey them and some readers end a line
/// there. They can only be inside strings, where an escape means the same.
fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '\u{7f}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out += &format!("\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_in_its_order() {
        let place = Place::of("content/a.md", "див. [звіт](x)", 9..17);
        let from = Place::of("content/b.md", "x", 0..1);
        let diagnostic = Diagnostic::error("link", "no such \"page\"")
            .at(place)
            .label("here")
            .help("try y")
            .note_at("named in", from)
            .note("while checking");
        let wanted = concat!(
            r#"{"file":"content/a.md","line":1,"column":7,"end_column":11,"severity":"error","rule":"link","#,
            r#""message":"no such \"page\"","label":"here","help":["try y"],"#,
            r#""notes":[{"message":"named in","file":"content/b.md","line":1,"column":1},"#,
            r#"{"message":"while checking","file":null,"line":null,"column":null}]}"#
        );
        assert_eq!(text(&diagnostic), wanted);
    }

    #[test]
    fn what_is_not_known_is_null() {
        let wanted = concat!(
            r#"{"file":"a.md","line":null,"column":null,"end_column":null,"severity":"warning","rule":"file","#,
            r#""message":"empty","label":null,"help":[],"notes":[]}"#
        );
        assert_eq!(text(&Diagnostic::warning("file", "empty").at(Place::whole_file("a.md"))), wanted);
    }

    #[test]
    fn values_survive_and_nothing_steers_a_terminal() {
        let bad = "\u{1b}[2J\u{9b}\u{7f}\u{2028}\u{202e}\n";
        let shown = text(&Diagnostic::error("link", bad));
        assert!(!shown.chars().any(|c| c.is_control() || c == '\u{2028}' || c == '\u{202e}'), "{shown:?}");
        let read: serde_json::Value = serde_json::from_str(&shown).expect("it is JSON");
        assert_eq!(read["message"], bad);
    }
}
