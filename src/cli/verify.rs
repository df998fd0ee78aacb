//! `bulletin verify`: whether a published site is what was published.

use clap::Args;

use super::build::counted;
use super::{Ending, Format, Surroundings, write};
use crate::deploy::sums;

/// What can be said after `bulletin verify`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The address of a site, or a folder that it was published to
    #[arg(value_name = "URL|DIR")]
    from: String,
    /// How messages are written
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
    /// Say nothing but what differs
    #[arg(long, short)]
    quiet: bool,
}

/// Compares every file with its digest in `SHA256SUMS`.
pub(super) fn run(options: &Options, surroundings: &Surroundings) -> Result<(), Ending> {
    let verified = sums::verify(&options.from, &surroundings.folder)?;
    match options.format {
        Format::Json => {
            let problems = verified
                .problems
                .iter()
                .map(|(path, why)| serde_json::json!({ "path": path, "problem": why }));
            let object =
                serde_json::json!({ "files": verified.files, "problems": problems.collect::<Vec<_>>() });
            write::out(&format!("{object}\n"));
        }
        Format::Text => {
            for (path, why) in &verified.problems {
                write::error_text(&write::plain(&format!("  {path}: {why}\n")));
            }
            if verified.problems.is_empty() && !options.quiet {
                write::out(&format!(
                    "  {} at {} as published\n",
                    counted(verified.files, "file", "files"),
                    options.from
                ));
            }
        }
    }
    if verified.problems.is_empty() { Ok(()) } else { Err(Ending::Mistakes) }
}
