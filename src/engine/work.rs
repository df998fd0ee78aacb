//! From the plan to the folder: what is stale is made, put in place, and remembered.

use std::mem::take;

use super::build::Before;
use super::commit::{Committed, Placed, Staging};
use super::compare;
use super::folder::{Folder, MANIFEST};
use super::ledger::{Head, Kept, Ledger, Output, PagesPart, Summary};
use super::make::{self, Done, Into, Look, Order, Outcome};
use super::plan::Plan;
use super::report::Report;
use super::scene::{Planned, Scene};
use super::timings::Stages;
use super::why::Known;
use super::{Progress, Stop, remember};
use crate::diagnostic::{self, Diagnostic};
use crate::digest::Digest;

/// What is needed to bring a planned site into its folder.
pub(super) struct Work<'w> {
    /// The settings and files of the site.
    pub scene: &'w Scene,
    /// The output folder.
    pub folder: &'w Folder,
    /// What is known of the build before.
    pub before: &'w Before,
    /// Whoever watches.
    pub progress: &'w dyn Progress,
    /// The ledger that holds the pages as they are now, if there is one: their texts may differ.
    pub same_pages: Option<&'w Ledger>,
}

impl Work<'_> {
    /// Makes what is stale; if nothing is wrong, puts it in place. `said` is what is wrong already.
    pub(super) fn build(
        &self,
        planned: Planned<'_>,
        (look, mut said): (Look<'_>, Vec<Diagnostic>),
        stages: &mut Stages<'_>,
    ) -> Result<Report, Stop> {
        let Planned { world, keys, .. } = planned;
        let plan = &*planned.plan;
        said.extend(planned.said.iter().cloned());
        let known = remember::known(plan, self.before.ledger.as_deref(), &self.before.standing);
        let mut order = Order { plan, keys, known, look, into: Into::Nowhere };
        let mut report = Report::of(world, plan);
        if said.iter().any(Diagnostic::is_error) {
            // Something is wrong already; the rest is made all the same, so that every mistake is told at once.
            if planned.loaded {
                said.extend(make::all(world, &order, self.progress)?.mistakes);
            }
            report.diagnostics = diagnostic::sorted(said);
            self.remember_failure(&planned, &mut report);
            return Ok(report);
        }
        let ours = self.folder.ours(self.outputs(), &self.before.standing)?;
        let staging = Staging::open(self.folder, ours, &self.scene.tree)?;
        order.into = Into::Staging(&staging);
        let outcome = make::all(world, &order, self.progress)?;
        stages.end("make");
        said.extend(outcome.mistakes.iter().cloned());
        report.diagnostics = diagnostic::sorted(said);
        if report.failed() {
            self.remember_failure(&planned, &mut report);
            return Ok(report);
        }
        let committed = commit(&staging, plan, &outcome)?;
        report.written = Some(committed.written);
        (report.replaced, report.removed) = (committed.replaced, committed.removed);
        stages.end("commit");
        report.timings = stages.timings(world, &plan.targets, &outcome);
        let known = order.known;
        self.remember(planned, &mut report, (outcome.done, known));
        Ok(report)
    }

    fn outputs(&self) -> &[Output] {
        self.before.ledger.as_ref().map_or(&[], |ledger| &ledger.outputs)
    }

    /// Writes the ledger, and tells what was made.
    fn remember(
        &self,
        planned: Planned<'_>,
        report: &mut Report,
        (done, known): (Vec<Done>, Vec<Known<'_>>),
    ) {
        let made: Vec<bool> = done.iter().map(|done| matches!(done, Done::Made(_))).collect();
        let targets = take(&mut planned.plan.targets);
        let outputs = remember::outputs(targets, (done, known), self.folder);
        let head = self.head(&planned, report.summary(), self.scene.request);
        report.until = head.until;
        report.notice = self.save(&head, &planned, &outputs);
        // Names are moved and not copied: after a first build these are all there are.
        let outputs = outputs.into_iter().filter(|output| output.path != MANIFEST).zip(made);
        report.made = outputs.filter(|(_, made)| *made).map(|(output, _)| output.path).collect();
    }

    /// The outputs are as they were; what was understood of the sources need not be found out again.
    fn remember_failure(&self, planned: &Planned<'_>, report: &mut Report) {
        let head = self.head(planned, Summary::default(), of_a_failure());
        report.until = head.until;
        report.notice = self.save(&head, planned, self.outputs());
    }

    fn head(&self, planned: &Planned<'_>, summary: Summary, request: Digest) -> Head {
        let (from, until) = planned.world.catalog.holds();
        let reading = compare::reading(&self.scene.site);
        Head { request, reading, from, until, summary, said: planned.said.clone() }
    }

    /// Writes the ledger; returns why, if it could not be written: the site is whole all the same.
    fn save(&self, head: &Head, planned: &Planned<'_>, outputs: &[Output]) -> Option<String> {
        let pages = || PagesPart::Pages(planned.world.catalog.pages());
        let pages = self.same_pages.map_or_else(pages, PagesPart::Of);
        let kept = Kept { head, sources: planned.sources, pages, outputs };
        let fault = kept.save(self.folder.ledger_path()?).err()?;
        Some(format!("this build is not remembered: {fault}"))
    }
}

/// What stands for the request of a build that failed: no request has this digest, so that the next build looks at
/// everything.
pub(super) fn of_a_failure() -> Digest {
    Digest::of(b"a build that failed")
}

fn commit(staging: &Staging<'_>, plan: &Plan, outcome: &Outcome) -> Result<Committed, Stop> {
    let now: Vec<&str> = plan.targets.iter().map(|(path, _)| path.as_str()).collect();
    let is_changed = |done: &Done| matches!(done, Done::Made(made) if made.placed == Placed::Changed);
    let changed = now.iter().zip(&outcome.done).filter(|(_, done)| is_changed(done));
    let changed: Vec<&str> = changed.map(|(path, _)| *path).collect();
    staging.commit(&now, &changed)
}
