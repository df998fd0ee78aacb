//! The note of a source, as readers see it: what it is, where it is, how good it is, and what became of it.

use super::World;
use super::body::escaped;
use crate::site::LanguageIndex;
use crate::source::basis::RETRACTED;
use crate::source::details::CitedSource;

/// The theme's words in notes: what a grade is called, and each letter and number of the Admiralty scale in words.
const WORDS: [&str; 16] = [
    "grade",
    "archived",
    "comma",
    RETRACTED,
    "reliability_a",
    "reliability_b",
    "reliability_c",
    "reliability_d",
    "reliability_e",
    "reliability_f",
    "credibility_1",
    "credibility_2",
    "credibility_3",
    "credibility_4",
    "credibility_5",
    "credibility_6",
];

/// The words that notes in a language may show.
pub(super) fn words<'w>(world: &'w World<'_>, language: LanguageIndex) -> impl Iterator<Item = &'w str> {
    WORDS.into_iter().map(move |key| world.theme.word(language, key))
}

/// The text of the note for a source.
pub(super) fn html(source: &CitedSource, world: &World<'_>, language: LanguageIndex) -> String {
    let word = |key| escaped(world.theme.word(language, key));
    let mut note = status(source, world, language).map_or_else(String::new, |label| format!("{label} "));
    let title = format!("<cite dir=\"auto\">{}</cite>", escaped(&source.title));
    match source.url.as_deref().filter(|url| is_web_address(url)) {
        Some(url) => note.push_str(&format!("<a href=\"{}\">{title}</a>", escaped(url))),
        None => note.push_str(&title),
    }
    let lang = &world.site.language(language).code;
    let day = |date: &str| format!("<time datetime=\"{date}\">{}</time>", world.theme.day(lang, date));
    let publisher = |name: &str| format!("<bdi>{}</bdi>", escaped(name));
    let parts = [source.publisher.as_deref().map(publisher), source.published.as_deref().map(day)];
    for part in parts.into_iter().flatten() {
        note.push_str(&comma(world, language));
        note.push_str(&part);
    }
    if let Some(grade) = grade(source, world, language) {
        note.push_str(&format!(" ({grade})"));
    }
    if let Some(url) = source.archived_url.as_deref().filter(|url| is_web_address(url)) {
        note.push_str(&format!(" · <a href=\"{}\">{}</a>", escaped(url), word("archived")));
    }
    if let Some(remark) = &source.note {
        note.push_str(&format!(". {}", escaped(remark)));
    }
    note
}

/// What became of a source, if anything is said of it.
fn status(source: &CitedSource, world: &World<'_>, language: LanguageIndex) -> Option<String> {
    let status = source.status.as_deref().filter(|status| !status.is_empty())?;
    let known = if status == RETRACTED { world.theme.word(language, RETRACTED) } else { status };
    Some(format!("<strong>{}</strong>", escaped(known)))
}

/// The grade with its meaning, such as `Grade B2: usually reliable, probably true`: few readers know the letters.
fn grade(source: &CitedSource, world: &World<'_>, language: LanguageIndex) -> Option<String> {
    let reliability = source.reliability.as_deref().unwrap_or_default();
    let credibility = source.credibility.map(|number| number.to_string()).unwrap_or_default();
    let meaning = |scale: &str, step: &str| {
        let key = format!("{scale}_{}", step.to_lowercase());
        let words = world.theme.words(language).get(&key).filter(|words| !words.is_empty());
        words.map(|words| escaped(words))
    };
    let meanings = [meaning("reliability", reliability), meaning("credibility", &credibility)];
    let meanings: Vec<String> = meanings.into_iter().flatten().collect();
    let grade = format!("{reliability}{credibility}");
    if grade.is_empty() {
        return None;
    }
    let word = |key| escaped(world.theme.word(language, key));
    let joined = meanings.join(&comma(world, language));
    let meant = if joined.is_empty() { String::new() } else { format!(": {joined}") };
    Some(format!("{} <bdi>{grade}</bdi>{meant}", word("grade")))
}

/// What stands between the parts of a note: a theme without the word has the comma of most languages.
fn comma(world: &World<'_>, language: LanguageIndex) -> String {
    escaped(world.theme.words(language).get("comma").map_or(", ", String::as_str))
}

fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
