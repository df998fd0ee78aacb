//! What readers get at an address: the only file of this room that asks as a reader would.

#[cfg(feature = "fetch")]
pub(super) use asking::Web;
#[cfg(not(feature = "fetch"))]
pub(super) use silent::Web;

#[cfg(feature = "fetch")]
mod asking {
    use std::time::Duration;

    use ureq::Agent;

    use crate::digest::Sha256;
    use crate::engine::Stop;
    use crate::site::BaseUrl;

    const WAIT: Duration = Duration::from_secs(30);
    const REDIRECTS_MAX: u32 = 4;
    const BYTES_MAX: u64 = 1 << 30;

    /// A reader.
    #[derive(Debug, Clone)]
    pub struct Web(Agent);

    impl Web {
        /// A reader of the site at an address.
        pub fn new(base_url: &BaseUrl) -> Result<Self, Stop> {
            let config = Agent::config_builder()
                .timeout_global(Some(WAIT))
                .max_redirects(REDIRECTS_MAX)
                .https_only(base_url.origin().starts_with("https://"))
                .http_status_as_error(false)
                .user_agent(concat!("bulletin/", env!("CARGO_PKG_VERSION")))
                .build();
            Ok(Self(Agent::new_with_config(config)))
        }

        /// Status and bytes at an address.
        pub fn fetched(&self, url: &str) -> Result<(u16, Vec<u8>), String> {
            let asked = self.0.get(url).header("cache-control", "no-cache").call();
            let mut answer = asked.map_err(|error| format!("cannot be read: {error}"))?;
            let bytes = answer.body_mut().with_config().limit(BYTES_MAX).read_to_vec();
            Ok((answer.status().as_u16(), bytes.map_err(|error| format!("cannot be read: {error}"))?))
        }

        /// Whether the bytes at an address are these.
        pub fn compared(&self, url: &str, wanted: Sha256) -> Result<(), String> {
            let (status, bytes) = self.fetched(url)?;
            match status {
                200 if Sha256::of(&bytes) == wanted => Ok(()),
                // The page for what is not there may say so.
                404 if url.ends_with("/404.html") && Sha256::of(&bytes) == wanted => Ok(()),
                200 => Err("is not what was published".to_string()),
                _ => Err(format!("the server answers {status}")),
            }
        }
    }
}

/// Without an HTTP client nobody is asked.
#[cfg(not(feature = "fetch"))]
mod silent {
    use crate::digest::Sha256;
    use crate::engine::Stop;
    use crate::site::BaseUrl;

    #[derive(Debug, Clone)]
    pub struct Web;

    impl Web {
        pub fn new(_: &BaseUrl) -> Result<Self, Stop> {
            Err(Stop::Refused(
                "this Bulletin was built without `fetch`, and can read no addresses".to_string(),
            ))
        }

        pub fn fetched(&self, _: &str) -> Result<(u16, Vec<u8>), String> {
            Err("cannot be read without `fetch`".to_string())
        }

        pub fn compared(&self, _: &str, _: Sha256) -> Result<(), String> {
            Err("cannot be read without `fetch`".to_string())
        }
    }
}
