//! The keys of `site.toml`: one description for the check and for the documentation.

use super::RawHtml;
use super::deploy::DEPLOY;
use super::publisher::{POLICY_KEYS, PUBLISHER};
use super::security::SECURITY;
use crate::table::{Key, Shape};

const fn key(name: &'static str, shape: Shape, meaning: &'static str) -> Key {
    Key { name, shape, meaning }
}

/// Every key of `site.toml`.
pub const SITE: &[Key] = &[
    key("title", Shape::Text, "The name of the site (required)."),
    key("id", Shape::Text, "Keeps the identities in feeds apart from those of other sites; never change it."),
    key("description", Shape::Prose, "What the site is, in a sentence."),
    key("base_url", Shape::Text, "Where it will be read, with its path if it has one (required)."),
    key("language", Shape::Text, "The site's own language, a tag such as en (the default) or uk."),
    key("languages", Shape::Named(LANGUAGE), "Further languages, a table each: [languages.uk]."),
    key(
        "timezone",
        Shape::Text,
        "The IANA zone in which local times are meant and all times are shown (required).",
    ),
    key("theme", Shape::Text, "The folder below themes/; bulletin, the default, is also inside the program."),
    key("theme_settings", Shape::Free, "Values that override the [settings] of the theme."),
    key(
        "html",
        Shape::Choice(&["off", "sanitised", "on"]),
        "Raw HTML in Markdown; sanitised is the default.",
    ),
    key("slugs", Shape::Choice(&["ascii", "native"]), "The characters of addresses; ascii is the default."),
    key("page_size", Shape::Number(1, 1000), "Items on a full page of a list; 20 is the default."),
    key("home_items", Shape::Number(1, 1000), "Items on the home page; 12 is the default."),
    key("feed_limit", Shape::Number(1, 1000), "Items in a feed; 20 is the default."),
    key("publisher", Shape::Table(PUBLISHER), "Who publishes the site."),
    key("policies", Shape::Table(POLICY_KEYS), "By which rules the publisher works; programs are told."),
    key("security", Shape::Table(SECURITY), "Where flaws are reported: makes /.well-known/security.txt."),
    key("copyright", Shape::Text, "The line about rights at the foot of pages."),
    key("menu", Shape::Tables(MENU), "The main menu, an entry each: [[menu]]."),
    key(
        "outputs",
        Shape::Table(OUTPUTS),
        "What is made beside pages and lists; all of it unless switched off, save for ninjs.",
    ),
    key("deploy", Shape::Named(DEPLOY), "Where the site is published, a table each: [deploy.production]."),
    key("extra", Shape::Free, "Values for the theme's own use: site.extra in templates."),
];

const LANGUAGE: &[Key] = &[
    key("name", Shape::Text, "Its name in itself, such as Українська."),
    key("title", Shape::Text, "The site's title in this language."),
    key("description", Shape::Text, "The site's description in this language."),
];

const MENU: &[Key] = &[
    key("title", Shape::Text, "What the entry says."),
    key("page", Shape::Text, "The content file it leads to, such as about.md."),
    key("path", Shape::Text, "Or a path on this site, such as /briefings/."),
    key("url", Shape::Text, "Or an address elsewhere."),
];

const OUTPUTS: &[Key] = &[
    key("archives", Shape::Flag, "Year and month archives of dated collections."),
    key("feeds", Shape::Choices(&["atom", "rss", "json"]), "The formats of the site's own feed."),
    key("list_feeds", Shape::Flag, "An Atom feed for each collection and term."),
    key("corrections", Shape::Flag, "A page of all corrections, and its Atom feed."),
    key(
        "quotes",
        Shape::Flag,
        "An index of everybody who is quoted, quotes.json, and quotations on the pages of speakers.",
    ),
    key("sitemap", Shape::Flag, "sitemap.xml."),
    key("robots", Shape::Flag, "robots.txt."),
    key("not_found", Shape::Flag, "404.html."),
    key("sources", Shape::Flag, "sources/: an index of all sources by publisher."),
    key("redirects", Shape::Flag, "A page for each alias, and _redirects for hosts that read it."),
    key("record", Shape::Flag, "record.json: every briefing with the digest of its text."),
    key("structured_data", Shape::Flag, "What pages say to programs: schema.org, Open Graph."),
    key(
        "ninjs",
        Shape::Flag,
        "A twin of each briefing in ninjs 3.1, and /ninjs.json; off unless switched on.",
    ),
];

impl RawHtml {
    /// Its word in the settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Sanitised => "sanitised",
            Self::On => "on",
        }
    }
}
