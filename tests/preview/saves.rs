//! How files are saved: by editors that rename and delete, by programs that write the same bytes again, a thousand times,
//! and where no event tells of it.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::scratch::served::{Served, View};
use super::scratch::{NOW, Site, page};
use super::{item, settled};

const NOTE: &str = "content/news/note.md";

/// Ways of saving a file, as editors do; each is given the site and the new text, and says how long there was no file.
type Editor = fn(&Site, &str) -> Duration;

/// An editor takes less; a test on a machine with other things to do may take more, and then the page is away indeed.
const AWAY_MAX: Duration = Duration::from_millis(10);

/// Moves the old file away, and puts a new one in its place; returns how long there was none.
fn moved_away(site: &Site, old: &str, put: impl Fn() -> std::io::Result<()>) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "whether this test was held up is not seen otherwise")]
    let began = std::time::Instant::now();
    fs::rename(site.path(NOTE), site.path(old)).unwrap();
    put().unwrap();
    began.elapsed()
}

/// The same with a file that is written there.
fn rewritten(site: &Site, old: &str, text: &str) -> Duration {
    moved_away(site, old, || fs::write(site.path(NOTE), text))
}

/// Tries whether files can be made in the folder, keeps the old file under another name, and writes a new one.
fn vim(site: &Site, text: &str) -> Duration {
    let (swap, probe, backup) = ("content/news/.note.md.swp", "content/news/4913", "content/news/note.md~");
    site.write(swap, "swap");
    site.write(probe, "");
    site.delete(probe);
    let away = rewritten(site, backup, text);
    site.delete(backup);
    site.delete(swap);
    away
}

/// The same, with a name of its own for the old file.
fn helix(site: &Site, text: &str) -> Duration {
    let backup = "content/news/note.mdk3Jx0T.bck";
    let away = rewritten(site, backup, text);
    site.delete(backup);
    away
}

/// A new file under another name; then the old one goes, and the new one takes its place.
fn jetbrains(site: &Site, text: &str) -> Duration {
    let (new, old) = ("content/news/note.md___jb_tmp___", "content/news/note.md___jb_old___");
    site.write(new, text);
    let away = moved_away(site, old, || fs::rename(site.path(new), site.path(NOTE)));
    site.delete(old);
    away
}

/// A lock that leads nowhere, a file for the worst case, and a backup of the first text, which stays.
fn emacs(site: &Site, text: &str) -> Duration {
    let (lock, backup) = (site.path("content/news/.#note.md"), "content/news/note.md~");
    std::os::unix::fs::symlink("somebody@desk.4711:1700000000", &lock).unwrap();
    site.write("content/news/#note.md#", text);
    let away = if site.path(backup).exists() { in_place(site, text) } else { rewritten(site, backup, text) };
    site.delete("content/news/#note.md#");
    fs::remove_file(lock).unwrap();
    away
}

/// A hidden file that takes the old one's place.
fn sublime(site: &Site, text: &str) -> Duration {
    site.write("content/news/.sublime-3f1.tmp", text);
    fs::rename(site.path("content/news/.sublime-3f1.tmp"), site.path(NOTE)).unwrap();
    Duration::ZERO
}

/// A file from elsewhere that takes the old one's place.
fn mv(site: &Site, text: &str) -> Duration {
    site.write("draft.md", text);
    fs::rename(site.path("draft.md"), site.path(NOTE)).unwrap();
    Duration::ZERO
}

/// Empties the file, and fills it again: it is always there.
fn in_place(site: &Site, text: &str) -> Duration {
    fs::write(site.path(NOTE), text).unwrap();
    Duration::ZERO
}

/// Saves ten times while somebody keeps asking; the page is never away, and nobody but the page is ever published.
fn saved_ten_times(name: &str, editor: Editor) {
    let front = item("note", "2026-01-01", "");
    let site = Site::new().plain_theme().briefing("news/note.md", &front, "Version 0.").briefing(
        "news/other.md",
        &item("other", "2026-01-02", ""),
        "Text.",
    );
    let served = Served::start(site, View::Preview);
    let (done, missed, asked) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let mut away = Duration::ZERO;
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = served.client();
            while !done.load(Ordering::Relaxed) {
                let found =
                    client.get(&served.address_of("/news/note/")).is_ok_and(|page| page.shows("Version"));
                asked.fetch_add(1, Ordering::Relaxed);
                missed.fetch_add(usize::from(!found), Ordering::Relaxed);
            }
        });
        for version in 1..=10 {
            away = away.max(editor(&served.site, &page(&front, &format!("Version {version}."))));
            thread::sleep(Duration::from_millis(20));
        }
        let last =
            super::scratch::served::waited(|| served.get("/news/note/").shows("Version 10.").then_some(()));
        done.store(true, Ordering::Relaxed);
        assert!(last.is_some(), "{name}: the last version is not shown\n{}", served.said());
    });
    served.same_as_clean();
    assert!(asked.into_inner() > 0, "nobody asked");
    let missed = missed.into_inner();
    assert!(missed == 0 || away > AWAY_MAX, "{name}: the page was away {missed} times\n{}", served.said());
    let rebuilds = served.rebuilds();
    assert!((1..=10).contains(&rebuilds.len()), "{name}: {} rebuilds\n{}", rebuilds.len(), served.said());
    for rebuild in &rebuilds {
        assert_eq!(rebuild["sources"], serde_json::json!([NOTE]), "{name}: {rebuild}");
    }
    for leftover in
        ["/news/4913", "/news/note.md~", "/news/note.md", "/news/.note.md.swp", "/news/note.mdk3Jx0T.bck"]
    {
        assert_eq!(served.get(leftover).status, 404, "{name}: {leftover} is published");
    }
}

#[test]
fn a_page_is_never_away_while_vim_saves_it() {
    saved_ten_times("Vim", vim);
}

#[test]
fn a_page_is_never_away_while_helix_saves_it() {
    saved_ten_times("Helix", helix);
}

#[test]
fn a_page_is_never_away_while_emacs_saves_it() {
    saved_ten_times("Emacs", emacs);
}

#[test]
fn a_page_is_never_away_while_others_save_it() {
    for (name, editor) in
        [("Sublime", sublime as Editor), ("JetBrains", jetbrains), ("mv", mv), ("in place", in_place)]
    {
        saved_ten_times(name, editor);
    }
}

#[test]
fn where_no_event_tells_polling_sees_it() {
    let site = Site::new().plain_theme().briefing("news/a.md", &item("a", "2026-01-01", ""), "Text.");
    let served = Served::start_with(site, View::Public, &["--now", NOW, "--format", "json", "--poll", "50"]);
    served.same_as_clean();
    served.replace("content/news/a.md", ("Item a", "Item b"));
    settled(&served, &["/news/a/"], &[]);
    served.site.write("content/more/deep/c.md", page(&item("c", "2026-01-01", ""), "Text."));
    settled(&served, &["/more/c/"], &[]);
    fs::rename(served.site.path("content/more"), served.site.path("content/less")).unwrap();
    settled(&served, &["/less/c/"], &["/more/c/"]);
    served.site.edit("site.toml", |text| text.replace("title = \"Desk\"", "title = \"Bureau\""));
    settled(&served, &[], &[]);
    served.site.delete("content/news/a.md");
    settled(&served, &[], &["/news/a/"]);
    assert!(served.get("/").shows("Bureau"));
    served.so_many_rebuilds(5);
    // A while later it looks again, for what a coarse clock may have hidden, and finds nothing.
    thread::sleep(Duration::from_millis(2500));
    served.so_many_rebuilds(5);
}

#[test]
#[cfg(target_os = "linux")]
fn where_the_system_watches_no_more_folders_polling_sees_it_and_a_line_says_why() {
    let site = Site::new().plain_theme().briefing("news/a.md", &item("a", "2026-01-01", ""), "Text.");
    let Some(served) = Served::start_unwatched(site, View::Public) else {
        return println!("skipped: the number of watched folders cannot be limited here");
    };
    served.wait_for("the reason", || {
        let said = served.said();
        said.contains("the system watches no more folders").then_some(())
    });
    served.replace("content/news/a.md", ("Item a", "Item b"));
    settled(&served, &["/news/a/"], &[]);
    served.site.write("content/more/deep/c.md", page(&item("c", "2026-01-01", ""), "Text."));
    settled(&served, &["/more/c/"], &[]);
    assert_eq!(served.said().matches("watches no more folders").count(), 1);
}

#[test]
fn one_edit_is_one_rebuild_wherever_output_and_cache_are() {
    let site = Site::new().briefing("news/a.md", &item("a", "2026-01-01", ""), "Text.");
    let served = Served::start(site, View::Public);
    // The site is built beside its preview, and somebody writes everything again as it was.
    served.site.run(&["--quiet"]).ended(0, &[]);
    for folder in ["content", "themes"] {
        for (path, bytes) in super::scratch::files(&served.site.path(folder)) {
            served.site.write(&format!("{folder}/{path}"), bytes);
        }
    }
    served.site.edit("site.toml", |text| text);
    // No later than with the second of these edits would the rebuilds be seen that are too many.
    for (old, new) in [("Item a", "Item b"), ("Item b", "Item c")] {
        served.replace("content/news/a.md", (old, new));
        served.until("/news/a/", |page| page.shows(new));
        thread::sleep(Duration::from_millis(300));
    }
    served.same_as_clean();
    let told = served.so_many_rebuilds(2);
    let sources: Vec<&serde_json::Value> = told.iter().map(|rebuild| &rebuild["sources"]).collect();
    assert_eq!(sources, [&serde_json::json!(["content/news/a.md"]); 2], "{told:?}");
    assert!(served.looks().len() < 12, "it looks again and again:\n{}", served.said());
}

/// Of the process, in MB.
fn resident(served: &Served) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", served.process())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_rebuilds() {
    /// Far more than an allocator's mood, far less than what a few hundred rebuilds would leave behind.
    const GROWTH_MB: usize = 24;
    let text = "Many words in a row that fill a page. ".repeat(200);
    let site = (0..300).fold(Site::new().plain_theme(), |site, number| {
        let front = item(&format!("{number}"), "2026-01-01", &format!("topics = [\"t{}\"]", number % 9));
        site.briefing(&format!("news/n{number:03}.md"), &front, &text)
    });
    let served = Served::start(site, View::Public);
    let mut after_some = 0;
    for edit in 1000..2000 {
        // Of the same size: the body, and now and then the title, which others show.
        let title = if edit % 50 == 0 { format!("Item {edit}") } else { "Item 777".into() };
        let front = item("000", "2026-01-01", "").replace("Item 000", &title);
        served.save("content/news/n000.md", page(&front, &format!("Edit {edit}. {text}")));
        served.until("/news/n000/", |page| page.shows(&format!("Edit {edit}.")));
        if edit == 1200 {
            after_some = resident(&served);
        }
    }
    let after_all = resident(&served);
    served.same_as_clean();
    assert!(after_all < after_some + GROWTH_MB, "{after_some} MB grew to {after_all} MB");
}
