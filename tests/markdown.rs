//! Markdown: what a body becomes, as data in `tests/cases/markdown`, and what holds for every body.
//!
//! A case is a folder with `input.md` and `expected.html`; `UPDATE=1` rewrites what is expected. A folder whose name
//! ends in `.off` or `.on` treats raw HTML so.

use std::fs;
use std::path::{Path, PathBuf};

use bulletin::source::markdown::{
    Body, Dialect, Link, Outline, RawHtml, Settings, Source, Use, highlight_css, locate_link, locate_note,
    outline, render,
};
use proptest::prelude::*;

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/markdown")
}

fn sources() -> Vec<Source> {
    let source = |id: &str, html: &str| Source { id: id.to_owned(), html: html.to_owned() };
    vec![
        source("readout", "<p><cite>Readout of the call</cite>, President’s Office</p>\n"),
        source("wire", "Wire report"),
    ]
}

fn settings(sources: &[Source], html: RawHtml) -> Settings<'_> {
    Settings { html, sources, ..Settings::default() }
}

/// Addresses as if the site stood in a folder; what is called gone leads nowhere.
fn address(destination: &str, _: Use) -> Option<String> {
    match destination {
        gone if gone.contains("gone") => None,
        fragment if fragment.starts_with('#') => Some(fragment.to_owned()),
        path => Some(format!("/desk/{}", path.trim_start_matches(['/', '@']))),
    }
}

fn rendered(body: &str, html: RawHtml) -> Body {
    render(body, &settings(&sources(), html), &address)
}

fn outlined(body: &str) -> Outline {
    outline(body, &settings(&sources(), RawHtml::Sanitised), None).0
}

#[test]
fn bodies_become_what_is_expected() {
    let mut wrong = Vec::new();
    let mut folders: Vec<_> =
        fs::read_dir(cases()).expect("there are cases").flatten().map(|entry| entry.path()).collect();
    folders.sort();
    for folder in folders {
        let html = match folder.extension().and_then(|ending| ending.to_str()) {
            Some("off") => RawHtml::Off,
            Some("on") => RawHtml::On,
            _ => RawHtml::Sanitised,
        };
        let input = fs::read_to_string(folder.join("input.md")).expect("every case has an input");
        let made = rendered(&input, html).html;
        let expected = folder.join("expected.html");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &made).expect("the case can be rewritten");
        } else if fs::read_to_string(&expected).ok().as_deref() != Some(&made) {
            wrong.push(format!("{}\n{made}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}\nUPDATE=1 rewrites what is expected", wrong.join("\n"));
}

fn texts(all: &[Box<str>]) -> Vec<&str> {
    all.iter().map(|text| &**text).collect()
}

#[test]
fn the_outline_tells_what_others_may_know() {
    let body = "![alone](lone.png 'A figure')\n\n> Quoted first.\n\nThe *call* took\nan hour,[^readout] says [who](@anna).[^none]\n\n## Was & is {#is}\n\n\
        ## Was\n\n## Was\n\n![m](map.png) [x](https://x.org) [a](a.md#b) [a](a.md#b) [?](?q) me@x.org\n\n```rust\n```\n\n\
        <a name=\"raw\" href=\"raw.md\">r</a><img srcset=\"i.png 1x, j.png 2x\"><iframe src=frame.html></iframe>\n";
    let (outline, first_paragraph) = outline(body, &settings(&sources(), RawHtml::Sanitised), None);
    assert_eq!(first_paragraph, "The call took an hour, says who.");
    assert_eq!(texts(&outline.anchors), ["fn-readout", "is", "was", "was-1", "raw"]);
    let link = |destination: &str, image| Link { destination: destination.into(), image };
    let links = [
        link("lone.png", true),
        link("@anna", false),
        link("map.png", true),
        link("a.md#b", false),
        link("?q", false),
        link("raw.md", false),
        link("i.png", true),
        link("j.png", true),
    ];
    assert_eq!(*outline.links, links);
    assert_eq!(texts(&outline.unknown_notes), ["none"]);
    assert_eq!(outline.minutes, 1);
    assert_eq!(outline.highlighted, cfg!(feature = "highlight"));
}

#[test]
fn the_outline_does_not_wobble() {
    let long = "word ".repeat(460);
    let old = outlined(&format!("Summary.\n\n{long}\n\n[a](a.md)"));
    let new = outlined(&format!("Summary.\n\n{long} one more\n\n\n[a](a.md)"));
    assert_eq!(old, new);
    assert_eq!(old.minutes, 2);
}

#[test]
fn anchors_of_outline_and_rendering_agree() {
    for folder in fs::read_dir(cases()).expect("there are cases").flatten() {
        let input = fs::read_to_string(folder.path().join("input.md")).expect("every case has an input");
        let body = rendered(&input, RawHtml::Sanitised);
        for anchor in outlined(&input).anchors {
            assert!(body.html.contains(&format!("id=\"{anchor}\"")), "{anchor}\n{}", body.html);
        }
        for heading in body.toc {
            assert!(texts(&outlined(&input).anchors).contains(&&*heading.id), "{heading:?}");
        }
    }
}

#[test]
fn places_are_found_in_the_body() {
    let sources = sources();
    let settings = settings(&sources, RawHtml::Sanitised);
    let body = "Gone [gone.md](gone.md) [^readout] [b][ref] <a href='raw.md'>x</a> [^none] [e](a\\_b.md)\n\n[ref]: by-ref.md\n";
    let link = |destination: &str| locate_link(body, &settings, destination);
    assert_eq!(link("gone.md"), Some(15..22));
    assert_eq!(&body[link("by-ref.md").expect("the link is there")], "by-ref.md");
    assert_eq!(&body[link("raw.md").expect("the link is there")], "raw.md");
    assert_eq!(&body[link("a_b.md").expect("the link is there")], "[e](a\\_b.md)");
    assert_eq!(link("nowhere.md"), None);
    assert_eq!(&body[locate_note(body, &settings, "none").expect("the note is there")], "[^none]");
    assert_eq!(locate_note(body, &settings, "never"), None);
}

#[test]
fn the_style_sheet_has_two_themes() {
    let css = highlight_css();
    assert!(css.starts_with(".hl-comment{color:#"), "{css}");
    assert_eq!(css.matches(".hl-keyword{").count(), 2);
    assert!(css.contains("@media (prefers-color-scheme:dark)"));
}

/// A body in every mode: nothing may panic.
fn everything(body: &str) {
    for html in [RawHtml::Off, RawHtml::Sanitised, RawHtml::On] {
        for dialect in [Dialect::Briefing, Dialect::Plain] {
            let sources = sources();
            let settings = Settings { html, dialect, sources: &sources, ..Settings::default() };
            let (outline, _) = outline(body, &settings, None);
            let ids: Vec<_> =
                render(body, &settings, &address).toc.into_iter().map(|heading| heading.id).collect();
            assert!(ids.iter().all(|id| texts(&outline.anchors).contains(&&**id)), "{ids:?} of {body:?}");
            for link in outline.links.iter().take(3) {
                if let Some(place) = locate_link(body, &settings, &link.destination) {
                    assert!(body.get(place).is_some(), "{link:?} lies between letters of {body:?}");
                }
            }
            for note in outline.unknown_notes.iter().take(3) {
                assert!(locate_note(body, &settings, note).is_some_and(|place| body.get(place).is_some()));
            }
        }
    }
}

/// Pieces that mean something, next to each other in every order.
fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(vec![
            "#", " ", "\n", "\n\n", "> ", "- ", "1. ", "    ", "\t", "*", "**", "_", "~", "`", "```", "```rust\n", "[",
            "]", "(", ")", "![", "](", "[^", "[^a]", "[^a]: ", "[^readout]", "|", "|--|\n", ":-:", "<", ">", "</", "<a ",
            "href=", "src=", "srcset=", "'", "\"", "=", "<!--", "-->", "<script>", "</script>", "<div>", "<details>", "&",
            "&amp;", "&#x;", ";", "\\", "http://", "https://x.org", "www.", "www.x.org", "@", "a@b.c", ".", "{#", "}",
            "{#id}", "===\n", "---\n", ": ", "[!NOTE]\n", "[x] ", "\r\n", "\u{0}", "é", "会", "\u{301}", "\u{feff}", "x",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_body_panics(body in markup()) {
        everything(&body);
    }

    #[test]
    fn sanitised_bodies_hold_no_script(body in markup()) {
        let html = rendered(&body, RawHtml::Sanitised).html.to_lowercase();
        prop_assert!(!html.contains("<script") && !html.contains("=\"javascript:"));
    }
}

#[test]
fn mutated_specifications_do_not_panic() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance/commonmark-0.31.2-spec.txt");
    let Ok(text) = fs::read_to_string(path) else { return };
    let pieces: Vec<&str> = text.split("````````````````````````````````").collect();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed >> 33).expect("31 bits fit") % below.max(1)
    };
    for _ in 0..600 {
        let mut body: Vec<char> = pieces[random(pieces.len())].chars().take(600).collect();
        body.extend(pieces[random(pieces.len())].chars().take(300));
        for _ in 0..random(12) {
            let (at, from) = (random(body.len()), random(body.len()));
            match random(3) {
                0 => drop(body.remove(at)),
                1 => body.insert(at, body[from]),
                _ => body.swap(at, from),
            }
        }
        everything(&body.into_iter().collect::<String>());
    }
}

#[test]
fn deep_and_long_bodies_end() {
    let many = 20_000;
    let bodies = [
        ">".repeat(100_000),
        "[".repeat(100_000),
        format!("<b>{}", ">".repeat(many)),
        "[^".repeat(many),
        "[^a]".repeat(many / 4),
        "![".repeat(many / 2),
        "<b>".repeat(many / 3),
        "<div>\n\n".repeat(many / 8),
        "www.".repeat(many / 4),
        "(www.a".repeat(many / 6),
        "http://a*b*".repeat(many / 11),
        "http://a.b/_c_".repeat(many / 14),
        "a@".repeat(many / 2),
        "a@b.c_".repeat(many / 6),
        "# a\n".repeat(many / 4),
        "<a href=&".repeat(many / 9),
        format!("<a href=\"{}\">", "&".repeat(many)),
        format!("<img srcset=\"{}\">", "a,".repeat(many / 2)),
        format!("www.a.b{}", ")".repeat(many)),
        format!("www.a.b{}", "&a;".repeat(many / 3)),
        "*a **a ".repeat(many / 7),
        "- ".repeat(2_000),
    ];
    for body in bodies {
        everything(&body);
    }
}
