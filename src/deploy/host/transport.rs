//! How requests go over HTTP. A host that says when it wants to be asked again is asked then.
//!
//! Knows nothing of what is asked for.

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, Request, Response, StatusCode};
use opendal::{Buffer, HttpBody, HttpTransport, HttpTransporter};
use opendal_http_transport_reqwest::ReqwestTransport;

/// Whoever wants a longer pause is asked sooner, and may say so again: a lease must be renewed meanwhile.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Lets all requests of the library go this way.
pub(super) fn install() {
    // Whoever was first has chosen the same one.
    rustls::crypto::ring::default_provider().install_default().ok();
    HttpTransporter::install_default(Heeding);
}

/// The usual way; where an answer asks for a pause, the request is made once more after it.
struct Heeding;

impl HttpTransport for Heeding {
    async fn fetch(&self, request: Request<Buffer>) -> opendal::Result<Response<HttpBody>> {
        let usual = ReqwestTransport::default();
        let answer = usual.fetch(request.clone()).await?;
        let Some(pause) = pause(answer.status(), answer.headers()) else { return Ok(answer) };
        tokio::time::sleep(pause).await;
        usual.fetch(request).await
    }
}

/// The pause that an answer asks for, in seconds as of RFC 9110, section 10.2.3. A date is not heeded: it is by another's
/// clock.
fn pause(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let busy = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE];
    let seconds = headers.get(RETRY_AFTER).filter(|_| busy.contains(&status))?;
    let seconds = seconds.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(PAUSE_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_what_a_busy_host_asks_for_and_not_for_ever() {
        for (status, said, wanted) in [
            (429, "2", Some(2)),
            (503, " 3 ", Some(3)),
            (429, "86400", Some(PAUSE_MAX.as_secs())),
            (429, "Fri, 27 Nov 2026 12:00:00 GMT", None),
            (429, "-1", None),
            (200, "2", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, said.parse().unwrap())]);
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(pause(status, &headers), wanted.map(Duration::from_secs), "{status} {said}");
        }
        assert_eq!(pause(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new()), None);
    }
}
