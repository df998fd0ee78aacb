//! The loop of the preview: what is built when, and what is told of it. The clock is the test's own.
#![cfg(feature = "serve")]

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use bulletin::engine::{Destination, PREVIEW_FOLDER, Profile, Progress, Request, Silent, Stop};
use bulletin::preview::watch::Mode;
use bulletin::preview::{Cause, Clock, Order, Preview, Rebuilt, Teller};
use jiff::Timestamp;

/// A clock that somebody sets. What it measures goes on by itself: else nothing would ever be over.
struct Hands {
    second: AtomicI64,
    ticks: AtomicU64,
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.second.load(Ordering::Relaxed)).expect("a second of this era")
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.ticks.fetch_add(1, Ordering::Relaxed))
    }
}

/// Writes down what is told.
#[derive(Default)]
struct Minutes {
    built: Vec<(Cause, Vec<String>)>,
    failed: Vec<String>,
}

impl Teller for Minutes {
    fn begin(&mut self) {}

    fn progress(&self) -> &dyn Progress {
        &Silent
    }

    fn rebuilt(&mut self, rebuilt: &Rebuilt<'_>) {
        let made = &rebuilt.report.made;
        // A look at files that found nothing is nobody's business.
        if rebuilt.cause != Cause::Files || !made.is_empty() {
            self.built.push((rebuilt.cause, made.clone()));
        }
    }

    fn failed(&mut self, stop: &Stop) {
        self.failed.push(format!("{stop:?}"));
    }

    fn serving(&mut self, _: &str) {}
    fn notice(&mut self, _: &str) {}
}

struct Desk {
    folder: tempfile::TempDir,
    clock: Hands,
}

const NINE: &str = "2026-12-01T07:00:00Z";
/// More turns than anything takes.
const TURNS_MAX: usize = 60;

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let second = AtomicI64::new(second(NINE) - 3_600);
        let desk = Self { folder, clock: Hands { second, ticks: AtomicU64::new(0) } };
        fs::create_dir_all(desk.at("content/briefings")).expect("a folder can be made");
        desk.write(
            "site.toml",
            "title = \"Desk\"\nbase_url = \"https://example.org/\"\ntimezone = \"Europe/Kyiv\"\n",
        );
        desk.write("content/briefings/old.md", &briefing("Old", "2026-11-01T09:00:00"));
        desk.write("content/briefings/coming.md", &briefing("Coming", "2026-12-01T09:00:00"));
        desk
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.at(path), text).expect("a file can be written");
    }

    fn order(&self, profile: Profile, output: &str) -> Order {
        let request = Request {
            root: self.folder.path().to_path_buf(),
            config: None,
            destination: Destination::Folder(output.into()),
            base_url: None,
            now: self.clock.now(),
            profile,
            threads: Some(2),
        };
        Order { request, mode: Mode::Automatic, shown: None }
    }
}

fn second(instant: &str) -> i64 {
    instant.parse::<Timestamp>().expect("an instant").as_second()
}

fn briefing(title: &str, date: &str) -> String {
    format!("+++\ntitle = \"{title}\"\nsummary = \"s\"\ndate = {date}\n+++\nText of {title}.\n")
}

/// Turns until something has come of it.
#[track_caller]
fn turn_until(preview: &mut Preview<'_>, minutes: &mut Minutes, come: impl Fn(&Minutes) -> bool) {
    for _ in 0..TURNS_MAX {
        if come(minutes) {
            return;
        }
        preview.turn(minutes);
    }
    panic!("nothing came of it: {:?} {:?}", minutes.built, minutes.failed);
}

#[test]
fn a_page_appears_at_its_instant_without_anybody_touching_a_file() {
    let desk = Desk::new();
    let mut minutes = Minutes::default();
    let order = desk.order(Profile::Public, "public");
    let mut preview = Preview::start(order, &desk.clock, &mut minutes).expect("the site can be built");
    let page = desk.at("public/briefings/coming/index.html");
    assert!(!page.exists());
    assert!(desk.at("public/briefings/old/index.html").exists());
    desk.clock.second.store(second(NINE), Ordering::Relaxed);
    turn_until(&mut preview, &mut minutes, |minutes| minutes.built.len() > 1);
    assert!(page.exists());
    let nine: Timestamp = NINE.parse().expect("an instant");
    assert_eq!(minutes.built[1].0, Cause::Instant(nine));
    // Once, and not again.
    preview.turn(&mut minutes);
    assert_eq!(minutes.built.len(), 2);
}

#[test]
fn a_save_is_built_and_told_and_a_backup_is_not() {
    let desk = Desk::new();
    let mut minutes = Minutes::default();
    let order = desk.order(Profile::Preview, PREVIEW_FOLDER);
    let mut preview = Preview::start(order, &desk.clock, &mut minutes).expect("the site can be built");
    assert_eq!(minutes.built[0].0, Cause::Start);
    let page = desk.at(".bulletin/preview/briefings/coming/index.html");
    assert!(page.exists(), "what is held back is shown");
    desk.write("content/briefings/coming.md~", "x");
    desk.write("content/briefings/coming.md", &briefing("Come", "2026-12-01T09:00:00"));
    turn_until(&mut preview, &mut minutes, |minutes| {
        minutes.built.iter().any(|(_, made)| made.contains(&"briefings/coming/index.html".to_string()))
            && minutes.built.len() > 1
    });
    assert!(fs::read_to_string(&page).expect("the page is there").contains("Text of Come."));
    assert!(minutes.failed.is_empty(), "{:?}", minutes.failed);
}

#[test]
fn an_output_that_somebody_deleted_or_edited_is_made_again_by_and_by() {
    let desk = Desk::new();
    let mut minutes = Minutes::default();
    let mut preview = Preview::start(desk.order(Profile::Public, "public"), &desk.clock, &mut minutes)
        .expect("it can be built");
    let (page, home) = (desk.at("public/briefings/old/index.html"), desk.at("public/index.html"));
    let good = [fs::read(&page).expect("it was made"), fs::read(&home).expect("it was made")];
    fs::remove_file(&page).expect("a file can be removed");
    desk.write("public/index.html", "not ours");
    desk.clock.ticks.fetch_add(60_000, Ordering::Relaxed);
    turn_until(&mut preview, &mut minutes, |minutes| minutes.built.len() > 1);
    assert_eq!([fs::read(&page).expect("it is back"), fs::read(&home).expect("it is there")], good);
    // And all of them.
    fs::remove_dir_all(desk.at("public")).expect("a folder can be removed");
    desk.clock.ticks.fetch_add(60_000, Ordering::Relaxed);
    turn_until(&mut preview, &mut minutes, |_| page.exists() && home.exists());
}

#[test]
fn settings_that_are_gone_are_told_and_the_site_goes_on_when_they_are_back() {
    let desk = Desk::new();
    let mut minutes = Minutes::default();
    let order = desk.order(Profile::Public, "public");
    let mut preview = Preview::start(order, &desk.clock, &mut minutes).expect("the site can be built");
    let settings = fs::read_to_string(desk.at("site.toml")).expect("the settings are there");
    fs::remove_file(desk.at("site.toml")).expect("a file can be removed");
    turn_until(&mut preview, &mut minutes, |minutes| !minutes.failed.is_empty());
    assert!(minutes.failed[0].contains("site.toml"), "{:?}", minutes.failed);
    // Meanwhile somebody writes on.
    desk.write("content/briefings/old.md", &briefing("Older", "2026-11-01T09:00:00"));
    desk.write("site.toml", &settings);
    let page = desk.at("public/briefings/old/index.html");
    let shows = |_: &Minutes| fs::read_to_string(&page).is_ok_and(|text| text.contains("Text of Older."));
    turn_until(&mut preview, &mut minutes, shows);
}
