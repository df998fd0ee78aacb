//! Quotations: a block quote whose last, one-line paragraph is an attribution.
//!
//! Knows letters and events. Who somebody is, and whether there is such a person at all, others know.

use std::ops::{Deref, Range};

use jiff::civil::Date;
use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::anchor::slug;
use super::attribution::attribution;
use super::flow::Item;
use super::words::bounded;
use crate::digest::Digest;

/// What begins an attribution: the em dash, and the bar that looks like it.
pub(super) const DASHES: [char; 2] = ['—', '―'];

/// How deep quotations may stand in each other; deeper ones are plain block quotes. Each level is read anew.
pub(super) const NESTED_MAX: usize = 4;

/// A longer line is no attribution.
pub(super) const LINE_BYTES_MAX: usize = 2000;

/// Longest text of a quotation that others may show: those of all pages stay in memory.
const TEXT_CHARS_MAX: usize = 1000;

/// How many digits of the text's digest an anchor has: enough for one speaker on one page.
const DIGITS: usize = 6;

/// Who said what, when and where, as the writer states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The words, without markup; paragraphs are lines. Long ones are cut, with an ellipsis.
    pub text: Box<str>,
    /// Who said it.
    pub speaker: Mention,
    /// In which office, as written; empty where nothing is stated.
    pub role: Box<str>,
    /// Where.
    pub place: Option<Mention>,
    /// On which day.
    pub date: Option<Date>,
    /// The tag of the language it is quoted in; empty for that of its page.
    pub language: Box<str>,
    /// The ids of its sources, as cited.
    pub sources: Box<[Box<str>]>,
    /// Its anchor on the page.
    pub anchor: Box<str>,
}

/// Somebody or some place, as an attribution names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mention {
    /// `@file-name`, or the name itself.
    pub name: Box<str>,
    /// The words that stand for it in the text; empty where the name does.
    pub words: Box<str>,
}

impl Mention {
    /// The destination of a link to it; none for a plain name.
    pub fn destination(&self) -> Option<&str> {
        self.name.starts_with('@').then_some(&self.name)
    }

    /// What can be shown without knowing anybody: the words, or the name of the file.
    pub fn plainly(&self) -> &str {
        let name =
            self.name.strip_prefix('@').map_or(&*self.name, |name| name.rsplit('/').next().unwrap_or(name));
        if self.words.is_empty() { name } else { &self.words }
    }
}

/// The quotations of a body. Most bodies have none, and those of all pages stay in memory: so one word is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quotes(Option<Box<Box<[Quote]>>>);

impl From<Vec<Quote>> for Quotes {
    fn from(quotes: Vec<Quote>) -> Self {
        Self((!quotes.is_empty()).then(|| Box::new(quotes.into())))
    }
}

impl Deref for Quotes {
    type Target = [Quote];

    fn deref(&self) -> &[Quote] {
        self.0.as_deref().map_or(&[], |quotes| quotes)
    }
}

/// A piece of an attribution.
#[derive(Clone, Debug)]
pub(super) enum Piece<'a> {
    Text(String),
    Link { destination: CowStr<'a>, words: String },
    Note(CowStr<'a>),
}

/// A block quote taken apart.
pub(super) struct Attributed<'a> {
    /// What was said.
    pub(super) body: Vec<Item<'a>>,
    /// What others may know of it; its anchor is not unique yet.
    pub(super) quote: Quote,
    /// A link of a speaker who is nobody's file.
    pub(super) link: Option<CowStr<'a>>,
    /// The role with its links.
    pub(super) role: Vec<Piece<'a>>,
    /// The sources.
    pub(super) notes: Vec<CowStr<'a>>,
}

/// A block quote without the empty line at its end that writers leave there. Looks at a few bytes only: block quotes may
/// stand in each other thousands of times.
pub(super) fn without_end(quote: &str) -> &str {
    const EMPTY_BYTES_MAX: usize = 32;
    let quote = quote.trim_end();
    let tail = &quote.as_bytes()[quote.len().saturating_sub(EMPTY_BYTES_MAX)..];
    let empty = memchr::memrchr(b'\n', tail).map(|newline| &tail[newline..]);
    match empty.filter(|line| line.iter().all(|byte| b"> \t\r\n".contains(byte))) {
        Some(line) => quote[..quote.len() - line.len()].trim_end(),
        None => quote,
    }
}

/// Whether the block quote at this place of the source may end in an attribution: nearly all others are told by that.
pub(super) fn is_likely(source: &str, range: &Range<usize>) -> bool {
    let quote = without_end(source.get(range.clone()).unwrap_or_default());
    // Of a line that never ends, no more is looked at: block quotes may stand in each other thousands of times.
    let end = quote.len() - quote.len().saturating_sub(LINE_BYTES_MAX);
    let tail = &quote.as_bytes()[quote.len() - end..];
    let Some(newline) = memchr::memrchr(b'\n', tail) else { return false };
    let line = &quote[quote.len() - end + newline + 1..];
    line.trim_start_matches(|letter: char| letter == '>' || letter.is_whitespace()).starts_with(DASHES)
}

/// The events inside a block quote that has just begun; its end is taken too.
pub(super) fn inside<'a>(events: &mut impl Iterator<Item = Item<'a>>) -> Vec<Item<'a>> {
    let mut depth = 0;
    let mut all = Vec::new();
    for (event, range) in events {
        match &event {
            Event::Start(Tag::BlockQuote(_)) => depth += 1,
            Event::End(TagEnd::BlockQuote(_)) if depth == 0 => break,
            Event::End(TagEnd::BlockQuote(_)) => depth -= 1,
            _ => {}
        }
        all.push((event, range));
    }
    all
}

/// Takes the inside of a block quote apart; gives it back if it has no attribution.
pub(super) fn attributed<'a>(mut events: Vec<Item<'a>>) -> Result<Attributed<'a>, Vec<Item<'a>>> {
    let last = matches!(events.last(), Some((Event::End(TagEnd::Paragraph), _)));
    let start = events.iter().rposition(|(event, _)| matches!(event, Event::Start(Tag::Paragraph)));
    let Some(start) = start.filter(|&start| last && start > 0) else { return Err(events) };
    let Some(said) = pieces(&events[start + 1..events.len() - 1]).and_then(attribution) else {
        return Err(events);
    };
    events.truncate(start);
    let text = text(&events);
    let name = slug(said.speaker.name.rsplit('/').next().unwrap_or_default());
    let digest = Digest::of(text.as_bytes()).to_string();
    let quote = Quote {
        anchor: format!("quote-{name}-{}", &digest[..DIGITS]).into(),
        text: bounded(&text, TEXT_CHARS_MAX).into(),
        speaker: said.speaker,
        role: plain(&said.role).into(),
        place: said.place,
        date: said.date,
        language: said.language.into(),
        sources: said.notes.iter().map(|name| Box::from(&**name)).collect(),
    };
    Ok(Attributed { body: events, quote, link: said.link, role: said.role, notes: said.notes })
}

/// The pieces of a line; none if it is more than a line of text, links and notes.
fn pieces<'a>(events: &[Item<'a>]) -> Option<Vec<Piece<'a>>> {
    let mut all: Vec<Piece<'a>> = Vec::new();
    let mut open = false;
    for (event, _) in events {
        match event {
            Event::Text(text) | Event::Code(text) => match all.last_mut() {
                Some(Piece::Link { words, .. }) if open => words.push_str(text),
                Some(Piece::Text(words)) => words.push_str(text),
                _ => all.push(Piece::Text(text.to_string())),
            },
            Event::Start(Tag::Link { link_type: LinkType::Email, .. }) => return None,
            Event::Start(Tag::Link { dest_url, .. }) => {
                all.push(Piece::Link { destination: dest_url.clone(), words: String::new() });
                open = true;
            }
            Event::End(TagEnd::Link) => open = false,
            Event::FootnoteReference(name) if !open => all.push(Piece::Note(name.clone())),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
            | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => {}
            _ => return None,
        }
    }
    Some(all)
}

/// Pieces without their markup.
pub(super) fn plain(pieces: &[Piece<'_>]) -> String {
    let words = pieces.iter().map(|piece| match piece {
        Piece::Text(words) | Piece::Link { words, .. } => words.as_str(),
        Piece::Note(_) => "",
    });
    words.collect::<String>().trim().to_string()
}

/// What was said, without markup, a line for each paragraph.
fn text(events: &[Item<'_>]) -> String {
    let (mut lines, mut line, mut pictures) = (Vec::new(), String::new(), 0);
    for (event, _) in events {
        match event {
            Event::Start(Tag::Image { .. }) => pictures += 1,
            Event::End(TagEnd::Image) => pictures -= 1,
            _ if pictures > 0 => {}
            Event::Text(text) | Event::Code(text) => line.push_str(text),
            Event::SoftBreak | Event::HardBreak => line.push(' '),
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link) => {}
            Event::End(_) => lines.push(std::mem::take(&mut line)),
            _ => {}
        }
    }
    lines.push(line);
    let lines = lines.iter().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
