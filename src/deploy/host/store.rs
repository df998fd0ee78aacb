//! Object stores, SFTP and WebDAV: files under names, replaced one by one while readers read.
//!
//! What is about to be done is written there before it is begun, and what stands there after it has ended, so that whoever
//! comes next knows both. Knows requests only through one library, which signs, retries and waits.

use std::collections::BTreeSet;
use std::time::Duration;

use opendal::layers::{ConcurrentLimitLayer, RetryLayer, TimeoutLayer};
use opendal::{Operator, services};
use tokio::runtime::Runtime;

use super::super::plan::Plan;
use super::super::release::Release;
use super::super::secret::Credentials;
use super::super::standing::{STANDING, Standing, UNDERWAY, Underway};
use super::headers;
use super::lease::{self, Lease};
use super::place::Place;
use super::said::said;
use super::sending::Sending;
use super::{Back, Host, Surroundings, no_way_back, overtaken, transport};
use crate::digest::Sha256;
use crate::engine::{Progress, Stop};
use crate::site::{Deployment, Store, StoreKind};

/// A request that takes longer is asked again; one that carries a file may take as long as a large one does on a slow line.
const WAIT: Duration = Duration::from_secs(30);
const WAIT_FOR_BYTES: Duration = Duration::from_secs(600);
/// How often a request is asked again, and after which pauses, each twice as long as the last.
const TRIES_MAX: usize = 6;
const PAUSE_MIN: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(20);
/// Requests at a time. Each connection of SFTP is a program of its own.
const AT_ONCE: usize = 16;
const AT_ONCE_SFTP: usize = 4;
/// How long a deploy that failed tries to say that it is gone.
const LETTING_GO: Duration = Duration::from_secs(5);

/// A place that keeps files under names.
pub(super) struct Objects {
    runtime: Runtime,
    place: Place,
    replacing_at_once: usize,
    lease: lease::Terms,
    cache_control: String,
    /// The digest of what the host said stands there, when the deploy looked.
    seen: Option<Sha256>,
    is_unfinished: bool,
}

/// What stands at the place.
struct Stands {
    standing: Standing,
    /// Of the texts that say so.
    digest: Sha256,
    /// Whether the last deploy was.
    broken_off: bool,
}

impl Objects {
    pub fn open(store: &Store, deployment: &Deployment, around: &Surroundings<'_>) -> Result<Self, Stop> {
        transport::install();
        let name = store.to_string();
        let refused = |error: opendal::Error| {
            Stop::Refused(format!("cannot publish to {name}: {}", said(&error, around.credentials)))
        };
        let at_once = if store.kind == StoreKind::Sftp { AT_ONCE_SFTP } else { AT_ONCE };
        let retry =
            RetryLayer::new().with_max_times(TRIES_MAX).with_min_delay(PAUSE_MIN).with_max_delay(PAUSE_MAX);
        let operator = operator(store, around.credentials)
            .map_err(refused)?
            .layer(TimeoutLayer::new().with_timeout(WAIT).with_io_timeout(WAIT_FOR_BYTES))
            .layer(retry.with_jitter())
            // One more, so that the lease can be renewed while files are sent.
            .layer(ConcurrentLimitLayer::new(at_once + 1));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| Stop::Refused(format!("cannot start threads: {error}")))?;
        Ok(Self {
            runtime,
            place: Place::of(operator, store, around.credentials),
            replacing_at_once: at_once,
            lease: lease::Terms::of(
                &around.root.join(".bulletin").join(format!("deploy-{}.lease", deployment.name)),
            ),
            cache_control: deployment.cache_control.clone(),
            seen: None,
            is_unfinished: false,
        })
    }

    async fn stands(&self) -> Result<Stands, Stop> {
        let standing = self.place.read(STANDING).await?;
        let underway = self.place.read(UNDERWAY).await?;
        let done = if underway.is_some() { lease::done(&self.place).await? } else { 0 };
        let counted = done.to_string();
        let texts = [standing.as_deref(), underway.as_deref(), Some(counted.as_bytes())];
        let digest = Sha256::of(&texts.map(Option::unwrap_or_default).join(&b"\0"[..]));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let known = match &standing {
            None => Standing::default(),
            Some(bytes) => Standing::parse(&text(bytes)).ok_or_else(|| {
                Stop::Refused(format!(
                    "{}/{STANDING} cannot be understood: deploy with the Bulletin that wrote it, or delete it: then everything is sent again, with --take-over, and what the site no longer has stays there until you delete it",
                    self.place.name
                ))
            })?,
        };
        let Some(bytes) = underway else { return Ok(Stands { standing: known, digest, broken_off: false }) };
        let standing = match Underway::parse(&text(&bytes)) {
            Some(underway) => known.interrupted(&underway, done),
            // What cannot be read may have been anything: so may be all that stands there.
            None => Standing { headers: None, ..known },
        };
        Ok(Stands { standing, digest, broken_off: true })
    }

    async fn published(
        &self,
        plan: &Plan,
        release: &Release,
        progress: &dyn Progress,
    ) -> Result<Vec<String>, Stop> {
        let lease = Lease::take(&self.place, &self.lease).await?;
        let mut sending = Sending { place: &self.place, plan, release, progress, lease };
        if let Err(stop) = self.send(&mut sending).await {
            // The next deploy need not wait until this lease counts as left behind, and knows what is done. Where nobody
            // answers any more, that is not tried for long.
            tokio::time::timeout(LETTING_GO, sending.lease.let_go()).await.ok();
            return Err(stop);
        }
        let mut notices = sending.lease.notices();
        // Everything is published, whatever becomes of the lease.
        let left = sending.lease.give_back().await.err();
        notices.extend(left.map(|stop| format!("the next deploy may have to wait a minute: {stop}")));
        Ok(notices)
    }

    /// Does all that is planned, if everything stands as it was when somebody looked.
    async fn send(&self, sending: &mut Sending<'_>) -> Result<(), Stop> {
        let stands = self.stands().await?;
        if Some(stands.digest) != self.seen {
            return Err(overtaken(&self.place.name));
        }
        if stands.broken_off {
            // What the last deploy left would be forgotten with its list of steps, if this one is broken off too.
            self.place.write(STANDING, stands.standing.text().into_bytes(), &headers::own()).await?;
        }
        sending.carry_out(self.replacing_at_once, &self.cache_control).await
    }
}

impl Host for Objects {
    fn standing(&mut self) -> Result<Standing, Stop> {
        let stands = self.runtime.block_on(self.stands())?;
        self.seen = Some(stands.digest);
        self.is_unfinished = stands.broken_off;
        Ok(stands.standing)
    }

    fn is_unfinished(&self) -> bool {
        self.is_unfinished
    }

    fn bytes(&mut self, path: &str) -> Result<Option<Vec<u8>>, Stop> {
        self.runtime.block_on(self.place.read(path))
    }

    fn paths(&mut self) -> Result<Vec<String>, Stop> {
        let listed = self.runtime.block_on(async { self.place.operator.list_with("").recursive(true).await });
        let listed = listed.map_err(|error| self.place.failed("cannot list", "", &error))?;
        let files = listed.into_iter().filter(|entry| !entry.path().ends_with('/'));
        Ok(files.map(|entry| entry.path().to_string()).collect())
    }

    fn standing_among(&mut self, paths: &BTreeSet<&str>) -> Result<Vec<String>, Stop> {
        let place = &self.place;
        self.runtime.block_on(async {
            let mut found = Vec::new();
            for &path in paths {
                let is_there = place.operator.exists(path).await;
                if is_there.map_err(|error| place.failed("cannot read", path, &error))? {
                    found.push(path.to_string());
                }
            }
            Ok(found)
        })
    }

    fn publish(
        &mut self,
        plan: &Plan,
        release: &Release,
        progress: &dyn Progress,
    ) -> Result<Vec<String>, Stop> {
        self.runtime.block_on(self.published(plan, release, progress))
    }

    fn rollback(&mut self) -> Result<Back, Stop> {
        Err(no_way_back(&format!("{} keeps one release", self.place.name)))
    }

    fn headers(&self) -> Sha256 {
        headers::rules(&self.cache_control)
    }
}

fn operator(store: &Store, credentials: &Credentials) -> opendal::Result<Operator> {
    let root = format!("/{}", store.prefix);
    let endpoint = store.endpoint.as_deref();
    match store.kind {
        StoreKind::S3 => {
            let mut service = services::S3::default().bucket(&store.container).root(&root);
            if let Some(endpoint) = endpoint {
                service = service.endpoint(endpoint);
            }
            match store.region.as_deref() {
                Some(region) => service = service.region(region),
                // Services beside AWS have no regions, and the signature wants one.
                None if endpoint.is_some() => service = service.region("us-east-1"),
                None => {}
            }
            Operator::new(service)
        }
        StoreKind::Azure => {
            let mut service = match &credentials.azure {
                Some(connection) => services::Azblob::from_connection_string(connection)?,
                None => services::Azblob::default(),
            };
            if let Some(endpoint) = endpoint {
                service = service.endpoint(endpoint);
            }
            Operator::new(service.container(&store.container).root(&root))
        }
        #[cfg(not(unix))]
        StoreKind::Sftp => {
            Err(opendal::Error::new(opendal::ErrorKind::Unsupported, "SFTP is not to be had on this system"))
        }
        #[cfg(unix)]
        StoreKind::Sftp => {
            let host = format!("ssh://{}", store.container);
            // A host that is not known yet is not trusted: somebody has to look at its key once.
            Operator::new(
                services::Sftp::default().endpoint(&host).root(&root).known_hosts_strategy("strict"),
            )
        }
        StoreKind::WebDav => {
            let mut service = services::Webdav::default().endpoint(endpoint.unwrap_or_default()).root(&root);
            if let (Some(user), Some(password)) = (&credentials.user, &credentials.password) {
                service = service.username(user).password(password);
            }
            Operator::new(service)
        }
    }
}
