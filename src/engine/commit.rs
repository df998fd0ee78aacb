//! Puts finished outputs in place: nothing half-written, nothing lost, nothing touched that is not ours.
//!
//! Outputs are staged beside the output folder. A folder that does not exist yet is swapped in whole; in one that
//! does, only files whose bytes differ are replaced, each by a rename. The manifest in the output folder lists what is
//! ours: it makes stale files go, and foreign ones stay.

mod foreign;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::Stop;
use super::folder::{Folder, MANIFEST, Ours, STAGING_INSIDE, busy, exclude, header};
use super::report::Written;
use super::standing::digest_of_file;
use crate::digest::Digest;
use crate::source::regular;
use crate::source::tree::{Fault, Stamp, Tree};

/// Outputs on their way into a folder.
#[derive(Debug)]
pub(super) struct Staging<'t> {
    tree: &'t Tree,
    output: &'t Path,
    folder: PathBuf,
    /// The first line of the manifest.
    header: &'static str,
    /// What is ours in the output folder; none if there is no such folder yet.
    before: Option<&'t Ours>,
    /// The staging folder, locked: builds of other sites into the same output know nothing of this site's lock.
    lock: Option<File>,
}

/// What became of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placed {
    /// Its bytes differ from those in place.
    Changed,
    /// The same bytes are in place already.
    Same,
}

/// What was put in place, and what went.
#[derive(Debug, Default)]
pub(super) struct Committed {
    /// In numbers.
    pub written: Written,
    /// Outputs whose bytes are new or different; none if the whole folder is new.
    pub replaced: Vec<String>,
    /// Outputs that went.
    pub removed: Vec<String>,
}

/// Removes what a build that was killed left beside `output`.
///
/// # Errors
/// When another build, perhaps of another site, is using it; or when it cannot be removed.
pub(super) fn sweep(output: &Path) -> Result<(), Stop> {
    let folder = staging_folder(output);
    // A pipe of that name would be waited for.
    if folder.is_dir()
        && let Ok(left) = File::open(&folder)
    {
        exclude(&left, output)?;
    }
    Ok(remove_folder(&folder)?)
}

impl<'t> Staging<'t> {
    /// Prepares to write into an output folder, in which `before` is ours.
    pub(super) fn open(into: &'t Folder, before: Option<&'t Ours>, tree: &'t Tree) -> Result<Self, Stop> {
        let (output, header) = (&*into.path, header(into.profile));
        let folder = staging_folder(output);
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(busy(output)),
            made => made.map_err(Fault::new("cannot create", &folder))?,
        }
        // Where a folder cannot be opened, there is only the lock of the site.
        let lock = File::open(&folder).ok();
        if let Some(lock) = &lock {
            exclude(lock, output)?;
        }
        Ok(Self { tree, output, folder, header, before, lock })
    }

    /// Stages an output, unless the same bytes are in place already; returns the stamp of the file that holds them.
    pub(super) fn put(&self, path: &str, bytes: &[u8]) -> Result<(Placed, Stamp), Fault> {
        if let Some(stamp) = self.standing(path)
            && regular::bytes(&self.output.join(path)).is_ok_and(|old| old == bytes)
        {
            return Ok((Placed::Same, stamp));
        }
        self.put_changed(path, bytes)
    }

    /// Stages an output of which it is known that other bytes are in place, or none.
    pub(super) fn put_changed(&self, path: &str, bytes: &[u8]) -> Result<(Placed, Stamp), Fault> {
        let (_, mut file) = self.create(path)?;
        let meta = file.write_all(bytes).and_then(|()| file.metadata());
        let meta = meta.map_err(|error| self.unwritten(path, error))?;
        Ok((Placed::Changed, Stamp::of(&meta)))
    }

    /// Stages the copy of a file of the site, unless the same bytes are in place already; returns the stamp of the file
    /// that holds them. `digest` is what the file was when everything was decided.
    ///
    /// # Errors
    /// When it cannot be copied, or has changed since.
    pub(super) fn copy(&self, path: &str, (file, digest): (&str, Digest)) -> Result<(Placed, Stamp), Fault> {
        let source = self.tree.disk_path(file);
        if let Some(stamp) = self.standing(path)
            && digest_of_file(&self.output.join(path)).is_ok_and(|standing| standing == digest)
        {
            return Ok((Placed::Same, stamp));
        }
        let mut from = File::open(&source).map_err(Fault::new("cannot read", &source))?;
        // Not fs::copy: permissions of the source are the desk's, those of the site the host's.
        let (place, mut to) = self.create(path)?;
        let meta = io::copy(&mut from, &mut to).and_then(|_| to.metadata());
        let meta = meta.map_err(|error| self.unwritten(path, error))?;
        let copied = digest_of_file(&place).map_err(Fault::new("cannot read", &place))?;
        if copied != digest {
            return Err(Fault::changed(&source));
        }
        Ok((Placed::Changed, Stamp::of(&meta)))
    }

    /// The stamp of a file of ours that is in place.
    fn standing(&self, path: &str) -> Option<Stamp> {
        if !self.is_ours(path) {
            return None;
        }
        self.output.join(path).symlink_metadata().ok().map(|meta| Stamp::of(&meta))
    }

    /// Whether the staging folder is the one that was locked, and not another in its place.
    fn is_our_own(&self) -> bool {
        let inode = |meta: fs::Metadata| Stamp::of(&meta).inode;
        let locked = self.lock.as_ref().and_then(|lock| lock.metadata().ok()).map(inode);
        locked.is_none_or(|locked| fs::metadata(&self.folder).is_ok_and(|meta| inode(meta) == locked))
    }

    fn is_ours(&self, path: &str) -> bool {
        self.before.is_some_and(|before| before.has(path))
    }

    /// Where an output is staged: under its own path if the whole folder is new, else in one of a few folders, so that
    /// not every page needs one that is gone a moment later.
    fn stage(&self, path: &str) -> PathBuf {
        if self.before.is_none() {
            return self.folder.join(path);
        }
        let name = Digest::of(path.as_bytes()).to_string();
        let (folder, name) = name.split_at(2);
        self.folder.join(folder).join(name)
    }

    /// Creates the file that an output is staged in.
    fn create(&self, path: &str) -> Result<(PathBuf, File), Fault> {
        let place = self.stage(path);
        let folder = place.parent().expect("an output has a folder");
        // In a new site nearly every page has a folder for itself; when it is replaced, nearly none is the first.
        if self.before.is_none() {
            create_folder(folder)?;
        }
        let file = match File::create(&place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create_folder(folder)?;
                File::create(&place)
            }
            created => created,
        };
        let file = file.map_err(|error| self.unwritten(path, error))?;
        Ok((place, file))
    }

    /// An output that could not be staged, by the name that people know.
    fn unwritten(&self, path: &str, error: io::Error) -> Fault {
        Fault::new("cannot write", &self.output.join(path))(error)
    }

    /// Puts what was staged in place, and removes what the site no longer has; `now` is all it has, both in order.
    pub(super) fn commit(&self, now: &[&str], staged: &[&str]) -> Result<Committed, Stop> {
        if !self.is_our_own() {
            return Err(busy(self.output));
        }
        let committed = match self.before {
            None => {
                self.write_manifest(&self.folder, now.iter().copied())?;
                fs::rename(&self.folder, self.output)
                    .map_err(Fault::new("cannot put in place", self.output))?;
                Committed::default()
            }
            Some(before) => self.replace(before, now, staged)?,
        };
        // Before the caller remembers what it did: nothing is left to do then.
        remove_folder(&self.folder)?;
        let written = Written { files: now.len(), changed: staged.len(), removed: committed.removed.len() };
        Ok(Committed { written, ..committed })
    }

    /// Puts what was staged in place, where the site has the same files as before.
    pub(super) fn exchange(&self, staged: &[&str]) -> Result<Committed, Stop> {
        let before = self.before.filter(|_| self.is_our_own()).ok_or_else(|| busy(self.output))?;
        self.refuse_all_foreign(before, staged)?;
        staged.par_iter().try_for_each(|path| self.put_in_place(path))?;
        let written = Written { files: before.paths().count(), changed: staged.len(), removed: 0 };
        Ok(Committed { written, replaced: owned(staged), removed: Vec::new() })
    }

    /// Whether the list of our files stands, so that these can be exchanged.
    pub(super) fn is_listed(&self) -> bool {
        self.before.is_some() && self.output.join(MANIFEST).is_file()
    }

    fn replace(&self, before: &Ours, now: &[&str], staged: &[&str]) -> Result<Committed, Stop> {
        self.refuse_all_foreign(before, staged)?;
        // Somebody may have deleted the list alone.
        let same = before.paths().eq(now.iter().copied()) && self.output.join(MANIFEST).is_file();
        // Until the end both old and new files are ours: whoever is killed here leaves a site that can be finished.
        if !same {
            self.write_manifest(self.output, merged(before.paths(), now.iter().copied()))?;
        }
        let is_stale = |path: &&str| now.binary_search(path).is_err();
        let stale: Vec<&str> = if same { Vec::new() } else { before.paths().filter(is_stale).collect() };
        // A folder may have to make room for a file, or a file for a folder.
        for path in &stale {
            self.remove(path)?;
        }
        staged.par_iter().try_for_each(|path| self.put_in_place(path))?;
        if !same {
            self.write_manifest(self.output, now.iter().copied())?;
        }
        Ok(Committed { replaced: owned(staged), removed: owned(&stale), ..Committed::default() })
    }

    fn put_in_place(&self, path: &str) -> Result<(), Fault> {
        let (staged, place) = (self.stage(path), self.output.join(path));
        // Most outputs replace one that has its folder.
        if fs::rename(&staged, &place).is_ok() {
            return Ok(());
        }
        let folder = place.parent().expect("an output has a folder");
        fs::create_dir_all(folder).map_err(Fault::new("cannot create", folder))?;
        if place.is_dir() {
            remove_empty_folders(&place);
        }
        fs::rename(&staged, &place).map_err(Fault::new("cannot put in place", &place))
    }

    /// Removes a file of ours, and the folders that it leaves empty. What has taken its place since is not ours.
    fn remove(&self, path: &str) -> Result<(), Fault> {
        let mut place = self.output.to_path_buf();
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

    fn write_manifest<'p>(&self, folder: &Path, paths: impl Iterator<Item = &'p str>) -> Result<(), Fault> {
        let (path, next) = (folder.join(MANIFEST), self.folder.join(".bulletin-next"));
        let write = || {
            let mut file = BufWriter::new(File::create(&next)?);
            writeln!(file, "{}", self.header)?;
            for path in paths {
                writeln!(file, "{path}")?;
            }
            file.flush()
        };
        write().map_err(Fault::new("cannot write", &next))?;
        fs::rename(&next, &path).map_err(Fault::new("cannot put in place", &path))
    }
}

fn owned(paths: &[&str]) -> Vec<String> {
    paths.iter().map(ToString::to_string).collect()
}

/// Two ordered runs of paths as one, each path once.
fn merged<'p>(
    one: impl Iterator<Item = &'p str>,
    other: impl Iterator<Item = &'p str>,
) -> impl Iterator<Item = &'p str> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek().copied(), other.peek().copied()) {
        (Some(left), Some(right)) if left == right => {
            other.next();
            one.next()
        }
        (Some(left), Some(right)) if left > right => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
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

fn create_folder(folder: &Path) -> Result<(), Fault> {
    // Nearly always its parent is there: one call, not two.
    let created = match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir_all(folder),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        created => created,
    };
    created.map_err(Fault::new("cannot create", folder))
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
