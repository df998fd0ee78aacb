//! What comes after a deploy: which addresses changed, who is told of them, and whether readers see what was sent.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::plan::{Change, Plan};
use super::release::{File, Release};
use crate::digest::Sha256;
use crate::engine::Stop;
use crate::output::index_of;
use crate::site::{BaseUrl, encode};
use crate::web::{Answer, Patience, Web};

/// The variable that tells a command where the list of addresses is.
pub const CHANGED_URLS: &str = "BULLETIN_CHANGED_URLS";

/// The addresses of everything that readers would get otherwise than before: for caches that must forget them.
pub(super) fn changed(plan: &Plan, base_url: &BaseUrl) -> Vec<String> {
    let changed = plan.steps.iter().filter(|step| step.change != Change::Retire);
    changed.map(|step| address(&step.path, base_url)).collect()
}

/// The addresses of what changed at the host of a deployment and that nobody was told of yet, in order: those of the last
/// deploy, and of all before it that broke off.
pub fn untold(root: &Path, name: &str) -> Vec<String> {
    let text = fs::read_to_string(memory(root, name)).unwrap_or_default();
    let lines: BTreeSet<String> = text.lines().map(str::to_string).collect();
    lines.into_iter().collect()
}

/// Remembers addresses that are about to change. A site that can only be read remembers none.
pub(super) fn remember(root: &Path, name: &str, urls: &[String]) {
    let place = memory(root, name);
    let text: String = urls.iter().flat_map(|url| [url, "\n"]).collect();
    let file = fs::File::options().create(true).append(true).open(place);
    file.and_then(|mut file| file.write_all(text.as_bytes())).ok();
}

/// Everybody was told of what changed.
pub fn told(root: &Path, name: &str) {
    fs::remove_file(memory(root, name)).ok();
}

fn memory(root: &Path, name: &str) -> PathBuf {
    root.join(".bulletin").join(format!("deploy-{name}.untold"))
}

/// The address of a file: that of its folder, for an `index.html`.
pub(super) fn address(path: &str, base_url: &BaseUrl) -> String {
    let shown = if path == "index.html" || path.ends_with("/index.html") {
        &path[..path.len() - "index.html".len()]
    } else {
        path
    };
    base_url.absolute(&encode(shown))
}

/// Runs the command of a deployment, in the folder of the site. What it says goes where messages go: a report that programs
/// read stays one.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn run(command: &[String], changed_urls: &Path, root: &Path) -> Result<(), Stop> {
    let Some((program, arguments)) = command.split_first() else { return Ok(()) };
    let status = Command::new(program)
        .args(arguments)
        .env(CHANGED_URLS, changed_urls)
        .current_dir(root)
        .stdout(std::io::stderr())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Stop::Refused(format!(
            "the site is published, but the command after it, {program}, ended with {status}"
        ))),
        Err(error) => Err(Stop::Refused(format!(
            "the site is published, but the command after it, {program}, cannot be run: {error}"
        ))),
    }
}

/// As patient as a reader of the site is with films.
pub(super) const PATIENCE: Patience = Patience {
    redirects_max: 4,
    wait: Duration::from_secs(30),
    wait_for_bytes: Duration::from_secs(600),
    bytes_max: 1 << 30,
};
/// As patient as a reader is with pages.
const PATIENCE_WITH_PAGES: Patience =
    Patience { wait: Duration::from_secs(5), wait_for_bytes: Duration::from_secs(10), ..PATIENCE };

/// A reader of the site at an address.
pub(super) fn reader(base_url: &BaseUrl, patience: Patience) -> Result<Web, Stop> {
    Web::new(&base_url.root(), patience).map_err(Stop::Refused)
}

/// Whether the bytes at an address are these.
pub(super) fn same(web: &Web, url: &str, wanted: Sha256) -> Result<(), String> {
    let Answer { status, bytes, .. } = web.fetched(url).map_err(|why| format!("cannot be read: {why}"))?;
    match status {
        200 if Sha256::of(&bytes) == wanted => Ok(()),
        // The page for what is not there may say so.
        404 if url.ends_with("/404.html") && Sha256::of(&bytes) == wanted => Ok(()),
        200 => Err("is not what was published".to_string()),
        _ => Err(format!("the server answers {status}")),
    }
}

/// What a reader gets at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The address.
    pub url: String,
    /// What is wrong with it; none if it is what was published.
    pub problem: Option<String>,
}

/// Fetches what readers come to first, and compares it with what was published: home, the newest briefing, feed and record.
///
/// # Errors
/// When this program has no client for HTTP.
pub fn looks(release: &Release, newest: Option<&str>, base_url: &BaseUrl) -> Result<Vec<Look>, Stop> {
    let web = reader(base_url, PATIENCE_WITH_PAGES)?;
    let newest = newest.map(|path| index_of(path.trim_start_matches('/')));
    let wanted = ["index.html".to_string()].into_iter().chain(newest);
    let wanted = wanted.chain(["feed.xml", "record.json"].map(str::to_string));
    let files: Vec<&File> = wanted.filter_map(|path| release.file(&path)).collect();
    let look = |file: &&File| {
        let url = address(&file.path, base_url);
        let problem = same(&web, &url, file.sha256).err();
        Look { url, problem }
    };
    let mut looks: Vec<Look> = at_once(&files, look);
    for _ in 1..LOOKS_MAX {
        let again: Vec<usize> = (0..files.len()).filter(|&at| looks[at].problem.is_some()).collect();
        if again.is_empty() {
            break;
        }
        std::thread::sleep(PAUSE);
        let seen = at_once(&again, |&at| look(&files[at]));
        again.into_iter().zip(seen).for_each(|(at, seen)| looks[at] = seen);
    }
    Ok(looks)
}

/// Looks at a few things at the same time: each may have to be waited for.
fn at_once<T: Sync>(things: &[T], look: impl Fn(&T) -> Look + Sync) -> Vec<Look> {
    std::thread::scope(|scope| {
        let looks: Vec<_> = things.iter().map(|thing| scope.spawn(|| look(thing))).collect();
        looks.into_iter().map(|look| look.join().expect("who looks does not panic")).collect()
    })
}

/// How often, and after which pause, is looked: a cache between readers and the host may keep an old file for a while.
const LOOKS_MAX: usize = 6;
const PAUSE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_read_at_its_folder() {
        let base = BaseUrl::parse("https://desk.test/a/").unwrap();
        for (path, url) in [
            ("index.html", "https://desk.test/a/"),
            ("news/call/index.html", "https://desk.test/a/news/call/"),
            ("карта.png", "https://desk.test/a/%D0%BA%D0%B0%D1%80%D1%82%D0%B0.png"),
            ("news/myindex.html", "https://desk.test/a/news/myindex.html"),
        ] {
            assert_eq!(address(path, &base), url);
        }
    }
}
