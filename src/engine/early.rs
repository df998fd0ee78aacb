//! Makes what somebody is looking at before the rest, and puts it in place, if the rest will take a while.

use std::collections::BTreeMap;

use super::commit::Staging;
use super::folder::Ours;
use super::make::{self, Done, Order, Outcome};
use super::plan::Plan;
use super::{Progress, Stop};

use crate::output::World;

/// Fewer outputs are made in the time that it takes to reload a page.
const STALE_FEW: usize = 64;
/// So many outputs tell how many are stale.
const SAMPLE: usize = 2048;

/// What was made before the rest.
#[derive(Default)]
pub(super) struct Early {
    /// By number of the plan.
    done: BTreeMap<usize, Done>,
    /// What was put in place, in order.
    pub replaced: Vec<String>,
}

impl Early {
    /// Makes the outputs of these paths, if many are stale; `ours` is what stands in the folder.
    pub(super) fn make(
        (world, order): (&World<'_>, &mut Order<'_, '_>),
        (staging, ours): (&Staging<'_>, Option<&Ours>),
        first: &[String],
        progress: &dyn Progress,
    ) -> Result<Self, Stop> {
        let Some(ours) = ours.filter(|_| !first.is_empty() && staging.is_listed()) else {
            return Ok(Self::default());
        };
        // What is new is not listed among our files yet.
        let known = first.iter().filter(|path| ours.has(path));
        let mut indexes: Vec<usize> = known.filter_map(|path| place(order.plan, path)).collect();
        indexes.sort_unstable();
        indexes.dedup();
        let step = order.plan.targets.len().div_ceil(SAMPLE).max(1);
        if indexes.is_empty() || make::stale(world, order, step) * step <= STALE_FEW {
            return Ok(Self::default());
        }
        let done = make::these(world, order, &indexes, progress)?;
        // What failed fails again with the rest, where its mistake is told.
        let made = indexes.into_iter().zip(done).filter(|(_, done)| matches!(done, Done::Made(_)));
        let done: BTreeMap<usize, Done> = made.collect();
        let changed = done.iter().filter(|(_, done)| done.is_changed());
        let changed: Vec<&str> = changed.map(|(index, _)| order.plan.targets[*index].0.as_str()).collect();
        let replaced = if changed.is_empty() { Vec::new() } else { staging.exchange(&changed)?.replaced };
        order.made.extend(done.keys());
        progress.early(&replaced);
        Ok(Self { done, replaced })
    }

    /// Puts what was made early among the rest.
    pub(super) fn join(&mut self, outcome: &mut Outcome) {
        for (index, done) in std::mem::take(&mut self.done) {
            outcome.done[index] = done;
        }
    }
}

fn place(plan: &Plan, path: &str) -> Option<usize> {
    plan.targets.binary_search_by(|(other, _)| other.as_str().cmp(path)).ok()
}
