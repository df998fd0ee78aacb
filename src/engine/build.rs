//! A run from beginning to end, as short as what has changed allows.
//!
//! If nothing has changed, the ledger answers. If only texts have, only outputs that hold them are looked at. Otherwise
//! the keys of all outputs are compared.

use std::collections::BTreeSet;
use std::mem::take;
use std::sync::Arc;

use jiff::Timestamp;

use super::compare::{self, Began, Change, Compared, Old, Spoilt};
use super::folder::{Folder, MANIFEST, NO_INSTANT};
use super::ledger::{Head, Kept, Ledger, Output, PagesPart, Recall, Summary};
use super::make::{self, Into, Look, Mercy, Order};
use super::recall::{self, Recalled, Recalling};
use super::report::{Report, Written};
use super::scene::{self, Planned, Scene, Settings};
use super::standing::Standing;
use super::timings::Stages;
use super::work::{Built, InPlace, Work};
use super::{Destination, Progress, Request, Stop, commit};
use crate::catalog::{Catalog, PageId};
use crate::diagnostic::{self, Diagnostic};
use crate::digest::Digest;
use crate::site::{Security, Site};
use crate::source::tree::THEMES;

/// Builds.
pub(super) fn build(request: &Request, progress: &dyn Progress) -> Result<Report, Stop> {
    let Destination::Folder(output) = &request.destination else { return nowhere(request, progress) };
    let mut stages = Stages::begin(progress);
    let settings = Settings::read(request)?;
    let folder = Folder::open(output, request)?;
    into(&folder, request, (settings, progress), &mut stages)
}

/// Builds into a folder that is open.
pub(super) fn into(
    folder: &Folder,
    request: &Request,
    (settings, progress): (Settings, &dyn Progress),
    stages: &mut Stages<'_>,
) -> Result<Report, Stop> {
    commit::sweep(&folder.path)?;
    // Two lists of files are compared with what is remembered: they have nothing to do with each other.
    let (scene, (before, notice)) =
        rayon::join(|| settings.with_tree(request), || Before::remembered(folder));
    let scene = scene?;
    stages.end("list");
    let mut run = Run { request, progress, scene, folder };
    let report = run.after(&before, stages)?;
    // Memory is given back while the caller goes on.
    let (mut report, damage) = match report {
        Some(report) => (report, None),
        None => {
            let damage = "the ledger of the last build is damaged: starting from the beginning".to_string();
            (run.after(&Before::nothing(), stages)?.expect("nothing can be damaged"), Some(damage))
        }
    };
    let Run { scene, .. } = run;
    rayon::spawn(move || drop((before, scene)));
    report.notice = notice.or(damage).or(report.notice);
    Ok(report)
}

/// Makes everything, so that every mistake is found, and writes nothing.
fn nowhere(request: &Request, progress: &dyn Progress) -> Result<Report, Stop> {
    let scene = Scene::read(request)?;
    let began = Began { instant: NO_INSTANT, progress, spoilt: Spoilt::Dropped };
    let compared = compare::compare(&scene.tree, &scene.site, None, &began)?;
    let mut said = scene.said.clone();
    said.extend(compared.said().cloned());
    let content = compared.content(|| None).expect("without a ledger, everything was parsed");
    scene::planned(&scene, content, request, |planned| {
        said.extend(planned.said);
        if planned.loaded {
            let (keys, plan) = (planned.keys, &*planned.plan);
            let known = Vec::new();
            let order = Order {
                plan,
                keys,
                known,
                look: Look::Everywhere,
                made: BTreeSet::new(),
                mercy: Mercy::None,
                into: Into::Nowhere,
            };
            said.extend(make::all(planned.world, &order, progress)?.mistakes);
        }
        let diagnostics = diagnostic::sorted(said);
        Ok(Report { diagnostics, ..Report::of(planned.world, planned.plan) })
    })
}

/// What a run knows of the build before it.
pub(super) struct Before {
    /// What it remembered.
    pub ledger: Option<Arc<Ledger>>,
    /// What still stands of what it wrote.
    pub standing: Standing,
}

impl Before {
    /// There was none.
    fn nothing() -> Self {
        Self { ledger: None, standing: Standing::default() }
    }

    /// What is remembered of a folder; and why nothing is, where something should be.
    fn remembered(folder: &Folder) -> (Self, Option<String>) {
        let (ledger, notice) = folder.ledger();
        let outputs = ledger.as_ref().map_or(&[][..], |ledger| &ledger.outputs);
        let standing = Standing::of(outputs, &folder.path);
        (Self { ledger: ledger.map(Arc::from), standing }, notice)
    }
}

/// Whether all that matters is what it was in the build that `head` is of, the files aside.
pub(super) fn is_same_world(head: &Head, scene: &Scene, now: Timestamp) -> bool {
    let Head { request, from, until, .. } = head;
    *request == scene.request
        && !scene.said.iter().any(Diagnostic::is_error)
        && from.is_none_or(|from| from <= now)
        && until.is_none_or(|until| now < until)
}

/// A build into a folder.
struct Run<'r> {
    request: &'r Request,
    progress: &'r dyn Progress,
    scene: Scene,
    folder: &'r Folder,
}

impl Run<'_> {
    /// Builds after a build that is remembered so; none if its ledger turns out to be damaged.
    fn after(&mut self, before: &Before, stages: &mut Stages<'_>) -> Result<Option<Report>, Stop> {
        let Scene { tree, site, .. } = &self.scene;
        let ledger = before.ledger.as_deref();
        let began = Began { instant: self.folder.instant, progress: self.progress, spoilt: Spoilt::Dropped };
        let compared = compare::compare(tree, site, ledger.map(Old::of), &began)?;
        stages.end("compare");
        if let Some(ledger) = ledger.filter(|ledger| self.is_same(ledger, &compared, &before.standing)) {
            return Ok(Some(self.nothing_changed(ledger, &compared, (before, stages))));
        }
        match self.recalled(&compared, (before, stages))? {
            Recalled::Built(report) => Ok(Some(*report)),
            Recalled::Unusual => self.build(compared, (before, stages)),
            Recalled::Damaged => Ok(None),
        }
    }

    /// Builds from what is recalled, if at most texts have changed.
    fn recalled(
        &self,
        compared: &Compared<'_>,
        (before, stages): (&Before, &mut Stages<'_>),
    ) -> Result<Recalled, Stop> {
        let same_world = |ledger: &&Arc<Ledger>| self.is_same_world(ledger, compared);
        let Some(ledger) = before.ledger.as_ref().filter(same_world) else { return Ok(Recalled::Unusual) };
        let Self { request, scene, folder, progress } = self;
        let (request, folder, progress) = (*request, *folder, *progress);
        Recalling { request, scene, folder, before, ledger, compared, progress }
            .build(&texts(compared), stages)
    }

    /// Whether the world is the one that the ledger knows, its texts aside.
    fn is_same_world(&self, ledger: &Ledger, compared: &Compared<'_>) -> bool {
        is_same_world(&ledger.head, &self.scene, self.request.now) && compared.change != Change::Everything
    }

    fn is_same(&self, ledger: &Ledger, compared: &Compared<'_>, standing: &Standing) -> bool {
        let nothing = matches!(compared.change, Change::Nothing);
        nothing && self.is_same_world(ledger, compared) && standing.is_whole()
    }

    fn nothing_changed(
        &self,
        ledger: &Ledger,
        compared: &Compared<'_>,
        (before, stages): (&Before, &mut Stages<'_>),
    ) -> Report {
        let mut report = Report::remembered(&ledger.head.summary);
        report.until = ledger.head.until;
        let said = self.scene.said.iter().chain(compared.said()).chain(&ledger.head.said);
        report.diagnostics = diagnostic::sorted(said.cloned().collect());
        let files = ledger.outputs.iter().filter(|output| output.path != MANIFEST).count();
        report.written = Some(Written { files, ..Written::default() });
        let changes = recall::changes(ledger, compared, (before, &self.folder.instant));
        if !changes.is_empty() {
            // Stamps that are known better now save looking at bytes the next time; without them, nothing is lost.
            self.folder.ledger_path().map(|path| ledger.revise(path, changes).ok());
            stages.end("remember");
        }
        report.timings = stages.alone();
        report
    }

    fn build(
        &mut self,
        mut compared: Compared<'_>,
        (before, stages): (&Before, &mut Stages<'_>),
    ) -> Result<Option<Report>, Stop> {
        let ledger = before.ledger.as_deref();
        let same_world = ledger.is_some_and(|ledger| self.is_same_world(ledger, &compared));
        let texts: Option<Vec<PageId>> = match &compared.change {
            Change::Nothing | Change::Texts(_) if same_world => Some(texts(&compared)),
            _ => None,
        };
        let mut said = self.scene.said.clone();
        said.extend(compared.said().cloned());
        // The settings are a file like the others, to whoever changed them.
        let asked = ledger.map(|ledger| ledger.head.request);
        let other_settings =
            asked.is_some_and(|asked| asked != self.scene.request && asked != of_a_failure());
        let changed_sources = compared.changed + usize::from(other_settings);
        let mut sources = take(&mut compared.named);
        if other_settings {
            let place = sources.partition_point(|path| *path < self.scene.settings);
            sources.insert(place, self.scene.settings.clone());
        }
        let Some(content) = compared.content(|| ledger?.pages()) else { return Ok(None) };
        stages.end("read");
        // The sources know the same, and of a million files that is a tenth of the memory.
        self.scene.tree.forget_all_but(THEMES);
        let Run { progress, scene, folder, request } = self;
        scene::planned(scene, content, request, |mut planned| {
            stages.end("plan");
            let same_pages = ledger.filter(|_| texts.is_some());
            let recorded = ledger.map(|ledger| &*ledger.outputs);
            let standing = &before.standing;
            let work = Work {
                scene,
                folder,
                recorded,
                standing,
                progress: *progress,
                first: &[],
                mercy: Mercy::None,
            };
            let look = texts.as_deref().map_or(Look::Everywhere, Look::AtTexts);
            let Built { mut report, placed, .. } = work.build(&mut planned, (look, said), stages)?;
            let memory = Memory { scene, folder, planned: &planned, same_pages };
            memory.keep(&mut report, placed, recorded.unwrap_or_default());
            (report.warm, report.changed_sources) = (ledger.is_some(), changed_sources);
            report.sources = sources;
            Ok(Some(report))
        })
    }
}

/// What the next run is to know of this one.
struct Memory<'m> {
    scene: &'m Scene,
    folder: &'m Folder,
    planned: &'m Planned<'m>,
    /// The ledger that holds the pages as they are now, if there is one: their texts may differ.
    same_pages: Option<&'m Ledger>,
}

impl Memory<'_> {
    /// Writes the ledger, and tells what was made. `before` are the outputs as they were.
    fn keep(&self, report: &mut Report, placed: Option<InPlace>, before: &[Output]) {
        let Some(InPlace { outputs, made, recall, .. }) = placed else {
            // The outputs are as they were; what was understood of the sources need not be found out again.
            let head = self.head(Summary::default(), of_a_failure());
            report.until = head.until;
            report.notice = self.save(&head, None, before);
            return;
        };
        let head = self.head(report.summary(), self.scene.request);
        report.until = head.until;
        report.notice = self.save(&head, recall.as_ref(), &outputs);
        // Names are moved and not copied: after a first build these are all there are.
        let outputs = outputs.into_iter().filter(|output| output.path != MANIFEST).zip(made);
        report.made = outputs.filter(|(_, made)| *made).map(|(output, _)| output.path).collect();
    }

    fn head(&self, summary: Summary, request: Digest) -> Head {
        let (from, until) = held_until(&self.scene.site, self.planned.world.catalog);
        let reading = compare::reading(&self.scene.site);
        Head { request, reading, from, until, summary, said: self.planned.said.clone() }
    }

    /// Writes the ledger; returns why, if it could not be written: the site is whole all the same.
    fn save(&self, head: &Head, recall: Option<&Recall>, outputs: &[Output]) -> Option<String> {
        let pages = || PagesPart::Pages(self.planned.world.catalog.pages(), recall);
        let pages = self.same_pages.map_or_else(pages, PagesPart::Of);
        let kept = Kept { head, sources: self.planned.sources, pages, outputs };
        let fault = kept.save(self.folder.ledger_path()?).err()?;
        Some(format!("this build is not remembered: {fault}"))
    }
}

/// How long what was decided holds: as long as pages stay as visible as they are, and the settings as much in date.
pub(super) fn held_until(site: &Site, catalog: &Catalog) -> (Option<Timestamp>, Option<Timestamp>) {
    let turns = site.security.iter().flat_map(Security::turns);
    turns.fold(catalog.holds(), |(from, until), turn| match turn <= catalog.now() {
        true => (from.max(Some(turn)), until),
        false => (from, Some(until.map_or(turn, |first| first.min(turn)))),
    })
}

/// What stands for the request of a build that failed: no request has this digest, so that the next build looks at
/// everything.
pub(super) fn of_a_failure() -> Digest {
    Digest::of(b"a build that failed")
}

/// The pages whose texts have changed, in order.
fn texts(compared: &Compared<'_>) -> Vec<PageId> {
    let Change::Texts(pages) = &compared.change else { return Vec::new() };
    pages.iter().copied().map(PageId::at).collect()
}
