//! What is said where a text is no TOML: in words for people who have never heard of TOML.
//!
//! Knows the texts of the parser's own errors; one it does not know is passed on.

/// What is wrong, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lesson {
    pub what: String,
    pub label: String,
}

/// The words of the parser, and ours.
const LESSONS: [(&str, &str, &str); 7] = [
    ("duplicate key", "the key stands here a second time", "keep one of the two"),
    ("unclosed array", "the list has no end", "close it with ]"),
    ("unclosed inline table", "the table has no end", "close it with }"),
    ("invalid basic string", "the text has no end", "close it with \""),
    ("invalid literal string", "the text has no end", "close it with '"),
    ("string values must be quoted", "text without quotes", "write it between quotes: \"Talks resume\""),
    ("missing value", "the key has no value", "write one after =, text between quotes"),
];

const MOMENTS: &str =
    "a day is written 2026-11-23, a time 2026-11-23T09:00:00, with its offset 2026-11-23T09:00:00+02:00";

/// Explains `message`, which the parser gave; `before` and `rest` are the line before and after the place.
pub(super) fn lesson(message: &str, before: &str, rest: &str) -> Lesson {
    let said = |what: &str, label: &str| Lesson { what: what.to_string(), label: label.to_string() };
    let value = rest.trim();
    if let Some(key) = before.trim_end().strip_suffix('=').map(str::trim)
        && looks_like_a_moment(value)
    {
        let (why, label) = match message {
            _ if message.contains("day between") => ("there is no such day", MOMENTS),
            _ if message.contains("offset") => {
                ("not a date", "the offset follows the time: 2026-11-23T09:00:00+02:00")
            }
            _ => ("not a date", MOMENTS),
        };
        return said(&format!("`{key}`: {why}"), label);
    }
    if value.starts_with(['“', '”', '„', '«', '»', '‘', '’']) {
        return said("these are typographic quotes", "write straight ones: \"Talks resume\"");
    }
    let line = format!("{before}{rest}");
    let colon = line.find(':').is_some_and(|colon| line.find('=').is_none_or(|equals| colon < equals));
    if colon && (message.contains("key") || message.contains("expected `=`")) {
        return said(
            "`:` does not belong here",
            "between a key and its value stands =: title = \"Talks resume\"",
        );
    }
    if let Some((_, what, label)) = LESSONS.iter().find(|(words, ..)| message.contains(words)) {
        return said(what, label);
    }
    if message.contains("`=`") {
        return said("this is no key with a value", "a line is written so: title = \"Talks resume\"");
    }
    let rest = message.trim_end_matches('.').replace("invalid ", "not a right ");
    said(&format!("this cannot be read: {rest}"), "a line is written so: title = \"Talks resume\"")
}

/// Digits with signs between them, whatever the order.
fn looks_like_a_moment(value: &str) -> bool {
    let first = value.split(['#', ',']).next().unwrap_or_default().trim();
    let digits = first.chars().filter(char::is_ascii_digit).count();
    let signs = first.chars().filter(|c| "-./:".contains(*c)).count();
    let other = first.chars().any(|c| !c.is_ascii_digit() && !"-./:+TZtz ".contains(c));
    first.starts_with(|c: char| c.is_ascii_digit()) && digits >= 4 && signs >= 1 && !other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(message: &str, before: &str, rest: &str) -> String {
        lesson(message, before, rest).what
    }

    #[test]
    fn dates_of_all_sorts_are_recognised() {
        for value in ["2024-12", "09.12.2024", "9/12/2024", "2026-02-10 10:00:00 -0500", "2024-12-09T25:00"] {
            assert_eq!(what("invalid something", "a = ", value), "`a`: not a date", "{value}");
        }
        assert_eq!(
            what("invalid date, expected day between 01 and 29", "a = ", "2024-02-30"),
            "`a`: there is no such day"
        );
        for value in ["12", "1.5x", "talks-2024", "7 days"] {
            assert_ne!(what("invalid something", "a = ", value), "`a`: not a date", "{value}");
        }
    }

    #[test]
    fn colons_of_another_format_are_recognised() {
        assert_eq!(what("key with no value, expected `=`", "title: ", "\"x\""), "`:` does not belong here");
        assert_eq!(what("duplicate key", "", "url = \"a:b\""), "the key stands here a second time");
    }

    #[test]
    fn what_is_unknown_is_passed_on() {
        assert_eq!(what("invalid thing.", "", "x"), "this cannot be read: not a right thing");
    }
}
