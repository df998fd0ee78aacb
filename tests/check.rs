//! `bulletin check`, as it is typed: what it says, how it ends, and that it writes nothing.

mod scratch;

use std::process::Command;

use scratch::{NOW, PROGRAM, Ran, Site, ran};

/// Runs `bulletin check` on a site.
fn check(site: &Site, arguments: &[&str]) -> Ran {
    let mut command = Command::new(PROGRAM);
    command.arg("check").arg("--root").arg(site.root()).args(["--now", NOW]).args(arguments);
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
