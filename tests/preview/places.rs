//! Where files are: behind symbolic links, in folders that are no part of the site, below a base path.

use std::fs;
use std::os::unix::fs::symlink;

use super::scratch::client::Answer;
use super::scratch::served::{Served, View};
use super::scratch::{NOW, Site, page};
use super::{item, settled};

fn small() -> Site {
    Site::new().plain_theme().briefing("news/a.md", &item("a", "2026-01-01", ""), "Text.")
}

/// Waits until this was said, by whatever way.
#[track_caller]
fn said(served: &Served, words: &[&str]) {
    served.wait_for(&words.join(", "), || {
        let said = served.said();
        words.iter().all(|word| said.contains(word)).then_some(())
    });
}

#[test]
fn what_a_link_inside_the_site_leads_to_is_watched() {
    let site = small().file("content/shared/one.txt", "one");
    symlink("../shared", site.path("content/news/linked")).unwrap();
    symlink("shared/one.txt", site.path("content/first.txt")).unwrap();
    let served = Served::start(site, View::Public);
    assert_eq!(served.get("/news/linked/one.txt").body, b"one");
    served.save("content/shared/one.txt", "another");
    served.until("/news/linked/one.txt", |file| file.body == b"another");
    settled(&served, &["/first.txt", "/shared/one.txt"], &[]);
    served.save("content/shared/two.txt", "two");
    settled(&served, &["/news/linked/two.txt", "/shared/two.txt"], &[]);
    fs::remove_file(served.site.path("content/news/linked")).unwrap();
    settled(&served, &["/shared/two.txt"], &["/news/linked/one.txt", "/news/linked/two.txt"]);
}

#[test]
fn a_link_out_of_the_site_or_in_a_circle_is_told_and_the_rest_goes_on() {
    let outside = tempfile::TempDir::new().unwrap();
    fs::write(
        outside.path().join("secret.md"),
        page(&item("secret", "2026-01-01", ""), "Nobody's business."),
    )
    .unwrap();
    let served = Served::start(small(), View::Preview);
    for (target, name, word) in [
        (outside.path().to_path_buf(), "content/news/out", "leads out of the site"),
        ("..".into(), "content/news/round", "leads back"),
        ("nowhere.md".into(), "content/news/b.md", "leads to nothing"),
    ] {
        symlink(target, served.site.path(name)).unwrap();
        said(&served, &[name, word]);
        served.replace("content/news/a.md", ("Text.", &format!("{word}. Text.")));
        served.until("/news/a/", |page| page.shows(word));
        assert_ne!(served.get("/news/out/secret.md").status, 200);
        assert_ne!(served.get("/news/secret/").status, 200);
        fs::remove_file(served.site.path(name)).unwrap();
        served.same_as_clean();
    }
}

#[test]
fn a_site_that_begins_with_a_circle_is_served_all_the_same() {
    let site = small();
    symlink("..", site.path("content/news/round")).unwrap();
    let served = Served::start_with(site, View::Preview, &["--now", NOW]);
    said(&served, &["content/news/round", "leads back"]);
    served.until("/news/a/", |page| page.shows("Text."));
    fs::remove_file(served.site.path("content/news/round")).unwrap();
    served.same_as_clean();
}

#[test]
#[cfg(target_os = "linux")]
fn folders_that_are_no_part_of_the_site_cost_nothing_and_cause_nothing() {
    let site = small();
    for number in 0..3000 {
        fs::create_dir_all(site.path(&format!("content/.attic/{}/{number}", number % 10))).unwrap();
    }
    site.write("content/.attic/0/x.md", "no page");
    symlink(".attic", site.path("content/.linked")).unwrap();
    let served = Served::start(site, View::Public);
    let watches = || {
        let folder = fs::read_dir(format!("/proc/{}/fdinfo", served.process())).unwrap();
        let texts = folder.filter_map(|file| fs::read_to_string(file.ok()?.path()).ok());
        texts.map(|text| text.matches("inotify wd:").count()).sum::<usize>()
    };
    assert!((1..50).contains(&watches()), "{} folders are watched", watches());
    for number in 0..20 {
        served.site.write(&format!("content/.attic/{number}/y.md"), "nor this");
    }
    served.replace("content/news/a.md", ("Text.", "Other text."));
    served.until("/news/a/", |page| page.shows("Other text."));
    served.same_as_clean();
    served.so_many_rebuilds(1);
    assert!(watches() < 50, "{} folders are watched", watches());
}

#[test]
fn below_a_base_path_the_site_is_where_it_will_be() {
    let site = Site::new().briefing("news/a.md", &item("a", "2026-01-01", ""), "[Home](../index.md)");
    site.edit("site.toml", |text| text.replace("https://example.org/", "https://example.org/desk/"));
    site.write("content/index.md", page("title = \"Home\"", "Welcome."));
    site.write("content/файл і ще.txt", "names in any script");
    let served = Served::start(site, View::Public);
    assert_eq!(served.address_of("/news/a/"), "/desk/news/a/");
    let elsewhere = served.client().get("/news/a/").unwrap();
    assert_eq!(elsewhere.status, 404, "only below its path");
    let top: Answer = served.client().get("/").unwrap();
    assert!((300..400).contains(&top.status) && top.header("location") == Some("/desk/"), "{top:?}");
    served.replace("content/news/a.md", ("Item a", "Item b"));
    settled(&served, &["/news/a/", "/файл і ще.txt"], &[]);
}
