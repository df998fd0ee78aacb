//! `bulletin check`, as it is typed: what it says, how it ends, and that it writes nothing.

mod scratch;

use std::process::Command;

use scratch::{NOW, PROGRAM, Ran, Site, ran};

/// Runs `bulletin check` on a site.
fn check(site: &Site, arguments: &[&str]) -> Ran {
    let mut command = Command::new(PROGRAM);
    command.arg("check").arg("--root").arg(site.root()).args(arguments);
    if !arguments.contains(&"--now") {
        command.args(["--now", NOW]);
    }
    ran(command.env_remove("BULLETIN_BASE_URL"))
}

fn site() -> Site {
    Site::new().plain_theme().briefing(
        "news/2026-01-02-call.md",
        "title = \"Call\"\nsummary = \"s\"",
        "They spoke.",
    )
}

#[test]
fn a_site_without_mistakes_gets_one_line_and_not_one_file() {
    let site = site();
    let said = check(&site, &[]);
    said.ended(0, &[]);
    assert_eq!((said.out.as_str(), said.err.as_str()), ("  1 page: no mistakes\n", ""));
    assert_eq!(check(&site, &["--quiet"]).out, "");
    let names = std::fs::read_dir(site.root()).expect("the site is there").flatten().map(|e| e.file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["content", "site.toml", "themes"], "nothing was written");
}

#[test]
fn every_mistake_is_told_also_of_pages_that_are_held_back() {
    let site = site()
        .briefing("news/2026-01-03-draft.md", "title = \"D\"\nsummary = \"s\"\ndraft = true\nsumary = 1", "")
        .briefing("news/2026-01-04-link.md", "title = \"L\"\nsummary = \"s\"", "[x](nowhere.md)");
    let said = check(&site, &[]);
    said.ended(1, &["unknown key `sumary`", "nowhere.md", "2 errors"]);
    assert_eq!(said.out, "");
    let json = check(&site, &["--format", "json"]);
    let lines: Vec<serde_json::Value> =
        json.ended(1, &[]).out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["severity"], "error");
    assert_eq!(lines[2], serde_json::json!({ "pages": 2, "held_back": 1, "errors": 2, "warnings": 0 }));
}

#[test]
fn a_warning_is_told_and_fails_nothing() {
    let site = site().briefing("news/2026-01-03-bare.md", "title = \"Bare\"", "A word.");
    let said = check(&site, &[]);
    said.ended(0, &["`summary` is missing"]);
    assert_eq!(said.out, "  2 pages: 1 warning\n");
}

#[test]
fn a_folder_without_a_site_is_wrong_usage() {
    let folder = Site::new();
    folder.delete("site.toml");
    check(&folder, &[]).ended(2, &["there is no site.toml"]);
}

/// A site with a page that waits, and a picture that waits with it.
fn held() -> Site {
    site()
        .briefing("news/2026-12-01-talks.md", "title = \"Talks\"\nsummary = \"s\"", "![Map](map.svg)")
        .file("content/news/map.svg", "<svg/>")
}

#[test]
fn that_nothing_leaks_is_said_in_one_line_and_nothing_is_written() {
    let site = held();
    let said = check(&site, &["--embargo"]);
    said.ended(0, &[]);
    let files = site.clean(NOW).len() - 1; // without the list of what is ours
    assert_eq!(said.out, format!("  2 held back, {files} files compared, nothing leaks\n"));
    assert!(!site.path("public").exists() && !site.path(".bulletin").exists());
    let json = check(&site, &["--embargo", "--format", "json"]);
    let object: serde_json::Value = serde_json::from_str(&json.ended(0, &[]).out).expect("JSON");
    assert_eq!(
        object,
        serde_json::json!({
            "held_back": ["content/news/2026-12-01-talks.md", "content/news/map.svg"],
            "compared": files,
            "leaks": 0
        })
    );
    let later = check(&site, &["--embargo", "--now", "2027-01-01T00:00:00Z"]);
    assert!(
        later.ended(0, &[]).out.starts_with("  nothing is held back, so nothing can leak ("),
        "{}",
        later.out
    );
}

#[test]
fn with_mistakes_in_the_site_nothing_is_proved() {
    let site =
        held().briefing("news/2026-01-03-x.md", "title = \"X\"\nsummary = \"s\"", "[x](2026-12-01-talks.md)");
    let said = check(&site, &["--embargo"]);
    said.ended(1, &["2026-12-01-talks.md is held back until it appears", "nothing was proved"]);
    check(&site, &["--embargo", "--profile", "preview"]).ended(2, &["a preview shows what is held back"]);
}

#[test]
fn spellings_that_the_desk_does_not_use_are_told_but_not_in_what_others_say() {
    let body =
        "Kowal said so, not Kowalska: [Kowal](https://kowal.example).\n\n> Kowal is here.\n\n`Kowal`\n";
    let site = site()
        .briefing("people/anna-koval.md", "title = \"Anna Koval\"\nsummary = \"s\"\navoid = [\"Kowal\"]", "")
        .briefing("news/2026-01-03-k.md", "title = \"Kowal speaks\"\nsummary = \"s\"", body);
    let said = check(&site, &[]);
    said.ended(
        0,
        &[
            "the desk does not write \"Kowal\"",
            "write \"Anna Koval\"",
            "2026-01-03-k.md:2:10",
            ":6:1",
            ":6:31",
        ],
    );
    assert_eq!(said.out, "  2 pages, 1 person: 3 warnings\n");
}
