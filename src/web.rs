//! What servers answer: the only file that asks them as a reader would.
//!
//! Knows addresses and bytes; not what they mean, nor who wants them.

use std::time::Duration;

#[cfg(feature = "fetch")]
use ureq::{Agent, ResponseExt};

/// A reader.
#[cfg(feature = "fetch")]
#[derive(Debug, Clone)]
pub struct Web {
    agent: Agent,
    bytes_max: u64,
}

/// Nobody: without a client for HTTP there is none who could ask.
#[cfg(not(feature = "fetch"))]
#[derive(Debug, Clone)]
pub struct Web(std::convert::Infallible);

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// Its status, of RFC 9110, section 15.
    pub status: u16,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The address at which they were found in the end.
    pub url: String,
}

/// How much is put up with.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How often a server may lead on to another address.
    pub redirects_max: u32,
    /// How long until a server begins to answer.
    pub wait: Duration,
    /// How long an answer may take.
    pub wait_for_bytes: Duration,
    /// How long an answer may be.
    pub bytes_max: u64,
}

#[cfg(feature = "fetch")]
impl Web {
    /// One who is led from `address`, if that is https, never to anything else.
    ///
    /// # Errors
    /// When this program has no client for HTTP.
    pub fn new(address: &str, patience: Patience) -> Result<Self, String> {
        let config = Agent::config_builder()
            .timeout_connect(Some(patience.wait))
            .timeout_recv_response(Some(patience.wait))
            .timeout_recv_body(Some(patience.wait_for_bytes))
            .max_redirects(patience.redirects_max)
            .max_redirects_will_error(true)
            .https_only(address.starts_with("https://"))
            .http_status_as_error(false)
            .user_agent(concat!("bulletin/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { agent: Agent::new_with_config(config), bytes_max: patience.bytes_max })
    }

    /// What stands at an address now, whatever caches remember.
    ///
    /// # Errors
    /// When nobody answers, or not in time.
    pub fn fetched(&self, url: &str) -> Result<Answer, String> {
        let asked = self.agent.get(url).header("cache-control", "no-cache").call();
        let mut answer = asked.map_err(|error| error.to_string())?;
        let (status, found) = (answer.status().as_u16(), answer.get_uri().to_string());
        let bytes = match answer.body_mut().with_config().limit(self.bytes_max).read_to_vec() {
            Ok(bytes) => bytes,
            Err(error) if status == 200 => return Err(error.to_string()),
            // What a server says of what it does not have is worth no more than its status.
            Err(_) => Vec::new(),
        };
        Ok(Answer { status, bytes, url: found })
    }
}

#[cfg(not(feature = "fetch"))]
impl Web {
    /// Nobody.
    ///
    /// # Errors
    /// Always.
    pub fn new(address: &str, _: Patience) -> Result<Self, String> {
        Err(format!("this Bulletin was built without `fetch`, and cannot ask {address}"))
    }

    /// Never called.
    ///
    /// # Errors
    /// Never.
    pub fn fetched(&self, _: &str) -> Result<Answer, String> {
        match self.0 {}
    }
}
