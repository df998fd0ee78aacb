//! Places in a body: where a link or a note is written, for messages about it.
//!
//! The slow path: the body is parsed again, because the outline remembers no places.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::flow::{Flow, prepared};
use super::{Settings, raw};

/// Where in the body a link or picture with this destination is written: the destination itself, or the whole link
/// if its destination is written otherwise (with escapes, or by reference).
pub fn locate_link(body: &str, settings: &Settings<'_>, destination: &str) -> Option<Range<usize>> {
    let prepared = prepared(body, settings);
    let mut flow = Flow::new(&prepared, settings.dialect);
    while let Some((event, range)) = flow.everything() {
        let found = match event {
            Event::Start(Tag::Link { dest_url, id, .. } | Tag::Image { dest_url, id, .. }) => {
                (*dest_url == *destination).then(|| {
                    let definition = flow.references().get(&id).map(|definition| definition.span.clone());
                    let places = definition.into_iter().chain([range.clone()]);
                    places
                        .into_iter()
                        .find_map(|place| within(&prepared.text, place, destination))
                        .unwrap_or(range)
                })
            }
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => {
                in_html(&prepared.text, range, destination)
            }
            _ => None,
        };
        if let Some(found) = found {
            return shifted(found, prepared.start);
        }
    }
    None
}

/// Where in the body a note of this name is cited first.
pub fn locate_note(body: &str, settings: &Settings<'_>, name: &str) -> Option<Range<usize>> {
    let prepared = prepared(body, settings);
    let mut flow = Flow::new(&prepared, settings.dialect);
    while let Some((event, range)) = flow.everything() {
        if matches!(&event, Event::FootnoteReference(cited) if **cited == *name) {
            return shifted(range, prepared.start);
        }
    }
    None
}

/// The last occurrence: a link's destination follows its text.
fn within(text: &str, place: Range<usize>, destination: &str) -> Option<Range<usize>> {
    let at = place.start + text.get(place.clone())?.rfind(destination).filter(|_| !destination.is_empty())?;
    Some(at..at + destination.len())
}

fn in_html(text: &str, place: Range<usize>, destination: &str) -> Option<Range<usize>> {
    let html = text.get(place.clone())?;
    for tag in raw::tags(html) {
        let mut found = false;
        raw::addresses(&tag, |address, _| found |= address == destination);
        if found {
            let whole = place.start + tag.range.start..place.start + tag.range.end;
            return Some(within(text, whole.clone(), destination).unwrap_or(whole));
        }
    }
    None
}

fn shifted(range: Range<usize>, start: usize) -> Option<Range<usize>> {
    Some(range.start.checked_sub(start)?..range.end - start)
}
