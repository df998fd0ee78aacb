//! The loop: wait until something may have changed or an instant has come, build, tell.
//!
//! Knows neither how a change is noticed, nor how an output is made, nor what a browser is.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::Clock;
use super::server::{Hub, Place, Server};
use super::watch::{Mode, Roots, Watch};
use crate::engine::{Progress, Rebuild, Report, Request, Seen, Session, Stop};

/// How long after a build nothing else must have happened before it is written down for the next process: a save that
/// comes just then has to wait for it.
const REMEMBER_AFTER: Duration = Duration::from_secs(1);
/// How long after a fault the same is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// A machine may sleep, its clock may be set, and somebody may delete what was built, of which no event tells: how often all
/// this is looked at.
const SLEEP_MAX: Duration = Duration::from_secs(5);

/// Of changed outputs no event tells, and some events are never sent: how often all is looked at while nothing happens, and how
/// much rarer than it takes.
const LOOK_AFTER: Duration = Duration::from_secs(30);
const LOOK_SHARE: u32 = 100;

/// What is to be watched and shown.
#[derive(Debug)]
pub struct Order {
    /// What is built, and where to.
    pub request: Request,
    /// How changes are found.
    pub mode: Mode,
    /// Where it is shown; none if it only goes to its folder.
    pub shown: Option<Shown>,
}

/// Where the site is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The name or address to listen on.
    pub host: String,
    /// The port to begin with.
    pub port: u16,
    /// Further names by which browsers may call this machine.
    pub allowed: Vec<String>,
}

/// Why the site was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It is the first time.
    Start,
    /// Files may have changed.
    Files,
    /// A page appears or expires at this instant.
    Instant(Timestamp),
    /// The time before, the machine failed.
    Retry,
}

/// One build.
#[derive(Debug)]
pub struct Rebuilt<'a> {
    /// What it found and did.
    pub report: &'a Report,
    /// Why it was.
    pub cause: Cause,
    /// How long it took.
    pub took: Duration,
}

/// Tells somebody what happens.
pub trait Teller {
    /// A build begins.
    fn begin(&mut self);
    /// How far it is.
    fn progress(&self) -> &dyn Progress;
    /// It is done. Perhaps nothing came of it but other mistakes, or nothing at all.
    fn rebuilt(&mut self, rebuilt: &Rebuilt<'_>);
    /// It could not be done.
    fn failed(&mut self, stop: &Stop);
    /// The site is shown at this address.
    fn serving(&mut self, url: &str);
    /// Something worth knowing, in a line.
    fn notice(&mut self, line: &str);
}

/// A site that is kept up to date, and shown.
pub struct Preview<'c> {
    session: Session,
    /// None before the site was built for the first time.
    watch: Option<Watch<'c>>,
    clock: &'c dyn Clock,
    hub: Hub,
    shown: Option<Shown>,
    server: Option<(Server, String)>,
    /// Whether a build has not been written down yet.
    unwritten: bool,
    failed: bool,
    /// When all is looked at the next time, by the clock, if nothing happens before.
    look: Duration,
    /// The last instant for whose sake there was a build.
    came: Option<Timestamp>,
    /// Why the last build could not be written down.
    complaint: Option<String>,
}

impl<'c> Preview<'c> {
    /// Builds the site for the first time, and shows it.
    ///
    /// # Errors
    /// When it cannot be built or shown at all.
    pub fn start(order: Order, clock: &'c dyn Clock, teller: &mut dyn Teller) -> Result<Self, Stop> {
        let root = order.request.root.clone();
        let settings = order.request.config.clone().unwrap_or_else(|| root.join(crate::site::FILE));
        let session = Session::open(order.request)?;
        let (hub, shown) = (Hub::new(), order.shown);
        let mut preview = Self {
            session,
            watch: None,
            clock,
            hub,
            shown,
            server: None,
            unwritten: true,
            failed: false,
            look: Duration::ZERO,
            came: None,
            complaint: None,
        };
        preview.build(&Seen::Anywhere, Cause::Start, teller)?;
        preview.show(teller)?;
        // Not before: a first build opens every file, and the system would tell of each. What changed meanwhile is found
        // by looking everywhere once more.
        preview.watch = Some(Watch::start(&Roots { root, settings }, order.mode, clock));
        preview.notices(teller);
        preview.again(&Seen::Anywhere, Cause::Files, teller);
        Ok(preview)
    }

    /// Waits for the next thing that happens, at most half a minute, and does what is to be done.
    pub fn turn(&mut self, teller: &mut dyn Teller) {
        let patience = self.patience();
        match self.watch.as_mut().and_then(|watch| watch.next(patience)) {
            Some(seen) => {
                self.notices(teller);
                self.again(&seen, Cause::Files, teller);
            }
            None if self.failed || self.session.is_deserted() => {
                self.again(&Seen::Anywhere, Cause::Retry, teller);
            }
            None => match self.coming().filter(|instant| *instant <= self.clock.now()) {
                Some(instant) => {
                    self.came = Some(instant);
                    self.again(&Seen::At(BTreeSet::new()), Cause::Instant(instant), teller);
                }
                None if self.unwritten => self.write_down(teller),
                None if self.look <= self.clock.elapsed() => {
                    self.again(&Seen::Anywhere, Cause::Files, teller);
                }
                None => {}
            },
        }
    }

    fn again(&mut self, seen: &Seen, cause: Cause, teller: &mut dyn Teller) {
        // Where a build failed, what had been seen before it was not looked at, and nobody knows what is in place.
        let (seen, failed) = (if self.failed { &Seen::Anywhere } else { seen }, self.failed);
        if !matches!(cause, Cause::Instant(_)) {
            // The clock may have been set back since.
            self.came = None;
        }
        let result = self.build(seen, cause, teller).and_then(|()| self.show(teller));
        self.failed = result.is_err();
        match result {
            Ok(()) if failed => self.hub.forget(),
            Ok(()) => {}
            // A file that is just being put in the place of another is not worth a word: it is tried again first.
            Err(_) if !failed => {}
            Err(stop) => {
                self.hub.fault(&stop.to_string());
                teller.failed(&stop);
            }
        }
    }

    fn build(&mut self, seen: &Seen, cause: Cause, teller: &mut dyn Teller) -> Result<(), Stop> {
        let begun = self.clock.elapsed();
        teller.begin();
        let first = self.hub.watched();
        let order = Rebuild { now: self.clock.now(), seen, first: &first };
        let progress = Telling { inner: teller.progress(), hub: &self.hub };
        let report = self.session.rebuild(&order, &progress)?;
        // Nothing is named where the whole folder is new.
        let is_new = report.replaced.is_empty() && report.written.is_some_and(|written| written.changed > 0);
        let replaced = if is_new { &report.made } else { &report.replaced };
        self.hub.changed(replaced, &report.removed);
        self.hub.mistakes(&report.diagnostics);
        let now = self.clock.elapsed();
        let took = now.saturating_sub(begun);
        if *seen == Seen::Anywhere {
            self.look = now + LOOK_AFTER.max(took * LOOK_SHARE);
        }
        teller.rebuilt(&Rebuilt { report: &report, cause, took });
        self.unwritten = true;
        Ok(())
    }

    /// Starts the server; anew, if the site now belongs at another path of its host.
    fn show(&mut self, teller: &mut dyn Teller) -> Result<(), Stop> {
        let Some(shown) = &self.shown else { return Ok(()) };
        let base_path = self.session.site().map_or("/", |site| site.base_url.path()).to_string();
        if self.server.as_ref().is_some_and(|(_, path)| *path == base_path) {
            return Ok(());
        }
        let Shown { host, port, allowed } = shown.clone();
        // The old one must let go of its port first, which browsers know.
        let old = self.server.take();
        let port = old.and_then(|(server, _)| port_of(server.url())).unwrap_or(port);
        let folder: PathBuf = self.session.output().to_path_buf();
        let place = Place { folder, host, port, base_path: base_path.clone(), allowed };
        let server = Server::start(&place, &self.hub)
            .map_err(|error| Stop::Refused(format!("cannot listen on {}: {error}", place.host)))?;
        server.notice().iter().flat_map(|notice| notice.lines()).for_each(|line| teller.notice(line));
        teller.serving(server.url());
        self.server = Some((server, base_path));
        Ok(())
    }

    fn notices(&mut self, teller: &mut dyn Teller) {
        if let Some(notice) = self.watch.as_mut().and_then(Watch::notice) {
            teller.notice(&notice);
        }
    }

    fn write_down(&mut self, teller: &mut dyn Teller) {
        self.unwritten = false;
        let complaint = self.session.remember();
        // A disk that is full is full after each build: once is enough.
        if let Some(why) = complaint.as_deref().filter(|_| complaint != self.complaint) {
            teller.notice(why);
        }
        self.complaint = complaint;
    }

    /// The next instant that changes something, and has not done so.
    fn coming(&self) -> Option<Timestamp> {
        self.session.until().filter(|until| Some(*until) != self.came)
    }

    fn patience(&self) -> Duration {
        if self.failed {
            return RETRY_AFTER;
        }
        let longest = if self.unwritten { REMEMBER_AFTER } else { SLEEP_MAX };
        let left = |until: Timestamp| {
            Duration::try_from(until.duration_since(self.clock.now())).unwrap_or(Duration::ZERO)
        };
        let longest = longest.min(self.look.saturating_sub(self.clock.elapsed()));
        self.coming().map_or(longest, |until| left(until).min(longest))
    }
}

/// The port in an address such as `http://localhost:8340/desk/`.
fn port_of(url: &str) -> Option<u16> {
    let (_, host) = url.split_once("://")?;
    let (_, port) = host.split('/').next()?.rsplit_once(':')?;
    port.parse().ok()
}

/// Passes on how far a build is, and shows at once what is ready.
struct Telling<'a> {
    inner: &'a dyn Progress,
    hub: &'a Hub,
}

impl Progress for Telling<'_> {
    fn begin(&self, stage: &'static str, steps: usize) {
        self.inner.begin(stage, steps);
    }

    fn step(&self) {
        self.inner.step();
    }

    fn elapsed(&self) -> Option<Duration> {
        self.inner.elapsed()
    }

    fn early(&self, replaced: &[String]) {
        self.hub.changed(replaced, &[]);
        self.inner.early(replaced);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_starts_anew_keeps_the_port_that_browsers_know() {
        assert_eq!(port_of("http://localhost:39563/desk/"), Some(39563));
        assert_eq!(port_of("http://[::1]:8340/"), Some(8340));
        assert_eq!(port_of("http://localhost/a:7/"), None);
    }
}
