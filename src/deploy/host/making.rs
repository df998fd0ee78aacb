//! How a release comes to be in a folder of this machine, beside the ones before it: files that are the same are the same on
//! the disk, and whoever serves them may read them.
//!
//! Knows no other release but the one before.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::super::plan::{Change, Plan};
use super::super::release::{File, Release};
use crate::engine::{Progress, Stop};
use crate::source::tree::Fault;

/// A release that is being made.
pub(super) struct Making<'a> {
    /// The folder that is filled.
    pub place: PathBuf,
    /// The release that it follows.
    pub before: Option<PathBuf>,
    pub plan: &'a Plan,
    pub release: &'a Release,
    pub progress: &'a dyn Progress,
}

impl Making<'_> {
    /// Fills the folder, and waits until it is on the disk.
    pub fn fill(&self) -> Result<(), Stop> {
        remove(&self.place)?;
        let sent: HashSet<&str> = self.plan.sent().map(|step| step.path.as_str()).collect();
        let files: Vec<&File> = self.release.files().iter().chain(self.release.sums()).collect();
        self.progress.begin("copied", files.len());
        files.into_par_iter().try_for_each(|file| {
            self.progress.step();
            let same = self.before.as_ref().filter(|_| !sent.contains(file.path.as_str()));
            self.put(&file.path, same.map(|before| before.join(&file.path)))
        })?;
        for step in self.plan.steps.iter().filter(|step| step.change == Change::Retire) {
            if let Some(before) = &self.before {
                // One that somebody deleted there is wanted by nobody.
                fs::hard_link(before.join(&step.path), self.made_room(&step.path)?).ok();
            }
        }
        opened(&self.place)?;
        Ok(settle(&self.place)?)
    }

    /// Puts one file in place: `same`, if that can be had.
    fn put(&self, path: &str, same: Option<PathBuf>) -> Result<(), Fault> {
        let place = self.made_room(path)?;
        if same.is_some_and(|same| fs::hard_link(same, &place).is_ok()) {
            return Ok(());
        }
        fs::write(&place, self.release.bytes(path)?).map_err(Fault::new("cannot write", &place))?;
        readable(&place, 0o644)
    }

    /// Where a file goes, below a folder that is there.
    fn made_room(&self, path: &str) -> Result<PathBuf, Fault> {
        let place = self.place.join(path);
        let folder = place.parent().unwrap_or(&self.place);
        fs::create_dir_all(folder).map_err(Fault::new("cannot create", folder))?;
        Ok(place)
    }
}

/// Lets readers into all folders of a release.
fn opened(making: &Path) -> Result<(), Fault> {
    let mut folders =
        walkdir::WalkDir::new(making).into_iter().flatten().filter(|entry| entry.file_type().is_dir());
    folders.try_for_each(|entry| readable(entry.path(), 0o755))
}

/// Whatever the mask of whoever deploys: a web server is another user.
#[cfg(unix)]
pub(super) fn readable(place: &Path, mode: u32) -> Result<(), Fault> {
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
    fs::set_permissions(place, permissions).map_err(Fault::new("cannot open to readers", place))
}

#[cfg(not(unix))]
pub(super) fn readable(_: &Path, _: u32) -> Result<(), Fault> {
    Ok(())
}

/// Deletes a folder, if it is there.
pub(super) fn remove(folder: &Path) -> Result<(), Stop> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Fault::new("cannot delete", folder)(error).into())
        }
        _ => Ok(()),
    }
}

/// Waits until what was written is on the disk: a link must not lead to what a power cut takes away.
pub(super) fn settle(folder: &Path) -> Result<(), Fault> {
    synced(folder).map_err(Fault::new("cannot write", folder))
}

#[cfg(target_os = "linux")]
fn synced(folder: &Path) -> std::io::Result<()> {
    rustix::fs::syncfs(fs::File::open(folder)?).map_err(Into::into)
}

#[cfg(not(target_os = "linux"))]
fn synced(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()
}
