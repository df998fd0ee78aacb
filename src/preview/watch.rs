//! Where files may have changed: a place to look at, never what happened there.
//!
//! By events of the system where they can be had, otherwise by looking again and again. Knows nothing of what the files
//! mean, nor of what is done about a change.

mod events;
mod poll;
mod silent;

use std::path::{Path, PathBuf};
use std::time::Duration;

use self::events::Events;
use self::poll::Poll;
use super::Clock;
use crate::engine::Seen;
use crate::source::tree::{CONTENT, THEMES};

/// How often is looked where no events are to be had.
pub const POLL_DEFAULT: Duration = Duration::from_millis(500);

/// What is watched.
#[derive(Debug, Clone)]
pub struct Roots {
    /// The folder of the site.
    pub root: PathBuf,
    /// The settings file.
    pub settings: PathBuf,
}

impl Roots {
    fn folders(&self) -> [PathBuf; 3] {
        [self.root.clone(), self.root.join(CONTENT), self.root.join(THEMES)]
    }
}

/// How changes are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By events, unless there are none to be had.
    Automatic,
    /// By looking this often.
    Poll(Duration),
}

/// Tells where files of a site may have changed. Begins with the moment it was made.
pub struct Watch<'c> {
    roots: Roots,
    clock: &'c dyn Clock,
    way: Way,
    notice: Option<String>,
}

enum Way {
    Events(Box<Events>),
    Poll(Poll),
}

impl<'c> Watch<'c> {
    /// Begins to watch. There is always a way: where the system does not help, by looking.
    pub fn start(roots: &Roots, mode: Mode, clock: &'c dyn Clock) -> Self {
        let root = roots.root.canonicalize().unwrap_or_else(|_| roots.root.clone());
        let roots = Roots { root, settings: real_name(&roots.settings) };
        let silent = roots.folders().iter().find_map(|folder| silent::name(folder));
        let begun = match (mode, silent) {
            (Mode::Automatic, None) => Some(Events::begin(&roots)),
            _ => None,
        };
        let reason = match &begun {
            Some(Ok(_)) => None,
            Some(Err(error)) => Some(Reason::of(error)),
            None => silent.filter(|_| mode == Mode::Automatic).map(Reason::Silent),
        };
        let way = match (begun, mode) {
            (Some(Ok(events)), _) => Way::Events(Box::new(events)),
            (_, Mode::Poll(every)) => Way::Poll(Poll::begin(&roots, every, clock)),
            (_, Mode::Automatic) => Way::Poll(Poll::begin(&roots, POLL_DEFAULT, clock)),
        };
        Self { roots, clock, way, notice: reason.map(|reason| reason.line()) }
    }

    /// Why it looks instead of being told, in a line; once.
    pub fn notice(&mut self) -> Option<String> {
        self.notice.take()
    }

    /// Waits for a change, and until no more follow it; none if there is none within this time.
    pub fn next(&mut self, at_most: Duration) -> Option<Seen> {
        let failed = match &mut self.way {
            Way::Poll(poll) => return poll.next(&self.roots, at_most, self.clock),
            Way::Events(events) => match events.next(&self.roots, at_most, self.clock) {
                Ok(seen) => return seen,
                Err(error) => error,
            },
        };
        self.notice = Some(Reason::of(&failed).line());
        self.way = Way::Poll(Poll::begin(&self.roots, POLL_DEFAULT, self.clock));
        Some(Seen::Anywhere)
    }
}

/// Why it is looked again and again, though nobody asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reason {
    /// A file system of this name, which does not tell of changes that others make.
    Silent(&'static str),
    /// The system watches no more folders.
    Limit,
    /// The system does not help, and what it says.
    Refused(String),
}

impl Reason {
    fn of(error: &notify::Error) -> Self {
        match &error.kind {
            notify::ErrorKind::MaxFilesWatch => Self::Limit,
            notify::ErrorKind::Io(error) => Self::Refused(error.to_string()),
            _ => Self::Refused(error.to_string()),
        }
    }

    fn line(&self) -> String {
        let why = match self {
            Self::Silent(name) => format!("{name} does not tell of every change"),
            Self::Limit => {
                "the system watches no more folders (on Linux, raise fs.inotify.max_user_watches)".to_string()
            }
            Self::Refused(why) => format!("the system does not tell of changes ({why})"),
        };
        format!("{why}: looking every {} ms instead; --poll MS changes that", POLL_DEFAULT.as_millis())
    }
}

/// A file that need not be there, in a folder that is called by its real name: events know no other.
fn real_name(file: &Path) -> PathBuf {
    let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
    match (whole.parent().and_then(|folder| folder.canonicalize().ok()), whole.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => whole,
    }
}

/// As a path from the root of the site, where it lies in it.
fn from_root(path: &Path, root: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_looks_instead_of_being_told_says_why() {
        let limit = Reason::of(&notify::Error::new(notify::ErrorKind::MaxFilesWatch));
        assert_eq!(limit, Reason::Limit);
        assert!(limit.line().contains("max_user_watches") && limit.line().contains("every 500 ms"));
        let refused = Reason::of(&notify::Error::io(std::io::Error::other("no instances left")));
        assert!(refused.line().contains("(no instances left)"), "{}", refused.line());
        assert!(Reason::Silent("NFS").line().starts_with("NFS does not tell"));
    }
}
