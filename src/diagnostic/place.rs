//! A place in a file: its line and column, and enough of the line to show it.
//!
//! Made once, from the whole source; afterwards the source is not needed any more. Knows nothing of terminals.

use std::ops::Range;

use bitcode::{Decode, Encode};

/// A line may be 50 MB long; what we keep of it is what fits on a screen.
const LINE_CHARS_MAX: usize = 140;
/// How much of the line is kept from the beginning of the span on; the rest is kept before it.
const LINE_CHARS_AFTER: usize = 80;
const ELLIPSIS: &str = "…";
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Where a span of a file is, in a form that outlives the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Place {
    /// Relative to the site's folder, with `/`.
    pub file: String,
    /// Counted from 1; 0 means the file as a whole.
    pub line: u32,
    /// In characters, counted from 1; 0 means the file as a whole.
    pub column: u32,
    /// The line, without its end; a long one is cut around the span, with an ellipsis where it was cut.
    pub text: String,
    /// The span is `text[start..end]`, in bytes; where it begins.
    pub start: u32,
    /// Where it ends, which is on its first line.
    pub end: u32,
}

impl Place {
    /// The place of a span, given in bytes of the file as it is on disk. Any span is accepted: one that lies outside
    /// the file or cuts through a character is moved to the nearest place that exists.
    pub fn of(file: &str, source: &str, span: Range<usize>) -> Place {
        let before = &source.as_bytes()[..span.start.min(source.len())];
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        Place::on_line(file, source, span, line)
    }

    /// The same, for somebody who knows already on which line (counted from 1) the span begins.
    pub fn on_line(file: &str, source: &str, span: Range<usize>, number: usize) -> Place {
        let line = line_around(source, span.start.min(source.len()));
        let start = source.floor_char_boundary(span.start.min(source.len())).clamp(line.start, line.end);
        let end = source.ceil_char_boundary(span.end.min(source.len())).clamp(start, line.end);
        let shown = window(source, &line, start);
        let before = if shown.start > line.start { ELLIPSIS } else { "" };
        let after = if shown.end < line.end { ELLIPSIS } else { "" };
        let moved = |offset: usize| clamped(offset.min(shown.end) - shown.start + before.len());
        Place {
            file: file.to_owned(),
            line: clamped(number),
            column: clamped(source[line.start..start].chars().count() + 1),
            text: [before, &source[shown.clone()], after].concat(),
            start: moved(start),
            end: moved(end),
        }
    }

    /// A file as a whole, when no line of it is to blame.
    pub fn whole_file(file: &str) -> Place {
        Place { file: file.to_owned(), line: 0, column: 0, text: String::new(), start: 0, end: 0 }
    }

    /// The column after the last character of the span, as far as the line is kept.
    pub fn end_column(&self) -> u32 {
        self.column.saturating_add(clamped(self.span().chars().count()))
    }

    /// The text that the place points at; empty where nothing is.
    pub fn span(&self) -> &str {
        // Whoever stored the place may have stored nonsense, and a message must never be the cause of a panic.
        self.text.get(self.start as usize..self.end as usize).unwrap_or("")
    }

    /// The text before the span.
    pub fn before(&self) -> &str {
        self.text.get(..self.start as usize).unwrap_or(&self.text)
    }
}

/// The bytes of the line that `offset` is on: without the line's end, and without a byte order mark before it.
fn line_around(source: &str, offset: usize) -> Range<usize> {
    let bytes = source.as_bytes();
    let mark = if source.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let offset = source.floor_char_boundary(offset).max(mark);
    let start = source[..offset].rfind('\n').map_or(mark, |newline| newline + 1);
    let end = source[offset..].find('\n').map_or(source.len(), |newline| offset + newline);
    let end = if end > start && bytes[end - 1] == b'\r' { end - 1 } else { end };
    start..end
}

/// The part of the line that is kept: all of it, or as much as is allowed around `start`.
fn window(source: &str, line: &Range<usize>, start: usize) -> Range<usize> {
    let mut after = source[start..line.end].char_indices();
    let taken = after.by_ref().take(LINE_CHARS_AFTER).count();
    let end = start + after.offset();
    let left = LINE_CHARS_MAX - taken;
    let begin = source[line.start..start].char_indices().rev().take(left).last();
    begin.map_or(start, |(offset, _)| line.start + offset)..end
}

/// Beyond four thousand million the number is of no use to anybody, so it stops there.
fn clamped(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line, column, text, and the marked part of it.
    fn parts(source: &str, span: Range<usize>) -> (u32, u32, String, String) {
        let place = Place::of("content/a.md", source, span);
        let marked = place.text[place.start as usize..place.end as usize].to_owned();
        (place.line, place.column, place.text, marked)
    }

    fn owned(line: u32, column: u32, text: &str, marked: &str) -> (u32, u32, String, String) {
        (line, column, text.to_owned(), marked.to_owned())
    }

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        assert_eq!(parts("ab\ncd\n", 0..1), owned(1, 1, "ab", "a"));
        assert_eq!(parts("ab\ncd\n", 4..5), owned(2, 2, "cd", "d"));
        let source = "перше\nдруге слово\n";
        let at = source.find("слово").expect("it is there");
        assert_eq!(parts(source, at..at + 10), owned(2, 7, "друге слово", "слово"));
    }

    #[test]
    fn line_ends_and_marks_are_not_part_of_the_line() {
        assert_eq!(parts("ab\r\ncd\r\n", 4..6), owned(2, 1, "cd", "cd"));
        assert_eq!(parts("ab\r\ncd", 2..3), owned(1, 3, "ab", ""));
        assert_eq!(parts("ab\r\ncd", 3..4), owned(1, 3, "ab", ""));
        assert_eq!(parts("\u{feff}ab", 0..1), owned(1, 1, "ab", ""));
        assert_eq!(parts("\u{feff}ab", 3..4), owned(1, 1, "ab", "a"));
        assert_eq!(parts("\u{feff}ab", 2..5), owned(1, 1, "ab", "ab"));
        assert_eq!(parts("\u{feff}", 0..3), owned(1, 1, "", ""));
    }

    #[test]
    fn a_span_over_several_lines_ends_with_the_first() {
        assert_eq!(parts("one\ntwo\nthree", 1..12), owned(1, 2, "one", "ne"));
    }

    #[test]
    fn a_span_at_or_past_the_end_points_at_the_end() {
        assert_eq!(parts("ab", 2..2), owned(1, 3, "ab", ""));
        assert_eq!(parts("ab", 70..90), owned(1, 3, "ab", ""));
        assert_eq!(parts("ab\n", 3..4), owned(2, 1, "", ""));
        assert_eq!(parts("", 0..1), owned(1, 1, "", ""));
    }

    #[test]
    fn no_span_panics() {
        for source in ["", "a", "їє\r\n\r\r\n\t漢\u{301}\n\u{1b}[0m", "\u{feff}\r\nщ", "\n\n", "\r", "👩‍👩‍👧\r"]
        {
            for start in 0..source.len() + 3 {
                for end in 0..source.len() + 3 {
                    let place = Place::of("f", source, start..end);
                    assert!(place.text.get(place.start as usize..place.end as usize).is_some());
                    assert!(place.end_column() >= place.column);
                }
            }
        }
    }

    #[test]
    fn a_long_line_is_cut_around_the_span() {
        let source = format!("x\n{}щось{}\n", "я".repeat(5000), "з".repeat(5000));
        let at = source.find("щось").expect("it is there");
        let place = Place::of("f", &source, at..at + 8);
        assert_eq!((place.line, place.column, place.span()), (2, 5001, "щось"));
        assert!(place.text.starts_with("…я") && place.text.ends_with("з…"));
        assert_eq!(place.text.chars().count(), LINE_CHARS_MAX + 2);
        let long = Place::of("f", &source, 2..at + 8);
        assert_eq!((long.column, long.span().chars().count()), (1, LINE_CHARS_AFTER));
        let whole = "ї".repeat(LINE_CHARS_MAX);
        assert_eq!(Place::of("f", &whole, 270..272).text, whole);
    }

    #[test]
    fn nonsense_from_a_store_does_not_panic() {
        let place = Place { start: 1, end: 90, ..Place::of("f", "їжак", 0..2) };
        assert_eq!((place.span(), place.before()), ("", "їжак"));
    }
}
