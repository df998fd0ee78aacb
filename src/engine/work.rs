//! From the plan to the folder: what is stale is made, put in place, and remembered.

use std::collections::BTreeSet;
use std::mem::take;

use super::commit::{Committed, Staging};
use super::early::Early;
use super::folder::Folder;
use super::ledger::{Output, Recall};
use super::make::{self, Done, Into, Look, Mercy, Order, Outcome};
use super::plan::Plan;
use super::report::Report;
use super::scene::{Planned, Scene};
use super::standing::Standing;
use super::timings::Stages;
use super::why::Known;
use super::{Progress, Stop, remember};
use crate::diagnostic::{self, Diagnostic};
use crate::source::tree::Stamp;

/// What is needed to bring a planned site into its folder.
pub(super) struct Work<'w> {
    /// The settings and files of the site.
    pub scene: &'w Scene,
    /// The output folder.
    pub folder: &'w Folder,
    /// What was recorded of the outputs of the build before, if there was one.
    pub recorded: Option<&'w [Output]>,
    /// What still stands of them.
    pub standing: &'w Standing,
    /// Whoever watches.
    pub progress: &'w dyn Progress,
    /// What somebody is looking at, by path.
    pub first: &'w [String],
    /// What becomes of what cannot be made.
    pub mercy: Mercy<'w>,
}

/// What became of a planned site.
pub(super) struct Built {
    /// What was found and done; the names of what was made are still to be told.
    pub report: Report,
    /// The outputs that are in place now; none if nothing was put in place.
    pub placed: Option<InPlace>,
    /// How many mistakes templates made.
    pub blunders: usize,
}

/// Outputs that are in place.
pub(super) struct InPlace {
    /// A record of each, and one of the manifest.
    pub outputs: Vec<Output>,
    /// The stamp of each, young or not; empty unless the next build is by the same session.
    pub stamps: Vec<Option<Stamp>>,
    /// Which of them were made, the manifest aside.
    pub made: Vec<bool>,
    /// What could not be made, as numbers of the plan.
    pub failed: Vec<usize>,
    /// What was found out, for a run that is not by a session, and finds only other texts.
    pub recall: Option<Recall>,
}

impl Work<'_> {
    /// Makes what is stale, and puts it in place unless something is wrong that is no mercy for. `said` is what is wrong
    /// already.
    pub(super) fn build(
        &self,
        planned: &mut Planned<'_>,
        (look, mut said): (Look<'_>, Vec<Diagnostic>),
        stages: &mut Stages<'_>,
    ) -> Result<Built, Stop> {
        let Planned { world, keys, .. } = *planned;
        let plan = &*planned.plan;
        said.extend(planned.said.iter().cloned());
        let known = remember::known(plan, self.recorded, self.standing);
        let mut order =
            Order { plan, keys, known, look, made: BTreeSet::new(), mercy: self.mercy, into: Into::Nowhere };
        let mut report = Report::of(world, plan);
        if !planned.loaded || self.stops(&said) {
            // Something is wrong already; the rest is made all the same, so that every mistake is told at once.
            if planned.loaded {
                said.extend(make::all(world, &order, self.progress)?.mistakes);
            }
            report.diagnostics = diagnostic::sorted(said);
            return Ok(Built { report, placed: None, blunders: 0 });
        }
        let ours = self.folder.ours(self.recorded.unwrap_or_default(), self.standing)?;
        let staging = Staging::open(self.folder, ours.as_ref(), &self.scene.tree)?;
        order.into = Into::Staging(&staging);
        let mut early =
            Early::make((world, &mut order), (&staging, ours.as_ref()), self.first, self.progress)?;
        let mut outcome = make::all(world, &order, self.progress)?;
        early.join(&mut outcome);
        stages.end("make");
        let blunders = outcome.mistakes.len();
        said.extend(outcome.mistakes.iter().cloned());
        report.diagnostics = diagnostic::sorted(said);
        if self.stops(&report.diagnostics) {
            return Ok(Built { report, placed: None, blunders });
        }
        let committed = commit(&staging, &order, (&outcome, &early))?;
        report.written = Some(committed.written);
        (report.replaced, report.removed) = (committed.replaced, committed.removed);
        stages.end("commit");
        report.timings = stages.timings(world, &plan.targets, &outcome);
        let known = order.known;
        let again = matches!((self.mercy, look), (Mercy::None, Look::Everywhere));
        let recall = again.then(|| Recall::of(world, &plan.targets));
        let placed = Some(self.in_place(planned.plan, (outcome.done, known), recall));
        Ok(Built { report, placed, blunders })
    }

    /// Whether this keeps everything from being put in place.
    fn stops(&self, said: &[Diagnostic]) -> bool {
        matches!(self.mercy, Mercy::None) && said.iter().any(Diagnostic::is_error)
    }

    /// The records of what is in place now. The plan of a single run gives its paths away.
    fn in_place(
        &self,
        plan: &mut Plan,
        (done, known): (Vec<Done>, Vec<Known<'_>>),
        recall: Option<Recall>,
    ) -> InPlace {
        let stands = |(done, known): (&Done, Known<'_>)| !is_missing(done, known);
        let unknown = std::iter::repeat(Known::Unremembered);
        let standing = done.iter().zip(known.iter().copied().chain(unknown)).filter(|both| stands(*both));
        let made = standing.map(|(done, _)| matches!(done, Done::Made(_))).collect();
        let is_failed = |(index, done): (usize, &Done)| matches!(done, Done::Failed).then_some(index);
        let failed = done.iter().enumerate().filter_map(is_failed).collect();
        let mut stamps = Vec::new();
        let (targets, noted) = match self.mercy {
            Mercy::None => (take(&mut plan.targets), None),
            Mercy::For(_) => (plan.targets.clone(), Some(&mut stamps)),
        };
        let outputs = remember::outputs(targets, (done, known), self.folder, noted);
        InPlace { outputs, stamps, made, failed, recall }
    }
}

/// Whether an output could not be made and does not stand from before.
fn is_missing(done: &Done, known: Known<'_>) -> bool {
    matches!(done, Done::Failed) && known.stamp().is_none()
}

fn commit(
    staging: &Staging<'_>,
    order: &Order<'_, '_>,
    (outcome, early): (&Outcome, &Early),
) -> Result<Committed, Stop> {
    let known = order.known.iter().copied().chain(std::iter::repeat(Known::Unremembered));
    let each = order.plan.targets.iter().map(|(path, _)| path.as_str()).zip(outcome.done.iter().zip(known));
    let present = each.filter(|(_, (done, known))| !is_missing(done, *known));
    let (mut now, mut changed) = (Vec::with_capacity(outcome.done.len()), Vec::new());
    for (path, (done, _)) in present {
        now.push(path);
        changed.extend(done.is_changed().then_some(path));
    }
    // What is in place already is not put there again.
    changed.retain(|path| early.replaced.binary_search_by(|other| other.as_str().cmp(path)).is_err());
    let mut committed = staging.commit(&now, &changed)?;
    if !early.replaced.is_empty() {
        committed.written.changed += early.replaced.len();
        committed.replaced.extend_from_slice(&early.replaced);
        committed.replaced.sort_unstable();
    }
    Ok(committed)
}
