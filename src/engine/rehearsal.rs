//! A site in memory: read and planned without a ledger, nothing written, each output made when somebody asks for it.

use std::collections::BTreeSet;

use super::compare::{self, Began, Spoilt};
use super::folder::NO_INSTANT;
use super::scene::{self, Planned, Scene};
use super::{Progress, Request, Stop};
use crate::catalog::Catalog;
use crate::diagnostic::{self, Diagnostic};
use crate::digest::Digest;
use crate::output::{Artifact, Failure, Given, LastOpened, Target, World};
use crate::source::tree::{Fault, Tree};

/// A site that could be made.
pub struct Rehearsal<'r> {
    tree: &'r Tree,
    planned: &'r Planned<'r>,
    said: Vec<Diagnostic>,
}

/// Reads a site as if some of its files had been deleted, and hands it over.
pub(super) fn rehearse<R>(
    request: &Request,
    absent: &BTreeSet<String>,
    progress: &dyn Progress,
    end: impl FnOnce(&Rehearsal<'_>) -> Result<R, Stop>,
) -> Result<R, Stop> {
    let mut scene = Scene::read(request)?;
    scene.tree.leave_out(absent);
    let began = Began { instant: NO_INSTANT, progress, spoilt: Spoilt::Dropped };
    // What is compared with a record has a canonical text, whether or not the site publishes a record.
    let mut recorded = scene.site.clone();
    recorded.outputs.record = true;
    let compared = compare::compare(&scene.tree, &recorded, None, &began)?;
    let mut said = scene.said.clone();
    said.extend(compared.said().cloned());
    let content = compared.content(|| None).expect("without a ledger, everything was parsed");
    scene::planned(&scene, content, request, |planned| {
        said.extend(planned.said.iter().cloned());
        end(&Rehearsal { tree: &scene.tree, planned: &planned, said: diagnostic::sorted(said) })
    })
}

impl Rehearsal<'_> {
    /// What is wrong with the site, save what only shows when outputs are made.
    pub fn said(&self) -> &[Diagnostic] {
        &self.said
    }

    /// All pages.
    pub fn catalog(&self) -> &Catalog {
        self.world().catalog
    }

    /// Everything that outputs are made from.
    pub fn world(&self) -> &World<'_> {
        self.planned.world
    }

    /// The path of every output, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.planned.plan.targets.iter().map(|(path, _)| path.as_str())
    }

    /// Every output: its path, from the site's root without a slash, and what it is; in order.
    pub fn targets(&self) -> impl Iterator<Item = (&str, &Target)> {
        self.planned.plan.targets.iter().map(|(path, target)| (path.as_str(), target))
    }

    /// What an output is made from, for messages.
    pub fn origin(&self, path: &str) -> Option<String> {
        Some(self.target(path)?.origin(self.world()))
    }

    /// Makes the output at a path; none if the site has none there.
    ///
    /// # Errors
    /// When a template is at fault, or a file cannot be read.
    pub fn output(&self, path: &str) -> Result<Option<Artifact>, Failure> {
        let Some(target) = self.target(path) else { return Ok(None) };
        let inputs = target.inputs(self.world());
        target.make(&Given::new(self.world(), &inputs, &LastOpened::default()), Vec::new()).map(Some)
    }

    fn target(&self, path: &str) -> Option<&Target> {
        let targets = &self.planned.plan.targets;
        let at = targets.binary_search_by(|(other, _)| other.as_str().cmp(path)).ok()?;
        Some(&targets[at].1)
    }

    /// Every file that was read, content and themes, with the digest of its bytes; in order.
    pub fn sources(&self) -> impl Iterator<Item = (&str, Digest)> {
        self.planned.sources.iter().map(|source| (source.path.as_str(), source.digest))
    }

    /// The bytes of a file of the site, as they were when it was read.
    ///
    /// # Errors
    /// When it cannot be read, or has changed since.
    pub fn bytes(&self, file: &str) -> Result<Vec<u8>, Fault> {
        let bytes = self.tree.bytes(file)?;
        let same = Digest::of(&bytes) == self.world().texts.digest(file);
        if same { Ok(bytes) } else { Err(Fault::changed(file.as_ref())) }
    }
}
