//! What people, organisations and places are called in other catalogues: ids, and the addresses they lead to.
//!
//! Knows letters; whether there is such an entry, the catalogue knows.

use super::details::Link;
use super::page::Form;
use crate::table::{Key, Shape, View};

/// A catalogue that others keep.
struct Catalogue {
    key: &'static str,
    name: &'static str,
    /// What the id is added to.
    address: &'static str,
}

const fn catalogue(key: &'static str, name: &'static str, address: &'static str) -> Catalogue {
    Catalogue { key, name, address }
}

const CATALOGUES: [Catalogue; 8] = [
    catalogue("wikidata", "Wikidata", "https://www.wikidata.org/wiki/"),
    catalogue("viaf", "VIAF", "https://viaf.org/viaf/"),
    catalogue("isni", "ISNI", "https://isni.org/isni/"),
    catalogue("gnd", "GND", "https://d-nb.info/gnd/"),
    catalogue("orcid", "ORCID", "https://orcid.org/"),
    catalogue("ror", "ROR", "https://ror.org/"),
    catalogue("lei", "LEI", "https://search.gleif.org/#/record/"),
    catalogue("geonames", "GeoNames", "https://www.geonames.org/"),
];

const fn key(name: &'static str, meaning: &'static str) -> Key {
    Key { name, shape: Shape::Text, meaning }
}

/// The keys of `ids`.
pub(super) const KEYS: &[Key] = &[
    key("wikidata", "Of Wikidata, such as Q42."),
    key("viaf", "Of the Virtual International Authority File."),
    key("isni", "The ISNI, without spaces."),
    key("gnd", "Of the German national library."),
    key("orcid", "The ORCID of a researcher."),
    key("ror", "Of the Research Organization Registry."),
    key("lei", "The legal entity identifier."),
    key("geonames", "Of GeoNames, for places."),
];

/// The addresses that the ids of a front matter lead to.
pub(super) fn links(view: &View<'_>) -> Vec<Link> {
    let Some(ids) = view.table("ids") else { return Vec::new() };
    let link = |of: &Catalogue| {
        let id = ids.text(of.key).filter(|id| is_id(id))?;
        Some(Link { title: of.name.to_string(), url: format!("{}{id}", of.address) })
    };
    CATALOGUES.iter().filter_map(link).collect()
}

/// Notes what can be no id.
pub(super) fn check(form: &mut Form<'_, '_, '_>) {
    let Some(ids) = form.view.table("ids") else { return };
    for Catalogue { key, .. } in &CATALOGUES {
        if ids.text(key).is_some_and(|id| !is_id(id)) {
            let span = ids.span(key).unwrap_or(0..0);
            let label = "letters, digits and hyphens, without the address: wikidata = \"Q42\"";
            form.reader.error(span, format!("`{key}` is no id"), label);
        }
    }
}

fn is_id(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
