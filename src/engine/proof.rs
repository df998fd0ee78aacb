//! The proof, mutated, through whole builds: whatever is taken out of what decides that an output is right, there is an
//! edit after which a build leaves another folder behind than a clean one. What is tested is the rest: files, ledger,
//! comparison, and the shortcuts that a run takes.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use tempfile::TempDir;

use super::{Destination, Request, Silent, build};
use crate::mutation::run_without;
use crate::output::forgetting::{self, Texts, part, revealing};

/// The files of an output folder; none where the build did not end well.
type Folder = Option<BTreeMap<String, Vec<u8>>>;

/// A site on disk.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Makes the files of the site what they should be, and builds.
    fn turned(&self, from: &Texts, to: &Texts) -> Folder {
        for path in from.keys().filter(|path| !to.contains_key(*path)) {
            std::fs::remove_file(self.0.path().join(path)).unwrap();
        }
        for (path, text) in to.iter().filter(|(path, text)| from.get(*path) != Some(text)) {
            let place = self.0.path().join(path);
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::write(place, text).unwrap();
        }
        let request = Request {
            root: self.0.path().to_path_buf(),
            config: None,
            destination: Destination::Folder("public".into()),
            base_url: None,
            profile: crate::engine::Profile::Public,
            now: "2024-12-01T00:00:00Z".parse().unwrap(),
            threads: None,
        };
        // A bug of ours is found by an assertion now and then: that is no good end either.
        let report = catch_unwind(AssertUnwindSafe(|| build::build(&request, &Silent))).ok()?.ok()?;
        (!report.failed()).then(|| self.written())
    }

    fn written(&self) -> BTreeMap<String, Vec<u8>> {
        let public = self.0.path().join("public");
        let files = walkdir::WalkDir::new(&public).into_iter().map(Result::unwrap);
        let files = files.filter(|entry| entry.file_type().is_file());
        let read = |entry: walkdir::DirEntry| {
            let path = entry.path().strip_prefix(&public).unwrap().to_string_lossy().into_owned();
            (path, std::fs::read(entry.path()).unwrap())
        };
        files.map(read).collect()
    }
}

/// What is left when the site becomes one of these after the other, each time built without some parts of the proof.
fn built(parts: &[&str], sites: &[&Texts]) -> Folder {
    run_without(parts, || {
        let (desk, nothing) = (Desk::new(), Texts::new());
        let before = [&nothing].into_iter().chain(sites.iter().copied());
        before.zip(sites).map(|(from, to)| desk.turned(from, to)).last()?
    })
}

/// What becomes of the site after these edits where all of the proof is in place: what a clean build says, or the test
/// shows nothing. None where there are mistakes in the site.
fn right(sites: &[&Texts]) -> Folder {
    let clean = built(&[], &sites[sites.len() - 1..])?;
    let honest = built(&[], sites)?;
    assert!(honest == clean, "an edit that goes wrong by itself shows nothing");
    Some(clean)
}

#[test]
fn without_any_one_input_of_any_output_a_build_goes_wrong() {
    let revealing = revealing();
    let mut known: BTreeMap<&(Texts, Texts), Folder> = BTreeMap::new();
    let mut survivors = BTreeSet::new();
    for (&pair, edits) in &revealing {
        let missed = edits.iter().any(|edit| {
            let sites = [&edit.0, &edit.1];
            let right = known.entry(edit).or_insert_with(|| right(&sites));
            right.is_some() && built(&[&part(pair)], &sites) != *right
        });
        if !missed {
            survivors.insert(pair);
        }
    }
    assert!(survivors.is_empty(), "these are not missed, of {}: {survivors:?}", revealing.len());
}

/// The site with another text in one of its files.
fn edited(site: &Texts, path: &str, from: &str, to: &str) -> Texts {
    let mut site = site.clone();
    let text = site.get_mut(path).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    *text = text.replacen(from, to, 1);
    site
}

/// The site with one more file.
fn with(site: &Texts, path: &str, text: &str) -> Texts {
    let mut site = site.clone();
    site.insert(path.to_string(), text.to_string());
    site
}

const A: &str = "content/news/2024-03-01-a.md";
const E: &str = "content/news/2023-05-05-e.md";

/// Parts to do without, and what the site becomes.
type Case = (&'static [&'static str], Vec<Texts>);

fn cases() -> Vec<Case> {
    let site = &forgetting::site();
    let body = || vec![site.clone(), edited(site, A, "One", "Two")];
    let of_list = edited(site, "content/index.md", "Hello.", "Good morning.");
    let of_terms = edited(site, "content/topics/index.md", "All.", "Every one.");
    let cited = &edited(site, E, "title", "topics = [\"Lone\"]\ntitle");
    // A remark is on no card: only the page itself shows it.
    let named = edited(cited, E, "title = \"X\"", "title = \"X\"\nnote = \"Read twice.\"");
    let source = edited(site, "content/sources/memo.md", "title", "note = \"Read twice.\"\ntitle");
    let uncited = edited(site, E, "Cited [^x].", "Not.");
    let after = edited(&uncited, A, "\"A\"", "\"AA\"");
    let raw = &with(site, "content/news/2024-05-03-i.md", "+++\ntitle = \"I\"\n+++\nA <b>bold</b> word.\n");
    let unraw = edited(raw, "site.toml", "feed_limit", "html = \"off\"\nfeed_limit");
    let german = &with(site, "content/about.de.md", "+++\ntitle = \"Wir\"\n+++\nJa.\n");
    let declared = edited(german, "site.toml", "[languages.uk]", "[languages.de]\n[languages.uk]");
    vec![
        (&["digests"], body()),
        (&["stamps"], body()),
        // Which outputs hold the text of a page.
        (&["page"], body()),
        (&["feed"], body()),
        (&["record"], body()),
        (&["list"], vec![site.clone(), of_list]),
        (&["terms"], vec![site.clone(), of_terms]),
        (&["body"], body()),
        // Whether only texts changed. The front matter stands in for the card, and also for what the card does not say.
        (&["cards", "front matter"], vec![site.clone(), edited(site, A, "\"A\"", "\"AA\"")]),
        (&["front matter", "body"], vec![cited.clone(), named]),
        (&["front matter", "shared sources"], vec![site.clone(), source]),
        (&["outlines"], vec![site.clone(), uncited, after]),
        // What the reading of a file depends on.
        (&["html"], vec![raw.clone(), unraw]),
        (&["timezone"], vec![site.clone(), edited(site, "site.toml", "Europe/Kyiv", "Asia/Tokyo")]),
        (&["languages"], vec![german.clone(), declared]),
        (
            &["transcripts"],
            vec![edited(site, "site.toml", "[outputs]", "[outputs]\nrecord = false"), site.clone()],
        ),
    ]
}

#[test]
fn without_any_part_of_the_comparison_a_build_goes_wrong() {
    let mut survivors = Vec::new();
    for (parts, sites) in cases() {
        let sites: Vec<&Texts> = sites.iter().collect();
        let right = right(&sites);
        assert!(right.is_some(), "the site for {parts:?} has mistakes");
        if built(parts, &sites) == right {
            survivors.push(parts);
        }
    }
    assert!(survivors.is_empty(), "these are not missed: {survivors:?}");
}
