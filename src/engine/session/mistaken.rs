//! Leaves out what never was understood: a page with a mistake in it may be one that nobody is to see.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::engine::compare::Stuck;
use crate::engine::ledger::Source;
use crate::engine::read::Content;
use crate::source::page::Page;
use crate::source::tree::CONTENT;

/// Takes pages and files with mistakes out of `content`; what is stuck is what it was, and stays.
pub(super) fn left_out(content: &mut Content, stuck: &std::collections::BTreeMap<String, Stuck>) {
    let is_wrong =
        |source: &Source| source.said.iter().any(Diagnostic::is_error) && !stuck.contains_key(&source.path);
    let wrong = content.sources.iter().filter(|source| is_wrong(source));
    let below = |source: &Source| Some(source.path.strip_prefix(CONTENT)?.strip_prefix('/')?.to_string());
    let wrong: BTreeSet<String> = wrong.filter_map(below).collect();
    if wrong.is_empty() {
        return;
    }
    content.files.retain(|file| !wrong.contains(file));
    content.unreadable.extend(wrong.iter().cloned());
    content.unreadable.sort_unstable();
    content.unreadable.dedup();
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
