//! Puts finished outputs in place: nothing half-written, nothing lost, nothing touched that is not ours.
//!
//! Outputs are staged beside the output folder. A folder that does not exist yet is swapped in whole; in one that
//! does, only files whose bytes differ are replaced, each by a rename. The manifest in the output folder lists what is
//! ours: it makes stale files go, and foreign ones stay.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use walkdir::WalkDir;

use super::Stop;
use super::plan::Plan;
use super::report::Written;
use crate::digest::Digest;
use crate::source::tree::{CONTENT, Fault, THEMES, Tree};

/// Lists the files of ours in an output folder, a path a line.
const MANIFEST: &str = ".bulletin";
/// Where outputs are staged if they cannot be staged beside the output folder.
const STAGING_INSIDE: &str = ".bulletin-staging";
/// The first line of a manifest.
const HEADER: &str =
    "Written by Bulletin: the files listed here are replaced and removed by builds, others are left alone.";

/// Outputs on their way into a folder.
pub(super) struct Staging<'t> {
    tree: &'t Tree,
    output: PathBuf,
    folder: PathBuf,
    /// What is ours in the output folder; none if there is no such folder yet.
    before: Option<BTreeSet<String>>,
    changed: AtomicUsize,
    /// Held while the build runs, so that two builds never write into one folder at once.
    _lock: File,
}

impl<'t> Staging<'t> {
    /// Prepares to write into `output`.
    pub(super) fn open(output: &Path, tree: &'t Tree) -> Result<Self, Stop> {
        let (parent, name) = match (output.parent(), output.file_name()) {
            (Some(parent), Some(name)) => (parent, name),
            _ => return Err(Stop::Refused(format!("{} cannot be an output folder", output.display()))),
        };
        fs::create_dir_all(parent).map_err(Fault::new("cannot create", parent))?;
        let parent = fs::canonicalize(parent).map_err(Fault::new("cannot open", parent))?;
        // The folder itself may be a link to one elsewhere.
        let output = fs::canonicalize(parent.join(name)).unwrap_or_else(|_| parent.join(name));
        refuse_overlap(&output, tree)?;
        let lock = lock(&output, tree)?;
        let before = manifest(&output)?;
        let folder = staging_folder(&output);
        // Left over from a build that was killed; the lock says that nobody is using it.
        remove_folder(&folder)?;
        fs::create_dir(&folder).map_err(Fault::new("cannot create", &folder))?;
        Ok(Self { tree, output, folder, before, changed: AtomicUsize::new(0), _lock: lock })
    }

    /// Stages an output, unless the same bytes are in place already.
    pub(super) fn put(&self, path: &str, bytes: &[u8]) -> Result<(), Fault> {
        if self.is_ours(path) && fs::read(self.output.join(path)).is_ok_and(|old| old == bytes) {
            return Ok(());
        }
        let place = self.staged(path)?;
        fs::write(&place, bytes).map_err(Fault::new("cannot write", &place))
    }

    /// Stages the copy of a file of the site, unless the same bytes are in place already.
    pub(super) fn copy(&self, path: &str, file: &str) -> Result<(), Fault> {
        let source = self.tree.disk_path(file);
        if self.is_ours(path) && same(&source, &self.output.join(path)).unwrap_or(false) {
            return Ok(());
        }
        let place = self.staged(path)?;
        let mut from = File::open(&source).map_err(Fault::new("cannot read", &source))?;
        // Not fs::copy: permissions of the source are the desk's, those of the site the host's.
        let mut to = File::create(&place).map_err(Fault::new("cannot write", &place))?;
        io::copy(&mut from, &mut to).map_err(Fault::new("cannot write", &place))?;
        Ok(())
    }

    /// Only what is ours by exactly this name counts as in place: another's file with the same bytes is not, nor is one
    /// that a disk without regard to case finds under another spelling.
    fn is_ours(&self, path: &str) -> bool {
        self.before.as_ref().is_some_and(|before| before.contains(path))
    }

    fn staged(&self, path: &str) -> Result<PathBuf, Fault> {
        self.changed.fetch_add(1, Ordering::Relaxed);
        let place = self.folder.join(path);
        let folder = place.parent().expect("an output has a folder");
        // Most outputs are alone in a folder whose parent exists: one call, not two.
        match fs::create_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(folder).map_err(Fault::new("cannot create", folder))?;
            }
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(Fault::new("cannot create", folder)(error));
            }
            _ => {}
        }
        Ok(place)
    }

    /// Puts everything that was staged in place, and removes what the site no longer has.
    pub(super) fn commit(self, plan: &Plan) -> Result<Written, Stop> {
        let now: BTreeSet<String> = plan.targets.iter().map(|(path, _)| path.clone()).collect();
        let changed = self.changed.load(Ordering::Relaxed);
        let removed = match &self.before {
            None => {
                self.write_manifest(&self.folder, &now)?;
                fs::rename(&self.folder, &self.output)
                    .map_err(Fault::new("cannot put in place", &self.output))?;
                0
            }
            Some(before) => self.replace(before, &now)?,
        };
        Ok(Written { files: now.len(), changed, removed })
    }

    fn replace(&self, before: &BTreeSet<String>, now: &BTreeSet<String>) -> Result<usize, Stop> {
        let staged: Vec<&String> = now.iter().filter(|path| self.folder.join(path).is_file()).collect();
        for path in &staged {
            self.refuse_foreign(path, before)?;
        }
        // Until the end both old and new files are ours: whoever is killed here leaves a site that can be finished.
        if before != now {
            self.write_manifest(&self.output, &before.union(now).cloned().collect())?;
        }
        let stale: Vec<&String> = before.difference(now).collect();
        // A folder may have to make room for a file, or a file for a folder.
        for path in &stale {
            self.remove(path)?;
        }
        for path in staged {
            let place = self.output.join(path);
            let folder = place.parent().expect("an output has a folder");
            fs::create_dir_all(folder).map_err(Fault::new("cannot create", folder))?;
            if place.is_dir() {
                remove_empty_folders(&place);
            }
            fs::rename(self.folder.join(path), &place).map_err(Fault::new("cannot put in place", &place))?;
        }
        if before != now {
            self.write_manifest(&self.output, now)?;
        }
        Ok(stale.len())
    }

    /// What is in the way and not ours, or a link in the path that leads elsewhere, is never written over.
    fn refuse_foreign(&self, path: &str, before: &BTreeSet<String>) -> Result<(), Stop> {
        let mut place = self.output.clone();
        let mut known = String::with_capacity(path.len());
        for part in path.split('/') {
            place.push(part);
            known.push_str(if known.is_empty() { "" } else { "/" });
            known.push_str(part);
            match place.symlink_metadata() {
                Err(_) => return Ok(()),
                Ok(meta) if meta.is_symlink() => {
                    return Err(Stop::Refused(format!("{} is a symbolic link; remove it", place.display())));
                }
                Ok(meta) if meta.is_dir() => {}
                Ok(_) if before.contains(&known) => return Ok(()),
                Ok(_) => return Err(foreign(&place)),
            }
        }
        self.refuse_foreign_below(&place, before)
    }

    /// A folder makes room for a file only if all in it is ours.
    fn refuse_foreign_below(&self, folder: &Path, before: &BTreeSet<String>) -> Result<(), Stop> {
        for entry in WalkDir::new(folder).into_iter().filter_map(Result::ok) {
            let relative = entry.path().strip_prefix(&self.output).unwrap_or(entry.path());
            let path = relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
            if !entry.file_type().is_dir() && !before.contains(&path) {
                return Err(foreign(entry.path()));
            }
        }
        Ok(())
    }

    /// Removes a file of ours, and the folders that it leaves empty. What has taken its place since is not ours.
    fn remove(&self, path: &str) -> Result<(), Fault> {
        let mut place = self.output.clone();
        for part in path.split('/') {
            let is_folder = place.symlink_metadata().is_ok_and(|meta| meta.is_dir());
            if !is_folder {
                return Ok(());
            }
            place.push(part);
        }
        if place.symlink_metadata().is_ok_and(|meta| !meta.is_dir()) {
            fs::remove_file(&place).map_err(Fault::new("cannot remove", &place))?;
        }
        let mut rest = path;
        while let Some((folder, _)) = rest.rsplit_once('/') {
            // Not empty is no mistake, and ends the climb.
            if fs::remove_dir(self.output.join(folder)).is_err() {
                break;
            }
            rest = folder;
        }
        Ok(())
    }

    fn write_manifest(&self, folder: &Path, paths: &BTreeSet<String>) -> Result<(), Fault> {
        let mut text = format!("{HEADER}\n");
        for path in paths {
            text.push_str(path);
            text.push('\n');
        }
        let (path, next) = (folder.join(MANIFEST), self.folder.join(".bulletin-next"));
        fs::write(&next, text).map_err(Fault::new("cannot write", &next))?;
        fs::rename(&next, &path).map_err(Fault::new("cannot put in place", &path))
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        // After a swap there is nothing left; after a failure the next build would remove it too.
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// Beside the output, so that nobody sees half a site; inside of it if it is a file system of its own, because files
/// are put in place by renaming them.
fn staging_folder(output: &Path) -> PathBuf {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let parent = output.parent().unwrap_or(output);
    if output.exists() && device(output) != device(parent) {
        return output.join(STAGING_INSIDE);
    }
    parent.join(format!(".{name}.bulletin-staging"))
}

#[cfg(unix)]
fn device(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().ok().map(|meta| meta.dev())
}

#[cfg(not(unix))]
fn device(_: &Path) -> Option<u64> {
    None
}

fn refuse_overlap(output: &Path, tree: &Tree) -> Result<(), Stop> {
    let root = tree.disk_path("");
    let real = |folder: &str| fs::canonicalize(root.join(folder)).unwrap_or_else(|_| root.join(folder));
    let inside = [CONTENT, THEMES].into_iter().any(|input| output.starts_with(real(input)));
    if inside || root.starts_with(output) {
        let why = "is a folder of the site's own files; choose another with --output";
        return Err(Stop::Refused(format!("{} {why}", output.display())));
    }
    Ok(())
}

fn lock(output: &Path, tree: &Tree) -> Result<File, Stop> {
    let cache = tree.disk_path(".bulletin");
    fs::create_dir_all(&cache).map_err(Fault::new("cannot create", &cache))?;
    let name = Digest::of(output.as_os_str().as_encoded_bytes()).to_string();
    let path = cache.join(format!("{}.lock", &name[..16]));
    let file = File::create(&path).map_err(Fault::new("cannot create", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Stop::Refused(format!(
            "another build is writing into {}; wait for it to end",
            output.display()
        ))),
        // A file system without locks: better no protection than no build.
        Err(fs::TryLockError::Error(_)) => Ok(file),
    }
}

/// What is ours in an output folder; none if there is no such folder. One with other files and no manifest is not ours.
fn manifest(output: &Path) -> Result<Option<BTreeSet<String>>, Stop> {
    let path = output.join(MANIFEST);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error)
            if error.kind() == io::ErrorKind::NotFound || error.kind() == io::ErrorKind::NotADirectory =>
        {
            let left_over =
                |entry: io::Result<fs::DirEntry>| entry.is_ok_and(|e| e.file_name() == STAGING_INSIDE);
            return match fs::read_dir(output).map(|mut entries| entries.all(left_over)) {
                Ok(true) => Ok(Some(BTreeSet::new())),
                Ok(false) => Err(not_ours(output)),
                Err(_) if output.symlink_metadata().is_ok() => Err(not_ours(output)),
                Err(_) => Ok(None),
            };
        }
        Err(error) => return Err(Fault::new("cannot read", &path)(error).into()),
    };
    let mut lines = text.lines();
    if lines.next() != Some(HEADER) {
        return Err(not_ours(output));
    }
    // What stands in the output folder may have been tampered with: nothing outside of it is ever removed.
    let inside = |path: &&str| {
        !path.starts_with('/') && path.split('/').all(|part| !part.is_empty() && part != ".." && part != ".")
    };
    Ok(Some(lines.filter(inside).map(str::to_string).collect()))
}

fn not_ours(output: &Path) -> Stop {
    let why = "is not empty and was not written by Bulletin: it has no .bulletin, the list of our files; empty it, or choose another folder with --output";
    Stop::Refused(format!("{} {why}", output.display()))
}

fn remove_folder(folder: &Path) -> Result<(), Fault> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Fault::new("cannot remove", folder)(error))
        }
        _ => Ok(()),
    }
}

fn remove_empty_folders(folder: &Path) {
    for entry in WalkDir::new(folder).contents_first(true).into_iter().filter_map(Result::ok) {
        fs::remove_dir(entry.path()).ok();
    }
}

fn foreign(place: &Path) -> Stop {
    let why = "was not written by Bulletin; move it away, or into content/";
    Stop::Refused(format!("{} {why}", place.display()))
}

/// Whether two files hold the same bytes, read piece by piece: they may be large.
fn same(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    let size = one.metadata()?.len();
    if size != other.metadata()?.len() {
        return Ok(false);
    }
    const PIECE_BYTES: usize = 64 << 10;
    let (mut left, mut right) = (vec![0; PIECE_BYTES], vec![0; PIECE_BYTES]);
    let mut rest = usize::try_from(size).unwrap_or(usize::MAX);
    while rest > 0 {
        let piece = rest.min(PIECE_BYTES);
        one.read_exact(&mut left[..piece])?;
        other.read_exact(&mut right[..piece])?;
        if left[..piece] != right[..piece] {
            return Ok(false);
        }
        rest -= piece;
    }
    Ok(true)
}
