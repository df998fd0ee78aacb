//! `bulletin deploy` to a folder of this machine, as it is typed: what is sent, what stops it, and what readers see meanwhile.
//!
//! Knows no server: those are in `tests/hosts.rs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

mod scratch;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use scratch::press::{CALL, SECRET, corrected, deploy};
use scratch::{Files, PROGRAM, Site, assert_same, files, page, press, ran};

/// Three briefings, and a folder to publish them to.
fn desk() -> Site {
    press::desk("to = \"www\"")
}

/// The same, published.
fn published() -> Site {
    let site = desk();
    deploy(&site, &["--first"])
        .ended(0, &["created", "readers see https://desk.test/, the newest is \"Port\""]);
    site
}

/// What readers see.
fn seen(site: &Site) -> Files {
    files(&site.path("www/current").canonicalize().unwrap_or_else(|_| site.path("www/current")))
}

/// What a deploy would do: change and path.
fn plan(site: &Site, arguments: &[&str]) -> BTreeSet<(String, String)> {
    let ran = deploy(site, &[&["--plan", "--format", "json"], arguments].concat());
    ran.ended(0, &[]);
    let objects = ran.out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
    objects
        .filter(|object| !object["change"].is_null())
        .map(|step| (text(&step["change"]), text(&step["path"])))
        .collect()
}

#[track_caller]
fn would(site: &Site, steps: &[&str]) {
    let found: Vec<String> =
        plan(site, &[]).into_iter().map(|(change, path)| format!("{change} {path}")).collect();
    assert_eq!(found, steps);
}

#[test]
fn what_is_published_is_what_was_built_and_a_list_of_it() {
    let site = published();
    let mut wanted = site.output();
    wanted.remove(".bulletin");
    let mut seen = seen(&site);
    let sums = String::from_utf8(seen.remove("SHA256SUMS").unwrap()).unwrap();
    let rules = String::from_utf8(seen["_headers"].clone()).unwrap();
    let sheet = seen.keys().find(|path| path.starts_with("assets/main.")).unwrap();
    let rule = format!("/{sheet}\n  Cache-Control: public, max-age=31536000, immutable\n");
    assert!(rules.contains(&rule), "{rules}");
    wanted.insert("_headers".to_string(), rules.into_bytes());
    assert_same(&seen, &wanted);
    assert_eq!(sums.lines().count(), wanted.len());
    deploy(&site, &[]).ended(0, &["nothing to send", "are what was built"]);
    let checked = Command::new("sha256sum")
        .args(["--check", "--quiet", "SHA256SUMS"])
        .current_dir(site.path("www/current"))
        .status();
    assert!(checked.is_ok_and(|status| status.success()), "others can check the list");
}

#[test]
fn a_plan_names_what_one_edit_touches_and_does_nothing() {
    let site = published();
    let before = seen(&site);
    corrected(&site);
    would(
        &site,
        &[
            "update SHA256SUMS",
            "update feed.json",
            "update feed.xml",
            "update news/2026-01-02-call/index.html",
            "update news/feed.xml",
            "update record.json",
            "update rss.xml",
            "update sitemap.xml",
        ],
    );
    deploy(&site, &["--plan"]).ended(
        0,
        &[
            "update  news/2026-01-02-call/index.html",
            "other bytes: content/news/2026-01-02-call.md",
            "the feed of /news/, with content/news/2026-01-02-call.md",
        ],
    );
    assert_same(&seen(&site), &before);
    deploy(&site, &[]).ended(0, &["0 created, 8 updated, 0 deleted"]);
    would(&site, &[]);
}

#[test]
fn without_a_record_nothing_is_published_until_somebody_says_that_it_is_the_first_time() {
    let site = desk();
    deploy(&site, &[]).ended(2, &["there is no record at www", "--first"]);
    assert!(!site.path("www").exists());
    deploy(&site, &["--plan"]).ended(0, &["note: there is no record at www"]);
    assert!(!site.path("www").exists(), "a plan leaves nothing behind");
}

#[test]
fn what_changed_without_a_word_is_not_published() {
    let site = published();
    let before = seen(&site);
    site.edit(CALL, |text| text.replace("They spoke.", "They wrote."));
    deploy(&site, &[]).ended(1, &["error[record]", "2026-01-02-call.md", "nothing was sent"]);
    site.edit(CALL, |text| text.replace("They wrote.", "They spoke."));
    site.delete("content/news/2026-01-03-grid.md");
    deploy(&site, &[]).ended(1, &["error[record]", "nothing was sent"]);
    assert_same(&seen(&site), &before);
}

#[test]
fn a_site_with_mistakes_is_not_published() {
    let site = published();
    let before = seen(&site);
    site.edit(CALL, |text| text.replace("summary", "sumary"));
    deploy(&site, &[]).ended(1, &["unknown key `sumary`", "nothing was sent"]);
    assert_same(&seen(&site), &before);
}

#[test]
fn what_leaks_is_not_published() {
    let site = published();
    let before = seen(&site);
    site.write(
        "content/news/2027-05-01-merger.md",
        page(
            "title = \"Harbour merger announced\"\nsummary = \"Zugzwang Holdings buys the harbour.\"",
            "Zugzwang Holdings buys it.",
        ),
    );
    site.write(
        "content/memo.md",
        page("title = \"Memo\"\nsummary = \"s\"", "Soon: Zugzwang Holdings buys the harbour."),
    );
    deploy(&site, &[]).ended(1, &["error[leak]", "nothing was sent"]);
    assert_same(&seen(&site), &before);
    site.delete("content/memo.md");
    deploy(&site, &[]).ended(0, &["nothing to send"]);
}

#[test]
fn a_deploy_that_would_delete_much_is_refused_until_it_is_allowed() {
    let site = desk().settings("[outputs]\nrecord = false");
    deploy(&site, &[]).ended(0, &["note: the site has no record"]);
    let before = seen(&site);
    fs::remove_dir_all(site.path("content/news")).unwrap();
    site.write("content/about.md", page("title = \"About\"\nsummary = \"s\"", "Us."));
    deploy(&site, &[]).ended(2, &["files, more than 20 % (shrink_percent_max)", "--allow-shrink"]);
    deploy(&site, &["--plan"]).ended(
        0,
        &["delete  news/2026-01-02-call/index.html", "the site no longer has it", "note: this would delete"],
    );
    assert_same(&seen(&site), &before);
    deploy(&site, &["--allow-shrink"]).ended(0, &["1 created"]);
    assert!(!seen(&site).contains_key("news/2026-01-02-call/index.html"));
}

#[test]
fn readers_can_be_shown_the_release_before() {
    let site = published();
    let first = seen(&site);
    corrected(&site);
    deploy(&site, &[]).ended(0, &["updated"]);
    let second = seen(&site);
    deploy(&site, &["--rollback"]).ended(0, &["readers see", "releases/000001 again"]);
    assert_same(&seen(&site), &first);
    deploy(&site, &["--rollback"]).ended(2, &["keeps no release before"]);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    assert_same(&seen(&site), &second);
    // The way back leads to what readers saw, and not to the release that they were taken back from.
    deploy(&site, &["--rollback"]).ended(0, &["releases/000001 again"]);
    assert_same(&seen(&site), &first);
}

#[test]
fn whoever_must_forget_pages_is_told_of_a_release_that_is_taken_back() {
    let site = published();
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    site.edit("site.toml", |text| {
        text.replace("to = \"www\"", "to = \"www\"\nafter = [\"cp\", \".bulletin/changed-urls\", \"told\"]")
    });
    deploy(&site, &["--rollback", "--changed-urls", "changed"]).ended(0, &["again"]);
    let changed = fs::read_to_string(site.path("changed")).unwrap();
    for path in ["news/2026-01-02-call/", "SHA256SUMS"] {
        assert!(changed.lines().any(|url| url == format!("https://desk.test/{path}")), "{changed}");
    }
    assert_eq!(changed, fs::read_to_string(site.path("told")).unwrap());
}

#[test]
fn a_style_sheet_that_changed_stays_for_one_release_beside_the_new_one() {
    let site = published();
    let old = sheets(&site);
    assert_eq!(old.len(), 1);
    site.write("themes/plain/assets/main.css", "p { color: blue }\n");
    assert!(plan(&site, &[]).contains(&("retire".to_string(), old[0].clone())));
    deploy(&site, &[]).ended(0, &["1 created", "0 deleted, 1 left for late readers"]);
    let both = sheets(&site);
    assert!(both.len() == 2 && both.contains(&old[0]), "{both:?}");
    deploy(&site, &[]).ended(0, &["nothing to send"]);
    corrected(&site);
    deploy(&site, &[]).ended(0, &["1 deleted"]);
    assert!(sheets(&site).len() == 1 && !sheets(&site).contains(&old[0]));
}

/// The style sheets that readers can get.
fn sheets(site: &Site) -> Vec<String> {
    seen(site).into_keys().filter(|path| path.starts_with("assets/main.")).collect()
}

#[test]
fn what_somebody_changed_at_the_host_is_mended_by_sending_everything() {
    let site = published();
    let first = seen(&site);
    fs::write(site.path("www/current/news/2026-01-03-grid/index.html"), "somebody was here").unwrap();
    deploy(&site, &[]).ended(0, &["nothing to send"]);
    deploy(&site, &["--all"]).ended(0, &["0 created", "0 unchanged"]);
    assert_same(&seen(&site), &first);
}

#[test]
fn sending_everything_is_no_way_around_the_record_that_is_gone() {
    let site = published();
    fs::remove_file(site.path("www/current/record.json")).unwrap();
    site.edit(CALL, |text| text.replace("They spoke.", "They wrote."));
    deploy(&site, &["--all"]).ended(2, &["there is no record", "--first"]);
}

#[test]
fn a_report_for_programs_is_one_whatever_the_command_after_it_says() {
    let site = published();
    corrected(&site);
    site.edit("site.toml", |text| {
        text.replace("to = \"www\"", "to = \"www\"\nafter = [\"echo\", \"purged\"]")
    });
    let said = deploy(&site, &["--format", "json"]);
    said.ended(0, &["purged"]);
    let last: serde_json::Value = serde_json::from_str(said.out.lines().last().unwrap()).unwrap();
    assert_eq!(last["end"], "published");
}

#[test]
fn a_plan_runs_nothing_and_a_list_of_addresses_is_no_content() {
    let site = published();
    corrected(&site);
    site.edit("site.toml", |text| {
        text.replace("to = \"www\"", "to = \"www\"\nafter = [\"sh\", \"-c\", \"echo >> ran; exit 5\"]")
    });
    deploy(&site, &[]).ended(3, &["the command after it"]);
    let ran = fs::read(site.path("ran")).unwrap();
    deploy(&site, &["--plan"]).ended(0, &["nothing to send"]);
    assert_eq!(fs::read(site.path("ran")).unwrap(), ran);
    deploy(&site, &["--changed-urls", "content/urls.txt"]).ended(2, &["names a file of the site"]);
}

#[test]
fn addresses_that_nobody_was_told_of_are_told_by_the_next_deploy() {
    let site = published();
    corrected(&site);
    site.edit("site.toml", |text| text.replace("to = \"www\"", "to = \"www\"\nafter = [\"false\"]"));
    deploy(&site, &[]).ended(3, &["the command after it, false, ended with"]);
    site.edit("site.toml", |text| {
        text.replace("[\"false\"]", "[\"cp\", \".bulletin/changed-urls\", \"told\"]")
    });
    deploy(&site, &[]).ended(0, &["nothing to send"]);
    let told = fs::read_to_string(site.path("told")).unwrap();
    assert!(told.lines().any(|url| url == "https://desk.test/news/2026-01-02-call/"), "{told}");
    fs::remove_file(site.path("told")).unwrap();
    deploy(&site, &[]).ended(0, &["nothing to send"]);
    assert!(!site.path("told").exists(), "and once is enough");
}

#[test]
fn names_that_no_host_keeps_or_that_a_deploy_needs_are_refused() {
    for name in ["SHA256SUMS", " leading.txt", "trailing "] {
        let site = desk().file(&format!("content/{name}"), "x");
        let said = deploy(&site, &["--first"]);
        assert!(said.code == Some(2) || said.code == Some(1), "{name:?}: {said:?}");
        assert!(!site.path("www").exists());
    }
    let site = desk().file("content/#1.pdf", "x").file("content/it's a карта.txt", "x");
    deploy(&site, &["--first"]).ended(0, &[]);
    deploy(&site, &[]).ended(0, &["nothing to send"]);
    assert!(seen(&site).contains_key("#1.pdf") && seen(&site).contains_key("it's a карта.txt"));
}

#[test]
fn as_many_releases_are_kept_as_the_settings_say() {
    let site = desk().settings("keep = 2\n[outputs]\nrecord = false");
    for number in 0..4 {
        site.edit(CALL, |text| format!("{text}\nLine {number}.\n"));
        deploy(&site, &[]).ended(0, &["readers see"]);
    }
    let mut names: Vec<String> = fs::read_dir(site.path("www/releases"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["000003", "000003.standing", "000004", "000004.standing"]);
}

#[test]
fn a_file_that_did_not_change_is_one_file_in_all_releases_and_another_than_the_one_that_was_built() {
    let site = published();
    corrected(&site);
    deploy(&site, &[]).ended(0, &["updated"]);
    let inode = |path: &str| fs::metadata(site.path(path)).unwrap().ino();
    let page = "news/2026-01-03-grid/index.html";
    assert_eq!(inode(&format!("www/releases/000001/{page}")), inode(&format!("www/releases/000002/{page}")));
    assert_ne!(inode(&format!("public/{page}")), inode(&format!("www/releases/000002/{page}")));
}

#[test]
fn packed_twins_lie_beside_texts_and_are_those_of_their_release() {
    let site = desk().settings("precompressed = [\"gzip\", \"brotli\"]");
    site.write("content/long.txt", "Talks resume. ".repeat(500));
    deploy(&site, &["--first"]).ended(0, &[]);
    let first = seen(&site);
    assert!(first.contains_key("long.txt.gz") && first.contains_key("long.txt.br"));
    site.write("content/long.txt", "Talks end. ".repeat(500));
    deploy(&site, &[]).ended(0, &["updated"]);
    let second = seen(&site);
    assert_ne!(first["long.txt.gz"], second["long.txt.gz"]);
    let unpacked =
        Command::new("gzip").args(["-dc"]).arg(site.path("www/current/long.txt.gz")).output().unwrap();
    assert_eq!(unpacked.stdout, second["long.txt"]);
}

#[test]
fn the_address_of_an_unlisted_page_stands_in_no_list_and_the_page_goes_when_it_is_deleted() {
    let site = desk();
    let path = "content/news/2026-01-05-quiet.md";
    site.write(
        path,
        page(
            "title = \"Quiet\"\nid = \"quiet\"\nsummary = \"s\"\nunlisted = true\naliases = [\"/back-way/\"]",
            "For a few: [a list](quiet-list.txt), [a map](map.svg).",
        ),
    );
    site.write("content/news/quiet-list.txt", "x");
    site.write("content/news/map.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    site.edit(CALL, |text| text.replace("They spoke.", "They spoke of [this](map.svg)."));
    deploy(&site, &["--first"]).ended(0, &[]);
    let published = "news/2026-01-05-quiet/index.html";
    assert!(seen(&site).contains_key(published) && seen(&site).contains_key("back-way/index.html"));
    assert!(!seen(&site).contains_key("_redirects"), "which anybody can read");
    for list in ["www/current/SHA256SUMS", "www/releases/000001.standing"] {
        let text = fs::read_to_string(site.path(list)).unwrap();
        assert!(!text.contains("quiet") && !text.contains("back-way") && text.contains("map.svg"), "{list}");
    }
    deploy(&site, &[]).ended(0, &["nothing to send"]);
    site.delete(path);
    assert!(plan(&site, &[]).contains(&("delete".to_string(), published.to_string())));
    deploy(&site, &[]).ended(0, &["2 deleted"]);
    assert!(!seen(&site).contains_key(published));
}

#[test]
fn what_would_be_read_elsewhere_or_by_nobody_is_refused() {
    let site = published();
    deploy(&site, &["--base-url", "https://other.test/"]).ended(2, &["leave out --base-url"]);
    deploy(&site, &["--profile", "preview"]).ended(2, &["a preview is never published"]);
    deploy(&site, &["producton"]).ended(2, &["there is no [deploy.producton]; did you mean production?"]);
    site.edit("site.toml", |text| text.replace("https://desk.test/", "https://example.org/"));
    deploy(&site, &[]).ended(2, &["no reader ever comes to https://example.org/"]);
}

#[test]
fn a_copy_that_is_read_elsewhere_is_built_for_its_own_address() {
    let site =
        published().settings("[deploy.staging]\nto = \"staged\"\nbase_url = \"https://staging.test/desk/\"");
    deploy(&site, &[]).ended(2, &["say which (production, staging)"]);
    deploy(&site, &["staging", "--first"]).ended(0, &["readers see https://staging.test/desk/"]);
    let text = fs::read_to_string(site.path("staged/current/sitemap.xml")).unwrap();
    assert!(text.contains("https://staging.test/desk/news/2026-01-02-call/"), "{text}");
    deploy(&site, &["production"]).ended(0, &["nothing to send"]);
}

#[test]
fn a_folder_that_is_not_ours_or_that_the_site_needs_is_refused() {
    for to in ["content/www", ".", "..", "public", "themes"] {
        let site = desk();
        site.edit("site.toml", |text| text.replace("\"www\"", &format!("{to:?}")));
        deploy(&site, &["--first"]).ended(2, &["is a folder of the site's own files"]);
    }
    let site = desk().file("www/index.html", "somebody else's");
    deploy(&site, &["--first"]).ended(2, &["holds no releases of Bulletin"]);
    assert_eq!(fs::read_to_string(site.path("www/index.html")).unwrap(), "somebody else's");
}

#[test]
fn of_two_deploys_at_once_one_is_refused() {
    let site = published();
    corrected(&site);
    let lock = fs::File::open(site.path("www/.bulletin-lock")).unwrap();
    lock.lock().unwrap();
    deploy(&site, &[]).ended(2, &["another deploy is writing into"]);
    drop(lock);
    deploy(&site, &[]).ended(0, &["8 updated"]);
}

#[test]
fn whoever_must_forget_old_pages_is_told_which() {
    let site = published();
    corrected(&site);
    site.edit("site.toml", |text| {
        text.replace(
            "to = \"www\"",
            "to = \"www\"\nafter = [\"sh\", \"-c\", \"cp $BULLETIN_CHANGED_URLS told\"]",
        )
    });
    deploy(&site, &["--changed-urls", "changed"]).ended(0, &["8 updated"]);
    let changed = fs::read_to_string(site.path("changed")).unwrap();
    assert!(changed.lines().any(|url| url == "https://desk.test/news/2026-01-02-call/"), "{changed}");
    assert!(!changed.contains("2026-01-03-grid"), "{changed}");
    assert_eq!(changed, fs::read_to_string(site.path("told")).unwrap());
    deploy(&site, &["--changed-urls", "changed"]).ended(0, &["nothing to send"]);
    assert_eq!(fs::read_to_string(site.path("changed")).unwrap(), "");
    site.edit("site.toml", |text| text.replace("\"sh\"", "\"no-such-program\""));
    site.edit(CALL, |text| text.replacen("title = \"Call\"", "title = \"Call\"\ntopics = [\"talks\"]", 1));
    deploy(&site, &[])
        .ended(3, &["the site is published, but the command after it, no-such-program, cannot be run"]);
}

#[test]
fn a_secret_in_the_settings_is_refused_and_never_shown() {
    let site = desk();
    for line in [
        format!("secret_access_key = \"{SECRET}\""),
        format!("password = {SECRET}"),
        format!("to = \"sftp://desk:{SECRET}@example.org/www\""),
    ] {
        let text = fs::read_to_string(site.path("site.toml")).unwrap();
        site.write("site.toml", text.replace("to = \"www\"", &line));
        for format in ["text", "json"] {
            deploy(&site, &["--format", format]).ended(1, &[]);
        }
        site.write("site.toml", text);
    }
}

#[test]
fn a_published_folder_is_compared_with_its_list() {
    let site = published();
    let verify = |arguments: &[&str]| {
        ran(Command::new(PROGRAM).arg("verify").args(arguments).current_dir(site.root()))
    };
    verify(&["www"]).ended(0, &["files at www as published"]);
    verify(&["public"]).ended(2, &["there is no SHA256SUMS at public"]);
    let page = site.path("www/current/news/2026-01-03-grid/index.html");
    fs::write(&page, "somebody was here").unwrap();
    fs::remove_file(site.path("www/current/rss.xml")).unwrap();
    verify(&["www"])
        .ended(1, &["news/2026-01-03-grid/index.html: is not what was published", "rss.xml: is missing"]);
    let said = verify(&["www", "--format", "json"]);
    let object: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(object["problems"].as_array().unwrap().len(), 2);
    fs::write(site.path("www/current/SHA256SUMS"), "../../etc/passwd\n").unwrap();
    verify(&["www"]).ended(2, &["is no list of files with their digests"]);
}

#[test]
fn rules_for_the_host_that_the_site_has_itself_are_published_as_they_are() {
    let site = desk().file("content/_headers", "/*\n  X-Desk: yes\n");
    deploy(&site, &["--first"]).ended(0, &[]);
    assert_eq!(seen(&site)["_headers"], b"/*\n  X-Desk: yes\n");
}
