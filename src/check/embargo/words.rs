//! The words of a text, as digests: without regard to case, punctuation and white space. And every run of eight of them.
//!
//! Knows letters, not languages.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A run is as long as eight words: shorter ones stand in texts that have nothing to do with each other.
const RUN_WEIGHT: u32 = 16;
/// A word counts for two, a letter of a script that does not part words for one: two of them are about a word.
const WORD_WEIGHT: u8 = 2;
const LETTER_WEIGHT: u8 = 1;

/// One word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// Of its letters, in lower case.
    pub digest: u64,
    /// Where it begins, in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    weight: u8,
}

/// A text in the one form in which words are looked for.
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text.into();
    }
    text.nfc().collect::<String>().into()
}

/// Adds the words of a composed text to `words`.
pub(super) fn add(text: &str, words: &mut Vec<Word>) {
    let mut open: Option<Word> = None;
    for (at, letter) in text.char_indices() {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        // What only shapes a word does not part it.
        if !letter.is_ascii() && is_joiner(letter) {
            continue;
        }
        if !letter.is_alphanumeric() {
            words.extend(open.take().map(whole));
            continue;
        }
        let end = place(at + letter.len_utf8());
        if is_unparted(letter) {
            words.extend(open.take().map(whole));
            let digest = mixed(grown(SEED, letter));
            words.push(Word { digest, start: place(at), end, weight: LETTER_WEIGHT });
            continue;
        }
        let word = open.get_or_insert(Word { digest: SEED, start: place(at), end, weight: WORD_WEIGHT });
        word.end = end;
        match letter.is_ascii() {
            true => word.digest = grown(word.digest, letter.to_ascii_lowercase()),
            false => word.digest = letter.to_lowercase().fold(word.digest, grown),
        }
    }
    words.extend(open.map(whole));
}

/// A word that has all its letters.
fn whole(word: Word) -> Word {
    Word { digest: mixed(word.digest), ..word }
}

/// The digest of no letters.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// The digest of a word with one more letter (FNV-1a).
fn grown(digest: u64, letter: char) -> u64 {
    (digest ^ u64::from(u32::from(letter))).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Spreads a digest over all its bits.
fn mixed(digest: u64) -> u64 {
    let digest = (digest ^ (digest >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    digest ^ (digest >> 32)
}

/// Soft hyphens, joiners, marks of direction, and marks on letters that have no composed form.
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}'
        | '\u{feff}' | '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Scripts without spaces: Thai, Lao, Burmese, Khmer; kana and ideographs.
fn is_unparted(letter: char) -> bool {
    matches!(letter, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// How far a run goes from its first word: none if the text ends before.
fn reach(words: &[Word], first: usize) -> Option<usize> {
    let mut weight = 0;
    words[first..].iter().position(|word| {
        weight += u32::from(word.weight);
        weight >= RUN_WEIGHT
    })
}

/// Calls `each` with the digest of every run, its first word and the one behind its last.
pub(super) fn runs(words: &[Word], mut each: impl FnMut(u64, usize, usize)) {
    const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
    let Some(reached) = reach(words, 0) else { return };
    let weight = |word: &Word| u32::from(word.weight);
    // A run moves on word by word: what it loses is taken off, what it gains is added.
    let mut end = reached + 1;
    let mut own: u32 = words[..end].iter().map(weight).sum();
    let mut sum =
        words[..end].iter().fold(0u64, |sum, word| sum.wrapping_mul(BASE).wrapping_add(word.digest));
    let powers: Vec<u64> = std::iter::successors(Some(1u64), |power| Some(power.wrapping_mul(BASE)))
        .take(RUN_WEIGHT as usize)
        .collect();
    for first in 0..words.len() {
        each(mixed(sum), first, end);
        own -= weight(&words[first]);
        sum = sum.wrapping_sub(words[first].digest.wrapping_mul(powers[end - first - 1]));
        while own < RUN_WEIGHT {
            let Some(next) = words.get(end) else { return };
            own += weight(next);
            sum = sum.wrapping_mul(BASE).wrapping_add(next.digest);
            end += 1;
        }
    }
}

/// The digest of words that are fewer than a run.
pub(super) fn phrase(words: &[Word]) -> Vec<u64> {
    words.iter().map(|word| word.digest).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn words(text: &str) -> Vec<Word> {
        let mut words = Vec::new();
        add(&composed(text), &mut words);
        words
    }

    fn found(text: &str) -> Vec<u64> {
        let mut all = Vec::new();
        runs(&words(text), |digest, _, _| all.push(digest));
        all
    }

    #[test]
    fn words_are_the_same_whatever_stands_between_them_and_however_they_are_written() {
        let plain = phrase(&words("the talks in kyiv will begin"));
        assert_eq!(plain.len(), 6);
        for other in [
            "The TALKS,\n in \u{201c}Kyiv\u{201d} — will\u{a0}begin.",
            "*the* talks in ky\u{ad}iv; will begin",
        ] {
            assert_eq!(phrase(&words(other)), plain, "{other}");
        }
        assert_eq!(phrase(&words("cafe\u{301}")), phrase(&words("CAFÉ")));
        assert_eq!(phrase(&words("مُحَمَّد")), phrase(&words("محمد")));
        assert_ne!(phrase(&words("Переговори")), phrase(&words("переговорі")));
    }

    #[test]
    fn every_run_of_eight_words_is_found_wherever_it_stands() {
        assert_eq!(found("one two three four five six seven"), Vec::<u64>::new());
        let text = "one two three four five six seven eight nine ten";
        assert_eq!(found(text).len(), 3);
        let elsewhere: BTreeSet<u64> = found(&format!("Zero, and {text}; and eleven.")).into_iter().collect();
        assert!(found(text).iter().all(|run| elsewhere.contains(run)));
        let other = found("one two three four five six seven nine");
        assert!(other.iter().all(|run| !found(text).contains(run)));
    }

    #[test]
    fn scripts_without_spaces_have_runs_of_sixteen_letters() {
        let text = "联合国安全理事会今天上午举行紧急会议";
        assert_eq!(text.chars().count(), 18);
        assert_eq!(found(text).len(), 3);
        let mixed: BTreeSet<u64> = found(&format!("据 Reuters 报道，{text}。")).into_iter().collect();
        assert!(found(text).iter().all(|run| mixed.contains(run)));
    }

    #[test]
    fn a_run_says_where_it_stands() {
        let text = "«Перше» друге третє четверте п'яте шосте сьоме";
        let all = words(text);
        let mut places = Vec::new();
        runs(&all, |_, first, end| places.push(&text[all[first].start as usize..all[end - 1].end as usize]));
        assert_eq!(places, ["Перше» друге третє четверте п'яте шосте сьоме"]);
    }
}
