//! What shows a page beside the page itself: lists, feeds, terms, numbered pages, neighbours.

use std::fs;

use super::scratch::served::{Served, View};
use super::scratch::{Site, page};
use super::{in_both_views, item, settled, shows};

/// Feeds and the sitemap, which only the public has.
fn lists<'p>(served: &Served, all: &[&'p str]) -> Vec<&'p str> {
    let public = served.view == View::Public;
    let machines = |path: &str| path.ends_with(".xml") || path.ends_with(".json");
    all.iter().copied().filter(|path| public || !machines(path)).collect()
}

fn retitle(served: &Served, path: &str, titles: (&str, &str)) {
    served.replace(path, (&format!("title = \"{}\"", titles.0), &format!("title = \"{}\"", titles.1)));
}

#[test]
fn a_page_that_is_deleted_or_renamed_is_gone_from_every_list_and_its_address_answers_no_more() {
    let site = || {
        ["alpha", "bravo", "charlie"].iter().fold(Site::new(), |site, name| {
            let front = item(name, "2026-01-01", "topics = [\"talks\"]");
            site.briefing(&format!("news/{name}.md"), &front, "Text.")
        })
    };
    in_both_views(site, |served| {
        served.site.delete("content/news/bravo.md");
        fs::rename(served.site.path("content/news/charlie.md"), served.site.path("content/news/delta.md"))
            .unwrap();
        settled(served, &["/news/alpha/", "/news/delta/"], &["/news/bravo/", "/news/charlie/"]);
        let all = [
            "/",
            "/news/",
            "/feed.xml",
            "/feed.json",
            "/rss.xml",
            "/sitemap.xml",
            "/topics/talks/",
            "/news/2026/",
        ];
        for path in lists(served, &all) {
            shows(served, path, &["/news/alpha/", "/news/delta/"], &["/news/bravo/", "/news/charlie/"]);
        }
    });
}

#[test]
fn only_the_address_of_today_answers() {
    in_both_views(
        || Site::new().briefing("news/foo.md", &item("x", "2026-01-01", ""), "Text."),
        |served| {
            let path = "content/news/foo.md";
            served.replace(path, ("title", "slug = \"bar\"\ntitle"));
            settled(served, &["/news/bar/"], &["/news/foo/"]);
            served.replace(path, ("slug = \"bar\"\n", ""));
            settled(served, &["/news/foo/"], &["/news/bar/"]);
            served.replace(path, ("title", "slug = \"baz\"\naliases = [\"/news/foo/\"]\ntitle"));
            settled(served, &["/news/baz/"], &["/news/bar/"]);
            shows(served, "/news/foo/", &["/news/baz/"], &[]);
        },
    );
}

#[test]
fn topics_come_are_renamed_and_go() {
    let other = item("other", "2026-01-02", "topics = [\"first\"]");
    let site = || {
        Site::new()
            .briefing("news/one.md", &item("one", "2026-01-01", "topics = [\"first\"]"), "Text.")
            .briefing("news/other.md", &other, "Text.")
    };
    in_both_views(site, |served| {
        let path = "content/news/one.md";
        served.replace(path, ("[\"first\"]", "[\"first\", \"second\"]"));
        settled(served, &lists(served, &["/topics/second/", "/topics/second/feed.xml"]), &[]);
        shows(served, "/topics/", &["second"], &[]);
        served.replace(path, ("\"first\"", "\"third\""));
        settled(served, &["/topics/third/"], &[]);
        shows(served, "/topics/first/", &["Item other"], &["Item one"]);
        served.replace(path, ("topics = [\"third\", \"second\"]", ""));
        settled(
            served,
            &["/topics/first/"],
            &["/topics/second/", "/topics/third/", "/topics/second/feed.xml"],
        );
        served.replace("content/news/other.md", ("topics = [\"first\"]", ""));
        settled(served, &[], &["/topics/first/", "/topics/"]);
    });
}

#[test]
fn pages_of_a_list_come_and_go_without_an_error() {
    let site = || {
        (1..=25).fold(Site::new().plain_theme().settings("page_size = 10"), |site, number| {
            let front = item(&format!("-{number:02}-"), &format!("2026-01-{number:02}"), "");
            site.briefing(&format!("news/n{number:02}.md"), &front, "Text.")
        })
    };
    in_both_views(site, |served| {
        served.save("content/news/n26.md", page(&item("-26-", "2026-01-26", ""), "Text."));
        settled(served, &["/news/n26/", "/news/page/1/"], &["/news/page/2/"]);
        shows(served, "/news/", &["-26-"], &[]);
        shows(served, "/news/page/1/", &["-01-", "-10-"], &["-11-"]);
        served.site.delete("content/news/n01.md");
        settled(served, &["/news/page/1/"], &["/news/n01/"]);
        shows(served, "/news/page/1/", &["-02-", "-11-"], &["-01-", "-12-"]);
        for number in 2..=16 {
            served.site.delete(&format!("content/news/n{number:02}.md"));
        }
        settled(served, &["/news/"], &["/news/page/2/", "/news/page/3/", "/news/n16/"]);
        shows(served, "/news/", &["-17-", "-26-"], &["-16-"]);
    });
}

#[test]
fn a_title_reaches_home_feeds_and_neighbours() {
    let site = || {
        (1..=6).fold(Site::new().settings("home_items = 3\nfeed_limit = 3"), |site, day| {
            let front = item(&format!("of day {day}"), &format!("2026-01-{day:02}"), "");
            site.briefing(&format!("news/d{day}.md"), &front, "Text.")
        })
    };
    in_both_views(site, |served| {
        let path = "content/news/d2.md";
        let newest = lists(served, &["/", "/feed.xml", "/rss.xml", "/feed.json"]);
        // One that enters the newest three,
        served.replace(path, ("2026-01-02", "2026-01-05T09:00:00"));
        retitle(served, path, ("Item of day 2", "Risen"));
        settled(served, &[], &[]);
        newest.iter().for_each(|path| shows(served, path, &["Risen"], &["of day 4"]));
        shows(served, "/news/d5/", &["Risen"], &[]);
        shows(served, "/news/d1/", &["of day 3"], &["of day 2"]);
        // is renamed there, and leaves them.
        retitle(served, path, ("Risen", "Renamed"));
        settled(served, &[], &[]);
        for path in newest.iter().chain(&["/news/d5/", "/news/d6/"]) {
            shows(served, path, &["Renamed"], &["Risen"]);
        }
        served.replace(path, ("2026-01-05T09:00:00", "2025-01-01"));
        settled(served, &[], &[]);
        newest.iter().for_each(|path| shows(served, path, &["of day 4"], &["Renamed"]));
    });
}

#[test]
fn what_one_page_of_many_refers_to_concerns_that_page_only() {
    let site = (0..30).fold(Site::new().plain_theme(), |site, number| {
        site.briefing(&format!("news/n{number:02}.md"), &item(&number.to_string(), "2026-01-01", ""), "Text.")
    });
    let site = site
        .briefing("sources/charter.md", "title = \"The Charter\"", "")
        .briefing(
            "news/cites/index.md",
            &item("cites", "2020-01-01", ""),
            "As it says.[^charter] ![M](map.png)",
        )
        .file("content/news/cites/map.png", "map");
    let served = Served::start(site, View::Public);
    let source = "content/sources/charter.md";
    retitle(&served, source, ("The Charter", "The New Charter"));
    served.until("/news/cites/", |page| page.shows("The New Charter"));
    settled(&served, &[], &[]);
    let rebuilds = served.so_many_rebuilds(1);
    assert_eq!((&rebuilds[0]["made"], &rebuilds[0]["replaced"]), (&1.into(), &1.into()), "{rebuilds:?}");
    served.save("content/news/cites/map.png", "another map");
    served.until("/news/cites/map.png", |picture| picture.body == b"another map");
    // Without it, the page is told of with its place, and what was good is served.
    let text = fs::read(served.site.path(source)).unwrap();
    served.site.delete(source);
    served.wait_for("the mistake", || {
        let said = served.said();
        (said.contains("content/news/cites/index.md") && said.contains("charter")).then_some(())
    });
    assert!(served.get("/news/cites/").shows("As it says."));
    assert!(served.get("/news/n01/").shows("Item 1"));
    served.save(source, text);
    served.same_as_clean();
}

#[test]
fn a_folder_moves_with_its_pictures() {
    let site = || {
        let front = item("x", "2026-01-01", "image = \"map.png\"\nimage_alt = \"M\"");
        Site::new()
            .briefing("news/x/index.md", &front, "![M](map.png)")
            .file("content/news/x/map.png", "map")
            .briefing("news/index.md", "title = \"News\"", "")
    };
    in_both_views(site, |served| {
        let at = |path: &str| served.site.path(path);
        fs::rename(at("content/news"), at("content/other")).unwrap();
        settled(served, &["/other/x/", "/other/x/map.png"], &["/news/", "/news/x/", "/news/x/map.png"]);
        shows(served, "/other/x/", &["/other/x/map.png"], &["/news/"]);
        fs::rename(at("content/other/x"), at("content/other/y")).unwrap();
        settled(served, &["/other/y/map.png"], &["/other/x/", "/other/x/map.png"]);
        // What was moved is watched at its new place.
        served.save("content/other/y/map.png", "drawn again");
        settled(served, &[], &[]);
        // Out of the site, and back.
        fs::rename(at("content/other"), at("elsewhere")).unwrap();
        settled(served, &["/"], &["/other/", "/other/y/"]);
        fs::rename(at("elsewhere"), at("content/news")).unwrap();
        settled(served, &["/news/y/map.png"], &["/other/y/"]);
        served.replace("content/news/y/index.md", ("Item x", "Item after all"));
        settled(served, &["/news/y/"], &[]);
    });
}

#[test]
fn content_that_goes_and_comes_back_is_still_watched() {
    in_both_views(
        || Site::new().briefing("news/a.md", &item("a", "2026-01-01", ""), "Text."),
        |served| {
            fs::remove_dir_all(served.site.path("content")).unwrap();
            served.until("/news/a/", |page| page.status == 404);
            served.site.write("content/news/b.md", page(&item("b", "2026-01-01", ""), "Text."));
            settled(served, &["/news/b/"], &["/news/a/"]);
            served.replace("content/news/b.md", ("Item b", "Item of another name"));
            settled(served, &["/news/b/"], &[]);
        },
    );
}
