//! `bulletin verify`: whether a published site is what its `SHA256SUMS` says, file by file.

use std::io::ErrorKind;
use std::path::Path;

use rayon::prelude::*;

use super::after::{PATIENCE, address, reader, same};
use super::release::{HEADERS, SUMS};
use super::standing::is_inside;
use crate::digest::Sha256;
use crate::engine::Stop;
use crate::output::REDIRECTS;
use crate::site::BaseUrl;
use crate::source::regular;
use crate::source::tree::Fault;
use crate::web::Answer;

/// What was found.
#[derive(Debug, Default)]
pub struct Verified {
    /// How many files were compared.
    pub files: usize,
    /// What is wrong: a path, and what is the matter with it; in order.
    pub problems: Vec<(String, String)>,
}

/// Files that tell the host what to do, and that some hosts send to nobody.
const RULES: [&str; 2] = [HEADERS, REDIRECTS];
/// Requests at a time.
const AT_ONCE: usize = 8;

/// Compares all files of a published site, in a folder or at an address, with the list that was published with them.
///
/// # Errors
/// When there is no list, or it cannot be understood.
pub fn verify(from: &str, folder: &Path) -> Result<Verified, Stop> {
    if from.contains("://") {
        let base_url = BaseUrl::parse(from).map_err(|why| Stop::Refused(format!("{from}: {why}")))?;
        return at_address(&base_url);
    }
    let root = folder.join(from);
    // A folder of releases shows one of them.
    let root = if root.join(SUMS).exists() { root } else { root.join("current") };
    let place = root.join(SUMS);
    let text = regular::text(&place).map_err(|error| match error.kind() {
        ErrorKind::NotFound => none(from),
        _ => Fault::new("cannot read", &place)(error).into(),
    })?;
    compared(&listed(&text, from)?, |path, wanted| match regular::bytes(&root.join(path)) {
        Ok(bytes) if Sha256::of(&bytes) == wanted => Ok(()),
        Ok(_) => Err("is not what was published".to_string()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err("is missing".to_string()),
        Err(error) => Err(format!("cannot be read: {error}")),
    })
}

fn at_address(base_url: &BaseUrl) -> Result<Verified, Stop> {
    let web = reader(base_url, PATIENCE)?;
    let url = base_url.absolute(SUMS);
    let text = match web.fetched(&url) {
        Ok(Answer { status: 200, bytes, .. }) => String::from_utf8_lossy(&bytes).into_owned(),
        Ok(Answer { status: 404 | 410, .. }) => return Err(none(&base_url.root())),
        Ok(Answer { status, .. }) => return Err(unread(&url, format!("the server answers {status}"))),
        Err(why) => return Err(unread(&url, why)),
    };
    let files = listed(&text, &base_url.root())?;
    let files: Vec<_> = files.into_iter().filter(|(path, _)| !RULES.contains(&path.as_str())).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(AT_ONCE).build();
    let pool = pool.map_err(|error| Stop::Refused(format!("cannot start threads: {error}")))?;
    pool.install(|| compared(&files, |path, wanted| same(&web, &address(path, base_url), wanted)))
}

fn unread(url: &str, why: String) -> Stop {
    Fault::new("cannot read", Path::new(url))(std::io::Error::other(why)).into()
}

fn none(from: &str) -> Stop {
    Stop::Refused(format!("there is no {SUMS} at {from}: it is written by `bulletin deploy`"))
}

/// The files of a list as `sha256sum` writes it.
fn listed(text: &str, from: &str) -> Result<Vec<(String, Sha256)>, Stop> {
    let line = |line: &str| {
        let (digest, path) = line.split_once("  ")?;
        Some((path.to_string(), Sha256::parse(digest)?)).filter(|_| is_inside(path))
    };
    let files: Option<Vec<_>> = text.lines().map(line).collect();
    files
        .filter(|files| !files.is_empty())
        .ok_or_else(|| Stop::Refused(format!("{SUMS} at {from} is no list of files with their digests")))
}

fn compared(
    files: &[(String, Sha256)],
    compare: impl Fn(&str, Sha256) -> Result<(), String> + Sync,
) -> Result<Verified, Stop> {
    let problem =
        |(path, wanted): &(String, Sha256)| compare(path, *wanted).err().map(|why| (path.clone(), why));
    Ok(Verified { files: files.len(), problems: files.par_iter().filter_map(problem).collect() })
}
