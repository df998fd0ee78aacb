//! Putting outputs in place: nothing half-written, nothing lost, nothing touched that is not ours.

mod scratch;

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt, symlink};

use scratch::{NOW, Site, assert_same, files, page, ran};

/// Two pages and a file.
fn small() -> Site {
    Site::new()
        .plain_theme()
        .briefing("a.md", "title = \"A\"", "One.")
        .briefing("deep/x/b.md", "title = \"B\"\ndate = 2026-01-01", "Two.")
        .file("content/map.svg", "<svg/>")
}

const A: &str = "public/a/index.html";

#[cfg(unix)]
#[test]
fn only_files_whose_bytes_differ_are_replaced() {
    let site = small();
    site.build_soundly(NOW);
    let stamps = |site: &Site| -> Vec<(String, u64, i64, i64)> {
        let stamp = |path: &String| {
            let meta = site.path("public").join(path).metadata().unwrap();
            (path.clone(), meta.ino(), meta.mtime(), meta.mtime_nsec())
        };
        site.output().keys().map(stamp).collect()
    };
    let before = stamps(&site);
    let again = site.build_soundly(NOW);
    assert_eq!(before, stamps(&site), "a build without changes touched files");
    let written = again.report.written.unwrap();
    assert_eq!((written.changed, written.removed), (0, 0));
    site.edit("content/a.md", |text| text + "More.\n");
    let written = site.build_soundly(NOW).report.written.unwrap();
    assert_eq!((written.changed, written.removed), (1, 0));
    let after = stamps(&site);
    let touched: Vec<&str> =
        after.iter().filter(|stamp| !before.contains(stamp)).map(|(path, ..)| path.as_str()).collect();
    assert_eq!(touched, ["a/index.html"]);
}

#[test]
fn removed_pages_go_with_the_folders_they_leave_empty() {
    let site = small();
    site.build_soundly(NOW);
    assert!(site.path("public/deep/2026/01/index.html").exists());
    site.delete("content/deep/x/b.md");
    assert!(site.build_soundly(NOW).report.written.unwrap().removed >= 4);
    assert!(!site.path("public/deep").exists(), "{:#?}", site.output().keys());
    assert_same(&site.clean(NOW), &site.output());
}

#[test]
fn foreign_files_and_folders_survive() {
    let site = small();
    site.build_soundly(NOW);
    for foreign in ["public/verify.html", "public/deep/note.txt", "public/.git/HEAD", "public/own/index.html"]
    {
        site.write(foreign, "mine");
    }
    fs::create_dir(site.path("public/empty")).unwrap();
    site.delete("content/deep/x/b.md");
    site.edit("content/a.md", |text| text + "More.\n");
    site.build_soundly(NOW);
    for foreign in ["public/verify.html", "public/deep/note.txt", "public/.git/HEAD", "public/own/index.html"]
    {
        assert_eq!(fs::read(site.path(foreign)).unwrap(), b"mine", "{foreign}");
    }
    assert!(site.path("public/empty").is_dir());
}

#[test]
fn a_foreign_file_in_the_way_is_refused_and_named_and_nothing_is_written() {
    let site = small();
    site.build_soundly(NOW);
    let cases = [
        // What stands in the output folder, and which page then wants its place.
        ("public/new/index.html", "new.md"),
        ("public/new", "new.md"),
        ("public/deep/y/index.html", "deep/y.md"),
    ];
    for (foreign, wanted) in cases {
        site.write(foreign, "mine");
        site.write(&format!("content/{wanted}"), page("title = \"New\"\ndate = 2026-02-02", "Text."));
        let before = site.output();
        site.run(&[]).ended(2, &[foreign, "was not written by Bulletin"]);
        assert_same(&before, &site.output());
        site.delete(&format!("content/{wanted}"));
        site.delete(foreign);
        fs::remove_dir(site.path("public/new")).ok();
    }
    // A folder with something foreign in it does not make room for a file.
    site.write("public/plan/mine.txt", "mine");
    site.write("content/plan", "a file without ending");
    let before = site.output();
    site.run(&[]).ended(2, &["public/plan/mine.txt"]);
    assert_same(&before, &site.output());
}

#[test]
fn a_folder_that_is_not_ours_is_refused() {
    let site = small();
    site.write("public/index.html", "written by another generator");
    site.run(&[]).ended(2, &["public", "was not written by Bulletin", "--output"]);
    assert_eq!(site.output().len(), 1);
    // Nor is one with a manifest that is not ours, nor a file.
    site.write("public/.bulletin", "index.html\n");
    site.run(&[]).ended(2, &["was not written by Bulletin"]);
    site.write("file", "");
    site.run(&["--output", "file"]).ended(2, &["file", "was not written by Bulletin"]);
    assert_eq!(fs::read(site.path("file")).unwrap(), b"");
    // An empty folder is as good as none.
    fs::create_dir(site.path("empty")).unwrap();
    site.run(&["--output", "empty"]).ended(0, &[]);
    assert_same(&scratch::files(&site.path("empty")), &site.clean(NOW));
}

#[test]
fn an_output_among_the_inputs_is_refused() {
    let site = small();
    let inputs = scratch::files(site.root());
    let parent = site.root().parent().unwrap().to_str().unwrap();
    for output in
        ["content", "content/public", "themes/public", "themes", ".", "..", "", "/", "content/../.", parent]
    {
        let ran = site.run(&["--output", output]);
        assert_eq!(ran.code, Some(2), "{output:?}: {ran:?}");
        let now: scratch::Files = scratch::files(site.root())
            .into_iter()
            .filter(|(path, _)| !path.starts_with(".bulletin/"))
            .collect();
        assert_same(&inputs, &now);
    }
}

#[test]
fn the_output_folder_may_be_given_in_every_form() {
    let site = small();
    let elsewhere = tempfile::TempDir::new().unwrap();
    let absolute = elsewhere.path().join("one/two");
    let expected = site.clean(NOW);
    let slashed = format!("{}/", absolute.display());
    for (output, folder) in [
        ("out", site.path("out")),
        ("out/", site.path("out")),
        ("./out", site.path("out")),
        ("deeper/out", site.path("deeper/out")),
        ("deeper/../other", site.path("other")),
        (absolute.to_str().unwrap(), absolute.clone()),
        (&slashed, absolute.clone()),
    ] {
        for _ in 0..2 {
            site.run(&["--output", output]).ended(0, &["2 pages"]);
            assert_same(&expected, &scratch::files(&folder));
        }
    }
    // The same from within the site's folder, as it is usually run.
    let mut command = std::process::Command::new(scratch::PROGRAM);
    command.args(["build", "--now", NOW]).current_dir(site.root()).env_remove("BULLETIN_BASE_URL");
    ran(&mut command).ended(0, &["public/"]);
    assert_same(&expected, &site.output());
}

#[cfg(unix)]
#[test]
fn the_output_folder_may_be_a_link_to_a_folder() {
    let site = small();
    let elsewhere = tempfile::TempDir::new().unwrap();
    let expected = site.clean(NOW);
    symlink(elsewhere.path(), site.path("public")).unwrap();
    for _ in 0..2 {
        site.run(&[]).ended(0, &[]);
        assert!(site.path("public").symlink_metadata().unwrap().is_symlink(), "the link was replaced");
        assert_same(&expected, &scratch::files(elsewhere.path()));
    }
    // A link to a folder with inputs is what it leads to.
    symlink(site.path("content"), site.path("sly")).unwrap();
    site.run(&["--output", "sly"]).ended(2, &["site's own files"]);
    symlink(site.path("nowhere"), site.path("dangling")).unwrap();
    let ran = site.run(&["--output", "dangling"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn a_link_inside_the_output_is_not_written_through() {
    let site = small();
    let outside = tempfile::TempDir::new().unwrap();
    let precious = outside.path().join("index.html");
    fs::write(&precious, "precious").unwrap();
    site.build_soundly(NOW);
    // A file that is a link.
    site.delete(A);
    symlink(&precious, site.path(A)).unwrap();
    site.run(&[]).ended(2, &["a/index.html", "symbolic link"]);
    // A folder that is a link: for a change,
    fs::remove_dir_all(site.path("public/a")).unwrap();
    symlink(outside.path(), site.path("public/a")).unwrap();
    site.run(&[]).ended(2, &["public/a", "symbolic link"]);
    // and for a removal.
    site.delete("content/a.md");
    site.run(&[]).ended(0, &[]);
    assert_eq!(fs::read(&precious).unwrap(), b"precious");
    assert!(outside.path().is_dir());
}

#[cfg(unix)]
#[test]
fn a_link_is_seen_wherever_it_is_among_neighbours() {
    // All pages change; the way of each has folders in common with the one before.
    let names = ["a", "a-b", "c", "d/c/d", "d/c/e", "d/f", "f"];
    let mut site = Site::new().plain_theme();
    for name in names {
        site = site.briefing(&format!("{name}.md"), "title = \"T\"\ndate = 2026-01-01", "Text.");
    }
    let outside = tempfile::tempdir().unwrap();
    site.build_soundly(NOW);
    let folders = files(&site.path("public")).into_keys().filter_map(|path| {
        let (folder, _) = path.rsplit_once('/')?;
        // Files of the theme show nothing of the settings.
        (folder != "assets").then(|| folder.to_string())
    });
    let folders: std::collections::BTreeSet<String> = folders.collect();
    assert!(folders.len() > names.len(), "{folders:?}");
    for (turn, folder) in folders.iter().enumerate() {
        site.edit("site.toml", |text| text.replace("title = \"Desk", &format!("title = \"Desk{turn}")));
        let (place, kept) = (site.path("public").join(folder), outside.path().join(turn.to_string()));
        fs::rename(&place, &kept).unwrap();
        symlink(&kept, &place).unwrap();
        let before = files(&kept);
        site.run(&[]).ended(2, &["is a symbolic link", folder]);
        assert_same(&before, &files(&kept));
        fs::remove_file(&place).unwrap();
        fs::rename(&kept, &place).unwrap();
    }
    site.run(&[]).ended(0, &[]);
    assert_same(&site.clean(NOW), &site.output());
}

#[test]
fn a_tampered_manifest_removes_nothing_outside() {
    let site = small();
    site.build_soundly(NOW);
    let outside = tempfile::TempDir::new().unwrap();
    fs::write(outside.path().join("precious"), "precious").unwrap();
    let absolute = outside.path().join("precious");
    site.edit("public/.bulletin", |text| {
        format!(
            "{text}../content/a.md\n../site.toml\n{}\na/../../site.toml\n./../site.toml\n..\n/\n\n.\n//etc/x\na//../../../site.toml\n",
            absolute.display()
        )
    });
    let ours = scratch::files(&site.path("content"));
    site.run(&[]).ended(0, &[]);
    assert!(absolute.exists() && site.path("site.toml").exists());
    assert_same(&ours, &scratch::files(&site.path("content")));
    // Folders and files that the manifest claims wrongly: a folder is no file of ours.
    site.write("public/kept/x", "mine");
    site.edit("public/.bulletin", |text| format!("{text}kept\n"));
    site.run(&[]).ended(0, &[]);
    assert_eq!(fs::read(site.path("public/kept/x")).unwrap(), b"mine");
    // One that is no text at all is not ours.
    site.write("public/.bulletin", [0xff, 0xfe, 0]);
    let ran = site.run(&[]);
    assert!(matches!(ran.code, Some(2 | 3)), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn two_builds_at_once_into_one_folder_and_the_second_says_so() {
    let site = small();
    site.build_soundly(NOW);
    // The lock itself, held by somebody else.
    let locks: Vec<std::path::PathBuf> =
        fs::read_dir(site.path(".bulletin")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let locks: Vec<_> =
        locks.into_iter().filter(|path| path.extension().is_some_and(|e| e == "lock")).collect();
    assert_eq!(locks.len(), 1, "{locks:?}");
    let held = fs::File::create(&locks[0]).unwrap();
    held.lock().unwrap();
    let before = site.output();
    site.edit("content/a.md", |text| text + "More.\n");
    site.run(&[]).ended(2, &["another build is writing into"]);
    assert_same(&before, &site.output());
    site.run(&["--output", "other"]).ended(0, &[]);
    drop(held);
    site.run(&[]).ended(0, &["1 written"]);
    // And as it happens: whoever comes second is told so or finds the place free; nothing is mixed.
    for _ in 0..5 {
        site.edit("content/a.md", |text| text + "Still more.\n");
        let both = [site.start(&[]), site.start(&[])];
        let codes = both.map(|mut child| child.wait().unwrap().code().unwrap());
        assert!(codes.contains(&0) && codes.iter().all(|code| [0, 2].contains(code)), "{codes:?}");
        assert_same(&site.clean(NOW), &site.output());
    }
}

#[cfg(unix)]
#[test]
fn a_build_of_another_site_into_the_same_folder_is_not_swept_away() {
    let site = small();
    site.build_soundly(NOW);
    let before = site.output();
    // What another site's build is staging: that site has a lock of its own.
    let staging = site.path(".public.bulletin-staging");
    fs::create_dir(&staging).unwrap();
    site.write(".public.bulletin-staging/index.html", "half a site");
    let other = fs::File::open(&staging).unwrap();
    other.lock().unwrap();
    site.edit("content/a.md", |text| text + "More.\n");
    site.run(&[]).ended(2, &["another build is writing into"]);
    assert!(staging.join("index.html").exists());
    assert_same(&before, &site.output());
    drop(other);
    site.run(&[]).ended(0, &["1 written"]);
    assert!(!staging.exists());
}

#[test]
fn a_file_becomes_a_folder_and_a_folder_a_file() {
    let site = small();
    site.build_soundly(NOW);
    site.delete("content/a.md");
    site.write("content/a", "a file named like the folder of the page");
    site.run(&[]).ended(0, &[]);
    assert_same(&site.clean(NOW), &site.output());
    assert!(site.path("public/a").is_file());
    // Empty folders inside are in nobody's way.
    site.delete("content/a");
    site.write("content/a.md", page("title = \"A\"", "One."));
    site.run(&[]).ended(0, &[]);
    assert_same(&site.clean(NOW), &site.output());
    fs::create_dir_all(site.path("public/a/empty/empty")).unwrap();
    site.delete("content/a.md");
    site.write("content/a", "again");
    site.run(&[]).ended(0, &[]);
    assert_same(&site.clean(NOW), &site.output());
}

#[cfg(unix)]
#[test]
fn files_of_the_site_do_not_bring_their_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let site = small();
    fs::set_permissions(site.path("content/map.svg"), fs::Permissions::from_mode(0o600)).unwrap();
    site.build_soundly(NOW);
    let mode = |path: &str| site.path(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("public/map.svg"), mode(A));
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
    let site = small();
    site.build_soundly(NOW);
    let good = site.output();
    let pipe = |path: &str| {
        fs::remove_file(site.path(path)).ok();
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        let made = rustix::fs::mknodat(rustix::fs::CWD, site.path(path), rustix::fs::FileType::Fifo, mode, 0);
        made.unwrap();
    };
    // What is missing is made again, whatever stands in its place.
    for path in [A, ".bulletin/public.ledger", ".bulletin/public.lock", ".bulletin/public.changes"] {
        pipe(path);
        site.run(&[]).ended(0, &[]);
        fs::remove_file(site.path(".bulletin/public.lock")).ok();
        assert_same(&good, &site.output());
    }
    // Without these nothing is known: it is said what is the matter with them.
    for path in ["public/.bulletin", "site.toml"] {
        let kept = fs::read(site.path(path)).unwrap();
        pipe(path);
        site.run(&[]).ended(3, &[path, "it is no file"]);
        fs::remove_file(site.path(path)).unwrap();
        fs::write(site.path(path), kept).unwrap();
        assert_same(&good, &site.output());
    }
}
