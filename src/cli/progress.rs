//! Shows how far a long build is, on a terminal, after a moment.

use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::engine::Progress;

/// Builds that are done sooner show nothing.
const PATIENCE_MS: u128 = 700;
/// How many steps pass between two looks at the clock.
const STEPS_BETWEEN: usize = 256;

/// A line on standard error that is written over and over.
#[derive(Debug)]
pub(super) struct Bar {
    started: Instant,
    stage: Mutex<(&'static str, usize)>,
    done: AtomicUsize,
}

impl Bar {
    /// A bar that starts now.
    pub(super) fn new(started: Instant) -> Self {
        Self { started, stage: Mutex::new(("", 0)), done: AtomicUsize::new(0) }
    }

    fn show(&self, done: usize) {
        // Whoever finds the line busy leaves it: it is only a picture.
        if let Ok(stage) = self.stage.try_lock() {
            let (name, steps) = *stage;
            write!(std::io::stderr(), "\r\x1b[K  {name} {done} of {steps}").ok();
        }
    }

    /// Removes the line.
    pub(super) fn clear(&self) {
        if self.started.elapsed().as_millis() > PATIENCE_MS {
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
        if done.is_multiple_of(STEPS_BETWEEN) && self.started.elapsed().as_millis() > PATIENCE_MS {
            self.show(done);
        }
    }
}
