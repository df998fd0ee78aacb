//! What is published: the files of a finished build, each with its digest.
//!
//! Knows a folder of this machine, and no host.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::digest::Sha256;
use crate::engine::{self, Stop};
use crate::source::tree::Fault;

/// The list of all files with their digests, as `sha256sum` writes it.
pub const SUMS: &str = "SHA256SUMS";

/// What Netlify and Cloudflare Pages are to say of files.
pub(super) const RULES: &str = "_headers";

/// One file of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path from the root of the site, without a slash before it.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub sha256: Sha256,
}

/// The files of a site as they were built, in the order of their paths.
#[derive(Debug)]
pub struct Release {
    folder: PathBuf,
    files: Vec<File>,
    /// What the site lacks and this host wants: path and bytes.
    added: Option<(&'static str, Vec<u8>)>,
    /// The list of files, which is one itself.
    sums: Option<Vec<u8>>,
}

impl Release {
    /// What a build left in `folder`: its own files, and none that somebody put beside them.
    ///
    /// # Errors
    /// When the folder was not written by a build for the public, or a file cannot be read.
    pub fn read(folder: &Path) -> Result<Self, Stop> {
        let none = || Stop::Refused(format!("there is nothing in {}", folder.display()));
        let paths = engine::outputs(folder)?.ok_or_else(none)?;
        let files = paths.into_par_iter().map(|path| {
            let bytes = read(folder, &path)?;
            Ok::<_, Fault>(File { size: bytes.len() as u64, sha256: Sha256::of(&bytes), path })
        });
        Ok(Self {
            folder: folder.to_path_buf(),
            files: files.collect::<Result<_, _>>()?,
            added: None,
            sums: None,
        })
    }

    /// Whether the folder holds the same files as when it was read.
    ///
    /// # Errors
    /// When it cannot be read any more.
    pub fn is_still_there(&self) -> Result<bool, Stop> {
        let now = Self::read(&self.folder)?;
        let added = |file: &&File| self.added.as_ref().is_none_or(|(path, _)| *path != file.path);
        Ok(self.files.iter().filter(added).eq(&now.files))
    }

    /// Every file, in the order of the paths; the list of them is not among them.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// One file; the list of files too, once it was written.
    pub fn file(&self, path: &str) -> Option<&File> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        Some(&self.files[at])
    }

    /// Adds rules for hosts that take a folder and read them there, unless the site has its own. `path` is that of the site
    /// on its host, with slashes around it.
    pub fn with_rules(mut self, path: &str) -> Self {
        if let Err(at) = self.files.binary_search_by(|file| file.path.as_str().cmp(RULES)) {
            let bytes = format!(
                "{path}assets/*\n  Cache-Control: public, max-age=31536000, immutable\n{path}*\n  X-Content-Type-Options: nosniff\n"
            )
            .into_bytes();
            let (size, sha256) = (bytes.len() as u64, Sha256::of(&bytes));
            self.files.insert(at, File { path: RULES.to_string(), size, sha256 });
            self.added = Some((RULES, bytes));
        }
        self
    }

    /// Adds the list of all files that `listed` allows to be named.
    pub fn with_sums(mut self, listed: impl Fn(&str) -> bool) -> Self {
        let lines = self.files.iter().filter(|file| listed(&file.path));
        let text: String = lines.map(|file| format!("{}  {}\n", file.sha256, file.path)).collect();
        self.sums = Some(text.into_bytes());
        self
    }

    /// The list of files as a file.
    pub fn sums(&self) -> Option<File> {
        let bytes = self.sums.as_ref()?;
        Some(File { path: SUMS.to_string(), size: bytes.len() as u64, sha256: Sha256::of(bytes) })
    }

    /// The bytes of a file, which are those that were looked at.
    ///
    /// # Errors
    /// When it cannot be read, or has changed since.
    pub fn bytes(&self, file: &File) -> Result<Vec<u8>, Fault> {
        if let (SUMS, Some(sums)) = (file.path.as_str(), &self.sums) {
            return Ok(sums.clone());
        }
        if let Some((_, bytes)) = self.added.as_ref().filter(|(path, _)| *path == file.path) {
            return Ok(bytes.clone());
        }
        let bytes = read(&self.folder, &file.path)?;
        if Sha256::of(&bytes) != file.sha256 {
            return Err(Fault::changed(&self.folder.join(&file.path)));
        }
        Ok(bytes)
    }
}

fn read(folder: &Path, path: &str) -> Result<Vec<u8>, Fault> {
    let place = folder.join(path);
    fs::read(&place).map_err(Fault::new("cannot read", &place))
}
