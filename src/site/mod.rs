//! The settings of a site: `site.toml`, read and checked.
//!
//! Knows the text of one file. Reads no disk and knows no page.

mod address;
mod deploy;
mod keys;
mod outputs;
mod publisher;
mod security;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::DeTable;

use crate::diagnostic::{Diagnostic, Place, suggestion};
use crate::table::{Reader, View};

pub use address::{BaseUrl, decode, encode, is_this_machine, without_port};
pub use deploy::{Branch, Deployment, Destination, Encoding, History, Store, StoreKind};
pub use keys::SITE;
pub use outputs::{FeedFormat, Outputs};
pub use publisher::{Leads, Policy, Publisher};
pub use security::Security;

/// The name of the settings file, at the root of a site.
pub const FILE: &str = "site.toml";

/// Where a language stands in [`Site::languages`]; 0 is the site's own.
pub type LanguageIndex = u8;

/// What `site.toml` says, with every default filled in.
#[derive(Debug, Clone)]
pub struct Site {
    /// The name of the site.
    pub title: String,
    /// What keeps the identities in its feeds apart from those of other sites; its first host unless stated.
    pub id: String,
    /// What it is, in a sentence.
    pub description: String,
    /// Where it will be read.
    pub base_url: BaseUrl,
    /// The languages it is written in; the first is the site's own and has no prefix in addresses.
    pub languages: Vec<Language>,
    /// The zone in which local times are meant and all times are shown.
    pub timezone: TimeZone,
    /// The IANA name of that zone.
    pub timezone_name: String,
    /// The folder below `themes/` that is used.
    pub theme: String,
    /// Values that override the theme's own settings.
    pub theme_settings: serde_json::Map<String, serde_json::Value>,
    /// What happens to raw HTML in Markdown.
    pub html: RawHtml,
    /// Which characters addresses are made of.
    pub slugs: Slugs,
    /// How many items a full page of a list shows.
    pub page_size: usize,
    /// How many items the home page shows.
    pub home_items: usize,
    /// How many items a feed holds.
    pub feed_limit: usize,
    /// Who publishes the site.
    pub publisher: Publisher,
    /// By which rules it works.
    pub policies: Vec<Policy>,
    /// Where flaws are reported.
    pub security: Option<Security>,
    /// The line about rights, if any.
    pub copyright: Option<String>,
    /// The main menu.
    pub menu: Vec<MenuEntry>,
    /// Which outputs are made.
    pub outputs: Outputs,
    /// Where it is published.
    pub deployments: Vec<Deployment>,
    /// Values for the theme's own use.
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// Where the theme is named, and each of its settings, for messages.
    pub theme_places: ThemePlaces,
}

/// Where the settings speak of the theme.
#[derive(Debug, Clone)]
pub struct ThemePlaces {
    /// Where it is named.
    pub name: Place,
    /// Where each of its settings is.
    pub settings: BTreeMap<String, Place>,
}

/// One language of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// The tag, such as `uk` or `pt-BR` (BCP 47).
    pub code: String,
    /// Its name in itself; absent means the usual one.
    pub name: Option<String>,
    /// The site's title in this language, if it differs.
    pub title: Option<String>,
    /// The site's description in this language, if it differs.
    pub description: Option<String>,
}

/// What happens to raw HTML in Markdown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RawHtml {
    /// It is shown as text.
    Off,
    /// It is kept as far as it is harmless; a body that holds any is cleaned as a whole.
    #[default]
    Sanitised,
    /// It is kept as it is.
    On,
}

/// Which characters addresses are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slugs {
    /// Lower-case ASCII, transliterated.
    Ascii,
    /// The letters of the language itself.
    Native,
}

/// One entry of the main menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuEntry {
    /// What it says.
    pub title: String,
    /// Where it leads.
    pub leads_to: MenuTarget,
    /// Where its target is written, for messages.
    pub place: Place,
}

/// Where a menu entry leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MenuTarget {
    /// A content file, by its path below `content/`.
    Page(String),
    /// A path on this site, from its root.
    Path(String),
    /// Another site.
    Url(String),
}

impl Site {
    /// Reads the text of `site.toml`, found at `file`. A site is always returned; where something is wrong, with the default.
    pub fn parse(file: &str, text: &str) -> (Self, Vec<Diagnostic>) {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        // Messages show lines, and no message may show a secret.
        let masked = deploy::masked(text);
        let shown = masked.as_deref().unwrap_or(text);
        let mut reader = Reader::new(file, shown, text.len() - body.len(), "settings");
        let table = reader.parse(body);
        reader.check(&table, SITE);
        let site = Self::read(&mut reader, &table);
        (site, reader.finish())
    }

    fn read(reader: &mut Reader<'_>, table: &Spanned<DeTable<'_>>) -> Self {
        let view = View::of(table.get_ref());
        let title = required(reader, &view, "title", "the name of the site: title = \"Morning desk\"");
        let (timezone_name, timezone) = timezone(reader, &view);
        let free = |name: &str| view.table(name).map(|inner| inner.free()).unwrap_or_default();
        // 0 was reported; the rest of the build, which looks for further mistakes, must not divide by it.
        let number = |name: &str, default: u32| view.number(name).unwrap_or(default).max(1) as usize;
        let base_url = base_url(reader, &view);
        Self {
            id: view.text("id").unwrap_or_else(|| base_url.host()).to_string(),
            description: view.text("description").unwrap_or_default().to_string(),
            base_url,
            languages: languages(reader, &view),
            timezone,
            timezone_name,
            theme: view.text("theme").unwrap_or("bulletin").to_string(),
            theme_settings: free("theme_settings"),
            html: match view.text("html") {
                Some("off") => RawHtml::Off,
                Some("on") => RawHtml::On,
                _ => RawHtml::Sanitised,
            },
            slugs: if view.text("slugs") == Some("native") { Slugs::Native } else { Slugs::Ascii },
            page_size: number("page_size", 20),
            home_items: number("home_items", 12),
            feed_limit: number("feed_limit", 20),
            publisher: publisher::publisher(reader, &view, &title),
            policies: publisher::policies(reader, &view),
            security: security::security(reader, &view),
            copyright: view.text("copyright").map(str::to_string),
            menu: menu(reader, &view),
            outputs: outputs::read(&view),
            deployments: deploy::deployments(reader, &view),
            extra: free("extra"),
            theme_places: theme_places(reader, &view),
            title,
        }
    }

    /// The language that stands at `index`.
    pub fn language(&self, index: LanguageIndex) -> &Language {
        &self.languages[usize::from(index)]
    }

    /// The index of the language with this tag.
    pub fn language_index(&self, code: &str) -> Option<LanguageIndex> {
        let found = self.languages.iter().position(|language| language.code.eq_ignore_ascii_case(code))?;
        u8::try_from(found).ok()
    }

    /// The start of every address in this language: `/` or `/uk/`, without the base path.
    pub fn home(&self, index: LanguageIndex) -> String {
        if index == 0 { "/".to_string() } else { format!("/{}/", self.language(index).code.to_lowercase()) }
    }
}

fn required(reader: &mut Reader<'_>, view: &View<'_>, name: &str, label: &str) -> String {
    if view.value(name).is_none() && !reader.is_broken() {
        reader.error(0..0, format!("`{name}` is missing"), label);
    }
    view.text(name).unwrap_or_default().to_string()
}

fn base_url(reader: &mut Reader<'_>, view: &View<'_>) -> BaseUrl {
    let text = required(
        reader,
        view,
        "base_url",
        "where the site will be read: base_url = \"https://example.org/\"",
    );
    BaseUrl::parse(&text).unwrap_or_else(|problem| {
        if let Some(span) = view.span("base_url").filter(|_| !text.is_empty()) {
            reader.error(span, "`base_url` is not the address of a site".to_string(), problem);
        }
        BaseUrl::default()
    })
}

fn timezone(reader: &mut Reader<'_>, view: &View<'_>) -> (String, TimeZone) {
    let label = "the zone that times are meant in: timezone = \"Europe/Kyiv\"";
    let name = required(reader, view, "timezone", label);
    match TimeZone::get(&name) {
        Ok(zone) => (zone.iana_name().unwrap_or(&name).to_string(), zone),
        Err(_) => {
            if let Some(span) = view.span("timezone").filter(|_| !name.is_empty()) {
                let known: Vec<String> = jiff::tz::db().available().map(|zone| zone.to_string()).collect();
                let usual = "expected a name of the IANA zone database such as \"Europe/Kyiv\" or \"UTC\"";
                let label = suggestion(&name, known.iter().map(String::as_str))
                    .map_or_else(|| usual.to_string(), |close| format!("did you mean \"{close}\"?"));
                reader.error(span, format!("unknown time zone \"{name}\""), &label);
            }
            ("UTC".to_string(), TimeZone::UTC)
        }
    }
}

/// Addresses, feeds and lists hold a language's place in one byte.
const LANGUAGES_MAX: usize = 255;

fn languages(reader: &mut Reader<'_>, view: &View<'_>) -> Vec<Language> {
    let own = view.text("language").unwrap_or("en").to_string();
    check_language(reader, &own, view.span("language").unwrap_or(0..0));
    let mut all = vec![Language { code: own.clone(), name: None, title: None, description: None }];
    for (code, span, table) in view.table("languages").iter().flat_map(View::named) {
        check_language(reader, code, span.clone());
        let text = |name: &str| table.text(name).map(str::to_string);
        let language = Language {
            code: code.to_string(),
            name: text("name"),
            title: text("title"),
            description: text("description"),
        };
        match all.iter().position(|known| known.code.eq_ignore_ascii_case(code)) {
            Some(known) => all[known] = Language { code: all[known].code.clone(), ..language },
            None if all.len() == LANGUAGES_MAX => {
                reader.error(span, "too many languages".to_string(), "a site has at most 255 languages");
                break;
            }
            None => all.push(language),
        }
    }
    all
}

/// The shape of a tag as BCP 47 writes it; whether anybody speaks the language is not asked.
fn check_language(reader: &mut Reader<'_>, code: &str, span: std::ops::Range<usize>) {
    let mut parts = code.split('-');
    let first = parts.next().unwrap_or_default();
    let valid = (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    if !valid {
        reader.error(
            span,
            format!("\"{code}\" is not a language tag"),
            "expected a tag such as en, uk or pt-BR",
        );
    }
}

fn theme_places(reader: &Reader<'_>, view: &View<'_>) -> ThemePlaces {
    let settings = view.table("theme_settings");
    let spans = settings.iter().flat_map(View::spans);
    ThemePlaces {
        name: reader.place(&view.span("theme").unwrap_or(0..0)),
        settings: spans.map(|(key, span)| (key.to_string(), reader.place(&span))).collect(),
    }
}

fn menu(reader: &mut Reader<'_>, view: &View<'_>) -> Vec<MenuEntry> {
    let mut entries = Vec::new();
    for item in view.items("menu") {
        let Some(table) = item.get_ref().as_table().map(View::of) else { continue };
        let target = [
            table.text("page").map(|page| (MenuTarget::Page(page.to_string()), "page")),
            table.text("path").map(|path| (MenuTarget::Path(path.to_string()), "path")),
            table.text("url").map(|url| (MenuTarget::Url(url.to_string()), "url")),
        ];
        match (table.text("title"), target.into_iter().flatten().next()) {
            (Some(title), Some((leads_to, key))) => {
                let place = reader.place(&table.span(key).unwrap_or(0..0));
                entries.push(MenuEntry { title: title.to_string(), leads_to, place });
            }
            _ => {
                let label = "an entry has a `title` and one of `page`, `path` and `url`";
                reader.error(item.span(), "incomplete menu entry".to_string(), label);
            }
        }
    }
    entries
}
