//! The words of a theme in each language of the site: `i18n/<tag>.toml`.

use std::collections::BTreeMap;

use super::language;
use super::layer::Layer;
use crate::diagnostic::{Diagnostic, Place};
use crate::table::Reader;

/// The words that a language lacks are taken from here.
const FALLBACK: &str = "en";

/// Reads the words of `tag`: English first, then those of the language (`pt` before `pt-BR`), site over theme over parent.
pub fn of_language(tag: &str, layers: &[Layer]) -> (BTreeMap<String, String>, Vec<Diagnostic>) {
    let mut words = BTreeMap::new();
    let mut said = Vec::new();
    let mut tags = vec![tag];
    while let Some(parent) = tags.last().and_then(|last| language::parent(last)) {
        tags.push(parent);
    }
    tags.push(FALLBACK);
    for tag in tags.into_iter().rev() {
        for layer in layers.iter().rev() {
            read(layer, tag, &mut words, &mut said);
        }
    }
    (words, said)
}

fn read(layer: &Layer, tag: &str, words: &mut BTreeMap<String, String>, said: &mut Vec<Diagnostic>) {
    let path = format!("i18n/{tag}.toml");
    if !layer.files.contains_key(&path) {
        return;
    }
    let file = format!("{}/{path}", layer.shown_as);
    let Some(text) = layer.text(&path) else {
        said.push(Diagnostic::error("theme", "the file is not UTF-8").at(Place::whole_file(&file)));
        return;
    };
    let mut reader = Reader::new(&file, text, 0, "theme");
    let table = reader.parse(text);
    for (key, value) in table.get_ref().iter() {
        match value.get_ref().as_str() {
            Some(word) => {
                words.insert(key.get_ref().to_string(), word.to_string());
            }
            None => reader.error(
                value.span(),
                format!("`{}` is not text", key.get_ref()),
                "expected text between quotes",
            ),
        }
    }
    said.extend(reader.finish());
}
