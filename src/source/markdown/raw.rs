//! Raw HTML: the tags that stand in a body, and the addresses in their attributes.
//!
//! Reads tags the way browsers do, but builds no tree. What is safe is not decided here.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark_escape::escape_html;

use super::destination::{Destination, destination};
use super::{Address, Use};

/// Elements whose content is text, whatever it looks like.
const TEXTUAL: [&str; 8] = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

/// Longest character reference that we resolve.
const REFERENCE_BYTES_MAX: usize = 12;

/// A start tag.
pub(super) struct Tag<'a> {
    /// The element's name as written.
    pub(super) name: &'a str,
    /// The whole tag.
    pub(super) range: Range<usize>,
    /// Its attributes in order.
    pub(super) attributes: Vec<Attribute<'a>>,
}

/// An attribute with a value.
pub(super) struct Attribute<'a> {
    /// The name as written.
    pub(super) name: &'a str,
    /// The value with character references resolved.
    pub(super) value: Cow<'a, str>,
    /// Name and value, with quotes.
    pub(super) range: Range<usize>,
}

impl Tag<'_> {
    /// The value of an attribute.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name));
        found.map(|attribute| attribute.value.as_ref())
    }
}

/// The start tags of a piece of HTML; a tag that does not end is none.
pub(super) struct Tags<'a> {
    html: &'a str,
    at: usize,
}

/// Finds the start tags.
pub(super) fn tags(html: &str) -> Tags<'_> {
    Tags { html, at: 0 }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let start = self.at + self.html.get(self.at..)?.find('<')?;
            let rest = &self.html[start..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                self.at = start + 4 + comment.find("-->")? + 3;
            } else if rest[1..].starts_with(|letter: char| letter.is_ascii_alphabetic()) {
                let tag = self.tag(start)?;
                self.at = tag.range.end;
                if TEXTUAL.iter().any(|name| tag.name.eq_ignore_ascii_case(name)) {
                    self.at = closing(self.html, self.at, tag.name);
                }
                return Some(tag);
            } else {
                self.at = start + 1;
            }
        }
    }
}

impl<'a> Tags<'a> {
    fn tag(&self, start: usize) -> Option<Tag<'a>> {
        let name_end = self.until(start + 1, |byte| space(byte) || byte == b'/' || byte == b'>');
        let mut tag = Tag { name: &self.html[start + 1..name_end], range: start..0, attributes: Vec::new() };
        let mut at = name_end;
        loop {
            at = self.until(at, |byte| !space(byte) && byte != b'/');
            if *self.html.as_bytes().get(at)? == b'>' {
                tag.range.end = at + 1;
                return Some(tag);
            }
            // A lone `=` begins a name, as browsers have it.
            let name_end = self.until(at + 1, |byte| space(byte) || matches!(byte, b'/' | b'>' | b'='));
            let equals = self.until(name_end, |byte| !space(byte));
            if self.html.as_bytes().get(equals) != Some(&b'=') {
                at = name_end;
                continue;
            }
            let (value, end) = self.value(equals + 1)?;
            let name = &self.html[at..name_end];
            tag.attributes.push(Attribute { name, value: decoded(&self.html[value]), range: at..end });
            at = end;
        }
    }

    /// A value without its quotes, and where it ends with them.
    fn value(&self, from: usize) -> Option<(Range<usize>, usize)> {
        let start = self.until(from, |byte| !space(byte));
        match *self.html.as_bytes().get(start)? {
            quote @ (b'"' | b'\'') => {
                let end = start + 1 + memchr::memchr(quote, &self.html.as_bytes()[start + 1..])?;
                Some((start + 1..end, end + 1))
            }
            _ => {
                let end = self.until(start, |byte| space(byte) || byte == b'>');
                Some((start..end, end))
            }
        }
    }

    fn until(&self, from: usize, ends: impl Fn(u8) -> bool) -> usize {
        let rest = self.html.as_bytes().get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| ends(*byte)).unwrap_or(rest.len())
    }
}

const fn space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

fn closing(html: &str, from: usize, name: &str) -> usize {
    let ends = html[from..].match_indices("</").find(|(at, _)| {
        let rest = html.as_bytes().get(from + at + 2..from + at + 2 + name.len());
        rest.is_some_and(|rest| rest.eq_ignore_ascii_case(name.as_bytes()))
    });
    ends.map_or(html.len(), |(at, _)| from + at)
}

/// Resolves the character references that occur in addresses; others stay as they are.
fn decoded(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return Cow::Borrowed(value);
    }
    let mut decoded = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(REFERENCE_BYTES_MAX).position(|byte| byte == b';');
        let reference = end.and_then(|end| Some((character(&rest[1..end])?, end + 1)));
        let (letter, length) = reference.unwrap_or(('&', 1));
        decoded.push(letter);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "colon" => Some(':'),
        "sol" => Some('/'),
        "num" => Some('#'),
        "Tab" => Some('\t'),
        "NewLine" => Some('\n'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|letter| *letter != '\0')
        }
    }
}

/// What an attribute's address is wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carried {
    One(Use),
    Many,
}

fn carried(tag: &Tag<'_>, attribute: &Attribute<'_>) -> Option<Carried> {
    let is = |name: &str| attribute.name.eq_ignore_ascii_case(name);
    let place = ["a", "area"].iter().any(|name| tag.name.eq_ignore_ascii_case(name));
    if is("href") && !tag.name.eq_ignore_ascii_case("base") {
        Some(Carried::One(if place { Use::Link } else { Use::Embed }))
    } else if is("src") || is("poster") {
        Some(Carried::One(Use::Embed))
    } else if is("srcset") {
        Some(Carried::Many)
    } else {
        None
    }
}

/// Shows every internal address of a tag.
pub(super) fn addresses(tag: &Tag<'_>, mut found: impl FnMut(&str, Use)) {
    let mut internal = |address: &str, wanted| {
        if destination(address) == Destination::Internal {
            found(address, wanted);
        }
    };
    for attribute in &tag.attributes {
        match carried(tag, attribute) {
            Some(Carried::One(wanted)) => internal(attribute.value.trim(), wanted),
            Some(Carried::Many) => {
                candidates(&attribute.value).for_each(|(address, _)| internal(address, Use::Embed))
            }
            None => {}
        }
    }
}

/// The candidates of a `srcset`: address and descriptor.
fn candidates(value: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = value;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == ',');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let address = &rest[..end];
        rest = &rest[end..];
        if address.ends_with(',') {
            return Some((address.trim_end_matches(','), ""));
        }
        let end = rest.find(',').unwrap_or(rest.len());
        let descriptor = rest[..end].trim();
        rest = &rest[end..];
        Some((address, descriptor))
    })
}

/// Copies HTML with every internal address replaced by its final one. What leads nowhere is taken away: the
/// attribute of a link, and of a picture all but its text. Tags whose names do not remain are left to whoever removes
/// them: the outline does not know where they lead.
pub(super) fn rewrite(html: &str, remains: impl Fn(&str) -> bool, address: &Address<'_>, out: &mut String) {
    let mut copied = 0;
    for tag in tags(html).filter(|tag| remains(tag.name)) {
        if lost(&tag, address) {
            out.push_str(&html[copied..tag.range.start]);
            escape(tag.value("alt").unwrap_or_default(), out);
            copied = tag.range.end;
            continue;
        }
        for attribute in &tag.attributes {
            let Some(carried) = carried(&tag, attribute) else { continue };
            let Some(new) = resolved(&attribute.value, carried, address) else { continue };
            out.push_str(&html[copied..attribute.range.start]);
            if let Some(new) = new {
                out.push_str(attribute.name);
                out.push_str("=\"");
                escape(&new, out);
                out.push('"');
            }
            copied = attribute.range.end;
        }
    }
    out.push_str(&html[copied..]);
}

/// Whether the tag is a picture whose file does not exist.
fn lost(tag: &Tag<'_>, address: &Address<'_>) -> bool {
    let source = tag.value("src").filter(|_| tag.name.eq_ignore_ascii_case("img"));
    source.is_some_and(|source| matches!(resolved(source, Carried::One(Use::Embed), address), Some(None)))
}

/// The new value, if it differs; inside, nothing if the attribute has to go.
fn resolved(value: &str, carried: Carried, address: &Address<'_>) -> Option<Option<String>> {
    let new = match carried {
        Carried::One(wanted) => {
            let value = value.trim();
            if destination(value) != Destination::Internal {
                return None;
            }
            address(value, wanted)
        }
        Carried::Many => srcset(value, address),
    };
    (new.as_deref() != Some(value)).then_some(new)
}

fn srcset(value: &str, address: &Address<'_>) -> Option<String> {
    let mut set = String::new();
    for (old, descriptor) in candidates(value) {
        let internal = destination(old) == Destination::Internal;
        let Some(new) = (if internal { address(old, Use::Embed) } else { Some(old.to_owned()) }) else {
            continue;
        };
        if !set.is_empty() {
            set.push_str(", ");
        }
        set.push_str(&new);
        if !descriptor.is_empty() {
            set.push(' ');
            set.push_str(descriptor);
        }
    }
    (!set.is_empty()).then_some(set)
}

fn escape(text: &str, out: &mut String) {
    escape_html(out, text).expect("a string takes whatever is written into it");
}

/// Whether a piece of HTML is nothing but one comment.
pub(super) fn comment(html: &str) -> bool {
    let html = html.trim();
    html.starts_with("<!--")
        && html.len() >= 7
        && html[4..].find("-->").is_some_and(|at| at + 7 == html.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(html: &str) -> String {
        let mut out = String::new();
        rewrite(html, |_| true, &|old, _| (!old.contains("gone")).then(|| format!("/site/{old}")), &mut out);
        out
    }

    #[test]
    fn replaces_internal_addresses() {
        let cases = [
            (
                r#"<a class=x href='a.md?x=1&amp;y=2' id="b">"#,
                r#"<a class=x href="/site/a.md?x=1&amp;y=2" id="b">"#,
            ),
            ("<IMG SRC=a.png>", r#"<IMG SRC="/site/a.png">"#),
            (r#"<img src="gone.png" alt="A <b>">x"#, "A &lt;b&gt;x"),
            (r#"<a href="gone.md">x</a>"#, "<a >x</a>"),
            (
                r#"<source srcset="a.png 1x,b.png 2x, https://x.org/c.png">"#,
                r#"<source srcset="/site/a.png 1x, /site/b.png 2x, https://x.org/c.png">"#,
            ),
            (r#"<a href="https://x.org">"#, r#"<a href="https://x.org">"#),
            (
                r#"<!-- <a href="x"> --><script>"<a href='x'>"</script><a href=y>"#,
                r#"<!-- <a href="x"> --><script>"<a href='x'>"</script><a href="/site/y">"#,
            ),
            ("<a href", "<a href"),
            ("<a href=\"x", "<a href=\"x"),
            ("<a =x href>< a", "<a =x href>< a"),
        ];
        for (html, expected) in cases {
            assert_eq!(rewritten(html), expected);
        }
    }

    #[test]
    fn knows_comments() {
        assert!(comment("<!-- a -->\n") && comment("<!---->"));
        assert!(!comment("<!-- a --> <b>") && !comment("<!-->") && !comment("<!-- a --><!-- b -->"));
    }

    #[test]
    fn nobody_asks_where_a_tag_leads_that_is_removed() {
        let mut out = String::new();
        let html = "<script src=\"x.js\"></script><a href=\"y\">y</a>";
        rewrite(html, |name| name == "a", &|old, _| Some(format!("/site/{old}")), &mut out);
        assert_eq!(out, "<script src=\"x.js\"></script><a href=\"/site/y\">y</a>");
    }
}
