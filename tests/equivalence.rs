//! The test that matters: after any sequence of edits an incremental build equals a clean one, byte for byte, says the
//! same, makes what had to be made and nothing that the edit could not touch; and a build right after makes nothing.
//!
//! `SEQUENCES=1000` runs more of them, `SEED=7` begins elsewhere (with `SEQUENCES=1`: that one alone). A failure prints
//! its seed, which belongs into `tests/equivalence/seeds.txt`, and its story, shortened.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

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
#[path = "equivalence/sequence.rs"]
mod sequence;
#[path = "equivalence/text.rs"]
mod text;

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use scratch::Files;
use sequence::{STEPS, run, shortened};

/// As many as two cores run in about a minute without optimisation.
const SEQUENCES: u64 = 40;

/// More of them say the same.
const COMPLAINTS_SHOWN: usize = 12;

/// A number that the caller of the test may set.
fn number(name: &str) -> Option<u64> {
    std::env::var_os(name).map(|value| value.to_str().unwrap().parse().unwrap())
}

/// The seeds of old failures, and those that are next.
fn seeds() -> Vec<u64> {
    let first = number("SEED").unwrap_or(1);
    let known = include_str!("equivalence/seeds.txt").lines().filter(|line| !line.starts_with('#'));
    let mut seeds: Vec<u64> = known.map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
    seeds.extend(first..first + number("SEQUENCES").unwrap_or(SEQUENCES));
    seeds
}

#[test]
fn an_incremental_build_equals_a_clean_one_after_any_sequence_of_edits() {
    let (seeds, next) = (seeds(), AtomicUsize::new(0));
    let (failures, failing) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let steps: Vec<u64> = (1..=STEPS).collect();
    let work = || {
        while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
            match run(*seed, &steps, None) {
                Ok(count) => drop(failing.fetch_add(count, Ordering::Relaxed)),
                Err(failure) => {
                    failures.lock().unwrap().push((*seed, failure));
                    // One failure is enough to read; the others go on no further.
                    next.store(seeds.len(), Ordering::Relaxed);
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(work);
        }
    });
    println!("{} sequences, {} builds with mistakes", seeds.len(), failing.load(Ordering::Relaxed));
    if let Some((seed, failure)) = failures.into_inner().unwrap().into_iter().next() {
        let failure = shortened(seed, failure);
        let story: Vec<String> =
            failure.story.iter().enumerate().map(|(at, line)| format!("{at}. {line}")).collect();
        let shown = &failure.complaints[..failure.complaints.len().min(COMPLAINTS_SHOWN)];
        let count = failure.complaints.len();
        panic!("SEED={seed}\n{}\nand then ({count}):\n- {}", story.join("\n"), shown.join("\n- "));
    }
}

/// The first sequence that notices a saboteur, and what it says.
fn noticed(saboteur: sequence::Saboteur<'_>) -> String {
    let steps: Vec<u64> = (1..=STEPS).collect();
    let mut failures = (1..4).filter_map(|seed| run(seed, &steps, Some(saboteur)).err());
    failures.next().map(|failure| failure.complaints.join("\n")).unwrap_or_default()
}

#[test]
fn the_test_itself_notices_what_is_wrong() {
    let stale = |files: &mut Files, _: &mut Vec<String>| files.get_mut("index.html").unwrap()[0] ^= 1;
    assert!(noticed(&stale).contains("index.html differs:"));
    let missing = |files: &mut Files, _: &mut Vec<String>| drop(files.remove("sitemap.xml"));
    assert!(noticed(&missing).contains("sitemap.xml is missing"));
    let left = |files: &mut Files, _: &mut Vec<String>| drop(files.insert("old.html".into(), Vec::new()));
    assert!(noticed(&left).contains("old.html should be gone"));
    let silent = |_: &mut Files, made: &mut Vec<String>| made.clear();
    assert!(noticed(&silent).contains("is not among those made"));
    let busy = |_: &mut Files, made: &mut Vec<String>| {
        made.push("notes.txt".into());
        made.sort();
        made.dedup();
    };
    assert!(noticed(&busy).contains("notes.txt was made for nothing"));
}
