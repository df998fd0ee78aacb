//! The reference tables of the README are made from the descriptions that check the files: `UPDATE=1` rewrites them.

use std::path::Path;

use bulletin::site::SITE;
use bulletin::source::keys;
use bulletin::table::{Key, Shape};

fn tables() -> [(&'static str, &'static [Key]); 7] {
    [
        ("site", SITE),
        ("briefing", keys::BRIEFING),
        ("collection", keys::COLLECTION),
        ("entity", keys::ENTITY),
        ("topic", keys::TOPIC),
        ("series", keys::SERIES),
        ("source", keys::SHARED_SOURCE),
    ]
}

fn table(keys: &[Key]) -> String {
    let mut text = String::from("| key | value | meaning |\n|---|---|---|\n");
    rows(keys, "", &mut text);
    text
}

fn rows(keys: &[Key], before: &str, text: &mut String) {
    for key in keys.iter().filter(|key| !matches!(key.shape, Shape::Elsewhere(_))) {
        let (value, inner) = described(key.shape);
        text.push_str(&format!("| `{before}{}` | {value} | {} |\n", key.name, key.meaning));
        if let Some((inner, mark)) = inner {
            rows(inner, &format!("{before}{}{mark}.", key.name), text);
        }
    }
}

/// What a value is called in the table, and the keys inside of it with what stands between.
fn described(shape: Shape) -> (String, Option<(&'static [Key], &'static str)>) {
    let words = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ");
    match shape {
        Shape::Text | Shape::Prose => ("text".into(), None),
        Shape::Flag => ("`true` or `false`".into(), None),
        Shape::Number(low, high) => (format!("{low} to {high}"), None),
        Shape::Moment => ("date or time".into(), None),
        Shape::Choice(choices) => (words(choices), None),
        Shape::Texts => ("list of texts".into(), None),
        Shape::Choices(choices) => (format!("list of {}", words(choices)), None),
        Shape::TextsOrTables(_) => ("list of texts or tables".into(), None),
        Shape::Table(inner) => ("table".into(), Some((inner, ""))),
        Shape::Tables(inner) => ("tables".into(), Some((inner, "[]"))),
        Shape::Named(inner) => ("a table each".into(), Some((inner, ".*"))),
        Shape::Free => ("anything".into(), None),
        Shape::Elsewhere(_) => ("nothing".into(), None),
    }
}

#[test]
fn the_readme_documents_every_key() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let before = std::fs::read_to_string(&path).expect("the README can be read");
    let mut after = before.clone();
    for (name, keys) in tables() {
        let open = format!("<!-- reference: {name} -->\n");
        let start = after.find(&open).unwrap_or_else(|| panic!("the README has no {open}")) + open.len();
        let end = start + after[start..].find("<!-- end -->").expect("every reference ends");
        after.replace_range(start..end, &table(keys));
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &after).expect("the README can be written");
        return;
    }
    assert!(
        before == after,
        "the reference in README.md is out of date: UPDATE=1 cargo test --test reference"
    );
}

#[test]
fn every_key_has_a_meaning_that_is_a_sentence() {
    for (table, keys) in tables() {
        for key in keys {
            let sentence = key.meaning.ends_with('.') && key.meaning.len() > 8;
            assert!(sentence, "{table}.{}: {:?}", key.name, key.meaning);
        }
    }
}
