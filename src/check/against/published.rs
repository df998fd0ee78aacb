//! A record as it was published: from a file, an output folder or the address of a site.
//!
//! The only file of this room that reads what no build made. Knows nothing of the site that it is compared with.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use crate::output::record::{Entry, RECORD, RECORD_VERSION};
use crate::site::is_this_machine;
use crate::source::regular;
use crate::web::{Answer, Patience, Web};

/// More years than a record has.
const PARTS_MAX: usize = 1000;

/// What was published.
#[derive(Debug)]
pub struct Published {
    /// The address that the site had.
    pub base_url: String,
    /// The number of the algorithm of the canonical text.
    pub text_version: u32,
    /// What was said of each briefing.
    pub briefings: Vec<Entry<'static>>,
}

/// Why there is nothing to compare with.
#[derive(Debug)]
pub enum Unread {
    /// There is no record.
    Absent(String),
    /// It is none that can be understood, or must not be read: what was named is wrong.
    Refused(String),
    /// It cannot be reached.
    Fault(String),
}

/// One file of a record.
#[derive(Deserialize)]
struct File {
    record_version: u32,
    text_version: u32,
    base_url: String,
    #[serde(default)]
    briefings: Option<Vec<Entry<'static>>>,
    #[serde(default)]
    parts: Option<Vec<String>>,
}

/// Reads the record that `from` names; paths are relative to `folder`.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn read(from: &str, folder: &Path) -> Result<Published, Unread> {
    match from.split_once("://") {
        Some((scheme, _)) => web(from, scheme),
        None => {
            let place = folder.join(from);
            let place = if place.is_dir() { place.join(RECORD.trim_start_matches('/')) } else { place };
            let root = place.parent().map(Path::to_path_buf).unwrap_or_default();
            gathered(&disk(&place)?, &place.display().to_string(), |part| disk(&root.join(part)))
        }
    }
}

/// Reads the record at a place that only `bytes` knows how to read: a file at a path from the root of the site there, or none.
/// `shown` is what the place is called.
///
/// # Errors
/// When there is none, or it cannot be understood; and whatever `bytes` says.
pub fn read_through(
    shown: &str,
    mut bytes: impl FnMut(&str) -> Result<Option<Vec<u8>>, String>,
) -> Result<Published, Unread> {
    let mut found = |path: &str| {
        let bytes = bytes(path).map_err(Unread::Fault)?;
        bytes.ok_or_else(|| absent(&format!("{shown}/{path}")))
    };
    let whole = found(RECORD.trim_start_matches('/'))?;
    gathered(&whole, shown, found)
}

fn disk(place: &Path) -> Result<Vec<u8>, Unread> {
    let shown = place.display();
    regular::bytes(place).map_err(|error| match error.kind() {
        ErrorKind::NotFound => absent(&shown.to_string()),
        _ => Unread::Fault(format!("cannot read {shown}: {error}")),
    })
}

fn absent(shown: &str) -> Unread {
    Unread::Absent(format!(
        "there is no record at {shown}; {WANTED} (before a site is published for the first time there is none)"
    ))
}

/// What can be compared with.
const WANTED: &str = "name a record.json, a folder that was built, or the address of the site";

/// The whole record; its parts are fetched by their path beside it.
fn gathered(
    bytes: &[u8],
    shown: &str,
    mut part: impl FnMut(&str) -> Result<Vec<u8>, Unread>,
) -> Result<Published, Unread> {
    let File { text_version, base_url, briefings, parts, .. } = file(bytes, shown)?;
    let mut all = briefings.unwrap_or_default();
    let parts = parts.unwrap_or_default();
    if parts.len() > PARTS_MAX {
        return Err(Unread::Refused(format!("{shown} has more than {PARTS_MAX} parts")));
    }
    for path in &parts {
        if !is_part(path) {
            return Err(Unread::Refused(format!("{shown} names a part {path:?}, which no record has")));
        }
        let own = file(&part(path)?, path)?;
        if own.text_version != text_version {
            return Err(Unread::Refused(format!(
                "{path} is of another build than {shown}: fetch both again"
            )));
        }
        all.extend(own.briefings.unwrap_or_default());
    }
    Ok(Published { base_url, text_version, briefings: all })
}

/// `record/2026.json`: parts are beside the record, and nowhere else.
fn is_part(path: &str) -> bool {
    let year = path.strip_prefix("record/").and_then(|name| name.strip_suffix(".json"));
    year.is_some_and(|year| {
        (4..=5).contains(&year.len()) && year.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    })
}

fn file(bytes: &[u8], shown: &str) -> Result<File, Unread> {
    let file: File = serde_json::from_slice(bytes)
        .map_err(|error| Unread::Refused(format!("{shown} is no record of Bulletin ({error}); {WANTED}")))?;
    if file.briefings.is_none() && file.parts.is_none() {
        return Err(Unread::Refused(format!(
            "{shown} is no record of Bulletin: it lists neither briefings nor parts; {WANTED}"
        )));
    }
    match file.record_version {
        RECORD_VERSION => Ok(file),
        other => Err(Unread::Refused(format!(
            "{shown} is in format {other}, and this Bulletin knows {RECORD_VERSION}: use the one that wrote it"
        ))),
    }
}

/// A record must not keep a deploy waiting for ever. One of a hundred thousand briefings has some thirty megabytes.
const PATIENCE: Patience = Patience {
    redirects_max: 4,
    wait: Duration::from_secs(30),
    wait_for_bytes: Duration::from_secs(60),
    bytes_max: 256 << 20,
};

/// Reads the record at an address, or at the root of the site there.
fn web(url: &str, scheme: &str) -> Result<Published, Unread> {
    if scheme != "https" && !(scheme == "http" && is_here(url)) {
        return Err(Unread::Refused(format!("{url} is not https: anybody could answer in its place")));
    }
    let file = if url.ends_with(".json") {
        url.to_string()
    } else {
        format!("{}{RECORD}", url.trim_end_matches('/'))
    };
    let asking = |patience| {
        let asking = Web::new(&file, patience);
        asking.map_err(|why| Unread::Refused(format!("{why}: download it, and name the file")))
    };
    let (whole, beside) = (asking(PATIENCE)?, asking(Patience { redirects_max: 0, ..PATIENCE })?);
    let Answer { bytes, url: found, .. } = fetched(&whole, &file)?;
    // A server of this machine may not send us to somebody else's without a cipher.
    if !found.starts_with("https://") && !is_here(&found) {
        return Err(Unread::Refused(format!("{url} leads to {found}, which is not https")));
    }
    // Parts stand beside the record, wherever it was found in the end, and lead nowhere else.
    let root = found.rsplit_once('/').map_or(found.as_str(), |(root, _)| root).to_string();
    gathered(&bytes, &found, |part| Ok(fetched(&beside, &format!("{root}/{part}"))?.bytes))
}

/// Whether the address is of this machine.
fn is_here(url: &str) -> bool {
    let host = url.trim_start_matches("http://").split(['/', '?', '#', '\\']).next().unwrap_or_default();
    !host.contains('@') && is_this_machine(host)
}

fn fetched(web: &Web, url: &str) -> Result<Answer, Unread> {
    let fault = |why: &str| Unread::Fault(format!("cannot read {url}: {why}"));
    let answer = web.fetched(url).map_err(|why| fault(&why))?;
    match answer.status {
        200 => Ok(answer),
        404 | 410 => Err(absent(url)),
        code => Err(fault(&format!("the server answers {code}"))),
    }
}
