//! What stands in the output folder, compared with what the last build wrote there.
//!
//! A stamp tells at once; where it differs (somebody copied, restored or edited the folder), the bytes decide.

use std::io;
use std::path::Path;

use rayon::prelude::*;

use super::ledger::Output;
use crate::digest::Digest;
use crate::source::regular;
use crate::source::tree::{self, Footing, Links, Stamp};

/// For each output of a ledger, the stamp of its file, if that still holds what was written.
#[derive(Debug, Default)]
pub(super) struct Standing(pub Vec<Option<Stamp>>);

/// How many outputs a thread looks at in one go.
const CHUNK: usize = 1024;

impl Standing {
    /// Looks at the files of `outputs` in `folder`.
    pub(super) fn of(outputs: &[Output], folder: &Path) -> Self {
        // Without a folder, nothing stands.
        let footing = Footing::of(folder).ok();
        let look = |output: &Output| stamp_if_standing(output, folder, footing.as_ref()?);
        Self(outputs.par_iter().with_min_len(CHUNK).map(look).collect())
    }

    /// The stamp of the output at `index`; none if its file is missing or altered.
    pub(super) fn stamp(&self, index: usize) -> Option<Stamp> {
        self.0[index]
    }

    /// Whether every output stands as it was written.
    pub(super) fn is_whole(&self) -> bool {
        self.0.iter().all(Option::is_some)
    }
}

fn stamp_if_standing(output: &Output, folder: &Path, footing: &Footing) -> Option<Stamp> {
    let stamp = footing.stamp(output.path.as_ref(), Links::Kept).ok()??;
    if output.stamp == Some(stamp) {
        return Some(stamp);
    }
    (digest_of_file(&folder.join(&output.path)).ok()? == output.content).then_some(stamp)
}

/// The digest of a file's bytes.
pub(super) fn digest_of_file(path: &Path) -> io::Result<Digest> {
    tree::digest(&mut regular::opened(path)?)
}
