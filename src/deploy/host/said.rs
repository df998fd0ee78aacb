//! What an error of a store says, in one line, and what to do about it.
//!
//! Knows how one library words its errors; no host.

use std::error::Error as _;

use opendal::{Error, ErrorKind};

use super::super::secret::Credentials;

const NO_KEYS: &str = " (no keys were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; for Azure AZURE_STORAGE_CONNECTION_STRING)";
const NOT_ALLOWED: &str =
    " (look at the keys that the environment or the usual files hold, and at what they may do)";
/// A request is signed with its time.
const CLOCK: &str = " (the clock of this machine is wrong)";
const NOT_KNOWN: &str = " (connect once with ssh, and compare the key of the host with what its owner says)";
/// Some servers answer with a whole page.
const WHY_CHARS_MAX: usize = 300;

/// What an error says, in one line, without what must not be shown.
pub(super) fn said(error: &Error, credentials: &Credentials) -> String {
    // Before anything is cut off: a part of a secret would not be known as one.
    let text = credentials.redacted(&whole(error));
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Between the two stands how the library got there: requests with their headers.
    let (what, why) = text.split_once(" => ").unwrap_or(("", &text));
    let what = what.split(" at ").next().unwrap_or_default();
    let advice = match error.kind() {
        _ if why.contains("credential") => NO_KEYS,
        _ if why.contains("RequestTimeTooSkewed") => CLOCK,
        _ if why.contains("ost key verification failed") => NOT_KNOWN,
        ErrorKind::PermissionDenied => NOT_ALLOWED,
        _ if text.contains("status: 401") => NOT_ALLOWED,
        _ => "",
    };
    let why: String = why.chars().take(WHY_CHARS_MAX).collect();
    format!("{what}: {why}{advice}")
}

/// An error with everything that it comes from: that a host cannot be reached, and then why.
fn whole(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let said = next.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown_where_a_long_answer_is_cut_off() {
        let secret = [("DESK_PASSWORD".to_string(), "hunter2-hunter2".to_string())];
        let credentials = Credentials::of(secret.into_iter());
        for before in WHY_CHARS_MAX - 20..WHY_CHARS_MAX {
            let answer = format!("{} hunter2-hunter2 and more", "-".repeat(before));
            let shown = said(&Error::new(ErrorKind::Unexpected, answer), &credentials);
            assert!(!shown.contains("hunter"), "{shown}");
        }
    }

    #[test]
    fn what_an_error_comes_from_is_told() {
        let cause = std::io::Error::other("Host key verification failed.");
        let error = Error::new(ErrorKind::Unexpected, "ssh error").set_source(cause);
        let shown = said(&error, &Credentials::default());
        assert!(shown.contains("Host key verification failed.") && shown.contains(NOT_KNOWN), "{shown}");
    }
}
