//! Links and pictures.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};
use pulldown_cmark_escape::escape_href;

use super::Writer;
use crate::source::markdown::Use;
use crate::source::markdown::destination::{Destination, destination};
use crate::source::markdown::flow::Item;

/// Whether a link is being written, or only its text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    None,
    Link,
}

/// A picture as the parser finds it.
pub(super) struct Picture<'a> {
    pub(super) address: CowStr<'a>,
    pub(super) title: CowStr<'a>,
    /// Where it stands in the source.
    pub(super) range: Range<usize>,
}

impl<'a> Writer<'a> {
    pub(super) fn start_link(&mut self, link_type: LinkType, address: &str, title: &str) {
        let mail = link_type == LinkType::Email;
        let resolved = if mail { Some(Cow::Borrowed(address)) } else { self.resolved(address, Use::Link) };
        let Some(resolved) = resolved else { return };
        self.link = Open::Link;
        self.out.push_str(if mail { "<a href=\"mailto:" } else { "<a href=\"" });
        self.href(&resolved);
        self.title_attribute(title);
        self.out.push('>');
    }

    pub(super) fn end_link(&mut self) {
        if self.link == Open::Link {
            self.out.push_str("</a>");
        }
        self.link = Open::None;
    }

    /// Writes a picture; one that stands alone and has a title becomes a figure.
    pub(super) fn image<I: Iterator<Item = Item<'a>>>(&mut self, picture: &Picture<'a>, events: &mut I) {
        let Picture { address, title, range } = picture;
        let text = alternative(events);
        let Some(resolved) = self.resolved(address, Use::Embed) else {
            return self.text(&text);
        };
        if self.titled {
            self.title.push_str(&text);
        }
        let figure = !title.is_empty() && self.alone(range);
        if figure {
            self.out.truncate(self.paragraph.0 - "<p>".len());
            self.out.push_str("<figure>");
        }
        self.out.push_str("<img src=\"");
        self.href(&resolved);
        self.out.push_str("\" alt=\"");
        self.attribute(&text);
        self.out.push_str(if self.briefing() { "\" loading=\"lazy\" decoding=\"async" } else { "" });
        if figure {
            self.out.push_str("\"><figcaption>");
            self.text(title);
            self.out.push_str("</figcaption></figure>\n");
            // The paragraph ends here, and its end tag must not be written.
            events.find(|(event, _)| matches!(event, Event::End(TagEnd::Paragraph)));
        } else {
            self.title_attribute(title);
            self.out.push('>');
        }
    }

    /// Closes the attribute before it.
    fn title_attribute(&mut self, title: &str) {
        self.out.push('"');
        if !title.is_empty() {
            self.out.push_str(" title=\"");
            self.attribute(title);
            self.out.push('"');
        }
    }

    pub(super) fn href(&mut self, address: &str) {
        escape_href(&mut self.out, address).expect("a string takes whatever is written into it");
    }

    /// The address to write, unless it leads nowhere or must not be followed.
    fn resolved<'b>(&self, address: &'b str, wanted: Use) -> Option<Cow<'b, str>> {
        match destination(address) {
            Destination::External => Some(Cow::Borrowed(address)),
            Destination::Internal => (self.address)(address, wanted).map(Cow::Owned),
            Destination::Dangerous => None,
        }
    }

    fn alone(&self, image: &Range<usize>) -> bool {
        let (written, paragraph) = &self.paragraph;
        let rest = self.source.get(image.end..paragraph.end);
        self.briefing()
            && self.out.len() == *written
            && paragraph.start <= image.start
            && rest.is_some_and(|rest| rest.trim().is_empty())
    }
}

/// The text of a picture, without markup; takes the events up to its end.
fn alternative<'a>(events: &mut impl Iterator<Item = Item<'a>>) -> String {
    let mut text = String::new();
    let mut depth = 0;
    for (event, _) in events {
        match event {
            Event::Start(Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::Image) if depth == 0 => break,
            Event::End(TagEnd::Image) => depth -= 1,
            Event::Text(piece) | Event::Code(piece) => text.push_str(&piece),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}
