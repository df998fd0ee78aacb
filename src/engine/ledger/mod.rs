//! The ledger: what each source was and what each output was made from, kept from one build to the next.
//!
//! One flat file, replaced whole, and beside it what a small edit changed of it. Whatever is wrong with it, the answer is a build from nothing, never an error. Knows
//! how a ledger is kept, and not what follows from it.

mod changes;
mod file;
mod recall;
mod record;
mod rows;
mod shelf;
mod spoken;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

use jiff::Timestamp;
use rayon::prelude::*;

use self::file::{Block, Contents, Piece, Section, Writer};
use self::record::PageRow;
use self::rows::{HeadRow, OutputRow, SourceRow};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Sha256};
use crate::engine::Held;
use crate::source::names::Names;
use crate::source::page::Page;
use crate::source::path::TermKind;
use crate::source::tree::{Fault, Stamp};

pub(super) use changes::Changes;
pub(super) use recall::{Recall, Remembered};
pub(super) use shelf::LedgerShelf;

/// A file of the site, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// Its path from the root of the site.
    pub path: String,
    /// Its stamp; none if it does not prove that the file is what it was, so that it must be read again.
    pub stamp: Option<Stamp>,
    /// Of its bytes.
    pub digest: Digest,
    /// Of its canonical text; none if no record lists it, or the site has none. Another with each edit, so that it is not
    /// the page's.
    pub transcript: Option<Sha256>,
    /// Its page, by number; none if it is no Markdown, or cannot be understood.
    pub page: Option<u32>,
    /// What is wrong with it, by itself.
    pub said: Vec<Diagnostic>,
}

/// A file of the output folder, as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    /// Its path below the output folder.
    pub path: String,
    /// Of the inputs that it declared.
    pub key: Digest,
    /// Of its bytes.
    pub content: Digest,
    /// Its stamp, by the same rule as that of a source.
    pub stamp: Option<Stamp>,
    /// A short digest of each input, in the order of its declaration.
    pub inputs: Vec<u32>,
    /// Why it was made when it was made last.
    pub reason: String,
}

/// What stands once in a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Of what was asked for: settings, base address.
    pub request: Digest,
    /// Of the settings that the reading of a file depends on.
    pub reading: Digest,
    /// Since when the same pages have been visible.
    pub from: Option<Timestamp>,
    /// Until when they will be.
    pub until: Option<Timestamp>,
    /// What the build amounted to.
    pub summary: Summary,
    /// What is wrong with the site, save what is wrong with a source by itself.
    pub said: Vec<Diagnostic>,
}

/// What a build amounted to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// How many pages are public.
    pub pages: usize,
    /// How many terms of each kind have a list.
    pub terms: Vec<(TermKind, usize)>,
    /// What is held back.
    pub held: Vec<Held>,
    /// The zone in which times are shown.
    pub timezone: String,
}

/// What was found in the place of a ledger.
pub(super) enum Loaded {
    /// Nothing.
    Absent,
    /// Something that cannot be used, and why.
    Unusable(String),
    /// A ledger.
    Ledger(Box<Ledger>),
}

/// A ledger that was read.
pub(super) struct Ledger {
    /// What stands once.
    pub head: Head,
    /// Every file that was read, by path.
    pub sources: Vec<Source>,
    /// Every output, by path.
    pub outputs: Vec<Output>,
    contents: Contents,
    /// The bytes of the pages, once somebody has asked for one; none if they are damaged.
    page_bytes: OnceLock<Option<Vec<u8>>>,
    /// Digests of the files of the pages, which their rows do not hold.
    digests: Vec<Digest>,
    /// Where the rows of pages are, and the number of the first page in each.
    pages: Vec<(usize, Block)>,
    /// The places of sources and of outputs that are others than those in the file itself.
    changed: (BTreeSet<usize>, BTreeSet<usize>),
}

/// What is to be kept.
pub(super) struct Kept<'a> {
    /// What stands once.
    pub head: &'a Head,
    /// Every file that was read, by path.
    pub sources: &'a [Source],
    /// The pages that the sources refer to.
    pub pages: PagesPart<'a>,
    /// Every output, by path.
    pub outputs: &'a [Output],
}

/// Pages to be kept.
pub(super) enum PagesPart<'a> {
    /// These, and what was found out about them, if it holds.
    Pages(&'a [Page], Option<&'a Recall>),
    /// Those of an earlier ledger, of which at most the digests of their files have changed: those are the sources'.
    /// What was found out about them holds.
    Of(&'a Ledger),
}

/// Pages in a block: to see one, all of its block are decoded.
const PAGES: usize = 512;
/// Sources or outputs in a block: enough that an encoding pays, few enough that blocks are many.
const ROWS: usize = 4096;
/// Blocks that are encoded at once, and so stand in memory together.
const BLOCKS_AT_ONCE: usize = 8;

impl Ledger {
    /// Reads the ledger at `path`.
    pub(super) fn load(path: &Path) -> Loaded {
        match file::read(path) {
            Ok(None) => Loaded::Absent,
            Ok(Some(contents)) => match Self::of(contents, path) {
                Ok(Some(ledger)) => Loaded::Ledger(Box::new(ledger)),
                Ok(None) => Loaded::Unusable("holds what no ledger can hold".to_string()),
                Err(why) => Loaded::Unusable(why),
            },
            Err(why) => Loaded::Unusable(why),
        }
    }

    /// A ledger with these contents, and with what has changed since it was written to `path`.
    fn of(contents: Contents, path: &Path) -> Result<Option<Self>, String> {
        let Some(mut ledger) = Self::written(contents) else { return Ok(None) };
        let Some(changes) = Changes::load(path, ledger.contents.digest)? else { return Ok(Some(ledger)) };
        let known = ledger.take(changes).is_some();
        Ok(known.then_some(ledger))
    }

    /// Takes over what has changed; none if that cannot be.
    fn take(&mut self, changes: Changes) -> Option<()> {
        for (place, source) in changes.sources {
            // The numbers of pages stay: another number is another site.
            let old = self.sources.get_mut(place).filter(|old| old.page == source.page)?;
            if let Some(page) = source.page {
                self.digests[page as usize] = source.digest;
            }
            *old = source;
            self.changed.0.insert(place);
        }
        for (place, output) in changes.outputs {
            *self.outputs.get_mut(place)? = output;
            self.changed.1.insert(place);
        }
        Some(())
    }

    fn written(contents: Contents) -> Option<Self> {
        let of = |section: Section| contents.blocks.iter().filter(move |block| block.section == section);
        let (sources, outputs) = rayon::join(
            || decoded(of(Section::Sources).collect(), &contents, sources),
            || decoded(of(Section::Outputs).collect(), &contents, outputs),
        );
        let (sources, outputs) = (sources?, outputs?);
        let head = contents.bytes(of(Section::Head).next()?);
        let head = bitcode::decode::<HeadRow<'_>>(head).ok()?.head()?;
        let mut pages = Vec::new();
        let mut count = 0;
        for block in of(Section::Pages) {
            pages.push((count, block.clone()));
            count += block.rows;
        }
        let mut digests = vec![None; count];
        for source in &sources {
            if let Some(page) = source.page {
                *digests.get_mut(page as usize)? = Some(source.digest);
            }
        }
        let digests = digests.into_iter().collect::<Option<_>>()?;
        let (page_bytes, changed) = (OnceLock::new(), <(BTreeSet<usize>, BTreeSet<usize>)>::default());
        Some(Self { head, sources, outputs, contents, page_bytes, digests, pages, changed })
    }

    /// One page; all pages of its block are decoded. None if the file is damaged where its pages are.
    pub(super) fn page(&self, index: u32) -> Option<Page> {
        let index = index as usize;
        let block = self.block_of(index)?;
        Some(self.asked(block)?.swap_remove(index - self.pages[block].0))
    }

    /// The block in which a page is.
    fn block_of(&self, page: usize) -> Option<usize> {
        self.pages.partition_point(|(first, _)| *first <= page).checked_sub(1)
    }

    /// The pages of one block, read from the file.
    fn asked(&self, block: usize) -> Option<Vec<Page>> {
        self.block(&self.contents.asked(&self.pages[block].1)?, block)
    }

    /// All pages; none if the file is damaged where they are.
    pub(super) fn pages(&self) -> Option<Vec<Page>> {
        let bytes = self.page_bytes()?;
        let own = |block: usize| self.block(&bytes[self.pages[block].1.place.clone()], block);
        let blocks = (0..self.pages.len()).into_par_iter().map(own);
        Some(joined(blocks.collect::<Option<_>>()?, self.digests.len()))
    }

    fn block(&self, bytes: &[u8], block: usize) -> Option<Vec<Page>> {
        let (first, block) = &self.pages[block];
        let rows = bitcode::decode::<Vec<PageRow<'_>>>(bytes).ok().filter(|rows| rows.len() == block.rows)?;
        let numbered = rows.into_iter().enumerate();
        let mut names = Names::default();
        let page = |(at, row): (usize, PageRow<'_>)| row.page(*self.digests.get(first + at)?, &mut names);
        numbered.map(page).collect()
    }

    /// Everything up to the end of the pages: where they are is where the whole file has them.
    fn page_bytes(&self) -> Option<&[u8]> {
        self.page_bytes.get_or_init(|| self.contents.pages()).as_deref()
    }
}

/// The rows of all blocks, decoded in parallel; none if one holds what cannot be.
fn decoded<T: Send>(
    blocks: Vec<&Block>,
    contents: &Contents,
    decode: impl Fn(&[u8]) -> Option<Vec<T>> + Sync,
) -> Option<Vec<T>> {
    let decode = |block: &&Block| decode(contents.bytes(block)).filter(|rows| rows.len() == block.rows);
    let parts: Option<Vec<Vec<T>>> = blocks.par_iter().map(decode).collect();
    Some(joined(parts?, blocks.iter().map(|block| block.rows).sum()))
}

/// The rows of all blocks as one list; each is moved once.
fn joined<T>(parts: Vec<Vec<T>>, count: usize) -> Vec<T> {
    let mut all = Vec::with_capacity(count);
    parts.into_iter().for_each(|part| all.extend(part));
    all
}

fn sources(bytes: &[u8]) -> Option<Vec<Source>> {
    bitcode::decode::<Vec<SourceRow<'_>>>(bytes).ok()?.into_iter().map(SourceRow::source).collect()
}

fn output_bytes(outputs: &[&Output]) -> Vec<u8> {
    let rows: Vec<OutputRow<'_>> = outputs.iter().map(|output| OutputRow::of(output)).collect();
    let inputs: Vec<u32> = outputs.iter().flat_map(|output| output.inputs.iter().copied()).collect();
    bitcode::encode(&(rows, inputs))
}

fn outputs(bytes: &[u8]) -> Option<Vec<Output>> {
    let (rows, inputs) = bitcode::decode::<(Vec<OutputRow<'_>>, Vec<u32>)>(bytes).ok()?;
    let mut rest = inputs.as_slice();
    let with_inputs = |row: OutputRow<'_>| {
        let (own, others) = rest.split_at_checked(row.inputs as usize)?;
        rest = others;
        Some(row.output(own.to_vec()))
    };
    rows.into_iter().map(with_inputs).collect()
}

impl Kept<'_> {
    /// Writes a ledger to `path`, over the one that stands there.
    ///
    /// # Errors
    /// When it cannot be written; the one that stands there is as it was.
    pub(super) fn save(&self, path: &Path) -> Result<(), Fault> {
        let mut writer = Writer::create(path)?;
        match self.pages {
            PagesPart::Pages(pages, recall) => {
                write(&mut writer, pages.len(), PAGES, |range| {
                    let rows: Vec<PageRow<'_>> = pages[range].iter().map(PageRow::of).collect();
                    (Section::Pages, bitcode::encode(&rows))
                })?;
                recall.iter().try_for_each(|recall| recall.write(&mut writer))?;
            }
            PagesPart::Of(ledger) => {
                ledger.copy_pages(&mut writer)?;
                ledger.copy_recall(&mut writer)?;
            }
        }
        write(&mut writer, self.sources.len(), ROWS, |range| {
            let rows: Vec<SourceRow<'_>> = self.sources[range].iter().map(SourceRow::of).collect();
            (Section::Sources, bitcode::encode(&rows))
        })?;
        write(&mut writer, self.outputs.len(), ROWS, |range| {
            let outputs: Vec<&Output> = self.outputs[range].iter().collect();
            (Section::Outputs, output_bytes(&outputs))
        })?;
        write(&mut writer, 1, 1, |_| (Section::Head, bitcode::encode(&HeadRow::of(self.head))))?;
        // They are of the ledger that goes. Without them it claims too little.
        changes::remove(path);
        writer.finish()
    }
}

impl Ledger {
    fn copy_pages(&self, writer: &mut Writer<'_>) -> Result<(), Fault> {
        let bytes = self.page_bytes().ok_or_else(|| writer.fault("its pages are damaged"))?;
        for (_, block) in &self.pages {
            writer.copy(block, &bytes[block.place.clone()])?;
        }
        Ok(())
    }
}

/// Encodes rows block by block, a few blocks at once, and writes them in order.
fn write(
    writer: &mut Writer<'_>,
    count: usize,
    size: usize,
    encode: impl Fn(Range<usize>) -> (Section, Vec<u8>) + Sync,
) -> Result<(), Fault> {
    let ranges: Vec<Range<usize>> =
        (0..count).step_by(size).map(|start| start..count.min(start + size)).collect();
    for wave in ranges.chunks(BLOCKS_AT_ONCE) {
        let pieces: Vec<Piece> = wave
            .par_iter()
            .map(|range| {
                let (section, bytes) = encode(range.clone());
                Piece::new(section, range.len(), bytes)
            })
            .collect();
        for piece in &pieces {
            writer.put(piece)?;
        }
    }
    Ok(())
}
