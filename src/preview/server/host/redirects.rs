//! The rules of `_redirects`, as Netlify and Cloudflare Pages read them.
//!
//! A rule that depends on who asks (country, language, role) cannot be judged here and is left out.

use std::collections::BTreeMap;

use super::super::address;
use super::pattern::{Captures, Pattern};

/// All rules, in order.
#[derive(Default)]
pub(super) struct Redirects {
    rules: Vec<Rule>,
    /// The first rule for each plain path, without a slash at its end: a site has thousands of them.
    plain: BTreeMap<String, usize>,
    /// The others.
    patterned: Vec<usize>,
}

struct Rule {
    from: Pattern,
    query: Vec<(String, String)>,
    to: Option<String>,
    status: u16,
    force: Force,
}

/// Which rules are asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Force {
    /// Those that come even before a file.
    Forced,
    /// Those for what is not there.
    Usual,
}

/// What a rule says.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) enum Verdict {
    /// Go there.
    Elsewhere {
        /// The status of the answer.
        status: u16,
        /// The address.
        location: String,
    },
    /// Here is what stands at this path.
    Instead {
        /// The status of the answer.
        status: u16,
        /// The path, as it would stand in a request; none if nothing stands for it.
        path: Option<String>,
    },
}

impl Redirects {
    /// Reads the file. What is no rule is passed over, as the hosts do.
    pub fn of(text: &str) -> Redirects {
        let mut all = Redirects::default();
        for rule in text.lines().filter_map(rule) {
            let number = all.rules.len();
            match rule.from.plain().filter(|_| rule.query.is_empty()) {
                Some(path) => {
                    all.plain.entry(trimmed(path).to_owned()).or_insert(number);
                }
                None => all.patterned.push(number),
            }
            all.rules.push(rule);
        }
        all
    }

    /// What the first rule for a decoded path says.
    pub fn verdict(&self, path: &str, query: Option<&str>, force: Force) -> Option<Verdict> {
        let path = trimmed(path);
        let plain = self.plain.get(path).map(|&number| (number, Captures::new()));
        let before = plain.as_ref().map_or(usize::MAX, |(number, _)| *number);
        let mut patterned = self.patterned.iter().take_while(|number| **number < before);
        let found = patterned.find_map(|&number| Some((number, self.rules[number].captures(path, query)?)));
        let (number, captures) = found.or(plain)?;
        let rule = &self.rules[number];
        (rule.force == force).then(|| rule.verdict(path, query, &captures))?
    }
}

impl Rule {
    fn captures(&self, path: &str, query: Option<&str>) -> Option<Captures> {
        let slashed = format!("{path}/");
        let mut captures = self.from.captures(path).or_else(|| self.from.captures(&slashed))?;
        for (name, wanted) in &self.query {
            let mut pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
            let value = pairs.find(|(key, _)| key == name).and_then(|(_, value)| address::decoded(value))?;
            match wanted.strip_prefix(':') {
                Some(name) => captures.push((name.to_owned(), value)),
                None if *wanted == value => {}
                None => return None,
            }
        }
        Some(captures)
    }

    fn verdict(&self, path: &str, query: Option<&str>, captures: &Captures) -> Option<Verdict> {
        let to = self.to.as_deref().map(|to| filled(to, captures));
        if !matches!(self.status, 301 | 302 | 303 | 307 | 308) {
            return Some(Verdict::Instead { status: self.status, path: to });
        }
        let mut location = to?;
        // A rule that leads to itself would lead there for ever.
        if address::decoded(&location).is_some_and(|target| trimmed(&target) == path) {
            return None;
        }
        if let Some(query) = query.filter(|_| !location.contains('?') && self.query.is_empty()) {
            let at = location.find('#').unwrap_or(location.len());
            location.insert_str(at, &format!("?{query}"));
        }
        Some(Verdict::Elsewhere { status: self.status, location })
    }
}

/// A target with what stood at the places of the path.
fn filled(to: &str, captures: &Captures) -> String {
    let mut names: Vec<&(String, String)> = captures.iter().collect();
    // `:slug` must not be filled in as `:s`.
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut out = String::new();
    let mut rest = to;
    while let Some(at) = rest.find(':') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let found = names.iter().find(|(name, _)| after.starts_with(name.as_str()));
        out.push_str(&found.map_or(":".to_owned(), |(_, value)| address::encoded(value)));
        rest = &after[found.map_or(0, |(name, _)| name.len())..];
    }
    out.push_str(rest);
    // A header is ASCII; what is encoded already stays as it is.
    out.chars().map(|c| if c.is_ascii() { c.to_string() } else { address::encoded(&c.to_string()) }).collect()
}

/// A line as a rule.
fn rule(line: &str) -> Option<Rule> {
    let words: Vec<&str> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
    let (from, words) = words.split_first()?;
    let is_target =
        |word: &str| word.starts_with('/') || word.starts_with("http://") || word.starts_with("https://");
    let queries = words.iter().take_while(|word| !is_target(word) && word.contains('=')).count();
    let query = words[..queries].iter().filter_map(|word| word.split_once('='));
    let query = query.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut words = words[queries..].iter().copied().peekable();
    let to = words.next_if(|word| is_target(word)).map(str::to_owned);
    let status = words.next().unwrap_or("301");
    // What follows are conditions on who asks.
    let judged = from.starts_with('/') && words.next().is_none();
    let force = if status.ends_with('!') { Force::Forced } else { Force::Usual };
    let status = status.trim_end_matches('!').parse().ok().filter(|status| (200..600).contains(status))?;
    let complete = to.is_some() || matches!(status, 404 | 410);
    (judged && complete).then(|| Rule { from: Pattern::of(from), query, to, status, force })
}

fn trimmed(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "# a comment\n/old /new/\n/old /never/\n/two /elsewhere 302 # why\n/news/* /archive/:splat 301\n\
        /posts/:year/:slug /:slug/ 308\n/forced /x 301!\n/gone 410\n/app/* /app/index.html 200\n/same /same/\n\
        /find id=:id /found/:id 301\n/ua /x 301 Country=ua\nhttps://a.example/* /y\n/bad\n/worse /x many\n/é /ж/\n\
        /out https://example.org/:splat\n";

    fn verdict(path: &str, query: Option<&str>) -> Option<String> {
        match Redirects::of(RULES).verdict(path, query, Force::Usual)? {
            Verdict::Elsewhere { status, location } => Some(format!("{status} {location}")),
            Verdict::Instead { status, path } => Some(format!("{status} = {}", path.unwrap_or_default())),
        }
    }

    #[test]
    fn rules_as_the_hosts_read_them() {
        let cases = [
            ("/old", Some("301 /new/")),
            ("/old/", Some("301 /new/")),
            ("/two", Some("302 /elsewhere")),
            ("/news/2024/x", Some("301 /archive/2024/x")),
            ("/news", Some("301 /archive/")),
            ("/newspaper", None),
            ("/posts/2024/call", Some("308 /call/")),
            ("/gone", Some("410 = ")),
            ("/app/any/where", Some("200 = /app/index.html")),
            ("/same", None),
            ("/find", None),
            ("/ua", None),
            ("/bad", None),
            ("/worse", None),
            ("/é", Some("301 /%D0%B6/")),
            ("/news/a b", Some("301 /archive/a%20b")),
            ("/forced", None),
        ];
        for (path, wanted) in cases {
            assert_eq!(verdict(path, None).as_deref(), wanted, "{path}");
        }
    }

    #[test]
    fn queries_are_matched_and_kept() {
        assert_eq!(verdict("/old", Some("a=1&b")).as_deref(), Some("301 /new/?a=1&b"));
        assert_eq!(verdict("/find", Some("x=1&id=7")).as_deref(), Some("301 /found/7"));
    }

    #[test]
    fn forced_rules_come_before_files() {
        let found = Redirects::of(RULES).verdict("/forced", None, Force::Forced);
        assert_eq!(found, Some(Verdict::Elsewhere { status: 301, location: "/x".to_owned() }));
        assert_eq!(Redirects::of(RULES).verdict("/old", None, Force::Forced), None);
    }

    #[test]
    fn the_first_rule_counts_whatever_its_form() {
        let rules = Redirects::of("/a/* /first 302\n/a/b /second 302\n");
        let found = rules.verdict("/a/b", None, Force::Usual);
        assert_eq!(found, Some(Verdict::Elsewhere { status: 302, location: "/first".to_owned() }));
    }
}
