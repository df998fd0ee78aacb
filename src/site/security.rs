//! Where flaws of the site are reported: `[security]` of site.toml, for `/.well-known/security.txt` (RFC 9116).

use jiff::{SignedDuration, Timestamp};

use crate::diagnostic::Place;
use crate::table::{Key, Reader, Shape, View};

/// What `security.txt` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Security {
    /// Where flaws are reported, the best way first: addresses with their scheme.
    pub contact: Vec<String>,
    /// When this is out of date.
    pub expires: Timestamp,
    /// Where that is written, for messages.
    pub place: Place,
    /// The other fields, each with its name in the file, in the order of the file.
    pub fields: Vec<(&'static str, String)>,
}

/// RFC 9116, section 2.5.5: what is said further ahead is believed when it no longer holds.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

impl Security {
    /// Since when the expiry is near enough to be believed, and the expiry.
    pub fn turns(&self) -> [Timestamp; 2] {
        [self.expires.saturating_sub(AHEAD_MAX).unwrap_or(Timestamp::MIN), self.expires]
    }

    /// What is to be said of the expiry at an instant, and what to do.
    pub fn doubt(&self, now: Timestamp) -> Option<(&'static str, &'static str)> {
        let [near, expires] = self.turns();
        if expires <= now {
            return Some((
                "security.txt is out of date",
                "look whether all of it still holds, and write a later instant",
            ));
        }
        let far =
            ("security.txt would expire more than a year from now", "promise less, and renew it in time");
        (now < near).then_some(far)
    }
}

/// The fields beside contact and expiry: key, name in the file.
const FIELDS: [(&str, &str); 4] = [
    ("encryption", "Encryption"),
    ("acknowledgments", "Acknowledgments"),
    ("policy", "Policy"),
    ("hiring", "Hiring"),
];

const fn key(name: &'static str, shape: Shape, meaning: &'static str) -> Key {
    Key { name, shape, meaning }
}

/// The keys of `[security]`.
pub(super) const SECURITY: &[Key] = &[
    key(
        "contact",
        Shape::Texts,
        "Where to report: mail addresses or https: addresses, the best first (required).",
    ),
    key(
        "expires",
        Shape::Moment,
        "When this is out of date, with its offset; less than a year ahead (required).",
    ),
    key("encryption", Shape::Text, "The address of a key."),
    key("acknowledgments", Shape::Text, "The address of a page of thanks."),
    key("policy", Shape::Text, "The address of the rules for reports."),
    key("hiring", Shape::Text, "The address of open positions."),
];

/// Reads `[security]`; none where there is none, or what it must hold is missing.
pub(super) fn security(reader: &mut Reader<'_>, view: &View<'_>) -> Option<Security> {
    let table = view.table("security")?;
    let span = view.span("security").unwrap_or(0..0);
    let contact = contacts(reader, &table);
    // What is no address was told: that there is none besides would be said of one mistake twice.
    let is_stated = table
        .value("contact")
        .is_some_and(|value| value.get_ref().as_array().is_none_or(|all| !all.is_empty()));
    if !is_stated {
        let at = table.span("contact").unwrap_or_else(|| span.clone());
        let label = "who wants to report a flaw needs it: contact = [\"security@example.org\"]";
        reader.error(at, "`security` has no `contact`".to_string(), label);
    }
    let Some((value, at)) = table.moment("expires") else {
        if table.value("expires").is_none() {
            let label =
                "it is asked for, so that nobody trusts what is out of date: expires = 2027-06-30T00:00:00Z";
            reader.error(span, "`security` has no `expires`".to_string(), label);
        }
        return None;
    };
    let Ok(expires) = value.to_string().parse::<Timestamp>() else {
        let label = "expected a day with its time and offset such as 2027-06-30T00:00:00Z";
        reader.error(at, "`expires` is no instant".to_string(), label);
        return None;
    };
    let place = reader.place(&at);
    let fields = FIELDS.iter().filter_map(|&(key, name)| {
        let text = table.text(key)?;
        let at = table.span(key).unwrap_or(0..0);
        Some((name, secure(reader, text, at)?))
    });
    let fields = fields.collect();
    (!contact.is_empty()).then_some(Security { contact, expires, place, fields })
}

fn contacts(reader: &mut Reader<'_>, table: &View<'_>) -> Vec<String> {
    let mut contacts = Vec::new();
    for item in table.items("contact") {
        let Some(text) = item.get_ref().as_str().map(str::trim) else { continue };
        // A mail address alone is what people write.
        let bare = text.contains('@') && !text.contains(':');
        let text = if bare { format!("mailto:{text}") } else { text.to_string() };
        contacts.extend(secure(reader, &text, item.span()));
    }
    contacts
}

/// An address as RFC 9116 wants it: with a scheme, and over https where it is of the web.
fn secure(reader: &mut Reader<'_>, text: &str, at: std::ops::Range<usize>) -> Option<String> {
    let is_address = ["https://", "mailto:", "tel:", "openpgp4fpr:", "dns:"]
        .iter()
        .any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    if is_address && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some(text.to_string());
    }
    let label = "expected an address that begins with https:// or mailto:";
    reader.error(at, format!("`{text}` is no address for security.txt"), label);
    None
}
