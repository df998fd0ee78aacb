//! Who may ask: the names by which this server may be called, and the pages that may call it.
//!
//! A page of a stranger can make a browser send requests here, and a name of a stranger can be made to mean this machine;
//! drafts must not be read that way. So a name must be one that we know, and a page one of our own.

use std::net::IpAddr;

use hyper::header::{HOST, HeaderMap, ORIGIN};
use hyper::{Request, StatusCode};

/// The names this server answers to.
pub(super) struct Guard {
    /// Of this machine, and the host it listens at.
    names: Vec<String>,
    /// Further ones, under which a proxy may bring requests here.
    allowed: Vec<String>,
    /// Any address of this machine is fine: it listens at all of them, and an address cannot be made to mean another.
    addresses: bool,
}

/// Why a request is not answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub status: StatusCode,
    pub why: String,
}

impl Guard {
    /// Answers to the usual names of this machine, to the host it listens at and to further names.
    pub fn new(host: &str, allowed: &[String]) -> Guard {
        let bare = name_of(host);
        let addresses = bare.parse::<IpAddr>().is_ok_and(|place| place.is_unspecified());
        let usual = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let names = usual.into_iter().chain([bare]).collect();
        let allowed = allowed.iter().map(|name| name_of(name)).collect();
        Guard { names, allowed, addresses }
    }

    /// Whether the server is called by a name of its own.
    pub fn called<B>(&self, request: &Request<B>) -> Result<(), Refusal> {
        let host = host(request);
        let name = host.as_deref().map(name_of).unwrap_or_default();
        let named = self.names.contains(&name) || self.allowed.contains(&name);
        let known = named || self.addresses && name.parse::<IpAddr>().is_ok();
        if known && !name.is_empty() {
            return Ok(());
        }
        let shown: String = name.chars().filter(|c| c.is_ascii_graphic()).take(100).collect();
        let why = format!(
            "this preview does not answer to the name \"{shown}\": a strange name could be a trap that reads drafts\n\
             if the name is yours, start it with `--allow-host {shown}`\n"
        );
        Err(Refusal { status: StatusCode::MISDIRECTED_REQUEST, why })
    }

    /// Whether somebody follows a link or types an address, or a page of this server asks for what it shows.
    pub fn reader<B>(&self, request: &Request<B>) -> Result<(), Refusal> {
        let headers = request.headers();
        let follows = headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate");
        if follows && !headers.contains_key(ORIGIN) { Ok(()) } else { self.own_page(request) }
    }

    /// Whether the page that asks, if one does, is of this server.
    pub fn own_page<B>(&self, request: &Request<B>) -> Result<(), Refusal> {
        let refusal = || {
            let why = "only pages of this preview may ask for this\n".to_owned();
            Err(Refusal { status: StatusCode::FORBIDDEN, why })
        };
        let headers = request.headers();
        if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
            return refusal();
        }
        let Some(origin) = single(headers, ORIGIN.as_str()) else {
            return if headers.contains_key(ORIGIN) { refusal() } else { Ok(()) };
        };
        let Some((_, authority)) = origin.split_once("://") else { return refusal() };
        let same = host(request).is_some_and(|host| host.eq_ignore_ascii_case(authority));
        // Behind a proxy the name that the browser knows may differ from the one that comes here.
        let allowed = self.allowed.contains(&name_of(authority));
        if same || allowed { Ok(()) } else { refusal() }
    }
}

/// The name and port that the request is addressed to; none if there is not exactly one.
fn host<B>(request: &Request<B>) -> Option<String> {
    // By the standard, what stands in the request line counts.
    match request.uri().authority() {
        Some(authority) => Some(authority.as_str().to_owned()),
        None => single(request.headers(), HOST.as_str()),
    }
}

fn single(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then(|| value.to_owned())
}

/// A name without port, brackets, final dot and capitals.
fn name_of(host: &str) -> String {
    let host = host.trim();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None if host.matches(':').count() > 1 => host,
        None => host.split(':').next().unwrap_or_default(),
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request<()> {
        let builder = headers
            .iter()
            .fold(Request::builder().uri("/"), |builder, (name, value)| builder.header(*name, *value));
        builder.body(()).expect("it is a request")
    }

    #[test]
    fn names_of_its_own() {
        let guard = Guard::new("desk.local", &["Preview.example.org".to_owned()]);
        for host in [
            "localhost",
            "LOCALHOST:8340",
            "localhost.",
            "127.0.0.1:1",
            "[::1]:8340",
            "desk.local:8340",
            "preview.example.org",
        ] {
            assert_eq!(guard.called(&request(&[("host", host)])), Ok(()), "{host}");
        }
    }

    #[test]
    fn strange_names_are_refused() {
        let guard = Guard::new("localhost", &[]);
        for host in [
            "evil.example",
            "localhost.evil.example",
            "192.168.1.2",
            "",
            "127.0.0.1.evil.example",
            "0.0.0.0",
            "localhost@evil.example",
        ] {
            let refusal = guard.called(&request(&[("host", host)])).expect_err(host);
            assert_eq!(refusal.status, 421, "{host}");
            assert!(refusal.why.contains("--allow-host"));
        }
        assert!(guard.called(&request(&[])).is_err());
        assert!(guard.called(&request(&[("host", "localhost"), ("host", "localhost")])).is_err());
    }

    #[test]
    fn open_to_all_it_answers_to_addresses_but_not_to_names() {
        let guard = Guard::new("0.0.0.0", &[]);
        assert_eq!(guard.called(&request(&[("host", "192.168.1.2:8340")])), Ok(()));
        assert!(guard.called(&request(&[("host", "evil.example")])).is_err());
        assert_eq!(Guard::new("::", &[]).called(&request(&[("host", "[fe80::1]:8340")])), Ok(()));
    }

    #[test]
    fn only_its_own_pages_may_listen() {
        let guard = Guard::new("localhost", &["preview.example.org".to_owned()]);
        let asked =
            |origin: &str| guard.own_page(&request(&[("host", "localhost:8340"), ("origin", origin)]));
        assert_eq!(asked("http://localhost:8340"), Ok(()));
        assert_eq!(asked("https://preview.example.org"), Ok(()));
        for origin in ["http://evil.example", "null", "http://localhost:3000", "http://127.0.0.1:8340", ""] {
            assert_eq!(asked(origin).expect_err(origin).status, 403, "{origin}");
        }
        assert_eq!(guard.own_page(&request(&[("host", "localhost:8340")])), Ok(()));
        let cross = request(&[("host", "localhost:8340"), ("sec-fetch-site", "cross-site")]);
        assert!(guard.own_page(&cross).is_err());
    }

    #[test]
    fn whoever_follows_a_link_from_elsewhere_may_read_and_a_script_from_there_may_not() {
        let guard = Guard::new("localhost", &[]);
        let asked = |more: &[(&str, &str)]| {
            let own = [("host", "localhost:8340"), ("sec-fetch-site", "cross-site")];
            guard.reader(&request(&[&own, more].concat()))
        };
        assert_eq!(asked(&[("sec-fetch-mode", "navigate")]), Ok(()));
        for more in [
            &[("sec-fetch-mode", "cors"), ("origin", "http://evil.example")][..],
            &[("sec-fetch-mode", "no-cors")],
            &[("sec-fetch-mode", "navigate"), ("origin", "http://evil.example")],
            &[],
        ] {
            assert_eq!(asked(more).expect_err("it is foreign").status, 403, "{more:?}");
        }
        let own = [("host", "localhost:8340"), ("origin", "http://localhost:8340")];
        assert_eq!(guard.reader(&request(&own)), Ok(()));
        assert_eq!(guard.reader(&request(&[("host", "localhost:8340")])), Ok(()), "no browser");
    }
}
