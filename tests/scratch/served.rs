//! A site in `bulletin serve`, from outside: the program that is shipped, asked over HTTP and judged by a clean build.
//!
//! Knows files, addresses and what the program prints; nothing of sessions, watching or servers.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::client::{Answer, Client, Events};
use super::{Files, NOW, PROGRAM, Site, files, ran};

/// How long anything may take: a machine with other things to do must not fail a test.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// How the script begins that the server adds to each page; it ends with the tag's end.
const SCRIPT: &str = "<script src=\"/_bulletin/reload.js\"";
const SCRIPT_END: &str = "</script>";
/// Files for the host, which answers as they say and does not give them away.
const FOR_THE_HOST: [&str; 3] = [".bulletin", "_redirects", "_headers"];

/// Whose site is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// What the writers see.
    Preview,
    /// What the public sees.
    Public,
}

/// A site that is being served; the program ends with it.
pub struct Served {
    pub site: Arc<Site>,
    pub view: View,
    now: String,
    program: Child,
    out: Arc<Mutex<Vec<String>>>,
    err: Arc<Mutex<Vec<String>>>,
    address: String,
    base: String,
    /// Every file that was ever served.
    known: Mutex<BTreeSet<String>>,
}

impl Served {
    /// Serves a site as of [`NOW`], and waits until it is what a clean build makes.
    #[track_caller]
    pub fn start(site: Site, view: View) -> Self {
        let served = Self::start_with(site, view, &["--now", NOW, "--format", "json"]);
        served.same_as_clean();
        served
    }

    /// Serves a site with these arguments, and waits until the program says where.
    #[track_caller]
    pub fn start_with(site: Site, view: View, arguments: &[&str]) -> Self {
        Self::start_shared(Arc::new(site), view, arguments)
    }

    /// Serves a site where the system watches so few folders that they do not suffice; none where that cannot be had.
    #[track_caller]
    pub fn start_unwatched(site: Site, view: View) -> Option<Self> {
        let limited = |then: &str| {
            let mut command = Command::new("unshare");
            let set = format!("echo 2 > /proc/sys/user/max_inotify_watches && {then}");
            command.args(["--user", "--map-root-user", "sh", "-c", &set, PROGRAM]);
            command
        };
        let is_possible = limited("true").output().is_ok_and(|output| output.status.success());
        let arguments = ["--now", NOW, "--format", "json"];
        is_possible.then(|| Self::start_by(limited("exec \"$0\" \"$@\""), (Arc::new(site), view), &arguments))
    }

    #[track_caller]
    fn start_shared(site: Arc<Site>, view: View, arguments: &[&str]) -> Self {
        Self::start_by(Command::new(PROGRAM), (site, view), arguments)
    }

    #[track_caller]
    fn start_by(mut command: Command, (site, view): (Arc<Site>, View), arguments: &[&str]) -> Self {
        command.args(["serve", "--port", "0", "--root"]).arg(site.root()).args(arguments);
        if view == View::Public {
            command.arg("--public");
        }
        command.env_remove("BULLETIN_BASE_URL").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut program = command.spawn().expect("the program can be started");
        let out = told(program.stdout.take().expect("it is piped"));
        let err = told(program.stderr.take().expect("it is piped"));
        let now = arguments.iter().skip_while(|argument| **argument != "--now").nth(1).unwrap_or(&NOW);
        let (address, base, known) = (String::new(), String::new(), Mutex::default());
        let now = now.to_string();
        let mut served = Self { site, view, now, program, out, err, address, base, known };
        let Some(url) = waited(|| served.lines().iter().find_map(|line| url(line))) else {
            panic!("it never said where it serves:\n{}", served.said())
        };
        let (address, base) = url.split_once('/').unwrap_or((&url, ""));
        (served.address, served.base) = (address.to_string(), format!("/{base}"));
        served
    }

    /// Ends the program at once, whatever it is doing.
    pub fn kill(&mut self) {
        self.program.kill().expect("it was still running");
        self.program.wait().expect("a child can be waited for");
    }

    /// Serves the same site again.
    #[track_caller]
    pub fn again(self) -> Self {
        let (view, site) = (self.view, self.site.clone());
        let known = std::mem::take(&mut *self.known.lock().expect("nobody panics here"));
        drop(self);
        let served = Self::start_shared(site, view, &["--now", NOW, "--format", "json"]);
        served.known.lock().expect("nobody panics here").extend(known);
        served
    }

    /// Somebody who asks.
    pub fn client(&self) -> Client {
        Client::of(&self.address)
    }

    /// Asks once for a path from the root of the site.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        let answer = self.client().get(&self.address_of(path));
        answer.unwrap_or_else(|error| panic!("{path} was not answered: {error}\n{}", self.said()))
    }

    /// Asks for a path until the answer is as wanted.
    #[track_caller]
    pub fn until(&self, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
        let answer = || Some(self.get(path)).filter(&wanted);
        waited(answer).unwrap_or_else(|| {
            let last = self.get(path);
            panic!("{path} never became as wanted: {} {}\n{}", last.status, last.text(), self.said())
        })
    }

    /// Waits until something is so.
    #[track_caller]
    pub fn wait_for<T>(&self, what: &str, found: impl Fn() -> Option<T>) -> T {
        waited(found).unwrap_or_else(|| panic!("{what} never came\n{}", self.said()))
    }

    /// What a browser is told that looks at this page: it asks as the script in the page says.
    #[track_caller]
    pub fn events(&self, path: &str) -> Events {
        let page = self.get(path).text();
        let (_, script) = page.split_once(SCRIPT).unwrap_or_else(|| panic!("{path} has no script:\n{page}"));
        let said = |name: &str| script.split_once(name)?.1.split('"').next();
        let (page, since) =
            (said("data-page=\"").unwrap_or_default(), said("data-since=\"").unwrap_or_default());
        let path = format!("/_bulletin/events?page={page}&since={since}");
        let events = Events::open(&self.address, &path);
        events.unwrap_or_else(|error| panic!("{path} tells nothing: {error}\n{}", self.said()))
    }

    /// Where a path from the root of the site is on this server.
    pub fn address_of(&self, path: &str) -> String {
        format!("{}{}", self.base, encoded(path.trim_start_matches('/')))
    }

    /// The lines on standard output up to now.
    pub fn lines(&self) -> Vec<String> {
        self.out.lock().expect("nobody panics while reading").clone()
    }

    /// What the program said of mistakes up to now.
    pub fn errors(&self) -> String {
        self.err.lock().expect("nobody panics while reading").join("\n")
    }

    /// All that the program said.
    pub fn said(&self) -> String {
        let (out, err) = (self.lines().join("\n"), self.errors());
        format!("--- standard output\n{out}\n--- standard error\n{err}\n")
    }

    /// Every time it looked at the site since it serves, with `--format json`.
    pub fn looks(&self) -> Vec<serde_json::Value> {
        let lines = self.lines();
        let since = lines.iter().skip_while(|line| !line.contains("\"serving\""));
        let objects = since.filter_map(|line| serde_json::from_str(line).ok());
        objects
            .filter_map(|mut object: serde_json::Value| object.get_mut("rebuild").map(|it| it.take()))
            .collect()
    }

    /// The same without those of which nothing came.
    pub fn rebuilds(&self) -> Vec<serde_json::Value> {
        let mut looks = self.looks();
        let counts = ["made", "replaced", "removed"];
        let nothing = |look: &serde_json::Value| {
            look["sources"] == serde_json::json!([]) && counts.iter().all(|count| look[count] == 0)
        };
        looks.retain(|look| !nothing(look));
        looks
    }

    /// The rebuilds, once there are so many: an output is seen a moment before its rebuild is told.
    #[track_caller]
    pub fn so_many_rebuilds(&self, count: usize) -> Vec<serde_json::Value> {
        self.wait_for("the last rebuild", || Some(self.rebuilds()).filter(|all| all.len() >= count));
        let all = self.rebuilds();
        assert_eq!(all.len(), count, "{}", self.said());
        all
    }

    /// The number of the process.
    pub fn process(&self) -> u32 {
        self.program.id()
    }

    /// Writes a file in one step.
    pub fn save(&self, path: &str, text: impl AsRef<[u8]>) {
        self.site.save(path, text);
    }

    /// Changes a file in one step; the part that goes must be there.
    #[track_caller]
    pub fn replace(&self, path: &str, (old, new): (&str, &str)) {
        let text = fs::read_to_string(self.site.path(path)).expect("it is text");
        assert!(text.contains(old), "{path} has no {old}");
        self.save(path, text.replace(old, new));
    }

    /// What a build makes of the files as they are, in a folder where nothing was built before.
    #[track_caller]
    pub fn clean(&self) -> Files {
        let elsewhere = TempDir::new().expect("a folder can be made");
        let output = elsewhere.path().join("clean");
        let view = if self.view == View::Public { "public" } else { "preview" };
        let mut command = Command::new(PROGRAM);
        command.args(["build", "--quiet", "--profile", view, "--now", &self.now, "--root"]);
        command.arg(self.site.root()).arg("--output").arg(&output).env_remove("BULLETIN_BASE_URL");
        ran(&mut command).ended(0, &[]);
        files(&output)
    }

    /// Whatever happens from now on happens at another instant: for clean builds.
    pub fn at(&mut self, now: &str) -> &Self {
        self.now = now.to_string();
        self
    }

    /// Sooner or later every file of a clean build is served with its bytes, and what was there before is gone.
    #[track_caller]
    pub fn same_as_clean(&self) {
        self.same_as(&self.clean());
    }

    /// Sooner or later these files are served with their bytes, and nothing else that was there before.
    #[track_caller]
    pub fn same_as(&self, clean: &Files) {
        let mut known = self.known.lock().expect("nobody panics here");
        known.extend(clean.keys().filter(|path| !FOR_THE_HOST.contains(&path.as_str())).cloned());
        let alike = || self.differing(clean, &known).is_empty().then_some(());
        if waited(alike).is_none() {
            let differ = self.differing(clean, &known);
            let first = differ.first().map_or("", |(path, _)| path);
            let served = self.get(first);
            let text = clean.get(first).map_or("nothing".into(), |bytes| String::from_utf8_lossy(bytes));
            panic!(
                "these differ: {differ:#?}\n--- served\n{} {}\n--- clean\n{text}\n{}",
                served.status,
                served.text(),
                self.said()
            );
        }
    }

    /// The files that are not served as a clean build has them, with what is wrong.
    fn differing<'k>(&self, clean: &Files, known: &'k BTreeSet<String>) -> Vec<(&'k str, String)> {
        let mut client = self.client();
        let mut differ = Vec::new();
        for path in known {
            let answer = match client.get(&self.address_of(&address(path))) {
                Ok(answer) => answer,
                Err(error) => {
                    differ.push((path.as_str(), error.to_string()));
                    continue;
                }
            };
            let wrong = match clean.get(path) {
                None if ![404, 410].contains(&answer.status) => "should be gone",
                Some(_) if answer.status != 200 => "is missing",
                Some(bytes) if *bytes != as_built(path, &answer.body) => "differs",
                _ => continue,
            };
            differ.push((path.as_str(), format!("{wrong} ({})", answer.status)));
        }
        differ
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Whether it is still there is for the test to say; gone it is afterwards.
        self.program.kill().ok();
        self.program.wait().ok();
    }
}

/// Looks again and again until there is something, for as long as anybody waits.
pub fn waited<T>(found: impl Fn() -> Option<T>) -> Option<T> {
    #[expect(clippy::disallowed_methods, reason = "how long to wait for a program that should have answered")]
    let began = std::time::Instant::now();
    while began.elapsed() < PATIENCE {
        if let Some(found) = found() {
            return Some(found);
        }
        thread::sleep(PAUSE);
    }
    found()
}

/// The lines that come out of a pipe, as they come.
fn told(pipe: impl Read + Send + 'static) -> Arc<Mutex<Vec<String>>> {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&lines);
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            told.lock().expect("nobody panics while reading").push(line);
        }
    });
    lines
}

/// The address in a line, without its scheme.
fn url(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("http://")?;
    Some(rest.split(|end: char| end == '"' || end.is_whitespace()).next()?.to_string())
}

/// The address under which a file of the output is served.
pub fn address(file: &str) -> String {
    let file = Path::new(file);
    let is_index = file.file_name().is_some_and(|name| name == "index.html");
    let shown = if is_index { file.parent().unwrap_or(file) } else { file };
    let shown = shown.to_str().expect("outputs have UTF-8 names");
    if is_index && !shown.is_empty() { format!("{shown}/") } else { shown.to_string() }
}

/// A path as it stands in a request.
pub fn encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// A file as it was built: pages carry one script of the server, the first of theirs, and nothing else.
pub fn as_built(path: &str, body: &[u8]) -> Vec<u8> {
    let Some(text) = std::str::from_utf8(body).ok().filter(|_| path.ends_with(".html")) else {
        return body.to_vec();
    };
    let Some((before, rest)) = text.split_once(SCRIPT) else { return body.to_vec() };
    let after = rest.split_once(SCRIPT_END).map_or("", |(_, after)| after);
    [before, after].concat().into_bytes()
}
