//! No secret is in anything that is said, whatever becomes of a deploy: not where the host itself repeats it.

use crate::azure::{Container, KEY};
use crate::desk::{Desk, OWN};
use crate::message::Message;
use crate::proxy::Treatment;
use crate::s3::Bucket;
use crate::scratch::{Ran, files, ran};
use crate::sftp::{Key, Sftp};
use crate::webdav::{PASSWORD, WebDav};

/// What stands in the environment of each deploy.
const SECRETS: [(&str, &str); 5] = [
    ("AWS_SECRET_ACCESS_KEY", "key-that-nobody-may-see"),
    ("AWS_SESSION_TOKEN", "token-that-nobody-may-see"),
    ("AZURE_STORAGE_CONNECTION_STRING", "AccountName=desk;AccountKey=a2V5LXRoYXQtbm9ib2R5LW1heS1zZWU=;X=y"),
    ("BULLETIN_DEPLOY_USER", "desk"),
    ("BULLETIN_DEPLOY_PASSWORD", PASSWORD),
];

/// What must not be seen of it, as it is and as it goes over the network.
const UNSEEN: [&str; 6] = [
    "key-that-nobody-may-see",
    "token-that-nobody-may-see",
    "a2V5LXRoYXQtbm9ib2R5LW1heS1zZWU=",
    KEY,
    PASSWORD,
    "ZGVzazpwYXNzd29yZC10aGF0LW5vYm9keS1tYXktc2Vl",
];

#[track_caller]
fn assert_silent(text: &str) {
    for secret in UNSEEN {
        assert!(!text.contains(secret), "{secret:?} is in {text}");
    }
}

/// Whatever is said, and whatever is kept of it here and there.
#[track_caller]
fn tells_nothing(desk: &Desk, told: &Ran) {
    assert_silent(&told.out);
    assert_silent(&told.err);
    let kept = files(&desk.site.path(".bulletin"));
    assert!(!kept.is_empty());
    let there = desk.place.files().into_iter().filter(|(path, _)| path.starts_with(OWN));
    for (_, bytes) in kept.into_iter().chain(there) {
        assert_silent(&String::from_utf8_lossy(&bytes));
    }
}

const WAYS: [&[&str]; 4] = [&[], &["--format", "json"], &["--plan"], &["--plan", "--format", "json"]];

/// Deploys with every secret in the environment, whatever sort of host it is.
fn deploy(desk: &Desk, arguments: &[&str]) -> Ran {
    ran(desk.command(arguments).envs(SECRETS).envs(desk.place.environment()))
}

/// Deploys in each way that words can be asked for.
fn says_nothing(desk: &Desk, turn: usize) {
    for (number, way) in WAYS.into_iter().enumerate() {
        desk.edit(4, turn + number);
        let told = deploy(desk, way);
        told.ended(0, &[]);
        tells_nothing(desk, &told);
    }
}

/// A host that refuses, and repeats in its answer everything that it knows of the request.
fn refusals(desk: &Desk, turn: usize) {
    for status in ["401 Unauthorized", "400 Bad Request", "409 Conflict"] {
        // Of the two keys of Azure only one is in the environment.
        let other = if desk.place.name().starts_with("azure") { UNSEEN[2] } else { KEY };
        let known = UNSEEN.into_iter().filter(move |secret| *secret != other).collect::<Vec<_>>();
        desk.proxy().treat(move |_, asked| {
            let told = known.join(" ");
            let mut answer =
                Message::new(format!("HTTP/1.1 {status}")).with("Content-Type", "application/xml");
            answer.body =
                format!("<Error><Code>Refused</Code><Message>It was signed with {told}</Message></Error>")
                    .into_bytes();
            let sends = asked.method == "PUT" || asked.method == "MOVE";
            if sends { Treatment::Instead(answer.with("x-signed-with", &told)) } else { Treatment::Pass }
        });
        desk.edit(4, turn);
        for way in [&[][..], &["--format", "json"]] {
            let told = deploy(desk, way);
            assert_ne!(told.code, Some(0), "{told:?}");
            tells_nothing(desk, &told);
        }
    }
    desk.proxy().pass();
}

fn tells_no_secret(desk: &Desk) {
    let told = deploy(desk, &["--first"]);
    told.ended(0, &[]);
    tells_nothing(desk, &told);
    says_nothing(desk, 1);
    if desk.is_behind_a_proxy() {
        refusals(desk, 11);
    }
    says_nothing(desk, 21);
}

#[test]
fn s3() {
    let Some(place) = Bucket::new("secrets") else { return };
    tells_no_secret(&Desk::at(place));
}

#[test]
fn azure() {
    let Some(place) = Container::new("secrets") else { return };
    tells_no_secret(&Desk::at(place));
}

#[test]
fn webdav() {
    let Some(place) = WebDav::new() else { return };
    let desk = Desk::at(place);
    tells_no_secret(&desk);
    // Another password, and nobody is let in.
    let mut wrong = desk.command(&[]);
    let told = ran(wrong.env("BULLETIN_DEPLOY_PASSWORD", format!("{PASSWORD}-of-before")));
    told.ended(3, &["error: cannot read webdav://", "what they may do"]);
    assert_eq!(told.err.lines().count(), 1);
    tells_nothing(&desk, &told);
}

#[test]
fn sftp() {
    let Some(place) = Sftp::new(Key::Known) else { return };
    tells_no_secret(&Desk::at(place));
}

#[test]
fn an_ssh_server_that_nobody_knows_is_not_trusted() {
    let Some(place) = Sftp::new(Key::Unknown) else { return };
    let desk = Desk::at(place);
    let told = desk.deploy(&["--first"]);
    told.ended(3, &["error: cannot read sftp://", "ost key verification failed"]);
    assert_eq!(told.err.lines().count(), 1, "{}", told.err);
    assert!(desk.place.files().is_empty());
}

#[test]
fn a_deploy_without_keys_says_which_are_wanted() {
    let Some(place) = Bucket::new("keyless") else { return };
    let desk = Desk::at(place);
    let mut command = desk.command(&["--first"]);
    for (name, _) in desk.place.environment() {
        command.env_remove(name);
    }
    ran(command.env("AWS_EC2_METADATA_DISABLED", "true")).ended(3, &["AWS_ACCESS_KEY_ID"]);
}
