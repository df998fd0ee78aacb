//! What stops a deploy: a site that nobody would read there, nothing to compare with, a site that shrinks, a file that is
//! saved meanwhile.
//!
//! Knows no step of the way.

use std::collections::BTreeSet;

use super::host::{AS_THEY_ARE, FOLDER_LOCK, Host};
use super::plan::{Change, Plan};
use super::release::{Release, SUMS};
use super::standing::Standing;
use super::{Asked, Foreign, Record, Shrink, Wish};
use crate::check::{self, Published, Unread};
use crate::engine::{self, Destination, Profile, Progress, Request, Stop};
use crate::output::record::RECORD;
use crate::site::{Deployment, Site, is_this_machine, without_port};

/// The build that is published: of the public site, for the address at which it is read.
pub(super) fn request(asked: &Request, site: &Site, deployment: &Deployment) -> Result<Request, Stop> {
    let refused = |why: String| Err(Stop::Refused(why));
    if asked.profile == Profile::Preview {
        return refused("a preview is never published: leave out --profile preview".to_string());
    }
    let (name, wanted) = (&deployment.name, deployment.base_url.as_ref().unwrap_or(&site.base_url));
    let address = wanted.root();
    if let Some(other) = asked.base_url.as_ref().filter(|other| *other != wanted) {
        let other = other.root();
        return refused(format!(
            "[deploy.{name}] is read at {address}, and not at {other}: leave out --base-url and BULLETIN_BASE_URL"
        ));
    }
    if is_nowhere(wanted.host()) {
        return refused(format!(
            "no reader ever comes to {address}: write the address of the site into base_url of site.toml"
        ));
    }
    // A build for another address has a folder of its own, so that neither is made anew each time.
    let folder = if deployment.base_url.as_ref().is_none_or(|url| *url == site.base_url) {
        "public"
    } else {
        ".bulletin/public"
    };
    let base_url = deployment.base_url.clone().filter(|url| *url != site.base_url);
    Ok(Request { destination: Destination::Folder(folder.into()), base_url, ..asked.clone() })
}

/// Hosts that are this machine, and those that a new site is started with.
fn is_nowhere(host: &str) -> bool {
    let name = without_port(host);
    let is_example = |example: &str| name == example || name.ends_with(&format!(".{example}"));
    is_this_machine(host)
        || ["localhost", "example.org", "example.com", "example.net"].into_iter().any(is_example)
}

/// More files than these are not asked for one by one: all that stands there is listed.
const ASKED_FOR_MAX: usize = 32;

/// What may stop a deploy on its way, and what only should be known.
pub(super) struct Guard<'a> {
    asked: &'a Asked<'a>,
    site: &'a Site,
    deployment: &'a Deployment,
    /// What whoever runs the desk should know, a line each.
    pub notices: Vec<String>,
}

impl<'a> Guard<'a> {
    pub fn of(asked: &'a Asked<'a>, site: &'a Site, deployment: &'a Deployment) -> Self {
        Self { asked, site, deployment, notices: Vec::new() }
    }

    /// A reason to publish nothing; whoever only wants to see a plan sees it, and the reason with it.
    fn stop(&mut self, why: String) -> Result<(), Stop> {
        match self.asked.wish {
            Wish::Plan => self.notices.push(why),
            Wish::Publish => return Err(Stop::Refused(why)),
        }
        Ok(())
    }

    /// Files that others put where the site would go.
    pub fn foreign(
        &mut self,
        host: &mut dyn Host,
        standing: &Standing,
        created: &BTreeSet<&str>,
    ) -> Result<(), Stop> {
        let is_first = standing.files.is_empty();
        // What a deploy remembers is its own: only where it has nothing can there be something of others.
        if created.is_empty() {
            return Ok(());
        }
        let others = if is_first || created.len() > ASKED_FOR_MAX {
            host.paths()?
        } else {
            host.standing_among(created)?
        };
        let others = others.into_iter().filter(|path| !path.starts_with(".bulletin/") && path != AS_THEY_ARE);
        let is_taken = |path: &String| created.contains(path.as_str()) || (is_first && path == SUMS);
        let (taken, beside): (Vec<String>, Vec<String>) = others.partition(is_taken);
        if is_first
            && beside.iter().any(|path| path.starts_with("releases/"))
            && beside.iter().any(|path| path == FOLDER_LOCK)
        {
            return Err(Stop::Refused("a folder of releases is there, of which readers see `current`: publish to it as a folder of its machine, or name another path".to_string()));
        }
        if is_first && !beside.is_empty() {
            self.notices.push(format!("files of others stay there: {}", few(&beside)));
        }
        if taken.is_empty() || self.asked.foreign == Foreign::Replaced {
            return Ok(());
        }
        self.stop(format!(
            "no deploy put these files there, and this one would replace them: {}; if it may, --take-over",
            few(&taken)
        ))
    }

    /// What was published there, if anything was.
    pub fn record(&mut self, host: &mut dyn Host, standing: &Standing) -> Result<Option<Published>, Stop> {
        if !self.site.outputs.record {
            self.notices.push(
                "the site has no record ([outputs] record = false): nobody looks for what changed without a word"
                    .to_string(),
            );
            return Ok(None);
        }
        let name = self.deployment.to.to_string();
        let mut fault = None;
        let read = |path: &str| {
            host.bytes(path).map_err(|stop| {
                let why = stop.to_string();
                fault = Some(stop);
                why
            })
        };
        match check::read_published_through(&name, read) {
            Ok(published) => Ok(Some(published)),
            Err(Unread::Absent(_) | Unread::Refused(_)) if self.asked.record == Record::First => Ok(None),
            // The first deploy was broken off before it came so far.
            Err(Unread::Absent(_)) if is_unfinished(standing) => Ok(None),
            Err(Unread::Absent(_)) => self
                .stop(format!(
                    "there is no record at {name} to compare with; if nothing was published there before, say so: --first"
                ))
                .map(|()| None),
            Err(Unread::Refused(why)) => Err(Stop::Refused(format!(
                "{why}; nothing was sent: mend it there, or publish without comparing (--first)"
            ))),
            // As the host said it: a network that fails is nobody's mistake.
            Err(Unread::Fault(why)) => Err(fault.unwrap_or(Stop::Refused(why))),
        }
    }

    /// A site that becomes much smaller is more often a mistake than a wish.
    pub fn shrinking(&mut self, plan: &Plan) -> Result<(), Stop> {
        let (share, most) = (plan.shrink_percent(), self.deployment.shrink_percent_max as usize);
        if share <= most || self.asked.shrink == Shrink::Allowed {
            return Ok(());
        }
        let (count, stood) = (plan.count(Change::Delete), plan.stood);
        self.stop(format!(
            "this would delete {count} of {stood} files, more than {most} % (shrink_percent_max): look at them with --plan, and if it is right, --allow-shrink"
        ))
    }
}

/// Some names, and how many there are.
fn few(names: &[String]) -> String {
    let some = names.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        count @ 4.. => format!("{some} and {} more", count - 3),
        _ => some,
    }
}

/// Whether something was published there, and a record never was.
fn is_unfinished(standing: &Standing) -> bool {
    let record = standing.at(RECORD.trim_start_matches('/'));
    !standing.files.is_empty() && record.is_none_or(|(_, entry)| entry.sha256.is_none())
}

/// What was looked at is what is sent: a file that was saved meanwhile was not in the proof, or is not in the release.
pub(super) fn unchanged(request: &Request, release: &Release, progress: &dyn Progress) -> Result<(), Stop> {
    let report = engine::run(request, progress)?;
    if !report.failed() && release.is_still_there()? {
        return Ok(());
    }
    Err(Stop::Refused(
        "the site changed while it was being looked at; nothing was sent: deploy again".to_string(),
    ))
}
