//! The mistakes that a build would find, found without writing anything.

use crate::engine::{self, Destination, Progress, Report, Request, Stop};

/// Makes everything, held-back pages included, into nothing: the report holds every mistake.
///
/// # Errors
/// When the site cannot be read, or the machine fails.
pub fn mistakes(request: &Request, progress: &dyn Progress) -> Result<Report, Stop> {
    engine::run(&Request { destination: Destination::Nowhere, ..request.clone() }, progress)
}
