//! Offices that somebody held: which there are, in which order they are shown, and which one it was on a day.
//!
//! The page of a person and the attribution of a quotation both ask here, so that they cannot disagree.

use std::cmp::Reverse;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::moment::Moment;
use crate::table::View;

/// An office, and the days on which it began and ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// What it is called.
    pub title: String,
    /// Its first day.
    pub from: Option<Moment>,
    /// Its last day; none while it is held.
    pub to: Option<Moment>,
}

/// The offices of a front matter: those that are held first, then the others, the latest first. What is wrong in them
/// reads as absent.
pub(super) fn offices(view: &View<'_>, zone: &TimeZone) -> Vec<Office> {
    let moment =
        |of: &View<'_>, name: &str| of.moment(name).and_then(|(value, _)| Moment::read(value, zone).ok());
    let office = |of: View<'_>| {
        Some(Office {
            title: of.text("title")?.to_string(),
            from: moment(&of, "from"),
            to: moment(&of, "to"),
        })
    };
    let mut all: Vec<Office> = view.tables("roles").filter_map(office).collect();
    all.sort_by_key(|office| (office.to.is_some(), Reverse(office.from.map(|from| from.day))));
    all
}

/// The office that was held on a day: of several the one that is shown first.
pub fn held_on(offices: &[Office], day: Date) -> Option<&Office> {
    let held = |office: &&Office| {
        office.from.is_none_or(|from| from.day <= day) && office.to.is_none_or(|to| day <= to.day)
    };
    offices.iter().find(held)
}
