//! `bulletin schedule`: when pages appear and expire, and what rebuilds the site then.

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::snippet::{self, Kind};
use super::{Common, Ending, Format, Surroundings, write};
use crate::diagnostic::Diagnostic;
use crate::engine::{self, Destination, Event, Schedule, Silent};

/// A snippet of more instants than this is unwieldy; it says how many are left out.
const SNIPPET_INSTANTS_MAX: usize = 20;

/// What can be said after `bulletin schedule`.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 fine, 1 mistakes in the content, or nothing is to come with --next \
    and --snippet, 2 wrong usage, 3 the machine's fault.")]
pub(super) struct Options {
    #[command(flatten)]
    common: Common,
    /// Print only the next instant, in UTC
    #[arg(long, conflicts_with_all = ["snippet", "limit"])]
    next: bool,
    /// How many instants are printed [default: all; 20 in a snippet]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Print configuration that rebuilds the site at the next instants
    #[arg(long, value_enum, value_name = "SYSTEM")]
    snippet: Option<Kind>,
}

/// Says what is to come.
pub(super) fn run(options: &Options, surroundings: &Surroundings) -> Result<(), Ending> {
    let common = &options.common;
    let request = common.request(Destination::Folder(common.output(None)), surroundings)?;
    let schedule = engine::schedule(&request, &Silent)?;
    common.tell(&schedule.diagnostics, surroundings);
    let failed = schedule.diagnostics.iter().any(Diagnostic::is_error);
    if failed && common.format == Format::Text {
        write::error_text("of pages with mistakes nothing is known: the list may lack some\n");
    }
    let Some(first) = schedule.events.first().map(|event| event.at) else {
        if common.format == Format::Text && !common.quiet {
            let now = shown(request.now, &schedule);
            write::error_text(&format!("  nothing appears or expires after {now}\n"));
        }
        let wanted = options.next || options.snippet.is_some();
        return if failed || wanted { Err(Ending::Mistakes) } else { Ok(()) };
    };
    match options.snippet {
        Some(kind) => {
            let most = options.limit.map_or(SNIPPET_INSTANTS_MAX, |limit| limit as usize);
            write::out(&snippet::text(kind, &schedule, (most, &request.root)));
        }
        None if options.next => write::out(&next(first, common.format)),
        None => {
            let most = options.limit.map_or(usize::MAX, |limit| limit as usize);
            let schedule = schedule.limited(most);
            write::out(&match common.format {
                Format::Text => list(&schedule),
                Format::Json => schedule.events.iter().map(|event| object(event, &schedule)).collect(),
            });
        }
    }
    if failed { Err(Ending::Mistakes) } else { Ok(()) }
}

fn next(instant: Timestamp, format: Format) -> String {
    match format {
        Format::Text => format!("{instant}\n"),
        Format::Json => format!("{}\n", serde_json::json!({ "at": instant.to_string() })),
    }
}

fn zone(schedule: &Schedule) -> TimeZone {
    TimeZone::get(&schedule.timezone).unwrap_or(TimeZone::UTC)
}

/// An instant in the zone of the site and in UTC; seconds only where there are some.
fn shown(instant: Timestamp, schedule: &Schedule) -> String {
    let local = instant.to_zoned_datetime(zone(schedule));
    let format = if local.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    let utc = instant.to_zoned_datetime(TimeZone::UTC).strftime(format).to_string();
    if schedule.timezone == "UTC" {
        return format!("{utc} UTC");
    }
    format!("{} {} ({utc} UTC)", local.strftime(format), schedule.timezone)
}

fn list(schedule: &Schedule) -> String {
    let mut text = String::new();
    let mut last = None;
    for event in &schedule.events {
        if last.replace(event.at) != Some(event.at) {
            text.push_str(&format!("  {}\n", shown(event.at, schedule)));
        }
        let title = if event.title.is_empty() { String::new() } else { format!(": {}", event.title) };
        let (word, reason) = (event.turn.word(), event.turn.reason());
        text.push_str(&format!("    {word}  {}{title} ({reason})\n", event.file));
    }
    text
}

fn object(event: &Event, schedule: &Schedule) -> String {
    let local = event.at.to_zoned_datetime(zone(schedule));
    let object = serde_json::json!({
        "at": event.at.to_string(),
        "local": local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        "timezone": schedule.timezone,
        "turn": event.turn.word(),
        "reason": event.turn.reason(),
        "file": event.file,
        "title": event.title,
    });
    format!("{object}\n")
}
