//! Colours for code: blocks in a known language get a few classes, and one style sheet colours them.
//!
//! The grammars are large, so they are loaded only when a known language occurs; which ones are known is a list of
//! its own. Knows nothing of Markdown.

/// The words after a fence, reduced to the language.
pub(super) fn language(words: &str) -> &str {
    words.split([' ', '\t', ',', '{']).next().unwrap_or_default()
}

/// Whether blocks in this language are highlighted.
pub(super) fn known(language: &str) -> bool {
    #[cfg(feature = "highlight")]
    return !language.is_empty() && paint::known(language);
    #[cfg(not(feature = "highlight"))]
    return language == "\n";
}

/// Writes code with classes; writes nothing and says so if that is not possible.
pub(super) fn highlight(code: &str, language: &str, out: &mut String) -> bool {
    #[cfg(feature = "highlight")]
    return paint::highlight(code, language, out);
    #[cfg(not(feature = "highlight"))]
    return language == "\n" && out == code;
}

/// Kinds of letters in code, and their colours on a light page and on a dark one.
///
/// Chosen for a contrast of at least 4.5 to 1, which a test computes.
const COLOURS: [(&str, &str, &str); 10] = [
    ("comment", "#5c6670", "#9aa5b1"),
    ("keyword", "#9a2c8e", "#dd9bf0"),
    ("string", "#22692f", "#93d68a"),
    ("constant", "#8f4a00", "#f0b26b"),
    ("function", "#1a56b0", "#8cc0ff"),
    ("type", "#0a6470", "#6fd3dd"),
    ("variable", "#7a4b12", "#e6c58e"),
    ("heading", "#1a56b0", "#8cc0ff"),
    ("inserted", "#1b6b34", "#86d99a"),
    ("deleted", "#b3261e", "#ff9d94"),
];

/// The style sheet for highlighted code: light colours, and dark ones for readers who prefer them.
pub fn highlight_css() -> String {
    let rules = |colour: fn(&(&str, &'static str, &'static str)) -> &'static str| {
        let rule = |kind: &(&'static str, &'static str, &'static str)| {
            format!(".hl-{}{{color:{}}}\n", kind.0, colour(kind))
        };
        COLOURS.iter().map(rule).collect::<String>()
    };
    let (light, dark) = (rules(|kind| kind.1), rules(|kind| kind.2));
    format!(
        "{light}.hl-strong{{font-weight:bold}}\n.hl-emphasis{{font-style:italic}}\n@media (prefers-color-scheme:dark){{\n{dark}}}\n"
    )
}

#[cfg(feature = "highlight")]
mod paint;

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("colours are hexadecimal");
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn colours_can_be_read() {
        for (kind, light, dark) in COLOURS {
            assert!(contrast(light, "#ffffff") >= 4.5, "{kind} is too pale on white");
            assert!(contrast(dark, "#14171a") >= 4.5, "{kind} is too dim on the dark page");
        }
    }
}
