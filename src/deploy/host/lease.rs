//! Who may publish: a file at the host that says so, renewed while somebody does.
//!
//! No clock is compared with another's. Whoever finds a lease watches it: one that is renewed is somebody's, one that is not
//! has been left behind. One that this very folder of a site left behind is known by a file here, and is taken up at once.

use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use opendal::ErrorKind;
use opendal::options::WriteOptions;

use super::Stop;
use super::headers;
use super::place::Place;

/// Where it is kept, from the root of the site.
const LEASE: &str = ".bulletin/lease";
/// How often it is renewed.
const BEAT: Duration = Duration::from_secs(5);
/// For so many of these it must stand still to count as left behind.
const BEATS_STILL: usize = 12;
/// A lease that cannot be renewed for so long, which is less, is given up.
const LATE: Duration = Duration::from_secs(30);
/// How long two that write at once may take to see each other, where the host keeps no conditions.
const SETTLING: Duration = Duration::from_secs(2);

const HEADER: &str = "Written by bulletin deploy, version 1: who is publishing here. Not for readers.";
/// Nobody's.
const FREE: &str = "-";

/// What is known here of leases that were taken.
pub(super) struct Terms {
    memory: PathBuf,
}

impl Terms {
    /// `memory` is a file of this folder of the site, for this deployment.
    pub fn of(memory: &Path) -> Self {
        Self { memory: memory.to_path_buf() }
    }
}

/// The right to publish.
pub(super) struct Lease {
    place: Place,
    id: String,
    beats: u64,
    done: usize,
    conditions: Conditions,
    /// Locked while the lease is held; none where the site's folder cannot be written to.
    memory: Option<fs::File>,
}

/// Whether a host keeps the conditions of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Conditions {
    Kept,
    Ignored,
}

/// What a lease says.
struct Said {
    id: String,
    done: usize,
}

impl Said {
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            return None;
        }
        let id = lines.next()?.strip_prefix("id ")?.to_string();
        lines.next()?.strip_prefix("beat ")?;
        let done = lines.next()?.strip_prefix("done ")?.parse().ok()?;
        Some(Self { id, done })
    }
}

/// Says when to renew a lease; for the first time a while from now.
pub(super) fn beat() -> tokio::time::Interval {
    let mut beat = tokio::time::interval(BEAT);
    beat.reset();
    beat
}

/// How many steps of a deploy that was broken off are known to be done.
pub(super) async fn done(place: &Place) -> Result<usize, Stop> {
    let text = place.read(LEASE).await?;
    Ok(text.and_then(|bytes| Said::parse(&String::from_utf8_lossy(&bytes))).map_or(0, |said| said.done))
}

impl Lease {
    /// Takes the lease, or says who has it.
    pub async fn take(place: &Place, terms: &Terms) -> Result<Self, Stop> {
        let (memory, known) = remembered(&terms.memory, &place.name)?;
        let random = || RandomState::new().build_hasher().finish();
        let id = format!("{:016x}{:016x}", random(), random());
        if let Some(mut file) = memory.as_ref() {
            // Without it, the next deploy waits a moment.
            file.write_all(format!("{id}\n").as_bytes()).ok();
        }
        let lease =
            Self { place: place.clone(), id, beats: 0, done: 0, conditions: Conditions::Kept, memory };
        match place.read(LEASE).await? {
            None => lease.made().await,
            Some(text) => lease.taken_over(text, &known).await,
        }
    }

    fn text(&self, id: &str) -> Vec<u8> {
        format!("{HEADER}\nid {id}\nbeat {}\ndone {}\n", self.beats, self.done).into_bytes()
    }

    fn conditional(&self) -> bool {
        self.place.operator.info().capability().write_with_if_not_exists
    }

    /// Makes a lease where there is none.
    async fn made(mut self) -> Result<Self, Stop> {
        if !self.conditional() {
            self.conditions = Conditions::Ignored;
            self.write().await?;
            return self.settled(SETTLING).await;
        }
        if !self.created().await? {
            // Perhaps our own first try, whose answer was lost.
            return if self.is_own().await? { Ok(self) } else { Err(self.busy()) };
        }
        // A second time it must be refused; some servers take the condition, and write all the same.
        if !self.created().await? {
            return self.kept().await;
        }
        self.conditions = Conditions::Ignored;
        self.settled(SETTLING).await
    }

    /// Whether all of what was made is there: a host that writes in place may have had no room for it.
    async fn kept(self) -> Result<Self, Stop> {
        if self.place.moves() && !self.is_own().await? {
            self.place.operator.delete(LEASE).await.ok();
            return Err(self.place.torn(LEASE));
        }
        Ok(self)
    }

    async fn created(&self) -> Result<bool, Stop> {
        let options = WriteOptions { if_not_exists: true, ..WriteOptions::default() };
        match self.place.operator.write_options(LEASE, self.text(&self.id), options).await {
            Ok(_) => Ok(true),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConditionNotMatch | ErrorKind::AlreadyExists | ErrorKind::Conflict
                ) =>
            {
                Ok(false)
            }
            Err(error) => Err(self.place.failed("cannot write", LEASE, &error)),
        }
    }

    /// Takes a lease that is there, if nobody holds it.
    async fn taken_over(mut self, mut text: Vec<u8>, known: &[String]) -> Result<Self, Stop> {
        let said = Said::parse(&String::from_utf8_lossy(&text));
        self.done = said.as_ref().map_or(0, |said| said.done);
        let is_free = said.is_some_and(|said| said.id == FREE || known.contains(&said.id));
        if !is_free {
            for _ in 0..BEATS_STILL {
                tokio::time::sleep(BEAT).await;
                match self.place.read(LEASE).await? {
                    None => return self.made().await,
                    Some(now) if now == text => {}
                    Some(_) => return Err(self.busy()),
                }
            }
        }
        // Two that come upon it at once write one after the other, and the first then finds the name of the second.
        text = self.text(&self.id);
        self.place.write(LEASE, text, &headers::own()).await?;
        // One who only seemed to be gone learns of it at the next beat.
        self.settled(if is_free { SETTLING } else { BEAT + SETTLING }).await
    }

    /// Waits until whoever wrote at the same time has written, and looks who was last.
    async fn settled(self, for_so_long: Duration) -> Result<Self, Stop> {
        tokio::time::sleep(for_so_long).await;
        if self.is_own().await? { Ok(self) } else { Err(self.busy()) }
    }

    async fn is_own(&self) -> Result<bool, Stop> {
        let text = self.place.read(LEASE).await?;
        Ok(text
            .and_then(|bytes| Said::parse(&String::from_utf8_lossy(&bytes)))
            .is_some_and(|said| said.id == self.id))
    }

    fn busy(&self) -> Stop {
        Stop::Refused(format!(
            "another deploy is writing to {}; nothing was changed: wait for it to end, and deploy again",
            self.place.name
        ))
    }

    async fn write(&self) -> Result<(), Stop> {
        self.place.write(LEASE, self.text(&self.id), &headers::own()).await
    }

    /// Says that it is still held, and how many of the first steps are done.
    pub async fn renew(&mut self, done: usize) -> Result<(), Stop> {
        let place = self.place.clone();
        let renewed = tokio::time::timeout(LATE, self.renewed(done)).await;
        renewed.unwrap_or_else(|_| {
            Err(place.fault("cannot write", LEASE, "the host has not taken it for half a minute"))
        })
    }

    async fn renewed(&mut self, done: usize) -> Result<(), Stop> {
        // Somebody who was sure that we are gone has gone on.
        if !self.is_own().await? {
            return Err(Stop::Refused(format!(
                "another deploy has taken over {} because nothing was heard of this one; what was sent stays: deploy again",
                self.place.name
            )));
        }
        self.done = done;
        self.beats += 1;
        self.write().await
    }

    /// So many of the first steps are done.
    pub fn done_are(&mut self, done: usize) {
        self.done = done;
    }

    /// Leaves what is done to whoever comes next.
    pub async fn let_go(&mut self) -> Result<(), Stop> {
        if self.is_own().await? {
            let text = self.text(FREE);
            self.place.write(LEASE, text, &headers::own()).await?;
        }
        Ok(())
    }

    /// Removes it: everything is done.
    pub async fn give_back(self) -> Result<(), Stop> {
        if !self.is_own().await? {
            return Ok(());
        }
        let deleted = self.place.operator.delete(LEASE).await;
        deleted.map_err(|error| self.place.failed("cannot delete from", LEASE, &error))?;
        if let Some(memory) = &self.memory {
            memory.set_len(0).ok();
        }
        Ok(())
    }

    /// What whoever runs the desk should know.
    pub fn notices(&self) -> Vec<String> {
        let ignores = self.conditions == Conditions::Ignored;
        let note = format!(
            "{} does not keep the conditions of a request: two deploys at once may overlook each other",
            self.place.name
        );
        ignores.then_some(note).into_iter().collect()
    }
}

/// The file that remembers the leases of this folder, locked, and their names, a line each. There are several where a
/// deploy was broken off before it could take over what the one before it had left.
fn remembered(path: &Path, place: &str) -> Result<(Option<fs::File>, Vec<String>), Stop> {
    let opened =
        path.parent().map(fs::create_dir_all).unwrap_or(Ok(())).and_then(|()| {
            fs::File::options().create(true).truncate(false).read(true).write(true).open(path)
        });
    let Ok(mut file) = opened else { return Ok((None, Vec::new())) };
    if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
        return Err(Stop::Refused(format!(
            "another deploy of this site is writing to {place}; wait for it to end"
        )));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).ok();
    Ok((Some(file), text.lines().map(str::to_string).collect()))
}
