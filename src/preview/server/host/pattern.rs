//! The paths that a rule speaks of: plain text, `*` for anything, `:name` for one part.

use super::super::address;

enum Piece {
    Text(String),
    Name(String),
    Splat,
}

/// A path with places for anything.
pub(in super::super) struct Pattern {
    pieces: Vec<Piece>,
}

/// What stood at the places, by name; `splat` for the star.
pub(super) type Captures = Vec<(String, String)>;

impl Pattern {
    /// Reads a path as it stands in a rule file.
    pub fn of(path: &str) -> Pattern {
        let mut pieces = Vec::new();
        let mut rest = path;
        while !rest.is_empty() {
            let named = |text: &str| text.len() - text.trim_start_matches(is_name).len();
            if let Some(after) = rest.strip_prefix('*') {
                pieces.push(Piece::Splat);
                rest = after;
            } else if let Some(after) = rest.strip_prefix(':').filter(|after| named(after) > 0) {
                let length = named(after);
                pieces.push(Piece::Name(after[..length].to_owned()));
                rest = &after[length..];
            } else {
                let end = rest[1..].find(['*', ':']).map_or(rest.len(), |at| at + 1);
                let text = &rest[..end];
                pieces.push(Piece::Text(address::decoded(text).unwrap_or_else(|| text.to_owned())));
                rest = &rest[end..];
            }
        }
        Pattern { pieces }
    }

    /// The path, if it is one and no more.
    pub fn plain(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// What stands at the places of a decoded path, if it is of this form.
    pub fn captures(&self, path: &str) -> Option<Captures> {
        captured(&self.pieces, path)
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn captured(pieces: &[Piece], path: &str) -> Option<Captures> {
    let Some((first, pieces)) = pieces.split_first() else { return path.is_empty().then(Vec::new) };
    let with = |name: &str, value: &str, mut rest: Captures| {
        rest.push((name.to_owned(), value.to_owned()));
        rest
    };
    match first {
        Piece::Text(text) => captured(pieces, path.strip_prefix(text.as_str())?),
        Piece::Name(name) => {
            let (value, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
            (!value.is_empty()).then(|| captured(pieces, rest))?.map(|found| with(name, value, found))
        }
        Piece::Splat => {
            let ends = path.char_indices().map(|(at, _)| at).chain([path.len()]).rev();
            let mut found = ends.filter_map(|end| Some((end, captured(pieces, &path[end..])?)));
            found.next().map(|(end, rest)| with("splat", &path[..end], rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pattern: &str, path: &str) -> Option<String> {
        let mut captures = Pattern::of(pattern).captures(path)?;
        captures.reverse();
        Some(
            captures.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "),
        )
    }

    #[test]
    fn paths_of_a_form() {
        let cases = [
            ("/a", "/a", Some("")),
            ("/a", "/ab", None),
            ("/a/*", "/a/b/c", Some("splat=b/c")),
            ("/a/*", "/a/", Some("splat=")),
            ("/*.jpg", "/x/y.jpg", Some("splat=x/y")),
            ("/*.jpg", "/x/y.png", None),
            ("/:year/:slug", "/2024/call", Some("year=2024 slug=call")),
            ("/:year", "/2024/call", None),
            ("/:year/", "//", None),
            ("/%D0%B0/*", "/а/б", Some("splat=б")),
            ("/a:/b", "/a:/b", Some("")),
        ];
        for (pattern, path, wanted) in cases {
            assert_eq!(shown(pattern, path).as_deref(), wanted, "{pattern} {path}");
        }
    }
}
