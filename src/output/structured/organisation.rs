//! The publisher with its policies, and the site: what the graphs of all pages in a language have in common.

use serde::Serialize;
use serde_json::Value;

use super::node::Node;
use crate::catalog::Catalog;
use crate::output::here;
use crate::site::{LanguageIndex, Leads, MenuTarget, Site, encode};

/// What the graphs of all pages in a language have in common; taken once a run.
#[derive(Debug, Serialize)]
pub(in crate::output) struct Common {
    /// The site's title.
    pub(in crate::output) title: String,
    /// The full address of its home page.
    pub(in crate::output) home: String,
    /// The name of the publisher.
    pub(in crate::output) publisher: String,
    /// The publisher as a part of other nodes.
    pub(super) stub: Value,
    /// Site and publisher as nodes, ready to stand in a graph.
    pub(super) nodes: String,
    /// The picture of pages that have none.
    pub(super) image: Option<String>,
    /// The codes of trust indicators, with the property of schema.org and the full address of each.
    pub(in crate::output) policies: Vec<(Option<&'static str>, &'static str, String)>,
    /// The line about rights.
    pub(in crate::output) copyright: Option<String>,
    /// What keeps the identities of this site apart from those of others.
    identity: String,
}

/// What the metadata of all pages in a language have in common.
pub(in crate::output) fn common(site: &Site, catalog: &Catalog, language: LanguageIndex) -> Common {
    let root = site.base_url.root();
    let home = site.base_url.absolute(&here::home(site, catalog, language));
    let id = format!("{root}#publisher");
    let logo = site.publisher.logo.as_ref().and_then(|leads| led(site, catalog, leads));
    let image = site.publisher.image.as_ref().and_then(|leads| led(site, catalog, leads));
    let policies = site.policies.iter();
    let policies: Vec<_> = policies
        .filter_map(|policy| {
            let url = led(site, catalog, &policy.leads)?;
            Some((policy.about.indicator, policy.about.property, url))
        })
        .collect();
    let picture = |url: &String| Node::of("ImageObject").with("url", url.as_str()).value();
    let named = || {
        let named = Node::of("NewsMediaOrganization").with("@id", id.as_str());
        named.with("name", site.publisher.name.as_str()).maybe("logo", logo.as_ref().map(picture))
    };
    let mut publisher = named()
        .with("url", site.publisher.url.as_deref().unwrap_or(&root))
        .maybe("email", site.publisher.email.as_deref().filter(|email| email.contains('@')))
        .all("sameAs", site.publisher.links.iter().map(|link| Value::from(link.as_str())));
    for (_, property, url) in &policies {
        publisher = publisher.with(property, url.as_str());
    }
    let own = site.language(language);
    let title = own.title.as_deref().unwrap_or(&site.title).to_string();
    let website = Node::of("WebSite")
        .with("@id", format!("{home}#website"))
        .with("url", home.as_str())
        .with("name", title.as_str())
        .text("description", own.description.as_deref().unwrap_or(&site.description))
        .with("inLanguage", own.code.as_str())
        .with("publisher", Node::reference(&id));
    Common {
        nodes: format!("{},{}", website.value(), publisher.value()),
        stub: named().value(),
        publisher: site.publisher.name.clone(),
        copyright: site.copyright.clone(),
        identity: site.id.clone(),
        title,
        home,
        image,
        policies,
    }
}

/// The full address of what the settings lead to; none where it is not there, which is told elsewhere, or not public.
pub(in crate::output) fn led(site: &Site, catalog: &Catalog, leads: &Leads) -> Option<String> {
    let absolute = |path: &str| format!("{}{}", site.base_url.absolute(&encode(path)), leads.fragment);
    match &leads.to {
        MenuTarget::Url(url) => Some(url.clone()),
        MenuTarget::Path(path) => Some(absolute(path)),
        MenuTarget::Page(path) => match catalog.page_of_path(path) {
            Some(page) if catalog.visibility(page).has_page() => Some(absolute(catalog.permalink(page))),
            Some(_) => None,
            None => {
                let file = catalog.files().binary_search(path).ok()?;
                (!catalog.is_held(file)).then(|| absolute(&format!("/{path}")))
            }
        },
    }
}
