//! XML, written element by element: the escaping is the library's.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use rayon::prelude::*;

/// An XML document in the making.
pub(super) struct Xml {
    writer: Writer<Vec<u8>>,
    /// How many elements are open.
    depth: usize,
}

/// Fewer items than this are not worth the way to another thread.
const ITEMS: usize = 1024;

impl Xml {
    /// A document with its declaration.
    pub(super) fn new() -> Self {
        let mut xml = Self { writer: Writer::new_with_indent(Vec::new(), b' ', 1), depth: 0 };
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
        xml
    }

    /// Writing to memory cannot fail.
    fn event(&mut self, event: Event<'_>) {
        self.writer.write_event(event).expect("writing to memory succeeds");
    }

    /// An element with attributes, and what `inside` writes in it.
    pub(super) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inside: impl FnOnce(&mut Self),
    ) {
        self.event(Event::Start(start(name, attributes)));
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// What `one` writes of each item, in their order; many are written on all threads.
    pub(super) fn each<T: Sync>(&mut self, items: &[T], one: impl Fn(&mut Self, &T) + Sync) {
        let depth = self.depth;
        let written = |items: &[T]| {
            let mut xml = Self { writer: Writer::new_with_indent(Vec::new(), b' ', 1), depth };
            // As deep as here; what stands for the elements that are open is cut off again.
            (0..depth).for_each(|_| xml.event(Event::Start(BytesStart::new("open"))));
            let begin = xml.writer.get_ref().len();
            items.iter().for_each(|item| one(&mut xml, item));
            xml.writer.into_inner().split_off(begin)
        };
        let parts: Vec<Vec<u8>> = items.par_chunks(ITEMS).map(written).collect();
        parts.iter().for_each(|part| self.writer.get_mut().extend_from_slice(part));
    }

    /// An element that holds only text. What XML cannot hold is left out.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.event(Event::Start(start(name, attributes)));
        self.event(Event::Text(BytesText::new(&legal(text))));
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Empty(start(name, attributes)));
    }

    /// The finished document.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = self.writer.into_inner();
        bytes.push(b'\n');
        bytes
    }
}

fn start<'n>(name: &'n str, attributes: &[(&str, &str)]) -> BytesStart<'n> {
    let mut start = BytesStart::new(name);
    attributes.iter().for_each(|(name, value)| start.push_attribute((*name, legal(value).as_ref())));
    start
}

/// A text without what XML cannot hold.
fn legal(text: &str) -> Cow<'_, str> {
    let plain = text.bytes().all(|byte| (b' '..0x80).contains(&byte));
    if plain { Cow::Borrowed(text) } else { text.chars().filter(|&c| allowed(c)).collect() }
}

/// The characters of XML 1.0, section 2.2.
fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_items_read_as_if_they_were_written_one_after_the_other() {
        for count in [0, 1, ITEMS, 2 * ITEMS + 3] {
            let items: Vec<usize> = (0..count).collect();
            let item = |xml: &mut Xml, item: &usize| {
                xml.element("url", &[], |xml| xml.text("loc", &[], &format!("/{item}/")));
            };
            let document = |inside: &dyn Fn(&mut Xml)| {
                let mut xml = Xml::new();
                xml.element("all", &[], |xml| xml.element("urlset", &[], |xml| inside(xml)));
                String::from_utf8(xml.finish()).expect("XML is text")
            };
            let one_by_one = document(&|xml| items.iter().for_each(|one| item(xml, one)));
            assert_eq!(document(&|xml| xml.each(&items, item)), one_by_one);
        }
    }
}
