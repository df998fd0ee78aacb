//! The rules of the house, each a function from sources to complaints. Knows nothing of how sources are found.

use std::collections::{BTreeMap, BTreeSet};

use crate::code::Code;

/// The rooms in order: each may use those before it.
const ROOMS: [&str; 15] = [
    "mutation",
    "digest",
    "web",
    "diagnostic",
    "table",
    "site",
    "source",
    "catalog",
    "theme",
    "output",
    "engine",
    "preview",
    "check",
    "deploy",
    "cli",
];

const FILE_LINES_MAX: usize = 400;
/// Tests are read from top to bottom, and may be longer.
const TEST_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

/// Words that name anything and so nothing.
const EMPTY_NAMES: [&str; 8] = ["util", "utils", "helper", "helpers", "manager", "ctx", "mgr", "misc"];

/// Functions that may take a switch, with the reason.
const SWITCHES: [(&str, &str); 0] = [];

/// Values that are made once and shared, with the reason; none of them can change.
const STATE: [(&str, &str); 12] = [
    ("src/output/context.rs", "what the sitemap lists, gathered when somebody asks"),
    ("src/output/items.rs", "the values of items that many lists share, built once a run, and bounded"),
    ("src/output/opened.rs", "the file of a page, which is read again for its twin otherwise"),
    ("src/output/keys/mod.rs", "the digests that many keys share, taken once a run"),
    ("src/engine/ledger/mod.rs", "the pages of a ledger, read when the first is needed"),
    ("src/engine/ledger/shelf.rs", "the pages of a ledger, block by block"),
    ("src/main.rs", "the allocator of the whole program"),
    ("src/source/markdown/sanitise.rs", "what the sanitiser allows, built once"),
    ("src/source/markdown/highlight/paint.rs", "the grammars, loaded once"),
    ("src/preview/server/hub.rs", "what changed, for all connections; of bounded size"),
    ("src/preview/server/host/mod.rs", "the rule files as last read"),
    ("src/cli/progress.rs", "the line that is being drawn"),
];

fn rank(room: &str) -> Option<usize> {
    ROOMS.iter().position(|known| *known == room)
}

/// Each room uses only those before it.
pub fn rooms(sources: &[Code]) -> Vec<String> {
    let mut complaints = Vec::new();
    for code in sources {
        let inside = code.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        let parts: Vec<&str> = inside.split('/').collect();
        // lib.rs and main.rs come last: they may use anything.
        let Some(own) = rank(parts[0]) else { continue };
        for room in used(&code.bare, parts.len()) {
            match rank(&room) {
                Some(other) if other <= own => {}
                Some(_) => complaints.push(format!("{}: must not know about `{room}`", code.path)),
                None => complaints.push(format!("{}: `{room}` is no room of the house", code.path)),
            }
        }
    }
    complaints
}

/// The rooms that code names, which stands in a module of this depth.
fn used(code: &str, depth: usize) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    let up = "super::".repeat(depth);
    // A path in braces that goes up further than the one before them.
    let braced = format!("{}{{super::", "super::".repeat(depth.saturating_sub(1)));
    for root in ["crate::", &up, &braced] {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            rooms.extend(heads(&code[at + root.len()..]));
        }
    }
    rooms.remove("super");
    rooms
}

/// The first names of a path, or of each path in braces.
fn heads(path: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(list) = path.strip_prefix('{') else { return vec![word(path)] };
    let mut heads = vec![word(list)];
    let mut depth = 0;
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(word(&list[at + 1..])),
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

/// What reaches out of the program, and the files that may.
const DOORS: [(&str, &[&str], &[&str]); 4] = [
    (
        "the file system",
        &[
            "std::fs",
            "fs::",
            "File::",
            "walkdir",
            "WalkDir",
            ".exists()",
            ".is_dir()",
            ".is_file()",
            ".read_dir()",
            ".canonicalize()",
            ".metadata()",
            "symlink_metadata",
        ],
        &[
            "src/source/tree.rs",
            "src/source/tree/",
            "src/source/regular.rs",
            "src/source/stamp.rs",
            "src/fingerprint.rs",
            "src/engine/",
            "src/preview/",
            "src/check/against/published.rs",
            "src/check/embargo/tests.rs",
            "src/deploy/after.rs",
            "src/deploy/release.rs",
            "src/deploy/sums.rs",
            "src/deploy/host/",
            "src/cli/",
            "src/main.rs",
        ],
    ),
    ("the environment", &["std::env", "env::"], &["src/main.rs"]),
    (
        "the network",
        &["std::net", "TcpStream", "TcpListener", "UdpSocket", "ureq::"],
        &["src/preview/server/", "src/web.rs", "src/deploy/host/"],
    ),
    (
        "other programs",
        &["std::process::Command", "process::{Command", "process::exit", "process::abort"],
        &["src/deploy/after.rs", "src/deploy/host/git.rs"],
    ),
];

/// Only the rooms that are made for it touch the world outside.
pub fn outside(sources: &[Code]) -> Vec<String> {
    let mut complaints = Vec::new();
    for code in sources {
        for (what, signs, allowed) in DOORS {
            if allowed.iter().any(|path| code.path.starts_with(path)) {
                continue;
            }
            let found = lines_with(&code.bare, signs);
            complaints.extend(found.map(|line| format!("{}:{line}: touches {what}", code.path)));
        }
        complaints.extend(clock(code));
    }
    complaints
}

/// The clock is read where clippy was told why, and only by the command line.
fn clock(code: &Code) -> Vec<String> {
    let signs = ["Timestamp::now", "Zoned::now", "Instant::now", "SystemTime"];
    let lines: Vec<&str> = code.bare.lines().collect();
    let may = code.path == "src/main.rs" || code.path.starts_with("src/cli/");
    let excused = |line: usize| {
        let before = &lines[line.saturating_sub(4)..line];
        before.iter().any(|line| line.contains("(clippy::disallowed_methods"))
    };
    let read = lines_with(&code.bare, &signs).filter(|line| !may || !excused(*line));
    read.map(|line| format!("{}:{line}: reads the clock", code.path)).collect()
}

/// The numbers of the lines that hold any of these, at the start of a word.
fn lines_with<'c>(code: &'c str, signs: &'c [&str]) -> impl Iterator<Item = usize> + 'c {
    let holds = |line: &str| {
        signs.iter().any(|sign| {
            line.match_indices(sign).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                sign.starts_with('.') || !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            })
        })
    };
    code.lines().enumerate().filter(move |(_, line)| holds(line)).map(|(index, _)| index + 1)
}

/// There is no state that cannot be pointed at.
pub fn state(sources: &[Code]) -> Vec<String> {
    let signs = ["static ", "Mutex", "RwLock", "RefCell", "OnceLock", "LazyLock", "thread_local", "Cell<"];
    let of = |code: &Code| -> Vec<String> {
        let allowed = STATE.iter().any(|(path, _)| *path == code.path);
        let lines: Vec<&str> = code.bare.lines().collect();
        let lifetime =
            |line: &usize| lines[line - 1].contains("'static ") && !lines[line - 1].contains("Mutex");
        let found = lines_with(&code.bare, &signs).filter(|line| !allowed && !lifetime(line));
        found.map(|line| format!("{}:{line}: hidden state", code.path)).collect()
    };
    sources.iter().flat_map(of).collect()
}

/// The catalog is as pure as it says.
pub fn html(sources: &[Code]) -> Vec<String> {
    let tag = |text: &str| {
        text.match_indices('<')
            .any(|(at, _)| text[at + 1..].starts_with(|c: char| c == '/' || c.is_alphabetic()))
    };
    let catalog = sources.iter().filter(|code| code.path.starts_with("src/catalog"));
    let lines = catalog.flat_map(|code| code.texts.lines().enumerate().map(move |line| (code, line)));
    let found = lines.filter(|(_, (_, line))| tag(line));
    found.map(|(code, (index, _))| format!("{}:{}: knows HTML", code.path, index + 1)).collect()
}

/// The first line says what the file is for.
pub fn openings(sources: &[Code]) -> Vec<String> {
    let silent = sources.iter().filter(|code| !code.whole.starts_with("//! "));
    silent.map(|code| format!("{}: does not say what it is for", code.path)).collect()
}

/// Files and functions that fit a head.
pub fn lengths(sources: &[Code]) -> Vec<String> {
    let mut complaints = Vec::new();
    for code in sources {
        let lines = code.whole.lines().count();
        let limit = if code.path.starts_with("tests/") { TEST_LINES_MAX } else { FILE_LINES_MAX };
        if lines > limit {
            complaints.push(format!("{}: {lines} lines, more than {limit}", code.path));
        }
        for (line, name, length) in functions(&code.all) {
            if length > FUNCTION_LINES_MAX {
                complaints.push(format!("{}:{line}: `{name}` has {length} lines", code.path));
            }
        }
    }
    complaints
}

/// Line, name and number of lines of each function. Formatted code closes a function at the indentation it has.
fn functions(code: &str) -> Vec<(usize, String, usize)> {
    let lines: Vec<&str> = code.lines().collect();
    let mut all = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        let close = format!("{indent}}}");
        let ends = |line: &str| line.trim_end() == close;
        let one_line = line.trim_end().ends_with(['}', ';']);
        let length =
            if one_line { 1 } else { lines[index..].iter().position(|line| ends(line)).unwrap_or(0) + 1 };
        all.push((index + 1, name, length));
    }
    all
}

fn function_name(line: &str) -> Option<String> {
    let (before, after) = line.split_once("fn ")?;
    let words = ["", "pub", "const", "async", "unsafe", "extern"];
    let opening = |word: &str| words.contains(&word) || word.starts_with("pub(");
    let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (before.split_whitespace().all(opening) && !name.is_empty()).then_some(name)
}

/// Nothing is left for later, and no test is skipped.
pub fn leftovers(sources: &[Code]) -> Vec<String> {
    let mut complaints = Vec::new();
    for code in sources {
        let notes = lines_with(&code.comments, &["TODO", "FIXME", "XXX", "HACK"]);
        let calls = lines_with(&code.all, &["dbg!", "todo!", "unimplemented!", "#[ignore"]);
        complaints.extend(notes.chain(calls).map(|line| format!("{}:{line}: left for later", code.path)));
    }
    complaints
}

/// Public functions take types, not switches.
pub fn switches(sources: &[Code]) -> Vec<String> {
    let mut complaints = Vec::new();
    for code in sources {
        for (at, _) in code.bare.match_indices("fn ") {
            let line = code.bare[..at].rfind('\n').map_or(0, |newline| newline + 1);
            let head = code.bare[line..].trim_start();
            let Some(name) = function_name(head.lines().next().unwrap_or_default()) else { continue };
            let takes = parameters(&code.bare[at..]);
            let is_switch = takes.contains(": bool") || takes.contains("<bool>");
            let allowed = SWITCHES.iter().any(|(function, _)| *function == name);
            if head.starts_with("pub") && is_switch && !allowed {
                complaints.push(format!("{}: `{name}` takes a switch", code.path));
            }
        }
    }
    complaints
}

/// What stands between the parentheses of a function.
fn parameters(function: &str) -> &str {
    let open = function.find('(').unwrap_or(0);
    let mut depth = 0;
    for (at, c) in function[open..].char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return &function[open..open + at],
            ')' => depth -= 1,
            _ => {}
        }
    }
    ""
}

/// Names of files, functions and variables say something.
pub fn names(sources: &[Code]) -> Vec<String> {
    let mut complaints = Vec::new();
    let empty = |name: &str| name.split('_').any(|word| EMPTY_NAMES.contains(&word));
    for code in sources {
        if empty(code.name()) {
            complaints.push(format!("{}: the name of the file says nothing", code.path));
        }
        for (line, name, _) in functions(&code.all) {
            let vague = ["handle_", "process_", "do_"].iter().any(|start| name.starts_with(start));
            if vague || empty(&name) {
                complaints.push(format!("{}:{line}: `{name}` says nothing", code.path));
            }
        }
        let words = lines_with(&code.all, &["ctx", "mgr"]);
        complaints.extend(words.map(|line| format!("{}:{line}: a name that is no word", code.path)));
    }
    complaints
}

/// Every dependency stands below a comment line that says why it is not ours.
pub fn dependencies(manifest: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut inside = false;
    let mut before = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.trim_end_matches(']').ends_with("dependencies");
        } else if let Some((name, _)) = line.split_once('=').filter(|_| inside && !line.starts_with('#'))
            && !before.starts_with("# ")
        {
            complaints.push(format!("Cargo.toml: `{}` does not say why it is there", name.trim()));
        }
        before = line;
    }
    complaints
}

/// All languages of a theme have the same words. Takes texts by path.
pub fn words(files: &BTreeMap<String, String>) -> Vec<String> {
    let keys =
        |text: &String| text.parse::<toml::Table>().expect("it is TOML").into_iter().map(|(key, _)| key);
    let sets: BTreeMap<&str, BTreeSet<String>> =
        files.iter().map(|(path, text)| (path.as_str(), keys(text).collect())).collect();
    let all: BTreeSet<&String> = sets.values().flatten().collect();
    let common = |key: &&String| sets.values().all(|own| own.contains(*key));
    let english = sets.iter().find(|(path, _)| path.ends_with("en.toml")).map(|(_, own)| own);
    let mut complaints = Vec::new();
    for key in all.into_iter().filter(|key| !common(key)) {
        for (path, own) in &sets {
            match (english.is_some_and(|english| english.contains(key)), own.contains(key)) {
                (true, false) => complaints.push(format!("{path}: has no `{key}`")),
                (false, true) => complaints.push(format!("{path}: `{key}` is not in every language")),
                _ => {}
            }
        }
    }
    complaints
}

/// Templates pass a strict Content-Security-Policy. Takes texts by path.
pub fn templates(files: &BTreeMap<String, String>) -> Vec<String> {
    let signs =
        ["style=", "<script", "javascript:", "<style", " onclick", " onload", " onerror", " onchange"];
    let found = files.iter().flat_map(|(path, text)| {
        let text = without_tags(text).to_lowercase();
        signs
            .iter()
            .filter(move |sign| text.contains(**sign))
            .map(move |sign| format!("{path}: holds `{sign}`"))
    });
    found.collect()
}

/// A template without its tags: what is written as it stands.
fn without_tags(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(open) = ["{{", "{%", "{#"].iter().filter_map(|open| rest.find(open)).min() {
        text.push_str(&rest[..open]);
        let close = rest[open..].char_indices().find(|(at, c)| *at > 2 && *c == '}');
        rest = close.map_or("", |(length, _)| &rest[open + length + 1..]);
    }
    text + rest
}
