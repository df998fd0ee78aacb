//! Bare links: web and mail addresses that stand in running text without any markup, as GitHub recognises them.
//!
//! Works on the writer's own letters. Does not know what surrounds the text; the caller hands in only running text.

use std::ops::Range;

use memchr::memmem;

/// What a bare link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bare {
    /// An address with its scheme.
    Web,
    /// An address that begins with `www.`.
    Host,
    /// A mail address.
    Mail,
}

/// Schemes that make a link of bare text.
const SCHEMES: [&str; 3] = ["https", "http", "ftp"];

/// Longest bare link; a word without end must not be searched again for each link in it.
const LINK_BYTES_MAX: usize = 4_096;

/// Finds where bare links may begin without looking at every letter again and again.
pub(super) struct Hints<'a> {
    source: &'a str,
    next: [usize; 3],
}

impl<'a> Hints<'a> {
    /// The hints of a whole source.
    pub(super) fn new(source: &'a str) -> Self {
        Hints { source, next: [0, 1, 2].map(|kind| sign(source, kind, 0)) }
    }

    /// The first place at or after `from` where a bare link may begin; places come in ascending order.
    pub(super) fn after(&mut self, from: usize) -> usize {
        for kind in 0..3 {
            while self.next[kind] < from {
                // The sign of an address stands behind its beginning, so the search goes on behind the sign.
                self.next[kind] = sign(self.source, kind, from.max(self.next[kind] + 1));
            }
        }
        (0..3).map(|kind| beginning(self.source, kind, self.next[kind])).min().unwrap_or(usize::MAX)
    }
}

/// Where the next `://`, `www.` or `@` stands.
fn sign(source: &str, kind: usize, from: usize) -> usize {
    let Some(rest) = source.as_bytes().get(from..) else { return usize::MAX };
    let found = match kind {
        0 => memmem::find(rest, b"://"),
        1 => memmem::find(rest, b"www."),
        _ => memchr::memchr(b'@', rest),
    };
    found.map_or(usize::MAX, |at| from + at)
}

fn beginning(source: &str, kind: usize, sign: usize) -> usize {
    if sign == usize::MAX || kind == 1 {
        return sign;
    }
    let part = if kind == 0 { |byte: u8| byte.is_ascii_alphabetic() } else { local };
    sign - source.as_bytes()[..sign].iter().rev().take_while(|byte| part(**byte)).count()
}

fn local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".+-_".contains(&byte)
}

/// The bare links of `source[range]`, in order; letters outside the range are looked at only as neighbours.
pub(super) fn bare_links(source: &str, range: Range<usize>) -> Vec<(Range<usize>, Bare)> {
    let mut links: Vec<(Range<usize>, Bare)> = Vec::new();
    let text = &source[..range.end];
    let mut at = range.start;
    while let Some(step) = text.as_bytes()[at..].iter().position(|byte| matches!(byte, b':' | b'w' | b'@')) {
        let sign = at + step;
        let from = links.last().map_or(range.start, |(link, _)| link.end);
        let found = match text.as_bytes()[sign] {
            b':' => web(text, from, sign),
            b'w' => host(text, from, sign),
            _ => mail(text, from, sign),
        };
        at = found.as_ref().map_or(sign + 1, |(link, _)| link.end);
        links.extend(found);
    }
    links
}

fn web(text: &str, from: usize, colon: usize) -> Option<(Range<usize>, Bare)> {
    let rest = text[colon..].strip_prefix("://")?;
    let scheme = SCHEMES.iter().find(|scheme| {
        let start = colon.checked_sub(scheme.len()).filter(|start| *start >= from);
        start.is_some_and(|start| {
            text.as_bytes()[start..colon].eq_ignore_ascii_case(scheme.as_bytes()) && free(text, start)
        })
    })?;
    domain(rest)?;
    let end = trimmed(text, colon + 3);
    (end > colon + 3).then(|| (colon - scheme.len()..end, Bare::Web))
}

fn host(text: &str, from: usize, start: usize) -> Option<(Range<usize>, Bare)> {
    if start < from || !text[start..].starts_with("www.") || !free(text, start) {
        return None;
    }
    domain(&text[start..]).filter(|dots| *dots > 0)?;
    let end = trimmed(text, start);
    (end > start + 4).then_some((start..end, Bare::Host))
}

/// A link begins a word: letters, digits and what occurs inside addresses must not stand before it.
fn free(text: &str, start: usize) -> bool {
    let Some(letter) = text[..start].chars().next_back() else { return true };
    if letter.is_ascii() {
        return letter.is_ascii_whitespace() || "*_~([{\"'|>,;:".contains(letter);
    }
    // A script that does not part words may stand right before an address; Latin and Cyrillic words may not.
    !letter.is_alphanumeric() || letter >= '\u{3000}'
}

/// The dots of a valid domain at the start of the text.
fn domain(text: &str) -> Option<usize> {
    let inside = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let end = text.find(|letter| !inside(letter)).unwrap_or(text.len());
    let name = text[..end].trim_end_matches('.');
    // No underscore in the last two parts, as GitHub says.
    let sound = name.rsplit('.').take(2).all(|part| !part.contains('_'));
    (sound && name.starts_with(char::is_alphanumeric)).then(|| name.matches('.').count())
}

/// Where a link that begins at `start` ends: before white space or `<`, without closing punctuation.
fn trimmed(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let mut link = &rest[..extent(rest)];
    let mut closing = link.matches(')').count();
    let opening = link.matches('(').count();
    while let Some(last) = link.chars().next_back() {
        if last == ')' {
            if closing <= opening {
                break;
            }
            closing -= 1;
        } else if last == ';' {
            link = without_entity(link);
            continue;
        } else if !"?!.,:*_~'\"。，、；：？！）」』》】”’»…".contains(last) {
            break;
        }
        link = &link[..link.len() - last.len_utf8()];
    }
    start + link.len()
}

/// How far a link may reach at all.
pub(super) fn extent(text: &str) -> usize {
    // Scripts that do not part words close a sentence right behind the address.
    let ends =
        |letter: char| letter.is_whitespace() || letter == '<' || "。，、；！？」』》】）".contains(letter);
    let limit = text.ceil_char_boundary(LINK_BYTES_MAX);
    text[..limit].find(ends).unwrap_or(limit)
}

fn without_entity(link: &str) -> &str {
    let bare = &link[..link.len() - 1];
    let name = bare.bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
    match bare[..bare.len() - name].strip_suffix('&') {
        Some(before) if name > 0 => before,
        _ => bare,
    }
}

fn mail(text: &str, from: usize, at: usize) -> Option<(Range<usize>, Bare)> {
    let before = text.as_bytes()[from..at].iter().rev().take_while(|byte| local(**byte)).count();
    let rest = &text.as_bytes()[at + 1..];
    let end = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b".-_".contains(byte)));
    let name = text[at + 1..at + 1 + end.unwrap_or(rest.len())].trim_end_matches('.');
    let ends = name.ends_with(|letter: char| letter.is_ascii_alphanumeric());
    let dotted = name.contains('.') && !name.starts_with('.') && !name.contains("..");
    let again = rest.get(name.len()) == Some(&b'@');
    // What stands behind a backslash is only a part of the word.
    let whole = before > 0 && !text[..at - before].ends_with('\\');
    (whole && ends && dotted && !again).then(|| (at - before..at + 1 + name.len(), Bare::Mail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        bare_links(text, 0..text.len()).into_iter().map(|(range, _)| &text[range]).collect()
    }

    #[test]
    fn finds_what_github_finds() {
        assert_eq!(
            found("see https://x.org/a_b, (http://y.org/(c)) and FTP://z.org."),
            ["https://x.org/a_b", "http://y.org/(c)", "FTP://z.org"]
        );
        assert_eq!(found("www.x.org/?a=b&hl; www.x.org/a;"), ["www.x.org/?a=b", "www.x.org/a"]);
        assert_eq!(found("a.b-c_d@a.b. a@b a@b.c- a@b.c@d.e"), ["a.b-c_d@a.b", "b.c@d.e"]);
        assert_eq!(found("见https://x.org。见www.x.org”"), ["https://x.org", "www.x.org"]);
        let nothing =
            ["xhttp://x.org", "http://", "https://.", "www.", "wwww.x.org", "www.a._b", "@x.org", "a://b"];
        for text in nothing {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn hints_come_before_links() {
        let source = "a [x](https://a.b) me.too@x.org www.z.org";
        let mut hints = Hints::new(source);
        assert_eq!(&source[hints.after(0)..][..8], "https://");
        assert_eq!(&source[hints.after(12)..][..6], "me.too");
        assert_eq!(&source[hints.after(27)..][..4], "www.");
        assert_eq!(hints.after(40), usize::MAX);
    }
}
