//! Rules that a site must keep, a file per family. What each finds is returned; nothing is written.
//!
//! Knows how a site is built, and what its outputs are; not how an output is made, nor who asked.

mod against;
mod embargo;
mod mistakes;
mod spelling;

pub use against::{
    Amendment, Comparison, Published, Repair, Unread, against, compared, read_published,
    read_published_through,
};
pub use embargo::{Proof, embargo};
pub use mistakes::mistakes;
