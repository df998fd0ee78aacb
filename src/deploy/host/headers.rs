//! What a host is told of each file beside its bytes: its type, and how long it may be kept.
//!
//! Knows no host.

use super::super::plan::Step;
use crate::digest::Sha256;

/// Another number, and everything is sent again under the new rules.
const RULES_VERSION: u32 = 1;
/// A file whose name holds a hash of its bytes never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// What only deploys read.
const NEVER: &str = "no-store";

/// What is said of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Headers {
    /// `Content-Type`.
    pub content_type: String,
    /// `Cache-Control`.
    pub cache_control: String,
}

impl Headers {
    /// Of a file of the site. `usual` is how long pages may be kept.
    pub(super) fn of(step: &Step, usual: &str) -> Self {
        let cache_control = if step.is_hashed() { FOR_EVER } else { usual };
        Self { content_type: content_type(&step.path), cache_control: cache_control.to_string() }
    }
}

/// Of a file of our own.
pub(super) fn own() -> Headers {
    Headers { content_type: "text/plain; charset=utf-8".to_string(), cache_control: NEVER.to_string() }
}

/// The digest of the rules.
pub(super) fn rules(usual: &str) -> Sha256 {
    Sha256::of(format!("{RULES_VERSION} {usual}").as_bytes())
}

/// The type of a file (RFC 6838), by its name.
fn content_type(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    match name {
        "feed.xml" => return "application/atom+xml; charset=utf-8".to_string(),
        "rss.xml" => return "application/rss+xml; charset=utf-8".to_string(),
        "feed.json" => return "application/feed+json; charset=utf-8".to_string(),
        _ if !name.contains('.') || name.starts_with('.') => return "text/plain; charset=utf-8".to_string(),
        _ => {}
    }
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let is_text = guess.type_() == mime_guess::mime::TEXT;
    if is_text || guess.essence_str() == "application/javascript" {
        return format!("{}; charset=utf-8", guess.essence_str());
    }
    guess.essence_str().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_has_the_type_that_browsers_and_readers_of_feeds_want() {
        for (path, wanted) in [
            ("a/index.html", "text/html; charset=utf-8"),
            ("topics/grid/feed.xml", "application/atom+xml; charset=utf-8"),
            ("rss.xml", "application/rss+xml; charset=utf-8"),
            ("feed.json", "application/feed+json; charset=utf-8"),
            ("sitemap.xml", "text/xml; charset=utf-8"),
            ("record.json", "application/json"),
            ("style.0a1b.css", "text/css; charset=utf-8"),
            ("map.SVG", "image/svg+xml"),
            ("photo.jpg", "image/jpeg"),
            ("fonts/desk.woff2", "font/woff2"),
            ("SHA256SUMS", "text/plain; charset=utf-8"),
            ("_redirects", "text/plain; charset=utf-8"),
            ("what.zzz", "application/octet-stream"),
        ] {
            assert_eq!(content_type(path), wanted, "{path}");
        }
    }
}
