//! The day in a line that begins with a dash: one that does not exist, is not read, or is to come.

use std::ops::{Range, RangeInclusive};

use jiff::civil::Date;

use super::{Doubt, Speaker, without_notes};
use crate::source::markdown::attribution::COMMAS;

/// What is doubtful about the day in a line that begins with a dash.
pub(super) fn day(line: &str, speaker: Speaker, latest: Option<Date>) -> Option<Doubt> {
    let is_named = speaker == Speaker::File;
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
            // Whatever stands before it, the day was read.
            Ok(_) if is_last => return None,
            _ => {}
        }
    }
    let place = other_day(words)?;
    // A sentence may end so, and many quote a writer with the year of the book.
    let is_meant = is_named || place.len() > "2026".len() && !words.ends_with(['.', '!', '?', '…', '»', '”']);
    if !is_meant {
        return None;
    }
    doubt(place, "is not read as the day on which it was said", "a day is written year-month-day: 2026-11-19")
}

/// Where a line ends in a day of another form behind a comma: `19 November 2026`, `Nov 19, 2026`, `19.11.2026`, `2026-11-9`.
fn other_day(words: &str) -> Option<Range<usize>> {
    const WORDS_MAX: usize = 4;
    let (at, comma) = words.char_indices().rfind(|(_, letter)| COMMAS.contains(letter))?;
    let part = words[at + comma.len_utf8()..].trim();
    let is_number = |word: &str, digits: RangeInclusive<usize>| {
        digits.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_year = |word: &str| is_number(word, 4..=4) && ["19", "20"].iter().any(|age| word.starts_with(age));
    let numbers: Vec<&str> = part.split(['.', '/', '-']).collect();
    let in_numbers = numbers.len() == 3
        && numbers.iter().all(|number| is_number(number, 1..=4))
        && numbers.iter().any(|number| is_year(number));
    let all: Vec<&str> = part.split_whitespace().collect();
    let in_words = all.len() <= WORDS_MAX
        && all.iter().any(|word| is_year(word))
        && (all.len() == 1 || all.iter().any(|word| is_number(word.trim_end_matches('.'), 1..=2)));
    (in_numbers || in_words).then(|| words.len() - part.len()..words.len())
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
