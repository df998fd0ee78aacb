//! Which target stands at a path, compared without regard to case: some disks know no other comparison.

use rayon::prelude::*;

use crate::catalog::slots::Slots;
use crate::output::Target;

/// Targets, found by their paths. Holds no path a second time.
pub(super) struct Places<'p> {
    /// The targets, no two at one path.
    pub targets: &'p [(String, Target)],
    /// Where each stands among them.
    pub slots: Slots,
}

impl Places<'_> {
    /// What stands at `path`.
    pub(super) fn find(&self, path: &str) -> Option<&Target> {
        let found = self.slots.find(hash(path), |place| equal(&self.targets[place].0, path));
        found.map(|place| &self.targets[place].1)
    }
}

/// Where each target stands; and each whose path is taken, after the one that stands there already.
pub(super) fn slots(targets: &[(String, Target)]) -> (Slots, Vec<(usize, usize)>) {
    let hashes: Vec<u64> = targets.par_iter().map(|(path, _)| hash(path)).collect();
    let mut slots = Slots::with_capacity(targets.len());
    let mut taken = Vec::new();
    for (index, hash) in hashes.into_iter().enumerate() {
        let same = |other: usize| equal(&targets[other].0, &targets[index].0);
        if let Some(first) = slots.find_or_put(hash, index, same) {
            taken.push((first, index));
        }
    }
    (slots, taken)
}

/// Equal for paths that differ only in case.
fn hash(path: &str) -> u64 {
    let lower = path.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if lower { Slots::hash(path) } else { Slots::hash(&path.to_lowercase()) }
}

fn equal(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Robots;

    #[test]
    fn paths_that_differ_in_case_are_one() {
        let targets = ["a/index.html", "B/É.html", "A/index.html", "b/é.html"];
        let targets = targets.map(|path| (path.to_string(), Target::Robots(Robots::Nobody)));
        let (slots, taken) = slots(&targets);
        assert_eq!(taken, [(0, 2), (1, 3)]);
        let places = Places { targets: &targets, slots };
        assert!(places.find("b/É.HTML").is_some());
        assert!(places.find("b").is_none());
    }
}
