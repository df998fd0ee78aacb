//! What is said while a site is watched: a line for each build, each mistake once, and when it is mended.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::progress::{Bar, Timing, Watcher};
use super::{Common, Format, Surroundings, build, write};
use crate::diagnostic::{Diagnostic, Tally, json};
use crate::engine::{Progress, Report, Stop};
use crate::preview::{Cause, Rebuilt, Teller};

/// How many changed files are named in a line.
const NAMED_MAX: usize = 3;

/// How many mistakes are drawn at a time: more would push away what somebody is looking at.
const SHOWN_MAX: usize = 20;

/// What the site that is watched is called.
#[derive(Debug, Clone)]
pub(super) struct Wording {
    /// Where it goes.
    place: String,
    /// What is said beside its address.
    address: &'static str,
    /// Whether what is held back is named at the start: in a preview it can be seen.
    held: Held,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Named,
    Shown,
}

impl Wording {
    /// For its writers.
    pub(super) fn preview() -> Self {
        let address = "(held-back pages are shown, with a label; --public shows what the public sees)";
        Self { place: "preview".to_string(), address, held: Held::Shown }
    }

    /// As everybody sees it.
    pub(super) fn public() -> Self {
        Self { place: "public view".to_string(), address: "(what the public sees)", held: Held::Named }
    }

    /// Shown nowhere.
    pub(super) fn of_folder(folder: &Path) -> Self {
        let mut place = folder.display().to_string();
        if !place.ends_with(std::path::MAIN_SEPARATOR) {
            place.push(std::path::MAIN_SEPARATOR);
        }
        Self { place, address: "", held: Held::Named }
    }
}

/// Tells whoever started the command.
pub(super) struct Live<'a> {
    /// Whether the browser is still to be opened.
    pub open: bool,
    common: &'a Common,
    surroundings: &'a Surroundings,
    wording: Wording,
    bar: Bar,
    /// The mistakes that stand.
    told: Vec<Diagnostic>,
    /// Why the last build could not be done.
    fault: Option<String>,
}

impl<'a> Live<'a> {
    /// Nothing has been said yet.
    pub(super) fn new(common: &'a Common, surroundings: &'a Surroundings, wording: Wording) -> Self {
        let bar = bar(common, surroundings);
        Self { open: false, common, surroundings, wording, bar, told: Vec::new(), fault: None }
    }

    fn speaks(&self) -> bool {
        self.common.format == Format::Text && !self.common.quiet
    }

    fn text(&mut self, rebuilt: &Rebuilt<'_>) {
        let report = rebuilt.report;
        if let (Some(notice), true) = (&report.notice, self.speaks()) {
            write::error_text(&format!("  {notice}\n"));
        }
        let seconds = rebuilt.took.as_secs_f64();
        let line = match rebuilt.cause {
            Cause::Start => {
                Some(format!("  {} → {} in {seconds:.2} s\n", build::contents(report), self.wording.place))
            }
            _ => changes(rebuilt),
        };
        if self.speaks() {
            write::out(line.as_deref().unwrap_or_default());
            if rebuilt.cause == Cause::Start && self.wording.held == Held::Named {
                write::out(&build::held_back(report, self.common.held_word()));
            }
        }
        self.mistakes(&report.diagnostics, line.as_deref());
    }

    /// For programs: all mistakes that stand, and what was done. Nothing, if nothing came of it.
    fn objects(&mut self, rebuilt: &Rebuilt<'_>) {
        let found = &rebuilt.report.diagnostics;
        if rebuilt.cause != Cause::Start && changes(rebuilt).is_none() && *found == self.told {
            return;
        }
        write::out(&json::texts(found));
        // The first build ends with the address, which says that all is there; those after it with what they did.
        let shown = rebuilt.cause == Cause::Start && !self.wording.address.is_empty();
        if !shown {
            write::out(&format!("{}\n", object(rebuilt)));
        }
        self.told = found.clone();
    }

    /// What is new among the mistakes, and what became of those that were told before; after the line about the build.
    fn mistakes(&mut self, found: &[Diagnostic], line: Option<&str>) {
        let told: BTreeSet<&Diagnostic> = self.told.iter().collect();
        let fresh = found.iter().filter(|one| !told.contains(one));
        let (fresh, more) = worst(fresh.filter(|one| one.is_error() || !self.common.quiet).collect());
        let (before, errors) = (Tally::of(&self.told).errors, Tally::of(found).errors);
        self.common.tell(&fresh, self.surroundings);
        if more > 0 {
            let count = build::counted(more, "more is", "more are");
            write::error_text(&format!("{count} not shown: `bulletin check` shows all\n"));
        }
        if fresh.iter().any(Diagnostic::is_error) {
            write::error_text("what could not be made stays as it was until this is mended\n");
        } else if errors > 0 && line.is_some() {
            let count = build::counted(errors, "error", "errors");
            write::error_text(&format!("  still {count}\n"));
        } else if errors == 0 && before > 0 && self.speaks() {
            write::out("  mended\n");
        }
        self.told = found.to_vec();
    }
}

/// As many as a terminal holds, errors before warnings, each kind in its order; and how many more there are.
fn worst(mut all: Vec<&Diagnostic>) -> (Vec<Diagnostic>, usize) {
    all.sort_by_key(|one| one.severity);
    let more = all.len().saturating_sub(SHOWN_MAX);
    (all.into_iter().take(SHOWN_MAX).cloned().collect(), more)
}

impl Teller for Live<'_> {
    fn begin(&mut self) {
        self.bar = bar(self.common, self.surroundings);
    }

    fn progress(&self) -> &dyn Progress {
        &self.bar
    }

    fn rebuilt(&mut self, rebuilt: &Rebuilt<'_>) {
        self.bar.clear();
        let recovered = self.fault.take().is_some();
        match self.common.format {
            Format::Json => {
                if recovered {
                    write::out(&format!("{}\n", serde_json::json!({ "fault": null })));
                }
                self.objects(rebuilt);
            }
            Format::Text => {
                if recovered && self.speaks() {
                    write::out("  it works again\n");
                }
                self.text(rebuilt);
            }
        }
    }

    fn failed(&mut self, stop: &Stop) {
        self.bar.clear();
        let why = stop.to_string();
        // It is tried again and again, and said once.
        if self.fault.as_ref() != Some(&why) {
            match self.common.format {
                Format::Json => write::out(&format!("{}\n", serde_json::json!({ "fault": why }))),
                Format::Text => write::error(&why),
            }
        }
        self.fault = Some(why);
    }

    fn serving(&mut self, url: &str) {
        match self.common.format {
            Format::Json => write::out(&format!("{}\n", serde_json::json!({ "serving": url }))),
            Format::Text if self.common.quiet => {}
            Format::Text => write::out(&format!("  {url:<32}  {}\n", self.wording.address)),
        }
        if std::mem::take(&mut self.open)
            && let Err(error) = open::that_detached(url)
        {
            self.notice(&format!("no browser could be opened: {error}"));
        }
    }

    fn notice(&mut self, line: &str) {
        match self.common.format {
            Format::Json => write::out(&format!("{}\n", serde_json::json!({ "notice": line }))),
            // Said even to those who want to hear little: the address is another one, or there is less than they expect.
            Format::Text => write::error_text(&format!("  {line}\n")),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how long it takes is for the reader of this line only")]
fn bar(common: &Common, surroundings: &Surroundings) -> Bar {
    let watched = surroundings.interactive && !common.quiet && common.format == Format::Text;
    Bar::new(Instant::now(), if watched { Watcher::Person } else { Watcher::Nobody }, Timing::Untold)
}

/// `  1 changed → 3 made, 2 written in 0.01 s: content/a.md`; nothing where nothing came of it.
fn changes(rebuilt: &Rebuilt<'_>) -> Option<String> {
    let report = rebuilt.report;
    let (made, removed) = (report.made.len(), report.removed.len());
    // Nothing is named where the whole folder is new.
    let written = report.replaced.len().max(report.written.map_or(0, |written| written.changed));
    if report.changed_sources == 0 && (made, written, removed) == (0, 0, 0) {
        return None;
    }
    let why = match rebuilt.cause {
        Cause::Instant(instant) if report.changed_sources == 0 => {
            format!("{} has come", local(instant, &report.timezone))
        }
        _ if report.changed_sources == 0 => "no file changed".to_string(),
        _ => format!("{} changed", report.changed_sources),
    };
    let removed = if removed > 0 { format!(", {removed} removed") } else { String::new() };
    let seconds = rebuilt.took.as_secs_f64();
    let files = files(&report.sources);
    Some(format!("  {why} → {made} made, {written} written{removed} in {seconds:.2} s{files}\n"))
}

/// `: content/a.md, content/b.md, content/c.md and 4 more`
fn files(sources: &[String]) -> String {
    let named = &sources[..sources.len().min(NAMED_MAX)];
    match sources.len() - named.len() {
        _ if named.is_empty() => String::new(),
        0 => format!(": {}", named.join(", ")),
        more => format!(": {} and {more} more", named.join(", ")),
    }
}

fn local(instant: Timestamp, timezone: &str) -> String {
    let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
    let local = instant.to_zoned_datetime(zone);
    local.strftime(if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}

/// A build for programs.
fn object(rebuilt: &Rebuilt<'_>) -> serde_json::Value {
    let report: &Report = rebuilt.report;
    let tally = Tally::of(&report.diagnostics);
    let instant = match rebuilt.cause {
        Cause::Instant(instant) => Some(instant.to_string()),
        _ => None,
    };
    serde_json::json!({ "rebuild": {
        "sources": report.sources,
        "instant": instant,
        "made": report.made.len(),
        "replaced": report.replaced.len(),
        "removed": report.removed.len(),
        "errors": tally.errors,
        "warnings": tally.warnings,
        "seconds": rebuilt.took.as_secs_f64(),
    }})
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn line(cause: Cause, report: &Report) -> Option<String> {
        changes(&Rebuilt { report, cause, took: Duration::from_millis(12) })
    }

    fn names(count: usize) -> Vec<String> {
        (1..=count).map(|number| format!("content/{number}.md")).collect()
    }

    #[test]
    fn a_build_is_one_line_that_names_a_few_files_and_what_came_of_them() {
        let report = |sources: usize| Report {
            changed_sources: sources,
            sources: names(sources),
            made: names(3),
            replaced: names(2),
            ..Report::default()
        };
        let said = |sources| line(Cause::Files, &report(sources)).unwrap_or_default();
        assert_eq!(said(1), "  1 changed → 3 made, 2 written in 0.01 s: content/1.md\n");
        assert!(said(3).ends_with(": content/1.md, content/2.md, content/3.md\n"), "{}", said(3));
        assert!(said(9).ends_with(": content/1.md, content/2.md, content/3.md and 6 more\n"), "{}", said(9));
        let gone = Report { removed: names(1), ..report(1) };
        let said = line(Cause::Files, &gone).unwrap_or_default();
        assert!(said.contains("2 written, 1 removed in"), "{said}");
    }

    #[test]
    fn a_build_without_consequences_is_not_worth_a_line() {
        assert_eq!(line(Cause::Files, &Report::default()), None);
        assert_eq!(line(Cause::Retry, &Report::default()), None);
    }

    #[test]
    fn an_instant_is_told_in_the_zone_of_the_site() {
        let report = Report { made: names(4), timezone: "Europe/Kyiv".to_string(), ..Report::default() };
        let at = |text: &str| Cause::Instant(text.parse().expect("an instant"));
        let said = |text| line(at(text), &report).unwrap_or_default();
        assert!(
            said("2026-12-01T07:00:00Z").starts_with("  09:00 has come → 4 made"),
            "{}",
            said("2026-12-01T07:00:00Z")
        );
        assert!(said("2026-12-01T07:00:05Z").starts_with("  09:00:05 has come"));
    }
}
