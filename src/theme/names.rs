//! Which names of the context each template uses, counting all that it extends, includes and calls.
//!
//! Tera cannot tell which fields a template reads, so its top-level names are its declared inputs. The scan errs on the
//! side of more: a word of the fixed set anywhere between delimiters counts as used.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Mentioned;

/// Every name that a template may use, with what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// The site.
    Site,
    /// This address.
    Here,
    /// The language of this output.
    Lang,
    /// The main menu.
    Menu,
    /// The words of the theme in this language.
    Text,
    /// The addresses of the theme's assets.
    Assets,
    /// The settings of the theme.
    Theme,
    /// The page.
    Page,
    /// The body as HTML.
    Content,
    /// The headings of the body.
    Toc,
    /// The next newer and older page.
    Neighbours,
    /// What to read next.
    Related,
    /// The list.
    List,
    /// Years and months of a collection.
    Archives,
    /// An index of terms.
    Terms,
    /// The place of the page in its series, and what is new in it.
    Issue,
    /// What the page replaces, and what replaces it.
    Succession,
    /// All sources, by publisher.
    SourceIndex,
    /// What the page says to programs.
    Metadata,
    /// What people said.
    Quotes,
}

impl Name {
    /// Every name, in the order of the documentation.
    pub const ALL: [Self; 20] = [
        Self::Site,
        Self::Here,
        Self::Lang,
        Self::Menu,
        Self::Text,
        Self::Assets,
        Self::Theme,
        Self::Page,
        Self::Content,
        Self::Toc,
        Self::Neighbours,
        Self::Related,
        Self::List,
        Self::Archives,
        Self::Terms,
        Self::Issue,
        Self::Succession,
        Self::SourceIndex,
        Self::Metadata,
        Self::Quotes,
    ];

    /// The name as templates write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Here => "here",
            Self::Lang => "lang",
            Self::Menu => "menu",
            Self::Text => "text",
            Self::Assets => "assets",
            Self::Theme => "theme",
            Self::Page => "page",
            Self::Content => "content",
            Self::Toc => "toc",
            Self::Neighbours => "neighbours",
            Self::Related => "related",
            Self::List => "list",
            Self::Archives => "archives",
            Self::Terms => "terms",
            Self::Issue => "issue",
            Self::Succession => "succession",
            Self::SourceIndex => "source_index",
            Self::Metadata => "metadata",
            Self::Quotes => "quotes",
        }
    }
}

/// What a template uses, counting all that it extends, includes and calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uses {
    /// The names of the context.
    pub names: BTreeSet<Name>,
    /// The facts of pages, items and addresses.
    pub facts: Mentioned,
    /// Its own full name, such as `bulletin/page.html`.
    pub own: String,
    /// The full names of all templates that it is made of, itself included.
    pub templates: BTreeSet<String>,
}

impl Uses {
    /// Whether a name is among them.
    pub fn has(&self, name: Name) -> bool {
        self.names.contains(&name)
    }

    /// Whether it shows what lists show of pages.
    pub(super) fn shows_items(&self) -> bool {
        [Name::List, Name::Neighbours, Name::Related, Name::Issue, Name::Succession]
            .into_iter()
            .any(|name| self.has(name))
    }
}

/// What the text of one template mentions.
#[derive(Debug, Default)]
struct Mentions {
    names: BTreeSet<Name>,
    /// Other templates, as written in `extends` and `include`.
    templates: BTreeSet<String>,
    /// It asks for a fact whose name only a run can tell.
    dynamic: bool,
    /// Words that may be components or facts.
    words: BTreeSet<String>,
    /// Components that it defines.
    defines: BTreeSet<String>,
}

/// The names each template uses. `templates` maps full names (`bulletin/base.html`) to texts; `resolve` finds the full
/// name of one as it is written in a template.
pub fn used(
    templates: &BTreeMap<String, &str>,
    resolve: &dyn Fn(&str) -> Option<String>,
) -> BTreeMap<String, Uses> {
    let mentions: BTreeMap<&str, Mentions> =
        templates.iter().map(|(name, text)| (name.as_str(), scan(text))).collect();
    let mut defined_in: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (template, own) in &mentions {
        for component in &own.defines {
            defined_in.entry(component).or_default().push(template);
        }
    }
    let reach = |template: &str| {
        let mut seen: BTreeSet<String> = BTreeSet::from([template.to_string()]);
        let mut uses = Uses {
            names: BTreeSet::from([Name::Lang]),
            facts: Mentioned::default(),
            own: template.to_string(),
            templates: BTreeSet::new(),
        };
        let mut queue = vec![template.to_string()];
        while let Some(next) = queue.pop() {
            let Some(own) = mentions.get(next.as_str()) else { continue };
            uses.names.extend(&own.names);
            let facts = if own.dynamic { Mentioned::EVERYTHING } else { Mentioned::among(&own.words) };
            uses.facts = uses.facts.union(facts);
            let called = own.words.iter().filter_map(|word| defined_in.get(word.as_str())).flatten();
            let others = own
                .templates
                .iter()
                .filter_map(|name| resolve(name))
                .chain(called.map(|name| (*name).to_string()));
            queue.extend(others.filter(|other| seen.insert(other.clone())));
        }
        uses.templates = seen;
        uses
    };
    templates.keys().map(|template| (template.clone(), reach(template))).collect()
}

/// Each template that another one extends or includes and that is not there: the other one, and the name as written.
pub fn missing(
    templates: &BTreeMap<String, &str>,
    resolve: &dyn Fn(&str) -> Option<String>,
) -> Vec<(String, String)> {
    let mut missing = Vec::new();
    for (template, text) in templates {
        let others = scan(text).templates.into_iter().filter(|name| resolve(name).is_none());
        missing.extend(others.map(|name| (template.clone(), name)));
    }
    missing
}

fn scan(text: &str) -> Mentions {
    let mut mentions = Mentions::default();
    let mut rest = text;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let close = if rest[start..].starts_with("{{") { "}}" } else { "%}" };
        let inside = &rest[start + 2..];
        let end = inside.find(close).unwrap_or(inside.len());
        tag(&inside[..end], &mut mentions);
        rest = &inside[end..];
    }
    mentions
}

/// Collects the words and strings of one tag.
fn tag(inside: &str, mentions: &mut Mentions) {
    let mut words: Vec<&str> = Vec::new();
    let mut rest = inside;
    while let Some(first) = rest.chars().next() {
        if matches!(first, '"' | '\'' | '`') {
            let end = rest[1..].find(first).map_or(rest.len(), |at| at + 2);
            let string = rest[1..].get(..end.saturating_sub(2)).unwrap_or_default();
            if matches!(words.first(), Some(&("extends" | "include"))) {
                mentions.templates.insert(string.to_string());
            }
            // `page["title"]` and `sort(attribute="title")` ask for facts too.
            mentions.words.extend(string.split(|c: char| !is_word(c)).map(str::to_string));
            rest = &rest[end..];
            continue;
        }
        let after = rest[first.len_utf8()..].trim_start();
        mentions.dynamic |= first == '[' && after.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        if end > 0 {
            words.push(&rest[..end]);
        }
        rest = &rest[end.max(first.len_utf8())..];
    }
    // `for key, value in page` goes through all facts, and so does a look at the whole context.
    mentions.dynamic |=
        words.first() == Some(&"for") && words.get(3) == Some(&"in") || words.contains(&"__tera_context");
    mentions.names.extend(Name::ALL.into_iter().filter(|name| words.contains(&name.word())));
    if words.first() == Some(&"component") {
        mentions.defines.extend(words.get(1).map(ToString::to_string));
    }
    mentions.words.extend(words.into_iter().map(str::to_string));
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_through_inheritance_includes_and_components() {
        let templates = BTreeMap::from([
            ("t/base.html".to_string(), "{{ site.title }}{% block main %}{% endblock %}"),
            (
                "t/page.html".to_string(),
                "{% extends \"base.html\" %}{% include 'side.html' %}{{ <card(x=page)> }}",
            ),
            ("t/side.html".to_string(), "{% if menu %}toc{% endif %}"),
            ("t/parts.html".to_string(), "{% component card(x) %}{{ assets['a'] }}{% endcomponent card %}"),
            ("t/plain.html".to_string(), "related {{ \"list\" }}"),
        ]);
        let used = used(&templates, &|name| Some(format!("t/{name}")));
        let words = |name: &str| used[name].names.iter().map(|name| name.word()).collect::<Vec<_>>();
        assert_eq!(words("t/page.html"), ["site", "lang", "menu", "assets", "page"]);
        assert_eq!(words("t/plain.html"), ["lang"]);
    }

    #[test]
    fn facts_are_found_in_words_and_strings_and_all_are_meant_when_nobody_can_tell() {
        use crate::theme::facts::Fact;

        let of = |text: &str| {
            let templates = BTreeMap::from([("t".to_string(), text)]);
            let facts = used(&templates, &|_| None)["t"].facts;
            Fact::ALL.iter().filter(|&&fact| facts.has(fact)).map(|fact| fact.word()).collect::<Vec<_>>()
        };
        assert_eq!(
            of("{{ page.title }} summary {{ page[\"image\"] | default(value='x') }}"),
            ["title", "image"]
        );
        assert_eq!(of("{{ list.items | sort(attribute=\"date\") }}"), ["date"]);
        assert_eq!(of("{{ page[key] }}").len(), Fact::ALL.len());
        assert_eq!(of("{% for key, value in page %}{% endfor %}").len(), Fact::ALL.len());
    }
}
