//! Who may see a page at the instant of the build. Decided once per page, before anything is counted or listed.
//!
//! The only place that knows that a preview shows what is held back: to everything after it, such a page is like any other.

use jiff::Timestamp;

use super::{Catalog, PageId};
use crate::source::card::{Card, OnExpiry, Standing};
use crate::source::moment::Moment;

/// Whom a site is made for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Profile {
    /// Everybody.
    #[default]
    Public,
    /// Its writers: they also see what is held back.
    Preview,
}

/// Through whose eyes pages are looked at, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The instant that decides what is public.
    pub now: Timestamp,
    /// Who looks.
    pub profile: Profile,
}

impl From<Timestamp> for View {
    /// What the public sees at this instant.
    fn from(now: Timestamp) -> Self {
        Self { now, profile: Profile::Public }
    }
}

impl View {
    /// Who may see a page, among those who look: what is held back from the public is not held back in a preview.
    pub(super) fn of(self, card: &Card) -> Visibility {
        let visibility = Visibility::of(card, self.now);
        match self.profile {
            Profile::Preview if visibility.is_gated() => Visibility::Public,
            _ => visibility,
        }
    }
}

/// Who may see a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Nobody: it is not ready.
    Draft,
    /// Nobody, until this instant.
    Scheduled(Timestamp),
    /// Everybody.
    Public,
    /// Everybody, on its own page, which says that it was withdrawn.
    Retracted,
    /// It has ceased to hold.
    Expired(OnExpiry),
}

impl Visibility {
    /// What holds for `card` at `now`.
    pub fn of(card: &Card, now: Timestamp) -> Self {
        if card.standing == Standing::Draft {
            return Self::Draft;
        }
        if let Some(published) = card.published().filter(|moment| moment.instant > now) {
            return Self::Scheduled(published.instant);
        }
        // An embargo on a page without a date is its date; one that is earlier than the date changes nothing.
        match card.expiry().filter(|(moment, _)| moment.instant <= now) {
            Some((_, OnExpiry::Gone)) => Self::Expired(OnExpiry::Gone),
            _ if card.retraction().is_some() => Self::Retracted,
            Some((_, on_expiry)) => Self::Expired(on_expiry),
            None => Self::Public,
        }
    }

    /// Whether it is not public yet, so that nothing may show that it exists.
    pub fn is_gated(self) -> bool {
        matches!(self, Self::Draft | Self::Scheduled(_))
    }

    /// Whether the page is among the outputs.
    pub fn has_page(self) -> bool {
        !self.is_gated() && self != Self::Expired(OnExpiry::Gone)
    }

    /// Whether lists and feeds may show it.
    pub fn is_listed(self) -> bool {
        self == Self::Public
    }
}

/// Why a page is held back from the public.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gate {
    /// It is not ready.
    Draft,
    /// Its date is to come.
    Scheduled(Moment),
    /// An embargo lies on it, which is lifted then.
    Embargo(Moment),
}

impl Gate {
    /// Why `card` is held back at `now`.
    pub fn of(card: &Card, now: Timestamp) -> Option<Self> {
        match Visibility::of(card, now) {
            Visibility::Draft => Some(Self::Draft),
            Visibility::Scheduled(_) => card.published().map(|appears| {
                let embargo = card.embargo.is_some_and(|embargo| embargo.instant == appears.instant);
                if embargo { Self::Embargo(appears) } else { Self::Scheduled(appears) }
            }),
            Visibility::Public | Visibility::Retracted | Visibility::Expired(_) => None,
        }
    }

    /// Its word, which never changes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled(_) => "scheduled",
            Self::Embargo(_) => "embargo",
        }
    }

    /// When the page appears.
    pub fn appears(self) -> Option<Moment> {
        match self {
            Self::Draft => None,
            Self::Scheduled(moment) | Self::Embargo(moment) => Some(moment),
        }
    }
}

impl Catalog {
    /// Who may see a page of the public site, also in a preview.
    pub fn publicly(&self, id: PageId) -> Visibility {
        Visibility::of(self.card(id), self.now())
    }

    /// Why a page is held back from the public, also in a preview.
    pub fn gate(&self, id: PageId) -> Option<Gate> {
        Gate::of(self.card(id), self.now())
    }

    /// How long what was decided holds: from the first instant to just before the second, whichever of them there is.
    /// A catalog of the same pages at any instant between them shows the same pages and finds the same mistakes.
    pub fn holds(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let (mut from, mut until) = (None, None);
        for instant in self.ids().flat_map(|id| turns(self.card(id))) {
            if instant <= self.now() {
                from = from.max(Some(instant));
            } else {
                until = Some(until.map_or(instant, |first: Timestamp| first.min(instant)));
            }
        }
        (from, until)
    }
}

/// The instants at which `card` appears or expires, and those before which its `updated` and its corrections are mistakes.
fn turns(card: &Card) -> impl Iterator<Item = Timestamp> {
    let draft = card.standing == Standing::Draft;
    let seen =
        [card.published(), card.expiry().map(|(moment, _)| moment)].map(|turn| turn.filter(|_| !draft));
    let corrections = card.corrections().iter().map(|entry| entry.date);
    seen.into_iter().chain([card.updated]).flatten().chain(corrections).map(|moment| moment.instant)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::source::page;

    fn card(front_matter: &str) -> Card {
        let toml = "title = \"t\"\nbase_url = \"https://example.org/\"\ntimezone = \"Asia/Tokyo\"\n";
        let (site, said) = crate::site::Site::parse("site.toml", toml);
        assert!(said.is_empty(), "{said:?}");
        let text = format!("+++\ntitle = \"x\"\n{front_matter}\n+++\n");
        page::parse("briefings/x.md", text.as_bytes(), &site).page.expect("it has front matter").card
    }

    #[test]
    fn a_day_begins_in_the_zone_of_the_site() {
        let card = card("date = 2026-03-01");
        let start = Moment::of_day(date(2026, 3, 1), &TimeZone::get("Asia/Tokyo").unwrap()).unwrap().instant;
        assert_eq!(start.to_string(), "2026-02-28T15:00:00Z");
        assert_eq!(Visibility::of(&card, start), Visibility::Public);
        let before = start - jiff::SignedDuration::from_secs(1);
        assert_eq!(Visibility::of(&card, before), Visibility::Scheduled(start));
    }

    #[test]
    fn the_later_of_date_and_embargo_counts() {
        let card = card("date = 2026-03-01\nembargo = 2026-03-02T09:00:00Z");
        let lifted: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let early: Timestamp = "2026-03-02T08:59:59Z".parse().unwrap();
        assert_eq!(Visibility::of(&card, early), Visibility::Scheduled(lifted));
        assert_eq!(Visibility::of(&card, lifted), Visibility::Public);
    }

    #[test]
    fn drafts_stay_drafts_and_expiry_does_what_it_says() {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        assert_eq!(Visibility::of(&card("draft = true\ndate = 2020-01-01"), now), Visibility::Draft);
        let gone = card("date = 2020-01-01\nexpires = 2021-01-01\non_expiry = \"gone\"");
        assert_eq!(Visibility::of(&gone, now), Visibility::Expired(OnExpiry::Gone));
        assert!(!Visibility::of(&gone, now).has_page());
    }

    /// The catalog of these front matters at `now`.
    fn catalog(pages: &[&str], now: Timestamp) -> Catalog {
        let toml = "title = \"t\"\nbase_url = \"https://example.org/\"\ntimezone = \"UTC\"\n";
        let (site, _) = crate::site::Site::parse("site.toml", toml);
        let page = |(number, front_matter): (usize, &&str)| {
            let text = format!("+++\ntitle = \"x\"\n{front_matter}\n+++\n");
            page::parse(&format!("briefings/{number}.md"), text.as_bytes(), &site).page.expect("front matter")
        };
        let pages = pages.iter().enumerate().map(page).collect();
        Catalog::build(pages, (Vec::new(), Vec::new()), &site, now).0
    }

    #[test]
    fn what_was_decided_holds_until_the_next_page_appears_or_expires() {
        let at = |day: &str| -> Timestamp { format!("{day}T00:00:00Z").parse().expect("a day") };
        let pages = [
            "date = 2026-03-01",
            "date = 2026-03-03\nembargo = 2026-03-05T00:00:00Z",
            "date = 2026-03-01\nexpires = 2026-03-10T00:00:00Z",
            "date = 2026-03-04\ndraft = true",
        ];
        let holds = |day| catalog(&pages, at(day)).holds();
        assert_eq!(holds("2026-02-01"), (None, Some(at("2026-03-01"))));
        // The date under a later embargo and that of a draft change nothing.
        assert_eq!(holds("2026-03-01"), (Some(at("2026-03-01")), Some(at("2026-03-05"))));
        assert_eq!(holds("2026-03-05"), (Some(at("2026-03-05")), Some(at("2026-03-10"))));
        assert_eq!(holds("2026-03-11"), (Some(at("2026-03-10")), None));
        assert_eq!(catalog(&[], at("2026-03-01")).holds(), (None, None));
    }

    #[test]
    fn an_update_in_the_future_is_a_mistake_only_before_it() {
        let at = |text: &str| -> Timestamp { text.parse().expect("an instant") };
        let pages = ["date = 2026-03-01\nupdated = 2026-03-02T12:00:00Z"];
        let holds = |text| catalog(&pages, at(text)).holds();
        assert_eq!(holds("2026-03-03T00:00:00Z"), (Some(at("2026-03-02T12:00:00Z")), None));
        let (day, update) = (at("2026-03-01T00:00:00Z"), at("2026-03-02T12:00:00Z"));
        assert_eq!(holds("2026-03-01T06:00:00Z"), (Some(day), Some(update)));
    }
}
