//! The recipes for CI and timers in the README, done: their commands are run as they stand there.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(all(unix, feature = "fetch"))]

mod scratch;

use std::fs;
use std::path::Path;
use std::process::Command;

use scratch::press::{corrected, deploy};
use scratch::web::desk;
use scratch::{PROGRAM, Site, ran};

/// The commands of a recipe, in order.
fn commands(name: &str) -> Vec<String> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let mark = format!("<!-- recipe: {name} -->\n```");
    let (_, rest) = readme.split_once(&mark).unwrap_or_else(|| panic!("the README has no recipe {name}"));
    let (block, _) = rest.split_once("\n```").unwrap();
    let command = |line: &str| {
        let line = line.trim();
        ["- run: ", "- bulletin ", "ExecStart=/usr/bin/env "].into_iter().find_map(|before| {
            let rest = line.strip_prefix(before)?;
            Some(if before == "- bulletin " { format!("bulletin {rest}") } else { rest.to_string() })
        })
    };
    // The program is there already.
    block.lines().filter_map(command).filter(|line| !line.starts_with("cargo install ")).collect()
}

/// Runs the commands of a recipe in the folder of a site, as a runner does: each in a shell, until one fails.
fn done(site: &Site, name: &str) -> String {
    let programs = site.path("programs");
    fs::create_dir_all(&programs).unwrap();
    if !programs.join("bulletin").exists() {
        std::os::unix::fs::symlink(PROGRAM, programs.join("bulletin")).unwrap();
    }
    let commands = commands(name);
    assert!(!commands.is_empty(), "{name} runs nothing");
    let said = commands.iter().map(|command| {
        let mut shell = Command::new("sh");
        let line = format!("export PATH=\"{}:$PATH\"; {command}", programs.display());
        shell.args(["-e", "-c", &line]).current_dir(site.root()).env_remove("BULLETIN_BASE_URL");
        let ran = ran(&mut shell);
        ran.ended(0, &[]);
        ran.out
    });
    said.collect()
}

#[test]
fn each_recipe_publishes_what_changed() {
    for name in ["github", "gitlab", "systemd"] {
        let (site, url) = desk();
        deploy(&site, &["--first"]).ended(0, &[]);
        corrected(&site);
        let said = done(&site, name);
        let page = fs::read_to_string(site.path("www/current/news/2026-01-02-call/index.html")).unwrap();
        assert!(page.contains("They wrote."), "{name}: {said}");
        if name != "systemd" {
            assert!(said.contains("update  news/2026-01-02-call/index.html"), "{said}");
            assert!(said.contains(&format!("verified: {url}\n")), "{said}");
        }
        deploy(&site, &[]).ended(0, &["nothing to send"]);
    }
}

#[test]
fn what_a_runner_keeps_makes_the_next_build_as_small_as_the_edit() {
    let (site, _) = desk();
    deploy(&site, &["--first"]).ended(0, &[]);
    // A runner checks the site out anew, and puts what it kept beside it: other inodes, other times.
    let fresh = site.copy();
    for folder in [".bulletin", "public"] {
        let copied =
            Command::new("cp").arg("-r").arg(site.path(folder)).arg(fresh.path(folder)).status().unwrap();
        assert!(copied.success());
    }
    fresh.edit("content/news/2026-01-03-grid.md", |text| text.replace("Power is back.", "Power is off."));
    let report = ran(Command::new(PROGRAM)
        .args(["build", "--format", "json", "--now", scratch::NOW, "--root"])
        .arg(fresh.root()));
    let last: serde_json::Value = serde_json::from_str(report.out.lines().last().unwrap()).unwrap();
    // The page, the feeds that hold its text, and the record; of some twenty files.
    assert_eq!((last["sources_changed"].as_u64(), last["changed"].as_u64()), (Some(1), Some(6)), "{last}");
}
