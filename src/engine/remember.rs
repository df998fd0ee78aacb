//! What is remembered of a build for the next one. Written after the outputs, so that it never claims too much.

use std::path::Path;

use rayon::prelude::*;

use super::commit::Placed;
use super::folder::{Folder, MANIFEST};
use super::ledger::Output;
use super::make::{Done, Made};
use super::plan::Plan;
use super::standing::{Standing, digest_of_file};
use super::why::Known;
use crate::output::Target;
use crate::source::tree::Stamp;

/// What was recorded of each target; nothing if nothing was recorded at all.
pub(super) fn known<'l>(plan: &Plan, outputs: Option<&'l [Output]>, standing: &Standing) -> Vec<Known<'l>> {
    let Some(outputs) = outputs else { return Vec::new() };
    let mut outputs = outputs.iter().enumerate().peekable();
    let known = |(path, _): &(String, _)| {
        while outputs.next_if(|(_, output)| output.path < *path).is_some() {}
        match outputs.next_if(|(_, output)| output.path == *path) {
            Some((index, output)) => Known::Recorded(output, standing.stamp(index)),
            None => Known::New,
        }
    };
    plan.targets.iter().map(known).collect()
}

/// The records of all targets, after they were put in place; `stamps` gets the stamp of each, young or not.
pub(super) fn outputs(
    targets: Vec<(String, Target)>,
    (done, known): (Vec<Done>, Vec<Known<'_>>),
    folder: &Folder,
    stamps: Option<&mut Vec<Option<Stamp>>>,
) -> Vec<Output> {
    let mut noted = Vec::new();
    let mut outputs = records(targets, (done, known), folder, stamps.is_some().then_some(&mut noted));
    if let Some((place, stamp)) = add_manifest(&mut outputs, folder)
        && let Some(stamps) = stamps
    {
        noted.insert(place, Some(stamp));
        *stamps = noted;
    }
    outputs
}

/// The same, without that of the manifest.
pub(super) fn records(
    targets: Vec<(String, Target)>,
    (mut done, known): (Vec<Done>, Vec<Known<'_>>),
    folder: &Folder,
    mut stamps: Option<&mut Vec<Option<Stamp>>>,
) -> Vec<Output> {
    done.par_iter_mut().zip(&targets).for_each(|(done, (path, _))| {
        if let Done::Made(made) = done {
            made.stamp = made.stamp.and_then(|stamp| in_place(&folder.path.join(path), stamp));
        }
    });
    // Behind a stamp as young as this, another change could hide.
    let now = folder.now();
    let is_session = stamps.is_some();
    let mut noted = |stamp: Option<Stamp>| stamps.iter_mut().for_each(|stamps| stamps.push(stamp));
    let record = |((done, (path, _)), known): ((Done, (String, Target)), Known<'_>)| match (done, known) {
        (Done::Kept(stamp), Known::Recorded(output, _))
        | (Done::Failed, Known::Recorded(output, Some(stamp))) => {
            noted(Some(stamp));
            // In a session it was looked at when its record was made, and perhaps not since.
            let once = is_session.then_some(output.stamp.filter(|recorded| *recorded == stamp));
            let (inputs, reason) = (output.inputs.clone(), output.reason.clone());
            // It was looked at when the run began, and not since.
            let stamp = once.unwrap_or(Some(stamp).filter(|stamp| !stamp.is_young(&folder.instant)));
            Some(Output { path, stamp, inputs, reason, ..*output })
        }
        (Done::Made(Made { key, content, stamp, reason, placed, .. }), _) => {
            noted(stamp);
            let since = if placed == Placed::Same { &folder.instant } else { &now };
            let stamp = stamp.filter(|stamp| !stamp.is_young(since));
            Some(Output { path, key: key.digest, content, stamp, inputs: key.inputs, reason })
        }
        _ => None,
    };
    let known = known.into_iter().chain(std::iter::repeat(Known::Unremembered));
    // One after the other, so that the records take the place of what they are made from: there may be a million.
    done.into_iter().zip(targets).zip(known).filter_map(record).collect()
}

/// The stamp of a file now, if it is the one that was written: putting it in place changes nothing else of it.
fn in_place(path: &Path, written: Stamp) -> Option<Stamp> {
    let stamp = Stamp::of(&path.symlink_metadata().ok()?);
    let same = Stamp { changed: written.changed, ..stamp } == written;
    same.then_some(stamp)
}

/// Adds the record of the manifest, which stands among the outputs like any other; returns where, and its stamp.
pub(super) fn add_manifest(outputs: &mut Vec<Output>, folder: &Folder) -> Option<(usize, Stamp)> {
    let file = folder.path.join(MANIFEST);
    let (meta, content) = (file.symlink_metadata().ok()?, digest_of_file(&file).ok()?);
    let now = Stamp::of(&meta);
    let stamp = Some(now).filter(|stamp| !stamp.is_young(&folder.now()));
    let path = MANIFEST.to_string();
    let manifest = Output { path, key: content, content, stamp, inputs: Vec::new(), reason: String::new() };
    let place = outputs.partition_point(|output| output.path.as_str() < MANIFEST);
    outputs.insert(place, manifest);
    Some((place, now))
}
