//! What must not be shown: names and passwords that the environment holds.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::site::decode;

/// What the environment says for hosts that want a name and a password, and which of its values must never be shown.
#[derive(Clone, Default)]
pub struct Credentials {
    /// `BULLETIN_DEPLOY_USER`.
    pub user: Option<String>,
    /// `BULLETIN_DEPLOY_PASSWORD`.
    pub password: Option<String>,
    /// `AZURE_STORAGE_CONNECTION_STRING`.
    pub azure: Option<String>,
    /// The values of all variables whose names say that they are secret.
    pub secrets: Vec<String>,
}

/// Words in the names of variables that hold secrets.
const SECRET_WORDS: [&str; 7] =
    ["KEY", "SECRET", "TOKEN", "PASSWORD", "PASSWD", "CREDENTIAL", "CONNECTION_STRING"];
/// A shorter value stands in too many words to be struck out.
const SECRET_BYTES_MIN: usize = 6;

impl Credentials {
    /// What an environment holds.
    pub fn of(variables: impl Iterator<Item = (String, String)>) -> Self {
        let mut credentials = Self::default();
        for (name, value) in variables.filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "BULLETIN_DEPLOY_USER" => credentials.user = Some(value.clone()),
                "BULLETIN_DEPLOY_PASSWORD" => credentials.password = Some(value.clone()),
                "AZURE_STORAGE_CONNECTION_STRING" => credentials.azure = Some(value.clone()),
                _ => {}
            }
            let name = name.to_uppercase();
            if value.len() >= SECRET_BYTES_MIN && SECRET_WORDS.iter().any(|word| name.contains(word)) {
                credentials.secrets.extend(parts(&value));
                credentials.secrets.push(value);
            }
        }
        if let (Some(user), Some(password)) = (&credentials.user, &credentials.password) {
            // As it goes over the network: there are hosts that repeat in their answer what they were asked.
            credentials.secrets.push(STANDARD.encode(format!("{user}:{password}")));
        }
        // What holds another comes first.
        credentials.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        credentials
    }

    /// A text without any of the secrets, and without names before hosts.
    pub fn redacted(&self, text: &str) -> String {
        let mut text = without_users(text);
        for secret in &self.secrets {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), "***");
            }
        }
        text
    }
}

/// The secret parts of a connection string, which holds a key or a signature among other words.
fn parts(value: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for sign in ["Key=", "SharedAccessSignature=", "sig="] {
        let after = value.split(';').filter_map(|part| Some(part.split_once(sign)?.1));
        // A signature is one word of several in an address, and some hosts show it as it is meant.
        let whole =
            after.map(|part| if sign == "sig=" { part.split('&').next().unwrap_or(part) } else { part });
        all.extend(whole.flat_map(|part| [part.to_string(), decode(part).into_owned()]));
    }
    all.retain(|part| part.len() >= SECRET_BYTES_MIN);
    all
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Credentials(***)")
    }
}

/// A text in which `scheme://anything@host` has lost what stands before the host, if that could hold a password.
pub fn without_users(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        shown.push_str(before);
        let host =
            &after[..after.find(|c: char| c.is_whitespace() || "/'\"".contains(c)).unwrap_or(after.len())];
        // `git@` and the like are no secrets, and say who was asked.
        rest = match host.rsplit_once('@') {
            Some((user, _)) if user.contains(':') || user.len() > USER_CHARS_MAX => {
                shown.push_str("***@");
                &after[user.len() + 1..]
            }
            _ => after,
        };
    }
    shown.push_str(rest);
    shown
}

/// A longer one is a token that stands in the place of a name.
const USER_CHARS_MAX: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        let variables = [
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG"),
            ("AZURE_STORAGE_CONNECTION_STRING", "AccountName=desk;AccountKey=c2VjcmV0c2VjcmV0;X=y;OtherKey="),
            ("OTHER_CONNECTION_STRING", "SharedAccessSignature=sv=2024&sig=c2lnbmF0%2BdXJl&se=2026;X=y"),
            ("BULLETIN_DEPLOY_PASSWORD", "hunter22"),
            ("SHORT_KEY", "a"),
            ("PATH", "/usr/bin"),
        ];
        Credentials::of(variables.into_iter().map(|(name, value)| (name.to_string(), value.to_string())))
    }

    #[test]
    fn a_password_is_not_shown_as_it_goes_over_the_network_either() {
        let variables = [("BULLETIN_DEPLOY_USER", "desk"), ("BULLETIN_DEPLOY_PASSWORD", "hunter22")];
        let variables = variables.into_iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let credentials = Credentials::of(variables);
        assert_eq!(credentials.redacted("Basic ZGVzazpodW50ZXIyMg== was sent"), "Basic *** was sent");
    }

    #[test]
    fn no_secret_is_shown() {
        let credentials = credentials();
        let text = "a /usr/bin with wJalrXUtnFEMI/K7MDENG, hunter22 and c2VjcmV0c2VjcmV0";
        assert_eq!(credentials.redacted(text), "a /usr/bin with ***, *** and ***");
        // A signature, as it goes over the network and as it is meant.
        let text = "?sv=2024&sig=c2lnbmF0%2BdXJl, c2lnbmF0+dXJl";
        assert_eq!(credentials.redacted(text), "?sv=2024&sig=***, ***");
        assert_eq!(format!("{credentials:?}"), "Credentials(***)");
        assert_eq!(credentials.password.as_deref(), Some("hunter22"));
    }

    #[test]
    fn a_password_before_a_host_is_not_shown() {
        for (text, shown) in [
            ("to 'https://x-access-token:ghs_1@example.org/a.git/'", "to 'https://***@example.org/a.git/'"),
            (
                "ssh://git@example.org/a and https://example.org/a@b",
                "ssh://git@example.org/a and https://example.org/a@b",
            ),
            (
                "https://u:p@example.org and http://u:q@example.com",
                "https://***@example.org and http://***@example.com",
            ),
            ("nothing :// here", "nothing :// here"),
        ] {
            assert_eq!(without_users(text), shown);
        }
    }
}
