//! Quotations as figures: what was said, and below it who said it.

use std::fmt;

use serde::Serialize;

use super::Writer;
use crate::source::markdown::Use;
use crate::source::markdown::flow::{Item, Reader};
use crate::source::markdown::quote::{self, Attributed, Mention, NESTED_MAX, Piece, Quote};

/// What others know of a quotation: who its speaker is, and how its page shows that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Caption {
    /// The speaker.
    pub speaker: Named,
    /// The office they held on that day, asked for where none is stated.
    pub role: Option<String>,
    /// The place.
    pub place: Option<Named>,
    /// The day in the language of the page.
    pub day: Option<String>,
    /// Tag and direction of its language, if that is not the one of its page.
    pub language: Option<(String, &'static str)>,
    /// What parts its parts.
    pub comma: &'static str,
}

/// A name, and the address of its page if it has one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The address.
    pub address: Option<String>,
}

/// Whom to ask for the caption of a quotation. Without anybody, it shows what stands in the body.
#[derive(Clone, Copy, Default)]
pub struct Captions<'a>(pub Option<&'a dyn Fn(&Quote) -> Caption>);

impl fmt::Debug for Captions<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Captions").field(&self.0.is_some()).finish()
    }
}

impl<'a> Writer<'a> {
    /// Writes a block quote that may be a quotation.
    pub(super) fn quotation(&mut self, events: &mut impl Iterator<Item = Item<'a>>) {
        self.quoted += 1;
        let inside = quote::inside(events);
        let known = if self.quoted <= NESTED_MAX { quote::attributed(inside) } else { Err(inside) };
        match known {
            Ok(attributed) => self.figure(attributed),
            Err(inside) => {
                self.block("<blockquote>\n");
                self.read(&mut inside.into_iter());
                self.out.push_str("</blockquote>\n");
            }
        }
        self.quoted -= 1;
    }

    fn figure(&mut self, mut attributed: Attributed<'a>) {
        let id = self.anchors.unique(attributed.quote.anchor.to_string());
        attributed.quote.anchor = id.as_str().into();
        let body = std::mem::take(&mut attributed.body);
        let caption = self.caption(&attributed.quote);
        // Letters of any script, digits and hyphens need no escaping.
        self.block(&format!("<figure class=\"quote\" id=\"{id}\"><blockquote"));
        if let Some((tag, direction)) = &caption.language {
            self.out.push_str(&format!(" lang=\"{tag}\" dir=\"{direction}\""));
        }
        self.out.push_str(">\n");
        self.read(&mut body.into_iter());
        self.out.push_str("</blockquote>\n<figcaption>— ");
        self.attribution(&attributed, &caption);
        let (to, label) = (self.on_this_page(&id), self.settings.labels.permalink);
        self.out.push_str(&format!(" <a class=\"permalink\" href=\"{to}\" aria-label=\""));
        self.attribute(label);
        self.out.push_str("\">#</a></figcaption></figure>\n");
    }

    fn attribution(&mut self, attributed: &Attributed<'a>, caption: &Caption) {
        self.out.push_str("<bdi class=\"speaker\">");
        match &attributed.link {
            Some(destination) => self.piece(&Piece::Link {
                destination: destination.clone(),
                words: caption.speaker.name.clone(),
            }),
            None => self.named(&caption.speaker),
        }
        self.out.push_str("</bdi>");
        if let Some(role) = caption.role.as_ref().filter(|_| attributed.role.is_empty()) {
            self.out.push_str(caption.comma);
            self.text(role);
        }
        for (at, piece) in attributed.role.iter().enumerate() {
            self.out.push_str(if at == 0 { caption.comma } else { "" });
            self.piece(piece);
        }
        if let Some(place) = &caption.place {
            self.out.push_str(caption.comma);
            self.named(place);
        }
        if let Some(date) = attributed.quote.date {
            self.out.push_str(caption.comma);
            self.out.push_str(&format!("<time datetime=\"{date}\">"));
            match &caption.day {
                Some(day) => self.text(day),
                None => self.out.push_str(&date.to_string()),
            }
            self.out.push_str("</time>");
        }
        for name in &attributed.notes {
            self.reference(name);
        }
    }

    fn piece(&mut self, piece: &Piece<'a>) {
        match piece {
            Piece::Text(text) => self.text(text),
            Piece::Note(name) => self.reference(name),
            Piece::Link { destination, words } => {
                self.start_link(pulldown_cmark::LinkType::Inline, destination, "");
                self.text(words);
                self.end_link();
            }
        }
    }

    fn named(&mut self, named: &Named) {
        let Some(address) = &named.address else { return self.text(&named.name) };
        self.out.push_str("<a href=\"");
        self.href(address);
        self.out.push_str("\">");
        self.text(&named.name);
        self.out.push_str("</a>");
    }

    fn caption(&self, quote: &Quote) -> Caption {
        if let Some(caption) = self.settings.captions.0 {
            return caption(quote);
        }
        let named = |mention: &Mention| Named {
            name: mention.plainly().to_string(),
            address: mention.destination().and_then(|name| (self.address)(name, Use::Link)),
        };
        Caption {
            speaker: named(&quote.speaker),
            place: quote.place.as_ref().map(named),
            language: (!quote.language.is_empty()).then(|| (quote.language.to_string(), "auto")),
            comma: ", ",
            ..Caption::default()
        }
    }
}
