//! The commands as a newcomer types them: the session of the README, and the mistakes around it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program in a folder; the instant is fixed where a command takes one.
fn bulletin(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bulletin"));
    command.current_dir(folder).args(arguments).env_remove("BULLETIN_BASE_URL");
    command.output().expect("the program starts")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("what is printed is UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("what is printed is UTF-8")
}

/// A new site, made by the program.
fn desk() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let started = bulletin(folder.path(), &["init", "desk", "--timezone", "Europe/Kyiv"]);
    assert!(started.status.success(), "{}", err(&started));
    let site = folder.path().join("desk");
    (folder, site)
}

/// The one file below `content/briefings/` whose name contains `part`.
fn briefing(site: &Path, part: &str) -> std::path::PathBuf {
    let entries = fs::read_dir(site.join("content/briefings")).expect("there is a collection").flatten();
    let mut found = entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().contains(part));
    found.next().unwrap_or_else(|| panic!("no briefing is called {part}"))
}

#[test]
fn a_new_site_builds_at_once_and_without_a_word_of_complaint() {
    let (_folder, site) = desk();
    let built = bulletin(&site, &["build"]);
    assert!(built.status.success());
    assert_eq!(err(&built), "");
    assert!(out(&built).starts_with("  2 pages, 1 topic → public"), "{}", out(&built));
    for path in ["index.html", "about/index.html", "feed.xml", "sitemap.xml", "404.html"] {
        assert!(site.join("public").join(path).is_file(), "{path}");
    }
    let again = bulletin(&site, &["build"]);
    assert!(out(&again).contains("(nothing changed)"), "{}", out(&again));
}

#[test]
fn a_new_briefing_has_an_id_and_is_held_back_until_it_is_written() {
    let (_folder, site) = desk();
    // From a folder inside the site, as people do.
    let made = bulletin(&site.join("content/briefings"), &["new", "NATO \"invitation\""]);
    assert!(out(&made).contains("-nato-invitation.md"), "{}{}", out(&made), err(&made));
    let path = briefing(&site, "nato-invitation");
    let text = fs::read_to_string(&path).expect("the briefing is there");
    assert!(text.contains("title = 'NATO \"invitation\"'") && text.contains("\nid = \""), "{text}");
    let built = bulletin(&site, &["build"]);
    assert!(out(&built).contains("nato-invitation.md (draft)"), "{}", out(&built));
    assert_eq!(err(&built), "");
    fs::write(&path, text.replace("draft = true", "# ")).expect("the briefing can be written");
    let published = bulletin(&site, &["build", "--now", "2999-01-01T00:00:00Z"]);
    assert!(out(&published).starts_with("  1 changed → "), "{}{}", out(&published), err(&published));
    assert!(err(&published).contains("`summary` is empty"), "{}", err(&published));
}

#[test]
fn what_is_held_back_is_told_with_its_instant_in_the_zone_of_the_site_as_text_and_as_json() {
    let (_folder, site) = desk();
    let text = "+++\ntitle = \"Budget\"\nsummary = \"s\"\ndate = 2026-12-01T09:00:00\n+++\n";
    fs::write(site.join("content/briefings/budget.md"), text).expect("the briefing can be written");
    let now = ["build", "--now", "2026-11-30T00:00:00Z"];
    let told = out(&bulletin(&site, &now));
    let line = "  held back: content/briefings/budget.md (scheduled, appears 2026-12-01 09:00 Europe/Kyiv)\n";
    assert!(told.contains(line), "{told}");
    let json = out(&bulletin(&site, &[&now[..], &["--format", "json"]].concat()));
    let report: serde_json::Value =
        serde_json::from_str(json.lines().last().expect("a report")).expect("JSON");
    let held = report["held_back"].as_array().expect("a list").iter();
    let budget = held.filter(|held| held["file"] == "content/briefings/budget.md").collect::<Vec<_>>();
    assert_eq!(budget[0]["appears"], "2026-12-01T07:00:00Z");
    let later = out(&bulletin(&site, &["build", "--now", "2026-12-01T07:00:00Z"]));
    assert!(!later.contains("budget.md"), "{later}");
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_to_type() {
    let (folder, site) = desk();
    let said = |folder: &Path, arguments: &[&str]| {
        let output = bulletin(folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        err(&output)
    };
    assert!(said(&site, &["biuld"]).contains("'build'"));
    assert!(said(folder.path(), &["build"]).contains("bulletin init"));
    assert!(said(folder.path(), &["init", "desk"]).contains("not empty"));
    assert!(said(&site, &["init", "x", "--timezone", "Kyiv"]).contains("Europe/Kyiv"));
    assert!(said(&site, &["build", "--now", "tomorrow"]).contains("2026-12-01T09:00:00+02:00"));
    assert!(said(&site, &["build", "--base-url", "example.org"]).contains("https://"));
    assert!(said(&site, &["new", "x", "--in", "breifings"]).contains("did you mean briefings?"));
    assert!(said(&site, &["new", "x", "--in", "people"]).contains("no collection"));
    assert!(said(&site, &["new", "…"]).contains("headline"));
    assert!(said(&site, &["new", "x", "--kind", "bref"]).contains("kind"));
}

#[test]
fn the_address_can_come_from_the_environment() {
    let (_folder, site) = desk();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bulletin"));
    command.current_dir(&site).arg("build").env("BULLETIN_BASE_URL", "https://preview.example/desk/");
    assert!(command.output().expect("the program starts").status.success());
    let feed = fs::read_to_string(site.join("public/feed.xml")).expect("there is a feed");
    assert!(feed.contains("https://preview.example/desk/briefings/"), "{feed}");
}

#[test]
fn what_an_output_is_made_from_and_that_it_is_right() {
    let (_folder, site) = desk();
    let said = |arguments: &[&str]| {
        let ran = bulletin(&site, arguments);
        (ran.status.code(), out(&ran) + &err(&ran))
    };
    assert_eq!(said(&["build"]).0, Some(0));
    let (code, text) = said(&["build", "--verify"]);
    assert!(code == Some(0) && text.contains("of a clean build\n"), "{text}");
    fs::write(site.join("public/by-hand.txt"), "x").expect("a file can be written");
    let (_, text) = said(&["build", "--verify", "--timings"]);
    assert!(text.contains("; 1 file is there that Bulletin did not write"), "{text}");
    assert!(text.contains("compare") && text.contains(" ms\n"), "{text}");
    let (code, text) = said(&["why", "/"]);
    assert!(code == Some(0) && text.contains("template home.html (+ base.html"), "{text}");
    assert_eq!(said(&["why", "public/index.html"]), (code, text));
    let (code, text) = said(&["why", "nowhere.html"]);
    assert!(code == Some(2) && text.contains("the site has no output nowhere.html"), "{text}");
    fs::write(site.join("content/later.md"), "+++\ntitle = \"L\"\ndraft = true\n+++\n").expect("written");
    let (code, text) = said(&["why", "content/later.md"]);
    assert!(code == Some(2) && text.contains("held back (draft)"), "{text}");
    fs::write(site.join("content/later.md"), "+++\ntitel = \"L\"\n+++\n").expect("written");
    let (code, text) = said(&["why", "/"]);
    assert!(code == Some(0) && text.contains("the next build makes nothing"), "{text}");
}
