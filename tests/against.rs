//! `bulletin check --against`, as it is typed: one test for each thing that changes without a word.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scratch;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use scratch::{NOW, PROGRAM, Ran, Site, ran};

/// Compares a site with a record.
fn against(site: &Site, from: &str, more: &[&str]) -> Ran {
    let mut command = Command::new(PROGRAM);
    command.arg("check").arg("--root").arg(site.root()).args(["--now", NOW, "--against", from]).args(more);
    ran(command.current_dir(site.root()).env_remove("BULLETIN_BASE_URL"))
}

const CALL: &str = "content/news/2026-01-02-call.md";
const GRID: &str = "content/news/2026-01-03-grid.md";
const GRID_ADDRESS: &str = "/news/2026-01-03-grid/";

/// Three briefings, published: what was built is in `published/`.
fn site() -> Site {
    let site = Site::new()
        .plain_theme()
        .settings("[languages.uk]")
        .briefing(
            "news/2026-01-02-call.md",
            "title = \"Call\" # the first\nid = \"call\"\nsummary = \"s\"",
            "They spoke.",
        )
        .briefing(
            "news/2026-01-02-call.uk.md",
            "title = \"Дзвінок\"\nid = \"call\"\nsummary = \"s\"",
            "Говорили.",
        )
        .briefing(
            "news/2026-01-03-grid.md",
            "title = \"Grid\"\nsummary = \"s\"\nupdated = 2026-01-04",
            "Power is back.",
        );
    publish(&site);
    site
}

fn publish(site: &Site) {
    site.build_soundly(NOW);
    fs::rename(site.path("public"), site.path("published")).unwrap();
}

fn replace(site: &Site, file: &str, (old, new): (&str, &str)) {
    site.edit(file, |text| {
        assert!(text.contains(old), "{file} has no {old}");
        text.replacen(old, new, 1)
    });
}

#[track_caller]
fn finds(site: &Site, words: &[&str]) {
    let said = against(site, "published", &[]);
    said.ended(1, words);
    assert!(said.err.contains("[record]"), "{}", said.err);
    let names = against(site, "published", &["--format", "json"]);
    let last: serde_json::Value = serde_json::from_str(names.out.lines().last().unwrap()).unwrap();
    assert_eq!(last["published"], 3, "{last}");
    assert!(last["findings"].as_u64().unwrap() > 0);
}

#[track_caller]
fn finds_nothing(site: &Site) {
    let said = against(site, "published", &[]);
    said.ended(0, &["3 briefings on record at published: nothing changed without a word"]);
    assert_eq!(said.err, "");
}

#[test]
fn what_is_as_it_was_published_passes() {
    let site = site();
    finds_nothing(&site);
    // New briefings, pages that are none, other people and topics are no changes of what was published.
    site.write("content/news/2026-02-01-new.md", "+++\ntitle = \"New\"\nsummary = \"s\"\n+++\nText.\n");
    site.write("content/about.md", "+++\ntitle = \"About\"\nsummary = \"s\"\n+++\nText.\n");
    replace(&site, GRID, ("summary", "topics = [\"Energy\"]\nsummary"));
    replace(&site, GRID, ("Power is back.", "*Power*   is\nback."));
    finds_nothing(&site);
    assert!(!site.path("public").exists(), "nothing was written");
}

#[test]
fn a_silent_edit() {
    let site = site();
    replace(&site, GRID, ("back", "gone"));
    finds(&site, &[GRID, ":4:11", "the text is another than was published", "[[corrections]]"]);
    // Another language is another text.
    assert!(!against(&site, "published", &[]).err.contains("call"));
}

#[test]
fn an_edit_with_a_correction_or_an_update_is_not_silent() {
    let corrected = site();
    replace(&corrected, GRID, ("back", "gone"));
    replace(
        &corrected,
        GRID,
        ("2026-01-04\n", "2026-01-04\n[[corrections]]\ndate = 2026-01-05\nkind = \"refile\"\ntext = \"t\"\n"),
    );
    finds_nothing(&corrected);
    let updated = site();
    replace(&updated, GRID, ("back", "gone"));
    replace(&updated, GRID, ("2026-01-04", "2026-01-05"));
    finds_nothing(&updated);
    // Taking back what was said before is no word.
    let back = site();
    replace(&back, GRID, ("back", "gone"));
    replace(&back, GRID, ("updated = 2026-01-04\n", ""));
    finds(&back, &[GRID, "the text is another than was published"]);
}

#[test]
fn a_vanished_page() {
    let site = site();
    site.delete(GRID);
    finds(
        &site,
        &["\"news/2026-01-03-grid\" was published at", GRID_ADDRESS, "nothing is there now", "aliases"],
    );
    // A redirect, by an alias or by the site's own rules, is a word.
    replace(&site, CALL, ("summary", &format!("aliases = [\"{GRID_ADDRESS}\"]\nsummary")));
    finds_nothing(&site);
    replace(&site, CALL, (&format!("aliases = [\"{GRID_ADDRESS}\"]\n"), ""));
    site.write("content/_redirects", "/news/2026-01-03-*  /news/  301\n/x /y 404\n");
    finds(&site, &["nothing is there now"]);
    site.write("content/_redirects", format!("{GRID_ADDRESS} /news/ 301\n"));
    finds_nothing(&site);
    site.write("content/_redirects", format!("{GRID_ADDRESS} /news/ 404\n"));
    finds(&site, &["nothing is there now"]);
}

#[test]
fn a_page_that_is_held_back_again_gone_or_retracted() {
    let held = site();
    replace(&held, GRID, ("title", "draft = true\ntitle"));
    finds(&held, &[GRID, "nothing is there now", "it is held back"]);
    let gone = site();
    replace(&gone, GRID, ("title", "expires = 2026-02-01\non_expiry = \"gone\"\ntitle"));
    finds_nothing(&gone);
    let retracted = site();
    let entry = "[[corrections]]\ndate = 2026-01-05\nkind = \"retraction\"\ntext = \"None of it was so.\"\n";
    replace(&retracted, GRID, ("2026-01-04\n", &format!("2026-01-04\n{entry}")));
    replace(&retracted, GRID, ("Power is back.", "Withdrawn."));
    finds_nothing(&retracted);
    retracted.build_soundly(NOW);
    let record = fs::read_to_string(retracted.path("public/record.json")).unwrap();
    let line = record.lines().find(|line| line.contains("2026-01-03-grid")).unwrap();
    assert!(line.contains("\"status\":\"retracted\"") && !line.contains("sha256"), "{line}");
}

#[test]
fn a_changed_address_is_mended_by_an_alias() {
    let site = site();
    replace(&site, CALL, ("summary", "slug = \"talk\"\nsummary"));
    finds(
        &site,
        &[
            CALL,
            "the address was /news/2026-01-02-call/, and is /news/talk/",
            "aliases = [\"/news/2026-01-02-call/\"]",
            "--fix",
        ],
    );
    let before = fs::read_to_string(site.path(CALL)).unwrap();
    let said = against(&site, "published", &["--fix"]);
    said.ended(0, &[CALL, "wrote aliases = [\"/news/2026-01-02-call/\"]"]);
    let after = fs::read_to_string(site.path(CALL)).unwrap();
    let line = "aliases = [\"/news/2026-01-02-call/\"]\n";
    assert_eq!(
        after,
        before.replacen("# the first\n", &format!("# the first\n{line}"), 1),
        "one line is new"
    );
    finds_nothing(&site);
    assert_eq!(fs::read_dir(site.path("content/news")).unwrap().count(), 3, "nothing is left behind");
}

#[test]
fn a_renamed_file_changes_id_and_address_and_both_are_mended() {
    let site = site();
    let text = fs::read_to_string(site.path(GRID)).unwrap();
    site.delete(GRID);
    site.write("content/news/2026-01-03-power.md", &text);
    finds(
        &site,
        &[
            "content/news/2026-01-03-power.md",
            "the id was \"news/2026-01-03-grid\"",
            "the address was /news/2026-01-03-grid/",
        ],
    );
    let said = against(&site, "published", &["--fix", "--format", "json"]);
    said.ended(0, &[]);
    let last: serde_json::Value = serde_json::from_str(said.out.lines().last().unwrap()).unwrap();
    assert_eq!(last["fixed"].as_array().unwrap().len(), 2, "{last}");
    finds_nothing(&site);
}

#[test]
fn a_changed_id() {
    let site = site();
    for file in [CALL, "content/news/2026-01-02-call.uk.md"] {
        replace(&site, file, ("\"call\"", "\"talk\""));
    }
    finds(&site, &[CALL, ":3:6", "the id was \"call\", and is \"talk\"", "2 errors"]);
    against(&site, "published", &["--fix"]).ended(0, &["wrote id = \"call\""]);
    finds_nothing(&site);
    // Also where the text is another: the address tells.
    replace(&site, CALL, ("\"call\"", "\"talk\""));
    replace(&site, CALL, ("spoke", "talked"));
    finds(&site, &["the id was \"call\", and is \"talk\""]);
}

#[test]
fn a_reused_id() {
    let site = site();
    site.delete(CALL);
    site.write(
        "content/news/2026-03-01-other.md",
        "+++\ntitle = \"Other\"\nid = \"call\"\nsummary = \"s\"\n+++\nOf other things.\n",
    );
    finds(
        &site,
        &[
            "content/news/2026-03-01-other.md:3:6",
            "the id \"call\" was that of another briefing",
            "/news/2026-01-02-call/",
        ],
    );
}

#[test]
fn an_address_that_another_page_took() {
    let site = site();
    replace(&site, CALL, ("summary", "slug = \"talk\"\nsummary"));
    site.write(
        "content/news/2026-03-01-new.md",
        "+++\ntitle = \"New\"\nslug = \"2026-01-02-call\"\nsummary = \"s\"\n+++\nText.\n",
    );
    finds(&site, &[CALL, "the old one is that of content/news/2026-03-01-new.md now"]);
}

#[test]
fn artificial_freshening() {
    let site = site();
    replace(&site, GRID, ("2026-01-04", "2026-02-04"));
    finds(&site, &[GRID, ":4:11", "`updated` has changed, and the text has not", "kind = \"update\""]);
    replace(
        &site,
        GRID,
        (
            "2026-02-04\n",
            "2026-02-04\n[[corrections]]\ndate = 2026-02-04\nkind = \"update\"\ntext = \"Another source.\"\n",
        ),
    );
    finds_nothing(&site);
}

#[test]
fn a_correction_that_is_not_told_any_more() {
    let site = site();
    let entry = "[[corrections]]\ndate = 2026-01-05T10:00:00+00:00\nkind = \"correction\"\ntext = \"t\"\n";
    replace(&site, GRID, ("2026-01-04\n", &format!("2026-01-04\n{entry}")));
    fs::remove_dir_all(site.path("published")).unwrap();
    publish(&site);
    finds_nothing(&site);
    // The same instant in another zone is the same.
    replace(&site, "site.toml", ("timezone = \"", "timezone = \"Asia/Tokyo\" # \""));
    finds_nothing(&site);
    replace(&site, GRID, (entry, ""));
    finds(&site, &[GRID, "the correction of 2026-01-05", "is not told any more"]);
}

#[test]
fn what_was_retracted_and_stands_as_if_it_never_was_or_is_forgotten() {
    let site = site();
    let entry = "[[corrections]]\ndate = 2026-01-05\nkind = \"retraction\"\ntext = \"t\"\n";
    replace(&site, GRID, ("2026-01-04\n", &format!("2026-01-04\n{entry}")));
    fs::remove_dir_all(site.path("published")).unwrap();
    publish(&site);
    finds_nothing(&site);
    replace(&site, GRID, (entry, ""));
    finds(&site, &[GRID, "was retracted, and stands as if it never was"]);
    site.delete(GRID);
    finds(&site, &["was retracted, and is not on record any more"]);
}

#[test]
fn another_date_of_publication() {
    let site = site();
    replace(&site, GRID, ("title", "date = 2026-01-02\ntitle"));
    finds(&site, &[GRID, "says another date now"]);
}

#[test]
fn a_briefing_whose_address_another_one_has_now_does_not_give_it_its_id() {
    let site = site();
    site.delete(CALL);
    replace(&site, GRID, ("title", "slug = \"2026-01-02-call\"\ntitle"));
    let said = against(&site, "published", &["--fix"]);
    said.ended(1, &["which is the address of", GRID]);
    let text = fs::read_to_string(site.path(GRID)).unwrap();
    assert!(!text.contains("id = \"call\""), "{text}");
}

#[test]
fn another_domain_is_no_other_address() {
    let site = site();
    site.edit("site.toml", |text| text.replace("https://example.org/", "https://example.com/desk/"));
    finds_nothing(&site);
}

#[test]
fn what_is_no_record_is_told_apart_from_what_is_not_there() {
    let site = site();
    against(&site, "nowhere.json", &[]).ended(2, &["there is no record at", "for the first time"]);
    site.write("empty/x.txt", "");
    against(&site, "empty", &[]).ended(2, &["there is no record at", "record.json"]);
    site.write("page.json", "<!doctype html>");
    against(&site, "page.json", &[]).ended(2, &["page.json is no record of Bulletin", "name a record.json"]);
    site.write("none.json", "{\"record_version\":1,\"text_version\":1,\"base_url\":\"x\"}");
    against(&site, "none.json", &[]).ended(2, &["neither briefings nor parts", "name a record.json"]);
    site.write("other.json", "{\"record_version\":9,\"text_version\":1,\"base_url\":\"x\",\"briefings\":[]}");
    against(&site, "other.json", &[]).ended(2, &["in format 9"]);
    site.write(
        "sly.json",
        "{\"record_version\":1,\"text_version\":1,\"base_url\":\"x\",\"parts\":[\"../secret.json\"]}",
    );
    against(&site, "sly.json", &[]).ended(2, &["names a part"]);
    against(&site, "http://example.org/", &[]).ended(2, &["is not https"]);
    against(&site, "published", &["--profile", "preview"]).ended(2, &["a preview is never published"]);
    let mistaken = site;
    replace(&mistaken, GRID, ("summary", "sumary"));
    against(&mistaken, "published", &[]).ended(1, &["unknown key `sumary`"]);
}

#[test]
fn of_another_algorithm_only_the_texts_are_not_compared() {
    let site = site();
    let record = fs::read_to_string(site.path("published/record.json")).unwrap();
    site.write("old.json", record.replace("\"text_version\":1", "\"text_version\":0"));
    replace(&site, GRID, ("back", "gone"));
    against(&site, "old.json", &[]).ended(0, &["the texts cannot be compared"]);
    replace(&site, CALL, ("summary", "slug = \"talk\"\nsummary"));
    against(&site, "old.json", &[]).ended(1, &["the address was"]);
}

#[test]
fn a_briefing_that_leaves_the_record_by_being_unlisted_is_told_of() {
    let site = site();
    replace(&site, GRID, ("summary", "unlisted = true\nsummary"));
    let said = against(&site, "published", &[]);
    said.ended(0, &["3 briefings on record"]);
    assert!(said.err.contains("it is unlisted now, and leaves the record"), "{}", said.err);
    replace(&site, GRID, ("back", "gone"));
    finds(&site, &["it is unlisted now", "the text is another than was published"]);
}

#[test]
fn a_retraction_that_is_unlisted_is_off_the_record() {
    let site = site();
    let retracted = "summary = \"s\"\n[[corrections]]\ndate = 2026-01-05\nkind = \"retraction\"\ntext = \"It was wrong.\"";
    replace(&site, GRID, ("summary = \"s\"\nupdated = 2026-01-04", retracted));
    fs::remove_dir_all(site.path("published")).unwrap();
    publish(&site);
    finds_nothing(&site);
    replace(&site, GRID, ("summary", "unlisted = true\nsummary"));
    finds(&site, &["retracted"]);
}

#[test]
fn what_was_gone_may_come_back_unlisted() {
    let site = site();
    let gone = "summary = \"s\"\nexpires = 2026-02-01\non_expiry = \"gone\"";
    replace(&site, GRID, ("summary = \"s\"\nupdated = 2026-01-04", gone));
    fs::remove_dir_all(site.path("published")).unwrap();
    publish(&site);
    replace(&site, GRID, (gone, "summary = \"s\"\nunlisted = true"));
    finds_nothing(&site);
}

#[test]
fn a_site_that_publishes_no_record_any_more_is_still_compared_with_its_last_one() {
    let site = site().settings("[outputs]\nrecord = false");
    finds_nothing(&site);
    replace(&site, GRID, ("back", "gone"));
    finds(&site, &["the text is another than was published"]);
}

/// Answers so many requests, by path; what there is no answer for is not found.
fn served(
    requests: usize,
    answers: Vec<(&'static str, String)>,
) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let root = format!("http://{}", listener.local_addr().unwrap());
    let work = move || {
        let mut asked = Vec::new();
        for _ in 0..requests {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            let path = String::from_utf8(request).unwrap().split(' ').nth(1).unwrap().to_string();
            let answer = answers.iter().find(|(known, _)| *known == path).map(|(_, answer)| answer.clone());
            let answer = answer.unwrap_or_else(|| {
                "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_string()
            });
            stream.write_all(answer.as_bytes()).unwrap();
            asked.push(path);
        }
        asked
    };
    (root, thread::spawn(work))
}

fn found(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

#[test]
fn a_record_behind_an_address_with_its_parts() {
    let site = site();
    let whole = fs::read_to_string(site.path("published/record.json")).unwrap();
    let index = "{\"record_version\":1,\"text_version\":1,\"base_url\":\"https://example.org/\",\"parts\":[\"record/2026.json\"]}";
    let moved = "HTTP/1.1 301 Moved Permanently\r\nlocation: /desk/record.json\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let answers = vec![
        ("/record.json", moved.to_string()),
        ("/desk/record.json", found(index)),
        ("/desk/record/2026.json", found(&whole)),
    ];
    let (root, server) = served(3, answers);
    against(&site, &root, &[]).ended(0, &["3 briefings on record"]);
    assert_eq!(server.join().unwrap(), ["/record.json", "/desk/record.json", "/desk/record/2026.json"]);
}

#[test]
fn a_part_that_leads_elsewhere_is_not_followed() {
    let site = site();
    let index = "{\"record_version\":1,\"text_version\":1,\"base_url\":\"https://example.org/\",\"parts\":[\"record/2026.json\"]}";
    let moved = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/x.json\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (root, server) =
        served(2, vec![("/record.json", found(index)), ("/record/2026.json", moved.to_string())]);
    against(&site, &root, &[]).ended(3, &["cannot read"]);
    server.join().unwrap();
}

#[test]
fn an_absent_and_an_unreachable_record() {
    let site = site();
    let (root, server) = served(1, Vec::new());
    against(&site, &format!("{root}/record.json"), &[])
        .ended(2, &["there is no record at", "for the first time"]);
    server.join().unwrap();
    let fault =
        "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_string();
    let (root, server) = served(1, vec![("/record.json", fault)]);
    against(&site, &root, &[]).ended(3, &["the server answers 503"]);
    server.join().unwrap();
    // Nobody listens there.
    against(&site, &root, &[]).ended(3, &["cannot read", &root]);
}
