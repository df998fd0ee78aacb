//! Old addresses: a page that leads on without a script, and the rule file that hosts read.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;

use super::World;
use super::body::escaped;
use super::given::Given;
use crate::catalog::PageId;
use crate::source::card::Standing;
use crate::theme::language;

/// Where an old address leads.
pub(super) struct Moved<'w> {
    lang: &'w str,
    title: Cow<'w, str>,
    url: String,
}

/// Where the old addresses of a page lead.
pub(super) fn moved<'w>(world: &'w World<'_>, id: PageId) -> Moved<'w> {
    let card = world.catalog.card(id);
    let lang = &world.site.language(card.place.language).code;
    Moved { lang, title: world.shown_title(id), url: world.url(world.catalog.permalink(id)) }
}

/// The page at an old address. Works under a strict Content-Security-Policy: it needs neither script nor style.
pub(super) fn page(moved: &Moved<'_>) -> String {
    let lang = moved.lang;
    let dir = language::direction(lang);
    let url = escaped(&moved.url);
    let title = escaped(&moved.title);
    format!(
        "<!doctype html>\n<html lang=\"{lang}\" dir=\"{dir}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <link rel=\"canonical\" href=\"{url}\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={url}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n</head>\n\
         <body>\n<p><a href=\"{url}\">{title}</a></p>\n</body>\n</html>\n"
    )
}

/// The rule file of redirects, for hosts that take a folder and read it there.
pub const REDIRECTS: &str = "_redirects";

/// Old addresses, each with the one that it leads to. Anybody can read the rules, and so find no unlisted page in them: its
/// old addresses have pages that lead on.
pub(super) fn all<'w>(world: &'w World<'_>) -> Vec<(&'w str, &'w str)> {
    let catalog = world.catalog;
    let shown = catalog.ids().filter(|&id| catalog.has_page_or_leaks(id, "gate of redirects"));
    let rules = |id| catalog.aliases(id).iter().map(move |alias| (alias.as_str(), catalog.permalink(id)));
    shown.filter(|&id| catalog.card(id).standing != Standing::Unlisted).flat_map(rules).collect()
}

/// Addresses behind which there is nothing any more.
#[derive(Debug, Serialize)]
pub(super) struct Gone<'w> {
    /// The addresses.
    pub(super) paths: Vec<&'w str>,
    /// What hosts show there.
    instead: Option<&'static str>,
}

/// The addresses of pages that are gone, unless something else has taken them.
pub(super) fn gone<'w>(world: &'w World<'_>) -> Gone<'w> {
    let catalog = world.catalog;
    let was_public = |&id: &PageId| !catalog.visibility(id).has_page() && catalog.withdrawn(id).is_some();
    let mut gone: BTreeSet<&str> = catalog.ids().filter(was_public).map(|id| catalog.permalink(id)).collect();
    if !gone.is_empty() {
        let lists = catalog.lists().iter().map(|(_, list)| list.path.as_str());
        let shown = catalog.ids().filter(|&id| catalog.visibility(id).has_page());
        for id in shown {
            gone.remove(catalog.permalink(id));
            catalog.aliases(id).iter().for_each(|alias| {
                gone.remove(alias.as_str());
            });
        }
        lists.for_each(|path| {
            gone.remove(path);
        });
    }
    let instead = world.site.outputs.not_found.then_some("/404.html");
    Gone { paths: gone.into_iter().collect(), instead }
}

/// The rule file: a rule a line, as `from to code`. `own` is what the site's own file of that name says; it comes first.
pub(super) fn rules(given: &Given<'_>, own: Option<&str>) -> String {
    let mut rules = String::new();
    if let Some(own) = own {
        rules.push_str(own.trim_end());
        rules.push('\n');
    }
    for (alias, permalink) in given.redirects() {
        // The code stands there because hosts differ in what they take an absent one for.
        rules.push_str(&format!("{} {} 301\n", given.path(alias), given.path(permalink)));
    }
    let Gone { paths, instead } = given.gone();
    for permalink in paths {
        // A host that knows no such code passes the rule over, and answers that there is nothing, which is true too.
        let instead = instead.map_or(String::new(), |path| format!("{} ", given.path(path)));
        rules.push_str(&format!("{} {instead}410\n", given.path(permalink)));
    }
    rules
}
