//! Old addresses: a page that leads on without a script, and the rule file that hosts read.

use super::World;
use super::body::escaped;
use crate::catalog::PageId;

/// The page at an old address. Works under a strict Content-Security-Policy: it needs neither script nor style.
pub(super) fn page(world: &World<'_>, id: PageId) -> String {
    let card = world.catalog.card(id);
    let lang = &world.site.language(card.place.language).code;
    let dir = crate::theme::language::direction(lang);
    let url = escaped(&world.url(world.catalog.permalink(id)));
    let title = escaped(&card.title);
    format!(
        "<!doctype html>\n<html lang=\"{lang}\" dir=\"{dir}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <link rel=\"canonical\" href=\"{url}\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={url}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n</head>\n\
         <body>\n<p><a href=\"{url}\">{title}</a></p>\n</body>\n</html>\n"
    )
}

/// The name of the rule file.
pub(super) const RULES: &str = "_redirects";

/// The rule file: a rule a line, as `from to code`. `own` is what the site's own file of that name says; it comes first.
pub(super) fn rules(world: &World<'_>, own: Option<&str>) -> String {
    let mut rules = String::new();
    if let Some(own) = own {
        rules.push_str(own.trim_end());
        rules.push('\n');
    }
    for id in world.catalog.ids().filter(|&id| world.catalog.visibility(id).has_page()) {
        for alias in world.catalog.aliases(id) {
            // The code stands there because hosts differ in what they take an absent one for.
            rules.push_str(&format!(
                "{} {} 301\n",
                world.path(alias),
                world.path(world.catalog.permalink(id))
            ));
        }
    }
    rules
}
