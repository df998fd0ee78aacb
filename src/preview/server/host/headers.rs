//! The rules of `_headers`, as Netlify and Cloudflare Pages read them.

use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use super::pattern::Pattern;

/// What says how the answer is sent and not what is in it, and what would let a browser keep bytes that have changed since.
const NEVER: [&str; 17] = [
    "accept-ranges",
    "age",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "date",
    "etag",
    "expires",
    "keep-alive",
    "last-modified",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "proxy-connection",
];

/// All rules, in order.
#[derive(Default)]
pub(super) struct Headers {
    rules: Vec<(Pattern, Vec<Line>)>,
}

enum Line {
    Set(HeaderName, HeaderValue),
    Remove(HeaderName),
}

impl Headers {
    /// Reads the file. What is no rule is passed over, as the hosts do.
    pub fn of(text: &str) -> Headers {
        let mut rules: Vec<(Pattern, Vec<Line>)> = Vec::new();
        let mut known = false;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if line.starts_with('/') {
                rules.push((Pattern::of(line), Vec::new()));
                known = true;
            } else if line.starts_with("https://") || line.starts_with("http://") {
                // For one name of the host only, and this server has none of them.
                known = false;
            } else if let Some((_, lines)) = rules.last_mut().filter(|_| known) {
                lines.extend(header(line));
            }
        }
        Headers { rules }
    }

    /// Adds to an answer what the rules say for a decoded path.
    pub fn apply(&self, path: &str, headers: &mut HeaderMap) {
        let mut set: Vec<&HeaderName> = Vec::new();
        let lines = self.rules.iter().filter(|(pattern, _)| pattern.captures(path).is_some());
        for line in lines.flat_map(|(_, lines)| lines) {
            match line {
                Line::Remove(name) => {
                    headers.remove(name);
                    set.retain(|known| *known != name);
                }
                Line::Set(name, value) if set.contains(&name) => {
                    headers.append(name, value.clone());
                }
                Line::Set(name, value) => {
                    headers.insert(name, value.clone());
                    set.push(name);
                }
            }
        }
    }
}

fn header(line: &str) -> Option<Line> {
    let name = |text: &str| {
        let name = HeaderName::from_bytes(text.trim().as_bytes()).ok()?;
        // What the public may be read from elsewhere, drafts may not.
        let is_ours = NEVER.contains(&name.as_str()) || name.as_str().starts_with("access-control-");
        (!is_ours).then_some(name)
    };
    if let Some(removed) = line.strip_prefix('!') {
        return name(removed).map(Line::Remove);
    }
    let (own, value) = line.split_once(':')?;
    Some(Line::Set(name(own)?, HeaderValue::from_str(value.trim()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "# all\n/*\n  X-All: yes\n  X-Two: a\n\n/a/*\n  X-Two: b\n  ! X-All\n  Content-Length: 5\n  \
        Cache-Control: max-age=9\n  bad line\n  X-Bad\u{7f}: x\nhttps://x.example/*\n  X-Other: no\n/b.html\n\tX-Tab: t: u\n\
        \tAccess-Control-Allow-Origin: *\n";

    fn applied(path: &str) -> Vec<String> {
        let mut headers = HeaderMap::new();
        Headers::of(RULES).apply(path, &mut headers);
        let mut lines: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")))
            .collect();
        lines.sort();
        lines
    }

    #[test]
    fn rules_as_the_hosts_read_them() {
        assert_eq!(applied("/"), ["x-all: yes", "x-two: a"]);
        assert_eq!(applied("/a/x"), ["x-two: a", "x-two: b"]);
        assert_eq!(applied("/b.html"), ["x-all: yes", "x-tab: t: u", "x-two: a"]);
    }

    #[test]
    fn a_rule_replaces_what_the_server_would_say() {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("text/plain"));
        Headers::of("/x\n  Content-Type: text/calendar\n").apply("/x", &mut headers);
        assert_eq!(headers["content-type"], "text/calendar");
    }
}
