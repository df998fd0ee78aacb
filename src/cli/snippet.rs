//! Configuration for others that rebuilds a site when a page appears or expires: for CI services, timers and cron.
//!
//! Knows the formats of those systems, and nothing of pages but when they turn.

use std::path::Path;

use clap::ValueEnum;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use crate::engine::Schedule;

/// Whose configuration it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// GitHub Actions: triggers of a workflow.
    Github,
    /// GitLab: a script that makes pipeline schedules.
    Gitlab,
    /// systemd: a timer and its service.
    Systemd,
    /// A crontab.
    Cron,
}

/// An instant at which a site has to be built, and what happens then.
struct Due {
    at: ZonedDateTime,
    why: String,
}

impl Due {
    /// `minute hour day month *`, in UTC.
    fn cron(&self) -> String {
        let at = &self.at;
        format!("{} {} {} {} *", at.minute(), at.hour(), at.day(), at.month())
    }

    /// For people.
    fn minute(&self) -> String {
        self.at.strftime("%Y-%m-%d %H:%M UTC").to_string()
    }
}

/// The configuration for the next `most` instants, for the site in the folder `root`.
pub(super) fn text(kind: Kind, schedule: &Schedule, (most, root): (usize, &Path)) -> String {
    let all = schedule.instants().len();
    let limited = schedule.clone().limited(most);
    let left_out = match all.saturating_sub(most) {
        0 => String::new(),
        1 => "# One more instant is not here: print this again after the last of these.\n".to_string(),
        more => format!("# {more} more instants are not here: print this again after the last of these.\n"),
    };
    let (seconds, minutes) = (SignedDuration::from_secs(1), SignedDuration::from_mins(1));
    let root = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let root = root.display().to_string();
    match kind {
        Kind::Github => github(&due(&limited, minutes), &left_out),
        Kind::Gitlab => gitlab(&due(&limited, minutes), &left_out),
        Kind::Systemd => systemd(&due(&limited, seconds), (&left_out, &root)),
        Kind::Cron => cron(&due(&limited, minutes), (&left_out, &root)),
    }
}

/// When to build, in steps that the system knows: never before the page turns.
fn due(schedule: &Schedule, step: SignedDuration) -> Vec<Due> {
    let mut all: Vec<Due> = Vec::new();
    for event in &schedule.events {
        let at = up(event.at, step).to_zoned_datetime(TimeZone::UTC);
        let why = format!("{} {}", printable(&event.file), event.turn.word());
        match all.last_mut().filter(|last| last.at == at) {
            Some(last) => last.why.push_str(&format!(", {why}")),
            None => all.push(Due { at, why }),
        }
    }
    all
}

/// The first instant in whole steps that is not before this one.
fn up(instant: Timestamp, step: SignedDuration) -> Timestamp {
    let (at, step) = (instant.as_nanosecond(), step.as_nanos());
    let whole = at.div_euclid(step) + i128::from(at.rem_euclid(step) != 0);
    Timestamp::from_nanosecond(whole * step).unwrap_or(instant)
}

/// A comment ends where the line ends.
fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '?' } else { character }).collect()
}

fn github(due: &[Due], left_out: &str) -> String {
    let lines = due.iter().map(|due| {
        let (why, minute) = (&due.why, due.minute());
        format!("    # {minute}: {why}\n    - cron: \"{}\"\n", due.cron())
    });
    format!(
        "# Put this into the workflow of the default branch that builds and publishes the site.\n\
         # GitHub may start a run some minutes late, never early. Cron knows no year: a line that is left in\n\
         # place builds again a year later, which does no harm. Print this anew when dates change.\n\
         {left_out}on:\n  schedule:\n{}",
        lines.collect::<String>()
    )
}

fn gitlab(due: &[Due], left_out: &str) -> String {
    let lines = due.iter().map(|due| {
        let description = quoted(&format!("{}: {}", due.minute(), due.why));
        format!("at '{}' {description}\n", due.cron())
    });
    format!(
        "#!/bin/sh\n\
         # GitLab keeps schedules outside of the repository: this makes them. It needs the address of the API\n\
         # (CI_API_V4_URL, such as https://gitlab.com/api/v4), the number of the project (CI_PROJECT_ID), its branch\n\
         # (CI_DEFAULT_BRANCH) and a token with the scope `api` (GITLAB_TOKEN). The job that publishes the site must run\n\
         # for schedules too: `rules: [{{ if: $CI_PIPELINE_SOURCE == \"schedule\" }}]`. Cron knows no year: delete a\n\
         # schedule that has run, or it builds again a year later, which does no harm.\n\
         {left_out}set -eu\n\
         at() {{\n  \
           curl --fail --silent --show-error --output /dev/null --request POST \\\n    \
             --header \"PRIVATE-TOKEN: $GITLAB_TOKEN\" \\\n    \
             --data-urlencode \"cron=$1\" --data-urlencode \"cron_timezone=UTC\" \\\n    \
             --data-urlencode \"description=$2\" --data-urlencode \"ref=$CI_DEFAULT_BRANCH\" \\\n    \
             \"$CI_API_V4_URL/projects/$CI_PROJECT_ID/pipeline_schedules\"\n\
         }}\n{}",
        lines.collect::<String>()
    )
}

fn systemd(due: &[Due], (left_out, root): (&str, &str)) -> String {
    let lines = due
        .iter()
        .map(|due| format!("# {}\nOnCalendar={}\n", due.why, due.at.strftime("%Y-%m-%d %H:%M:%S UTC")));
    // A per cent sign begins a specifier.
    let root = root.replace('%', "%%");
    format!(
        "# ~/.config/systemd/user/bulletin.timer: print it anew when dates change, then\n\
         # systemctl --user daemon-reload && systemctl --user enable bulletin.timer && systemctl --user restart bulletin.timer\n\
         {left_out}[Unit]\nDescription=Build the site when a page appears or expires\n\n\
         [Timer]\n{}AccuracySec=1s\nPersistent=true\n\n\
         [Install]\nWantedBy=timers.target\n\n\
         # ~/.config/systemd/user/bulletin.service: a file of its own. Where site.toml says where the site\n\
         # goes, write `bulletin deploy` in place of `bulletin build`; else what publishes it is another ExecStart.\n\
         # [Unit]\n# Description=Build the site\n#\n\
         # [Service]\n# Type=oneshot\n# WorkingDirectory={root}\n# ExecStart=/usr/bin/env bulletin build\n",
        lines.collect::<String>()
    )
}

fn cron(due: &[Due], (left_out, root): (&str, &str)) -> String {
    // Cron reads an unescaped per cent sign as the end of the command.
    let root = quoted(root).replace('%', "\\%");
    let lines = due.iter().map(|due| {
        let (cron, year) = (due.cron(), due.at.year());
        format!(
            "# {}: {}\n{cron} [ \"$(date -u +\\%Y)\" = {year} ] && cd {root} && bulletin build\n",
            due.minute(),
            due.why
        )
    });
    format!(
        "# Lines for `crontab -e`: print them anew when dates change. The times are UTC. A cron that does not know\n\
         # CRON_TZ (Debian's, BusyBox's, macOS's) takes them for the zone of the machine, which must then be UTC.\n\
         # Where site.toml says where the site goes, write `bulletin deploy` in place of `bulletin build`; else what\n\
         # publishes it goes behind. Cron's PATH is short, so that the full path of bulletin may be needed.\n\
         {left_out}CRON_TZ=UTC\n{}",
        lines.collect::<String>()
    )
}

/// A text as the shell takes it word for word.
fn quoted(text: &str) -> String {
    format!("'{}'", printable(text).replace('\'', "'\\''"))
}
