//! Keeps from the public what was not understood: a page with a mistake in it may be one that nobody is to see.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::catalog::visibility::{Profile, Visibility};
use crate::diagnostic::Diagnostic;
use crate::engine::compare::Stuck;
use crate::engine::ledger::Source;
use crate::engine::read::Content;
use crate::source::card::Standing;
use crate::source::page::Page;
use crate::source::tree::CONTENT;

/// Whom a site with mistakes is made for, and since when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Audience {
    pub profile: Profile,
    /// An instant of the last build: what was held back then has not been shown.
    pub before: Timestamp,
}

/// Decides what becomes of pages with mistakes: one that was shown before is stuck, and stays. Any other is left out where
/// writers look; from the public it is held back like a draft, with the files that only it uses, until it is mended.
pub(super) fn spare(content: &mut Content, stuck: &BTreeMap<String, Stuck>, audience: Audience) {
    let wrong = wrong(content, stuck);
    match audience.profile {
        Profile::Preview => leave_out(content, &wrong),
        Profile::Public => {
            let is_hidden = |page: &Page| Visibility::of(&page.card, audience.before).is_gated();
            for page in &mut content.pages {
                let is_stuck = stuck.contains_key(&page.card.file());
                if wrong.contains(&*page.card.path) || is_stuck && is_hidden(page) {
                    page.card.standing = Standing::Draft;
                }
            }
        }
    }
    content.unreadable.extend(wrong);
    content.unreadable.sort_unstable();
    content.unreadable.dedup();
}

/// Files of content with mistakes that were never understood, below `content/`.
fn wrong(content: &Content, stuck: &BTreeMap<String, Stuck>) -> BTreeSet<String> {
    let is_wrong =
        |source: &&Source| source.said.iter().any(Diagnostic::is_error) && !stuck.contains_key(&source.path);
    let below = |source: &Source| Some(source.path.strip_prefix(CONTENT)?.strip_prefix('/')?.to_string());
    content.sources.iter().filter(is_wrong).filter_map(below).collect()
}

fn leave_out(content: &mut Content, wrong: &BTreeSet<String>) {
    if wrong.is_empty() {
        return;
    }
    content.files.retain(|file| !wrong.contains(file));
    let mut pages: Vec<Option<Page>> = std::mem::take(&mut content.pages).into_iter().map(Some).collect();
    for source in &mut content.sources {
        let Some(old) = source.page.take() else { continue };
        let page = pages[old as usize].take().expect("each page has one source");
        if !wrong.contains(&*page.card.path) {
            source.page = u32::try_from(content.pages.len()).ok();
            content.pages.push(page);
        }
    }
}
