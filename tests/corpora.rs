//! Real sites with the front matter of other generators: every file ends in a page or in a precise diagnostic.
//!
//! The corpora stand beside the repository; where they are absent the tests say so and do nothing. Then each site is
//! converted as somebody who moves house would do it, key by key, and nearly everything builds.

mod scratch;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use bulletin::diagnostic::Diagnostic;
use bulletin::engine::{Report, Request};
use scratch::{Built, NOW, Site, files, shown};

fn corpus(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora").join(name);
    if !root.is_dir() {
        println!("skipped: {name} is not here ({})", root.display());
        return None;
    }
    Some(root)
}

/// A copy of the corpus with our settings; `change` gives each file its path and text, or takes it away.
fn site(name: &str, root: &Path, change: impl Fn(&str, &str) -> Option<(String, String)>) -> Site {
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/corpora/{name}.toml"));
    let site = Site::new().file("site.toml", fs::read(settings).expect("every corpus has settings of ours"));
    for (path, bytes) in files(&root.join("content")) {
        let text = String::from_utf8(bytes).expect("the corpora are UTF-8");
        if let Some((path, text)) = change(&path, &text) {
            site.write(&format!("content/{path}"), text);
        }
    }
    site
}

fn build(site: &Site) -> Built {
    let request: Request = site.request(NOW);
    site.built(&request).unwrap_or_else(|stop| panic!("the build stopped: {stop:?}"))
}

fn errors(report: &Report) -> impl Iterator<Item = &Diagnostic> {
    report.diagnostics.iter().filter(|diagnostic| diagnostic.is_error())
}

fn file(diagnostic: &Diagnostic) -> &str {
    diagnostic.place.as_ref().map_or("", |place| place.file.as_str())
}

fn markdown(site: &Site) -> BTreeSet<String> {
    let paths = files(&site.path("content")).into_keys().filter(|path| path.ends_with(".md"));
    paths.map(|path| format!("content/{path}")).collect()
}

/// Takes away what has an error until the rest builds, and checks that every file was either told or published.
fn nothing_is_lost(site: &Site) -> (usize, usize) {
    let all = markdown(site);
    let mut told = BTreeSet::new();
    let built = loop {
        let built = build(site);
        let mut bad = BTreeSet::new();
        for error in errors(&built.report) {
            let place = error.place.as_ref().unwrap_or_else(|| panic!("no place: {error:?}"));
            // Only what is missing, or is about a file as a whole, has no line.
            assert!(
                place.line > 0 || error.message.contains("`date` is missing") || error.rule == "address",
                "{error:?}"
            );
            bad.insert(file(error).to_string());
        }
        if bad.is_empty() {
            break built;
        }
        bad.iter().for_each(|file| site.delete(file));
        told.extend(bad);
    };
    let left = markdown(site);
    assert!(
        told.is_disjoint(&left) && told.union(&left).count() == all.len(),
        "a file was neither told nor published"
    );
    let texts =
        left.iter().filter(|path| path.ends_with("/index.md") && path.matches('/').count() < 3).count();
    assert_eq!(built.report.pages, left.len() - texts, "not every sound file is a page");
    (told.len(), left.len())
}

/// How often each key is unknown.
fn unknown_keys(report: &Report) -> BTreeMap<&str, usize> {
    let mut keys = BTreeMap::new();
    for error in errors(report) {
        if let Some(key) = error.message.strip_prefix("unknown key `") {
            *keys.entry(key.trim_end_matches('`')).or_default() += 1;
        }
    }
    keys
}

/// How often each rule and message occurs; names, paths and keys are left out.
fn kinds(report: &Report) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for error in errors(report) {
        let plain = |word: &&str| !word.contains(['/', '`', '"', '[']);
        let unquoted = error.message.split(['`', '"']).step_by(2).collect::<Vec<_>>().join("x");
        let words: Vec<&str> = unquoted.split_whitespace().filter(plain).collect();
        *kinds.entry(format!("{}: {}", error.rule, words.join(" "))).or_default() += 1;
    }
    kinds
}

/// Changes front matter line by line: `change` gets key and value and says what stands there instead.
fn converted(text: &str, change: impl Fn(&str, &str) -> Option<String>) -> String {
    let Some((front_matter, body)) = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++"))
    else {
        return text.to_string();
    };
    let mut lines = vec!["+++".to_string()];
    for line in front_matter.lines() {
        match line.split_once(" = ").filter(|(key, _)| !key.contains([' ', '"'])) {
            Some((key, value)) => lines.extend(change(key, value)),
            None => lines.push(line.to_string()),
        }
    }
    lines.join("\n") + "\n+++" + body
}

fn kept(key: &str, value: &str) -> Option<String> {
    Some(format!("{key} = {value}"))
}

/// As it is, the corpus has these unknown keys, and of its files so many are told and published.
fn as_it_is(name: &str, keys: &[(&str, usize)], expected: (usize, usize)) {
    let Some(root) = corpus(name) else { return };
    let site = site(name, &root, |path, text| Some((path.to_string(), text.to_string())));
    let built = build(&site);
    assert_eq!(unknown_keys(&built.report), keys.iter().copied().collect(), "unknown keys of {name}");
    assert!(built.files.is_empty(), "a site with errors was written");
    assert_eq!(nothing_is_lost(&site), expected, "files told and published of {name}");
}

/// Converted, it has only these errors, and so many files are told and published.
fn moved(name: &str, change: Conversion, kinds_left: &[(&str, usize)], expected: (usize, usize)) {
    let Some(root) = corpus(name) else { return };
    let site = site(name, &root, change);
    let built = build(&site);
    for error in errors(&built.report) {
        println!("{} | {}", shown(error), error.label);
    }
    let left = kinds_left.iter().map(|&(kind, count)| (kind.to_string(), count)).collect();
    assert_eq!(kinds(&built.report), left, "errors left in {name}");
    assert_eq!(nothing_is_lost(&site), expected, "files told and published of {name}");
}

type Conversion = fn(&str, &str) -> Option<(String, String)>;

#[test]
fn rust_blog_as_it_is() {
    let keys = [
        ("aliases", 18),
        ("authors", 21),
        ("description", 124),
        ("generate_feeds", 2),
        ("path", 551),
        ("sort_by", 2),
    ];
    as_it_is("rust-blog", &keys, (555, 0));
}

#[test]
fn redox_as_it_is() {
    as_it_is("redox", &[("author", 137), ("url", 21)], (189, 71));
}

#[test]
fn mse_as_it_is() {
    as_it_is("mse", &[("description", 92), ("file_url", 35), ("layout", 31), ("permalink", 1176)], (1214, 0));
}

#[test]
fn rust_blog_moves_house() {
    // Pictures and old addresses that the selection lacks, anchors made by another generator's rules, two sections
    // without a title, and authors written in two ways.
    let left = [
        ("front-matter: x is missing", 2),
        ("link: has no heading x", 39),
        ("link: the link leads to nothing", 292),
        ("term: x and x would share one page", 3),
    ];
    moved("rust-blog", rust_blog, &left, (42, 513));
}

#[test]
fn redox_moves_house() {
    // As above; and a date with a space before its offset, and a file with an empty line before its front matter.
    let left = [
        ("front-matter: the front matter does not begin the file", 1),
        ("front-matter: x: not a date", 8),
        ("link: has no heading x", 26),
        ("link: the link leads to nothing", 415),
        ("term: x and x would share one page", 1),
    ];
    moved("redox", redox, &left, (107, 153));
}

#[test]
fn mse_moves_house() {
    // Pages that stand there twice, pictures that the selection lacks, notes without their anchors.
    let left = [
        ("address: the address is also that of", 9),
        ("front-matter: an alias is not a path", 1),
        ("front-matter: no front matter", 3),
        ("front-matter: x is missing", 5),
        ("link: has no heading x", 8),
        ("link: the link leads to nothing", 242),
        ("link: x refers to no source and no footnote", 1),
    ];
    moved("mse", mse, &left, (76, 1138));
}

/// `path` becomes date and slug; sections become collections with the addresses of old; links by `@/` become paths
/// from `content/`.
fn rust_blog(path: &str, text: &str) -> Option<(String, String)> {
    let to = path.replace("_index.md", "index.md");
    let at_root = !path.contains('/') || !to.starts_with("inside-rust/") && !to.starts_with("releases/");
    let to = if at_root { format!("main/{to}") } else { to };
    let text = converted(text, |key, value| match key {
        "path" if value.matches('/').count() < 3 => None,
        "path" => {
            let value = value.trim_matches('"').trim_start_matches("inside-rust/");
            let (date, slug) = value.split_at_checked(11)?;
            Some(format!("date = {}\nslug = \"{slug}\"", date.trim_end_matches('/').replace('/', "-")))
        }
        "description" => kept("summary", value),
        "sort_by" => {
            let folder = if path.contains('/') { "/inside-rust" } else { "" };
            Some(format!("permalink = \"{folder}/{{year}}/{{month}}/{{day}}/{{slug}}/\""))
        }
        "generate_feeds" | "template" => None,
        _ => kept(key, value),
    });
    Some((to, text.replace("](@/", "](/main/").replace("/main/inside-rust/", "/inside-rust/")))
}

/// `author` becomes a list, dates lose their quotes, YAML becomes TOML.
fn redox(path: &str, text: &str) -> Option<(String, String)> {
    let text = match text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---")) {
        Some((yaml, body)) => {
            let lines = yaml.lines().filter_map(|line| line.split_once(": "));
            let lines = lines.map(|(key, value)| format!("{key} = \"{}\"", value.trim_matches('"')));
            format!("+++\n{}\n+++{body}", lines.collect::<Vec<_>>().join("\n"))
        }
        None => text.to_string(),
    };
    let text = converted(&text, |key, value| match key {
        "author" => Some(format!("authors = [{value}]")),
        "date" => kept("date", value.trim_matches('"')),
        "url" => None,
        _ => kept(key, value),
    });
    Some((path.to_string(), text))
}

/// `permalink` becomes an old address that leads on; pictures and layouts of the old host go.
fn mse(path: &str, text: &str) -> Option<(String, String)> {
    let text = converted(text, |key, value| match key {
        "permalink" => Some(format!("aliases = [{value}]")),
        "description" => kept("summary", value),
        "layout" | "file_url" => None,
        _ => kept(key, value),
    });
    Some((path.to_string(), text))
}
