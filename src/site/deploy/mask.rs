//! Settings that may be shown in a message although somebody wrote a secret into them.
//!
//! Knows no TOML: what cannot be read may be a secret, too.

/// Words in the names of keys that hold secrets.
const SECRET_WORDS: [&str; 8] =
    ["key", "secret", "token", "pass", "sas", "credential", "connection", "signature"];

/// A text in which what may be a secret is made unreadable, byte for byte, so that a message may show its lines. None if there
/// is nothing to hide.
pub fn masked(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut hides = false;
    for (at, _) in text.match_indices('=').filter(|(at, _)| is_secret(&text[..*at])) {
        let value = &text[at + 1..];
        let start = at + 1 + (value.len() - value.trim_start_matches([' ', '\t']).len());
        hides |= hide(&mut bytes[start..start + value_length(&text[start..])]);
    }
    for (at, _) in text.match_indices("://") {
        let rest = &text[at + 3..];
        let host =
            &rest[..rest.find(|c: char| c.is_whitespace() || "/\"'".contains(c)).unwrap_or(rest.len())];
        let whole =
            &rest[..rest.find(|c: char| c.is_whitespace() || "\"'".contains(c)).unwrap_or(rest.len())];
        if let Some(query) = whole.find('?') {
            hides |= hide(&mut bytes[at + 3 + query..at + 3 + whole.len()]);
        }
        if let Some((user, _)) = host.rsplit_once('@') {
            // A token may stand in the place of a name.
            let open = if text[..at].ends_with("http") || text[..at].ends_with("https") {
                Some(0)
            } else {
                user.find(':')
            };
            if let Some(from) = open {
                hides |= hide(&mut bytes[at + 3 + from..at + 3 + user.len()]);
            }
        }
    }
    hides.then(|| String::from_utf8(bytes).unwrap_or_default())
}

/// Whether the last word before an equals sign names a secret.
fn is_secret(before: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || "_-".contains(c);
    let before = before.trim_end_matches([' ', '\t', '"', '\'']);
    let name = before.rsplit(|c| !word(c)).next().unwrap_or_default().to_lowercase();
    SECRET_WORDS.iter().any(|secret| name.contains(secret))
}

/// How long a value is: to the end of its line, or, in three quotes, to the next three.
fn value_length(value: &str) -> usize {
    for quotes in ["\"\"\"", "'''"] {
        if let Some(rest) = value.strip_prefix(quotes) {
            return rest.find(quotes).map_or(value.len(), |end| end + 2 * quotes.len());
        }
    }
    value.find('\n').unwrap_or(value.len())
}

fn hide(bytes: &mut [u8]) -> bool {
    for byte in bytes.iter_mut().filter(|byte| !b"\"' \t\r\n".contains(byte)) {
        *byte = b'*';
    }
    !bytes.is_empty()
}
