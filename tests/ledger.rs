//! A ledger that cannot be trusted: cut off, flipped, foreign, of yesterday, or no file at all. The next build is right,
//! says one line about it, and does not fail.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scratch;

use std::fs;
use std::path::PathBuf;

use scratch::story::LEDGER;
use scratch::{Built, Files, NOW, Site, assert_same, page};

/// A few pages of every sort, so that every section of the ledger holds something.
fn desk() -> Site {
    let mut site = Site::new()
        .plain_theme()
        .settings("page_size = 2\n[languages.uk]\nname = \"UA\"")
        .briefing("people/ann.md", "title = \"Ann\"\nsummary = \"S.\"", "A life.")
        .briefing("news/soon.md", "title = \"Soon\"\nsummary = \"S.\"\ndate = 2030-01-01", "Later.")
        .briefing("news/warns.md", "title = \"Warns\"\ndate = 2026-01-01", "It has no summary.")
        .file("content/map.png", "PNG");
    for name in ["a", "b", "c", "d", "e"] {
        let front =
            format!("title = \"Item {name}\"\nsummary = \"S.\"\ndate = 2026-01-02\npeople = [\"ann\"]");
        site = site.briefing(&format!("news/{name}.md"), &front, "Text, see [Ann](@ann).");
    }
    site
}

/// A site that was built, its ledger, and its output.
struct Kept {
    site: Site,
    ledger: Vec<u8>,
    clean: Files,
}

impl Kept {
    fn new() -> Self {
        let site = desk();
        let built = site.build_soundly(NOW);
        let ledger = fs::read(site.path(LEDGER)).unwrap();
        Self { clean: built.files, ledger, site }
    }

    fn place(&self) -> PathBuf {
        self.site.path(LEDGER)
    }

    /// Builds with this for a ledger. Everything is as it must be, and the build after it has nothing to do.
    #[track_caller]
    fn with(&self, ledger: &[u8]) -> Built {
        fs::write(self.place(), ledger).unwrap();
        let built = self.site.build_soundly(NOW);
        assert_same(&self.clean, &built.files);
        assert_eq!(built.report.written.unwrap().changed, 0);
        assert_eq!(built.report.diagnostics.len(), 1, "the warning is told however the page was read");
        assert_one_line(built.report.notice.as_deref());
        built
    }

    /// The same after an edit of a title, for which the pages are needed.
    #[track_caller]
    fn with_an_edit(&self, ledger: &[u8]) -> Built {
        self.edited(ledger, ("Item a", "Item of another title"))
    }

    /// The same after an edit of a text, for which everything else is recalled.
    #[track_caller]
    fn with_an_edit_of_a_text(&self, ledger: &[u8]) -> Built {
        self.edited(ledger, ("Text, see", "Text; look at"))
    }

    #[track_caller]
    fn edited(&self, ledger: &[u8], (from, to): (&str, &str)) -> Built {
        fs::write(self.place(), ledger).unwrap();
        let path = "content/news/a.md";
        let before = fs::read_to_string(self.site.path(path)).unwrap();
        self.site.write(path, before.replace(from, to));
        let built = self.site.build_soundly(NOW);
        assert_same(&self.site.clean(NOW), &built.files);
        assert_one_line(built.report.notice.as_deref());
        self.site.write(path, before);
        assert_same(&self.clean, &self.site.build_soundly(NOW).files);
        built
    }
}

#[track_caller]
fn assert_one_line(notice: Option<&str>) {
    let fine = notice.is_none_or(|notice| !notice.trim().is_empty() && !notice.contains('\n'));
    assert!(fine, "{notice:?}");
}

/// Numbers that are scattered, and always the same.
fn scattered(count: u64, below: usize) -> impl Iterator<Item = usize> {
    let digest = |number: u64| bulletin::digest::Digest::of(&number.to_le_bytes()).to_bytes();
    let number = move |at| u64::from_le_bytes(digest(at)[..8].try_into().expect("eight of sixteen bytes"));
    (0..count).map(move |at| usize::try_from(number(at) % below as u64).expect("it is below a length"))
}

#[test]
fn one_that_is_cut_off() {
    let kept = Kept::new();
    let length = kept.ledger.len();
    let edges = (0..40).chain(length - 40..length);
    for end in edges.chain(scattered(60, length)) {
        let built = kept.with(&kept.ledger[..end]);
        assert!(built.report.notice.is_some(), "{end} of {length} bytes were taken for all");
        assert!(!built.report.made.is_empty());
    }
    for end in scattered(10, length) {
        kept.with_an_edit(&kept.ledger[..end]);
        kept.with_an_edit_of_a_text(&kept.ledger[..end]);
    }
}

#[test]
fn one_with_a_bit_that_is_not_as_it_was() {
    let kept = Kept::new();
    let mut noticed = 0;
    for at in (0..128).chain(scattered(100, kept.ledger.len() * 8)) {
        let mut ledger = kept.ledger.clone();
        ledger[at / 8] ^= 1 << (at % 8);
        // A section that nobody reads may be damaged unseen, until somebody does.
        noticed += usize::from(kept.with(&ledger).report.notice.is_some());
    }
    assert!(noticed >= 128, "only {noticed} were noticed: the first bytes say what the file is");
    for at in scattered(40, kept.ledger.len() * 8) {
        let mut ledger = kept.ledger.clone();
        ledger[at / 8] ^= 1 << (at % 8);
        kept.with_an_edit(&ledger);
        let built = kept.with_an_edit_of_a_text(&ledger);
        assert!(built.report.notice.is_some(), "bit {at} was flipped, and everything was read");
    }
}

/// Where what has changed since the ledger was written is kept.
const CHANGES: &str = ".bulletin/public.changes";

#[test]
fn changes_to_it_that_are_cut_off_flipped_or_of_another_ledger() {
    let kept = Kept::new();
    let site = &kept.site;
    let text = fs::read_to_string(site.path("content/news/a.md")).unwrap();
    site.write("content/news/a.md", text.replace("Text, see", "Text; look at"));
    let built = site.build_soundly(NOW);
    let wanted = [
        "feed.json",
        "feed.xml",
        "news/a/index.html",
        "news/feed.xml",
        "people/ann/feed.xml",
        "record.json",
        "rss.xml",
    ];
    assert_eq!(built.report.made, wanted);
    assert_eq!(fs::read(kept.place()).unwrap(), kept.ledger, "the ledger itself is as it was");
    let changes = fs::read(site.path(CHANGES)).unwrap();
    assert!(changes.len() < kept.ledger.len());
    let clean = site.clean(NOW);
    let with = |changes: &[u8]| {
        fs::write(kept.place(), &kept.ledger).unwrap();
        fs::write(site.path(CHANGES), changes).unwrap();
        let built = site.build_soundly(NOW);
        assert_same(&clean, &built.files);
        assert_eq!(built.report.written.unwrap().changed, 0);
        built.report
    };
    let report = with(&changes);
    assert_eq!((report.notice, report.made.len()), (None, 0));
    for end in (0..20).chain(scattered(40, changes.len())) {
        assert!(with(&changes[..end]).notice.is_some(), "{end} bytes were taken for all");
    }
    for at in scattered(80, changes.len() * 8) {
        let mut flipped = changes.clone();
        flipped[at / 8] ^= 1 << (at % 8);
        assert!(with(&flipped).notice.is_some(), "bit {at} was flipped");
    }
    // Without them, the ledger knows of fewer files that they are right.
    fs::write(kept.place(), &kept.ledger).unwrap();
    fs::remove_file(site.path(CHANGES)).ok();
    assert_eq!(site.build_soundly(NOW).report.notice, None);
    assert_same(&clean, &site.output());
    // Those of another ledger count for nothing.
    site.write("content/news/b.md", page("title = \"New\"\nsummary = \"S.\"\ndate = 2026-01-03", "Text."));
    site.build_soundly(NOW);
    assert!(!site.path(CHANGES).exists());
    fs::write(site.path(CHANGES), &changes).unwrap();
    let report = site.build_soundly(NOW).report;
    assert_eq!((report.notice, report.made.len()), (None, 0));
    assert_same(&site.clean(NOW), &site.output());
}

#[test]
fn many_edits_of_texts_are_remembered_one_after_the_other() {
    let kept = Kept::new();
    for turn in 0..5 {
        for name in ["a", "b", "c"] {
            kept.site.edit(&format!("content/news/{name}.md"), |text| format!("{text}\nTurn {turn}.\n"));
            let built = kept.site.build_soundly(NOW);
            assert!(
                built.report.made.contains(&format!("news/{name}/index.html")),
                "{:?}",
                built.report.made
            );
            assert_eq!(built.report.sources, [format!("content/news/{name}.md")]);
        }
        assert_same(&kept.site.clean(NOW), &kept.site.output());
        assert!(kept.site.build_soundly(NOW).report.made.is_empty());
    }
}

#[test]
fn one_that_is_no_ledger() {
    let kept = Kept::new();
    let long = b"+++\ntitle = \"No ledger\"\n+++\n".repeat(4000);
    let numbers: Vec<u8> = scattered(9000, 256).map(|number| u8::try_from(number).unwrap()).collect();
    let doubled = [kept.ledger.clone(), kept.ledger.clone()].concat();
    // Lengths that are too good to be true must not become memory.
    let mut vast = kept.ledger.clone();
    let from = 32.min(vast.len());
    vast[from..].iter_mut().take(64).for_each(|byte| *byte = 0xff);
    for other in [b"".as_slice(), b"\0", b"Bulletin", &long, &numbers, &doubled, &vast] {
        assert!(kept.with(other).report.notice.is_some());
        kept.with_an_edit(other);
    }
}

#[test]
fn none_at_all_is_worth_no_word() {
    let kept = Kept::new();
    fs::remove_file(kept.place()).unwrap();
    let built = kept.site.build_soundly(NOW);
    assert_eq!((built.report.notice, built.report.written.unwrap().changed), (None, 0));
    assert_same(&kept.clean, &built.files);
    fs::remove_dir_all(kept.site.path(".bulletin")).unwrap();
    let built = kept.site.build_soundly(NOW);
    assert_eq!((built.report.notice, built.report.written.unwrap().changed), (None, 0));
    assert!(kept.site.build_soundly(NOW).report.made.is_empty());
}

#[test]
fn one_of_another_site_and_one_of_yesterday() {
    let kept = Kept::new();
    let other =
        Site::new().plain_theme().briefing("news/a.md", "title = \"Other\"\ndate = 2026-01-02", "Other.");
    other.build_soundly(NOW);
    kept.with(&fs::read(other.path(LEDGER)).unwrap());
    kept.with_an_edit(&fs::read(other.path(LEDGER)).unwrap());
    // The ledger and the output belong together: one without the other says nothing.
    let site = &kept.site;
    let yesterday = kept.ledger.clone();
    let first = fs::read_to_string(site.path("content/news/a.md")).unwrap();
    site.write("content/news/a.md", first.replace("Text", "Tezt"));
    site.build_soundly(NOW);
    site.write(
        "content/news/b.md",
        page("title = \"Item b again\"\nsummary = \"S.\"\ndate = 2026-01-03", "Text."),
    );
    site.build_soundly(NOW);
    fs::write(kept.place(), &yesterday).unwrap();
    assert_same(&site.clean(NOW), &site.build_soundly(NOW).files);
    site.write("content/news/a.md", first);
    fs::write(kept.place(), &yesterday).unwrap();
    assert_same(&site.clean(NOW), &site.build_soundly(NOW).files);
    // An output of yesterday under the ledger of today.
    fs::remove_dir_all(site.path("public")).unwrap();
    kept.clean.iter().for_each(|(path, bytes)| site.write(&format!("public/{path}"), bytes));
    assert_same(&site.clean(NOW), &site.build_soundly(NOW).files);
}

#[test]
fn a_folder_in_its_place() {
    let kept = Kept::new();
    fs::remove_file(kept.place()).unwrap();
    kept.site.write(&format!("{LEDGER}/mine.txt"), "by somebody else");
    for title in ["One", "Two"] {
        kept.site.write("content/about.md", page(&format!("title = \"{title}\""), "Text."));
        let built = kept.site.build_soundly(NOW);
        assert!(built.report.notice.is_some(), "nothing can be remembered, and nobody says so");
        assert_one_line(built.report.notice.as_deref());
        assert_same(&kept.site.clean(NOW), &built.files);
    }
    assert_eq!(fs::read(kept.site.path(LEDGER).join("mine.txt")).unwrap(), b"by somebody else");
}

#[cfg(unix)]
#[test]
fn one_that_cannot_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let kept = Kept::new();
    fs::set_permissions(kept.place(), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(kept.place()).is_ok() {
        return println!("skipped: whoever runs this may read everything");
    }
    let built = kept.site.build_soundly(NOW);
    assert!(built.report.notice.is_some());
    assert_same(&kept.clean, &built.files);
}

#[test]
fn the_program_says_one_line_and_ends_well() {
    let kept = Kept::new();
    kept.site.run(&[]).ended(0, &[]);
    let quiet = kept.site.run(&[]);
    fs::write(kept.place(), &kept.ledger[..kept.ledger.len() / 2]).unwrap();
    let loud = kept.site.run(&[]);
    let lines = |ran: &scratch::Ran| ran.err.lines().count() + ran.out.lines().count();
    assert_eq!((loud.code, lines(&loud)), (Some(0), lines(&quiet) + 1), "{quiet:?}\n{loud:?}");
    assert_same(&kept.clean, &kept.site.output());
}

#[test]
fn two_builds_at_once_leave_a_right_output_and_a_right_ledger() {
    let kept = Kept::new();
    let site = &kept.site;
    for turn in 0..6 {
        site.edit("content/news/a.md", |text| text + "More.\n");
        // Into one folder, then each into its own.
        let second: &[&str] = if turn % 2 == 0 { &[] } else { &["--output", "other"] };
        let both = [site.start(&[]), site.start(second)];
        let codes = both.map(|mut child| child.wait().unwrap().code().unwrap());
        assert!(codes.contains(&0) && codes.iter().all(|code| [0, 2].contains(code)), "{codes:?}");
        let clean = site.clean(NOW);
        assert_same(&clean, &site.output());
        if turn % 2 == 1 {
            assert_same(&clean, &scratch::files(&site.path("other")));
        }
        let after = site.build_soundly(NOW);
        assert_same(&clean, &after.files);
        assert_eq!((after.report.made.len(), after.report.notice), (0, None));
    }
}

#[test]
fn what_is_said_of_security_txt_turns_at_its_instants_without_an_edit() {
    let security = "[security]\ncontact = [\"flaws@example.org\"]\nexpires = 2028-01-01T00:00:00Z";
    let site = desk().settings(security);
    let said = |now: &str| -> Vec<String> {
        let warm = site.build(now).report.diagnostics.iter().map(scratch::shown).collect::<Vec<_>>();
        let cold = site.copy().build(now).report.diagnostics.iter().map(scratch::shown).collect::<Vec<_>>();
        assert_eq!(warm, cold, "at {now}");
        warm.into_iter().filter(|said| said.contains("security.txt")).collect()
    };
    for (now, words) in [
        (NOW, Some("would expire more than a year from now")),
        (NOW, Some("would expire more than a year from now")),
        ("2027-06-01T00:00:00Z", None),
        ("2027-12-31T23:59:59Z", None),
        ("2028-01-01T00:00:00Z", Some("is out of date")),
        ("2027-06-01T00:00:00Z", None),
    ] {
        let all = said(now);
        assert_eq!(all.len(), usize::from(words.is_some()), "at {now}: {all:?}");
        assert!(words.is_none_or(|words| all[0].contains(words)), "at {now}: {all:?}");
    }
}

#[test]
fn every_output_can_be_switched_on_and_off_and_the_pages_that_point_to_it_follow() {
    let names = [
        "archives",
        "list_feeds",
        "corrections",
        "quotes",
        "sitemap",
        "robots",
        "not_found",
        "redirects",
        "sources",
        "record",
        "structured_data",
        "ninjs",
    ];
    let site =
        Site::new().briefing("news/a.md", "title = \"A\"\nsummary = \"S.\"\ndate = 2026-01-02", "Text.");
    let settings = fs::read_to_string(site.path("site.toml")).unwrap();
    for name in names {
        for value in ["false", "true", "false"] {
            site.write("site.toml", format!("{settings}\n[outputs]\n{name} = {value}\n"));
            assert_same(&site.build_soundly(NOW).files, &site.clean(NOW));
        }
    }
}
