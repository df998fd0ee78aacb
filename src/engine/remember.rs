//! What is remembered of a build for the next one. Written after the outputs, so that it never claims too much.

use std::path::Path;

use rayon::prelude::*;

use super::folder::{Folder, MANIFEST};
use super::ledger::{Ledger, Output};
use super::make::Done;
use super::plan::Plan;
use super::standing::{Standing, digest_of_file};
use super::why::Known;
use crate::source::tree::Stamp;

/// What the ledger knows of each target, and where in it.
pub(super) fn known<'l>(plan: &Plan, ledger: Option<&'l Ledger>, standing: &Standing) -> Vec<Known<'l>> {
    let Some(ledger) = ledger else { return vec![Known::Unremembered; plan.targets.len()] };
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

/// The records of all outputs, after they were put in place.
pub(super) fn outputs(done: Vec<Done>, known: &[Known<'_>], folder: &Folder) -> Vec<Output> {
    let record = |(done, known): (Done, &Known<'_>)| match (done, known) {
        (Done::Kept(stamp), Known::Recorded(output, _)) => {
            Some(Output { stamp: Some(stamp), ..(*output).clone() })
        }
        (Done::Made(made), _) => {
            let stamp =
                made.record.stamp.and_then(|stamp| in_place(&folder.path.join(&made.record.path), stamp));
            Some(Output { stamp, ..made.record })
        }
        _ => None,
    };
    let mut outputs: Vec<Output> = done.into_par_iter().zip(known).filter_map(record).collect();
    add_manifest(&mut outputs, &folder.path);
    // Behind a stamp as young as this, another change could hide.
    let now = folder.now();
    for output in &mut outputs {
        output.stamp = output.stamp.filter(|stamp| !stamp.is_young(&now));
    }
    outputs
}

/// The stamp of a file now, if it is the one that was written: putting it in place changes nothing else of it.
fn in_place(path: &Path, written: Stamp) -> Option<Stamp> {
    let stamp = Stamp::of(&path.symlink_metadata().ok()?);
    let same = Stamp { changed: written.changed, ..stamp } == written;
    same.then_some(stamp)
}

/// Adds the record of the manifest, which stands among the outputs like any other.
fn add_manifest(outputs: &mut Vec<Output>, folder: &Path) {
    let file = folder.join(MANIFEST);
    let (Ok(meta), Ok(content)) = (file.symlink_metadata(), digest_of_file(&file)) else { return };
    let stamp = Some(Stamp::of(&meta));
    let path = MANIFEST.to_string();
    let manifest = Output { path, key: content, content, stamp, inputs: Vec::new(), reason: String::new() };
    let place = outputs.partition_point(|output| output.path.as_str() < MANIFEST);
    outputs.insert(place, manifest);
}
