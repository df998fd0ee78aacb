//! Anchors: the names of places inside a body.
//!
//! Does not know what carries them: headings, notes or raw HTML.

use std::collections::HashMap;

/// Hands out names that are unique within a body.
#[derive(Default)]
pub(super) struct Anchors {
    given: HashMap<String, u32>,
}

impl Anchors {
    /// The anchor of a heading with this text.
    pub(super) fn of_text(&mut self, text: &str) -> String {
        let slug = slug(text);
        self.unique(if slug.is_empty() { "section".to_owned() } else { slug })
    }

    /// The same name, or the first of `name-1`, `name-2` that is free.
    pub(super) fn unique(&mut self, name: String) -> String {
        let Some(mut count) = self.given.get(&name).copied() else {
            self.given.insert(name.clone(), 0);
            return name;
        };
        loop {
            count += 1;
            let candidate = format!("{name}-{count}");
            if !self.given.contains_key(&candidate) {
                self.given.insert(name, count);
                self.given.insert(candidate.clone(), 0);
                return candidate;
            }
        }
    }
}

/// Lower-case letters and digits of any script; what lies between them becomes one hyphen.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.chars() {
        if letter.is_alphanumeric() || letter == '_' || combining(letter) {
            if gap && !slug.is_empty() {
                slug.push('-');
            }
            gap = false;
            slug.extend(letter.to_lowercase());
        } else if !silent(letter) {
            gap = true;
        }
    }
    slug
}

/// The anchor of a note, by its name, or by its number if the name has no letters.
pub(super) fn note_id(name: &str, place: usize, anchors: &mut Anchors) -> String {
    let slug = slug(name);
    anchors.unique(if slug.is_empty() { format!("fn-{}", place + 1) } else { format!("fn-{slug}") })
}

/// Marks that belong to the letter before them, though they are not letters: a word must not break at them.
fn combining(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{94d}' | '\u{9cd}' | '\u{a4d}' | '\u{acd}' | '\u{b4d}' | '\u{bcd}' | '\u{c4d}' | '\u{ccd}' | '\u{d4d}' | '\u{e38}'..='\u{e4e}')
}

/// What stands inside a word without being a letter of it: apostrophes, joiners, soft hyphens.
fn silent(letter: char) -> bool {
    matches!(letter, '\'' | '’' | 'ʼ' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_keep_letters_of_any_script() {
        assert_eq!(slug("Ukraine’s plan: A & B (v1.2)"), "ukraines-plan-a-b-v1-2");
        assert_eq!(slug("Що відбулося?"), "що-відбулося");
        assert_eq!(slug("नमस्ते दुनिया"), "नमस्ते-दुनिया");
        assert_eq!(slug("—"), "");
    }

    #[test]
    fn names_are_unique() {
        let mut anchors = Anchors::default();
        let given: Vec<_> = ["a", "a-1", "a", "a", "?"].iter().map(|text| anchors.of_text(text)).collect();
        assert_eq!(given, ["a", "a-1", "a-2", "a-3", "section"]);
    }
}
