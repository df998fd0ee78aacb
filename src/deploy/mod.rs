//! From a finished build to the place where readers are: nothing half-published, nothing leaked, nothing lost, and nothing sent
//! that is there already.
//!
//! Knows builds and checks by their results, and hosts by what each of them can do; not how an output is made, nor who asked.

pub mod after;
mod guard;
mod host;
mod label;
mod packed;
mod plan;
mod release;
mod secret;
mod standing;
pub mod sums;
mod web;

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{self, Published};
use crate::diagnostic::{Diagnostic, suggestion};
use crate::digest::Sha256;
use crate::engine::{self, Destination, Progress, Rehearsal, Report, Request, Stop};
use crate::site::{BaseUrl, Deployment, Site};

use host::Host;
use label::Labels;
use plan::Differences;

pub use label::Stage;
pub use plan::{Change, Plan, Step};
pub use release::{File, Release, SUMS};
pub use secret::Credentials;

/// What somebody wants of a deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To see what would happen.
    Plan,
    /// That it happens.
    Publish,
}

/// Whether there may be nothing to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// A record was published: without it, nothing is.
    Expected,
    /// This is the first time, or the record is lost.
    First,
}

/// Whether a site may become much smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shrink {
    /// No further than the settings allow.
    Guarded,
    /// As far as it does.
    Allowed,
}

/// What becomes of files at the host that no deploy put there, where the site has files of the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// They stay, and nothing is published.
    Kept,
    /// They are replaced.
    Replaced,
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What differs from what was sent last.
    Changed,
    /// Everything: what stands there may not be what was sent.
    Everything,
}

/// Whether the newest briefing is asked for where nothing is sent, and so nobody need know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newest {
    /// It is.
    Wanted,
    /// It is not.
    Unwanted,
}

/// A deploy that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The site, and the instant that decides what is public. Where its outputs go is decided here.
    pub request: &'a Request,
    /// Which `[deploy.NAME]`; where there is only one, it need not be named.
    pub name: Option<&'a str>,
    /// What is wanted.
    pub wish: Wish,
    /// Whether a record is expected.
    pub record: Record,
    /// Whether the site may shrink.
    pub shrink: Shrink,
    /// What becomes of what others put there.
    pub foreign: Foreign,
    /// What is sent.
    pub extent: Extent,
    /// Whether the newest briefing is to be named in any case.
    pub newest: Newest,
    /// What the environment says to hosts.
    pub credentials: &'a Credentials,
}

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
    let mut host = host::open(&deployment, &around)?;
    published(asked, (&request, &site, &deployment), (host.as_mut(), release), (outcome, progress))
        .map_err(|stop| redacted(stop, asked.credentials))
}

/// Compares what was built with what stands at the host, and publishes what differs.
fn published(
    asked: &Asked<'_>,
    (request, site, deployment): (&Request, &Site, &Deployment),
    (host, release): (&mut dyn Host, Release),
    (mut outcome, progress): (Outcome, &dyn Progress),
) -> Result<Outcome, Stop> {
    let standing = match asked.extent {
        Extent::Changed => host.standing()?,
        Extent::Everything => host.standing()?.doubted(),
    };
    let headers = host.headers();
    let differences = Differences::of(&release, &standing, headers);
    if differences.is_empty() && !host.is_unfinished() {
        outcome.end = End::Nothing;
        outcome.plan.kept = differences.kept;
        outcome.release = Some(release);
        if asked.newest == Newest::Wanted {
            outcome.newest = engine::on_threads(request, || {
                engine::rehearse(request, &BTreeSet::new(), progress, |site| Ok(newest(site)))
            })?;
        }
        return Ok(outcome);
    }
    guard::foreign(asked, (host, &standing), &release, &mut outcome.notices)?;
    let published = guard::record(asked, (site, deployment), (host, &standing), &mut outcome.notices)?;
    let sent = differences.sent_paths().collect();
    let seen = engine::on_threads(request, || {
        engine::rehearse(request, &BTreeSet::new(), progress, |site| {
            Seen::of(site, published.as_ref(), &sent)
        })
    })?;
    outcome.newest = seen.newest;
    if seen.changed.iter().any(Diagnostic::is_error) {
        return Ok(outcome.mistaken(seen.changed));
    }
    outcome.diagnostics.extend(seen.changed);
    if seen.hides {
        let proof = check::embargo(request, progress)?;
        if proof.failed() {
            return Ok(outcome.mistaken(proof.diagnostics));
        }
    }
    let release = release.with_sums(|path| seen.labels.is_listed(path));
    let unlisted: BTreeSet<_> = differences.unlisted().collect();
    let listed = if unlisted.is_empty() { Vec::new() } else { host.paths()? };
    let named = listed.into_iter().map(|path| (Sha256::of(path.as_bytes()), path));
    let paths: BTreeMap<_, _> = named.filter(|(digest, _)| unlisted.contains(digest)).collect();
    if paths.len() < unlisted.len() {
        let lost = unlisted.len() - paths.len();
        let why = "that the site no longer has are not at the host under their names";
        outcome.notices.push(format!("{lost} unlisted files {why}"));
    }
    outcome.plan = Plan::of(differences, (&release, &standing), (&seen.labels, &paths), headers);
    guard::shrinking(asked, deployment, &outcome.plan, &mut outcome.notices)?;
    outcome.end = End::Planned;
    if asked.wish == Wish::Publish {
        guard::unchanged(request, &release, progress)?;
        // Before the first of them changes: a deploy that breaks off must not forget what it has changed.
        let changed = after::changed(&outcome.plan, &outcome.base_url);
        after::remember(&request.root, &deployment.name, &changed);
        outcome.notices.extend(host.publish(&outcome.plan, &release, progress)?);
        outcome.end = End::Published;
    }
    outcome.release = Some(release);
    Ok(outcome)
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
    let (site, _) = engine::settings(request)?;
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
