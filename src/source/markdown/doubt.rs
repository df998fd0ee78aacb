//! Lines that were surely meant as attributions, and are none or say less than their writer thinks.
//!
//! Looks at letters, and parses a body only if one of its lines is doubtful: most are not. Knows no people.

mod day;

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use pulldown_cmark::{Event, Tag};

use self::day::day;
use super::Settings;
use super::attribution::COMMAS;
use super::flow::{Flow, prepared};
use super::quote::{DASHES, LINE_BYTES_MAX, without_end};

/// What people write in place of an em dash.
const OTHER_DASHES: [&str; 3] = ["--", "–", "-"];

/// Something to look at once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Where it is in the body, in bytes.
    pub place: Range<usize>,
    /// What is the matter.
    pub message: String,
    /// What to write instead.
    pub label: &'static str,
}

/// The doubtful lines of a body: at the ends of its block quotes, and outside of them. `latest` is the last day of which the
/// page can speak, if there is one.
pub fn doubts(body: &str, latest: Option<Date>) -> Vec<Doubt> {
    let suspected = suspected(body, latest);
    if suspected.is_empty() {
        return Vec::new();
    }
    // In a block of code, or above other lines of its quote, such a line is what it is.
    let lines = Lines::of(body);
    suspected.into_iter().filter(|suspect| lines.confirm(suspect)).map(|suspect| suspect.doubt).collect()
}

/// A line that is doubtful if it stands where it seems to.
struct Suspect {
    /// Where the line begins.
    line: usize,
    stands: Stands,
    doubt: Doubt,
}

/// What a line begins with, behind its dash.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaker {
    /// Somebody's file.
    File,
    /// Words, which may be a name or dialogue.
    Words,
}

/// Where a line seems to stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// It is the last one of a block quote.
    Last,
    /// It is in a paragraph, without the mark of a block quote.
    Outside,
}

/// Where lines really stand.
#[derive(Default)]
struct Lines {
    /// Where the last lines of block quotes begin.
    last: BTreeSet<usize>,
    /// Paragraphs, in order, whatever they are in.
    paragraphs: Vec<Range<usize>>,
}

impl Lines {
    fn of(body: &str) -> Self {
        let settings = Settings::default();
        let prepared = prepared(body, &settings);
        let text = prepared.text.as_bytes();
        let mut flow = Flow::new(&prepared, settings.dialect);
        let mut lines = Self::default();
        while let Some((event, range)) = flow.everything() {
            match event {
                Event::Start(Tag::BlockQuote(None)) => {
                    let end = range.start + without_end(&prepared.text[range.clone()]).len();
                    // Of a line that never ends, no more is looked at: quotes may stand in each other thousands of times.
                    let start = end.saturating_sub(LINE_BYTES_MAX);
                    let line = memchr::memrchr(b'\n', &text[start..end]).map(|at| start + at + 1);
                    let line = line.or((start == 0).then_some(0));
                    lines.last.extend(line.and_then(|line| line.checked_sub(prepared.start)));
                }
                Event::Start(Tag::Paragraph) => {
                    let inside = range.start.checked_sub(prepared.start);
                    lines.paragraphs.extend(inside.map(|start| start..range.end - prepared.start));
                }
                _ => {}
            }
        }
        lines
    }

    fn confirm(&self, suspect: &Suspect) -> bool {
        match suspect.stands {
            Stands::Last => self.last.contains(&suspect.line),
            Stands::Outside => {
                let at = suspect.doubt.place.start;
                let next = self.paragraphs.partition_point(|paragraph| paragraph.start <= at);
                next > 0 && self.paragraphs[next - 1].contains(&at)
            }
        }
    }
}

/// The lines that are doubtful if they stand where they seem to.
fn suspected(body: &str, latest: Option<Date>) -> Vec<Suspect> {
    let mut all = Vec::new();
    let (mut start, mut above) = (0, None);
    for line in body.split_inclusive('\n') {
        let short = line.len() <= LINE_BYTES_MAX;
        let own = quoted(line).filter(|_| short);
        let (text, stands) = own.map_or((line.trim(), Stands::Outside), |text| (text, Stands::Last));
        let doubt = match stands {
            Stands::Last => doubt(text, above.unwrap_or_default(), latest),
            Stands::Outside if short => outside(text),
            Stands::Outside => None,
        };
        let offset = start + line.trim_end().len() - text.len();
        all.extend(doubt.map(|doubt| {
            let place = doubt.place.start + offset..doubt.place.end + offset;
            Suspect { line: start, stands, doubt: Doubt { place, ..doubt } }
        }));
        (start, above) = (start + line.len(), own);
    }
    all
}

/// What is doubtful about a line without the mark of a block quote: nobody is named so elsewhere.
fn outside(line: &str) -> Option<Doubt> {
    let words = line.strip_prefix(DASHES)?;
    let is_named = name(words).is_some_and(is_end);
    let label = "an attribution ends its block quote: > before it, and a line with > alone above it";
    is_named.then(|| nobody(0..line.len(), label))
}

/// A line that attributes nothing.
fn nobody(place: Range<usize>, label: &'static str) -> Doubt {
    Doubt { place, message: "this line names somebody, and attributes nothing".to_string(), label }
}

/// What stands on a line of a block quote.
fn quoted(line: &str) -> Option<&str> {
    let line = line.trim();
    line.starts_with('>')
        .then(|| line.trim_start_matches(|letter: char| letter == '>' || letter.is_whitespace()))
}

/// What is doubtful about a line, below another one of its block quote.
fn doubt(line: &str, above: &str, latest: Option<Date>) -> Option<Doubt> {
    let Some(words) = line.strip_prefix(DASHES) else {
        let dash = OTHER_DASHES.into_iter().find(|dash| line.starts_with(dash))?;
        // One of a list of people, or what a sentence ends with.
        let is_item = above.ends_with([':', '：']) || above.starts_with(['-', '*', '+', '–']);
        let is_named = !is_item && name(&line[dash.len()..]).is_some_and(is_end);
        let label = "an attribution begins with an em dash: —";
        return is_named.then(|| nobody(0..dash.len(), label));
    };
    let speaker = if name(words).is_some() { Speaker::File } else { Speaker::Words };
    if speaker == Speaker::File && goes_on(above) {
        let label = "an attribution is a paragraph of its own: put a line with > alone above it";
        return Some(nobody(0..line.len(), label));
    }
    day(line, speaker, latest)
}

/// Whether the paragraph that a line is in goes on in the next: neither empty, nor a heading, a rule or the end of code.
fn goes_on(line: &str) -> bool {
    let is_rule = line.bytes().all(|byte| b"-=_* ".contains(&byte));
    let is_definition = line.starts_with('[') && line.contains("]:");
    let is_comment = line.starts_with("<!--") && line.ends_with("-->");
    let is_heading = line.trim_start_matches('#').starts_with(' ') && line.starts_with('#');
    !(is_rule
        || is_definition
        || is_comment
        || is_heading
        || ["```", "~~~"].iter().any(|fence| line.starts_with(fence)))
}

/// What follows somebody's name, if words begin with one: `@name`, or `[words](@name)`.
fn name(words: &str) -> Option<&str> {
    let words = words.trim_start();
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '/' | '.');
    match words.strip_prefix('[') {
        Some(link) => {
            let (_, target) = link.split_once(']')?;
            let (name, behind) = target.strip_prefix("(@")?.split_once(')')?;
            name.starts_with(char::is_alphanumeric).then_some(behind)
        }
        None => {
            let name = words.strip_prefix('@')?;
            name.starts_with(char::is_alphanumeric).then(|| name.trim_start_matches(is_part))
        }
    }
}

/// Whether what follows a name is the rest of an attribution, and not that of a sentence.
fn is_end(behind: &str) -> bool {
    let behind = without_notes(behind);
    behind.is_empty() || behind.starts_with(COMMAS)
}

/// A line without the notes at its end.
fn without_notes(line: &str) -> &str {
    let mut line = line.trim_end();
    while let Some(rest) = line.strip_suffix(']').and_then(|rest| rest.rfind("[^").map(|at| &line[..at])) {
        line = rest.trim_end();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &str) -> Vec<(String, String)> {
        let latest = Some("2026-11-20".parse().unwrap());
        let doubts = doubts(body, latest);
        doubts.into_iter().map(|doubt| (body[doubt.place].to_string(), doubt.message)).collect()
    }

    #[track_caller]
    fn at(line: &str, place: &str, message: &str) {
        let body = format!("Before.\n\n> Words.\n>\n> {line}\n\nAfter.\n");
        let all = told(&body);
        assert!(matches!(&all[..], [(at, said)] if at == place && said.contains(message)), "{line}: {all:?}");
    }

    #[track_caller]
    fn silent(body: &str) {
        assert_eq!(told(body), [], "{body}");
    }

    #[test]
    fn a_day_that_is_none_or_stands_in_the_wrong_place_or_is_to_come() {
        at("— @olena-koval, 2026-13-19", "2026-13-19", "is no day");
        at("— @olena-koval, Minister, 2026-02-30 [^readout]", "2026-02-30", "is no day");
        at("— Olena Koval, 2026-02-30", "2026-02-30", "is no day");
        at("— @olena-koval, 2026-11-19, Minister", "2026-11-19", "is not read as the day");
        at("— @olena-koval, 2026-11-21", "2026-11-21", "is later than the page");
        at("— @olena-koval, 2026-02-30\n> ", "2026-02-30", "is no day");
        for day in [
            "19 November 2026",
            "19. November 2026",
            "19.11.2026",
            "2026-11-9",
            "2026/11/19",
            "19 листопада 2026 року",
        ] {
            at(&format!("— @olena-koval, Minister, {day} [^readout]"), day, "is not read as the day");
            at(&format!("— Olena Koval, {day}"), day, "is not read as the day");
        }
        at("— @olena-koval, Nov 19, 2026", "2026", "is not read as the day");
        for end in [".", " (uk)", " [^a], [^b]", " [^a].", " [^a] in Kyiv"] {
            at(&format!("— @olena-koval, 2026-11-19{end}"), "2026-11-19", "is not read as the day");
        }
    }

    #[test]
    fn another_dash_before_a_name() {
        at("- @olena-koval", "-", "attributes nothing");
        at("-- @olena-koval, 2026-11-19", "--", "attributes nothing");
        at("– [Olena Koval](@people/olena-koval), 2026-11-19", "–", "attributes nothing");
    }

    #[test]
    fn a_name_below_words_without_an_empty_line_between() {
        let all = told("> Words,\n> and more.\n> — @olena-koval, 2026-11-19\n");
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(all[0].0, "— @olena-koval, 2026-11-19");
        assert_eq!(told("* Point\n\n  > Words\n  > — @olena-koval\n").len(), 1);
    }

    #[test]
    fn an_attribution_outside_of_its_quote() {
        let line = "— @olena-koval, 2026-11-19";
        for body in [
            format!("> Lazy words\n{line}\n"),
            format!("> Words.\n\n{line}\n"),
            format!("* > Words.\n\n  {line}\n"),
        ] {
            let all = told(&body);
            assert!(matches!(&all[..], [(at, _)] if at == line), "{body}: {all:?}");
        }
        silent(&format!("```\n{line}\n```\n"));
        silent("— @olena-koval wrote to us.\n");
        silent("— Ти йдеш, Олено?\n");
        silent("> — Востаннє ми бачилися в Києві, 19 листопада 2026 року.\n");
        silent("> Words.\n>\n> — A writer, 1952\n");
    }

    #[test]
    fn quotes_in_quotes_by_the_thousand_are_no_work() {
        let deep = format!("{} - @x", ">".repeat(100_000));
        assert!(told(&deep).len() <= 1);
        let days = format!("> Words.\n>\n> — @x, {}]\n", "2026-13-19 ".repeat(100_000));
        silent(&days);
    }

    #[test]
    fn what_is_well_written_or_means_something_else_is_left_alone() {
        silent("> Words.\n>\n> — @olena-koval, Minister, in Kyiv, 2026-11-19 [^a] [^b]\n");
        silent("> Words.\n>\n> — Olena Koval, 2026-11-19\n");
        silent("> — Ти йдеш?\n> — Ні.\n");
        silent("> — On 2026-02-30, he said, nothing happened.\n");
        silent("```\n> Words\n> - @olena-koval\n```\n");
        silent("> - @olena-koval\n> - and others\n");
        silent("- @olena-koval, 2026-13-19\n");
        silent("> ## Statement\n> — @olena-koval, 2026-11-19\n");
        silent("> ---\n> — @olena-koval, 2026-11-19\n");
        silent("> <!-- x -->\n> — @olena-koval, 2026-11-19\n");
        silent("> Words [x].\n>\n> [x]: https://e.example/\n> — @olena-koval, 2026-11-19\n");
        silent("> ```\n> code\n> ```\n> — @olena-koval\n");
        for attribution in [
            "@olena-koval, Minister since 2024-01-01, 2026-11-19",
            "@olena-koval, [speech](https://x.example/2026-11-18/), 2026-11-19",
            "@olena-koval, Minister, 2026-11-19 [^2026-11-19]",
            "Call us: 0800-12-34",
            "@olena-koval, Minister, Government of 2019",
            "@olena-koval, 12th Battalion, 3 brigade",
        ] {
            silent(&format!("> Words.\n>\n> — {attribution}\n"));
        }
        silent("> In the room:\n> - [Olena](@olena-koval)\n");
        silent("> * Ivan\n>   - @ivan\n");
        silent("> - [Olena](@olena-koval)\n> - [Ivan](@ivan)\n");
        silent("> - [Olena](@olena-koval) will travel to Kyiv.\n");
        silent("> - [ ] call [Olena](@olena-koval)\n");
        silent("> - [Map](map.png) by [Olena](@olena-koval)\n");
        silent("> See https://example.org/2026-13-19-x\n");
        silent("");
    }
}
