//! Dates, titles and identities are the same wherever a briefing is told of: page, feeds, sitemap, JSON-LD and ninjs.
//!
//! Reads the built sample site as a stranger would, text by text.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "other tests rewrite what they expect")]
#[path = "support/desk.rs"]
mod desk;

use std::collections::BTreeMap;

use desk::{Desk, Files, files, package};
use serde_json::Value;

const NOW: &str = "2026-01-01T00:00:00Z";
const BASE: &str = "https://bulletin.example";

/// The repository's own site, built; with feeds that hold everything.
fn built() -> Files {
    let mut input: Files = files(&package("content"))
        .into_iter()
        .map(|(path, bytes)| (format!("content/{path}"), bytes))
        .collect();
    let settings = std::fs::read_to_string(package("site.toml")).unwrap();
    input.insert("site.toml".into(), settings.replace("feed_limit = 20", "feed_limit = 1000").into_bytes());
    let desk = Desk::of(&input);
    let report = desk.build(NOW);
    assert!(!report.failed(), "{}", desk::said(&report));
    files(&desk.root().join("public"))
}

fn text<'f>(files: &'f Files, path: &str) -> &'f str {
    std::str::from_utf8(files.get(path).unwrap_or_else(|| panic!("there is no {path}"))).unwrap()
}

/// What stands between two texts, after the first.
fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

/// The graph of a page.
fn graph(html: &str) -> Vec<Value> {
    let json =
        between(html, "<script type=\"application/ld+json\">", "</script>").expect("a page has a graph");
    assert!(!json.contains('<'), "no tag may begin in a graph");
    let document: Value = serde_json::from_str(json).unwrap();
    assert_eq!(document["@context"], "https://schema.org");
    document["@graph"].as_array().unwrap().clone()
}

fn is_article(node: &Value) -> bool {
    ["NewsArticle", "Report", "LiveBlogPosting"].contains(&node["@type"].as_str().unwrap_or_default())
}

/// What is said of one briefing somewhere: identity, title, published, changed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    id: String,
    title: String,
    published: String,
    changed: String,
}

fn said(of: &Value, [id, title, published, changed]: [&str; 4]) -> Said {
    let own = |name: &str| of[name].as_str().unwrap_or_default().to_string();
    Said { id: own(id), title: own(title), published: own(published), changed: own(changed) }
}

/// The briefings by their addresses, as the graphs of their pages tell of them.
fn articles(site: &Files) -> BTreeMap<String, (Said, String)> {
    let pages = site.iter().filter(|(path, _)| path.ends_with("index.html"));
    let mut all = BTreeMap::new();
    for (path, bytes) in pages {
        let html = std::str::from_utf8(bytes).unwrap();
        if html.contains("http-equiv=\"refresh\"") {
            continue;
        }
        if let Some(article) = graph(html).iter().find(|node| is_article(node)) {
            let told = said(article, ["identifier", "headline", "datePublished", "dateModified"]);
            let url = format!("{BASE}/{}", path.trim_end_matches("index.html"));
            assert_eq!(article["url"], url.as_str());
            all.insert(url, (told, html.to_string()));
        }
    }
    assert!(all.len() > 15, "the sample site has briefings");
    all
}

/// Text as it stands in HTML and XML.
fn unescaped(text: &str) -> String {
    let pairs =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_string(), |text, (entity, plain)| text.replace(entity, plain))
}

/// An instant for a moment of any precision: the day alone begins at midnight in the site's zone.
fn instant(moment: &str) -> jiff::Timestamp {
    let zone = jiff::tz::TimeZone::get("Europe/Kyiv").unwrap();
    moment.parse().unwrap_or_else(|_| {
        let day: jiff::civil::Date = moment.parse().unwrap_or_else(|_| panic!("{moment:?} is no moment"));
        zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).unwrap()
    })
}

fn assert_agrees(place: &str, url: &str, one: &Said, other: &Said) {
    assert_eq!((&one.id, &one.title), (&other.id, &other.title), "{place} of {url}");
    let times = |said: &Said| (instant(&said.published), instant(&said.changed));
    assert_eq!(times(one), times(other), "{place} of {url}");
}

#[test]
fn pages_show_the_titles_and_dates_that_their_graphs_tell() {
    for (url, (told, html)) in articles(&built()) {
        let heading = unescaped(between(&html, "<h1>", "</h1>").unwrap());
        // A label may stand before the title of what was taken back.
        assert!(heading.ends_with(&told.title), "{url}: {heading:?} is not {:?}", told.title);
        let shown: Vec<&str> = html
            .match_indices("<time datetime=\"")
            .filter_map(|(at, _)| between(&html[at..], "\"", "\""))
            .collect();
        assert!(shown.contains(&told.published.as_str()), "{url} shows no {}: {shown:?}", told.published);
        assert!(shown.contains(&told.changed.as_str()), "{url} shows no {}: {shown:?}", told.changed);
        for (property, moment) in [("published", &told.published), ("modified", &told.changed)] {
            let tag = format!("<meta property=\"article:{property}_time\" content=\"{moment}\">");
            assert!(html.contains(&tag), "{url} has no {tag}");
        }
        assert_eq!(unescaped(between(&html, "property=\"og:title\" content=\"", "\"").unwrap()), told.title);
        assert_eq!(between(&html, "property=\"og:url\" content=\"", "\""), Some(url.as_str()));
        assert_eq!(between(&html, "rel=\"canonical\" href=\"", "\""), Some(url.as_str()));
    }
}

#[test]
fn twins_and_their_index_tell_the_same() {
    let site = built();
    let index: Value = serde_json::from_str(text(&site, "ninjs.json")).unwrap();
    let entries = index["associations"].as_array().unwrap();
    let articles = articles(&site);
    for (url, (told, html)) in &articles {
        let path = format!("{}ninjs.json", url.trim_start_matches(BASE).trim_start_matches('/'));
        let twin: Value = serde_json::from_str(text(&site, &path)).unwrap();
        assert_agrees(
            "the twin",
            url,
            told,
            &said(&twin, ["uri", "title", "firstCreated", "versionCreated"]),
        );
        assert!(
            html.contains(&format!(
                "<link rel=\"alternate\" type=\"application/json\" href=\"{BASE}/{path}\">"
            ))
        );
        if html.contains("content=\"noindex\"") {
            continue;
        }
        let entry = entries.iter().find(|entry| entry["uri"] == told.id.as_str()).expect("the index has it");
        assert_agrees(
            "the index",
            url,
            told,
            &said(entry, ["uri", "title", "firstCreated", "versionCreated"]),
        );
        assert_eq!((&entry["version"], &entry["pubStatus"]), (&twin["version"], &twin["pubStatus"]), "{url}");
        assert_eq!(entry["renditions"][0]["href"], format!("{BASE}/{path}"));
    }
    let twins = site.keys().filter(|path| path.ends_with("/ninjs.json")).count();
    assert_eq!(twins, articles.len(), "every briefing has a twin, and nothing else");
}

#[test]
fn feeds_tell_the_same() {
    let site = built();
    let articles = articles(&site);
    let mut seen = 0;
    for (path, _) in site.iter().filter(|(path, _)| path.ends_with("feed.json")) {
        let feed: Value = serde_json::from_str(text(&site, path)).unwrap();
        for item in feed["items"].as_array().unwrap() {
            let url = item["url"].as_str().unwrap();
            let Some((told, _)) = articles.get(url) else { continue };
            assert_agrees(path, url, told, &said(item, ["id", "title", "date_published", "date_modified"]));
            seen += 1;
        }
    }
    for (path, _) in site.iter().filter(|(path, _)| path.ends_with("feed.xml")) {
        for entry in text(&site, path).split("<entry").skip(1) {
            let own = |name: &str| {
                let inner = between(entry, &format!("<{name}"), &format!("</{name}>")).unwrap_or_default();
                unescaped(inner.split_once('>').map_or("", |(_, text)| text))
            };
            let Some((told, _)) = articles.values().find(|(told, _)| told.id == own("id")) else { continue };
            let other = Said {
                id: own("id"),
                title: own("title"),
                published: own("published"),
                changed: own("updated"),
            };
            assert_agrees(path, &other.id, told, &other);
            seen += 1;
        }
    }
    assert!(seen > articles.len(), "the feeds hold briefings");
}

#[test]
fn the_sitemap_tells_the_same() {
    let site = built();
    let sitemap = text(&site, "sitemap.xml");
    let mut seen = 0;
    for (url, (told, _)) in articles(&site) {
        let Some(entry) = between(sitemap, &format!("<loc>{url}</loc>"), "</url>") else { continue };
        assert_eq!(between(entry, "<lastmod>", "</lastmod>"), Some(told.changed.as_str()), "{url}");
        seen += 1;
    }
    assert!(seen > 10, "the sitemap has briefings");
}
