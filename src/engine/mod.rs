//! The path that every command takes, once or again and again: read, compare, bring together, plan, make, commit, remember.
//!
//! The only writer of output and cache. Knows which inputs each output declared; does not know which command asked.

mod build;
mod commit;
mod compare;
mod early;
mod folder;
mod held;
mod ledger;
mod locate;
mod make;
mod places;
mod plan;
mod read;
mod recall;
mod rehearsal;
mod remember;
mod report;
mod scene;
mod schedule;
mod session;
mod standing;
mod timings;
mod verify;
mod why;
mod work;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rayon::ThreadPoolBuilder;

use crate::catalog::visibility::View;
use crate::diagnostic::Diagnostic;
use crate::site::{BaseUrl, Site};
use crate::source::tree::Fault;

pub use crate::catalog::visibility::Profile;
pub use folder::PREVIEW_FOLDER;
pub use held::Held;
pub use rehearsal::Rehearsal;
pub use report::{Report, Written};
pub use schedule::{Event, Schedule, Turn};
pub use session::{Rebuild, Seen, Session};
pub use timings::{Cost, Timings};
pub use verify::Differences;
pub use why::Why;

/// What is to be built, and where to.
#[derive(Debug, Clone)]
pub struct Request {
    /// The folder of the site.
    pub root: PathBuf,
    /// The settings file, if it is not `site.toml` in that folder.
    pub config: Option<PathBuf>,
    /// Where the outputs go.
    pub destination: Destination,
    /// Another base address than the settings name.
    pub base_url: Option<BaseUrl>,
    /// The instant that decides what is public.
    pub now: Timestamp,
    /// Whom the site is made for.
    pub profile: Profile,
    /// How many threads work; none means as many as the machine has.
    pub threads: Option<usize>,
}

impl Request {
    /// Through whose eyes the pages are looked at.
    fn view(&self) -> View {
        View { now: self.now, profile: self.profile }
    }
}

/// Where the outputs go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Into this folder.
    Folder(PathBuf),
    /// Nowhere: everything is made, so that every mistake is found, and nothing is written.
    Nowhere,
}

/// Why a run ended without a report.
#[derive(Debug)]
pub enum Stop {
    /// What was asked for cannot be done, and why.
    Refused(String),
    /// A fault of the machine.
    Fault(Fault),
}

impl std::fmt::Display for Stop {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(why) => formatter.write_str(why),
            Self::Fault(fault) => fault.fmt(formatter),
        }
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Told how far the work is, so that somebody can show it.
pub trait Progress: Sync {
    /// A stage begins that has this many steps.
    fn begin(&self, stage: &'static str, steps: usize);
    /// One step of it is done.
    fn step(&self);
    /// How long the run has taken so far; none if nobody wants to know what took how long.
    fn elapsed(&self) -> Option<Duration> {
        None
    }
    /// These outputs, wanted first, are in place while others are still being made.
    fn early(&self, _: &[String]) {}
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &'static str, _: usize) {}
    fn step(&self) {}
}

/// Builds a site: what the last build into the same folder left right is not made again.
///
/// Mistakes in the content are in the report; with any error among them nothing is written.
///
/// # Errors
/// When the destination is refused, or the machine fails.
pub fn run(request: &Request, progress: &dyn Progress) -> Result<Report, Stop> {
    on_threads(request, || build::build(request, progress))
}

/// The settings of a site, and what is wrong with them.
///
/// # Errors
/// When there are none, or they cannot be read.
pub fn settings(request: &Request) -> Result<(Site, Vec<Diagnostic>), Stop> {
    scene::Settings::read(request).map(scene::Settings::into_site)
}

/// The paths of all outputs of ours in a folder that was built for the public, from that folder, in order; what lists them is
/// not among them. None if there is no such folder.
///
/// # Errors
/// When the folder was not written by a build, or holds a preview.
pub fn outputs(folder: &Path) -> Result<Option<Vec<String>>, Stop> {
    folder::outputs(folder)
}

/// Compares what stands in the output folder with a clean build, byte for byte, and changes nothing.
///
/// # Errors
/// When the site cannot be built, or the machine fails.
pub fn verify(request: &Request, progress: &dyn Progress) -> Result<Differences, Stop> {
    on_threads(request, || verify::verify(request, progress))
}

/// What the output at `path` is made from, and why it was made; none if the site has no such output.
///
/// `path` is an address of the site, a path below the output folder, or that of a content file.
///
/// # Errors
/// When the site cannot be read, or the machine fails.
pub fn why(request: &Request, path: &str, progress: &dyn Progress) -> Result<Option<Why>, Stop> {
    on_threads(request, || why::why(request, path, progress))
}

/// When pages of a site appear and expire. Nothing is made, and nothing written.
///
/// # Errors
/// When the site cannot be read.
pub fn schedule(request: &Request, progress: &dyn Progress) -> Result<Schedule, Stop> {
    on_threads(request, || schedule::schedule(request, progress))
}

/// Reads a site as if `absent`, files from its root, had been deleted, and hands it over to `end`, who may ask for any output.
/// Knows no ledger and writes nothing. Runs on the threads of its caller.
///
/// # Errors
/// When the site cannot be read, and whatever `end` says.
pub fn rehearse<R>(
    request: &Request,
    absent: &BTreeSet<String>,
    progress: &dyn Progress,
    end: impl FnOnce(&Rehearsal<'_>) -> Result<R, Stop>,
) -> Result<R, Stop> {
    rehearsal::rehearse(request, absent, progress, end)
}

/// Does `work` on as many threads as the request wants.
///
/// # Errors
/// When they cannot be started, and whatever `work` says.
pub fn on_threads<R: Send>(
    request: &Request,
    work: impl FnOnce() -> Result<R, Stop> + Send,
) -> Result<R, Stop> {
    let pool = ThreadPoolBuilder::new().num_threads(request.threads.unwrap_or(0)).build();
    pool.map_err(|error| Stop::Refused(format!("cannot start threads: {error}")))?.install(work)
}

/// A folder that is given relative is meant relative to the site.
pub fn resolved(root: &Path, folder: &Path) -> PathBuf {
    if folder.is_absolute() { folder.to_path_buf() } else { root.join(folder) }
}

#[cfg(test)]
mod proof;
