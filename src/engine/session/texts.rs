//! A build after which nothing but texts is different: only what holds them is looked at.

use super::Run;
use super::state::State;
use crate::engine::Stop;
use crate::engine::report::Report;
use crate::engine::timings::Stages;
use crate::source::tree::Looked;

impl State {
    /// Brings up to date what holds the texts of these files; none if more may have changed.
    pub(super) fn texts(
        &mut self,
        _: Run<'_>,
        _: &Looked,
        _: &mut Stages<'_>,
    ) -> Result<Option<Report>, Stop> {
        Ok(None)
    }
}
