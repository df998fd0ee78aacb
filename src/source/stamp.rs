//! The stamp of a file: what tells that it changed, without its being opened.
//!
//! Knows nothing of what files say, nor of a clock: what is young is told from another stamp.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

/// What a file system says of a file without its being opened. Two that are equal mean the same bytes, unless the first
/// is young.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// In bytes.
    pub size: u64,
    /// When its bytes were last written, in nanoseconds since 1970; a program may set it to anything.
    pub modified: i64,
    /// When anything of it last changed, its name included; nobody can set it. The end of time where the system does not
    /// tell: files are read again there, which is slow and right.
    pub changed: i64,
    /// Another file in its place has another number. 0 where the system does not tell.
    pub inode: u64,
}

/// How far apart two changes may be and still get one time: several ticks of the slowest kernel.
const TICK: i64 = 20_000_000;
/// The same where a file system keeps whole seconds, or every second one.
const COARSE_TICK: i64 = 2_000_000_000;
const SECOND: i64 = 1_000_000_000;

impl Stamp {
    /// The stamp of a file.
    #[cfg(unix)]
    pub fn of(meta: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        // Times beyond the year 2262 wrap around: they need only differ.
        let time = |seconds: i64, rest: i64| seconds.wrapping_mul(SECOND).wrapping_add(rest);
        Self {
            size: meta.size(),
            modified: time(meta.mtime(), meta.mtime_nsec()),
            changed: time(meta.ctime(), meta.ctime_nsec()),
            inode: meta.ino(),
        }
    }

    /// The stamp of a file.
    #[cfg(not(unix))]
    pub fn of(meta: &Metadata) -> Self {
        let since = meta.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let modified = since.map_or(0, |time| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX));
        // The time of modification alone can be set: no such stamp is ever old enough to be trusted.
        Self { size: meta.len(), modified, changed: i64::MAX, inode: 0 }
    }

    /// Whether a change of the file could hide behind this stamp, because the clock of the file system does not tell it
    /// from the change that the stamp shows. `instant` is the stamp of a file that was written just before this one was
    /// read: what is clearly older has its last change behind it.
    pub fn is_young(&self, instant: &Self) -> bool {
        // The instant may come from another file system, with a finer clock.
        let coarse = [self.modified, self.changed].iter().all(|time| time % SECOND == 0);
        let tick = if coarse { COARSE_TICK } else { TICK };
        let newest = |stamp: &Self| stamp.modified.max(stamp.changed);
        newest(self) > newest(instant).saturating_sub(tick)
    }
}

/// A folder that stays open: the system finds what is below it from there, and not from the root of all files each time.
#[derive(Debug)]
pub struct Footing {
    #[cfg(unix)]
    folder: std::os::fd::OwnedFd,
    #[cfg(not(unix))]
    folder: std::path::PathBuf,
}

/// What a symbolic link stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// For what it leads to.
    Followed,
    /// For itself.
    Kept,
}

impl Footing {
    /// Opens a folder.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    pub fn of(folder: &Path) -> io::Result<Self> {
        #[cfg(unix)]
        let folder = {
            use rustix::fs::{Mode, OFlags};
            // What has become something else meanwhile, a pipe perhaps, must not be waited for.
            rustix::fs::open(folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?
        };
        #[cfg(not(unix))]
        let folder = folder.to_path_buf();
        Ok(Self { folder })
    }

    /// The stamp of what is at `path` below the folder; none if it is no file.
    ///
    /// # Errors
    /// When there is nothing, or it cannot be looked at.
    #[cfg(unix)]
    pub fn stamp(&self, path: &Path, links: Links) -> io::Result<Option<Stamp>> {
        use rustix::fs::{AtFlags, FileType, statat};
        let flags = if links == Links::Kept { AtFlags::SYMLINK_NOFOLLOW } else { AtFlags::empty() };
        let found = statat(&self.folder, path, flags)?;
        // What a field is counted in differs from system to system.
        fn number<T>(wide: impl TryInto<T>) -> Option<T> {
            wide.try_into().ok()
        }
        let time = |seconds: Option<i64>, rest: Option<i64>| {
            seconds.unwrap_or(0).wrapping_mul(SECOND).wrapping_add(rest.unwrap_or(0))
        };
        let stamp = Stamp {
            size: number(found.st_size).unwrap_or(0),
            modified: time(number(found.st_mtime), number(found.st_mtime_nsec)),
            changed: time(number(found.st_ctime), number(found.st_ctime_nsec)),
            inode: number(found.st_ino).unwrap_or(0),
        };
        Ok((FileType::from_raw_mode(found.st_mode) == FileType::RegularFile).then_some(stamp))
    }

    /// The stamp of what is at `path` below the folder; none if it is no file.
    ///
    /// # Errors
    /// When there is nothing, or it cannot be looked at.
    #[cfg(not(unix))]
    pub fn stamp(&self, path: &Path, links: Links) -> io::Result<Option<Stamp>> {
        let path = self.folder.join(path);
        let meta = if links == Links::Kept { path.symlink_metadata()? } else { path.metadata()? };
        Ok(meta.is_file().then(|| Stamp::of(&meta)))
    }
}

/// Stamps of many files below one folder, in order of their paths: the folder of the last one stays open.
#[derive(Debug)]
pub struct Footings<'r> {
    root: &'r Path,
    last: Option<(String, Footing)>,
}

impl<'r> Footings<'r> {
    /// None is open yet.
    pub fn below(root: &'r Path) -> Self {
        Self { root, last: None }
    }

    /// The stamp of a file, given from the root with `/`, or of what it leads to; none if it is no file.
    ///
    /// # Errors
    /// When there is nothing, or it cannot be looked at.
    pub fn stamp(&mut self, file: &str) -> io::Result<Option<Stamp>> {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        if self.last.as_ref().is_none_or(|(last, _)| last != folder) {
            self.last = Some((folder.to_string(), Footing::of(&self.root.join(folder))?));
        }
        let (_, footing) = self.last.as_ref().expect("it was opened");
        footing.stamp(name.as_ref(), Links::Followed)
    }
}

/// How often a file that changes under our hands is read again.
const READS_MAX: usize = 4;

/// What `read` makes of a file, and the stamp of what it read: as long as somebody is writing, again.
pub(super) fn settled<T>(path: &Path, read: impl Fn(&mut File) -> io::Result<T>) -> io::Result<(T, Stamp)> {
    let mut reads = 0;
    loop {
        reads += 1;
        // Opened each time: an editor may have put another file in its place.
        let mut file = File::open(path)?;
        let before = Stamp::of(&file.metadata()?);
        let value = read(&mut file)?;
        // The last time, the stamp is that of the moment before: it will not be the file's, which is read again next run.
        if reads == READS_MAX || Stamp::of(&file.metadata()?) == before {
            return Ok((value, before));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read;

    use super::*;

    #[test]
    fn a_stamp_is_young_while_a_change_could_hide_behind_it() {
        let at = |changed: i64| Stamp { size: 1, modified: changed, changed, inode: 1 };
        let fine = |age: i64| at(1_000_000_000_123_456_789 - age).is_young(&at(1_000_000_000_123_456_789));
        assert!(fine(-1) && fine(0) && fine(4_000_000));
        assert!(!fine(TICK) && !fine(SECOND));
        // Whole seconds everywhere: the file system knows no finer ones.
        let coarse = |age: i64| at((1_000_000_000 - age) * SECOND).is_young(&at(1_000_000_000 * SECOND));
        assert!(coarse(0) && coarse(1));
        assert!(!coarse(2));
        // The instant comes from another file system, with a finer clock.
        assert!(at(9 * SECOND).is_young(&at(9 * SECOND + 300_000_000)));
        // A time that a program set says nothing of when the change was.
        assert!(Stamp { modified: 5, ..at(SECOND + 1) }.is_young(&at(SECOND + 1)));
    }

    #[test]
    fn a_stamp_from_an_open_folder_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "one").unwrap();
        let own = Some(Stamp::of(&fs::metadata(&path).unwrap()));
        let footing = Footing::of(folder.path()).unwrap();
        for links in [Links::Followed, Links::Kept] {
            assert_eq!(footing.stamp("a".as_ref(), links).unwrap(), own);
            assert_eq!(footing.stamp(".".as_ref(), links).unwrap(), None, "a folder is no file");
            assert_eq!(footing.stamp("b".as_ref(), links).unwrap_err().kind(), io::ErrorKind::NotFound);
        }
        let mut footings = Footings::below(folder.path());
        fs::create_dir(folder.path().join("c")).unwrap();
        fs::write(folder.path().join("c/d"), "two").unwrap();
        let other = Some(Stamp::of(&fs::metadata(folder.path().join("c/d")).unwrap()));
        let found = ["a", "c/d", "c/d", "a", "c"].map(|file| footings.stamp(file).unwrap());
        assert_eq!(found, [own, other, other, own, None]);
        for absent in ["b", "c/e", "x/y"] {
            assert_eq!(footings.stamp(absent).unwrap_err().kind(), io::ErrorKind::NotFound, "{absent}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("a", folder.path().join("link")).unwrap();
            assert_eq!(footing.stamp("link".as_ref(), Links::Followed).unwrap(), own);
            assert_eq!(footing.stamp("link".as_ref(), Links::Kept).unwrap(), None);
        }
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        fs::write(&path, "one").unwrap();
        let reads = std::sync::atomic::AtomicUsize::new(0);
        let read = |times: usize| {
            let (reads, path) = (&reads, &path);
            move |file: &mut File| {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes)?;
                if reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < times {
                    fs::write(path, [&bytes[..], b"+"].concat())?;
                }
                Ok(bytes)
            }
        };
        let (bytes, stamp) = settled(&path, read(1)).unwrap();
        assert_eq!(bytes, b"one+");
        assert_eq!(stamp, Stamp::of(&fs::metadata(&path).unwrap()));
        // Somebody who never stops: what we have is not taken for what is there.
        let (_, stamp) = settled(&path, read(usize::MAX)).unwrap();
        assert_ne!(stamp, Stamp::of(&fs::metadata(&path).unwrap()));
    }
}
