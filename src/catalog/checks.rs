//! Mistakes that only show when all pages are known, and the files that are held back with their pages.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::links::{Destination, Near};
use super::problem::{At, Problem};
use super::terms::TermId;
use super::visibility::Visibility;
use super::{Catalog, PageId};
use crate::mutation::without;
use crate::site::decode;
use crate::source::card::Standing;
use crate::source::path::Role;

/// What in a file refers to another.
#[derive(Clone, Copy)]
enum Reference<'c> {
    /// A link of the body, by its destination.
    Link(&'c str),
    /// The lead picture.
    Image,
}

impl Reference<'_> {
    /// Where messages about it stand.
    fn at(self) -> At {
        match self {
            Self::Link(destination) => At::Link(destination.to_string()),
            Self::Image => At::Key("image"),
        }
    }
}

/// Beyond this many mistakes, near names are no longer looked for: each costs a look at every file.
const NEAR_MAX: usize = 200;

impl Catalog {
    /// Gives every page that states an identity its place under it. Two pages of one language cannot share one.
    pub(super) fn name_ids(&mut self, problems: &mut Vec<Problem>) {
        let mut ids: HashMap<String, Vec<PageId>> = HashMap::new();
        for (id, page) in PageId::all(self.pages()) {
            let Some(name) = page.card.rare.as_ref().and_then(|rare| rare.id.as_ref()) else { continue };
            let by_path =
                self.page_of_path(&format!("{name}.md")).filter(|&other| self.card(other).id() == name);
            let others = ids.get(name).into_iter().flatten().copied().chain(by_path);
            let same =
                |other: &PageId| *other != id && self.card(*other).place.language == page.card.place.language;
            if let Some(first) = others.into_iter().find(same) {
                let message = format!("the id \"{name}\" is already that of {}", self.card(first).file());
                let problem = Problem::error("id", id, At::Key("id"), message);
                problems.push(problem.label("an id names one briefing for ever"));
            }
            ids.entry(name.clone()).or_default().push(id);
        }
        self.ids = ids;
    }

    /// Which files of content are held back: those in the bundle of a page that is not shown, and those that
    /// only such pages use.
    pub(super) fn hold_files(&self, problems: &mut Vec<Problem>) -> Vec<bool> {
        let mut used: Vec<(bool, bool)> = vec![(false, false); self.files.len()];
        let uses = self.uses();
        for &(id, file, _) in &uses {
            match self.visibility(id).has_page() {
                true => used[file].0 = true,
                false => used[file].1 = !without("gate of files"),
            }
        }
        let mut held: Vec<bool> = used.iter().map(|&(public, gated)| gated && !public).collect();
        for (id, page) in PageId::all(self.pages()) {
            if self.visibility(id).has_page() {
                continue;
            }
            let Some(bundle) = page.card.bundle() else { continue };
            // A bundle with a public translation is public.
            if self.translations(id).next().is_none() {
                let start = self.files.partition_point(|file| file.as_str() < bundle);
                let own = self.files[start..].iter().take_while(|file| file.starts_with(bundle)).count();
                held[start..start + own].fill(true);
            }
        }
        for (id, file, at) in uses {
            if held[file] && self.visibility(id).has_page() {
                let at = at.at();
                let message = format!("content/{} is held back with its page", self.files[file]);
                problems
                    .push(Problem::error("link", id, at, message).label("a public page cannot show it yet"));
            }
        }
        held
    }

    /// The files of content whose addresses are for those who were told them, by path below `content/`: those in the bundle of
    /// an unlisted page, and those that only such pages refer to.
    pub fn unlisted_files(&self) -> BTreeSet<&str> {
        let is_unlisted = |id: PageId| self.card(id).standing == Standing::Unlisted;
        let shown = self.uses().into_iter().filter(|(id, ..)| self.visibility(*id).has_page());
        let (mut told, mut known) = (BTreeSet::new(), BTreeSet::new());
        for (id, file, _) in shown {
            if is_unlisted(id) { &mut told } else { &mut known }.insert(self.files[file].as_str());
        }
        let bundles = self.ids().filter(|&id| is_unlisted(id)).filter_map(|id| self.card(id).bundle());
        for bundle in bundles {
            told.extend(self.files.iter().map(String::as_str).filter(|file| file.starts_with(bundle)));
        }
        &told - &known
    }

    /// Which page uses which file of content.
    fn uses(&self) -> Vec<(PageId, usize, Reference<'_>)> {
        if self.files.is_empty() {
            return Vec::new();
        }
        let of_page = |id: PageId| {
            self.references(id).filter_map(move |(destination, at)| match self.destination(id, destination) {
                Destination::File(file, _) => Some((id, file, at)),
                _ => None,
            })
        };
        self.par_ids().flat_map_iter(of_page).collect()
    }

    /// Everything in the file of a page that may name another file.
    fn references(&self, id: PageId) -> impl Iterator<Item = (&str, Reference<'_>)> {
        let page = self.page(id);
        let links = page.outline.links.iter().map(|link| {
            let destination: &str = &link.destination;
            (destination, Reference::Link(destination))
        });
        let image = page.card.rare.as_ref().and_then(|rare| rare.image.as_ref());
        links.chain(image.map(|(path, _)| (&**path, Reference::Image)))
    }

    /// All other mistakes between pages.
    pub(super) fn check(&self, problems: &mut Vec<Problem>) {
        // Most pages are sound. Those that are not are looked at again, in order: hints depend on how many mistakes
        // there are already.
        let unsound = |&id: &PageId| {
            let mut found = Vec::new();
            self.check_page(id, NEAR_MAX, &mut found);
            !found.is_empty()
        };
        let unsound: Vec<PageId> = self.par_ids().filter(unsound).collect();
        for id in unsound {
            self.check_page(id, 0, problems);
        }
        self.check_close_names(problems);
        self.check_given_away(problems);
        self.check_terms(problems);
        self.check_issues(problems);
    }

    /// The mistakes of one page, added to `problems`; so many were found elsewhere.
    fn check_page(&self, id: PageId, elsewhere: usize, problems: &mut Vec<Problem>) {
        self.check_place(id, problems);
        self.check_translated_corrections(id, problems);
        self.check_names(id, problems);
        for (destination, reference) in self.references(id) {
            let near = if elsewhere + problems.len() < NEAR_MAX { Near::Look } else { Near::Skip };
            problems.extend(self.check_reference(id, destination, (reference, near)));
        }
        self.check_sources(id, problems);
    }

    fn check_place(&self, id: PageId, problems: &mut Vec<Problem>) {
        let card = self.card(id);
        let known = card.published().map_or(self.now(), |published| published.instant.max(self.now()));
        if card.updated.is_some_and(|updated| updated.instant > known) {
            let problem = Problem::error(
                "front-matter",
                id,
                At::Key("updated"),
                "`updated` is in the future".to_string(),
            );
            problems.push(problem.label("write when it was changed, not when it will be"));
        }
        let corrections = card.corrections().iter().enumerate();
        for (number, _) in corrections.filter(|(_, entry)| entry.date.instant > known) {
            let message = "the correction is dated in the future".to_string();
            let problem = Problem::error("front-matter", id, At::Correction(number), message);
            problems.push(problem.label("write when it was put right, not when it will be"));
        }
        problems.extend(self.undeclared_language(id));
        if let Some(owner) = self.bundle_around(id) {
            let message = format!("a page inside the bundle of {}", self.card(owner).file());
            let problem = Problem::error("file", id, At::File, message);
            problems.push(problem.help("a folder with index.md is one page; move this file out of it"));
        } else if self.card(id).date.is_none() && self.needs_date(id) {
            let problem = Problem::error("front-matter", id, At::File, "`date` is missing".to_string());
            problems.push(
                problem.help("add date = 2026-11-23, or begin the file's name with the day: 2026-11-23-…"),
            );
        }
    }

    /// A file beside one of the same name, with what looks like a language at its end that the site does not declare.
    fn undeclared_language(&self, id: PageId) -> Option<Problem> {
        let (base, suffix) = self.card(id).path.strip_suffix(".md")?.rsplit_once('.')?;
        let shaped = (2..=3).contains(&suffix.len()) && suffix.bytes().all(|byte| byte.is_ascii_lowercase());
        let declared = self.card(id).place.language != 0;
        self.page_of_path(&format!("{base}.md")).filter(|&other| other != id && shaped && !declared)?;
        let message = format!("`{suffix}` is not a language of this site, so this is no translation");
        Some(
            Problem::warning("file", id, At::File, message)
                .help(format!("declare it in site.toml: [languages.{suffix}]")),
        )
    }

    /// The bundle that a file lies in without being its text.
    fn bundle_around(&self, id: PageId) -> Option<PageId> {
        let card = self.card(id);
        let mut folder = card.path.rsplit_once('/')?.0;
        while folder.contains('/') {
            let owner = self.page_of_path(&format!("{folder}/index.md"));
            if let Some(owner) = owner.filter(|&owner| self.card(owner).bundle() != card.bundle()) {
                return Some(owner);
            }
            folder = folder.rsplit_once('/')?.0;
        }
        None
    }

    fn check_names(&self, id: PageId, problems: &mut Vec<Problem>) {
        let Some(rare) = &self.card(id).rare else { return };
        for (key, names) in [("related", &rare.related), ("supersedes", &rare.supersedes)] {
            for name in names {
                let at = At::Item(key, name.clone());
                match self.page_called(id, name) {
                    None => {
                        let ids = self.pages().iter().map(|page| page.card.id());
                        let close = crate::diagnostic::suggestion(name, ids);
                        let label = close.map_or("expected the id or path of a briefing".to_string(), |c| {
                            format!("did you mean \"{c}\"?")
                        });
                        let message = format!("there is no briefing \"{name}\"");
                        problems.push(Problem::error("link", id, at, message).label(label));
                    }
                    Some(other) if other == id => {
                        let problem =
                            Problem::error("link", id, at, format!("`{key}` names the page itself"));
                        problems.push(problem.label("name another briefing, or remove this"));
                    }
                    Some(other) => {
                        problems.extend(self.leak(id, other, at.clone()));
                        if key == "supersedes" {
                            problems.extend(self.check_succession(id, (other, at)));
                        }
                    }
                }
            }
        }
    }

    fn check_reference(
        &self,
        id: PageId,
        destination: &str,
        (reference, near): (Reference<'_>, Near),
    ) -> Option<Problem> {
        match self.destination(id, destination) {
            Destination::Nothing(why, hint) => {
                Some(Problem::error("link", id, reference.at(), why).label(self.hint(&hint, near)))
            }
            Destination::Page(other, rest) => self
                .leak(id, other, reference.at())
                .or_else(|| self.check_fragment(id, (other, &rest), reference.at())),
            Destination::Here => self.check_fragment(id, (id, destination), reference.at()),
            _ => None,
        }
    }

    fn check_fragment(&self, id: PageId, (other, rest): (PageId, &str), at: At) -> Option<Problem> {
        let fragment = &*decode(&rest[rest.find('#')? + 1..]);
        let anchors = &self.page(other).outline.anchors;
        if fragment.is_empty() || fragment == "top" || anchors.iter().any(|anchor| **anchor == *fragment) {
            return None;
        }
        let message = format!("{} has no heading `#{fragment}`", self.card(other).file());
        let label = match crate::diagnostic::suggestion(fragment, anchors.iter().map(|anchor| &**anchor)) {
            Some(close) => format!("did you mean `#{close}`?"),
            None => "headings get their anchor from their words: `## Next steps` is #next-steps".to_string(),
        };
        Some(Problem::error("link", id, at, message).label(label))
    }

    /// A page that refers to one that appears later would give it away. A scheduled page is judged as of its own instant,
    /// so that what would go wrong then is said today; a draft has no instant yet.
    pub(super) fn leak(&self, id: PageId, other: PageId, at: At) -> Option<Problem> {
        let (own, file) = (self.publicly(id), self.card(other).file());
        let held = match (own, self.publicly(other)) {
            (Visibility::Draft, _) => return None,
            (Visibility::Scheduled(appears), Visibility::Scheduled(later)) if later <= appears => {
                return None;
            }
            (_, Visibility::Draft) => format!("{file} is a draft"),
            (_, Visibility::Scheduled(_)) => format!("{file} is held back until it appears"),
            (_, Visibility::Expired(_)) if !self.was_ever_public(other) => {
                format!("{file} was over before it could be public")
            }
            (_, Visibility::Expired(_)) if !self.visibility(other).has_page() => {
                let message = format!("{file} has expired and is gone");
                return Some(Problem::warning("link", id, at, message).label("shown as plain text"));
            }
            _ => return None,
        };
        let label = match own {
            Visibility::Scheduled(_) => "it will not be public when this page appears",
            _ if !self.was_ever_public(other) => "nobody may learn that it existed",
            _ => "a public page cannot refer to it yet",
        };
        // A preview shows both, and tells what the public build will refuse.
        let problem = if self.is_preview() { Problem::warning } else { Problem::error };
        Some(problem("link", id, at, held).label(label))
    }

    /// A name without a file that is nearly one with a file is probably a slip; it is said once, where it first stands.
    fn check_close_names(&self, problems: &mut Vec<Problem>) {
        let bare = self.terms.iter().filter(|(_, term)| term.stem.is_empty());
        for (id, term) in bare {
            let Some(close) = self.terms.close_to(term) else { continue };
            let first = self.ids().find(|&page| self.page_terms.of(page).contains(&id));
            if let Some(page) = first {
                let message = format!("\"{}\" has no file, but is close to \"{close}\"", term.title);
                let problem =
                    Problem::warning("term", page, super::terms::at(term.kind, &term.title), message);
                problems.push(problem.label("if they are the same, write the name of the file"));
            }
        }
    }

    /// The public page of a name that nothing public mentions says that something is to come.
    fn check_given_away(&self, problems: &mut Vec<Problem>) {
        let gated = |id: &PageId| self.visibility(*id).is_gated();
        let own = |id: PageId| self.page_terms.of(id).iter().copied();
        let mut given_away: BTreeSet<TermId> = self.ids().filter(gated).flat_map(own).collect();
        given_away.retain(|&term| !self.terms.get(term).files.is_empty());
        if given_away.is_empty() {
            return;
        }
        for id in self.ids().filter(|id| !gated(id)) {
            if !matches!(self.card(id).place.role, Role::Term(_)) {
                own(id).for_each(|term| _ = given_away.remove(&term));
            }
            for (destination, _) in self.references(id) {
                if let Destination::Page(other, _) = self.destination(id, destination)
                    && matches!(self.card(other).place.role, Role::Term(_))
                    && other != id
                {
                    own(other).for_each(|term| _ = given_away.remove(&term));
                }
            }
        }
        for &file in given_away.iter().flat_map(|&term| &self.terms.get(term).files) {
            let message = format!("only held-back pages mention {}", self.card(file).file());
            let problem = Problem::warning("held-back", file, At::File, message);
            problems.push(
                problem.help("its own page is public already; give it the same embargo, or draft = true"),
            );
        }
    }
}
