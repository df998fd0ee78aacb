//! Quotations, offices and sources as rows of a file.
//!
//! Rows borrow their texts. Knows nothing of pages.

use bitcode::{Decode, Encode};

use super::record::{MomentRow, date, date_row, moment_row, optional};
use crate::source::card::Citation;
use crate::source::markdown::{Mention, Quote};
use crate::source::office::Office;

#[derive(Encode, Decode)]
pub(super) struct QuoteRow<'a> {
    text: &'a str,
    speaker: MentionRow<'a>,
    role: &'a str,
    place: Option<MentionRow<'a>>,
    date: Option<i32>,
    language: &'a str,
    sources: Vec<&'a str>,
    anchor: &'a str,
}

/// A name, and the words that stand for it.
type MentionRow<'a> = (&'a str, &'a str);

#[derive(Encode, Decode)]
pub(super) struct OfficeRow<'a> {
    title: &'a str,
    from: Option<MomentRow>,
    to: Option<MomentRow>,
}

#[derive(Encode, Decode)]
pub(super) struct CitationRow<'a> {
    id: &'a str,
    title: &'a str,
    publisher: Option<&'a str>,
    url: Option<&'a str>,
}

fn mention_row(Mention { name, words }: &Mention) -> MentionRow<'_> {
    (name, words)
}

fn mention((name, words): MentionRow<'_>) -> Mention {
    Mention { name: name.into(), words: words.into() }
}

impl<'a> QuoteRow<'a> {
    pub(super) fn of(quote: &'a Quote) -> Self {
        Self {
            text: &quote.text,
            speaker: mention_row(&quote.speaker),
            role: &quote.role,
            place: quote.place.as_ref().map(mention_row),
            date: quote.date.map(date_row),
            language: &quote.language,
            sources: quote.sources.iter().map(|id| &**id).collect(),
            anchor: &quote.anchor,
        }
    }

    /// The quotation of a row; none if the row says what none can be.
    pub(super) fn quote(self) -> Option<Quote> {
        Some(Quote {
            text: self.text.into(),
            speaker: mention(self.speaker),
            role: self.role.into(),
            place: self.place.map(mention),
            date: match self.date {
                Some(row) => Some(date(row)?),
                None => None,
            },
            language: self.language.into(),
            sources: self.sources.into_iter().map(Box::from).collect(),
            anchor: self.anchor.into(),
        })
    }
}

impl<'a> OfficeRow<'a> {
    pub(super) fn of(office: &'a Office) -> Self {
        Self { title: &office.title, from: office.from.map(moment_row), to: office.to.map(moment_row) }
    }

    pub(super) fn office(self) -> Option<Office> {
        Some(Office { title: self.title.to_string(), from: optional(self.from)?, to: optional(self.to)? })
    }
}

impl<'a> CitationRow<'a> {
    pub(super) fn of(citation: &'a Citation) -> Self {
        let Citation { id, title, publisher, url } = citation;
        Self { id, title, publisher: publisher.as_deref(), url: url.as_deref() }
    }

    pub(super) fn citation(self) -> Citation {
        let own = |text: Option<&str>| text.map(str::to_string);
        Citation {
            id: self.id.to_string(),
            title: self.title.to_string(),
            publisher: own(self.publisher),
            url: own(self.url),
        }
    }
}
