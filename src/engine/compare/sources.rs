//! The sources of a comparison: as they are now, those that have no page, and which of them changed.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::{Change, Compared, Source, below_content, is_page};

impl<'l> Compared<'l> {
    /// No sources, and no difference.
    pub(super) fn nothing() -> Self {
        Self {
            sources: Cow::Borrowed(&[]),
            differ: BTreeMap::new(),
            change: Change::Nothing,
            changed: 0,
            named: Vec::new(),
            stuck: BTreeMap::new(),
            origins: None,
            parsed: Vec::new(),
        }
    }

    /// Every file as it is now, by path.
    pub(in crate::engine) fn current(&self) -> impl Iterator<Item = &Source> {
        let now = |(place, known)| self.differ.get(&place).unwrap_or(known);
        self.sources.iter().enumerate().map(now)
    }

    /// Whether the sources are those of the ledger, save for those that differ.
    pub(in crate::engine) fn is_of_ledger(&self) -> bool {
        matches!(self.sources, Cow::Borrowed(_))
    }

    /// The places of the sources that are others than `known`, with what they are now; the files are the same.
    pub(in crate::engine) fn others(&self, known: &[Source]) -> BTreeMap<usize, Source> {
        if self.is_of_ledger() {
            return self.differ.clone();
        }
        let both = self.current().zip(known).enumerate();
        both.filter(|(_, (now, known))| now != known).map(|(place, (now, _))| (place, now.clone())).collect()
    }

    /// The files that are no pages, and the Markdown files that could not be understood; by their paths below `content/`.
    pub(in crate::engine) fn without_page(&self) -> (Vec<String>, Vec<String>) {
        without_page(self.current())
    }

    /// Names the files that are new, gone or different.
    pub(super) fn name_changes(&mut self, known: &[Source]) {
        let (mut old, mut new) = (known.iter().peekable(), self.sources.iter().peekable());
        let mut named = Vec::with_capacity(self.changed);
        while let Some(order) = order(old.peek(), new.peek()) {
            let (before, after) = (old.next_if(|_| order.is_le()), new.next_if(|_| order.is_ge()));
            if before.map(|source| source.digest) != after.map(|source| source.digest) {
                named.extend(after.or(before).map(|source| source.path.clone()));
            }
        }
        self.named = named;
    }
}

/// Sources of which some differ, as they are now.
pub(super) fn owned(sources: Cow<'_, [Source]>, differ: BTreeMap<usize, Source>) -> Vec<Source> {
    let mut sources = sources.into_owned();
    differ.into_iter().for_each(|(place, source)| sources[place] = source);
    sources
}

/// The files that are no pages, and the Markdown files that could not be understood; by their paths below `content/`.
pub(super) fn without_page<'s>(sources: impl Iterator<Item = &'s Source>) -> (Vec<String>, Vec<String>) {
    let (mut files, mut unreadable) = (Vec::new(), Vec::new());
    for source in sources.filter(|source| source.page.is_none()) {
        let Some(below) = below_content(&source.path) else { continue };
        let kind = if is_page(&source.path) { &mut unreadable } else { &mut files };
        kind.push(below.to_string());
    }
    (files, unreadable)
}

/// Which of two sources comes first by its path; none if there is neither.
fn order(old: Option<&&Source>, new: Option<&&Source>) -> Option<Ordering> {
    match (old, new) {
        (None, None) => None,
        (Some(_), None) => Some(Ordering::Less),
        (None, Some(_)) => Some(Ordering::Greater),
        (Some(old), Some(new)) => Some(old.path.cmp(&new.path)),
    }
}
