//! Spellings: where words stand in what a body says itself, not in what it quotes nor in code.
//!
//! Knows letters. Which words are meant, the caller says.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::Settings;
use super::flow::{Flow, prepared};

/// Where any of these words stands in a body, with the number of the word; outside of block quotes and code.
pub fn spelled(body: &str, settings: &Settings<'_>, words: &[&str]) -> Vec<(usize, Range<usize>)> {
    if !words.iter().any(|word| body.contains(word)) {
        return Vec::new();
    }
    let prepared = prepared(body, settings);
    let mut flow = Flow::new(&prepared, settings.dialect);
    let (mut quoted, mut found) = (0, Vec::new());
    while let Some((event, range)) = flow.everything() {
        match event {
            Event::Start(Tag::BlockQuote(None) | Tag::CodeBlock(_)) => quoted += 1,
            Event::End(TagEnd::BlockQuote(None) | TagEnd::CodeBlock) => quoted -= 1,
            Event::Text(_) if quoted == 0 => {
                let Some(start) = range.start.checked_sub(prepared.start) else { continue };
                let Some(text) = body.get(start..range.end - prepared.start) else { continue };
                let here = words.iter().enumerate().flat_map(|(at, word)| {
                    places(text, word).map(move |place| (at, start + place.start..start + place.end))
                });
                found.extend(here);
            }
            _ => {}
        }
    }
    found
}

/// Where a word stands in a text, whole.
pub fn places<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    let whole = |at: usize| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    };
    text.match_indices(word).filter(move |(at, _)| whole(*at)).map(|(at, word)| at..at + word.len())
}
