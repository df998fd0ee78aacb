//! A site that stays in memory: after each edit its folder is what a clean build gives, and what has a mistake stays as
//! it was until it is mended.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "the random edits are shared with the test of single builds")]

#[path = "equivalence/allowance.rs"]
mod allowance;
#[path = "equivalence/chance.rs"]
mod chance;
#[path = "equivalence/desk.rs"]
mod desk;
#[path = "equivalence/edits/mod.rs"]
mod edits;
#[path = "equivalence/judge.rs"]
mod judge;
#[path = "equivalence/place.rs"]
mod place;
mod scratch;
#[path = "session/sequence.rs"]
mod sequence;
#[path = "session/stories.rs"]
mod stories;
#[path = "equivalence/text.rs"]
mod text;

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// As many as two cores run in half a minute without optimisation.
const SEQUENCES: u64 = 20;

fn number(name: &str) -> Option<u64> {
    std::env::var_os(name).map(|value| value.to_str().unwrap().parse().unwrap())
}

#[test]
fn a_session_equals_a_clean_build_after_any_sequence_of_edits() {
    let first = number("SEED").unwrap_or(1);
    let end = first + number("SEQUENCES").unwrap_or(SEQUENCES);
    let (next, failures) = (AtomicU64::new(first), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return;
            }
            if let Err(failure) = sequence::run(seed) {
                failures.lock().unwrap().push(format!("SEED={seed}\n{failure}"));
                next.store(end, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(work);
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
