//! The painter: finds the kinds of letters in code with the grammars of a text editor.

use std::sync::OnceLock;

use pulldown_cmark_escape::escape_html_body_text;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

/// The languages that are known, one name or file ending a line, sorted; a test compares them with the grammars.
const LANGUAGES: &str = include_str!("languages.txt");

/// Names that writers use for languages that the grammars call otherwise.
const ALIASES: [(&str, &str); 6] = [
    ("console", "sh"),
    ("csharp", "cs"),
    ("docker", "dockerfile"),
    ("golang", "go"),
    ("jsonc", "json"),
    ("shell", "sh"),
];

/// Longer blocks are data rather than examples, and the grammars are slow.
const CODE_BYTES_MAX: usize = 64 * 1024;

/// Lines beyond this length are machine-made; a grammar may take seconds for one.
const LINE_BYTES_MAX: usize = 2_000;

/// What a scope of the grammars means to us; the first fitting line counts, and no class ends the search.
const SCOPES: [(&str, &str); 38] = [
    ("comment", "comment"),
    ("constant.character.escape", "constant"),
    ("constant.other.placeholder", "constant"),
    ("constant.other.symbol", "string"),
    ("constant", "constant"),
    ("support.constant", "constant"),
    ("string.regexp", "string"),
    ("string.unquoted.plain", ""),
    ("string", "string"),
    ("keyword.operator", ""),
    ("keyword", "keyword"),
    ("storage", "keyword"),
    ("entity.name.function", "function"),
    ("support.function", "function"),
    ("support.macro", "function"),
    ("variable.function", "function"),
    ("entity.name.tag", "keyword"),
    ("entity.other.attribute-name", "variable"),
    ("entity.name.section", "heading"),
    ("entity.name.label", "constant"),
    ("entity.name", "type"),
    ("entity.other.inherited-class", "type"),
    ("support.type.property-name", "variable"),
    ("support.type", "type"),
    ("support.class", "type"),
    ("variable.parameter", "variable"),
    ("variable.language", "keyword"),
    ("meta.interpolation", ""),
    ("meta.template.expression", ""),
    ("markup.heading", "heading"),
    ("markup.bold", "strong"),
    ("markup.italic", "emphasis"),
    ("markup.raw", "string"),
    ("markup.inserted", "inserted"),
    ("markup.deleted", "deleted"),
    ("meta.diff.header", "heading"),
    ("source", ""),
    ("text", ""),
];

/// The grammars, and what their scopes mean.
struct Painter {
    grammars: SyntaxSet,
    kinds: Vec<(Scope, &'static str)>,
}

/// Constant, and too large to be built by runs that see no code.
static PAINTER: OnceLock<Painter> = OnceLock::new();

fn painter() -> &'static Painter {
    PAINTER.get_or_init(|| Painter {
        grammars: two_face::syntax::extra_newlines(),
        kinds: SCOPES
            .iter()
            .map(|(scope, kind)| (Scope::new(scope).expect("our scopes have less than nine parts"), *kind))
            .collect(),
    })
}

/// Whether a grammar exists, told without loading any.
pub(super) fn known(language: &str) -> bool {
    ALIASES.iter().any(|(alias, _)| alias.eq_ignore_ascii_case(language))
        || LANGUAGES.lines().any(|known| known.eq_ignore_ascii_case(language))
}

/// Writes code with classes, or nothing if the code is not fit for it.
pub(super) fn highlight(code: &str, language: &str, out: &mut String) -> bool {
    if code.len() > CODE_BYTES_MAX || code.lines().any(|line| line.len() > LINE_BYTES_MAX) {
        return false;
    }
    let painter = painter();
    let start = out.len();
    let painted = painter.grammar(language).and_then(|grammar| painter.paint(code, grammar, out));
    if painted.is_none() {
        out.truncate(start);
    }
    painted.is_some()
}

impl Painter {
    fn grammar(&self, language: &str) -> Option<&SyntaxReference> {
        let language = language.to_ascii_lowercase();
        let alias = ALIASES.iter().find(|(alias, _)| *alias == language);
        self.grammars.find_syntax_by_token(alias.map_or(&language, |(_, name)| name))
    }

    fn paint(&self, code: &str, grammar: &SyntaxReference, out: &mut String) -> Option<()> {
        let mut state = ParseState::new(grammar);
        let mut stack = ScopeStack::new();
        let mut brush = Brush { kind: "", out };
        for line in LinesWithEndings::from(code) {
            let mut painted = 0;
            for (at, change) in state.parse_line(line, &self.grammars).ok()? {
                brush.paint(line.get(painted..at)?, self.kind(&stack));
                painted = at;
                stack.apply(&change).ok()?;
            }
            brush.paint(&line[painted..], self.kind(&stack));
        }
        brush.change("");
        Some(())
    }

    /// The kind of what stands in these scopes; the innermost that means something counts.
    fn kind(&self, stack: &ScopeStack) -> &'static str {
        let meaning = |scope: &Scope| self.kinds.iter().find(|(known, _)| known.is_prefix_of(*scope));
        stack.as_slice().iter().rev().find_map(meaning).map_or("", |(_, kind)| kind)
    }
}

/// Writes letters, and a tag where their kind changes.
struct Brush<'a> {
    kind: &'static str,
    out: &'a mut String,
}

impl Brush<'_> {
    fn paint(&mut self, text: &str, kind: &'static str) {
        // White space has no colour, so it need not change one kind into another.
        if kind.is_empty() || !text.trim().is_empty() {
            self.change(kind);
        }
        escape_html_body_text(&mut *self.out, text).expect("a string takes whatever is written into it");
    }

    fn change(&mut self, kind: &'static str) {
        if kind == self.kind {
            return;
        }
        if !self.kind.is_empty() {
            self.out.push_str("</span>");
        }
        if !kind.is_empty() {
            self.out.push_str("<span class=\"hl-");
            self.out.push_str(kind);
            self.out.push_str("\">");
        }
        self.kind = kind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_languages_is_that_of_the_grammars() {
        let mut names: Vec<String> = Vec::new();
        for grammar in painter().grammars.syntaxes().iter().filter(|grammar| grammar.name != "Plain Text") {
            names.push(grammar.name.to_lowercase());
            names.extend(grammar.file_extensions.iter().map(|ending| ending.to_lowercase()));
        }
        let found = |name: &str| painter().grammar(name).is_some_and(|grammar| grammar.name != "Plain Text");
        let word =
            |name: &str| name.starts_with(|letter: char| letter.is_ascii_alphabetic()) && !name.contains(' ');
        names.retain(|name| word(name) && found(name));
        names.sort();
        names.dedup();
        assert_eq!(names.join("\n"), LANGUAGES.trim_end());
        for (alias, _) in ALIASES {
            assert!(painter().grammar(alias).is_some(), "{alias}");
        }
    }

    #[test]
    fn paints_code() {
        let mut out = String::new();
        assert!(highlight("let a = \"<\"; // b\n", "rust", &mut out));
        let expected = "<span class=\"hl-keyword\">let</span> a = <span class=\"hl-string\">\"&lt;\"</span>; <span class=\"hl-comment\">// b\n</span>";
        assert_eq!(out, expected);
    }
}
