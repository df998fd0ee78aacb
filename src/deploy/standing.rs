//! What stands at a host, as the last deploy remembered it there: path and digest of each file; and what a deploy that was
//! broken off was about to do.
//!
//! Texts, kept where the site is. The addresses of unlisted pages are for those who were told them, and others may read these
//! texts, so that they name the digest of such a path in place of the path. Knows no host.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::release::SUMS;
use crate::digest::Sha256;

/// Where hosts keep it, from the root of the site, if they have no better place.
pub(super) const STANDING: &str = ".bulletin/standing";

/// Where it stands what a deploy is about to do.
#[cfg(feature = "storage")]
pub(super) const UNDERWAY: &str = ".bulletin/underway";

/// Stands for a digest that is not known: of a file of which a deploy that was broken off left either the old or the new bytes.
const UNKNOWN: &str = "?";

/// Stands before the digest of an unlisted path, and never before a path.
const UNLISTED: &str = "//";

const HEADER: &str = "Written by bulletin deploy, version 1: what it published here. Not for readers.";
const BEGUN: &str = "Written by bulletin deploy, version 1: what it is doing here. Not for readers.";

/// Under which name a file is remembered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// Its path from the root of the site, without a slash before it.
    Path(String),
    /// The digest of its path.
    Unlisted(Sha256),
}

/// What is known of a file that stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The digest of its bytes; none where a deploy was broken off, and they may be the old or the new ones.
    pub sha256: Option<Sha256>,
    /// What sort it is.
    pub mark: Mark,
}

/// What sort of file stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// One of the site.
    Present,
    /// One of the site, with a hash of its bytes in its name.
    Hashed,
    /// One with a hash in its name that the site no longer has: a reader may still have a page that wants it.
    Retired,
}

/// What stands at a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Which rules for headers files were sent under.
    pub headers: Option<Sha256>,
    /// The files.
    pub files: BTreeMap<Name, Entry>,
}

impl Name {
    /// Reads what [`Self::text`] writes.
    fn of_text(text: &str) -> Option<Self> {
        match text.strip_prefix(UNLISTED) {
            Some(digest) => Sha256::parse(digest).map(Self::Unlisted),
            None => is_inside(text).then(|| Self::Path(text.to_string())),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Path(path) => path.clone(),
            Self::Unlisted(digest) => format!("{UNLISTED}{digest}"),
        }
    }

    /// The path, if the name tells it.
    pub fn path(&self) -> Option<String> {
        match self {
            Self::Path(path) => Some(path.clone()),
            Self::Unlisted(_) => None,
        }
    }

    /// The name of an unlisted path.
    pub fn unlisted(path: &str) -> Self {
        Self::Unlisted(Sha256::of(path.as_bytes()))
    }
}

/// Whatever stands in such a text, nothing outside of the site is ever deleted.
pub fn is_inside(path: &str) -> bool {
    // White space at the ends is lost on the way to some hosts.
    !path.contains(['\\', '\n', '\r', '\0'])
        && path.trim() == path
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

/// A digest as it stands in such a text, or the sign that it is not known.
fn word(digest: Option<Sha256>) -> String {
    digest.map_or(UNKNOWN.to_string(), |digest| digest.to_string())
}

/// Reads what [`word`] writes; none if it is anything else.
fn known(word: &str) -> Option<Option<Sha256>> {
    if word == UNKNOWN { Some(None) } else { Sha256::parse(word).map(Some) }
}

impl Mark {
    const ALL: [(Self, &'static str); 3] = [(Self::Present, "+"), (Self::Hashed, "*"), (Self::Retired, "-")];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(mark, _)| *mark == self).map_or("+", |(_, word)| word)
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(mark, _)| *mark)
    }
}

impl Standing {
    /// Reads the text that [`Self::text`] writes; none if it is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        if lines.next() != Some(HEADER) {
            return None;
        }
        let headers = known(lines.next()?.strip_prefix("headers ")?)?;
        let file = |line: &str| {
            let (digest, rest) = line.split_once(' ')?;
            let (mark, name) = rest.split_once(' ')?;
            Some((Name::of_text(name)?, Entry { sha256: known(digest)?, mark: Mark::parse(mark)? }))
        };
        Some(Self { headers, files: lines.map(file).collect::<Option<_>>()? })
    }

    /// For keeping it.
    pub fn text(&self) -> String {
        let mut text = format!("{HEADER}\nheaders {}\n", word(self.headers));
        for (name, entry) in &self.files {
            let digest = word(entry.sha256);
            writeln!(text, "{digest} {} {}", entry.mark.word(), name.text()).expect("a string takes text");
        }
        text
    }

    /// What is known of the file at a path, and the name it has.
    pub fn at(&self, path: &str) -> Option<(Name, Entry)> {
        [Name::Path(path.to_string()), Name::unlisted(path)]
            .into_iter()
            .find_map(|name| self.files.get(&name).map(|entry| (name.clone(), *entry)))
    }

    /// Takes note that nothing is known of the bytes at these paths.
    pub fn doubt(&mut self, is_meant: impl Fn(&str) -> bool) {
        for (name, entry) in &mut self.files {
            if let Name::Path(path) = name
                && is_meant(path)
            {
                entry.sha256 = None;
            }
        }
    }

    /// The paths of files that are other ones in `other`, or that only one of the two has. Unlisted paths are not known.
    pub fn differing(&self, other: &Self) -> Vec<String> {
        let names = self.files.keys().chain(other.files.keys()).collect::<BTreeSet<_>>();
        let bytes = |standing: &Self, name| standing.files.get(name).map(|entry: &Entry| entry.sha256);
        let differ = names.into_iter().filter(|name| bytes(self, *name) != bytes(other, *name));
        differ.filter_map(Name::path).collect()
    }

    /// How many files of the site there are; the list of them is not one.
    pub fn count(&self) -> usize {
        let is_list = |name: &Name| *name == Name::Path(SUMS.to_string());
        self.files.iter().filter(|(name, entry)| entry.mark != Mark::Retired && !is_list(name)).count()
    }

    /// What stands there after a deploy was broken off, of which `done` steps are known to be done.
    pub fn interrupted(mut self, underway: &Underway, done: usize) -> Self {
        self.rename(underway);
        for (index, (name, sending)) in underway.sent.iter().enumerate() {
            let sha256 = sending.sha256.filter(|_| index < done);
            self.files.insert(name.clone(), Entry { sha256, ..*sending });
        }
        for name in &underway.deleted {
            if let Some(entry) = self.files.get_mut(name) {
                entry.sha256 = None;
            }
        }
        // Under other rules, every file of the release is among what is sent: one that is known was sent under these.
        self.headers = underway.headers;
        self
    }

    /// A file that is listed now and was not before, or the other way round, has the name under which it is sent.
    fn rename(&mut self, underway: &Underway) {
        let mut unlisted = BTreeSet::new();
        for (name, _) in &underway.sent {
            match name {
                Name::Path(path) => drop(self.files.remove(&Name::unlisted(path))),
                Name::Unlisted(digest) => drop(unlisted.insert(*digest)),
            }
        }
        self.files.retain(|name, _| match name {
            Name::Path(path) => unlisted.is_empty() || !unlisted.contains(&Sha256::of(path.as_bytes())),
            Name::Unlisted(_) => true,
        });
    }
}

/// What a deploy is about to do: written before the first step, removed after the last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Underway {
    /// Which rules for headers files are sent under.
    pub headers: Option<Sha256>,
    /// What is sent, in this order.
    pub sent: Vec<(Name, Entry)>,
    /// What is deleted then.
    pub deleted: Vec<Name>,
}

impl Underway {
    /// Reads the text that [`Self::text`] writes; none if it is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        if lines.next() != Some(BEGUN) {
            return None;
        }
        let headers = known(lines.next()?.strip_prefix("headers ")?)?;
        let mut underway = Self { headers, ..Self::default() };
        for line in lines {
            if let Some(name) = line.strip_prefix("delete ") {
                underway.deleted.push(Name::of_text(name)?);
                continue;
            }
            let (digest, rest) = line.strip_prefix("send ")?.split_once(' ')?;
            let (mark, name) = rest.split_once(' ')?;
            let entry = Entry { sha256: known(digest)?, mark: Mark::parse(mark)? };
            underway.sent.push((Name::of_text(name)?, entry));
        }
        Some(underway)
    }

    /// For keeping it.
    pub fn text(&self) -> String {
        let mut text = format!("{BEGUN}\nheaders {}\n", word(self.headers));
        for (name, entry) in &self.sent {
            let digest = word(entry.sha256);
            writeln!(text, "send {digest} {} {}", entry.mark.word(), name.text())
                .expect("a string takes text");
        }
        for name in &self.deleted {
            writeln!(text, "delete {}", name.text()).expect("a string takes text");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str, mark: Mark) -> Entry {
        Entry { sha256: Some(Sha256::of(text.as_bytes())), mark }
    }

    fn standing() -> Standing {
        let files = [
            (Name::Path("index.html".to_string()), entry("home", Mark::Present)),
            (Name::Path("style.1.css".to_string()), entry("style", Mark::Hashed)),
            (Name::Path("style.0.css".to_string()), entry("old style", Mark::Retired)),
            (Name::unlisted("secret/index.html"), entry("secret", Mark::Present)),
            (Name::Path("half.html".to_string()), Entry { sha256: None, mark: Mark::Present }),
        ];
        Standing { headers: Some(Sha256::of(b"rules")), files: files.into() }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let standing = standing();
        assert_eq!(Standing::parse(&standing.text()), Some(standing.clone()));
        let unknown = Standing { headers: None, ..standing.clone() };
        assert_eq!(Standing::parse(&unknown.text()), Some(unknown));
        let sent = standing.files.clone().into_iter().collect();
        let underway =
            Underway { headers: standing.headers, sent, deleted: vec![Name::Path("a".to_string())] };
        assert_eq!(Underway::parse(&underway.text()), Some(underway));
    }

    #[test]
    fn an_unlisted_address_is_not_told_and_is_found() {
        let standing = standing();
        assert!(!standing.text().contains("secret"));
        assert_eq!(
            standing.at("secret/index.html").map(|(_, entry)| entry),
            Some(entry("secret", Mark::Present))
        );
        assert_eq!(standing.at("other/index.html"), None);
        assert_eq!(standing.count(), 4);
    }

    #[test]
    fn a_text_that_was_cut_off_or_names_what_is_outside_is_none() {
        let text = standing().text();
        assert_eq!(Standing::parse(&text[..text.len() - 1]), None);
        assert_eq!(Standing::parse(&text.replace("version 1", "version 2")), None);
        for path in ["../index.html", "/index.html", "a//b", "a/./b", ""] {
            assert_eq!(Standing::parse(&text.replace("index.html", path)), None, "{path}");
        }
    }

    #[test]
    fn after_a_deploy_that_was_broken_off_what_is_not_known_to_be_done_may_be_anything() {
        let path = |path: &str| Name::Path(path.to_string());
        let sent = vec![
            (path("index.html"), entry("new home", Mark::Present)),
            (path("new.html"), entry("new", Mark::Present)),
        ];
        let headers = standing().headers;
        let underway = Underway { headers, sent, deleted: vec![path("style.0.css")] };
        let after = standing().interrupted(&underway, 1);
        assert_eq!(
            after.at("index.html").map(|(_, entry)| entry.sha256),
            Some(Some(Sha256::of(b"new home")))
        );
        assert_eq!(after.at("new.html").map(|(_, entry)| entry.sha256), Some(None));
        assert_eq!(after.at("style.0.css").map(|(_, entry)| entry.sha256), Some(None));
        assert_eq!(after.at("style.1.css").map(|(_, entry)| entry.sha256), Some(Some(Sha256::of(b"style"))));
        assert_eq!(after.headers, headers);
        // What is known of it can be kept, and looked at again.
        assert_eq!(after.clone().interrupted(&underway, 1), after);
    }

    #[test]
    fn a_file_that_became_unlisted_in_a_deploy_that_was_broken_off_is_one_file() {
        let sent =
            |name: Name| Underway { sent: vec![(name, entry("new", Mark::Present))], ..Underway::default() };
        let (listed, unlisted) = (Name::Path("index.html".to_string()), Name::unlisted("index.html"));
        let hidden = standing().interrupted(&sent(unlisted.clone()), 0);
        assert!(!hidden.files.contains_key(&listed) && hidden.files[&unlisted].sha256.is_none());
        let shown = hidden.interrupted(&sent(listed.clone()), 0);
        assert!(!shown.files.contains_key(&unlisted) && shown.files[&listed].sha256.is_none());
    }
}
