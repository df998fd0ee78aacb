//! The single path that every command takes: read, bring together, plan, make, commit.
//!
//! The only writer of output. Knows which inputs each output declared; does not know which command asked.

mod commit;
mod held;
#[allow(dead_code, reason = "the runs that use all of it come next")]
mod ledger;
mod locate;
mod make;
mod plan;
mod read;
mod report;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::ThreadPoolBuilder;

use crate::catalog::Catalog;
use crate::diagnostic::{self, Diagnostic};
use crate::output::{Shared, World};
use crate::site::BaseUrl;
use crate::source::tree::Fault;

pub use held::Held;
pub use report::{Report, Written};

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
    /// How many threads work; none means as many as the machine has.
    pub threads: Option<usize>,
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
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &'static str, _: usize) {}
    fn step(&self) {}
}

/// Builds a site.
///
/// Mistakes in the content are in the report; with any error among them nothing is written.
///
/// # Errors
/// When the destination is refused, or the machine fails.
pub fn run(request: &Request, progress: &dyn Progress) -> Result<Report, Stop> {
    let pool = ThreadPoolBuilder::new().num_threads(request.threads.unwrap_or(0)).build();
    let pool = pool.map_err(|error| Stop::Refused(format!("cannot start threads: {error}")))?;
    pool.install(|| build(request, progress))
}

fn build(request: &Request, progress: &dyn Progress) -> Result<Report, Stop> {
    if !request.root.is_dir() {
        return Err(Stop::Refused(format!("there is no folder {}", request.root.display())));
    }
    let mut said: Vec<Diagnostic> = Vec::new();
    let site = read::site(request, &mut said)?;
    let tree = read::tree(&request.root, &mut said)?;
    let read::Content { pages, files, unreadable } = read::content(&tree, &site, &mut said, progress)?;
    let (theme, loaded) = read::theme(&tree, &site, &mut said)?;
    let (catalog, problems) = Catalog::build(pages, (files, unreadable), &site, request.now);
    locate::diagnostics(&problems, &catalog, &tree, &mut said)?;
    let shared = Shared::build(&site, &catalog, &theme);
    let texts = read::TreeTexts(&tree);
    let world = World { site: &site, catalog: &catalog, theme: &theme, shared: &shared, texts: &texts };
    let plan = plan::Plan::build(&world);
    locate::diagnostics(&plan.problems, &catalog, &tree, &mut said)?;
    said.extend(plan.said.iter().cloned());
    let mut report = Report::of(&world, &plan);
    let sound = !said.iter().any(Diagnostic::is_error);
    match (&request.destination, sound) {
        (Destination::Folder(folder), true) => {
            let staging = commit::Staging::open(&resolved(&request.root, folder), &tree)?;
            let mistakes = make::all(&world, &plan, make::Into::Staging(&staging), progress)?;
            let failed = mistakes.iter().any(Diagnostic::is_error);
            said.extend(mistakes);
            if !failed {
                report.written = Some(staging.commit(&plan)?);
            }
        }
        // Something is wrong already; the rest is made all the same, so that every mistake is told at once.
        _ if loaded => said.extend(make::all(&world, &plan, make::Into::Nowhere, progress)?),
        _ => {}
    }
    report.diagnostics = diagnostic::sorted(said);
    Ok(report)
}

/// A folder that is given relative is meant relative to the site.
fn resolved(root: &Path, folder: &Path) -> PathBuf {
    if folder.is_absolute() { folder.to_path_buf() } else { root.join(folder) }
}
