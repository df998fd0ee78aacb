//! In which order files are sent and deleted, as the server sees it.

use std::fs;

use crate::desk::{AFTER_AN_EDIT, Desk, briefing};
use crate::judge::assert_published;
use crate::s3::Bucket;

/// What a file is, in the order in which they are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    File,
    Page,
    List,
    /// The record, and the list of all files.
    Last,
}

fn rank(path: &str) -> Rank {
    match path {
        "record.json" | "SHA256SUMS" => Rank::Last,
        "favicon.svg" => Rank::File,
        "404.html" => Rank::Page,
        _ if path.starts_with("assets/") => Rank::File,
        _ if path.starts_with("news/item-") => Rank::Page,
        _ => Rank::List,
    }
}

#[track_caller]
fn in_order(sent: &[String]) {
    assert!(sent.is_sorted_by_key(|path| rank(path)), "{sent:#?}");
}

#[test]
fn parts_come_before_pages_pages_before_lists_the_record_is_last_and_then_something_goes() {
    let Some(place) = Bucket::new("order") else { return };
    let desk = Desk::at(place);
    desk.found();
    let sent = desk.sent();
    in_order(&sent);
    for rank_of_all in [Rank::File, Rank::Page, Rank::List, Rank::Last] {
        assert!(sent.iter().any(|path| rank(path) == rank_of_all), "no {rank_of_all:?} in {sent:#?}");
    }
    desk.site.edit(&briefing(2), |text| text.replace("\"talks\"", "\"walks\""));
    desk.style("other");
    desk.remove(5);
    desk.proxy().pass();
    desk.deploy(&[]).ended(0, &["1 deleted"]);
    in_order(&desk.sent());
    let log = desk.proxy().log();
    let last_sent =
        log.iter().rposition(|asked| asked.method == "PUT" && !asked.path.contains("/.bulletin/"));
    let first_gone = log.iter().position(|asked| !["PUT", "GET", "HEAD"].contains(&asked.method.as_str()));
    assert!(last_sent.unwrap() < first_gone.unwrap(), "{log:#?}");
    assert_published(&desk);
}

#[test]
fn a_style_sheet_stays_for_late_readers_until_the_next_deploy() {
    let Some(place) = Bucket::new("late") else { return };
    let desk = Desk::at(place);
    desk.style("first");
    desk.found();
    let style = |desk: &Desk| {
        let paths: Vec<String> = desk.built().into_keys().collect();
        paths.into_iter().find(|path| path.starts_with("assets/main.")).unwrap()
    };
    let first = style(&desk);
    desk.style("second");
    desk.deploy(&[]).ended(0, &["1 left for late readers"]);
    let (second, there) = (style(&desk), desk.published());
    assert!(first != second && there.contains_key(&first) && there.contains_key(&second));
    // Nothing else to do is no reason to delete it.
    desk.proxy().pass();
    desk.deploy(&[]).ended(0, &["nothing to send"]);
    assert_eq!(desk.deleted(), [""; 0]);
    desk.edit(1, 1);
    desk.deploy(&[]).ended(0, &["1 deleted"]);
    assert_eq!(desk.deleted(), [first.as_str()]);
    assert!(!desk.published().contains_key(&first));
    // One that is wanted again stays.
    desk.style("third");
    desk.deploy(&[]).ended(0, &["1 left for late readers"]);
    desk.style("second");
    desk.deploy(&[]).ended(0, &["1 left for late readers"]);
    assert!(desk.published().contains_key(&second));
    desk.edit(1, 2);
    desk.proxy().pass();
    desk.deploy(&[]).ended(0, &["1 deleted"]);
    assert_published(&desk);
}

#[test]
fn an_edited_body_sends_what_shows_it_and_nothing_else() {
    let Some(place) = Bucket::new("edited") else { return };
    let desk = Desk::at(place);
    desk.found();
    let before = desk.published();
    desk.edit(3, 1);
    desk.proxy().pass();
    desk.deploy(&[]).ended(0, &["0 created", "0 deleted"]);
    let after = desk.published();
    let mut sent = desk.sent();
    sent.sort_unstable();
    let changed: Vec<&String> = after.keys().filter(|path| before.get(*path) != after.get(*path)).collect();
    assert_eq!(sent.iter().collect::<Vec<_>>(), changed);
    assert_eq!(sent, AFTER_AN_EDIT);
    assert_eq!(desk.deleted(), [""; 0]);
}

#[test]
fn a_briefing_and_a_picture_that_are_gone_are_deleted() {
    let Some(place) = Bucket::new("gone") else { return };
    let desk = Desk::at(place);
    desk.found();
    desk.site.write("content/map.png", "a map");
    desk.deploy(&[]).ended(0, &["1 created"]);
    desk.remove(5);
    fs::remove_file(desk.site.path("content/map.png")).unwrap();
    desk.proxy().pass();
    desk.deploy(&[]).ended(0, &["2 deleted"]);
    let mut deleted = desk.deleted();
    deleted.sort_unstable();
    assert_eq!(deleted, ["map.png", "news/item-5/index.html"]);
    assert_published(&desk);
}
