//! The flow of a body: the parser's events, with bare links found, heading ids taken off and notes set aside.
//!
//! Does not know what becomes of the events.

use std::collections::VecDeque;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, OffsetIter, Options, Parser, Tag, TagEnd};

use super::autolink::{Bare, Hints, bare_links, extent};
use super::notes::{Content, Notes, Prepared};
use super::{Dialect, Settings};

/// An event and the place in the prepared text that it comes from.
pub(super) type Item<'a> = (Event<'a>, Range<usize>);

/// How many pieces of emphasis a bare link may swallow: `/_a_/*b*` occurs in addresses, but not endlessly.
const SWALLOWED_MAX: usize = 16;

/// Somebody who reads a body from its first event to its last note.
pub(super) trait Reader<'a> {
    /// Reads these events to their end.
    fn read<I: Iterator<Item = Item<'a>>>(&mut self, events: &mut I);
    /// The notes that the reader cites.
    fn notes(&mut self) -> &mut Notes<'a>;
    /// Reads the content of the next note.
    fn read_note(&mut self, content: Content<'a>);
}

/// The body as the parser of this dialect wants it.
pub(super) fn prepared<'a>(body: &'a str, settings: &Settings<'_>) -> Prepared<'a> {
    match settings.dialect {
        Dialect::Briefing => Prepared::new(body),
        Dialect::Plain => Prepared::without_notes(body),
    }
}

/// Leads a reader through a body and then through its notes, in the order of first reference.
pub(super) fn walk<'a>(prepared: &'a Prepared<'_>, dialect: Dialect, reader: &mut impl Reader<'a>) {
    let mut flow = Flow::new(prepared, dialect);
    if prepared.defines {
        // Whether a reference has a definition is known only at the end of the body.
        let events: Vec<_> = flow.by_ref().collect();
        reader.notes().define(std::mem::take(&mut flow.definitions));
        reader.read(&mut events.into_iter());
    } else {
        reader.read(&mut flow);
    }
    while let Some(content) = reader.notes().next_content() {
        reader.read_note(content);
    }
}

/// The events of one body.
pub(super) struct Flow<'a> {
    source: &'a str,
    parser: OffsetIter<'a>,
    /// Events taken from the parser but not looked at yet.
    ahead: VecDeque<Item<'a>>,
    /// Events ready to be handed out.
    ready: VecDeque<Item<'a>>,
    hints: Hints<'a>,
    hint: usize,
    /// How many things that hold no bare links are open: links, pictures, code.
    closed: usize,
    /// How many raw `<a>` are open in this block; links do not nest.
    anchors: usize,
    /// Text behind this place is the id of the heading that is open.
    cut: usize,
    ids: Ids,
    open: Vec<(String, Vec<Item<'a>>)>,
    definitions: Vec<(String, Vec<Item<'a>>)>,
}

/// Whether headings can name their own id.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ids {
    Own,
    None,
}

impl<'a> Flow<'a> {
    /// The flow of a prepared body.
    pub(super) fn new(prepared: &'a Prepared<'_>, dialect: Dialect) -> Self {
        let source = prepared.text.as_ref();
        let mut parser = Parser::new_ext(source, options(dialect)).into_offset_iter();
        if prepared.start > 0 {
            parser.find(|(event, range)| {
                matches!(event, Event::End(TagEnd::HtmlBlock)) && range.end >= prepared.start
            });
        }
        let mut hints = Hints::new(source);
        let hint = hints.after(prepared.start);
        Flow {
            source,
            parser,
            ahead: VecDeque::new(),
            ready: VecDeque::new(),
            hints,
            hint,
            closed: 0,
            anchors: 0,
            cut: usize::MAX,
            ids: if dialect == Dialect::Briefing { Ids::Own } else { Ids::None },
            open: Vec::new(),
            definitions: Vec::new(),
        }
    }

    /// The parser's reference definitions.
    pub(super) fn references(&self) -> &pulldown_cmark::RefDefs<'_> {
        self.parser.reference_definitions()
    }

    /// The next event, those of definitions included.
    #[inline]
    pub(super) fn everything(&mut self) -> Option<Item<'a>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            let pulled = self.pull()?;
            if let Some(item) = self.look(pulled) {
                return Some(item);
            }
        }
    }

    fn pull(&mut self) -> Option<Item<'a>> {
        if self.ahead.is_empty() { self.parser.next() } else { self.ahead.pop_front() }
    }

    /// Takes note of what an event opens and closes; text is cut and searched for bare links.
    #[inline]
    fn look(&mut self, (event, range): Item<'a>) -> Option<Item<'a>> {
        match event {
            Event::Text(text) => self.text(text, range),
            Event::Start(tag) => {
                let tag = self.start(tag, &range);
                Some((Event::Start(tag), range))
            }
            Event::End(tag) => {
                match tag {
                    TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock => self.closed -= 1,
                    TagEnd::Heading(_) => (self.cut, self.anchors) = (usize::MAX, 0),
                    TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell => self.anchors = 0,
                    _ => {}
                }
                Some((Event::End(tag), range))
            }
            Event::InlineHtml(html) => {
                self.anchor(&html);
                Some((Event::InlineHtml(html), range))
            }
            event => Some((event, range)),
        }
    }

    fn start(&mut self, mut tag: Tag<'a>, range: &Range<usize>) -> Tag<'a> {
        match &mut tag {
            Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) => self.closed += 1,
            Tag::Heading { id, .. } if self.ids == Ids::Own => {
                if let Some((own, cut)) = own_id(self.source, range) {
                    *id = Some(CowStr::Borrowed(own));
                    self.cut = cut;
                }
            }
            _ => {}
        }
        tag
    }

    fn anchor(&mut self, html: &str) {
        let bytes = html.as_bytes();
        if bytes.len() > 2 && bytes[1].eq_ignore_ascii_case(&b'a') && !bytes[2].is_ascii_alphanumeric() {
            self.anchors += 1;
        } else if html.eq_ignore_ascii_case("</a>") {
            self.anchors = self.anchors.saturating_sub(1);
        }
    }

    fn text(&mut self, text: CowStr<'a>, range: Range<usize>) -> Option<Item<'a>> {
        if range.end > self.cut {
            if range.start >= self.cut || *text != self.source[range.clone()] {
                return None;
            }
            let range = range.start..self.cut;
            return Some((Event::Text(CowStr::Borrowed(&self.source[range.clone()])), range));
        }
        if self.hint < range.start {
            self.hint = self.hints.after(range.start);
        }
        if self.hint >= range.end || self.closed + self.anchors > 0 {
            return Some((Event::Text(text), range));
        }
        self.weave(text, range);
        self.ready.pop_front()
    }

    /// Puts the bare links of a run of text into the events that are ready.
    fn weave(&mut self, text: CowStr<'a>, range: Range<usize>) {
        let start = range.start;
        let mut run = vec![(Event::Text(text), range)];
        self.gather(&mut run);
        let mut links = bare_links(self.source, start..end(&run));
        for _ in 0..SWALLOWED_MAX {
            let touched = links
                .last()
                .is_some_and(|(link, _)| link.start + extent(&self.source[link.start..]) > end(&run));
            if !touched || !self.swallow(&mut run) {
                break;
            }
            links = bare_links(self.source, start..end(&run));
        }
        self.hand_out(run, links);
    }

    /// Adds the texts that follow without a gap: the parser splits text at every letter that might be markup.
    fn gather(&mut self, run: &mut Vec<Item<'a>>) {
        while let Some((event, range)) = self.pull() {
            let follows = matches!(event, Event::Text(_)) && range.start == end(run) && range.end <= self.cut;
            if !follows {
                self.ahead.push_front((event, range));
                return;
            }
            run.push((event, range));
        }
    }

    /// Takes emphasis into the run if it lies wholly in the link that the run ends with.
    fn swallow(&mut self, run: &mut Vec<Item<'a>>) -> bool {
        let Some((event, range)) = self.pull() else { return false };
        let emphasis = matches!(event, Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough))
            && range.start == end(run);
        let mut taken = vec![(event, range.clone())];
        if emphasis && range.end <= range.start + extent(&self.source[range.start..]) {
            while let Some(item) = self.pull() {
                let closes = matches!(item.0, Event::End(_)) && item.1 == range;
                taken.push(item);
                if closes {
                    break;
                }
            }
            let before = run.len();
            run.append(&mut taken);
            self.gather(run);
            let links = bare_links(self.source, run[0].1.start..end(run));
            let covered = links.iter().any(|(link, _)| link.start < range.start && range.end <= link.end);
            if covered {
                return true;
            }
            taken = run.split_off(before);
        }
        for item in taken.into_iter().rev() {
            self.ahead.push_front(item);
        }
        false
    }

    fn hand_out(&mut self, run: Vec<Item<'a>>, links: Vec<(Range<usize>, Bare)>) {
        let shown: Vec<_> = links.iter().map(|(link, _)| shown(self.source, &run, link)).collect();
        let mut links = links.into_iter().zip(shown).peekable();
        for (event, range) in run {
            let mut at = range.start;
            while links.next_if(|((link, _), _)| link.end <= at).is_some() {}
            let text = matches!(&event, Event::Text(text) if **text == self.source[range.clone()]);
            while let Some(((link, bare), shown)) =
                links.peek().filter(|((link, _), _)| link.start < range.end)
            {
                let (link, bare, shown) = (link.clone(), *bare, shown.clone());
                if text && at < link.start {
                    self.plain(at..link.start);
                }
                if text && link.start >= at {
                    self.link(&link, bare, shown);
                }
                at = link.end.min(range.end);
                if at == range.end {
                    break;
                }
                links.next();
            }
            if at == range.start {
                self.ready.push_back((event, range));
            } else if text && at < range.end {
                self.plain(at..range.end);
            }
        }
    }

    fn plain(&mut self, range: Range<usize>) {
        self.ready.push_back((Event::Text(CowStr::Borrowed(&self.source[range.clone()])), range));
    }

    fn link(&mut self, range: &Range<usize>, bare: Bare, shown: CowStr<'a>) {
        let (link_type, dest_url) = match bare {
            Bare::Mail => (LinkType::Email, shown.clone()),
            Bare::Web => (LinkType::Autolink, shown.clone()),
            Bare::Host => (LinkType::Autolink, format!("http://{shown}").into()),
        };
        let tag = Tag::Link { link_type, dest_url, title: "".into(), id: "".into() };
        self.ready.push_back((Event::Start(tag), range.clone()));
        self.ready.push_back((Event::Text(shown), range.clone()));
        self.ready.push_back((Event::End(TagEnd::Link), range.clone()));
    }
}

impl<'a> Iterator for Flow<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        loop {
            let item = self.everything()?;
            match item.0 {
                Event::Start(Tag::FootnoteDefinition(name)) => {
                    self.open.push((name.into_string(), Vec::new()))
                }
                Event::End(TagEnd::FootnoteDefinition) => self.definitions.extend(self.open.pop()),
                event => match self.open.last_mut() {
                    Some((_, events)) => events.push((event, item.1)),
                    None => return Some((event, item.1)),
                },
            }
        }
    }
}

fn options(dialect: Dialect) -> Options {
    let plain = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    match dialect {
        Dialect::Plain => plain,
        Dialect::Briefing => {
            plain | Options::ENABLE_FOOTNOTES | Options::ENABLE_GFM | Options::ENABLE_DEFINITION_LIST
        }
    }
}

fn end(run: &[Item<'_>]) -> usize {
    run.last().map_or(0, |(_, range)| range.end)
}

/// The letters of a link: the source's own, with character references resolved.
fn shown<'a>(source: &'a str, run: &[Item<'a>], link: &Range<usize>) -> CowStr<'a> {
    if !source[link.clone()].contains('&') {
        return CowStr::Borrowed(&source[link.clone()]);
    }
    let mut shown = String::new();
    let mut at = link.start;
    for (event, range) in run.iter().filter(|(_, range)| link.start <= range.start && range.end <= link.end) {
        match event {
            Event::Text(text) if **text != source[range.clone()] => {
                shown.push_str(&source[at..range.start]);
                shown.push_str(text);
                at = range.end;
            }
            _ => {}
        }
    }
    shown.push_str(&source[at..link.end]);
    shown.into()
}

/// The id that a heading names for itself as `{#id}` at its end, and where its text ends.
///
/// The parser's own attributes are not used: they would swallow any `{word}` at the end of a heading.
fn own_id<'a>(source: &'a str, range: &Range<usize>) -> Option<(&'a str, usize)> {
    let mut heading = source[range.clone()].trim_end();
    if heading.starts_with('#') {
        heading = heading.trim_end_matches('#').trim_end();
    } else {
        heading = heading[..heading.rfind('\n')?].trim_end();
    }
    let (text, id) = heading.strip_suffix('}')?.rsplit_once("{#")?;
    let sound =
        !id.is_empty() && !id.contains(|letter: char| letter.is_whitespace() || "{}<>\"'&`".contains(letter));
    let apart = text.ends_with([' ', '\t']);
    (sound && apart).then(|| (id, range.start + text.trim_end().len()))
}
