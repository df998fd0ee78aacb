//! What is held back, why, and until when.

use jiff::Timestamp;

use crate::catalog::Catalog;
use crate::catalog::visibility::Visibility;
use crate::source::card::OnExpiry;

/// The reasons for which something is held back.
pub(super) const REASONS: [&str; 5] = ["draft", "scheduled", "embargo", EXPIRED, WITH_PAGE];

const EXPIRED: &str = "expired";
const WITH_PAGE: &str = "held back with its page";

/// One file that is not public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The file, from the site's root.
    pub file: String,
    /// Why: `draft`, `scheduled`, `embargo`, `expired` or `held back with its page`.
    pub reason: &'static str,
    /// The instant at which it appears.
    pub appears: Option<Timestamp>,
}

/// Everything that is held back from the public, ordered by file. A preview holds back no files but pages.
pub(super) fn all(catalog: &Catalog) -> Vec<Held> {
    let mut held: Vec<Held> = Vec::new();
    for id in catalog.ids() {
        let gone = || catalog.publicly(id) == Visibility::Expired(OnExpiry::Gone);
        let (reason, appears) = match catalog.gate(id) {
            Some(gate) => (gate.word(), gate.appears().map(|moment| moment.instant)),
            None if gone() => (EXPIRED, None),
            None => continue,
        };
        held.push(Held { file: catalog.card(id).file(), reason, appears });
    }
    for (_, file) in catalog.files().iter().enumerate().filter(|(index, _)| catalog.is_held(*index)) {
        held.push(Held { file: format!("content/{file}"), reason: WITH_PAGE, appears: None });
    }
    held.sort_by(|a, b| a.file.cmp(&b.file));
    held
}
