//! What servers answer: the only file that asks them as a reader would.
//!
//! Knows addresses and bytes; not what they mean, nor who wants them.

#[cfg(feature = "fetch")]
use ureq::{Agent, ResponseExt};

/// A reader.
#[derive(Debug, Clone)]
pub struct Web(#[cfg(feature = "fetch")] Agent, #[cfg(not(feature = "fetch"))] std::convert::Infallible);

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

#[cfg(feature = "fetch")]
impl Web {
    /// Nobody is waited for without end.
    const WAIT: std::time::Duration = std::time::Duration::from_secs(30);
    /// A record of a hundred thousand briefings has some thirty megabytes; pictures and films have more.
    const BYTES_MAX: u64 = 1 << 30;

    /// One who asks at an address and below it, is led on so many times, and from https never to anything else.
    ///
    /// # Errors
    /// When this program has no client for HTTP.
    pub fn new(address: &str, redirects_max: u32) -> Result<Self, String> {
        let config = Agent::config_builder()
            .timeout_global(Some(Self::WAIT))
            .max_redirects(redirects_max)
            .max_redirects_will_error(true)
            .https_only(address.starts_with("https://"))
            .http_status_as_error(false)
            .user_agent(concat!("bulletin/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self(Agent::new_with_config(config)))
    }

    /// What stands at an address now, whatever caches remember.
    ///
    /// # Errors
    /// When nobody answers, or not in time.
    pub fn fetched(&self, url: &str) -> Result<Answer, String> {
        let asked = self.0.get(url).header("cache-control", "no-cache").call();
        let mut answer = asked.map_err(|error| error.to_string())?;
        let (status, found) = (answer.status().as_u16(), answer.get_uri().to_string());
        let bytes = answer.body_mut().with_config().limit(Self::BYTES_MAX).read_to_vec();
        Ok(Answer { status, bytes: bytes.map_err(|error| error.to_string())?, url: found })
    }
}

/// Without a client for HTTP there is nobody who could ask.
#[cfg(not(feature = "fetch"))]
impl Web {
    /// Nobody.
    ///
    /// # Errors
    /// Always.
    pub fn new(address: &str, _: u32) -> Result<Self, String> {
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
