//! Front matter with one more value, while every other byte of the file stays as it is.
//!
//! Pure. Knows where values stand in the text, and nothing of what they mean.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use super::front_matter;
use crate::table::View;

/// The text with `value` at the end of the list `key`; none if that is no list, or the text is no content file.
pub fn with_item(text: &str, key: &str, value: &str) -> Option<String> {
    let value = quoted(value);
    with(
        text,
        key,
        |view| {
            let list = view.value(key)?;
            let items = list.get_ref().as_array()?;
            Some(match items.iter().last().map(Spanned::span) {
                Some(last) => (last.end..last.end, format!(", {value}")),
                None => (list.span(), format!("[{value}]")),
            })
        },
        format!("{key} = [{value}]"),
    )
}

/// The text with `value` as the text of `key`; none if it is no content file.
pub fn with_text(text: &str, key: &str, value: &str) -> Option<String> {
    let value = quoted(value);
    let line = format!("{key} = {value}");
    with(text, key, |view| view.span(key).map(|span| (span, value.clone())), line)
}

/// The text after an edit of a key that is there, or with a line for it behind that of the title.
fn with(
    text: &str,
    key: &str,
    edit: impl FnOnce(&View<'_>) -> Option<(Range<usize>, String)>,
    line: String,
) -> Option<String> {
    let division = front_matter::divide("", text).ok()?;
    let start = division.front_matter.start;
    let own = &text[division.front_matter];
    let table = DeTable::parse(own).ok()?;
    let view = View::of(table.get_ref());
    let (place, new) = if view.value(key).is_some() {
        edit(&view)?
    } else {
        // Before all tables, so that it belongs to none of them.
        let end = view
            .span("title")
            .map_or(0, |span| own[span.end..].find('\n').map_or(own.len(), |at| span.end + at + 1));
        let newline = if text[..start].ends_with("\r\n") { "\r\n" } else { "\n" };
        (end..end, format!("{line}{newline}"))
    };
    Some([&text[..start + place.start], &new, &text[start + place.end..]].concat())
}

fn quoted(value: &str) -> String {
    toml::Value::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_stands_behind_the_title_and_every_other_byte_stays() {
        let text =
            "\u{feff}+++\r\n# Ours\r\ntitle  =  \"A\" # yes\r\n[[sources]]\r\nid = \"x\"\r\n+++\r\nBody.\r\n";
        let expected = text.replace("# yes\r\n", "# yes\r\naliases = [\"/old/\"]\r\n");
        assert_eq!(with_item(text, "aliases", "/old/"), Some(expected));
        let untitled = "+++\n[extra]\ntitle = 1\n+++\n";
        assert_eq!(
            with_text(untitled, "id", "a").as_deref(),
            Some("+++\nid = \"a\"\n[extra]\ntitle = 1\n+++\n")
        );
    }

    #[test]
    fn a_list_gets_one_more_however_it_is_written() {
        let with = |list: &str| with_item(&format!("+++\naliases = {list}\n+++\n"), "aliases", "/b/");
        let expected = |list: &str| Some(format!("+++\naliases = {list}\n+++\n"));
        assert_eq!(with("[]"), expected("[\"/b/\"]"));
        assert_eq!(with("[\"/a/\"]"), expected("[\"/a/\", \"/b/\"]"));
        assert_eq!(with("[\n  '/a/', # first\n]"), expected("[\n  '/a/', \"/b/\", # first\n]"));
        assert_eq!(with("\"/a/\""), None);
    }

    #[test]
    fn a_text_is_replaced() {
        let text = "+++\nid = 'new' # id\ntitle = \"A\"\n+++\n";
        assert_eq!(
            with_text(text, "id", "old \"one\"").as_deref(),
            Some("+++\nid = 'old \"one\"' # id\ntitle = \"A\"\n+++\n")
        );
        assert_eq!(with_text("no front matter", "id", "x"), None);
    }
}
