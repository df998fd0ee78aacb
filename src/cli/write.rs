//! Writing to the terminal. A reader who has gone away (`| head`) is no mistake.

use std::io::Write;

/// A text from somewhere else, in which nothing moves the cursor or colours the screen.
pub(super) fn plain(text: &str) -> String {
    let shown = |character: char| match u32::from(character) {
        code @ (0..0x20 | 0x7f) if character != '\n' => {
            char::from_u32(if code == 0x7f { 0x2421 } else { 0x2400 + code })
        }
        0x80..0xa0 => None,
        _ => Some(character),
    };
    text.chars().map(|character| shown(character).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Results, to standard output.
pub(super) fn out(text: &str) {
    std::io::stdout().lock().write_all(text.as_bytes()).ok();
}

/// Messages, to standard error.
pub(super) fn error_text(text: &str) {
    std::io::stderr().lock().write_all(text.as_bytes()).ok();
}

/// One line about what went wrong.
pub(super) fn error(why: &str) {
    error_text(&format!("error: {}\n", plain(why)));
}
