//! A desk that publishes: a small site, and `bulletin deploy` as it is typed.
//!
//! Knows no host.

use std::process::Command;

use super::{NOW, PROGRAM, Ran, Site, ran};

/// One of the briefings.
pub const CALL: &str = "content/news/2026-01-02-call.md";
/// Stands in the environment of each run, and in nothing that is said.
pub const SECRET: &str = "hunter2-hunter2";

/// Three briefings, and a place to publish them to: the lines of `[deploy.production]`.
pub fn desk(deployment: &str) -> Site {
    let site = Site::new()
        .plain_theme()
        .settings(&format!("[deploy.production]\n{deployment}"))
        .file("themes/plain/assets/main.css", "p { color: red }\n")
        .briefing(
            "news/2026-01-02-call.md",
            "title = \"Call\"\nid = \"call\"\nsummary = \"s\"",
            "They spoke.",
        )
        .briefing(
            "news/2026-01-03-grid.md",
            "title = \"Grid\"\nid = \"grid\"\nsummary = \"s\"",
            "Power is back.",
        )
        .briefing(
            "news/2026-01-04-port.md",
            "title = \"Port\"\nid = \"port\"\nsummary = \"s\"",
            "Ships wait.",
        );
    site.edit("site.toml", |text| text.replace("https://example.org/", "https://desk.test/"));
    site
}

/// `bulletin deploy` with these arguments.
pub fn command(site: &Site, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg("deploy").arg("--root").arg(site.root()).args(["--now", NOW]).args(arguments);
    command.current_dir(site.root()).env_remove("BULLETIN_BASE_URL").env("DESK_PASSWORD", SECRET);
    command
}

/// Deploys; whatever is said, no secret is.
pub fn deploy(site: &Site, arguments: &[&str]) -> Ran {
    let ran = ran(&mut command(site, arguments));
    assert!(!ran.out.contains(SECRET) && !ran.err.contains(SECRET), "{ran:?}");
    ran
}

/// Changes what one briefing says, with a word about it.
pub fn corrected(site: &Site) {
    site.edit(CALL, |text| {
        let entry = "[[corrections]]\ndate = 2026-02-01\nkind = \"correction\"\ntext = \"They wrote.\"\n+++";
        text.replacen("They spoke.", "They wrote.", 1).replacen("\n+++\n", &format!("\n{entry}\n"), 1)
    });
}
