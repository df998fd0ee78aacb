//! What is made again after each kind of edit, by name. Each build is compared with a clean one too.
//!
//! The site has a theme of its own, small enough to know by heart: `DESK` says which template is made of what.

mod scratch;

use std::fs;

use scratch::story::{LEDGER, Story};
use scratch::{NOW, Site};

/// `briefing.html` and the lists stand on `base.html`, which includes `foot.html`; the lists include `item.html`. The others
/// stand alone. Only `foot.html` says a word, only `home.html` describes the site, only `page.html` has its motto.
const DESK: [(&str, &str); 11] = [
    ("base.html", "{% block main %}{% endblock main %}{% include \"foot.html\" %}\n"),
    ("foot.html", "<p>{{ text.foot }}</p>"),
    ("item.html", "<a href=\"{{ item.path }}\">{{ item.title }}</a>"),
    (
        "briefing.html",
        "{% extends \"base.html\" %}{% block main %}{{ page.title }}{{ page.published }}{{ content | safe }}{% endblock main %}",
    ),
    (
        "list.html",
        "{% extends \"base.html\" %}{% block main %}{% block top %}{% endblock top %}{{ list.title }}{{ content | safe }}{% for item in list.items %}{% include \"item.html\" %}{% endfor %}{% if list?.newer %}{{ list.newer }}{% endif %}{% if list?.older %}{{ list.older }}{% endif %}{% endblock main %}",
    ),
    ("home.html", "{% extends \"list.html\" %}{% block top %}{{ site.description }}{% endblock top %}"),
    ("term.html", "{% extends \"list.html\" %}"),
    (
        "archive.html",
        "{{ list.title }} {{ list?.newer }}{% for item in list.items %}{{ item.title }}{% endfor %}",
    ),
    ("terms.html", "{% for item in terms.items %}{{ item.title }} {{ item.count }}{% endfor %}"),
    ("page.html", "{{ page.title }}{{ content | safe }}{{ site.extra?.motto }}"),
    ("404.html", "{% if metadata %}{% endif %}Nothing here."),
];

const SETTINGS: &str = "description = \"Short.\"\ntheme = \"desk\"\npage_size = 2\nhome_items = 2\nfeed_limit = 2\noutputs = { feeds = [\"atom\"], robots = false, redirects = false, list_feeds = false, record = false }\nextra = { motto = \"Dated.\" }";

/// Eight briefings, a day each; two of them on a topic; a page. A list shows two on each of its pages.
fn desk() -> Site {
    let mut site = Site::new()
        .settings(SETTINGS)
        .file("themes/desk/theme.toml", "name = \"desk\"\n[settings]\nwidth = 1\n")
        .file("themes/desk/i18n/en.toml", "foot = \"By us\"\nother = \"Nobody says this\"\n")
        .file("themes/desk/static/mark.svg", "<svg/>");
    for (name, text) in DESK {
        site = site.file(&format!("themes/desk/templates/{name}"), text);
    }
    for (number, name) in ["a", "b", "c", "d", "e", "f", "g", "h"].iter().enumerate() {
        let topic = if ["b", "h"].contains(name) { "topics = [\"talks\"]\n" } else { "" };
        let day = number + 1;
        let front = format!("title = \"Item {name}\"\nsummary = \"S.\"\ndate = 2026-01-{day:02}\n{topic}");
        site = site.briefing(&format!("news/{name}.md"), &front, "Text.");
    }
    site.briefing("about.md", "title = \"About\"\nsummary = \"S.\"", "Who we are.")
        .file("content/map.png", "PNG")
}

#[test]
fn nothing_changed() {
    let story = Story::of(desk());
    story.build().made_nothing();
    story.touch_everything().build().made_nothing();
    story.build().made_nothing();
}

#[test]
fn a_new_process_remembers() {
    let site = desk();
    site.run(&[]).ended(0, &["9 pages"]);
    // What another process wrote is of use to this one, and what this one wrote to another.
    let built = site.build_soundly(NOW);
    assert_eq!((built.report.made.len(), built.report.notice), (0, None));
    let before = site.output();
    site.run(&[]).ended(0, &["9 pages"]);
    scratch::assert_same(&before, &site.output());
    assert_eq!(site.build_soundly(NOW).report.made.len(), 0);
}

#[test]
fn a_body() {
    let story = Story::of(desk());
    // Old enough to be in no feed.
    story.append("content/news/a.md").build().made(["news/a/index.html"]);
    story.append("content/news/h.md").build().made(["news/h/index.html", "feed.xml"]);
    story.append("content/about.md").build().made(["about/index.html"]);
}

#[test]
fn a_title() {
    let story = Story::of(desk());
    story.retitle("content/news/a.md", "Aaa").build().made([
        "news/a/index.html",
        "news/page/1/index.html",
        "news/2026/page/1/index.html",
        "news/2026/01/page/1/index.html",
    ]);
    story.retitle("content/news/h.md", "Hhh").build().made([
        "feed.xml",
        "index.html",
        "news/2026/01/index.html",
        "news/2026/index.html",
        "news/h/index.html",
        "news/index.html",
        "topics/talks/index.html",
    ]);
    story.retitle("content/about.md", "Who").build().made(["about/index.html"]);
}

#[test]
fn a_new_briefing_changes_no_numbered_page() {
    let story = Story::of(desk());
    story.page("content/news/i.md", "title = \"Item i\"\nsummary = \"S.\"\ndate = 2026-01-09").build().made(
        [
            "feed.xml",
            "index.html",
            "news/2026/01/index.html",
            "news/2026/index.html",
            "news/i/index.html",
            "news/index.html",
            "sitemap.xml",
        ],
    );
    // One more fills a numbered page, which is new; the one before it leads there, and the others stay as they are.
    story.page("content/news/j.md", "title = \"Item j\"\nsummary = \"S.\"\ndate = 2026-01-10").build().made(
        [
            "feed.xml",
            "index.html",
            "news/2026/01/index.html",
            "news/2026/01/page/3/index.html",
            "news/2026/01/page/4/index.html",
            "news/2026/index.html",
            "news/2026/page/3/index.html",
            "news/2026/page/4/index.html",
            "news/index.html",
            "news/j/index.html",
            "news/page/3/index.html",
            "news/page/4/index.html",
            "sitemap.xml",
        ],
    );
}

#[test]
fn a_briefing_goes() {
    let story = Story::of(desk());
    // The newest: what is older keeps its numbers, and the last numbered page leads elsewhere.
    story
        .delete("content/news/h.md")
        .build()
        .made([
            "feed.xml",
            "index.html",
            "news/2026/01/index.html",
            "news/2026/01/page/2/index.html",
            "news/2026/index.html",
            "news/2026/page/2/index.html",
            "news/index.html",
            "news/page/2/index.html",
            "sitemap.xml",
            "topics/index.html",
            "topics/talks/index.html",
        ])
        .removed([
            "news/2026/01/page/3/index.html",
            "news/2026/page/3/index.html",
            "news/h/index.html",
            "news/page/3/index.html",
        ]);
    // The only one of its topic takes the topic with it.
    story.delete("content/news/b.md").build();
    assert!(!story.site.path("public/topics").exists());
}

#[test]
fn a_briefing_is_dated_back() {
    let story = Story::of(desk());
    let step = story.replace("content/news/h.md", ("2026-01-08", "2026-01-03T09:00:00")).build();
    // Everything older than both dates stays as it is; all that is younger than one of them moves by one place.
    step.made([
        "feed.xml",
        "index.html",
        "news/2026/01/index.html",
        "news/2026/01/page/2/index.html",
        "news/2026/01/page/3/index.html",
        "news/2026/index.html",
        "news/2026/page/2/index.html",
        "news/2026/page/3/index.html",
        "news/h/index.html",
        "news/index.html",
        "news/page/2/index.html",
        "news/page/3/index.html",
        "sitemap.xml",
    ]);
}

const BRIEFINGS: [&str; 8] = [
    "news/a/index.html",
    "news/b/index.html",
    "news/c/index.html",
    "news/d/index.html",
    "news/e/index.html",
    "news/f/index.html",
    "news/g/index.html",
    "news/h/index.html",
];

/// Lists that are made with `list.html`, or with what extends it.
const LISTS: [&str; 6] = [
    "index.html",
    "news/index.html",
    "news/page/1/index.html",
    "news/page/2/index.html",
    "news/page/3/index.html",
    "topics/talks/index.html",
];

fn on_base() -> [&'static str; 14] {
    let mut all = [""; 14];
    all[..8].copy_from_slice(&BRIEFINGS);
    all[8..].copy_from_slice(&LISTS);
    all
}

#[test]
fn a_template_at_each_level() {
    let story = Story::of(desk());
    let mark = |text: String| text.replace("{{", "<!--1-->{{");
    // What is included,
    story.edit("themes/desk/templates/foot.html", mark).build().made(on_base());
    story.edit("themes/desk/templates/item.html", mark).build().made(LISTS);
    // what is extended, next to it and further up,
    story.edit("themes/desk/templates/list.html", mark).build().made(LISTS);
    story.edit("themes/desk/templates/base.html", |text| text + "<!--2-->").build().made(on_base());
    // and what stands alone.
    story.edit("themes/desk/templates/briefing.html", mark).build().made(BRIEFINGS);
    story.edit("themes/desk/templates/home.html", mark).build().made(["index.html"]);
    story.edit("themes/desk/templates/page.html", mark).build().made(["about/index.html"]);
    story.edit("themes/desk/templates/404.html", |text| text + "At all.").build().made(["404.html"]);
    // One that nobody uses.
    story.write("themes/desk/templates/nobody.html", "{{ site.title }}").build().made_nothing();
}

#[test]
fn a_template_is_overridden_and_no_longer() {
    let story = Story::of(desk());
    let own = "themes/site/templates/item.html";
    story.write(own, "<b>{{ item.title }}</b>{{ item.path }}").build().made(LISTS);
    story.write(own, "<i>{{ item.title }}</i>{{ item.path }}").build().made(LISTS);
    story.delete(own).build().made(LISTS);
    let own = "themes/site/templates/briefing.html";
    let over = "{% extends \"desk/briefing.html\" %}{% block main %}{{ super() }}, over{% endblock main %}";
    story.write(own, over).build().made(BRIEFINGS);
    let original = "themes/desk/templates/briefing.html";
    story.replace(original, ("{{ page.title }}", "<b>{{ page.title }}</b>")).build().made(BRIEFINGS);
    story.delete(own).build().made(BRIEFINGS);
}

#[test]
fn a_word_an_asset_and_a_file_of_the_theme() {
    let story = Story::of(desk());
    let words = "themes/desk/i18n/en.toml";
    story.replace(words, ("By us", "By them")).build().made(on_base());
    story.write("themes/site/i18n/en.toml", "foot = \"By all\"\n").build().made(on_base());
    story.write("themes/desk/static/mark.svg", "<svg></svg>").build().made(["mark.svg"]);
    story.write("themes/site/static/mark.svg", "<svg>own</svg>").build().made(["mark.svg"]);
    // Nobody links to it, so that nobody but itself sees it.
    let step = story.write("themes/desk/assets/main.css", "p {}").build();
    assert_eq!(step.report.made.len(), 1, "{:?}", step.report.made);
}

#[test]
fn a_setting_is_seen_where_it_is_shown() {
    let story = Story::of(desk());
    let settings = "site.toml";
    story.replace(settings, ("home_items = 2", "home_items = 3")).build().made(["index.html"]);
    story.replace(settings, ("feed_limit = 2", "feed_limit = 3")).build().made(["feed.xml"]);
    // A comment, and a setting of the theme that no template reads.
    story.edit(settings, |text| format!("# Words.\n{text}")).build().made_nothing();
    story.edit(settings, |text| format!("theme_settings = {{ width = 2 }}\n{text}")).build().made_nothing();
    // What describes the site is shown on the home page, its feed, and by whoever shows anything of the site.
    let step = story.replace(settings, ("Short.", "Long.")).build();
    for path in BRIEFINGS.iter().chain(&LISTS[1..]).chain(&["map.png", "404.html", "sitemap.xml"]) {
        assert!(!step.report.made.iter().any(|made| made == path), "{path} was made");
    }
    assert!(step.report.made.iter().any(|made| made == "index.html"), "{:?}", step.report.made);
    // The base address is everywhere but in files that are copied.
    let step = story.replace(settings, ("https://example.org/", "https://example.org/sub/")).build();
    assert!(!step.report.made.iter().any(|made| made == "map.png" || made == "mark.svg"));
    step.removed([]);
}

#[test]
fn the_clock() {
    let mut story = Story::of(desk().briefing(
        "news/i.md",
        "title = \"Item i\"\nsummary = \"S.\"\ndate = 2026-01-09\nembargo = 2026-12-01T09:00:00Z\nexpires = 2027-02-01",
        "Text.",
    ));
    story.at("2026-12-01T08:59:59Z").build().made_nothing();
    let appears = story.at("2026-12-01T09:00:00Z").build();
    let made = appears.report.made.clone();
    // The embargo is later than the date, and so the day of publication: the archive of December begins.
    for path in ["news/i/index.html", "feed.xml", "index.html", "news/index.html", "news/2026/12/index.html"]
    {
        assert!(made.iter().any(|name| name == path), "{path} is not among {made:?}");
    }
    for path in ["news/h/index.html", "news/page/3/index.html", "news/2026/01/index.html"] {
        assert!(!made.iter().any(|name| name == path), "{path} is among {made:?}");
    }
    story.at("2027-01-31T00:00:00Z").build().made_nothing();
    let expired = story.at("2027-02-02T00:00:00Z").build();
    assert!(expired.report.made.iter().any(|made| made == "index.html"), "{:?}", expired.report.made);
    // And back again.
    let back = story.at(NOW).build();
    assert!(!story.site.path("public/news/i").exists(), "{back:?}");
    story.at(NOW).build().made_nothing();
}

#[test]
fn a_picture() {
    let story = Story::of(
        desk()
            .briefing("news/x/index.md", "title = \"X\"\nsummary = \"S.\"\ndate = 2025-01-01", "![x](y.png)")
            .file("content/news/x/y.png", "one"),
    );
    story.write("content/news/x/y.png", "two").build().made(["news/x/y.png"]).wrote(1);
    story.write("content/map.png", "another map").build().made(["map.png"]).wrote(1);
    story.write("content/new.png", "a new one").build().made(["new.png"]).wrote(1);
    story.delete("content/new.png").build().made([]).removed(["new.png"]);
}

#[test]
fn a_shared_source() {
    let cites = "title = \"X\"\nsummary = \"S.\"\ndate = 2025-01-01";
    let story = Story::of(desk().briefing("sources/charter.md", "title = \"The Charter\"", "").briefing(
        "news/x.md",
        cites,
        "As it says.[^charter]",
    ));
    story.retitle("content/sources/charter.md", "The New Charter").build().made(["news/x/index.html"]);
}

#[test]
fn somebody_meddles_with_the_output() {
    let story = Story::of(desk());
    let output = |path: &str| story.site.path("public").join(path);
    fs::remove_file(output("news/a/index.html")).unwrap();
    story.build().made(["news/a/index.html"]).wrote(1);
    story.site.edit("public/news/b/index.html", |text| text.replace("Item", "Meti"));
    story.build().made(["news/b/index.html"]).wrote(1);
    story.site.write("public/map.png", "by hand");
    fs::remove_dir_all(output("topics")).unwrap();
    story.build().made(["map.png", "topics/index.html", "topics/talks/index.html"]).wrote(3);
    // The same bytes under another date are as good.
    story.site.edit("public/news/c/index.html", |text| text);
    story.build().made_nothing();
    fs::remove_dir_all(output("")).unwrap();
    story.build().made_everything();
    story.build().made_nothing();
}

#[test]
fn two_edits_of_one_size_within_one_tick_of_the_clock() {
    let story = Story::of(desk());
    let path = "content/news/a.md";
    for words in [("Text", "Tezt"), ("Tezt", "Tewt"), ("Tewt", "Tevt"), ("Tevt", "Teut")] {
        story.replace(path, words).build().made(["news/a/index.html"]);
    }
    // Even if somebody puts the date back.
    let place = story.site.path(path);
    let date = place.metadata().unwrap().modified().unwrap();
    story.replace(path, ("Teut", "Text"));
    fs::File::options().write(true).open(&place).unwrap().set_modified(date).unwrap();
    story.build().made(["news/a/index.html"]);
}

#[test]
fn another_version_of_bulletin_makes_everything_and_writes_nothing() {
    let story = Story::of(desk());
    // What the ledger says of the program that wrote it stands in its first bytes.
    let ledger = story.site.path(LEDGER);
    for at in [8, 16, 24] {
        let mut bytes = fs::read(&ledger).unwrap();
        bytes[at] ^= 1;
        fs::write(&ledger, bytes).unwrap();
        story.build().noticed().made_everything().wrote(0).removed([]);
        story.build().made_nothing();
    }
}

#[test]
fn mistakes_are_remembered_with_what_they_were_found_in() {
    let story = Story::of(desk().briefing("news/x.md", "title = \"X\"\ndate = 2025-01-01", "No summary."));
    let said =
        |report: &bulletin::engine::Report| report.diagnostics.iter().map(scratch::shown).collect::<Vec<_>>();
    let first = said(&story.build().report);
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!(said(&story.append("content/news/a.md").build().report), first);
    // With an error nothing is made or written, and what was good is still known afterwards.
    let before = story.site.output();
    story.append("content/news/b.md").edit("content/news/a.md", |text| text + "[x](nowhere.md)\n");
    for _ in 0..2 {
        let failed = story.site.build(NOW);
        assert!(failed.report.failed() && failed.report.made.is_empty());
        scratch::assert_same(&before, &failed.files);
    }
    story.edit("content/news/a.md", |text| text.replace("[x](nowhere.md)\n", ""));
    story.build().made(["news/b/index.html"]);
}

#[test]
fn the_list_of_our_files_is_deleted_and_made_again() {
    let story = Story::of(desk());
    story.build().made_nothing();
    story.site.delete("public/.bulletin");
    let step = story.edit("content/about.md", |text| text + "More.\n").build();
    step.made(["about/index.html"]);
    // And with nothing else to do.
    story.site.delete("public/.bulletin");
    story.build().made_nothing();
}

#[test]
fn the_settings_count_among_what_changed() {
    let story = Story::of(desk());
    let step = story.replace("site.toml", ("\"Desk\"", "\"Bureau\"")).build();
    assert_eq!(step.report.changed_sources, 1);
    let step = story.replace("site.toml", ("Europe/Kyiv", "Asia/Tokyo")).build();
    assert_eq!(step.report.changed_sources, 1, "pages that are only read anew are not changed");
}
