//! `bulletin build`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use jiff::tz::TimeZone;

use super::progress::{Bar, Timing, Watcher};
use super::{Common, Ending, Format, Surroundings, timings, write};
use crate::engine::{self, Destination, Held, Report, Request, Written};
use crate::source::path::TermKind;

/// What can be said after `bulletin build`.
#[derive(Debug, Args)]
#[cfg_attr(feature = "serve", command(mut_arg("poll", |poll| poll.requires("watch"))))]
pub(super) struct Options {
    #[command(flatten)]
    common: Common,
    /// Where the site goes, relative to its folder [default: public, or .bulletin/preview for a preview]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Compare the result with a clean build, byte for byte
    #[arg(long)]
    verify: bool,
    /// Say what took how long
    #[arg(long)]
    timings: bool,
    /// Make the site again whenever something changes, until the command is ended
    #[cfg(feature = "serve")]
    #[arg(long, conflicts_with_all = ["verify", "timings"])]
    watch: bool,
    #[cfg(feature = "serve")]
    #[command(flatten)]
    polling: super::serve::Polling,
}

/// Makes the site and says what was made.
pub(super) fn run(options: &Options, surroundings: &Surroundings) -> Result<(), Ending> {
    let common = &options.common;
    let output = common.output(options.output.as_deref());
    let request = common.request(Destination::Folder(output.clone()), surroundings)?;
    #[cfg(feature = "serve")]
    if options.watch {
        return super::serve::watch(request, options.polling, common, surroundings);
    }
    #[expect(clippy::disallowed_methods, reason = "how long it took is for the reader of this line only")]
    let started = Instant::now();
    let watched = surroundings.interactive && !common.quiet && common.format == Format::Text;
    let watcher = if watched { Watcher::Person } else { Watcher::Nobody };
    let bar = Bar::new(started, watcher, if options.timings { Timing::Told } else { Timing::Untold });
    let report = engine::run(&request, &bar);
    bar.clear();
    let report = report?;
    if let (Some(notice), Format::Text, false) = (&report.notice, common.format, common.quiet) {
        write::error_text(&format!("  {notice}\n"));
    }
    common.tell(&report.diagnostics, surroundings);
    if report.failed() {
        let kept = "nothing was written; the last good output is as it was\n";
        if common.format == Format::Text {
            write::error_text(kept);
        }
        return Err(Ending::Mistakes);
    }
    let seconds = started.elapsed().as_secs_f64();
    if common.format == Format::Json {
        write::out(&format!("{}\n", object(&report, options)));
    } else if !common.quiet {
        write::out(&summary(&report, &output, seconds));
        write::out(&held_back(&report, common.held_word()));
    }
    if let (true, Format::Text, Some(timings)) = (options.timings, common.format, &report.timings) {
        write::out(&timings::table(timings));
    }
    if options.verify { verified(options, &request, &bar) } else { Ok(()) }
}

/// Compares what was built with a clean build.
fn verified(options: &Options, request: &Request, bar: &Bar) -> Result<(), Ending> {
    let differences = engine::verify(request, bar);
    bar.clear();
    let differences = differences?;
    let said = options.common.format == Format::Text && !options.common.quiet;
    if differences.is_empty() {
        let files = counted(differences.compared, "file", "files");
        let equal = if differences.compared == 1 { "equals that" } else { "equal those" };
        if said {
            let foreign = match differences.foreign {
                0 => String::new(),
                count => {
                    format!("; {} there that Bulletin did not write", counted(count, "file is", "files are"))
                }
            };
            write::out(&format!("  verified: {files} {equal} of a clean build{foreign}\n"));
        }
        return Ok(());
    }
    let line = |what: &str, path: &String| format!("  {what}: {path}\n");
    let mut all: String = differences.differ.iter().map(|path| line("differs", path)).collect();
    all.extend(differences.extra.iter().map(|path| line("is too much", path)));
    let output = options.common.output(options.output.as_deref());
    let output = output.display();
    Err(Ending::Fault(format!(
        "{output} is not what a clean build makes\n{all}  delete the folder .bulletin and build again; and please report it: this must not happen"
    )))
}

/// The report of a build for programs: the last line, and the only object with `pages`.
fn object(report: &Report, options: &Options) -> serde_json::Value {
    let held = |held: &Held| {
        let appears = held.appears.map(|instant| instant.to_string());
        serde_json::json!({ "file": held.file, "reason": held.reason, "appears": appears })
    };
    let written = report.written.unwrap_or_default();
    let timings = report.timings.as_ref().filter(|_| options.timings);
    serde_json::json!({
        "pages": report.pages,
        "terms": report.terms.iter().map(|(kind, count)| (kind.folder(), *count)).collect::<BTreeMap<_, _>>(),
        "held_back": report.held.iter().map(held).collect::<Vec<_>>(),
        "files": written.files,
        "changed": written.changed,
        "removed": written.removed,
        "sources_changed": report.changed_sources,
        "made": report.made.len(),
        "notice": report.notice,
        "timings": timings.map(timings::object),
    })
}

/// `412 pages, 19 topics, 3 series`
pub(super) fn contents(report: &Report) -> String {
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
    parts.join(", ")
}

/// `  412 pages, 19 topics, 3 series → public/ in 0.04 s`
fn summary(report: &Report, output: &std::path::Path, seconds: f64) -> String {
    let shown = output.display().to_string();
    let slash = if shown.ends_with(std::path::MAIN_SEPARATOR) { "" } else { std::path::MAIN_SEPARATOR_STR };
    let written = report.written.unwrap_or_default();
    if report.warm && (written.changed, written.removed, report.made.len()) != (0, 0, 0) {
        return changes(report, written, seconds);
    }
    let changes = match (written.changed, written.removed) {
        (0, 0) => " (nothing changed)".to_string(),
        (changed, 0) if changed == written.files => String::new(),
        (changed, 0) => format!(" ({changed} written)"),
        (changed, removed) => format!(" ({changed} written, {removed} removed)"),
    };
    format!("  {} → {shown}{slash}{changes} in {seconds:.2} s\n", contents(report))
}

/// `  1 changed → 3 made, 2 written in 0.31 s`
fn changes(report: &Report, written: Written, seconds: f64) -> String {
    let removed = if written.removed > 0 { format!(", {} removed", written.removed) } else { String::new() };
    let (changed, made) = (report.changed_sources, report.made.len());
    // A moment that passed, or an output that somebody took away.
    let changed = if changed == 0 { "no file".to_string() } else { changed.to_string() };
    format!("  {changed} changed → {made} made, {} written{removed} in {seconds:.2} s\n", written.changed)
}

/// A number and its noun.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What is not public, and when it will be.
pub(super) fn held_back(report: &Report, word: &str) -> String {
    let zone = TimeZone::get(&report.timezone).unwrap_or(TimeZone::UTC);
    let line = |held: &Held| {
        let when = held.appears.map(|instant| {
            let local = instant.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
            format!(", appears {local} {}", report.timezone)
        });
        format!("  {word}: {} ({}{})\n", held.file, held.reason, when.unwrap_or_default())
    };
    report.held.iter().map(line).collect()
}
