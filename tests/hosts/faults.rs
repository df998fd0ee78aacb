//! Networks that fail: what readers find is consistent whenever a deploy is broken off, and the next one completes it.

use std::thread;
use std::time::Duration;

use crate::azure::Container;
use crate::desk::Desk;
use crate::judge::Judge;
use crate::message::Message;
use crate::place::Place;
use crate::proxy::{Asked, Treatment};
use crate::s3::Bucket;
use crate::scratch::Ran;
use crate::webdav::WebDav;

/// Desks that publish at a time, each to a bucket of its own.
const AT_ONCE: usize = 4;

/// A desk that has published once to S3, and the judge of what it publishes.
pub fn published(name: &str) -> Option<(Desk, Judge)> {
    Some(published_to(Bucket::new(name)?))
}

fn published_to(place: impl Place + 'static) -> (Desk, Judge) {
    let desk = Desk::at(place);
    desk.found();
    let judge = Judge::of(desk.made());
    (desk, judge)
}

/// Either it went well, or it ended with one line that names the place.
#[track_caller]
pub fn ended_well_or_told(desk: &Desk, ran: &Ran, when: &str) -> bool {
    if ran.code == Some(0) {
        return true;
    }
    ran.ended(3, &["error: cannot ", &desk.place.name()]);
    assert_eq!(ran.err.lines().count(), 1, "{when}: {}", ran.err);
    false
}

/// Deploys a turn of the site while something fails, and again while nothing does.
#[track_caller]
fn survives(
    (desk, judge): &mut (Desk, Judge),
    (turn, when): (usize, &str),
    mut fault: impl FnMut(usize) -> Treatment + Send + 'static,
) -> Ran {
    desk.turn(turn);
    desk.proxy().treat(move |number, _| fault(number));
    let ran = desk.deploy(&[]);
    desk.proxy().settle();
    judge.next(desk.made());
    desk.proxy().pass();
    if !ended_well_or_told(desk, &ran, when) {
        judge.assert_consistent(&desk.place.files(), when);
        desk.deploy(&[]).ended(0, &[]);
    }
    judge.assert_finished(&desk.place.files(), when);
    ran
}

/// Cuts the connection at each of these requests in turn, in one way.
fn cut_once(
    (name, requests): (&str, &[usize]),
    site: impl Fn(&str) -> Option<(Desk, Judge)> + Sync,
    cut: fn() -> Treatment,
) {
    let site = &site;
    thread::scope(|scope| {
        for worker in 0..AT_ONCE {
            let own = requests.iter().copied().skip(worker).step_by(AT_ONCE);
            scope.spawn(move || {
                let Some(mut site) = site(&format!("{name}-{worker}")) else { return };
                for (turn, at) in own.enumerate() {
                    let when = format!("cut {name} at request {at}");
                    let fault = move |number| if number == at { cut() } else { Treatment::Pass };
                    survives(&mut site, (turn + 1, &when), fault).ended(0, &["readers see"]);
                }
            });
        }
    });
}

/// More than any of these deploys asks.
fn every_request() -> Vec<usize> {
    (1..=50).collect()
}

#[test]
fn a_connection_that_is_cut_before_the_server_hears_of_a_request() {
    cut_once(("before", &every_request()), published, || Treatment::CutBefore);
}

#[test]
fn a_connection_that_is_cut_before_anybody_hears_of_the_answer() {
    cut_once(("after", &every_request()), published, || Treatment::CutAfter);
}

#[test]
fn a_connection_that_is_cut_within_an_answer() {
    cut_once(("within", &every_request()), published, || Treatment::CutWithin);
}

/// Where each file takes several requests there are more of them, and not every one is tried.
fn some_requests() -> Vec<usize> {
    (1..=120).step_by(5).collect()
}

#[test]
fn webdav_that_is_cut_off() {
    let site = |_: &str| Some(published_to(WebDav::new()?));
    cut_once(("before", &some_requests()), site, || Treatment::CutBefore);
    cut_once(("after", &some_requests()), site, || Treatment::CutAfter);
}

#[test]
fn azure_that_is_cut_off() {
    let site = |name: &str| Some(published_to(Container::new(&format!("cut-{name}"))?));
    let requests: Vec<usize> = (1..=48).step_by(3).collect();
    cut_once(("before", &requests), site, || Treatment::CutBefore);
    cut_once(("after", &requests), site, || Treatment::CutAfter);
}

#[test]
fn a_network_that_goes_and_stays_away() {
    thread::scope(|scope| {
        for at in [1, 3, 5, 7, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36] {
            scope.spawn(move || {
                let Some(mut site) = published(&format!("away-{at}")) else { return };
                let when = format!("away from request {at} on");
                let gone = move |number| if number >= at { Treatment::CutBefore } else { Treatment::Pass };
                survives(&mut site, (1, &when), gone).ended(3, &[]);
            });
        }
    });
}

fn answer(status: &str) -> Treatment {
    Treatment::Instead(Message::new(format!("HTTP/1.1 {status}")))
}

#[test]
fn a_server_that_is_overloaded_or_slow_for_a_while() {
    let Some(mut site) = published("overloaded") else { return };
    let a_while = |treatment: fn() -> Treatment| {
        move |number| if (5..=7).contains(&number) { treatment() } else { Treatment::Pass }
    };
    survives(&mut site, (1, "500"), a_while(|| answer("500 Internal Server Error"))).ended(0, &[]);
    survives(&mut site, (2, "503"), a_while(|| answer("503 Slow Down"))).ended(0, &[]);
    let later = || {
        let answer = Message::new("HTTP/1.1 429 Too Many Requests").with("Retry-After", "1");
        Treatment::Instead(answer)
    };
    survives(&mut site, (3, "429"), a_while(later)).ended(0, &[]);
    let slow = || Treatment::Slowly(Duration::from_millis(20));
    survives(&mut site, (4, "slow"), move |_| slow()).ended(0, &[]);
}

/// The library does not ask WebDAV again after such an answer: only whoever heeds the pause gets through.
#[test]
fn a_host_that_names_a_pause_is_asked_again_after_it() {
    let Some(webdav) = WebDav::new() else { return };
    let mut site = published_to(webdav);
    let busy = |number: usize| {
        let later = || Message::new("HTTP/1.1 429 Too Many Requests").with("Retry-After", "1");
        if [9, 60].contains(&number) { Treatment::Instead(later()) } else { Treatment::Pass }
    };
    survives(&mut site, (1, "429"), busy).ended(0, &[]);
}

/// Refuses to take one file for as long as it is asked.
pub fn refusing(path: &str, status: &'static str) -> impl FnMut(usize, &Asked) -> Treatment + Send + 'static {
    let end = format!("/{path}");
    move |_, asked| match asked.method.as_str() {
        "PUT" if asked.path.ends_with(&end) => answer(status),
        _ => Treatment::Pass,
    }
}

#[test]
fn one_file_that_the_host_never_takes() {
    let Some((desk, mut judge)) = published("refused") else { return };
    for (turn, status) in ["403 Forbidden", "507 Insufficient Storage"].into_iter().enumerate() {
        desk.turn(turn + 1);
        judge.next(desk.built());
        for path in ["news/item-1/index.html", "feed.xml", "record.json"] {
            desk.proxy().treat(refusing(path, status));
            let ran = desk.deploy(&[]);
            ended_well_or_told(&desk, ran.ended(3, &[path]), status);
            judge.assert_consistent(&desk.place.files(), status);
        }
        desk.proxy().pass();
        desk.deploy(&[]).ended(0, &[]);
        judge.assert_finished(&desk.place.files(), status);
    }
}

#[test]
fn a_clock_that_is_two_hours_late() {
    let Some(mut site) = published("clock") else { return };
    let late = |_| Treatment::Saying("Date", "Mon, 23 Nov 2026 14:00:00 GMT");
    survives(&mut site, (1, "late"), late).ended(0, &[]);
    let skewed = "<Error><Code>RequestTimeTooSkewed</Code><Message>The difference between the request time and the current time is too large.</Message></Error>";
    let refused = move |_| {
        let mut answer = Message::new("HTTP/1.1 403 Forbidden").with("Content-Type", "application/xml");
        answer.body = skewed.as_bytes().to_vec();
        Treatment::Instead(answer)
    };
    survives(&mut site, (2, "skewed"), refused)
        .ended(3, &["The difference between", "the clock of this machine is wrong"]);
}
