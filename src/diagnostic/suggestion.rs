//! "Did you mean": the known name that is nearest to a wrong one.
//!
//! Knows nothing of what the names stand for.

/// Below this similarity a suggestion is more of a riddle than a help.
const SIMILARITY_MIN: f64 = 0.8;

/// The known name most like `wrong`, if any is like it at all; of equally good ones, the first.
pub fn suggestion<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let (letters, outline) = outline(&wrong);
    let mut best = None;
    let mut best_score = SIMILARITY_MIN;
    for name in known {
        let other = self::outline(name);
        let slips_max = slips_max(letters.max(other.0));
        // Almost every name is out of the question, and there may be thousands: a slip changes the length by one at
        // most, and two letters of the outline.
        if letters.abs_diff(other.0) > slips_max || (outline ^ other.1).count_ones() as usize > 2 * slips_max
        {
            continue;
        }
        let score = similarity(&wrong, &name.to_lowercase());
        if score > best_score {
            (best, best_score) = (Some(name), score);
        }
    }
    best
}

/// One slip in three letters, two from six on, and then one in ten: Donald Tusk is no misspelt Donald Trump.
fn slips_max(letters: usize) -> usize {
    (letters / 3).min(2.max(letters / 10))
}

/// How many letters a name has, and which: a bit each, shared by letters that are alike modulo 64.
fn outline(name: &str) -> (usize, u64) {
    let add = |(letters, outline): (usize, u64), letter: char| {
        (letters + 1, outline | 1 << (u32::from(letter) % 64))
    };
    if name.is_ascii() {
        return name.bytes().map(|byte| byte.to_ascii_lowercase().into()).fold((0, 0), add);
    }
    name.chars().flat_map(char::to_lowercase).fold((0, 0), add)
}

/// From 0 to 1. Two measures, because each misses what the other sees: Jaro-Winkler likes a common beginning and is
/// too generous with short names; edit distance likes a single slip anywhere.
fn similarity(wrong: &str, name: &str) -> f64 {
    if wrong == name {
        return 1.0;
    }
    let letters = wrong.chars().count().max(name.chars().count());
    let slips = strsim::osa_distance(wrong, name);
    if slips > slips_max(letters) {
        return 0.0;
    }
    // At most just below 1, so that the same name in another case wins.
    0.99 * strsim::jaro_winkler(wrong, name).max(1.0 - slips as f64 / letters as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 8] = ["title", "summary", "slug", "date", "updated", "as_of", "expires", "topics"];

    fn suggested(wrong: &str) -> Option<&'static str> {
        suggestion(wrong, KEYS.into_iter())
    }

    #[test]
    fn slips_of_the_finger_are_found() {
        let slips = [
            ("sumary", "summary"),
            ("titel", "title"),
            ("topic", "topics"),
            ("Date", "date"),
            ("dat", "date"),
        ];
        for (wrong, right) in slips {
            assert_eq!(suggested(wrong), Some(right), "{wrong}");
        }
    }

    #[test]
    fn something_else_is_not() {
        for wrong in ["", "x", "banana", "subtitle_of_the_page", "of"] {
            assert_eq!(suggested(wrong), None, "{wrong}");
        }
        assert_eq!(suggestion("Donald Tusk", ["Donald Trump"].into_iter()), None);
        assert_eq!(suggestion("Olena Kovar", ["Olena Bondar"].into_iter()), None);
        assert!(suggestion("Volodymyr Zelenskiy", ["Volodymyr Zelenskyy"].into_iter()).is_some());
    }

    #[test]
    fn of_equal_ones_the_first_is_taken() {
        assert_eq!(suggestion("nape", ["name", "nate"].into_iter()), Some("name"));
        assert_eq!(suggestion("nape", ["nate", "name"].into_iter()), Some("nate"));
    }

    #[test]
    fn letters_count_not_bytes() {
        assert_eq!(suggestion("дипломатя", ["дипломатія", "енергетика"].into_iter()), Some("дипломатія"));
    }

    #[test]
    fn the_quick_refusal_refuses_nothing_that_is_similar() {
        let names = [
            "summary",
            "sumary",
            "smumary",
            "Summa",
            "їжак",
            "Їжаки",
            "date",
            "data",
            "ad",
            "İstanbul",
            "istanbul",
        ];
        for wrong in names {
            for name in names {
                let similar = similarity(&wrong.to_lowercase(), &name.to_lowercase()) > SIMILARITY_MIN;
                assert_eq!(suggestion(wrong, [name].into_iter()).is_some(), similar, "{wrong} {name}");
            }
        }
    }
}
