//! What is remembered of a build for the next one. Written after the outputs, so that it never claims too much.

use std::path::Path;

use rayon::prelude::*;

use super::commit::Placed;
use super::folder::{Folder, MANIFEST};
use super::ledger::{Ledger, Output};
use super::make::{Done, Made};
use super::plan::Plan;
use super::standing::{Standing, digest_of_file};
use super::why::Known;
use crate::output::Target;
use crate::source::tree::Stamp;

/// What the ledger knows of each target; nothing where there is none.
pub(super) fn known<'l>(plan: &Plan, ledger: Option<&'l Ledger>, standing: &Standing) -> Vec<Known<'l>> {
    let Some(ledger) = ledger else { return Vec::new() };
    let mut outputs = ledger.outputs.iter().enumerate().peekable();
    let known = |(path, _): &(String, _)| {
        while outputs.next_if(|(_, output)| output.path < *path).is_some() {}
        match outputs.next_if(|(_, output)| output.path == *path) {
            Some((index, output)) => Known::Recorded(output, standing.stamp(index)),
            None => Known::New,
        }
    };
    plan.targets.iter().map(known).collect()
}

/// The records of all targets, after they were put in place.
pub(super) fn outputs(
    targets: Vec<(String, Target)>,
    (mut done, known): (Vec<Done>, Vec<Known<'_>>),
    folder: &Folder,
) -> Vec<Output> {
    done.par_iter_mut().zip(&targets).for_each(|(done, (path, _))| {
        if let Done::Made(made) = done {
            made.stamp = made.stamp.and_then(|stamp| in_place(&folder.path.join(path), stamp));
        }
    });
    // Behind a stamp as young as this, another change could hide.
    let now = folder.now();
    let record = |((done, (path, _)), known): ((Done, (String, Target)), Known<'_>)| match (done, known) {
        (Done::Kept(stamp), Known::Recorded(output, _)) => {
            let (inputs, reason) = (output.inputs.clone(), output.reason.clone());
            // It was looked at when the run began, and not since.
            let stamp = Some(stamp).filter(|stamp| !stamp.is_young(&folder.instant));
            Some(Output { path, stamp, inputs, reason, ..*output })
        }
        (Done::Made(Made { key, content, stamp, reason, placed, .. }), _) => {
            let since = if placed == Placed::Same { &folder.instant } else { &now };
            let stamp = stamp.filter(|stamp| !stamp.is_young(since));
            Some(Output { path, key: key.digest, content, stamp, inputs: key.inputs, reason })
        }
        _ => None,
    };
    let known = known.into_iter().chain(std::iter::repeat(Known::Unremembered));
    // One after the other, so that the records take the place of what they are made from: there may be a million.
    let mut outputs: Vec<Output> = done.into_iter().zip(targets).zip(known).filter_map(record).collect();
    add_manifest(&mut outputs, folder);
    outputs
}

/// The stamp of a file now, if it is the one that was written: putting it in place changes nothing else of it.
fn in_place(path: &Path, written: Stamp) -> Option<Stamp> {
    let stamp = Stamp::of(&path.symlink_metadata().ok()?);
    let same = Stamp { changed: written.changed, ..stamp } == written;
    same.then_some(stamp)
}

/// Adds the record of the manifest, which stands among the outputs like any other.
fn add_manifest(outputs: &mut Vec<Output>, folder: &Folder) {
    let file = folder.path.join(MANIFEST);
    let (Ok(meta), Ok(content)) = (file.symlink_metadata(), digest_of_file(&file)) else { return };
    let stamp = Some(Stamp::of(&meta)).filter(|stamp| !stamp.is_young(&folder.now()));
    let path = MANIFEST.to_string();
    let manifest = Output { path, key: content, content, stamp, inputs: Vec::new(), reason: String::new() };
    let place = outputs.partition_point(|output| output.path.as_str() < MANIFEST);
    outputs.insert(place, manifest);
}
