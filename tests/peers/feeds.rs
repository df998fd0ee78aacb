//! Feeds that readers elsewhere can use: well-formed, with addresses that work outside of the site, and permanent ids.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::scratch::{Built, NOW, Site, everything};

/// A site below a path, with every form of address that a body can hold.
fn site() -> Site {
    let site = Site::new()
        .settings("[publisher]\nname = \"Desk & <Sons>\"\nemail = \"desk@example.org\"")
        .briefing("people/ann.md", "title = \"Ann\"", "")
        .briefing("news/other.md", "title = \"Other\"\ndate = 2026-01-02", "## Part\n\nText.")
        .briefing(
            "news/2026-01-01-first/index.md",
            "title = \"First <b> & ]]> “last”\\u0001\"\nsummary = \"a < b & c\"\nauthors = [\"Ann\", \"Bob & Co\"]\nimage = \"map.png\"\nimage_alt = \"A map\"",
            BODY,
        )
        .file("content/news/2026-01-01-first/map.png", "map")
        .file("content/news/2026-01-01-first/large map.png", "large")
        .file("content/chart.svg", "<svg/>");
    site.edit("site.toml", |text| text.replace("https://example.org/", "https://example.org/desk/"));
    site
}

const BODY: &str = r##"## Here

![A map](map.png) and ![again](<large map.png>) and ![up](../../chart.svg).

[Other](../other.md), [its part](../other.md#part), [here](#here), [by address](/news/), [above](../),
[Ann](@ann), [mail](mailto:a@example.org), <https://example.net/x?a=1&b=2>, [file](../../chart.svg?x=1#y)

<img src="map.png" srcset="map.png 1x, large%20map.png 2x" alt="">
<a href="../../chart.svg">raw</a> <a href="#here">raw here</a>

A note.[^n] “Control \u0001 ]]>”

[^n]: With a [link](../other.md).
"##;

/// Text of every element of a name, and every value of an attribute called `href`, `src` or `url`.
struct Read {
    texts: Vec<(String, String)>,
    addresses: Vec<String>,
}

/// Reads XML to its end; what is not well-formed fails the test.
fn read(xml: &str) -> Read {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut read = Read { texts: Vec::new(), addresses: Vec::new() };
    let mut open: Vec<String> = Vec::new();
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error} in {xml}")) {
            Event::Eof => break,
            Event::Start(tag) => {
                attributes(&tag, &mut read.addresses);
                open.push(tag.name().as_ref().to_string());
                read.texts.push((open.last().unwrap().clone(), String::new()));
            }
            Event::Empty(tag) => attributes(&tag, &mut read.addresses),
            Event::End(_) => {
                open.pop().expect("an element that was opened");
            }
            Event::Text(text) => push(&mut read, &open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                let character = reference.resolve_char_ref().unwrap();
                let text = character
                    .map(String::from)
                    .or_else(|| quick_xml::escape::resolve_predefined_entity(&name).map(str::to_string));
                push(&mut read, &open, &text.unwrap_or_else(|| panic!("unknown entity &{name};")));
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "{open:?} were never closed");
    let legal = |c: char| c >= ' ' || "\t\n\r".contains(c);
    assert!(xml.chars().all(legal), "XML has no such characters");
    read
}

fn push(read: &mut Read, open: &[String], text: &str) {
    if let Some(element) = open.last() {
        let own = read.texts.iter_mut().rev().find(|(name, _)| name == element);
        own.expect("an element that was opened").1.push_str(text);
    }
}

fn attributes(tag: &quick_xml::events::BytesStart<'_>, addresses: &mut Vec<String>) {
    for attribute in tag.attributes() {
        let attribute = attribute.unwrap();
        if matches!(attribute.key.as_ref(), "href" | "src" | "url" | "uri") {
            addresses.push(attribute.value.replace("&amp;", "&"));
        }
    }
}

impl Read {
    fn all(&self, element: &str) -> Vec<&str> {
        self.texts.iter().filter(|(name, _)| name == element).map(|(_, text)| text.as_str()).collect()
    }
}

/// Every address in a piece of HTML.
fn addresses(html: &str) -> Vec<String> {
    let mut all = Vec::new();
    for attribute in [" href=\"", " src=\"", " srcset=\"", " cite=\""] {
        for rest in html.split(attribute).skip(1) {
            let value = rest.split('"').next().unwrap().replace("&amp;", "&");
            match attribute {
                " srcset=\"" => {
                    all.extend(value.split(", ").map(|one| one.split(' ').next().unwrap().to_string()));
                }
                _ => all.push(value),
            }
        }
    }
    all
}

/// An address is absolute, and one on this site leads to one of its files.
fn assert_leads_somewhere(built: &Built, address: &str) {
    let elsewhere = ["https://example.net/", "mailto:", "https://crates.io/"];
    if elsewhere.iter().any(|start| address.starts_with(start)) {
        return;
    }
    let path = address.strip_prefix("https://example.org/desk/");
    let path = path.unwrap_or_else(|| panic!("{address} is not absolute, or leads out of the site"));
    let path = path.split(['#', '?']).next().unwrap().replace("%20", " ");
    let file = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path };
    assert!(built.has(&file), "{address} leads to nothing");
}

#[test]
fn every_address_in_a_feed_is_absolute_and_leads_somewhere() {
    let built = site().build_soundly(NOW);
    let json: serde_json::Value = serde_json::from_str(built.text("feed.json")).unwrap();
    let items = json["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let (atom, rss) = (read(built.text("feed.xml")), read(built.text("rss.xml")));
    let html: Vec<&str> = items.iter().map(|item| item["content_html"].as_str().unwrap()).collect();
    let first = html.iter().find(|html| html.contains("map.png")).unwrap();
    let all = addresses(first);
    for expected in [
        "https://example.org/desk/news/2026-01-01-first/map.png",
        "https://example.org/desk/news/2026-01-01-first/large%20map.png",
        "https://example.org/desk/chart.svg",
        "https://example.org/desk/chart.svg?x=1#y",
        "https://example.org/desk/news/other/#part",
        "https://example.org/desk/news/2026-01-01-first/#here",
        "https://example.org/desk/news/",
        "https://example.org/desk/people/ann/",
        "https://example.net/x?a=1&b=2",
    ] {
        assert!(all.iter().any(|address| address == expected), "{expected} is not among {all:#?}");
    }
    let single = ["home_page_url", "feed_url"].map(|key| json[key].as_str().unwrap().to_string());
    let of_items = items.iter().flat_map(|item| ["url", "image"].map(|key| item[key].as_str()));
    let texts = [atom.addresses.clone(), rss.addresses.clone(), single.to_vec()].concat();
    let links = rss.all("link").into_iter().map(str::to_string);
    for address in html.iter().flat_map(|html| addresses(html)).chain(texts).chain(links) {
        assert_leads_somewhere(&built, &address);
    }
    of_items.flatten().for_each(|address| assert_leads_somewhere(&built, address));
    // The three say the same.
    assert_eq!(atom.all("content"), html);
    assert_eq!(rss.all("content:encoded"), html);
}

#[test]
fn feeds_say_the_same_titles_authors_and_ids() {
    let built = site().build_soundly(NOW);
    let json: serde_json::Value = serde_json::from_str(built.text("feed.json")).unwrap();
    let (atom, rss) = (read(built.text("feed.xml")), read(built.text("rss.xml")));
    let of = |key: &str| -> Vec<String> {
        let items = json["items"].as_array().unwrap().iter();
        items.map(|item| item[key].as_str().unwrap().replace('\u{1}', "")).collect()
    };
    assert_eq!(atom.all("title")[1..], of("title"));
    assert_eq!(rss.all("title")[1..], of("title"));
    assert_eq!(atom.all("id")[1..], of("id"));
    assert_eq!(rss.all("guid"), of("id"));
    // In RSS <author> wants a mail address; names go elsewhere.
    assert_eq!(rss.all("author"), Vec::<&str>::new());
    assert_eq!(rss.all("dc:creator"), ["Ann", "Bob & Co"]);
    for date in atom.all("updated").into_iter().chain(atom.all("published")) {
        date.parse::<jiff::Timestamp>().unwrap_or_else(|error| panic!("{date}: {error}"));
    }
    for date in rss.all("pubDate").into_iter().chain(rss.all("lastBuildDate")) {
        jiff::fmt::rfc2822::parse(date).unwrap_or_else(|error| panic!("{date}: {error}"));
    }
}

#[test]
fn ids_survive_another_domain_another_path_and_another_slug() {
    let site = site();
    let ids =
        |built: &Built| read(built.text("feed.xml")).all("id").into_iter().map(str::to_string).collect();
    let before: Vec<String> = ids(&site.build_soundly(NOW));
    site.edit("site.toml", |text| text.replace("https://example.org/desk/", "https://elsewhere.example/"));
    site.edit("content/news/other.md", |text| text.replace("title", "slug = \"renamed\"\ntitle"));
    let built = site.build_soundly(NOW);
    assert!(built.has("news/renamed/index.html"));
    assert_eq!(before, ids(&built) as Vec<String>);
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), before.len(), "ids are not unique: {before:?}");
}

#[test]
fn everything_in_xml_and_json_is_well_formed() {
    let built = everything::everything(60).build_soundly(NOW);
    let mut counted = 0;
    for path in built.paths() {
        if path.ends_with(".xml") {
            read(built.text(path));
            counted += 1;
        } else if path.ends_with(".json") {
            serde_json::from_str::<serde_json::Value>(built.text(path)).unwrap();
            counted += 1;
        }
    }
    assert!(counted > 20, "only {counted} feeds and sitemaps");
}

/// The ids of the entries of an Atom feed, in order, each with its title and `updated`; then the tombstones.
fn atom(built: &Built, path: &str) -> (Vec<(String, String, String)>, Vec<String>) {
    let xml = built.text(path);
    let part = |text: &str, from: &str, to: &str| {
        text.split(from).nth(1).unwrap_or_default().split(to).next().unwrap_or_default().to_string()
    };
    let entry = |text: &str| {
        let of = |name: &str| part(text, &format!("<{name}>"), &format!("</{name}>"));
        (of("id"), of("title"), of("updated"))
    };
    let entries = xml.split("<entry>").skip(1).map(entry).collect();
    let stones = xml.split("<at:deleted-entry").skip(1).map(|text| part(text, "ref=\"", "\"")).collect();
    (entries, stones)
}

#[test]
fn a_corrected_briefing_returns_to_the_top_of_a_limited_feed_and_a_withdrawn_one_leaves_a_tombstone() {
    let mut site = Site::new().settings("feed_limit = 20");
    for number in 1..=60 {
        let day = format!("2025-{:02}-{:02}", 1 + number / 28, 1 + number % 28);
        let front = format!("title = \"Item {number}\"\nsummary = \"S.\"\ndate = {day}");
        site = site.briefing(&format!("news/item-{number:02}.md"), &front, "Text.");
    }
    let before = site.build_soundly(NOW);
    let (entries, stones) = atom(&before, "feed.xml");
    assert_eq!((entries.len(), entries[0].1.as_str(), stones.len()), (20, "Item 60", 0));
    let third = entries[2].clone();
    // Ten is not in the feed; a reader who had it knows its id.
    let late = site.build_soundly("2025-01-12T00:00:00Z");
    let (known, _) = atom(&late, "feed.xml");
    let ten = known.iter().find(|(_, title, _)| title == "Item 10").unwrap().0.clone();
    let table = |kind: &str, date: &str| {
        format!("+++\n\n[[corrections]]\ndate = {date}\nkind = \"{kind}\"\ntext = \"It was wrong.\"\n+++")
    };
    let end = |text: String, table: String| {
        let at = text.rfind("+++").unwrap();
        format!("{}{}{}", &text[..at], table.trim_start_matches("+++"), &text[at + 3..])
    };
    site.edit("content/news/item-10.md", |text| end(text, table("correction", "2025-06-01T10:00:00")));
    site.edit("content/news/item-58.md", |text| end(text, table("retraction", "2025-06-02T10:00:00")));
    site.edit("content/news/item-05.md", |text| end(text, table("refile", "2025-06-03T10:00:00")));
    let after = site.build_soundly(NOW);
    let (entries, stones) = atom(&after, "feed.xml");
    assert_eq!(entries.len(), 20);
    assert_eq!((entries[0].0.as_str(), entries[0].1.as_str()), (ten.as_str(), "Item 10"));
    assert!(entries[0].2.starts_with("2025-06-01T10:00:00"), "{entries:?}");
    assert_eq!(entries[1].1, "Item 60");
    assert_eq!((third.1.as_str(), &stones), ("Item 58", &vec![third.0]));
    assert!(!entries.iter().any(|(_, title, _)| title == "Item 5" || title == "Item 58"), "{entries:?}");
    let content = after.text("feed.xml").split("<content").nth(1).unwrap();
    assert!(content.find("It was wrong.").unwrap() < content.find("Text.").unwrap(), "{content}");
    // What stands in the place of a withdrawn text where there are no tombstones, is the notice alone.
    for path in ["rss.xml", "feed.json"] {
        let text = after.text(path);
        assert!(text.contains("RETRACTED: Item 58"), "{path}");
    }
    for path in ["index.html", "news/index.html", "sitemap.xml"] {
        assert!(!after.text(path).contains("item-58"), "{path} shows what was withdrawn");
    }
}
