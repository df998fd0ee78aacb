//! Refuses to write over what is not ours: files of others, and links that lead elsewhere.

use std::path::Path;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::Staging;
use crate::engine::Stop;
use crate::engine::folder::Ours;

/// How many paths are looked at one after the other.
const NEIGHBOURS: usize = 256;

impl Staging<'_> {
    /// Refuses if one of `paths` cannot be written without harm to what is not ours.
    pub(super) fn refuse_all_foreign(&self, before: &Ours, staged: &[&str]) -> Result<(), Stop> {
        let refused = |paths: &[&str]| self.refuse_foreign(paths, before).err();
        if let Some(stop) = staged.par_chunks(NEIGHBOURS).find_map_first(refused) {
            return Err(stop);
        }
        Ok(())
    }

    /// What is in the way and not ours, or a link in the path that leads elsewhere, is never written over.
    fn refuse_foreign(&self, paths: &[&str], before: &Ours) -> Result<(), Stop> {
        // The way to the path before, as far as it was looked at: neighbours have most of it in common.
        let mut seen = "";
        for path in paths {
            let way = shared_folders(seen, path);
            seen = &path[..self.refuse_foreign_on(path, way, before)?];
        }
        Ok(())
    }

    /// Looks at the way to `path`, of which so many bytes are known to be folders, until there is nothing in the way any
    /// more; returns up to where there are folders.
    fn refuse_foreign_on(&self, path: &str, known: usize, before: &Ours) -> Result<usize, Stop> {
        let ends = path[known..].match_indices('/').map(|(at, _)| known + at).chain([path.len()]);
        let mut folders = known;
        for end in ends {
            let place = self.output.join(&path[..end]);
            match place.symlink_metadata() {
                Err(_) => return Ok(folders),
                Ok(meta) if meta.is_symlink() => {
                    return Err(Stop::Refused(format!("{} is a symbolic link; remove it", place.display())));
                }
                Ok(meta) if meta.is_dir() => folders = path.len().min(end + 1),
                Ok(_) if before.has(&path[..end]) => return Ok(folders),
                Ok(_) => return Err(foreign(&place)),
            }
        }
        self.refuse_foreign_below(&self.output.join(path), before)?;
        Ok(folders)
    }

    /// A folder makes room for a file only if all in it is ours.
    fn refuse_foreign_below(&self, folder: &Path, before: &Ours) -> Result<(), Stop> {
        for entry in WalkDir::new(folder).into_iter().filter_map(Result::ok) {
            let relative = entry.path().strip_prefix(self.output).unwrap_or(entry.path());
            let path = relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
            if !entry.file_type().is_dir() && !before.has(&path) {
                return Err(foreign(entry.path()));
            }
        }
        Ok(())
    }
}

/// How many bytes of `path` are folders, each with its slash, that are on the way of `seen` too.
fn shared_folders(seen: &str, path: &str) -> usize {
    let same = seen.bytes().zip(path.bytes()).take_while(|(one, other)| one == other).count();
    path.as_bytes()[..same].iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1)
}

fn foreign(place: &Path) -> Stop {
    let why = "was not written by Bulletin; move it away, or into content/";
    Stop::Refused(format!("{} {why}", place.display()))
}
