//! A site that stays in memory from one build to the next: each looks only at what may have changed.
//!
//! Lenient, because somebody is writing: what has a mistake stays as it was when it had none, and the rest goes on.
//! Does not know who asks for a build, nor how it is found out that something may have changed.

mod gather;
mod mistaken;
mod state;
mod texts;

use std::collections::BTreeSet;
use std::mem::replace;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::{ThreadPool, ThreadPoolBuilder};

use self::state::State;
use super::folder::Folder;
use super::report::Report;
use super::scene::Settings;
use super::timings::Stages;
use super::{Destination, Progress, Request, Stop, commit};
use crate::diagnostic;
use crate::site::Site;

/// A site that stays in memory between builds into one folder, which nobody else writes into meanwhile.
pub struct Session {
    request: Request,
    pool: ThreadPool,
    folder: Folder,
    state: State,
    /// The settings as they were read last without a mistake, or for the first time.
    site: Option<Site>,
    /// Where files may have changed since they were looked at.
    pending: Seen,
}

/// What one build of a session begins with.
#[derive(Debug, Clone, Copy)]
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

impl Seen {
    /// Nowhere.
    pub fn nowhere() -> Self {
        Self::At(BTreeSet::new())
    }

    /// Adds other places.
    pub fn add(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::At(own), Self::At(others)) => own.extend(others.iter().cloned()),
            _ => *self = Self::Anywhere,
        }
    }
}

/// What one build works with.
#[derive(Clone, Copy)]
struct Run<'r> {
    request: &'r Request,
    folder: &'r Folder,
    progress: &'r dyn Progress,
    first: &'r [String],
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
        let (state, pending) = (State::default(), Seen::Anywhere);
        Ok(Self { request, pool, folder, state, site: None, pending })
    }

    /// Brings the folder up to date. What is wrong is in the report; what has a mistake stays as it was, and the rest is
    /// put in place.
    ///
    /// # Errors
    /// When the machine fails, or something that is not ours is in the way. The session can go on: the next build looks
    /// everywhere.
    pub fn rebuild(&mut self, order: &Rebuild<'_>, progress: &dyn Progress) -> Result<Report, Stop> {
        self.request.now = order.now;
        self.take_again()?;
        self.folder.look_again();
        self.pending.add(order.seen);
        let Self { request, pool, folder, state, site, pending } = self;
        let run = Run { request, folder, progress, first: order.first };
        let result = pool.install(|| rebuilt(run, (state, site), pending));
        if result.is_err() {
            state.doubt();
            *pending = Seen::Anywhere;
        }
        result
    }

    /// Whether the outputs, or the cache and with it the lock, were deleted or moved away since the last build.
    pub fn is_deserted(&self) -> bool {
        let has_gone = self.state.has_output() && !self.folder.path.is_dir();
        has_gone || !self.folder.is_taken()
    }

    /// The cache may be deleted at any time, and with it the lock, or the outputs: then all begins anew.
    fn take_again(&mut self) -> Result<(), Stop> {
        if !self.is_deserted() {
            return Ok(());
        }
        let is_taken = self.folder.is_taken();
        self.state.doubt();
        self.pending = Seen::Anywhere;
        if let (Destination::Folder(output), false) = (&self.request.destination, is_taken) {
            self.folder = Folder::open(output, &self.request)?;
        }
        Ok(())
    }

    /// The next instant at which a page appears or expires, as far as is known.
    pub fn until(&self) -> Option<Timestamp> {
        self.state.until()
    }

    /// Writes what a later process can profit from; called when nothing else is to do. Returns why not, if it failed.
    pub fn remember(&mut self) -> Option<String> {
        let Self { request, pool, folder, state, .. } = self;
        pool.install(|| state.remember(request, folder))
    }

    /// The output folder: a full path.
    pub fn output(&self) -> &Path {
        &self.folder.path
    }

    /// The settings, as they were read last without a mistake; before that, as they were read first.
    pub fn site(&self) -> Option<&Site> {
        self.site.as_ref()
    }
}

fn rebuilt(
    run: Run<'_>,
    (state, site): (&mut State, &mut Option<Site>),
    pending: &mut Seen,
) -> Result<Report, Stop> {
    let mut stages = Stages::begin(run.progress);
    let settings = Settings::read(run.request)?;
    commit::sweep(&run.folder.path)?;
    let notice = state.begin(run.folder);
    if !settings.failed() || site.is_none() {
        *site = Some(settings.site.clone());
    }
    if settings.failed() {
        // Nobody knows what site is meant, nor in which zone its embargoes lift: what stands stays.
        let said = settings.said().iter().cloned().chain(state.said_of_content()).collect();
        return Ok(Report { diagnostics: diagnostic::sorted(said), ..state.report() });
    }
    let seen = replace(pending, Seen::nowhere());
    let looked = state.look(run, settings, &seen)?;
    stages.end("list");
    let mut report = match state.texts(run, &looked, &mut stages)? {
        Some(report) => report,
        None => state.gather(run, &mut stages)?,
    };
    report.notice = notice.or(report.notice);
    Ok(report)
}
