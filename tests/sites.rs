//! Whole sites as data: each folder of `tests/cases/sites` holds one, and what is to come of it.
//!
//! `input/` is the site, `expected/` the outputs, `report` what the run says besides (warnings, what is held back; no
//! such file means silence), `now` the instant (the start of 2026 unless given), `compare` the outputs that the case is
//! about, a pattern a line (all of them unless given), `profile` whom it is made for (the public unless given). An output that is not expected fails, and so does an expected
//! one that nobody makes. `UPDATE=1` rewrites both; read what comes out.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/pattern.rs"]
mod pattern;

use std::fs;
use std::path::{Path, PathBuf};

use bulletin::engine::Profile;
use desk::{Desk, Files, files, package, updating};
use pattern::matches;

const NOW: &str = "2026-01-01T00:00:00Z";

/// What only cases are about that name it: our list of files, the colours of code, and digests of what all can see.
const ASIDE: [&str; 3] = [".bulletin", "assets/highlight.*.css", "record.json"];

/// The cases, in order.
fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).expect("the folder is there").flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn lines(case: &Path, file: &str, otherwise: &str) -> Vec<String> {
    let text = fs::read_to_string(case.join(file)).unwrap_or_else(|_| otherwise.to_string());
    text.lines().map(str::to_string).collect()
}

/// Builds a case: the outputs it is about, and what the run said.
fn built(case: &Path) -> (Files, String) {
    let desk = Desk::of(&files(&case.join("input")));
    let preview = lines(case, "profile", "public")[0] == "preview";
    let profile = if preview { Profile::Preview } else { Profile::Public };
    let report = desk.build_for(profile, &lines(case, "now", NOW)[0]);
    let mut said = desk::said(&report);
    for held in &report.held {
        let appears = held.appears.map_or(String::new(), |instant| format!(", appears {instant}"));
        said.push_str(&format!("held back: {} ({}{appears})\n", held.file, held.reason));
    }
    let patterns = lines(case, "compare", "**");
    let mut outputs = files(&desk.root().join("public"));
    outputs.retain(|path, _| {
        let about = patterns.iter().any(|pattern| matches(pattern, path));
        about && (patterns.contains(path) || !ASIDE.iter().any(|pattern| matches(pattern, path)))
    });
    (outputs, said)
}

fn rewrite(case: &Path, made: &Files, said: &str) {
    fs::remove_dir_all(case.join("expected")).ok();
    desk::write(&case.join("expected"), made);
    fs::remove_file(case.join("report")).ok();
    if !said.is_empty() {
        fs::write(case.join("report"), said).expect("the case can be rewritten");
    }
}

/// What differs between what was made and what is expected.
fn differences(made: &Files, expected: &Files) -> Vec<String> {
    let mut all = Vec::new();
    for (path, bytes) in expected {
        match made.get(path) {
            None => all.push(format!("  nobody makes {path}")),
            Some(made) if made != bytes => {
                let (made, wanted) = (String::from_utf8_lossy(made), String::from_utf8_lossy(bytes));
                all.push(format!("  {path} differs\n--- expected\n{wanted}\n--- made\n{made}"));
            }
            Some(_) => {}
        }
    }
    let unexpected = made.keys().filter(|path| !expected.contains_key(*path));
    all.extend(unexpected.map(|path| format!("  {path} is not expected")));
    all
}

#[test]
fn sites_become_what_is_expected() {
    let mut wrong = Vec::new();
    for case in folders(&package("tests/cases/sites")) {
        let name = case.file_name().expect("a case has a name").to_string_lossy().into_owned();
        let (mut made, said) = built(&case);
        if updating() {
            rewrite(&case, &made, &said);
            continue;
        }
        let mut expected = files(&case.join("expected"));
        assert!(!expected.is_empty(), "{name} expects nothing");
        made.insert("(report)".to_string(), said.into_bytes());
        expected.insert("(report)".to_string(), fs::read(case.join("report")).unwrap_or_default());
        let differences = differences(&made, &expected);
        if !differences.is_empty() {
            wrong.push(format!("{name}\n{}", differences.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "\n{}\nUPDATE=1 rewrites what is expected", wrong.join("\n"));
}

#[test]
fn what_is_held_back_leaves_no_trace() {
    let case = package("tests/cases/sites/held-back");
    let mut input = files(&case.join("input"));
    let build = |input: &Files| {
        let desk = Desk::of(input);
        let report = desk.build(&lines(&case, "now", NOW)[0]);
        assert!(!report.failed(), "{}", desk::said(&report));
        (report, files(&desk.root().join("public")))
    };
    let (report, with) = build(&input);
    let gated: Vec<&str> =
        report.held.iter().filter(|held| held.reason != "expired").map(|held| held.file.as_str()).collect();
    assert!(gated.len() > 5, "{gated:?}");
    gated.into_iter().for_each(|file| _ = input.remove(file));
    let (_, without) = build(&input);
    let differences = differences(&with, &without);
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

/// Every address of this host in the attributes of a page.
fn addresses(html: &str) -> Vec<&str> {
    let values = ["href=\"", "src=\""].into_iter().flat_map(|start| html.split(start).skip(1));
    let values = values.filter_map(|rest| rest.split('"').next());
    values.filter(|value| value.starts_with('/') && !value.starts_with("//")).collect()
}

/// Whether an address is that of an output.
fn is_made(address: &str, outputs: &Files) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
    outputs.contains_key(path)
        || path.is_empty()
        || path.ends_with('/') && outputs.contains_key(&format!("{path}index.html"))
}

#[test]
fn our_own_site_is_in_order_and_every_link_leads_somewhere() {
    let mut input = Files::new();
    for folder in ["content", "themes"] {
        let below = files(&package(folder)).into_iter();
        input.extend(below.map(|(path, bytes)| (format!("{folder}/{path}"), bytes)));
    }
    input.insert("site.toml".to_string(), fs::read(package("site.toml")).expect("we have settings"));
    let desk = Desk::of(&input);
    assert_eq!(desk::said(&desk.build("2026-11-23T00:00:00Z")), "");
    let outputs = files(&desk.root().join("public"));
    let mut broken = Vec::new();
    for (path, bytes) in outputs.iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = String::from_utf8_lossy(bytes);
        let lost = addresses(&html).into_iter().filter(|address| !is_made(address, &outputs));
        broken.extend(lost.map(|address| format!("{path} leads to {address}")));
    }
    assert!(outputs.len() > 100 && broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn a_difference_of_any_sort_is_seen() {
    let files = |names: &[(&str, &str)]| -> Files {
        names.iter().map(|(path, text)| (path.to_string(), text.as_bytes().to_vec())).collect()
    };
    let expected = files(&[("a", "1"), ("b", "2")]);
    assert_eq!(differences(&expected, &expected).len(), 0);
    assert_eq!(differences(&files(&[("a", "1")]), &expected), ["  nobody makes b"]);
    assert_eq!(differences(&expected, &files(&[("a", "1")])), ["  b is not expected"]);
    assert_eq!(differences(&files(&[("a", "1"), ("b", "3")]), &expected).len(), 1);
    assert_eq!(addresses("<a href=\"/x/#y\"><img src=\"/z\"> href=\"//h/\" href=\"#a\""), ["/x/#y", "/z"]);
    let outputs = files(&[("x/index.html", ""), ("z", "")]);
    assert!(is_made("/x/#y", &outputs) && is_made("/z", &outputs) && !is_made("/y/", &outputs));
}
