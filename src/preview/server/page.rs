//! A page on its way to the browser: the bytes of the output, and the script that reloads them.

use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Request, Response, StatusCode};

use super::address;
use super::answer::{self, Answer, Shared};
use super::find::Page;
use super::inject;
use super::policy;
use crate::digest::Digest;

/// What the browser wants the answer for, if it is to be shown as a page of its own. A script that fetches a page gets it
/// as it is.
const SHOWN: [&str; 5] = ["document", "iframe", "frame", "embed", "object"];

/// The answer with a page. `seen` is the hub's word from before it was read.
pub(super) fn answer<B>(shared: &Shared, request: &Request<B>, page: Page, seen: &str) -> Answer {
    let wanted = request.headers().get("sec-fetch-dest");
    let shown = wanted.is_none_or(|wanted| SHOWN.iter().any(|kind| wanted == kind));
    let html = if shown {
        inject::injected(&page.html, &tag(shared, &page.outputs, seen), &shared.nonce)
    } else {
        page.html
    };
    let tag = format!("\"{:032x}\"", u128::from_le_bytes(Digest::of(&html).to_bytes()));
    let unchanged = page.status == 200 && known(request.headers(), &tag);
    let body = if unchanged { answer::empty() } else { answer::full(html) };
    let status = if unchanged { 304 } else { page.status };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Lets the script in where a policy among the headers would keep it out.
pub(super) fn admit(shared: &Shared, headers: &mut HeaderMap) {
    let widened = |value: &HeaderValue| {
        let wider = policy::widened(value.to_str().ok()?, &shared.nonce)?;
        HeaderValue::from_str(&wider).ok()
    };
    let policies = headers.get_all(header::CONTENT_SECURITY_POLICY).iter();
    let policies: Vec<HeaderValue> =
        policies.map(|own| widened(own).unwrap_or_else(|| own.clone())).collect();
    headers.remove(header::CONTENT_SECURITY_POLICY);
    for policy in policies {
        headers.append(header::CONTENT_SECURITY_POLICY, policy);
    }
}

fn tag(shared: &Shared, outputs: &[String], seen: &str) -> String {
    let pages: Vec<String> =
        outputs.iter().map(|output| address::encoded(output).replace('\'', "%27")).collect();
    let pages = pages.join(",").replace('&', "&amp;");
    format!(
        "<script src=\"/_bulletin/reload.js\" data-page=\"{pages}\" data-since=\"{seen}\" nonce=\"{}\" defer></script>",
        shared.nonce
    )
}

/// Whether the browser has these bytes already.
fn known(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(|known| known.trim());
    tags.any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}
