//! A folder of releases: what others put there, what a deploy that was killed left there, and who may read it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

mod scratch;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use scratch::press::{self, command, corrected, deploy};
use scratch::{Files, Site, assert_same, files, page, ran};

fn desk() -> Site {
    press::desk("to = \"www\"")
}

fn published() -> Site {
    let site = desk();
    deploy(&site, &["--first"]).ended(0, &["created"]);
    site
}

fn seen(site: &Site) -> Files {
    files(&site.path("www/current").canonicalize().unwrap())
}

#[test]
fn what_others_put_among_the_releases_stays() {
    let site = desk().file("www/releases/000001/app.tar", "somebody else's");
    deploy(&site, &["--first"]).ended(2, &["holds no releases of Bulletin"]);
    assert!(site.path("www/releases/000001/app.tar").exists());
    let site = desk().file("elsewhere/000001/app.tar", "somebody else's");
    fs::create_dir(site.path("www")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", site.path("www/releases")).unwrap();
    deploy(&site, &["--first"]).ended(2, &["holds no releases of Bulletin"]);
    assert!(site.path("elsewhere/000001/app.tar").exists());
    // Beside releases that are ours, too.
    let site = published();
    site.write("www/releases/000007/app.tar", "somebody else's");
    site.write("www/releases/notes.txt", "somebody else's");
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    assert!(
        site.path("www/releases/000007/app.tar").exists() && site.path("www/releases/notes.txt").exists()
    );
}

#[test]
fn a_release_that_nobody_ever_saw_is_no_way_back() {
    let site = published();
    let first = seen(&site);
    // Killed between the last file and the link.
    let (old, new) = (site.path("www/releases/000001"), site.path("www/releases/000002"));
    assert!(Command::new("cp").arg("-r").args([&old, &new]).status().unwrap().success());
    fs::copy(site.path("www/releases/000001.standing"), site.path("www/releases/000002.standing")).unwrap();
    site.write("www/releases/000002/index.html", "never shown");
    std::os::unix::fs::symlink("releases/000002", site.path("www/.current.new")).unwrap();
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    deploy(&site, &["--rollback"]).ended(0, &["releases/000001 again"]);
    assert_same(&seen(&site), &first);
    assert!(!site.path("www/releases/000002").exists());
}

#[test]
fn a_first_deploy_that_was_killed_before_the_link_is_begun_anew() {
    let site = published();
    fs::remove_file(site.path("www/current")).unwrap();
    std::os::unix::fs::symlink("releases/000001", site.path("www/.current.new")).unwrap();
    deploy(&site, &["--first"]).ended(0, &["created"]);
    deploy(&site, &["--rollback"]).ended(2, &["keeps no release before"]);
    assert_eq!(fs::read_link(site.path("www/current")).unwrap().to_str(), Some("releases/000002"));
}

#[test]
fn a_web_server_that_is_another_user_can_read_what_somebody_careful_published() {
    let site = desk();
    let mut shell = Command::new("sh");
    let asked = command(&site, &["--first"]);
    shell.args(["-c", "umask 077; exec \"$0\" \"$@\""]).arg(asked.get_program()).args(asked.get_args());
    ran(shell.env_remove("BULLETIN_BASE_URL")).ended(0, &["created"]);
    for entry in walkdir::WalkDir::new(site.path("www/current").canonicalize().unwrap()) {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(
            mode,
            if entry.file_type().is_dir() { 0o755 } else { 0o644 },
            "{}",
            entry.path().display()
        );
    }
    let mode = |path: &str| fs::metadata(site.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("www"), mode("www/releases")), (0o755, 0o755));
}

#[test]
fn a_list_of_files_that_is_gone_stops_a_deploy_with_what_to_do() {
    let site = published();
    fs::remove_file(site.path("www/releases/000001.standing")).unwrap();
    deploy(&site, &[])
        .ended(2, &["000001.standing is missing or cannot be understood", "move the whole folder away"]);
}

#[test]
fn what_is_held_back_is_not_published_by_a_clock_that_goes_ahead() {
    let site = published();
    let front_matter = "title = \"Later\"\nsummary = \"s\"\nembargo = 2999-01-01T00:00:00Z";
    site.write("content/news/2026-01-06-later.md", page(front_matter, "Not yet."));
    let ahead = |more: &[&str]| {
        let mut command = Command::new(scratch::PROGRAM);
        command
            .arg("deploy")
            .arg("--root")
            .arg(site.root())
            .args(["--now", "3000-01-01T00:00:00Z"])
            .args(more);
        ran(command.env_remove("BULLETIN_BASE_URL"))
    };
    ahead(&[]).ended(2, &["--now lies in the future"]);
    ahead(&["--plan"]).ended(0, &["create  news/2026-01-06-later/index.html"]);
}

#[test]
fn the_address_of_the_settings_may_be_said_again() {
    let site = desk();
    deploy(&site, &["--first", "--base-url", "https://desk.test/"]).ended(0, &["created"]);
    deploy(&site, &[]).ended(0, &["nothing to send"]);
}

#[test]
fn a_name_from_elsewhere_does_not_move_the_cursor() {
    let site = published();
    site.edit("www/current/SHA256SUMS", |text| format!("{text}{:064}  red\u{1b}[31m\n", 0));
    let said = ran(Command::new(scratch::PROGRAM).args(["verify", "www"]).current_dir(site.root()));
    said.ended(1, &["red␛[31m: is missing"]);
}
