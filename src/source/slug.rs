//! A slug: a title or a file name as one part of an address.
//!
//! The same text, language and style always give the same slug. Whether a slug is taken, or empty, is for others.

use deunicode::deunicode_char;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Far below what file systems allow for a name (255 bytes), so that there is room for ".html" and a prefix.
const SLUG_BYTES_MAX: usize = 100;

/// Which letters a slug may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlugStyle {
    /// a-z and 0-9; other scripts are transliterated.
    Ascii,
    /// The letters of the language itself.
    Native,
}

/// The text in lower case with a hyphen between words, and nothing else; empty if the text has no letter or digit.
pub fn slug(text: &str, lang: &str, style: SlugStyle) -> String {
    let mut slug = Slug::default();
    let dotless = style == SlugStyle::Native && (speaks(lang, "tr") || speaks(lang, "az"));
    if text.is_ascii() && !dotless {
        text.chars().take_while(|&character| slug.take(character)).count();
    } else if style == SlugStyle::Native {
        // Turkish has two letters where others have one: ı, I and i, İ.
        let turned = if dotless { text.replace('İ', "i").replace('I', "ı") } else { text.to_owned() };
        native(&turned, &mut slug);
    } else if speaks(lang, "uk") {
        ukrainian(text, &mut slug);
    } else {
        let umlauts = speaks(lang, "de");
        text.nfc().take_while(|&character| slug.romanise(character, umlauts)).count();
    }
    slug.bounded()
}

/// The way back, as far as there is one: the name of a folder as a title.
pub fn title_of(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let mut chars = spaced.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Whether a language tag is the language or a variety of it.
fn speaks(lang: &str, language: &str) -> bool {
    lang.split('-').next().is_some_and(|first| first.eq_ignore_ascii_case(language))
}

/// A slug in the making.
#[derive(Default)]
struct Slug {
    text: String,
    /// Something stood between the last letter and the next.
    gap: bool,
}

impl Slug {
    /// Adds a letter or digit, after a hyphen if there was a gap.
    fn letter(&mut self, letter: char) {
        if self.gap && !self.text.is_empty() {
            self.text.push('-');
        }
        self.gap = false;
        self.text.push(letter);
    }

    /// Adds an ASCII character, or what it means. As all that adds, it says whether there is room for more.
    fn take(&mut self, character: char) -> bool {
        match character {
            'a'..='z' | '0'..='9' => self.letter(character),
            'A'..='Z' => self.letter(character.to_ascii_lowercase()),
            // "president's" is one word.
            '\'' | '`' => {}
            _ => self.gap = true,
        }
        self.text.len() <= SLUG_BYTES_MAX
    }

    /// Adds a character of any script in Latin letters.
    fn romanise(&mut self, character: char, umlauts: bool) -> bool {
        let latin = match character {
            'ä' | 'Ä' if umlauts => "ae",
            'ö' | 'Ö' if umlauts => "oe",
            'ü' | 'Ü' if umlauts => "ue",
            _ if apostrophe(character) || invisible(character) => "",
            _ => deunicode_char(character).unwrap_or(" "),
        };
        latin.chars().all(|letter| self.take(letter))
    }

    /// The finished slug, cut after the last whole word that fits, or within the first word if none does.
    fn bounded(mut self) -> String {
        if self.text.len() > SLUG_BYTES_MAX {
            let end = self.text.floor_char_boundary(SLUG_BYTES_MAX);
            let whole = self.text.as_bytes()[end] == b'-';
            let end = if whole { end } else { self.text[..end].rfind('-').unwrap_or(end) };
            self.text.truncate(end);
        }
        self.text
    }
}

/// Signs used as an apostrophe, and its letter-like cousin of Ukrainian.
fn apostrophe(character: char) -> bool {
    matches!(character, '\'' | '`' | '’' | '‘' | '´' | 'ʼ')
}

/// Characters that are not seen and do not part words.
fn invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200d}'..='\u{200f}' | '\u{61c}' | '\u{2060}' | '\u{feff}')
}

/// Letters, digits and their marks as they are.
fn native(text: &str, slug: &mut Slug) {
    for character in text.to_lowercase().nfc() {
        if apostrophe(character) || invisible(character) {
            continue;
        }
        let mark = is_combining_mark(character) && !slug.gap && !slug.text.is_empty();
        if character.is_alphanumeric() && !is_combining_mark(character) || mark {
            slug.letter(character);
        } else {
            slug.gap = true;
        }
        if slug.text.len() > SLUG_BYTES_MAX {
            break;
        }
    }
}

/// The official romanisation (resolution 55 of the Cabinet of Ministers, 2010): some letters are written differently
/// at the beginning of a word, зг differs from ж, and apostrophe and soft sign vanish.
fn ukrainian(text: &str, slug: &mut Slug) {
    let mut previous = ' ';
    for letter in text.chars().flat_map(char::to_lowercase).nfc() {
        // Neither an apostrophe nor a stress mark begins a new word.
        if apostrophe(letter) || invisible(letter) || is_combining_mark(letter) {
            continue;
        }
        let initial = !previous.is_alphabetic();
        let more = match romanised(letter, initial) {
            _ if letter == 'г' && previous == 'з' => "gh".chars().all(|latin| slug.take(latin)),
            Some(latin) => latin.chars().all(|latin| slug.take(latin)),
            None => slug.romanise(letter, false),
        };
        if !more {
            break;
        }
        previous = letter;
    }
}

/// A lower-case Ukrainian letter in Latin letters.
fn romanised(letter: char, initial: bool) -> Option<&'static str> {
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "h",
        'ґ' => "g",
        'д' => "d",
        'е' => "e",
        'є' => ["ie", "ye"][usize::from(initial)],
        'ж' => "zh",
        'з' => "z",
        'и' => "y",
        'і' => "i",
        'ї' => ["i", "yi"][usize::from(initial)],
        'й' => ["i", "y"][usize::from(initial)],
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ь' => "",
        'ю' => ["iu", "yu"][usize::from(initial)],
        'я' => ["ia", "ya"][usize::from(initial)],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ascii(text: &str, lang: &str) -> String {
        slug(text, lang, SlugStyle::Ascii)
    }

    fn own(text: &str, lang: &str) -> String {
        slug(text, lang, SlugStyle::Native)
    }

    #[test]
    fn words_are_joined_by_single_hyphens() {
        assert_eq!(ascii("2024-12-09-nato-call", "en"), "2024-12-09-nato-call");
        assert_eq!(ascii("  The President's  plan: «what next»?! ", "en"), "the-presidents-plan-what-next");
        assert_eq!(ascii("the president’s “plan” — again", "en"), "the-presidents-plan-again");
        assert_eq!(ascii("evening_brief.v2", "en"), "evening-brief-v2");
        assert_eq!(ascii("soft\u{ad}hyphen", "en"), "softhyphen");
    }

    #[test]
    fn nothing_remains_of_punctuation() {
        for text in ["", "...", "—", "?!", "«»", "' '", "\u{301}"] {
            assert_eq!(
                (ascii(text, "en"), ascii(text, "uk"), own(text, "uk")),
                Default::default(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn ukrainian_by_resolution_55() {
        let official = [
            ("Алушта", "alushta"),
            ("Згурський", "zghurskyi"),
            ("Розгон", "rozghon"),
            ("Єнакієве", "yenakiieve"),
            ("Гаєвич", "haievych"),
            ("Їжакевич", "yizhakevych"),
            ("Кадиївка", "kadyivka"),
            ("Мар’їне", "marine"),
            ("Йосипівка", "yosypivka"),
            ("Стрий", "stryi"),
            ("Щербухи", "shcherbukhy"),
            ("Юрій", "yurii"),
            ("Яготин", "yahotyn"),
            ("Костянтин", "kostiantyn"),
            ("Знам'янка", "znamianka"),
            ("Феодосія", "feodosiia"),
            ("Згорани", "zghorany"),
            ("Ґалаґан", "galagan"),
            ("Київ: ґанок, їжак, Єва", "kyiv-ganok-yizhak-yeva"),
            ("об'їзд", "obizd"),
            ("Володимир Зеленський", "volodymyr-zelenskyi"),
            ("ЄВРОПА — це Я", "yevropa-tse-ya"),
            ("Ки\u{301}їв", "kyiv"),
            ("Киї\u{308}в NATO-2024", "kyiv-nato-2024"),
            ("«їжак»", "yizhak"),
            ("'їжак'", "yizhak"),
        ];
        for (text, wanted) in official {
            assert_eq!(ascii(text, "uk"), wanted, "{text}");
        }
        assert_eq!(ascii("Яготин", "uk-UA"), "yahotyn");
    }

    #[test]
    fn decomposed_letters_are_the_same_letters() {
        assert_eq!(ascii("и\u{306}ога", "uk"), "yoha");
        assert_eq!(ascii("Mu\u{308}nchen", "de"), "muenchen");
        assert_eq!(own("и\u{306}ога", "uk"), "йога");
    }

    #[test]
    fn other_languages() {
        assert_eq!(ascii("Äußerung über Öl", "de"), "aeusserung-ueber-oel");
        assert_eq!(ascii("Zażółć gęślą jaźń", "pl"), "zazolc-gesla-jazn");
        assert_eq!(ascii("L’été à Évian", "fr"), "lete-a-evian");
        assert_eq!(ascii("北京", "zh"), "bei-jing");
        assert_eq!(ascii("İstanbul’da", "tr"), "istanbulda");
        assert!(ascii("بيان", "ar").is_ascii());
    }

    #[test]
    fn native_keeps_the_letters() {
        assert_eq!(own("Київ: Об’їзд", "uk"), "київ-обїзд");
        assert_eq!(own("北京 2024", "zh"), "北京-2024");
        assert_eq!(own("हिन्दी समाचार", "hi"), "हिन्दी-समाचार");
        assert_eq!(own("Işık İzmir", "tr"), "ışık-izmir");
        assert_eq!(own("IRAK", "tr"), "ırak");
        assert_eq!(own("Plain Title", "en"), "plain-title");
    }

    #[test]
    fn bounded_on_a_hyphen() {
        let words = ascii(&"слово ".repeat(900), "uk");
        assert_eq!(words, ["slovo"; 16].join("-"));
        assert_eq!(ascii(&format!("{} word", "a".repeat(100)), "en"), "a".repeat(100));
        assert_eq!(ascii(&"a".repeat(4000), "en"), "a".repeat(100));
        assert_eq!(own(&"я".repeat(4000), "uk"), "я".repeat(50));
        assert_eq!(own(&"漢".repeat(4000), "zh"), "漢".repeat(33));
        assert!(ascii(&"漢".repeat(4000), "zh").len() <= SLUG_BYTES_MAX);
    }
}
