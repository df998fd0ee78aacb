//! A build in which only texts have changed: the catalog and the targets are recalled from the ledger, and only outputs
//! that hold the texts are looked at.
//!
//! Whenever anything is less usual than that (a mistake, a damaged file, much to make), somebody else builds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::build::Before;
use super::commit::{Committed, Staging};
use super::compare::Compared;
use super::folder::{Folder, MANIFEST};
use super::ledger::{Changes, Ledger, LedgerShelf, Output, Remembered};
use super::make::{self, Done, Into, Look, Mercy, Order, Outcome};
use super::plan::Plan;
use super::read::{self, TreeTexts};
use super::report::Report;
use super::scene::Scene;
use super::timings::Stages;
use super::why::Known;
use super::{Progress, Request, Stop, remember};
use crate::catalog::{Catalog, PageId};
use crate::diagnostic::{self, Diagnostic};
use crate::output::{Keys, Shared, Target, World, index_of};
use crate::source::tree::Stamp;
use crate::theme::Theme;

/// What became of it.
pub(super) enum Recalled {
    /// It was built.
    Built(Box<Report>),
    /// It is not as usual as that.
    Unusual,
    /// The ledger is damaged.
    Damaged,
}

/// What is needed to build from what is remembered.
pub(super) struct Recalling<'r> {
    pub request: &'r Request,
    pub scene: &'r Scene,
    pub folder: &'r Folder,
    pub before: &'r Before,
    pub ledger: &'r Arc<Ledger>,
    pub compared: &'r Compared<'r>,
    pub progress: &'r dyn Progress,
}

/// Beyond so many outputs in a hundred, all may be looked at: most of the catalog would be asked for.
const PERCENT_MAX: usize = 10;
/// But so many are always few.
const OUTPUTS_FEW: usize = 100;

/// What is to be looked at: each output with its place in the ledger.
struct Chosen<'r> {
    places: Vec<usize>,
    targets: Vec<(String, Target)>,
    known: Vec<Known<'r>>,
}

impl Recalling<'_> {
    /// Builds, after edits of the texts of these pages (in order) and of nothing else.
    pub(super) fn build(&self, texts: &[PageId], stages: &mut Stages<'_>) -> Result<Recalled, Stop> {
        if !self.is_usual() {
            return Ok(Recalled::Unusual);
        }
        let sources = (&*self.compared.sources, Some(&self.compared.differ));
        let read = TreeTexts { tree: &self.scene.tree, sources: sources.0, differ: sources.1 };
        let shelf = Arc::new(LedgerShelf::new(Arc::clone(self.ledger), self.digests()));
        let files = self.compared.without_page();
        let ((catalog, targets), theme) = rayon::join(
            || {
                let catalog = || self.ledger.catalog(Arc::clone(&shelf), files, self.request.view());
                rayon::join(catalog, || self.ledger.targets())
            },
            || read::theme(&read, &self.scene.site, &mut Vec::new()),
        );
        let (theme, loaded) = theme?;
        let (Some(catalog), Some(targets)) = (catalog, targets) else { return Ok(Recalled::Damaged) };
        stages.end("read");
        let Some(chosen) = self.chosen((&catalog, texts), targets) else { return Ok(Recalled::Damaged) };
        let few = chosen.places.len() <= OUTPUTS_FEW.max(self.ledger.outputs.len() * PERCENT_MAX / 100);
        if !loaded || !few {
            return Ok(Recalled::Unusual);
        }
        let shared = Shared::build(&self.scene.site, &catalog, &theme);
        let world =
            World { site: &self.scene.site, catalog: &catalog, theme: &theme, shared: &shared, texts: &read };
        let recalled = self.made(&world, (texts, chosen), (&shelf, stages));
        forgotten(catalog, theme, shared);
        recalled
    }

    /// Whether nothing is wrong, and nothing was said of the files that would be said at another place now.
    fn is_usual(&self) -> bool {
        let moved = |place: &crate::diagnostic::Place| {
            self.compared.differ.values().any(|source| source.path == place.file)
        };
        let said = |said: &Diagnostic| {
            let notes = said.notes.iter().filter_map(|note| note.place.as_ref());
            said.place.iter().chain(notes).any(moved)
        };
        let Self { before, ledger, compared, .. } = self;
        let manifest = ledger.outputs.binary_search_by(|output| output.path.as_str().cmp(MANIFEST));
        ledger.recalls()
            && compared.is_of_ledger()
            && !compared.said().any(Diagnostic::is_error)
            && !ledger.head.said.iter().any(said)
            && manifest.is_ok_and(|place| before.standing.stamp(place).is_some())
    }

    /// The digests of texts that changed, by the number of the page.
    fn digests(&self) -> BTreeMap<usize, crate::digest::Digest> {
        let paged = self.compared.differ.values().filter_map(|source| Some((source.page?, source.digest)));
        paged.map(|(page, digest)| (page as usize, digest)).collect()
    }

    /// The outputs that hold one of the texts, or do not stand as they were written; none if there are others than
    /// there are targets.
    fn chosen(
        &self,
        (catalog, texts): (&Catalog, &[PageId]),
        targets: Vec<Remembered>,
    ) -> Option<Chosen<'_>> {
        let outputs = self.ledger.outputs.iter().enumerate();
        let outputs = outputs.filter(|(_, output)| output.path != MANIFEST);
        if targets.len() + 1 != self.ledger.outputs.len() {
            return None;
        }
        let mut chosen = Chosen { places: Vec::new(), targets: Vec::new(), known: Vec::new() };
        for ((place, output), remembered) in outputs.zip(targets) {
            let stamp = self.before.standing.stamp(place);
            if stamp.is_none() || remembered.holds_text(catalog, texts) {
                chosen.places.push(place);
                chosen.targets.push((output.path.clone(), remembered.target));
                chosen.known.push(Known::Recorded(output, stamp));
            }
        }
        Some(chosen)
    }

    /// Makes what is stale and puts it in place.
    fn made(
        &self,
        world: &World<'_>,
        (texts, Chosen { places, targets, known }): (&[PageId], Chosen<'_>),
        (shelf, stages): (&LedgerShelf, &mut Stages<'_>),
    ) -> Result<Recalled, Stop> {
        let gated = |id: &PageId| world.catalog.visibility(*id).is_gated() && world.catalog.is_page(*id);
        let held = texts.iter().copied().filter(gated);
        let held = held.map(|id| (index_of(world.catalog.permalink(id)), Target::Page(id))).collect();
        let (problems, said) = (Vec::new(), Vec::new());
        let plan = Plan { targets, held, problems, said, without: Vec::new() };
        let keys = Keys::new(world);
        stages.end("plan");
        let outputs = &self.ledger.outputs;
        let ours = self.folder.ours(outputs, &self.before.standing)?;
        let staging = Staging::open(self.folder, ours.as_ref(), &self.scene.tree)?;
        let into = Into::Staging(&staging);
        let (look, made, mercy) = (Look::Everywhere, BTreeSet::new(), Mercy::None);
        let order = Order { plan: &plan, keys: &keys, known, look, made, mercy, into };
        if !staging.is_listed() {
            return Ok(Recalled::Unusual);
        }
        let outcome = make::all(world, &order, self.progress)?;
        stages.end("make");
        if shelf.is_damaged() {
            return Ok(Recalled::Damaged);
        }
        if !outcome.mistakes.is_empty() {
            return Ok(Recalled::Unusual);
        }
        let committed = staging.exchange(&changed(&plan, &outcome))?;
        stages.end("commit");
        let mut report = self.report(committed);
        report.timings = stages.timings(world, &plan.targets, &outcome);
        let known = order.known;
        self.remember(&mut report, (places, plan.targets), (outcome, known));
        Ok(Recalled::Built(Box::new(report)))
    }

    fn report(&self, committed: Committed) -> Report {
        let Self { ledger, compared, .. } = self;
        let said = self.scene.said.iter().chain(compared.said()).chain(&ledger.head.said);
        Report {
            diagnostics: diagnostic::sorted(said.cloned().collect()),
            written: Some(committed.written),
            replaced: committed.replaced,
            removed: committed.removed,
            until: ledger.head.until,
            changed_sources: compared.changed,
            sources: compared.named.clone(),
            ..Report::remembered(&ledger.head.summary)
        }
    }

    /// Writes down what is another than in the ledger, and tells what was made.
    fn remember(
        &self,
        report: &mut Report,
        (places, targets): (Vec<usize>, Vec<(String, Target)>),
        (outcome, known): (Outcome, Vec<Known<'_>>),
    ) {
        let is_made = |(done, _): &(&Done, &(String, Target))| matches!(done, Done::Made(_));
        let made = outcome.done.iter().zip(&targets).filter(is_made);
        report.made = made.map(|(_, (path, _))| path.clone()).collect();
        let mut changes = self.changes();
        let records = remember::records(targets, (outcome.done, known), self.folder, None);
        changes.outputs.extend(places.into_iter().zip(records));
        let Some(path) = self.folder.ledger_path().filter(|_| !changes.is_empty()) else { return };
        let fault = self.ledger.revise(path, changes).err();
        report.notice = fault.map(|fault| format!("this build is not remembered: {fault}"));
    }

    fn changes(&self) -> Changes {
        changes(self.ledger, self.compared, (self.before, &self.folder.instant))
    }
}

/// What is known better than the ledger knows it: files that were read, and stamps of outputs that were looked at at
/// this `instant`.
pub(super) fn changes(
    ledger: &Ledger,
    compared: &Compared<'_>,
    (before, instant): (&Before, &Stamp),
) -> Changes {
    let known = |(place, output): (usize, &Output)| {
        let stamp = before.standing.stamp(place).filter(|stamp| !stamp.is_young(instant));
        (stamp != output.stamp).then(|| (place, Output { stamp, ..output.clone() }))
    };
    let outputs = ledger.outputs.iter().enumerate().filter_map(known).collect();
    Changes { sources: compared.others(&ledger.sources), outputs }
}

/// Memory is given back while the caller goes on.
fn forgotten(catalog: Catalog, theme: Theme, shared: Shared) {
    rayon::spawn(move || drop((catalog, theme, shared)));
}

/// The outputs that wait to be put in place.
fn changed<'p>(plan: &'p Plan, outcome: &Outcome) -> Vec<&'p str> {
    let changed = plan.targets.iter().zip(&outcome.done).filter(|(_, done)| done.is_changed());
    changed.map(|((path, _), _)| path.as_str()).collect()
}
