//! The file of a ledger: blocks of bytes, each with its checksum, and a directory of them at the end.
//!
//! Knows nothing of what the blocks hold. Reading takes no length on trust: whatever was done to the file, the answer
//! is the blocks that were written or the reason why it cannot be used.
//!
//! ```text
//! first line | block block block … | directory | length of the directory, its digest
//! ```

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;

use crate::digest::{Digest, Hasher};
use crate::source::regular;
use crate::source::tree::Fault;

/// What a first line begins with; after it comes the fingerprint of the program.
const OPENING: &str = "Bulletin ledger ";

/// In an entry of the directory: section, rows, length, digest.
const ENTRY_BYTES: usize = 1 + 4 + 8 + 16;
/// Behind the directory: its length and digest.
const CLOSING_BYTES: usize = 8 + 16;

/// The first line: only the program that wrote a ledger reads it. Another build may encode in another way, or mean
/// something else by the same bytes.
fn opening() -> String {
    // Without the grammars code blocks look different.
    let grammars = if cfg!(feature = "highlight") { "+" } else { "-" };
    format!("{OPENING}{}{grammars}\n", env!("BULLETIN_FINGERPRINT"))
}

/// What a block belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Pages,
    Catalog,
    Targets,
    Sources,
    Outputs,
    Head,
}

impl Section {
    /// Each at the place of its number.
    const ALL: [Self; 6] =
        [Self::Pages, Self::Catalog, Self::Targets, Self::Sources, Self::Outputs, Self::Head];

    /// Whether it is read only when somebody asks: a build without changes needs none of these, and they come first.
    fn waits(self) -> bool {
        matches!(self, Self::Pages | Self::Catalog | Self::Targets)
    }
}

/// Where a block stands, and of how many rows it is.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) section: Section,
    pub(super) rows: usize,
    pub(super) place: Range<usize>,
    digest: Digest,
}

/// A block that is to be written.
pub(super) struct Piece {
    section: Section,
    rows: usize,
    bytes: Vec<u8>,
    digest: Digest,
}

impl Piece {
    /// A block of so many rows.
    pub(super) fn new(section: Section, rows: usize, bytes: Vec<u8>) -> Self {
        Self { section, rows, digest: Digest::of(&bytes), bytes }
    }
}

/// Writes a file block by block, beside its place, and puts it there at the end.
///
/// Nothing is forced to the disk: if the machine stops, what is found instead of the file's bytes does not have their
/// checksums, and a ledger that cannot be read costs one slow build.
pub(super) struct Writer<'p> {
    path: &'p Path,
    next: std::path::PathBuf,
    file: File,
    directory: Vec<u8>,
}

impl<'p> Writer<'p> {
    /// Begins the file that will stand at `path`.
    pub(super) fn create(path: &'p Path) -> Result<Self, Fault> {
        let next = path.with_extension("next");
        let mut file = File::create(&next).map_err(Fault::new("cannot create", &next))?;
        file.write_all(opening().as_bytes()).map_err(Fault::new("cannot write", &next))?;
        Ok(Self { path, next, file, directory: Vec::new() })
    }

    /// Writes a block.
    pub(super) fn put(&mut self, piece: &Piece) -> Result<(), Fault> {
        self.enter(piece.section, piece.rows, piece.bytes.len());
        self.directory.extend(piece.digest.to_bytes());
        // Blocks are large: a buffer would only copy them once more.
        self.file.write_all(&piece.bytes).map_err(Fault::new("cannot write", &self.next))
    }

    /// Writes a block of another file, as it is.
    pub(super) fn copy(&mut self, block: &Block, bytes: &[u8]) -> Result<(), Fault> {
        self.enter(block.section, block.rows, bytes.len());
        self.directory.extend(block.digest.to_bytes());
        self.file.write_all(bytes).map_err(Fault::new("cannot write", &self.next))
    }

    fn enter(&mut self, section: Section, rows: usize, length: usize) {
        self.directory.push(section as u8);
        self.directory.extend(u32::try_from(rows).expect("blocks are short").to_le_bytes());
        self.directory.extend((length as u64).to_le_bytes());
    }

    /// That it cannot be written, for a reason of ours.
    pub(super) fn fault(&self, why: &'static str) -> Fault {
        Fault { doing: "cannot write", path: self.next.clone(), error: io::Error::other(why) }
    }

    /// Ends the file and puts it in its place.
    pub(super) fn finish(mut self) -> Result<(), Fault> {
        let digest = directory_digest(&opening(), &self.directory);
        let mut end = std::mem::take(&mut self.directory);
        end.extend((end.len() as u64).to_le_bytes());
        end.extend(digest.to_bytes());
        self.file.write_all(&end).map_err(Fault::new("cannot write", &self.next))?;
        fs::rename(&self.next, self.path).map_err(Fault::new("cannot put in place", self.path))
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        // Once it is in its place there is nothing left; after a failure, half a file would only keep a disk full.
        fs::remove_file(&self.next).ok();
    }
}

fn directory_digest(opening: &str, directory: &[u8]) -> Digest {
    Hasher::new().field(opening.as_bytes()).field(directory).digest()
}

/// A file of which the directory was read, and everything behind its large first part.
pub(super) struct Contents {
    file: File,
    /// Of the directory, and so of all blocks.
    pub(super) digest: Digest,
    /// The blocks behind those that wait.
    tail: Vec<u8>,
    /// Where in the file they begin.
    start: usize,
    pub(super) blocks: Vec<Block>,
}

impl Contents {
    /// The bytes of a block that was read with the file.
    pub(super) fn bytes(&self, block: &Block) -> &[u8] {
        &self.tail[block.place.start - self.start..block.place.end - self.start]
    }

    /// The bytes of a block that waits; none if they are not those that were written.
    pub(super) fn asked(&self, block: &Block) -> Option<Vec<u8>> {
        self.between(&block.place).filter(|bytes| Digest::of(bytes) == block.digest)
    }

    /// The bytes of the file up to and with all pages; none if they are not those that were written.
    pub(super) fn pages(&self) -> Option<Vec<u8>> {
        let of_pages = |block: &&Block| block.section == Section::Pages;
        let end = self.blocks.iter().rfind(of_pages).map_or(0, |block| block.place.end);
        let bytes = self.between(&(0..end))?;
        let pages = self.blocks.par_iter().filter(of_pages);
        let whole = |block: &Block| {
            bytes.get(block.place.clone()).is_some_and(|bytes| Digest::of(bytes) == block.digest)
        };
        pages.all(whole).then_some(bytes)
    }

    /// Some bytes of the file; none if it has no such bytes.
    fn between(&self, place: &Range<usize>) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(place.len()).ok()?;
        bytes.resize(place.len(), 0);
        read_at(&self.file, &mut bytes, place.start as u64).ok()?;
        Some(bytes)
    }
}

/// Reads at a place of a file, whatever others read of it at the same time.
#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], place: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, place)
}

/// The same where a call may return with less than was asked for.
#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut place: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, place)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => (bytes, place) = (&mut bytes[count..], place + count as u64),
        }
    }
    Ok(())
}

/// Reads a file, save for what waits: that is the largest part, and a build without changes needs none of it. None if
/// there is no file.
///
/// # Errors
/// When it cannot be used: why, in half a sentence.
pub(super) fn read(path: &Path) -> Result<Option<Contents>, String> {
    match regular::opened(path) {
        Ok(file) => contents(file).map_err(|error| format!("cannot be read: {error}"))?.map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("cannot be read: {error}")),
    }
}

/// The contents of a file that begins like a ledger of this very program.
fn contents(mut file: File) -> io::Result<Result<Contents, String>> {
    let opening = opening();
    let mut first = Vec::with_capacity(opening.len());
    Read::by_ref(&mut file).take(opening.len() as u64).read_to_end(&mut first)?;
    if first != opening.as_bytes() {
        let ours = first.starts_with(OPENING.as_bytes()) && first.len() == opening.len();
        let why =
            if ours { "was written by another version of Bulletin" } else { "is no ledger, or is damaged" };
        return Ok(Err(why.to_string()));
    }
    let damaged = || Ok(Err("is damaged".to_string()));
    let length = file.metadata()?.len();
    let Some((directory, digest)) = directory(&mut file, length)? else { return damaged() };
    let Some(blocks) = blocks(&directory, length) else { return damaged() };
    let behind = |block: &&Block| !block.section.waits();
    let start = blocks.iter().find(behind).map_or(0, |block| block.place.start);
    let end = blocks.last().map_or(start, |block| block.place.end);
    let mut tail = Vec::new();
    if tail.try_reserve_exact(end - start).is_err() {
        return Ok(Err("is too large".to_string()));
    }
    file.seek(SeekFrom::Start(start as u64))?;
    Read::by_ref(&mut file).take((end - start) as u64).read_to_end(&mut tail)?;
    let contents = Contents { file, digest, tail, start, blocks };
    let sound = |block: &Block| {
        let inside = block.place.start >= start && contents.tail.len() == end - start;
        inside && Digest::of(contents.bytes(block)) == block.digest
    };
    let behind = contents.blocks.par_iter().filter(behind);
    if behind.all(sound) { Ok(Ok(contents)) } else { damaged() }
}

/// The directory of a file of this length, with its digest; none if there is no whole one.
fn directory(file: &mut File, length: u64) -> io::Result<Option<(Vec<u8>, Digest)>> {
    let Some(end) = length.checked_sub(CLOSING_BYTES as u64) else { return Ok(None) };
    let mut closing = [0; CLOSING_BYTES];
    file.seek(SeekFrom::Start(end))?;
    file.read_exact(&mut closing)?;
    let (size, digest) = closing.split_at(8);
    let size = u64::from_le_bytes(size.try_into().expect("it is split there"));
    let Some(start) = end.checked_sub(size) else { return Ok(None) };
    let mut directory = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    Read::by_ref(file).take(size).read_to_end(&mut directory)?;
    let found = directory_digest(&opening(), &directory);
    Ok((found.to_bytes() == digest).then_some((directory, found)))
}

/// The blocks that a directory lists, in a file of this length; none if they do not fit.
fn blocks(directory: &[u8], length: u64) -> Option<Vec<Block>> {
    let mut end = opening().len();
    let mut blocks = Vec::with_capacity(directory.len() / ENTRY_BYTES);
    let (entries, odd) = directory.as_chunks::<ENTRY_BYTES>();
    for entry in entries {
        let (section, numbers) = entry.split_first()?;
        let rows = u32::from_le_bytes(*numbers.first_chunk()?) as usize;
        let length = usize::try_from(u64::from_le_bytes(*numbers[4..].first_chunk()?)).ok()?;
        let start = end;
        end = start.checked_add(length)?;
        blocks.push(Block {
            section: *Section::ALL.get(usize::from(*section))?,
            rows,
            place: start..end,
            digest: Digest::from_bytes(*numbers.last_chunk()?),
        });
    }
    let whole = odd.is_empty() && (end + directory.len() + CLOSING_BYTES) as u64 == length;
    whole.then_some(blocks)
}
