//! `bulletin serve`, and `bulletin build --watch`: a site that is built again whenever something changes.

use std::time::{Duration, Instant};

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use super::live::{Live, Wording};
use super::{Audience, Common, Ending, Surroundings};
use crate::engine::{Destination, PREVIEW_FOLDER, Request};
use crate::preview::watch::Mode;
use crate::preview::{Clock, Order, Preview, Shown};

/// Where `serve --public` writes to, relative to the site: beside previews, and away from what may be published.
const PUBLIC_VIEW_FOLDER: &str = ".bulletin/public";

/// What can be said after `bulletin serve`.
#[derive(Debug, Args)]
#[command(mut_arg("profile", |profile| profile.hide(true)))]
pub(super) struct Options {
    #[command(flatten)]
    common: Common,
    /// Show what the public sees, without what is held back
    #[arg(long, conflicts_with = "profile")]
    public: bool,
    /// The name or address to listen on; anything but this machine itself lets others read what is held back
    #[arg(long, default_value = "localhost", value_name = "HOST")]
    host: String,
    /// The port to listen on, or the next free one after it; 0 takes any
    #[arg(long, default_value_t = 8340, value_name = "PORT")]
    port: u16,
    /// Open it in the browser
    #[arg(long)]
    open: bool,
    /// A further name by which browsers may call this machine, such as that of a proxy in front; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    #[command(flatten)]
    polling: Polling,
}

/// How changes are found.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Polling {
    /// Look for changes every so many milliseconds, where the system does not tell of them [without a number: 500]
    #[arg(long, value_name = "MS", num_args = 0..=1, default_missing_value = "500")]
    #[arg(value_parser = clap::value_parser!(u32).range(10..=60_000))]
    poll: Option<u32>,
}

impl Polling {
    fn mode(self) -> Mode {
        self.poll.map_or(Mode::Automatic, |every| Mode::Poll(Duration::from_millis(every.into())))
    }
}

/// Shows the site, until the process ends.
pub(super) fn run(options: &Options, surroundings: &Surroundings) -> Result<(), Ending> {
    let mut common = options.common.clone();
    let audience = if options.public { Audience::Public } else { Audience::Preview };
    let audience = *common.profile.get_or_insert(audience);
    let (folder, wording) = match audience {
        Audience::Preview => (PREVIEW_FOLDER, Wording::preview()),
        Audience::Public => (PUBLIC_VIEW_FOLDER, Wording::public()),
    };
    let request = common.request(Destination::Folder(folder.into()), surroundings)?;
    let shown = Shown { host: options.host.clone(), port: options.port, allowed: options.allow_host.clone() };
    let order = Order { request, mode: options.polling.mode(), shown: Some(shown) };
    let mut live = Live::new(&common, surroundings, wording);
    live.open = options.open;
    run_on(order, &common, &mut live)
}

/// Builds into the folder that was asked for, until the process ends.
pub(super) fn watch(
    request: Request,
    polling: Polling,
    common: &Common,
    surroundings: &Surroundings,
) -> Result<(), Ending> {
    let Destination::Folder(folder) = &request.destination else { return Ok(()) };
    let mut live = Live::new(common, surroundings, Wording::of_folder(folder));
    run_on(Order { request, mode: polling.mode(), shown: None }, common, &mut live)
}

fn run_on(order: Order, common: &Common, live: &mut Live<'_>) -> Result<(), Ending> {
    let clock = Running::new(common.now.is_some().then_some(order.request.now));
    let mut preview = Preview::start(order, &clock, live)?;
    loop {
        preview.turn(live);
    }
}

/// A clock that runs on.
struct Running {
    started: Instant,
    /// The instant that it was set to when it started; none if it is the machine's.
    from: Option<Timestamp>,
}

impl Running {
    #[expect(clippy::disallowed_methods, reason = "the preview lives on, and so does its clock")]
    fn new(from: Option<Timestamp>) -> Self {
        Self { started: Instant::now(), from }
    }
}

impl Clock for Running {
    #[expect(clippy::disallowed_methods, reason = "the preview lives on, and so does its clock")]
    fn now(&self) -> Timestamp {
        let Some(from) = self.from else { return Timestamp::now() };
        let since = SignedDuration::try_from(self.started.elapsed()).unwrap_or(SignedDuration::MAX);
        from.checked_add(since).unwrap_or(Timestamp::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}
