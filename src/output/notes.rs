//! The notes of corrections as feeds show them: always labelled as what they are, with the day, in the language of the page.

use super::World;
use super::body::escaped;
use crate::catalog::PageId;
use crate::site::LanguageIndex;
use crate::source::correction::{Correction, newest_first};

/// What a theme without words of its own says.
const USUAL: [(&str, &str); 10] = [
    ("correction", "Correction"),
    ("clarification", "Clarification"),
    ("update", "Update"),
    ("retraction", "Retraction"),
    ("was", "It said"),
    ("now", "It now says"),
    ("comma", ", "),
    ("colon", ":"),
    ("retracted_title", "RETRACTED:"),
    ("expired", "Expired"),
];

/// The word of the theme under one of these keys.
pub(super) fn word<'w>(world: &'w World<'_>, language: LanguageIndex, key: &str) -> &'w str {
    let own = world.theme.words(language).get(key).map(String::as_str);
    own.or_else(|| USUAL.iter().find(|(known, _)| *known == key).map(|(_, word)| *word)).unwrap_or_default()
}

/// "Correction, 10 December 2024:"
pub(super) fn label(world: &World<'_>, language: LanguageIndex, entry: &Correction) -> String {
    let date = world.theme.day(&world.site.language(language).code, &entry.date.day.to_string());
    let word = |key| word(world, language, key);
    format!("{}{}{date}{}", word(entry.kind.word()), word("comma"), word("colon"))
}

/// One entry as HTML that needs no style.
pub(super) fn html(world: &World<'_>, language: LanguageIndex, entry: &Correction) -> String {
    let label = escaped(&label(world, language, entry));
    let mut html = format!("<p><strong>{label}</strong> {}</p>\n", escaped(&entry.text));
    let wordings = [("was", "del", &entry.was), ("now", "ins", &entry.now)];
    for (key, tag, wording) in wordings {
        if let Some(wording) = wording {
            let (key, colon) = (word(world, language, key), word(world, language, "colon"));
            html.push_str(&format!(
                "<p>{}{} <{tag}>{}</{tag}></p>\n",
                escaped(key),
                escaped(colon),
                escaped(wording)
            ));
        }
    }
    html
}

/// All that a page says of its changes, newest first; nothing of a refile.
pub(super) fn of_page(world: &World<'_>, id: PageId) -> String {
    let card = world.catalog.card(id);
    let entries = card.corrections().iter().filter(|entry| entry.kind.is_substantial());
    newest_first(entries).into_iter().map(|entry| html(world, card.place.language, entry)).collect()
}
