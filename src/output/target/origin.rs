//! What an output is made from, in words for messages.

use super::Target;
use crate::catalog::lists::ListId;
use crate::output::World;

impl Target {
    /// What it is made from, for messages: a file where one is to blame.
    pub fn origin(&self, world: &World<'_>) -> String {
        let list_origin = |id: ListId| {
            let list = world.catalog.lists().get(id);
            list.page
                .map_or_else(|| format!("the list {}", list.path), |page| world.catalog.card(page).file())
        };
        match self {
            Self::Page(id) | Self::Twin(id) | Self::Redirect(id) => world.catalog.card(*id).file(),
            Self::List(id, _) => list_origin(*id),
            Self::Feed(id, _) => format!("the feed of {}", world.catalog.lists().get(*id).path),
            Self::Sources(_) => "the index of sources".to_string(),
            Self::Terms(kind, _) => format!("the index of {}", kind.folder()),
            Self::TwinsIndex | Self::Twins(_) => "the index of twins".to_string(),
            Self::Security => "security.txt, which the settings ask for".to_string(),
            Self::Corrections(..) => "the page of all corrections".to_string(),
            Self::CorrectionsFeed(_) => "the feed of all corrections".to_string(),
            Self::Quotes(_) => "the index of quotations".to_string(),
            Self::QuotesJson => "quotes.json, which the site makes itself".to_string(),
            Self::SitemapIndex | Self::Sitemap(_) => "the sitemap".to_string(),
            Self::RecordIndex | Self::Record(_) => "the record".to_string(),
            Self::Robots(_) => "robots.txt, which the site makes itself".to_string(),
            Self::NotFound => "404.html, which the site makes itself".to_string(),
            Self::Rules(_) => "the redirects".to_string(),
            Self::File(file) => file.origin(),
        }
    }
}
