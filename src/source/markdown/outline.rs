//! The outline: what other rooms may know of a body without its HTML.
//!
//! Holds no byte offsets and no counts of words, so that most edits of a body leave it as it was.

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag, TagEnd};

use super::anchor::{Anchors, note_id};
use super::destination::{Destination, destination};
use super::flow::{Item, Reader, prepared, walk};
use super::notes::{Content, Notes};
use super::quote::{self, Attributed, NESTED_MAX, Piece, Quote, Quotes};
use super::transcript::Transcript;
use super::words::{Reading, bounded};
use super::{Dialect, RawHtml, Settings, Use, highlight, raw, sanitise};

/// Longest first paragraph: it stands in for a summary, and summaries stay in memory for every page.
const FIRST_PARAGRAPH_CHARS_MAX: usize = 280;

/// Enough bytes for that many characters of any script.
const FIRST_PARAGRAPH_BYTES_MAX: usize = 4 * FIRST_PARAGRAPH_CHARS_MAX + 4;

/// What other rooms may know of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Places that `#fragment` can name.
    pub anchors: Box<[Box<str>]>,
    /// Internal links and pictures, each once, in order.
    pub links: Box<[Link]>,
    /// Reading time in minutes, at least one.
    pub minutes: u8,
    /// Whether a block of code is in a known language, so that the page needs the colours.
    pub highlighted: bool,
    /// Notes that are cited, but that neither the body nor the sources define.
    pub unknown_notes: Box<[Box<str>]>,
    /// What it quotes, and whom.
    pub quotes: Quotes,
}

/// An internal destination: no scheme and no host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    /// As written: a relative path, `/rooted`, `#fragment`, `?query` or `@name`.
    pub destination: Box<str>,
    /// Whether the page shows it (an image, a video) instead of leading there.
    pub image: bool,
}

/// The outline of a body, and its first paragraph as plain text, cut between words: it stands in for a missing summary,
/// and is not kept otherwise.
///
/// What the body says is added to `transcript`, if somebody wants one.
pub fn outline(
    body: &str,
    settings: &Settings<'_>,
    transcript: Option<&mut Transcript>,
) -> (Outline, String) {
    let prepared = prepared(body, settings);
    let mut scribe = Scribe::new(&prepared.text, settings, transcript);
    walk(&prepared, settings.dialect, &mut scribe);
    scribe.finished()
}

/// Outlines of all pages stay in memory: no room to grow.
fn boxed(texts: Vec<String>) -> Box<[Box<str>]> {
    texts.into_iter().map(String::into_boxed_str).collect()
}

/// Values in order of first occurrence, each once.
struct Once<T> {
    values: Vec<T>,
    seen: HashSet<T>,
}

impl<T: Clone + Eq + std::hash::Hash> Once<T> {
    fn new() -> Self {
        Once { values: Vec::new(), seen: HashSet::new() }
    }

    fn add(&mut self, value: T) {
        if self.seen.insert(value.clone()) {
            self.values.push(value);
        }
    }
}

/// Which paragraph is the first one; one on its own comes before one in a quotation or list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    Wanted,
    Reading { nested: Nesting },
    Nested,
    Found,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Nesting {
    Top,
    Inside,
}

/// Takes down the outline.
struct Scribe<'a, 't> {
    source: &'a str,
    settings: &'a Settings<'a>,
    transcript: Option<&'t mut Transcript>,
    outline: Outline,
    first_paragraph: String,
    anchored: Vec<String>,
    links: Once<Link>,
    unknown: Once<String>,
    quotes: Vec<Quote>,
    /// How many block quotes are open that were looked into.
    quoted: usize,
    anchors: Anchors,
    notes: Notes<'a>,
    noted: usize,
    reading: Reading,
    first: First,
    depth: usize,
    /// How many pictures are open; of what stands in them only the text is kept, as their description.
    pictures: usize,
    title: String,
    titled: bool,
    own_id: Option<String>,
    html: Option<String>,
}

impl<'a> Reader<'a> for Scribe<'a, '_> {
    fn read<I: Iterator<Item = Item<'a>>>(&mut self, events: &mut I) {
        while let Some((event, range)) = events.next() {
            if let Some(transcript) = &mut self.transcript {
                transcript.take(&event);
            }
            match event {
                Event::Text(text) | Event::Code(text) => self.text(&text),
                Event::Start(Tag::Image { dest_url, .. }) => self.start_picture(&dest_url),
                Event::End(TagEnd::Image) => self.pictures -= 1,
                Event::SoftBreak | Event::HardBreak => self.line_break(),
                _ if self.pictures > 0 => {}
                Event::Start(Tag::BlockQuote(None)) if self.is_quotation(&range) => self.quotation(events),
                Event::Start(tag) => self.start(tag),
                Event::End(tag) => self.end(tag),
                Event::Html(html) => match &mut self.html {
                    Some(block) => block.push_str(&html),
                    None => self.raw(&html),
                },
                Event::InlineHtml(html) => self.raw(&html),
                Event::FootnoteReference(name) => self.reference(&name),
                Event::Rule | Event::TaskListMarker(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
            }
        }
    }

    fn notes(&mut self) -> &mut Notes<'a> {
        &mut self.notes
    }

    fn read_note(&mut self, content: Content<'a>) {
        // A note is not the beginning of anything.
        self.first = First::Found;
        if let Content::Events(events) = content {
            self.read(&mut events.into_iter());
        }
    }
}

impl<'a, 't> Scribe<'a, 't> {
    fn new(source: &'a str, settings: &'a Settings<'a>, transcript: Option<&'t mut Transcript>) -> Self {
        Scribe {
            source,
            settings,
            transcript,
            outline: Outline::default(),
            first_paragraph: String::new(),
            anchored: Vec::new(),
            links: Once::new(),
            unknown: Once::new(),
            quotes: Vec::new(),
            quoted: 0,
            anchors: Anchors::default(),
            notes: Notes::new(settings.sources),
            noted: 0,
            reading: Reading::default(),
            first: First::Wanted,
            depth: 0,
            pictures: 0,
            title: String::new(),
            titled: false,
            own_id: None,
            html: None,
        }
    }

    fn finished(mut self) -> (Outline, String) {
        self.outline.anchors = boxed(self.anchored);
        self.outline.links = self.links.values.into();
        self.outline.quotes = self.quotes.into();
        self.outline.unknown_notes = boxed(self.unknown.values);
        self.outline.minutes = self.reading.minutes();
        (self.outline, bounded(&self.first_paragraph, FIRST_PARAGRAPH_CHARS_MAX))
    }

    fn text(&mut self, text: &str) {
        self.reading.read(text);
        if self.titled {
            self.title.push_str(text);
        }
        if matches!(self.first, First::Reading { .. })
            && self.pictures == 0
            && self.first_paragraph.len() < FIRST_PARAGRAPH_BYTES_MAX
        {
            self.first_paragraph.push_str(text);
        }
    }

    fn line_break(&mut self) {
        self.reading.pause();
        if self.titled {
            self.title.push(' ');
        }
        if matches!(self.first, First::Reading { .. }) {
            self.first_paragraph.push(' ');
        }
    }

    fn is_quotation(&self, range: &Range<usize>) -> bool {
        self.settings.dialect == Dialect::Briefing && quote::is_likely(self.source, range)
    }

    /// Reads a block quote that may be a quotation.
    fn quotation(&mut self, events: &mut impl Iterator<Item = Item<'a>>) {
        let inside = quote::inside(events);
        // Whatever is made of it, the transcript holds it as it stands, and each event once.
        let mut transcript = self.transcript.take();
        if let Some(transcript) = &mut transcript {
            inside.iter().for_each(|(event, _)| transcript.take(event));
            transcript.take(&Event::End(TagEnd::BlockQuote(None)));
        }
        (self.depth, self.quoted) = (self.depth + 1, self.quoted + 1);
        let known = if self.quoted <= NESTED_MAX { quote::attributed(inside) } else { Err(inside) };
        match known {
            Err(inside) => self.read(&mut inside.into_iter()),
            Ok(Attributed { body, mut quote, link, role, notes }) => {
                let anchor = self.anchors.unique(quote.anchor.into_string());
                self.anchored.push(anchor.clone());
                quote.anchor = anchor.into();
                let named = [Some(&quote.speaker), quote.place.as_ref()].into_iter().flatten();
                let named: Vec<_> =
                    named.filter_map(|named| named.destination().map(str::to_owned)).collect();
                self.quotes.push(quote);
                self.read(&mut body.into_iter());
                named.iter().for_each(|name| self.link(name, Use::Link));
                link.iter().for_each(|address| self.link(address, Use::Link));
                role.iter().for_each(|piece| self.piece(piece));
                notes.iter().for_each(|name| self.reference(name));
            }
        }
        self.transcript = transcript;
        (self.depth, self.quoted) = (self.depth - 1, self.quoted - 1);
        self.reading.pause();
    }

    fn piece(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Text(text) => self.text(text),
            Piece::Note(name) => self.reference(name),
            Piece::Link { destination, words } => {
                self.link(destination, Use::Link);
                self.text(words);
            }
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        match tag {
            Tag::Paragraph => self.start_paragraph(),
            Tag::Heading { id, .. } => {
                self.own_id = id.map(|id| id.into_string());
                self.title.clear();
                self.titled = true;
            }
            Tag::Link { link_type: LinkType::Email, .. } => {}
            Tag::Link { dest_url, .. } => self.link(&dest_url, Use::Link),
            Tag::CodeBlock(CodeBlockKind::Fenced(words)) => {
                self.outline.highlighted |= highlight::known(highlight::language(&words));
            }
            Tag::BlockQuote(_) | Tag::List(_) | Tag::DefinitionList => self.depth += 1,
            Tag::HtmlBlock => self.html = Some(String::new()),
            _ => {}
        }
    }

    fn start_picture(&mut self, address: &str) {
        if self.pictures == 0 {
            self.link(address, Use::Embed);
        }
        self.pictures += 1;
    }

    fn start_paragraph(&mut self) {
        let nested = if self.depth == 0 { Nesting::Top } else { Nesting::Inside };
        if self.first == First::Wanted || (self.first == First::Nested && nested == Nesting::Top) {
            self.first_paragraph.clear();
            self.first = First::Reading { nested };
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.end_paragraph(),
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::DefinitionList => self.depth -= 1,
            TagEnd::HtmlBlock => {
                if let Some(html) = self.html.take() {
                    self.raw(&html);
                }
            }
            TagEnd::Item | TagEnd::TableCell | TagEnd::CodeBlock => {}
            _ => return,
        }
        self.reading.pause();
    }

    fn end_paragraph(&mut self) {
        let First::Reading { nested } = self.first else { return };
        let empty = self.first_paragraph.trim().is_empty();
        self.first = match nested {
            _ if empty => First::Wanted,
            Nesting::Top => First::Found,
            Nesting::Inside => First::Nested,
        };
    }

    fn end_heading(&mut self) {
        self.titled = false;
        if self.settings.dialect == Dialect::Briefing {
            let id = match self.own_id.take() {
                Some(id) => self.anchors.unique(id),
                None => self.anchors.of_text(self.title.trim()),
            };
            self.anchored.push(id);
        }
    }

    fn link(&mut self, address: &str, wanted: Use) {
        if destination(address) == Destination::Internal {
            self.links.add(Link { destination: address.into(), image: wanted == Use::Embed });
        }
    }

    fn reference(&mut self, name: &str) {
        match self.notes.cite(name) {
            Some(place) if place == self.noted => {
                self.noted += 1;
                self.anchored.push(note_id(name, place, &mut self.anchors));
            }
            Some(_) => {}
            None => {
                // The heading shows it as it is written.
                if self.titled {
                    self.title.extend(["[^", name, "]"]);
                }
                self.unknown.add(name.to_owned());
            }
        }
    }

    fn raw(&mut self, html: &str) {
        if self.settings.html == RawHtml::Off {
            return self.text(html);
        }
        for tag in raw::tags(html) {
            if self.settings.html == RawHtml::Sanitised && !sanitise::remains(tag.name) {
                continue;
            }
            raw::addresses(&tag, |address, wanted| self.link(address, wanted));
            let name = tag.value("name").filter(|_| tag.name.eq_ignore_ascii_case("a"));
            self.anchored.extend(tag.value("id").or(name).map(str::to_owned));
        }
    }
}
