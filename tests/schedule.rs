//! `bulletin schedule`: when pages appear and expire, and the configuration that rebuilds a site then.

mod scratch;

use std::io::Write;
use std::process::{Command, Stdio};

use scratch::{PROGRAM, Ran, Site, page, ran};

const NOW: &str = "2026-11-23T12:00:00Z";

/// Two pages that appear, one that expires at the same instant, and much that never turns.
fn site() -> Site {
    Site::new()
        .briefing("news/2026-12-01-later.md", "title = \"Later\"\nsummary = \"s\"", "Text.")
        .briefing(
            "news/2026-11-01-lock.md",
            "title = \"Locked\"\nsummary = \"s\"\nembargo = 2026-12-09T09:00:30+02:00",
            "Text.",
        )
        .briefing(
            "news/2026-11-02-ends.md",
            "title = \"Ends\"\nsummary = \"s\"\nexpires = 2026-12-01\non_expiry = \"unlist\"",
            "Text.",
        )
        .briefing("news/2026-12-02-draft.md", "title = \"Draft\"\ndraft = true\nsummary = \"s\"", "Text.")
        .briefing("news/2026-11-03-old.md", "title = \"Old\"\nsummary = \"s\"\nupdated = 2026-11-04", "Text.")
        .briefing(
            "news/2026-01-01-gone.md",
            "title = \"Gone\"\nsummary = \"s\"\nexpires = 2026-02-01",
            "Text.",
        )
}

fn schedule(site: &Site, arguments: &[&str]) -> Ran {
    let mut command = Command::new(PROGRAM);
    command.arg("schedule").arg("--root").arg(site.root()).args(arguments);
    if !arguments.contains(&"--now") {
        command.args(["--now", NOW]);
    }
    ran(command.env_remove("BULLETIN_BASE_URL"))
}

#[test]
fn what_is_to_come_is_listed_in_order_in_the_zone_of_the_site_and_in_utc() {
    let listed = schedule(&site(), &[]);
    listed.ended(0, &[]);
    let expected = "  2026-12-01 00:00 Europe/Kyiv (2026-11-30 22:00 UTC)
    expires  content/news/2026-11-02-ends.md: Ends (unlist)
    appears  content/news/2026-12-01-later.md: Later (scheduled)
  2026-12-09 09:00:30 Europe/Kyiv (2026-12-09 07:00:30 UTC)
    appears  content/news/2026-11-01-lock.md: Locked (embargo)
";
    assert_eq!(listed.out, expected);
    assert_eq!(listed.err, "");
    let first: String = expected.lines().take(3).map(|line| format!("{line}\n")).collect();
    assert_eq!(schedule(&site(), &["--limit", "1"]).out, first);
}

#[test]
fn it_says_the_same_whether_the_site_was_built_or_not() {
    let site = site();
    let before = schedule(&site, &[]).out;
    site.build_soundly(NOW);
    assert_eq!(schedule(&site, &[]).out, before);
    // It only looks: a build right after makes nothing.
    assert!(site.build_soundly(NOW).report.made.is_empty());
    site.edit("content/news/2026-12-01-later.md", |text| text.replace("title", "date = 2026-12-05\ntitle"));
    assert!(schedule(&site, &[]).out.contains("  2026-12-05 00:00 Europe/Kyiv"));
}

#[test]
fn programs_get_an_object_a_line() {
    let listed = schedule(&site(), &["--format", "json"]);
    let objects: Vec<serde_json::Value> =
        listed.ended(0, &[]).out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(objects.len(), 3);
    let expected = serde_json::json!({
        "at": "2026-12-09T07:00:30Z", "local": "2026-12-09T09:00:30+02:00", "timezone": "Europe/Kyiv",
        "turn": "appears", "reason": "embargo", "file": "content/news/2026-11-01-lock.md", "title": "Locked",
    });
    assert_eq!(objects[2], expected);
    let next = schedule(&site(), &["--format", "json", "--next"]).out;
    assert_eq!(next, "{\"at\":\"2026-11-30T22:00:00Z\"}\n");
}

#[test]
fn the_next_instant_stands_alone_and_its_absence_is_an_exit_code() {
    let site = site();
    let next = schedule(&site, &["--next"]);
    assert_eq!((next.ended(0, &[]).out.as_str(), next.err.as_str()), ("2026-11-30T22:00:00Z\n", ""));
    let instant = |now| schedule(&site, &["--next", "--now", now]).out;
    // At its instant a page is public: the next one is another.
    assert_eq!(instant("2026-11-30T22:00:00Z"), "2026-12-09T07:00:30Z\n");
    let after = ["--now", "2026-12-09T07:00:30Z"];
    for asked in [&["--next"][..], &["--snippet", "cron"]] {
        let none = schedule(&site, &[asked, &after].concat());
        none.ended(
            1,
            &["nothing appears or expires after 2026-12-09 09:00:30 Europe/Kyiv (2026-12-09 07:00:30 UTC)"],
        );
        assert_eq!(none.out, "");
    }
    schedule(&site, &after).ended(0, &["nothing appears or expires"]);
}

#[test]
fn what_expires_before_it_appears_only_appears() {
    let site = Site::new().briefing(
        "news/2026-11-01-x.md",
        "title = \"X\"\nsummary = \"s\"\nembargo = 2026-12-09T09:00:00Z\nexpires = 2026-12-01",
        "Text.",
    );
    let listed = schedule(&site, &[]).out;
    assert!(!listed.contains("expires") && listed.contains("appears"), "{listed}");
}

#[test]
fn a_page_with_mistakes_is_told_and_the_others_are_listed() {
    let site = site();
    site.write("content/news/bad.md", page("title = 3", "Text."));
    let listed = schedule(&site, &[]);
    listed.ended(1, &["content/news/bad.md", "of pages with mistakes nothing is known"]);
    assert!(listed.out.contains("Later"), "{listed:?}");
}

#[test]
fn a_workflow_of_github_is_started_at_whole_minutes_and_never_early() {
    let snippet = schedule(&site(), &["--snippet", "github"]).out;
    let lines: Vec<&str> = snippet.lines().filter(|line| !line.starts_with('#')).collect();
    let expected = [
        "on:",
        "  schedule:",
        "    # 2026-11-30 22:00 UTC: content/news/2026-11-02-ends.md expires, content/news/2026-12-01-later.md appears",
        "    - cron: \"0 22 30 11 *\"",
        "    # 2026-12-09 07:01 UTC: content/news/2026-11-01-lock.md appears",
        "    - cron: \"1 7 9 12 *\"",
    ];
    assert_eq!(lines, expected);
    let one = schedule(&site(), &["--snippet", "github", "--limit", "1"]).out;
    assert!(one.contains("# One more instant is not here") && !one.contains("9 12"), "{one}");
}

#[test]
fn a_script_for_gitlab_is_one_that_the_shell_understands() {
    let site = site().briefing(
        "news/2026-12-03-it's $x.md",
        "title = \"X\"\nslug = \"x\"\nsummary = \"s\"",
        "Text.",
    );
    let snippet = schedule(&site, &["--snippet", "gitlab"]).out;
    assert!(snippet.contains("at '0 22 30 11 *' '2026-11-30 22:00 UTC: content/"), "{snippet}");
    // What would be sent, said instead.
    let script = snippet.replace("  curl ", "  printf '%s\\n' ");
    let mut shell = Command::new("sh");
    let variables = ["GITLAB_TOKEN", "CI_API_V4_URL", "CI_PROJECT_ID", "CI_DEFAULT_BRANCH"];
    shell.envs(variables.map(|name| (name, "v")));
    let mut shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = shell.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("cron=1 7 9 12 *"), "{said}");
    assert!(
        said.contains("description=2026-12-02 22:00 UTC: content/news/2026-12-03-it's $x.md appears"),
        "{said}"
    );
}

#[test]
fn a_timer_of_systemd_knows_the_second() {
    let snippet = schedule(&site(), &["--snippet", "systemd"]).out;
    let calendars: Vec<&str> = snippet.lines().filter_map(|line| line.strip_prefix("OnCalendar=")).collect();
    assert_eq!(calendars, ["2026-11-30 22:00:00 UTC", "2026-12-09 07:00:30 UTC"]);
    // Where systemd is present, it says itself what it understands.
    for calendar in calendars {
        let analysed = Command::new("systemd-analyze").args(["calendar", calendar]).output();
        assert!(analysed.is_ok_and(|output| output.status.success()) || !has_systemd(), "{calendar}");
    }
}

fn has_systemd() -> bool {
    Command::new("systemd-analyze").arg("--version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn a_crontab_has_five_fields_and_builds_in_its_year_only() {
    let snippet = schedule(&site(), &["--snippet", "cron"]).out;
    let jobs: Vec<&str> = snippet.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(jobs[0], "CRON_TZ=UTC");
    let root = site().root().parent().unwrap().display().to_string();
    for (job, fields) in jobs[1..].iter().zip(["0 22 30 11 * ", "1 7 9 12 * "]) {
        let command = job.strip_prefix(fields).unwrap();
        assert!(command.starts_with("[ \"$(date -u +\\%Y)\" = 2026 ] && cd '"), "{command}");
        assert!(command.contains(&root) && command.ends_with("' && bulletin build"), "{command}");
    }
}
