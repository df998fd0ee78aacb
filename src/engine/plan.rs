//! The plan: which files the site consists of, and how each is made.
//!
//! Pure. Two targets never share a path, compared without regard to case.

use std::collections::HashSet;

use rayon::prelude::*;

use super::places::{self, Places};
use crate::catalog::PageId;
use crate::catalog::address;
use crate::catalog::links::Destination;
use crate::catalog::problem::{At, Problem};
use crate::catalog::slots::Slots;
use crate::diagnostic::{Diagnostic, Place, suggestion};
use crate::output::{Target, World, index_of, only_public, targets};
use crate::site::MenuTarget;
use crate::source::path::Role;
use crate::theme::{Fact, Name};

/// What the output folder keeps for itself begins so.
const KEPT: &str = ".bulletin";
/// Some paths are as long as a mistake can be.
const PATH_CHARS_SHOWN: usize = 120;

const PAGE_HELP: &str = "link to the file: a relative path that ends in .md";
const FILE_HELP: &str = "put the file below content/, or link to it by a relative path";

/// Which files the site consists of.
#[derive(Default)]
pub(super) struct Plan {
    /// Each target with its path below the output folder, ordered by path.
    pub targets: Vec<(String, Target)>,
    /// Held-back pages: made as well, and written nowhere, so that their mistakes are found today.
    pub held: Vec<(String, Target)>,
    /// What has no template, and so cannot be made.
    pub without: Vec<(String, Target)>,
    /// What is wrong with pages.
    pub problems: Vec<Problem>,
    /// What is wrong elsewhere.
    pub said: Vec<Diagnostic>,
}

impl Plan {
    /// Plans the site.
    pub(super) fn build(world: &World<'_>) -> Self {
        let catalog = world.catalog;
        let gated =
            |id: PageId| catalog.visibility(id).is_gated() && !catalog.has_page_or_leaks(id, "gate of pages");
        let gated = catalog.ids().filter(|&id| gated(id) && catalog.is_page(id));
        let held: Vec<_> = gated
            .map(|id| (index_of(catalog.permalink(id).trim_start_matches('/')), Target::Page(id)))
            .collect();
        let mut plan = Self { held, ..Self::default() };
        let (mut targets, slots) = plan.unique(world);
        let public = Places { targets: &targets, slots };
        let held = std::mem::take(&mut plan.held);
        let gated = plan.held_places(world, &public, &held);
        plan.names(world, &targets);
        plan.folders(world, &public);
        let missing = plan.templates(world, targets.par_iter().chain(&held));
        plan.labels(world);
        plan.metadata(world);
        plan.security(world);
        let absent = only_public(world);
        let absent = Places { slots: places::slots(&absent).0, targets: &absent };
        plan.links(world, &[&public, &absent], &gated);
        plan.settings(world, &[&public, &absent]);
        plan.held = held;
        if !missing.is_empty() {
            let has = |(_, target): &(String, Target)| {
                target.template(world).is_none_or(|name| !missing.contains(name))
            };
            (targets, plan.without) = targets.into_iter().partition(has);
            plan.held.retain(has);
        }
        // Not the unstable sort: this one finds that most stand in order already.
        targets.par_sort_by(|a, b| a.0.cmp(&b.0));
        plan.targets = targets;
        plan
    }

    /// Makes a plan of it that can be carried out in spite of mistakes: what has no template stays where it is, and
    /// what cannot stand beside the rest is left out.
    pub(super) fn bear(&mut self) {
        if self.said.is_empty() && self.without.is_empty() {
            return;
        }
        self.targets.append(&mut self.without);
        self.targets.sort_by(|a, b| a.0.cmp(&b.0));
        let files: HashSet<String> = self.targets.iter().map(|(path, _)| path.to_lowercase()).collect();
        let folders = |path: &str| path.match_indices('/').map(|(end, _)| end).collect::<Vec<usize>>();
        self.targets.retain(|(path, _)| {
            let lower = path.to_lowercase();
            let is_name = |part: &str| address::unusable(part).is_none();
            !path.starts_with(KEPT)
                && path.split('/').all(is_name)
                && !folders(&lower).into_iter().any(|end| files.contains(&lower[..end]))
        });
    }

    /// All targets, below the output folder; of those at one path the first.
    fn unique(&mut self, world: &World<'_>) -> (Vec<(String, Target)>, Slots) {
        let mut all = targets(world);
        all.par_iter_mut().for_each(|(path, _)| {
            let slashes = path.len() - path.trim_start_matches('/').len();
            path.drain(..slashes);
        });
        let (slots, taken) = places::slots(&all);
        if taken.is_empty() {
            return (all, slots);
        }
        for &(first, second) in &taken {
            self.collision(world, &all[first], &all[second]);
        }
        let mut seconds = taken.iter().map(|&(_, second)| second).peekable();
        let mut indexes = 0..;
        all.retain(|_| {
            let index = indexes.next();
            seconds.next_if(|&second| Some(second) == index).is_none()
        });
        let (slots, _) = places::slots(&all);
        (all, slots)
    }

    fn collision(
        &mut self,
        world: &World<'_>,
        (first_path, first): &(String, Target),
        (path, second): &(String, Target),
    ) {
        // The message stands at a page: there somebody can give another address.
        let (page, other) = match (first, second) {
            (_, Target::Page(id) | Target::Redirect(id)) => (Some((*id, second)), first),
            (Target::Page(id) | Target::Redirect(id), _) => (Some((*id, first)), second),
            _ => (None, first),
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

    /// The addresses of held-back pages. One that is taken is told today and not when the page appears.
    fn held_places<'p>(
        &mut self,
        world: &World<'_>,
        public: &Places<'_>,
        held: &'p [(String, Target)],
    ) -> Places<'p> {
        let (slots, taken) = places::slots(held);
        let mut taken = taken.into_iter().peekable();
        for (index, (path, target)) in held.iter().enumerate() {
            let other = taken.next_if(|&(_, second)| second == index).map(|(first, _)| &held[first].1);
            if let (Some(first), Target::Page(id)) = (public.find(path).or(other), target) {
                let address = format!("/{}", path.trim_end_matches("index.html"));
                let message = format!("the address {address} is also that of {}", first.origin(world));
                let problem = Problem::error("address", *id, At::File, message);
                self.problems.push(problem.help("give one of them another slug, or rename its file"));
            }
        }
        Places { targets: held, slots }
    }

    /// Every part of a path must be a name on every system, whoever builds the site.
    fn names(&mut self, world: &World<'_>, targets: &[(String, Target)]) {
        let unusable = |(path, target): &(String, Target)| {
            let kept = path.split('/').next().filter(|first| first.starts_with(KEPT));
            let why = path.split('/').find_map(address::unusable);
            let why = why.or(kept.map(|_| "the output folder keeps it for itself"))?;
            // What a page's own slug gets wrong was said where the slug stands.
            let own = |id: PageId| address::own_slug(world.catalog.card(id), world.site);
            if matches!(target, Target::Page(id) if address::unusable(&own(*id)).is_some()) {
                return None;
            }
            let shown: String = path.chars().flat_map(char::escape_debug).take(PATH_CHARS_SHOWN).collect();
            let message = format!("/{shown} cannot be the path of a file on every system: {why}");
            let origin = target.origin(world);
            let diagnostic = Diagnostic::error("address", message).help("choose another name");
            Some(if origin.starts_with("content/") {
                diagnostic.at(Place::whole_file(&origin))
            } else {
                diagnostic.note(format!("it comes from {origin}"))
            })
        };
        self.said.par_extend(targets.par_iter().filter_map(unusable));
    }

    /// A file cannot stand where a folder must be.
    fn folders(&mut self, world: &World<'_>, places: &Places<'_>) {
        let clashes = |(path, target): &(String, Target)| {
            let mut found = Vec::new();
            let mut rest = path.as_str();
            while let Some((folder, _)) = rest.rsplit_once('/') {
                if let Some(file) = places.find(folder) {
                    let folder = folder.to_lowercase();
                    let message = format!("the file /{folder} stands where /{path} needs a folder");
                    let mistake = Diagnostic::error("address", message).help("rename one of them");
                    let mistake = mistake.at(Place::whole_file(&target.origin(world)));
                    found.push(mistake.note(format!("/{folder} comes from {}", file.origin(world))));
                }
                rest = folder;
            }
            found
        };
        self.said.par_extend(places.targets.par_iter().flat_map_iter(clashes));
    }

    /// Every target's template must exist; returns those that do not.
    fn templates<'w, 't>(
        &mut self,
        world: &'w World<'_>,
        targets: impl ParallelIterator<Item = &'t (String, Target)>,
    ) -> HashSet<&'w str> {
        let without = |(_, target): &'t (String, Target)| {
            let name = target.template(world).filter(|name| !world.theme.has_template(name))?;
            Some((target, name))
        };
        let without: Vec<(&Target, &str)> = targets.filter_map(without).collect();
        let (mut missing, mut told) = (HashSet::new(), HashSet::new());
        for (target, name) in without {
            missing.insert(name);
            match target {
                Target::Page(id) if states_template(world, *id) => self.no_template(world, name, Some(*id)),
                _ if told.insert(name) => self.no_template(world, name, None),
                _ => {}
            }
        }
        missing
    }

    /// Tells that a template is missing which a page asks for itself, or else the theme.
    fn no_template(&mut self, world: &World<'_>, template: &str, page: Option<PageId>) {
        let message = format!("there is no template `{template}`");
        let close = suggestion(template, world.theme.template_names().into_iter());
        let label = close.map_or_else(
            || "templates stand in themes/site/templates/ or in the theme".to_string(),
            |close| format!("did you mean \"{close}\"?"),
        );
        if let Some(page) = page {
            let problem = Problem::error("template", page, At::Key("template"), message);
            self.problems.push(problem.label(label));
        } else {
            let theme = &world.site.theme;
            let place = Place::whole_file(&format!("themes/{theme}/templates/{template}"));
            let mistake = Diagnostic::error("template", message).at(place);
            self.said.push(mistake.help(format!("the theme `{theme}` needs one; it may also have a parent")));
        }
    }

    /// Links to a path of the site must lead to something that the site has.
    fn links(&mut self, world: &World<'_>, there: &[&Places<'_>], held: &Places<'_>) {
        let catalog = world.catalog;
        let broken = |id: PageId| {
            let gated = catalog.visibility(id).is_gated();
            catalog.page(id).outline.links.iter().filter_map(move |link| {
                let Destination::Path(path) = catalog.destination(id, &link.destination) else { return None };
                let waits = target_at(&path, held);
                if gated && waits.is_some() || !leads_nowhere(&path, there) {
                    return None;
                }
                if let Some(waits) = waits {
                    let message = format!("{} is held back until it appears", waits.origin(world));
                    let problem = Problem::error("link", id, At::Link(link.destination.to_string()), message);
                    return Some(problem.label("a public page cannot refer to it yet"));
                }
                let message = "the link leads to nothing".to_string();
                let problem = Problem::error("link", id, At::Link(link.destination.to_string()), message);
                let label = format!("the site has no {}", path.split(['?', '#']).next().unwrap_or_default());
                let is_file = label.rsplit('/').next().is_some_and(|name| name.contains('.'));
                Some(problem.label(label).help(if is_file { FILE_HELP } else { PAGE_HELP }))
            })
        };
        self.problems.par_extend(catalog.par_ids().flat_map_iter(broken));
    }

    /// A preview that looks like the public site would be taken for it.
    fn labels(&mut self, world: &World<'_>) {
        let labels = [Fact::Held, Fact::Preview];
        if !world.catalog.is_preview() || labels.into_iter().any(|fact| world.theme.mentions(fact)) {
            return;
        }
        let message = "the theme shows no label on pages that are held back".to_string();
        let mistake = Diagnostic::warning("theme", message).at(world.site.theme_places.name.clone());
        self.said.push(mistake.help(
            "a template shows it with {% if here?.held %}, {% if item?.held %} and {% if here?.preview %}",
        ));
    }

    /// A theme that says nothing to programs may do so unawares.
    fn metadata(&mut self, world: &World<'_>) {
        let outputs = &world.site.outputs;
        if !(outputs.structured_data || outputs.ninjs) || world.theme.prints(Name::Metadata) {
            return;
        }
        let message = "the theme does not print what pages say to programs".to_string();
        let mistake = Diagnostic::warning("theme", message).at(world.site.theme_places.name.clone());
        self.said.push(mistake.help(
            "print {{ metadata }} in the head of every page, or set structured_data = false under [outputs]",
        ));
    }

    /// Whoever finds a flaw must not trust what is out of date.
    fn security(&mut self, world: &World<'_>) {
        let Some(security) = &world.site.security else { return };
        if let Some((message, label)) = security.doubt(world.catalog.now()) {
            let mistake = Diagnostic::warning("settings", message.to_string()).at(security.place.clone());
            self.said.push(mistake.label(label));
        }
    }

    /// What the settings name must be there: entries of the menu, policies, pictures of the publisher.
    fn settings(&mut self, world: &World<'_>, there: &[&Places<'_>]) {
        let site = world.site;
        let menu = site.menu.iter();
        let menu = menu.map(|one| (format!("the menu entry \"{}\"", one.title), &one.leads_to, &one.place));
        let policies = site.policies.iter();
        let policies = policies.map(|one| (format!("the policy `{}`", one.about.key), &one.leads));
        let pictures = [("logo", &site.publisher.logo), ("image", &site.publisher.image)];
        let pictures = pictures
            .into_iter()
            .filter_map(|(key, leads)| Some((format!("`{key}` of the publisher"), leads.as_ref()?)));
        let others = policies.chain(pictures).map(|(name, leads)| (name, &leads.to, &leads.place));
        for (name, to, place) in menu.chain(others) {
            if let Some(why) = nothing(world, to, there) {
                let message = format!("{name} leads to nothing");
                self.said.push(Diagnostic::error("settings", message).at(place.clone()).label(why));
            }
        }
    }
}

/// Whether a page asks for its template itself.
fn states_template(world: &World<'_>, id: PageId) -> bool {
    world.catalog.card(id).rare.as_ref().is_some_and(|rare| rare.template.is_some())
}

/// Why what the settings name leads to nothing, if it does.
fn nothing(world: &World<'_>, to: &MenuTarget, there: &[&Places<'_>]) -> Option<String> {
    let catalog = world.catalog;
    match to {
        MenuTarget::Url(_) => None,
        MenuTarget::Path(path) => leads_nowhere(path, there).then(|| format!("the site has no {path}")),
        MenuTarget::Page(path) => match catalog.page_of_path(path) {
            None => match catalog.files().binary_search(path) {
                Err(_) => Some(format!("there is no content/{path}")),
                Ok(file) => catalog.is_held(file).then(|| format!("content/{path} is not public")),
            },
            Some(page) if catalog.card(page).place.role == Role::Source => {
                Some(format!("content/{path} has no page"))
            }
            Some(page) if !catalog.visibility(page).has_page() => {
                Some(format!("content/{path} is not public"))
            }
            Some(_) => None,
        },
    }
}

fn leads_nowhere(path: &str, there: &[&Places<'_>]) -> bool {
    there.iter().all(|places| target_at(path, places).is_none())
}

/// What stands at a path of the site, with or without a slash at its end.
fn target_at<'p>(path: &str, places: &'p Places<'_>) -> Option<&'p Target> {
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    let index = if path.is_empty() { "index.html".to_string() } else { format!("{path}/index.html") };
    places.find(path).or_else(|| places.find(&index))
}
