//! `--verify`: everything is made anew, in memory, and compared with what stands in the output folder.
//!
//! Trusts neither the ledger nor stamps: it is the proof that both may be trusted.

use std::fs;
use std::path::Path;

use super::commit::Placed;
use super::compare::{self, Began};
use super::folder::{Folder, MANIFEST, NO_INSTANT};
use super::make::{self, Into, Look, Order};
use super::scene::{self, Scene};
use super::standing::digest_of_file;
use super::why::Known;
use super::{Destination, Progress, Request, Stop, resolved};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;

/// What stands in an output folder, for comparison.
#[derive(Debug)]
pub(super) struct Comparison<'c> {
    /// The output folder.
    pub folder: &'c Path,
}

/// How an output folder differs from a clean build; each list in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Files whose bytes differ, or that are missing.
    pub differ: Vec<String>,
    /// Files of ours that a clean build does not have.
    pub extra: Vec<String>,
    /// How many files were compared.
    pub compared: usize,
}

impl Differences {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.differ.is_empty() && self.extra.is_empty()
    }
}

/// Compares what stands in the output folder with a clean build.
pub(super) fn verify(request: &Request, progress: &dyn Progress) -> Result<Differences, Stop> {
    let Destination::Folder(folder) = &request.destination else { return Ok(Differences::default()) };
    let scene = Scene::read(request)?;
    let folder = Folder::open(&resolved(&request.root, folder), &request.root)?;
    let began = Began { instant: NO_INSTANT, progress };
    let compared = compare::compare(&scene.tree, &scene.site, None, &began)?;
    let unsound = scene.said.iter().chain(compared.said()).any(Diagnostic::is_error);
    let mut content = compared.content(None).expect("without a ledger, everything was parsed");
    scene::planned(&scene, &mut content, request, |planned| {
        let plan = planned.plan;
        let comparison = Comparison { folder: &folder.path };
        let known = vec![Known::Unremembered; plan.targets.len()];
        let into = Into::Comparison(&comparison);
        let order = Order { plan, keys: planned.keys, known, look: Look::Everywhere, into };
        if unsound || planned.said.iter().any(Diagnostic::is_error) {
            return Err(Stop::Refused("the site was changed after it was built; build again".to_string()));
        }
        let outcome = make::all(planned.world, &order, progress)?;
        let differ = outcome.made().filter(|made| made.placed == Placed::Changed);
        let differ = differ.map(|made| made.record.path.clone()).collect();
        let paths: Vec<&str> = plan.targets.iter().map(|(path, _)| path.as_str()).collect();
        Ok(Differences { differ, extra: comparison.extra(&paths), compared: paths.len() })
    })
}

impl Comparison<'_> {
    /// Compares the bytes of an output with its file.
    pub(super) fn bytes(&self, path: &str, bytes: &[u8]) -> Placed {
        placed(fs::read(self.folder.join(path)).is_ok_and(|standing| standing == bytes))
    }

    /// Compares the file of an output with the digest of what it is a copy of.
    pub(super) fn copy(&self, path: &str, digest: Digest) -> Placed {
        placed(digest_of_file(&self.folder.join(path)).is_ok_and(|standing| standing == digest))
    }

    /// The files of ours that are not among `planned`, which is ordered.
    pub(super) fn extra(&self, planned: &[&str]) -> Vec<String> {
        let manifest = fs::read_to_string(self.folder.join(MANIFEST)).unwrap_or_default();
        let ours = manifest.lines().skip(1).filter(|path| planned.binary_search(path).is_err());
        ours.map(str::to_string).collect()
    }
}

fn placed(same: bool) -> Placed {
    if same { Placed::Same } else { Placed::Changed }
}
