//! Valid files, changed at random by a few bytes: parsing reports and never fails.
//!
//! The seed is fixed; `MUTATIONS` is what a test run can afford.

use bulletin::diagnostic::{Diagnostic, json, terminal};
use bulletin::site::Site;
use bulletin::source::page;

const MUTATIONS: u64 = 4_000;

const FRONT_MATTER: &str = r#"+++
title = "Talks resume"
summary = "A sentence."
kind = "readout"
date = 2026-03-29T02:30:00
updated = 2026-04-01
as_of = 2026-03-28T17:00:00+02:00
embargo = 2026-03-29T09:00:00Z
expires = 2027-01-01
on_expiry = "unlist"
authors = ["ann"]
topics = ["a", 'b', """c"""]
series = "weekly"
number = 12
aliases = ["/old/", "older.html"]
key_points = ["One.", { text = "Two.", sources = ["s"] }]
image = "x.png"
image_alt = "A picture"

[[sources]]
id = "s"
title = "Source"
reliability = "A"
credibility = 2
published = 2026-01-01

[[corrections]]
date = 2026-05-01
kind = "correction"
text = "It was two."

[extra]
nested = { a = [1, 2.5, true, 1979-05-27] }
+++

## Heading {#id}

Text with a [link](a.md#x), a note[^s], [^n] and `code`.

[^n]: A note.

> Said so.
>
> — @ann, Minister, 2026-03-01 [^s]

| a | b |
|---|---|
| 1 | 2 |

<p onclick="x">raw</p>
"#;

const SETTINGS: &str = r#"title = "Desk"
id = "desk"
description = "What it is."
base_url = "https://example.org/desk/"
language = "en"
timezone = "Europe/Kyiv"
theme = "bulletin"
html = "sanitised"
slugs = "native"
page_size = 20
theme_settings = { accent = "red" }

[publisher]
name = "Desk"
url = "https://example.org"

[languages.uk]
name = "Українська"

[[menu]]
title = "News"
path = "/news/"

[outputs]
feeds = ["atom", "json"]
sitemap = false

[extra]
a = 1
"#;

/// Numbers that look random and are the same in every run (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(mixed).expect("31 bits") % end.max(1)
    }
}

/// What breaks parsers: every sort of bracket and quote, ends of numbers and dates, odd characters.
const PIECES: [&str; 40] = [
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "#",
    "\n",
    "\r\n",
    "+++\n",
    "\0",
    "\u{feff}",
    "\u{1b}[0m",
    "é",
    "𝒳",
    "\u{301}",
    "\u{202e}",
    "-",
    "0",
    "9999999999999999999999",
    "-0001-01-01",
    "24:00:00",
    "+25:00",
    "1e999",
    "nan",
    "\\u",
    "\\UFFFFFFFF",
    "\\",
    "true",
    "date",
    "[^",
    "@",
    "](",
];

fn mutated(text: &str, numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let end = (at + numbers.below(12)).min(bytes.len());
        let piece = PIECES[numbers.below(PIECES.len())].as_bytes().to_vec();
        match numbers.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => drop(bytes.splice(at..end, piece)),
            2 => drop(bytes.splice(at..at, piece)),
            3 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
            4 if at < bytes.len() => bytes[at] = u8::try_from(numbers.below(256)).expect("a byte"),
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// A message can be shown, and its place is one.
fn assert_shown(said: &[Diagnostic], text: &str) {
    for diagnostic in said {
        let place = diagnostic.place.as_ref().expect("a mistake in a file has a place");
        let lines = u32::try_from(text.lines().count()).expect("a short text") + 1;
        assert!(place.line <= lines, "line {} of {lines}: {diagnostic:?}\n{text}", place.line);
        assert!(place.text.contains(place.span()), "{place:?}");
    }
    let plain = terminal::texts(said, terminal::Colour::Never);
    assert!(!plain.contains(['\u{1b}', '\0']), "{plain:?}");
    for line in json::texts(said).lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON");
    }
}

#[test]
fn mutated_pages_are_parsed_or_reported() {
    let (site, said) = Site::parse("site.toml", SETTINGS);
    assert!(said.is_empty(), "{said:?}");
    let sound = page::parse("news/x.md", FRONT_MATTER.as_bytes(), &site);
    assert!(sound.page.is_some() && sound.said.is_empty(), "{:?}", sound.said);
    let mut numbers = Numbers(0x5eed);
    let mut pages = 0;
    for turn in 0..MUTATIONS {
        let bytes = mutated(FRONT_MATTER, &mut numbers);
        let path = ["news/x.md", "people/x.md", "news/index.md", "index.md", "x.uk.md"][numbers.below(5)];
        let parsed = page::parse(path, &bytes, &site);
        assert!(parsed.page.is_some() || !parsed.said.is_empty(), "turn {turn}: nothing and no reason");
        pages += u64::from(parsed.page.is_some());
        assert_shown(&parsed.said, &String::from_utf8_lossy(&bytes));
    }
    assert!(
        pages > MUTATIONS / 4 && pages < MUTATIONS,
        "{pages} pages: the mutations are too mild or too wild"
    );
}

#[test]
fn mutated_settings_are_read_or_reported() {
    let mut numbers = Numbers(0x5e77);
    let mut sound = 0;
    for _ in 0..MUTATIONS {
        let text = String::from_utf8_lossy(&mutated(SETTINGS, &mut numbers)).into_owned();
        let (site, said) = Site::parse("site.toml", &text);
        assert!(!site.languages.is_empty() && site.page_size > 0, "{text}");
        sound += u64::from(said.is_empty());
        assert_shown(&said, &text);
    }
    assert!(
        sound > MUTATIONS / 50 && sound < MUTATIONS,
        "{sound} sound: the mutations are too mild or too wild"
    );
}
