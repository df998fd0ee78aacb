//! Makes the planned outputs, on all threads, each from the inputs it declares and nothing else.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::commit::Staging;
use super::plan::Plan;
use super::{Progress, Stop};
use crate::diagnostic::Diagnostic;
use crate::output::{Artifact, Failure, Given, Target, World};
use crate::source::tree::Fault;

/// Where artifacts go.
#[derive(Clone, Copy)]
pub(super) enum Into<'s> {
    /// To be committed later.
    Staging(&'s Staging<'s>),
    /// Nowhere.
    Nowhere,
}

/// Mistakes of templates, each with the first output it was met in and in how many more.
type Mistakes = BTreeMap<Diagnostic, (String, usize)>;

/// Makes everything; returns the mistakes that were met.
pub(super) fn all(
    world: &World<'_>,
    plan: &Plan,
    into: Into<'_>,
    progress: &dyn Progress,
) -> Result<Vec<Diagnostic>, Stop> {
    progress.begin("making", plan.targets.len() + plan.held.len());
    let shown = plan.targets.iter().map(|(path, target)| (path.as_str(), target, into));
    let held = plan.held.iter().map(|(path, target)| (path.as_str(), target, Into::Nowhere));
    let work: Vec<(&str, &Target, Into<'_>)> = shown.chain(held).collect();
    // Chunks, so that each thread keeps its memory and neighbours in a folder meet the same thread.
    let made: Result<Vec<Mistakes>, Fault> = work
        .par_chunks(32)
        .map(|chunk| {
            let mut mistakes = Mistakes::new();
            let mut spare = Vec::new();
            for (path, target, into) in chunk {
                spare = one(world, (path, target, *into), spare, &mut mistakes)?;
                progress.step();
            }
            Ok(mistakes)
        })
        .collect();
    let mut all = Mistakes::new();
    for (mistake, (origin, count)) in made?.into_iter().flatten() {
        all.entry(mistake).and_modify(|(_, others)| *others += count).or_insert((origin, count));
    }
    Ok(all.into_iter().map(told).collect())
}

/// Makes one output; returns the memory it was made in.
fn one(
    world: &World<'_>,
    (path, target, into): (&str, &Target, Into<'_>),
    spare: Vec<u8>,
    mistakes: &mut Mistakes,
) -> Result<Vec<u8>, Fault> {
    let inputs = target.inputs(world);
    match target.make(&Given::new(world, &inputs), spare) {
        Ok(Artifact::Bytes(bytes)) => {
            if let Into::Staging(staging) = into {
                staging.put(path, &bytes)?;
            }
            Ok(bytes)
        }
        Ok(Artifact::Copy(file)) => {
            if let Into::Staging(staging) = into {
                staging.copy(path, &file)?;
            }
            Ok(Vec::new())
        }
        Err(Failure::Fault(fault)) => Err(fault),
        Err(Failure::Mistake(mistake)) => {
            let entry = mistakes.entry(*mistake).or_insert_with(|| (target.origin(world), 0));
            entry.1 += 1;
            Ok(Vec::new())
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
