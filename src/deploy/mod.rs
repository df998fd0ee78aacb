//! From a finished build to the place where readers are: nothing half-published, nothing leaked, nothing lost, and nothing sent
//! that is there already.
//!
//! Knows builds and checks by their results, and hosts by what each of them can do; not how an output is made, nor who asked.

pub mod after;
mod asked;
mod guard;
mod host;
mod label;
mod packed;
mod plan;
mod release;
mod secret;
mod standing;
pub mod sums;

use std::collections::BTreeSet;

use crate::check::{self, Published};
use crate::diagnostic::{Diagnostic, suggestion};
use crate::engine::{self, Destination, Progress, Rehearsal, Report, Request, Stop};
use crate::output::record::RECORD;
use crate::site::{BaseUrl, Deployment, Site};

use guard::Guard;
use host::Host;
use label::Labels;
use plan::Differences;

pub use asked::{Asked, Extent, Foreign, Newest, Record, Shrink, Wish};
pub use label::Stage;
pub use plan::{Change, Plan, Step};
pub use release::{File, Release, SUMS};
pub use secret::Credentials;

/// What became of a deploy.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// Where it went.
    pub deployment: Option<Deployment>,
    /// Where readers read it.
    pub base_url: BaseUrl,
    /// What the build found.
    pub report: Report,
    /// What is wrong: with the settings, with the site, or with what changed without a word.
    pub diagnostics: Vec<Diagnostic>,
    /// What was done, or would be.
    pub plan: Plan,
    /// What was published.
    pub release: Option<Release>,
    /// The newest briefing: its title and its address on the site.
    pub newest: Option<(String, String)>,
    /// What else whoever runs the desk should know, a line each.
    pub notices: Vec<String>,
}

/// How a deploy ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// There are mistakes, and nothing was sent.
    Mistaken,
    /// The host has everything already.
    Nothing,
    /// It would happen so.
    Planned,
    /// It has happened.
    Published,
}

/// The deployment of a site that is meant.
///
/// # Errors
/// When there is none, none of that name, or several and no name.
pub fn chosen(site: &Site, name: Option<&str>) -> Result<Deployment, Stop> {
    let all = &site.deployments;
    let names = || all.iter().map(|deployment| deployment.name.as_str());
    let refused = |why: String| Err(Stop::Refused(why));
    match (name, all.as_slice()) {
        (_, []) => refused(
            "the settings do not say where the site goes: write into site.toml\n\n  [deploy.production]\n  to = \"s3://bucket\"        # or a folder, sftp://user@host/path, git+ssh://…\n".to_string(),
        ),
        (None, [only]) => Ok(only.clone()),
        (None, _) => refused(format!("there are several deployments: say which ({})", names().collect::<Vec<_>>().join(", "))),
        (Some(name), _) => match all.iter().find(|deployment| deployment.name == name) {
            Some(found) => Ok(found.clone()),
            None => refused(match suggestion(name, names()) {
                Some(close) => format!("there is no [deploy.{name}]; did you mean {close}?"),
                None => format!("there is no [deploy.{name}], only {}", names().collect::<Vec<_>>().join(", ")),
            }),
        },
    }
}

/// Builds a site, and publishes it where the settings say.
///
/// # Errors
/// When something is refused, or the machine, the network or the host fails.
pub fn deploy(asked: &Asked<'_>, progress: &dyn Progress) -> Result<Outcome, Stop> {
    // As the settings have it: what the command line says in place of the address is compared with it.
    let (site, said) = engine::settings(&Request { base_url: None, ..asked.request.clone() })?;
    let mut outcome = Outcome::of(&site);
    if said.iter().any(Diagnostic::is_error) {
        return Ok(outcome.mistaken(said));
    }
    let deployment = chosen(&site, asked.name)?;
    let request = guard::request(asked.request, &site, &deployment)?;
    outcome.base_url = deployment.base_url.clone().unwrap_or_else(|| site.base_url.clone());
    outcome.deployment = Some(deployment.clone());
    outcome.report = engine::run(&request, progress)?;
    outcome.diagnostics = outcome.report.diagnostics.clone();
    if outcome.report.failed() {
        outcome.end = End::Mistaken;
        return Ok(outcome);
    }
    let Destination::Folder(folder) = &request.destination else {
        unreachable!("a deploy builds into a folder")
    };
    let release = Release::read(&engine::resolved(&request.root, folder))?;
    let release = match &deployment.to {
        crate::site::Destination::Folder(_) => release.with_headers(outcome.base_url.path()),
        _ => release,
    };
    let release = release.with_twins(&deployment.precompressed);
    let around = host::Surroundings { root: &request.root, credentials: asked.credentials };
    let host = host::open(&deployment, &around)?;
    let guard = Guard::of(asked, &site, &deployment);
    let deploying =
        Deploying { asked, request: &request, deployment: &deployment, guard, host, release, progress };
    deploying.published(outcome).map_err(|stop| redacted(stop, asked.credentials))
}

/// A release that was built, on its way to a host.
struct Deploying<'a> {
    asked: &'a Asked<'a>,
    /// The build, as it is published.
    request: &'a Request,
    deployment: &'a Deployment,
    guard: Guard<'a>,
    host: Box<dyn Host>,
    release: Release,
    progress: &'a dyn Progress,
}

impl Deploying<'_> {
    /// Compares what was built with what stands at the host, and publishes what differs.
    fn published(mut self, mut outcome: Outcome) -> Result<Outcome, Stop> {
        let mut standing = self.host.standing()?;
        let mut differences =
            Differences::of(&self.release, &standing, self.host.headers(), self.asked.extent);
        if differences.is_empty() && !self.host.is_unfinished() {
            outcome.plan.kept = differences.kept;
            return self.nothing(outcome);
        }
        let created = differences.created_paths().collect();
        self.guard.foreign(self.host.as_mut(), &standing, &created)?;
        let published = self.guard.record(self.host.as_mut(), &standing)?;
        if published.is_none() {
            // Somebody may have deleted what a deploy remembers.
            let record = RECORD.trim_start_matches('/');
            standing.doubt(|path| path == record || path.starts_with("record/"));
            differences = Differences::of(&self.release, &standing, self.host.headers(), self.asked.extent);
        }
        let sent = differences.sent_paths().collect();
        let seen = self.rehearsed(|site| Seen::of(site, published.as_ref(), &sent))?;
        let mistakes = self.mistakes(&seen)?;
        outcome.newest = seen.newest;
        if !mistakes.is_empty() {
            outcome.notices = self.guard.notices;
            return Ok(outcome.mistaken(mistakes));
        }
        outcome.diagnostics.extend(seen.changed);
        self.release.add_sums(|path| seen.labels.is_listed(path));
        self.find(&mut differences)?;
        outcome.plan = Plan::of(differences, &self.release, &seen.labels);
        self.guard.shrinking(&outcome.plan)?;
        outcome.end = End::Planned;
        if self.asked.wish == Wish::Publish {
            self.publish(&outcome)?;
            outcome.end = End::Published;
        }
        outcome.notices = self.guard.notices;
        outcome.release = Some(self.release);
        Ok(outcome)
    }

    /// The host has everything.
    fn nothing(self, mut outcome: Outcome) -> Result<Outcome, Stop> {
        outcome.end = End::Nothing;
        if self.asked.newest == Newest::Wanted {
            outcome.newest = self.rehearsed(|site| Ok(newest(site)))?;
        }
        outcome.release = Some(self.release);
        Ok(outcome)
    }

    fn rehearsed<T: Send>(
        &self,
        look: impl FnOnce(&Rehearsal<'_>) -> Result<T, Stop> + Send,
    ) -> Result<T, Stop> {
        let Self { request, progress, .. } = *self;
        engine::on_threads(request, || engine::rehearse(request, &BTreeSet::new(), progress, look))
    }

    /// What is wrong with a site that has no mistakes of its own: what changed without a word, and what leaks.
    fn mistakes(&self, seen: &Seen) -> Result<Vec<Diagnostic>, Stop> {
        if seen.changed.iter().any(Diagnostic::is_error) {
            return Ok(seen.changed.clone());
        }
        if !seen.hides {
            return Ok(Vec::new());
        }
        let proof = check::embargo(self.request, self.progress)?;
        Ok(if proof.failed() { proof.diagnostics } else { Vec::new() })
    }

    /// Finds the unlisted files that the site no longer has.
    fn find(&mut self, differences: &mut Differences) -> Result<(), Stop> {
        if differences.hidden() == 0 {
            return Ok(());
        }
        differences.find(self.host.paths()?);
        if let lost @ 1.. = differences.hidden() {
            let why = "that the site no longer has are not at the host under their names";
            self.guard.notices.push(format!("{lost} unlisted files {why}"));
        }
        Ok(())
    }

    fn publish(&mut self, outcome: &Outcome) -> Result<(), Stop> {
        guard::unchanged(self.request, &self.release, self.progress)?;
        // Before the first of them changes: a deploy that breaks off must not forget what it has changed.
        let changed = after::changed(&outcome.plan, &outcome.base_url);
        after::remember(&self.request.root, &self.deployment.name, &changed);
        self.guard.notices.extend(self.host.publish(&outcome.plan, &self.release, self.progress)?);
        Ok(())
    }
}

/// Shows readers the release before the one that they see. Returns what the host calls it, and the deployment.
///
/// # Errors
/// When the host keeps none, or fails.
pub fn rollback(
    request: &Request,
    name: Option<&str>,
    credentials: &Credentials,
) -> Result<(String, Deployment), Stop> {
    let (site, said) = engine::settings(request)?;
    if said.iter().any(Diagnostic::is_error) {
        let why = "the settings have mistakes, and may mean another place: `bulletin check` shows them";
        return Err(Stop::Refused(why.to_string()));
    }
    let deployment = chosen(&site, name)?;
    let around = host::Surroundings { root: &request.root, credentials };
    let back = host::open(&deployment, &around).and_then(|mut host| host.rollback());
    let back = back.map_err(|stop| redacted(stop, credentials))?;
    let base_url = deployment.base_url.as_ref().unwrap_or(&site.base_url);
    let changed = back.left.differing(&back.shown);
    let changed: Vec<String> = changed.iter().map(|path| after::address(path, base_url)).collect();
    after::remember(&request.root, &deployment.name, &changed);
    Ok((back.name, deployment))
}

fn redacted(stop: Stop, credentials: &Credentials) -> Stop {
    match stop {
        Stop::Refused(why) => Stop::Refused(credentials.redacted(&why)),
        Stop::Fault(mut fault) => {
            fault.error =
                std::io::Error::new(fault.error.kind(), credentials.redacted(&fault.error.to_string()));
            Stop::Fault(fault)
        }
    }
}

/// The newest briefing that readers see: its title, and its address on the site.
fn newest(site: &Rehearsal<'_>) -> Option<(String, String)> {
    let catalog = site.catalog();
    let &id = catalog.listed().first()?;
    Some((catalog.card(id).title.to_string(), catalog.permalink(id).to_string()))
}

/// What a deploy wants to know of a site that is more than its files.
struct Seen {
    labels: Labels,
    /// What changed without a word since it was published.
    changed: Vec<Diagnostic>,
    newest: Option<(String, String)>,
    /// Whether there is a page that readers must not see, or see no more.
    hides: bool,
}

impl Seen {
    fn of(site: &Rehearsal<'_>, published: Option<&Published>, sent: &BTreeSet<&str>) -> Result<Self, Stop> {
        let changed = published.map(|published| check::compared(site, published)).transpose()?;
        let catalog = site.catalog();
        let newest = newest(site);
        let hides = catalog.ids().any(|id| !catalog.visibility(id).has_page());
        Ok(Self {
            labels: Labels::of_site(site, sent),
            changed: changed.map(|found| found.diagnostics).unwrap_or_default(),
            newest,
            hides,
        })
    }
}

impl Outcome {
    fn of(site: &Site) -> Self {
        Self {
            end: End::Mistaken,
            deployment: None,
            base_url: site.base_url.clone(),
            report: Report::default(),
            diagnostics: Vec::new(),
            plan: Plan::default(),
            release: None,
            newest: None,
            notices: Vec::new(),
        }
    }

    /// The addresses of what was published.
    pub fn changed_urls(&self) -> Vec<String> {
        if self.end == End::Published { after::changed(&self.plan, &self.base_url) } else { Vec::new() }
    }

    fn mistaken(mut self, mistakes: Vec<Diagnostic>) -> Self {
        self.end = End::Mistaken;
        self.diagnostics = mistakes;
        self
    }
}
