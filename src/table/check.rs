//! Compares a table with its description. Reports; changes nothing.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Key, OTHER_NAMES, Reader, Shape};
use crate::diagnostic::suggestion;

/// Notes every unknown key and every value of the wrong type in `table`, nested tables included.
pub(super) fn table(reader: &mut Reader<'_>, table: &DeTable<'_>, keys: &[Key]) {
    for (name, value) in table.iter() {
        match keys.iter().find(|key| key.name == name.get_ref().as_ref()) {
            Some(key) => shape(reader, key.name, key.shape, value),
            None => unknown(reader, name.get_ref(), name.span(), keys),
        }
    }
}

fn unknown(reader: &mut Reader<'_>, name: &str, span: Range<usize>, keys: &[Key]) {
    let known = |wanted: &str| keys.iter().any(|key| key.name == wanted);
    let renamed =
        OTHER_NAMES.iter().find(|(other, ours)| *other == name && known(ours)).map(|(_, ours)| *ours);
    let label = match renamed.or_else(|| suggestion(name, keys.iter().map(|key| key.name))) {
        Some(close) => format!("did you mean `{close}`?"),
        None if known("extra") => {
            "this file has no such key; a theme's own values go under [extra]".to_string()
        }
        None => {
            let here = keys.iter().filter(|key| !matches!(key.shape, Shape::Elsewhere(_)));
            format!("expected one of: {}", here.map(|key| key.name).collect::<Vec<_>>().join(", "))
        }
    };
    reader.error(span, format!("unknown key `{name}`"), &label);
}

fn shape(reader: &mut Reader<'_>, name: &str, wanted: Shape, value: &Spanned<DeValue<'_>>) {
    let span = value.span();
    match (wanted, value.get_ref()) {
        (Shape::Elsewhere(label), _) => reader.error(span, format!("`{name}` does not belong here"), label),
        (Shape::Text, DeValue::String(text)) if text.trim().is_empty() => {
            reader.error(span, format!("`{name}` is empty"), "write some text, or leave the key out");
        }
        (Shape::Text | Shape::Prose, DeValue::String(_))
        | (Shape::Flag, DeValue::Boolean(_))
        | (Shape::Free, DeValue::Table(_)) => {}
        (Shape::Number(low, high), DeValue::Integer(number)) => {
            let inside =
                u32::from_str_radix(number.as_str(), number.radix()).is_ok_and(|n| (low..=high).contains(&n));
            if !inside {
                let label = format!("expected a whole number from {low} to {high}");
                reader.error(span, format!("`{name}` is out of range"), &label);
            }
        }
        (Shape::Moment, DeValue::Datetime(moment)) if moment.date.is_some() => {}
        (Shape::Choice(words), DeValue::String(word)) => choice(reader, name, words, (word, span)),
        (Shape::Texts, DeValue::Array(items)) => {
            items.iter().for_each(|item| shape(reader, name, Shape::Text, item));
        }
        (Shape::Choices(words), DeValue::Array(items)) => {
            items.iter().for_each(|item| shape(reader, name, Shape::Choice(words), item));
        }
        (Shape::TextsOrTables(keys), DeValue::Array(items)) => {
            items.iter().for_each(|item| match item.get_ref() {
                DeValue::Table(inner) => table(reader, inner, keys),
                _ => shape(reader, name, Shape::Text, item),
            })
        }
        (Shape::Table(keys), DeValue::Table(inner)) => table(reader, inner, keys),
        (Shape::Tables(keys), DeValue::Array(items)) => {
            items.iter().for_each(|item| shape(reader, name, Shape::Table(keys), item));
        }
        (Shape::Named(keys), DeValue::Table(inner)) => {
            inner
                .iter()
                .for_each(|(inner_name, item)| shape(reader, inner_name.get_ref(), Shape::Table(keys), item));
        }
        _ => wrong_type(reader, name, wanted, value),
    }
}

fn choice(reader: &mut Reader<'_>, name: &str, words: &[&str], (word, span): (&str, Range<usize>)) {
    if words.contains(&word) {
        return;
    }
    let label = match suggestion(word, words.iter().copied()) {
        Some(close) => format!("did you mean \"{close}\"?"),
        None => format!("expected one of: {}", words.join(", ")),
    };
    reader.error(span, format!("`{name}` cannot be \"{word}\""), &label);
}

fn wrong_type(reader: &mut Reader<'_>, name: &str, wanted: Shape, value: &Spanned<DeValue<'_>>) {
    let (what, label) = match wanted {
        Shape::Text | Shape::Prose | Shape::Choice(_) => ("text", "expected text between quotes"),
        Shape::Flag => ("a switch", "expected true or false, without quotes"),
        Shape::Number(..) => ("a number", "expected a whole number, without quotes"),
        Shape::Moment => ("a date", moment_label(value.get_ref())),
        Shape::Texts | Shape::Choices(_) => {
            ("a list", "expected a list of texts such as [\"energy\", \"grid\"]")
        }
        Shape::TextsOrTables(_) => ("a list", "expected a list of texts, or of tables"),
        Shape::Table(_) | Shape::Free | Shape::Named(_) => {
            ("a table", "expected a table: [name] on a line of its own")
        }
        Shape::Elsewhere(label) => ("wanted here", label),
        Shape::Tables(_) => {
            ("a list of tables", "expected [[name]] on a line of its own, once for each entry")
        }
    };
    reader.error(value.span(), format!("`{name}` is not {what}"), label);
}

fn moment_label(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(text) if text.starts_with(|c: char| c.is_ascii_digit()) => {
            "a date stands without quotes, such as 2026-11-23"
        }
        _ => "expected a day such as 2026-11-23",
    }
}
