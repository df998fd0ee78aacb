//! A folder of releases: what others put there, what a deploy that was killed left there, and who may read it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

mod scratch;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use scratch::press::{self, CALL, command, corrected, deploy};
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
fn releases_that_nobody_is_shown_any_more_are_kept() {
    let site = published();
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    let second = seen(&site);
    fs::remove_file(site.path("www/current")).unwrap();
    site.edit(CALL, |text| text.replace("topics = [\"talks\"]", "topics = [\"walks\"]"));
    deploy(&site, &["--first"]).ended(0, &[]);
    deploy(&site, &["--rollback"]).ended(0, &["releases/000002 again"]);
    assert_same(&seen(&site), &second);
}

#[test]
fn the_way_back_is_not_taken_by_settings_with_mistakes() {
    let site = published();
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    site.edit("site.toml", |text| text.replace("to = \"www\"", "to = \"www\"\nkeeep = 3"));
    deploy(&site, &["--rollback"]).ended(2, &["the settings have mistakes", "bulletin check"]);
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

/// The files of the site alone, without those that a build or a deploy puts beside them.
fn site_in(mut files: Files) -> Files {
    for own in [".bulletin", "SHA256SUMS", "_headers"] {
        files.remove(own);
    }
    files
}

/// Kills a deploy when it has come so far; whether it had not ended by then.
fn killed(site: &Site, far: impl Fn() -> bool) -> bool {
    let mut child =
        command(site, &["--allow-shrink"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while child.try_wait().unwrap().is_none() && !far() {
        std::thread::yield_now();
    }
    let runs = child.try_wait().unwrap().is_none();
    child.kill().ok();
    child.wait().unwrap();
    runs
}

#[test]
fn a_deploy_that_is_killed_leaves_the_old_release_or_the_new_one_and_the_next_finishes() {
    let site = desk().settings("keep = 3\n[outputs]\nrecord = false");
    for number in 0..150 {
        let front_matter = format!("title = \"Item {number}\"\ndate = 2026-03-01\nsummary = \"s\"");
        site.write(&format!("content/items/{number}.md"), page(&front_matter, "Text."));
    }
    deploy(&site, &[]).ended(0, &[]);
    let making = site.path("www/releases/.making");
    let count = |folder: &PathBuf| walkdir::WalkDir::new(folder).into_iter().count();
    let mut alive = 0;
    for turn in 0..12 {
        let before = seen(&site);
        site.edit("site.toml", |text| {
            text.replace("Desk", "Bureau").replacen("title = \"", &format!("title = \"{turn} "), 1)
        });
        let started = site.path(&format!("www/releases/{:06}", turn + 2));
        let runs = killed(&site, || match turn % 4 {
            0 => making.exists(),
            1 => count(&making) > 40,
            2 => count(&making) > 150,
            _ => started.exists(),
        });
        alive += usize::from(runs);
        let whole = seen(&site) == before || site_in(seen(&site)) == site_in(site.output());
        assert!(whole, "readers see half of a release after turn {turn}");
        deploy(&site, &[]).ended(0, &[]);
        assert_same(&site_in(seen(&site)), &site_in(site.output()));
        assert!(!making.exists());
    }
    assert!(alive >= 3, "only {alive} deploys were killed before they had ended");
}
