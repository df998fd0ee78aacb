//! Whatever is held back: a site is, byte for byte, the site in which it has been deleted from the disk. At random, with the
//! sites and the edits of `tests/equivalence/`, at random instants.
//!
//! `GATES=500` tries more sites, `SEED=7` begins elsewhere. A failure prints its seed and what was held back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "the parts of the other test that are used here have more than is needed")]

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
#[path = "equivalence/text.rs"]
mod text;

use bulletin::check::{self, Proof};
use bulletin::engine::{Destination, Profile, Request, Silent};
use bulletin::site::BaseUrl;
use chance::Chance;
use desk::{Desk, INSTANTS};
use judge::differing;
use place::{End, Place};
use scratch::Files;

/// As many as are tried in about half a minute without optimisation.
const GATES: u64 = 12;
/// How much happens to a site before something is held back, and how many files are tried.
const EDITS_MAX: usize = 10;
const HELD_MAX: usize = 6;

/// Before, at and after some of the instants, and never.
const GATED: [&str; 4] =
    ["draft = true", "embargo = 2026-11-24T09:00:00", "embargo = 2027-08-01T00:00:00Z", "date = 2026-12-01"];

fn number(name: &str, usual: u64) -> u64 {
    std::env::var_os(name).map_or(usual, |value| value.to_str().unwrap().parse().unwrap())
}

/// Proves that nothing leaks from a site on disk.
fn prove(place: &Place, desk: &Desk) -> Proof {
    let request = Request {
        root: place.path(""),
        config: None,
        destination: Destination::Nowhere,
        base_url: desk.base_url.map(|url| BaseUrl::parse(url).unwrap()),
        now: INSTANTS[desk.now].parse().unwrap(),
        profile: Profile::Public,
        threads: Some(2),
    };
    check::embargo(&request, &Silent).unwrap()
}

/// A site after some edits, in which some files are held back, none of which a public one needs.
fn site(place: &mut Place, seed: u64) -> (Desk, Proof) {
    let mut chance = Chance::of(seed, 0);
    let mut desk = Desk::new(Profile::Public);
    place.follow(&desk);
    let mut proof = prove(place, &desk);
    for attempt in 0..EDITS_MAX + HELD_MAX {
        let before = desk.clone();
        match attempt < chance.below(EDITS_MAX + 1) {
            true => drop(edits::any(&mut desk, &mut chance)),
            false => hold(&mut desk, &mut chance),
        }
        desk.profile = Profile::Public;
        place.follow(&desk);
        let other = prove(place, &desk);
        // With mistakes there is no site, and so nothing to compare.
        match other.compared {
            0 => desk = before,
            _ => proof = other,
        }
    }
    place.follow(&desk);
    (desk, proof)
}

/// Holds some file of content back, whatever it is.
fn hold(desk: &mut Desk, chance: &mut Chance) {
    let pages: Vec<String> = desk
        .files
        .keys()
        .filter(|path| path.starts_with("content/") && path.ends_with(".md"))
        .cloned()
        .collect();
    let (page, gate) = (chance.pick(&pages.iter().collect::<Vec<_>>()).clone(), chance.pick(&GATED));
    let (key, value) = gate.split_once(" = ").unwrap();
    desk.change(&page, |text| text.set(key, value));
}

/// What a clean build of a site writes; none if it has mistakes.
fn built(place: &Place, desk: &Desk) -> Option<Files> {
    place.wipe();
    match place.build(desk, 2) {
        End::Report(report) if !report.failed() => Some(place.output()),
        End::Report(_) => None,
        End::Stopped(why) => panic!("the build stopped: {why}"),
        End::Panicked => panic!("the build panicked"),
    }
}

#[test]
fn a_site_is_the_site_without_what_is_held_back() {
    let mut place = Place::new();
    let (mut held, first) = (0, number("SEED", 1));
    for seed in first..first + number("GATES", GATES) {
        let (desk, proof) = site(&mut place, seed);
        let with = built(&place, &desk).unwrap_or_else(|| panic!("SEED={seed}: a proof without a site"));
        let mut bare = desk.clone();
        bare.files.retain(|path, _| !proof.held.contains(path));
        place.follow(&bare);
        let without = built(&place, &bare);
        let differ = without.as_ref().map(|without| differing(&with, without));
        assert_eq!(differ, Some(Vec::new()), "SEED={seed}, at {}: {:#?}", INSTANTS[desk.now], proof.held);
        // Texts that edits have copied from page to page are no fault of the build.
        let leaks: Vec<&String> = proof
            .diagnostics
            .iter()
            .map(|said| &said.message)
            .filter(|said| !said.contains(" holds "))
            .collect();
        assert_eq!(leaks, Vec::<&String>::new(), "SEED={seed}, at {}: {:#?}", INSTANTS[desk.now], proof.held);
        held += proof.held.len();
    }
    assert!(held > 0 || number("GATES", GATES) < 5, "nothing was held back");
    println!("{held} files were held back");
}
