//! Guards the house: the order of the rooms, who may touch what, and how our code reads.
//!
//! Each rule is a function from sources to complaints, and each is tried on a small bad example, so that it can fail.

#[path = "support/code.rs"]
mod code;
#[path = "support/rules.rs"]
mod rules;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use code::Code;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("the file is there")
}

#[track_caller]
fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// A rule finds something in the bad example, and nothing in the good one.
#[track_caller]
fn tells(rule: fn(&[Code]) -> Vec<String>, path: &str, bad: &str, good: &str) {
    assert!(!rule(&[Code::new(path, bad)]).is_empty(), "not seen in {path}: {bad}");
    none(rule(&[Code::new(path, good)]));
}

fn ours() -> Vec<Code> {
    let mut all = Code::below("src");
    all.extend(Code::below("tests"));
    all
}

#[test]
fn rooms_know_only_those_before_them() {
    none(rules::rooms(&Code::below("src")));
    let rule = rules::rooms;
    tells(rule, "src/source/page.rs", "use crate::catalog::Catalog;", "use crate::site::Site;");
    tells(rule, "src/site/mod.rs", "use crate::{digest, theme::Theme};", "use crate::{digest, table::Key};");
    tells(rule, "src/digest.rs", "use super::site::Site;", "use std::fmt;");
    tells(rule, "src/output/feed/mod.rs", "super::super::engine::run()", "use super::super::site::Site;");
    tells(rule, "src/output/x.rs", "use super::{super::engine, World};", "use super::{given, World};");
    tells(rule, "src/table/mod.rs", "use crate::attic::X;", "use crate::digest::Digest;");
    let test = "#[cfg(test)]\nmod tests {\n    use crate::engine;\n}\n";
    none(rule(&[Code::new("src/site/mod.rs", test)]));
}

#[test]
fn only_some_touch_files_clock_environment_or_network() {
    none(rules::outside(&Code::below("src")));
    let rule = rules::outside;
    tells(rule, "src/theme/layer.rs", "use std::fs;", "use std::fmt;");
    tells(rule, "src/output/files.rs", "let there = path.exists();", "// path.exists()");
    tells(rule, "src/catalog/mod.rs", "for entry in WalkDir::new(root) {}", "let walk = \"WalkDir\";");
    none(rule(&[Code::new("src/engine/commit.rs", "use std::fs::File;")]));
    let excused = "#[expect(clippy::disallowed_methods, reason = \"…\")]\nlet now = Instant::now();";
    tells(rule, "src/cli/build.rs", "let now = Instant::now();", excused);
    tells(rule, "src/engine/mod.rs", excused, "fn at(now: Timestamp) {}");
    tells(rule, "src/cli/mod.rs", "let name = std::env::var(\"NAME\");", "let name = env!(\"NAME\");");
    tells(rule, "src/main.rs", "use std::net::TcpStream;", "let args = std::env::args_os();");
    tells(rule, "src/engine/mod.rs", "std::process::Command::new(\"git\")", "use clap::Command;");
}

#[test]
fn state_can_be_pointed_at() {
    none(rules::state(&Code::below("src")));
    tells(rules::state, "src/catalog/mod.rs", "static LAST: Mutex<u8>;", "const LAST: u8 = 1;");
    tells(rules::state, "src/site/mod.rs", "let shared = Arc::new(RefCell::new(1));", "let x: &'static str;");
}

#[test]
fn the_catalog_knows_no_html() {
    none(rules::html(&Code::below("src")));
    tells(rules::html, "src/catalog/lists.rs", "let x = \"<p>\";", "let x: Vec<p> = a < b; // <p>");
    tells(rules::html, "src/catalog/lists.rs", "let x = r#\"</a>\"#;", "let x = '<';");
    none(rules::html(&[Code::new("src/output/redirect.rs", "let x = \"<p>\";")]));
}

#[test]
fn files_say_what_they_are_for() {
    none(rules::openings(&ours()));
    tells(rules::openings, "src/x.rs", "use std::fmt;\n", "//! Words.\nuse std::fmt;\n");
}

#[test]
fn files_and_functions_are_short() {
    none(rules::lengths(&ours()));
    let function = |lines: usize| format!("    pub fn long() {{\n{}    }}\n", "        x();\n".repeat(lines));
    tells(rules::lengths, "src/x.rs", &function(70), &function(67));
    tells(rules::lengths, "src/x.rs", &"x\n".repeat(401), &"x\n".repeat(400));
    let several_lines = format!("fn long(\n    a: u8,\n) -> u8 {{\n{}}}\n", "    x();\n".repeat(70));
    tells(rules::lengths, "src/x.rs", &several_lines, "fn short() {}\n\nfn next() {}\n");
}

#[test]
fn nothing_is_left_for_later() {
    none(rules::leftovers(&ours()));
    for bad in
        ["// TODO: more", "/// FIXME", "dbg!(x);", "todo!()", "unimplemented!()", "#[ignore]\nfn x() {}"]
    {
        tells(rules::leftovers, "src/x.rs", bad, "let x = \"TODO dbg!()\"; // ignored");
    }
}

#[test]
fn nothing_public_takes_a_switch() {
    none(rules::switches(&Code::below("src")));
    let rule = rules::switches;
    tells(rule, "src/x.rs", "pub fn list(all: bool) {}", "pub fn listed(x: u8) -> bool { x > 1 }");
    tells(rule, "src/x.rs", "pub(super) fn a(\n    b: u8,\n    c: bool,\n) {}", "fn own(all: bool) {}");
    tells(rule, "src/x.rs", "pub fn a(b: Option<bool>) {}", "pub fn a(b: &dyn Fn(u8) -> bool) {}");
}

#[test]
fn names_are_words() {
    none(rules::names(&ours()));
    let rule = rules::names;
    assert_eq!(rule(&[Code::new("src/string_utils.rs", ""), Code::new("src/helpers/mod.rs", "")]).len(), 2);
    tells(rule, "src/x.rs", "fn handle_page() {}", "fn handles() {}");
    tells(rule, "src/x.rs", "fn process_all(ctx: u8) {}", "fn processed() {}");
    tells(rule, "src/x.rs", "fn all(ctx: u8) {}", "fn all(context: u8) {}");
}

#[test]
fn every_dependency_says_why() {
    none(rules::dependencies(&read("Cargo.toml")));
    let bad = "[dependencies]\n# The one hash.\nxxhash = \"1\"\nserde = \"1\"\n";
    assert_eq!(rules::dependencies(bad), ["Cargo.toml: `serde` does not say why it is there"]);
    assert_eq!(rules::dependencies("[dev-dependencies]\nx = \"1\"\n[features]\ny = []\n").len(), 1);
}

/// The files of the default theme with this ending, by path.
fn theme_files(ending: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/bulletin");
    let files = walkdir::WalkDir::new(root).into_iter().flatten();
    let wanted = files.filter(|entry| entry.path().to_string_lossy().ends_with(ending));
    wanted.map(|entry| entry.into_path()).map(|path| (path.display().to_string(), text(&path))).collect()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("our theme is UTF-8")
}

#[test]
fn the_theme_says_the_same_words_in_every_language() {
    none(rules::words(&theme_files(".toml").into_iter().filter(|(path, _)| path.contains("i18n")).collect()));
    let files = [("en.toml", "a = \"A\"\nb = \"B\""), ("uk.toml", "a = \"А\"\nc = \"В\"")];
    let files = files.map(|(path, text)| (path.to_string(), text.to_string()));
    assert_eq!(rules::words(&files.into()), ["uk.toml: has no `b`", "uk.toml: `c` is not in every language"]);
}

#[test]
fn the_theme_needs_neither_script_nor_style_attributes() {
    none(rules::templates(&theme_files(".html")));
    for bad in
        ["<p style=\"x\">", "<script src=x>", "<SCRIPT>", "<a onclick='x'>", "<a href=\"javascript:x\">"]
    {
        assert_eq!(rules::templates(&BTreeMap::from([("x.html".into(), bad.into())])).len(), 1, "{bad}");
    }
    let good = "<a class=\"on\" href=\"{{ here.home }}\">{{ day | date(style=\"full\") }}</a>";
    none(rules::templates(&BTreeMap::from([("x.html".into(), good.into())])));
}

#[test]
fn sources_are_taken_apart_rightly() {
    let code = Code::new(
        "x.rs",
        "let a = '\"'; /* \"b\" */ let c = \"// d\\\"\"; // 'e'\nlet f: &'a str = r#\"\"g\"#;",
    );
    assert!(code.bare.contains("let a =") && code.bare.contains("let c =") && code.bare.contains("&'a str"));
    assert!(code.texts.contains("// d") && code.texts.contains("\"g"));
    assert!(code.comments.contains("\"b\"") && code.comments.contains("'e'"));
    assert!(!code.bare.contains(['b', 'd', 'g']), "{}", code.bare);
}
