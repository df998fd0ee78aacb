//! What a reader, or a program, can read in an output: HTML and XML without their tags, attributes and comments apart, JSON
//! without its escapes, packed files unpacked.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

/// More than this is not unpacked: a small file may stand for endless zeros.
const UNPACKED_BYTES_MAX: u64 = 256 << 20;
/// Escaped HTML may stand in XML, which may stand in JSON.
const DEPTH_MAX: usize = 3;
/// Elements within a line: their tags part no words.
const INLINE: [&str; 24] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark",
    "q", "s", "samp", "small", "span", "strong", "sub", "u", "wbr",
];
/// References to notes stand in the middle of sentences.
const NOTE_REFERENCE: &str = "class=\"note-ref\"";

/// The bytes of an output, unpacked; and its name without the ending that says so. None if it is damaged or too large.
pub(super) fn unpacked<'b>(path: &'b str, bytes: &'b [u8]) -> (&'b str, Cow<'b, [u8]>) {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return (path, Cow::Borrowed(bytes));
    }
    let mut inner = Vec::new();
    // What can be unpacked of a damaged file could be read by others, too.
    MultiGzDecoder::new(bytes).take(UNPACKED_BYTES_MAX).read_to_end(&mut inner).ok();
    (path.strip_suffix(".gz").unwrap_or(path), Cow::Owned(inner))
}

/// The texts that can be read in an output that is called so.
pub(super) fn texts(path: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let ending =
        path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
    let mut texts = Vec::new();
    match ending.to_ascii_lowercase().as_str() {
        "json" | "webmanifest" | "geojson" => json(&text, &mut texts),
        "html" | "htm" | "xml" | "svg" | "xhtml" | "rss" | "atom" => markup(&text, DEPTH_MAX, &mut texts),
        _ => texts.push(text.into_owned()),
    }
    texts
}

/// The texts of HTML or XML: what it shows first, then its attributes and comments.
pub(super) fn markup(source: &str, depth: usize, texts: &mut Vec<String>) {
    let mut reader = Reader { shown: String::with_capacity(source.len()), aside: String::new() };
    reader.read(source);
    let Reader { shown, aside } = reader;
    if depth > 1 && shown.contains("</") {
        markup(&shown, depth - 1, texts);
    }
    texts.extend([shown, aside].into_iter().filter(|text| !text.trim().is_empty()));
}

/// The texts in JSON: of a file that is none, its bytes as they are.
fn json(source: &str, texts: &mut Vec<String>) {
    match serde_json::from_str::<serde_json::Value>(source) {
        Ok(value) => strings(&value, texts),
        Err(_) => texts.push(source.to_string()),
    }
}

fn strings(value: &serde_json::Value, texts: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) if text.contains('<') => {
            markup(text, DEPTH_MAX - 1, texts);
        }
        serde_json::Value::String(text) => texts.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings(item, texts)),
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                texts.push(name.clone());
                strings(value, texts);
            }
        }
        _ => {}
    }
}

/// Takes markup apart.
struct Reader {
    shown: String,
    aside: String,
}

impl Reader {
    fn read(&mut self, source: &str) {
        let mut rest = source;
        while let Some(at) = rest.find(['<', '&']) {
            self.shown.push_str(&rest[..at]);
            rest = &rest[at..];
            let length = if rest.starts_with('&') { self.entity(rest) } else { self.tag(rest) };
            rest = &rest[length..];
        }
        self.shown.push_str(rest);
    }

    /// Reads what begins with `&`; returns how long it is.
    fn entity(&mut self, rest: &str) -> usize {
        let (letter, length) = entity(rest);
        self.shown.push(letter);
        length
    }

    /// Reads what begins with `<`; returns how long it is.
    fn tag(&mut self, rest: &str) -> usize {
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            let end = data.find("]]>").unwrap_or(data.len());
            self.shown.push_str(&data[..end]);
            return (rest.len() - data.len() + end + 3).min(rest.len());
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            let end = comment.find("-->").unwrap_or(comment.len());
            self.put_aside(&comment[..end]);
            return (4 + end + 3).min(rest.len());
        }
        let inside = &rest[1..];
        if !inside.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '/' | '!' | '?'))
        {
            self.shown.push('<');
            return 1;
        }
        let end = tag_end(inside);
        let tag = &inside[..end];
        let name: &str = tag.trim_start_matches('/');
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        self.attributes(tag);
        if !INLINE.iter().any(|inline| name.eq_ignore_ascii_case(inline)) {
            self.shown.push(' ');
        }
        let length = (1 + end + 1).min(rest.len());
        length + self.hidden(name, tag, &rest[length..])
    }

    /// How much of what follows a tag is not shown where it stands: scripts, styles, references to notes.
    fn hidden(&mut self, name: &str, tag: &str, rest: &str) -> usize {
        let close = match name {
            "script" => "</script",
            "style" => "</style",
            "sup" if tag.contains(NOTE_REFERENCE) => return rest.find("</sup").unwrap_or(0),
            _ => return 0,
        };
        if tag.starts_with('/') {
            return 0;
        }
        let end = rest.find(close).unwrap_or(rest.len());
        let mut texts = Vec::new();
        json(&rest[..end], &mut texts);
        texts.iter().for_each(|text| self.put_aside(text));
        end
    }

    /// Values of attributes that hold more than a word.
    fn attributes(&mut self, tag: &str) {
        let mut rest = tag;
        while let Some(at) = rest.find(['"', '\'']) {
            let quote = &rest[at..=at];
            let value = &rest[at + 1..];
            let end = value.find(quote).unwrap_or(value.len());
            if value[..end].contains([' ', '\n']) {
                self.put_aside(&value[..end]);
            }
            rest = value.get(end + 1..).unwrap_or_default();
        }
    }

    fn put_aside(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            self.aside.push_str(&rest[..at]);
            let (letter, length) = entity(&rest[at..]);
            self.aside.push(letter);
            rest = &rest[at + length..];
        }
        self.aside.push_str(rest);
        // A run of words does not go on from one attribute to the next.
        self.aside.push_str(PART);
    }
}

/// Stands between texts that have nothing to do with each other.
pub(super) const PART: &str = "\u{0}";

/// Where a tag ends: not within the value of an attribute.
fn tag_end(inside: &str) -> usize {
    let mut quote = None;
    for (at, byte) in inside.bytes().enumerate() {
        match (byte, quote) {
            (b'>', None) => return at,
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    // A quote that is never closed is an apostrophe.
    inside.find('>').unwrap_or(inside.len())
}

/// The letter that an entity stands for, and how long it is; an unknown one parts words.
fn entity(rest: &str) -> (char, usize) {
    const NAME_BYTES_MAX: usize = 32;
    let bytes = rest.as_bytes();
    let Some(end) = bytes[1..].iter().take(NAME_BYTES_MAX).position(|&byte| byte == b';') else {
        return ('&', 1);
    };
    let name = &rest[1..=end];
    let number = name.strip_prefix('#').map(|number| match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    });
    let letter = match (name, number) {
        (_, Some(number)) => number.ok().and_then(char::from_u32).unwrap_or(' '),
        ("lt", _) => '<',
        ("gt", _) => '>',
        ("amp", _) => '&',
        ("quot", _) => '"',
        ("apos", _) => '\'',
        ("shy", _) => '\u{ad}',
        _ if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) => ' ',
        _ => return ('&', 1),
    };
    (letter, end + 2)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn read(path: &str, text: &str) -> String {
        let all = texts(path, text.as_bytes()).join("|").replace(PART, "/");
        all.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn html_is_read_as_it_is_shown_and_its_attributes_apart() {
        let page = "<p class=\"x\">The t<b>al</b>ks<sup class=\"note-ref\"><a href=\"#a\">1</a></sup> &amp; more,</p><p>isn&#39;t &#x41; <img alt=\"A map of Kyiv\"> 1 < 2</p><!-- not shown -->";
        assert_eq!(read("a.html", page), "The talks & more, isn't A 1 < 2 |A map of Kyiv/ not shown /");
    }

    #[test]
    fn escaped_html_in_xml_and_in_json_is_read_too() {
        let feed = "<entry><content type=\"html\">&lt;p&gt;They &amp;amp; we &lt;em&gt;spoke&lt;/em&gt;.&lt;/p&gt;</content></entry>";
        assert!(read("feed.xml", feed).starts_with("They & we spoke."), "{}", read("feed.xml", feed));
        let data = "<description><![CDATA[<p>They spoke.</p>]]></description>";
        assert!(read("rss.xml", data).starts_with("They spoke."), "{}", read("rss.xml", data));
        let json = r#"{"content_html": "<p>They \"spoke\"\u002c <i>again</i>.</p>", "n": [1, "two\nlines"]}"#;
        assert_eq!(read("feed.json", json), "content_html| They \"spoke\", again. |n|two lines");
        let script = "<script type=\"application/ld+json\">{\"headline\": \"Talks\\u0020end\"}</script>";
        assert!(read("a.html", script).contains("headline/Talks end"), "{}", read("a.html", script));
    }

    #[test]
    fn what_is_no_markup_is_read_as_it_is() {
        assert_eq!(read("a.csv", "a;b\n<c>;\"d\""), "a;b <c>;\"d\"");
        assert_eq!(read("broken.json", "{\"a\": "), "{\"a\":");
        for odd in ["<", "<p", "<p a='", "&", "&#;", "&#xffffffff;", "<![CDATA[", "<!--", "<script>"] {
            read("odd.html", odd);
        }
    }

    #[test]
    fn packed_files_are_unpacked() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(b"<p>They spoke.</p>").expect("memory can be written to");
        let packed = packed.finish().expect("memory can be written to");
        let (name, bytes) = unpacked("a.html.gz", &packed);
        assert_eq!((name, &*bytes), ("a.html", &b"<p>They spoke.</p>"[..]));
        assert_eq!(unpacked("a.html", b"plain").1, &b"plain"[..]);
        let (_, damaged) = unpacked("a.html.gz", &packed[..packed.len() - 8]);
        assert_eq!(&*damaged, b"<p>They spoke.</p>", "what can be unpacked can be read");
    }
}
