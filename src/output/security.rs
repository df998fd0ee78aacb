//! `/.well-known/security.txt` (RFC 9116): where flaws of the site are reported.

use serde::Serialize;

use super::World;
use super::given::Given;

/// Its path from the site's root.
pub(super) const PATH: &str = "/.well-known/security.txt";

/// What it says.
#[derive(Debug, Serialize)]
pub(super) struct Disclosure<'w> {
    contact: &'w [String],
    expires: String,
    /// The other fields: name and value.
    fields: &'w [(&'static str, String)],
}

/// What `security.txt` says, if the settings speak of it.
pub(super) fn disclosure<'w>(world: &'w World<'_>) -> Option<Disclosure<'w>> {
    let security = world.site.security.as_ref()?;
    Some(Disclosure {
        contact: &security.contact,
        expires: security.expires.to_string(),
        fields: &security.fields,
    })
}

/// Makes it.
pub(super) fn make(given: &Given<'_>) -> String {
    let Some(disclosure) = given.disclosure() else { return String::new() };
    let mut text = String::new();
    let mut field = |name: &str, value: &str| text.push_str(&format!("{name}: {value}\n"));
    disclosure.contact.iter().for_each(|contact| field("Contact", contact));
    field("Expires", &disclosure.expires);
    disclosure.fields.iter().for_each(|(name, value)| field(name, value));
    field("Preferred-Languages", &given.languages().join(", "));
    field("Canonical", &given.url(PATH));
    text
}
