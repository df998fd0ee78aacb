//! When pages appear and expire: the instants at which a site has to be built again although nobody edits it.
//!
//! Reads what pages say of themselves; plans and makes nothing.

use jiff::Timestamp;

use super::compare::{self, Began, Old, Spoilt};
use super::folder::{Folder, NO_INSTANT};
use super::read::Content;
use super::scene::Scene;
use super::{Destination, Progress, Request, Stop};
use crate::catalog::visibility::Gate;
use crate::diagnostic::{self, Diagnostic};
use crate::source::card::{Card, Standing};

/// When the pages of a site appear and expire.
#[derive(Debug, Clone, Default)]
pub struct Schedule {
    /// What is to come, in order, and by file where instants are equal.
    pub events: Vec<Event>,
    /// The zone of the site, in which times are shown.
    pub timezone: String,
    /// What is wrong with files: of a page with mistakes nothing is known.
    pub diagnostics: Vec<Diagnostic>,
}

/// Something that comes with time alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// The file of the page, from the site's root.
    pub file: String,
    /// The title of the page.
    pub title: String,
    /// What becomes of it.
    pub turn: Turn,
}

/// What becomes of a page with time alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// It appears: why it was held back, `scheduled` or `embargo`.
    Appears(&'static str),
    /// It expires: what happens then, `notice`, `unlist` or `gone`.
    Expires(&'static str),
}

impl Turn {
    /// What becomes of the page, in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Appears(_) => "appears",
            Self::Expires(_) => "expires",
        }
    }

    /// Why, or how, in a word.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Appears(reason) | Self::Expires(reason) => reason,
        }
    }
}

impl Schedule {
    /// The instants at which something comes, each once, in order.
    pub fn instants(&self) -> Vec<Timestamp> {
        let mut instants: Vec<Timestamp> = self.events.iter().map(|event| event.at).collect();
        instants.dedup();
        instants
    }

    /// The same with as many instants as this.
    #[must_use]
    pub fn limited(mut self, most: usize) -> Self {
        let last = self.instants().get(most.wrapping_sub(1)).copied();
        match (most, last) {
            (0, _) => self.events.clear(),
            (_, Some(last)) => self.events.retain(|event| event.at <= last),
            (_, None) => {}
        }
        self
    }
}

/// Finds what comes after the instant of the request.
pub(super) fn schedule(request: &Request, progress: &dyn Progress) -> Result<Schedule, Stop> {
    let scene = Scene::read(request)?;
    let mut said = scene.said.clone();
    let content = content(request, &scene, (&mut said, progress))?;
    let cards = content.pages.iter().map(|page| &page.card);
    let mut events: Vec<Event> = cards.flat_map(|card| turns(card, request.now)).collect();
    events.sort_by(|one, next| (one.at, &one.file, one.turn).cmp(&(next.at, &next.file, next.turn)));
    let timezone = scene.site.timezone_name.clone();
    Ok(Schedule { events, timezone, diagnostics: diagnostic::sorted(said) })
}

/// The content, as far as possible from what the last build remembers.
fn content(
    request: &Request,
    scene: &Scene,
    (said, progress): (&mut Vec<Diagnostic>, &dyn Progress),
) -> Result<Content, Stop> {
    let began = Began { instant: NO_INSTANT, progress, spoilt: Spoilt::Dropped };
    if let Destination::Folder(output) = &request.destination {
        let (ledger, _) = Folder::seen(output, request).ledger();
        let compared = compare::compare(&scene.tree, &scene.site, ledger.as_deref().map(Old::of), &began)?;
        let found: Vec<Diagnostic> = compared.said().cloned().collect();
        if let Some(content) = compared.content(|| ledger.as_deref()?.pages()) {
            said.extend(found);
            return Ok(content);
        }
    }
    let compared = compare::compare(&scene.tree, &scene.site, None, &began)?;
    said.extend(compared.said().cloned());
    Ok(compared.content(|| None).expect("without a ledger, everything was parsed"))
}

/// What becomes of a page after `now`.
fn turns(card: &Card, now: Timestamp) -> impl Iterator<Item = Event> {
    let gate = Gate::of(card, now);
    let appears = gate.and_then(|gate| Some((gate.appears()?.instant, Turn::Appears(gate.word()))));
    let expiry = card.expiry().filter(|_| card.standing != Standing::Draft);
    let expires = expiry.map(|(moment, then)| (moment.instant, Turn::Expires(then.word())));
    // What has expired before it appears appears as it will stay.
    let expires = expires.filter(|(at, _)| *at > appears.map_or(now, |(appears, _)| appears));
    let event = |(at, turn)| Event { at, file: card.file(), title: card.title.to_string(), turn };
    [appears, expires].into_iter().flatten().map(event).collect::<Vec<_>>().into_iter()
}
