//! What readers get after a deploy: `bulletin deploy --verify` and `bulletin verify` against a server on this machine.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(all(unix, feature = "fetch"))]

mod scratch;

use std::fs;
use std::process::Command;

use scratch::press::{corrected, deploy};
use scratch::web::desk;
use scratch::{PROGRAM, Ran, Site, ran};

fn verify(site: &Site, from: &str) -> Ran {
    ran(Command::new(PROGRAM).args(["verify", from]).current_dir(site.root()))
}

#[test]
fn after_a_deploy_readers_get_what_was_published() {
    let (site, url) = desk();
    let said = deploy(&site, &["--first", "--verify"]);
    said.ended(0, &[]);
    for path in ["", "news/2026-01-04-port/", "feed.xml", "record.json"] {
        let line = format!("verified: {url}{path}\n");
        assert!(said.out.contains(&line), "no {line:?} in {}", said.out);
    }
    verify(&site, &url).ended(0, &["as published"]);
    let newest = format!("verified: {url}news/2026-01-04-port/\n");
    deploy(&site, &["--verify"]).ended(0, &["nothing to send", &newest]);
}

#[test]
fn a_site_that_is_not_what_was_published_is_found_file_by_file() {
    let (site, url) = desk();
    deploy(&site, &["--first"]).ended(0, &[]);
    let list = fs::read_to_string(site.path("www/current/SHA256SUMS")).unwrap();
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    // The list of another release: the pages are not what it says.
    fs::write(site.path("www/current/SHA256SUMS"), list).unwrap();
    fs::remove_file(site.path("www/current/404.html")).unwrap();
    let said = verify(&site, &url);
    said.ended(1, &["news/2026-01-02-call/index.html: is not what was published", "404.html: "]);
    assert!(!said.err.contains("2026-01-03-grid"), "{}", said.err);
}

#[test]
fn where_nothing_was_published_there_is_nothing_to_verify() {
    let (site, url) = desk();
    verify(&site, &url).ended(2, &["there is no SHA256SUMS at http://127.0.0.2"]);
    verify(&site, "http://127.0.0.2:1/").ended(3, &["cannot read http://127.0.0.2:1/SHA256SUMS"]);
    verify(&site, "desk.test").ended(2, &["there is no SHA256SUMS at desk.test"]);
}

#[test]
fn a_deploy_says_when_readers_get_something_else() {
    let (site, url) = desk();
    deploy(&site, &["--first"]).ended(0, &[]);
    // Somebody else's page, which no deploy knows of.
    fs::write(site.path("www/current/index.html"), "another").unwrap();
    let said = deploy(&site, &["--verify"]);
    said.ended(3, &["readers do not see what was published", &format!("{url}: is not what was published")]);
    assert!(!said.err.contains("feed.xml"), "{}", said.err);
}
