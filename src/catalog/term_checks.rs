//! Mistakes about people, topics and other terms that only show when all files are known.

use std::collections::HashMap;

use super::problem::{At, Problem};
use super::terms::{Term, TermId, at};
use super::{Catalog, PageId};
use crate::source::path::{Role, TermKind};

impl Catalog {
    /// All of them.
    pub(super) fn check_terms(&self, problems: &mut Vec<Problem>) {
        for (_, term) in self.terms.iter() {
            self.check_files(term, problems);
        }
        self.check_held_names(problems);
        self.check_avoided(problems);
    }

    /// A spelling that the desk does not use still means somebody.
    fn check_avoided(&self, problems: &mut Vec<Problem>) {
        if !self.terms.avoids() {
            return;
        }
        for id in self.ids() {
            let card = self.card(id);
            for (kind, name) in &card.terms {
                let Some(term) = self.terms.avoided(*kind, name) else { continue };
                problems.push(self.avoided(id, at(*kind, name), (name, term)));
            }
            for quote in self.page(id).outline.quotes.iter() {
                let name = &quote.speaker.name;
                let kinds = [TermKind::Person, TermKind::Organisation];
                if let Some(term) = kinds.into_iter().find_map(|kind| self.terms.avoided(kind, name)) {
                    problems.push(self.avoided(id, At::Link(name.to_string()), (name, term)));
                }
            }
        }
    }

    fn avoided(&self, id: PageId, at: At, (name, term): (&str, TermId)) -> Problem {
        let house = self.term_title(term, self.card(id).place.language);
        let message = format!("the desk does not write \"{name}\"");
        Problem::warning("term", id, at, message).label(format!("write \"{house}\""))
    }

    /// One file a language says what a person, a topic … is; a second one would vanish.
    fn check_files(&self, term: &Term, problems: &mut Vec<Problem>) {
        for (index, &file) in term.files.iter().enumerate() {
            let card = self.card(file);
            let same = |other: &&PageId| self.card(**other).place.language == card.place.language;
            if let Some(&first) = term.files[..index].iter().find(same) {
                let message = format!("{} already says what `{}` is", self.card(first).file(), term.stem);
                let problem = Problem::error("term", file, At::File, message);
                problems.push(problem.help("give one of the two files another name"));
            }
            if card.slug().is_some_and(|own| own != term.slug) {
                let message = "a translation cannot have an address of its own".to_string();
                let problem = Problem::error("address", file, At::Key("slug"), message);
                problems.push(problem.label(format!("leave it out: the original has \"{}\"", term.slug)));
            }
        }
    }

    /// A public page that names a person, topic … whose file is held back: the name is the page's own, and so nothing of the
    /// file shows, but somebody may have meant otherwise.
    fn check_held_names(&self, problems: &mut Vec<Problem>) {
        let mut held: HashMap<(TermKind, String), PageId> = HashMap::new();
        for id in self.ids().filter(|&id| self.visibility(id).is_gated()) {
            let card = self.card(id);
            let Role::Term(kind) = card.place.role else { continue };
            let also = card.rare.iter().flat_map(|rare| &rare.also_known_as).map(String::as_str);
            for name in [card.stem(), &card.title].into_iter().chain(also) {
                held.insert((kind, name.to_lowercase()), id);
            }
        }
        if held.is_empty() {
            return;
        }
        for id in self.ids().filter(|&id| self.visibility(id).has_page()) {
            for (kind, name) in &self.card(id).terms {
                // Where another file is public, a translation say, the name is no secret.
                let known = !self.terms.meanings(*kind, name).is_empty();
                if let Some(&other) = held.get(&(*kind, name.to_lowercase())).filter(|_| !known) {
                    let message = format!("{} is held back, and this page names it", self.card(other).file());
                    let problem = Problem::warning("term", id, at(*kind, name), message);
                    problems.push(problem.label("its page is made from this name alone"));
                }
            }
        }
    }
}
