//! The sanitiser: what may remain of a body that holds raw HTML.
//!
//! The list holds exactly the markup that the writer emits, and beyond it the HTML that can do no harm: no script,
//! no style, no form, nothing that loads another document. Knows nothing of Markdown.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use ammonia::{Builder, UrlRelative};

use super::depth::depth;
use super::destination::{Destination, destination};

/// Elements that remain.
const ELEMENTS: [&str; 80] = [
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "audio",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "li",
    "mark",
    "nav",
    "ol",
    "p",
    "picture",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
    "center",
];

/// Elements that go with all that is in them: their content is not meant to be read as text.
const WITH_CONTENT: [&str; 12] = [
    "script", "style", "iframe", "noembed", "noframes", "noscript", "object", "svg", "math", "template",
    "textarea", "title",
];

/// Attributes that every element keeps; some only with values that the filter knows.
const EVERYWHERE: [&str; 9] =
    ["aria-label", "aria-labelledby", "class", "dir", "id", "lang", "role", "title", "translate"];

/// Attributes that one kind of element keeps.
const ATTRIBUTES: [(&str, &[&str]); 28] = [
    ("a", &["href", "hreflang", "name", "download", "type"]),
    ("audio", &["controls", "loop", "muted", "preload", "src"]),
    ("blockquote", &["cite"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("data", &["value"]),
    ("del", &["cite", "datetime"]),
    ("details", &["open", "name"]),
    ("div", &["tabindex"]),
    ("img", &["alt", "decoding", "height", "loading", "sizes", "src", "srcset", "width"]),
    ("input", &["checked", "disabled", "type"]),
    ("ins", &["cite", "datetime"]),
    ("li", &["value"]),
    ("ol", &["reversed", "start", "type"]),
    ("pre", &["tabindex"]),
    ("q", &["cite"]),
    ("source", &["height", "media", "sizes", "src", "srcset", "type", "width"]),
    ("table", &[]),
    ("tbody", &[]),
    ("td", &["colspan", "headers", "rowspan"]),
    ("tfoot", &[]),
    ("th", &["abbr", "colspan", "headers", "rowspan", "scope"]),
    ("thead", &[]),
    ("time", &["datetime"]),
    ("tr", &[]),
    ("track", &["default", "kind", "label", "src", "srclang"]),
    ("ul", &[]),
    ("video", &["controls", "height", "loop", "muted", "playsinline", "poster", "preload", "src", "width"]),
];

/// Schemes of addresses; `data` only for pictures.
const SCHEMES: [&str; 18] = [
    "bitcoin", "data", "ftp", "geo", "http", "https", "irc", "ircs", "magnet", "mailto", "matrix", "news",
    "sip", "sms", "tel", "threema", "webcal", "xmpp",
];

/// Classes that the writer emits.
const CLASSES: [&str; 17] = [
    "alert",
    "alert-caution",
    "alert-important",
    "alert-note",
    "alert-tip",
    "alert-title",
    "alert-warning",
    "align-center",
    "align-left",
    "align-right",
    "footnotes",
    "note-ref",
    "permalink",
    "quote",
    "speaker",
    "table",
    "task",
];

/// Beginnings of further classes that the writer emits.
const CLASS_BEGINNINGS: [&str; 2] = ["language-", "hl-"];

/// Roles that the writer emits.
const ROLES: [&str; 5] = ["doc-backlink", "doc-endnotes", "doc-noteref", "note", "region"];

/// Deepest nesting that is cleaned: the cost of building the tree grows with the square of the depth.
const DEPTH_MAX: usize = 500;

/// Whether an element of this name remains.
pub(super) fn remains(name: &str) -> bool {
    ELEMENTS.iter().any(|element| element.eq_ignore_ascii_case(name))
}

/// The HTML without what could do harm. What is nested beyond reason becomes text altogether.
pub(super) fn cleaned(html: &str) -> String {
    // The list is the same for every body and takes longer to build than most bodies take to clean.
    static BUILDER: OnceLock<Builder<'static>> = OnceLock::new();
    if depth(html) > DEPTH_MAX {
        let mut text = String::from("<p>");
        pulldown_cmark_escape::escape_html_body_text(&mut text, html)
            .expect("a string takes whatever is written into it");
        return text + "</p>\n";
    }
    BUILDER.get_or_init(builder).clean(html).to_string()
}

fn builder() -> Builder<'static> {
    let mut attributes: HashMap<&str, HashSet<&str>> = HashMap::new();
    for (element, names) in ATTRIBUTES {
        attributes.insert(element, names.iter().copied().collect());
    }
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.into_iter().collect())
        .clean_content_tags(WITH_CONTENT.into_iter().collect())
        .generic_attributes(EVERYWHERE.into_iter().collect())
        .tag_attributes(attributes)
        .url_schemes(SCHEMES.into_iter().collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        // Nothing can be typed in. Only one attribute is set: the order of several would be random.
        .set_tag_attribute_value("input", "disabled", "")
        .attribute_filter(attribute);
    builder
}

/// The value that an attribute keeps.
fn attribute<'a>(element: &str, name: &str, value: &'a str) -> Option<Cow<'a, str>> {
    let keeps = match name {
        "class" => return classes(value),
        "role" => ROLES.contains(&value),
        "tabindex" => value == "0",
        "type" if element == "input" => value == "checkbox",
        "href" => destination(value) != Destination::Dangerous && !data(value),
        "src" | "poster" => {
            destination(value) != Destination::Dangerous && (element == "img" || !data(value))
        }
        _ => true,
    };
    keeps.then_some(Cow::Borrowed(value))
}

fn data(address: &str) -> bool {
    address.trim_start().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

fn classes(value: &str) -> Option<Cow<'_, str>> {
    let ours = |class: &&str| {
        CLASSES.contains(class)
            || *class == "note-back"
            || CLASS_BEGINNINGS.iter().any(|beginning| class.starts_with(beginning))
    };
    let kept: Vec<_> = value.split_ascii_whitespace().filter(ours).collect();
    (!kept.is_empty()).then(|| Cow::Owned(kept.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_our_own_markup() {
        let ours = [
            r#"<h2 id="a">A <code>b</code></h2>"#,
            r##"<sup class="note-ref"><a href="#fn-a" id="fnref-a" role="doc-noteref">1</a></sup>"##,
            r#"<div class="alert alert-note" role="note"><p class="alert-title">Note</p></div>"#,
            r#"<figure><img src="/a.png" alt="A" loading="lazy" decoding="async"><figcaption>A</figcaption></figure>"#,
            r#"<pre tabindex="0"><code class="language-rust"><span class="hl-keyword">fn</span></code></pre>"#,
            r#"<p><a href="a:b">x</a></p>"#,
        ];
        for html in &ours[..5] {
            assert_eq!(cleaned(html), *html);
        }
        assert_eq!(cleaned(ours[5]), "<p><a>x</a></p>");
    }

    #[test]
    fn removes_what_does_harm() {
        let cases = [
            ("<script>alert(1)</script>a", "a"),
            ("<p onclick=x style=color:red class=mine>a</p>", "<p>a</p>"),
            ("<a href=javascript:x>a</a>", "<a>a</a>"),
            ("<a href='data:image/png;base64,AA'>a</a>", "<a>a</a>"),
            ("<img src='data:image/svg+xml,x'>", "<img>"),
            (
                "<iframe src=//x>a</iframe><form><input name=a><button>b</button></form>",
                r#"<input disabled="">b"#,
            ),
            ("<svg><a href=x>y</a></svg><math><mi>x</mi></math>", ""),
        ];
        for (html, expected) in cases {
            assert_eq!(cleaned(html), expected);
        }
    }
}
