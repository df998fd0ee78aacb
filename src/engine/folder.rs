//! The output folder: whether it is ours to write into, what in it is ours, and that nobody else writes at the same time.
//!
//! Knows nothing of how outputs are made, nor of how they are put in place.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::ledger::{Ledger, Loaded, Output};
use super::standing::Standing;
use super::{Profile, Request, Stop, resolved};
use crate::digest::Digest;
use crate::source::regular;
use crate::source::tree::{CONTENT, Fault, Stamp, THEMES};

/// Lists the files of ours in an output folder, a path a line.
pub(super) const MANIFEST: &str = ".bulletin";
/// The folder of the site in which we keep what we remember.
const CACHE: &str = ".bulletin";
/// The ending of the file in it that is locked, which else has the name of the ledger.
const LOCK: &str = "lock";
/// Where outputs are staged if they cannot be staged beside the output folder.
pub(super) const STAGING_INSIDE: &str = ".bulletin-staging";
/// The folder in the cache that outputs for somebody may go to: nobody watches or scans it.
const fn output_inside(profile: Profile) -> &'static str {
    match profile {
        Profile::Preview => "preview",
        Profile::Public => "public",
    }
}
/// Where previews go if nothing else is said, relative to the site.
pub const PREVIEW_FOLDER: &str = ".bulletin/preview";

/// The first line of a manifest: whose files these are.
pub(super) fn header(profile: Profile) -> &'static str {
    match profile {
        Profile::Public => {
            "Written by Bulletin: the files listed here are replaced and removed by builds, others are left alone."
        }
        Profile::Preview => {
            "Written by Bulletin as a preview, which is not for the public: the files listed here are replaced and removed by builds, others are left alone."
        }
    }
}

/// No first line is longer.
const HEADER_BYTES_MAX: u64 = 512;

/// Where the disk's clock cannot be asked, every stamp is younger than this, and none is trusted.
pub(super) const NO_INSTANT: Stamp = Stamp { size: 0, modified: 0, changed: 0, inode: 0 };

/// An output folder that nobody else is writing into.
#[derive(Debug)]
pub(super) struct Folder {
    /// Where it is: a full path, links resolved.
    pub path: PathBuf,
    /// Where the ledger of this folder is; none if the site's folder cannot be written to.
    ledger: Option<PathBuf>,
    /// Whom the site in it is made for.
    pub profile: Profile,
    /// What the disk's own clock said when the run began: the stamp of a file that was written then.
    pub instant: Stamp,
    /// Held while the build runs, so that two builds never write into one folder at once.
    lock: Option<File>,
}

impl Folder {
    /// Takes `output` for what is asked.
    pub(super) fn open(output: &Path, request: &Request) -> Result<Self, Stop> {
        let (root, profile) = (&request.root, request.profile);
        let output = resolved(root, output);
        let root = fs::canonicalize(root).map_err(Fault::new("cannot open", root))?;
        if let Some(parent) = output.parent() {
            fs::create_dir_all(parent).map_err(Fault::new("cannot create", parent))?;
        }
        let path = real_path(&output)?;
        refuse_overlap(&path, &root, profile)?;
        refuse_other_profile(&path, profile)?;
        let cache = root.join(CACHE);
        if fs::create_dir_all(&cache).is_err() {
            // A site that can only be read can still be built, from the beginning each time.
            return Ok(Self { path, ledger: None, profile, instant: NO_INSTANT, lock: None });
        }
        let name = cache_name(&path, &root);
        let (lock, instant) = lock(&cache.join(format!("{name}.{LOCK}")), &path)?;
        let ledger = Some(cache.join(format!("{name}.ledger")));
        Ok(Self { path, ledger, profile, instant, lock })
    }

    /// The same, only to look at: others may write meanwhile.
    pub(super) fn seen(output: &Path, request: &Request) -> Self {
        let (root, profile) = (&request.root, request.profile);
        let output = resolved(root, output);
        let root = fs::canonicalize(root).unwrap_or_else(|_| root.clone());
        let path = real_path(&output).unwrap_or(output);
        let ledger = Some(root.join(CACHE).join(format!("{}.ledger", cache_name(&path, &root))));
        Self { path, ledger, profile, instant: NO_INSTANT, lock: None }
    }

    /// What the last build remembered of this folder; or, in a line, why it cannot be used.
    pub(super) fn ledger(&self) -> (Option<Box<Ledger>>, Option<String>) {
        match self.ledger.as_deref().map(Ledger::load) {
            None => (None, Some("the site's folder cannot be written to: nothing is remembered".to_string())),
            Some(Loaded::Absent) => (None, None),
            Some(Loaded::Unusable(why)) => {
                (None, Some(format!("the ledger of the last build {why}: starting from the beginning")))
            }
            Some(Loaded::Ledger(ledger)) => (Some(ledger), None),
        }
    }

    /// A run begins that is not the first since the folder was opened.
    pub(super) fn look_again(&mut self) {
        self.instant = self.now();
    }

    /// Whether others would still find it taken: whoever deletes the cache deletes the lock with it.
    pub(super) fn is_taken(&self) -> bool {
        let (Some(lock), Some(ledger)) = (&self.lock, &self.ledger) else { return true };
        let inode = |meta: io::Result<fs::Metadata>| meta.ok().map(|meta| Stamp::of(&meta).inode);
        inode(lock.metadata()) == inode(fs::metadata(ledger.with_extension(LOCK)))
    }

    /// What the disk's own clock says now.
    pub(super) fn now(&self) -> Stamp {
        self.lock.as_ref().map_or(NO_INSTANT, instant)
    }

    /// Where the ledger goes.
    pub(super) fn ledger_path(&self) -> Option<&Path> {
        self.ledger.as_deref()
    }

    /// What is ours in the folder, ordered; none if there is no such folder. `standing` is what the last build wrote
    /// there: if its manifest still stands, it need not be read.
    pub(super) fn ours(&self, outputs: &[Output], standing: &Standing) -> Result<Option<Ours>, Stop> {
        let remembered = outputs.iter().position(|output| output.path == MANIFEST);
        if remembered.is_some_and(|index| standing.stamp(index).is_some()) {
            let paths = outputs.iter().map(|output| &output.path).filter(|path| *path != MANIFEST);
            return Ok(Some(Ours(paths.cloned().collect())));
        }
        // Without its manifest, what stands as we wrote it is ours all the same.
        if !self.path.join(MANIFEST).exists() {
            let standing = outputs.iter().enumerate().filter(|(index, _)| standing.stamp(*index).is_some());
            let paths: Vec<String> = standing.map(|(_, output)| output.path.clone()).collect();
            if !paths.is_empty() {
                return Ok(Some(Ours(paths)));
            }
        }
        manifest(&self.path, self.profile)
    }
}

/// The paths of what is ours in an output folder, in order.
#[derive(Debug, Default)]
pub(super) struct Ours(Vec<String>);

impl Ours {
    /// Whether a file is ours by exactly this name: another's file with the same bytes is not, nor is one that a disk
    /// without regard to case finds under another spelling.
    pub(super) fn has(&self, path: &str) -> bool {
        self.0.binary_search_by(|own| own.as_str().cmp(path)).is_ok()
    }

    /// The paths, in order.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

fn real_path(output: &Path) -> Result<PathBuf, Stop> {
    let (parent, name) = match (output.parent(), output.file_name()) {
        (Some(parent), Some(name)) => (parent, name),
        _ => return Err(Stop::Refused(format!("{} cannot be an output folder", output.display()))),
    };
    let parent = fs::canonicalize(parent).map_err(Fault::new("cannot open", parent))?;
    // The folder itself may be a link to one elsewhere.
    Ok(fs::canonicalize(parent.join(name)).unwrap_or_else(|_| parent.join(name)))
}

fn refuse_overlap(output: &Path, root: &Path, profile: Profile) -> Result<(), Stop> {
    if inside_cache(output, root) == Some(output_inside(profile)) {
        return Ok(());
    }
    let real = |folder: &str| real_folder(root, folder);
    let inside = [CONTENT, THEMES, CACHE].into_iter().any(|input| output.starts_with(real(input)));
    if inside || root.starts_with(output) {
        let why = "is a folder of the site's own files; choose another with --output";
        return Err(Stop::Refused(format!("{} {why}", output.display())));
    }
    Ok(())
}

fn real_folder(root: &Path, folder: &str) -> PathBuf {
    fs::canonicalize(root.join(folder)).unwrap_or_else(|_| root.join(folder))
}

/// The name of a folder that stands directly in the cache.
fn inside_cache<'o>(output: &'o Path, root: &Path) -> Option<&'o str> {
    let cache = real_folder(root, CACHE);
    output.parent().filter(|parent| **parent == cache)?;
    output.file_name()?.to_str()
}

/// What a folder holds is either for the public or not: a preview that is published by mistake cannot be taken back.
fn refuse_other_profile(output: &Path, profile: Profile) -> Result<(), Stop> {
    let (other, why) = match profile {
        Profile::Public => (
            Profile::Preview,
            "holds a preview, with what is held back; choose another folder with --output, or delete this one",
        ),
        Profile::Preview => (
            Profile::Public,
            "holds the public site, which a preview must not replace; choose another folder with --output, or delete this one",
        ),
    };
    let mut first = String::new();
    let manifest = regular::opened(&output.join(MANIFEST));
    let read = manifest.and_then(|file| BufReader::new(file.take(HEADER_BYTES_MAX)).read_line(&mut first));
    // What cannot be read is looked at, and refused, before anything is written.
    if read.is_ok() && first.trim_end() == header(other) {
        return Err(Stop::Refused(format!("{} {why}", output.display())));
    }
    Ok(())
}

/// What the names of ledgers begin with that are not named like a folder of the site: no two folders share one.
const INSIDE: &str = "inside-";
const ELSEWHERE: &str = "elsewhere-";

/// Readable where it can be, so that a cache that is carried to another machine is found there.
fn cache_name(output: &Path, root: &Path) -> String {
    if let Some(name) = inside_cache(output, root) {
        return format!("{INSIDE}{name}");
    }
    let beside = output.strip_prefix(root).ok().and_then(Path::to_str);
    let is_plain = |name: &&str| {
        !name.contains(std::path::MAIN_SEPARATOR) && !name.starts_with(INSIDE) && !name.starts_with(ELSEWHERE)
    };
    match beside.filter(is_plain) {
        Some(name) => name.to_string(),
        None => {
            let digest = Digest::of(output.as_os_str().as_encoded_bytes()).to_string();
            format!("{ELSEWHERE}{}", &digest[..16])
        }
    }
}

/// How often, and after which pause, the lock is tried: a build of a few files is over by then.
const LOCK_TRIES_MAX: usize = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(25);

/// Takes the lock, and what the disk's clock says.
fn lock(path: &Path, output: &Path) -> Result<(Option<File>, Stamp), Stop> {
    let Ok(file) = regular::opened_with(File::options().create(true).append(true), path) else {
        return Ok((None, NO_INSTANT));
    };
    exclude(&file, output)?;
    let instant = instant(&file);
    Ok((Some(file), instant))
}

/// Locks a file or folder, so that nobody else writes into `output` while it is open.
pub(super) fn exclude(file: &File, output: &Path) -> Result<(), Stop> {
    let mut tries = 1;
    // A file system without locks is no reason to stop: better no protection than no build.
    while let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
        if tries == LOCK_TRIES_MAX {
            return Err(busy(output));
        }
        tries += 1;
        std::thread::sleep(LOCK_PAUSE);
    }
    Ok(())
}

/// Another build or preview is at work.
pub(super) fn busy(output: &Path) -> Stop {
    Stop::Refused(format!(
        "another build is writing into {}; wait for it to end, or end it if it is a preview",
        output.display()
    ))
}

/// Writes to a file, and tells its stamp: the time that the disk has now.
pub(super) fn instant(mut file: &File) -> Stamp {
    // A byte, so that there is a change even where the file was there before.
    let written = file.set_len(0).and_then(|()| file.write_all(b"\n")).and_then(|()| file.metadata());
    written.map_or(NO_INSTANT, |meta| Stamp::of(&meta))
}

/// What is ours in an output folder; none if there is no such folder. One with other files and no manifest is not ours.
fn manifest(output: &Path, profile: Profile) -> Result<Option<Ours>, Stop> {
    let path = output.join(MANIFEST);
    let text = match regular::text(&path) {
        Ok(text) => text,
        Err(error)
            if error.kind() == io::ErrorKind::NotFound || error.kind() == io::ErrorKind::NotADirectory =>
        {
            let left_over =
                |entry: io::Result<fs::DirEntry>| entry.is_ok_and(|e| e.file_name() == STAGING_INSIDE);
            return match fs::read_dir(output).map(|mut entries| entries.all(left_over)) {
                Ok(true) => Ok(Some(Ours::default())),
                Ok(false) => Err(not_ours(output)),
                Err(_) if output.symlink_metadata().is_ok() => Err(not_ours(output)),
                Err(_) => Ok(None),
            };
        }
        Err(error) => return Err(Fault::new("cannot read", &path)(error).into()),
    };
    let mut lines = text.lines();
    if lines.next() != Some(header(profile)) {
        return Err(not_ours(output));
    }
    // What stands in the output folder may have been tampered with: nothing outside of it is ever removed.
    let inside = |path: &&str| {
        !path.starts_with('/') && path.split('/').all(|part| !part.is_empty() && part != ".." && part != ".")
    };
    let mut paths: Vec<String> = lines.filter(inside).map(str::to_string).collect();
    paths.sort_unstable();
    paths.dedup();
    Ok(Some(Ours(paths)))
}

/// The paths of all outputs in a folder that was built for the public.
pub(super) fn outputs(output: &Path) -> Result<Option<Vec<String>>, Stop> {
    refuse_other_profile(output, Profile::Public)?;
    Ok(manifest(output, Profile::Public)?.map(|ours| ours.0))
}

fn not_ours(output: &Path) -> Stop {
    let why = "is not empty and was not written by Bulletin: it has no .bulletin, the list of our files; empty it, or choose another folder with --output";
    Stop::Refused(format!("{} {why}", output.display()))
}
