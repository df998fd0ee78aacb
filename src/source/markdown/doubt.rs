//! Lines that were surely meant as attributions, and are none or say less than their writer thinks.
//!
//! Looks at letters, and parses a body only if one of its lines is doubtful: most are not. Knows no people.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use pulldown_cmark::{Event, Tag};

use super::Settings;
use super::flow::{Flow, prepared};
use super::quote::DASHES;

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

/// The doubtful lines at the ends of the block quotes of a body. `latest` is the last day of which the page can speak.
pub fn doubts(body: &str, settings: &Settings<'_>, latest: Option<Date>) -> Vec<Doubt> {
    let suspected = suspected(body, latest);
    if suspected.is_empty() {
        return Vec::new();
    }
    // In a block of code, or above other lines of its quote, such a line is what it is.
    let ends = ends(body, settings);
    suspected.into_iter().filter(|(line, _)| ends.contains(line)).map(|(_, doubt)| doubt).collect()
}

/// Where the last lines of block quotes begin.
fn ends(body: &str, settings: &Settings<'_>) -> BTreeSet<usize> {
    let prepared = prepared(body, settings);
    let mut flow = Flow::new(&prepared, settings.dialect);
    let mut ends = BTreeSet::new();
    while let Some((event, range)) = flow.everything() {
        if matches!(event, Event::Start(Tag::BlockQuote(None))) {
            let end = range.start + prepared.text[range.clone()].trim_end().len();
            let line = prepared.text[..end].rfind('\n').map_or(0, |at| at + 1);
            ends.extend(line.checked_sub(prepared.start));
        }
    }
    ends
}

/// The lines that are doubtful if they end a block quote, each with its beginning.
fn suspected(body: &str, latest: Option<Date>) -> Vec<(usize, Doubt)> {
    let mut all = Vec::new();
    let (mut start, mut above) = (0, None);
    for line in body.split_inclusive('\n') {
        let own = quoted(line);
        if let Some(text) = own {
            let doubt = doubt(text, above, latest);
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
fn doubt(line: &str, above: Option<&str>, latest: Option<Date>) -> Option<Doubt> {
    let Some(words) = line.strip_prefix(DASHES) else {
        let dash = OTHER_DASHES.into_iter().find(|dash| line.starts_with(dash))?;
        return names(&line[dash.len()..]).then(|| Doubt {
            place: 0..dash.len(),
            message: "this line names somebody, and attributes nothing".to_string(),
            label: "an attribution begins with an em dash: —",
        });
    };
    let sure = names(words);
    if sure && above.is_some_and(|above| !above.is_empty()) {
        return Some(Doubt {
            place: 0..line.len(),
            message: "this line names somebody, and attributes nothing".to_string(),
            label: "an attribution is a paragraph of its own: put a line with > alone above it",
        });
    }
    days(line).find_map(|place| {
        let (text, behind) = (&line[place.clone()], without_notes(&line[place.end..]));
        let (message, label) = match text.parse::<Date>() {
            Err(_) if sure || behind.is_empty() => {
                (format!("{text} is no day"), "a day is written year-month-day: 2026-11-19")
            }
            Ok(_) if sure && !behind.is_empty() => (
                format!("{text} is not read as the day on which it was said"),
                "the day stands last, before the sources",
            ),
            Ok(day) if sure && latest.is_some_and(|latest| day > latest) => {
                (format!("{text} is later than the page that quotes it"), "on which day was it said?")
            }
            _ => return None,
        };
        Some(Doubt { place, message, label })
    })
}

/// Whether words begin with somebody's file: `@name`, or `[words](@name)`.
fn names(words: &str) -> bool {
    let words = words.trim_start();
    let link = || words.strip_prefix('[')?.split_once("](@").map(|(_, name)| name);
    let name = words.strip_prefix('@').or_else(link);
    name.is_some_and(|name| name.starts_with(char::is_alphanumeric))
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

/// What is left of the end of a line without its notes.
fn without_notes(end: &str) -> &str {
    let mut end = end.trim();
    while let Some(rest) = end.strip_suffix(']').and_then(|end| end.rfind("[^").map(|at| &end[..at])) {
        end = rest.trim_end();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &str) -> Vec<(String, String)> {
        let latest = Some("2026-11-20".parse().unwrap());
        let doubts = doubts(body, &Settings::default(), latest);
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
    fn what_is_well_written_or_means_something_else_is_left_alone() {
        silent("> Words.\n>\n> — @olena-koval, Minister, in Kyiv, 2026-11-19 [^a] [^b]\n");
        silent("> Words.\n>\n> — Olena Koval, 2026-11-19\n");
        silent("> — Ти йдеш?\n> — Ні.\n");
        silent("> — On 2026-02-30, he said, nothing happened.\n");
        silent("```\n> Words\n> - @olena-koval\n```\n");
        silent("> - @olena-koval\n> - and others\n");
        silent("- @olena-koval, 2026-13-19\n");
        silent("> See https://example.org/2026-13-19-x\n");
        silent("");
    }
}
