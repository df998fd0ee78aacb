//! The faults of others' incremental builds, done to a site that was built before: each step is compared with a clean
//! build, and a build right after it has nothing to do.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use super::scratch::story::{Step, Story};
use super::scratch::{NOW, Site, assert_same, page};

/// Builds, asks of the output what must and what must not be there, and builds again for nothing.
#[track_caller]
fn built(story: &Story, there: &[&str], gone: &[&str]) -> Step {
    let step = story.build();
    for path in there {
        assert!(story.site.path("public").join(path).is_file(), "{path} is missing");
    }
    for path in gone {
        assert!(!story.site.path("public").join(path).exists(), "{path} is still there");
    }
    story.build().made_nothing();
    step
}

/// Whether this output holds these words and not those.
#[track_caller]
fn shows(story: &Story, path: &str, there: &[&str], gone: &[&str]) {
    let text = fs::read_to_string(story.site.path("public").join(path)).unwrap();
    there.iter().for_each(|word| assert!(text.contains(word), "{path} does not show {word}"));
    gone.iter().for_each(|word| assert!(!text.contains(word), "{path} still shows {word}"));
}

fn item(name: &str, date: &str, more: &str) -> String {
    format!("title = \"Item {name}\"\nsummary = \"S.\"\ndate = {date}\n{more}")
}

#[test]
fn a_page_that_is_deleted_or_renamed_is_gone_from_every_list() {
    let mut site = Site::new();
    for name in ["alpha", "bravo", "charlie"] {
        let front = item(name, "2026-01-01", "topics = [\"talks\"]");
        site = site.briefing(&format!("news/{name}.md"), &front, "Text.");
    }
    let story = Story::of(site);
    story.delete("content/news/bravo.md").delete("content/news/charlie.md");
    story.page("content/news/delta.md", &item("delta", "2026-01-01", "topics = [\"talks\"]"));
    built(&story, &["news/alpha/index.html", "news/delta/index.html"], &["news/bravo", "news/charlie"]);
    for path in [
        "index.html",
        "news/index.html",
        "feed.xml",
        "feed.json",
        "rss.xml",
        "sitemap.xml",
        "topics/talks/index.html",
    ] {
        shows(&story, path, &["alpha", "delta"], &["bravo", "charlie"]);
    }
}

#[test]
fn only_the_address_of_today_answers() {
    let story = Story::of(Site::new().briefing("news/old.md", &item("x", "2026-01-01", ""), "Text."));
    let path = "content/news/old.md";
    story.replace(path, ("title", "slug = \"bar\"\ntitle"));
    built(&story, &["news/bar/index.html"], &["news/old"]);
    story.replace(path, ("slug = \"bar\"\n", ""));
    built(&story, &["news/old/index.html"], &["news/bar"]);
    // Somebody offers the old address after a move.
    story.replace(path, ("title", "slug = \"baz\"\naliases = [\"/news/old/\"]\ntitle"));
    built(&story, &["news/baz/index.html", "news/old/index.html"], &[]);
    shows(&story, "_redirects", &["/news/old"], &[]);
}

#[test]
fn topics_come_are_renamed_and_go() {
    let other = item("other", "2026-01-02", "topics = [\"first\"]");
    let story = Story::of(
        Site::new()
            .briefing("news/one.md", &item("one", "2026-01-01", "topics = [\"first\"]"), "Text.")
            .briefing("news/other.md", &other, "Text."),
    );
    let path = "content/news/one.md";
    story.replace(path, ("[\"first\"]", "[\"first\", \"second\"]"));
    built(&story, &["topics/second/index.html", "topics/second/feed.xml"], &[]);
    shows(&story, "topics/index.html", &["second"], &[]);
    story.replace(path, ("\"first\"", "\"third\""));
    built(&story, &["topics/third/index.html"], &[]);
    shows(&story, "topics/first/index.html", &["Item other"], &["Item one"]);
    story.replace(path, ("topics = [\"third\", \"second\"]", ""));
    built(&story, &["topics/first/index.html"], &["topics/second", "topics/third"]);
    story.replace("content/news/other.md", ("topics = [\"first\"]", ""));
    built(&story, &[], &["topics"]);
}

#[test]
fn pages_of_a_list_come_and_go() {
    let mut site = Site::new().plain_theme().settings("page_size = 10");
    for number in 1..=25 {
        let front = item(&format!("-{number:02}-"), &format!("2026-01-{number:02}"), "");
        site = site.briefing(&format!("news/n{number:02}.md"), &front, "Text.");
    }
    let story = Story::of(site);
    let newer = item("-26-", "2026-01-26", "");
    let step = story.page("content/news/n26.md", &newer).build();
    assert!(!step.report.made.iter().any(|path| path.contains("/page/")), "{:?}", step.report.made);
    shows(&story, "news/index.html", &["-26-"], &[]);
    story.delete("content/news/n01.md");
    built(&story, &["news/page/1/index.html"], &[]);
    shows(&story, "news/page/1/index.html", &["-02-", "-11-"], &["-01-", "-12-"]);
    for number in 2..=16 {
        story.delete(&format!("content/news/n{number:02}.md"));
    }
    built(&story, &["news/index.html"], &["news/page/2", "news/page/3"]);
    shows(&story, "news/index.html", &["-17-", "-26-"], &["-16-"]);
}

#[test]
fn templates_reach_all_and_only_those_that_use_them() {
    let theme = |name: &str| format!("themes/desk/templates/{name}");
    let mut site = Site::new()
        .settings("theme = \"desk\"\noutputs = { archives = false, feeds = [], list_feeds = false, sitemap = false, robots = false, not_found = false }")
        .file("themes/desk/theme.toml", "name = \"desk\"\n");
    for (name, text) in [
        ("base.html", "base {% block main %}{% endblock main %}"),
        ("part.html", "part {{ <mark word={page.title} /> }}"),
        ("marks.html", "{% component mark(word) %}<b>{{ word }}</b>{% endcomponent mark %}"),
        (
            "briefing.html",
            "{% extends \"base.html\" %}{% block main %}{% include \"part.html\" %}{% endblock main %}",
        ),
        ("page.html", "{% extends \"base.html\" %}{% block main %}{{ page.title }}{% endblock main %}"),
        ("home.html", "home"),
        ("list.html", "list"),
        ("term.html", "term"),
        ("terms.html", "terms"),
    ] {
        site = site.file(&theme(name), text);
    }
    let story = Story::of(site.briefing("news/a.md", &item("a", "2026-01-01", ""), "Text.").briefing(
        "about.md",
        "title = \"About\"\nsummary = \"S.\"",
        "Text.",
    ));
    let (briefing, about) = ("news/a/index.html", "about/index.html");
    story.replace(&theme("base.html"), ("base", "ground")).build().made([about, briefing]);
    story.replace(&theme("part.html"), ("part", "piece")).build().made([briefing]);
    story.replace(&theme("marks.html"), ("<b>", "<i>")).build().made([briefing]);
    story.write("themes/site/templates/part.html", "own {{ page.title }}").build().made([briefing]);
    story.replace(&theme("part.html"), ("piece", "part"));
    built(&story, &[briefing], &[]).made_nothing();
    story.delete("themes/site/templates/part.html").build().made([briefing]);
    shows(&story, briefing, &["part <i>"], &["own"]);
}

#[test]
fn a_title_reaches_home_feeds_and_neighbours() {
    let mut site = Site::new().settings("home_items = 3\nfeed_limit = 3");
    for day in 1..=6 {
        let front = item(&format!("of day {day}"), &format!("2026-01-{day:02}"), "");
        site = site.briefing(&format!("news/d{day}.md"), &front, "Text.");
    }
    let story = Story::of(site);
    // One that enters the newest three,
    story
        .replace("content/news/d2.md", ("2026-01-02", "2026-01-05T09:00:00"))
        .retitle("content/news/d2.md", "Risen");
    built(&story, &[], &[]);
    for path in ["index.html", "feed.xml", "rss.xml", "feed.json"] {
        shows(&story, path, &["Risen"], &["of day 4"]);
    }
    shows(&story, "news/d5/index.html", &["Risen"], &[]);
    shows(&story, "news/d1/index.html", &["of day 3"], &["of day 2"]);
    // is renamed there, and leaves them.
    story.retitle("content/news/d2.md", "Renamed");
    built(&story, &[], &[]);
    for path in ["index.html", "feed.xml", "news/d5/index.html", "news/d6/index.html"] {
        shows(&story, path, &["Renamed"], &["Risen"]);
    }
    story.replace("content/news/d2.md", ("2026-01-05T09:00:00", "2025-01-01"));
    built(&story, &[], &[]);
    shows(&story, "index.html", &["of day 4"], &["Renamed"]);
}

#[test]
fn what_one_page_of_many_refers_to_concerns_that_page_only() {
    let mut site = Site::new().plain_theme().briefing("sources/charter.md", "title = \"The Charter\"", "");
    for number in 0..30 {
        let front = item(&number.to_string(), "2026-01-01", "");
        site = site.briefing(&format!("news/n{number:02}.md"), &front, "Text.");
    }
    site = site.briefing("news/cites.md", &item("cites", "2020-01-01", ""), "As it says.[^charter]");
    let story = Story::of(site);
    let source = "content/sources/charter.md";
    story.retitle(source, "The New Charter").build().made(["news/cites/index.html"]);
    let before = story.site.output();
    let text = fs::read(story.site.path(source)).unwrap();
    story.delete(source);
    story.site.run(&[]).ended(1, &["content/news/cites.md:7:", "charter"]);
    assert_same(&before, &story.site.output());
    story.site.write(source, text);
    story.build().made_nothing();
}

#[test]
fn a_folder_moves_with_its_pictures() {
    let story = Story::of(
        Site::new()
            .briefing(
                "news/x/index.md",
                &item("x", "2026-01-01", "image = \"map.png\"\nimage_alt = \"M\""),
                "![M](map.png)",
            )
            .file("content/news/x/map.png", "map")
            .briefing("news/index.md", "title = \"News\"", ""),
    );
    fs::rename(story.site.path("content/news"), story.site.path("content/other")).unwrap();
    built(&story, &["other/x/index.html", "other/x/map.png", "other/feed.xml"], &["news"]);
    shows(&story, "sitemap.xml", &["/other/x/"], &["/news/"]);
    shows(&story, "other/x/index.html", &["/other/x/map.png"], &["/news/"]);
    fs::rename(story.site.path("content/other/x"), story.site.path("content/other/y")).unwrap();
    built(&story, &["other/y/map.png"], &["other/x"]);
}

#[test]
fn the_same_bytes_again_make_nothing_wherever_output_and_ledger_are() {
    let story = Story::of(Site::new().briefing("news/a.md", &item("a", "2026-01-01", ""), "Text."));
    for _ in 0..3 {
        story.touch_everything().build().made_nothing();
    }
    // Neither what was built nor what is remembered is taken for content.
    assert!(story.site.path("public").is_dir() && story.site.path(".bulletin").is_dir());
    let paths: Vec<String> = story.site.output().into_keys().collect();
    assert!(!paths.iter().any(|path| path.contains("public/") || path.contains("ledger")), "{paths:?}");
}

#[test]
fn pages_of_one_instant_keep_their_order_whatever_is_edited() {
    let mut site = Site::new();
    for name in ["c", "a", "e", "b", "d"] {
        let front = item(name, "2026-01-01T10:00:00Z", "topics = [\"one\"]");
        site = site.briefing(&format!("news/{name}.md"), &front, "Text.");
    }
    for threads in [1, 16, 1] {
        let request = bulletin::engine::Request { threads: Some(threads), ..site.request(NOW) };
        for name in ["d", "a", "c"] {
            site.edit(&format!("content/news/{name}.md"), |text| text.replace("Item", "Item again"));
            let files = site.built(&request).unwrap().files;
            assert_same(&site.clean(NOW), &files);
            assert!(site.built(&request).unwrap().report.made.is_empty());
        }
    }
}

#[test]
fn a_fresh_copy_with_the_ledger_of_another_day_has_nothing_to_do() {
    let story = Story::of(super::public(12));
    // What a service keeps between builds: a clone has other stamps on every file, and may stand elsewhere.
    let copy = story.site.copy();
    for folder in ["public", ".bulletin"] {
        for (path, bytes) in super::scratch::files(&story.site.path(folder)) {
            copy.write(&format!("{folder}/{path}"), bytes);
        }
    }
    let built = copy.build_soundly("2027-06-01T03:04:05Z");
    assert_same(&story.site.output(), &built.files);
    assert_eq!((built.report.made.len(), built.report.written.unwrap().changed), (0, 0));
    copy.write("content/news/later.md", page(&item("later", "2026-02-02", ""), "Text."));
    assert_same(&copy.clean(NOW), &copy.build_soundly(NOW).files);
}

#[test]
fn what_becomes_a_draft_again_or_expires_leaves_nothing_behind() {
    let story = Story::of(
        Site::new()
            .briefing("news/stays.md", &item("stays", "2026-01-01", ""), "Text.")
            .briefing(
                "news/leaves/index.md",
                &item("leaves", "2026-01-02", "aliases = [\"/old/\"]\ntopics = [\"only\"]"),
                "![M](map.png)",
            )
            .file("content/news/leaves/map.png", "map"),
    );
    let path = "content/news/leaves/index.md";
    story.site.write("public/by-hand.txt", "mine");
    let gone = ["news/leaves", "old", "topics"];
    for line in ["draft = true\n", "expires = 2026-02-01\non_expiry = \"gone\"\n", "embargo = 2030-01-01\n"] {
        story.replace(path, ("title", &format!("{line}title")));
        // Not a story's build: the file that somebody put there is in no clean build.
        let built = story.site.build_soundly(NOW);
        assert_eq!(built.traces("Item leaves"), Vec::<&str>::new(), "{line}");
        gone.iter().for_each(|path| assert!(!story.site.path("public").join(path).exists(), "{path}"));
        assert_eq!(built.text("by-hand.txt"), "mine");
        story.replace(path, (line, ""));
        assert!(story.site.build_soundly(NOW).has("news/leaves/map.png"));
    }
}
