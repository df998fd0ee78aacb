//! The mistakes that a build would find, found without writing anything.

use std::collections::BTreeSet;

use super::spelling::spelling;
use crate::diagnostic;
use crate::engine::{self, Destination, Progress, Report, Request, Stop};

/// Makes everything, held-back pages included, into nothing: the report holds every mistake, and beside what a build says
/// the spellings that the desk does not use.
///
/// # Errors
/// When the site cannot be read, or the machine fails.
pub fn mistakes(request: &Request, progress: &dyn Progress) -> Result<Report, Stop> {
    let mut report =
        engine::run(&Request { destination: Destination::Nowhere, ..request.clone() }, progress)?;
    // Where there are errors, a text may not be what it will be.
    if !report.failed() {
        let read = || engine::rehearse(request, &BTreeSet::new(), progress, |site| Ok(spelling(site)?));
        report.diagnostics.extend(engine::on_threads(request, read)?);
        report.diagnostics = diagnostic::sorted(report.diagnostics);
    }
    Ok(report)
}
