//! A place at a server that a site is deployed to, whatever sort of server it is.
//!
//! Knows what tests ask of all of them, and no server.

use std::path::PathBuf;

use crate::message::Message;
use crate::scratch::Files;

/// A place of its own at a server.
pub trait Place: Send + Sync {
    /// The lines of `[deploy.production]`, where the server is asked at `host:port`.
    fn settings(&self, address: &str) -> String;

    /// What Bulletin calls it.
    fn name(&self) -> String;

    /// What the environment says to whoever deploys there.
    fn environment(&self) -> Vec<(String, String)>;

    /// Where the server is asked over HTTP, if it is: there may be a proxy before it.
    fn address(&self) -> Option<String>;

    /// What stands before the paths of the site in requests.
    fn base(&self) -> String;

    /// All files that are there now, read past Bulletin.
    fn files(&self) -> Files;

    /// What the server was told of a file, if it keeps that.
    fn told(&self, path: &str) -> Option<Told>;

    /// The folder that the files are in, if they are in one of this machine.
    fn folder(&self) -> Option<PathBuf> {
        None
    }
}

/// What a server was told of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub content_type: String,
    pub cache_control: String,
}

impl Told {
    /// As an answer says it.
    pub fn of(answer: &Message) -> Self {
        let header = |name: &str| answer.header(name).unwrap_or_default().to_string();
        Self { content_type: header("content-type"), cache_control: header("cache-control") }
    }
}

/// What stands between `<name>` and `</name>`, where that is first.
pub fn between(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0.to_string())
}
