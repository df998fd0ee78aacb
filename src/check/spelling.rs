//! Spellings that the desk does not use, in titles, summaries and bodies; what somebody else said is left as it is.
//!
//! Reads every file again, which a build need not.

use crate::catalog::PageId;
use crate::diagnostic::{Diagnostic, Place};
use crate::engine::Rehearsal;
use crate::source::markdown::{self, Settings};
use crate::source::page;
use crate::source::tree::Fault;

/// A spelling, and how the desk writes it, in each language of the site.
struct Avoided<'c> {
    spelling: &'c str,
    house: Vec<&'c str>,
}

/// Warns of each place where such a spelling stands.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn spelling(site: &Rehearsal<'_>) -> Result<Vec<Diagnostic>, Fault> {
    let catalog = site.catalog();
    let languages = u8::try_from(site.world().site.languages.len()).unwrap_or(u8::MAX);
    let mut avoided: Vec<Avoided<'_>> = Vec::new();
    for (id, term) in catalog.terms().iter() {
        let rare = term.files.iter().filter_map(|&file| catalog.card(file).rare.as_deref());
        for spelling in rare.flat_map(|rare| &rare.avoid) {
            let house = (0..languages).map(|language| catalog.term_title(id, language)).collect();
            avoided.push(Avoided { spelling, house });
        }
    }
    let mut said = Vec::new();
    if avoided.is_empty() {
        return Ok(said);
    }
    for id in catalog.ids() {
        said.extend(of_page(site, id, &avoided)?);
    }
    Ok(said)
}

fn of_page(site: &Rehearsal<'_>, id: PageId, avoided: &[Avoided<'_>]) -> Result<Vec<Diagnostic>, Fault> {
    let card = site.catalog().card(id);
    let file = card.file();
    let bytes = site.bytes(&file)?;
    let text = String::from_utf8_lossy(&bytes);
    let words: Vec<&str> = avoided.iter().map(|avoided| avoided.spelling).collect();
    let body = page::body(&text);
    let offset = text.len() - body.len();
    let mut found = markdown::spelled(body, &Settings::default(), &words);
    found.iter_mut().for_each(|(_, place)| *place = place.start + offset..place.end + offset);
    for key in ["title", "summary"] {
        let Some(span) = page::locate(&text, key, None) else { continue };
        for (at, word) in words.iter().enumerate() {
            let places = markdown::places(&text[span.clone()], word);
            found.extend(places.map(|place| (at, span.start + place.start..span.start + place.end)));
        }
    }
    let language = usize::from(card.place.language);
    let warning = |(at, place): (usize, std::ops::Range<usize>)| {
        let Avoided { spelling, house } = &avoided[at];
        Diagnostic::warning("term", format!("the desk does not write \"{spelling}\""))
            .at(Place::of(&file, &text, place))
            .label(format!("write \"{}\"", house[language]))
    };
    Ok(found.into_iter().map(warning).collect())
}
