//! The address of each page: its permalink, from the site's root, not percent-encoded.

use rayon::prelude::*;

use crate::site::{Site, Slugs};
use crate::source::card::Card;
use crate::source::page::Page;
use crate::source::path::Role;
use crate::source::slug::{SlugStyle, slug};

use super::page_terms::PageTerms;
use super::problem::{At, Problem};
use super::terms::Terms;
use super::{Collections, PageId};

/// First parts of addresses that the site itself uses.
pub(super) const RESERVED: [&str; 8] =
    ["topics", "people", "organisations", "places", "series", "sources", "quotes", "corrections"];

/// Names that Windows keeps for devices; a site must build the same on every system.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
/// What the usual file systems allow.
const NAME_BYTES_MAX: usize = 255;

/// Why no file or folder can be called so on every system, if that is so.
pub fn unusable(name: &str) -> Option<&'static str> {
    if is_plain(name) {
        return None;
    }
    let stem = name.split('.').next().unwrap_or_default().as_bytes();
    let port = stem.len() == 4
        && (stem[..3].eq_ignore_ascii_case(b"com") || stem[..3].eq_ignore_ascii_case(b"lpt"))
        && stem[3].is_ascii_digit();
    if matches!(name, "" | "." | "..") {
        Some("it is no name")
    } else if name.len() > NAME_BYTES_MAX {
        Some("it is longer than 255 bytes")
    } else if name.chars().any(forbidden) {
        Some("Windows does not allow control characters and < > : \" | ? * \\")
    } else if name.ends_with(['.', ' ']) {
        Some("Windows allows no dot and no space at the end")
    } else if DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device.as_bytes())) || port {
        Some("Windows keeps this name for a device")
    } else {
        None
    }
}

/// Whether nothing can be wrong with a name: so are nearly all, and every part of every path is looked at.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    // The names of devices are shorter, or stand before a point.
    (5..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(plain)
}

fn forbidden(letter: char) -> bool {
    letter.is_control() || matches!(letter, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\')
}

/// The style of slugs that the site asks for.
pub fn style(site: &Site) -> SlugStyle {
    match site.slugs {
        Slugs::Ascii => SlugStyle::Ascii,
        Slugs::Native => SlugStyle::Native,
    }
}

/// The address of `card`, and what is wrong with it.
pub fn permalink(
    id: PageId,
    card: &Card,
    site: &Site,
    collections: &Collections,
) -> (String, Option<Problem>) {
    let home = site.home(card.place.language);
    let slug = own_slug(card, site);
    let path = match card.place.role {
        Role::Home => return (home, None),
        Role::Collection => {
            return (format!("{home}{}/", collections.slug(card.collection(), site)), None);
        }
        Role::TermIndex(kind) => return (format!("{home}{}/", kind.folder()), None),
        Role::Term(kind) => format!("{home}{}/{}/", kind.folder(), slug),
        // A shared source has no page of its own; the name keeps it apart from all that have.
        Role::Source => return (format!("sources:{}", card.stem()), None),
        Role::Page => format!("{home}{slug}/"),
        Role::Entry => entry(card, (&home, &slug), site, collections),
    };
    let problem = trouble(card, &slug, site, collections);
    let at = if card.slug().is_some() { At::Key("slug") } else { At::File };
    let problem = problem.map(|(message, label)| {
        let problem = Problem::error("address", id, at.clone(), message);
        if at == At::File { problem.help(label) } else { problem.label(label) }
    });
    (path, problem)
}

/// The address of every page, and what is wrong with addresses.
pub(super) fn permalinks(
    pages: &[Page],
    (terms, page_terms): (&Terms, &PageTerms),
    site: &Site,
    collections: &Collections,
) -> (Vec<Box<str>>, Vec<Problem>) {
    let own = |(index, page): (usize, &Page)| {
        let id = PageId::at(u32::try_from(index).expect("page ids are 32 bits"));
        let (path, problem) = permalink(id, &page.card, site, collections);
        // One address for all files of a term: that of its list.
        let path = match (page.card.place.role, page_terms.of(id).first()) {
            (Role::Term(kind), Some(&term)) => {
                let home = site.home(page.card.place.language);
                format!("{home}{}/{}/", kind.folder(), terms.get(term).slug)
            }
            _ => path,
        };
        // Nearly all have none; boxed, so that they take no memory for one.
        (path.into_boxed_str(), problem.map(Box::new))
    };
    let (paths, problems): (Vec<Box<str>>, Vec<Option<Box<Problem>>>) =
        pages.par_iter().enumerate().map(own).unzip();
    (paths, problems.into_iter().flatten().map(|problem| *problem).collect())
}

/// A folder name as it stands in addresses.
pub fn folder_slug(name: &str, site: &Site) -> String {
    slug(name, &site.language(0).code, style(site))
}

fn entry(card: &Card, (home, slug): (&str, &str), site: &Site, collections: &Collections) -> String {
    let Some(pattern) = &collections.settings(card.collection()).permalink else {
        return format!("{home}{}/{slug}/", collections.slug(card.collection(), site));
    };
    let filled = pattern.trim_start_matches('/').replace("{slug}", slug);
    let Some(moment) = card.date else { return format!("{home}{filled}") };
    let (year, month, day) = (moment.day.year(), moment.day.month(), moment.day.day());
    let filled = filled.replace("{year}", &format!("{year:04}"));
    let filled = filled.replace("{month}", &format!("{month:02}")).replace("{day}", &format!("{day:02}"));
    format!("{home}{filled}")
}

/// The last part of a page's address: the slug it asks for, or one made from its name.
pub fn own_slug(card: &Card, site: &Site) -> String {
    match card.slug() {
        Some(slug) => slug.to_string(),
        None => slug(card.stem(), &site.language(card.place.language).code, style(site)),
    }
}

fn trouble(
    card: &Card,
    slug: &str,
    site: &Site,
    collections: &Collections,
) -> Option<(String, &'static str)> {
    let digits = slug.len() == 4 && slug.bytes().all(|byte| byte.is_ascii_digit());
    let root = card.place.role == Role::Page;
    if slug.is_empty() {
        return Some(("no address can be made from this name".into(), "give it one: slug = \"…\""));
    }
    if let Some(why) = unusable(slug) {
        let shown: String = slug.chars().take(40).collect();
        let message = format!("`{shown}` cannot be a file name on every system: {why}");
        return Some((message, "choose another: slug = \"…\""));
    }
    if digits && card.place.role == Role::Entry || slug == "page" {
        return Some((format!("the slug `{slug}` is kept for lists"), "choose another: slug = \"…\""));
    }
    if root
        && (RESERVED.contains(&slug) || site.language_index(slug).is_some() || collections.has_address(slug))
    {
        return Some((
            format!("the address `/{slug}/` is taken by the site itself"),
            "choose another: slug = \"…\"",
        ));
    }
    let dated = |pattern: &String| ["{year}", "{month}", "{day}"].iter().any(|name| pattern.contains(name));
    if card.place.role == Role::Entry
        && card.date.is_none()
        && collections.settings(card.collection()).permalink.as_ref().is_some_and(dated)
    {
        return Some(("the address needs a date".into(), "give the page a date: date = 2026-11-23"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_usable_and_no_device_or_overlong_name_is_plain() {
        for usable in ["a", "index", "com10", "briefing-0001", "console", &"a".repeat(NAME_BYTES_MAX)] {
            assert_eq!(unusable(usable), None, "{usable}");
        }
        for unusable_name in
            ["con", "com1", "lpt9.html", "nul.txt", "a:b-c", "ends.", &"a".repeat(NAME_BYTES_MAX + 1)]
        {
            assert!(unusable(unusable_name).is_some(), "{unusable_name}");
        }
    }
}
