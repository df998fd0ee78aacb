//! Makes the outputs that are not right any more, on all threads, each from the inputs it declares and nothing else.
//!
//! An output is right if the digests of its inputs hash to the key in the ledger and its file stands as it was
//! written. Knows no disk but through the staging.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rayon::prelude::*;

use super::commit::{Placed, Staging};
use super::plan::Plan;
use super::why::{self, Known};
use super::{Progress, Stop};
use crate::catalog::PageId;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::mutation::without;
use crate::output::{Artifact, Failure, Given, Input, Key, Keys, LastOpened, Target, World};
use crate::source::tree::{Fault, Stamp};

/// Where artifacts go.
#[derive(Clone, Copy)]
pub(super) enum Into<'s> {
    /// To be committed later.
    Staging(&'s Staging<'s>),
    /// To be compared with what stands in the output folder.
    Comparison(&'s super::verify::Comparison<'s>),
    /// Nowhere.
    Nowhere,
}

/// Which outputs may have another key than the ledger says.
#[derive(Clone, Copy)]
pub(super) enum Look<'c> {
    /// Any.
    Everywhere,
    /// Only those that hold the text of one of these pages, in order.
    AtTexts(&'c [PageId]),
}

/// What becomes of outputs that cannot be made as things are.
#[derive(Clone, Copy)]
pub(super) enum Mercy<'m> {
    /// The build fails.
    None,
    /// They stay as they are, and so does what holds text of these pages.
    For(&'m BTreeSet<PageId>),
}

/// What is to be made, and what is known of it already.
pub(super) struct Order<'o, 'l> {
    /// Everything the site consists of.
    pub plan: &'o Plan,
    /// The digests of inputs.
    pub keys: &'o Keys<'o>,
    /// What the ledger knows of each target of the plan, in its order; empty if there is none.
    pub known: Vec<Known<'l>>,
    /// Which outputs may have changed.
    pub look: Look<'o>,
    /// What has been made already, as numbers of the plan.
    pub made: BTreeSet<usize>,
    /// What becomes of what cannot be made.
    pub mercy: Mercy<'o>,
    /// Where artifacts go.
    pub into: Into<'o>,
}

/// What became of one output.
pub(super) enum Done {
    /// It is right as it stands.
    Kept(Stamp),
    /// It was made.
    Made(Made),
    /// It cannot be made: a template or a text is at fault.
    Failed,
}

impl Done {
    /// Whether its bytes are others than those that stand in its place.
    pub(super) fn is_changed(&self) -> bool {
        matches!(self, Self::Made(made) if made.placed == Placed::Changed)
    }
}

/// An output that was made.
pub(super) struct Made {
    /// Of the inputs that it was made from.
    pub key: Key,
    /// Of its bytes.
    pub content: Digest,
    /// Of the file that holds them, before it is put in place.
    pub stamp: Option<Stamp>,
    /// Why it was made.
    pub reason: String,
    /// Whether it waits to be put in place.
    pub placed: Placed,
    /// How long it took, if somebody asked.
    pub took: Option<Duration>,
}

/// What became of everything.
pub(super) struct Outcome {
    /// For each target of the plan, in its order.
    pub done: Vec<Done>,
    /// Mistakes of templates.
    pub mistakes: Vec<Diagnostic>,
}

/// Mistakes of templates, each with the first output it was met in and in how many more.
type Mistakes = BTreeMap<Diagnostic, (String, usize)>;

/// Chunks, so that each thread keeps its memory and neighbours in a folder meet the same thread.
const CHUNK: usize = 32;

/// Makes what has to be made.
pub(super) fn all(
    world: &World<'_>,
    order: &Order<'_, '_>,
    progress: &dyn Progress,
) -> Result<Outcome, Stop> {
    let targets = &order.plan.targets;
    progress.begin("making", targets.len() + order.plan.held.len());
    let chunks = targets.par_chunks(CHUNK).enumerate();
    let made: Result<Vec<(Vec<Done>, Mistakes)>, Fault> = chunks
        .map(|(number, chunk)| {
            let mut bench = Bench::new(world, order, progress);
            let done = (number * CHUNK..).zip(chunk).map(|(index, target)| bench.planned(index, target));
            let done = done.collect::<Result<Vec<Done>, Fault>>()?;
            Ok((done, bench.mistakes))
        })
        .collect();
    let held: Result<Vec<Mistakes>, Fault> = order
        .plan
        .held
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut bench = Bench::new(world, order, progress);
            chunk.iter().try_for_each(|(_, target)| bench.held(target))?;
            Ok(bench.mistakes)
        })
        .collect();
    let (done, mistakes): (Vec<Vec<Done>>, Vec<Mistakes>) = made?.into_iter().unzip();
    let mut all = Mistakes::new();
    for (mistake, (origin, count)) in mistakes.into_iter().chain(held?).flatten() {
        all.entry(mistake).and_modify(|(_, others)| *others += count).or_insert((origin, count));
    }
    // Room for all at once: growing by doubling, a million would stand in memory twice.
    let mut joined = Vec::with_capacity(targets.len());
    done.into_iter().for_each(|done| joined.extend(done));
    Ok(Outcome { done: joined, mistakes: all.into_iter().map(told).collect() })
}

/// Makes these outputs alone, given as numbers of the plan.
pub(super) fn these(
    world: &World<'_>,
    order: &Order<'_, '_>,
    indexes: &[usize],
    progress: &dyn Progress,
) -> Result<Vec<Done>, Stop> {
    let made = indexes.par_iter().map(|&index| {
        let mut bench = Bench::new(world, order, progress);
        bench.planned(index, &order.plan.targets[index])
    });
    Ok(made.collect::<Result<Vec<Done>, Fault>>()?)
}

/// How many of every so many outputs are stale.
pub(super) fn stale(world: &World<'_>, order: &Order<'_, '_>, step: usize) -> usize {
    let is_stale = |index: &usize| {
        let (_, target) = &order.plan.targets[*index];
        let known = order.known.get(*index).copied().unwrap_or(Known::Unremembered);
        known.stamp_if(order.keys.key(target, &target.inputs(world)).digest).is_none()
    };
    let sample: Vec<usize> = (0..order.plan.targets.len()).step_by(step).collect();
    sample.par_iter().filter(|index| is_stale(index)).count()
}

/// The digest of an artifact's bytes, what became of them, and the stamp of the file that holds them.
type Settled = (Digest, Placed, Option<Stamp>);

/// Where one thread works.
struct Bench<'b> {
    world: &'b World<'b>,
    order: &'b Order<'b, 'b>,
    progress: &'b dyn Progress,
    mistakes: Mistakes,
    /// Memory that artifacts are made in.
    spare: Vec<u8>,
    /// The file that was opened last: a page and its twin are neighbours.
    last: LastOpened,
}

impl<'b> Bench<'b> {
    fn new(world: &'b World<'b>, order: &'b Order<'b, 'b>, progress: &'b dyn Progress) -> Self {
        let (mistakes, spare, last) = (Mistakes::new(), Vec::new(), LastOpened::default());
        Self { world, order, progress, mistakes, spare, last }
    }

    fn planned(&mut self, index: usize, (path, target): &(String, Target)) -> Result<Done, Fault> {
        if self.order.made.contains(&index) {
            return Ok(Done::Failed);
        }
        self.progress.step();
        let known = self.order.known.get(index).copied().unwrap_or(Known::Unremembered);
        if let (Look::AtTexts(pages), Some(stamp)) = (self.order.look, known.stamp())
            && !holds_text(self.world, target, pages)
        {
            return Ok(Done::Kept(stamp));
        }
        let inputs = target.inputs(self.world);
        let key = self.order.keys.key(target, &inputs);
        if let Some(stamp) = known.stamp_if(key.digest) {
            return Ok(Done::Kept(stamp));
        }
        if self.is_spared(target, &inputs) {
            return Ok(Done::Failed);
        }
        let began = self.progress.elapsed();
        let Some(artifact) = self.artifact(target, &inputs)? else { return Ok(Done::Failed) };
        let (content, placed, stamp) = self.placed(path, artifact, known)?;
        let took = began.and_then(|began| Some(self.progress.elapsed()?.saturating_sub(began)));
        let reason = why::reason(self.world, known, (&key, &inputs));
        Ok(Done::Made(Made { key, content, stamp, reason, placed, took }))
    }

    fn held(&mut self, target: &Target) -> Result<(), Fault> {
        self.progress.step();
        let inputs = target.inputs(self.world);
        if self.is_spared(target, &inputs) {
            return Ok(());
        }
        if let Some(Artifact::Bytes(bytes)) = self.artifact(target, &inputs)? {
            self.spare = bytes;
        }
        Ok(())
    }

    /// Whether an output is not to be made, although it is stale, because it would hold what cannot be understood, or
    /// has no template. That was told already.
    fn is_spared(&self, target: &Target, inputs: &[Input]) -> bool {
        let Mercy::For(pages) = self.order.mercy else { return false };
        let without = |name| !self.world.theme.has_template(name);
        target.template(self.world).is_some_and(without)
            || !pages.is_empty()
                && inputs.iter().filter_map(Input::read_from).any(|id| {
                    let mut shared = self.world.catalog.shared_sources(id);
                    pages.contains(&id) || shared.any(|source| pages.contains(&source))
                })
    }

    /// The artifact; none if a template is at fault.
    fn artifact(&mut self, target: &Target, inputs: &[Input]) -> Result<Option<Artifact>, Fault> {
        match target.make(&Given::new(self.world, inputs, &self.last), std::mem::take(&mut self.spare)) {
            Ok(artifact) => Ok(Some(artifact)),
            Err(Failure::Fault(fault)) => Err(fault),
            Err(Failure::Mistake(mistake)) => {
                let entry = self.mistakes.entry(*mistake).or_insert_with(|| (target.origin(self.world), 0));
                entry.1 += 1;
                Ok(None)
            }
        }
    }

    /// Stages an artifact whose bytes are not in place yet; returns the digest of its bytes.
    fn placed(&mut self, path: &str, artifact: Artifact, known: Known<'_>) -> Result<Settled, Fault> {
        let content = match &artifact {
            Artifact::Bytes(bytes) => Digest::of(bytes),
            Artifact::Copy(file) => self.world.texts.digest(file),
        };
        let (placed, stamp) = match (self.order.into, &artifact) {
            (Into::Nowhere, _) => (Placed::Same, None),
            (Into::Comparison(comparison), Artifact::Bytes(bytes)) => (comparison.bytes(path, bytes), None),
            (Into::Comparison(comparison), Artifact::Copy(_)) => (comparison.copy(path, content), None),
            (Into::Staging(staging), artifact) => match (known.stamp_with(content), artifact) {
                (Some(stamp), _) => (Placed::Same, Some(stamp)),
                // It stands as it was recorded, with other bytes than these.
                (None, Artifact::Bytes(bytes)) if known.stamp().is_some() => {
                    staged(staging.put_changed(path, bytes)?)
                }
                (None, Artifact::Bytes(bytes)) => staged(staging.put(path, bytes)?),
                (None, Artifact::Copy(file)) => staged(staging.copy(path, (file, content))?),
            },
        };
        if let Artifact::Bytes(bytes) = artifact {
            self.spare = bytes;
        }
        Ok((content, placed, stamp))
    }
}

fn staged((placed, stamp): (Placed, Stamp)) -> (Placed, Option<Stamp>) {
    (placed, Some(stamp))
}

/// Whether an output holds the text of one of `pages`.
fn holds_text(world: &World<'_>, target: &Target, pages: &[PageId]) -> bool {
    match target {
        _ if without(target.kind()) => false,
        // A page holds no text but its own.
        Target::Page(id) => pages.binary_search(id).is_ok(),
        _ if pages.is_empty() => false,
        Target::Record(_) => target.records(world.catalog, pages),
        _ => {
            let mut texts = target.inputs(world).into_iter().filter_map(|input| input.text_of());
            texts.any(|id| pages.binary_search(&id).is_ok())
        }
    }
}

fn told((mistake, (origin, count)): (Diagnostic, (String, usize))) -> Diagnostic {
    let others = match count {
        1 => String::new(),
        more => format!(", and {} more", more - 1),
    };
    mistake.note(format!("while making {origin}{others}"))
}
