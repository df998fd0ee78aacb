//! The tags of a page as a browser finds them: not those in comments, scripts and other places where a tag is text.
//!
//! Bytes, because a page that is published as it is may be in any encoding that has ASCII in it. Builds no tree.

use std::ops::Range;

use memchr::{memchr, memmem};

/// What is text up to its own end tag, whatever stands in it.
const RAW: [&str; 9] =
    ["script", "style", "title", "textarea", "noscript", "iframe", "noembed", "noframes", "xmp"];

/// A tag of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// In small letters; an end tag has its slash.
    pub name: String,
    /// Where it begins.
    pub start: usize,
    /// Its attributes, in order.
    pub attributes: Vec<Attribute>,
}

/// An attribute of a tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    /// In small letters.
    pub name: String,
    /// The value with its quotation marks, as a range of the page.
    pub range: Range<usize>,
    /// The value without them, as it is written.
    pub value: String,
}

/// The tags of a page, from its beginning.
pub(super) struct Tags<'h> {
    html: &'h [u8],
    at: usize,
    /// The element whose text is being passed over.
    raw: Option<String>,
}

impl<'h> Tags<'h> {
    pub fn of(html: &'h [u8]) -> Self {
        Tags { html, at: 0, raw: None }
    }

    /// To the end tag of the element whose text this is.
    fn pass_text(&mut self, name: &str) -> Option<()> {
        loop {
            self.at += memmem::find(&self.html[self.at..], b"</")?;
            let after = &self.html[self.at + 2..];
            let same = after.get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()));
            if same && after.get(name.len()).is_some_and(|&byte| ends_name(byte)) {
                return Some(());
            }
            self.at += 2;
        }
    }

    /// Past a comment or a declaration.
    fn pass_comment(&mut self) -> Option<()> {
        let rest = &self.html[self.at..];
        let length = if rest.starts_with(b"<!--") {
            // The shortest comments share their signs: `<!-->`.
            let ends = [(&b"-->"[..], 2), (b"--!>", 4)];
            let end = |(sign, from): (&[u8], usize)| {
                Some(memmem::find(rest.get(from..)?, sign)? + from + sign.len())
            };
            ends.into_iter().filter_map(end).min()?
        } else {
            memchr(b'>', rest)? + 1
        };
        self.at += length;
        Some(())
    }

    fn tag(&mut self) -> Option<Tag> {
        let start = self.at;
        let slash = usize::from(self.html[start + 1] == b'/');
        let from = start + 1 + slash;
        let length = self.html[from..].iter().position(|&byte| ends_name(byte))?;
        let name = lower(&self.html[start + 1..from + length]);
        self.at = from + length;
        let mut attributes = Vec::new();
        while let Some(attribute) = self.attribute()? {
            attributes.push(attribute);
        }
        self.raw = RAW.contains(&name.as_str()).then(|| name.clone());
        Some(Tag { name, start, attributes })
    }

    /// The next attribute; within, none after the last.
    fn attribute(&mut self) -> Option<Option<Attribute>> {
        let skip = |from: usize, signs: &[u8]| {
            self.html[from..].iter().position(|byte| !signs.contains(byte)).map(|length| from + length)
        };
        let start = skip(self.at, b" \t\r\n\x0c/")?;
        if self.html[start] == b'>' {
            self.at = start + 1;
            return Some(None);
        }
        // An equals sign at the beginning belongs to the name.
        let ends = |&byte: &u8| ends_name(byte) || byte == b'=';
        let end = start + 1 + self.html[start + 1..].iter().position(ends)?;
        let name = lower(&self.html[start..end]);
        let sign = skip(end, b" \t\r\n\x0c")?;
        if self.html[sign] != b'=' {
            self.at = end;
            return Some(Some(Attribute { name, range: end..end, value: String::new() }));
        }
        let from = skip(sign + 1, b" \t\r\n\x0c")?;
        let quote = self.html[from];
        let (range, inside) = if matches!(quote, b'"' | b'\'') {
            let close = from + 1 + memchr(quote, &self.html[from + 1..])?;
            (from..close + 1, from + 1..close)
        } else {
            let length =
                self.html[from..].iter().position(|&byte| byte == b'>' || byte.is_ascii_whitespace())?;
            (from..from + length, from..from + length)
        };
        self.at = range.end;
        let value = String::from_utf8_lossy(&self.html[inside]).into_owned();
        Some(Some(Attribute { name, range, value }))
    }
}

impl Iterator for Tags<'_> {
    type Item = Tag;

    fn next(&mut self) -> Option<Tag> {
        if let Some(name) = self.raw.take() {
            self.pass_text(&name)?;
        }
        loop {
            self.at += memchr(b'<', &self.html[self.at..])?;
            match self.html[self.at + 1..] {
                [b'!' | b'?', ..] => self.pass_comment()?,
                [b'/', next, ..] | [next, ..] if next.is_ascii_alphabetic() => return self.tag(),
                _ => self.at += 1,
            }
        }
    }
}

fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')
}

fn lower(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(html: &str) -> String {
        Tags::of(html.as_bytes()).map(|tag| tag.name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_only_looks_like_a_tag_is_none() {
        assert_eq!(names("<!doctype html><HEAD><!-- </head> --></Head>"), "head /head");
        assert_eq!(names("<!--><a><!---><b><!-- --!><c>"), "a b c");
        assert_eq!(names("<script>if (a</b) '</head>'</script ><p>"), "script /script p");
        assert_eq!(names("<title></head></titles></title><p>"), "title /title p");
        assert_eq!(names("<a title='</head>' b=\"<p>\" c=<i>2 < 3 <4> <"), "a");
        assert_eq!(names("<?xml version='1'?><p/>"), "p");
    }

    #[test]
    fn what_does_not_end_is_no_tag() {
        for html in ["<", "<a", "<a b", "<a b=", "<a b='", "<!--", "<!", "</", "<script>", "<script></scrip"]
        {
            assert!(Tags::of(html.as_bytes()).count() <= 1, "{html}");
        }
    }

    #[test]
    fn attributes_in_every_form() {
        let html = "<meta A = 'x y' b=\"q\" c=plain d e/>";
        let tag = Tags::of(html.as_bytes()).next().expect("there is one");
        let shown: Vec<(&str, &str, &str)> = tag
            .attributes
            .iter()
            .map(|attribute| {
                (attribute.name.as_str(), attribute.value.as_str(), &html[attribute.range.clone()])
            })
            .collect();
        let wanted = [
            ("a", "x y", "'x y'"),
            ("b", "q", "\"q\""),
            ("c", "plain", "plain"),
            ("d", "", ""),
            ("e", "", ""),
        ];
        assert_eq!(shown, wanted);
    }
}
