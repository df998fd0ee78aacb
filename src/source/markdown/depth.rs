//! Depth: how deep the elements of a piece of HTML are nested, told without building them.

use std::collections::HashMap;

/// Elements that do not nest by themselves: they hold nothing, or their end tags may be left out.
const FLAT: [&str; 21] = [
    "area", "base", "br", "col", "colgroup", "dd", "dt", "hr", "img", "input", "li", "link", "p", "rp", "rt",
    "source", "td", "th", "tr", "track", "wbr",
];

/// How deep elements are nested at most. A tag that is never closed counts as open to the end.
pub(super) fn depth(html: &str) -> usize {
    let mut open: HashMap<&str, usize> = HashMap::new();
    let (mut now, mut deepest) = (0, 0);
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        let (name, closes) = match rest.strip_prefix('/') {
            Some(rest) => (name(rest), true),
            None => (name(rest), false),
        };
        if name.is_empty() || FLAT.iter().any(|flat| name.eq_ignore_ascii_case(flat)) {
            continue;
        }
        let count = open.entry(name).or_default();
        // An end tag that closes nothing is ignored, as browsers do.
        if closes && *count > 0 {
            (*count, now) = (*count - 1, now - 1);
        } else if !closes {
            (*count, now) = (*count + 1, now + 1);
        }
        deepest = deepest.max(now);
    }
    deepest
}

fn name(tag: &str) -> &str {
    let end = tag.bytes().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(tag.len());
    &tag[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_open() {
        assert_eq!(depth("<p>a<p>b<br><ul><li>a<li>b</ul>"), 1);
        assert_eq!(depth("<b><i>a</i></b><b>"), 2);
        assert_eq!(depth(&"<b></x>".repeat(7)), 7);
    }
}
