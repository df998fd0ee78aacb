//! Mistakes while somebody looks: told in the terminal and in the browser with their place, over the last good pages, and
//! gone when they are mended.

use std::fs;

use super::scratch::client::Events;
use super::scratch::served::{Served, View, as_built};
use super::scratch::{NOW, Site, page};
use super::{item, settled};

fn theme(name: &str) -> String {
    format!("themes/desk/templates/{name}")
}

/// A theme of three levels: base, what it includes, and a component that is called there.
fn levels() -> Site {
    let mut site = Site::new()
        .settings("theme = \"desk\"\noutputs = { archives = false, feeds = [], list_feeds = false, sitemap = false, robots = false, not_found = false }")
        .file("themes/desk/theme.toml", "name = \"desk\"\n");
    for (name, text) in [
        ("base.html", "base {% block main %}{% endblock main %}"),
        ("part.html", "part {{ <mark word={page.title} /> }}"),
        ("marks.html", "{% component mark(word) %}<b>{{ word }}</b>{% endcomponent mark %}"),
        (
            "briefing.html",
            "{% extends \"base.html\" %}{% block main %}{% include \"part.html\" %}{{ content | safe }}{% endblock main %}",
        ),
        (
            "page.html",
            "{% extends \"base.html\" %}{% block main %}{{ page.title }}{{ content | safe }}{% endblock main %}",
        ),
        ("home.html", "home"),
        ("list.html", "list"),
        ("term.html", "term"),
        ("terms.html", "terms"),
    ] {
        site = site.file(&theme(name), text);
    }
    site.briefing("news/a.md", &item("a", "2026-01-01", ""), "Text.").briefing(
        "about.md",
        "title = \"About\"\nsummary = \"S.\"",
        "Text.",
    )
}

/// Waits until the overlay of a browser shows this.
#[track_caller]
fn overlay_shows(served: &Served, events: &Events, words: &[&str]) {
    let shown = || events.overlay().filter(|text| words.iter().all(|word| text.contains(word)));
    served.wait_for(&format!("in the overlay: {}", words.join(", ")), shown);
}

/// Waits until there is no overlay any more.
#[track_caller]
fn overlay_goes(served: &Served, events: &Events) {
    served.wait_for("the end of the overlay", || events.overlay().is_none().then_some(()));
}

/// Waits until the terminal showed this after so many bytes.
#[track_caller]
fn terminal_told(served: &Served, since: usize, words: &[&str]) {
    served.wait_for(&format!("in the terminal: {}", words.join(", ")), || {
        let said = served.errors();
        words.iter().all(|word| said[since.min(said.len())..].contains(word)).then_some(())
    });
}

#[test]
fn templates_reach_all_and_only_those_that_use_them() {
    let served = Served::start(levels(), View::Preview);
    let (part, own) = (theme("part.html"), "themes/site/templates/part.html");
    let steps: [(&dyn Fn(), u64, &str); 6] = [
        (&|| served.replace(&theme("base.html"), ("base", "ground")), 2, "ground part"),
        (&|| served.replace(&part, ("part", "piece")), 1, "ground piece"),
        (&|| served.replace(&theme("marks.html"), ("<b>", "<i>")), 1, "piece <i>"),
        (&|| served.save(own, "own {{ page.title }}"), 1, "ground own"),
        (&|| served.site.delete(own), 1, "ground piece"),
        (&|| served.replace(&part, ("piece", "part")), 1, "ground part"),
    ];
    for (number, (step, made, shown)) in steps.iter().enumerate() {
        step();
        served.until("/news/a/", |page| page.shows(shown));
        let rebuild = served.wait_for("its rebuild", || served.rebuilds().get(number).cloned());
        assert_eq!(rebuild["made"], *made, "step {number}: {rebuild}");
        served.same_as_clean();
    }
}

#[test]
fn a_mistake_in_a_template_is_shown_with_its_place_over_the_last_good_page() {
    let served = Served::start_with(levels(), View::Preview, &["--now", NOW]);
    served.same_as_clean();
    let events = served.events("/news/a/");
    for (name, bad) in [
        // One that cannot be read, and one that fails deep inside a page.
        ("part.html", "part\n{% if %}"),
        ("marks.html", "{% component mark(word) %}\n<b>{{ word.of.nothing }}</b>{% endcomponent mark %}"),
    ] {
        let before = served.errors().len();
        let good = fs::read_to_string(served.site.path(&theme(name))).unwrap();
        let page = || as_built("index.html", &served.get("/news/a/").body);
        let last_good = page();
        served.save(&theme(name), bad);
        let place = format!("themes/desk/templates/{name}:2:");
        terminal_told(&served, before, &["error", &place]);
        overlay_shows(&served, &events, &[&place]);
        assert_eq!(page(), last_good, "the last good page stays");
        // What does not need it goes on, when the theme can be read at all.
        if name == "marks.html" {
            let told = served.errors()[before..].to_string();
            assert!(told.contains("part.html") && told.contains("content/news/a.md"), "no chain in:\n{told}");
            served.replace("content/about.md", ("Text.", "More text."));
            served.until("/about/", |page| page.shows("More text."));
        }
        served.save(&theme(name), good);
        overlay_goes(&served, &events);
        served.same_as_clean();
    }
}

#[test]
fn a_mistake_in_a_page_is_shown_with_its_place_over_the_last_good_page() {
    let served = Served::start_with(levels(), View::Public, &["--now", NOW]);
    served.same_as_clean();
    let events = served.events("/news/a/");
    let path = "content/news/a.md";
    let good = fs::read_to_string(served.site.path(path)).unwrap();
    for (bad, words, line) in [
        (good.replace("2026-01-01", "\"soon\""), "is not a date", 4),
        (good.replace("summary", "sumary"), "did you mean", 3),
        (good.replace("+++\n\n", "\n"), "front matter", 1),
        (good.replace("Text.", "[x](nowhere.md)"), "nowhere.md", 7),
    ] {
        let (before, place) = (served.errors().len(), format!("{path}:{line}:"));
        served.save(path, &bad);
        terminal_told(&served, before, &["error", &place, words]);
        overlay_shows(&served, &events, &[&place, words]);
        // Other pages go on meanwhile.
        served.save("content/news/b.md", page(&item("b", "2026-01-02", ""), words));
        served.until("/news/b/", |page| page.shows(words));
        assert!(served.get("/news/a/").shows("Item a"), "the last good page stays");
        served.site.delete("content/news/b.md");
        served.save(path, &good);
        settled(&served, &["/news/a/"], &["/news/b/"]);
        overlay_goes(&served, &events);
    }
}

#[test]
fn settings_with_a_mistake_leave_everything_as_it_is() {
    let served = Served::start_with(levels(), View::Preview, &["--now", NOW]);
    served.same_as_clean();
    let good = fs::read_to_string(served.site.path("site.toml")).unwrap();
    for bad in [good.replace("title = ", "titel = "), "title = \"".to_string(), String::new()] {
        let before = served.errors().len();
        served.save("site.toml", &bad);
        terminal_told(&served, before, &["error", "site.toml"]);
        assert!(served.get("/news/a/").shows("Item a"));
        served.save("site.toml", good.replace("\"Desk\"", "\"Bureau\""));
        served.same_as_clean();
        served.save("site.toml", &good);
        served.same_as_clean();
    }
    // Gone, and back.
    served.site.delete("site.toml");
    served.replace("content/news/a.md", ("Item a", "Item of another name"));
    assert!(served.get("/").status == 200);
    served.save("site.toml", &good);
    served.same_as_clean();
}

#[test]
fn a_site_that_begins_with_mistakes_is_served_once_they_are_mended() {
    let site = levels();
    let good = fs::read_to_string(site.path("content/news/a.md")).unwrap();
    site.write("content/news/a.md", good.replace("2026-01-01", "\"soon\""));
    let served = Served::start_with(site, View::Preview, &["--now", NOW]);
    terminal_told(&served, 0, &["content/news/a.md:4:"]);
    served.until("/about/", |page| page.shows("About"));
    assert_ne!(served.get("/news/a/").status, 200);
    served.save("content/news/a.md", good);
    settled(&served, &["/news/a/"], &[]);
}
