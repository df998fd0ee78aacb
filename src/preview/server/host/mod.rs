//! What the host does beside sending files: the rules in `_redirects` and `_headers` of the output folder.
//!
//! The files are read again when they are others than before.

mod headers;
mod pattern;
mod redirects;

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hyper::header::HeaderMap;
use jiff::Timestamp;

use crate::output::REDIRECTS;
use crate::source::regular;
use headers::Headers;
use redirects::Redirects;

pub(super) use redirects::{Force, Verdict};

/// The rule files; no host sends them to anybody.
pub(super) const FILES: [&str; 2] = [REDIRECTS, "_headers"];

/// What is known of a file without reading it; none if it is not there.
type Stamp = Option<(u64, Option<Timestamp>, u64)>;

/// The rules as they were last read.
pub(super) struct Host {
    folder: PathBuf,
    last: Mutex<([Stamp; 2], Arc<Rules>)>,
}

/// The rules at one moment.
#[derive(Default)]
pub(super) struct Rules {
    redirects: Redirects,
    headers: Headers,
}

impl Host {
    pub fn new(folder: &Path) -> Host {
        Host { folder: folder.to_owned(), last: Mutex::default() }
    }

    /// The rules as they are now.
    pub fn rules(&self) -> Arc<Rules> {
        let stamps = FILES.map(|name| fs::metadata(self.folder.join(name)).ok().map(|seen| stamp(&seen)));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0 != stamps {
            let [redirects, headers] = FILES.map(|name| {
                let bytes = regular::bytes(&self.folder.join(name)).unwrap_or_default();
                String::from_utf8_lossy(&bytes).into_owned()
            });
            let rules = Rules { redirects: Redirects::of(&redirects), headers: Headers::of(&headers) };
            *last = (stamps, Arc::new(rules));
        }
        Arc::clone(&last.1)
    }
}

impl Rules {
    /// What the rules say of a decoded path.
    pub fn verdict(&self, path: &str, query: Option<&str>, force: Force) -> Option<Verdict> {
        self.redirects.verdict(path, query, force)
    }

    /// Adds the headers of a decoded path.
    pub fn apply(&self, path: &str, headers: &mut HeaderMap) {
        self.headers.apply(path, headers);
    }
}

fn stamp(seen: &Metadata) -> (u64, Option<Timestamp>, u64) {
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(seen);
    #[cfg(not(unix))]
    let number = 0;
    (seen.len(), seen.modified().ok().and_then(|time| Timestamp::try_from(time).ok()), number)
}
