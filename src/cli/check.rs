//! `bulletin check`: what is wrong with a site, without a file written. Each family of checks is a function here over
//! one in the room `check`; they run in turn, and the first that finds an error is the last.

use std::time::Instant;

use clap::Args;

use super::build::contents;
use super::progress::{Bar, Timing, Watcher};
use super::{Common, Ending, Format, Surroundings, write};
use crate::check;
use crate::diagnostic::Tally;
use crate::engine::{Destination, Report, Request};

/// What can be said after `bulletin check`.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    common: Common,
}

/// Checks what was asked for, and says what was found.
pub(super) fn run(options: &Options, surroundings: &Surroundings) -> Result<(), Ending> {
    let common = &options.common;
    let request = common.request(Destination::Nowhere, surroundings)?;
    #[expect(clippy::disallowed_methods, reason = "a bar that shows how far a long check is")]
    let started = Instant::now();
    let watched = surroundings.interactive && !common.quiet && common.format == Format::Text;
    let bar = Bar::new(started, if watched { Watcher::Person } else { Watcher::Nobody }, Timing::Untold);
    mistakes(&request, (common, surroundings), &bar)
}

/// Tells every mistake that a build would find.
fn mistakes(
    request: &Request,
    (common, surroundings): (&Common, &Surroundings),
    bar: &Bar,
) -> Result<(), Ending> {
    let report = check::mistakes(request, bar);
    bar.clear();
    let report = report?;
    common.tell(&report.diagnostics, surroundings);
    match common.format {
        Format::Json => write::out(&format!("{}\n", object(&report))),
        Format::Text if common.quiet || report.failed() => {}
        Format::Text => {
            write::out(&format!("  {}: {}\n", contents(&report), Tally::of(&report.diagnostics)));
        }
    }
    if report.failed() { Err(Ending::Mistakes) } else { Ok(()) }
}

/// The report for programs: the last line, and the only object with `pages`.
fn object(report: &Report) -> serde_json::Value {
    let Tally { errors, warnings } = Tally::of(&report.diagnostics);
    serde_json::json!({
        "pages": report.pages,
        "held_back": report.held.len(),
        "errors": errors,
        "warnings": warnings,
    })
}
