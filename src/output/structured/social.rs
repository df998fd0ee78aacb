//! Tags for link previews: Open Graph with its article tags, and the card that Twitter began.

use std::fmt::Write;

use jiff::tz::TimeZone;

use super::organisation::Common;
use super::{Sort, Told, Whereabouts};
use crate::output::body::escaped;

/// The territory that Open Graph wants beside a language which names none.
const TERRITORIES: [(&str, &str); 9] = [
    ("ar", "ar_AR"),
    ("de", "de_DE"),
    ("en", "en_US"),
    ("es", "es_ES"),
    ("fr", "fr_FR"),
    ("pl", "pl_PL"),
    ("tr", "tr_TR"),
    ("uk", "uk_UA"),
    ("zh", "zh_CN"),
];

/// Tags being written.
struct Tags(String);

impl Tags {
    fn property(&mut self, name: &str, content: &str) {
        writeln!(self.0, "<meta property=\"{name}\" content=\"{}\">", escaped(content))
            .expect("writing to a string succeeds");
    }

    fn maybe(&mut self, name: &str, content: Option<&str>) {
        content
            .filter(|content| !content.is_empty())
            .into_iter()
            .for_each(|content| self.property(name, content));
    }
}

/// The tags of a page or list, a line each.
pub(super) fn tags(around: &Whereabouts, common: &Common, told: &Told<'_>, zone: &TimeZone) -> String {
    let story = told.story;
    let briefing = story.filter(|_| around.is_briefing);
    let mut tags = Tags(String::new());
    tags.property(
        "og:type",
        match around.sort {
            _ if briefing.is_some() => "article",
            Sort::Term("people") => "profile",
            _ => "website",
        },
    );
    tags.property("og:title", &around.title);
    tags.maybe("og:description", Some(&around.description));
    tags.property("og:url", &around.url);
    tags.property("og:site_name", &common.title);
    tags.maybe("og:locale", locale(&around.lang).as_deref());
    let others = around.translations.iter().filter_map(|other| locale(&other.lang));
    others.for_each(|locale| tags.property("og:locale:alternate", &locale));
    let own = story.and_then(|story| story.image.as_ref());
    let image = own.map(|(url, _)| url.as_str()).or(common.image.as_deref());
    tags.maybe("og:image", image);
    tags.maybe("og:image:alt", own.map(|(_, alt)| *alt));
    if let Some(story) = briefing {
        let moment = |moment: Option<crate::source::moment::Moment>| moment.map(|moment| moment.text(zone));
        tags.maybe("article:published_time", moment(story.published).as_deref());
        tags.maybe("article:modified_time", moment(story.changed).as_deref());
        tags.maybe("article:expiration_time", moment(story.expires).as_deref());
        story.authors.iter().for_each(|author| tags.maybe("article:author", author.url.as_deref()));
        tags.maybe("article:section", story.collection.as_ref().map(|collection| collection.name.as_str()));
        story.topics.iter().for_each(|topic| tags.property("article:tag", &topic.name));
    }
    let card = if image.is_some() { "summary_large_image" } else { "summary" };
    tags.0 + "<meta name=\"twitter:card\" content=\"" + card + "\">\n"
}

/// A language as Open Graph writes it; none where nobody can tell the territory.
fn locale(lang: &str) -> Option<String> {
    let (language, region) = lang.split_once('-').unwrap_or((lang, ""));
    if region.len() == 2 {
        return Some(format!("{}_{}", language.to_ascii_lowercase(), region.to_ascii_uppercase()));
    }
    TERRITORIES.iter().find(|(known, _)| *known == language).map(|(_, locale)| (*locale).to_string())
}
