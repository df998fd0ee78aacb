//! Settings that may be shown in a message although somebody wrote a secret into them.

use super::DEPLOY;
use crate::table::{Key, Shape};

/// A text in which what may be a secret is made unreadable, byte for byte, so that a message may show its lines.
pub fn masked(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut hides = false;
    for Key { name, shape, .. } in DEPLOY {
        if matches!(shape, Shape::Elsewhere(_)) {
            for (at, _) in text.match_indices(name) {
                let rest = text[at + name.len()..].trim_start_matches(['"', '\'']).trim_start();
                if let Some(value) = rest.strip_prefix('=') {
                    let start = text.len() - value.len();
                    let end = start + value.find('\n').unwrap_or(value.len());
                    hides |= hide(&mut bytes[start..end]);
                }
            }
        }
    }
    for (at, _) in text.match_indices("://") {
        let rest = &text[at + 3..];
        let host = &rest[..rest.find(['/', '"', '\'', '\n']).unwrap_or(rest.len())];
        if let Some((user, _)) = host.rsplit_once('@')
            && let Some(colon) = user.find(':')
        {
            let start = at + 3 + colon + 1;
            hides |= hide(&mut bytes[start..at + 3 + user.len()]);
        }
    }
    hides.then(|| String::from_utf8(bytes).unwrap_or_default())
}

fn hide(bytes: &mut [u8]) -> bool {
    for byte in bytes.iter_mut().filter(|byte| !b"\"' \t\r".contains(byte)) {
        *byte = b'*';
    }
    !bytes.is_empty()
}
