//! Rust source taken apart: code, comments and literal texts, line by line. Knows the lexical grammar and no more.

use std::fs;
use std::path::Path;

use walkdir::WalkDir;

/// One source file in views of equal line count: each keeps one thing and shows blanks for the rest.
#[derive(Debug)]
pub struct Code {
    /// The path from the root of the package.
    pub path: String,
    /// All of it.
    pub whole: String,
    /// Without comments and literal texts, and without the test module.
    pub bare: String,
    /// The literal texts, without the test module.
    pub texts: String,
    /// The comments.
    pub comments: String,
    /// Without comments and literal texts, the test module included.
    pub all: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Code,
    Comment,
    Text,
}

impl Code {
    pub fn new(path: &str, whole: &str) -> Code {
        let parts = parts(whole);
        let view = |wanted: Part| -> String {
            let shown = whole.chars().zip(&parts);
            shown.map(|(c, part)| if c == '\n' || *part == wanted { c } else { ' ' }).collect()
        };
        let all = view(Part::Code);
        let end = all.find("#[cfg(test)]\nmod ").unwrap_or(all.len());
        let lines = all[..end].matches('\n').count();
        let outside = |text: String| text.split_inclusive('\n').take(lines).collect::<String>();
        Code {
            path: path.to_string(),
            whole: whole.to_string(),
            bare: if end == all.len() { all.clone() } else { outside(all.clone()) },
            texts: if end == all.len() { view(Part::Text) } else { outside(view(Part::Text)) },
            comments: view(Part::Comment),
            all,
        }
    }

    /// Every Rust file below a folder of the package.
    pub fn below(folder: &str) -> Vec<Code> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = WalkDir::new(root.join(folder)).sort_by_file_name().into_iter().flatten();
        let rust = files.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "rs"));
        let code = rust.map(|entry| {
            let path = entry.path().strip_prefix(root).expect("it is below the root");
            let path = path.to_str().expect("our names are UTF-8").replace('\\', "/");
            Code::new(&path, &fs::read_to_string(entry.path()).expect("our sources are UTF-8"))
        });
        code.collect()
    }

    /// The name of the file without ending; for `mod.rs` that of its folder.
    pub fn name(&self) -> &str {
        let stem = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        stem.rsplit('/').next().unwrap_or(stem)
    }
}

/// What each character of a source belongs to.
fn parts(source: &str) -> Vec<Part> {
    let chars: Vec<char> = source.chars().collect();
    let mut parts = Vec::with_capacity(chars.len());
    while parts.len() < chars.len() {
        let at = parts.len();
        let (part, end) = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => (Part::Comment, line_end(&chars, at)),
            '/' if chars.get(at + 1) == Some(&'*') => (Part::Comment, comment_end(&chars, at)),
            '"' => (Part::Text, text_end(&chars, at)),
            'r' if raw_hashes(&chars, at).is_some() => (Part::Text, raw_end(&chars, at)),
            '\'' if is_letter(&chars, at) => (Part::Text, letter_end(&chars, at)),
            _ => (Part::Code, at + 1),
        };
        parts.resize(end.min(chars.len()), part);
    }
    parts
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|&c| c == '\n').map_or(chars.len(), |length| at + length)
}

fn comment_end(chars: &[char], at: usize) -> usize {
    let close = chars[at + 2..].windows(2).position(|pair| pair == ['*', '/']);
    close.map_or(chars.len(), |length| at + 2 + length + 2)
}

fn text_end(chars: &[char], at: usize) -> usize {
    let mut end = at + 1;
    while end < chars.len() && chars[end] != '"' {
        end += if chars[end] == '\\' { 2 } else { 1 };
    }
    end + 1
}

/// How many `#` a raw text that begins here has; none if none begins here.
fn raw_hashes(chars: &[char], at: usize) -> Option<usize> {
    let in_word = at > 0 && (chars[at - 1].is_alphanumeric() && chars[at - 1] != 'b' || chars[at - 1] == '_');
    let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
    (!in_word && chars.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

fn raw_end(chars: &[char], at: usize) -> usize {
    let hashes = raw_hashes(chars, at).unwrap_or(0);
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let start = at + 2 + hashes;
    let length = chars[start..].windows(close.len()).position(|tail| tail == close);
    length.map_or(chars.len(), |length| start + length + close.len())
}

/// A letter between quotes, and not a lifetime.
fn is_letter(chars: &[char], at: usize) -> bool {
    chars.get(at + 1) == Some(&'\\') || chars.get(at + 2) == Some(&'\'')
}

fn letter_end(chars: &[char], at: usize) -> usize {
    // The character after a backslash may itself be a quote.
    let start = at + if chars.get(at + 1) == Some(&'\\') { 3 } else { 2 };
    chars[start.min(chars.len())..].iter().position(|&c| c == '\'').map_or(chars.len(), |n| start + n + 1)
}
