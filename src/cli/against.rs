//! `bulletin check --against`: what changed without a word since the site was published; with `--fix`, what a line of
//! front matter mends is written.

use std::fs;
use std::path::Path;

use super::progress::Bar;
use super::{Common, Ending, Format, Surroundings, write};
use crate::check::{self, Amendment, Comparison, Repair, Unread};
use crate::diagnostic::Tally;
use crate::engine::{Profile, Request};

/// What becomes of repairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repairs {
    /// They are proposed.
    Proposed,
    /// They are written into the files.
    Written,
}

impl From<Unread> for Ending {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Absent(why) | Unread::Refused(why) => Self::Usage(why),
            Unread::Fault(why) => Self::Fault(why),
        }
    }
}

/// Compares the site with the record that `from` names, and says what was found.
pub(super) fn run(
    request: &Request,
    (from, repairs): (&str, Repairs),
    (common, surroundings): (&Common, &Surroundings),
    bar: &Bar,
) -> Result<(), Ending> {
    if request.profile == Profile::Preview {
        let why = "a preview is never published: leave out --profile preview, or --against";
        return Err(Ending::Usage(why.to_string()));
    }
    let published = check::read_published(from, &surroundings.folder)?;
    let compare = || {
        let comparison = check::against(request, &published, bar);
        bar.clear();
        comparison
    };
    let mut comparison = compare()?;
    let mut written = Vec::new();
    if repairs == Repairs::Written && !comparison.repairs.is_empty() {
        written = repaired(&request.root, comparison.repairs)?;
        comparison = compare()?;
    }
    common.tell(&comparison.diagnostics, surroundings);
    tell(&comparison, &written, (common, from));
    if comparison.failed() { Err(Ending::Mistakes) } else { Ok(()) }
}

fn tell(comparison: &Comparison, written: &[Repair], (common, from): (&Common, &str)) {
    match common.format {
        Format::Json => {
            let Tally { errors, .. } = Tally::of(&comparison.diagnostics);
            let fixed: Vec<_> = written.iter().map(object).collect();
            let object = serde_json::json!({
                "published": comparison.published, "findings": errors, "fixed": fixed
            });
            write::out(&format!("{object}\n"));
        }
        Format::Text => {
            for repair in written {
                write::out(&format!("  {}: wrote {}\n", repair.file, line(&repair.amendment)));
            }
            if !common.quiet && !comparison.failed() {
                let count = super::build::counted(comparison.published, "briefing", "briefings");
                write::out(&format!("  {count} on record at {from}: nothing changed without a word\n"));
            }
        }
    }
}

fn line(amendment: &Amendment) -> String {
    match amendment {
        Amendment::Alias(path) => format!("aliases = [\"{path}\"]"),
        Amendment::Id(id) => format!("id = \"{id}\""),
    }
}

fn object(repair: &Repair) -> serde_json::Value {
    let (key, value) = match &repair.amendment {
        Amendment::Alias(path) => ("aliases", path),
        Amendment::Id(id) => ("id", id),
    };
    serde_json::json!({ "file": repair.file, "key": key, "value": value })
}

/// Writes repairs into the files; returns those that could be written.
fn repaired(root: &Path, repairs: Vec<Repair>) -> Result<Vec<Repair>, Ending> {
    let mut written = Vec::new();
    for repair in repairs {
        let place = root.join(&repair.file);
        let fault = |error: std::io::Error| Ending::Fault(format!("cannot mend {}: {error}", repair.file));
        let text = fs::read_to_string(&place).map_err(fault)?;
        let Some(text) = repair.applied(&text) else { continue };
        // Beside its place and renamed, so that nobody ever finds half of it.
        let meta = fs::symlink_metadata(&place).map_err(fault)?;
        if meta.is_symlink() {
            return Err(Ending::Usage(format!("{} is a link: mend the file that it leads to", repair.file)));
        }
        let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let draft = place.with_file_name(format!(".{name}.amended"));
        let write = || -> std::io::Result<()> {
            let mut file = fs::File::create_new(&draft)?;
            std::io::Write::write_all(&mut file, text.as_bytes())?;
            fs::set_permissions(&draft, meta.permissions())?;
            fs::rename(&draft, &place)
        };
        write().map_err(fault)?;
        written.push(repair);
    }
    Ok(written)
}
