//! What a run begins with: the settings and the files of the site; and the world that they become.

use std::mem::take;

use super::ledger::Source;
use super::plan::Plan;
use super::{Request, Stop, locate, read};
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::output::{Keys, Shared, World};
use crate::site::Site;
use crate::source::tree::Tree;

/// The settings and the files of a site.
#[derive(Debug)]
pub(super) struct Scene {
    /// The settings.
    pub site: Site,
    /// The file they are in, from the root.
    pub settings: String,
    /// What the settings were read from: their text, and what the request says in their place.
    pub request: Digest,
    /// The files.
    pub tree: Tree,
    /// What is wrong with settings or files.
    pub said: Vec<Diagnostic>,
}

impl Scene {
    /// Reads what the request names: the settings, then the files.
    pub(super) fn read(request: &Request) -> Result<Self, Stop> {
        Settings::read(request)?.with_tree(request)
    }
}

/// The settings of a site.
#[derive(Debug)]
pub(super) struct Settings {
    pub site: Site,
    file: String,
    request: Digest,
    said: Vec<Diagnostic>,
}

impl Settings {
    /// Reads the settings that the request names.
    pub(super) fn read(request: &Request) -> Result<Self, Stop> {
        if !request.root.is_dir() {
            return Err(Stop::Refused(format!("there is no folder {}", request.root.display())));
        }
        let mut said = Vec::new();
        let (site, digest) = read::site(request, &mut said)?;
        Ok(Self { site, file: read::settings_file(request).1, request: digest, said })
    }

    /// Lists the files of the site.
    pub(super) fn with_tree(self, request: &Request) -> Result<Scene, Stop> {
        let Self { site, file: settings, request: digest, mut said } = self;
        let tree = read::tree(&request.root, &mut said)?;
        Ok(Scene { site, settings, request: digest, tree, said })
    }
}

/// A site that is ready to be made.
pub(super) struct Planned<'p> {
    /// Everything that outputs are made from.
    pub world: &'p World<'p>,
    /// The digests of inputs.
    pub keys: &'p Keys<'p>,
    /// What the site consists of.
    pub plan: &'p mut Plan,
    /// Every file that was read.
    pub sources: &'p [Source],
    /// What is wrong, save with the site's settings and its content files each by itself.
    pub said: Vec<Diagnostic>,
    /// Whether the theme is whole: without it, nothing can be made.
    pub loaded: bool,
}

/// Brings content together, plans, and hands over to `end`. Takes the pages out of `content`.
pub(super) fn planned<R>(
    scene: &Scene,
    content: &mut read::Content,
    request: &Request,
    end: impl FnOnce(Planned<'_>) -> Result<R, Stop>,
) -> Result<R, Stop> {
    let Scene { site, tree, .. } = scene;
    let mut said = Vec::new();
    let (files, unreadable) = (take(&mut content.files), take(&mut content.unreadable));
    let texts = read::TreeTexts { tree, sources: &content.sources };
    let (theme, loaded) = read::theme(&texts, site, &mut said)?;
    let (catalog, problems) =
        Catalog::build(take(&mut content.pages), (files, unreadable), site, request.view());
    locate::diagnostics(&problems, &catalog, tree, &mut said)?;
    let shared = Shared::build(site, &catalog, &theme);
    let world = World { site, catalog: &catalog, theme: &theme, shared: &shared, texts: &texts };
    let mut plan = Plan::build(&world);
    locate::diagnostics(&plan.problems, &catalog, tree, &mut said)?;
    said.extend(plan.said.iter().cloned());
    let keys = Keys::new(&world);
    let sources = &content.sources;
    let result = end(Planned { world: &world, keys: &keys, plan: &mut plan, sources, said, loaded });
    drop(keys);
    // Millions of small pieces of memory are given back while the caller goes on.
    rayon::spawn(move || drop((catalog, plan, shared, theme)));
    result
}
