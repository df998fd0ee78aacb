//! What a session does after each kind of edit, by name, and that its folder is always what a clean build gives.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use bulletin::engine::{Progress, Rebuild, Report, Request, Seen, Session, Silent};

use super::scratch::{NOW, Site, assert_same, shown};

/// Six briefings, a page and a picture.
fn desk() -> Site {
    let settings = "page_size = 2\nhome_items = 2\nfeed_limit = 2\noutputs = { record = false }";
    let mut site = Site::new().plain_theme().settings(settings);
    for (number, name) in ["a", "b", "c", "d", "e", "f"].iter().enumerate() {
        let day = number + 1;
        let front = format!("title = \"Item {name}\"\nsummary = \"S.\"\ndate = 2026-01-{day:02}");
        site = site.briefing(&format!("news/{name}.md"), &front, "Text.");
    }
    site.briefing("about.md", "title = \"About\"\nsummary = \"S.\"", "Who we are.")
        .file("content/map.png", "PNG")
}

/// A site, and the session that watches it.
struct Watched {
    site: Site,
    session: Session,
    now: String,
}

/// Notes what was in place early.
#[derive(Default)]
struct Early(Mutex<Vec<String>>);

impl Progress for Early {
    fn begin(&self, _: &'static str, _: usize) {}
    fn step(&self) {}
    fn early(&self, replaced: &[String]) {
        self.0.lock().unwrap().extend_from_slice(replaced);
    }
}

impl Watched {
    /// A site that was built once.
    fn of(site: Site) -> Self {
        let mut watched = Self::unbuilt(site);
        assert!(!watched.report(&Seen::Anywhere).failed());
        watched.assert_clean();
        watched
    }

    fn unbuilt(site: Site) -> Self {
        let session = Session::open(site.request(NOW)).unwrap();
        Self { site, session, now: NOW.to_string() }
    }

    fn report(&mut self, seen: &Seen) -> Report {
        let now = self.now.parse().unwrap();
        self.session.rebuild(&Rebuild { now, seen, first: &[] }, &Silent).unwrap()
    }

    /// What a build does after something may have changed at these places.
    fn at<const N: usize>(&mut self, paths: [&str; N]) -> Report {
        let at: BTreeSet<PathBuf> = paths.iter().map(|path| self.site.path(path)).collect();
        self.report(&Seen::At(at))
    }

    /// The same, when nothing is wrong afterwards: the folder is that of a clean build.
    #[track_caller]
    fn sound<const N: usize>(&mut self, paths: [&str; N]) -> Report {
        let report = self.at(paths);
        assert!(!report.failed(), "{:?}", errors(&report));
        self.assert_clean();
        report
    }

    #[track_caller]
    fn assert_clean(&self) {
        assert_same(&self.site.output(), &self.site.clean(&self.now));
    }

    fn has(&self, output: &str, word: &str) -> bool {
        let files = self.site.output();
        files.get(output).is_some_and(|bytes| String::from_utf8_lossy(bytes).contains(word))
    }
}

fn errors(report: &Report) -> Vec<String> {
    report.diagnostics.iter().filter(|said| said.is_error()).map(shown).collect()
}

/// With a theme that shows bodies only on their own pages.
const A: &str = "content/news/a.md";
const F: &str = "content/news/f.md";

#[test]
fn the_cache_and_the_outputs_may_be_deleted_at_any_time() {
    let mut watched = Watched::of(desk());
    for (gone, body) in
        [(&[".bulletin"][..], "One."), (&["public"], "Two."), (&[".bulletin", "public"], "Three.")]
    {
        gone.iter().for_each(|folder| fs::remove_dir_all(watched.site.path(folder)).unwrap());
        watched.site.edit("content/news/a.md", |text| format!("{text}{body}\n"));
        watched.sound(["content/news/a.md"]);
        assert_eq!(watched.session.remember(), None);
        // The lock that was deleted is taken again.
        assert!(Session::open(watched.site.request(NOW)).is_err(), "{gone:?}");
    }
}

#[test]
fn a_body_touches_its_page_and_nothing_else() {
    let mut desk = Watched::of(desk());
    for word in ["More.", "Still more."] {
        desk.site.edit(A, |text| text + word);
        let report = desk.sound([A]);
        assert_eq!(report.sources, [A]);
        assert_eq!(report.made, ["news/a/index.html"]);
        assert_eq!(report.replaced, ["news/a/index.html"]);
        assert_eq!((report.changed_sources, report.written.unwrap().changed), (1, 1));
        assert!(report.removed.is_empty());
    }
}

#[test]
fn a_body_that_a_feed_holds_is_in_the_feed() {
    let mut desk = Watched::of(desk());
    desk.site.edit(F, |text| text + "More.");
    let report = desk.sound([F]);
    assert!(report.made.contains(&"feed.xml".to_string()), "{:?}", report.made);
    assert!(!report.made.contains(&"index.html".to_string()));
}

#[test]
fn nothing_changed_and_nothing_is_made() {
    let mut desk = Watched::of(desk());
    let text = std::fs::read(desk.site.path(A)).unwrap();
    desk.site.write(A, text);
    for report in [desk.sound([A]), desk.sound([]), desk.sound(["content", "themes"])] {
        assert_eq!((report.made.len(), report.sources.len(), report.changed_sources), (0, 0, 0));
        assert_eq!(report.written.unwrap().changed, 0);
    }
}

#[test]
fn a_title_is_wherever_it_is_shown() {
    let mut desk = Watched::of(desk());
    desk.site.edit(F, |text| text.replace("Item f", "Other f"));
    let report = desk.sound([F]);
    assert!(report.replaced.contains(&"index.html".to_string()), "{:?}", report.replaced);
    assert!(!report.replaced.contains(&"news/a/index.html".to_string()));
}

#[test]
fn files_come_go_and_move() {
    let mut desk = Watched::of(desk());
    std::fs::rename(desk.site.path(A), desk.site.path("content/news/z.md")).unwrap();
    let report = desk.sound([A, "content/news/z.md"]);
    assert_eq!(report.sources, [A, "content/news/z.md"]);
    assert_eq!(report.removed, ["news/a/index.html"]);
    assert!(report.replaced.contains(&"news/z/index.html".to_string()));
    desk.site.write("content/news/g.md", "+++\ntitle = \"G\"\nsummary = \"S.\"\ndate = 2026-02-01\n+++\n");
    assert!(desk.sound(["content/news"]).replaced.contains(&"news/g/index.html".to_string()));
    std::fs::rename(desk.site.path("content/news"), desk.site.path("content/reports")).unwrap();
    assert_eq!(desk.sound(["content/news", "content/reports"]).sources.len(), 14);
    desk.site.delete("content/reports/g.md");
    assert_eq!(
        desk.sound(["content/reports/g.md"]).removed,
        ["reports/2026/02/index.html", "reports/g/index.html"]
    );
    desk.site.write("content/map.png", "Other");
    assert_eq!(desk.sound(["content/map.png"]).replaced, ["map.png"]);
}

#[test]
fn themes_and_settings_are_followed() {
    let mut desk = Watched::of(desk());
    let page = "themes/plain/templates/page.html";
    desk.site.edit(page, |text| text + "<hr>");
    assert_eq!(desk.sound([page]).made, ["about/index.html"]);
    let own = "themes/site/templates/page.html";
    desk.site.write(own, "Own: {{ page.title }}");
    assert_eq!(desk.sound(["themes/site"]).made, ["about/index.html"]);
    assert!(desk.has("about/index.html", "Own: About"));
    desk.site.delete(own);
    assert_eq!(desk.sound([own]).made, ["about/index.html"]);
    desk.site.edit("site.toml", |text| text.replace("\"Desk\"", "\"Bureau\""));
    let report = desk.sound(["site.toml"]);
    assert_eq!(report.sources, ["site.toml"]);
    assert!(report.made.len() > 6, "{:?}", report.made);
    assert_eq!(desk.session.site().unwrap().title, "Bureau");
}

#[test]
fn what_waits_appears_when_its_time_has_come() {
    let later = "title = \"Later\"\nsummary = \"S.\"\ndate = 2027-01-01";
    let mut desk = Watched::of(desk().briefing("news/later.md", later, "Soon."));
    let until = desk.session.until().unwrap();
    desk.now = until.to_string();
    let report = desk.sound([]);
    assert!(report.replaced.contains(&"news/later/index.html".to_string()));
    assert!(report.sources.is_empty());
    assert_eq!(desk.session.until(), None);
}

#[test]
fn a_page_that_cannot_be_understood_stays_as_it_was() {
    let mut desk = Watched::of(desk());
    let (good, before) = (std::fs::read(desk.site.path(F)).unwrap(), desk.site.output());
    desk.site.write(F, "+++\ntitle = \n+++\nBroken words.\n");
    let report = desk.at([F]);
    assert!(errors(&report)[0].contains("content/news/f.md"), "{:?}", errors(&report));
    assert_same(&before, &desk.site.output());
    // The rest goes on, and is not made from what cannot be understood.
    desk.site.edit("content/news/e.md", |text| text.replace("Item e", "Other e"));
    let report = desk.at(["content/news/e.md"]);
    assert!(report.failed() && desk.has("news/e/index.html", "Other e") && desk.has("index.html", "Other e"));
    assert!(!desk.has("feed.xml", "Broken words") && desk.has("news/f/index.html", "Item f"));
    // Mended to what it was: nobody complains any more.
    desk.site.write(F, good);
    let report = desk.sound([F]);
    assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
}

#[test]
fn a_page_with_a_mistake_in_its_embargo_is_not_shown_for_all_that() {
    let front = "title = \"Secret\"\nsummary = \"S.\"\ndate = 2026-01-09\nembargo = \"soon\"";
    let mut desk = Watched::unbuilt(desk().briefing("news/secret.md", front, "Sealed."));
    let report = desk.report(&Seen::Anywhere);
    assert!(report.failed() && desk.has("news/a/index.html", "Item a"));
    assert!(!desk.has("news/secret/index.html", "Secret") && !desk.has("index.html", "Secret"));
    desk.site.delete("content/news/secret.md");
    desk.sound(["content/news/secret.md"]);
}

#[test]
fn what_was_held_back_stays_so_while_a_mistake_stands_in_its_file() {
    let path = "content/news/secret.md";
    let front = "title = \"Secret\"\nsummary = \"S.\"\ndate = 2026-01-09\nembargo = 2027-01-01T09:00:00Z";
    let site =
        desk().briefing("news/secret.md", front, "[sealed](plan.txt)").file("content/news/plan.txt", "x");
    let mut desk = Watched::of(site);
    let before = desk.site.output();
    // Its writer takes the instant back, or makes it a draft, and errs.
    for (old, new) in [
        ("embargo = 2027-01-01", "sumary = \"\"\nembargo = 2027-02-01"),
        ("embargo = 2027-01-01T09:00:00Z", "draft = tru"),
        ("+++\n\n", "\n"),
    ] {
        let good = std::fs::read_to_string(desk.site.path(path)).unwrap();
        assert!(good.contains(old), "{good}");
        desk.site.write(path, good.replacen(old, new, 1));
        assert!(desk.at([path]).failed());
        assert_same(&before, &desk.site.output());
        desk.now = "2027-01-01T09:00:00Z".to_string();
        assert!(desk.at([]).failed());
        assert_same(&before, &desk.site.output());
        // Nor does another process show it, or a build that came in between.
        assert_eq!(desk.session.remember(), None);
        let Watched { site, session, now } = desk;
        drop(session);
        desk = Watched { session: Session::open(site.request(NOW)).unwrap(), site, now };
        assert!(desk.report(&Seen::Anywhere).failed());
        assert_same(&before, &desk.site.output());
        // Mended, it is what it says.
        desk.now = NOW.to_string();
        desk.site.write(path, &good);
        desk.sound([path]);
        assert_same(&before, &desk.site.output());
    }
    desk.now = "2027-01-01T09:00:00Z".to_string();
    assert!(desk.sound([]).replaced.contains(&"news/secret/index.html".to_string()));
    assert!(desk.has("news/plan.txt", "x"));
}

#[test]
fn the_files_of_a_page_that_never_was_understood_are_held_back_with_it() {
    let mut desk = Watched::of(desk());
    let text = "+++\ntitle = \"Secret\"\nsummary = \"S.\"\nembargo = \"soon\"\n+++\n[sealed](plan.txt)\n";
    desk.site.write("content/news/plan.txt", "x");
    desk.site.write("content/news/secret.md", text);
    assert!(desk.at(["content/news"]).failed());
    assert!(!desk.has("news/plan.txt", "x"));
}

#[test]
fn a_link_to_nothing_is_told_and_its_page_is_made() {
    let mut desk = Watched::of(desk());
    desk.site.edit(A, |text| text + "[gone](gone.md)\n");
    let report = desk.at([A]);
    assert_eq!(errors(&report).len(), 1, "{:?}", errors(&report));
    assert!(desk.has("news/a/index.html", "gone"));
    desk.site.edit(A, |text| text.replace("[gone](gone.md)", "gone"));
    assert!(desk.sound([A]).diagnostics.is_empty());
}

#[test]
fn a_template_with_a_mistake_leaves_its_outputs_as_they_were() {
    let mut desk = Watched::of(desk());
    let before = desk.site.output();
    let page = "themes/plain/templates/briefing.html";
    let good = std::fs::read(desk.site.path(page)).unwrap();
    // One that is found when it is used, one that keeps the theme from being loaded, and none at all.
    for bad in [Some("{{ page.no_such_thing.at_all }}"), Some("{% if %}"), None] {
        match bad {
            Some(text) => desk.site.write(page, text),
            None => desk.site.delete(page),
        }
        assert!(desk.at([page]).failed(), "{bad:?}");
        assert_same(&before, &desk.site.output());
        assert!(desk.at([]).failed(), "it is told again: {bad:?}");
        desk.site.edit(A, |text| text + "More.\n");
        assert!(desk.at([A]).failed());
        // As long as the theme cannot be loaded, the last one that could serves; a page that fails stays as it was.
        assert_eq!(desk.has("news/a/index.html", "More."), bad == Some("{% if %}"), "{bad:?}");
        desk.site.edit("content/about.md", |text| text + "And why.\n");
        assert!(desk.at(["content/about.md"]).failed() && desk.has("about/index.html", "And why."));
        desk.site.edit("content/about.md", |text| text.replace("And why.\n", ""));
        assert!(desk.at(["content/about.md"]).failed() && !desk.has("about/index.html", "And why."));
        desk.site.edit(A, |text| text.replace("More.\n", ""));
        assert!(desk.at([A]).failed());
        desk.site.write(page, &good);
        assert!(desk.sound([page]).diagnostics.is_empty());
    }
}

#[test]
fn settings_with_mistakes_leave_everything_as_it_was() {
    let mut desk = Watched::of(desk());
    let before = desk.site.output();
    desk.site.edit("site.toml", |text| text + "no_such_key = 1\n");
    desk.site.edit(A, |text| text + "More.\n");
    assert!(desk.at(["site.toml", A]).failed());
    assert_same(&before, &desk.site.output());
    assert_eq!(desk.session.site().unwrap().title, "Desk");
    desk.site.edit("site.toml", |text| text.replace("no_such_key = 1\n", ""));
    // What was seen meanwhile was not forgotten.
    assert_eq!(desk.sound(["site.toml"]).made, ["news/a/index.html"]);
    std::fs::rename(desk.site.path("site.toml"), desk.site.path("away.toml")).unwrap();
    let now = NOW.parse().unwrap();
    assert!(desk.session.rebuild(&Rebuild { now, seen: &Seen::nowhere(), first: &[] }, &Silent).is_err());
    std::fs::rename(desk.site.path("away.toml"), desk.site.path("site.toml")).unwrap();
    desk.sound([]);
}

#[test]
fn nothing_is_made_in_a_zone_that_nobody_meant() {
    let site = desk();
    let right = std::fs::read_to_string(site.path("site.toml")).unwrap();
    site.edit("site.toml", |text| text.replace("timezone = \"", "timezone = \"No/"));
    let mut desk = Watched::unbuilt(site);
    assert!(desk.report(&Seen::Anywhere).failed());
    assert!(!desk.site.path("public").exists());
    desk.site.write("site.toml", &right);
    desk.sound(["site.toml"]);
}

#[test]
fn what_cannot_stand_beside_the_rest_is_left_out_until_it_is_mended() {
    let mut desk = Watched::of(desk());
    // A file where pages need a folder, and a second page at an address.
    desk.site.write("content/about/index.html/x.txt", "x");
    desk.site.write(
        "content/again.md",
        "+++\ntitle = \"Again\"\nsummary = \"S.\"\naliases = [\"/news/a/\"]\n+++\n",
    );
    let report = desk.at(["content/about", "content/again.md"]);
    assert_eq!(errors(&report).len(), 2, "{:?}", errors(&report));
    assert!(desk.has("about/index.html", "About") && desk.has("news/a/index.html", ""));
    std::fs::remove_dir_all(desk.site.path("content/about")).unwrap();
    desk.site.delete("content/again.md");
    desk.sound(["content/about", "content/again.md"]);
}

#[test]
fn the_next_process_profits_and_believes_nothing_that_is_wrong() {
    let mut desk = Watched::of(desk());
    desk.site.edit(A, |text| text + "More.\n");
    desk.sound([A]);
    assert_eq!(desk.session.remember(), None);
    let Watched { site, session, now } = desk;
    drop(session);
    let built = site.build_soundly(&now);
    assert!(built.report.warm && built.report.made.is_empty(), "{:?}", built.report.made);
    site.edit(A, |text| text + "In another process.\n");
    assert_eq!(site.build_soundly(&now).report.made, ["news/a/index.html"]);
    assert_same(&site.output(), &site.clean(&now));
    // Without its being remembered, what was made is found by its stamps.
    let mut desk = Watched::unbuilt(site);
    assert!(desk.sound([]).made.is_empty());
    desk.site.edit(A, |text| text + "Again.\n");
    desk.sound([A]);
    desk.site.write(F, "no page");
    assert!(desk.at([F]).failed());
    let Watched { site, session, now } = desk;
    drop(session);
    assert!(site.build(&now).report.failed());
    let mut desk = Watched::unbuilt(site);
    assert!(desk.report(&Seen::Anywhere).failed());
    desk.session.remember();
    assert!(desk.has("news/a/index.html", "Again."));
    let Watched { site, session, .. } = desk;
    drop(session);
    site.write(F, "+++\ntitle = \"F\"\nsummary = \"S.\"\ndate = 2026-01-06\n+++\nMended.\n");
    site.build_soundly(NOW);
    assert_same(&site.output(), &site.clean(NOW));
}

#[test]
fn what_somebody_looks_at_comes_first_if_much_is_to_be_made() {
    let mut site = desk();
    for number in 0..80 {
        site = site.briefing(
            &format!("notes/n{number}.md"),
            "title = \"N\"\nsummary = \"S.\"\ndate = 2026-02-01",
            "T",
        );
    }
    let mut desk = Watched::of(site);
    let theme = "themes/plain/templates/briefing.html";
    desk.site.edit(theme, |text| text + "<hr>");
    let (now, seen) = (NOW.parse().unwrap(), Seen::At(BTreeSet::from([PathBuf::from(theme)])));
    let first = ["news/c/index.html".to_string(), "nothing.html".to_string()];
    let early = Early::default();
    let report = desk.session.rebuild(&Rebuild { now, seen: &seen, first: &first }, &early).unwrap();
    assert_eq!(*early.0.lock().unwrap(), ["news/c/index.html"]);
    assert_eq!((report.made.len(), report.replaced.len(), report.written.unwrap().changed), (86, 86, 86));
    assert!(report.replaced.is_sorted());
    desk.assert_clean();
    desk.site.edit(F, |text| text.replace("Item f", "Other f"));
    let seen = Seen::At(BTreeSet::from([PathBuf::from(F)]));
    let early = Early::default();
    desk.session.rebuild(&Rebuild { now, seen: &seen, first: &["index.html".to_string()] }, &early).unwrap();
    assert!(early.0.lock().unwrap().is_empty(), "a few are made at once");
    desk.assert_clean();
}

#[test]
fn a_request_for_no_folder_is_refused() {
    let site = desk();
    let request = Request { destination: bulletin::engine::Destination::Nowhere, ..site.request(NOW) };
    assert!(Session::open(request).is_err());
}

#[test]
fn nobody_else_writes_into_the_folder_of_a_session() {
    let desk = Watched::of(desk());
    let refused = desk.site.built(&desk.site.request(NOW)).err();
    assert!(format!("{refused:?}").contains("another build is writing"));
}
