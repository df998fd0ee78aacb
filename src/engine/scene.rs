//! What a run begins with: the settings and the files of the site; and the world that they become.

use super::ledger::Source;
use super::plan::Plan;
use super::{Request, Stop, locate, read};
use crate::catalog::Catalog;
use crate::catalog::problem::Problem;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::output::{Keys, Shared, World};
use crate::site::Site;
use crate::source::page::Page;
use crate::source::tree::Tree;
use crate::theme::Theme;

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

    /// The settings themselves, and what is wrong with them.
    pub(super) fn into_site(self) -> (Site, Vec<Diagnostic>) {
        (self.site, self.said)
    }

    /// Whether something is wrong with them that keeps a site from being published.
    pub(super) fn failed(&self) -> bool {
        self.said.iter().any(Diagnostic::is_error)
    }

    /// What is wrong with them.
    pub(super) fn said(&self) -> &[Diagnostic] {
        &self.said
    }

    /// The same with files that are listed already, and what is wrong with these.
    pub(super) fn with(self, tree: Tree, mistakes: &[Diagnostic]) -> Scene {
        let Self { site, file: settings, request, mut said } = self;
        said.extend_from_slice(mistakes);
        Scene { site, settings, request, tree, said }
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

/// Brings content together, plans, and hands over to `end`.
pub(super) fn planned<R>(
    scene: &Scene,
    content: read::Content,
    request: &Request,
    end: impl FnOnce(Planned<'_>) -> Result<R, Stop>,
) -> Result<R, Stop> {
    let theme = ReadTheme::of(scene, &content.sources)?;
    let mut parts = Parts::together(scene, content, theme, request);
    let said = parts.said(&scene.tree)?;
    let result = parts.lend(scene, said, end);
    // Millions of small pieces of memory are given back while the caller goes on.
    rayon::spawn(move || drop(parts));
    result
}

/// A theme, as it was read.
pub(super) struct ReadTheme {
    theme: Theme,
    /// Whether it is whole: without it, nothing can be made.
    pub loaded: bool,
    said: Vec<Diagnostic>,
}

impl ReadTheme {
    /// Reads the theme of a site.
    pub(super) fn of(scene: &Scene, sources: &[Source]) -> Result<Self, Stop> {
        let mut said = Vec::new();
        let texts = read::TreeTexts { tree: &scene.tree, sources, differ: None };
        let (theme, loaded) = read::theme(&texts, &scene.site, &mut said)?;
        Ok(Self { theme, loaded, said })
    }

    /// The same, or in its place the last one that was whole, with what is wrong with this one: so the rest goes on.
    pub(super) fn or_last(self, last: Option<Self>) -> Self {
        match last.filter(|last| last.loaded && !self.loaded) {
            Some(last) => Self { said: self.said, ..last },
            None => self,
        }
    }
}

/// All that a site consists of, in memory.
pub(super) struct Parts {
    /// All pages.
    pub catalog: Catalog,
    /// The theme.
    pub theme: ReadTheme,
    /// What the site consists of.
    pub plan: Plan,
    /// Every file that was read.
    pub sources: Vec<Source>,
    shared: Shared,
    /// What is wrong between pages.
    problems: Vec<Problem>,
}

impl Parts {
    /// Brings content together, and plans.
    pub(super) fn together(
        scene: &Scene,
        content: read::Content,
        theme: ReadTheme,
        request: &Request,
    ) -> Self {
        let Scene { site, tree, .. } = scene;
        let read::Content { pages, files, unreadable, sources } = content;
        let (catalog, problems) = Catalog::build(pages, (files, unreadable), site, request.view());
        let shared = Shared::build(site, &catalog, &theme.theme);
        let texts = read::TreeTexts { tree, sources: &sources, differ: None };
        let world = World { site, catalog: &catalog, theme: &theme.theme, shared: &shared, texts: &texts };
        let plan = Plan::build(&world);
        Self { catalog, theme, plan, sources, shared, problems }
    }

    /// The pages and the theme alone.
    pub(super) fn into_pages(self) -> (Vec<Page>, ReadTheme) {
        let Self { catalog, theme, plan, shared, sources, .. } = self;
        let (pages, rest) = catalog.into_pages();
        rayon::spawn(move || drop((rest, plan, shared, sources)));
        (pages, theme)
    }

    /// What is wrong, save with the site's settings and its content files each by itself.
    pub(super) fn said(&self, tree: &Tree) -> Result<Vec<Diagnostic>, Stop> {
        let mut said = self.theme.said.clone();
        locate::diagnostics(&self.problems, &self.catalog, tree, &mut said)?;
        locate::diagnostics(&self.plan.problems, &self.catalog, tree, &mut said)?;
        said.extend(self.plan.said.iter().cloned());
        Ok(said)
    }

    /// Hands all over to `end`, ready to be made. `said` is what is wrong.
    pub(super) fn lend<R>(
        &mut self,
        scene: &Scene,
        said: Vec<Diagnostic>,
        end: impl FnOnce(Planned<'_>) -> R,
    ) -> R {
        let Self { catalog, theme, plan, sources, shared, .. } = self;
        let texts = read::TreeTexts { tree: &scene.tree, sources, differ: None };
        let world = World { site: &scene.site, catalog, theme: &theme.theme, shared, texts: &texts };
        let keys = Keys::new(&world);
        end(Planned { world: &world, keys: &keys, plan, sources, said, loaded: theme.loaded })
    }
}
