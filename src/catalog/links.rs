//! What the destination of a link means: a page, a file of content, a person, a place on the site.
//!
//! Links are relative paths to files, which also work where the sources are read; so they follow a page wherever its
//! address goes.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::terms::TermId;
use super::{Catalog, PageId};
use crate::diagnostic::suggestion;
use crate::site::{LanguageIndex, decode};
use crate::source::path::{Role, TermKind};

/// What a destination means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A page or list of this site: its path, and the fragment with its `#`.
    Page(PageId, String),
    /// A file of content, by its index in [`Catalog::files`].
    File(usize, String),
    /// A path of this site whose target only the plan knows.
    Path(String),
    /// A term without a file of its own.
    Term(TermId, String),
    /// A place on the page itself.
    Here,
    /// Nothing: why, and what to write instead.
    Nothing(String, Hint),
}

/// Whether a hint may cost a look at every file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Near {
    /// It may.
    Look,
    /// There are too many mistakes for that.
    Skip,
}

/// What to write instead of a destination that means nothing. Near names are looked for only when somebody is told:
/// that goes through all files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// This.
    Said(String),
    /// The Markdown file with the name nearest to this one.
    PageNear(String),
    /// The file with the name nearest to this one; and the address that the link would be otherwise.
    FileNear(String, String),
    /// The person, organisation or place with the name nearest to this one.
    NameNear(String),
}

impl Catalog {
    /// What `destination`, written in the body of page `from`, means.
    pub fn destination(&self, from: PageId, destination: &str) -> Destination {
        if destination.is_empty() || destination.starts_with('#') || destination.starts_with('?') {
            return Destination::Here;
        }
        if let Some(name) = destination.strip_prefix('@') {
            return self.named(from, name);
        }
        let cut = destination.find(['?', '#']).unwrap_or(destination.len());
        let (path, rest) = destination.split_at(cut);
        let path = decode(path);
        // The tree's paths are composed; a link may have been typed on a system that decomposes.
        let path: Cow<'_, str> = if path.is_ascii() { path } else { path.nfc().collect::<String>().into() };
        let folder = self.card(from).path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let Some(joined) = join(folder, &path) else {
            let why = "the link leads out of the site".to_string();
            return Destination::Nothing(why, Hint::Said("`..` ends at content/".to_string()));
        };
        if path.ends_with(".md") {
            return self.page_at(from, &joined, rest);
        }
        if let Ok(file) = self.files().binary_search(&joined) {
            return Destination::File(file, rest.to_string());
        }
        if path.starts_with('/') {
            return Destination::Path(format!(
                "/{joined}{}{rest}",
                if path.ends_with('/') && !joined.is_empty() { "/" } else { "" }
            ));
        }
        self.relative_to_address(from, (&path, rest), &joined)
    }

    /// A relative link that names no file may be one to a place on the site, seen from the page's address.
    fn relative_to_address(&self, from: PageId, (path, rest): (&str, &str), joined: &str) -> Destination {
        let markdown = [format!("{joined}.md"), format!("{joined}/index.md")];
        if let Some(id) = markdown.iter().find_map(|path| self.page_of_path(path)) {
            let why = "the link leads to nothing".to_string();
            return Destination::Nothing(
                why,
                Hint::Said(format!("write the file's name: {}", self.card(id).path)),
            );
        }
        match join(self.permalink(from).trim_matches('/'), path) {
            Some(address) if path.ends_with('/') => Destination::Path(format!("/{address}/{rest}")),
            Some(address) if path.contains('.') => {
                let hint = Hint::FileNear(joined.to_string(), address);
                Destination::Nothing("the link leads to nothing".to_string(), hint)
            }
            _ => {
                let hint = Hint::Said(format!("there is no content/{joined}"));
                Destination::Nothing("the link leads to nothing".to_string(), hint)
            }
        }
    }

    fn page_at(&self, from: PageId, path: &str, rest: &str) -> Destination {
        if self.unreadable.binary_search_by(|file| file.as_str().cmp(path)).is_ok() {
            return Destination::Here;
        }
        let Some(found) = self.page_of_path(path) else {
            let hint = Hint::PageNear(path.to_string());
            return Destination::Nothing("the link leads to nothing".to_string(), hint);
        };
        let page = self.in_language(found, self.card(from).place.language);
        Destination::Page(page, rest.to_string())
    }

    /// The translation that readers of `language` are sent to: a link names the original.
    fn in_language(&self, found: PageId, language: LanguageIndex) -> PageId {
        let original = self.card(found).place.language == 0 && language != 0;
        let translation = || self.translations(found).find(|&id| self.card(id).place.language == language);
        if original { translation().unwrap_or(found) } else { found }
    }

    fn named(&self, from: PageId, name: &str) -> Destination {
        let (name, rest) = name.split_at(name.find('#').unwrap_or(name.len()));
        let kinds: Vec<(TermKind, &str)> = match name.split_once('/') {
            Some((folder, name)) => {
                TermKind::of_folder(folder).map(|kind| (kind, name)).into_iter().collect()
            }
            None => {
                [TermKind::Person, TermKind::Organisation, TermKind::Place].map(|kind| (kind, name)).to_vec()
            }
        };
        let terms = self.terms();
        let stems = |(kind, name): &(TermKind, &str)| {
            terms.meanings(*kind, name).iter().copied().find(|&id| terms.get(id).stem == *name)
        };
        let found: Vec<TermId> = kinds.iter().filter_map(stems).collect();
        match found[..] {
            [term] => match terms.get(term).files.first() {
                Some(&page) => Destination::Page(
                    self.in_language(page, self.card(from).place.language),
                    rest.to_string(),
                ),
                None => Destination::Term(term, rest.to_string()),
            },
            [] => match self.ids().find(|&id| kinds.iter().any(|kind| self.is_file_of(id, kind))) {
                // Held back, or gone: what may refer to it is for the checks to say.
                Some(page) => Destination::Page(page, rest.to_string()),
                None => Destination::Nothing(
                    format!("nobody is called `@{name}`"),
                    Hint::NameNear(name.to_string()),
                ),
            },
            _ => {
                let all: Vec<String> =
                    found.iter().map(|&id| format!("@{}/{name}", terms.get(id).kind.folder())).collect();
                Destination::Nothing(
                    format!("`@{name}` is ambiguous"),
                    Hint::Said(format!("write {}", all.join(" or "))),
                )
            }
        }
    }

    fn is_file_of(&self, id: PageId, (kind, name): &(TermKind, &str)) -> bool {
        let card = self.card(id);
        card.place.role == Role::Term(*kind) && card.stem() == *name
    }

    /// A hint in words. Without `near`, no near name is looked for.
    pub fn hint(&self, hint: &Hint, near: Near) -> String {
        let look = near == Near::Look;
        match hint {
            Hint::Said(words) => words.clone(),
            Hint::NameNear(name) => self.closest_name(name),
            Hint::PageNear(path) => {
                let names = self.ids().filter(|_| look).map(|id| &*self.card(id).path);
                let nothing = || format!("there is no content/{path}");
                suggestion(path, names).map_or_else(nothing, |close| format!("did you mean content/{close}?"))
            }
            Hint::FileNear(path, address) => {
                let names = self.files().iter().map(String::as_str).filter(|_| look);
                let nothing = || format!("there is no content/{path} (nor /{address})");
                suggestion(path, names).map_or_else(nothing, |close| format!("did you mean content/{close}?"))
            }
        }
    }

    fn closest_name(&self, name: &str) -> String {
        let (folder, own) = name.split_once('/').unwrap_or(("", name));
        let kind = TermKind::of_folder(folder);
        if kind.is_none() && !folder.is_empty() {
            return format!("write @people/{own}, @organisations/{own} or @places/{own}");
        }
        let of_kind = self.terms().iter().filter(|(_, term)| kind.is_none_or(|kind| term.kind == kind));
        let stems = of_kind.map(|(_, term)| term.stem.as_str()).filter(|stem| !stem.is_empty());
        match (suggestion(own, stems), kind) {
            (Some(close), None) => format!("did you mean `@{close}`?"),
            (Some(close), Some(kind)) => format!("did you mean `@{}/{close}`?", kind.folder()),
            (None, Some(kind)) => format!("there is no content/{}/{own}.md", kind.folder()),
            (None, None) => {
                format!("`@` names a file of people/, organisations/ or places/, such as people/{own}.md")
            }
        }
    }

    /// The address of a destination as a site path, not encoded; none where it leads nowhere for readers.
    pub fn address<'d>(&self, from: PageId, destination: &'d Destination) -> Option<Cow<'d, str>> {
        match destination {
            Destination::Page(page, rest) if self.visibility(*page).has_page() || *page == from => {
                let path = if self.card(*page).place.role == Role::Source {
                    return None;
                } else {
                    self.permalink(*page)
                };
                Some(Cow::Owned(format!("{path}{rest}")))
            }
            Destination::Page(..) | Destination::Nothing(..) | Destination::Here => None,
            Destination::File(file, rest) => Some(Cow::Owned(format!("/{}{rest}", self.files()[*file]))),
            Destination::Path(path) => Some(Cow::Borrowed(path)),
            Destination::Term(term, rest) => {
                let path = self.term_path(*term, self.card(from).place.language)?;
                Some(Cow::Owned(format!("{path}{rest}")))
            }
        }
    }
}

/// Joins a path to a folder and removes `.` and `..`; none if it leads above the root. A path from `/` ignores the folder.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let start = if path.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_never_leave_the_root() {
        assert_eq!(join("a/b", "../c.md").as_deref(), Some("a/c.md"));
        assert_eq!(join("a", "/x/./y").as_deref(), Some("x/y"));
        assert_eq!(join("a", "../../x"), None);
    }
}
