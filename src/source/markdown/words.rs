//! Words: how long a text takes to read, and its first sentence or two as plain text.
//!
//! Knows letters, not languages.

/// Words that a reader takes in a minute, for scripts that part words.
const WORDS_PER_MINUTE: u64 = 230;

/// Characters a minute, for scripts that do not part words.
const CHARACTERS_PER_MINUTE: u64 = 500;

/// Counts what a reader has to read.
#[derive(Default)]
pub(super) struct Reading {
    words: u64,
    characters: u64,
    inside: bool,
}

impl Reading {
    /// Reads a piece of text; a word may go on in the next piece.
    pub(super) fn read(&mut self, text: &str) {
        let Some(last) = text.bytes().next_back() else { return };
        // Only scripts from U+3000 on are written without spaces, and their first byte is at least 0xe3.
        if text.bytes().fold(0, u8::max) >= 0xe3 {
            return self.read_letters(text);
        }
        let bytes = text.as_bytes();
        // A block's sum fits into a byte, which lets the compiler count many bytes at once.
        for (olds, news) in bytes.chunks(128).zip(bytes[1..].chunks(128)) {
            let starts = olds.iter().zip(news).map(|(old, new)| u8::from(space(*old) & !space(*new)));
            self.words += u64::from(starts.sum::<u8>());
        }
        self.words += u64::from(!self.inside && !space(bytes[0]));
        self.inside = !space(last);
    }

    fn read_letters(&mut self, text: &str) {
        for letter in text.chars() {
            if unparted(letter) {
                self.characters += 1;
                self.inside = false;
            } else if letter.is_whitespace() {
                self.inside = false;
            } else if !self.inside && letter.is_alphanumeric() {
                self.words += 1;
                self.inside = true;
            }
        }
    }

    /// A word ends here.
    pub(super) fn pause(&mut self) {
        self.inside = false;
    }

    /// Whole minutes, at least one.
    pub(super) fn minutes(&self) -> u8 {
        let sixtieths = self.words * 60 / WORDS_PER_MINUTE + self.characters * 60 / CHARACTERS_PER_MINUTE;
        u8::try_from((sixtieths + 30) / 60).unwrap_or(u8::MAX).max(1)
    }
}

const fn space(byte: u8) -> bool {
    byte <= b' '
}

fn unparted(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// At most so many characters of the text, cut between words, with an ellipsis if something was cut.
pub(super) fn bounded(text: &str, chars_max: usize) -> String {
    let text = text.trim();
    let Some((limit, _)) = text.char_indices().nth(chars_max) else { return text.to_owned() };
    // One character is kept for the ellipsis.
    let room = text[..limit].char_indices().next_back().map_or(0, |(at, _)| at);
    let whole = text[room..].starts_with(char::is_whitespace);
    let cut = if whole { room } else { text[..room].rfind(char::is_whitespace).unwrap_or(room) };
    let kept =
        text[..cut].trim_end_matches(|letter: char| letter.is_whitespace() || ",;:–—-(".contains(letter));
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(pieces: &[&str]) -> (u64, u64) {
        let mut reading = Reading::default();
        pieces.iter().for_each(|piece| reading.read(piece));
        (reading.words, reading.characters)
    }

    #[test]
    fn counts_words_and_characters() {
        assert_eq!(count(&["one two", "three", " four "]), (3, 0));
        assert_eq!(count(&["Президент  заявив"]), (2, 0));
        assert_eq!(count(&["会議はnew plan"]), (2, 3));
        assert_eq!(Reading::default().minutes(), 1);
        assert_eq!(Reading { words: 230 * 4, ..Default::default() }.minutes(), 4);
    }

    #[test]
    fn cuts_between_words() {
        assert_eq!(bounded("one two three", 13), "one two three");
        assert_eq!(bounded("one two three", 12), "one two…");
        assert_eq!(bounded("one two, three", 10), "one two…");
        assert_eq!(bounded("заявив", 4), "зая…");
        assert_eq!(bounded("", 4), "");
    }
}
