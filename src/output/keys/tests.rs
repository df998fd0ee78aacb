//! Keys are honest: whatever changes an output changes its key; and frugal: what an edit does not concern keeps its key.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::catalog::Catalog;
use crate::digest::Sha256;
use crate::output::{Artifact, Given, LastOpened, Shared, Texts, pairs, targets};
use crate::site::Site;
use crate::source::page;
use crate::source::tree::Fault;
use crate::theme::{Theme, layer};

const SETTINGS: &str = r#"
title = "Desk"
description = "Short."
base_url = "https://example.org/"
timezone = "Europe/Kyiv"
page_size = 2
feed_limit = 2
copyright = "All ours."
menu = [{ title = "News", path = "/news/" }]
[outputs]
ninjs = true
[security]
contact = ["flaws@example.org"]
expires = 2030-01-01T00:00:00Z
[publisher]
name = "Press"
[languages.uk]
title = "Редакція"
[theme_settings]
tagline = "Daily"
"#;

/// The files of a small site that has everything: `front matter / body` by path.
pub(super) const FILES: [(&str, &str); 13] = [
    ("index.md", "summary = \"Welcome\" / Hello."),
    ("about.md", "title = \"About\" / [News](news/2024-03-02-b.md)"),
    ("about.uk.md", "title = \"Про нас\" / Так."),
    ("people/anna.md", "title = \"Anna\"\nroles = [{ title = \"Envoy\" }] / Born."),
    ("sources/memo.md", "title = \"Memo\"\nurl = \"https://memo.example/\" / None."),
    ("news/index.md", "title = \"News\"\nsummary = \"All news\" / Intro."),
    (
        "news/2024-03-01-a.md",
        "title = \"A\"\nsummary = \"s\"\ntopics = [\"War\", \"Grid\"] / One @ two.\n\n> So.\n>\n> — @anna, 2024-03-03",
    ),
    (
        "news/2024-03-02-b.md",
        "title = \"B\"\nsummary = \"s\"\ntopics = [\"War\", \"Grid\"]\naliases = [\"/old/\"] / [a](2024-03-01-a.md) [^memo]",
    ),
    (
        "news/2024-03-03-c.md",
        "title = \"C\"\nsummary = \"s\"\nauthors = [\"anna\"]\nkey_points = [\"k\"]\nseries = \"Brief\"\nnumber = 3 / [Anna](@anna)",
    ),
    (
        "news/2024-04-04-d.md",
        "title = \"D\"\nsummary = \"s\"\nembargo = 2024-04-04T09:00:00 / First paragraph.\n\n# Head",
    ),
    (
        "news/2023-05-05-e.md",
        "title = \"E\"\nsummary = \"s\"\n[[sources]]\nid = \"x\"\ntitle = \"X\"\n[[corrections]]\ndate = 2023-06-01\nkind = \"update\"\ntext = \"t\" / Cited [^x].",
    ),
    (
        "news/2023-05-06-f.md",
        "title = \"F\"\nsummary = \"s\"\nimage = \"/map.png\"\nimage_alt = \"Map\" / Text.",
    ),
    ("news/2023-05-06-f.uk.md", "title = \"Ф\"\nsummary = \"s\" / Текст."),
];

/// One edit: the file, what to replace in it, and by what. An empty text to replace means the whole file.
pub(super) type Edit = (&'static str, &'static str, &'static str);

pub(super) const EDITS: [Edit; 43] = [
    ("site.toml", "ninjs = true", "ninjs = false"),
    ("site.toml", "ninjs = true", "ninjs = true\nstructured_data = false"),
    ("site.toml", "\"Desk\"", "\"Office\""),
    ("site.toml", "Short.", "Long."),
    ("site.toml", "https://example.org/", "https://example.com/"),
    ("site.toml", "https://example.org/", "https://example.org/desk/"),
    ("site.toml", "Europe/Kyiv", "Asia/Tokyo"),
    ("site.toml", "page_size = 2", "page_size = 3"),
    ("site.toml", "feed_limit = 2", "feed_limit = 3"),
    ("site.toml", "All ours.", "Yours."),
    ("site.toml", "title = \"News\"", "title = \"Latest\""),
    ("site.toml", "\"Press\"", "\"Paper\""),
    ("site.toml", "\"Редакція\"", "\"Стіл\""),
    ("site.toml", "\"Daily\"", "\"Weekly\""),
    ("site.toml", "feed_limit = 2", "html = \"on\""),
    ("site.toml", "feed_limit = 2", "id = \"other\""),
    ("site.toml", "ninjs = true", "ninjs = true\nsitemap = false"),
    ("site.toml", "ninjs = true", "ninjs = true\nlist_feeds = false"),
    ("site.toml", "[languages.uk]", "[languages.de]\n[languages.uk]"),
    ("index.md", "Welcome", "Come in"),
    ("about.md", "About", "Us"),
    ("about.uk.md", "", ""),
    ("people/anna.md", "\"Anna\"", "\"Anna B.\""),
    ("people/anna.md", "Envoy", "Minister"),
    ("sources/memo.md", "\"Memo\"", "\"Note\""),
    ("sources/memo.md", "", ""),
    ("news/index.md", "\"News\"", "\"Reports\""),
    ("news/index.md", " / Intro.", "\npage_size = 4 / Intro."),
    ("news/2024-03-01-a.md", "\"A\"", "\"AA\""),
    ("news/2024-03-01-a.md", "One", "Two"),
    ("news/2024-03-01-a.md", "title", "slug = \"z\"\ntitle"),
    ("news/2024-03-01-a.md", "\"Grid\"", "\"Energy\""),
    ("news/2024-03-02-b.md", "/old/", "/older/"),
    ("news/2024-03-02-b.md", "[^memo]", "[^other]"),
    ("news/2024-03-03-c.md", "number = 3", "number = 4"),
    ("news/2024-03-01-a.md", "So.", "Thus."),
    ("people/anna.md", "{ title = \"Envoy\" }", "{ title = \"Envoy\", to = 2024-01-01 }"),
    ("news/2024-04-04-d.md", "09:00:00", "10:00:00"),
    ("news/2023-05-05-e.md", "Cited [^x].", "Not."),
    ("news/2023-05-05-e.md", "\"update\"", "\"correction\""),
    ("news/2023-05-05-e.md", "\"update\"", "\"retraction\""),
    ("news/2023-05-06-f.md", "\"Map\"", "\"Chart\""),
    ("news/2023-05-06-f.uk.md", "\"Ф\"", "\"Є\""),
];

/// The texts of a site's files.
struct Files(BTreeMap<String, String>);

impl Texts for Files {
    fn text(&self, path: &str) -> Result<String, Fault> {
        Ok(self.0[path].clone())
    }

    fn digest(&self, path: &str) -> Digest {
        Digest::of(self.0[path].as_bytes())
    }

    fn transcript(&self, path: &str) -> Option<Sha256> {
        let (site, _) = Site::parse("site.toml", &self.0["site.toml"]);
        page::parse(path.strip_prefix("content/")?, self.0[path].as_bytes(), &site).transcript
    }
}

/// The site after an edit, with the site's own templates.
fn built<R>(edit: Option<&Edit>, templates: &[(&str, &str)], with: impl Fn(&World<'_>) -> R) -> R {
    let templates = templates.iter().map(|(name, text)| (format!("templates/{name}"), *text)).collect();
    built_with(edit, (&FILES, &templates), with)
}

/// The same, with these content files, and these files of the site's own layer of the theme.
pub(super) fn built_with<R>(
    edit: Option<&Edit>,
    (content, layer): (&[(&str, &str)], &BTreeMap<String, &str>),
    with: impl Fn(&World<'_>) -> R,
) -> R {
    let files = texts(edit, (content, layer));
    let (site, said) = Site::parse("site.toml", &files["site.toml"]);
    assert!(said.is_empty(), "{said:?}");
    let parse = |(path, text): (&String, &String)| {
        page::parse(&path["content/".len()..], text.as_bytes(), &site).page.expect("it has front matter")
    };
    let pages: Vec<_> = files.iter().filter(|(path, _)| path.ends_with(".md")).map(parse).collect();
    let now = "2024-12-01T00:00:00Z".parse::<jiff::Timestamp>().expect("an instant");
    let (catalog, _) = Catalog::build(pages, (vec!["map.png".to_string()], Vec::new()), &site, now);
    let own = files.iter().filter_map(|(path, text)| {
        Some((path.strip_prefix("themes/site/")?.to_string(), Cow::Owned(text.clone().into_bytes())))
    });
    let own = layer::Layer { name: "site".into(), shown_as: "themes/site".into(), files: own.collect() };
    let (theme, said) = Theme::build(&[own, layer::default_theme()], &site, Vec::new());
    assert!(said.is_empty(), "{said:?}");
    let shared = Shared::build(&site, &catalog, &theme);
    let texts = Files(files);
    with(&World { site: &site, catalog: &catalog, theme: &theme, shared: &shared, texts: &texts })
}

/// The texts of all files of the site after an edit, by their path from its root.
pub(super) fn texts(
    edit: Option<&Edit>,
    (content, layer): (&[(&str, &str)], &BTreeMap<String, &str>),
) -> BTreeMap<String, String> {
    let whole = |path: &str| edit.is_some_and(|(file, from, _)| *file == path && from.is_empty());
    let edited = |path: &str, text: &str| match edit.filter(|(file, ..)| *file == path) {
        Some((_, from, to)) => {
            assert!(text.contains(from), "{path} has no {from}");
            text.replacen(from, to, 1)
        }
        None => text.to_string(),
    };
    let mut files = BTreeMap::from([
        ("site.toml".to_string(), edited("site.toml", SETTINGS)),
        ("content/map.png".to_string(), edited("map.png", "picture")),
    ]);
    for (path, text) in content.iter().filter(|(path, _)| !whole(path)) {
        let text = edited(path, text);
        let (front_matter, body) = text.split_once(" / ").expect("a slash divides them");
        files.insert(format!("content/{path}"), format!("+++\n{front_matter}\n+++\n{body}\n"));
    }
    let own = layer.iter().map(|(path, text)| (format!("themes/site/{path}"), edited(path, text)));
    files.extend(own);
    files
}

/// Every output by its path: its key and its bytes.
pub(super) type Outputs = BTreeMap<String, (Digest, Vec<u8>)>;

pub(super) fn outputs(world: &World<'_>) -> Outputs {
    let keys = Keys::new(world);
    let output = |(path, target): (String, Target)| {
        let inputs = target.inputs(world);
        let bytes = match target
            .make(&Given::new(world, &inputs, &LastOpened::default()), Vec::new())
            .expect("it can be made")
        {
            Artifact::Bytes(bytes) => bytes,
            Artifact::Copy(file) => world.texts.text(&file).expect("it is there").into_bytes(),
        };
        (path, (keys.key(&target, &inputs).digest, bytes))
    };
    targets(world).into_iter().map(output).collect()
}

fn changed(
    edit: &Edit,
    base: &Outputs,
    of: impl Fn(&(Digest, Vec<u8>), &(Digest, Vec<u8>)) -> bool,
) -> BTreeSet<String> {
    let after = built(Some(edit), &[], outputs);
    let both = after.iter().filter_map(|(path, output)| Some((path, output, base.get(path)?)));
    both.filter(|(_, now, before)| of(now, before)).map(|(path, ..)| path.clone()).collect()
}

#[test]
fn whatever_changes_an_output_changes_its_key() {
    let base = built(None, &[], outputs);
    for edit in &EDITS {
        let silent = changed(edit, &base, |now, before| now.0 == before.0 && now.1 != before.1);
        assert!(silent.is_empty(), "{edit:?} changed these, and their keys say nothing: {silent:?}");
        let any = built(Some(edit), &[], outputs) != base;
        assert!(any, "{edit:?} changed nothing, so that it tests nothing");
    }
}

#[test]
fn an_edit_changes_the_keys_of_what_shows_it_and_no_others() {
    let base = built(None, &[], outputs);
    let keys = |edit: &Edit| changed(edit, &base, |now, before| now.0 != before.0);
    let paths = |paths: &[&str]| paths.iter().map(|path| (*path).to_string()).collect::<BTreeSet<_>>();
    // A body: its page, the record, and the feeds that hold it. For most it is too old.
    let body = keys(&("news/2024-03-01-a.md", "One", "Two"));
    assert_eq!(
        body,
        paths(&[
            "/news/2024-03-01-a/index.html",
            "/news/2024-03-01-a/ninjs.json",
            "/record.json",
            "/topics/grid/feed.xml",
            "/topics/war/feed.xml"
        ])
    );
    // What only the page itself shows.
    let points = keys(&("news/2024-03-03-c.md", "\"k\"", "\"l\""));
    let feeds = [
        "/feed.json",
        "/feed.xml",
        "/news/feed.xml",
        "/people/anna/feed.xml",
        "/record.json",
        "/rss.xml",
        "/series/brief/feed.xml",
    ];
    let own = ["/news/2024-03-03-c/index.html", "/news/2024-03-03-c/ninjs.json"];
    assert_eq!(points, paths(&[&feeds[..], &own].concat()));
    // A quotation: what holds the body, the page of its speaker, the index of all who are quoted, and the data.
    let quote = keys(&("news/2024-03-01-a.md", "So.", "Thus."));
    let of_quotes = ["/people/anna/index.html", "/quotes.json", "/quotes/index.html"];
    assert_eq!(quote, &body | &paths(&of_quotes));
    // A title: the page, its neighbours and its lists.
    let title = keys(&("news/2023-05-05-e.md", "\"E\"", "\"EE\""));
    let expected = [
        "/index.html",
        "/news/2023-05-05-e/index.html",
        "/news/2023-05-05-e/ninjs.json",
        "/ninjs.json",
        "/news/2023-05-06-f/index.html",
        "/news/2023/05/index.html",
        "/news/2023/index.html",
        "/news/page/1/index.html",
        "/record.json",
        // It has a source, and so stands on the index of sources.
        "/sources/index.html",
    ];
    assert_eq!(title, paths(&expected));
    // A word in the middle of nowhere: the footer of every page, and no feed, sitemap or file.
    let rights = keys(&("site.toml", "All ours.", "Yours."));
    let twin = |path: &String| path.ends_with("ninjs.json");
    assert!(rights.iter().all(|path| path.ends_with(".html") || twin(path)), "{rights:?}");
    let id = keys(&("site.toml", "feed_limit = 2", "feed_limit = 2\nid = \"other\""));
    let feed = |path: &String| path.contains("/feed.") || path.ends_with("/rss.xml");
    // Pages tell programs their identities.
    assert!(id.iter().all(|path| feed(path) || path.ends_with(".html") || twin(path)), "{id:?}");
}

#[test]
fn a_template_changes_the_keys_of_what_is_made_with_it() {
    let base = built(None, &[], outputs);
    let with = |templates: &[(&str, &str)]| {
        let after = built(None, templates, outputs);
        let differ =
            after.iter().filter(|(path, output)| base.get(*path).is_some_and(|old| old.0 != output.0));
        differ.map(|(path, _)| path.clone()).collect::<Vec<_>>()
    };
    let term = "{% extends \"bulletin/term.html\" %}{% block entity %}{% endblock entity %}";
    assert!(
        with(&[("term.html", term)])
            .iter()
            .all(|path| path.contains("/topics/") || path.contains("/people/") || path.contains("/series/"))
    );
    assert!(
        with(&[("moment.html", "{{ moment }}")])
            .iter()
            .all(|path| path.contains("/news/") || path.contains("about"))
    );
    assert_eq!(with(&[("unused.html", "{{ moment }}")]), Vec::<String>::new());
    assert!(with(&[("base.html", "{% extends \"bulletin/base.html\" %}")]).len() > 30);
}

#[test]
fn a_forgotten_input_is_missed() {
    let edit = ("news/2024-03-01-a.md", "One", "Two");
    let key = |edit: Option<&Edit>| {
        built(edit, &[], |world| {
            let mut keys = Keys::new(world);
            keys.forget("page", "body");
            let all = targets(world);
            let (_, target) =
                all.iter().find(|(path, _)| path == "/news/2024-03-01-a/index.html").expect("a page");
            keys.key(target, &target.inputs(world))
        })
    };
    assert_eq!(key(None), key(Some(&edit)));
    let all = built(None, &[], pairs);
    assert!(all.contains(&("page", "body")) && all.contains(&("feed", "card")), "{all:?}");
}

#[test]
fn inputs_are_called_by_names_that_people_know() {
    let shown = |wanted: &str| {
        built(None, &[], |world| {
            let all = targets(world);
            let (_, target) = all.iter().find(|(path, _)| path == wanted).expect("it is planned");
            target.inputs(world).iter().map(|input| input.shown(world)).collect::<Vec<_>>()
        })
    };
    let page = shown("/news/2024-03-01-a/index.html");
    assert!(page.contains(&"body of content/news/2024-03-01-a.md".to_string()), "{page:?}");
    assert!(
        page[0].starts_with("template briefing.html (+ base.html, basis.html, correction.html, "),
        "{page:?}"
    );
    assert!(shown("/topics/grid/index.html").contains(&"items of topics/grid".to_string()));
}
