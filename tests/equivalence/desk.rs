//! The site that is edited, in memory: its files, the clock, and what the command line says. Knows nothing of builds.

use std::path::Path;

use bulletin::engine::Profile;

use super::allowance::May;
use super::scratch::{Files, files};
use super::text::Text;

/// The instants between which the clock moves, before, at and after every moment that the site names.
pub const INSTANTS: [&str; 12] = [
    "2026-11-23T12:00:00Z",
    "2025-12-31T21:29:59Z",
    "2026-10-31T00:00:00Z",
    "2026-11-20T07:59:59Z",
    "2026-11-20T08:00:00Z",
    "2026-11-23T21:59:59Z",
    "2026-11-23T22:00:00Z",
    "2026-11-24T06:59:59Z",
    "2026-11-24T07:00:00Z",
    "2026-11-25T00:00:00Z",
    "2026-12-02T00:00:00Z",
    "2027-06-01T03:04:05Z",
];

/// Folders below `content/` whose files are not briefings.
const TERMS: [&str; 6] = ["topics", "people", "organisations", "places", "series", "sources"];

/// A site in memory.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Its files, by path from its root.
    pub files: Files,
    /// Which of [`INSTANTS`] it is.
    pub now: usize,
    /// Whom it is built for.
    pub profile: Profile,
    /// Another base address than the settings name.
    pub base_url: Option<&'static str>,
    /// The files of its last good build.
    pub outputs: Vec<String>,
    /// How many names were given to new files.
    pub named: usize,
}

/// One edit: what somebody did, and what may be made because of it.
#[derive(Debug, Clone)]
pub struct Edit {
    /// What was done, in words.
    pub story: String,
    /// What may be made because of it, beside what differs.
    pub may: Vec<May>,
    /// What was done to files on disk that the site in memory does not show.
    pub deeds: Vec<Deed>,
}

/// Something done on disk: to the date of an input, or to the output.
#[derive(Debug, Clone)]
pub enum Deed {
    /// An input is written again with the bytes that it has.
    Touch(String),
    /// An input that was changed gets the date back that it had before.
    KeepTime(String),
    /// An output is deleted.
    Lose(String),
    /// An output is written over.
    Alter(String),
    /// An output is written again with the bytes that it has.
    TouchOutput(String),
    /// An empty folder takes the place of an output.
    Folder(String),
    /// A folder with a file of somebody else takes the place of an output: the build is refused.
    Block(String),
    /// Somebody puts a file of their own into the output.
    Foreign(String),
}

impl Edit {
    /// An edit that lets these be made.
    pub fn new(story: String, may: Vec<May>) -> Self {
        Self { story, may, deeds: Vec::new() }
    }

    /// The same, with something done on disk.
    pub fn with(mut self, deed: Deed) -> Self {
        self.deeds.push(deed);
        self
    }
}

impl Desk {
    /// The site in `tests/equivalence/site/`.
    pub fn new(profile: Profile) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/equivalence/site");
        Self { files: files(&folder), now: 0, profile, base_url: None, outputs: Vec::new(), named: 0 }
    }

    /// A file as text.
    pub fn text(&self, path: &str) -> &str {
        std::str::from_utf8(&self.files[path]).expect("it is text")
    }

    /// Writes a file.
    pub fn write(&mut self, path: &str, text: impl Into<Vec<u8>>) {
        self.files.insert(path.to_string(), text.into());
    }

    /// A content file taken apart.
    pub fn page(&self, path: &str) -> Text {
        Text::parse(self.text(path))
    }

    /// Changes a content file.
    pub fn change(&mut self, path: &str, change: impl FnOnce(&mut Text)) {
        let mut page = self.page(path);
        change(&mut page);
        self.write(path, page.whole());
    }

    /// Files whose path satisfies this, ordered.
    pub fn paths(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        self.files.keys().filter(|path| wanted(path)).cloned().collect()
    }

    /// Briefings and ordinary pages, translations too.
    pub fn pages(&self) -> Vec<String> {
        self.paths(|path| {
            let Some(below) = path.strip_prefix("content/").filter(|path| path.ends_with(".md")) else {
                return false;
            };
            let mut parts = below.split('/');
            let first = parts.next().unwrap_or_default();
            let is_index = below.split('/').count() <= 2 && file_name(below).starts_with("index.");
            !TERMS.contains(&first) && !is_index
        })
    }

    /// Files of terms: topics, people, organisations, places, series.
    pub fn terms(&self) -> Vec<String> {
        self.paths(|path| TERMS[..5].iter().any(|kind| path.starts_with(&format!("content/{kind}/"))))
    }

    /// The folders of content that hold briefings or pages.
    pub fn collections(&self) -> Vec<String> {
        let indexes = self.paths(|path| path.ends_with("/index.md") && path.matches('/').count() == 2);
        let folders = indexes.iter().map(|path| path.trim_end_matches("/index.md").to_string());
        folders.filter(|folder| !TERMS.iter().any(|kind| folder.ends_with(kind))).collect()
    }

    /// A name that no file has yet, and no other word contains.
    pub fn name(&mut self) -> String {
        self.named += 1;
        format!("zircon{}x", self.named)
    }
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The word that stands in the address of a page, unless it has a slug: its file's name without language, or its folder's.
pub fn stem(path: &str) -> String {
    let name = file_name(path);
    let first = name.split('.').next().unwrap_or(name);
    if first == "index" {
        return file_name(path.trim_end_matches(name).trim_end_matches('/')).to_string();
    }
    first.to_string()
}

/// Whether a content file is a bundle's page, beside which files of its own stand.
pub fn bundle(path: &str) -> Option<&str> {
    let folder = path.strip_suffix("/index.md")?;
    (folder.matches('/').count() >= 2).then_some(folder)
}
