//! `bulletin deploy` against real servers, and against networks that fail.
//!
//! The servers are programs that the tests start: moto for S3, azurite, OpenSSH and nginx. Where one is not installed its tests say so and pass, except
//! in CI. What fails, fails at a request of a number, never at a time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "hosts/azure.rs"]
mod azure;
#[path = "hosts/broken.rs"]
mod broken;
#[path = "hosts/desk.rs"]
mod desk;
#[path = "hosts/disk.rs"]
mod disk;
#[path = "hosts/every.rs"]
mod every;
#[path = "hosts/faults.rs"]
mod faults;
#[path = "hosts/judge.rs"]
mod judge;
#[path = "hosts/leases.rs"]
mod leases;
#[path = "hosts/message.rs"]
mod message;
#[path = "hosts/order.rs"]
mod order;
#[path = "hosts/place.rs"]
mod place;
#[path = "hosts/program.rs"]
mod program;
#[path = "hosts/proxy.rs"]
mod proxy;
#[path = "hosts/s3.rs"]
mod s3;
mod scratch;
#[path = "hosts/secrets.rs"]
mod secrets;
#[path = "hosts/sftp.rs"]
mod sftp;
#[path = "hosts/webdav.rs"]
mod webdav;

use desk::Desk;
use s3::Bucket;

#[test]
fn every_file_has_its_type_and_says_how_long_it_may_be_kept() {
    let Some(place) = Bucket::new("types") else { return };
    let desk = Desk::at(place);
    desk.found();
    let style = desk.built().into_keys().find(|path| path.starts_with("assets/main.")).unwrap();
    let (usual, for_ever) = ("public, max-age=60", "public, max-age=31536000, immutable");
    for (path, content_type, cache_control) in [
        ("index.html", "text/html; charset=utf-8", usual),
        ("news/item-1/index.html", "text/html; charset=utf-8", usual),
        ("feed.xml", "application/atom+xml; charset=utf-8", usual),
        ("record.json", "application/json", usual),
        (style.as_str(), "text/css; charset=utf-8", for_ever),
        ("favicon.svg", "image/svg+xml", usual),
        (".bulletin/standing", "text/plain; charset=utf-8", "no-store"),
    ] {
        let told = desk.place.told(path).unwrap();
        assert_eq!(
            (told.content_type.as_str(), told.cache_control.as_str()),
            (content_type, cache_control),
            "{path}"
        );
    }
    // Another rule, and everything is sent again.
    desk.site.edit("site.toml", |text| text + "cache_control = \"no-cache\"\n");
    desk.proxy().pass();
    desk.deploy(&[]).ended(0, &["0 created"]);
    assert_eq!(desk.sent().len(), desk.published().len());
    assert_eq!(desk.place.told("index.html").unwrap().cache_control, "no-cache");
}
