//! A build that dies: killed at any moment, or with no room left, with a ledger and without. The output is never
//! half-written, no page that was good is lost, and the next build finishes; the one after it has nothing to do.
//!
//! When exactly a build dies is not in our hands; what is asserted holds for every moment.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

mod scratch;

use std::process::{Child, Command};
use std::time::Duration;

use bulletin::engine::{Destination, Request};
use scratch::{Files, NOW, PROGRAM, Site, assert_same, files, page, ran};

fn large(pages: usize) -> Site {
    let mut site = Site::new().plain_theme();
    for number in 0..pages {
        let front_matter = format!(
            "title = \"Item {number}\"\ndate = 2026-01-{:02}\ntopics = [\"t{}\"]",
            1 + number % 28,
            number % 7
        );
        site = site.briefing(&format!("news/item-{number}.md"), &front_matter, "Some text.");
    }
    site
}

/// Changes every output, takes some away and adds others.
fn turn(site: &Site, turn: usize) {
    let title = ["Desk", "Bureau"][turn % 2];
    site.edit("site.toml", |text| {
        text.replace("\"Desk\"", "\"X\"")
            .replace("\"Bureau\"", "\"X\"")
            .replace("\"X\"", &format!("\"{title}\""))
    });
    for number in 0..100 {
        let path = format!("content/news/item-{number}.md");
        match turn % 2 {
            1 => site.delete(&path),
            _ => site
                .write(&path, page("title = \"Back again\"\ndate = 2026-01-01\ntopics = [\"t1\"]", "Text.")),
        }
    }
}

/// When to kill.
enum Moment {
    AfterMs(u64),
    /// As soon as something is staged.
    Staging,
    /// As soon as the first file was replaced.
    Committing,
}

fn kill(site: &Site, mut child: Child, moment: &Moment, old: &Files) {
    let first = old.keys().find(|path| !path.starts_with('.')).expect("there are outputs");
    let reached = || match moment {
        Moment::AfterMs(wait) => {
            std::thread::sleep(Duration::from_millis(*wait));
            true
        }
        Moment::Staging => site.path(".public.bulletin-staging").exists(),
        Moment::Committing => std::fs::read(site.path("public").join(first)).ok().as_ref() != old.get(first),
    };
    while child.try_wait().unwrap().is_none() && !reached() {
        std::thread::yield_now();
    }
    child.kill().ok();
    child.wait().unwrap();
}

#[test]
fn a_build_that_is_killed_leaves_every_file_whole_and_the_next_one_finishes() {
    let site = large(300);
    site.run(&[]).ended(0, &["300 pages"]);
    let mut moments: Vec<Moment> = [1, 30, 100, 250].map(Moment::AfterMs).into();
    moments.extend([Moment::Staging, Moment::Committing, Moment::Committing]);
    let mut mixed = 0;
    for (number, moment) in (1..).zip(&moments) {
        let old = site.output();
        turn(&site, number);
        let new = site.clean(NOW);
        assert_ne!(old, new);
        kill(&site, site.start(&[]), moment, &old);
        let left = site.output();
        assert_whole(&old, &left, &new);
        mixed += usize::from(left != old && left != new);
        assert_finished(&site, &new);
    }
    println!("{mixed} of {} builds were killed in the middle of putting files in place", moments.len());
}

/// Every file that is left is of the old site or of the new one, and what both have is there.
#[track_caller]
fn assert_whole(old: &Files, left: &Files, new: &Files) {
    for (path, bytes) in left.iter().filter(|(path, _)| *path != ".bulletin") {
        let whole = old.get(path) == Some(bytes) || new.get(path) == Some(bytes);
        assert!(whole, "{path} is neither old nor new: {:?}", String::from_utf8_lossy(bytes));
    }
    let lost: Vec<&String> =
        old.keys().filter(|path| new.contains_key(*path) && !left.contains_key(*path)).collect();
    assert_eq!(lost, Vec::<&String>::new(), "a page of both sites was lost");
}

/// The next build is right whatever the ledger says, and what it says then is right too.
#[track_caller]
fn assert_finished(site: &Site, new: &Files) {
    site.run(&[]).ended(0, &[]);
    assert_same(new, &site.output());
    assert!(!site.path(".public.bulletin-staging").exists());
    let after = site.build_soundly(NOW);
    assert_eq!((after.report.made.len(), after.report.notice), (0, None), "there was something left to do");
    assert_same(new, &after.files);
}

/// An edit of one kind, each turn another: a body, a title, all titles, a page that comes or goes, what all pages show.
fn edit(site: &Site, turn: usize) {
    let path = format!("content/news/item-{}.md", turn % 40);
    match turn % 5 {
        0 => site.edit(&path, |text| text + "More.\n"),
        1 => site.edit(&path, |text| text.replace("title = \"Item", "title = \"Items")),
        2 => (0..40).for_each(|number| {
            let path = format!("content/news/item-{number}.md");
            site.edit(&path, |text| text.replace("topics = [\"t", "topics = [\"t1"));
        }),
        3 if turn.is_multiple_of(2) => site.delete(&format!("content/news/item-{}.md", 50 + turn / 10)),
        3 => site.write(
            &format!("content/news/new-{turn}.md"),
            page("title = \"New\"\ndate = 2026-01-09", "Text."),
        ),
        _ => site.edit("site.toml", |text| text.replace("title = \"Desk", "title = \"Desk+")),
    }
}

/// How long to wait before the kill: scattered, and the same each time.
fn wait(turn: usize) -> Duration {
    let digest = bulletin::digest::Digest::of(&turn.to_le_bytes()).to_bytes();
    Duration::from_micros(u64::from(u16::from_le_bytes([digest[0], digest[1]])) * 3)
}

#[test]
fn killed_at_fifty_moments_of_cold_and_incremental_builds() {
    let site = large(60);
    site.run(&[]).ended(0, &["60 pages"]);
    let mut cut = 0;
    for turn in 0..50 {
        let mut old = site.output();
        edit(&site, turn);
        let new = site.clean(NOW);
        assert_ne!(old, new);
        // Every other time the output is gone, every fourth the ledger too.
        if turn % 2 == 1 {
            std::fs::remove_dir_all(site.path("public")).unwrap();
            old.clear();
        }
        if turn % 4 == 3 {
            std::fs::remove_dir_all(site.path(".bulletin")).unwrap();
        }
        let mut child = site.start(&[]);
        std::thread::sleep(wait(turn));
        child.kill().ok();
        cut += usize::from(!child.wait().unwrap().success());
        let left = site.output();
        if !left.is_empty() {
            assert_whole(&old, &left, &new);
        }
        assert_finished(&site, &new);
    }
    println!("{cut} of 50 builds were killed before they ended");
}

#[test]
fn a_commit_that_was_cut_off_is_finished_wherever_it_stopped() {
    let site =
        Site::new().plain_theme().briefing("a.md", "title = \"A\"", "").briefing("b.md", "title = \"B\"", "");
    let old = site.build_soundly(NOW).files;
    site.delete("content/a.md");
    site.write("content/c.md", page("title = \"C\"", ""));
    site.edit("site.toml", |text| text.replace("\"Desk\"", "\"Bureau\""));
    let new = site.clean(NOW);
    let list = |files: &Files| -> Vec<String> {
        String::from_utf8(files[".bulletin"].clone()).unwrap().lines().map(str::to_string).collect()
    };
    let (header, mut both) = (list(&old)[0].clone(), [&list(&old)[1..], &list(&new)[1..]].concat());
    both.sort();
    both.dedup();
    let steps: Vec<&String> = new.keys().filter(|path| old.get(*path) != new.get(*path)).collect();
    assert!(steps.len() > 4, "{steps:?}");
    for done in 0..=steps.len() {
        std::fs::remove_dir_all(site.path("public")).unwrap();
        for (path, bytes) in &old {
            let gone = done > 0 && !new.contains_key(path);
            if !gone {
                site.write(&format!("public/{path}"), bytes);
            }
        }
        steps[..done].iter().for_each(|path| site.write(&format!("public/{path}"), &new[*path]));
        site.write("public/.bulletin", format!("{header}\n{}\n", both.join("\n")));
        site.write(".public.bulletin-staging/half/written.html", "<htm");
        assert_finished(&site, &new);
    }
}

/// A limit on the size of files stands for a full disk: writing fails in the middle.
#[test]
fn a_write_that_fails_leaves_the_last_output_alone() {
    let site = Site::new().plain_theme().briefing("a.md", "title = \"A\"", "Text.");
    let old = site.build_soundly(NOW).files;
    site.write("content/large.bin", vec![7; 4 << 20]);
    site.edit("content/a.md", |text| text + "More.\n");
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 1024; exec \"$0\" \"$@\"", PROGRAM, "build", "--now", NOW]);
    let failed = ran(limited.arg("--root").arg(site.root()));
    failed.ended(3, &["cannot write", "large.bin"]);
    assert_same(&old, &site.output());
    assert!(!site.path(".public.bulletin-staging").exists(), "half a site was left behind");
    site.run(&[]).ended(0, &["2 written"]);
    assert_same(&site.clean(NOW), &site.output());
}

/// A file system of its own, taken away at the end.
struct Mount<'s>(&'s std::path::Path);

impl<'s> Mount<'s> {
    fn new(folder: &'s std::path::Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(folder).ok()?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(folder);
        mount.output().is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

impl Mount<'_> {
    /// Nothing can be written there, or again.
    fn allow(&self, what: &str) -> bool {
        let mut mount = Command::new("mount");
        mount.args(["-o", &format!("remount,{what}")]).arg(self.0);
        mount.output().is_ok_and(|output| output.status.success())
    }
}

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        Command::new("umount").arg(self.0).status().ok();
    }
}

#[test]
fn a_full_disk_leaves_the_last_output_alone() {
    let site = Site::new().plain_theme().briefing("a.md", "title = \"A\"", "Text.");
    let folder = site.path("disk");
    let Some(_mount) = Mount::new(&folder, "2m") else {
        return println!("skipped: mounting a small file system is not allowed here");
    };
    // Beside the output there is room only once; the output may also be the file system itself.
    for output in ["disk/public", "disk"] {
        site.run(&["--output", output]).ended(0, &[]);
        let old = files(&site.path(output));
        site.write("content/large.bin", vec![7; 4 << 20]);
        site.edit("content/a.md", |text| text + "More.\n");
        site.run(&["--output", output]).ended(3, &["cannot write", "large.bin"]);
        assert_same(&old, &files(&site.path(output)));
        site.delete("content/large.bin");
        site.run(&["--output", output]).ended(0, &["1 written"]);
        assert_same(&site.clean(NOW), &files(&site.path(output)));
        std::fs::remove_dir_all(site.path("disk/public")).ok();
    }
}

#[test]
fn an_output_that_cannot_be_written_is_left_alone_and_not_forgotten() {
    let site = Site::new().plain_theme().briefing("a.md", "title = \"A\"", "Text.");
    let folder = site.path("disk");
    let Some(mount) = Mount::new(&folder, "2m") else {
        return println!("skipped: mounting a small file system is not allowed here");
    };
    let request = Request { destination: Destination::Folder("disk/public".into()), ..site.request(NOW) };
    site.built(&request).unwrap();
    let old = files(&site.path("disk/public"));
    assert!(mount.allow("ro"), "a mount can be made read-only");
    site.edit("content/a.md", |text| text + "More.\n");
    site.run(&["--output", "disk/public"]).ended(3, &["cannot"]);
    assert_same(&old, &files(&site.path("disk/public")));
    assert!(mount.allow("rw"), "and writable again");
    let after = site.built(&request).unwrap();
    assert_eq!(after.report.made, ["a/index.html"]);
    assert_same(&site.clean(NOW), &after.files);
}

#[test]
fn no_room_for_the_ledger_is_no_reason_to_fail() {
    let mut site = Site::new().plain_theme();
    let cache = site.path(".bulletin");
    let Some(_mount) = Mount::new(&cache, "1m") else {
        return println!("skipped: mounting a small file system is not allowed here");
    };
    site = site.briefing("a.md", "title = \"A\"", "Text.");
    site.run(&[]).ended(0, &[]);
    // It fails when there is no room left, which is what is wanted.
    std::fs::write(cache.join("large.bin"), vec![7; 2 << 20]).ok();
    for turn in ["b", "c"] {
        // Terms without number, so that the ledger needs more than there is.
        let names: Vec<String> = (0..50).map(|number| format!("\"{turn} {number}\"")).collect();
        let front = format!("title = \"B\"\ndate = 2026-01-01\ntopics = [{}]", names.join(", "));
        site = site.briefing(&format!("news/{turn}.md"), &front, "Text.");
        site.run(&[]).ended(0, &[]);
        assert_same(&site.clean(NOW), &site.output());
    }
    std::fs::remove_file(cache.join("large.bin")).unwrap();
    assert_finished(&site, &site.clean(NOW));
}
