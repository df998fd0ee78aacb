//! Where the addresses of a published site lead in the one that would be built now.
//!
//! An address is a path from the site's root, not percent-encoded.

use std::collections::HashMap;

use crate::catalog::PageId;
use crate::engine::{Rehearsal, Stop};
use crate::output::{Artifact, Failure, REDIRECTS, index_of};
use crate::site::decode;

/// Where an address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    /// To a page of its own.
    Page(PageId),
    /// Somewhere: to another address, a list, a file.
    Somewhere,
    /// Nowhere.
    Nowhere,
}

/// All that the site answers to.
pub(super) struct Addresses<'r> {
    site: &'r Rehearsal<'r>,
    pages: HashMap<&'r str, PageId>,
    /// The addresses that rules are for, without the base path.
    rules: Vec<String>,
}

impl<'r> Addresses<'r> {
    pub(super) fn of(site: &'r Rehearsal<'r>) -> Result<Self, Stop> {
        let catalog = site.catalog();
        let shown = catalog.ids().filter(|&id| catalog.visibility(id).has_page() && catalog.is_page(id));
        let pages = shown.map(|id| (catalog.permalink(id), id)).collect();
        Ok(Self { site, pages, rules: rules(site)? })
    }

    /// Where an address leads.
    pub(super) fn lead(&self, path: &str) -> Lead {
        if let Some(page) = self.pages.get(path) {
            return Lead::Page(*page);
        }
        let file = index_of(path);
        let is_output = self.site.origin(file.trim_start_matches('/')).is_some();
        let has_rule = || self.rules.iter().any(|rule| is_for(rule, path));
        if is_output || has_rule() { Lead::Somewhere } else { Lead::Nowhere }
    }
}

/// The addresses of all rules that lead on; what is only said to be missing leads nowhere.
fn rules(site: &Rehearsal<'_>) -> Result<Vec<String>, Stop> {
    let bytes = match site.output(REDIRECTS) {
        Ok(Some(Artifact::Bytes(bytes))) => bytes,
        Ok(Some(Artifact::Copy(file))) => site.bytes(&file)?,
        Err(Failure::Fault(fault)) => return Err(fault.into()),
        Ok(None) | Err(Failure::Mistake(_)) => Vec::new(),
    };
    let base = site.world().site.base_url.path().trim_end_matches('/').to_string();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let rule = |line: &str| {
        let mut words = line.split_whitespace();
        let from = words.next().filter(|from| from.starts_with('/'))?;
        let leads = !words.any(|word| word == "404");
        leads.then(|| decode(from.strip_prefix(&*base).unwrap_or(from)).into_owned())
    };
    Ok(text.lines().filter_map(rule).collect())
}

/// Whether a rule is for an address: `:name` stands for one part of a path, `*` for all that follows.
fn is_for(rule: &str, path: &str) -> bool {
    let (mut rule, mut path) = (rule.trim_end_matches('/').split('/'), path.trim_end_matches('/').split('/'));
    loop {
        match (rule.next(), path.next()) {
            (Some("*"), _) | (None, None) => return true,
            (Some(name), Some(_)) if name.starts_with(':') => {}
            (Some(one), Some(other)) if one == other => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_for_what_hosts_take_them_for() {
        for (rule, path, expected) in [
            ("/a/", "/a/", true),
            ("/a", "/a/", true),
            ("/a/*", "/a/b/c/", true),
            ("/a/:year/b", "/a/2024/b/", true),
            ("/a/:year", "/a/2024/b/", false),
            ("/a/b", "/a/", false),
            ("/*", "/x/", true),
        ] {
            assert_eq!(is_for(rule, path), expected, "{rule} {path}");
        }
    }
}
