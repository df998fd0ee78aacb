//! Patterns of paths: `*` stands for anything in a name, `**` for anything at all.

/// Whether a pattern stands for a path.
pub fn matches(pattern: &str, path: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == path };
    let Some(rest) = path.strip_prefix(before) else { return false };
    let (after, limit) = match after.strip_prefix('*') {
        Some(after) => (after, rest.len()),
        None => (after, rest.find('/').unwrap_or(rest.len())),
    };
    (0..=limit).filter(|&end| rest.is_char_boundary(end)).any(|end| matches(after, &rest[end..]))
}

#[test]
fn patterns_mean_what_they_say() {
    for (pattern, path) in [("**", "a/b.html"), ("a/*.html", "a/b.html"), ("**/index.html", "a/b/index.html")]
    {
        assert!(matches(pattern, path), "{pattern} {path}");
    }
    for (pattern, path) in [("*", "a/b.html"), ("a/*.html", "a/b/c.html"), ("a", "ab"), ("**.xml", "a.html")]
    {
        assert!(!matches(pattern, path), "{pattern} {path}");
    }
}
