//! Files that change while a build runs: what was decided of the old bytes is not applied to the new ones, and nothing is
//! remembered of a state that was only seen in part.
//!
//! The build says how far it is, and at a chosen step somebody writes: no clock decides who comes first.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scratch;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use bulletin::engine::{self, Progress, Stop};
use scratch::{NOW, Site, assert_same};

/// Writes a file when a stage has made so many steps.
struct Somebody {
    path: PathBuf,
    bytes: Vec<u8>,
    stage: &'static str,
    /// Steps of the stage that are left before somebody writes; out of reach until the stage begins.
    left: AtomicUsize,
    /// At the last step, or at the first.
    when: When,
}

#[derive(PartialEq)]
enum When {
    AtTheBeginning,
    AtTheEnd,
}

impl Somebody {
    fn write(&self) {
        fs::write(&self.path, &self.bytes).unwrap();
    }
}

impl Progress for Somebody {
    fn begin(&self, stage: &'static str, steps: usize) {
        self.left.store(usize::MAX, Ordering::Relaxed);
        if stage == self.stage {
            self.left.store(steps, Ordering::Relaxed);
            if self.when == When::AtTheBeginning {
                self.write();
            }
        }
    }

    fn step(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 && self.when == When::AtTheEnd {
            self.write();
        }
    }
}

fn site() -> Site {
    Site::new()
        .plain_theme()
        .briefing("a.md", "title = \"A\"", "Text.")
        .briefing("news/b.md", "title = \"B\"\nsummary = \"s\"\ndate = 2026-01-01", "Text.")
        .file("content/_redirects", "/x /a/ 301\n")
        .file("content/map.bin", "map")
        .file("themes/site/templates/404.html", "Nothing here.\n")
}

/// Builds while `path` changes, undoes the change, and builds again.
fn changes_and_changes_back(path: &str, stage: &'static str, when: When) {
    let site = site();
    site.build_soundly(NOW);
    // All of it must be made again.
    site.edit("site.toml", |text| text.replace("https://example.org/", "https://example.org/desk/"));
    site.edit("content/a.md", |text| text + "More.\n");
    site.edit("themes/site/templates/404.html", |text| text + "At all.\n");
    let old = fs::read(site.path(path)).unwrap();
    let bytes = [&old[..], b"x"].concat();
    let somebody = Somebody { path: site.path(path), bytes, stage, left: AtomicUsize::new(usize::MAX), when };
    let request = engine::Request { threads: Some(1), ..site.request(NOW) };
    match engine::run(&request, &somebody) {
        Err(Stop::Fault(fault)) => {
            assert!(fault.to_string().contains("build again"), "{fault}");
        }
        other => panic!("{path} changed, and nobody noticed: {other:?}"),
    }
    fs::write(site.path(path), old).unwrap();
    site.build_soundly(NOW);
    assert_same(&site.clean(NOW), &site.output());
}

#[test]
fn a_template_that_changes_after_it_was_compared() {
    changes_and_changes_back("themes/site/templates/404.html", "reading", When::AtTheEnd);
}

#[test]
fn rules_of_redirects_that_change_before_they_are_made() {
    changes_and_changes_back("content/_redirects", "making", When::AtTheBeginning);
}

#[test]
fn a_file_that_changes_before_it_is_copied() {
    let site = site();
    site.build_soundly(NOW);
    // The output holds other bytes than the file, which becomes the same just before it is looked at.
    site.write("content/map.bin", "new");
    let somebody = Somebody {
        path: site.path("content/map.bin"),
        bytes: b"map".to_vec(),
        stage: "making",
        left: AtomicUsize::new(usize::MAX),
        when: When::AtTheBeginning,
    };
    let stopped = engine::run(&site.request(NOW), &somebody);
    assert!(matches!(stopped, Err(Stop::Fault(_))), "{stopped:?}");
    site.write("content/map.bin", "new");
    site.build_soundly(NOW);
    assert_same(&site.clean(NOW), &site.output());
}

#[test]
fn a_page_that_changes_before_it_is_made() {
    changes_and_changes_back("content/a.md", "making", When::AtTheBeginning);
}
