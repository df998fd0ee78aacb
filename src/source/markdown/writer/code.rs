//! Blocks of code, highlighted if their language is known.

use pulldown_cmark::{CodeBlockKind, Event};

use super::Writer;
use crate::source::markdown::flow::Item;
use crate::source::markdown::highlight;

impl<'a> Writer<'a> {
    /// Writes a block of code; takes the events up to its end.
    pub(super) fn code_block<I: Iterator<Item = Item<'a>>>(
        &mut self,
        kind: &CodeBlockKind<'a>,
        events: &mut I,
    ) {
        let language = match kind {
            CodeBlockKind::Fenced(words) => highlight::language(words),
            CodeBlockKind::Indented => "",
        };
        // What is too wide scrolls, so the keyboard must reach it.
        self.block(if self.briefing() { "<pre tabindex=\"0\"><code" } else { "<pre><code" });
        if !language.is_empty() {
            self.out.push_str(" class=\"language-");
            self.attribute(language);
            self.out.push('"');
        }
        self.out.push('>');
        if self.briefing() && highlight::known(language) {
            let code = texts(events).fold(String::new(), |code, text| code + &text);
            if !highlight::highlight(&code, language, &mut self.out) {
                self.text(&code);
            }
        } else {
            for text in texts(events) {
                self.text(&text);
            }
        }
        self.out.push_str("</code></pre>\n");
    }
}

fn texts<'a, I: Iterator<Item = Item<'a>>>(
    events: &mut I,
) -> impl Iterator<Item = pulldown_cmark::CowStr<'a>> {
    events.map_while(|(event, _)| match event {
        Event::Text(text) => Some(text),
        _ => None,
    })
}
