//! Two deploys at once: one of them is refused, and one that was left behind does not bar the way for ever.

use std::sync::mpsc;
use std::time::Duration;

use crate::desk::{Deed, Desk, OWN};
use crate::faults::published;
use crate::judge::{Judge, assert_published};
use crate::proxy::{Asked, Treatment};
use crate::s3::Bucket;

const LEASE: &str = ".bulletin/lease";

fn is_page(asked: &Asked) -> bool {
    asked.method == "PUT" && asked.path.contains("/news/item-")
}

fn looks_at_the_lease(desk: &Desk) -> usize {
    desk.deeds().into_iter().filter(|deed| *deed == Deed::Read(LEASE.to_string())).count()
}

#[test]
fn a_second_deploy_is_refused_while_one_is_writing() {
    let Some((desk, mut judge)) = published("second") else { return };
    let colleague = desk.colleague();
    desk.turn(1);
    // The first page waits until the colleague has been told.
    let (reached, is_reached) = mpsc::channel();
    let (told, is_told) = mpsc::channel::<()>();
    let mut gate = Some((reached, is_told));
    desk.proxy().treat(move |_, asked| match gate.take_if(|_| is_page(asked)) {
        None => Treatment::Pass,
        Some((reached, is_told)) => {
            reached.send(()).ok();
            Treatment::Later(is_told)
        }
    });
    let child = desk.start(&[]);
    is_reached.recv().expect("it sends a page");
    colleague.turn(1);
    colleague.deploy(&[]).ended(2, &["another deploy is writing to s3://", "nothing was changed"]);
    assert!(colleague.sent().is_empty() && colleague.deleted().is_empty());
    desk.deploy(&[]).ended(2, &["another deploy of this site is writing to s3://"]);
    told.send(()).expect("somebody waits for it");
    assert!(child.wait_with_output().unwrap().status.success());
    judge.next(desk.made());
    judge.assert_finished(&desk.place.files(), "the first of two");
    colleague.deploy(&[]).ended(0, &["nothing to send"]);
}

#[test]
fn a_lease_that_somebody_left_behind_is_taken_over_once_it_stands_still() {
    let Some((desk, mut judge)) = published("behind") else { return };
    desk.turn(1);
    let mut pages = 0;
    desk.proxy().treat(move |_, asked| {
        pages += usize::from(is_page(asked));
        if pages > 1 { Treatment::CutBefore } else { Treatment::Pass }
    });
    let mut child = desk.start(&[]);
    let is_cut =
        || desk.proxy().log().iter().any(|asked| is_page(asked) && asked.status.is_none()).then_some(());
    crate::scratch::served::waited(is_cut).expect("it sends pages");
    child.kill().unwrap();
    child.wait().unwrap();
    desk.proxy().settle();
    judge.next(desk.made());
    judge.assert_consistent(&desk.place.files(), "left behind");
    assert!(desk.place.files().contains_key(LEASE));
    let colleague = desk.colleague();
    colleague.deploy(&[]).ended(0, &["readers see"]);
    assert!(looks_at_the_lease(&colleague) >= 10, "{:?}", colleague.deeds());
    judge.assert_finished(&desk.place.files(), "taken over");
}

#[test]
fn two_that_begin_together_end_in_one_site() {
    let Some(place) = Bucket::new("together") else { return };
    let desk = Desk::at(place);
    desk.found();
    let mut judge = Judge::of(desk.made());
    let colleague = desk.colleague();
    for turn in 1..=4 {
        // Every other time at a host that writes whatever the condition.
        let ignore = turn % 2 == 0;
        for one in [&desk, &colleague] {
            one.turn(turn);
            one.proxy().treat(
                move |_, _| {
                    if ignore { Treatment::Without("If-None-Match") } else { Treatment::Pass }
                },
            );
        }
        let both = [&desk, &colleague].map(|one| one.start(&[]));
        for child in both {
            let output = child.wait_with_output().unwrap();
            let (code, said) = (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned());
            assert!(code == Some(0) || (code == Some(2) && said.lines().count() == 1), "{code:?} {said}");
        }
        judge.next(desk.made());
        judge.assert_consistent(&desk.place.files(), &format!("turn {turn} of two"));
        desk.deploy(&[]).ended(0, &[]);
        judge.assert_finished(&desk.place.files(), &format!("after turn {turn} of two"));
    }
}

#[test]
fn a_host_that_writes_whatever_the_condition_is_told_of() {
    let Some(place) = Bucket::new("unconditional") else { return };
    let desk = Desk::at(place);
    desk.proxy().treat(|_, _| Treatment::Without("If-None-Match"));
    desk.deploy(&["--first"]).ended(0, &["note: s3://", "does not keep the conditions of a request"]);
    assert_published(&desk);
    desk.edit(1, 1);
    let told = desk.deploy(&["--format", "json"]);
    let last: serde_json::Value =
        serde_json::from_str(told.ended(0, &[]).out.lines().last().unwrap()).unwrap();
    assert_eq!(last["notices"].as_array().unwrap().len(), 1, "{last}");
    assert_published(&desk);
    // And one that keeps them is not.
    desk.edit(1, 2);
    desk.proxy().pass();
    assert_eq!(desk.deploy(&[]).ended(0, &[]).err, "");
}

#[test]
fn a_lease_is_renewed_while_files_are_deleted_slowly() {
    let Some((desk, mut judge)) = published("slow") else { return };
    desk.remove(5);
    desk.proxy().treat(|_, asked| match asked.method == "DELETE" && asked.path.contains("/item-5/") {
        true => Treatment::Slowly(Duration::from_millis(1600)),
        false => Treatment::Pass,
    });
    desk.deploy(&[]).ended(0, &["1 deleted"]);
    let deeds = desk.deeds();
    let since =
        deeds.iter().skip_while(|deed| !matches!(deed, Deed::Deleted(path) if !path.starts_with(OWN)));
    let own: Vec<&Deed> = since.skip(1).take(2).collect();
    assert_eq!(own, [&Deed::Read(LEASE.to_string()), &Deed::Sent(LEASE.to_string())]);
    judge.next(desk.made());
    judge.assert_finished(&desk.place.files(), "slowly");
}
