//! The plan: which files the site consists of, and how each is made.
//!
//! Pure. Two targets never share a path, compared without regard to case.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::catalog::PageId;
use crate::catalog::address;
use crate::catalog::links::Destination;
use crate::catalog::problem::{At, Problem};
use crate::diagnostic::{Diagnostic, Place, suggestion};
use crate::output::{Target, World, targets};
use crate::site::MenuTarget;
use crate::source::path::Role;

/// Some paths are as long as a mistake can be.
const PATH_CHARS_SHOWN: usize = 120;

const PAGE_HELP: &str = "link to the file: a relative path that ends in .md";
const FILE_HELP: &str = "put the file below content/, or link to it by a relative path";

/// Which files the site consists of.
pub(super) struct Plan {
    /// Each target with its path below the output folder, ordered by path.
    pub targets: Vec<(String, Target)>,
    /// Held-back pages: made as well, and written nowhere, so that their mistakes are found today.
    pub held: Vec<(String, Target)>,
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
        plan.held = gated.map(|id| (index_of(catalog.permalink(id)), Target::Page(id))).collect();
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (path, target) in targets(world) {
            let path = path.trim_start_matches('/').to_string();
            match seen.entry(path.to_lowercase()) {
                Entry::Occupied(first) => plan.collision(world, &path, (*first.get(), target)),
                Entry::Vacant(free) => {
                    free.insert(plan.targets.len());
                    plan.targets.push((path, target));
                }
            }
        }
        let held = plan.held_addresses(world, &seen);
        plan.names(world);
        plan.folders(world);
        plan.templates(world);
        plan.links(world, &seen, &held);
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
                let bare = |path: &str| path.trim_end_matches("index.html").trim_matches('/').to_string();
                let alias = world.catalog.aliases(id).iter().find(|alias| bare(alias) == bare(path));
                let at = alias.map_or(At::Key("aliases"), |alias| At::Item("aliases", alias.clone()));
                let problem = Problem::error("address", id, at, message);
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

    /// The addresses of held-back pages, so that one that is taken is told today and not when the page appears.
    fn held_addresses(&mut self, world: &World<'_>, seen: &HashMap<String, usize>) -> HashMap<String, usize> {
        let mut held: HashMap<String, usize> = HashMap::new();
        for (index, (path, target)) in self.held.iter().enumerate() {
            let lower = path.to_lowercase();
            let first = seen.get(&lower).map(|&first| &self.targets[first].1);
            let first = first.or_else(|| held.get(&lower).map(|&first| &self.held[first].1));
            if let (Some(first), Target::Page(id)) = (first, target) {
                let address = format!("/{}", path.trim_end_matches("index.html"));
                let message = format!("the address {address} is also that of {}", first.origin(world));
                let problem = Problem::error("address", *id, At::File, message);
                self.problems.push(problem.help("give one of them another slug, or rename its file"));
            }
            held.entry(lower).or_insert(index);
        }
        held
    }

    /// Every part of a path must be a name on every system, whoever builds the site.
    fn names(&mut self, world: &World<'_>) {
        let mut unusable = Vec::new();
        for (path, target) in &self.targets {
            let kept = path.split('/').next().filter(|first| first.starts_with(".bulletin"));
            let why = path.split('/').find_map(address::unusable);
            let Some(why) = why.or(kept.map(|_| "the output folder keeps it for itself")) else { continue };
            // What a page's own slug gets wrong was said where the slug stands.
            let own = |id: PageId| address::own_slug(world.catalog.card(id), world.site);
            if matches!(target, Target::Page(id) if address::unusable(&own(*id)).is_some()) {
                continue;
            }
            let shown: String = path.chars().flat_map(char::escape_debug).take(PATH_CHARS_SHOWN).collect();
            let message = format!("/{shown} cannot be the path of a file on every system: {why}");
            let origin = target.origin(world);
            let diagnostic = Diagnostic::error("address", message).help("choose another name");
            unusable.push(if origin.starts_with("content/") {
                diagnostic.at(Place::whole_file(&origin))
            } else {
                diagnostic.note(format!("it comes from {origin}"))
            });
        }
        self.said.extend(unusable);
    }

    /// A file cannot stand where a folder must be.
    fn folders(&mut self, world: &World<'_>) {
        let files: HashMap<String, &Target> =
            self.targets.iter().map(|(path, target)| (path.to_lowercase(), target)).collect();
        let mut clashes: Vec<Diagnostic> = Vec::new();
        for (path, target) in &self.targets {
            let lower = path.to_lowercase();
            let mut rest = lower.as_str();
            while let Some((folder, _)) = rest.rsplit_once('/') {
                if let Some(file) = files.get(folder) {
                    let message = format!("the file /{folder} stands where /{path} needs a folder");
                    let mistake = Diagnostic::error("address", message).help("rename one of them");
                    let mistake = mistake.at(Place::whole_file(&target.origin(world)));
                    clashes.push(mistake.note(format!("/{folder} comes from {}", file.origin(world))));
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
        let all = self.targets.iter().chain(&self.held).map(|(_, target)| target);
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
                    let theme = &world.site.theme;
                    let place = Place::whole_file(&format!("themes/{theme}/templates/{template}"));
                    let mistake = Diagnostic::error("template", message).at(place);
                    self.said.push(
                        mistake.help(format!("the theme `{theme}` needs one; it may also have a parent")),
                    );
                }
                _ => {}
            }
        }
        self.problems.extend(problems);
        let has = |target: &Target| target.template(world).is_none_or(|name| world.theme.has_template(name));
        self.targets.retain(|(_, target)| has(target));
        self.held.retain(|(_, target)| has(target));
    }

    /// Links to a path of the site must lead to something that the site has.
    fn links(&mut self, world: &World<'_>, paths: &HashMap<String, usize>, held: &HashMap<String, usize>) {
        for id in world.catalog.ids() {
            let gated = world.catalog.visibility(id).is_gated();
            for link in &world.catalog.page(id).outline.links {
                let Destination::Path(path) = world.catalog.destination(id, &link.destination) else {
                    continue;
                };
                let waits = gated && !leads_nowhere(&path, held);
                if !waits && leads_nowhere(&path, paths) {
                    let message = "the link leads to nothing".to_string();
                    let problem = Problem::error("link", id, At::Link(link.destination.clone()), message);
                    let label =
                        format!("the site has no {}", path.split(['?', '#']).next().unwrap_or_default());
                    let is_file = label.rsplit('/').next().is_some_and(|name| name.contains('.'));
                    let help = if is_file { FILE_HELP } else { PAGE_HELP };
                    self.problems.push(problem.label(label).help(help));
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
                let message = format!("the menu entry \"{}\" leads to nothing", entry.title);
                let mistake = Diagnostic::error("settings", message).at(entry.place.clone());
                self.said.push(mistake.label(why));
            }
        }
    }
}

fn leads_nowhere(path: &str, paths: &HashMap<String, usize>) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/').to_lowercase();
    let index = if path.is_empty() { "index.html".to_string() } else { format!("{path}/index.html") };
    !paths.contains_key(&path) && !paths.contains_key(&index)
}

/// The file behind the address of a page.
fn index_of(permalink: &str) -> String {
    format!("{}index.html", permalink.trim_start_matches('/'))
}
