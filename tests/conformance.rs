//! Conformance: every example of the CommonMark and GFM specifications, in the plain dialect.
//!
//! The comparison is of HTML as a browser reads it: white space between blocks, the order of attributes and the
//! choice among equal spellings do not count.

use std::io::Write;
use std::path::Path;

use bulletin::source::markdown::{Dialect, RawHtml, Settings, render};

/// An example that we answer otherwise, on purpose.
struct Exception {
    number: usize,
    reason: &'static str,
}

const fn except(number: usize, reason: &'static str) -> Exception {
    Exception { number, reason }
}

const BARE_LINK: &str = "GFM's extended autolinks make a link of the bare address";
const COMMENT: &str = "CommonMark 0.31 reads comments as HTML does; this specification is older";
const FILTER: &str = "with html = on, raw HTML is published as it is";

const COMMONMARK: &[Exception] = &[except(610, BARE_LINK), except(613, BARE_LINK), except(614, BARE_LINK)];

const GFM: &[Exception] = &[
    except(616, BARE_LINK),
    except(619, BARE_LINK),
    except(620, BARE_LINK),
    except(645, COMMENT),
    except(646, COMMENT),
    except(653, FILTER),
];

#[test]
fn commonmark() {
    run("commonmark-0.31.2-spec.txt", COMMONMARK);
}

#[test]
fn gfm() {
    run("gfm-spec.txt", GFM);
}

fn run(file: &str, exceptions: &[Exception]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        // Not through the macro, whose words a passing test keeps to itself.
        let _ = writeln!(std::io::stderr(), "conformance: skipped, there is no {}", path.display());
        return;
    };
    let mut wrong = Vec::new();
    let examples = examples(&text);
    assert!(examples.len() > 600, "the specification has more examples than {}", examples.len());
    for (index, (markdown, html)) in examples.iter().enumerate() {
        let number = index + 1;
        let made = made(markdown);
        let passes = normal(&made) == normal(html);
        match exceptions.iter().find(|exception| exception.number == number) {
            Some(exception) if passes => {
                wrong.push(format!("example {number} passes now: {}", exception.reason))
            }
            None if !passes => wrong.push(format!(
                "example {number}\n{markdown}\n--- expected\n{html}\n--- made\n{made}\n--- normal\n{}\n{}",
                normal(html),
                normal(&made)
            )),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}\n{} wrong", wrong.join("\n\n"), wrong.len());
}

fn made(markdown: &str) -> String {
    let settings = Settings { html: RawHtml::On, dialect: Dialect::Plain, ..Settings::default() };
    render(markdown, &settings, &|address, _| Some(address.to_owned())).html
}

/// The examples of a specification: Markdown and HTML.
fn examples(text: &str) -> Vec<(String, String)> {
    let fence = "`".repeat(32);
    let mut examples = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let opens = line.strip_prefix(&fence).is_some_and(|rest| rest.trim_start().starts_with("example"));
        if !opens {
            continue;
        }
        let part = |lines: &mut std::str::Lines<'_>, end: &str| {
            let lines = lines.take_while(|line| *line != end);
            lines.map(|line| line.replace('→', "\t") + "\n").collect::<String>()
        };
        let markdown = part(&mut lines, ".");
        examples.push((markdown, part(&mut lines, &fence)));
    }
    examples
}

/// HTML in one spelling.
fn normal(html: &str) -> String {
    let mut normal = String::new();
    let mut rest = html;
    let mut verbatim = false;
    while let Some(at) = rest.find('<') {
        text(&rest[..at], verbatim, &mut normal);
        rest = &rest[at..];
        let end = tag_end(rest);
        let tag = &rest[..end];
        let name = tag.trim_start_matches(['<', '/']).split([' ', '>', '/', '\n']).next().unwrap_or_default();
        if ["pre", "script", "style", "textarea"].contains(&name) {
            verbatim = !tag.starts_with("</");
        }
        if BLOCKS.contains(&name) {
            normal.truncate(normal.trim_end().len());
        }
        self::tag(tag, &mut normal);
        rest = &rest[end..];
        if BLOCKS.contains(&name) && !verbatim {
            rest = rest.trim_start();
        }
    }
    text(rest, verbatim, &mut normal);
    normal.trim().to_owned()
}

const BLOCKS: [&str; 27] = [
    "p",
    "div",
    "pre",
    "ul",
    "ol",
    "li",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "dl",
    "dt",
    "dd",
    "br",
    "section",
    "figure",
    "input",
];

fn tag_end(html: &str) -> usize {
    if html.starts_with("<!--") {
        return html.find("-->").map_or(html.len(), |at| at + 3);
    }
    let mut quote = None;
    for (at, letter) in html.char_indices() {
        match (quote, letter) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    1
}

fn text(text: &str, verbatim: bool, normal: &mut String) {
    let text = text.replace("&quot;", "\"").replace("&#39;", "'").replace("&gt;", ">");
    if verbatim {
        return normal.push_str(&text);
    }
    for letter in text.chars() {
        let space = letter.is_ascii_whitespace();
        if !(space && normal.ends_with([' ', '\n'])) {
            normal.push(if space { ' ' } else { letter });
        }
    }
}

fn tag(tag: &str, normal: &mut String) {
    let inner = tag.strip_prefix('<').and_then(|tag| tag.strip_suffix('>'));
    let Some(inner) = inner.filter(|inner| inner.starts_with(|letter: char| letter.is_ascii_alphabetic()))
    else {
        return normal.push_str(tag);
    };
    let name = inner.split([' ', '\n', '\t', '/']).next().unwrap_or_default();
    let mut attributes = attributes(inner[name.len()..].trim_end_matches('/'));
    attributes.sort();
    normal.push_str(&format!("<{name}"));
    for attribute in attributes {
        // Alignment is a class with us, because a strict policy forbids the attribute that stands for a style.
        let attribute = attribute.replace("class=\"align-", "align=\"");
        normal.push_str(&format!(" {attribute}"));
    }
    normal.push('>');
}

fn attributes(mut rest: &str) -> Vec<String> {
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return attributes;
        }
        let name_end =
            rest.find(|letter: char| letter.is_whitespace() || letter == '=').unwrap_or(rest.len()).max(1);
        let name = rest[..name_end].to_owned();
        rest = rest[name_end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else {
            attributes.push(format!("{name}=\"\""));
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        let value = value.replace("&quot;", "\"").replace("&#39;", "'").replace("&#x27;", "'");
        attributes.push(format!("{name}=\"{value}\""));
        rest = after;
    }
}
