//! What a page says in its own words: title aside, all that its readers would read.

use super::reading::{self, PART};
use crate::catalog::PageId;
use crate::engine::Rehearsal;
use crate::source::details;
use crate::source::markdown::{self, Dialect, Settings};
use crate::source::page;
use crate::source::tree::Fault;

/// The texts of one page.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// Everything, in which runs of words are looked for.
    pub texts: Vec<String>,
    /// Sentences that stand for themselves: the summary and the key points.
    pub statements: Vec<String>,
}

/// The texts of a page; its sources are not among them, because others cite them too.
pub(super) fn of(site: &Rehearsal<'_>, id: PageId) -> Result<Own, Fault> {
    let card = site.catalog().card(id);
    let text = String::from_utf8_lossy(&site.bytes(&card.file())?).into_owned();
    let details = details::read(&text, site.world().site);
    let mut own = Own { texts: vec![card.title.to_string()], statements: vec![card.summary.to_string()] };
    own.statements.extend(details.key_points);
    own.texts.extend(card.rare.iter().filter_map(|rare| rare.image.as_ref()).map(|(_, alt)| alt.clone()));
    for correction in details.corrections {
        own.texts.push(correction.text);
        own.texts.extend([correction.was, correction.now].into_iter().flatten());
    }
    own.texts.extend(own.statements.iter().cloned());
    own.texts.extend(body(page::body(&text), site));
    Ok(own)
}

/// The texts of a body, as a reader of the page would read them.
fn body(body: &str, site: &Rehearsal<'_>) -> Vec<String> {
    let settings =
        Settings { html: site.world().site.html, dialect: Dialect::Briefing, ..Settings::default() };
    let address = |destination: &str, _| Some(destination.to_string());
    let html = markdown::render(&without_references(body), &settings, &address).html;
    let mut texts = Vec::new();
    reading::markup(&html, 1, &mut texts);
    texts.iter().flat_map(|text| text.split(PART)).map(str::to_string).collect()
}

/// A body without references to notes and sources: numbers stand in their place, and not everywhere the same.
fn without_references(body: &str) -> String {
    let mut rest = body;
    let mut text = String::with_capacity(body.len());
    while let Some(at) = rest.find("[^") {
        text.push_str(&rest[..at]);
        let end = rest[at..].find(']').filter(|&end| !rest[at..at + end].contains(char::is_whitespace));
        match end {
            // A definition stays: its text is text.
            Some(end) if !rest[at + end..].starts_with("]:") => rest = &rest[at + end + 1..],
            _ => {
                text.push_str("[^");
                rest = &rest[at + 2..];
            }
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::without_references;

    #[test]
    fn references_are_left_out_and_definitions_stay() {
        let body = "They spoke[^a], twice.[^b-c] [^ d] [^\n\n[^a]: A note.";
        assert_eq!(without_references(body), "They spoke, twice. [^ d] [^\n\n[^a]: A note.");
    }
}
