//! What users of other generators were burned by, as tests: each is named for the fault.
//!
//! The cases that concern a watching server are elsewhere; so are builds that die, in `killed.rs`.

#[path = "peers/feeds.rs"]
mod feeds;
mod scratch;
#[path = "peers/warm.rs"]
mod warm;

use std::fs;

use scratch::everything::{HELD, everything, public};
use scratch::{NOW, Site, assert_same, page};

/// Of the pages that a site has, one post with everything that hangs on it.
fn a_post_with_everything_that_hangs_on_it() -> Site {
    Site::new()
        .briefing("news/2026-01-01-stays.md", "title = \"Stays\"\ntopics = [\"talks\"]", "It stays.")
        .briefing(
            "news/2026-01-02-leaves/index.md",
            "title = \"Leaves\"\naliases = [\"/old/leaves/\", \"/older.html\"]\ntopics = [\"talks\", \"only-here\"]\npeople = [\"Only Here\"]",
            "It leaves. ![A map](map.png)",
        )
        .file("content/news/2026-01-02-leaves/map.png", "a map")
}

fn assert_the_post_left_no_trace(site: &Site, now: &str) {
    let built = site.build_soundly(now);
    for word in ["leaves", "Leaves", "only-here", "Only Here", "older", "a map"] {
        assert_eq!(built.traces(word), Vec::<&str>::new(), "{word} is still there");
    }
    assert!(built.text("feed.xml").contains("Stays"));
    assert!(built.text("sitemap.xml").contains("/news/2026-01-01-stays/"));
    assert!(!site.path("public/topics/only-here").exists(), "an empty folder was left behind");
    assert!(!site.path("public/old").exists(), "an empty folder was left behind");
}

#[test]
fn a_post_that_becomes_a_draft_again_leaves_nothing_behind_and_foreign_files_stay() {
    let site = a_post_with_everything_that_hangs_on_it();
    let before = site.build_soundly(NOW);
    for path in
        ["news/2026-01-02-leaves/map.png", "old/leaves/index.html", "older.html", "topics/only-here/feed.xml"]
    {
        assert!(before.has(path), "{path} is missing from {:#?}", before.paths());
    }
    assert!(before.text("feed.xml").contains("Leaves") && before.text("_redirects").contains("/old/leaves/"));
    site.write("public/verify-me.html", "put here by hand");
    site.write("public/news/by-hand/note.txt", "and this");
    site.edit("content/news/2026-01-02-leaves/index.md", |text| text.replace("title", "draft = true\ntitle"));
    assert_the_post_left_no_trace(&site, NOW);
    assert_eq!(fs::read(site.path("public/verify-me.html")).unwrap(), b"put here by hand");
    assert_eq!(fs::read(site.path("public/news/by-hand/note.txt")).unwrap(), b"and this");
}

#[test]
fn a_post_that_expires_for_good_leaves_its_lists_and_feeds() {
    let site = a_post_with_everything_that_hangs_on_it();
    site.edit("content/news/2026-01-02-leaves/index.md", |text| {
        text.replace("title", "expires = 2026-02-01\non_expiry = \"gone\"\ntitle")
    });
    assert!(site.build_soundly("2026-01-31T12:00:00Z").has("news/2026-01-02-leaves/index.html"));
    let after = site.build_soundly(NOW);
    assert!(!after.has("news/2026-01-02-leaves/index.html"));
    for path in ["feed.xml", "rss.xml", "feed.json", "sitemap.xml", "index.html", "news/index.html"] {
        assert!(!after.text(path).contains("Leaves"), "{path} still shows it");
    }
}

#[test]
fn a_day_is_the_same_day_wherever_the_site_is_built() {
    let site = Site::new().briefing("news/first.md", "title = \"First\"\ndate = 2026-03-01", "Text.");
    let builds = ["Pacific/Kiritimati", "UTC", "America/Los_Angeles"].map(|zone| {
        let output = zone.replace('/', "-");
        site.run_in(&[("TZ", zone)], &["--output", &output]).ended(0, &["1 page"]);
        scratch::files(&site.path(&output))
    });
    assert_same(&builds[0], &builds[1]);
    assert_same(&builds[1], &builds[2]);
    let shown = String::from_utf8_lossy(&builds[0]["news/first/index.html"]).into_owned();
    assert!(shown.contains("2026-03-01") && shown.contains("1 March 2026"), "{shown}");
    assert!(builds[0].contains_key("news/2026/03/index.html"));
}

#[test]
fn today_is_today_in_the_zone_of_the_site_and_what_is_held_back_is_said() {
    let site = Site::new()
        .briefing("news/today.md", "title = \"Today\"\ndate = 2026-11-24", "")
        .briefing("news/now.md", "title = \"Now\"\ndate = 2026-11-24T05:00:00", "")
        .briefing("news/soon.md", "title = \"Soon\"\ndate = 2026-11-24T05:00:01", "")
        .briefing("news/tomorrow.md", "title = \"Tomorrow\"\ndate = 2026-11-25", "")
        .briefing("news/draft.md", "title = \"Draft\"\ndate = 2020-01-01\ndraft = true", "");
    site.edit("site.toml", |text| text.replace("Europe/Kyiv", "Asia/Tokyo"));
    let ran = site.run_in(&[("TZ", "UTC")], &["--now", "2026-11-23T20:00:00Z"]);
    ran.ended(
        0,
        &[
            "2 pages",
            "held back: content/news/soon.md (scheduled, appears 2026-11-24 05:00 Asia/Tokyo)",
            "held back: content/news/tomorrow.md (scheduled, appears 2026-11-25 00:00 Asia/Tokyo)",
            "held back: content/news/draft.md (draft)",
        ],
    );
    let shown: Vec<bool> = ["today", "now", "soon", "tomorrow", "draft"]
        .map(|name| site.path(&format!("public/news/{name}/index.html")).exists())
        .to_vec();
    assert_eq!(shown, [true, true, false, false, false]);
}

#[test]
fn what_is_held_back_leaves_no_trace_in_any_output() {
    let site = everything(60);
    let built = site.build_soundly(NOW);
    assert!(built.report.held.len() > 10, "the site has too little to hide");
    assert_eq!(built.traces(HELD), Vec::<&str>::new());
    // Without anything that is held back at all, the site is the same.
    let gated = built.report.held.iter().filter(|held| held.reason != "expired");
    gated.for_each(|held| site.delete(&held.file));
    let without = site.build_soundly(NOW);
    assert_eq!(without.report.held.len(), 1, "{:?}", without.report.held);
    assert_same(&built.files, &without.files);
    assert_same(&site.clean(NOW), &without.files);
}

#[test]
fn each_kind_of_file_can_be_held_back_without_a_trace() {
    // One file at a time is held back and must equal the site without it; links to it would be errors.
    let site =
        public(12).briefing("news/lonely.md", "title = \"Lonely\"\ndate = 2025-01-01", "Nobody links here.");
    for file in [
        "news/lonely.md",
        "news/index.md",
        "notes/index.md",
        "index.uk.md",
        "people/index.md",
        "topics/topic-1.md",
        "series/weekly.md",
        "people/person-2.md",
        "news/item-1.uk.md",
    ] {
        let path = format!("content/{file}");
        let text = fs::read_to_string(site.path(&path)).unwrap();
        site.write(&path, text.replacen("+++\n", "+++\nembargo = 2026-11-23T12:00:01Z\n", 1));
        let held = site.build(NOW);
        site.delete(&path);
        let absent = site.build(NOW);
        site.write(&path, &text);
        assert_eq!(held.errors(), absent.errors(), "with {file} held back, and without it");
        assert_same(&held.files, &absent.files);
    }
}

#[test]
fn dates_are_exact_or_errors_with_a_line_never_shifted_and_never_dropped() {
    for (date, published) in [
        ("2024-02-29", "2024-02-29T00:00:00+02:00"),
        ("2026-02-10T10:00:00-05:00", "2026-02-10T17:00:00+02:00"),
        ("2026-02-10 10:00:00-05:00", "2026-02-10T17:00:00+02:00"),
        ("2026-02-10 10:00:00", "2026-02-10T10:00:00+02:00"),
        ("2026-02-10T10:00:00Z", "2026-02-10T12:00:00+02:00"),
        ("2026-03-29T03:30:00+03:00", "2026-03-29T02:30:00+02:00"),
        ("2025-10-26T03:30:00+02:00", "2025-10-26T03:30:00+02:00"),
        ("2025-10-26T03:30:00+03:00", "2025-10-26T03:30:00+03:00"),
    ] {
        let site = Site::new().briefing("news/x.md", &format!("title = \"X\"\ndate = {date}"), "Text.");
        let feed = site.build_soundly(NOW).text("feed.xml").to_string();
        // An instant may be written with either offset of the hour that happens twice; it must be the same instant.
        let said = feed.split("<published>").nth(1).unwrap().split('<').next().unwrap().to_string();
        let instant = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
        assert_eq!(instant(&said), instant(published), "{date} became {said}");
    }
    for date in [
        "2023-02-29",
        "1900-02-29",
        "2026-02-30",
        "2026-13-01",
        "2026-02-10 10:00:00 -05:00",
        "2026-02-10 10:00:00 -0500",
        "2026-02-10T24:00:00",
        "2026-03-29T03:30:00",
        "2026-10-25T03:30:00",
        "2026",
        "10:00:00",
        "\"2026-02-10\"",
        "0000-01-01",
        "true",
    ] {
        let site = Site::new().briefing("news/x.md", &format!("title = \"X\"\ndate = {date}"), "Text.");
        let errors = site.build(NOW).errors();
        assert!(
            errors.iter().any(|error| error.starts_with("content/news/x.md:3: ")),
            "{date} is no date, but: {errors:?}"
        );
        assert!(site.output().is_empty(), "{date} was built");
    }
}

#[test]
fn pages_of_one_instant_have_one_order_whatever_the_threads_and_the_order_on_disk() {
    let names = ["c", "a", "e", "b", "d"];
    let mut first = None;
    for turn in 0..5 {
        let mut site = Site::new();
        for name in names.iter().cycle().skip(turn).take(5) {
            let date = "date = 2026-01-01T10:00:00Z\ntopics = [\"one\"]";
            site = site.briefing(
                &format!("news/{name}.md"),
                &format!("title = \"Item {name}\"\n{date}"),
                "Text.",
            );
        }
        for threads in [1, 16] {
            let request = bulletin::engine::Request { threads: Some(threads), ..site.request(NOW) };
            for _ in 0..2 {
                let files = site.built(&request).unwrap().files;
                let list = String::from_utf8_lossy(&files["news/index.html"]).into_owned();
                let places: Vec<usize> = ["a", "b", "c", "d", "e"]
                    .map(|name| list.find(&format!("Item {name}")).unwrap())
                    .to_vec();
                assert!(places.is_sorted(), "the order is not that of the paths");
                assert_same(first.get_or_insert_with(|| files.clone()), &files);
            }
        }
    }
}

#[test]
fn another_day_and_a_fresh_copy_give_the_same_bytes() {
    let site = public(60);
    let today = site.build_soundly(NOW);
    let later = site.build_soundly("2027-06-01T03:04:05Z");
    assert_same(&today.files, &later.files);
    assert_eq!(later.report.written.unwrap().changed, 0);
    // A clone: other stamps on every file, no history.
    let copy = Site::new();
    for (path, bytes) in scratch::files(&site.path("content")) {
        copy.write(&format!("content/{path}"), bytes);
    }
    copy.write("site.toml", fs::read(site.path("site.toml")).unwrap());
    assert_same(&today.files, &copy.build_soundly("2027-06-01T03:04:05Z").files);
}

#[test]
fn a_bad_template_leaves_the_last_output_alone() {
    let site = public(12);
    let good = site.build_soundly(NOW);
    let template =
        "{% extends \"bulletin/briefing.html\" %}\n{% block main %}\n{{ nothing.of.this }}\n{% endblock %}";
    for (text, said) in [(template, "briefing.html"), ("{% if %}", "briefing.html")] {
        site.write("themes/site/templates/briefing.html", text);
        site.edit("content/news/item-1.md", |text| format!("{text}\nMore.\n"));
        let ran = site.run(&[]);
        ran.ended(1, &["themes/site/templates/", said, "nothing was written"]);
        assert_same(&good.files, &site.output());
        assert!(!site.path(".public.bulletin-staging").exists(), "half a site was left behind");
    }
    fs::remove_dir_all(site.path("themes")).unwrap();
    site.run(&[]).ended(0, &["2 written"]);
    let mended = site.output();
    for path in ["news/item-1/index.html", "record.json"] {
        assert_ne!(good.files[path], mended[path], "{path}");
    }
    assert_same(&site.clean(NOW), &mended);
}

#[test]
fn a_missing_page_in_the_menu_or_a_bad_link_leaves_the_last_output_alone() {
    let site = public(6);
    let good = site.build_soundly(NOW);
    site.write("content/news/new.md", page("title = \"New\"\ndate = 2026-01-01", "[x](nowhere.md)"));
    site.run(&[]).ended(1, &["content/news/new.md:6:", "nowhere.md"]);
    assert_same(&good.files, &site.output());
}
