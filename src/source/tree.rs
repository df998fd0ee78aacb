//! The files a site consists of, as they are on disk: content, themes, settings.
//!
//! With `text`, the only reader of input. Follows symbolic links that stay inside the site, refuses the others, and
//! knows nothing of what the files say.

mod look;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use walkdir::WalkDir;

pub use self::look::Looked;
use self::look::is_nothing;
pub use super::foreign::{Kind, ignored};
pub use super::stamp::{Footing, Links, Stamp};
use super::stamp::{Footings, settled};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, Stream};

/// The folder of content, below the root of a site.
pub const CONTENT: &str = "content";
/// The folder of themes, below the root of a site.
pub const THEMES: &str = "themes";

/// A fault of the machine: something could not be read or written.
#[derive(Debug)]
pub struct Fault {
    /// What was being done, such as "cannot read".
    pub doing: &'static str,
    /// With which file.
    pub path: PathBuf,
    /// What the system said.
    pub error: io::Error,
}

impl Fault {
    /// A fault met while doing something with `path`; made for `map_err`.
    pub fn new(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |error| Self { doing, path, error }
    }
}

impl Fault {
    /// A file is not what it was when everything was decided: what was decided of the old one, such as who may see it,
    /// must not be applied to the new one.
    pub fn changed(path: &Path) -> Self {
        let error = io::Error::other("it changed while the site was being built; build again");
        Self { doing: "cannot use", path: path.to_path_buf(), error }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.doing, self.path.display(), self.error)
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// The files of a site, each under its path from the root: NFC, with `/`.
#[derive(Debug, Default)]
pub struct Tree {
    root: PathBuf,
    files: Vec<String>,
    /// One for each file.
    stamps: Vec<Stamp>,
    /// Names that the disk stores in another form of Unicode than we do.
    stored_as: BTreeMap<String, PathBuf>,
    /// Whether a symbolic link was met: one file may have several names then.
    linked: bool,
}

impl Tree {
    /// Lists the files below the given folders of `root`. A folder that does not exist is empty.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn scan(root: &Path, folders: &[&str]) -> Result<(Self, Vec<Diagnostic>), Fault> {
        let real = fs::canonicalize(root).map_err(Fault::new("cannot open", root))?;
        let mut tree = Self { root: real, ..Self::default() };
        let mut said = Vec::new();
        for folder in folders {
            tree.walk(folder, &mut said)?;
        }
        tree.files.par_sort_unstable();
        tree.stamp()?;
        Ok((tree, said))
    }

    /// Takes the stamps of all files; one that has gone since the folder was listed is no file of this tree.
    fn stamp(&mut self) -> Result<(), Fault> {
        let stamp = |last: &mut Footings<'_>, file: &'_ String| {
            let found = match self.stored_as.get(file) {
                Some(path) => path.metadata().map(|meta| meta.is_file().then(|| Stamp::of(&meta))),
                None => last.stamp(file),
            };
            match found {
                Ok(stamp) => Ok(stamp),
                Err(error) if is_nothing(&error) => Ok(None),
                Err(error) => Err(Fault::new("cannot read", &self.disk_path(file))(error)),
            }
        };
        let files = self.files.par_iter();
        let stamps: Result<Vec<Option<Stamp>>, Fault> =
            files.map_init(|| Footings::below(&self.root), stamp).collect();
        let stamps = stamps?;
        if stamps.contains(&None) {
            let mut present = stamps.iter().map(Option::is_some);
            self.files.retain(|_| present.next().expect("as many stamps as files"));
        }
        self.stamps = stamps.into_iter().flatten().collect();
        Ok(())
    }

    fn walk(&mut self, folder: &str, said: &mut Vec<Diagnostic>) -> Result<(), Fault> {
        let top = self.root.join(folder);
        if !top.is_dir() {
            return Ok(());
        }
        let mut walk = WalkDir::new(&top).follow_links(true).into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => match self.walk_error(error)? {
                    Some(diagnostic) => {
                        said.push(diagnostic);
                        continue;
                    }
                    None => continue,
                },
            };
            let is_folder = entry.file_type().is_dir();
            let kind = if is_folder { Kind::Folder } else { Kind::File };
            if entry.depth() > 0 && ignored(&entry.file_name().to_string_lossy(), kind) {
                if is_folder {
                    walk.skip_current_dir();
                }
                continue;
            }
            self.linked |= entry.path_is_symlink();
            if entry.path_is_symlink() && !self.inside(entry.path()) {
                said.push(escape(&self.name(entry.path()).unwrap_or_default()));
                if is_folder {
                    walk.skip_current_dir();
                }
                continue;
            }
            if entry.file_type().is_file() {
                self.add(entry.path(), said);
            }
        }
        Ok(())
    }

    /// A loop or a dangling link is the writer's; anything else the machine's.
    fn walk_error(&self, error: walkdir::Error) -> Result<Option<Diagnostic>, Fault> {
        let path = error.path().unwrap_or(&self.root).to_path_buf();
        let name = self.name(&path).unwrap_or_default();
        if ignored(name.rsplit('/').next().unwrap_or_default(), Kind::File) {
            return Ok(None);
        }
        let about =
            |message: &str| Diagnostic::error("file", message.to_string()).at(Place::whole_file(&name));
        if let Some(ancestor) = error.loop_ancestor() {
            let back = self.name(ancestor).unwrap_or_default();
            return Ok(Some(
                about("a symbolic link leads back to a folder it is in").help(format!("it leads to {back}")),
            ));
        }
        let dangling = path.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
        if dangling && error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound) {
            return Ok(Some(
                about("a symbolic link leads to nothing").help("remove it, or put its file in place"),
            ));
        }
        let error = error.into_io_error().unwrap_or_else(|| io::Error::other("unreadable folder"));
        Err(Fault { doing: "cannot read", path, error })
    }

    fn inside(&self, path: &Path) -> bool {
        // Settings, notes and whatever else lies beside content and themes are nobody's business.
        let tops = [CONTENT, THEMES].map(|top| fs::canonicalize(self.root.join(top)));
        let real = fs::canonicalize(path);
        real.is_ok_and(|real| {
            tops.iter().flatten().any(|top| top.starts_with(&self.root) && real.starts_with(top))
        })
    }

    fn add(&mut self, path: &Path, said: &mut Vec<Diagnostic>) {
        let Some(name) = self.name(path) else {
            let shown = path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().into_owned();
            let diagnostic =
                Diagnostic::error("file", "the file's name is not UTF-8").at(Place::whole_file(&shown));
            return said.push(diagnostic.help("rename it"));
        };
        if is_nfc_quick(name.chars()) == IsNormalized::Yes {
            return self.files.push(name);
        }
        let composed: String = name.nfc().collect();
        if composed != name {
            self.stored_as.insert(composed.clone(), path.to_path_buf());
        }
        self.files.push(composed);
    }

    /// A path from the root, with `/`; none if it is not UTF-8.
    fn name(&self, path: &Path) -> Option<String> {
        // Byte by byte where that will do: this runs for every file, and `strip_prefix` takes both paths apart.
        let root = self.root.to_str();
        let below =
            path.to_str().zip(root).and_then(|(path, root)| path.strip_prefix(root)?.strip_prefix('/'));
        let relative = match below {
            Some(relative) => relative,
            None => path.strip_prefix(&self.root).ok()?.to_str()?,
        };
        Some(if std::path::MAIN_SEPARATOR == '/' {
            relative.to_string()
        } else {
            relative.replace('\\', "/")
        })
    }

    /// Every file, in order of its path.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// Forgets which files there are, save for those below `folder`. Where each is on disk is still known.
    pub fn forget_all_but(&mut self, folder: &str) {
        self.files.retain(|file| file.starts_with(folder));
        self.files.shrink_to_fit();
        self.stamps = Vec::new();
    }

    /// The same tree as if some of its files, given by path in order, had been deleted.
    pub fn leave_out(&mut self, absent: &BTreeSet<String>) {
        let stays: Vec<bool> = self.files.iter().map(|file| !absent.contains(file)).collect();
        let mut each = stays.iter();
        self.files.retain(|_| *each.next().expect("one for each file"));
        let mut each = stays.iter();
        self.stamps.retain(|_| *each.next().expect("one for each file"));
    }

    /// The stamp of every file, in the same order, as it was when the tree was scanned.
    pub fn stamps(&self) -> &[Stamp] {
        &self.stamps
    }

    /// The files below a folder, given with a slash at its end.
    pub fn below<'t>(&'t self, folder: &'t str) -> impl Iterator<Item = &'t str> {
        let start = self.files.partition_point(|file| file.as_str() < folder);
        self.files[start..].iter().map(String::as_str).take_while(move |file| file.starts_with(folder))
    }

    /// Where on disk a file of this tree is.
    pub fn disk_path(&self, file: &str) -> PathBuf {
        self.stored_as.get(file).cloned().unwrap_or_else(|| self.root.join(file))
    }

    /// The bytes of a file of this tree.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn bytes(&self, file: &str) -> Result<Vec<u8>, Fault> {
        let path = self.disk_path(file);
        let bytes = File::open(&path).and_then(|mut file| to_end(&mut file));
        bytes.map_err(Fault::new("cannot read", &path))
    }

    /// The bytes of a file of this tree, and the stamp that belongs to them.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, file: &str) -> Result<(Vec<u8>, Stamp), Fault> {
        let path = self.disk_path(file);
        settled(&path, to_end).map_err(Fault::new("cannot read", &path))
    }

    /// The digest of a file of this tree, which may be large, and the stamp that belongs to it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn digest(&self, file: &str) -> Result<(Digest, Stamp), Fault> {
        let path = self.disk_path(file);
        settled(&path, digest).map_err(Fault::new("cannot read", &path))
    }
}

impl Tree {
    /// Whether a file of this tree begins with these bytes, a byte order mark aside.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn starts_with(&self, file: &str, start: &[u8]) -> Result<bool, Fault> {
        let path = self.disk_path(file);
        let mut first = Vec::with_capacity(8);
        let open = File::open(&path).and_then(|file| file.take(8).read_to_end(&mut first));
        open.map_err(Fault::new("cannot read", &path))?;
        Ok(first.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&first).starts_with(start))
    }
}

/// How much is read at once: most briefings fit, so that their size need not be asked for.
const PIECE_BYTES: usize = 16 << 10;

fn to_end(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(PIECE_BYTES);
    // `take` hides the file behind a plain reader: `File` itself would ask for size and position first.
    file.take(u64::MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The digest of a file's bytes, read piece by piece: it may be large.
pub fn digest(file: &mut File) -> io::Result<Digest> {
    let mut piece = vec![0; PIECE_BYTES];
    let mut stream = Stream::default();
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(stream.digest()),
            Ok(read) => stream.add(&piece[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn escape(name: &str) -> Diagnostic {
    Diagnostic::error("file", "a symbolic link leads out of the site")
        .at(Place::whole_file(name))
        .help("put a copy of the file in its place: what is outside of the site's folder is never published")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(root: &Path) -> Tree {
        Tree::scan(root, &[CONTENT]).unwrap().0
    }

    #[test]
    fn a_tree_without_some_files_is_that_of_a_folder_in_which_they_were_deleted() {
        let site = tempfile::tempdir().unwrap();
        let at = |name: &str| site.path().join(CONTENT).join(name);
        fs::create_dir_all(at("b")).unwrap();
        for name in ["a.md", "b/c.md", "b/d.png", "e.md"] {
            fs::write(at(name), name).unwrap();
        }
        let mut tree = scanned(site.path());
        tree.leave_out(&["content/b/c.md", "content/e.md", "content/x.md"].map(String::from).into());
        fs::remove_file(at("b/c.md")).unwrap();
        fs::remove_file(at("e.md")).unwrap();
        let deleted = scanned(site.path());
        assert_eq!((tree.files(), tree.stamps()), (deleted.files(), deleted.stamps()));
    }

    #[test]
    fn every_file_has_a_stamp_that_tells_what_was_done_to_it() {
        let site = tempfile::tempdir().unwrap();
        let at = |name: &str| site.path().join(CONTENT).join(name);
        fs::create_dir(at("")).unwrap();
        for name in ["b.md", "a.md", "c.md"] {
            fs::write(at(name), name).unwrap();
        }
        let before = scanned(site.path());
        assert_eq!(before.files(), ["content/a.md", "content/b.md", "content/c.md"]);
        // The same size, and the time is put back.
        let time = fs::metadata(at("a.md")).unwrap().modified().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(25));
        fs::write(at("a.md"), "A.md").unwrap();
        File::open(at("a.md")).unwrap().set_modified(time).unwrap();
        fs::rename(at("c.md"), at("b.md")).unwrap();
        let after = scanned(site.path());
        assert_eq!(after.files(), ["content/a.md", "content/b.md"]);
        assert_eq!(after.stamps().len(), 2);
        assert_ne!(after.stamps()[0], before.stamps()[0], "the change that hides its time");
        assert_ne!(after.stamps()[1], before.stamps()[1], "another file in its place");
        assert_eq!(after.stamps(), scanned(site.path()).stamps());
    }
}
