//! The plan: which files the site consists of, and how each is made.
//!
//! Pure. Two targets never share a path, compared without regard to case.

use std::collections::{HashMap, HashSet};

use crate::catalog::PageId;
use crate::catalog::links::Destination;
use crate::catalog::problem::{At, Problem};
use crate::diagnostic::{Diagnostic, Place, suggestion};
use crate::output::{Target, World, targets};
use crate::site::{FILE, MenuTarget};
use crate::source::path::Role;

/// Which files the site consists of.
pub(super) struct Plan {
    /// Each target with its path below the output folder, ordered by path.
    pub targets: Vec<(String, Target)>,
    /// Held-back pages: made as well, and written nowhere, so that their mistakes are found today.
    pub held: Vec<Target>,
    /// What is wrong with pages.
    pub problems: Vec<Problem>,
    /// What is wrong elsewhere.
    pub said: Vec<Diagnostic>,
}

impl Plan {
    /// Plans the site.
    pub(super) fn build(world: &World<'_>) -> Self {
        let mut plan = Self { targets: Vec::new(), held: Vec::new(), problems: Vec::new(), said: Vec::new() };
        let catalog = world.catalog;
        let gated = catalog.ids().filter(|&id| catalog.visibility(id).is_gated() && catalog.is_page(id));
        plan.held = gated.map(Target::Page).collect();
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (path, target) in targets(world) {
            let path = path.trim_start_matches('/').to_string();
            match seen.get(&path.to_lowercase()) {
                Some(&first) => plan.collision(world, &path, (first, target)),
                None => {
                    seen.insert(path.to_lowercase(), plan.targets.len());
                    plan.targets.push((path, target));
                }
            }
        }
        plan.folders();
        plan.templates(world);
        plan.links(world, &seen);
        plan.menu(world, &seen);
        plan.targets.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        plan
    }

    fn collision(&mut self, world: &World<'_>, path: &str, (first, second): (usize, Target)) {
        let (first_path, first) = (self.targets[first].0.clone(), self.targets[first].1.clone());
        // The message stands at a page: there somebody can give another address.
        let (page, other) = match (&first, &second) {
            (_, Target::Page(id) | Target::Redirect(id)) => (Some((*id, &second)), &first),
            (Target::Page(id) | Target::Redirect(id), _) => (Some((*id, &first)), &second),
            _ => (None, &first),
        };
        let differ = if first_path == path { "" } else { ", save for case" };
        let address = format!("/{}", path.trim_end_matches("index.html"));
        let message = format!("the address {address} is also that of {}{differ}", other.origin(world));
        match page {
            Some((id, Target::Redirect(_))) => {
                let problem = Problem::error("address", id, At::Key("aliases"), message);
                self.problems.push(problem.label("an alias cannot be the address of something else"));
            }
            Some((id, _)) => {
                let problem = Problem::error("address", id, At::File, message);
                self.problems.push(problem.help("give one of them another slug, or rename its file"));
            }
            None => {
                let from = second.origin(world);
                self.said.push(Diagnostic::error("address", message).help(format!("it comes from {from}")));
            }
        }
    }

    /// A file cannot stand where a folder must be.
    fn folders(&mut self) {
        let paths: HashSet<&str> = self.targets.iter().map(|(path, _)| path.as_str()).collect();
        let mut clashes: Vec<Diagnostic> = Vec::new();
        for (path, _) in &self.targets {
            let mut rest = path.as_str();
            while let Some((folder, _)) = rest.rsplit_once('/') {
                if paths.contains(folder) {
                    let message = format!("the file /{folder} stands where /{path} needs a folder");
                    clashes.push(Diagnostic::error("address", message).help("rename one of them"));
                }
                rest = folder;
            }
        }
        self.said.extend(clashes);
    }

    /// Every target's template must exist.
    fn templates(&mut self, world: &World<'_>) {
        let mut missing: HashSet<String> = HashSet::new();
        let mut problems = Vec::new();
        let all = self.targets.iter().map(|(_, target)| target).chain(&self.held);
        for target in all {
            let Some(template) = target.template(world).filter(|name| !world.theme.has_template(name)) else {
                continue;
            };
            let message = format!("there is no template `{template}`");
            let close = suggestion(template, world.theme.template_names().into_iter());
            let label = close.map_or_else(
                || "templates stand in themes/site/templates/ or in the theme".to_string(),
                |close| format!("did you mean \"{close}\"?"),
            );
            let stated =
                |id: PageId| world.catalog.card(id).rare.as_ref().is_some_and(|rare| rare.template.is_some());
            match target {
                Target::Page(id) if stated(*id) => {
                    problems.push(Problem::error("template", *id, At::Key("template"), message).label(label));
                }
                _ if missing.insert(template.to_string()) => {
                    let theme = format!("the theme `{}` needs one", world.site.theme);
                    self.said.push(Diagnostic::error("template", message).help(theme));
                }
                _ => {}
            }
        }
        self.problems.extend(problems);
        let has = |target: &Target| target.template(world).is_none_or(|name| world.theme.has_template(name));
        self.targets.retain(|(_, target)| has(target));
        self.held.retain(has);
    }

    /// Links to a path of the site must lead to something that the site has.
    fn links(&mut self, world: &World<'_>, paths: &HashMap<String, usize>) {
        for id in world.catalog.ids() {
            for link in &world.catalog.page(id).outline.links {
                let Destination::Path(path) = world.catalog.destination(id, &link.destination) else {
                    continue;
                };
                if leads_nowhere(&path, paths) {
                    let message = "the link leads to nothing".to_string();
                    let problem = Problem::error("link", id, At::Link(link.destination.clone()), message);
                    let label =
                        format!("the site has no {}", path.split(['?', '#']).next().unwrap_or_default());
                    self.problems.push(
                        problem.label(label).help("link to the file: a relative path that ends in .md"),
                    );
                }
            }
        }
    }

    fn menu(&mut self, world: &World<'_>, paths: &HashMap<String, usize>) {
        for entry in &world.site.menu {
            let nothing = match &entry.leads_to {
                MenuTarget::Url(_) => None,
                MenuTarget::Path(path) => {
                    leads_nowhere(path, paths).then(|| format!("the site has no {path}"))
                }
                MenuTarget::Page(path) => match world.catalog.page_of_path(path) {
                    None => Some(format!("there is no content/{path}")),
                    Some(page) if world.catalog.card(page).place.role == Role::Source => {
                        Some(format!("content/{path} has no page"))
                    }
                    Some(page) if !world.catalog.visibility(page).has_page() => {
                        Some(format!("content/{path} is not public"))
                    }
                    Some(_) => None,
                },
            };
            if let Some(why) = nothing {
                let message = format!("the menu entry \"{}\" leads to nothing: {why}", entry.title);
                self.said.push(Diagnostic::error("settings", message).at(Place::whole_file(FILE)));
            }
        }
    }
}

fn leads_nowhere(path: &str, paths: &HashMap<String, usize>) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/').to_lowercase();
    let index = if path.is_empty() { "index.html".to_string() } else { format!("{path}/index.html") };
    !paths.contains_key(&path) && !paths.contains_key(&index)
}
