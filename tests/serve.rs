//! `bulletin serve` and `build --watch` as somebody uses them: a program that runs on while files change.
#![cfg(feature = "serve")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// However slow the machine is.
const GENEROUS: Duration = Duration::from_secs(60);
const LOOKS_MAX: usize = 3_000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// The program, and what it says; it ends with the test.
struct Running {
    child: Child,
    said: Receiver<String>,
}

impl Running {
    fn start(site: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bulletin"));
        command.current_dir(site).args(arguments).env_remove("BULLETIN_BASE_URL");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let (say, said) = channel();
        let streams: [Box<dyn Read + Send>; 2] = [
            Box::new(child.stdout.take().expect("it is piped")),
            Box::new(child.stderr.take().expect("it is piped")),
        ];
        for stream in streams {
            let say = say.clone();
            std::thread::spawn(move || {
                BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| say.send(line))
            });
        }
        Self { child, said }
    }

    /// The next line with this in it; those before it are passed over.
    #[track_caller]
    fn line(&self, part: &str) -> String {
        let mut passed = Vec::new();
        loop {
            match self.said.recv_timeout(GENEROUS) {
                Ok(line) if line.contains(part) => return line,
                Ok(line) => passed.push(line),
                Err(_) => panic!("nobody said {part:?}; said was:\n{}", passed.join("\n")),
            }
        }
    }

    #[track_caller]
    fn url(&self) -> String {
        let line = self.line("http://");
        line.split_whitespace().next().expect("an address").to_string()
    }

    /// What is said from now on, until this is said.
    #[track_caller]
    fn until(&self, part: &str) -> Vec<String> {
        let mut lines = Vec::new();
        while lines.last().is_none_or(|line: &String| !line.contains(part)) {
            lines.push(
                self.said.recv_timeout(GENEROUS).unwrap_or_else(|_| panic!("no {part:?} in {lines:?}")),
            );
        }
        lines
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A new site, made by the program.
fn desk() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_bulletin"));
    command.current_dir(folder.path()).args(["init", "desk", "--timezone", "Europe/Kyiv"]);
    assert!(command.output().expect("the program starts").status.success());
    let site = folder.path().join("desk");
    (folder, site)
}

fn append(site: &Path, path: &str, text: &str) {
    let path = site.join(path);
    let old = fs::read_to_string(&path).expect("the file is there");
    fs::write(&path, old + text).expect("the file can be written");
}

/// What a server answers, head and body.
fn fetched(url: &str, path: &str) -> String {
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let Ok(mut stream) = TcpStream::connect(host) else { return String::new() };
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let mut answer = Vec::new();
    stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_end(&mut answer)).ok();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Waits until it is so.
#[track_caller]
fn eventually(what: &str, is: impl Fn() -> bool) {
    for _ in 0..LOOKS_MAX {
        if is() {
            return;
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
    panic!("never: {what}");
}

const DRAFT: &str =
    "+++\ntitle = \"Secret\"\nsummary = \"s\"\ndate = 2026-11-01T09:00:00\ndraft = true\n+++\nNot yet.\n";

#[test]
fn what_is_saved_is_shown_and_told_in_a_line() {
    let (_folder, site) = desk();
    let running = Running::start(&site, &["serve", "--port", "0"]);
    assert!(running.line(" in ").starts_with("  2 pages, 1 topic → preview in "));
    let url = running.url();
    assert!(fetched(&url, "/about/").starts_with("HTTP/1.1 200"), "{}", fetched(&url, "/about/"));
    append(&site, "content/about.md", "\nA sentence that nobody wrote before.\n");
    let line = running.line("changed");
    assert!(line.starts_with("  1 changed → 1 made, 1 written in "), "{line}");
    assert!(line.ends_with(" s: content/about.md"), "{line}");
    assert!(fetched(&url, "/about/").contains("nobody wrote before"));
}

#[test]
fn held_back_pages_are_in_the_preview_and_not_in_what_the_public_sees() {
    let (_folder, site) = desk();
    fs::write(site.join("content/briefings/secret.md"), DRAFT).expect("a file can be written");
    let preview = Running::start(&site, &["serve", "--port", "0"]);
    assert!(fetched(&preview.url(), "/briefings/secret/").contains("Not yet."));
    // Both at once: each has a folder of its own.
    let public = Running::start(&site, &["serve", "--public", "--port", "0"]);
    let url = public.url();
    assert!(fetched(&url, "/briefings/secret/").starts_with("HTTP/1.1 404"));
    assert!(!site.join("public").exists(), "what is looked at is not what is published");
}

#[test]
fn a_mistake_is_drawn_once_and_the_last_good_page_stays_until_it_is_mended() {
    let (_folder, site) = desk();
    let running = Running::start(&site, &["serve", "--port", "0"]);
    let url = running.url();
    let about = fs::read_to_string(site.join("content/about.md")).expect("the page is there");
    append(&site, "content/about.md", "\n[to nothing](nothing.md)\n");
    running.line("error[link]");
    running.line("what could not be made stays as it was until this is mended");
    assert!(fetched(&url, "/about/").starts_with("HTTP/1.1 200"));
    fs::write(site.join("content/other.md"), "+++\ntitle = \"Other\"\n+++\nMore.\n")
        .expect("it can be written");
    let said = running.until("still 1 error");
    assert!(!said.iter().any(|line| line.contains("error[link]")), "{said:?}");
    fs::write(site.join("content/about.md"), about).expect("the page can be written");
    running.line("mended");
    eventually("the other page is there", || fetched(&url, "/other/").contains("More."));
}

#[test]
fn looking_now_and_then_is_enough() {
    let (_folder, site) = desk();
    let running = Running::start(&site, &["serve", "--port", "0", "--poll", "50"]);
    let url = running.url();
    append(&site, "content/about.md", "\nSeen all the same.\n");
    eventually("the edit is shown", || fetched(&url, "/about/").contains("Seen all the same."));
}

#[test]
fn a_build_that_watches_keeps_its_folder_up_to_date() {
    let (_folder, site) = desk();
    let running = Running::start(&site, &["build", "--watch"]);
    assert!(running.line(" in ").starts_with("  2 pages, 1 topic → public/ in "));
    append(&site, "content/about.md", "\nOn and on.\n");
    running.line("1 changed");
    let text = fs::read_to_string(site.join("public/about/index.html")).expect("the page is there");
    assert!(text.contains("On and on."));
}

#[test]
fn programs_read_an_object_for_the_address_and_one_for_each_build() {
    let (_folder, site) = desk();
    let running = Running::start(&site, &["serve", "--port", "0", "--format", "json"]);
    let object = |line: String| serde_json::from_str::<serde_json::Value>(&line).expect("it is JSON");
    let serving = object(running.until("serving").remove(0));
    assert!(serving["serving"].as_str().is_some_and(|url| url.starts_with("http://")), "{serving}");
    append(&site, "content/about.md", "\nMore.\n");
    let second = object(running.line("rebuild"));
    assert_eq!(second["rebuild"]["errors"], 0);
    assert_eq!(second["rebuild"]["sources"], serde_json::json!(["content/about.md"]));
    assert_eq!(second["rebuild"]["replaced"], 1);
}

#[test]
fn wrong_usage_ends_at_once_and_says_what_to_do() {
    let (folder, site) = desk();
    let ends = |folder: &Path, arguments: &[&str], part: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bulletin"));
        let output = command.current_dir(folder).args(arguments).output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(part), "{said}");
    };
    ends(folder.path(), &["serve"], "bulletin init");
    ends(&site, &["serve", "--poll", "1"], "10..=60000");
    ends(&site, &["build", "--poll"], "--watch");
    ends(&site, &["build", "--watch", "--verify"], "--verify");
}

#[test]
fn a_site_that_moves_to_another_path_is_shown_there_at_the_same_port() {
    let (_folder, site) = desk();
    let running = Running::start(&site, &["serve", "--port", "0"]);
    let url = running.url();
    let settings = fs::read_to_string(site.join("site.toml")).expect("the settings are there");
    let is_base = |line: &&str| line.starts_with("base_url");
    let base = settings.lines().find(is_base).expect("there is an address").to_string();
    let moved = settings.replace(&base, "base_url = \"https://example.org/desk/\"");
    fs::write(site.join("site.toml"), moved).expect("the settings can be written");
    assert_eq!(running.url(), format!("{url}desk/"));
    assert!(fetched(&url, "/desk/about/").starts_with("HTTP/1.1 200"));
}

#[test]
fn an_output_folder_that_somebody_takes_away_is_made_again() {
    let (_folder, site) = desk();
    let running = Running::start(&site, &["serve", "--port", "0"]);
    let url = running.url();
    let preview = site.join(".bulletin/preview");
    // What is gone may be made again before all is gone; then the folder is not empty, and is removed once more.
    eventually("the folder is removed", || fs::remove_dir_all(&preview).is_ok());
    append(&site, "content/about.md", "\nAll the same.\n");
    eventually("the page is back", || fetched(&url, "/about/").contains("All the same."));
    eventually("and the others", || fetched(&url, "/").starts_with("HTTP/1.1 200"));
}
