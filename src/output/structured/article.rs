//! A briefing as an article, and an ordinary page.
//!
//! Types by kind: briefs and readouts are news; assessments, sitreps and advisories are reports, which a body issues under
//! its own name; a live page is a live blog once it has an update, without which it lacks what such a type needs.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::node::Node;
use super::organisation::Common;
use super::{Whereabouts, quotation, webpage};
use crate::output::story::{Named, Story};
use crate::source::card::Kind;
use crate::source::details::{CitedSource, Correction, Details};

/// Corrections of these kinds say that something was wrong.
const WRONG: [&str; 3] = ["correction", "clarification", "retraction"];
/// Headlines of updates are cut from their text.
const HEADLINE_CHARS_MAX: usize = 80;

/// A briefing.
pub(super) fn node(
    around: &Whereabouts,
    common: &Common,
    (story, details): (&Story<'_>, &Details),
    zone: &TimeZone,
) -> Value {
    let moment = |moment: Option<crate::source::moment::Moment>| moment.map(|moment| moment.text(zone));
    let updates: Vec<&Correction> = details.corrections.iter().filter(|one| one.kind == "update").collect();
    let kind = type_of(story.kind, !updates.is_empty());
    let node = Node::of(kind)
        .with("@id", identity(&story.url))
        .with("url", story.url.as_str())
        .with("mainEntityOfPage", story.url.as_str())
        .with("identifier", story.id.as_str())
        .with("headline", around.title.as_str())
        .text("description", story.summary)
        .text("abstract", &details.key_points.join(" "))
        .with("inLanguage", story.lang)
        .with("isAccessibleForFree", true)
        .maybe("datePublished", moment(story.published))
        .maybe("dateModified", moment(story.changed))
        .maybe("expires", moment(story.expires))
        // What is known up to then; before that, without a beginning.
        .maybe("temporalCoverage", moment(story.as_of).map(|as_of| format!("../{as_of}")))
        .with("version", details.version())
        .maybe("creativeWorkStatus", details.is_retracted().then_some("Retracted"))
        .all("author", authors(story, common))
        .with("publisher", common.stub.clone())
        .maybe("copyrightNotice", common.copyright.as_deref())
        .maybe("articleSection", story.collection.as_ref().map(|collection| collection.name.as_str()))
        .maybe("image", image(story, common))
        .all("isPartOf", part_of(story, common))
        .maybe("reportNumber", story.number.filter(|_| kind == "Report").map(|number| number.to_string()))
        .all("about", about(story))
        .all("contentLocation", story.places.iter().map(|place| named("Place", place)))
        .all("citation", details.sources.iter().filter(|source| !source.title.is_empty()).map(citation))
        .all("correction", details.corrections.iter().filter(|one| is_wrong(one)).map(comment));
    let node = translations(quotation::parts(node, around), around);
    if kind == "LiveBlogPosting" { live(node, story, &updates, zone).value() } else { node.value() }
}

/// An ordinary page: what it is, its file name says.
pub(super) fn page(around: &Whereabouts, common: &Common, story: &Story<'_>, zone: &TimeZone) -> Value {
    let kind = match story.stem {
        "about" => "AboutPage",
        "contact" => "ContactPage",
        _ => "WebPage",
    };
    let moment = |moment: Option<crate::source::moment::Moment>| moment.map(|moment| moment.text(zone));
    let author = |author: &Named| named("Person", author);
    let node = webpage(kind, around, common)
        .maybe("datePublished", moment(story.published))
        .maybe("dateModified", moment(story.changed))
        .maybe("expires", moment(story.expires))
        .maybe("primaryImageOfPage", story.image.as_ref().map(|(url, alt)| picture(url, alt)))
        .all("author", story.authors.iter().map(author))
        .all("about", about(story));
    translations(quotation::parts(node, around), around).value()
}

/// The type of a briefing.
fn type_of(kind: Kind, has_updates: bool) -> &'static str {
    match kind {
        Kind::Live if has_updates => "LiveBlogPosting",
        Kind::Brief | Kind::Readout | Kind::Live => "NewsArticle",
        Kind::Assessment | Kind::Sitrep | Kind::Advisory => "Report",
    }
}

/// What a briefing is called in graphs, on whatever page.
pub(super) fn identity(url: &str) -> String {
    format!("{url}#article")
}

/// Something with a name, and with its page if it has one.
pub(super) fn named(kind: &str, named: &Named) -> Value {
    Node::of(kind).with("name", named.name.as_str()).maybe("url", named.url.as_deref()).value()
}

/// Who wrote it; where nobody is named, the publisher answers for it.
fn authors(story: &Story<'_>, common: &Common) -> Vec<Value> {
    if story.authors.is_empty() {
        return vec![common.stub.clone()];
    }
    story.authors.iter().map(|author| named("Person", author)).collect()
}

fn picture(url: &str, alt: &str) -> Value {
    Node::of("ImageObject").with("url", url).text("caption", alt).value()
}

fn image(story: &Story<'_>, common: &Common) -> Option<Value> {
    let own = story.image.as_ref().map(|(url, alt)| picture(url, alt));
    own.or_else(|| common.image.as_deref().map(|url| picture(url, "")))
}

/// The issue of its periodical, or the series without numbers; and the site.
fn part_of(story: &Story<'_>, common: &Common) -> Vec<Value> {
    let series = story.series.as_ref().map(|series| match story.number {
        None => named("CreativeWorkSeries", series),
        Some(number) => Node::of("PublicationIssue")
            .with("issueNumber", number)
            .with("isPartOf", named("Periodical", series))
            .value(),
    });
    series.into_iter().chain([Node::reference(&format!("{}#website", common.home))]).collect()
}

fn about(story: &Story<'_>) -> Vec<Value> {
    let kinds =
        [("Person", &story.people), ("Organization", &story.organisations), ("DefinedTerm", &story.topics)];
    kinds.into_iter().flat_map(|(kind, all)| all.iter().map(move |one| named(kind, one))).collect()
}

fn citation(source: &CitedSource) -> Value {
    let publisher =
        source.publisher.as_deref().map(|name| Node::of("Organization").with("name", name).value());
    Node::of("CreativeWork")
        .with("name", source.title.as_str())
        .maybe("url", source.url.as_deref())
        .maybe("publisher", publisher)
        .maybe("datePublished", source.published.as_deref())
        .maybe("archivedAt", source.archived_url.as_deref())
        .maybe("creativeWorkStatus", (source.status.as_deref() == Some("retracted")).then_some("Retracted"))
        .value()
}

fn is_wrong(correction: &Correction) -> bool {
    WRONG.contains(&correction.kind.as_str())
}

fn comment(correction: &Correction) -> Value {
    Node::of("CorrectionComment")
        .with("text", correction.text.as_str())
        .with("datePublished", correction.date.as_str())
        .value()
}

/// Translations among each other: the site's own language has the original.
fn translations(node: Node, around: &Whereabouts) -> Node {
    let all = around.translations.iter().map(|other| Node::reference(&identity(&other.url)));
    let property = if around.is_translated { "translationOfWork" } else { "workTranslation" };
    // Of which of several others a translation is one, only the original answers.
    let most = if around.is_translated { 1 } else { usize::MAX };
    node.all(property, all.take(most))
}

fn live(node: Node, story: &Story<'_>, updates: &[&Correction], zone: &TimeZone) -> Node {
    let update = |update: &&Correction| {
        Node::of("BlogPosting")
            .with("headline", headline(&update.text))
            .with("articleBody", update.text.as_str())
            .with("datePublished", update.date.as_str())
            .value()
    };
    node.maybe("coverageStartTime", story.published.map(|moment| moment.rfc3339(zone)))
        .maybe("coverageEndTime", story.expires.map(|moment| moment.rfc3339(zone)))
        .with("liveBlogUpdate", updates.iter().map(update).collect::<Vec<_>>())
}

/// The first words of a text.
fn headline(text: &str) -> String {
    match text.char_indices().nth(HEADLINE_CHARS_MAX) {
        None => text.to_string(),
        Some((end, _)) => {
            let cut = text[..end].rfind(' ').unwrap_or(end);
            format!("{}…", &text[..cut])
        }
    }
}
