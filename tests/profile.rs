//! The two profiles: what the public sees, and the preview, in which what is held back is shown too.

mod scratch;

use std::path::PathBuf;

use bulletin::engine::{Destination, PREVIEW_FOLDER, Profile, Request, Stop};
use scratch::{Files, NOW, Site, assert_same};

/// A public briefing and a draft.
fn small() -> Site {
    Site::new().briefing("a.md", "title = \"A\"", "One.").briefing(
        "b.md",
        "title = \"B\"\ndraft = true",
        "Two.",
    )
}

fn preview(site: &Site, folder: impl Into<PathBuf>) -> Request {
    let destination = Destination::Folder(folder.into());
    Request { profile: Profile::Preview, destination, ..site.request(NOW) }
}

fn refused(site: &Site, request: &Request) -> String {
    match site.built(request) {
        Err(Stop::Refused(why)) => why,
        other => panic!("it was not refused: {:?}", other.map(|built| built.report)),
    }
}

#[test]
fn a_preview_never_goes_into_a_folder_that_holds_the_public_site() {
    let site = small();
    let public = site.build_soundly(NOW).files;
    let why = refused(&site, &preview(&site, "public"));
    assert!(why.contains("holds the public site") && why.contains("--output"), "{why}");
    assert_same(&public, &site.output());
}

#[test]
fn the_public_site_never_goes_into_a_folder_that_holds_a_preview() {
    let site = small();
    let built = site.built(&preview(&site, "elsewhere")).unwrap();
    let into = Destination::Folder("elsewhere".into());
    let why = refused(&site, &Request { destination: into, ..site.request(NOW) });
    assert!(why.contains("holds a preview") && why.contains("--output"), "{why}");
    let again = site.built(&preview(&site, "elsewhere")).unwrap();
    assert_same(&built.files, &again.files);
    assert!(again.report.made.is_empty());
}

#[test]
fn of_the_cache_only_two_folders_are_outputs() {
    let site = small();
    site.built(&preview(&site, PREVIEW_FOLDER)).unwrap();
    let public = Destination::Folder(".bulletin/public".into());
    site.built(&Request { destination: public, ..site.request(NOW) }).unwrap();
    for folder in [".bulletin", ".bulletin/other", ".bulletin/preview/deep", ".bulletin/public.lock"] {
        let why = refused(&site, &preview(&site, folder));
        assert!(why.contains("a folder of the site's own files"), "{folder}: {why}");
    }
}

#[test]
fn folders_of_the_same_name_do_not_share_a_ledger() {
    let site = small();
    let outputs = [".bulletin/preview", "preview", "inside-preview", "elsewhere-preview"];
    for folder in outputs {
        let report = site.built(&preview(&site, folder)).unwrap().report;
        assert!(!report.warm, "{folder} has the ledger of another folder");
    }
    let entries = std::fs::read_dir(site.path(".bulletin")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.ends_with(".ledger")).count(), outputs.len());
    for folder in outputs {
        assert!(site.built(&preview(&site, folder)).unwrap().report.made.is_empty(), "{folder}");
    }
}

/// Everything that is held back, and what refers to it.
fn desk() -> Site {
    Site::new()
        .briefing("news/2026-11-01-out.md", "title = \"Out\"\ntopics = [\"Grid\"]\nsummary = \"s\"", "Out.")
        .briefing(
            "news/2026-11-02-draft.md",
            "title = \"Unready\"\ndraft = true\ntopics = [\"Grid\", \"Secret\"]\nsummary = \"s\"",
            "Words.",
        )
        .briefing(
            "news/2026-12-01-later/index.md",
            "title = \"Later\"\ntopics = [\"Grid\"]\nsummary = \"s\"",
            "![m](map.png)",
        )
        .briefing(
            "news/2026-11-03-lock.md",
            "title = \"Locked\"\nembargo = 2026-12-09T09:00:00+02:00\nsummary = \"s\"\naliases = [\"/old/\"]",
            "Words.",
        )
        .briefing(
            "news/2026-01-01-gone.md",
            "title = \"Gone\"\nsummary = \"s\"\nexpires = 2026-02-01\non_expiry = \"gone\"",
            "Words.",
        )
        .file("content/news/2026-12-01-later/map.png", "picture")
        .briefing("people/ann.md", "title = \"Ann\"\ndraft = true", "She waits.")
}

fn text<'f>(files: &'f Files, path: &str) -> &'f str {
    let bytes = files.get(path).unwrap_or_else(|| panic!("there is no {path} among {:#?}", files.keys()));
    std::str::from_utf8(bytes).expect("it is text")
}

#[test]
fn a_preview_shows_what_is_held_back_wherever_it_will_stand() {
    let site = desk();
    let built = site.built(&preview(&site, PREVIEW_FOLDER)).unwrap();
    let files = &built.files;
    for page in ["draft", "lock"] {
        let day = if page == "draft" { "02" } else { "03" };
        assert!(files.contains_key(&format!("news/2026-11-{day}-{page}/index.html")), "{page}");
    }
    assert_eq!(text(files, "news/2026-12-01-later/map.png"), "picture");
    assert!(files.contains_key("old/index.html") && text(files, "_redirects").contains("/old/"));
    let list = text(files, "news/index.html");
    for title in ["Out", "Unready", "Later", "Locked"] {
        assert!(list.contains(&format!(">{title}</a>")), "the list has no {title}");
    }
    assert!(text(files, "topics/secret/index.html").contains("Unready"));
    assert!(text(files, "news/2026/12/index.html").contains("Later"));
    assert!(text(files, "news/2026-11-01-out/index.html").contains("<bdi>Unready</bdi>"));
    assert!(!files.contains_key("news/2026-01-01-gone/index.html") && !list.contains("Gone"));
    let held: Vec<&str> = built.report.held.iter().map(|held| held.reason).collect();
    assert_eq!(held, ["expired", "draft", "embargo", "scheduled", "draft"]);
}

#[test]
fn every_page_of_a_preview_says_so_and_held_back_ones_say_why() {
    let site = desk();
    let files = site.built(&preview(&site, PREVIEW_FOLDER)).unwrap().files;
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = std::str::from_utf8(bytes).unwrap();
        assert!(html.contains("<meta name=\"robots\" content=\"noindex\">"), "{path}");
        let redirect = path == "old/index.html";
        assert!(redirect || html.contains("<strong>Preview</strong> This is not the public site."), "{path}");
    }
    let page = |name: &str| text(&files, &format!("news/{name}/index.html"));
    assert!(
        page("2026-11-02-draft").contains("role=\"status\"><strong>Draft</strong> This page is not public.")
    );
    let locked = page("2026-11-03-lock");
    assert!(locked.contains("<strong>Embargo</strong> Held back until <time"), "{locked}");
    assert!(locked.contains("9 December 2026 <span>09:00 Kyiv</span>"), "{locked}");
    assert!(page("2026-12-01-later").contains("<strong>Scheduled</strong> Held back until"));
    assert!(!page("2026-11-01-out").contains("role=\"status\""));
    assert!(
        text(&files, "people/ann/index.html").contains("<strong>Draft</strong> This page is not public.")
    );
    let list = text(&files, "news/index.html");
    for word in ["Draft", "Scheduled", "Embargo"] {
        assert!(list.contains(&format!("<strong class=\"held\">{word}</strong>")), "no badge {word}");
    }
}

#[test]
fn a_preview_has_nothing_to_subscribe_to_and_nothing_for_search_engines() {
    let site = desk().file("content/robots.txt", "User-agent: *\nAllow: /\n").briefing(
        "about.md",
        "title = \"About\"\nsummary = \"s\"",
        "[Feed](/feed.xml), [map](/sitemap.xml), [topic](/topics/grid/feed.xml).",
    );
    let site = site.settings("menu = [{ title = \"Feed\", path = \"/feed.xml\" }]");
    let built = site.built(&preview(&site, PREVIEW_FOLDER)).unwrap();
    assert!(built.report.diagnostics.is_empty(), "{:#?}", built.report.diagnostics);
    assert_eq!(text(&built.files, "robots.txt"), "User-agent: *\nDisallow: /\n");
    let feeds = built.files.keys().filter(|path| path.ends_with(".xml") || path.ends_with("feed.json"));
    assert_eq!(feeds.collect::<Vec<_>>(), Vec::<&String>::new());
    for (path, bytes) in built.files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = String::from_utf8_lossy(bytes);
        assert!(!html.contains("rel=\"alternate\" type="), "{path} offers a feed");
    }
    let public = site.build_soundly(NOW).files;
    assert!(public.contains_key("feed.xml") && public.contains_key("topics/grid/feed.xml"));
    assert_eq!(text(&public, "robots.txt"), "User-agent: *\nAllow: /\n");
}

#[test]
fn a_preview_leaves_no_trace_in_the_public_site() {
    let site = desk();
    let before = site.build_soundly(NOW).files;
    site.built(&preview(&site, PREVIEW_FOLDER)).unwrap();
    let again = site.build_soundly(NOW);
    assert!(again.report.made.is_empty(), "{:?}", again.report.made);
    assert_same(&before, &again.files);
    for (path, bytes) in before.iter().filter(|(path, _)| !path.starts_with("assets/")) {
        let text = String::from_utf8_lossy(bytes);
        for word in ["Unready", "Later", "Locked", "Secret", "Embargo", "Preview", "class=\"held\"", "Draft"]
        {
            assert!(!text.contains(word), "{path} says {word}");
        }
    }
}

#[test]
fn a_label_goes_when_its_page_appears() {
    let site = desk();
    site.built(&preview(&site, PREVIEW_FOLDER)).unwrap();
    let later = Request { now: "2026-12-09T07:00:00Z".parse().unwrap(), ..preview(&site, PREVIEW_FOLDER) };
    let built = site.built(&later).unwrap();
    let locked = "news/2026-11-03-lock/index.html";
    assert!(built.report.made.iter().any(|path| path == locked), "{:?}", built.report.made);
    assert!(!text(&built.files, locked).contains("role=\"status\""));
    let list = text(&built.files, "news/index.html");
    assert!(!list.contains("Embargo") && !list.contains("Scheduled") && list.contains("Draft"));
    let elsewhere = Request { destination: Destination::Folder("clean".into()), ..later };
    assert_same(&site.built(&elsewhere).unwrap().files, &built.files);
}

#[test]
fn a_theme_without_a_label_is_told_once_and_only_in_a_preview() {
    let site = desk().plain_theme();
    assert!(site.build_soundly(NOW).report.diagnostics.is_empty());
    let said = site.built(&preview(&site, PREVIEW_FOLDER)).unwrap().report.diagnostics;
    let [one] = said.as_slice() else { panic!("{said:#?}") };
    assert!(one.message.contains("the theme shows no label") && !one.is_error(), "{one:?}");
    site.edit("themes/plain/templates/briefing.html", |text| text + "{{ page?.held }}");
    let said = site.built(&preview(&site, PREVIEW_FOLDER)).unwrap().report.diagnostics;
    assert!(said.is_empty(), "{said:#?}");
}

#[test]
fn what_the_public_build_will_refuse_is_a_warning_in_a_preview() {
    let site =
        desk().briefing("news/2026-11-04-x.md", "title = \"X\"\nsummary = \"s\"", "[d](2026-11-02-draft.md)");
    let built = site.built(&preview(&site, PREVIEW_FOLDER)).unwrap();
    let [one] = built.report.diagnostics.as_slice() else { panic!("{:#?}", built.report.diagnostics) };
    assert!(one.message.contains("is a draft") && !one.is_error(), "{one:?}");
    assert!(text(&built.files, "news/2026-11-04-x/index.html").contains("href=\"/news/2026-11-02-draft/\""));
    assert!(site.build(NOW).report.failed());
}

#[test]
fn every_language_of_the_theme_has_words_for_labels() {
    for language in ["ar", "de", "en", "es", "fr", "pl", "uk"] {
        let path = format!("{}/themes/bulletin/i18n/{language}.toml", env!("CARGO_MANIFEST_DIR"));
        let words = std::fs::read_to_string(path).unwrap();
        for key in ["draft", "scheduled", "embargo", "held_until", "not_public", "preview", "preview_hint"] {
            assert!(words.lines().any(|line| line.starts_with(&format!("{key} = "))), "{language}: {key}");
        }
    }
}
