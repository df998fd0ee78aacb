//! Changes that the system tells of.
//!
//! An event says where to look and nothing more. Where the system watches single folders, each folder that belongs to
//! the site is watched, and none of those that do not, however much is in them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::super::Clock;
use super::{Roots, from_root};
use crate::engine::Seen;
use crate::source::tree::{CONTENT, Kind, THEMES, ignored};

/// After the last event: a save of 200 files had gaps of up to 7 ms.
const QUIET: Duration = Duration::from_millis(15);
/// After the first event: whoever never stops is shown what there is by now.
const CAP: Duration = Duration::from_millis(100);
/// More places than this are more work to look at one by one than all together.
const PLACES_MAX: usize = 4_096;

/// Whether the system watches a folder with all below it, or each folder by itself.
const EACH_FOLDER: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// Events about one site.
pub(super) struct Events {
    watcher: RecommendedWatcher,
    told: Receiver<notify::Result<Event>>,
    tops: Vec<Top>,
    /// Files or folders that stand beside much that is not ours, and are listened for by name.
    entries: Vec<Entry>,
    /// The folders that are watched one by one.
    folders: BTreeSet<PathBuf>,
    /// Whether a symbolic link was met: then one file stands under several names, and an event knows only one of them.
    links: bool,
}

/// A folder whose files belong to the site.
struct Top {
    /// Where it really is.
    real: PathBuf,
    /// Its name in the site.
    name: &'static str,
}

/// A path that is listened for by name.
struct Entry {
    path: PathBuf,
    what: What,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Top,
    Settings,
}

/// What was told until it grew quiet.
#[derive(Default)]
struct Batch {
    places: BTreeSet<PathBuf>,
    /// Folders are not where they were, or some events were lost: what is watched may no longer have the right names, or not
    /// be all that there is.
    moved: bool,
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.places.is_empty() && !self.moved
    }
}

impl Events {
    /// Begins to listen.
    pub(super) fn begin(roots: &Roots) -> notify::Result<Self> {
        let (teller, told) = channel();
        let tell = move |event: notify::Result<Event>| {
            if event.as_ref().map_or(true, counts) {
                // Nobody listens any more when the watch ends.
                teller.send(event).ok();
            }
        };
        let watcher = RecommendedWatcher::new(tell, Config::default().with_follow_symlinks(false))?;
        let (tops, folders, links) = (Vec::new(), BTreeSet::new(), false);
        let mut events = Self { watcher, told, tops, entries: Vec::new(), folders, links };
        events.listen_beside(roots)?;
        for name in [CONTENT, THEMES] {
            let Ok(real) = roots.root.join(name).canonicalize() else { continue };
            events.entry(&real, What::Top)?;
            if EACH_FOLDER {
                events.cover(&real)?;
            } else {
                events.add(&real, RecursiveMode::Recursive)?;
            }
            events.tops.push(Top { real, name });
        }
        Ok(events)
    }

    /// The entries of folders that hold much else: the settings, the tops themselves, which may come and go, and the folder
    /// of the site, which another one may replace.
    fn listen_beside(&mut self, roots: &Roots) -> notify::Result<()> {
        for folder in [Some(roots.root.as_path()), roots.settings.parent()].into_iter().flatten() {
            self.entry(folder, What::Top)?;
        }
        for name in [CONTENT, THEMES] {
            self.entry(&roots.root.join(name), What::Top)?;
        }
        self.entry(&roots.settings, What::Settings)?;
        match roots.settings.canonicalize() {
            Ok(real) => self.entry(&real, What::Settings),
            Err(_) => Ok(()),
        }
    }

    fn entry(&mut self, path: &Path, what: What) -> notify::Result<()> {
        if self.entries.iter().any(|entry| entry.path == path) {
            return Ok(());
        }
        if let Some(parent) = path.parent() {
            self.add(parent, RecursiveMode::NonRecursive)?;
        }
        self.entries.push(Entry { path: path.to_path_buf(), what });
        Ok(())
    }

    /// Watches a folder and those below it that belong to the site.
    fn cover(&mut self, folder: &Path) -> notify::Result<()> {
        let mut left = vec![folder.to_path_buf()];
        while let Some(folder) = left.pop() {
            // First watched, then listed: what comes to be meanwhile is seen by the one or by the other.
            self.add(&folder, RecursiveMode::NonRecursive)?;
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for entry in entries.flatten() {
                let Ok(kind) = entry.file_type() else { continue };
                let name = entry.file_name();
                let name = name.to_string_lossy();
                if kind.is_dir() && !ignored(&name, Kind::Folder) {
                    left.push(entry.path());
                }
                // What a link leads to may be a folder or a file.
                self.links |= kind.is_symlink() && !ignored(&name, Kind::Folder);
            }
            self.folders.insert(folder);
        }
        Ok(())
    }

    /// A folder that has gone meanwhile will be told of, or is of no interest.
    fn add(&mut self, folder: &Path, depth: RecursiveMode) -> notify::Result<()> {
        match self.watcher.watch(folder, depth) {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// Waits for a change, and until no more follow it; none if there is none within this time.
    pub(super) fn next(
        &mut self,
        roots: &Roots,
        at_most: Duration,
        clock: &dyn Clock,
    ) -> notify::Result<Option<Seen>> {
        let end = clock.elapsed().saturating_add(at_most);
        loop {
            let left = end.saturating_sub(clock.elapsed());
            let mut batch = Batch::default();
            match self.told.recv_timeout(left) {
                Ok(event) => self.hear(event, &mut batch)?,
                Err(RecvTimeoutError::Timeout) => return Ok(None),
                Err(RecvTimeoutError::Disconnected) => return Err(notify::Error::generic("it has stopped")),
            }
            if batch.is_empty() {
                continue;
            }
            let cap = clock.elapsed() + CAP;
            while clock.elapsed() < cap
                && let Ok(event) = self.told.recv_timeout(QUIET)
            {
                self.hear(event, &mut batch)?;
            }
            return self.seen(batch, roots).map(Some);
        }
    }

    fn hear(&mut self, event: notify::Result<Event>, batch: &mut Batch) -> notify::Result<()> {
        let event = event?;
        batch.moved |= event.need_rescan();
        let shape = Shape::of(&event.kind);
        event.paths.into_iter().try_for_each(|path| self.place(path, shape, batch))
    }

    /// Notes a place to look at, if it belongs to the site.
    fn place(&mut self, path: PathBuf, shape: Shape, batch: &mut Batch) -> notify::Result<()> {
        if let Some(entry) = self.entries.iter().find(|entry| entry.path == path) {
            match entry.what {
                What::Top => batch.moved |= shape != Shape::Same,
                What::Settings => {
                    // A link may lead elsewhere now.
                    batch.moved |= is_link(&path);
                    batch.places.insert(path);
                }
            }
            return Ok(());
        }
        let Some(top) = self.tops.iter().find(|top| path.starts_with(&top.real)) else { return Ok(()) };
        let there = fs::symlink_metadata(&path).ok();
        let is_folder = there.as_ref().is_some_and(fs::Metadata::is_dir);
        let was_folder = self.folders.contains(&path);
        let last = if is_folder || was_folder { Kind::Folder } else { Kind::File };
        if is_foreign(&path, &top.real, last) {
            return Ok(());
        }
        self.links |= there.is_some_and(|meta| meta.is_symlink());
        if EACH_FOLDER && (is_folder || was_folder) {
            match shape {
                // The system goes on to call what was moved by its old name.
                Shape::Moved => batch.moved = true,
                Shape::Other if is_folder => self.cover(&path)?,
                Shape::Other => self.folders.retain(|folder| !folder.starts_with(&path)),
                Shape::Same => {}
            }
        }
        batch.places.insert(path);
        Ok(())
    }

    /// What a batch amounts to.
    fn seen(&mut self, batch: Batch, roots: &Roots) -> notify::Result<Seen> {
        if batch.moved {
            // What happens meanwhile is heard by both, and all of it is compared afterwards.
            *self = Self::begin(roots)?;
            return Ok(Seen::Anywhere);
        }
        if self.links || batch.places.len() > PLACES_MAX {
            return Ok(Seen::Anywhere);
        }
        let mut places: BTreeSet<PathBuf> = BTreeSet::new();
        for place in &batch.places {
            // A folder is looked at with all below it, and comes before it.
            if !place.ancestors().skip(1).any(|above| batch.places.contains(above)) {
                places.insert(self.named(place, roots));
            }
        }
        Ok(Seen::At(places))
    }

    /// A place as the site calls it.
    fn named(&self, place: &Path, roots: &Roots) -> PathBuf {
        let below = |top: &Top| Some(Path::new(top.name).join(place.strip_prefix(&top.real).ok()?));
        self.tops.iter().find_map(below).unwrap_or_else(|| from_root(place, &roots.root))
    }
}

/// What an event says of the names in a folder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// They are what they were.
    Same,
    /// Something was moved.
    Moved,
    /// Something is new or gone.
    Other,
}

impl Shape {
    fn of(kind: &EventKind) -> Self {
        match kind {
            EventKind::Modify(ModifyKind::Name(_)) => Self::Moved,
            EventKind::Modify(_) | EventKind::Access(_) => Self::Same,
            _ => Self::Other,
        }
    }
}

/// Our own reading causes events too, of another kind.
fn counts(event: &Event) -> bool {
    !matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write))
}

fn is_missing(error: &notify::Error) -> bool {
    match &error.kind {
        notify::ErrorKind::PathNotFound => true,
        notify::ErrorKind::Io(error) => {
            matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
        }
        _ => false,
    }
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink())
}

/// Whether a path below `top` is no part of the site: it, or a folder it is in, has such a name.
fn is_foreign(path: &Path, top: &Path, last: Kind) -> bool {
    let Ok(below) = path.strip_prefix(top) else { return true };
    let mut parts = below.components().rev();
    let own = parts.next().is_some_and(|name| ignored(&name.as_os_str().to_string_lossy(), last));
    own || parts.any(|name| ignored(&name.as_os_str().to_string_lossy(), Kind::Folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_leave_behind_and_what_is_hidden_is_no_part_of_the_site() {
        let top = Path::new("/site/content");
        let foreign = |path: &str, last: Kind| is_foreign(&top.join(path), top, last);
        for path in ["a.md~", ".a.md.swp", "#a.md#", ".#a.md", ".git/index", "x/.git/refs/heads/main"] {
            assert!(foreign(path, Kind::File), "{path}");
        }
        for path in ["a.md", "x/a.md", ".well-known/security.txt", "x.bak/a.md"] {
            assert!(!foreign(path, Kind::File), "{path}");
        }
        assert!(!foreign("x.bak", Kind::Folder) && foreign("x.bak", Kind::File));
    }

    #[test]
    fn when_events_were_lost_folders_that_came_meanwhile_are_watched_too() {
        let site = tempfile::tempdir().expect("there is room for a folder");
        let root = site.path().canonicalize().expect("it is there");
        fs::create_dir_all(root.join(CONTENT)).expect("a folder can be made");
        let roots = Roots { settings: root.join("site.toml"), root };
        let mut events = Events::begin(&roots).expect("the system watches folders");
        let new = roots.root.join("content/2027");
        fs::create_dir(&new).expect("a folder can be made");
        // Its event is lost, and that is told.
        while events.told.recv_timeout(Duration::from_millis(200)).is_ok() {}
        let mut batch = Batch::default();
        let lost = Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan);
        events.hear(Ok(lost), &mut batch).expect("the system watches folders");
        assert_eq!(events.seen(batch, &roots).expect("the system watches folders"), Seen::Anywhere);
        assert!(!EACH_FOLDER || events.folders.contains(&new), "{:?}", events.folders);
    }

    #[test]
    fn reading_is_no_change() {
        let event = |kind| Event::new(kind);
        assert!(!counts(&event(EventKind::Access(AccessKind::Open(AccessMode::Any)))));
        assert!(!counts(&event(EventKind::Access(AccessKind::Close(AccessMode::Read)))));
        assert!(counts(&event(EventKind::Access(AccessKind::Close(AccessMode::Write)))));
        assert!(counts(&event(EventKind::Any)) && counts(&event(EventKind::Other)));
    }
}
