//! Where a link leads, judged by its letters alone.
//!
//! Does not know which pages exist.

/// What may be done with a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// Relative, rooted, a fragment, a query or `@name`: the caller knows where it leads.
    Internal,
    /// Another site or program.
    External,
    /// Would run as a script or smuggle a document in.
    Dangerous,
}

/// Schemes whose addresses act instead of leading somewhere.
const SCRIPTS: [&str; 2] = ["javascript", "vbscript"];

/// Pictures that may stand in an address: they cannot carry script, as SVG can.
const PICTURES: [&str; 5] = ["image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp"];

/// Whether whoever follows this address would run it instead of going there.
pub(in crate::source) fn is_dangerous(address: &str) -> bool {
    destination(address) == Destination::Dangerous
}

/// Judges a destination.
pub(super) fn destination(address: &str) -> Destination {
    if address.starts_with("https://") || address.starts_with("http://") || address.starts_with("//") {
        return Destination::External;
    }
    if address.bytes().any(|byte| byte < b' ') || address.starts_with(' ') {
        // Browsers drop these before they look for the scheme, and so must we.
        let bare: String = address.trim_start().chars().filter(|letter| !letter.is_control()).collect();
        return of_scheme(bare.trim_start());
    }
    of_scheme(address)
}

fn of_scheme(address: &str) -> Destination {
    let Some(scheme) = scheme(address) else {
        return if address.starts_with("//") { Destination::External } else { Destination::Internal };
    };
    if SCRIPTS.iter().any(|script| scheme.eq_ignore_ascii_case(script)) {
        return Destination::Dangerous;
    }
    if scheme.eq_ignore_ascii_case("data") && !picture(&address[scheme.len() + 1..]) {
        return Destination::Dangerous;
    }
    Destination::External
}

/// The scheme of an address, without its colon.
fn scheme(address: &str) -> Option<&str> {
    let end = address.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)))?;
    let leads = address.as_bytes()[0].is_ascii_alphabetic() && address.as_bytes()[end] == b':';
    leads.then(|| &address[..end])
}

fn picture(rest: &str) -> bool {
    let kind = rest.split([';', ',']).next().unwrap_or_default().trim();
    PICTURES.iter().any(|picture| kind.eq_ignore_ascii_case(picture))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_by_scheme() {
        let internal =
            ["a.md", "../a.md#b", "/rooted", "#fragment", "?query", "@name", "", "1:2", "a/b:c", "ü:x"];
        for address in internal {
            assert_eq!(destination(address), Destination::Internal, "{address}");
        }
        for address in ["https://a.b", "mailto:a@b.c", "//host/x", "tel:+1", "data:image/png;base64,AA=="] {
            assert_eq!(destination(address), Destination::External, "{address}");
        }
        let dangerous = [
            "javascript:alert(1)",
            "JavaScript:x",
            " \u{1}java\nscript:x",
            "vbscript:x",
            "data:text/html,x",
            "data:image/svg+xml,x",
            "data:",
        ];
        for address in dangerous {
            assert_eq!(destination(address), Destination::Dangerous, "{address}");
        }
    }
}
