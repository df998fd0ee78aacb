//! `sitemap.xml`: every public address with the date of its last change; an index of parts beyond 50,000.

use super::World;
use super::xml::Xml;
use crate::catalog::PageId;
use crate::source::card::Standing;
use crate::source::path::Role;

/// The most addresses that one file may hold, by the protocol of sitemaps.org.
const ADDRESSES_MAX: usize = 50_000;
const NAMESPACE: (&str, &str) = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");

/// How many parts the sitemap has; one part is `sitemap.xml` itself.
pub(super) fn parts(world: &World<'_>) -> usize {
    addresses(world).len().div_ceil(ADDRESSES_MAX).max(1)
}

/// The path of one part, when there are several.
pub(super) fn part_path(part: usize) -> String {
    format!("/sitemap-{}.xml", part + 1)
}

/// The index of all parts.
pub(super) fn index(world: &World<'_>) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.element("sitemapindex", &[NAMESPACE], |xml| {
        for part in 0..parts(world) {
            xml.element("sitemap", &[], |xml| xml.text("loc", &[], &world.url(&part_path(part))));
        }
    });
    xml.finish()
}

/// One part.
pub(super) fn part(world: &World<'_>, part: usize) -> Vec<u8> {
    let all = addresses(world);
    let own = all.into_iter().skip(part * ADDRESSES_MAX).take(ADDRESSES_MAX);
    let mut xml = Xml::new();
    xml.element("urlset", &[NAMESPACE], |xml| {
        for (path, page) in own {
            xml.element("url", &[], |xml| {
                xml.text("loc", &[], &world.url(&path));
                let card = page.map(|page| world.catalog.card(page));
                if let Some(changed) = card.and_then(crate::source::card::Card::changed) {
                    xml.text("lastmod", &[], &changed.text(&world.site.timezone));
                }
            });
        }
    });
    xml.finish()
}

/// Lists first, then pages from the oldest on, so that a new page changes only the last part.
fn addresses(world: &World<'_>) -> Vec<(String, Option<PageId>)> {
    let catalog = world.catalog;
    let mut all: Vec<(String, Option<PageId>)> =
        catalog.lists().iter().map(|(_, list)| (list.path.clone(), None)).collect();
    for (kind, language) in super::target::term_indexes(world) {
        all.push((format!("{}{}/", world.site.home(language), kind.folder()), None));
    }
    // By path, so that a new term moves no other.
    all.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let unlisted = |id: &PageId| catalog.card(*id).standing == Standing::Listed;
    let undated = catalog.ids().filter(|&id| {
        let role = matches!(catalog.card(id).place.role, Role::Page | Role::Entry);
        role && catalog.visibility(id).is_listed() && catalog.card(id).published().is_none()
    });
    all.extend(undated.filter(unlisted).map(|id| (catalog.permalink(id).to_string(), Some(id))));
    let dated = catalog.listed().iter().rev().filter(|&&id| catalog.card(id).published().is_some());
    all.extend(dated.map(|&id| (catalog.permalink(id).to_string(), Some(id))));
    all
}
