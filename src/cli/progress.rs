//! Shows how far a long build is, on a terminal, after a moment; and tells how long it has taken.

use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::engine::Progress;

/// Builds that are done sooner show nothing.
const PATIENCE_MS: u128 = 700;
/// How many steps pass between two looks at the clock.
const STEPS_BETWEEN: usize = 256;

/// Who is told how far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watcher {
    /// Somebody at a terminal.
    Person,
    /// Nobody.
    Nobody,
}

/// Whether what took how long is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timing {
    /// It is.
    Told,
    /// It is not, so that nobody need measure.
    Untold,
}

/// A line on standard error that is written over and over.
#[derive(Debug)]
pub(super) struct Bar {
    started: Instant,
    watcher: Watcher,
    timing: Timing,
    stage: Mutex<(&'static str, usize)>,
    done: AtomicUsize,
}

impl Bar {
    /// A bar that starts now.
    pub(super) fn new(started: Instant, watcher: Watcher, timing: Timing) -> Self {
        Self { started, watcher, timing, stage: Mutex::new(("", 0)), done: AtomicUsize::new(0) }
    }

    fn show(&self, done: usize) {
        // Whoever finds the line busy leaves it: it is only a picture.
        if let Ok(stage) = self.stage.try_lock() {
            let (name, steps) = *stage;
            write!(std::io::stderr(), "\r\x1b[K  {name} {done} of {steps}").ok();
        }
    }

    fn is_due(&self) -> bool {
        self.watcher == Watcher::Person && self.started.elapsed().as_millis() > PATIENCE_MS
    }

    /// Removes the line.
    pub(super) fn clear(&self) {
        if self.is_due() {
            write!(std::io::stderr(), "\r\x1b[K").ok();
        }
    }
}

impl Progress for Bar {
    fn begin(&self, stage: &'static str, steps: usize) {
        if let Ok(mut current) = self.stage.lock() {
            *current = (stage, steps);
        }
        self.done.store(0, Ordering::Relaxed);
    }

    fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(STEPS_BETWEEN) && self.is_due() {
            self.show(done);
        }
    }

    fn elapsed(&self) -> Option<Duration> {
        (self.timing == Timing::Told).then(|| self.started.elapsed())
    }
}
