//! What is published: the files of a finished build, each with its digest, and what a host wants beside them.
//!
//! Knows a folder of this machine, and no host.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::packed;
use super::standing::is_inside;
use crate::digest::Sha256;
use crate::engine::{self, Stop};
use crate::site::Encoding;
use crate::source::regular;
use crate::source::tree::Fault;
use crate::theme::HASH_DIGITS;

/// The list of all files with their digests, as `sha256sum` writes it.
pub const SUMS: &str = "SHA256SUMS";
/// What Netlify and Cloudflare Pages are to say of files.
pub(super) const HEADERS: &str = "_headers";

/// One file of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path from the root of the site, without a slash before it.
    pub path: String,
    /// Its size in bytes; 0 for a packed twin, which is packed when it is sent.
    pub size: u64,
    /// The digest of its bytes; for a packed twin, of those that are packed and of how.
    pub sha256: Sha256,
    origin: Origin,
}

/// Where the bytes of a file come from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    /// The build.
    Built,
    /// The deploy.
    Added(Vec<u8>),
    /// The file of this path, packed.
    Packed(String, Encoding),
}

/// The files of a site as they were built, in the order of their paths.
#[derive(Debug)]
pub struct Release {
    folder: PathBuf,
    files: Vec<File>,
    /// The list of files, which is one itself.
    sums: Option<File>,
}

impl Release {
    /// What a build left in `folder`: its own files, and none that somebody put beside them.
    ///
    /// # Errors
    /// When the folder was not written by a build for the public, a file cannot be read, or one cannot be published.
    pub fn read(folder: &Path) -> Result<Self, Stop> {
        let none = || Stop::Refused(format!("there is nothing in {}", folder.display()));
        let paths = engine::outputs(folder)?.ok_or_else(none)?;
        if let Some(path) = paths.iter().find(|path| *path == SUMS || !is_inside(path)) {
            let why = if path == SUMS {
                "it is the list of all files, which a deploy writes"
            } else {
                "no host keeps such a name"
            };
            return Err(Stop::Refused(format!(
                "{path:?} cannot be published: {why}; name the file otherwise"
            )));
        }
        let files = paths.into_par_iter().map(|path| {
            let bytes = read(folder, &path)?;
            let (size, sha256) = (bytes.len() as u64, Sha256::of(&bytes));
            Ok::<_, Fault>(File { path, size, sha256, origin: Origin::Built })
        });
        Ok(Self { folder: folder.to_path_buf(), files: files.collect::<Result<_, _>>()?, sums: None })
    }

    /// Of these files, for tests: path and text.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let mut files: Vec<File> =
            files.iter().map(|(path, text)| added(path, text.as_bytes().to_vec())).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { folder: PathBuf::new(), files, sums: None }
    }

    /// Whether the folder holds the same files as when it was read.
    ///
    /// # Errors
    /// When it cannot be read any more.
    pub fn is_still_there(&self) -> Result<bool, Stop> {
        let now = Self::read(&self.folder)?;
        Ok(self.files.iter().filter(|file| file.origin == Origin::Built).eq(&now.files))
    }

    /// Every file, in the order of the paths; the list of them is not among them.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// One of these files.
    pub fn file(&self, path: &str) -> Option<&File> {
        Some(&self.files[self.position(path).ok()?])
    }

    fn position(&self, path: &str) -> Result<usize, usize> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path))
    }

    /// Adds rules for hosts that take a folder and read them there, unless the site has its own. `path` is that of the site
    /// on its host, with slashes around it.
    pub fn with_headers(mut self, path: &str) -> Self {
        if let Err(at) = self.position(HEADERS) {
            let hashed = self.files.iter().filter(|file| has_hash(&file.path));
            let rule = |file: &File| {
                format!("{path}{}\n  Cache-Control: public, max-age=31536000, immutable\n", file.path)
            };
            let text = hashed
                .map(rule)
                .chain([format!("{path}*\n  X-Content-Type-Options: nosniff\n")])
                .collect::<String>();
            self.files.insert(at, added(HEADERS, text.into_bytes()));
        }
        self
    }

    /// Adds packed twins of all texts.
    pub fn with_twins(mut self, encodings: &[Encoding]) -> Self {
        let texts = self.files.iter().filter(|file| packed::is_worth(file));
        let twins = texts.flat_map(|file| encodings.iter().map(move |&encoding| (file, encoding)));
        let twins = twins.map(|(file, encoding)| {
            let sha256 = Sha256::of(format!("{} {}", packed::version(encoding), file.sha256).as_bytes());
            let origin = Origin::Packed(file.path.clone(), encoding);
            File { path: format!("{}{}", file.path, packed::ending(encoding)), size: 0, sha256, origin }
        });
        // What the site has itself under such a name stands.
        let twins: Vec<File> = twins.filter(|twin| self.file(&twin.path).is_none()).collect();
        self.files.extend(twins);
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self
    }

    /// Adds the list of all files that `listed` allows to be named.
    pub fn add_sums(&mut self, listed: impl Fn(&str) -> bool) {
        let whole = self.files.iter().filter(|file| !matches!(file.origin, Origin::Packed(..)));
        let lines = whole.filter(|file| listed(&file.path));
        let text: String = lines.map(|file| format!("{}  {}\n", file.sha256, file.path)).collect();
        self.sums = Some(added(SUMS, text.into_bytes()));
    }

    /// The list of files as a file.
    pub fn sums(&self) -> Option<&File> {
        self.sums.as_ref()
    }

    /// Of which file this is the packed twin.
    pub fn unpacked(&self, path: &str) -> Option<&str> {
        match &self.file(path)?.origin {
            Origin::Packed(of, _) => Some(of),
            Origin::Built | Origin::Added(_) => None,
        }
    }

    /// The bytes of the file at a path, which are those that were looked at.
    ///
    /// # Errors
    /// When it cannot be read, or has changed since.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        let file = self.sums.as_ref().filter(|sums| sums.path == path).or_else(|| self.file(path));
        let file = file.expect("what is sent is a file of the release");
        match &file.origin {
            Origin::Added(bytes) => Ok(bytes.clone()),
            Origin::Packed(of, encoding) => Ok(packed::packed(&self.bytes(of)?, *encoding)),
            Origin::Built => {
                let bytes = read(&self.folder, path)?;
                let same = Sha256::of(&bytes) == file.sha256;
                if same { Ok(bytes) } else { Err(Fault::changed(&self.folder.join(path))) }
            }
        }
    }
}

fn added(path: &str, bytes: Vec<u8>) -> File {
    let (size, sha256) = (bytes.len() as u64, Sha256::of(&bytes));
    File { path: path.to_string(), size, sha256, origin: Origin::Added(bytes) }
}

/// Whether the name of a file of the theme holds a hash of its bytes: `assets/main.6b0ac6408a.css`.
fn has_hash(path: &str) -> bool {
    let hash = path.strip_prefix("assets/").and_then(|path| path.rsplit('.').nth(1));
    hash.is_some_and(|hash| hash.len() == HASH_DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn read(folder: &Path, path: &str) -> Result<Vec<u8>, Fault> {
    let place = folder.join(path);
    regular::bytes(&place).map_err(Fault::new("cannot read", &place))
}
