//! What a build found out about all pages together, kept for a build in which only texts have changed: the catalog but
//! for its pages, and how each output is made.
//!
//! Knows the numbers of pages, and that they are those of the pages in the same ledger.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::file::{Block, Piece, Section, Writer};
use super::{Ledger, LedgerShelf, ROWS};
use crate::catalog::visibility::View;
use crate::catalog::{Catalog, PageId, Recorded};
use crate::mutation::without;
use crate::output::{Target, World};
use crate::source::tree::Fault;

/// What is to be kept of a catalog and a plan.
pub(in crate::engine) struct Recall {
    catalog: Recorded,
    targets: Vec<Piece>,
}

/// The targets of a block, and the texts that some of them hold beside a page's own: each with its place in the block.
type Targets = (Vec<Target>, Vec<(u32, Vec<PageId>)>);

/// How one output is made, and which texts it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Remembered {
    /// How it is made.
    pub target: Target,
    texts: Vec<PageId>,
}

impl Remembered {
    /// Whether it holds the text of one of `pages`, which are in order.
    pub(in crate::engine) fn holds_text(&self, catalog: &Catalog, pages: &[PageId]) -> bool {
        match self.target {
            _ if without(self.target.kind()) => false,
            Target::Page(id) => pages.binary_search(&id).is_ok(),
            Target::Record(_) => self.target.records(catalog, pages),
            _ => self.texts.iter().any(|id| pages.binary_search(id).is_ok()),
        }
    }
}

impl Recall {
    /// What is to be kept of a world, and of the targets that it was planned to consist of.
    pub(in crate::engine) fn of(world: &World<'_>, targets: &[(String, Target)]) -> Self {
        let piece = |block: &[(String, Target)]| {
            let texts = (0u32..).zip(block).map(|(place, (_, target))| (place, target.other_texts(world)));
            let texts = texts.filter(|(_, texts)| !texts.is_empty()).collect();
            let rows: Targets = (block.iter().map(|(_, target)| target.clone()).collect(), texts);
            Piece::new(Section::Targets, block.len(), bitcode::encode(&rows))
        };
        let (catalog, targets) =
            rayon::join(|| world.catalog.recorded(), || targets.par_chunks(ROWS).map(piece).collect());
        Self { catalog, targets }
    }

    /// Writes it behind the pages.
    pub(super) fn write(&self, writer: &mut Writer<'_>) -> Result<(), Fault> {
        for part in &self.catalog.0 {
            writer.put(&Piece::new(Section::Catalog, 1, part.clone()))?;
        }
        self.targets.iter().try_for_each(|piece| writer.put(piece))
    }
}

impl Ledger {
    fn blocks(&self, section: Section) -> impl Iterator<Item = &Block> {
        self.contents.blocks.iter().filter(move |block| block.section == section)
    }

    /// Whether anything was kept that can be recalled: after a build with mistakes, it is not.
    pub(in crate::engine) fn recalls(&self) -> bool {
        self.blocks(Section::Catalog).next().is_some()
    }

    /// The catalog of the pages on `shelf`, which are those of this ledger, at an instant at which it holds; none if the
    /// file is damaged there.
    pub(in crate::engine) fn catalog(
        &self,
        shelf: Arc<LedgerShelf>,
        (files, unreadable): (Vec<String>, Vec<String>),
        view: View,
    ) -> Option<Catalog> {
        let blocks: Vec<&Block> = self.blocks(Section::Catalog).collect();
        let parts: Option<Vec<Vec<u8>>> = blocks.par_iter().map(|block| self.contents.asked(block)).collect();
        let parts = parts?;
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let parts: &[&[u8]; Recorded::PARTS] = parts.as_slice().try_into().ok()?;
        Catalog::recalled(parts, shelf, (files, unreadable), view)
    }

    /// How the outputs are made, in their order, the manifest aside; none if the file is damaged there.
    pub(in crate::engine) fn targets(&self) -> Option<Vec<Remembered>> {
        let blocks: Vec<&Block> = self.blocks(Section::Targets).collect();
        let own = |block: &&Block| {
            let (targets, texts) = bitcode::decode::<Targets>(&self.contents.asked(block)?).ok()?;
            let mut texts: BTreeMap<u32, Vec<PageId>> = texts.into_iter().collect();
            let made =
                |(place, target)| Remembered { target, texts: texts.remove(&place).unwrap_or_default() };
            let all: Vec<Remembered> = (0u32..).zip(targets).map(made).collect();
            (all.len() == block.rows).then_some(all)
        };
        let parts: Option<Vec<Vec<Remembered>>> = blocks.par_iter().map(own).collect();
        Some(super::joined(parts?, blocks.iter().map(|block| block.rows).sum()))
    }

    /// Copies what can be recalled as it is.
    pub(super) fn copy_recall(&self, writer: &mut Writer<'_>) -> Result<(), Fault> {
        for block in self.blocks(Section::Catalog).chain(self.blocks(Section::Targets)) {
            let bytes =
                self.contents.asked(block).ok_or_else(|| writer.fault("what it recalls is damaged"))?;
            writer.copy(block, &bytes)?;
        }
        Ok(())
    }
}
