//! A request and its answer: who may ask, for what, and what is sent.

use std::collections::hash_map::RandomState;
use std::convert::Infallible;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tower_http::services::ServeFile;

use super::address::{self, Address};
use super::events::{Events, Listener};
use super::find::{self, Found};
use super::guard::{Guard, Refusal};
use super::host::{Host, Rules};
use super::hub::Hub;
use super::{Place, page};

/// What is sent.
pub(super) type Answer = Response<UnsyncBoxBody<Bytes, io::Error>>;

/// Our own addresses; no site has any like them.
const OWN: &str = "/_bulletin/";
const SCRIPT: &str = include_str!("reload.js");
/// So many tabs listen at a time: half of all connections, so that pages can still be read.
const TABS_MAX: usize = 128;
/// A page is made from one output; a missing one hopes for four.
const OUTPUTS_MAX: usize = 8;

/// What all connections know.
pub(super) struct Shared {
    pub folder: PathBuf,
    pub base: String,
    pub hub: Hub,
    /// Lets our script in where a policy names the scripts that may run.
    pub nonce: String,
    guard: Guard,
    host: Host,
}

impl Shared {
    pub fn new(place: &Place, hub: &Hub) -> Arc<Shared> {
        let random = || RandomState::new().build_hasher().finish();
        Arc::new(Shared {
            folder: place.folder.clone(),
            base: place.base_path.clone(),
            hub: hub.clone(),
            nonce: format!("{:016x}{:016x}", random(), random()),
            guard: Guard::new(&place.host, &place.allowed),
            host: Host::new(&place.folder),
        })
    }
}

/// Answers any request.
pub(super) async fn answer<B>(shared: &Arc<Shared>, request: Request<B>) -> Answer {
    let (parts, _) = request.into_parts();
    let request = Request::from_parts(parts, ());
    let mut answer = admitted(shared, &request).await.unwrap_or_else(refused);
    let headers = answer.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Nothing that was changed since may come out of a browser's cache; pages and styles are not even kept.
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let fleeting = kind.starts_with("text/html") || kind.starts_with("text/css") || kind.is_empty();
    let keep = if fleeting { "no-store" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    // No page of another site may show what is in here, whatever the site lets its readers do.
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    answer
}

async fn admitted(shared: &Arc<Shared>, request: &Request<()>) -> Result<Answer, Refusal> {
    shared.guard.called(request)?;
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let why = "the preview only shows pages: GET and HEAD\n".to_owned();
        return Err(Refusal { status: StatusCode::METHOD_NOT_ALLOWED, why });
    }
    match request.uri().path().strip_prefix(OWN) {
        Some(name) => {
            shared.guard.own_page(request)?;
            own(shared, request, name)
        }
        None => {
            shared.guard.reader(request)?;
            Ok(site(shared, request).await)
        }
    }
}

fn refused(refusal: Refusal) -> Answer {
    let mut answer = Response::new(full(refusal.why.into_bytes()));
    *answer.status_mut() = refusal.status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    if refusal.status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    answer
}

/// Our own addresses.
fn own(shared: &Shared, request: &Request<()>, name: &str) -> Result<Answer, Refusal> {
    match name {
        "reload.js" => Ok(typed(full(SCRIPT.into()), "text/javascript; charset=utf-8")),
        "events" if request.method() == Method::HEAD => Ok(typed(empty(), "text/event-stream")),
        "events" if shared.hub.tabs() >= TABS_MAX => {
            let why = "too many pages of this preview are open; close some\n".to_owned();
            Err(Refusal { status: StatusCode::SERVICE_UNAVAILABLE, why })
        }
        "events" => {
            let events = Events::told(&shared.hub, listener(shared, request)).map_err(impossible);
            Ok(typed(UnsyncBoxBody::new(events), "text/event-stream"))
        }
        _ => Err(Refusal {
            status: StatusCode::NOT_FOUND,
            why: "there is nothing at this address\n".to_owned(),
        }),
    }
}

fn typed(body: UnsyncBoxBody<Bytes, io::Error>, kind: &'static str) -> Answer {
    let mut answer = Response::new(body);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// Who wants to hear: `page` lists outputs, or addresses from the root, each encoded; `since` is a word of the hub.
fn listener(shared: &Shared, request: &Request<()>) -> Listener {
    let query = request.uri().query().unwrap_or_default();
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).and_then(|(_, value)| address::decoded(value))
    };
    let outputs = |item: &str| {
        if !item.starts_with('/') {
            return address::decoded(item).into_iter().collect();
        }
        let below = Address::of(item).and_then(|address| address.below(&shared.base));
        below.map(|below| below.hopes()).unwrap_or_default()
    };
    let page = value("page").unwrap_or_default();
    let pages =
        page.split(',').flat_map(outputs).filter(|output| !output.is_empty()).take(OUTPUTS_MAX).collect();
    // A browser that comes back by itself brings what it heard last; what the page was made with is older.
    let last = request.headers().get("last-event-id").and_then(|word| word.to_str().ok()).map(str::to_owned);
    let since = match last.filter(|word| !word.is_empty()).or_else(|| value("since")) {
        Some(word) => shared.hub.seen(&word),
        None => Some(shared.hub.generation()),
    };
    Listener { pages, since, base: shared.base.clone() }
}

/// What the site has at an address.
async fn site(shared: &Arc<Shared>, request: &Request<()>) -> Answer {
    // From before anything is read, so that a change in between is news to the page.
    let seen = shared.hub.word();
    let (path, query) = (request.uri().path().to_owned(), request.uri().query().map(str::to_owned));
    let here = Arc::clone(shared);
    let looked = tokio::task::spawn_blocking(move || {
        let rules = here.host.rules();
        let found = find::found(&here, &rules, &path, query.as_deref());
        (found, rules)
    });
    let Ok((found, rules)) = looked.await else {
        let why = "the preview is stopping\n".to_owned();
        return refused(Refusal { status: StatusCode::SERVICE_UNAVAILABLE, why });
    };
    match found {
        Found::Elsewhere { status, location } => elsewhere(status, &location),
        Found::Page(found) => {
            let mut answer = page::answer(shared, request, found, &seen);
            ruled(&rules, request, answer.headers_mut());
            page::admit(shared, answer.headers_mut());
            answer
        }
        Found::File { path } => {
            let mut answer = file(&path, request).await;
            ruled(&rules, request, answer.headers_mut());
            answer
        }
    }
}

fn elsewhere(status: u16, location: &str) -> Answer {
    let mut answer = Response::new(empty());
    match HeaderValue::from_str(location) {
        Ok(location) => {
            *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::FOUND);
            answer.headers_mut().insert(header::LOCATION, location);
        }
        Err(_) => *answer.status_mut() = StatusCode::NOT_FOUND,
    }
    answer
}

/// A file as it is: whole, in part, or not at all when the browser has it.
async fn file(path: &Path, request: &Request<()>) -> Answer {
    let mut asked = Request::new(());
    *asked.method_mut() = request.method().clone();
    *asked.headers_mut() = request.headers().clone();
    // A part is only right together with the other parts of the same bytes; the whole is always right.
    if asked.headers().contains_key(header::IF_RANGE) {
        asked.headers_mut().remove(header::RANGE);
    }
    let Ok(answer) = ServeFile::new(path).try_call(asked).await else {
        let why = "this file cannot be read\n".to_owned();
        return refused(Refusal { status: StatusCode::INTERNAL_SERVER_ERROR, why });
    };
    let mut answer = answer.map(UnsyncBoxBody::new);
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let bare = kind.filter(|kind| kind.starts_with("text/") && !kind.contains("charset"));
    let full = bare.and_then(|kind| HeaderValue::from_str(&format!("{kind}; charset=utf-8")).ok());
    if let Some(kind) = full {
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    answer
}

/// Adds what the site's own rules say.
fn ruled(rules: &Rules, request: &Request<()>, headers: &mut HeaderMap<HeaderValue>) {
    if let Some(address) = Address::of(request.uri().path()) {
        rules.apply(&find::decoded(&address), headers);
    }
}

pub(super) fn full(bytes: Vec<u8>) -> UnsyncBoxBody<Bytes, io::Error> {
    UnsyncBoxBody::new(Full::new(Bytes::from(bytes)).map_err(impossible))
}

pub(super) fn empty() -> UnsyncBoxBody<Bytes, io::Error> {
    UnsyncBoxBody::new(Empty::new().map_err(impossible))
}

fn impossible(never: Infallible) -> io::Error {
    match never {}
}
