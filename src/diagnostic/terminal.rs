//! A diagnostic as text for people: the message, the line, and carets under what is wrong.
//!
//! Content is not trusted: no control character of a message, a path or a source line reaches the terminal.
//! Knows nothing of terminals' abilities; the caller says whether colour is wanted.

use unicode_width::UnicodeWidthStr;

use super::{Diagnostic, Note, Place, Severity};

/// Whether to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// For files and pipes.
    Never,
    /// For terminals.
    Always,
}

const TAB: &str = "    ";
const RED: &str = "\u{1b}[1;31m";
const YELLOW: &str = "\u{1b}[1;33m";
const BLUE: &str = "\u{1b}[1;34m";
const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

impl Colour {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Colour::Never => text.to_owned(),
            Colour::Always if text.is_empty() => String::new(),
            Colour::Always => [code, text, PLAIN].concat(),
        }
    }
}

/// The diagnostic as lines of text, with a line end after the last one.
pub fn text(diagnostic: &Diagnostic, colour: Colour) -> String {
    let frame = Frame::new(diagnostic, colour);
    let head = format!("{}[{}]", diagnostic.severity, diagnostic.rule);
    let message = format!(": {}", harmless_lines(&diagnostic.message, TAB));
    let mut out = colour.paint(frame.strong, &head) + &colour.paint(BOLD, &message) + "\n";
    if let Some(place) = &diagnostic.place {
        out += &frame.arrow(place);
        if place.line > 0 {
            out += &frame.line(place, &diagnostic.label);
        } else if !diagnostic.label.is_empty() {
            out += &frame.remark("note", &diagnostic.label);
        }
    }
    out.extend(diagnostic.help.iter().map(|help| frame.remark("help", help)));
    out.extend(diagnostic.notes.iter().map(|note| frame.remark("note", &phrase(note))));
    out
}

/// All of them in the order given, with an empty line after each.
pub fn texts(diagnostics: &[Diagnostic], colour: Colour) -> String {
    diagnostics.iter().fold(String::new(), |out, diagnostic| out + &text(diagnostic, colour) + "\n")
}

/// Where it is, as editors and terminals like to read it: `content/a.md:4:1`.
pub fn address(place: &Place) -> String {
    let file = harmless(&place.file);
    if place.line == 0 { file } else { format!("{file}:{}:{}", place.line, place.column) }
}

/// What stands left of the source line and below it.
struct Frame {
    /// As wide as the line number, with a space before and after it.
    gutter: String,
    /// The colour of the severity.
    strong: &'static str,
    colour: Colour,
}

impl Frame {
    fn new(diagnostic: &Diagnostic, colour: Colour) -> Frame {
        let line = diagnostic.place.as_ref().map_or(0, |place| place.line);
        let digits = if line == 0 { 0 } else { line.to_string().len() };
        let strong = match diagnostic.severity {
            Severity::Error => RED,
            Severity::Warning => YELLOW,
        };
        Frame { gutter: " ".repeat(digits + 2), strong, colour }
    }

    fn blue(&self, sign: &str) -> String {
        self.colour.paint(BLUE, &format!("{}{sign}", self.gutter))
    }

    fn arrow(&self, place: &Place) -> String {
        let arrow = self.colour.paint(BLUE, &format!("{}-->", &self.gutter[1..]));
        format!("{arrow} {}\n", address(place))
    }

    /// The source line and the carets with their label.
    fn line(&self, place: &Place, label: &str) -> String {
        let bar = self.blue("|");
        let numbered = self.colour.paint(BLUE, &format!("{:>1$} |", place.line, self.gutter.len() - 1));
        let text = format!("{numbered} {}", harmless(&place.text));
        let indent = " ".repeat(harmless(place.before()).width());
        let carets = "^".repeat(harmless(place.span()).width().max(1));
        // The label's further lines stand under its first.
        let under = format!("\n{bar} {indent}{} ", " ".repeat(carets.len()));
        let marked = format!("{carets} {}", label.trim_end());
        let marked: Vec<String> =
            marked.trim_end().lines().map(|line| self.colour.paint(self.strong, &harmless(line))).collect();
        format!("{bar}\n{}\n{bar} {indent}{}\n", text.trim_end(), marked.join(&under))
    }

    /// A line below, such as `= help: …`.
    fn remark(&self, name: &str, text: &str) -> String {
        let indent = " ".repeat(self.gutter.len() + "= help: ".len());
        let name = self.colour.paint(BOLD, name);
        format!("{} {name}: {}\n", self.blue("="), harmless_lines(text, &indent))
    }
}

/// A note and its place, read as one phrase.
fn phrase(note: &Note) -> String {
    match &note.place {
        Some(place) => format!("{} {}", note.message, address(place)),
        None => note.message.clone(),
    }
}

/// The text with every line made harmless and all but the first indented, so that no line of a message can pass for
/// a message of its own.
fn harmless_lines(text: &str, indent: &str) -> String {
    text.trim_end().lines().map(harmless).collect::<Vec<_>>().join(&format!("\n{indent}"))
}

/// The text with what could steer a terminal replaced by something to look at.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => out.push_str(TAB),
            // Unicode has pictures of the old control characters.
            '\u{0}'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(character)).unwrap_or('�')),
            '\u{7f}' => out.push('␡'),
            '\u{80}'..='\u{9f}' => out.push('�'),
            // These turn the rest of the line around, or end it.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' => out.push('�'),
            '\u{feff}' => out.push('�'),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The diagnostic about `wrong` in `source`.
    fn about(source: &str, wrong: &str) -> Diagnostic {
        let at = source.find(wrong).expect("the wrong part is in the source");
        let place = Place::of("content/a.md", source, at..at + wrong.len());
        Diagnostic::error("front-matter", "unknown key `sumary`").at(place).label("did you mean `summary`?")
    }

    fn plain(diagnostic: &Diagnostic) -> String {
        text(diagnostic, Colour::Never)
    }

    #[test]
    fn looks_as_the_design_shows_it() {
        let source = "+++\ntitle = \"a\"\n\nsumary = \"The president said\"\n";
        let wanted = "\
error[front-matter]: unknown key `sumary`
  --> content/a.md:4:1
   |
 4 | sumary = \"The president said\"
   | ^^^^^^ did you mean `summary`?
";
        assert_eq!(plain(&about(source, "sumary")), wanted);
    }

    #[test]
    fn help_and_notes_stand_below() {
        let source = "\n".repeat(41) + "{{ page.nope }}";
        let place = Place::of("themes/plain/page.html", &source, 44..53);
        let from = Place::of("themes/plain/base.html", "{% include \"page.html\" %}", 0..5);
        let diagnostic = Diagnostic::warning("template", "no field `nope`")
            .at(place)
            .help("write `page?.nope`")
            .note_at("included from", from)
            .note("while making /a/");
        let wanted = "\
warning[template]: no field `nope`
   --> themes/plain/page.html:42:4
    |
 42 | {{ page.nope }}
    |    ^^^^^^^^^
    = help: write `page?.nope`
    = note: included from themes/plain/base.html:1:1
    = note: while making /a/
";
        assert_eq!(plain(&diagnostic), wanted);
    }

    #[test]
    fn without_a_line_there_is_no_frame() {
        let file =
            Diagnostic::error("file", "is not UTF-8").at(Place::whole_file("content/a.md")).help("save it");
        assert_eq!(plain(&file), "error[file]: is not UTF-8\n --> content/a.md\n  = help: save it\n");
        assert_eq!(plain(&Diagnostic::error("settings", "no `url`")), "error[settings]: no `url`\n");
    }

    /// The column at which the carets begin, and their number.
    fn carets(source: &str, wrong: &str) -> (usize, usize) {
        let shown = plain(&about(source, wrong));
        let line = shown.lines().last().expect("the carets are last");
        let after = &line["   | ".len()..];
        (after.find('^').expect("there are carets"), after.matches('^').count())
    }

    #[test]
    fn carets_stand_under_the_span_in_every_script() {
        assert_eq!(carets("Оновлення: див. [звіт](x)", "звіт"), (17, 4));
        assert_eq!(carets("日本 = 大統領", "大統領"), (7, 6));
        assert_eq!(carets("قال الرئيس", "الرئيس"), (4, 6));
        assert_eq!(carets("cafe\u{301} x", "x"), (5, 1));
        assert_eq!(carets("\tx", "x"), (4, 1));
        assert_eq!(carets("a\u{1b}[31mb", "b"), (6, 1));
    }

    #[test]
    fn an_empty_span_has_one_caret() {
        let end = Diagnostic::error("link", "not closed").at(Place::of("a.md", "[x](y", 5..5));
        assert!(plain(&end).ends_with("   |      ^\n"));
    }

    #[test]
    fn nothing_from_the_content_steers_the_terminal() {
        let bad = "\u{1b}[2J\u{9b}31m\u{7}\u{202e}\u{7f}\r";
        let place = Place::of(bad, &format!("x{bad}y"), 0..9);
        let shown = plain(&Diagnostic::error("link", bad).at(place).label(bad).help(bad).note(bad));
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
        assert!(!shown.contains('\u{202e}'));
    }

    #[test]
    fn no_line_of_a_message_passes_for_a_message() {
        let faked = Diagnostic::error("link", "x\nerror[link]: y\n").help("x\nerror[link]: y").label("l\nm");
        let shown = plain(&faked.at(Place::of("a", "abc", 0..1)));
        assert_eq!(shown.lines().filter(|line| line.starts_with("error")).count(), 1, "{shown}");
        assert!(shown.contains("\n   | ^ l\n   |   m\n"), "{shown}");
    }

    #[test]
    fn colour_only_when_asked() {
        let diagnostic = about("sumary = 1", "sumary").help("see the list");
        assert!(!plain(&diagnostic).contains('\u{1b}'));
        let painted = text(&diagnostic, Colour::Always);
        assert!(painted.starts_with("\u{1b}[1;31merror[front-matter]\u{1b}[0m"));
        let bare = [RED, BLUE, BOLD, PLAIN].iter().fold(painted, |text, code| text.replace(code, ""));
        assert_eq!(bare, plain(&diagnostic));
    }
}
