//! Where the site is read: origin and path, and how a path becomes an address.

use std::borrow::Cow;
use std::fmt::Write;

/// The address of the site's root, split into origin (`https://example.org`) and path (`/desk/`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
    path: String,
}

impl Default for BaseUrl {
    fn default() -> Self {
        Self { origin: "https://example.org".to_string(), path: "/".to_string() }
    }
}

impl BaseUrl {
    /// Reads `https://host[:port][/path]`. A missing slash at the end is added.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str =
            "expected https://, a host and perhaps a path, such as https://example.org/desk/";
        let scheme =
            ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme)).ok_or(EXPECTED)?;
        let rest = &text[scheme.len()..];
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}?#".contains(&byte);
        let dots = path.split('/').any(|part| part == "." || part == "..");
        if host.is_empty() || host.contains('@') || !text.bytes().all(plain) || dots || path.contains("//") {
            return Err(EXPECTED);
        }
        let path = if path.ends_with('/') { path.to_string() } else { format!("{path}/") };
        Ok(Self { origin: format!("{scheme}{host}"), path })
    }

    /// Scheme and host, without a slash at the end.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host, with its port if it has one.
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, host)| host)
    }

    /// The path of the root: `/` or `/desk/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The address of the root, with a slash at the end.
    pub fn root(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// A site path (`/a/b/`, from the site's root) as a path on the host: `/desk/a/b/`.
    pub fn rooted(&self, path: &str) -> String {
        [&self.path, path.trim_start_matches('/')].concat()
    }

    /// A site path as an absolute address.
    pub fn absolute(&self, path: &str) -> String {
        [&self.origin, &self.path, path.trim_start_matches('/')].concat()
    }

    /// A path on the host, as [`Self::rooted`] gives it, as an absolute address.
    pub fn with_origin(&self, rooted: &str) -> String {
        [&self.origin, rooted].concat()
    }
}

/// The name of a host without its port.
pub fn without_port(host: &str) -> &str {
    // The colons of an address in brackets are its own.
    host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(host, |(name, _)| name)
}

/// Whether a host, with or without its port, is this machine.
pub fn is_this_machine(host: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]"].contains(&without_port(host))
}

/// Percent-encodes what may not stand in the path of an address (RFC 3986); slashes stay.
pub fn encode(path: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte);
    // Nearly every address is plain already.
    if path.bytes().all(plain) {
        return Cow::Borrowed(path);
    }
    let mut address = String::with_capacity(path.len() * 2);
    for byte in path.bytes() {
        if plain(byte) {
            address.push(char::from(byte));
        } else {
            write!(address, "%{byte:02X}").expect("writing to a string succeeds");
        }
    }
    Cow::Owned(address)
}

/// Undoes percent-encoding, as far as it is UTF-8.
pub fn decode(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = pair.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(path), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_undone_only_where_it_is_text() {
        assert_eq!(decode("a%20b%2"), "a b%2");
        assert_eq!(decode("%FF"), "%FF");
        assert_eq!(decode("/%D0%9A%20a%2/%zz"), "/К a%2/%zz");
    }

    #[test]
    fn a_base_url_is_split_into_origin_and_path() {
        let base = BaseUrl::parse("https://example.org/desk").unwrap();
        assert_eq!((base.origin(), base.path()), ("https://example.org", "/desk/"));
        assert_eq!(base.absolute("/a/"), "https://example.org/desk/a/");
        assert_eq!(BaseUrl::parse("http://localhost:1111").unwrap().root(), "http://localhost:1111/");
    }

    #[test]
    fn this_machine_is_known_with_a_port_and_without() {
        for host in ["localhost", "localhost:80", "127.0.0.1:8340", "[::1]", "[::1]:80"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["localhost.example.org", "example.org:80", "[::2]", "127.0.0.1.example.org"] {
            assert!(!is_this_machine(host), "{host}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "example.org",
            "ftp://x/",
            "https://",
            "https:///x",
            "https://a b/",
            "https://u@h/",
            "https://h/../x",
        ] {
            assert!(BaseUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn letters_outside_ascii_are_encoded_and_slashes_stay() {
        assert_eq!(encode("/карта 1.png"), "/%D0%BA%D0%B0%D1%80%D1%82%D0%B0%201.png");
    }
}
