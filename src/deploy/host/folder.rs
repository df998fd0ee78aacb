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

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::super::packed;
use super::super::plan::{Plan, Replacing};
use super::super::release::{File, Release};
use super::super::standing::Standing;
use super::{Host, no_way_back, overtaken};
use crate::digest::Sha256;
use crate::engine::{self, Progress, Stop};
use crate::site::{Deployment, Encoding};
use crate::source::tree::Fault;

const CURRENT: &str = "current";
const RELEASES: &str = "releases";
const LOCK: &str = ".bulletin-lock";
/// The release that is being made.
const MAKING: &str = ".making";
const STANDING: &str = "standing";

/// A folder that holds releases.
pub(super) struct Folder {
    root: PathBuf,
    keep: usize,
    encodings: Vec<Encoding>,
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
        Ok(Self { root, keep: deployment.keep, encodings: deployment.precompressed.clone(), seen: None })
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
                    entry.is_ok_and(|entry| entry.file_name() == LOCK || entry.file_name() == RELEASES)
                };
                match fs::read_dir(&self.root).map(|mut entries| entries.all(ours)) {
                    Ok(true) => Ok(None),
                    Ok(false) => Err(self.foreign()),
                    Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(Fault::new("cannot read", &self.root)(error).into()),
                }
            }
            // There is something, and it is no link.
            Err(error) if error.kind() == ErrorKind::InvalidInput => Err(self.foreign()),
            Err(error) => Err(Fault::new("cannot read", &place)(error).into()),
        }
    }

    fn foreign(&self) -> Stop {
        let why = "is not empty and holds no releases of Bulletin: name an empty or a new folder in `to`, and let the web server show `current` in it";
        Stop::Refused(format!("{} {why}", self.root.display()))
    }

    /// Takes the folder, so that no other deploy writes into it until the file is dropped.
    fn locked(&self) -> Result<fs::File, Stop> {
        fs::create_dir_all(self.releases()).map_err(Fault::new("cannot create", &self.releases()))?;
        let place = self.root.join(LOCK);
        let file = fs::File::options().create(true).append(true).open(&place);
        let file = file.map_err(Fault::new("cannot open", &place))?;
        match file.try_lock() {
            Err(fs::TryLockError::WouldBlock) => Err(Stop::Refused(format!(
                "another deploy is writing into {}; wait for it to end",
                self.root.display()
            ))),
            // A file system without locks is no reason to stop: the exchange of the link is safe without.
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

    fn standing_of(&self, name: &str) -> PathBuf {
        self.releases().join(format!("{name}.{STANDING}"))
    }

    /// Puts one file of the new release in place: the file of the release before, if it is the same.
    fn place(
        &self,
        (file, release): (&File, &Release),
        (making, before): (&Path, Option<&Before>),
    ) -> Result<(), Fault> {
        let place = making.join(&file.path);
        let same = before.and_then(|before| before.same(file));
        let folder = place.parent().unwrap_or(making);
        fs::create_dir_all(folder).map_err(Fault::new("cannot create", folder))?;
        let linked = |from: &Path, to: &Path| fs::hard_link(from, to).is_ok();
        if !same.as_ref().is_some_and(|same| linked(same, &place)) {
            let bytes = release.bytes(file)?;
            fs::write(&place, bytes).map_err(Fault::new("cannot write", &place))?;
        }
        for &encoding in self.encodings.iter().filter(|_| packed::is_worth(file)) {
            let twin = |place: &Path| packed::beside(place, encoding);
            if same.as_ref().is_some_and(|same| linked(&twin(same), &twin(&place))) {
                continue;
            }
            let bytes = packed::packed(&release.bytes(file)?, encoding);
            fs::write(twin(&place), bytes).map_err(Fault::new("cannot write", &twin(&place)))?;
        }
        Ok(())
    }

    /// Lets readers see a release, in one step.
    fn show(&self, name: &str) -> Result<(), Stop> {
        let (draft, place) = (self.root.join(".current.new"), self.root.join(CURRENT));
        fs::remove_file(&draft).ok();
        link(&Path::new(RELEASES).join(name), &draft).map_err(Fault::new("cannot create", &draft))?;
        fs::rename(&draft, &place).map_err(Fault::new("cannot replace", &place))?;
        Ok(())
    }

    /// Deletes the oldest releases, and what was left of one that was never finished.
    fn prune(&self, current: &str) -> Result<(), Stop> {
        let whole = self.whole()?;
        let old = whole.len().saturating_sub(self.keep);
        for name in whole.iter().take(old).filter(|name| *name != current) {
            // The list first: without it, what is left is no release.
            let (standing, folder) = (self.standing_of(name), self.releases().join(name));
            fs::remove_file(&standing).map_err(Fault::new("cannot delete", &standing))?;
            fs::remove_dir_all(&folder).map_err(Fault::new("cannot delete", &folder))?;
        }
        Ok(())
    }
}

/// The release that the new one follows.
struct Before {
    folder: PathBuf,
    standing: Standing,
}

impl Before {
    /// The same file in it.
    fn same(&self, file: &File) -> Option<PathBuf> {
        let (_, entry) = self.standing.at(&file.path)?;
        (entry.sha256 == Some(file.sha256)).then(|| self.folder.join(&file.path))
    }
}

impl Host for Folder {
    fn standing(&mut self) -> Result<Standing, Stop> {
        self.seen = self.current()?;
        let Some(name) = &self.seen else { return Ok(Standing::default()) };
        let place = self.standing_of(name);
        let text = fs::read_to_string(&place).map_err(Fault::new("cannot read", &place))?;
        Standing::parse(&text).ok_or_else(|| {
            Stop::Refused(format!(
                "{} cannot be understood: delete it together with the release of its name, and deploy again",
                place.display()
            ))
        })
    }

    fn bytes(&mut self, path: &str) -> Result<Option<Vec<u8>>, Stop> {
        let place = self.root.join(CURRENT).join(path);
        match fs::read(&place) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::new("cannot read", &place)(error).into()),
        }
    }

    fn paths_of(&mut self, digests: &BTreeSet<Sha256>) -> Result<BTreeMap<Sha256, String>, Stop> {
        let root = self.root.join(CURRENT);
        let mut found = BTreeMap::new();
        for entry in walkdir::WalkDir::new(root.join(".")).into_iter().flatten() {
            let below = entry.path().strip_prefix(&root).ok().and_then(Path::to_str);
            let Some(path) = below.map(|path| path.trim_start_matches("./").replace('\\', "/")) else {
                continue;
            };
            let digest = Sha256::of(path.as_bytes());
            if digests.contains(&digest) {
                found.insert(digest, path);
            }
        }
        Ok(found)
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
        let before = match self.seen.clone() {
            Some(name) => Some(Before { standing: self.standing()?, folder: self.releases().join(name) }),
            None => None,
        };
        let making = self.releases().join(MAKING);
        remove(&making)?;
        let sums = release.sums();
        let files: Vec<&File> = release.files().iter().chain(sums.as_ref()).collect();
        progress.begin("copied", files.len());
        files.into_par_iter().try_for_each(|file| {
            progress.step();
            self.place((file, release), (&making, before.as_ref()))
        })?;
        let last = self.whole()?.pop().and_then(|name| name.parse::<u64>().ok()).unwrap_or(0);
        let name = format!("{:06}", last + 1);
        let (folder, standing) = (self.releases().join(&name), self.standing_of(&name));
        // What a release that was never shown left behind.
        remove(&folder)?;
        settle(&making).map_err(Fault::new("cannot write", &making))?;
        fs::rename(&making, &folder).map_err(Fault::new("cannot create", &folder))?;
        fs::write(&standing, plan.result.text()).map_err(Fault::new("cannot write", &standing))?;
        settle(&folder).map_err(Fault::new("cannot write", &folder))?;
        self.show(&name)?;
        self.prune(&name)?;
        Ok(Vec::new())
    }

    fn rollback(&mut self) -> Result<String, Stop> {
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
        self.show(before)?;
        Ok(format!("{}/{RELEASES}/{before}", self.root.display()))
    }

    fn replacing(&self) -> Replacing {
        Replacing::AtOnce
    }

    fn headers(&self) -> Sha256 {
        Sha256::of(format!("{:?}", self.encodings).as_bytes())
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

fn remove(folder: &Path) -> Result<(), Stop> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Fault::new("cannot delete", folder)(error).into())
        }
        _ => Ok(()),
    }
}

/// Waits until what was written is on the disk: a link must not lead to what a power cut takes away.
#[cfg(target_os = "linux")]
fn settle(folder: &Path) -> std::io::Result<()> {
    rustix::fs::syncfs(fs::File::open(folder)?).map_err(Into::into)
}

#[cfg(not(target_os = "linux"))]
fn settle(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(unix)]
fn link(target: &Path, place: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}
