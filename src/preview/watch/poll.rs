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
    /// When to look, by the clock; whoever waits may not have the patience for it.
    next: Duration,
    /// When to tell of a change once more, by the clock.
    again: Option<Duration>,
}

impl Poll {
    /// What is there now is no change.
    pub(super) fn begin(roots: &Roots, every: Duration, clock: &dyn Clock) -> Self {
        Self { every, last: seen(roots), next: clock.elapsed() + every, again: None }
    }

    /// Looks until something is different, and stands still, or the time is over.
    pub(super) fn next(&mut self, roots: &Roots, at_most: Duration, clock: &dyn Clock) -> Option<Seen> {
        let end = clock.elapsed().saturating_add(at_most);
        loop {
            let until = self.next.min(end);
            std::thread::sleep(until.saturating_sub(clock.elapsed()));
            if until < self.next {
                return None;
            }
            let there = seen(roots);
            self.next = clock.elapsed() + self.every;
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// Ten seconds later each time somebody looks at it.
    struct Leaps(AtomicU64);

    impl Clock for Leaps {
        fn now(&self) -> jiff::Timestamp {
            jiff::Timestamp::UNIX_EPOCH
        }

        fn elapsed(&self) -> Duration {
            Duration::from_secs(10 * self.0.fetch_add(1, Ordering::Relaxed))
        }
    }

    #[test]
    fn whoever_looks_more_rarely_than_anybody_waits_looks_all_the_same() {
        let site = tempfile::tempdir().expect("there is room for a folder");
        let roots = Roots { root: site.path().to_path_buf(), settings: site.path().join("site.toml") };
        fs::create_dir(site.path().join(CONTENT)).expect("a folder can be made");
        let clock = Leaps(AtomicU64::new(0));
        let mut poll = Poll::begin(&roots, Duration::from_secs(60), &clock);
        fs::write(site.path().join("content/a.md"), "new").expect("a file can be written");
        let looks = (1..20).find(|_| poll.next(&roots, Duration::ZERO, &clock) == Some(Seen::Anywhere));
        assert!(looks.is_some_and(|looks| looks > 1), "{looks:?}");
    }
}
