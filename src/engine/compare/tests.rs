//! What is opened, what is parsed, and how far a difference reaches, after everything that happens to files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::engine::Silent;
use crate::engine::ledger::{Head, Kept, Loaded, PagesPart, Summary};

/// What the disk's clock says.
fn instant(folder: &std::path::Path) -> Stamp {
    fs::create_dir_all(folder).unwrap();
    crate::engine::folder::instant(&fs::File::create(folder.join("clock")).unwrap())
}

/// A site on disk, and the ledger of its last reading.
struct Desk {
    folder: TempDir,
    site: Site,
    ledger: Option<Box<Ledger>>,
}

/// What a reading found.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    change: Change,
    changed: usize,
    /// The files whose pages were parsed.
    parsed: Vec<String>,
}

const BODY: &str = "+++\ntitle = \"T\"\ndate = 2024-12-09\nsummary = \"S\"\n+++\nOne [a](b.md).\n";

impl Desk {
    fn new() -> Self {
        let (site, _) = Site::parse("site.toml", "");
        let desk = Self { folder: tempfile::tempdir().unwrap(), site, ledger: None };
        desk.write("content/a.md", BODY);
        desk.write("content/b/c.md", BODY);
        desk.write("content/b/d.md", BODY);
        desk.write("content/b/map.png", "map");
        desk.write("content/sources/s.md", "+++\ntitle = \"Source\"\n+++\n");
        desk.write("themes/own/base.html", "base");
        desk
    }

    /// A site that was read, in peace.
    fn read() -> Self {
        let mut desk = Self::new();
        assert_eq!(desk.see().change, Change::Everything);
        desk.rest();
        assert_eq!(desk.see(), nothing());
        desk
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        fs::create_dir_all(self.path(file).parent().unwrap()).unwrap();
        fs::write(self.path(file), text).unwrap();
    }

    /// Until what was written is no longer young.
    fn rest(&self) {
        std::thread::sleep(Duration::from_millis(45));
    }

    /// Reads the site, and keeps what it read.
    fn see(&mut self) -> Seen {
        let tree = Tree::scan(self.folder.path(), &["content", "themes"]).unwrap().0;
        self.see_tree(&tree)
    }

    fn see_tree(&mut self, tree: &Tree) -> Seen {
        let instant = instant(&self.path(".bulletin"));
        let began = Began { instant, progress: &Silent, spoilt: Spoilt::Dropped };
        let old = self.ledger.take();
        let compared = compare(tree, &self.site, old.as_deref().map(Old::of), &began).unwrap();
        let seen = Seen {
            change: compared.change.clone(),
            changed: compared.changed,
            parsed: compared.parsed.iter().map(|page| page.card.file()).collect(),
        };
        let content = compared.content(|| old.as_deref()?.pages()).unwrap();
        self.assert_as_from_nothing(tree, &content, &began);
        let head = Head { reading: reading(&self.site), ..head() };
        let pages = match (&old, &seen.change) {
            (Some(old), Change::Nothing | Change::Texts(_)) => PagesPart::Of(old),
            _ => PagesPart::Pages(&content.pages, None),
        };
        let path = self.path(".bulletin/x.ledger");
        Kept { head: &head, sources: &content.sources, pages, outputs: &[] }.save(&path).unwrap();
        let Loaded::Ledger(ledger) = Ledger::load(&path) else { panic!("the ledger is there") };
        self.ledger = Some(ledger);
        seen
    }

    /// However it was read, what was read is what is there.
    fn assert_as_from_nothing(&self, tree: &Tree, content: &Content, began: &Began<'_>) {
        let clean = compare(tree, &self.site, None, began).unwrap().content(|| None).unwrap();
        assert_eq!(content.pages, clean.pages);
        assert_eq!((&content.files, &content.unreadable), (&clean.files, &clean.unreadable));
        let facts = |source: &Source| (source.path.clone(), source.digest, source.page, source.said.clone());
        assert_eq!(
            content.sources.iter().map(facts).collect::<Vec<_>>(),
            clean.sources.iter().map(facts).collect::<Vec<_>>()
        );
    }
}

fn head() -> Head {
    let digest = Digest::of(b"");
    Head {
        request: digest,
        reading: digest,
        from: None,
        until: None,
        summary: Summary::default(),
        said: Vec::new(),
    }
}

fn nothing() -> Seen {
    Seen { change: Change::Nothing, changed: 0, parsed: Vec::new() }
}

fn texts(pages: &[u32], files: &[&str]) -> Seen {
    let parsed: Vec<String> = files.iter().map(ToString::to_string).collect();
    Seen { change: Change::Texts(pages.to_vec()), changed: files.len(), parsed }
}

fn everything(changed: usize, files: &[&str]) -> Seen {
    let parsed = files.iter().map(ToString::to_string).collect();
    Seen { change: Change::Everything, changed, parsed }
}

fn put_back_time(path: &Path, from: &Path) {
    let time = fs::metadata(from).unwrap().modified().unwrap();
    File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

#[test]
fn what_was_touched_without_change_is_read_once_and_not_parsed() {
    let mut desk = Desk::read();
    desk.write("content/a.md", BODY);
    desk.write("content/b/map.png", "map");
    assert_eq!(desk.see(), nothing());
    // If it was young when it was read, it is read again, and then trusted.
    desk.rest();
    assert_eq!(desk.see(), nothing());
    assert!(desk.ledger.as_ref().unwrap().sources.iter().all(|source| source.stamp.is_some()));
}

#[test]
fn a_file_with_a_trusted_stamp_is_not_opened() {
    let mut desk = Desk::read();
    let tree = Tree::scan(desk.folder.path(), &["content", "themes"]).unwrap().0;
    fs::remove_dir_all(desk.path("themes")).unwrap();
    let compared = {
        let instant = instant(&desk.path(".bulletin"));
        compare(
            &tree,
            &desk.site,
            desk.ledger.as_deref().map(Old::of),
            &Began { instant, progress: &Silent, spoilt: Spoilt::Dropped },
        )
        .unwrap()
    };
    assert!(matches!(compared.sources, Cow::Borrowed(_)) && compared.change == Change::Nothing);
    drop(compared);
    assert_eq!(desk.see(), everything(1, &[]));
}

#[test]
fn an_edited_body_is_a_text() {
    let mut desk = Desk::read();
    desk.write("content/b/c.md", &BODY.replace("One", "Two"));
    assert_eq!(desk.see(), texts(&[1], &["content/b/c.md"]));
    desk.write("content/b/d.md", &format!("{BODY}\nMore.\n"));
    desk.write("content/a.md", &format!("{BODY}\nMore.\n"));
    assert_eq!(desk.see(), texts(&[0, 2], &["content/a.md", "content/b/d.md"]));
    desk.rest();
    assert_eq!(desk.see(), nothing());
}

#[test]
fn more_than_a_text_reaches_everywhere() {
    let page = "content/b/c.md";
    for (what, text) in [
        ("a title", BODY.replace("\"T\"", "\"U\"")),
        ("a comment in the front matter", BODY.replace("date", "# Checked.\ndate")),
        ("a link", BODY.replace("b.md", "c.md")),
        ("an anchor", format!("{BODY}\n## More\n")),
        ("no page any more", "x".to_string()),
    ] {
        let mut desk = Desk::read();
        desk.write(page, &text);
        let parsed: &[&str] = if text == "x" { &[] } else { &[page] };
        assert_eq!(desk.see(), everything(1, parsed), "{what}");
        desk.write(page, BODY);
        assert_eq!(desk.see(), everything(1, &[page]), "{what} and back");
    }
    let mut desk = Desk::read();
    desk.write("content/sources/s.md", "+++\ntitle = \"Source\"\n+++\nNote.\n");
    assert_eq!(desk.see(), everything(1, &["content/sources/s.md"]));
    desk.write("content/b/map.png", "MAP");
    assert_eq!(desk.see(), everything(1, &[]));
    desk.write("themes/own/base.html", "other");
    assert_eq!(desk.see(), everything(1, &[]));
}

#[test]
fn an_edit_of_the_same_size_with_the_time_put_back_is_seen() {
    let mut desk = Desk::read();
    let page = desk.path("content/a.md");
    fs::copy(&page, desk.path("kept")).unwrap();
    put_back_time(&desk.path("kept"), &page);
    desk.write("content/a.md", &BODY.replace("One", "Two"));
    put_back_time(&page, &desk.path("kept"));
    assert_eq!(desk.see(), texts(&[0], &["content/a.md"]));
}

#[test]
fn an_edit_of_the_same_size_at_once_after_a_reading_is_seen() {
    let mut desk = Desk::read();
    for round in 0..20 {
        let text = BODY.replace("One", &format!("{round:03}"));
        desk.write("content/a.md", &text);
        assert_eq!(desk.see(), texts(&[0], &["content/a.md"]), "round {round}");
    }
}

#[test]
fn a_file_that_is_replaced_by_a_rename_is_seen() {
    let mut desk = Desk::read();
    desk.write("content/.new", &BODY.replace("One", "Two"));
    put_back_time(&desk.path("content/.new"), &desk.path("content/a.md"));
    fs::rename(desk.path("content/.new"), desk.path("content/a.md")).unwrap();
    assert_eq!(desk.see(), texts(&[0], &["content/a.md"]));
    // Two files change places.
    desk.write("content/b/c.md", &BODY.replace("One", "Six"));
    desk.see();
    desk.rest();
    desk.see();
    for (from, to) in [("a.md", "x"), ("b/c.md", "a.md"), ("x", "b/c.md")] {
        fs::rename(desk.path("content").join(from), desk.path("content").join(to)).unwrap();
    }
    assert_eq!(desk.see(), texts(&[0, 1], &["content/a.md", "content/b/c.md"]));
}

#[test]
fn files_that_come_and_go_reach_everywhere() {
    let mut desk = Desk::read();
    fs::remove_file(desk.path("content/a.md")).unwrap();
    assert_eq!(desk.see(), everything(1, &[]));
    desk.write("content/a.md", BODY);
    assert_eq!(desk.see(), everything(1, &["content/a.md"]));
    fs::rename(desk.path("content/a.md"), desk.path("content/z.md")).unwrap();
    assert_eq!(desk.see(), everything(2, &["content/z.md"]));
    desk.write("content/new.txt", "x");
    assert_eq!(desk.see(), everything(1, &[]));
    fs::remove_file(desk.path("content/new.txt")).unwrap();
    assert_eq!(desk.see(), everything(1, &[]));
}

#[test]
fn a_moved_folder_is_read_where_it_is_now() {
    let mut desk = Desk::read();
    fs::rename(desk.path("content/b"), desk.path("content/z")).unwrap();
    assert_eq!(desk.see(), everything(6, &["content/z/c.md", "content/z/d.md"]));
    desk.rest();
    assert_eq!(desk.see(), nothing());
}

#[test]
fn mistakes_of_files_are_repeated_though_nobody_reads_them_again() {
    let mut desk = Desk::new();
    desk.write("content/wrong.md", "+++\ntitle = \"W\"\nsumary = \"x\"\n+++\n");
    desk.write("content/page.txt", "+++\ntitle = \"W\"\n+++\n");
    desk.see();
    desk.rest();
    assert_eq!(desk.see(), nothing());
    let sources = &desk.ledger.as_ref().unwrap().sources;
    let said: Vec<&str> =
        sources.iter().flat_map(|source| &source.said).map(|d| d.message.as_str()).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("begins like a page") && said[1].contains("sumary"), "{said:?}");
}

#[test]
fn settings_that_change_how_files_are_read_have_all_pages_parsed() {
    let mut desk = Desk::read();
    let all = ["content/a.md", "content/b/c.md", "content/b/d.md", "content/sources/s.md"];
    for settings in ["timezone = \"Europe/Kyiv\"", "html = \"off\"", "languages = [\"en\", \"uk\"]"] {
        desk.site = Site::parse("site.toml", settings).0;
        assert_eq!(desk.see(), everything(0, &all), "{settings}");
        desk.rest();
        assert_eq!(desk.see(), nothing(), "{settings}");
    }
}

#[test]
fn many_edited_bodies_are_texts_too() {
    let mut desk = Desk::new();
    let file = |number: usize| format!("content/b/{number:03}.md");
    (0..600).for_each(|number| desk.write(&file(number), BODY));
    desk.see();
    (0..50).for_each(|number| desk.write(&file(12 * number), &BODY.replace("One", "Two")));
    let seen = desk.see();
    assert!(matches!(&seen.change, Change::Texts(pages) if pages.len() == 50), "{seen:?}");
}
