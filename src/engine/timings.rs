//! What took how long: each stage, each kind of output, each template, and the dearest outputs.
//!
//! Reads no clock: whoever watches the run says how long it has taken so far.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Progress;
use super::make::{Done, Outcome};
use crate::output::{Target, World};

/// How many single outputs are named.
const DEAREST_MAX: usize = 10;

/// How many there were, and how long they took together, over all threads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// How many.
    pub count: usize,
    /// How long.
    pub took: Duration,
}

/// What took how long.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timings {
    /// The stages of the run in their order, by the clock on the wall.
    pub stages: Vec<(&'static str, Duration)>,
    /// The outputs that were made, by kind.
    pub kinds: BTreeMap<&'static str, Cost>,
    /// The outputs that were made, by template.
    pub templates: BTreeMap<String, Cost>,
    /// The outputs that took longest, longest first.
    pub dearest: Vec<(String, Duration)>,
}

/// Notes when stages end.
pub(super) struct Stages<'p> {
    progress: &'p dyn Progress,
    last: Option<Duration>,
    stages: Vec<(&'static str, Duration)>,
}

impl<'p> Stages<'p> {
    /// The first stage begins.
    pub(super) fn begin(progress: &'p dyn Progress) -> Self {
        Self { progress, last: progress.elapsed(), stages: Vec::new() }
    }

    /// A stage has ended.
    pub(super) fn end(&mut self, stage: &'static str) {
        let now = self.progress.elapsed();
        if let (Some(last), Some(now)) = (self.last, now) {
            self.stages.push((stage, now.saturating_sub(last)));
        }
        self.last = now;
    }

    /// What took how long; none if nobody wants to know.
    pub(super) fn timings(
        &self,
        world: &World<'_>,
        targets: &[(String, Target)],
        outcome: &Outcome,
    ) -> Option<Timings> {
        let mut timings = self.alone()?;
        timings.add(world, targets, outcome);
        Some(timings)
    }

    /// The stages of a run that made nothing; none if nobody wants to know.
    pub(super) fn alone(&self) -> Option<Timings> {
        self.last.map(|_| Timings { stages: self.stages.clone(), ..Timings::default() })
    }
}

impl Timings {
    /// Adds the outputs that were made.
    fn add(&mut self, world: &World<'_>, targets: &[(String, Target)], outcome: &Outcome) {
        let made = targets.iter().zip(&outcome.done).filter_map(|((path, target), done)| match done {
            Done::Made(made) => Some((path, target, made.took?)),
            Done::Kept(_) | Done::Failed => None,
        });
        let mut all: Vec<(&String, Duration)> = Vec::new();
        for (path, target, took) in made {
            self.kinds.entry(target.kind()).or_default().add(took);
            if let Some(template) = target.template(world) {
                self.templates.entry(template.to_string()).or_default().add(took);
            }
            all.push((path, took));
        }
        all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        self.dearest = all.into_iter().take(DEAREST_MAX).map(|(path, took)| (path.clone(), took)).collect();
    }
}

impl Cost {
    fn add(&mut self, took: Duration) {
        self.count += 1;
        self.took += took;
    }
}
