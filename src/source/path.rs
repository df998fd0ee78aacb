//! What the path of a content file says: its collection, its language, the day in its name, what kind of file it is.

use std::borrow::Cow;

use bitcode::{Decode, Encode};
use jiff::civil::Date;

use crate::site::{LanguageIndex, Site};

/// What kind of content file a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The text of the home page: `index.md`.
    Home,
    /// A page outside of collections: `about.md`.
    Page,
    /// Title, introduction and settings of a collection: `briefings/index.md`.
    Collection,
    /// A page of a collection.
    Entry,
    /// Title and introduction of an index of terms: `people/index.md`.
    TermIndex(TermKind),
    /// A person, an organisation, a place, a topic or a series.
    Term(TermKind),
    /// A source that many briefings share: `sources/…`.
    Source,
}

/// The kinds of term that briefings are listed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum TermKind {
    /// What it is about.
    Topic,
    /// Who it is by or about.
    Person,
    /// Which bodies it is about.
    Organisation,
    /// Where it plays.
    Place,
    /// The periodical it belongs to.
    Series,
}

impl TermKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Topic, Self::Person, Self::Organisation, Self::Place, Self::Series];

    /// The folder below `content/`, which is also the start of its addresses.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Topic => "topics",
            Self::Person => "people",
            Self::Organisation => "organisations",
            Self::Place => "places",
            Self::Series => "series",
        }
    }

    /// The kind that is called so.
    pub fn of_folder(folder: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.folder() == folder)
    }
}

/// The folder of shared sources.
const SOURCES: &str = "sources";

/// What a content path says that is dear to find out again. The rest is in the path itself: see [`collection`], [`stem`]
/// and [`bundle`]. Cards of all pages stay in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentPath {
    /// What kind of file it is.
    pub role: Role,
    /// The language that the suffix names; the site's own without one.
    pub language: LanguageIndex,
    /// How many bytes of the file's name are the suffix that names the language, its point included.
    pub suffix: u32,
}

impl ContentPath {
    /// Looks at the path of a Markdown file below `content/`, such as `briefings/2024-12-09-call.uk.md`.
    pub fn parse(path: &str, site: &Site) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = name.strip_suffix(".md").unwrap_or(name);
        let (file_stem, language) = language_suffix(name, site);
        Self::with_suffix(path, name.len() - file_stem.len(), language)
    }

    /// The same for somebody who knows already how long the suffix is that names the language, its point included.
    pub fn with_suffix(path: &str, suffix: usize, language: LanguageIndex) -> Self {
        let parts = Parts::of(path, suffix);
        let index = parts.file_stem == "index" && !parts.is_bundle();
        let role = role(collection(path), index);
        Self { role, language, suffix: u32::try_from(parts.suffix).expect("a name is short") }
    }
}

/// The folder directly below `content/`; empty for files at the root.
pub fn collection(path: &str) -> &str {
    path.split_once('/').map_or("", |(collection, _)| collection)
}

/// The name without ending and language, whose suffix is so long: of the file, or of the folder for a bundle.
pub fn stem(path: &str, suffix: u32) -> &str {
    let parts = Parts::of(path, suffix as usize);
    if parts.is_bundle() { parts.folder.rsplit('/').next().unwrap_or_default() } else { parts.file_stem }
}

/// The folder that this page has for itself, if it is a bundle; with a slash at the end.
pub fn bundle(path: &str, suffix: u32) -> Option<&str> {
    let parts = Parts::of(path, suffix as usize);
    parts.is_bundle().then(|| &path[..=parts.folder.len()])
}

/// The day that the name begins with.
pub fn day(path: &str, suffix: u32) -> Option<Date> {
    day_of(stem(path, suffix))
}

/// A content path, taken apart.
struct Parts<'p> {
    folder: &'p str,
    file_stem: &'p str,
    /// The length of what was cut off.
    suffix: usize,
}

impl<'p> Parts<'p> {
    fn of(path: &'p str, suffix: usize) -> Self {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let name = name.strip_suffix(".md").unwrap_or(name);
        let file_stem = name.get(..name.len().saturating_sub(suffix)).unwrap_or(name);
        Self { folder, file_stem, suffix: name.len() - file_stem.len() }
    }

    fn is_bundle(&self) -> bool {
        self.file_stem == "index" && self.folder.contains('/')
    }
}

/// The path of a page without the suffix of its language: what translations have in common.
pub fn original(path: &str, suffix: u32) -> Cow<'_, str> {
    match path.strip_suffix(".md").filter(|_| suffix > 0) {
        Some(name) => Cow::Owned(format!("{}.md", &name[..name.len() - suffix as usize])),
        None => Cow::Borrowed(path),
    }
}

fn role(collection: &str, index: bool) -> Role {
    match (TermKind::of_folder(collection), index) {
        (Some(kind), true) => Role::TermIndex(kind),
        (Some(kind), false) => Role::Term(kind),
        (None, _) if collection == SOURCES => Role::Source,
        (None, true) if collection.is_empty() => Role::Home,
        (None, false) if collection.is_empty() => Role::Page,
        (None, true) => Role::Collection,
        (None, false) => Role::Entry,
    }
}

/// A suffix is a language only if the site declares it: `v1.2` stays `v1.2`.
fn language_suffix<'n>(name: &'n str, site: &Site) -> (&'n str, LanguageIndex) {
    let split = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
    match split.and_then(|(stem, code)| Some((stem, site.language_index(code)?))) {
        Some((stem, language)) => (stem, language),
        None => (name, 0),
    }
}

fn day_of(stem: &str) -> Option<Date> {
    let digits = stem.get(..10)?;
    let bytes = stem.as_bytes();
    let ends = bytes.get(10).is_none_or(|&next| next == b'-' || next == b'_');
    let shaped =
        bytes[4] == b'-' && bytes[7] == b'-' && digits.bytes().all(|b| b == b'-' || b.is_ascii_digit());
    if ends && shaped { digits.parse().ok() } else { None }
}
