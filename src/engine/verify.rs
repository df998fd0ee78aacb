//! `--verify`: everything is made anew, in memory, and compared with what stands in the output folder.
//!
//! Trusts neither the ledger nor stamps: it is the proof that both may be trusted.

use std::collections::BTreeSet;
use std::path::Path;

use walkdir::WalkDir;

use super::commit::Placed;
use super::compare::{self, Began, Compared, Spoilt};
use super::folder::{Folder, MANIFEST, NO_INSTANT};
use super::ledger::{Ledger, Source};
use super::make::{self, Into, Look, Mercy, Order};
use super::scene::{self, Scene};
use super::standing::digest_of_file;
use super::{Destination, Progress, Request, Stop};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::source::regular;

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
    /// How many files stand there that Bulletin did not write.
    pub foreign: usize,
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
    let folder = Folder::open(folder, request)?;
    let began = Began { instant: NO_INSTANT, progress, spoilt: Spoilt::Dropped };
    let compared = compare::compare(&scene.tree, &scene.site, None, &began)?;
    let (ledger, _) = folder.ledger();
    // Where nothing is remembered, nobody can tell whether somebody wrote in between.
    if ledger.is_some_and(|ledger| !is_what_was_built(&scene, &compared, &ledger)) {
        return Err(changed());
    }
    let unsound = scene.said.iter().chain(compared.said()).any(Diagnostic::is_error);
    let content = compared.content(|| None).expect("without a ledger, everything was parsed");
    scene::planned(&scene, content, request, |planned| {
        let plan = &*planned.plan;
        let comparison = Comparison { folder: &folder.path };
        let into = Into::Comparison(&comparison);
        let order = Order {
            plan,
            keys: planned.keys,
            known: Vec::new(),
            look: Look::Everywhere,
            made: BTreeSet::new(),
            mercy: Mercy::None,
            into,
        };
        if unsound || planned.said.iter().any(Diagnostic::is_error) {
            return Err(changed());
        }
        let outcome = make::all(planned.world, &order, progress)?;
        if !outcome.mistakes.is_empty() {
            return Err(changed());
        }
        let paths: Vec<&str> = plan.targets.iter().map(|(path, _)| path.as_str()).collect();
        let differ = paths.iter().zip(&outcome.done).filter(|(_, done)| done.is_changed());
        let differ = differ.map(|(path, _)| (*path).to_string()).collect();
        let (extra, compared) = (comparison.extra(&paths), paths.len());
        let ours = paths.iter().copied().chain(extra.iter().map(String::as_str));
        let present = ours.filter(|path| folder.path.join(path).is_file()).count();
        let foreign = comparison.files().saturating_sub(present);
        Ok(Differences { differ, extra, compared, foreign })
    })
}

/// Whether settings and files are those of the build that wrote the ledger.
fn is_what_was_built(scene: &Scene, compared: &Compared<'_>, ledger: &Ledger) -> bool {
    let known = |source: &Source| (source.path.clone(), source.digest);
    let same = compared.sources.iter().map(known).eq(ledger.sources.iter().map(known));
    same && ledger.head.request == scene.request
}

/// Somebody wrote in between.
fn changed() -> Stop {
    Stop::Refused("the site was changed after it was built; build again".to_string())
}

impl Comparison<'_> {
    /// Compares the bytes of an output with its file.
    pub(super) fn bytes(&self, path: &str, bytes: &[u8]) -> Placed {
        placed(regular::bytes(&self.folder.join(path)).is_ok_and(|standing| standing == bytes))
    }

    /// Compares the file of an output with the digest of what it is a copy of.
    pub(super) fn copy(&self, path: &str, digest: Digest) -> Placed {
        placed(digest_of_file(&self.folder.join(path)).is_ok_and(|standing| standing == digest))
    }

    /// How many files there are, the manifest aside.
    fn files(&self) -> usize {
        let files = WalkDir::new(self.folder).into_iter().filter_map(Result::ok);
        files
            .filter(|entry| !entry.file_type().is_dir() && entry.path() != self.folder.join(MANIFEST))
            .count()
    }

    /// The files of ours that are not among `planned`, which is ordered.
    pub(super) fn extra(&self, planned: &[&str]) -> Vec<String> {
        let manifest = regular::text(&self.folder.join(MANIFEST)).unwrap_or_default();
        let ours = manifest.lines().skip(1).filter(|path| planned.binary_search(path).is_err());
        ours.map(str::to_string).collect()
    }
}

fn placed(same: bool) -> Placed {
    if same { Placed::Same } else { Placed::Changed }
}
