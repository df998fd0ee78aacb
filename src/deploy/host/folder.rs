//! A folder of this machine: each release has a folder of its own, and a symbolic link says which one readers see.
//!
//! ```text
//! current -> releases/000012
//! releases/000011/             the release before, for --rollback
//! releases/000012/
//! releases/000012.standing     its files with their digests
//! ```
//!
//! A file that is what it was in the release before is the same file on the disk. The link is exchanged in one step, so that
//! no reader ever sees half of a release, whenever the deploy ends.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::super::plan::Plan;
use super::super::release::Release;
use super::super::standing::Standing;
use super::making::{Making, readable, remove, settle};
use super::{Back, Host, no_way_back, overtaken};
use crate::digest::Sha256;
use crate::engine::{self, Progress, Stop};
use crate::site::Deployment;
use crate::source::regular;
use crate::source::tree::Fault;

const CURRENT: &str = "current";
const RELEASES: &str = "releases";
/// Held while a deploy writes.
pub const LOCK: &str = ".bulletin-lock";
/// The release that is being made.
const MAKING: &str = ".making";
/// The link to the release that readers are to see.
const DRAFT: &str = ".current.new";
/// The release that is being deleted.
const GOING: &str = ".going";
const STANDING: &str = "standing";

/// A folder that holds releases.
pub(super) struct Folder {
    root: PathBuf,
    keep: usize,
    /// The release that readers saw when the deploy looked.
    seen: Option<String>,
}

impl Folder {
    pub fn open(path: &str, deployment: &Deployment, site: &Path) -> Result<Self, Stop> {
        let root = engine::resolved(site, Path::new(path));
        let refused = |why: &str| Err(Stop::Refused(format!("{} {why}", root.display())));
        let inside = |folder: &str| within(&root, &site.join(folder));
        if ["content", "themes", ".bulletin", "public"].into_iter().any(inside) || within(site, &root) {
            return refused("is a folder of the site's own files; name another in `to`");
        }
        if cfg!(not(unix)) {
            return refused("cannot be published to from here: releases are exchanged by a symbolic link");
        }
        Ok(Self { root, keep: deployment.keep, seen: None })
    }

    fn releases(&self) -> PathBuf {
        self.root.join(RELEASES)
    }

    /// The name of the release that readers see.
    fn current(&self) -> Result<Option<String>, Stop> {
        let place = self.root.join(CURRENT);
        match fs::read_link(&place) {
            Ok(target) => {
                let name = target.file_name().and_then(|name| name.to_str()).map(str::to_string);
                let ours = name.filter(|name| target == Path::new(RELEASES).join(name));
                ours.map(Some).ok_or_else(|| self.foreign())
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let ours = |entry: std::io::Result<fs::DirEntry>| {
                    entry.is_ok_and(|entry| {
                        [LOCK, RELEASES, DRAFT].iter().any(|own| entry.file_name() == *own)
                    })
                };
                match fs::read_dir(&self.root).map(|mut entries| entries.all(ours)) {
                    Ok(true) if self.is_ours()? => Ok(None),
                    Ok(_) => Err(self.foreign()),
                    Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(Fault::new("cannot read", &self.root)(error).into()),
                }
            }
            // There is something, and it is no link.
            Err(error) if error.kind() == ErrorKind::InvalidInput => Err(self.foreign()),
            Err(error) => Err(Fault::new("cannot read", &place)(error).into()),
        }
    }

    /// Whether the folder of releases holds nothing but releases.
    fn is_ours(&self) -> Result<bool, Stop> {
        if self.releases().is_symlink() {
            return Ok(false);
        }
        let entries = match fs::read_dir(self.releases()) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
            entries => entries.map_err(Fault::new("cannot read", &self.releases()))?,
        };
        let whole = self.whole()?;
        let own = |name: &str| {
            let release = name.trim_end_matches(&format!(".{STANDING}"));
            [MAKING, GOING].contains(&name) || whole.iter().any(|whole| whole == release) || release != name
        };
        let mut names = entries.flatten().map(|entry| entry.file_name().into_string());
        Ok(names.all(|name| name.is_ok_and(|name| own(&name))))
    }

    fn foreign(&self) -> Stop {
        let why = "is not empty and holds no releases of Bulletin: name an empty or a new folder in `to`, and let the web server show `current` in it";
        Stop::Refused(format!("{} {why}", self.root.display()))
    }

    /// Takes the folder, so that no other deploy writes into it until the file is dropped.
    fn locked(&self) -> Result<fs::File, Stop> {
        if !self.releases().exists() {
            fs::create_dir_all(self.releases()).map_err(Fault::new("cannot create", &self.releases()))?;
            readable(&self.root, 0o755)?;
            readable(&self.releases(), 0o755)?;
        }
        let place = self.root.join(LOCK);
        let file = regular::opened_with(fs::File::options().create(true).append(true), &place);
        let file = file.map_err(Fault::new("cannot open", &place))?;
        match file.try_lock() {
            Err(fs::TryLockError::WouldBlock) => Err(Stop::Refused(format!(
                "another deploy is writing into {}; wait for it to end",
                self.root.display()
            ))),
            // A file system without locks is no reason to stop; there, two at once are kept apart by nobody.
            _ => Ok(file),
        }
    }

    /// The names of all releases that are whole, the oldest first.
    fn whole(&self) -> Result<Vec<String>, Stop> {
        let entries = match fs::read_dir(self.releases()) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(Fault::new("cannot read", &self.releases()))?,
        };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names
            .filter_map(|name| name.strip_suffix(&format!(".{STANDING}")).map(str::to_string))
            .filter(|name| {
                name.bytes().all(|byte| byte.is_ascii_digit()) && self.releases().join(name).is_dir()
            })
            .collect();
        names.sort_by_key(|name| (name.len(), name.clone()));
        Ok(names)
    }

    /// The files of a release.
    fn remembered(&self, name: &str) -> Result<Standing, Stop> {
        let place = self.standing_of(name);
        let text = match regular::text(&place) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            text => text.map_err(Fault::new("cannot read", &place))?,
        };
        Standing::parse(&text).ok_or_else(|| {
            let why =
                "is missing or cannot be understood: deploy with the Bulletin that wrote it, or move the whole folder away";
            Stop::Refused(format!("{} {why}", place.display()))
        })
    }

    fn standing_of(&self, name: &str) -> PathBuf {
        self.releases().join(format!("{name}.{STANDING}"))
    }

    /// Lets readers see a release, in one step.
    fn show(&self, name: &str) -> Result<(), Stop> {
        let (draft, place) = (self.root.join(DRAFT), self.root.join(CURRENT));
        fs::remove_file(&draft).ok();
        link(&Path::new(RELEASES).join(name), &draft).map_err(Fault::new("cannot create", &draft))?;
        fs::rename(&draft, &place).map_err(Fault::new("cannot replace", &place))?;
        Ok(())
    }

    /// Deletes the oldest releases, and those that readers never saw or were taken back from. The newest is what readers see.
    fn prune(&self) -> Result<(), Stop> {
        let whole = self.whole()?;
        let mut kept = whole.clone();
        let seen = self.seen.as_ref().and_then(|seen| kept.iter().position(|name| name == seen));
        // Where readers see none of several, somebody took the link away; one alone may be a first one that was broken off.
        if self.seen.is_some() || kept.len() == 2 {
            kept.drain(seen.map_or(0, |seen| seen + 1)..kept.len() - 1);
        }
        let kept = kept.split_off(kept.len().saturating_sub(self.keep));
        for name in whole.iter().filter(|name| !kept.contains(name)) {
            let (standing, folder) = (self.standing_of(name), self.releases().join(name));
            let going = self.releases().join(GOING);
            // In this order: a folder with the name of a release and without a list of its files is nobody's but its owner's.
            fs::rename(&folder, &going).map_err(Fault::new("cannot delete", &folder))?;
            fs::remove_file(&standing).map_err(Fault::new("cannot delete", &standing))?;
            remove(&going)?;
        }
        Ok(())
    }

    /// Makes a release beside the others, which nobody sees yet.
    fn made(&self, making: &Making<'_>, name: &str) -> Result<(), Stop> {
        // One that cannot be deleted is told when the next is to go.
        remove(&self.releases().join(GOING)).ok();
        making.fill()?;
        let (folder, standing) = (self.releases().join(name), self.standing_of(name));
        fs::write(&standing, making.plan.result.text()).map_err(Fault::new("cannot write", &standing))?;
        fs::rename(&making.place, &folder).map_err(Fault::new("cannot create", &folder))?;
        Ok(settle(&folder)?)
    }
}

impl Host for Folder {
    fn standing(&mut self) -> Result<Standing, Stop> {
        self.seen = self.current()?;
        self.seen.as_deref().map_or_else(|| Ok(Standing::default()), |name| self.remembered(name))
    }

    fn bytes(&mut self, path: &str) -> Result<Option<Vec<u8>>, Stop> {
        let place = self.root.join(CURRENT).join(path);
        match regular::bytes(&place) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::new("cannot read", &place)(error).into()),
        }
    }

    fn paths(&mut self) -> Result<Vec<String>, Stop> {
        let Some(name) = &self.seen else { return Ok(Vec::new()) };
        let root = self.releases().join(name);
        let files =
            walkdir::WalkDir::new(&root).into_iter().flatten().filter(|entry| entry.file_type().is_file());
        let below = files
            .filter_map(|entry| Some(entry.path().strip_prefix(&root).ok()?.to_str()?.replace('\\', "/")));
        Ok(below.collect())
    }

    fn publish(
        &mut self,
        plan: &Plan,
        release: &Release,
        progress: &dyn Progress,
    ) -> Result<Vec<String>, Stop> {
        let _lock = self.locked()?;
        if self.current()? != self.seen {
            return Err(overtaken(&self.root.display().to_string()));
        }
        let last = self.whole()?.pop().and_then(|name| name.parse::<u64>().ok()).unwrap_or(0);
        let name = format!("{:06}", last + 1);
        let before = self.seen.as_ref().map(|name| self.releases().join(name));
        let making = Making { place: self.releases().join(MAKING), before, plan, release, progress };
        if let Err(stop) = self.made(&making, &name) {
            // What fills the disk must not stay there.
            remove(&making.place).ok();
            return Err(stop);
        }
        self.show(&name)?;
        // The release is published, whatever becomes of old ones.
        let left = self.prune().err().map(|stop| format!("old releases are still there: {stop}"));
        Ok(left.into_iter().collect())
    }

    fn rollback(&mut self) -> Result<Back, Stop> {
        let _lock = self.locked()?;
        let current = self.current()?;
        let whole = self.whole()?;
        let at = whole.iter().position(|name| Some(name) == current.as_ref());
        let Some(before) = at.and_then(|at| whole[..at].last()) else {
            return Err(no_way_back(&format!(
                "{} keeps no release before the one that readers see",
                self.root.display()
            )));
        };
        let left = self.remembered(current.as_deref().unwrap_or_default())?;
        let shown = self.remembered(before)?;
        self.show(before)?;
        Ok(Back { name: format!("{}/{RELEASES}/{before}", self.root.display()), left, shown })
    }

    fn headers(&self) -> Sha256 {
        Sha256::of(b"")
    }
}

/// Whether a folder is another one or lies below it, links followed as far as they exist.
fn within(inner: &Path, outer: &Path) -> bool {
    let real = |path: &Path| {
        let known = path.ancestors().find_map(|above| Some((above, fs::canonicalize(above).ok()?)));
        known.map_or_else(
            || path.to_path_buf(),
            |(above, real)| path.strip_prefix(above).map_or_else(|_| real.clone(), |rest| real.join(rest)),
        )
    };
    real(inner).starts_with(real(outer))
}

#[cfg(unix)]
fn link(target: &Path, place: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}
