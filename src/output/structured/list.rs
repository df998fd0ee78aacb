//! A list as a page, and the way from the home page to any page.

use serde_json::Value;

use super::node::Node;
use super::organisation::Common;
use super::{Sort, Whereabouts, webpage};

/// A list: which items it shows, its own links say.
pub(super) fn page(around: &Whereabouts, common: &Common) -> Value {
    let kind = if around.sort == Sort::Home { "WebPage" } else { "CollectionPage" };
    webpage(kind, around, common).value()
}

/// The way from the home page.
pub(super) fn breadcrumbs(around: &Whereabouts, common: &Common) -> Value {
    let home = (common.title.clone(), common.home.clone());
    let steps = std::iter::once(&home).chain(&around.crumbs);
    let step = |(position, (name, url)): (usize, &(String, String))| {
        let step = Node::of("ListItem").with("position", position + 1);
        step.with("name", name.as_str()).with("item", url.as_str()).value()
    };
    Node::of("BreadcrumbList")
        .with("itemListElement", steps.enumerate().map(step).collect::<Vec<_>>())
        .value()
}
