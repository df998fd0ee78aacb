//! The pages of a ledger, of which a block is read and decoded when the first of its pages is asked for.
//!
//! Whoever takes pages from here asks at the end whether all were whole: a page that cannot be read is a blank one.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::Ledger;
use super::record::PageRow;
use crate::catalog::Shelf;
use crate::digest::Digest;
use crate::source::page::Page;
use crate::source::tree::CONTENT;

/// The pages of a ledger.
pub(in crate::engine) struct LedgerShelf {
    ledger: Arc<Ledger>,
    /// Digests of files whose text is another than the ledger's, by the number of the page.
    digests: BTreeMap<usize, Digest>,
    blocks: Vec<OnceLock<Vec<Page>>>,
    blank: Page,
    damage: OnceLock<()>,
}

impl LedgerShelf {
    /// The pages of `ledger`, of which those with a digest here have another text.
    pub(in crate::engine) fn new(ledger: Arc<Ledger>, digests: BTreeMap<usize, Digest>) -> Self {
        let blocks = ledger.pages.iter().map(|_| OnceLock::new()).collect();
        Self { ledger, digests, blocks, blank: PageRow::blank(), damage: OnceLock::new() }
    }

    /// Whether a page was asked for that cannot be read: then nothing holds that was made since.
    pub(in crate::engine) fn is_damaged(&self) -> bool {
        self.damage.get().is_some()
    }

    fn block(&self, number: usize) -> Vec<Page> {
        let Some(mut pages) = self.ledger.asked(number) else {
            self.damage.get_or_init(|| ());
            return Vec::new();
        };
        let first = self.ledger.pages[number].0;
        for (place, digest) in self.digests.range(first..first + pages.len()) {
            pages[place - first].digest = *digest;
        }
        pages
    }
}

impl Shelf for LedgerShelf {
    fn count(&self) -> usize {
        self.ledger.digests.len()
    }

    fn page(&self, at: usize) -> &Page {
        let number = self.ledger.block_of(at).expect("it is one of the pages of the ledger");
        let block = self.blocks[number].get_or_init(|| self.block(number));
        block.get(at - self.ledger.pages[number].0).unwrap_or(&self.blank)
    }

    fn find(&self, path: &str) -> Option<usize> {
        let file = format!("{CONTENT}/{path}");
        let found = self.ledger.sources.binary_search_by(|source| source.path.as_str().cmp(&file)).ok()?;
        self.ledger.sources[found].page.map(|page| page as usize)
    }
}
