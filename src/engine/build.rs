//! A run from beginning to end, as short as what has changed allows.
//!
//! If nothing has changed, the ledger answers. If only texts have, only outputs that hold them are looked at. Otherwise
//! the keys of all outputs are compared.

use super::compare::{self, Began, Change, Compared};
use super::folder::{Folder, MANIFEST, NO_INSTANT};
use super::ledger::{Head, Kept, Ledger, PagesPart};
use super::make::{self, Into, Look, Order};
use super::report::{Report, Written};
use super::scene::{self, Scene};
use super::standing::Standing;
use super::timings::Stages;
use super::why::Known;
use super::work::Work;
use super::{Destination, Progress, Request, Stop, resolved};
use crate::catalog::PageId;
use crate::diagnostic::{self, Diagnostic};

/// Builds.
pub(super) fn build(request: &Request, progress: &dyn Progress) -> Result<Report, Stop> {
    let mut stages = Stages::begin(progress);
    let scene = Scene::read(request)?;
    stages.end("list");
    match &request.destination {
        Destination::Folder(folder) => {
            let folder = Folder::open(&resolved(&request.root, folder), &scene.tree)?;
            Run { request, progress, scene, folder: &folder, stages }.go()
        }
        Destination::Nowhere => nowhere(request, &scene, progress),
    }
}

/// Makes everything, so that every mistake is found, and writes nothing.
fn nowhere(request: &Request, scene: &Scene, progress: &dyn Progress) -> Result<Report, Stop> {
    let began = Began { instant: NO_INSTANT, progress };
    let compared = compare::compare(&scene.tree, &scene.site, None, &began)?;
    let mut said = scene.said.clone();
    said.extend(compared.said().cloned());
    scene::planned(scene, &mut compared.content(None), request, |planned| {
        said.extend(planned.said);
        if planned.loaded {
            let known = vec![Known::Unremembered; planned.plan.targets.len()];
            let (keys, plan) = (planned.keys, planned.plan);
            let order = Order { plan, keys, known, look: Look::Everywhere, into: Into::Nowhere };
            said.extend(make::all(planned.world, &order, progress)?.mistakes);
        }
        let diagnostics = diagnostic::sorted(said);
        Ok(Report { diagnostics, ..Report::of(planned.world, planned.plan) })
    })
}

/// A build into a folder.
struct Run<'r> {
    request: &'r Request,
    progress: &'r dyn Progress,
    scene: Scene,
    folder: &'r Folder,
    stages: Stages<'r>,
}

/// What a run knows of the build before it.
pub(super) struct Before<'b> {
    /// What it remembered.
    pub ledger: Option<&'b Ledger>,
    /// What still stands of what it wrote.
    pub standing: Standing,
}

impl Run<'_> {
    fn go(mut self) -> Result<Report, Stop> {
        let (ledger, notice) = self.folder.ledger();
        self.stages.end("remember");
        let outputs = ledger.as_ref().map_or(&[][..], |ledger| &ledger.outputs);
        let Scene { tree, site, .. } = &self.scene;
        let began = Began { instant: self.folder.instant, progress: self.progress };
        let (compared, standing) = rayon::join(
            || compare::compare(tree, site, ledger.as_deref(), &began),
            || Standing::of(outputs, &self.folder.path),
        );
        let compared = compared?;
        self.stages.end("compare");
        let before = Before { ledger: ledger.as_deref(), standing };
        let same = before.ledger.filter(|ledger| self.is_same(ledger, &compared, &before.standing));
        let report = match same {
            Some(ledger) => self.nothing_changed(ledger, &compared, &before),
            None => self.build(compared, &before),
        };
        let mut report = report?;
        report.notice = notice.or(report.notice);
        Ok(report)
    }

    /// Whether the world is the one that the ledger knows, its texts aside.
    fn is_same_world(&self, ledger: &Ledger, compared: &Compared<'_>) -> bool {
        let Head { request, from, until, .. } = &ledger.head;
        let now = self.request.now;
        *request == self.scene.request
            && !self.scene.said.iter().any(Diagnostic::is_error)
            && from.is_none_or(|from| from <= now)
            && until.is_none_or(|until| now < until)
            && !matches!(compared.change, Change::Everything)
    }

    fn is_same(&self, ledger: &Ledger, compared: &Compared<'_>, standing: &Standing) -> bool {
        let nothing = matches!(compared.change, Change::Nothing);
        nothing && self.is_same_world(ledger, compared) && standing.is_whole()
    }

    fn nothing_changed(
        self,
        ledger: &Ledger,
        compared: &Compared<'_>,
        before: &Before<'_>,
    ) -> Result<Report, Stop> {
        let mut report = Report::remembered(&ledger.head.summary);
        let said = self.scene.said.iter().chain(compared.said()).chain(&ledger.head.said);
        report.diagnostics = diagnostic::sorted(said.cloned().collect());
        let files = ledger.outputs.iter().filter(|output| output.path != MANIFEST).count();
        report.written = Some(Written { files, ..Written::default() });
        let outputs = &ledger.outputs;
        // Stamps that are known better now save looking at bytes the next time; without them, nothing is lost.
        if *compared.sources != *ledger.sources || !before.standing.is_as_recorded(outputs) {
            let mut outputs = outputs.clone();
            let now = self.folder.now();
            for (index, output) in outputs.iter_mut().enumerate() {
                output.stamp = before.standing.stamp(index).filter(|stamp| !stamp.is_young(&now));
            }
            if let Some(path) = self.folder.ledger_path() {
                let (head, sources) = (&ledger.head, &compared.sources);
                Kept { head, sources, pages: PagesPart::Of(ledger), outputs: &outputs }.save(path).ok();
            }
        }
        report.timings = self.stages.alone();
        Ok(report)
    }

    fn build(self, compared: Compared<'_>, before: &Before<'_>) -> Result<Report, Stop> {
        let ledger = before.ledger;
        let same_world = ledger.is_some_and(|ledger| self.is_same_world(ledger, &compared));
        let texts: Option<Vec<PageId>> = match &compared.change {
            Change::Nothing if same_world => Some(Vec::new()),
            Change::Texts(pages) if same_world => Some(pages.iter().copied().map(PageId::at).collect()),
            _ => None,
        };
        let mut said = self.scene.said.clone();
        said.extend(compared.said().cloned());
        let changed_sources = compared.changed;
        let mut content = compared.content(ledger);
        let Run { request, progress, scene, folder, mut stages } = self;
        stages.end("read");
        scene::planned(&scene, &mut content, request, |planned| {
            stages.end("plan");
            let work = Work { scene: &scene, folder, before, progress };
            let look = texts.as_deref().map_or(Look::Everywhere, Look::AtTexts);
            let mut report = work.build(&planned, (look, said), &mut stages)?;
            (report.warm, report.changed_sources) = (ledger.is_some(), changed_sources);
            Ok(report)
        })
    }
}
