//! The same site gives the same bytes, whoever builds it, where, and with how many threads.
//!
//! Asked of the repository's own site and of a generated one with every feature.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scratch;

use std::path::Path;

use bulletin::engine::{Destination, Request};
use scratch::everything::everything;
use scratch::{Files, NOW, Site, assert_same, files};

/// The sites that are asked: their files, without any output.
fn sites() -> Vec<(&'static str, Files)> {
    vec![("the repository's own site", own()), ("a generated site", files(everything(300).root()))]
}

fn own() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut own = Files::from([("site.toml".to_string(), std::fs::read(root.join("site.toml")).unwrap())]);
    for folder in ["content", "themes"] {
        own.extend(
            files(&root.join(folder)).into_iter().map(|(path, bytes)| (format!("{folder}/{path}"), bytes)),
        );
    }
    own
}

/// Puts the files of a site on disk, in this order.
fn on_disk<'f>(paths: impl Iterator<Item = (&'f String, &'f Vec<u8>)>) -> Site {
    let site = Site::new();
    paths.for_each(|(path, bytes)| site.write(path, bytes));
    site
}

/// A fixed disorder: every seed gives another one.
fn shuffled(files: &Files, seed: u64) -> Vec<(&String, &Vec<u8>)> {
    let mut all: Vec<_> = files.iter().collect();
    all.sort_by_key(|(path, _)| bulletin::digest::Digest::of(format!("{seed} {path}").as_bytes()).to_bytes());
    all
}

fn built(site: &Site, request: &Request) -> Files {
    let built = site.built(request).unwrap_or_else(|stop| panic!("the build stopped: {stop:?}"));
    assert!(!built.report.failed(), "{:#?}", built.errors());
    assert!(built.files.len() > 100, "only {} files", built.files.len());
    built.files
}

#[test]
fn the_number_of_threads_changes_nothing() {
    for (name, files) in sites() {
        println!("{name}");
        let site = on_disk(files.iter());
        let expected = built(&site, &Request { threads: Some(1), ..site.request(NOW) });
        for threads in [Some(2), Some(3), Some(16), None] {
            let destination = Destination::Folder(format!("out-{threads:?}").into());
            assert_same(&expected, &built(&site, &Request { threads, destination, ..site.request(NOW) }));
        }
    }
}

#[test]
fn zone_and_language_of_the_machine_change_nothing() {
    for (name, files) in sites() {
        println!("{name}");
        let site = on_disk(files.iter());
        let expected = built(&site, &site.request(NOW));
        for (number, environment) in [
            [("TZ", "Pacific/Kiritimati"), ("LANG", "C"), ("LC_ALL", "C")],
            [("TZ", "America/Los_Angeles"), ("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")],
            [("TZ", "nonsense"), ("LANG", "uk_UA.KOI8-U"), ("LC_ALL", "ar_EG.UTF-8")],
            [("HOME", "/nowhere"), ("SOURCE_DATE_EPOCH", "1"), ("BULLETIN_BASE_URL", "")],
        ]
        .iter()
        .enumerate()
        {
            let output = format!("out-{number}");
            site.run_in(environment, &["--output", &output]).ended(0, &[]);
            assert_same(&expected, &scratch::files(&site.path(&output)));
        }
    }
}

/// Another user, who writes files that nobody else may read. Only root can become somebody else.
#[cfg(unix)]
#[test]
fn who_builds_changes_nothing() {
    use std::os::unix::fs::PermissionsExt;

    let files = own();
    let site = on_disk(files.iter());
    let expected = built(&site, &site.request(NOW));
    let other = on_disk(files.iter());
    for entry in walkdir::WalkDir::new(other.root()) {
        std::fs::set_permissions(entry.unwrap().path(), PermissionsExt::from_mode(0o777)).unwrap();
    }
    let script = "umask 077; export USER=somebody LOGNAME=somebody HOSTNAME=elsewhere HOME=/nonexistent\n\
        if [ \"$(id -u)\" = 0 ] && command -v setpriv >/dev/null; then\n\
          exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" \"$@\"; fi\n\
        echo 'skipped: this user cannot become another' >&2; exec \"$0\" \"$@\"";
    // Where the program itself lies, another user may not look.
    let program = other.path("bulletin");
    std::fs::copy(scratch::PROGRAM, &program).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = std::process::Command::new("sh");
    command.arg("-c").arg(script).arg(&program).args(["build", "--now", NOW, "--root"]).arg(other.root());
    let ran = scratch::ran(command.env_remove("BULLETIN_BASE_URL"));
    ran.ended(0, &["pages"]);
    print!("{}", ran.err);
    assert_same(&expected, &other.output());
}

#[test]
fn order_and_place_of_the_files_on_disk_change_nothing() {
    for (name, files) in sites() {
        println!("{name}");
        let site = on_disk(files.iter());
        let expected = built(&site, &site.request(NOW));
        for seed in 0..3 {
            let other = on_disk(shuffled(&files, seed).into_iter());
            assert_ne!(site.root(), other.root());
            assert_same(&expected, &built(&other, &other.request(NOW)));
        }
    }
}

#[test]
fn a_build_into_a_used_folder_equals_one_into_a_new_folder() {
    for (name, files) in sites() {
        println!("{name}");
        let site = on_disk(files.iter());
        let expected = built(&site, &site.request(NOW));
        // Later, earlier, with half of the pages, under another address, and back again.
        let pages: Vec<&String> = files.keys().filter(|path| path.ends_with(".md")).collect();
        for now in ["2025-03-01T00:00:00Z", "2030-01-01T00:00:00Z"] {
            let request = site.request(now);
            site.built(&request).unwrap();
            let elsewhere = bulletin::site::BaseUrl::parse("https://elsewhere.example/sub/").unwrap();
            site.built(&Request { base_url: Some(elsewhere), ..request }).unwrap();
            pages.iter().step_by(2).for_each(|path| site.edit(path, |text| format!("{text}\nMore.\n")));
            site.built(&site.request(now)).unwrap();
            pages.iter().step_by(2).for_each(|path| site.write(path, &files[*path]));
            assert_same(&expected, &built(&site, &site.request(NOW)));
        }
    }
}
