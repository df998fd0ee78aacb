//! Ports: which one the server listens on, and how connections are taken from it.
//!
//! Knows no requests. However many connections come, and however slow they are, each costs a bounded amount.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Semaphore;

use super::answer::{self, Shared};
use super::patience::Patient;

/// So many ports are tried, from the wanted one on.
const PORTS_TRIED: u16 = 20;
/// More connections than this wait until one is done: a browser has six to a server, an office a few dozen.
const CONNECTIONS_MAX: usize = 256;
/// Whoever takes longer for the head of a request, or is silent for longer between two, is let go.
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);
/// Of the head of a request; browsers send about two kilobytes, and cookies of other servers on this machine.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Before taking connections again when the system has no more of something.
const PAUSE: Duration = Duration::from_millis(200);

/// Sockets that listen, all on one port.
pub(super) struct Sockets {
    pub listeners: Vec<TcpListener>,
    pub port: u16,
}

impl Sockets {
    /// Listens at the first free port from the wanted one on; 0 means any.
    pub fn open(host: &str, port: u16) -> io::Result<Sockets> {
        let places = places(host)?;
        let mut taken = None;
        for offset in 0..PORTS_TRIED {
            let Some(next) = port.checked_add(if port == 0 { 0 } else { offset }) else { break };
            match bound(&places, next) {
                Err(error) if error.kind() == ErrorKind::AddrInUse => taken = Some(error),
                other => return other,
            }
        }
        Err(taken.unwrap_or_else(|| io::Error::from(ErrorKind::AddrInUse)))
    }

    /// Whether machines other than this one can connect.
    pub fn open_to_others(&self) -> bool {
        let local =
            |listener: &TcpListener| listener.local_addr().is_ok_and(|place| place.ip().is_loopback());
        !self.listeners.iter().all(local)
    }
}

/// The machine's own addresses that a host name means.
fn places(host: &str) -> io::Result<Vec<IpAddr>> {
    if host == "localhost" {
        // Both, because browsers differ in which they try first.
        return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse() {
        Ok(place) => Ok(vec![place]),
        Err(_) => Ok((host, 0).to_socket_addrs()?.map(|place| place.ip()).collect()),
    }
}

/// A socket for each address, all on one port. Addresses of a kind that this machine does not have are left out.
fn bound(places: &[IpAddr], port: u16) -> io::Result<Sockets> {
    let mut listeners: Vec<TcpListener> = Vec::new();
    let mut missing = None;
    let mut port = port;
    for &place in places {
        match TcpListener::bind(SocketAddr::new(place, port)) {
            Ok(listener) => {
                listener.set_nonblocking(true)?;
                port = listener.local_addr()?.port();
                listeners.push(listener);
            }
            Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
            Err(error) => missing = Some(error),
        }
    }
    match missing {
        Some(error) if listeners.is_empty() => Err(error),
        _ => Ok(Sockets { listeners, port }),
    }
}

/// Takes connections for as long as the runtime lives.
pub(super) async fn accept(listener: tokio::net::TcpListener, shared: Arc<Shared>, places: Arc<Semaphore>) {
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Too many open files, or the other side went before we came: neither is a reason to stop.
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // Small answers go at once, without waiting for more to send.
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let answer = service_fn(|request| {
                let shared = Arc::clone(&shared);
                async move { Ok::<_, std::convert::Infallible>(answer::answer(&shared, request).await) }
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME_MAX).max_buf_size(HEAD_BYTES_MAX);
            // However it ends, there is nobody left to tell.
            let _ = http.serve_connection(TokioIo::new(Patient::new(stream)), answer).await;
            drop(place);
        });
    }
}

/// The number of connections that are served at a time.
pub(super) fn limit() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(CONNECTIONS_MAX))
}
