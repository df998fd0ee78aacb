//! What is held back, why, and until when.

use jiff::Timestamp;

use crate::catalog::Catalog;
use crate::catalog::visibility::Visibility;
use crate::source::card::OnExpiry;

/// The reasons for which something is held back.
pub(super) const REASONS: [&str; 5] = [DRAFT, SCHEDULED, EMBARGO, EXPIRED, WITH_PAGE];

const DRAFT: &str = "draft";
const SCHEDULED: &str = "scheduled";
const EMBARGO: &str = "embargo";
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

/// Everything that is held back, ordered by file.
pub(super) fn all(catalog: &Catalog) -> Vec<Held> {
    let mut held: Vec<Held> = Vec::new();
    for id in catalog.ids() {
        let card = catalog.card(id);
        let (reason, appears) = match catalog.publicly(id) {
            Visibility::Draft => (DRAFT, None),
            Visibility::Scheduled(instant) => {
                let embargo = card.embargo.is_some_and(|embargo| embargo.instant == instant);
                (if embargo { EMBARGO } else { SCHEDULED }, Some(instant))
            }
            Visibility::Expired(OnExpiry::Gone) => (EXPIRED, None),
            Visibility::Public | Visibility::Expired(_) => continue,
        };
        held.push(Held { file: card.file(), reason, appears });
    }
    for (_, file) in catalog.files().iter().enumerate().filter(|(index, _)| catalog.is_held(*index)) {
        held.push(Held { file: format!("content/{file}"), reason: WITH_PAGE, appears: None });
    }
    held.sort_by(|a, b| a.file.cmp(&b.file));
    held
}
