//! Pages as rows of a file: what cannot be derived from the rest, in a form that encodes column by column.
//!
//! Rows borrow their texts, from the page when they are written and from the file's bytes when they are read.
//! Knows nothing of files, checksums or blocks.

use bitcode::{Decode, Encode};
use jiff::Timestamp;
use jiff::civil::Date;

use super::spoken::{CitationRow, OfficeRow, QuoteRow};
use crate::digest::Digest;
use crate::site::LanguageIndex;
use crate::source::basis::Basis;
use crate::source::card::{Card, CollectionSettings, Detailed, Kind, OnExpiry, Rare, Standing, SummaryFrom};
use crate::source::correction::{Correction, CorrectionKind};
use crate::source::markdown::{Link, Outline, Quote};
use crate::source::moment::{Moment, Precision};
use crate::source::names::Names;
use crate::source::page::Page;
use crate::source::path::{ContentPath, TermKind};

/// A page, without the digest of its file: that is the source's, and changes when nothing here does.
#[derive(Encode, Decode)]
pub(super) struct PageRow<'a> {
    path: &'a str,
    /// How long the suffix is that names the language.
    suffix: u32,
    language: LanguageIndex,
    title: &'a str,
    summary: &'a str,
    summary_from: SummaryFrom,
    kind: Kind,
    date: Option<MomentRow>,
    updated: Option<MomentRow>,
    embargo: Option<MomentRow>,
    standing: Standing,
    terms: Vec<(TermKind, &'a str)>,
    authors: Vec<&'a str>,
    basis: &'a str,
    minutes: u8,
    detailed: Detailed,
    rare: Option<RareRow<'a>>,
    outline: OutlineRow<'a>,
    front_matter: u128,
}

#[derive(Encode, Decode)]
struct OutlineRow<'a> {
    anchors: Vec<&'a str>,
    links: Vec<(&'a str, bool)>,
    minutes: u8,
    highlighted: bool,
    unknown_notes: Vec<&'a str>,
    quotes: Vec<QuoteRow<'a>>,
}

#[derive(Encode, Decode)]
struct RareRow<'a> {
    id: Option<&'a str>,
    slug: Option<&'a str>,
    as_of: Option<MomentRow>,
    expiry: Option<(MomentRow, OnExpiry)>,
    aliases: Vec<&'a str>,
    template: Option<&'a str>,
    number: Option<u32>,
    supersedes: Vec<&'a str>,
    related: Vec<&'a str>,
    image: Option<(&'a str, &'a str)>,
    corrections: Vec<CorrectionRow<'a>>,
    shared_sources: Vec<&'a str>,
    also_known_as: Vec<&'a str>,
    avoid: Vec<&'a str>,
    offices: Vec<OfficeRow<'a>>,
    citations: Vec<CitationRow<'a>>,
    dated: Option<bool>,
    permalink: Option<&'a str>,
    page_size: Option<u64>,
}

#[derive(Encode, Decode)]
struct CorrectionRow<'a> {
    date: MomentRow,
    kind: CorrectionKind,
    text: &'a str,
    was: Option<&'a str>,
    now: Option<&'a str>,
}

/// A moment as a row.
#[derive(Encode, Decode)]
pub(super) struct MomentRow {
    day: i32,
    second: i64,
    nanosecond: i32,
    precision: Precision,
}

/// An instant: seconds since 1970, and nanoseconds of the same sign.
pub(super) type InstantRow = (i64, i32);

/// An instant as a row.
pub(super) fn instant_row(instant: Timestamp) -> InstantRow {
    (instant.as_second(), instant.subsec_nanosecond())
}

/// And back; none for what no instant can be.
pub(super) fn instant((second, nanosecond): InstantRow) -> Option<Timestamp> {
    Timestamp::new(second, nanosecond).ok()
}

pub(super) fn moment_row(moment: Moment) -> MomentRow {
    let day = moment.day;
    let (second, nanosecond) = instant_row(moment.instant);
    MomentRow { day: date_row(day), second, nanosecond, precision: moment.precision }
}

/// A day as a row: it counts from year 0, with 32 days to a month and 16 months to a year.
pub(super) fn date_row(day: Date) -> i32 {
    i32::from(day.year()) << 9 | i32::from(day.month()) << 5 | i32::from(day.day())
}

/// And back; none for what no day can be.
pub(super) fn date(row: i32) -> Option<Date> {
    let part = |shift: u32, mask: i32| i8::try_from(row >> shift & mask).ok();
    Date::new(i16::try_from(row >> 9).ok()?, part(5, 15)?, part(0, 31)?).ok()
}

fn moment(row: MomentRow) -> Option<Moment> {
    let day = date(row.day)?;
    Some(Moment { day, instant: instant((row.second, row.nanosecond))?, precision: row.precision })
}

/// Without what is absent; an absent value of a row that should have one is the row's mistake.
pub(super) fn optional(row: Option<MomentRow>) -> Option<Option<Moment>> {
    row.map_or(Some(None), |row| moment(row).map(Some))
}

fn borrowed(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn unboxed(texts: &[Box<str>]) -> Vec<&str> {
    texts.iter().map(|text| &**text).collect()
}

fn boxed(texts: Vec<&str>) -> Box<[Box<str>]> {
    texts.into_iter().map(Box::from).collect()
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_string).collect()
}

impl<'a> PageRow<'a> {
    /// The row of a page.
    pub(super) fn of(page: &'a Page) -> Self {
        let card = &page.card;
        Self {
            path: &card.path,
            suffix: card.place.suffix,
            language: card.place.language,
            title: &card.title,
            summary: &card.summary,
            summary_from: card.summary_from,
            kind: card.kind,
            date: card.date.map(moment_row),
            updated: card.updated.map(moment_row),
            embargo: card.embargo.map(moment_row),
            standing: card.standing,
            terms: card.terms.iter().map(|(kind, name)| (*kind, &**name)).collect(),
            authors: unboxed(&card.authors),
            basis: card.basis.text(),
            minutes: card.minutes,
            detailed: card.detailed,
            rare: card.rare.as_deref().map(RareRow::of),
            outline: OutlineRow::of(&page.outline),
            front_matter: u128::from_be_bytes(page.front_matter.to_bytes()),
        }
    }

    /// A page that says nothing.
    pub(super) fn blank() -> Page {
        let place = ContentPath::with_suffix("", 0, 0);
        let card = Card {
            path: Box::default(),
            place,
            title: Box::default(),
            summary: Box::default(),
            summary_from: SummaryFrom::Writer,
            kind: Kind::Brief,
            date: None,
            updated: None,
            embargo: None,
            standing: Standing::Listed,
            terms: Box::default(),
            authors: Box::default(),
            basis: Basis::default(),
            minutes: 0,
            detailed: Detailed::No,
            rare: None,
        };
        let digest = Digest::of(b"");
        Page { card, outline: Outline::default(), digest, front_matter: digest }
    }

    /// The page of a row, with the digest of its file, sharing `names` with others; none if the row says what no page can be.
    pub(super) fn page(self, digest: Digest, names: &mut Names) -> Option<Page> {
        let terms = self.terms.into_iter().map(|(kind, name)| (kind, names.shared(name))).collect();
        let card = Card {
            place: ContentPath::with_suffix(self.path, self.suffix as usize, self.language),
            path: self.path.into(),
            title: self.title.into(),
            summary: self.summary.into(),
            summary_from: self.summary_from,
            kind: self.kind,
            date: optional(self.date)?,
            updated: optional(self.updated)?,
            embargo: optional(self.embargo)?,
            standing: self.standing,
            terms,
            authors: boxed(self.authors),
            basis: Basis::from_text(self.basis),
            minutes: self.minutes,
            detailed: self.detailed,
            rare: match self.rare {
                Some(row) => Some(Box::new(row.rare()?)),
                None => None,
            },
        };
        let front_matter = Digest::from_bytes(self.front_matter.to_be_bytes());
        Some(Page { card, outline: self.outline.outline()?, digest, front_matter })
    }
}

impl<'a> OutlineRow<'a> {
    fn of(outline: &'a Outline) -> Self {
        Self {
            anchors: unboxed(&outline.anchors),
            links: outline.links.iter().map(|link| (&*link.destination, link.image)).collect(),
            minutes: outline.minutes,
            highlighted: outline.highlighted,
            unknown_notes: unboxed(&outline.unknown_notes),
            quotes: outline.quotes.iter().map(QuoteRow::of).collect(),
        }
    }

    fn outline(self) -> Option<Outline> {
        let link = |(destination, image): (&str, bool)| Link { destination: destination.into(), image };
        let quotes: Vec<Quote> = self.quotes.into_iter().map(QuoteRow::quote).collect::<Option<_>>()?;
        Some(Outline {
            anchors: boxed(self.anchors),
            links: self.links.into_iter().map(link).collect(),
            minutes: self.minutes,
            highlighted: self.highlighted,
            unknown_notes: boxed(self.unknown_notes),
            quotes: quotes.into(),
        })
    }
}

impl<'a> CorrectionRow<'a> {
    fn of(entry: &'a Correction) -> Self {
        Self {
            date: moment_row(entry.date),
            kind: entry.kind,
            text: &entry.text,
            was: entry.was.as_deref(),
            now: entry.now.as_deref(),
        }
    }

    fn correction(self) -> Option<Correction> {
        Some(Correction {
            date: moment(self.date)?,
            kind: self.kind,
            text: self.text.into(),
            was: self.was.map(Box::from),
            now: self.now.map(Box::from),
        })
    }
}

impl<'a> RareRow<'a> {
    fn of(rare: &'a Rare) -> Self {
        Self {
            id: rare.id.as_deref(),
            slug: rare.slug.as_deref(),
            as_of: rare.as_of.map(moment_row),
            expiry: rare.expiry.map(|(moment, then)| (moment_row(moment), then)),
            aliases: borrowed(&rare.aliases),
            template: rare.template.as_deref(),
            number: rare.number,
            supersedes: borrowed(&rare.supersedes),
            related: borrowed(&rare.related),
            image: rare.image.as_ref().map(|(path, text)| (path.as_str(), text.as_str())),
            corrections: rare.corrections.iter().map(CorrectionRow::of).collect(),
            shared_sources: borrowed(&rare.shared_sources),
            also_known_as: borrowed(&rare.also_known_as),
            avoid: borrowed(&rare.avoid),
            offices: rare.offices.iter().map(OfficeRow::of).collect(),
            citations: rare.citations.iter().map(CitationRow::of).collect(),
            dated: rare.collection.dated,
            permalink: rare.collection.permalink.as_deref(),
            page_size: rare.collection.page_size.map(|size| size as u64),
        }
    }

    fn rare(self) -> Option<Rare> {
        let page_size = self.page_size.map(usize::try_from).transpose().ok()?;
        Some(Rare {
            id: self.id.map(str::to_string),
            slug: self.slug.map(Box::from),
            as_of: optional(self.as_of)?,
            expiry: match self.expiry {
                Some((row, then)) => Some((moment(row)?, then)),
                None => None,
            },
            aliases: owned(self.aliases),
            template: self.template.map(str::to_string),
            number: self.number,
            supersedes: owned(self.supersedes),
            related: owned(self.related),
            image: self.image.map(|(path, text)| (path.to_string(), text.to_string())),
            corrections: self
                .corrections
                .into_iter()
                .map(CorrectionRow::correction)
                .collect::<Option<_>>()?,
            shared_sources: owned(self.shared_sources),
            also_known_as: owned(self.also_known_as),
            avoid: owned(self.avoid),
            offices: self.offices.into_iter().map(OfficeRow::office).collect::<Option<_>>()?,
            citations: self.citations.into_iter().map(CitationRow::citation).collect(),
            collection: CollectionSettings {
                dated: self.dated,
                permalink: self.permalink.map(str::to_string),
                page_size,
            },
        })
    }
}
