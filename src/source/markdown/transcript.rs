//! The transcript of a page: its words and where its links lead, in the form that the published digest is taken of.
//!
//! The README says how, so that strangers can do the same: what is made here never changes without a new number. Comes
//! from the events of the body, never from HTML. Knows no settings.

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::digest::Sha256;

/// The number of the algorithm. A record names it, and digests of two numbers are not compared.
pub const TRANSCRIPT_VERSION: u32 = 1;

/// The canonical text of a page, as far as it has been read.
#[derive(Debug, Default)]
pub struct Transcript {
    text: Text,
    targets: Text,
    /// The titles of the links and pictures that are open.
    titles: Vec<Box<str>>,
}

impl Transcript {
    /// A transcript that begins with what the front matter says: title, summary, key points.
    pub fn new<'k>(title: &str, summary: &str, key_points: impl Iterator<Item = &'k str>) -> Self {
        let mut text = Text::default();
        text.line(title);
        text.line(summary);
        for point in key_points.filter(|point| !point.trim().is_empty()) {
            text.line(point);
        }
        text.line("");
        Self { text, ..Self::default() }
    }

    /// Takes down what an event of the body says.
    #[inline]
    pub(super) fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Text(text) | Event::Code(text) => self.text.add(text),
            Event::SoftBreak | Event::HardBreak => self.text.part(),
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(*tag),
            Event::Html(html) | Event::InlineHtml(html) => self.text.add(html),
            Event::FootnoteReference(name) => ["[^", name, "]"].iter().for_each(|piece| self.text.add(piece)),
            Event::TaskListMarker(done) => self.text.add(if *done { "[x] " } else { "[ ] " }),
            Event::Rule => self.text.part(),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text.add(text),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Superscript | Tag::Subscript => {}
            Tag::Link { link_type, dest_url, title, .. } => {
                // An address that is its own text was taken down with the text.
                let target = match link_type {
                    LinkType::Autolink | LinkType::Email => "",
                    _ => dest_url,
                };
                self.open(target, title);
            }
            Tag::Image { dest_url, title, .. } => self.open(dest_url, title),
            _ => self.text.part(),
        }
    }

    fn open(&mut self, target: &str, title: &CowStr<'_>) {
        if !target.is_empty() {
            self.targets.line(target);
        }
        self.titles.push(Box::from(&**title));
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript => {}
            TagEnd::Link | TagEnd::Image => {
                if let Some(title) = self.titles.pop().filter(|title| !title.is_empty()) {
                    self.text.part();
                    self.text.add(&title);
                    self.text.part();
                }
            }
            _ => self.text.part(),
        }
    }

    /// The canonical text.
    pub fn finished(self) -> String {
        let Self { mut text, targets, .. } = self;
        text.end_line();
        text.whole.push_str(&targets.whole);
        let whole = text.whole;
        // Most texts are in that form already, and finding that out costs a fraction of making it so.
        match whole.is_ascii() || is_nfc_quick(whole.chars()) == IsNormalized::Yes {
            true => whole,
            false => whole.nfc().collect(),
        }
    }

    /// The digest of the canonical text.
    pub fn digest(self) -> Sha256 {
        Sha256::of(self.finished().as_bytes())
    }
}

/// Lines in which each run of white space is one space.
#[derive(Debug, Default)]
struct Text {
    whole: String,
    /// Where the line begins that is being written.
    line: usize,
    /// Whether white space was read since the last word.
    parted: bool,
}

impl Text {
    /// Adds a line of its own.
    fn line(&mut self, text: &str) {
        self.add(text);
        self.end_line();
    }

    fn end_line(&mut self) {
        self.whole.push('\n');
        self.line = self.whole.len();
        self.parted = false;
    }

    /// White space.
    fn part(&mut self) {
        self.parted = true;
    }

    /// Adds a piece of text; a word may go on in the next piece.
    fn add(&mut self, text: &str) {
        if is_plain(text.as_bytes()) {
            return self.push(text);
        }
        let mut word = None;
        for (at, letter) in text.char_indices() {
            match (letter.is_whitespace(), word) {
                (true, Some(start)) => {
                    self.push(&text[start..at]);
                    (word, self.parted) = (None, true);
                }
                (true, None) => self.parted = true,
                (false, None) => word = Some(at),
                (false, Some(_)) => {}
            }
        }
        if let Some(start) = word {
            self.push(&text[start..]);
        }
    }

    /// Adds a text without white space at its ends and with none but single spaces in it.
    fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if std::mem::take(&mut self.parted) && self.whole.len() > self.line {
            self.whole.push(' ');
        }
        self.whole.push_str(text);
    }
}

/// Whether a text surely has no white space but single spaces between words: so most have none, and a look at the bytes
/// of a whole text at once is all that it costs.
fn is_plain(bytes: &[u8]) -> bool {
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return true };
    // The bytes that white space beyond ASCII begins with; many other letters do as well.
    let other = |byte: u8| byte < b' ' || byte == 0xc2 || (byte.wrapping_sub(0xe1) < 3);
    let odd = bytes.iter().fold(false, |odd, byte| odd | other(*byte));
    let pairs = bytes.iter().zip(&bytes[1..]);
    let gap = pairs.fold(false, |gap, (one, next)| gap | ((*one == b' ') & (*next == b' ')));
    !odd && !gap && *first != b' ' && *last != b' '
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::RawHtml;
    use crate::source::markdown::{Settings, Source, outline};

    fn with(body: &str, settings: &Settings<'_>) -> String {
        let mut transcript = Transcript::new("T", "S", ["one", " ", "two"].into_iter());
        outline(body, settings, Some(&mut transcript));
        transcript.finished()
    }

    /// What stands behind the front matter: the body's words, then a line for each target.
    fn of(body: &str) -> Vec<String> {
        let all = with(body, &Settings::default());
        let own = all.strip_prefix("T\nS\none\ntwo\n\n").expect("it begins with the front matter");
        own.strip_suffix('\n').expect("each line ends").split('\n').map(str::to_string).collect()
    }

    #[test]
    fn the_front_matter_comes_first_a_line_for_each_value() {
        let mut transcript = Transcript::new(" A\ttitle ", "", std::iter::empty());
        outline("Text.", &Settings::default(), Some(&mut transcript));
        assert_eq!(transcript.finished(), "A title\n\n\nText.\n");
    }

    #[test]
    fn the_digest_is_that_of_the_text() {
        let transcript = Transcript::new("T", "S", std::iter::empty());
        let expected = Sha256::of(b"T\nS\n\n\n");
        assert_eq!(transcript.digest(), expected);
    }

    #[test]
    fn each_run_of_white_space_is_one_space_wherever_lines_and_blocks_end() {
        let one = ["One two three."];
        for body in [
            "One two three.",
            "One  two\nthree.\n",
            "\n\nOne\u{a0}two\u{3000} \u{2003}three.\r\n",
            "One  \ntwo\\\nthree.",
            "One\n\ntwo\n\n***\n\nthree.",
            "# One\n\n> two\n\n* three.",
            "1. One\n2. two\n   three.",
            "| One | two |\n|---|---|\n| three. | |",
            "One\n: two\n: three.",
            "    One\n      two\n\n    three.",
        ] {
            assert_eq!(of(body), one, "{body:?}");
        }
        // Only white space parts words: marks do not.
        assert_eq!(of("**O**n*e* ~~two~~`-`three."), ["One two-three."]);
        assert_eq!(of("zero\u{200b}width \u{180e}"), ["zero\u{200b}width \u{180e}"]);
    }

    #[test]
    fn letters_are_composed_also_across_marks() {
        assert_eq!(of("Zu\u{308}rich, Киї\u{301}в, и\u{306}"), ["Zürich, Киї\u{301}в, й"]);
        assert_eq!(of("*u*\u{308}"), ["ü"]);
        assert_eq!(of("[x](u\u{308}.md)"), ["x", "ü.md"]);
        // Compatibility is another thing.
        assert_eq!(of("ﬁn ② ｆ"), ["ﬁn ② ｆ"]);
        assert_eq!(of("\u{212b}"), ["\u{c5}"], "the sign of the unit is the letter");
    }

    #[test]
    fn character_references_and_escapes_are_what_they_stand_for() {
        assert_eq!(of("a &amp; b &#1111; \\* &nbsp;c"), ["a & b ї * c"]);
        assert_eq!(of("`&amp; \\*`"), ["&amp; \\*"]);
    }

    #[test]
    fn links_and_pictures_leave_their_words_and_titles_and_their_targets_in_order() {
        let body = "[One](b.md) ![two](a.png \"Three\") [four][x] <https://e.org/> www.f.org g@h.org\n\n\
                    [x]: https://x.org/?a=1&amp;b \"five\"\n";
        let targets = ["b.md", "a.png", "https://x.org/?a=1&b"];
        let words = "One two Three four five https://e.org/ www.f.org g@h.org";
        assert_eq!(of(body), [&[words][..], &targets].concat());
        // A target that is named twice stands there twice, as written.
        assert_eq!(of("[a](x y) [a](<x y>) [b](x%20y)"), ["[a](x y) a b", "x y", "x%20y"]);
        assert_eq!(of("[a](#b) [c](#b) [d](@kyiv) [e]()"), ["a c d e", "#b", "#b", "@kyiv"]);
    }

    #[test]
    fn code_counts_as_it_is_written_and_its_language_does_not() {
        assert_eq!(of("```toml\na  = 1\n\nb\n```"), ["a = 1 b"]);
        assert_eq!(of("```\na  = 1\n\nb\n```"), ["a = 1 b"]);
    }

    #[test]
    fn notes_follow_the_body_in_the_order_of_first_reference() {
        let body =
            "One[^b] two[^a][^b].\n\n[^a]: Alpha [x](a.md).\n[^b]: Beta [y](b.md).\n[^c]: Nobody asks.\n";
        assert_eq!(of(body), ["One[^b] two[^a][^b]. Beta y. Alpha x.", "b.md", "a.md"]);
        // A source is named by the body, and described by the front matter.
        let sources = [Source { id: "memo".to_string(), html: "<p>Memo".to_string() }];
        let settings = Settings { sources: &sources, ..Settings::default() };
        let known = with("One[^memo].", &settings);
        assert_eq!(known, with("One[^memo].", &Settings::default()));
        assert!(known.ends_with("\nOne[^memo].\n"), "{known:?}");
    }

    #[test]
    fn raw_html_is_text_whatever_the_site_does_with_it() {
        let body =
            "a <b>bold</b><br> word\n\n<div class=\"x\">\n<script>no</script>\n</div>\n\n<!-- note -->\n";
        let all = [RawHtml::Off, RawHtml::Sanitised, RawHtml::On];
        let all = all.map(|html| with(body, &Settings { html, ..Settings::default() }));
        assert!(all[0] == all[1] && all[1] == all[2], "{all:?}");
        let words = "a <b>bold</b><br> word <div class=\"x\"> <script>no</script> </div> <!-- note -->";
        assert_eq!(of(body), [words]);
    }

    #[test]
    fn a_heading_leaves_no_id_and_a_task_its_tick() {
        assert_eq!(
            of("## Next {#next}\n\n* [x] one\n* [ ] two\n\n> [!NOTE]\n> three"),
            ["Next [x] one [ ] two three"]
        );
    }

    #[test]
    fn other_words_make_another_text() {
        let all = ["Ten.", "Two.", "Ten!", "[Ten.](a.md)", "[Ten.](b.md)", "Ten[^a].", "Ten. Ten.", "ten."];
        let different: std::collections::BTreeSet<Vec<String>> = all.iter().map(|body| of(body)).collect();
        assert_eq!(different.len(), all.len());
    }
}
