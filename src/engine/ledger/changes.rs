//! What has changed since a ledger was written: a few sources and outputs, in a small file beside it.
//!
//! An edit of a text changes a handful of records among a hundred thousand, and writing all of them anew would take
//! longer than finding out what they are. The file names the ledger that it belongs to, and is replaced whole; without
//! it, the ledger says what was true before, which claims too little and never too much.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::file::{self, Piece, Section, Writer};
use super::rows::SourceRow;
use super::{Kept, Ledger, Output, PagesPart, Source, output_bytes, outputs, sources};
use crate::digest::Digest;
use crate::source::tree::Fault;

/// What is another than in the ledger: sources and outputs, each by its place there.
#[derive(Debug, Default)]
pub(in crate::engine) struct Changes {
    pub sources: BTreeMap<usize, Source>,
    pub outputs: BTreeMap<usize, Output>,
}

/// Beyond so many, the ledger is written anew: reading them must cost little beside reading it.
const CHANGES_MAX: usize = 2048;

/// Where the changes to the ledger at `path` are.
fn place(path: &Path) -> PathBuf {
    path.with_extension("changes")
}

/// The digest of the ledger, and the places of the sources and the outputs.
type Places = ([u8; 16], Vec<usize>, Vec<usize>);

/// Removes the changes to the ledger at `path`.
pub(super) fn remove(path: &Path) {
    // Where that fails, they are still those of another ledger.
    fs::remove_file(place(path)).ok();
}

impl Changes {
    /// Whether there are none.
    pub(in crate::engine) fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.outputs.is_empty()
    }

    /// Reads the changes to the ledger at `path` with this digest; none if there are none to this one.
    ///
    /// # Errors
    /// When they cannot be used: why, in half a sentence.
    pub(super) fn load(path: &Path, of: Digest) -> Result<Option<Self>, String> {
        let Some(contents) = file::read(&place(path))? else { return Ok(None) };
        let bytes = |section: Section| {
            contents.blocks.iter().find(|block| block.section == section).map(|block| contents.bytes(block))
        };
        let damaged = || "is damaged".to_string();
        let head = bytes(Section::Head).and_then(|bytes| bitcode::decode::<Places>(bytes).ok());
        let (ledger, of_sources, of_outputs) = head.ok_or_else(damaged)?;
        if ledger != of.to_bytes() {
            return Ok(None);
        }
        let sources = bytes(Section::Sources).and_then(sources).and_then(|all| placed(of_sources, all));
        let outputs = bytes(Section::Outputs).and_then(outputs).and_then(|all| placed(of_outputs, all));
        let (sources, outputs) = (sources.ok_or_else(damaged)?, outputs.ok_or_else(damaged)?);
        Ok(Some(Self { sources, outputs }))
    }

    fn save(&self, path: &Path, of: Digest) -> Result<(), Fault> {
        let place = place(path);
        let mut writer = Writer::create(&place)?;
        let of_sources = self.sources.keys().copied().collect();
        let places: Places = (of.to_bytes(), of_sources, self.outputs.keys().copied().collect());
        let sources: Vec<SourceRow<'_>> = self.sources.values().map(SourceRow::of).collect();
        let outputs: Vec<&Output> = self.outputs.values().collect();
        writer.put(&Piece::new(Section::Sources, sources.len(), bitcode::encode(&sources)))?;
        writer.put(&Piece::new(Section::Outputs, outputs.len(), output_bytes(&outputs)))?;
        writer.put(&Piece::new(Section::Head, 1, bitcode::encode(&places)))?;
        writer.finish()
    }
}

impl Ledger {
    /// Writes to `path`, where this ledger stands, what has changed since it was read; all of it anew if that is much.
    ///
    /// # Errors
    /// When it cannot be written; what stands there is as it was.
    pub(in crate::engine) fn revise(&self, path: &Path, mut changes: Changes) -> Result<(), Fault> {
        let count =
            changes.sources.len() + changes.outputs.len() + self.changed.0.len() + self.changed.1.len();
        if count > CHANGES_MAX {
            let (mut sources, mut outputs) = (self.sources.clone(), self.outputs.clone());
            changes.sources.into_iter().for_each(|(place, source)| sources[place] = source);
            changes.outputs.into_iter().for_each(|(place, output)| outputs[place] = output);
            let pages = PagesPart::Of(self);
            return Kept { head: &self.head, sources: &sources, pages, outputs: &outputs }.save(path);
        }
        for &place in &self.changed.0 {
            changes.sources.entry(place).or_insert_with(|| self.sources[place].clone());
        }
        for &place in &self.changed.1 {
            changes.outputs.entry(place).or_insert_with(|| self.outputs[place].clone());
        }
        changes.save(path, self.contents.digest)
    }
}

/// Each at its place; none if there are more of one than of the other.
fn placed<T>(places: Vec<usize>, all: Vec<T>) -> Option<BTreeMap<usize, T>> {
    (places.len() == all.len()).then(|| places.into_iter().zip(all).collect())
}
