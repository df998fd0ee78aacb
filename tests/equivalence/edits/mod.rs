//! What somebody may do to a site, a family a file. Each edit is a function from a site and chance to what was done.
//!
//! Knows nothing of builds. An edit that cannot be done to this site is none; another is chosen.

mod pages;
mod places;
mod settings;
mod themes;
mod world;

use super::chance::Chance;
use super::desk::{Desk, Edit};

/// A way to edit a site.
type Way = fn(&mut Desk, &mut Chance) -> Option<Edit>;

/// Every way, with how often it is chosen.
fn ways() -> Vec<(usize, Way)> {
    [pages::WAYS, places::WAYS, themes::WAYS, settings::WAYS, world::WAYS].concat()
}

/// Some edit of a site.
pub fn any(desk: &mut Desk, chance: &mut Chance) -> Edit {
    let ways = ways();
    let total = ways.iter().map(|(often, _)| often).sum();
    loop {
        let mut at = chance.below(total);
        for (often, way) in &ways {
            if at < *often {
                let before = desk.clone();
                match way(desk, chance) {
                    Some(edit) => return edit,
                    None => *desk = before,
                }
                break;
            }
            at -= often;
        }
    }
}
