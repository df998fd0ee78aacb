//! Time that passes while the preview runs: what is due appears, and what is over goes, though nobody edits anything.

use super::scratch::Site;
use super::scratch::served::{Served, View};
use super::{item, settled, shows};

/// Everything that shows briefings to the public.
const LISTS: [&str; 6] = ["/", "/news/", "/feed.xml", "/sitemap.xml", "/topics/talks/", "/news/2026/"];

fn site() -> Site {
    let stays = item("stays", "2026-01-01", "topics = [\"talks\"]");
    Site::new().plain_theme().briefing("news/stays.md", &stays, "Text.")
}

#[test]
fn what_is_due_appears_and_what_is_over_goes_without_an_edit() {
    let due = "embargo = 2026-11-23T12:00:05Z\nexpires = 2026-11-23T12:00:20Z\non_expiry = \"gone\"\ntopics = [\"talks\"]";
    let site = site().briefing("news/due.md", &item("due", "2026-01-02", due), "At last.");
    let begin = "2026-11-23T12:00:00Z";
    let mut served = Served::start_with(site, View::Public, &["--now", begin, "--format", "json"]);
    served.so_many_rebuilds(1);
    shows(&served, "/news/due/", &["At last."], &[]);
    for path in LISTS {
        shows(&served, path, &["/news/due/"], &[]);
    }
    served.until("/news/due/", |page| page.status != 200);
    served.at("2026-11-23T12:00:21Z").same_as_clean();
    for path in LISTS {
        shows(&served, path, &["/news/stays/"], &["/news/due/"]);
    }
    // Each had its own rebuild, and no file gave the reason.
    for rebuild in served.so_many_rebuilds(2) {
        assert_eq!(rebuild["sources"], serde_json::json!([]), "{rebuild}");
    }
}

#[test]
fn writers_see_what_is_held_back_and_lose_its_label_when_it_is_due() {
    let due = "embargo = 2026-11-23T12:00:06Z";
    let site = Site::new().briefing("news/due.md", &item("due", "2026-01-02", due), "At last.").briefing(
        "news/draft.md",
        &item("draft", "2026-01-02", "draft = true"),
        "Not yet.",
    );
    let begin = "2026-11-23T12:00:00Z";
    let mut served = Served::start_with(site, View::Preview, &["--now", begin, "--format", "json"]);
    served.wait_for("the rebuild", || served.rebuilds().first().cloned());
    served.at("2026-11-23T12:00:07Z");
    settled(&served, &["/news/due/", "/news/draft/"], &[]);
    shows(&served, "/news/", &["/news/due/", "/news/draft/"], &[]);
    for path in ["/feed.xml", "/sitemap.xml"] {
        assert_eq!(served.get(path).status, 404, "{path} is for the public");
    }
}

#[test]
fn what_is_edited_while_time_passes_is_right_too() {
    let due = item("due", "2026-01-02", "embargo = 2026-11-23T12:00:03Z");
    let site = site().briefing("news/due.md", &due, "At last.");
    let begin = "2026-11-23T12:00:00Z";
    let mut served = Served::start_with(site, View::Public, &["--now", begin, "--format", "json"]);
    for version in 0..100 {
        served.save("content/news/due.md", super::scratch::page(&due, &format!("Version {version}.")));
        if served.get("/news/due/").status == 200 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(60));
    }
    // Put off again, it is gone again.
    served.until("/news/due/", |page| page.status == 200);
    served.replace("content/news/due.md", ("2026-11-23T12:00:03Z", "2026-12-23T12:00:00Z"));
    served.until("/news/due/", |page| page.status == 404);
    served.at("2026-11-23T12:00:30Z").same_as_clean();
}
