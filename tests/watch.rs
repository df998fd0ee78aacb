//! What the preview is told of files that change: every place, soon, and nothing about what is no part of a site.
#![cfg(feature = "serve")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bulletin::engine::Seen;
use bulletin::preview::Clock;
use bulletin::preview::watch::{Mode, Roots, Watch};

/// However slow the machine is.
const GENEROUS: Duration = Duration::from_secs(60);
/// How long nothing must be told. What comes is told within a few milliseconds.
const SILENCE: Duration = Duration::from_millis(300);

struct Time(Instant);

impl Clock for Time {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "a test measures nothing with it: it only gives up some day")]
fn time() -> Time {
    Time(Instant::now())
}

struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().expect("there is room for a folder") };
        for folder in ["content/briefings", "content/.git/objects", "themes/site", "public"] {
            fs::create_dir_all(site.at(folder)).expect("a folder can be made");
        }
        for file in ["site.toml", "content/a.md", "content/briefings/b.md", "content/.git/HEAD"] {
            site.write(file, "first");
        }
        site
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.at(path), text).expect("a file can be written");
    }

    fn rename(&self, old: &str, new: &str) {
        fs::rename(self.at(old), self.at(new)).expect("a file can be renamed");
    }

    fn roots(&self) -> Roots {
        Roots { root: self.folder.path().to_path_buf(), settings: self.at("site.toml") }
    }
}

/// Whether a place is among those to be looked at, or in one of them.
fn covers(seen: &Seen, path: &str) -> bool {
    match seen {
        Seen::Anywhere => true,
        Seen::At(places) => places.iter().any(|place| Path::new(path).starts_with(place)),
    }
}

/// Waits until each of these has been told, and nothing more comes.
#[track_caller]
fn told(watch: &mut Watch<'_>, paths: &[&str]) -> Vec<Seen> {
    let mut all = Vec::new();
    while !paths.iter().all(|path| all.iter().any(|seen| covers(seen, path))) {
        all.push(watch.next(GENEROUS).unwrap_or_else(|| panic!("of {paths:?} only {all:?} was told")));
    }
    // A machine may be so slow that what belongs together is told in two parts.
    all.extend(std::iter::from_fn(|| watch.next(SILENCE)));
    all
}

#[track_caller]
fn quiet(watch: &mut Watch<'_>) {
    assert_eq!(watch.next(SILENCE), None);
}

#[track_caller]
fn only(seen: &[Seen], paths: &[&str]) {
    let expected: BTreeSet<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let mut places = BTreeSet::new();
    for seen in seen {
        match seen {
            Seen::Anywhere => panic!("told to look anywhere instead of at {paths:?}"),
            Seen::At(some) => places.extend(some.iter().cloned()),
        }
    }
    assert_eq!(places, expected);
}

#[test]
fn a_save_is_told_by_its_path_from_the_root_however_the_editor_saves() {
    let (site, time) = (Site::new(), time());
    let mut watch = Watch::start(&site.roots(), Mode::Automatic, &time);
    assert_eq!(watch.notice(), None);
    quiet(&mut watch);
    site.write("content/a.md", "in place");
    only(&told(&mut watch, &["content/a.md"]), &["content/a.md"]);
    // As vim, gedit and sed do: another file, which then takes the name.
    for beside in ["content/.a.md.swp", "content/.goutputstream-X", "content/a.md~"] {
        site.write(beside, "put in place");
        site.rename(beside, "content/a.md");
        only(&told(&mut watch, &["content/a.md"]), &["content/a.md"]);
    }
    // As vim does with a backup: the old one is moved aside, and a new one written.
    site.rename("content/a.md", "content/a.md~");
    site.write("content/a.md", "new");
    fs::remove_file(site.at("content/a.md~")).expect("a file can be removed");
    only(&told(&mut watch, &["content/a.md"]), &["content/a.md"]);
    quiet(&mut watch);
}

#[test]
fn backups_swap_files_hidden_folders_and_outputs_cause_nothing() {
    let (site, time) = (Site::new(), time());
    let mut watch = Watch::start(&site.roots(), Mode::Automatic, &time);
    for path in ["content/.a.md.swp", "content/#a.md#", "content/a.md~", "content/a.bak", "content/.#a.md"] {
        site.write(path, "x");
    }
    site.write("content/.git/objects/x", "x");
    fs::create_dir(site.at("content/.idea")).expect("a folder can be made");
    site.write("content/.idea/workspace.xml", "x");
    site.write("public/index.html", "x");
    site.write("notes.txt", "x");
    fs::create_dir_all(site.at(".bulletin/preview")).expect("a folder can be made");
    site.write(".bulletin/preview/index.html", "x");
    fs::read(site.at("content/a.md")).expect("reading is no change");
    fs::read_dir(site.at("content")).expect("listing is no change").for_each(drop);
    quiet(&mut watch);
}

#[test]
fn renames_and_deletions_are_told_by_both_names() {
    let (site, time) = (Site::new(), time());
    let mut watch = Watch::start(&site.roots(), Mode::Automatic, &time);
    site.rename("content/a.md", "content/briefings/a.md");
    let both = ["content/a.md", "content/briefings/a.md"];
    only(&told(&mut watch, &both), &both);
    fs::remove_file(site.at("content/briefings/b.md")).expect("a file can be removed");
    only(&told(&mut watch, &["content/briefings/b.md"]), &["content/briefings/b.md"]);
    // Out of the site, and back.
    site.rename("content/briefings/a.md", "a.md");
    told(&mut watch, &["content/briefings/a.md"]);
    site.rename("a.md", "content/a.md");
    told(&mut watch, &["content/a.md"]);
    quiet(&mut watch);
}

#[test]
fn a_new_folder_is_told_with_all_in_it_and_watched_from_then_on() {
    let (site, time) = (Site::new(), time());
    let mut watch = Watch::start(&site.roots(), Mode::Automatic, &time);
    for round in 0..20 {
        // All at once, so that some of it is there before the folder is watched.
        let deep = format!("content/new-{round}/2026/november");
        fs::create_dir_all(site.at(&deep)).expect("a folder can be made");
        let file = format!("{deep}/c.md");
        site.write(&file, "first");
        told(&mut watch, &[&file]);
        site.write(&file, "second");
        only(&told(&mut watch, &[&file]), &[&file]);
    }
}

#[test]
fn a_folder_that_was_moved_is_watched_under_its_new_name_alone() {
    let (site, time) = (Site::new(), time());
    fs::create_dir(site.at("content/briefings/deep")).expect("a folder can be made");
    let mut watch = Watch::start(&site.roots(), Mode::Automatic, &time);
    site.rename("content/briefings", "content/news");
    told(&mut watch, &["content/briefings", "content/news"]);
    site.write("content/news/deep/c.md", "x");
    only(&told(&mut watch, &["content/news/deep/c.md"]), &["content/news/deep/c.md"]);
    // Another one under the old name.
    fs::create_dir_all(site.at("content/briefings/deep")).expect("a folder can be made");
    told(&mut watch, &["content/briefings/deep"]);
    site.write("content/briefings/deep/d.md", "x");
    only(&told(&mut watch, &["content/briefings/deep/d.md"]), &["content/briefings/deep/d.md"]);
    // Out of the site: what happens there is nobody's business.
    site.rename("content/news", "news");
    told(&mut watch, &["content/news"]);
    site.write("news/deep/c.md", "y");
    quiet(&mut watch);
}

#[test]
fn many_saves_are_few_tellings_and_none_is_lost() {
    let (site, time) = (Site::new(), time());
    let mut watch = Watch::start(&site.roots(), Mode::Automatic, &time);
    let names: Vec<String> = (0..200).map(|number| format!("content/briefings/{number}.md")).collect();
    for name in &names {
        site.write(name, "x");
    }
    let paths: Vec<&str> = names.iter().map(String::as_str).collect();
    let all = told(&mut watch, &paths);
    assert!(all.len() <= 20, "{} tellings for 200 saves", all.len());
    only(&all, &paths);
}

#[test]
fn content_that_is_deleted_made_anew_or_comes_late_is_watched() {
    let (site, time) = (Site::new(), time());
    fs::remove_dir_all(site.at("themes")).expect("a folder can be removed");
    let mut watch = Watch::start(&site.roots(), Mode::Automatic, &time);
    fs::create_dir_all(site.at("themes/site/templates")).expect("a folder can be made");
    told(&mut watch, &["themes"]);
    site.write("themes/site/templates/page.html", "x");
    told(&mut watch, &["themes/site/templates/page.html"]);
    fs::remove_dir_all(site.at("content")).expect("a folder can be removed");
    told(&mut watch, &["content"]);
    fs::create_dir(site.at("content")).expect("a folder can be made");
    site.write("content/z.md", "x");
    told(&mut watch, &["content/z.md"]);
    site.write("content/z.md", "y");
    only(&told(&mut watch, &["content/z.md"]), &["content/z.md"]);
}

#[test]
fn settings_are_told_wherever_they_are_and_what_lies_beside_them_is_not() {
    let (site, time) = (Site::new(), time());
    fs::create_dir(site.at("elsewhere")).expect("a folder can be made");
    site.write("elsewhere/desk.toml", "x");
    let mut watch = Watch::start(&site.roots(), Mode::Automatic, &time);
    site.write("site.toml", "y");
    only(&told(&mut watch, &["site.toml"]), &["site.toml"]);
    site.write("site.toml.new", "y");
    site.rename("site.toml.new", "site.toml");
    only(&told(&mut watch, &["site.toml"]), &["site.toml"]);
    let roots = Roots { settings: site.at("elsewhere/desk.toml"), ..site.roots() };
    let mut watch = Watch::start(&roots, Mode::Automatic, &time);
    site.write("elsewhere/notes.txt", "x");
    quiet(&mut watch);
    site.write("elsewhere/desk.toml", "y");
    only(&told(&mut watch, &["elsewhere/desk.toml"]), &["elsewhere/desk.toml"]);
}

#[cfg(unix)]
#[test]
fn links_neither_loop_nor_hide_a_change() {
    use std::os::unix::fs::symlink;
    let (site, time) = (Site::new(), time());
    symlink(site.at("content"), site.at("content/briefings/back")).expect("a link can be made");
    symlink("/etc", site.at("content/out")).expect("a link can be made");
    let mut watch = Watch::start(&site.roots(), Mode::Automatic, &time);
    quiet(&mut watch);
    // A file under two names: the event knows one of them.
    site.write("content/a.md", "x");
    assert!(told(&mut watch, &["content/a.md"]).iter().all(|seen| *seen == Seen::Anywhere));
}

#[cfg(unix)]
#[test]
fn content_that_is_a_link_is_told_under_the_name_that_the_site_has_for_it() {
    let (site, time) = (Site::new(), time());
    site.rename("content", "texts");
    std::os::unix::fs::symlink("texts", site.at("content")).expect("a link can be made");
    let mut watch = Watch::start(&site.roots(), Mode::Automatic, &time);
    site.write("texts/briefings/b.md", "x");
    only(&told(&mut watch, &["content/briefings/b.md"]), &["content/briefings/b.md"]);
    // It leads elsewhere now.
    fs::create_dir(site.at("others")).expect("a folder can be made");
    fs::remove_file(site.at("content")).expect("a link can be removed");
    std::os::unix::fs::symlink("others", site.at("content")).expect("a link can be made");
    told(&mut watch, &["content"]);
    site.write("others/c.md", "x");
    only(&told(&mut watch, &["content/c.md"]), &["content/c.md"]);
}

#[test]
fn a_folder_that_takes_the_place_of_the_site_is_watched() {
    let beside = tempfile::tempdir().expect("there is room for a folder");
    let at = |path: &str| beside.path().join(path);
    for name in ["site", "new"] {
        fs::create_dir_all(at(name).join("content")).expect("a folder can be made");
        fs::write(at(name).join("site.toml"), name).expect("a file can be written");
    }
    let time = time();
    let roots = Roots { root: at("site"), settings: at("site/site.toml") };
    let mut watch = Watch::start(&roots, Mode::Automatic, &time);
    fs::rename(at("site"), at("old")).expect("a folder can be renamed");
    fs::rename(at("new"), at("site")).expect("a folder can be renamed");
    told(&mut watch, &["content/a.md"]);
    fs::write(at("site/content/b.md"), "new").expect("a file can be written");
    told(&mut watch, &["content/b.md"]);
}

#[test]
fn looking_now_and_then_finds_every_kind_of_change_and_nothing_else() {
    let (site, time) = (Site::new(), time());
    let every = Mode::Poll(Duration::from_millis(20));
    let mut watch = Watch::start(&site.roots(), every, &time);
    assert_eq!(watch.notice(), None, "somebody asked for it");
    site.write("content/.a.md.swp", "x");
    site.write("public/index.html", "x");
    quiet(&mut watch);
    type Change = fn(&Site);
    let changes: [(&str, Change); 6] = [
        ("an edit", |site| site.write("content/a.md", "second")),
        ("a rename", |site| site.rename("content/a.md", "content/c.md")),
        ("a deletion", |site| fs::remove_file(site.at("content/c.md")).expect("it was there")),
        ("a template", |site| site.write("themes/site/page.html", "x")),
        ("a moved folder", |site| site.rename("content/briefings", "content/news")),
        ("the settings", |site| site.write("site.toml", "more of them")),
    ];
    for (what, change) in changes {
        let mut watch = Watch::start(&site.roots(), every, &time);
        change(&site);
        assert_eq!(watch.next(GENEROUS), Some(Seen::Anywhere), "{what}");
    }
    // Once more, for file systems that know whole seconds only; and then no more.
    assert_eq!(watch.next(GENEROUS), Some(Seen::Anywhere));
    assert_eq!(watch.next(GENEROUS), Some(Seen::Anywhere));
    quiet(&mut watch);
}
