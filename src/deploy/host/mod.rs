//! Where files go: a file per kind of host.
//!
//! Each knows how to put files there so that readers never see half of a site, and what was there before; none knows what
//! a briefing is.

mod folder;
mod git;
#[cfg(feature = "storage")]
mod headers;
#[cfg(feature = "storage")]
mod lease;
mod making;
#[cfg(feature = "storage")]
mod place;
#[cfg(feature = "storage")]
mod said;
#[cfg(feature = "storage")]
mod sending;
#[cfg(feature = "storage")]
mod store;
#[cfg(feature = "storage")]
mod transport;

use std::collections::BTreeSet;
use std::path::Path;

use super::plan::Plan;
use super::release::Release;
use super::secret::Credentials;
use super::standing::Standing;
use crate::digest::Sha256;
use crate::engine::{Progress, Stop};
use crate::site::{Deployment, Destination};

/// A place that a site is published at.
pub(super) trait Host {
    /// What stands there; nothing where nothing was ever published.
    fn standing(&mut self) -> Result<Standing, Stop>;

    /// Whether the last deploy there was broken off, as was seen when somebody asked what stands there.
    fn is_unfinished(&self) -> bool {
        false
    }

    /// The bytes of a file that was published there, by its path from the root of the site.
    fn bytes(&mut self, path: &str) -> Result<Option<Vec<u8>>, Stop>;

    /// The paths of all files there, whoever put them there.
    fn paths(&mut self) -> Result<Vec<String>, Stop>;

    /// Those of these paths at which there is a file, whoever put it there.
    fn standing_among(&mut self, paths: &BTreeSet<&str>) -> Result<Vec<String>, Stop> {
        let mut all = self.paths()?;
        all.retain(|path| paths.contains(path.as_str()));
        Ok(all)
    }

    /// Does what is planned. Whenever it breaks off, what readers see is consistent, and the next deploy goes on.
    /// Returns what whoever runs the desk should know of the host.
    fn publish(
        &mut self,
        plan: &Plan,
        release: &Release,
        progress: &dyn Progress,
    ) -> Result<Vec<String>, Stop>;

    /// Shows readers the release before the one that they see.
    fn rollback(&mut self) -> Result<Back, Stop>;

    /// The digest of all that is sent beside the bytes of files: other rules, and everything is sent again.
    fn headers(&self) -> Sha256;
}

pub(super) use folder::LOCK as FOLDER_LOCK;
pub(super) use git::AS_THEY_ARE;

/// What readers see again.
pub(super) struct Back {
    /// The release, as the host calls it.
    pub name: String,
    /// What they saw before.
    pub left: Standing,
    /// What they see now.
    pub shown: Standing,
}

/// What a host is told of the site.
pub(super) struct Surroundings<'s> {
    /// The folder of the site.
    pub root: &'s Path,
    /// What the environment says for hosts that want a name and a password.
    #[cfg_attr(not(feature = "storage"), expect(dead_code, reason = "only hosts behind a network are told"))]
    pub credentials: &'s Credentials,
}

/// The host of a deployment; nobody is asked anything yet.
pub(super) fn open(deployment: &Deployment, around: &Surroundings<'_>) -> Result<Box<dyn Host>, Stop> {
    match &deployment.to {
        Destination::Folder(path) => Ok(Box::new(folder::Folder::open(path, deployment, around.root)?)),
        Destination::Git(branch) => Ok(Box::new(git::Git::open(branch, deployment, around.root)?)),
        #[cfg(feature = "storage")]
        Destination::Store(store) => Ok(Box::new(store::Objects::open(store, deployment, around)?)),
        #[cfg(not(feature = "storage"))]
        Destination::Store(store) => Err(Stop::Refused(format!(
            "{store} needs a Bulletin that was built with `storage`: cargo install --locked --path . --features storage"
        ))),
    }
}

/// Nothing is kept there to go back to.
fn no_way_back(what: &str) -> Stop {
    Stop::Refused(format!(
        "{what}: build the release that readers should see, from the commit it was built from, and deploy that"
    ))
}

/// Somebody else was quicker.
fn overtaken(whom: &str) -> Stop {
    Stop::Refused(format!(
        "somebody else published to {whom} since this deploy looked at it; nothing was changed: deploy again"
    ))
}
