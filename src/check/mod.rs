//! Rules that a site must keep, a file per family. What each finds is returned; nothing is written.
//!
//! Knows how a site is built, and what its outputs are; not how an output is made, nor who asked.

mod embargo;
mod mistakes;

pub use embargo::{Proof, embargo};
pub use mistakes::mistakes;
