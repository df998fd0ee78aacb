//! Changes found by looking: stamps of all files, now and then.
//!
//! Opens no file, and says only that something changed.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::super::Clock;
use super::Roots;
use crate::digest::{Digest, Stream};
use crate::engine::Seen;
use crate::source::tree::{CONTENT, Stamp, THEMES, Tree};

/// How long after a difference the tree must have stood still.
const QUIET: Duration = Duration::from_millis(30);
/// How often it is looked whether it does.
const LOOKS_MAX: usize = 8;
/// Where times are whole seconds, or every second one, a second edit may hide behind the first: after this long,
/// whoever compares must look again.
const COARSE: Duration = Duration::from_millis(2_100);

/// Looks every so often.
pub(super) struct Poll {
    every: Duration,
    /// What was there at the last look; none if it could not be seen.
    last: Option<Digest>,
    /// When to tell of a change once more, by the clock.
    again: Option<Duration>,
}

impl Poll {
    /// What is there now is no change.
    pub(super) fn begin(roots: &Roots, every: Duration) -> Self {
        Self { every, last: seen(roots), again: None }
    }

    /// Looks until something is different, and stands still, or the time is over.
    pub(super) fn next(&mut self, roots: &Roots, at_most: Duration, clock: &dyn Clock) -> Option<Seen> {
        let end = clock.elapsed().saturating_add(at_most);
        loop {
            let left = end.saturating_sub(clock.elapsed());
            std::thread::sleep(self.every.min(left));
            if left < self.every {
                return None;
            }
            let there = seen(roots);
            if there != self.last {
                self.settle(there, roots);
                self.again = Some(clock.elapsed() + COARSE);
                return Some(Seen::Anywhere);
            }
            if self.again.is_some_and(|again| again <= clock.elapsed()) {
                self.again = None;
                return Some(Seen::Anywhere);
            }
        }
    }

    /// A file that an editor is just putting in the place of another is not gone.
    fn settle(&mut self, there: Option<Digest>, roots: &Roots) {
        self.last = there;
        for _ in 0..LOOKS_MAX {
            std::thread::sleep(QUIET);
            let there = seen(roots);
            if there == self.last {
                return;
            }
            self.last = there;
        }
    }
}

/// What can be seen of a site without its files being opened.
fn seen(roots: &Roots) -> Option<Digest> {
    let (tree, said) = Tree::scan(&roots.root, &[CONTENT, THEMES]).ok()?;
    let mut stream = Stream::default();
    for (file, stamp) in tree.files().iter().zip(tree.stamps()) {
        stream.add(file.as_bytes());
        stream.add(b"\n");
        add(&mut stream, stamp);
    }
    for diagnostic in said {
        stream.add(format!("{diagnostic:?}\n").as_bytes());
    }
    if let Some(stamp) = stamp(&roots.settings) {
        add(&mut stream, &stamp);
    }
    Some(stream.digest())
}

fn stamp(path: &Path) -> Option<Stamp> {
    Some(Stamp::of(&fs::metadata(path).ok()?))
}

fn add(stream: &mut Stream, stamp: &Stamp) {
    stream.add(&stamp.size.to_le_bytes());
    stream.add(&stamp.modified.to_le_bytes());
    stream.add(&stamp.changed.to_le_bytes());
    stream.add(&stamp.inode.to_le_bytes());
}
