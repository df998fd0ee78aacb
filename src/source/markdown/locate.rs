//! Places in a body: where a link or a note is written, for messages about it.
//!
//! The slow path: the body is parsed again, because the outline remembers no places.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::flow::{Flow, prepared};
use super::quote::{DASHES, is_likely, without_end};
use super::{Settings, raw};

/// Where the links and notes of a body are written first.
#[derive(Debug, Default)]
pub struct Places {
    links: HashMap<String, Range<usize>>,
    notes: HashMap<String, Range<usize>>,
}

impl Places {
    /// Reads a body once, for all that is asked of it afterwards.
    pub fn of(body: &str, settings: &Settings<'_>) -> Self {
        let prepared = prepared(body, settings);
        let mut flow = Flow::new(&prepared, settings.dialect);
        let mut places = Self::default();
        while let Some((event, range)) = flow.everything() {
            match event {
                Event::Start(Tag::Link { dest_url, id, .. } | Tag::Image { dest_url, id, .. }) => {
                    let definition = flow.references().get(&id).map(|definition| definition.span.clone());
                    let written = definition.into_iter().chain([range.clone()]);
                    let found = written
                        .into_iter()
                        .find_map(|place| within(&prepared.text, place, &dest_url))
                        .unwrap_or(range);
                    places.add_link(&dest_url, (found, prepared.start));
                }
                Event::Start(Tag::BlockQuote(None)) if is_likely(&prepared.text, &range) => {
                    places.add_attribution((&prepared.text, prepared.start), range);
                }
                Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => {
                    places.add_html((&prepared.text, prepared.start), range);
                }
                Event::FootnoteReference(cited) if !places.notes.contains_key(&*cited) => {
                    places
                        .notes
                        .extend(shifted(range, prepared.start).map(|place| (cited.to_string(), place)));
                }
                _ => {}
            }
        }
        places
    }

    /// Where a link or picture with this destination is: the destination itself, or the whole link if its destination
    /// is written otherwise (with escapes, or by reference).
    pub fn link(&self, destination: &str) -> Option<Range<usize>> {
        self.links.get(destination).cloned()
    }

    /// Where a note of this name is cited.
    pub fn note(&self, name: &str) -> Option<Range<usize>> {
        self.notes.get(name).cloned()
    }

    fn add_link(&mut self, destination: &str, (found, start): (Range<usize>, usize)) {
        if !self.links.contains_key(destination) {
            self.links.extend(shifted(found, start).map(|place| (destination.to_string(), place)));
        }
    }

    /// The names in the last line of what may be a quotation.
    fn add_attribution(&mut self, (text, start): (&str, usize), place: Range<usize>) {
        let quote = without_end(&text[place.clone()]);
        let line = quote.rfind('\n').map_or(0, |at| at + 1);
        // A name by which nobody's file is meant stands first.
        let prefix = |letter: char| letter.is_whitespace() || letter == '>' || DASHES.contains(&letter);
        let first = quote[line..]
            .find(|letter: char| !prefix(letter))
            .filter(|&at| !quote[line + at..].starts_with('['));
        for at in first.into_iter().chain(quote[line..].match_indices('@').map(|(at, _)| at)) {
            let at = line + at;
            let name =
                quote[at..].split([',', '،', '，', ')', '[', '(']).next().unwrap_or_default().trim_end();
            self.add_link(name, (place.start + at..place.start + at + name.len(), start));
        }
    }

    fn add_html(&mut self, (text, start): (&str, usize), place: Range<usize>) {
        let Some(html) = text.get(place.clone()) else { return };
        for tag in raw::tags(html) {
            let whole = place.start + tag.range.start..place.start + tag.range.end;
            raw::addresses(&tag, |address, _| {
                let found = within(text, whole.clone(), address).unwrap_or(whole.clone());
                self.add_link(address, (found, start));
            });
        }
    }
}

/// The place of one link; see [`Places::link`].
pub fn locate_link(body: &str, settings: &Settings<'_>, destination: &str) -> Option<Range<usize>> {
    Places::of(body, settings).link(destination)
}

/// The place of one note; see [`Places::note`].
pub fn locate_note(body: &str, settings: &Settings<'_>, name: &str) -> Option<Range<usize>> {
    Places::of(body, settings).note(name)
}

/// The last occurrence: a link's destination follows its text.
fn within(text: &str, place: Range<usize>, destination: &str) -> Option<Range<usize>> {
    let at = place.start + text.get(place.clone())?.rfind(destination).filter(|_| !destination.is_empty())?;
    Some(at..at + destination.len())
}

fn shifted(range: Range<usize>, start: usize) -> Option<Range<usize>> {
    Some(range.start.checked_sub(start)?..range.end - start)
}
