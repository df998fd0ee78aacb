//! `record.json`: what it says, that strangers can compute its digests, and that an edit reaches it and little else.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scratch;

use std::collections::BTreeSet;

use bulletin::engine::{Destination, Profile, Rebuild, Report, Request, Seen, Session, Silent};
use scratch::story::Story;
use scratch::{NOW, Site, assert_same};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Four briefings, of which one is from another year, and a page that is none.
fn desk() -> Site {
    let mut site =
        Site::new().plain_theme().settings("outputs = { archives = false, feeds = [], list_feeds = false }");
    for (name, day) in [("a", "2025-12-31"), ("b", "2026-01-01"), ("c", "2026-01-02"), ("d", "2026-01-03")] {
        let front = format!("title = \"Item {name}\"\nsummary = \"S.\"\ndate = {day}");
        site = site.briefing(&format!("news/{name}.md"), &front, "Text.");
    }
    site.briefing("about.md", "title = \"About\"\nsummary = \"S.\"", "Who we are.")
}

fn json(site: &Site, path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(site.path(path)).unwrap()).unwrap()
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn what_never_was_public_is_not_on_record() {
    let front = "title = \"Never\"\nsummary = \"S.\"\ndate = 2025-12-01\nexpires = 2025-12-03\non_expiry = \"gone\"\nembargo = 2025-12-05T00:00:00Z";
    let gone = front.replace("embargo = 2025-12-05T00:00:00Z", "").replace("Never", "Gone");
    let site = desk().briefing("news/never.md", front, "Text.").briefing("news/gone.md", &gone, "Text.");
    site.build_soundly(NOW);
    let record = json(&site, "public/record.json").to_string();
    assert!(record.contains("news/gone") && !record.contains("news/never"), "{record}");
}

#[test]
fn a_stranger_computes_the_same_digest() {
    let front = "title = \"The  Grid\"\nsummary = \"Back.\"\ndate = 2026-01-04\nkey_points = [\"One\", { text = \"Two\" }]";
    let body = "# Repairs {#repairs}\n\nAll *good*, says [the\nministry](https://e.org/ \"Energy\")[^x].\n\n[^x]: A note.";
    let site = desk().briefing("news/e.md", front, body);
    site.build_soundly(NOW);
    let record = json(&site, "public/record.json");
    let text = "The Grid\nBack.\nOne\nTwo\n\nRepairs All good, says the ministry Energy [^x]. A note.\nhttps://e.org/\n";
    let entry = record["briefings"].as_array().unwrap().iter().find(|entry| entry["id"] == "news/e").unwrap();
    assert_eq!(entry["sha256"], digest(text));
}

#[test]
fn an_edit_of_a_text_reaches_the_record_in_a_new_process() {
    let story = Story::of(desk());
    story.append("content/news/a.md").build().made(["news/a/index.html", "record.json"]);
    // What is no briefing is not on record.
    story.append("content/about.md").build().made(["about/index.html"]);
    // Other bytes, the same text: the page is another, and what is published of its text is not.
    story.edit("content/news/a.md", |text| text + "\n\n").build().made(["news/a/index.html"]);
    story.build().made_nothing();
}

#[test]
fn an_edit_of_a_text_reaches_the_record_in_a_session() {
    let site = desk();
    let mut session = Session::open(site.request(NOW)).unwrap();
    let mut rebuilt = |seen: &Seen| -> Report {
        let report =
            session.rebuild(&Rebuild { now: NOW.parse().unwrap(), seen, first: &[] }, &Silent).unwrap();
        assert!(!report.failed());
        assert_same(&site.output(), &site.clean(NOW));
        report
    };
    rebuilt(&Seen::Anywhere);
    let at = Seen::At(BTreeSet::from([site.path("content/news/a.md")]));
    for word in ["One.", "Two.", "Three."] {
        site.edit("content/news/a.md", |text| text + word);
        assert!(rebuilt(&at).made.contains(&"record.json".to_string()), "{word}");
    }
}

#[test]
fn a_page_with_a_record_but_no_public_page_leaves_no_digest() {
    let site = desk()
        .briefing(
            "news/gone.md",
            "title = \"G\"\nsummary = \"S.\"\ndate = 2026-01-05\nexpires = 2026-02-01\non_expiry = \"gone\"",
            "Text.",
        )
        .briefing(
            "news/draft.md",
            "title = \"D\"\nsummary = \"S.\"\ndate = 2026-01-05\ndraft = true",
            "Text.",
        )
        .briefing("news/later.md", "title = \"L\"\nsummary = \"S.\"\ndate = 2027-01-05", "Text.");
    site.build_soundly(NOW);
    let record = json(&site, "public/record.json");
    let entries = record["briefings"].as_array().unwrap();
    let ids: Vec<&str> = entries.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["news/a", "news/b", "news/c", "news/d", "news/gone"]);
    let expected = serde_json::json!({
        "id": "news/gone", "language": "en", "published": "2026-01-05", "status": "gone"
    });
    assert_eq!(entries[4], expected);
}

#[test]
fn a_preview_has_no_record_and_a_link_to_it_is_no_mistake_there() {
    let site = desk().briefing("data.md", "title = \"Data\"\nsummary = \"S.\"", "[All](/record.json)");
    site.build_soundly(NOW);
    let request = Request { profile: Profile::Preview, ..site.request(NOW) };
    let built =
        site.built(&Request { destination: Destination::Folder("preview".into()), ..request }).unwrap();
    assert!(!built.report.failed(), "{:?}", built.report.diagnostics);
    assert!(!built.files.contains_key("record.json"));
}

#[test]
fn a_site_that_wants_no_record_has_none() {
    let site = desk();
    site.edit("site.toml", |text| text.replace("archives = false", "archives = false, record = false"));
    assert!(!site.build_soundly(NOW).files.contains_key("record.json"));
}

/// One more than stand in one file.
const MANY: usize = 10_001;

#[test]
fn of_more_than_ten_thousand_an_edit_touches_one_year() {
    let site = desk();
    for number in 4..MANY {
        let year = 2020 + number % 5;
        site.write(
            &format!("content/news/n{number}.md"),
            format!("+++\ntitle = \"{number}\"\nsummary = \"s\"\ndate = {year}-03-01\n+++\nText.\n"),
        );
    }
    let first = site.build_soundly(NOW);
    let index = json(&site, "public/record.json");
    let parts: Vec<&str> =
        index["parts"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
    let years = [2020, 2021, 2022, 2023, 2024, 2025, 2026].map(|year| format!("record/{year}.json"));
    assert_eq!(parts, years);
    let count = |part: &&str| json(&site, &format!("public/{part}"))["briefings"].as_array().unwrap().len();
    assert_eq!(parts.iter().map(count).sum::<usize>(), MANY);
    // A text, in a new process: its page and one part. The index names no digest.
    site.edit("content/news/a.md", |text| text + "More.\n");
    let second = site.build_soundly(NOW);
    assert_eq!(second.report.made, ["news/a/index.html", "record/2025.json"]);
    let differ: Vec<&String> = second
        .files
        .iter()
        .filter(|(path, bytes)| first.files.get(*path) != Some(bytes))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(differ, ["news/a/index.html", "record/2025.json"]);
    // And in a session.
    let mut session = Session::open(site.request(NOW)).unwrap();
    let mut rebuilt = |seen: &Seen| {
        session.rebuild(&Rebuild { now: NOW.parse().unwrap(), seen, first: &[] }, &Silent).unwrap()
    };
    rebuilt(&Seen::Anywhere);
    let at = Seen::At(BTreeSet::from([site.path("content/news/b.md")]));
    for word in ["One.", "Two."] {
        site.edit("content/news/b.md", |text| text + word);
        let mut made = rebuilt(&at).made;
        made.retain(|path| path.starts_with("record"));
        assert_eq!(made, ["record/2026.json"]);
    }
    drop(session);
    // One less: the years are one file again.
    site.delete("content/news/n5.md");
    let fewer = site.build_soundly(NOW);
    assert!(!fewer.files.keys().any(|path| path.starts_with("record/")));
    assert_eq!(json(&site, "public/record.json")["briefings"].as_array().unwrap().len(), MANY - 1);
}
