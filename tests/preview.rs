//! The faults of others' watching servers, done to `bulletin serve` from outside: each test is named for the fault, and
//! ends with the question whether what is served is what a clean build makes.
//!
//! The same faults in a `build` are in `peers.rs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(all(feature = "serve", unix))]

#[allow(dead_code, reason = "only its files are edited here")]
#[path = "equivalence/allowance.rs"]
mod allowance;
#[path = "equivalence/chance.rs"]
mod chance;
#[path = "preview/clock.rs"]
mod clock;
#[allow(dead_code, reason = "only its files are edited here")]
#[path = "equivalence/desk.rs"]
mod desk;
#[path = "equivalence/edits/mod.rs"]
mod edits;
#[path = "preview/lists.rs"]
mod lists;
#[path = "preview/meanwhile.rs"]
mod meanwhile;
#[path = "preview/mistakes.rs"]
mod mistakes;
#[path = "preview/places.rs"]
mod places;
#[path = "preview/restarts.rs"]
mod restarts;
#[path = "preview/saves.rs"]
mod saves;
mod scratch;
#[path = "equivalence/text.rs"]
mod text;

use scratch::Site;
use scratch::served::{Served, View};

/// Tells a story of a site to its writers and to the public.
fn in_both_views(site: impl Fn() -> Site, story: impl Fn(&Served)) {
    for view in [View::Public, View::Preview] {
        let served = Served::start(site(), view);
        story(&served);
        served.same_as_clean();
    }
}

/// The front matter of a briefing.
fn item(name: &str, date: &str, more: &str) -> String {
    format!("title = \"Item {name}\"\nsummary = \"S.\"\ndate = {date}\n{more}")
}

/// Asks, after a change, what must be there and what must not, and compares everything with a clean build.
#[track_caller]
fn settled(served: &Served, there: &[&str], gone: &[&str]) {
    served.same_as_clean();
    for path in there {
        assert_eq!(served.get(path).status, 200, "{path} is missing\n{}", served.said());
    }
    for path in gone {
        // What no clean build ever had may be away because of a mistake that was just mended: then not for long.
        served.until(path, |answer| answer.status == 404);
    }
}

/// Whether a path shows these words and not those.
#[track_caller]
fn shows(served: &Served, path: &str, there: &[&str], gone: &[&str]) {
    let text = served.get(path).text();
    there.iter().for_each(|word| assert!(text.contains(word), "{path} does not show {word}:\n{text}"));
    gone.iter().for_each(|word| assert!(!text.contains(word), "{path} still shows {word}:\n{text}"));
}
