//! `bulletin deploy`: what is said of a deploy, before and after.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::build::counted;
use super::progress::{Bar, Timing, Watcher};
use super::{Common, Ending, Format, Surroundings, write};
use crate::deploy::{
    self, Asked, Change, End, Extent, Foreign, Newest, Outcome, Plan, Record, Shrink, Step, Wish, after,
};
use crate::engine::{Destination, Request};
use crate::site::Deployment;

/// What can be said after `bulletin deploy`.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    common: Common,
    /// Which [deploy.NAME] of site.toml; need not be said where there is only one
    name: Option<String>,
    /// Say what would be sent and deleted, and do nothing
    #[arg(long, conflicts_with_all = ["verify", "changed_urls", "rollback"])]
    plan: bool,
    /// Nothing was published there before: there is no record to compare with
    #[arg(long)]
    first: bool,
    /// Delete more files than shrink_percent_max allows
    #[arg(long)]
    allow_shrink: bool,
    /// Replace files that no deploy put there
    #[arg(long)]
    take_over: bool,
    /// Send everything, whatever is there already
    #[arg(long)]
    all: bool,
    /// Read home, newest briefing, feed and record at their public addresses, and compare
    #[arg(long)]
    verify: bool,
    /// Write the addresses of all that changed into a file, a line each
    #[arg(long, value_name = "FILE")]
    changed_urls: Option<PathBuf>,
    /// Show readers the release before the one that they see
    #[arg(long, conflicts_with_all = ["first", "allow_shrink", "take_over", "all", "verify"])]
    rollback: bool,
}

/// Publishes the site, and says what was done.
pub(super) fn run(options: &Options, surroundings: &Surroundings) -> Result<(), Ending> {
    let common = &options.common;
    let request = common.request(Destination::Nowhere, surroundings)?;
    let name = options.name.as_deref();
    if !options.plan && request.now > surroundings.now {
        let why = "--now lies in the future, and what is held back until then would be published: leave it out, or look with --plan";
        return Err(Ending::Usage(why.to_string()));
    }
    if options.changed_urls.as_deref().is_some_and(|place| is_published(place, &request)) {
        let why = "--changed-urls names a file of the site, and would be published: choose another place";
        return Err(Ending::Usage(why.to_string()));
    }
    if options.rollback {
        let (release, deployment) = deploy::rollback(&request, name, &surroundings.credentials)?;
        match common.format {
            Format::Json => {
                write::out(&format!("{}\n", serde_json::json!({ "end": "rolled back", "release": release })));
            }
            Format::Text if common.quiet => {}
            Format::Text => {
                write::out(&format!("  readers see {release} again\n"));
                let note = "what was corrected or withdrawn since is undone for them, until the next deploy";
                write::error_text(&format!("  note: {note}\n"));
            }
        }
        return tell(options, &request, &deployment, Vec::new());
    }
    #[expect(clippy::disallowed_methods, reason = "how long it took is for the reader of this line only")]
    let started = Instant::now();
    let watched = surroundings.interactive && !common.quiet && common.format == Format::Text;
    let bar = Bar::new(started, if watched { Watcher::Person } else { Watcher::Nobody }, Timing::Untold);
    let asked = Asked {
        request: &request,
        name,
        wish: if options.plan { Wish::Plan } else { Wish::Publish },
        record: if options.first { Record::First } else { Record::Expected },
        shrink: if options.allow_shrink { Shrink::Allowed } else { Shrink::Guarded },
        foreign: if options.take_over { Foreign::Replaced } else { Foreign::Kept },
        extent: if options.all { Extent::Everything } else { Extent::Changed },
        newest: if options.verify { Newest::Wanted } else { Newest::Unwanted },
        credentials: &surroundings.credentials,
    };
    let outcome = deploy::deploy(&asked, &bar);
    bar.clear();
    let outcome = outcome?;
    common.tell(&outcome.diagnostics, surroundings);
    if outcome.end == End::Mistaken {
        match common.format {
            Format::Json => write::out(&format!("{}\n", object(&outcome))),
            Format::Text => write::error_text("nothing was sent; what readers see is as it was\n"),
        }
        return Err(Ending::Mistakes);
    }
    if common.format == Format::Text && !common.quiet {
        outcome
            .notices
            .iter()
            .for_each(|notice| write::error_text(&write::plain(&format!("  note: {notice}\n"))));
    }
    told(&outcome, common, started.elapsed().as_secs_f64());
    afterwards(options, &request, &outcome)
}

/// Whether a file would become one of the site.
fn is_published(place: &Path, request: &Request) -> bool {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(folder) = fs::canonicalize(folder) else { return false };
    ["content", "themes"]
        .iter()
        .filter_map(|own| fs::canonicalize(request.root.join(own)).ok())
        .any(|own| folder.starts_with(own))
}

/// Tells what was done, or would be.
fn told(outcome: &Outcome, common: &Common, seconds: f64) {
    if common.format == Format::Json {
        let steps = outcome.plan.steps.iter().map(|step| format!("{}\n", step_object(step)));
        let steps: String = if outcome.end == End::Planned { steps.collect() } else { String::new() };
        write::out(&format!("{steps}{}\n", object(outcome)));
        return;
    }
    if common.quiet {
        return;
    }
    let to = outcome.deployment.as_ref().map(|deployment| deployment.to.to_string()).unwrap_or_default();
    let text = match outcome.end {
        End::Nothing => {
            let files = counted(outcome.plan.kept, "file", "files");
            format!("  nothing to send: {files} at {to} are what was built\n")
        }
        End::Planned => format!("{}  {} → {to}\n", table(&outcome.plan), summary(&outcome.plan)),
        _ => {
            let newest = outcome
                .newest
                .as_ref()
                .map(|(title, _)| format!(", the newest is \"{title}\""))
                .unwrap_or_default();
            let readers = format!("  readers see {}{newest}\n", outcome.base_url.root());
            format!("  {} in {seconds:.2} s → {to}\n{readers}", summary(&outcome.plan))
        }
    };
    write::out(&write::plain(&text));
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Create => "create",
        Change::Update => "update",
        Change::Retire => "retire",
        Change::Delete => "delete",
    }
}

/// `3 created, 2 updated, 1 deleted, 12 unchanged; 96.0 kB`
fn summary(plan: &Plan) -> String {
    let count = |change| plan.count(change);
    let (created, updated, deleted) = (count(Change::Create), count(Change::Update), count(Change::Delete));
    let retired = match count(Change::Retire) {
        0 => String::new(),
        retired => format!(", {retired} left for late readers"),
    };
    let bytes = plan.sent().map(|step| step.size).sum();
    format!(
        "{created} created, {updated} updated, {deleted} deleted{retired}, {} unchanged; {}",
        plan.kept,
        size(bytes)
    )
}

/// A line for each step: what, which, how large, why, and what it is made from.
fn table(plan: &Plan) -> String {
    let width = plan.steps.iter().map(|step| step.path.chars().count()).max().unwrap_or(0).min(WIDTH_MAX);
    let line = |step: &Step| {
        let (what, path, reason) = (word(step.change), &step.path, step.reason);
        let size = if step.size == 0 { String::new() } else { size(step.size) };
        let cause = if step.cause.is_empty() { String::new() } else { format!(": {}", step.cause) };
        format!("  {what}  {path:<width$}  {size:>9}  {reason}{cause}\n")
    };
    plan.steps.iter().map(line).collect()
}

/// Longer paths push the rest of their line to the right.
const WIDTH_MAX: usize = 60;

/// A size for people, in powers of a thousand.
fn size(bytes: u64) -> String {
    let (mut value, mut unit) = (bytes as f64, "B");
    for larger in ["kB", "MB", "GB"] {
        if value < 999.5 {
            break;
        }
        (value, unit) = (value / 1000.0, larger);
    }
    if unit == "B" { format!("{bytes} B") } else { format!("{value:.1} {unit}") }
}

fn step_object(step: &Step) -> serde_json::Value {
    serde_json::json!({
        "change": word(step.change), "path": step.path, "bytes": step.size, "reason": step.reason, "cause": step.cause,
    })
}

/// The report for programs: the last line, and the only object with `end`.
fn object(outcome: &Outcome) -> serde_json::Value {
    let plan = &outcome.plan;
    let end = match outcome.end {
        End::Mistaken => "mistaken",
        End::Nothing => "nothing to send",
        End::Planned => "planned",
        End::Published => "published",
    };
    serde_json::json!({
        "end": end,
        "deployment": outcome.deployment.as_ref().map(|deployment| deployment.name.as_str()),
        "to": outcome.deployment.as_ref().map(|deployment| deployment.to.to_string()),
        "url": outcome.base_url.root(),
        "created": plan.count(Change::Create),
        "updated": plan.count(Change::Update),
        "retired": plan.count(Change::Retire),
        "deleted": plan.count(Change::Delete),
        "unchanged": plan.kept,
        "bytes": plan.sent().map(|step| step.size).sum::<u64>(),
        "notices": outcome.notices,
    })
}

/// Tells others what changed, and looks at it as a reader would.
fn afterwards(options: &Options, request: &Request, outcome: &Outcome) -> Result<(), Ending> {
    let Some(deployment) = outcome.deployment.as_ref().filter(|_| !options.plan) else {
        return Ok(());
    };
    tell(options, request, deployment, outcome.changed_urls())?;
    match (&outcome.release, options.verify) {
        (Some(release), true) => {
            if options.common.format == Format::Text && !options.common.quiet {
                write::error_text("  looking as a reader would, for a minute or two at most …\n");
            }
            let newest = outcome.newest.as_ref().map(|(_, path)| path.as_str());
            seen(&options.common, &after::looks(release, newest, &outcome.base_url)?)
        }
        _ => Ok(()),
    }
}

/// Where addresses that changed are kept for the command that runs after a deploy.
const CHANGED_URLS: &str = ".bulletin/changed-urls";

/// Tells what changed at the host: `changed` just now, and whatever changed before and was told to nobody.
fn tell(
    options: &Options,
    request: &Request,
    deployment: &Deployment,
    changed: Vec<String>,
) -> Result<(), Ending> {
    let mut urls = after::untold(&request.root, &deployment.name);
    urls.extend(changed);
    urls.sort_unstable();
    urls.dedup();
    let text: String = urls.iter().flat_map(|url| [url, "\n"]).collect();
    let keep = |place: &Path| {
        let fault =
            |error| format!("the site is published, but {} cannot be written: {error}", place.display());
        fs::write(place, &text).map_err(|error| Ending::Fault(fault(error)))
    };
    if let Some(place) = &options.changed_urls {
        keep(place)?;
    }
    if !urls.is_empty() && !deployment.after.is_empty() {
        let root = fs::canonicalize(&request.root).unwrap_or_else(|_| request.root.clone());
        let place = root.join(CHANGED_URLS);
        keep(&place)?;
        after::run(&deployment.after, &place, &root).map_err(|stop| Ending::Fault(stop.to_string()))?;
    }
    after::told(&request.root, &deployment.name);
    Ok(())
}

/// Tells what readers get.
fn seen(common: &Common, looks: &[after::Look]) -> Result<(), Ending> {
    let problems: Vec<String> = looks
        .iter()
        .filter_map(|look| look.problem.as_ref().map(|why| format!("{}: {why}", look.url)))
        .collect();
    if !problems.is_empty() {
        return Err(Ending::Fault(format!(
            "readers do not see what was published\n  {}",
            problems.join("\n  ")
        )));
    }
    if common.format == Format::Text && !common.quiet {
        looks.iter().for_each(|look| write::out(&format!("  verified: {}\n", look.url)));
    }
    Ok(())
}
