//! Writing to the terminal. A reader who has gone away (`| head`) is no mistake.

use std::io::Write;

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
    error_text(&format!("error: {why}\n"));
}
