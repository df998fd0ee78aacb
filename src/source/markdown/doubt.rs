//! Lines that were surely meant as attributions, and are none or say less than their writer thinks.
//!
//! Looks at letters, and parses a body only if one of its lines is doubtful: most are not. Knows no people.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use pulldown_cmark::{Event, Tag};

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

/// The doubtful lines at the ends of the block quotes of a body. `latest` is the last day of which the page can speak, if
/// there is one.
pub fn doubts(body: &str, latest: Option<Date>) -> Vec<Doubt> {
    let suspected = suspected(body, latest);
    if suspected.is_empty() {
        return Vec::new();
    }
    // In a block of code, or above other lines of its quote, such a line is what it is.
    let ends = ends(body);
    suspected.into_iter().filter(|(line, _)| ends.contains(line)).map(|(_, doubt)| doubt).collect()
}

/// Where the last lines of block quotes begin.
fn ends(body: &str) -> BTreeSet<usize> {
    let settings = Settings::default();
    let prepared = prepared(body, &settings);
    let text = prepared.text.as_bytes();
    let mut flow = Flow::new(&prepared, settings.dialect);
    let mut ends = BTreeSet::new();
    while let Some((event, range)) = flow.everything() {
        if matches!(event, Event::Start(Tag::BlockQuote(None))) {
            let end = range.start + without_end(&prepared.text[range.clone()]).len();
            // Of a line that never ends, no more is looked at: quotes may stand in each other thousands of times.
            let start = end.saturating_sub(LINE_BYTES_MAX);
            let line = memchr::memrchr(b'\n', &text[start..end]).map(|at| start + at + 1);
            ends.extend(line.or((start == 0).then_some(0)).and_then(|line| line.checked_sub(prepared.start)));
        }
    }
    ends
}

/// The lines that are doubtful if they end a block quote, each with its beginning.
fn suspected(body: &str, latest: Option<Date>) -> Vec<(usize, Doubt)> {
    let mut all = Vec::new();
    let (mut start, mut above) = (0, None);
    for line in body.split_inclusive('\n') {
        let own = quoted(line).filter(|_| line.len() <= LINE_BYTES_MAX);
        if let Some(text) = own {
            let doubt = doubt(text, above.unwrap_or_default(), latest);
            let offset = start + line.trim_end().len() - text.len();
            all.extend(doubt.map(|doubt| {
                let place = doubt.place.start + offset..doubt.place.end + offset;
                (start, Doubt { place, ..doubt })
            }));
        }
        (start, above) = (start + line.len(), own);
    }
    all
}

/// What stands on a line of a block quote.
fn quoted(line: &str) -> Option<&str> {
    let line = line.trim();
    line.starts_with('>')
        .then(|| line.trim_start_matches(|letter: char| letter == '>' || letter.is_whitespace()))
}

/// What is doubtful about a line, below another one of its block quote.
fn doubt(line: &str, above: &str, latest: Option<Date>) -> Option<Doubt> {
    let nothing = |place, label| {
        let message = "this line names somebody, and attributes nothing".to_string();
        Some(Doubt { place, message, label })
    };
    let Some(words) = line.strip_prefix(DASHES) else {
        let dash = OTHER_DASHES.into_iter().find(|dash| line.starts_with(dash))?;
        // One of a list of people, or what a sentence ends with.
        let is_item = above.ends_with([':', '：']) || above.starts_with(['-', '*', '+', '–']);
        let is_named = !is_item && name(&line[dash.len()..]).is_some_and(is_end);
        return if is_named {
            nothing(0..dash.len(), "an attribution begins with an em dash: —")
        } else {
            None
        };
    };
    let is_named = name(words).is_some();
    if is_named && goes_on(above) {
        let label = "an attribution is a paragraph of its own: put a line with > alone above it";
        return nothing(0..line.len(), label);
    }
    day(line, is_named, latest)
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

/// What is doubtful about the day in a line that begins with a dash.
fn day(line: &str, is_named: bool, latest: Option<Date>) -> Option<Doubt> {
    let words = without_notes(line);
    let doubt = |place: Range<usize>, what: &str, label| {
        Some(Doubt { message: format!("{} {what}", &line[place.clone()]), place, label })
    };
    let mut days = days(words).peekable();
    while let Some(place) = days.next() {
        let (before, behind) = (words[..place.start].trim_end(), words[place.end..].trim_start());
        let is_last = behind.is_empty();
        // Only what stands behind a comma can have been meant as the day; addresses and remarks hold others.
        let is_part = before.ends_with(COMMAS) && !behind.starts_with(char::is_alphabetic);
        match words[place.clone()].parse::<Date>() {
            Err(_) if is_part && (is_named || is_last) => {
                return doubt(place, "is no day", "a day is written year-month-day: 2026-11-19");
            }
            Ok(_) if is_part && is_named && !is_last && days.peek().is_none() => {
                let what = "is not read as the day on which it was said";
                let label = match behind.starts_with(COMMAS)
                    && !without_notes(behind).trim_matches(COMMAS).is_empty()
                {
                    true => "the day stands last, before the sources",
                    false => {
                        "nothing stands behind the day but sources, such as [^a] [^b], without commas or a full stop"
                    }
                };
                return doubt(place, what, label);
            }
            Ok(day) if is_named && is_last && latest.is_some_and(|latest| day > latest) => {
                return doubt(place, "is later than the page that quotes it", "on which day was it said?");
            }
            _ => {}
        }
    }
    None
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

/// Where a line has something in the form of a day.
fn days(line: &str) -> impl Iterator<Item = Range<usize>> {
    const LENGTH: usize = "2026-11-19".len();
    let is_digit = |at: usize| line.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let is_part = move |at: usize| is_digit(at) || line.as_bytes().get(at) == Some(&b'-');
    let is_day = move |&at: &usize| {
        let form = (0..LENGTH).all(|place| match place {
            4 | 7 => line.as_bytes().get(at + place) == Some(&b'-'),
            _ => is_digit(at + place),
        });
        form && !is_part(at + LENGTH) && !at.checked_sub(1).is_some_and(is_part)
    };
    (0..line.len().saturating_sub(LENGTH - 1)).filter(is_day).map(|at| at..at + LENGTH)
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
