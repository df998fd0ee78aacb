//! What stands at an address, as a static host finds it: a file, the page of a folder, a rule, or the page for what is missing.
//!
//! The only part of the server that reads the output folder; it runs where waiting for a disk keeps nobody else waiting.

use std::fs;
use std::path::{Path, PathBuf};

use super::address::Address;
use super::answer::Shared;
use super::host::{self, Force, Rules, Verdict};
use crate::output::REDIRECTS;

/// What is sent for addresses that do not exist.
const MISSING: &str = "404.html";

/// What stands at an address.
pub(super) enum Found {
    /// Another address.
    Elsewhere { status: u16, location: String },
    /// A file that is sent as it is.
    File { path: PathBuf },
    /// A page.
    Page(Page),
}

/// A page as it was read.
pub(super) struct Page {
    pub status: u16,
    pub html: Vec<u8>,
    /// The outputs that it shows, or that would make it exist.
    pub outputs: Vec<String>,
}

/// Looks for the path of a request.
pub(super) fn found(shared: &Shared, rules: &Rules, path: &str, query: Option<&str>) -> Found {
    let Some(address) = Address::of(path) else { return missing(shared, 404, &[]) };
    let text = decoded(&address);
    let ruled = |force| Some(by_rule(shared, &address, rules.verdict(&text, query, force)?));
    let here = || match standing(shared, &address)? {
        Standing::Folder => {
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            Some(Found::Elsewhere { status: 308, location: format!("{path}/{query}") })
        }
        Standing::File(path, output) => Some(read(path, output, 200)),
    };
    let to_base = || {
        let location = shared.base.clone();
        (path == "/" && location != "/").then_some(Found::Elsewhere { status: 302, location })
    };
    let found = ruled(Force::Forced).or_else(here).or_else(|| ruled(Force::Usual)).or_else(to_base);
    found.unwrap_or_else(|| missing(shared, 404, &hopes(shared, &address)))
}

/// The path as rules speak of it.
pub(super) fn decoded(address: &Address) -> String {
    let slash = if address.folder && !address.parts.is_empty() { "/" } else { "" };
    format!("/{}{slash}", address.parts.join("/"))
}

enum Standing {
    /// A folder with a page, which is asked for without its slash.
    Folder,
    File(PathBuf, String),
}

fn standing(shared: &Shared, address: &Address) -> Option<Standing> {
    let below = address.below(&shared.base)?;
    if below.parts.is_empty() && !address.folder {
        return Some(Standing::Folder);
    }
    let output = below.output();
    if host::FILES.iter().any(|name| output.eq_ignore_ascii_case(name)) {
        return None;
    }
    if let Some(path) = regular(&shared.folder, &output) {
        return Some(Standing::File(path, output));
    }
    let index = Address { folder: true, ..below };
    (!address.folder && regular(&shared.folder, &index.output()).is_some()).then_some(Standing::Folder)
}

/// The file of an output, if it is one and lies below the folder wherever links lead.
fn regular(folder: &Path, output: &str) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let path = folder.join(output).canonicalize().ok()?;
    (path.starts_with(&folder) && path.metadata().ok()?.is_file()).then_some(path)
}

fn read(path: PathBuf, output: String, status: u16) -> Found {
    let is_page = output.ends_with(".html") || output.ends_with(".htm");
    match fs::read(&path) {
        Ok(html) if is_page => Found::Page(Page { status, html, outputs: vec![output] }),
        _ => Found::File { path },
    }
}

/// What a rule says.
fn by_rule(shared: &Shared, address: &Address, verdict: Verdict) -> Found {
    let (status, path) = match verdict {
        Verdict::Elsewhere { status, location } => return Found::Elsewhere { status, location },
        Verdict::Instead { status, path } => (status, path.unwrap_or_default()),
    };
    if path.contains("://") {
        let text =
            "A rule in _redirects fetches this page from another server, which the preview does not do.";
        return Found::Page(Page { status: 502, html: note(text), outputs: vec![REDIRECTS.to_owned()] });
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let target = Address::of(path).and_then(|target| {
        let output = target.below(&shared.base)?.output();
        Some((regular(&shared.folder, &output)?, output))
    });
    match target {
        Some((path, output)) => read(path, output, status),
        None => missing(shared, if status == 410 { 410 } else { 404 }, &hopes(shared, address)),
    }
}

/// The outputs that would make an address exist.
fn hopes(shared: &Shared, address: &Address) -> Vec<String> {
    address.below(&shared.base).map(|below| below.hopes()).unwrap_or_default()
}

/// The site's own page for what is missing, or one of ours.
fn missing(shared: &Shared, status: u16, hopes: &[String]) -> Found {
    let mut outputs = hopes.to_vec();
    outputs.extend([MISSING, REDIRECTS].map(str::to_owned));
    let own = regular(&shared.folder, MISSING).and_then(|path| fs::read(path).ok());
    let (status, html) = match own {
        Some(html) => (status, html),
        None if shared.hub.mistaken() => {
            (503, note("This page cannot be made before the mistakes are mended. It appears here by itself."))
        }
        None if !shared.folder.is_dir() => (503, note("The site is being made. It appears here by itself.")),
        None => (status, note("There is no page at this address.")),
    };
    Found::Page(Page { status, html, outputs })
}

/// A page that says one thing.
fn note(text: &str) -> Vec<u8> {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Preview</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n</head>\n<body>\n<main>\n<p>{text}</p>\n</main>\n</body>\n</html>\n"
    )
    .into_bytes()
}
