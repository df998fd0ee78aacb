//! Why an output was made, and what from: told from the very description that makes its key.

use std::path::Path;

use super::compare::{self, Began, Old, Spoilt};
use super::folder::Folder;
use super::ledger::Output;
use super::plan::Plan;
use super::scene::{self, Planned, Scene};
use super::standing::Standing;
use super::{Destination, Progress, Request, Stop, held, remember};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::output::{Input, Key, World};
use crate::source::tree::Stamp;

/// What the ledger knows of an output.
#[derive(Debug, Clone, Copy)]
pub(super) enum Known<'l> {
    /// Nothing, because there is no ledger.
    Unremembered,
    /// Nothing: there was no such output.
    New,
    /// This; with the stamp of the file, if it stands as it was written.
    Recorded(&'l Output, Option<Stamp>),
}

impl Known<'_> {
    /// The stamp of the file, if it stands as it was written.
    pub(super) fn stamp(self) -> Option<Stamp> {
        if let Self::Recorded(_, stamp) = self { stamp } else { None }
    }

    /// The same, if it was also made with this key.
    pub(super) fn stamp_if(self, key: Digest) -> Option<Stamp> {
        if let Self::Recorded(output, stamp) = self { stamp.filter(|_| output.key == key) } else { None }
    }

    /// The same, if the file holds bytes of this digest.
    pub(super) fn stamp_with(self, content: Digest) -> Option<Stamp> {
        if let Self::Recorded(output, stamp) = self {
            stamp.filter(|_| output.content == content)
        } else {
            None
        }
    }
}

/// What an output is made from, and why it was made when it was made last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Its path below the output folder.
    pub path: String,
    /// What it is made from, as far as it can be told in a few words each.
    pub made_from: Vec<String>,
    /// Why it was made last; empty if all was made because nothing was remembered.
    pub reason: String,
    /// Why the next build would make it, if it would.
    pub stale: Option<String>,
    /// How many mistakes keep the next build from making anything.
    pub mistakes: usize,
}

/// What the output at `path` is made from, and why.
pub(super) fn why(request: &Request, path: &str, progress: &dyn Progress) -> Result<Option<Why>, Stop> {
    let Destination::Folder(output) = &request.destination else { return Ok(None) };
    let scene = Scene::read(request)?;
    let folder = Folder::seen(output, request);
    let (ledger, _) = folder.ledger();
    let outputs = ledger.as_ref().map_or(&[][..], |ledger| &ledger.outputs);
    let standing = Standing::of(outputs, &folder.path);
    let began = Began { instant: folder.instant, progress, spoilt: Spoilt::Dropped };
    let compared = compare::compare(&scene.tree, &scene.site, ledger.as_deref().map(Old::of), &began)?;
    let path = below(path, &request.root, &folder.path);
    let errors = |said: &mut dyn Iterator<Item = &Diagnostic>| said.filter(|said| said.is_error()).count();
    let mistakes = errors(&mut scene.said.iter().chain(compared.said()));
    let Some(content) = compared.content(|| ledger.as_deref()?.pages()) else {
        return Err(Stop::Refused("the ledger of the last build is damaged; build again".to_string()));
    };
    scene::planned(&scene, content, request, |planned| {
        let mistakes = mistakes + errors(&mut planned.said.iter());
        let Planned { world, plan, keys, .. } = planned;
        let plan = &*plan;
        let Some(index) = find(world, plan, &path) else { return not_found(world, &path) };
        let (path, target) = &plan.targets[index];
        let inputs = target.inputs(world);
        let key = keys.key(target, &inputs);
        let recorded = ledger.as_ref().map(|ledger| &*ledger.outputs);
        let known = remember::known(plan, recorded, &standing);
        let known = known.get(index).copied().unwrap_or(Known::Unremembered);
        let fresh = known.stamp_if(key.digest).is_some();
        let stale = (!fresh).then(|| reason(world, known, (&key, &inputs)));
        let made_from = grouped(inputs.iter().map(|input| input.shown(world)).collect());
        let reason =
            if let Known::Recorded(output, _) = known { output.reason.clone() } else { String::new() };
        Ok(Some(Why { path: path.clone(), made_from, reason, stale, mistakes }))
    })
}

/// There is no such output; for what is held back, that is said.
fn not_found(world: &World<'_>, path: &str) -> Result<Option<Why>, Stop> {
    let held = held::all(world.catalog).into_iter().find(|held| held.file == path);
    let Some(held) = held else { return Ok(None) };
    let until = held.appears.map(|instant| format!(" until {instant}")).unwrap_or_default();
    Err(Stop::Refused(format!("{path} has no output: it is held back{until} ({})", held.reason)))
}

/// What somebody typed as a path below the output folder, or of a content file.
fn below(typed: &str, root: &Path, output: &Path) -> String {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    // Joining an absolute path gives that path.
    let (file, root) = (real(&root.join(typed)), real(root));
    let inside = [output, &root].iter().find_map(|folder| file.strip_prefix(folder).ok()?.to_str());
    let path = inside.unwrap_or(typed).replace(std::path::MAIN_SEPARATOR, "/");
    path.trim_start_matches("./").trim_start_matches('/').to_string()
}

/// The target that is meant: a file, the file behind an address, or what a content file becomes.
fn find(world: &World<'_>, plan: &Plan, path: &str) -> Option<usize> {
    let at = |path: &str| plan.targets.binary_search_by(|(own, _)| own.as_str().cmp(path)).ok();
    let folder = path.trim_end_matches('/');
    let index = if folder.is_empty() { "index.html".to_string() } else { format!("{folder}/index.html") };
    let source = || plan.targets.iter().position(|(_, target)| target.origin(world) == path);
    at(path).or_else(|| at(&index)).or_else(|| path.starts_with("content/").then(source).flatten())
}

/// How many changed inputs are named; the rest is counted.
const NAMED_MAX: usize = 3;

/// Why an output is made that the ledger knows so.
pub(super) fn reason(world: &World<'_>, known: Known<'_>, (key, inputs): (&Key, &[Input])) -> String {
    let output = match known {
        // Said of every output, it would say nothing.
        Known::Unremembered => return String::new(),
        Known::New => return "it is new".to_string(),
        Known::Recorded(output, Some(_)) => output,
        Known::Recorded(output, None) if output.key == key.digest => {
            return "its file was missing or had been altered".to_string();
        }
        Known::Recorded(output, None) => output,
    };
    if output.inputs.len() != key.inputs.len() {
        return "what it is made from is another list now".to_string();
    }
    let differ = |at: &usize| output.inputs[*at] != key.inputs[*at];
    let changed: Vec<usize> = (0..inputs.len()).filter(differ).collect();
    let named: Vec<String> = changed.iter().take(NAMED_MAX).map(|&at| inputs[at].shown(world)).collect();
    match changed.len() {
        0 => "it is another kind of output now".to_string(),
        count if count > NAMED_MAX => format!("{} and {} more changed", named.join(", "), count - NAMED_MAX),
        _ => format!("{} changed", grouped(named).join(", ")),
    }
}

/// `card of a.md, body of a.md` is said as `card and body of a.md`.
pub(super) fn grouped(shown: Vec<String>) -> Vec<String> {
    let mut groups: Vec<(Vec<&str>, &str)> = Vec::new();
    for one in &shown {
        let (what, of) = one.split_once(" of ").unwrap_or((one, ""));
        match groups.iter_mut().find(|(_, known)| !of.is_empty() && *known == of) {
            Some((all, _)) => all.push(what),
            None => groups.push((vec![what], of)),
        }
    }
    groups.into_iter().map(|(what, of)| said(&what, of)).collect()
}

fn said(what: &[&str], of: &str) -> String {
    let listed = match what {
        [one] => (*one).to_string(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
        [] => String::new(),
    };
    if of.is_empty() { listed } else { format!("{listed} of {of}") }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn what_is_of_one_file_is_said_together() {
        let shown = ["card of a.md", "site", "body of a.md", "details of a.md", "card of b.md"];
        let told = grouped(shown.map(str::to_string).to_vec());
        assert_eq!(told, ["card, body and details of a.md", "site", "card of b.md"]);
    }
}
