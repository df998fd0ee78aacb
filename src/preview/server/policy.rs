//! The page's own Content-Security-Policy, widened by exactly what the reload script needs.
//!
//! The script is let in by a nonce, which lets in nothing else, and may talk to this server. Everything else that the policy
//! forbids stays forbidden, so that a page which its policy breaks is broken in the preview too.

/// One directive: its name in small letters, and its sources.
struct Directive {
    name: String,
    sources: Vec<String>,
}

/// The policies of one header or element, widened; none if they need no change.
pub(super) fn widened(policies: &str, nonce: &str) -> Option<String> {
    let mut changed = false;
    let mut one = |policy: &str| {
        let mut directives = directives(policy);
        let script = widen(&mut directives, &["script-src-elem", "script-src", "default-src"], |sources| {
            for_script(sources, nonce)
        });
        let connect = widen(&mut directives, &["connect-src", "default-src"], for_connection);
        changed |= script || connect;
        if script || connect { written(&directives) } else { policy.trim().to_owned() }
    };
    let all: Vec<String> = policies.split(',').map(&mut one).collect();
    changed.then(|| all.join(", "))
}

fn directives(policy: &str) -> Vec<Directive> {
    let mut all: Vec<Directive> = Vec::new();
    for text in policy.split(';') {
        let mut words = text.split_ascii_whitespace().map(str::to_owned);
        let Some(name) = words.next() else { continue };
        let name = name.to_ascii_lowercase();
        // Of two with one name, browsers take the first.
        if all.iter().all(|known| known.name != name) {
            all.push(Directive { name, sources: words.collect() });
        }
    }
    all
}

/// Adds a source to the first of these directives that is there. What only a more general one says is copied to the most
/// particular, so that nothing but that is widened.
fn widen(
    directives: &mut Vec<Directive>,
    chain: &[&str],
    missing: impl Fn(&[String]) -> Option<String>,
) -> bool {
    let Some(at) = chain.iter().find_map(|name| directives.iter().position(|known| known.name == *name))
    else {
        return false;
    };
    let Some(source) = missing(&directives[at].sources) else { return false };
    let mut sources = directives[at].sources.clone();
    sources.retain(|own| !own.eq_ignore_ascii_case("'none'"));
    sources.push(source);
    if directives[at].name == chain[0] {
        directives[at].sources = sources;
    } else {
        directives.push(Directive { name: chain[0].to_owned(), sources });
    }
    true
}

/// What is missing for the script to run.
fn for_script(sources: &[String], nonce: &str) -> Option<String> {
    let has = |word: &str| sources.iter().any(|source| source.eq_ignore_ascii_case(word));
    let strict = has("'strict-dynamic'");
    if !strict && (has("'self'") || has("*")) {
        return None;
    }
    let starts = |source: &String, word: &str| source.to_ascii_lowercase().starts_with(word);
    let exact = sources.iter().any(|source| starts(source, "'nonce-") || starts(source, "'sha"));
    // A nonce would switch `'unsafe-inline'` off, and with it scripts of the page that run where it is published.
    let inline = has("'unsafe-inline'") && !exact && !strict;
    Some(if inline { "'self'".to_owned() } else { format!("'nonce-{nonce}'") })
}

/// What is missing for it to hear from this server.
fn for_connection(sources: &[String]) -> Option<String> {
    let open = sources.iter().any(|source| source.eq_ignore_ascii_case("'self'") || source == "*");
    (!open).then(|| "'self'".to_owned())
}

fn written(directives: &[Directive]) -> String {
    let one = |directive: &Directive| {
        let name = std::iter::once(directive.name.as_str());
        name.chain(directive.sources.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
    };
    directives.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn becomes(policy: &str, wanted: &str) {
        assert_eq!(widened(policy, "N").as_deref(), Some(wanted));
        // What was widened once needs no more.
        let own = wanted.contains("'nonce-N'");
        assert!(own || widened(wanted, "N").is_none(), "{wanted}");
    }

    #[test]
    fn what_lets_the_script_in_stays_as_it_is() {
        for policy in [
            "",
            "default-src 'self'",
            "DEFAULT-SRC 'SELF'; img-src *",
            "script-src 'self' 'unsafe-inline'; connect-src *",
            "img-src 'none'; style-src 'none'",
            "frame-ancestors 'none'",
            "default-src 'self', default-src *",
        ] {
            assert_eq!(widened(policy, "N"), None, "{policy}");
        }
    }

    #[test]
    fn what_forbids_everything_lets_in_the_script_alone() {
        becomes("default-src 'none'", "default-src 'none'; script-src-elem 'nonce-N'; connect-src 'self'");
        becomes("script-src 'none'", "script-src 'none'; script-src-elem 'nonce-N'");
        becomes(
            "default-src 'self'; script-src 'none'",
            "default-src 'self'; script-src 'none'; script-src-elem 'nonce-N'",
        );
        becomes("script-src-elem 'none'; script-src 'self'", "script-src-elem 'nonce-N'; script-src 'self'");
        becomes("script-src", "script-src; script-src-elem 'nonce-N'");
    }

    #[test]
    fn hashes_nonces_and_trust_keep_their_meaning() {
        becomes(
            "script-src 'sha256-abc='",
            "script-src 'sha256-abc='; script-src-elem 'sha256-abc=' 'nonce-N'",
        );
        becomes(
            "script-src 'nonce-x' 'strict-dynamic' 'self'",
            "script-src 'nonce-x' 'strict-dynamic' 'self'; script-src-elem 'nonce-x' 'strict-dynamic' 'self' 'nonce-N'",
        );
        becomes(
            "script-src https://cdn.example 'unsafe-inline'",
            "script-src https://cdn.example 'unsafe-inline'; script-src-elem https://cdn.example 'unsafe-inline' 'self'",
        );
        becomes(
            "script-src 'unsafe-inline' 'sha256-abc='",
            "script-src 'unsafe-inline' 'sha256-abc='; script-src-elem 'unsafe-inline' 'sha256-abc=' 'nonce-N'",
        );
    }

    #[test]
    fn connections_are_opened_to_this_server_only() {
        becomes("connect-src 'none'", "connect-src 'self'");
        becomes("connect-src https://api.example", "connect-src https://api.example 'self'");
    }

    #[test]
    fn each_of_several_policies_is_widened() {
        becomes("script-src 'self', connect-src 'none'", "script-src 'self', connect-src 'self'");
    }

    #[test]
    fn the_first_of_two_directives_counts() {
        becomes("connect-src 'none'; connect-src *", "connect-src 'self'");
    }
}
