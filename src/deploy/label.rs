//! What is known of each file of a release beside its bytes: when its turn is, what it is made from, who may know of it.

use std::collections::{BTreeMap, BTreeSet};

use super::packed;
use super::release::{HEADERS, SUMS};
use super::standing::Mark;
use crate::catalog::PageId;
use crate::engine::Rehearsal;
use crate::output::{FileTarget, Target};
use crate::source::card::Standing;

/// When the turn of a file is. What a file refers to comes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Style sheets, pictures and other files as they are.
    Files,
    /// Pages, and their twins for programs.
    Pages,
    /// What leads to pages: lists, feeds, sitemaps, old addresses.
    Lists,
    /// The parts of the record.
    Record,
    /// The record itself, and the list of files: what says that all the others are there. Then what goes.
    Last,
}

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    /// When its turn is.
    pub stage: Stage,
    /// What it is made from, for people.
    pub cause: String,
    /// Whether everybody may know its address.
    pub is_listed: bool,
    /// Whether its name holds a hash of its bytes.
    is_hashed: bool,
}

impl Label {
    /// How it is remembered at a host.
    pub(super) fn mark(&self) -> Mark {
        if self.is_hashed { Mark::Hashed } else { Mark::Present }
    }
}

/// What is known of every file of a release.
#[derive(Debug, Default)]
pub struct Labels(BTreeMap<String, Label>);

impl Labels {
    /// Of all outputs of a site. `sent` are the paths of those that will be sent: what they are made from names the pages
    /// among these that they show.
    pub(super) fn of_site(site: &Rehearsal<'_>, sent: &BTreeSet<&str>) -> Self {
        let catalog = site.catalog();
        let pages: BTreeSet<PageId> = site
            .targets()
            .filter(|(path, _)| sent.contains(path))
            .filter_map(|(_, target)| page(target))
            .collect();
        let is_unlisted = |id: PageId| catalog.card(id).standing == Standing::Unlisted;
        let unlisted = catalog.unlisted_files();
        let label = |path: &str, target: &Target| {
            let is_listed = match target {
                Target::Page(id) | Target::Twin(id) | Target::Redirect(id) => !is_unlisted(*id),
                Target::File(FileTarget::Content(path)) => !unlisted.contains(path.as_str()),
                _ => true,
            };
            let is_hashed = matches!(target, Target::File(FileTarget::Asset(_)));
            let own = target.origin(site.world());
            let cause = if sent.contains(path) { cause(site, target, own, &pages) } else { own };
            Label { stage: stage(target), cause, is_listed, is_hashed }
        };
        Self(site.targets().map(|(path, target)| (path.to_string(), label(path, target))).collect())
    }

    /// Of files in these stages, for tests. Those in `assets/` have a hash in their name, those in `quiet/` are unlisted.
    #[cfg(test)]
    pub(super) fn of_paths(paths: &[(&str, Stage)]) -> Self {
        let label = |path: &str, stage| Label {
            stage,
            cause: String::new(),
            is_listed: !path.starts_with("quiet/"),
            is_hashed: path.starts_with("assets/"),
        };
        Self(paths.iter().map(|&(path, stage)| (path.to_string(), label(path, stage))).collect())
    }

    /// Of one file. One that nothing is known of is treated with caution.
    pub(super) fn of(&self, path: &str) -> Label {
        let unknown = || {
            let cause = match path {
                SUMS => "the list of all files",
                HEADERS => "rules for hosts that take a folder",
                _ => "",
            };
            let cause = cause.to_string();
            Label { stage: Stage::Last, is_listed: !cause.is_empty(), cause, is_hashed: false }
        };
        let packed = || {
            let unpacked = packed::unpacked(path)?;
            let label = self.0.get(unpacked)?.clone();
            Some(Label { cause: format!("{unpacked}, packed"), ..label })
        };
        self.0.get(path).cloned().or_else(packed).unwrap_or_else(unknown)
    }

    /// Whether everybody may know the address of a file.
    pub fn is_listed(&self, path: &str) -> bool {
        self.of(path).is_listed
    }
}

/// The page that an output is.
fn page(target: &Target) -> Option<PageId> {
    if let Target::Page(id) = target { Some(*id) } else { None }
}

/// What an output is made from, and which of the pages that are sent it shows; those of a sitemap may be any of them.
fn cause(site: &Rehearsal<'_>, target: &Target, own: String, pages: &BTreeSet<PageId>) -> String {
    let catalog = site.catalog();
    let shown: Vec<PageId> = match target {
        Target::Page(_) | Target::Twin(_) | Target::Redirect(_) | Target::File(_) | Target::NotFound => {
            Vec::new()
        }
        Target::List(id, number) => catalog.lists().get(*id).items_of(*number).to_vec(),
        Target::Feed(id, _) => catalog.lists().get(*id).items.clone(),
        _ => pages.iter().copied().collect(),
    };
    let mut shown = shown.into_iter().filter(|id| pages.contains(id)).map(|id| catalog.card(id).file());
    match (shown.next(), shown.count()) {
        (None, _) => own,
        (Some(first), 0) => format!("{own}, with {first}"),
        (Some(first), more) => format!("{own}, with {first} and {more} more"),
    }
}

fn stage(target: &Target) -> Stage {
    match target {
        Target::File(_) | Target::Security => Stage::Files,
        Target::Page(_) | Target::Twin(_) | Target::NotFound => Stage::Pages,
        Target::Redirect(_)
        | Target::List(..)
        | Target::Terms(..)
        | Target::Sources(_)
        | Target::Quotes(_)
        | Target::QuotesJson
        | Target::Feed(..)
        | Target::TwinsIndex
        | Target::Twins(_)
        | Target::Corrections(..)
        | Target::CorrectionsFeed(_)
        | Target::SitemapIndex
        | Target::Sitemap(_)
        | Target::Robots(_)
        | Target::Rules(_) => Stage::Lists,
        Target::Record(part) if part.path() != crate::output::record::RECORD => Stage::Record,
        Target::Record(_) | Target::RecordIndex => Stage::Last,
    }
}
