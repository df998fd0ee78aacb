//! From the path of a request to a path below the output folder, by names only. Knows no disk.
//!
//! What could mean another place than it says is refused here, in every encoding, before any file is looked for.

use unicode_normalization::UnicodeNormalization;

/// The file of a folder.
const INDEX: &str = "index.html";
/// The only hidden folder that the web knows.
const WELL_KNOWN: &str = ".well-known";

/// The path of an address, decoded: its parts, none of which can leave the folder they are looked for in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The names between the slashes.
    pub parts: Vec<String>,
    /// Whether it ends with a slash.
    pub folder: bool,
}

impl Address {
    /// The address, if every part of it is a plain name.
    pub fn of(path: &str) -> Option<Address> {
        let inside = path.strip_prefix('/')?;
        let (inside, folder) = match inside.strip_suffix('/') {
            Some(inside) => (inside, true),
            None => (inside, inside.is_empty()),
        };
        if inside.is_empty() {
            return (path == "/").then(|| Address { parts: Vec::new(), folder: true });
        }
        let parts: Option<Vec<String>> = inside.split('/').map(plain).collect();
        parts.map(|parts| Address { parts, folder })
    }

    /// The address below a base such as `/desk/`; none if it is not there.
    pub fn below(&self, base: &str) -> Option<Address> {
        let mut parts = self.parts.iter();
        let base = base.split('/').filter(|part| !part.is_empty());
        let here = base.into_iter().all(|part| plain(part).is_some_and(|part| parts.next() == Some(&part)));
        here.then(|| Address { parts: parts.cloned().collect(), folder: self.folder })
    }

    /// The output that stands for it.
    pub fn output(&self) -> String {
        let name = self.parts.join("/");
        match (self.folder, name.is_empty()) {
            (_, true) => INDEX.to_owned(),
            (true, false) => format!("{name}/{INDEX}"),
            (false, false) => name,
        }
    }

    /// The outputs any of which would make this address exist.
    pub fn hopes(&self) -> Vec<String> {
        let folder = Address { parts: self.parts.clone(), folder: true };
        let mut hopes = vec![self.output(), folder.output()];
        hopes.dedup();
        hopes
    }
}

/// A part, decoded once, if it is a plain name.
fn plain(part: &str) -> Option<String> {
    let name = decoded(part)?;
    let name: String = if name.is_ascii() { name } else { name.nfc().collect() };
    let strange = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':');
    let hidden = name.starts_with('.') && name != WELL_KNOWN;
    (!name.is_empty() && !hidden && !name.contains(strange)).then_some(name)
}

/// Percent-decoded once; none if that is no text.
pub(super) fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
        bytes.push(high * 16 + low);
    }
    String::from_utf8(bytes).ok()
}

/// Percent-encoded for the path of an address; slashes stay.
pub(super) fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_their_outputs() {
        let cases = [
            ("/", "index.html"),
            ("/a/", "a/index.html"),
            ("/a", "a"),
            ("/a/b.css", "a/b.css"),
            ("/%D0%B0/", "а/index.html"),
            ("/e%CC%81.png", "\u{e9}.png"),
            ("/.well-known/x.txt", ".well-known/x.txt"),
            ("/a%2520b", "a%20b"),
        ];
        for (path, wanted) in cases {
            assert_eq!(Address::of(path).map(|address| address.output()).as_deref(), Some(wanted), "{path}");
        }
    }

    #[test]
    fn whatever_is_no_plain_name_is_refused() {
        let bad = [
            "",
            "x",
            "//",
            "//a",
            "/a//b",
            "/a//",
            "/..",
            "/../a",
            "/a/../b",
            "/a/..",
            "/.",
            "/a/./b",
            "/%2e%2e/a",
            "/%2E%2E/a",
            "/.%2e/a",
            "/a/%2e%2e%2fb",
            "/a%2fb",
            "/a%5cb",
            "/a\\b",
            "/..\\a",
            "/%00",
            "/a%00.png",
            "/C:/a",
            "/c%3a/a",
            "/a::$DATA",
            "/.bulletin",
            "/.git/config",
            "/a/.b",
            "/%2ebulletin",
            "/%",
            "/%2",
            "/%zz",
            "/%ff",
            "/%c0%ae%c0%ae/a",
            "/a%0d%0ab",
            "/%e0%80%af",
            "/...",
            "/*\u{7f}",
        ];
        for path in bad {
            assert_eq!(Address::of(path), None, "{path}");
        }
    }

    #[test]
    fn below_a_base() {
        let below = |path: &str, base: &str| {
            Address::of(path).and_then(|address| address.below(base)).map(|address| address.output())
        };
        assert_eq!(below("/desk/a/", "/desk/").as_deref(), Some("a/index.html"));
        assert_eq!(below("/desk/", "/desk/").as_deref(), Some("index.html"));
        assert_eq!(below("/a/", "/").as_deref(), Some("a/index.html"));
        assert_eq!(below("/desks/a/", "/desk/"), None);
        assert_eq!(below("/", "/desk/"), None);
    }

    #[test]
    fn a_missing_address_hopes_for_both_forms() {
        let hopes = |path: &str| Address::of(path).map(|address| address.hopes()).unwrap_or_default();
        assert_eq!(hopes("/a"), ["a", "a/index.html"]);
        assert_eq!(hopes("/a/"), ["a/index.html"]);
        assert_eq!(hopes("/"), ["index.html"]);
    }

    #[test]
    fn encoding_is_undone_by_decoding() {
        for text in ["a b/c", "ж%?#\"<>", "a,b;c:d"] {
            assert!(encoded(text).is_ascii());
            assert_eq!(decoded(&encoded(text)).as_deref(), Some(text));
        }
    }
}
