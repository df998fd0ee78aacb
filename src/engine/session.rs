//! A site that is built again and again: the folder stays ours from the first build to the last.
//!
//! Does not know who asks for a build, nor how it is found out that something may have changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::folder::Folder;
use super::report::Report;
use super::scene::Settings;
use super::timings::Stages;
use super::{Destination, Progress, Request, Stop, build};
use crate::site::Site;

/// A site that stays at hand between builds into one folder, which nobody else writes into meanwhile.
pub struct Session {
    request: Request,
    pool: ThreadPool,
    folder: Folder,
    site: Option<Site>,
    until: Option<Timestamp>,
}

/// What one build of a session begins with.
pub struct Rebuild<'a> {
    /// The instant that decides what is public.
    pub now: Timestamp,
    /// Where files may have changed since the build before.
    pub seen: &'a Seen,
    /// Outputs, by their paths below the folder, that somebody is looking at: if many are stale, these come first.
    pub first: &'a [String],
}

/// Where files may have changed since the build before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Anywhere.
    Anywhere,
    /// Files or folders that may be new, gone or different: full paths, or paths from the root of the site.
    At(BTreeSet<PathBuf>),
}

impl Session {
    /// Takes the output folder; builds nothing.
    ///
    /// # Errors
    /// When the destination is refused, or the machine fails.
    pub fn open(request: Request) -> Result<Self, Stop> {
        let Destination::Folder(output) = &request.destination else {
            return Err(Stop::Refused("a session needs an output folder".to_string()));
        };
        let pool = ThreadPoolBuilder::new().num_threads(request.threads.unwrap_or(0)).build();
        let pool = pool.map_err(|error| Stop::Refused(format!("cannot start threads: {error}")))?;
        let folder = Folder::open(output, &request)?;
        Ok(Self { request, pool, folder, site: None, until: None })
    }

    /// Brings the folder up to date.
    ///
    /// # Errors
    /// When the machine fails, or something that is not ours is in the way. The session can go on.
    pub fn rebuild(&mut self, order: &Rebuild<'_>, progress: &dyn Progress) -> Result<Report, Stop> {
        self.request.now = order.now;
        self.folder.look_again();
        let Self { request, pool, folder, site, until } = self;
        pool.install(|| {
            let mut stages = Stages::begin(progress);
            let settings = Settings::read(request)?;
            *site = Some(settings.site.clone());
            let report = build::into(folder, request, (settings, progress), &mut stages)?;
            *until = report.until;
            Ok(report)
        })
    }

    /// The next instant at which a page appears or expires, as far as is known.
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Writes what a later process can profit from; called when nothing else is to do. Returns why not, if it failed.
    pub fn remember(&mut self) -> Option<String> {
        None
    }

    /// The output folder: a full path.
    pub fn output(&self) -> &Path {
        &self.folder.path
    }

    /// The settings, as they were read last.
    pub fn site(&self) -> Option<&Site> {
        self.site.as_ref()
    }
}
