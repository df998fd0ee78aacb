//! What happens to a preview itself: it is killed and started again, it is started twice, its cache is deleted, the site
//! gets another address, and somebody never stops writing.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::scratch::served::{Served, View};
use super::scratch::{NOW, PROGRAM, Site, page, ran};
use super::{in_both_views, item, settled};

fn small() -> Site {
    Site::new().briefing("news/a.md", &item("a", "2026-01-01", ""), "Text.").briefing(
        "news/b.md",
        &item("b", "2026-01-02", ""),
        "Text.",
    )
}

#[test]
fn the_cache_may_be_deleted_at_any_time() {
    in_both_views(small, |served| {
        fs::remove_dir_all(served.site.path(".bulletin")).unwrap();
        served.replace("content/news/a.md", ("Item a", "Item of another name"));
        served.until("/news/a/", |page| page.shows("Item of another name"));
        settled(served, &["/", "/news/", "/news/b/"], &[]);
        served.replace("content/news/b.md", ("Item b", "Item of its own"));
        settled(served, &["/news/b/"], &[]);
    });
}

#[test]
fn a_preview_that_is_killed_is_right_when_it_is_started_again() {
    for edits in 0..4 {
        let mut served = Served::start(small(), View::Preview);
        for number in 0..edits {
            served.save("content/news/a.md", page(&item("a", "2026-01-01", ""), &format!("Edit {number}.")));
            if number % 2 == 0 {
                served.until("/news/a/", |page| page.shows(&format!("Edit {number}.")));
            }
        }
        served.kill();
        // Meanwhile: a page goes, another comes, and one says what it said before.
        served.site.delete("content/news/b.md");
        served.save("content/news/c.md", page(&item("c", "2026-01-03", ""), "Text."));
        served.save("content/news/a.md", page(&item("a", "2026-01-01", ""), "Text."));
        let served = served.again();
        settled(&served, &["/news/a/", "/news/c/"], &["/news/b/"]);
    }
}

#[test]
fn a_preview_that_is_started_again_with_a_mistake_shows_what_was_good() {
    let mut served = Served::start(small(), View::Public);
    served.replace("content/news/a.md", ("Text.", "The last good text."));
    served.until("/news/a/", |page| page.shows("The last good text."));
    let bad = item("a", "\"soon\"", "");
    served.save("content/news/a.md", page(&bad, "The text that is not good."));
    served.wait_for("the mistake", || served.said().contains("is not a date").then_some(()));
    served.kill();
    let served = served.again();
    served.until("/news/b/", |page| page.shows("Item b"));
    served.save("content/news/b.md", page(&item("b", "2026-01-02", ""), "Others go on."));
    served.until("/news/b/", |page| page.shows("Others go on."));
    served.save("content/news/a.md", page(&item("a", "2026-01-01", ""), "Mended."));
    served.until("/news/a/", |page| page.shows("Mended."));
    settled(&served, &["/news/a/"], &[]);
}

#[test]
fn a_second_preview_of_the_same_site_says_that_there_is_a_first() {
    let served = Served::start(small(), View::Preview);
    let mut second = std::process::Command::new(PROGRAM);
    second.args(["serve", "--port", "0", "--now", NOW, "--root"]).arg(served.site.root());
    let second = ran(&mut second);
    assert!(second.code.is_some_and(|code| code != 0), "{second:?}");
    assert!(second.err.contains(".bulletin") && !second.err.contains("panicked"), "{second:?}");
    // The public view is another folder, and may be looked at beside it.
    served.replace("content/news/a.md", ("Item a", "Item of another name"));
    settled(&served, &["/news/a/"], &[]);
}

#[test]
fn a_page_becomes_a_bundle_and_a_page_again() {
    in_both_views(small, |served| {
        let at = |path: &str| served.site.path(path);
        fs::create_dir(at("content/news/a")).unwrap();
        fs::rename(at("content/news/a.md"), at("content/news/a/index.md")).unwrap();
        served.save("content/news/a/map.png", "map");
        settled(served, &["/news/a/", "/news/a/map.png"], &[]);
        fs::rename(at("content/news/a/index.md"), at("content/news/a.md")).unwrap();
        fs::remove_dir_all(at("content/news/a")).unwrap();
        settled(served, &["/news/a/"], &["/news/a/map.png"]);
        // A folder takes the place of a file of the same name, and the other way round.
        served.save("content/thing", "a file");
        settled(served, &["/thing"], &[]);
        served.site.delete("content/thing");
        served.save("content/thing/inside.txt", "in a folder");
        settled(served, &["/thing/inside.txt"], &[]);
        fs::remove_dir_all(at("content/thing")).unwrap();
        served.save("content/thing", "a file again");
        settled(served, &["/thing"], &["/thing/inside.txt"]);
    });
}

#[test]
fn whoever_never_stops_writing_sees_what_was_written() {
    let served = Served::start(small(), View::Preview);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 0;
            while !done.load(Ordering::Relaxed) {
                served.save(
                    "content/news/b.md",
                    page(&item("b", "2026-01-02", ""), &format!("Line {number}.")),
                );
                number += 1;
                thread::sleep(Duration::from_millis(3));
            }
        });
        let seen = super::scratch::served::waited(|| {
            served.get("/news/b/").shows("Line").then_some(())?;
            (served.rebuilds().len() >= 3).then_some(())
        });
        done.store(true, Ordering::Relaxed);
        assert!(seen.is_some(), "nothing is shown before the writing ends\n{}", served.said());
    });
    served.same_as_clean();
}

#[test]
fn a_site_that_gets_another_address_is_served_there() {
    let served = Served::start(small(), View::Public);
    let host = |base: &str| ("https://example.org/".to_string(), format!("https://example.org/{base}"));
    let (old, new) = host("desk/");
    served.replace("site.toml", (&old, &new));
    let mut client = served.client();
    served.wait_for("the site at its new address", || {
        served.client().get("/desk/news/a/").ok().filter(|page| page.shows("/desk/news/"))
    });
    assert_eq!(client.get("/news/a/").unwrap().status, 404);
    served.replace("site.toml", (&new, &old));
    served.same_as_clean();
}
