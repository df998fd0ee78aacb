//! The server of the preview: an output folder over HTTP, as the host will serve it, with reload and overlay added in flight.
//!
//! Everything it reads is below that folder. Knows neither how the files came there nor when they will change: the hub
//! is told by others.

mod address;
mod answer;
mod events;
mod find;
mod guard;
mod host;
mod hub;
mod inject;
mod listen;
mod page;
mod patience;
mod policy;
mod scan;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use answer::Shared;
use listen::Sockets;

pub use hub::Hub;

/// Requests are short, and reading from the disk happens elsewhere.
const THREADS: usize = 2;
/// Threads that read from the disk; each has one file in hand for a moment.
const READERS_MAX: usize = 16;
/// What may still be in a reader's hand when the server stops.
const LAST_READ_MAX: Duration = Duration::from_secs(2);

/// What is served, and where.
#[derive(Debug, Clone)]
pub struct Place {
    /// The output folder. It need not be there yet.
    pub folder: PathBuf,
    /// The host name or address to listen at, such as `localhost`.
    pub host: String,
    /// The port, or the first of those to try; 0 means any.
    pub port: u16,
    /// Where the site begins: `/` or `/desk/`.
    pub base_path: String,
    /// Further names by which browsers may call this server.
    pub allowed: Vec<String>,
}

/// A server at work; it stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    runtime: Option<Runtime>,
    url: String,
    notice: Option<String>,
}

impl Server {
    /// Returns once it listens. It works on threads of its own.
    pub fn start(place: &Place, hub: &Hub) -> io::Result<Server> {
        let sockets = Sockets::open(&place.host, place.port)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .max_blocking_threads(READERS_MAX)
            .thread_name("preview")
            .enable_all()
            .build()?;
        let (url, notice) = (url(place, sockets.port), notice(place, &sockets));
        let shared = Shared::new(place, hub);
        let limit = listen::limit();
        let inside = runtime.enter();
        for listener in sockets.listeners {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            runtime.spawn(listen::accept(listener, shared.clone(), limit.clone()));
        }
        drop(inside);
        Ok(Server { runtime: Some(runtime), url, notice })
    }

    /// Where the site is: `http://localhost:8340/base/`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the user should know about where it listens, a sentence a line.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(LAST_READ_MAX);
        }
    }
}

fn url(place: &Place, port: u16) -> String {
    let bare = place.host.trim_start_matches('[').trim_end_matches(']');
    // Nobody can go to "all addresses of this machine", and this machine is one of those who can come.
    let host = match bare {
        "0.0.0.0" | "::" => "localhost".to_owned(),
        bare if bare.contains(':') => format!("[{bare}]"),
        bare => bare.to_owned(),
    };
    format!("http://{host}:{port}{}", place.base_path)
}

fn notice(place: &Place, sockets: &Sockets) -> Option<String> {
    let mut lines = Vec::new();
    if place.port != 0 && sockets.port != place.port {
        lines.push(format!("port {} is taken: this is port {}", place.port, sockets.port));
    }
    if sockets.open_to_others() {
        lines.push("others on the network can open this preview, with all that it shows".to_owned());
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}
