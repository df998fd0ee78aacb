//! What is new since the last issue: the key points of two issues, compared.
//!
//! Knows neither pages nor templates.

use serde::Serialize;

use crate::source::details::Point;

/// From here on, two texts say the same point in other words. Sørensen and Dice's measure, of pairs of neighbouring letters:
/// 1 for the same words in any order. Unrelated sentences have up to 0.45, a sentence whose figures changed has 0.6 and more.
const SIMILAR: f64 = 0.55;
/// So many points of an issue are compared: each with each.
const POINTS_MAX: usize = 50;

/// What an issue says that the one before it did not, and the other way round.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Since {
    /// Points that the issue before did not have, in the order of this one.
    new: Vec<String>,
    /// Points that both have, in different words.
    changed: Vec<Changed>,
    /// Points of the issue before that this one has no longer, in the order of that one.
    dropped: Vec<String>,
}

/// A point in different words.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Changed {
    was: String,
    now: String,
}

/// What of `before` became what of `now`. A point finds itself by its id, then by its words, then by what is most similar.
pub(super) fn since(before: &[Point], now: &[Point]) -> Since {
    let (before, now) = (&before[..before.len().min(POINTS_MAX)], &now[..now.len().min(POINTS_MAX)]);
    let mut pairs = Pairs { old: vec![None; before.len()], new: vec![None; now.len()] };
    pairs.find(|old, new| before[old].id.is_some() && before[old].id == now[new].id);
    // A point with an id is no other point with an id.
    let may_be = |old: usize, new: usize| before[old].id.is_none() || now[new].id.is_none();
    pairs.find(|old, new| may_be(old, new) && folded(&before[old].text) == folded(&now[new].text));
    for (old, new) in similar(before, now) {
        if may_be(old, new) {
            pairs.join(old, new);
        }
    }
    let changed =
        pairs.new.iter().enumerate().filter_map(|(new, old)| Some((before.get((*old)?)?, &now[new])));
    let changed = changed.filter(|(old, new)| folded(&old.text) != folded(&new.text));
    let alone = |points: &[Point], partners: &[Option<usize>]| -> Vec<String> {
        let alone = points.iter().zip(partners).filter(|(_, partner)| partner.is_none());
        alone.map(|(point, _)| point.text.clone()).collect()
    };
    Since {
        changed: changed.map(|(old, new)| Changed { was: old.text.clone(), now: new.text.clone() }).collect(),
        new: alone(now, &pairs.new),
        dropped: alone(before, &pairs.old),
    }
}

/// Which points are the same: of each, its place in the other issue.
struct Pairs {
    old: Vec<Option<usize>>,
    new: Vec<Option<usize>>,
}

impl Pairs {
    /// Joins each new point with the first old one of which this holds.
    fn find(&mut self, same: impl Fn(usize, usize) -> bool) {
        for new in 0..self.new.len() {
            if let Some(old) = (0..self.old.len()).find(|&old| self.old[old].is_none() && same(old, new)) {
                self.join(old, new);
            }
        }
    }

    /// Joins two points, unless one of them has found another.
    fn join(&mut self, old: usize, new: usize) {
        if self.old[old].is_none() && self.new[new].is_none() {
            (self.old[old], self.new[new]) = (Some(new), Some(old));
        }
    }
}

/// The pairs of points that are similar enough, the most similar first.
fn similar(before: &[Point], now: &[Point]) -> Vec<(usize, usize)> {
    let before: Vec<Vec<[char; 2]>> = before.iter().map(|point| neighbours(&point.text)).collect();
    let now: Vec<Vec<[char; 2]>> = now.iter().map(|point| neighbours(&point.text)).collect();
    let mut all: Vec<(f64, usize, usize)> = Vec::new();
    for (new, text) in now.iter().enumerate() {
        let score = |(old, other): (usize, &Vec<[char; 2]>)| (likeness(other, text), old, new);
        all.extend(before.iter().enumerate().map(score).filter(|(score, ..)| *score >= SIMILAR));
    }
    all.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| (one.1, one.2).cmp(&(other.1, other.2))));
    all.into_iter().map(|(_, old, new)| (old, new)).collect()
}

/// The pairs of neighbouring letters of a text, in order.
fn neighbours(text: &str) -> Vec<[char; 2]> {
    let letters: Vec<char> = folded(text).chars().filter(|letter| *letter != ' ').collect();
    let mut pairs: Vec<[char; 2]> = letters.windows(2).map(|pair| [pair[0], pair[1]]).collect();
    pairs.sort_unstable();
    pairs
}

/// How much two texts have in common, of 1. The crate that we have for such counts bytes, and so takes Ukrainian sentences
/// for half as alike as they are.
fn likeness(one: &[[char; 2]], other: &[[char; 2]]) -> f64 {
    let (mut at, mut common) = (0, 0u32);
    for pair in one {
        while other.get(at).is_some_and(|there| there < pair) {
            at += 1;
        }
        if other.get(at) == Some(pair) {
            (at, common) = (at + 1, common + 1);
        }
    }
    let all = one.len() + other.len();
    if all == 0 { 0.0 } else { 2.0 * f64::from(common) / all as f64 }
}

/// A text without what makes no difference: case, and how much space is between words.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(texts: &[&str]) -> Vec<Point> {
        let point = |text: &&str| match text.split_once('#') {
            Some((id, text)) => Point { id: Some(id.to_string()), text: text.to_string() },
            None => Point { id: None, text: (*text).to_string() },
        };
        texts.iter().map(point).collect()
    }

    /// New points, changed ones as `was → now`, and dropped ones.
    fn told(before: &[&str], now: &[&str]) -> [String; 3] {
        let since = since(&points(before), &points(now));
        let changed = since.changed.iter().map(|point| format!("{} → {}", point.was, point.now));
        [since.new.join("; "), changed.collect::<Vec<_>>().join("; "), since.dropped.join("; ")]
    }

    #[test]
    fn an_id_says_that_a_point_is_the_same_whatever_its_words() {
        let said =
            told(&["grid#Two lines are down.", "a#One."], &["grid#Power is back everywhere.", "b#One."]);
        assert_eq!(said, ["One.", "Two lines are down. → Power is back everywhere.", "One."]);
    }

    #[test]
    fn without_an_id_similar_words_do() {
        let before =
            ["The bank keeps its rate at 3.25%.", "Talks in Vienna go on.", "Snow is expected in Kyiv."];
        let now = ["Talks in Vienna  go on.", "The bank cuts its rate to 3.00%.", "A new envoy was named."];
        let changed = "The bank keeps its rate at 3.25%. → The bank cuts its rate to 3.00%.";
        assert_eq!(told(&before, &now), ["A new envoy was named.", changed, "Snow is expected in Kyiv."]);
        let before = ["Київ очікує на рішення союзників.", "Перемовини тривають."];
        let now = ["Київ досі очікує на рішення союзників.", "Зупинено рух поїздів."];
        let changed = "Київ очікує на рішення союзників. → Київ досі очікує на рішення союзників.";
        assert_eq!(told(&before, &now), ["Зупинено рух поїздів.", changed, "Перемовини тривають."]);
    }

    #[test]
    fn the_most_similar_find_each_other_and_nobody_twice() {
        let said =
            told(&["Port A is closed today.", "Port B is closed today."], &["Port B is closed today, too."]);
        assert_eq!(
            said,
            ["", "Port B is closed today. → Port B is closed today, too.", "Port A is closed today."]
        );
        assert_eq!(told(&["Same."], &["same."]), ["", "", ""]);
        assert_eq!(told(&[], &["New."]), ["New.", "", ""]);
    }
}
