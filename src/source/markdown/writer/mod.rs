//! The writer: a body's events become HTML.
//!
//! Knows the markup that we emit; what the theme makes of its classes is the theme's business. Headings get ids,
//! but no links to themselves.

mod code;
mod link;
mod notes;
mod quote;
mod table;

use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, Event, HeadingLevel, Tag, TagEnd};
use pulldown_cmark_escape::{escape_html, escape_html_body_text};

use super::anchor::Anchors;
use super::flow::{Item, Reader, prepared, walk};
use super::notes::{Content, Notes};
use super::quote::is_likely;
use super::{Address, Dialect, RawHtml, Settings, raw, sanitise};

pub use quote::{Caption, Captions, Named};

/// A body as HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// The HTML of the body with its notes.
    pub html: String,
    /// The headings in the order in which they stand.
    pub toc: Vec<Heading>,
}

/// A heading that can be linked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The anchor.
    pub id: String,
    /// The text without any markup.
    pub title: String,
}

/// Renders a body. `address` is asked for every internal destination; a link that leads nowhere becomes its text.
pub fn render(body: &str, settings: &Settings<'_>, address: &Address<'_>) -> Body {
    let prepared = prepared(body, settings);
    let mut writer = Writer::new(&prepared.text, settings, address);
    walk(&prepared, settings.dialect, &mut writer);
    writer.finished()
}

/// What is written, and what has to be remembered while writing.
struct Writer<'a> {
    source: &'a str,
    settings: &'a Settings<'a>,
    address: &'a Address<'a>,
    out: String,
    toc: Vec<Heading>,
    anchors: Anchors,
    /// The text of the heading or table head that is open.
    title: String,
    /// Whether the text is wanted as a title, too.
    titled: bool,
    heading: usize,
    own_id: Option<String>,
    paragraph: (usize, Range<usize>),
    item: usize,
    /// How many block quotes are open that were looked into.
    quoted: usize,
    link: link::Open,
    table: table::Table,
    notes: Notes<'a>,
    note_ids: Vec<String>,
    note_bodies: Vec<String>,
    /// The body without its notes, once the notes have begun.
    main: Option<String>,
    /// Whether raw HTML has been written since the last cleaning.
    raw: bool,
}

impl<'a> Reader<'a> for Writer<'a> {
    fn read<I: Iterator<Item = Item<'a>>>(&mut self, events: &mut I) {
        while let Some((event, range)) = events.next() {
            match event {
                Event::Text(text) => self.text(&text),
                Event::Start(tag) => self.start(tag, range, events),
                Event::End(tag) => self.end(tag),
                Event::Code(text) => {
                    self.out.push_str("<code>");
                    self.text(&text);
                    self.out.push_str("</code>");
                }
                Event::SoftBreak => self.line_break("\n"),
                Event::HardBreak => self.line_break("<br>\n"),
                Event::InlineHtml(html) => self.inline_html(&html),
                Event::Rule => self.block("<hr>\n"),
                Event::FootnoteReference(name) => self.reference(&name),
                Event::TaskListMarker(done) => self.task(if done { Task::Done } else { Task::Open }),
                // Blocks of HTML are read as a whole, and mathematics is not switched on.
                Event::Html(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
            }
        }
    }

    fn notes(&mut self) -> &mut Notes<'a> {
        &mut self.notes
    }

    fn read_note(&mut self, content: Content<'a>) {
        if self.main.is_none() {
            self.main = Some(self.cleaned());
        }
        match content {
            Content::Html(html) => self.note_bodies.push(html.to_owned()),
            Content::Events(events) => {
                self.read(&mut events.into_iter());
                let body = self.cleaned();
                self.note_bodies.push(body);
            }
        }
    }
}

/// A box of a task list.
#[derive(Clone, Copy)]
enum Task {
    Done,
    Open,
}

impl<'a> Writer<'a> {
    fn new(source: &'a str, settings: &'a Settings<'a>, address: &'a Address<'a>) -> Self {
        Writer {
            source,
            settings,
            address,
            // Tags, addresses and ids make the text a little longer.
            out: String::with_capacity(source.len() + source.len() / 4 + 256),
            toc: Vec::new(),
            anchors: Anchors::default(),
            title: String::new(),
            titled: false,
            heading: 0,
            own_id: None,
            paragraph: (0, 0..0),
            item: 0,
            quoted: 0,
            link: link::Open::None,
            table: table::Table::default(),
            notes: Notes::new(settings.sources),
            note_ids: Vec::new(),
            note_bodies: Vec::new(),
            main: None,
            raw: false,
        }
    }

    /// What has been written, cleaned if raw HTML is in it.
    fn cleaned(&mut self) -> String {
        let html = std::mem::take(&mut self.out);
        let raw = std::mem::take(&mut self.raw);
        if raw && self.settings.html == RawHtml::Sanitised { sanitise::cleaned(&html) } else { html }
    }

    fn finished(mut self) -> Body {
        let mut html = match self.main.take() {
            Some(main) => main,
            None => self.cleaned(),
        };
        self.write_notes(&mut html);
        Body { html, toc: self.toc }
    }

    fn briefing(&self) -> bool {
        self.settings.dialect == Dialect::Briefing
    }

    fn text(&mut self, text: &str) {
        if self.titled {
            self.title.push_str(text);
        }
        if memchr::memchr3(b'<', b'>', b'&', text.as_bytes()).is_none() {
            return self.out.push_str(text);
        }
        escape_html_body_text(&mut self.out, text).expect("a string takes whatever is written into it");
    }

    fn attribute(&mut self, text: &str) {
        escape_html(&mut self.out, text).expect("a string takes whatever is written into it");
    }

    fn line_break(&mut self, markup: &str) {
        if self.titled {
            self.title.push(' ');
        }
        self.out.push_str(markup);
    }

    /// Writes a tag that has to stand at the start of a line.
    fn block(&mut self, tag: &str) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.push_str(tag);
    }

    fn start<I: Iterator<Item = Item<'a>>>(&mut self, tag: Tag<'a>, range: Range<usize>, events: &mut I) {
        match tag {
            Tag::Paragraph => {
                self.block("<p>");
                self.paragraph = (self.out.len(), range);
            }
            Tag::Heading { level, id, .. } => self.start_heading(level, id.map(|id| id.into_string())),
            Tag::Link { link_type, dest_url, title, .. } => self.start_link(link_type, &dest_url, &title),
            Tag::Image { dest_url: address, title, .. } => {
                self.image(&link::Picture { address, title, range }, events);
            }
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            Tag::List(None) => self.block("<ul>\n"),
            Tag::List(Some(1)) => self.block("<ol>\n"),
            Tag::List(Some(start)) => self.block(&format!("<ol start=\"{start}\">\n")),
            Tag::Item => {
                self.block("<li>");
                self.item = self.out.len() - 1;
            }
            Tag::BlockQuote(None) if self.briefing() && is_likely(self.source, &range) => {
                self.quotation(events)
            }
            Tag::BlockQuote(None) => self.block("<blockquote>\n"),
            Tag::BlockQuote(Some(kind)) => self.start_alert(kind),
            Tag::CodeBlock(kind) => self.code_block(&kind, events),
            Tag::HtmlBlock => self.html_block(events),
            Tag::Table(alignments) => self.start_table(alignments),
            Tag::TableHead => self.start_head(),
            Tag::TableRow => self.start_row(),
            Tag::TableCell => self.start_cell(),
            Tag::DefinitionList => self.block("<dl>\n"),
            Tag::DefinitionListTitle => self.block("<dt>"),
            Tag::DefinitionListDefinition => self.block("<dd>"),
            // Not switched on, or set aside by the flow.
            Tag::Superscript | Tag::Subscript | Tag::FootnoteDefinition(_) | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        let markup = match tag {
            TagEnd::Paragraph => "</p>\n",
            TagEnd::Heading(level) => return self.end_heading(level),
            TagEnd::Link => return self.end_link(),
            TagEnd::Emphasis => "</em>",
            TagEnd::Strong => "</strong>",
            TagEnd::Strikethrough => "</del>",
            TagEnd::List(true) => "</ol>\n",
            TagEnd::List(false) => "</ul>\n",
            TagEnd::Item => "</li>\n",
            TagEnd::BlockQuote(None) => "</blockquote>\n",
            TagEnd::BlockQuote(Some(_)) => "</div>\n",
            TagEnd::Table => return self.end_table(),
            TagEnd::TableHead => return self.end_head(),
            TagEnd::TableRow => "</tr>\n",
            TagEnd::TableCell => return self.end_cell(),
            TagEnd::DefinitionList => "</dl>\n",
            TagEnd::DefinitionListTitle => "</dt>\n",
            TagEnd::DefinitionListDefinition => "</dd>\n",
            TagEnd::Image | TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::FootnoteDefinition => return,
            TagEnd::Superscript | TagEnd::Subscript | TagEnd::MetadataBlock(_) => return,
        };
        self.out.push_str(markup);
    }

    fn start_heading(&mut self, level: HeadingLevel, id: Option<String>) {
        const TAGS: [&str; 6] = ["<h1>", "<h2>", "<h3>", "<h4>", "<h5>", "<h6>"];
        self.block(TAGS[level as usize - 1]);
        self.heading = self.out.len() - 1;
        self.own_id = id;
        self.title.clear();
        self.titled = true;
    }

    fn end_heading(&mut self, level: HeadingLevel) {
        const TAGS: [&str; 6] = ["</h1>\n", "</h2>\n", "</h3>\n", "</h4>\n", "</h5>\n", "</h6>\n"];
        self.out.push_str(TAGS[level as usize - 1]);
        self.titled = false;
        if !self.briefing() {
            return;
        }
        let title = self.title.trim();
        let id = match self.own_id.take() {
            Some(id) => self.anchors.unique(id),
            None => self.anchors.of_text(title),
        };
        // Neither letters and digits nor a sound id of one's own need escaping.
        self.out.insert_str(self.heading, &format!(" id=\"{id}\""));
        self.toc.push(Heading { level: level as u8, id, title: title.to_owned() });
    }

    fn start_alert(&mut self, kind: BlockQuoteKind) {
        let labels = self.settings.labels;
        let (name, title) = match kind {
            BlockQuoteKind::Note => ("note", labels.note),
            BlockQuoteKind::Tip => ("tip", labels.tip),
            BlockQuoteKind::Important => ("important", labels.important),
            BlockQuoteKind::Warning => ("warning", labels.warning),
            BlockQuoteKind::Caution => ("caution", labels.caution),
        };
        self.block("<div class=\"alert alert-");
        self.out.push_str(name);
        self.out.push_str("\" role=\"note\">\n<p class=\"alert-title\">");
        escape_html_body_text(&mut self.out, title).expect("a string takes whatever is written into it");
        self.out.push_str("</p>\n");
    }

    fn task(&mut self, task: Task) {
        let (checked, label) = match task {
            Task::Done => (" checked", self.settings.labels.task_done),
            Task::Open => ("", self.settings.labels.task_open),
        };
        self.out.push_str("<input type=\"checkbox\" disabled");
        self.out.push_str(checked);
        if self.briefing() {
            self.out.push_str(" aria-label=\"");
            self.attribute(label);
            self.out.push('"');
            self.out.insert_str(self.item, " class=\"task\"");
        }
        self.out.push_str("> ");
    }

    fn html_block<I: Iterator<Item = Item<'a>>>(&mut self, events: &mut I) {
        let mut html = String::new();
        for (event, _) in events {
            match event {
                Event::Html(line) | Event::Text(line) => html.push_str(&line),
                _ => break,
            }
        }
        if self.settings.html == RawHtml::Off {
            self.block("<p>");
            self.text(html.trim_end());
            self.out.push_str("</p>\n");
        } else {
            self.block("");
            self.inline_html(&html);
        }
    }

    fn inline_html(&mut self, html: &str) {
        match self.settings.html {
            RawHtml::Off => self.text(html),
            // Cleaning would only remove it; so a comment alone does not make a body raw.
            RawHtml::Sanitised if raw::comment(html) => {}
            RawHtml::Sanitised | RawHtml::On => {
                self.raw = true;
                let all = self.settings.html == RawHtml::On;
                let remains = |name: &str| all || sanitise::remains(name);
                raw::rewrite(html, remains, self.address, &mut self.out);
            }
        }
    }
}
