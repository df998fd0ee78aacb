//! A build after which nothing but texts is different: only what holds them is looked at.

use std::collections::{BTreeSet, HashMap};

use super::Run;
use super::state::{Pages, State, of_doubt};
use crate::catalog::PageId;
use crate::diagnostic::{self, Diagnostic};
use crate::digest::{Digest, Sha256};
use crate::engine::Stop;
use crate::engine::build::is_same_world;
use crate::engine::commit::{Committed, Staging};
use crate::engine::compare::{Verdict, differ_in_text, found};
use crate::engine::folder::MANIFEST;
use crate::engine::ledger::Output;
use crate::engine::make::{self, Done, Into, Look, Mercy, Order, Outcome};
use crate::engine::plan::Plan;
use crate::engine::remember;
use crate::engine::report::{Report, Written};
use crate::engine::scene::{Parts, Scene};
use crate::engine::standing::Standing;
use crate::engine::timings::Stages;
use crate::engine::why::Known;
use crate::output::record::RecordPart;
use crate::output::{Input, Target, World, index_of};
use crate::source::path::Role;
use crate::source::tree::{Looked, Stamp};

/// For more files than this, all are compared: that is done on all threads.
const FILES_MAX: usize = 64;

/// A file of which nothing changed but perhaps the text.
struct Text {
    /// Its number among the sources.
    source: usize,
    /// The page, if its bytes are others.
    page: Option<PageId>,
    digest: Digest,
    transcript: Option<Sha256>,
    stamp: Option<Stamp>,
    said: Vec<Diagnostic>,
}

/// The outputs beside pages that hold texts, by the page whose text it is, as numbers of the plan.
pub(super) type Holders = HashMap<PageId, Vec<usize>>;

impl State {
    /// Brings up to date what holds the texts of these files; none if more may have changed.
    pub(super) fn texts(
        &mut self,
        run: Run<'_>,
        looked: &Looked,
        stages: &mut Stages<'_>,
    ) -> Result<Option<Report>, Stop> {
        let Looked::At(files) = looked else { return Ok(None) };
        let scene = self.scene.take().expect("the files were looked at");
        let result = match self.only_texts(run, &scene, files) {
            Ok(Some(texts)) => self.renewed(run, (&scene, texts), stages),
            Ok(None) => Ok(None),
            Err(stop) => Err(stop),
        };
        self.scene = Some(scene);
        result
    }

    /// What changed, if it is nothing but texts.
    fn only_texts(&self, run: Run<'_>, scene: &Scene, files: &[String]) -> Result<Option<Vec<Text>>, Stop> {
        let (Pages::Memory(parts), Some(head)) = (&self.pages, &self.head) else { return Ok(None) };
        let outputs = self.outputs.as_deref().unwrap_or_default();
        let is_recorded = |index: &usize| place(&parts.plan.targets[*index].0, outputs).is_some();
        if files.len() > FILES_MAX
            || !run.folder.path.join(MANIFEST).is_file()
            || !is_same_world(head, scene, run.request.now)
            || !self.failed.iter().all(is_recorded)
        {
            return Ok(None);
        }
        let mut texts = Vec::new();
        for file in files {
            match self.text(run, (scene, parts), file)? {
                Some(text) => texts.extend(text),
                None => return Ok(None),
            }
        }
        Ok(Some(texts))
    }

    /// What changed of a file: nothing, or its text; none if it is more.
    fn text(
        &self,
        run: Run<'_>,
        (scene, parts): (&Scene, &Parts),
        file: &str,
    ) -> Result<Option<Option<Text>>, Stop> {
        let at = scene.tree.files().binary_search_by(|other| other.as_str().cmp(file));
        let source = parts.sources.binary_search_by(|other| other.path.as_str().cmp(file));
        let (Ok(at), Ok(source)) = (at, source) else { return Ok(None) };
        let known = &parts.sources[source];
        if self.stuck.contains_key(file) {
            return Ok(None);
        }
        if known.stamp == Some(scene.tree.stamps()[at]) {
            return Ok(Some(None));
        }
        let found = found(&scene.tree, &scene.site, at, Some(known.digest))?;
        let stamp = Some(found.stamp).filter(|stamp| !stamp.is_young(&run.folder.instant));
        let mut text = Text {
            source,
            page: None,
            digest: found.digest,
            transcript: known.transcript,
            stamp,
            said: Vec::new(),
        };
        match (found.verdict, known.page) {
            (Verdict::Same, _) => {
                text.said.clone_from(&known.said);
            }
            (Verdict::Other(Some(new), said), Some(page)) => {
                let page = PageId::at(page);
                let is_sound = !said.iter().any(Diagnostic::is_error);
                let is_alone = new.card.place.role != Role::Source;
                if !is_sound || !is_alone || !differ_in_text(parts.catalog.page(page), &new) {
                    return Ok(None);
                }
                (text.page, text.transcript, text.said) = (Some(page), found.transcript, said);
            }
            _ => return Ok(None),
        }
        Ok(Some(Some(text)))
    }

    /// Makes what holds these texts, and puts it in place.
    fn renewed(
        &mut self,
        run: Run<'_>,
        (scene, texts): (&Scene, Vec<Text>),
        stages: &mut Stages<'_>,
    ) -> Result<Option<Report>, Stop> {
        let recorded = self.outputs.as_deref().unwrap_or_default();
        if self.ours.is_none() {
            self.ours = run.folder.ours(recorded, &self.standing)?;
        }
        if self.ours.is_none() {
            return Ok(None);
        }
        let mut head = self.head.clone().expect("there was a build");
        // Until all is in place, nobody knows.
        self.unsaved |= !texts.is_empty();
        self.head.iter_mut().for_each(|head| head.request = of_doubt());
        let (sources, pages) = self.renew(texts);
        let Pages::Memory(parts) = &self.pages else { unreachable!("all is in memory") };
        let place =
            |said: &Diagnostic| said.place.as_ref().is_some_and(|place| sources.contains(&place.file));
        if head.said.iter().any(place) {
            // Lines may have moved.
            head.said = parts.said(&scene.tree)?;
        }
        let mut report = self.made_anew(run, (scene, &pages), stages)?;
        let mut said = self.said_by_files(scene);
        said.extend(head.said.iter().cloned().chain(report.diagnostics));
        report.diagnostics = diagnostic::sorted(said);
        self.mistaken = report.failed();
        self.head = Some(head);
        let base = self.report();
        let changed = report.written.map_or(0, |written| written.changed);
        let written = base.written.map(|written| Written { changed, ..written });
        let Report { diagnostics, made, replaced, timings, .. } = report;
        let changed_sources = sources.len();
        Ok(Some(Report { diagnostics, made, replaced, timings, written, changed_sources, sources, ..base }))
    }

    /// Notes what the files are now; returns those whose bytes are others, and their pages.
    fn renew(&mut self, texts: Vec<Text>) -> (Vec<String>, BTreeSet<PageId>) {
        let (mut sources, mut pages) = (Vec::new(), BTreeSet::new());
        let Pages::Memory(parts) = &mut self.pages else { unreachable!("all is in memory") };
        for Text { source, page, digest, transcript, stamp, said } in texts {
            let known = &mut parts.sources[source];
            (known.digest, known.transcript) = (digest, transcript);
            (known.stamp, known.said) = (stamp, said);
            if let Some(page) = page {
                parts.catalog.renew_text(page, digest);
                pages.insert(page);
                sources.push(known.path.clone());
            }
        }
        (sources, pages)
    }

    /// Makes what holds the texts of these pages; the report holds what was made and what templates got wrong.
    fn made_anew(
        &mut self,
        run: Run<'_>,
        (scene, pages): (&Scene, &BTreeSet<PageId>),
        stages: &mut Stages<'_>,
    ) -> Result<Report, Stop> {
        let Self { pages: Pages::Memory(parts), outputs: Some(outputs), .. } = self else {
            unreachable!("all is in memory")
        };
        let stuck = Self::stuck_pages(parts, &self.stuck);
        let (folder, ours, standing) = (run.folder, self.ours.as_ref(), &mut self.standing);
        let (holders, failed, blundered) = (&mut self.holders, &mut self.failed, &mut self.blundered);
        parts.lend(scene, Vec::new(), |planned| {
            let world = planned.world;
            let holders = holders.get_or_insert_with(|| holding(world, planned.plan));
            let indexes = stale(world, planned.plan, (pages, holders, failed));
            let is_held =
                |target: &Target| *blundered || matches!(target, Target::Page(id) if pages.contains(id));
            let plan = Plan {
                targets: indexes.iter().map(|index| planned.plan.targets[*index].clone()).collect(),
                held: planned.plan.held.iter().filter(|(_, target)| is_held(target)).cloned().collect(),
                ..Plan::default()
            };
            let known = plan.targets.iter().map(|(path, _)| known(path, outputs, standing)).collect();
            let staging = Staging::open(folder, ours, &scene.tree)?;
            let (into, mercy) = (Into::Staging(&staging), Mercy::For(&stuck));
            let order = Order {
                plan: &plan,
                keys: planned.keys,
                known,
                look: Look::Everywhere,
                made: BTreeSet::new(),
                mercy,
                into,
            };
            let outcome = make::all(world, &order, run.progress)?;
            stages.end("make");
            let Committed { written, replaced, .. } = exchanged(&staging, &plan, &outcome)?;
            stages.end("commit");
            let timings = stages.timings(world, &plan.targets, &outcome);
            let is_failed = |(index, done): (&usize, &Done)| matches!(done, Done::Failed).then_some(*index);
            *failed = indexes.iter().zip(&outcome.done).filter_map(is_failed).collect();
            *blundered = !outcome.mistakes.is_empty();
            let is_made = |(done, target): (&Done, &(String, Target))| {
                matches!(done, Done::Made(_)).then(|| target.0.clone())
            };
            let made = outcome.done.iter().zip(&plan.targets).filter_map(is_made).collect();
            let (mut stamps, known) = (Vec::new(), order.known);
            let records = remember::records(plan.targets, (outcome.done, known), folder, Some(&mut stamps));
            for (record, stamp) in records.into_iter().zip(stamps) {
                let index = place(&record.path, outputs).expect("only what stands is made anew");
                (outputs[index], standing.0[index]) = (record, stamp);
            }
            let diagnostics = outcome.mistakes;
            Ok(Report { made, replaced, diagnostics, timings, written: Some(written), ..Report::default() })
        })
    }
}

/// Where the record of an output is.
fn place(path: &str, outputs: &[Output]) -> Option<usize> {
    outputs.binary_search_by(|output| output.path.as_str().cmp(path)).ok()
}

fn known<'o>(path: &str, outputs: &'o [Output], standing: &Standing) -> Known<'o> {
    place(path, outputs).map_or(Known::New, |index| Known::Recorded(&outputs[index], standing.stamp(index)))
}

/// The outputs that hold texts of other pages than themselves.
fn holding(world: &World<'_>, plan: &Plan) -> Holders {
    let mut holders = Holders::new();
    let others =
        plan.targets.iter().enumerate().filter(|(_, (_, target))| !matches!(target, Target::Page(_)));
    for (index, (_, target)) in others {
        for id in target.inputs(world).iter().filter_map(Input::text_of) {
            holders.entry(id).or_default().push(index);
        }
    }
    holders
}

/// What may have to be made because of the texts of these pages, or because it could not be made before.
fn stale(
    world: &World<'_>,
    plan: &Plan,
    (pages, holders, failed): (&BTreeSet<PageId>, &Holders, &[usize]),
) -> BTreeSet<usize> {
    let mut stale: BTreeSet<usize> = failed.iter().copied().collect();
    for id in pages {
        let path = index_of(world.catalog.permalink(*id).trim_start_matches('/'));
        let own = plan.targets.binary_search_by(|(other, _)| other.as_str().cmp(&path));
        stale.extend(own.ok().filter(|index| plan.targets[*index].1 == Target::Page(*id)));
        stale.extend(holders.get(id).into_iter().flatten());
        stale.extend(on_record(world, plan, *id));
    }
    stale
}

/// The part of the record that lists a page.
fn on_record(world: &World<'_>, plan: &Plan, id: PageId) -> Option<usize> {
    let year = world.catalog.year_on_record(id)?;
    let place = |part: RecordPart| {
        let path = part.path();
        let path = path.trim_start_matches('/');
        let place = plan.targets.binary_search_by(|(other, _)| other.as_str().cmp(path)).ok()?;
        (plan.targets[place].1 == Target::Record(part)).then_some(place)
    };
    place(RecordPart::Whole).or_else(|| place(RecordPart::Year(year)))
}

fn exchanged(staging: &Staging<'_>, plan: &Plan, outcome: &Outcome) -> Result<Committed, Stop> {
    let changed = plan.targets.iter().zip(&outcome.done).filter(|(_, done)| done.is_changed());
    let changed: Vec<&str> = changed.map(|((path, _), _)| path.as_str()).collect();
    if changed.is_empty() {
        return Ok(Committed::default());
    }
    staging.exchange(&changed)
}
