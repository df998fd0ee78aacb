//! The main menu in each language: an entry leads to the translation of what it names, where there is one.
//!
//! Knows no page but those that the menu names.

use tera::Value;

use super::context::map;
use super::quotes;
use crate::catalog::{Catalog, PageId};
use crate::site::{LanguageIndex, MenuTarget, Site, encode};
use crate::source::path::TermKind;
use crate::theme::Theme;

/// The menu as templates see it on pages in `language`.
pub(super) fn menu(site: &Site, catalog: &Catalog, theme: &Theme, language: LanguageIndex) -> Value {
    let rooted = |path: &str| site.base_url.rooted(&encode(path));
    let mut entries: Vec<Value> = Vec::with_capacity(site.menu.len());
    for entry in &site.menu {
        let (own, translated) = match &entry.leads_to {
            MenuTarget::Url(url) => (url.clone(), None),
            MenuTarget::Path(path) => {
                let index = || index(site, catalog, theme, (path, language));
                (rooted(path), list(catalog, path, language).or_else(index))
            }
            MenuTarget::Page(path) => {
                let page = catalog.page_of_path(path);
                let own = page.map_or_else(|| format!("/{path}"), |page| catalog.permalink(page).to_string());
                (rooted(&own), page.and_then(|page| translation(catalog, page, language)))
            }
        };
        // What is not translated keeps its own language, and says so.
        let (spoken, title, path) = match translated.filter(|_| language > 0) {
            Some((title, path)) => (language, title, rooted(&path)),
            None => (0, None, own),
        };
        entries.push(map([
            ("title", Value::from(title.as_deref().unwrap_or(&entry.title))),
            ("path", Value::from(path)),
            ("lang", Value::from(site.language(spoken).code.as_str())),
        ]));
    }
    Value::from(entries)
}

/// A title, if the target has one of its own, and a path of the site.
type Translation = (Option<String>, String);

fn translation(catalog: &Catalog, page: PageId, language: LanguageIndex) -> Option<Translation> {
    let other = catalog.translations(page).find(|&id| catalog.card(id).place.language == language)?;
    Some((title(catalog, other), catalog.permalink(other).to_string()))
}

/// The same list in another language; it has a title only if a page introduces it.
fn list(catalog: &Catalog, path: &str, language: LanguageIndex) -> Option<Translation> {
    let lists = catalog.lists();
    let (_, own) = lists.iter().find(|(_, list)| list.language == 0 && list.path == path)?;
    let other = lists.get(lists.find(&own.kind, language)?);
    Some((other.page.and_then(|page| title(catalog, page)), other.path.clone()))
}

/// The same index of topics, people and so on in another language.
fn index(
    site: &Site,
    catalog: &Catalog,
    theme: &Theme,
    (path, language): (&str, LanguageIndex),
) -> Option<Translation> {
    let folder = |home, kind: TermKind| format!("{}{}/", site.home(home), kind.folder());
    if path == quotes::path(site, 0) {
        let quoting = quotes::index_languages(site, catalog).contains(&language);
        return quoting
            .then(|| (Some(theme.word(language, quotes::TITLE).to_string()), quotes::path(site, language)));
    }
    let kind = TermKind::ALL.into_iter().find(|&kind| path == folder(0, kind))?;
    catalog.terms_in(kind, language).next()?;
    Some((Some(theme.word(language, kind.folder()).to_string()), folder(language, kind)))
}

fn title(catalog: &Catalog, page: PageId) -> Option<String> {
    Some(catalog.card(page).title.to_string()).filter(|title| !title.is_empty())
}
