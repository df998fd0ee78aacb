//! Whether what readers find is right: while a deploy is under way, after one that was broken off, and after the last.
//!
//! Knows files with their bytes; nothing of servers.

use std::collections::BTreeSet;

use bulletin::digest::Sha256;

use crate::desk::{Desk, OWN};
use crate::scratch::{Files, assert_same};

const SUMS: &str = "SHA256SUMS";
/// Where files with a hash in their names are.
const HASHED: &str = "assets/";

/// What readers may find.
pub struct Judge {
    old: Files,
    new: Files,
    /// Every style sheet that there ever was.
    styles: Files,
}

impl Judge {
    /// Nothing was published, and this is going to be.
    pub fn of(new: Files) -> Self {
        let mut judge = Self { old: Files::new(), new: Files::new(), styles: Files::new() };
        judge.next(new);
        judge
    }

    /// What was new is old.
    pub fn next(&mut self, new: Files) {
        self.old = std::mem::replace(&mut self.new, new);
        let styles = self.new.iter().filter(|(path, _)| path.starts_with(HASHED));
        self.styles.extend(styles.map(|(path, bytes)| (path.clone(), bytes.clone())));
    }

    /// Every file is whole, what a page needs is there, and whatever leads somewhere leads to a page.
    #[track_caller]
    pub fn assert_consistent(&self, there: &Files, when: &str) {
        for (path, bytes) in there.iter().filter(|(path, _)| !path.starts_with(OWN)) {
            let versions = [self.old.get(path), self.new.get(path), self.styles.get(path)];
            let whole = versions.contains(&Some(bytes)) || path == SUMS;
            assert!(whole, "{when}: {path} is neither the old nor the new one");
            for link in links(bytes) {
                let needed = link.starts_with(HASHED) || (is_list(path) && is_briefing(&link));
                assert!(
                    !needed || there.contains_key(&link),
                    "{when}: {path} leads to {link}, which is not there"
                );
            }
        }
        let all_new = || self.new.iter().all(|(path, bytes)| there.get(path) == Some(bytes));
        if there.get("record.json") == self.new.get("record.json")
            && self.old.get("record.json") != self.new.get("record.json")
        {
            assert!(all_new(), "{when}: the record is new, and not all that it tells of is there");
        }
    }

    /// Exactly the new site is there, with style sheets of before for late readers, and what Bulletin says of it is true.
    #[track_caller]
    pub fn assert_finished(&self, there: &Files, when: &str) {
        self.assert_consistent(there, when);
        let mut site = there.clone();
        site.retain(|path, _| {
            let late = self.styles.contains_key(path) && !self.new.contains_key(path);
            !path.starts_with(OWN) && path != SUMS && !late
        });
        assert_same(&site, &self.new);
        assert!(
            there.get(SUMS) == Some(&sums(&self.new)),
            "{when}: the list of files is not that of the site"
        );
        assert!(!there.keys().any(|path| path.starts_with(".bulletin/sending/")), "{when}: a draft is left");
        assert_remembered(there, when);
    }
}

/// What a desk published is what it built.
#[track_caller]
pub fn assert_published(desk: &Desk) {
    let there = desk.place.files();
    let mut judge = Judge::of(there.clone());
    judge.next(desk.built());
    judge.assert_finished(&there, "in the end");
    let own: Vec<&String> = there.keys().filter(|path| path.starts_with(OWN)).collect();
    assert_eq!(own, [".bulletin/standing"]);
}

/// What Bulletin remembers at the host is what stands there.
#[track_caller]
fn assert_remembered(there: &Files, when: &str) {
    let text = String::from_utf8_lossy(&there[".bulletin/standing"]);
    let remembered: BTreeSet<(String, String)> = text
        .lines()
        .skip(2)
        .map(|line| {
            let mut words = line.splitn(3, ' ');
            let (digest, _, name) = (words.next(), words.next(), words.next());
            (name.unwrap_or_default().to_string(), digest.unwrap_or_default().to_string())
        })
        .collect();
    let stands = there.iter().filter(|(path, _)| !path.starts_with(OWN));
    let stands: BTreeSet<(String, String)> =
        stands.map(|(path, bytes)| (path.clone(), Sha256::of(bytes).to_string())).collect();
    let differ: Vec<_> = remembered.symmetric_difference(&stands).collect();
    assert!(differ.is_empty(), "{when}: what is remembered is not what stands there: {differ:#?}");
}

/// The list of files as `sha256sum` writes it.
fn sums(files: &Files) -> Vec<u8> {
    let lines = files.iter().map(|(path, bytes)| format!("{}  {path}\n", Sha256::of(bytes)));
    lines.collect::<String>().into_bytes()
}

/// The files of the site that a text leads to.
fn links(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).replace("https://desk.test/", "\"/");
    let file = |rest: &str| {
        let path = rest.split(['"', '<', '#', '?']).next()?;
        let name = path.rsplit('/').next().unwrap_or_default();
        Some(if name.is_empty() { format!("{path}index.html") } else { path.to_string() })
    };
    text.split("\"/").skip(1).filter_map(file).collect()
}

fn is_briefing(path: &str) -> bool {
    path.starts_with("news/item-") && path.ends_with("/index.html")
}

/// Whether a file leads to briefings and is none. The rules for the host lead to what is no more.
fn is_list(path: &str) -> bool {
    !is_briefing(path) && !path.starts_with('_') && path != "record.json"
}
