//! What holds of every host, whatever is spoken with it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;

use crate::azure::Container;
use crate::desk::{AFTER_AN_EDIT, Deed, Desk, OWN, briefing};
use crate::judge::assert_published;
use crate::s3::{Bucket, LISTED_AT_ONCE};
use crate::scratch::{files, page};
use crate::sftp::{Key, Sftp};
use crate::webdav::WebDav;

/// Deploys, and says which files of the site were sent, in the order of their names.
#[track_caller]
fn sent(desk: &Desk, words: &[&str]) -> Vec<String> {
    let before = written(desk);
    if desk.is_behind_a_proxy() {
        desk.proxy().pass();
    }
    desk.deploy(&[]).ended(0, words);
    let mut sent = match written(desk) {
        Some(after) => {
            let before = before.expect("it was a folder before");
            after
                .into_iter()
                .filter(|(path, file)| before.get(path) != Some(file))
                .map(|(path, _)| path)
                .collect()
        }
        None => desk.sent(),
    };
    sent.sort_unstable();
    sent
}

/// The files of the site as the system numbers them: one that was sent is another than before.
fn written(desk: &Desk) -> Option<BTreeMap<String, u64>> {
    let folder = desk.place.folder()?;
    let paths = files(&folder).into_keys().filter(|path| !path.starts_with(OWN));
    Some(paths.map(|path| (path.clone(), fs::metadata(folder.join(&path)).unwrap().ino())).collect())
}

/// From the first deploy to the last, with everything that comes between.
fn publishes(desk: &Desk) {
    desk.found();
    assert_published(desk);
    assert_eq!(sent(desk, &["nothing to send"]), [""; 0]);
    if desk.is_behind_a_proxy() {
        assert!(desk.deeds().iter().all(|deed| matches!(deed, Deed::Read(_))), "{:?}", desk.deeds());
    }
    desk.edit(3, 1);
    assert_eq!(sent(desk, &["0 created", "0 deleted"]), AFTER_AN_EDIT);
    assert_published(desk);
    // A page, a picture and a topic go; one with a name that is no ASCII comes.
    desk.site.write("content/map.png", "a map");
    desk.site.write("content/мапа 1.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    desk.site.edit(&briefing(2), |text| text.replace("\"talks\"", "\"walks\""));
    assert!(sent(desk, &["deleted"]).contains(&"map.png".to_string()));
    assert_published(desk);
    desk.remove(5);
    desk.site.delete("content/map.png");
    desk.site.edit(&briefing(2), |text| text.replace("\"walks\"", "\"talks\""));
    let before = desk.published();
    desk.deploy(&[]).ended(0, &["4 deleted"]);
    assert_published(desk);
    let after = desk.published();
    let gone: Vec<&String> = before.keys().filter(|path| !after.contains_key(*path)).collect();
    assert_eq!(
        gone,
        ["map.png", "news/item-5/index.html", "topics/walks/feed.xml", "topics/walks/index.html"]
    );
}

/// An unlisted page is remembered by a digest of its address, and so searched for when it goes.
fn forgets_an_unlisted_page(desk: &Desk) {
    let front = "title = \"Told to few\"\nsummary = \"S.\"\ndate = 2026-02-01\nunlisted = true";
    desk.site.write("content/news/told/index.md", page(front, "Text."));
    desk.site.write("content/news/told/map.png", "a map for few");
    desk.deploy(&[]).ended(0, &["2 created"]);
    let there = desk.place.files();
    assert!(there.contains_key("news/told/index.html") && there.contains_key("news/told/map.png"));
    let said =
        [".bulletin/standing", "SHA256SUMS"].map(|path| String::from_utf8_lossy(&there[path]).into_owned());
    assert!(!said.iter().any(|text| text.contains("told")), "{said:?}");
    fs::remove_dir_all(desk.site.path("content/news/told")).unwrap();
    if desk.is_behind_a_proxy() {
        desk.proxy().pass();
    }
    desk.deploy(&[]).ended(0, &["2 deleted"]);
    assert_published(desk);
}

fn everything(desk: &Desk) {
    publishes(desk);
    forgets_an_unlisted_page(desk);
}

#[test]
fn s3() {
    let Some(place) = Bucket::new("every") else { return };
    let desk = Desk::at(place);
    everything(&desk);
    let listed = desk.deeds().into_iter().filter(|deed| *deed == Deed::Listed).count();
    assert!(
        listed >= desk.published().len() / LISTED_AT_ONCE,
        "the list comes in parts, and {listed} were read"
    );
}

#[test]
fn azure() {
    let Some(place) = Container::new("every") else { return };
    everything(&Desk::at(place));
}

#[test]
fn webdav() {
    let Some(place) = WebDav::new() else { return };
    everything(&Desk::at(place));
}

#[test]
fn sftp() {
    let Some(place) = Sftp::new(Key::Known) else { return };
    everything(&Desk::at(place));
}
