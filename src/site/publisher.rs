//! Who publishes the site, and by which rules: `[publisher]` and `[policies]` of site.toml.

use std::ops::Range;

use super::MenuTarget;
use crate::diagnostic::Place;
use crate::table::{Key, Reader, Shape, View};

/// Who publishes the site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publisher {
    /// The name; the site's title if none is given.
    pub name: String,
    /// Its home page.
    pub url: Option<String>,
    /// Where readers write to.
    pub email: Option<String>,
    /// Its mark.
    pub logo: Option<Leads>,
    /// The picture of pages that have none of their own.
    pub image: Option<Leads>,
    /// Where else it is described.
    pub links: Vec<String>,
}

/// Something that the settings lead to, apart from the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leads {
    /// Where to.
    pub to: MenuTarget,
    /// The place on the page, with its `#`; often empty.
    pub fragment: String,
    /// Where that is written, for messages.
    pub place: Place,
}

/// One statement of the publisher about its own work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What it is about.
    pub about: &'static About,
    /// Where it is.
    pub leads: Leads,
}

/// What a policy is about, in three vocabularies.
#[derive(Debug, PartialEq, Eq)]
pub struct About {
    /// Its key in site.toml.
    pub key: &'static str,
    /// Its property in that of schema.org.
    pub property: &'static str,
    /// Its code among the trust indicators of IPTC, where there is one.
    pub indicator: Option<&'static str>,
}

const fn about(key: &'static str, property: &'static str, indicator: Option<&'static str>) -> About {
    About { key, property, indicator }
}

/// All policies, in the order of the documentation.
pub const POLICIES: [About; 11] = [
    about("principles", "publishingPrinciples", Some("editorialPolicy")),
    about("corrections", "correctionsPolicy", Some("correctionsPolicy")),
    about("ethics", "ethicsPolicy", Some("ethicsPolicy")),
    about("fact_checking", "verificationFactCheckingPolicy", Some("factCheckingPolicy")),
    about("unnamed_sources", "unnamedSourcesPolicy", Some("unnamedSourcesPolicy")),
    about("no_bylines", "noBylinesPolicy", Some("noBylinesPolicy")),
    about("ownership", "ownershipFundingInfo", None),
    about("masthead", "masthead", None),
    about("coverage", "missionCoveragePrioritiesPolicy", Some("coveragePolicy")),
    about("diversity", "diversityPolicy", Some("editorialDiversityPolicy")),
    about("feedback", "actionableFeedbackPolicy", Some("feedbackPolicy")),
];

const fn key(name: &'static str, shape: Shape, meaning: &'static str) -> Key {
    Key { name, shape, meaning }
}

/// The keys of `[publisher]`.
pub(super) const PUBLISHER: &[Key] = &[
    key("name", Shape::Text, "The name; the site's title is the default."),
    key("url", Shape::Text, "Its home page."),
    key("email", Shape::Text, "Where readers write to."),
    key("logo", Shape::Text, "Its mark: a file under content/, a path on this site, or an address."),
    key("image", Shape::Text, "The same for the picture that stands in link previews of pages without one."),
    key("links", Shape::Texts, "Addresses elsewhere that describe it, such as its entry in Wikidata."),
];

/// The keys of `[policies]`.
pub(super) const POLICY_KEYS: &[Key] = &[
    key(
        "principles",
        Shape::Text,
        "The editorial policy as a whole. Each value is a content file such as about.md#corrections, a path on this site, or an address.",
    ),
    key("corrections", Shape::Text, "How mistakes are put right."),
    key("ethics", Shape::Text, "Conduct and conflicts of interest."),
    key("fact_checking", Shape::Text, "How facts are verified."),
    key("unnamed_sources", Shape::Text, "When sources are not named."),
    key("no_bylines", Shape::Text, "When authors are not named."),
    key("ownership", Shape::Text, "Who owns and pays for the publisher."),
    key("masthead", Shape::Text, "Who works there."),
    key("coverage", Shape::Text, "What is covered, and why."),
    key("diversity", Shape::Text, "Whose voices are heard."),
    key("feedback", Shape::Text, "How readers are heard."),
];

/// Reads `[publisher]`.
pub(super) fn publisher(reader: &Reader<'_>, view: &View<'_>, title: &str) -> Publisher {
    let Some(table) = view.table("publisher") else {
        return Publisher { name: title.to_string(), ..Publisher::default() };
    };
    let text = |name: &str| table.text(name).map(str::to_string);
    Publisher {
        name: text("name").unwrap_or_else(|| title.to_string()),
        url: text("url"),
        email: text("email"),
        logo: leads(reader, &table, "logo"),
        image: leads(reader, &table, "image"),
        links: table.texts("links").into_iter().map(str::to_string).collect(),
    }
}

/// Reads `[policies]`.
pub(super) fn policies(reader: &Reader<'_>, view: &View<'_>) -> Vec<Policy> {
    let Some(table) = view.table("policies") else { return Vec::new() };
    let policy = |about: &'static About| Some(Policy { about, leads: leads(reader, &table, about.key)? });
    POLICIES.iter().filter_map(policy).collect()
}

fn leads(reader: &Reader<'_>, table: &View<'_>, name: &str) -> Option<Leads> {
    let text = table.text(name)?;
    let span: Range<usize> = table.span(name).unwrap_or(0..0);
    let place = reader.place(&span);
    if text.contains("://") || text.starts_with("mailto:") {
        return Some(Leads { to: MenuTarget::Url(text.to_string()), fragment: String::new(), place });
    }
    let (path, fragment) = text.split_at(text.find('#').unwrap_or(text.len()));
    let path = path.to_string();
    let to = if path.starts_with('/') { MenuTarget::Path(path) } else { MenuTarget::Page(path) };
    Some(Leads { to, fragment: fragment.to_string(), place })
}
