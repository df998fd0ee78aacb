//! Deploys that are broken off, one after another: what one of them did is known to the next, also if that is broken off too.

use std::fs;
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::thread;

use bulletin::digest::Digest;

use crate::desk::{Deed, Desk, briefing};
use crate::faults::{published, refusing};
use crate::judge::{Judge, assert_published};
use crate::proxy::Treatment;
use crate::s3::Bucket;
use crate::scratch::page;
use crate::scratch::served::waited;

/// On which side of the server's deed somebody is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// Deploys, and is killed at a request.
fn killed(desk: &Desk, at: usize, side: Side) {
    let running: Arc<Mutex<Option<Child>>> = Arc::default();
    let victim = Arc::clone(&running);
    desk.proxy().treat(move |number, _| {
        if number != at {
            return Treatment::Pass;
        }
        let victim = Arc::clone(&victim);
        let kill = move || drop(victim.lock().unwrap().as_mut().map(Child::kill));
        match side {
            Side::Before => {
                kill();
                Treatment::CutBefore
            }
            Side::After => Treatment::Then(Box::new(kill)),
        }
    });
    *running.lock().unwrap() = Some(desk.start(&[]));
    waited(|| running.lock().unwrap().as_mut()?.try_wait().unwrap()).expect("it was killed or has ended");
    desk.proxy().settle();
}

/// A number below another, the same in each run.
fn chance(seed: usize, below: usize) -> usize {
    let digest = Digest::of(&seed.to_le_bytes()).to_bytes();
    usize::from(u16::from_le_bytes([digest[0], digest[1]])) % below
}

/// Nobody watched whether the lease of the one that was killed stands still.
#[track_caller]
fn assert_at_once(desk: &Desk, when: &str) {
    let looks =
        desk.deeds().into_iter().filter(|deed| *deed == Deed::Read(".bulletin/lease".to_string())).count();
    assert!(looks < 12, "{when}: {looks} looks at the lease");
}

/// So many, by several desks at a time.
const MOMENTS: usize = 30;
const DESKS: usize = 5;

#[test]
fn killed_at_thirty_moments() {
    thread::scope(|scope| {
        for worker in 0..DESKS {
            scope.spawn(move || killed_at((0..MOMENTS).filter(|moment| moment % DESKS == worker)));
        }
    });
}

fn killed_at(moments: impl Iterator<Item = usize>) {
    let moments: Vec<usize> = moments.collect();
    let Some((desk, mut judge)) = published(&format!("killed-{}", moments[0])) else { return };
    for (turn, moment) in moments.into_iter().enumerate() {
        desk.turn(turn + 1);
        let (at, side) = (1 + chance(moment, 36), [Side::Before, Side::After][moment % 2]);
        let when = format!("moment {moment}: killed {side:?} request {at}");
        killed(&desk, at, side);
        judge.next(desk.made());
        judge.assert_consistent(&desk.place.files(), &when);
        // Every third is killed again before it is whole.
        if moment % 3 == 0 {
            killed(&desk, 1 + chance(moment + 100, 36), side);
            judge.assert_consistent(&desk.place.files(), &when);
        }
        desk.proxy().pass();
        desk.deploy(&[]).ended(0, &[]);
        assert_at_once(&desk, &when);
        judge.assert_finished(&desk.place.files(), &when);
    }
}

#[test]
fn killed_in_the_very_first_deploy() {
    let Some(place) = Bucket::new("newborn") else { return };
    let desk = Desk::at(place);
    let judge = Judge::of(desk.built());
    for at in [4, 9, 20, 30] {
        desk.proxy()
            .treat(move |number, _| if number >= at { Treatment::CutBefore } else { Treatment::Pass });
        let mut child = desk.start(&["--first"]);
        waited(|| Some(()).filter(|()| desk.proxy().log().len() > at)).expect("it asks");
        child.kill().ok();
        child.wait().unwrap();
        desk.proxy().settle();
        judge.assert_consistent(&desk.place.files(), &format!("request {at} of the first deploy"));
    }
    desk.proxy().pass();
    // It never came to a record, so that nobody need say again that it is the first.
    desk.deploy(&[]).ended(0, &["readers see"]);
    judge.assert_finished(&desk.place.files(), "after the first deploys");
}

/// A page that a deploy sent before it was broken off has other bytes than the list of what stands there says.
#[test]
fn two_that_are_broken_off_and_then_everything_as_it_was() {
    let Some((desk, judge)) = published("undone") else { return };
    let as_it_was = fs::read_to_string(desk.site.path(&briefing(1))).unwrap();
    desk.edit(1, 1);
    desk.proxy().treat(refusing("feed.xml", "403 Forbidden"));
    desk.deploy(&[]).ended(3, &["feed.xml"]);
    desk.edit(2, 1);
    desk.proxy().treat(refusing("news/item-2/index.html", "403 Forbidden"));
    desk.deploy(&[]).ended(3, &["item-2"]);
    desk.site.write(&briefing(1), as_it_was);
    desk.site.edit(&briefing(2), |text| {
        text.replace("Text of turn 1.", "Text.")
            .lines()
            .filter(|line| !line.starts_with("updated"))
            .fold(String::new(), |text, line| text + line + "\n")
    });
    desk.proxy().pass();
    desk.deploy(&[]).ended(0, &[]);
    judge.assert_finished(&desk.place.files(), "as it was");
}

/// A page that only deploys which were broken off knew of.
#[test]
fn a_page_that_was_never_published_does_not_stay() {
    let Some((desk, _)) = published("never") else { return };
    desk.edit(9, 1);
    desk.proxy().treat(refusing("feed.xml", "403 Forbidden"));
    desk.deploy(&[]).ended(3, &["feed.xml"]);
    assert!(desk.published().contains_key("news/item-9/index.html"));
    fs::remove_file(desk.site.path(&briefing(9))).unwrap();
    desk.edit(2, 1);
    desk.proxy().treat(refusing("news/item-2/index.html", "403 Forbidden"));
    desk.deploy(&[]).ended(3, &["item-2"]);
    desk.proxy().pass();
    desk.deploy(&[]).ended(0, &["1 deleted"]);
    assert_published(&desk);
}

/// Such a page is remembered under another name, and is still the same page.
#[test]
fn a_page_that_becomes_unlisted_in_a_deploy_that_is_broken_off() {
    let Some((desk, _)) = published("unlisted") else { return };
    let front =
        |more: &str| page(&format!("title = \"Told\"\nsummary = \"S.\"\ndate = 2026-01-09\n{more}"), "Text.");
    desk.site.write("content/news/told.md", front(""));
    desk.deploy(&[]).ended(0, &["1 created"]);
    desk.site.write("content/news/told.md", front("unlisted = true"));
    desk.proxy().treat(refusing("feed.xml", "403 Forbidden"));
    desk.deploy(&[]).ended(3, &["feed.xml"]);
    desk.proxy().pass();
    desk.deploy(&[]).ended(0, &["0 deleted"]);
    assert!(desk.published().contains_key("news/told/index.html"));
    assert_eq!(desk.deleted(), [""; 0]);
}
