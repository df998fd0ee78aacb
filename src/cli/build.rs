//! `bulletin build`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use jiff::tz::TimeZone;

use super::progress::Bar;
use super::{Common, Ending, Format, Surroundings, write};
use crate::engine::{self, Destination, Held, Report, Silent};
use crate::source::path::TermKind;

/// What can be said after `bulletin build`.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    common: Common,
    /// Where the site goes, relative to its folder
    #[arg(long, short, value_name = "DIR", default_value = "public")]
    output: PathBuf,
}

/// Makes the site and says what was made.
pub(super) fn run(options: &Options, surroundings: &Surroundings) -> Result<(), Ending> {
    let common = &options.common;
    let request = common.request(Destination::Folder(options.output.clone()), surroundings)?;
    #[expect(clippy::disallowed_methods, reason = "how long it took is for the reader of this line only")]
    let started = Instant::now();
    let report = if surroundings.interactive && !common.quiet && common.format == Format::Text {
        let bar = Bar::new(started);
        let report = engine::run(&request, &bar);
        bar.clear();
        report?
    } else {
        engine::run(&request, &Silent)?
    };
    common.tell(&report.diagnostics, surroundings);
    if report.failed() {
        let kept = "nothing was written; the last good output is as it was\n";
        if common.format == Format::Text {
            write::error_text(kept);
        }
        return Err(Ending::Mistakes);
    }
    if common.format == Format::Json {
        write::out(&format!("{}\n", object(&report)));
    } else if !common.quiet {
        write::out(&summary(&report, &options.output, started.elapsed().as_secs_f64()));
        write::out(&held_back(&report));
    }
    Ok(())
}

/// The report of a build for programs: the last line, and the only object with `pages`.
fn object(report: &Report) -> serde_json::Value {
    let held = |held: &Held| {
        let appears = held.appears.map(|instant| instant.to_string());
        serde_json::json!({ "file": held.file, "reason": held.reason, "appears": appears })
    };
    let written = report.written.unwrap_or_default();
    serde_json::json!({
        "pages": report.pages,
        "terms": report.terms.iter().map(|(kind, count)| (kind.folder(), *count)).collect::<BTreeMap<_, _>>(),
        "held_back": report.held.iter().map(held).collect::<Vec<_>>(),
        "files": written.files,
        "changed": written.changed,
        "removed": written.removed,
    })
}

/// `  412 pages, 19 topics, 3 series → public/ in 0.04 s`
fn summary(report: &Report, output: &std::path::Path, seconds: f64) -> String {
    let mut parts = vec![counted(report.pages, "page", "pages")];
    for (kind, count) in report.terms.iter().filter(|(_, count)| *count > 0) {
        let (one, many) = match kind {
            TermKind::Topic => ("topic", "topics"),
            TermKind::Person => ("person", "people"),
            TermKind::Organisation => ("organisation", "organisations"),
            TermKind::Place => ("place", "places"),
            TermKind::Series => ("series", "series"),
        };
        parts.push(counted(*count, one, many));
    }
    let shown = output.display().to_string();
    let slash = if shown.ends_with(std::path::MAIN_SEPARATOR) { "" } else { std::path::MAIN_SEPARATOR_STR };
    let changes = report.written.map_or(String::new(), |written| match (written.changed, written.removed) {
        (0, 0) => " (nothing changed)".to_string(),
        (changed, 0) if changed == written.files => String::new(),
        (changed, 0) => format!(" ({changed} written)"),
        (changed, removed) => format!(" ({changed} written, {removed} removed)"),
    });
    format!("  {} → {shown}{slash}{changes} in {seconds:.2} s\n", parts.join(", "))
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What is not public, and when it will be.
fn held_back(report: &Report) -> String {
    let zone = TimeZone::get(&report.timezone).unwrap_or(TimeZone::UTC);
    let line = |held: &Held| {
        let when = held.appears.map(|instant| {
            let local = instant.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
            format!(", appears {local} {}", report.timezone)
        });
        format!("  held back: {} ({}{})\n", held.file, held.reason, when.unwrap_or_default())
    };
    report.held.iter().map(line).collect()
}
