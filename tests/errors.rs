//! What bad input gets, as data: each fixture of `tests/errors` is a mistake, and beside it stands what is said.
//!
//! `NAME.md` is a content file; it takes the place of `content/briefings/2024-12-09-call.md` in the desk that the tests
//! share. Where it takes more than one file, `NAME/` holds them, laid over that desk. `NAME.expected` is the text on the
//! terminal, word for word. `UPDATE=1` rewrites it; read it as an editor in a hurry would: what, where, what to do?

#[path = "support/desk.rs"]
mod desk;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bulletin::diagnostic::Diagnostic;
use desk::{Desk, Files, files, package, said, updating};

const NOW: &str = "2026-01-01T00:00:00Z";
const PLACE: &str = "content/briefings/2024-12-09-call.md";

/// The fixtures by name, in order.
fn fixtures() -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(package("tests/errors")).expect("there are fixtures").flatten();
    let paths = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_none_or(|ending| ending != "expected"));
    let name = |path: &Path| path.file_stem().expect("a fixture has a name").to_string_lossy().into_owned();
    let mut all: Vec<(String, PathBuf)> = paths.map(|path| (name(&path), path)).collect();
    all.sort();
    all
}

/// The desk that all fixtures share, with one of them laid over it.
fn desk(fixture: &Path) -> Desk {
    let mut all: Files = files(&package("tests/support/desk"));
    if fixture.is_dir() {
        all.extend(files(fixture));
    } else {
        all.insert(PLACE.to_string(), fs::read(fixture).expect("the fixture can be read"));
    }
    Desk::of(&all)
}

/// Whether the text that is expected beside a fixture is what was said.
fn is_expected(name: &str, said: &str) -> bool {
    let expected = package("tests/errors").join(format!("{name}.expected"));
    if updating() {
        fs::write(&expected, said).expect("the fixture can be rewritten");
    }
    fs::read_to_string(&expected).is_ok_and(|expected| expected == said)
}

#[test]
fn the_desk_itself_is_in_order() {
    let report = Desk::of(&files(&package("tests/support/desk"))).build(NOW);
    assert_eq!(said(&report), "");
}

#[test]
fn nothing_is_expected_of_a_fixture_that_is_gone() {
    let names: Vec<String> = fixtures().into_iter().map(|(name, _)| format!("{name}.expected")).collect();
    let expected = files(&package("tests/errors")).into_keys().filter(|path| path.ends_with(".expected"));
    assert_eq!(expected.filter(|path| !names.contains(path)).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn mistakes_get_the_message_that_is_expected() {
    let mut wrong = Vec::new();
    for (name, path) in fixtures() {
        let desk = desk(&path);
        let report = desk.build(NOW);
        let said = said(&report);
        if !is_expected(&name, &said) {
            wrong.push(format!("{name}\n\n{said}"));
        }
        if said.is_empty() {
            wrong.push(format!("{name} is taken for no mistake"));
        }
        let written = desk.root().join("public").exists();
        assert_eq!(written, !report.failed(), "{name}: a failed build writes nothing, any other does");
    }
    assert!(wrong.is_empty(), "\n{}\nUPDATE=1 rewrites what is expected", wrong.join("\n"));
}

/// Why a message does not teach; nothing if it does.
fn faults(diagnostic: &Diagnostic) -> Vec<&'static str> {
    let message = diagnostic.message.as_str();
    let all: Vec<&str> =
        diagnostic.help.iter().map(String::as_str).chain([message, &diagnostic.label]).collect();
    let says =
        |words: &[&str]| all.iter().any(|text| words.iter().any(|word| text.to_lowercase().contains(word)));
    let shouts = |text: &&str| text.starts_with(|c: char| c.is_uppercase());
    let rules = [
        (diagnostic.place.is_none(), "does not say where"),
        (diagnostic.label.is_empty() && diagnostic.help.is_empty(), "does not say what to do"),
        (all.iter().any(shouts), "begins with a capital letter"),
        (all.iter().any(|text| text.ends_with('.') && !text.ends_with("…")), "ends in a full stop"),
        (
            says(&["failed to", "invalid", "unexpected token", "parse error", "utf-8 error"]),
            "blames, or speaks to programmers",
        ),
    ];
    rules.into_iter().filter(|(broken, _)| *broken).map(|(_, fault)| fault).collect()
}

#[test]
fn every_message_says_what_where_and_what_to_do() {
    let mut wrong = Vec::new();
    for (name, path) in fixtures() {
        for diagnostic in desk(&path).build(NOW).diagnostics {
            for fault in faults(&diagnostic) {
                wrong.push(format!("{name}: \"{}\" {fault}", diagnostic.message));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Runs the program on the site with many mistakes.
fn run(options: &[&str]) -> (Desk, Output) {
    let desk = desk(&package("tests/errors/many"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_bulletin"));
    command.args(["build", "--now", NOW, "--root"]).arg(desk.root()).args(options);
    let output = command.env_remove("BULLETIN_BASE_URL").output().expect("the program can be run");
    (desk, output)
}

#[test]
fn many_mistakes_are_told_at_once_and_in_order() {
    let (desk, output) = run(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let told = String::from_utf8(output.stderr).expect("messages are UTF-8");
    let expected = said(&self::desk(&package("tests/errors/many")).build(NOW));
    assert!(told.starts_with(&expected), "{told}");
    let places: Vec<(&str, usize)> = told.lines().filter_map(place).collect();
    assert!(places.len() > 12 && places.is_sorted(), "{places:?}");
    assert!(!desk.root().join("public").exists());
}

/// File and line of an arrow such as `  --> content/a.md:4:1`.
fn place(line: &str) -> Option<(&str, usize)> {
    let address = line.trim_start().strip_prefix("--> ")?;
    let mut parts = address.splitn(3, ':');
    Some((parts.next()?, parts.next().map_or(0, |line| line.parse().unwrap_or(0))))
}

#[test]
fn the_same_mistakes_are_told_to_programs() {
    let (_desk, output) = run(&["--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let told = String::from_utf8(output.stdout).expect("messages are UTF-8");
    let (_desk, text) = run(&[]);
    let text = String::from_utf8_lossy(&text.stderr).into_owned();
    let mut seen = 0;
    for line in told.lines() {
        let one: serde_json::Value = serde_json::from_str(line).expect("every line is JSON");
        let word = |key: &str| one[key].as_str().unwrap_or_else(|| panic!("{line} has no {key}")).to_string();
        let head = format!("{}[{}]: {}", word("severity"), word("rule"), word("message"));
        assert!(text.contains(head.lines().next().unwrap_or_default()), "{head} is not among\n{text}");
        seen += 1;
    }
    assert_eq!(
        seen,
        text.lines().filter(|line| line.starts_with("error[") || line.starts_with("warning[")).count()
    );
}
