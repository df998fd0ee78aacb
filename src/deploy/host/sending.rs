//! How a planned release is sent to a place that keeps files under names: stage by stage, under a lease, and in such an order
//! that whoever comes next knows what is done.
//!
//! Knows no requests.

use std::collections::BTreeSet;

use tokio::task::JoinSet;

use super::super::plan::{Plan, Step};
use super::super::release::Release;
use super::super::standing::{STANDING, UNDERWAY};
use super::headers::{self, Headers};
use super::lease::{self, Lease};
use super::place::Place;
use crate::engine::{Progress, Stop};

/// What is sent, and by what right.
pub(super) struct Sending<'a> {
    pub place: &'a Place,
    pub plan: &'a Plan,
    pub release: &'a Release,
    pub progress: &'a dyn Progress,
    pub lease: Lease,
}

impl Sending<'_> {
    /// Does all that is planned, so many requests at a time.
    pub async fn carry_out(&mut self, at_once: usize, cache_control: &str) -> Result<(), Stop> {
        // In this order: what was counted belongs to what was under way before.
        self.lease.renew(0).await?;
        self.place.write(UNDERWAY, self.plan.underway().text().into_bytes(), &headers::own()).await?;
        self.send(at_once, cache_control).await?;
        self.lease.renew(self.plan.sent().count()).await?;
        self.delete().await?;
        self.place.tidy(self.plan.deleted().map(|step| step.path.as_str())).await;
        // What is written now is trusted for ever: only who still holds the lease may.
        self.lease.renew(self.plan.sent().count()).await?;
        self.place.write(STANDING, self.plan.result.text().into_bytes(), &headers::own()).await?;
        self.place.delete([UNDERWAY.to_string()]).await
    }

    /// Sends stage by stage: what belongs to a stage is there before the next begins.
    async fn send(&mut self, at_once: usize, cache_control: &str) -> Result<(), Stop> {
        let steps: Vec<&Step> = self.plan.sent().collect();
        self.progress.begin("sent", steps.len());
        let mut running: JoinSet<(usize, Result<(), Stop>)> = JoinSet::new();
        let mut beat = lease::beat();
        let (mut next, mut done, mut failed) = (0, Done::default(), None);
        loop {
            let fits = |next: usize, running: &JoinSet<_>| {
                let follows = running.is_empty() || steps[next].stage == steps[next - 1].stage;
                follows && running.len() < at_once
            };
            while failed.is_none() && next < steps.len() && fits(next, &running) {
                let (place, step) = (self.place.clone(), steps[next]);
                let bytes = self.release.bytes(&step.path)?;
                let (path, headers) = (step.path.clone(), Headers::of(step, cache_control));
                let index = next;
                running.spawn(async move { (index, place.write(&path, bytes, &headers).await) });
                next += 1;
            }
            tokio::select! {
                joined = running.join_next() => match joined {
                    None => break,
                    Some(Ok((index, Ok(())))) => {
                        done.add(index);
                        self.progress.step();
                    }
                    // The rest of what has begun is waited for: what is done need not be done again.
                    Some(Ok((_, Err(stop)))) => failed = failed.or(Some(stop)),
                    Some(Err(error)) => failed = failed.or(Some(self.place.fault("cannot write", "", &error.to_string()))),
                },
                _ = beat.tick() => self.lease.renew(done.first).await?,
            }
        }
        self.lease.done_are(done.first);
        failed.map_or(Ok(()), Err)
    }

    /// Deletes what the site no longer has, on some hosts one file at a time: meanwhile the lease is renewed.
    async fn delete(&mut self) -> Result<(), Stop> {
        let deleting = self.place.delete(self.plan.deleted().map(|step| step.path.clone()));
        tokio::pin!(deleting);
        let mut beat = lease::beat();
        loop {
            tokio::select! {
                ended = &mut deleting => return ended,
                _ = beat.tick() => self.lease.renew(self.plan.sent().count()).await?,
            }
        }
    }
}

/// How many of the first steps are all done.
#[derive(Default)]
struct Done {
    first: usize,
    beyond: BTreeSet<usize>,
}

impl Done {
    fn add(&mut self, index: usize) {
        self.beyond.insert(index);
        while self.beyond.remove(&self.first) {
            self.first += 1;
        }
    }
}
