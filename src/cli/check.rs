//! `bulletin check`: what is wrong with a site, without a file written. Each family of checks is a function here over
//! one in the room `check`; they run in turn, and the first that finds an error is the last.

use std::time::Instant;

use clap::Args;

use super::against::{self, Repairs};
use super::build::{contents, counted};
use super::progress::{Bar, Timing, Watcher};
use super::{Common, Ending, Format, Surroundings, write};
use crate::check::{self, Proof};
use crate::diagnostic::Tally;
use crate::engine::{Destination, Profile, Report, Request};

/// What can be said after `bulletin check`.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    common: Common,
    /// Prove that nothing of what is held back shows in any output
    #[arg(long)]
    embargo: bool,
    /// Compare with what was published: a record.json, an output folder, or the address of the site
    #[arg(long, value_name = "FILE|DIR|URL")]
    against: Option<String>,
    /// Write into the front matter what mends a changed address or id
    #[arg(long, requires = "against")]
    fix: bool,
}

/// Checks what was asked for, and says what was found.
pub(super) fn run(options: &Options, surroundings: &Surroundings) -> Result<(), Ending> {
    let common = &options.common;
    let request = common.request(Destination::Nowhere, surroundings)?;
    #[expect(clippy::disallowed_methods, reason = "a bar that shows how far a long check is")]
    let started = Instant::now();
    let watched = surroundings.interactive && !common.quiet && common.format == Format::Text;
    let bar = Bar::new(started, if watched { Watcher::Person } else { Watcher::Nobody }, Timing::Untold);
    if options.embargo {
        embargo(&request, (common, surroundings), &bar)?;
    }
    if let Some(from) = &options.against {
        let repairs = if options.fix { Repairs::Written } else { Repairs::Proposed };
        return against::run(&request, (from, repairs), (common, surroundings), &bar);
    }
    if options.embargo {
        return Ok(());
    }
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

/// Tells what leaks, or that nothing does.
fn embargo(
    request: &Request,
    (common, surroundings): (&Common, &Surroundings),
    bar: &Bar,
) -> Result<(), Ending> {
    if request.profile == Profile::Preview {
        let why = "a preview shows what is held back: leave out --profile preview, or --embargo";
        return Err(Ending::Usage(why.to_string()));
    }
    let proof = check::embargo(request, bar);
    bar.clear();
    let proof = proof?;
    common.tell(&proof.diagnostics, surroundings);
    match common.format {
        Format::Json => {
            let Tally { errors, .. } = Tally::of(&proof.diagnostics);
            let object =
                serde_json::json!({ "held_back": proof.held, "compared": proof.compared, "leaks": errors });
            write::out(&format!("{object}\n"));
        }
        Format::Text if common.quiet => {}
        Format::Text if proof.failed() && proof.compared == 0 => {
            write::error_text("nothing was proved: mend these first\n");
        }
        Format::Text if proof.failed() => {}
        Format::Text => write::out(&proven(&proof)),
    }
    if proof.failed() { Err(Ending::Mistakes) } else { Ok(()) }
}

/// `  3 held back, 412 files compared, nothing leaks`
fn proven(proof: &Proof) -> String {
    let files = counted(proof.compared, "file", "files");
    match proof.held.len() {
        0 => format!("  nothing is held back, so nothing can leak ({files})\n"),
        held => format!("  {held} held back, {files} compared, nothing leaks\n"),
    }
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
