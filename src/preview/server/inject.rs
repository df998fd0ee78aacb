//! The script of the preview, put into a page on its way to the browser. Knows HTML, and no requests.

use memchr::memmem;

use super::policy;
use super::scan::{Attribute, Tag, Tags};

/// A page with a tag put into its head, and with its own policy widened so that the tag may do its work.
pub(super) fn injected(html: &[u8], tag: &str, nonce: &str) -> Vec<u8> {
    let mut changes: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    let mut place = html.len();
    for found in Tags::of(html) {
        match found.name.as_str() {
            "/head" | "body" | "/body" | "frameset" => {
                place = found.start;
                break;
            }
            "meta" => changes.extend(policy_change(&found, nonce)),
            _ => {}
        }
    }
    changes.push((place..place, tag.to_owned()));
    let mut out = Vec::with_capacity(html.len() + tag.len() + 128);
    let mut at = 0;
    for (range, text) in changes {
        out.extend_from_slice(&html[at..range.start]);
        out.extend_from_slice(text.as_bytes());
        at = range.end;
    }
    out.extend_from_slice(&html[at..]);
    out
}

/// What is to be written where the policy of this element stands.
fn policy_change(meta: &Tag, nonce: &str) -> Option<(std::ops::Range<usize>, String)> {
    let attribute =
        |name: &str| -> Option<&Attribute> { meta.attributes.iter().find(|own| own.name == name) };
    attribute("http-equiv")?.value.trim().eq_ignore_ascii_case("content-security-policy").then_some(())?;
    let content = attribute("content")?;
    let wider = policy::widened(&plain(&content.value), nonce)?;
    let text = wider.replace('&', "&amp;").replace('"', "&quot;");
    Some((content.range.clone(), format!("\"{text}\"")))
}

/// An attribute's text, as far as policies need it.
fn plain(value: &str) -> String {
    if memmem::find(value.as_bytes(), b"&").is_none() {
        return value.to_owned();
    }
    let marks = [
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#X27;", "'"),
        ("&apos;", "'"),
        ("&quot;", "\""),
        ("&#34;", "\""),
    ];
    let text = marks.into_iter().fold(value.to_owned(), |text, (written, mark)| text.replace(written, mark));
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> String {
        String::from_utf8(injected(html.as_bytes(), "<T>", "N")).expect("it is text")
    }

    #[test]
    fn the_tag_stands_at_the_end_of_the_head() {
        assert_eq!(page("<head><title>x</title></head><body>"), "<head><title>x</title><T></head><body>");
        assert_eq!(page("<HEAD></HEAD >"), "<HEAD><T></HEAD >");
        assert_eq!(page("<!-- </head> --><head></head>"), "<!-- </head> --><head><T></head>");
        assert_eq!(page("<script>'</head>'</script></head>"), "<script>'</head>'</script><T></head>");
    }

    #[test]
    fn without_a_head_it_stands_before_the_body_or_at_the_end() {
        assert_eq!(page("<p>x<body><p>"), "<p>x<T><body><p>");
        assert_eq!(page("<p>x</body>"), "<p>x<T></body>");
        assert_eq!(page("<p>x"), "<p>x<T>");
        assert_eq!(page(""), "<T>");
        assert_eq!(page("<!-- never closed"), "<!-- never closed<T>");
    }

    #[test]
    fn bytes_that_are_no_text_survive() {
        let made = injected(b"<head>\xff\xfe</head>\x80", "<T>", "N");
        assert_eq!(made, b"<head>\xff\xfe<T></head>\x80");
    }

    #[test]
    fn the_policy_of_the_page_is_widened() {
        let html =
            "<head><meta http-equiv=content-security-policy content='connect-src &#39;none&#39;'></head>";
        let wanted =
            "<head><meta http-equiv=content-security-policy content=\"connect-src 'self'\"><T></head>";
        assert_eq!(page(html), wanted);
        let other = "<head><meta http-equiv=\"refresh\" content=\"default-src 'none'\"></head>";
        assert!(page(other).contains("content=\"default-src 'none'\""));
        let fine =
            "<head><meta content=\"default-src 'self'\" http-equiv=\"Content-Security-Policy\"></head>";
        assert_eq!(page(fine), fine.replace("</head>", "<T></head>"));
    }

    #[test]
    fn every_policy_of_the_page_is_widened() {
        let meta = "<meta http-equiv=\"Content-Security-Policy\" content=\"connect-src 'none'\">";
        let made = page(&format!("<head>{meta}{meta}</head>"));
        assert_eq!(made.matches("connect-src 'self'").count(), 2, "{made}");
    }
}
