//! The card of a page: what other outputs may show of it. Bounded; no byte offsets, no word counts, no body.

use std::borrow::Cow;
use std::sync::Arc;

use bitcode::{Decode, Encode};

use super::basis::Basis;
use super::correction::{Correction, CorrectionKind};
use super::moment::{Moment, Precision};
use super::office::Office;
use super::path::{self, ContentPath, TermKind};

/// What a page says of itself in front matter and file name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Its path below `content/`.
    pub path: Box<str>,
    /// What that path says.
    pub place: ContentPath,
    /// The headline; empty only where it is optional and absent.
    pub title: Box<str>,
    /// What it says, from the front matter or the first paragraph.
    pub summary: Box<str>,
    /// Who said so.
    pub summary_from: SummaryFrom,
    /// What sort of briefing it is.
    pub kind: Kind,
    /// First publication.
    pub date: Option<Moment>,
    /// The last change of substance, as the front matter states it; [`Card::revised`] counts corrections too.
    pub updated: Option<Moment>,
    /// Nothing is public before it.
    pub embargo: Option<Moment>,
    /// Whether and where it is shown.
    pub standing: Standing,
    /// The terms it is listed under, as written; pages that name the same one share the text.
    pub terms: Box<[(TermKind, Arc<str>)]>,
    /// Who wrote it, as written; each is also among the people.
    pub authors: Box<[Box<str>]>,
    /// What it rests on, in short; of a shared source, what it is.
    pub basis: Basis,
    /// Reading time.
    pub minutes: u8,
    /// Whether the file holds what only its own page shows.
    pub detailed: Detailed,
    /// What few pages have.
    pub rare: Option<Box<Rare>>,
}

/// Where a summary comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum SummaryFrom {
    /// The front matter.
    Writer,
    /// The first paragraph, which stands in.
    FirstParagraph,
}

/// Whether a page's own front matter must be read again to make its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Detailed {
    /// The card says it all.
    No,
    /// There are sources, corrections, key points or the like.
    Yes,
}

/// Whether and where a page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Standing {
    /// Not ready: nowhere.
    Draft,
    /// On its own page, and on no list.
    Unlisted,
    /// Everywhere.
    Listed,
}

/// What few pages have; apart, because cards of all pages stay in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rare {
    /// A permanent identity.
    pub id: Option<String>,
    /// The slug that the front matter asks for.
    pub slug: Option<Box<str>>,
    /// The information cut-off.
    pub as_of: Option<Moment>,
    /// When it ceases to hold, and what happens then.
    pub expiry: Option<(Moment, OnExpiry)>,
    /// Old paths that lead here.
    pub aliases: Vec<String>,
    /// Another template than the usual one.
    pub template: Option<String>,
    /// Its number in the series.
    pub number: Option<u32>,
    /// What it replaces, as written.
    pub supersedes: Vec<String>,
    /// What to read next, as written.
    pub related: Vec<String>,
    /// The lead picture: path as written, and alternative text.
    pub image: Option<(String, String)>,
    /// What was put right, as written.
    pub corrections: Vec<Correction>,
    /// Sources listed by their id alone: what they are, a file below `sources/` says.
    pub shared_sources: Vec<String>,
    /// Other names of a term.
    pub also_known_as: Vec<String>,
    /// Spellings of a name that the desk does not use.
    pub avoid: Vec<String>,
    /// The offices that a person held, in the order in which they are shown.
    pub offices: Vec<Office>,
    /// What others may show of the sources that its quotations cite; of a shared source, of itself.
    pub citations: Vec<Citation>,
    /// What the `index.md` of a collection settles.
    pub collection: CollectionSettings,
}

/// What others may show of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Citation {
    /// What `[^id]` refers to.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// Where it is.
    pub url: Option<String>,
}

/// What the `index.md` of a collection settles for its pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct CollectionSettings {
    /// `false` if its pages have no dates.
    pub dated: Option<bool>,
    /// The pattern of addresses.
    pub permalink: Option<String>,
    /// Items on a full page of its list.
    pub page_size: Option<usize>,
}

/// What happens to a page that has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum OnExpiry {
    /// The page stays, with a notice.
    Notice,
    /// The page stays as it is; lists do not show it.
    Unlist,
    /// The page goes.
    Gone,
}

impl OnExpiry {
    /// Its word in front matter.
    pub fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Unlist => "unlist",
            Self::Gone => "gone",
        }
    }
}

/// What sort of briefing a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Kind {
    /// A short report.
    Brief,
    /// What an office says of a meeting or call.
    Readout,
    /// A judgement.
    Assessment,
    /// Where things stand in an emergency.
    Sitrep,
    /// A warning with advice.
    Advisory,
    /// Updates as they come.
    Live,
}

impl Kind {
    /// The kind that front matter calls so.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Brief, Self::Readout, Self::Assessment, Self::Sitrep, Self::Advisory, Self::Live]
            .into_iter()
            .find(|kind| kind.word() == word)
    }

    /// Its word in front matter and in templates.
    pub fn word(self) -> &'static str {
        match self {
            Self::Brief => "brief",
            Self::Readout => "readout",
            Self::Assessment => "assessment",
            Self::Sitrep => "sitrep",
            Self::Advisory => "advisory",
            Self::Live => "live",
        }
    }
}

impl Card {
    /// Its path from the root of the site, as messages name it.
    pub fn file(&self) -> String {
        format!("content/{}", self.path)
    }

    /// Its permanent identity: the one it states, or its path without ending.
    pub fn id(&self) -> &str {
        let stated = self.rare.as_ref().and_then(|rare| rare.id.as_deref());
        stated.unwrap_or_else(|| self.path.strip_suffix(".md").unwrap_or(&self.path))
    }

    /// The slug that it asks for.
    pub fn slug(&self) -> Option<&str> {
        self.rare.as_ref().and_then(|rare| rare.slug.as_deref())
    }

    /// Its number in a series.
    pub fn number(&self) -> Option<u32> {
        self.rare.as_ref().and_then(|rare| rare.number)
    }

    /// The folder directly below `content/`; empty for files at the root.
    pub fn collection(&self) -> &str {
        path::collection(&self.path)
    }

    /// The name without ending and language: of the file, or of the folder for a bundle.
    pub fn stem(&self) -> &str {
        path::stem(&self.path, self.place.suffix)
    }

    /// The folder that this page has for itself, if it is a bundle; with a slash at the end.
    pub fn bundle(&self) -> Option<&str> {
        path::bundle(&self.path, self.place.suffix)
    }

    /// Its path without the suffix of its language: what translations have in common.
    pub fn original(&self) -> Cow<'_, str> {
        path::original(&self.path, self.place.suffix)
    }

    /// The terms of one kind, as written.
    pub fn terms_of(&self, kind: TermKind) -> impl Iterator<Item = &str> {
        self.terms.iter().filter(move |(of, _)| *of == kind).map(|(_, name)| &**name)
    }

    /// When it ceases to hold, and what happens then.
    pub fn expiry(&self) -> Option<(Moment, OnExpiry)> {
        self.rare.as_ref().and_then(|rare| rare.expiry)
    }

    /// What was put right, as written.
    pub fn corrections(&self) -> &[Correction] {
        self.rare.as_ref().map_or(&[], |rare| rare.corrections.as_slice())
    }

    /// When it was withdrawn, and why: the newest such entry.
    pub fn retraction(&self) -> Option<&Correction> {
        let all = self.corrections().iter().filter(|entry| entry.kind == CorrectionKind::Retraction);
        all.max_by_key(|entry| entry.date.instant)
    }

    /// The last change of substance that the page tells of: the later of `updated` and the newest entry under
    /// corrections that is more than a refile.
    pub fn revised(&self) -> Option<Moment> {
        let entries = self.corrections().iter().filter(|entry| entry.kind.is_substantial());
        let moments = entries.map(|entry| entry.date).chain(self.updated);
        // At the beginning of a day, the time says more than the day.
        moments.max_by_key(|moment| (moment.instant, moment.precision == Precision::Time))
    }

    /// When it last changed in substance, as readers see it: never before it was published.
    pub fn changed(&self) -> Option<Moment> {
        match (self.revised(), self.published()) {
            (Some(revised), Some(published)) if revised.instant < published.instant => Some(published),
            (Some(revised), _) => Some(revised),
            (None, published) => published,
        }
    }

    /// The instant before which nothing is public: the later of date and embargo.
    pub fn published(&self) -> Option<Moment> {
        match (self.date, self.embargo) {
            (Some(date), Some(embargo)) if embargo.instant > date.instant => Some(embargo),
            (Some(date), _) => Some(date),
            (None, embargo) => embargo,
        }
    }
}
