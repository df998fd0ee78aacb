//! The two profiles: what the public sees, and the preview, in which what is held back is shown too.

mod scratch;

use std::path::PathBuf;

use bulletin::engine::{Destination, PREVIEW_FOLDER, Profile, Request, Stop};
use scratch::{NOW, Site, assert_same};

/// A public briefing and a draft.
fn small() -> Site {
    Site::new().briefing("a.md", "title = \"A\"", "One.").briefing(
        "b.md",
        "title = \"B\"\ndraft = true",
        "Two.",
    )
}

fn preview(site: &Site, folder: impl Into<PathBuf>) -> Request {
    let destination = Destination::Folder(folder.into());
    Request { profile: Profile::Preview, destination, ..site.request(NOW) }
}

fn refused(site: &Site, request: &Request) -> String {
    match site.built(request) {
        Err(Stop::Refused(why)) => why,
        other => panic!("it was not refused: {:?}", other.map(|built| built.report)),
    }
}

#[test]
fn a_preview_never_goes_into_a_folder_that_holds_the_public_site() {
    let site = small();
    let public = site.build_soundly(NOW).files;
    let why = refused(&site, &preview(&site, "public"));
    assert!(why.contains("holds the public site") && why.contains("--output"), "{why}");
    assert_same(&public, &site.output());
}

#[test]
fn the_public_site_never_goes_into_a_folder_that_holds_a_preview() {
    let site = small();
    let built = site.built(&preview(&site, "elsewhere")).unwrap();
    let into = Destination::Folder("elsewhere".into());
    let why = refused(&site, &Request { destination: into, ..site.request(NOW) });
    assert!(why.contains("holds a preview") && why.contains("--output"), "{why}");
    let again = site.built(&preview(&site, "elsewhere")).unwrap();
    assert_same(&built.files, &again.files);
    assert!(again.report.made.is_empty());
}

#[test]
fn of_the_cache_only_two_folders_are_outputs() {
    let site = small();
    site.built(&preview(&site, PREVIEW_FOLDER)).unwrap();
    let public = Destination::Folder(".bulletin/public".into());
    site.built(&Request { destination: public, ..site.request(NOW) }).unwrap();
    for folder in [".bulletin", ".bulletin/other", ".bulletin/preview/deep", ".bulletin/public.lock"] {
        let why = refused(&site, &preview(&site, folder));
        assert!(why.contains("a folder of the site's own files"), "{folder}: {why}");
    }
}

#[test]
fn folders_of_the_same_name_do_not_share_a_ledger() {
    let site = small();
    let outputs = [".bulletin/preview", "preview", "inside-preview", "elsewhere-preview"];
    for folder in outputs {
        let report = site.built(&preview(&site, folder)).unwrap().report;
        assert!(!report.warm, "{folder} has the ledger of another folder");
    }
    let entries = std::fs::read_dir(site.path(".bulletin")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.ends_with(".ledger")).count(), outputs.len());
    for folder in outputs {
        assert!(site.built(&preview(&site, folder)).unwrap().report.made.is_empty(), "{folder}");
    }
}
