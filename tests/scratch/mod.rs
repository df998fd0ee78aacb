//! A small site on disk, made from strings, and what becomes of it.
//!
//! Knows nothing of what is right: that is for the tests that use it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "each test file uses its own part of this")]

pub mod client;
pub mod everything;
pub mod press;
pub mod served;
pub mod story;
pub mod web;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bulletin::engine::{Destination, Report, Request, Silent, Stop};
use tempfile::TempDir;

/// The files of a folder: paths with `/`, and bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// An instant after everything that tests publish, unless they say otherwise.
pub const NOW: &str = "2026-11-23T12:00:00Z";

const SETTINGS: &str =
    "title = \"Desk\"\nid = \"desk\"\nbase_url = \"https://example.org/\"\ntimezone = \"Europe/Kyiv\"\n";

/// A site in a folder of its own, which goes with it.
pub struct Site {
    folder: TempDir,
}

/// What a build in this process found and wrote.
pub struct Built {
    pub report: Report,
    pub files: Files,
}

/// What the program said.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Site {
    /// A site with settings and nothing else.
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }.file("site.toml", SETTINGS)
    }

    /// Adds lines to the settings.
    pub fn settings(self, lines: &str) -> Self {
        self.edit("site.toml", |text| format!("{text}{lines}\n"));
        self
    }

    /// Adds a file.
    pub fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    /// Adds a briefing: `front_matter` without its fences.
    pub fn briefing(self, path: &str, front_matter: &str, body: &str) -> Self {
        self.file(&format!("content/{path}"), page(front_matter, body))
    }

    /// Replaces the theme by one that is quick to render and easy to search.
    pub fn plain_theme(self) -> Self {
        let list = "<h1>{{ list.title }}</h1>{{ content | safe }}{% for item in list.items %}<a href=\"{{ item.path }}\">{{ item.title }}</a>{% endfor %}{{ site.title }}\n";
        let page = "<h1>{{ page.title }}</h1>{{ content | safe }}{{ site.title }}\n";
        let mut site = self.file("themes/plain/theme.toml", "name = \"plain\"\n");
        for (name, text) in [
            ("home.html", list),
            ("list.html", list),
            ("term.html", list),
            ("archive.html", list),
            ("terms.html", "{% for item in terms.items %}{{ item.title }}{% endfor %}\n"),
            ("page.html", page),
            ("briefing.html", page),
            ("404.html", "{% if metadata %}{% endif %}{{ site.title }}\n"),
        ] {
            site = site.file(&format!("themes/plain/templates/{name}"), text);
        }
        site.settings("theme = \"plain\"")
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Where a file of the site, or of its output, is.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let place = self.path(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }

    /// Writes a file in one step, so that nobody sees half of it.
    pub fn save(&self, path: &str, text: impl AsRef<[u8]>) {
        let (draft, place) = (self.path(".saving"), self.path(path));
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&draft, text).unwrap();
        fs::rename(draft, place).unwrap();
    }

    pub fn edit(&self, path: &str, change: impl FnOnce(String) -> String) {
        let text = fs::read_to_string(self.path(path)).unwrap();
        self.write(path, change(text));
    }

    pub fn delete(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    /// Builds into `public/` as of `now`; a refusal or a fault is a failure of the test.
    pub fn build(&self, now: &str) -> Built {
        self.built(&self.request(now)).unwrap_or_else(|stop| panic!("the build stopped: {stop:?}"))
    }

    /// Builds without any mistake in the content.
    pub fn build_soundly(&self, now: &str) -> Built {
        let built = self.build(now);
        assert!(!built.report.failed(), "{:#?}", built.errors());
        built
    }

    /// Builds as `request` says, and reads what is in its output folder.
    pub fn built(&self, request: &Request) -> Result<Built, Stop> {
        let report = bulletin::engine::run(request, &Silent)?;
        let Destination::Folder(folder) = &request.destination else {
            return Ok(Built { report, files: Files::new() });
        };
        Ok(Built { report, files: files(&request.root.join(folder)) })
    }

    /// What `bulletin build` asks of the engine.
    pub fn request(&self, now: &str) -> Request {
        Request {
            root: self.root().to_path_buf(),
            config: None,
            destination: Destination::Folder("public".into()),
            base_url: None,
            now: now.parse().expect("an instant"),
            profile: bulletin::engine::Profile::Public,
            threads: Some(2),
        }
    }

    /// What is in `public/` now.
    pub fn output(&self) -> Files {
        files(&self.path("public"))
    }

    /// What a build of the same files elsewhere writes, where nothing was built before.
    pub fn clean(&self, now: &str) -> Files {
        self.copy().build(now).files
    }

    /// The same site in another folder, without anything that was built or remembered.
    pub fn copy(&self) -> Self {
        let copy = Self { folder: TempDir::new().unwrap() };
        for folder in ["content", "themes"] {
            for (path, bytes) in files(&self.path(folder)) {
                copy.write(&format!("{folder}/{path}"), bytes);
            }
        }
        copy.write("site.toml", fs::read(self.path("site.toml")).unwrap());
        copy
    }

    /// Runs the program on this site as of [`NOW`].
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in(&[], arguments)
    }

    /// The same, with these variables in the environment.
    pub fn run_in(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        ran(command.envs(environment.iter().copied()))
    }

    /// Starts the program and does not wait for it.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("build").arg("--root").arg(self.root()).args(arguments);
        if !arguments.contains(&"--now") {
            command.args(["--now", NOW]);
        }
        command.env_remove("BULLETIN_BASE_URL");
        command
    }
}

/// The program that is tested.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_bulletin");

/// Runs a command to its end.
pub fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

impl Ran {
    /// The exit code is this, nothing panicked, and every one of `words` was said.
    pub fn ended(&self, code: i32, words: &[&str]) -> &Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(!self.err.contains("panicked"), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word) || self.out.contains(word), "no {word:?} in:\n{}", self.err);
        }
        self
    }
}

impl Built {
    /// A file of the output as text.
    pub fn text(&self, path: &str) -> &str {
        let bytes = self.files.get(path).unwrap_or_else(|| panic!("no {path} among {:#?}", self.paths()));
        std::str::from_utf8(bytes).unwrap()
    }

    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    pub fn paths(&self) -> Vec<&str> {
        self.files.keys().map(String::as_str).collect()
    }

    /// Every error: file, line and message.
    pub fn errors(&self) -> Vec<String> {
        let errors = self.report.diagnostics.iter().filter(|d| d.is_error());
        errors.map(shown).collect()
    }

    /// The paths of all outputs that hold `word`, in their path or in their bytes.
    pub fn traces(&self, word: &str) -> Vec<&str> {
        let holds = |bytes: &[u8]| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        let with = self.files.iter().filter(|(path, bytes)| path.contains(word) || holds(bytes));
        with.map(|(path, _)| path.as_str()).collect()
    }
}

/// A diagnostic in one line.
pub fn shown(diagnostic: &bulletin::diagnostic::Diagnostic) -> String {
    let place = diagnostic.place.as_ref();
    let file = place.map_or("-", |place| place.file.as_str());
    let line = place.map_or(0, |place| place.line);
    format!("{file}:{line}: [{}] {}", diagnostic.rule, diagnostic.message)
}

/// The text of a content file.
pub fn page(front_matter: &str, body: &str) -> String {
    format!("+++\n{}\n+++\n\n{body}\n", front_matter.trim_end())
}

/// Every file below a folder, none if there is no such folder; links are not followed.
pub fn files(folder: &Path) -> Files {
    let mut all = Files::new();
    if !folder.is_dir() {
        return all;
    }
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder).unwrap().to_str().expect("outputs have UTF-8 names");
            all.insert(path.replace('\\', "/"), fs::read(entry.path()).unwrap());
        }
    }
    all
}

/// Fails with the names of the files that differ, not with their megabytes.
pub fn assert_same(one: &Files, other: &Files) {
    let paths = one.keys().chain(other.keys());
    let mut differ: Vec<&String> = paths.filter(|path| one.get(*path) != other.get(*path)).collect();
    differ.sort_unstable();
    differ.dedup();
    if let Some(first) = differ.first() {
        let text = |files: &Files| files.get(*first).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        panic!("these differ: {differ:#?}\n--- one\n{:?}\n--- other\n{:?}", text(one), text(other));
    }
}
