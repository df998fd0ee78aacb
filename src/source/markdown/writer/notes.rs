//! Notes: the numbers in the text, and the list at the end with its way back.

use pulldown_cmark_escape::{escape_href, escape_html};

use super::Writer;
use crate::source::markdown::Use;
use crate::source::markdown::anchor::note_id;

impl Writer<'_> {
    /// Writes the number of a note, or the text as it is if nothing defines the note.
    pub(super) fn reference(&mut self, name: &str) {
        let Some(place) = self.notes.cite(name) else {
            return ["[^", name, "]"].into_iter().for_each(|text| self.text(text));
        };
        if place == self.note_ids.len() {
            let id = note_id(name, place, &mut self.anchors);
            self.note_ids.push(id);
        }
        let id = &self.note_ids[place];
        let back = back_id(id, self.notes.note(place).references);
        let number = place + 1;
        let to = self.on_this_page(id);
        self.out.push_str(&format!(
            "<sup class=\"note-ref\"><a href=\"{to}\" id=\"{back}\" role=\"doc-noteref\">{number}</a></sup>"
        ));
    }

    /// Adds the notes to the body.
    pub(super) fn write_notes(&self, html: &mut String) {
        if self.note_bodies.is_empty() {
            return;
        }
        html.push_str("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"");
        escape(self.settings.labels.footnotes, html);
        html.push_str("\">\n<ol>\n");
        for (place, body) in self.note_bodies.iter().enumerate() {
            html.push_str(&format!("<li id=\"{}\">", self.note_ids[place]));
            // The way back belongs to the last line, not below it.
            let (before, after) = match body.trim_end().strip_suffix("</p>") {
                Some(before) => (before, "</p>"),
                None => (body.trim_end(), ""),
            };
            html.push_str(before);
            self.write_back_links(place, html);
            html.push_str(after);
            html.push_str("</li>\n");
        }
        html.push_str("</ol>\n</section>\n");
    }

    /// The address of an anchor of this body, which is asked for as well: in a feed it needs the page's.
    pub(super) fn on_this_page(&self, id: &str) -> String {
        let fragment = format!("#{id}");
        let Some(address) = (self.address)(&fragment, Use::Link) else { return fragment };
        let mut written = String::with_capacity(address.len());
        escape_href(&mut written, &address).expect("a string takes whatever is written into it");
        written
    }

    fn write_back_links(&self, place: usize, html: &mut String) {
        for reference in 1..=self.notes.note(place).references {
            let (number, shown) = match reference {
                1 => ((place + 1).to_string(), String::new()),
                _ => (format!("{}-{reference}", place + 1), format!("<sup>{reference}</sup>")),
            };
            html.push_str(" <a href=\"");
            html.push_str(&self.on_this_page(&back_id(&self.note_ids[place], reference)));
            html.push_str("\" class=\"note-back\" role=\"doc-backlink\" aria-label=\"");
            escape(&self.settings.labels.back_to_reference.replace("{}", &number), html);
            // The selector after the arrow asks for the letter instead of a coloured picture.
            html.push_str("\">↩\u{fe0e}");
            html.push_str(&shown);
            html.push_str("</a>");
        }
    }
}

/// The anchor of a reference. A dot cannot occur in the name of another note.
fn back_id(id: &str, reference: usize) -> String {
    let name = id.strip_prefix("fn-").unwrap_or(id);
    if reference == 1 { format!("fnref-{name}") } else { format!("fnref-{name}.{reference}") }
}

fn escape(text: &str, html: &mut String) {
    escape_html(html, text).expect("a string takes whatever is written into it");
}
