//! A site that is watched, built again as soon as something changes, and shown in a browser.
//!
//! Knows nothing of what was typed, nor of how an output is made. The clock is somebody else's.

mod run;
pub mod server;
pub mod watch;

use std::time::Duration;

use jiff::Timestamp;

pub use run::{Cause, Order, Preview, Rebuilt, Shown, Teller};

/// The time, from whoever may read it.
pub trait Clock: Sync {
    /// The instant that decides what is public.
    fn now(&self) -> Timestamp;
    /// How long it has been since some moment; never goes back.
    fn elapsed(&self) -> Duration;
}
