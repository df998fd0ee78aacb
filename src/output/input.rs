//! What an output is a function of. The same description names, fetches and compares inputs.
//!
//! Knows what each input is called; what it makes visible, `given` hands out and `keys` digests.

use super::World;
use super::ninjs::TwinPart;
use super::record::RecordPart;
use super::sitemap::Part;
use super::structured::Subject;
use crate::catalog::PageId;
use crate::catalog::lists::ListId;
use crate::catalog::terms::TermId;
use crate::mutation::without;
use crate::site::LanguageIndex;
use crate::source::path::TermKind;

/// One thing that an output is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The settings that shape every address and time: base address, zone, codes of the languages. Every output that is
    /// not a mere copy has them.
    Settings,
    /// The settings that templates see.
    Site,
    /// The main menu.
    Menu(LanguageIndex),
    /// The words of the theme in a language.
    Words(LanguageIndex),
    /// The addresses of the theme's assets.
    Assets,
    /// The settings of the theme.
    ThemeSettings,
    /// A template, with all that it extends, includes and calls.
    Template(String),
    /// What a page says of itself, with its address, and the names and addresses of its terms, collection and picture.
    Card(PageId),
    /// What only the page itself shows: key points, sources (shared ones too), corrections, free values.
    Details(PageId),
    /// The body as HTML: with the addresses of what it links to, its sources, and the theme's words around its notes.
    Body(PageId),
    /// The next newer and the next older page of its collection: what lists show of them.
    Neighbours(PageId),
    /// What to read next: what lists show of it.
    Related(PageId),
    /// The issues before and after a page in its series: what lists show of them.
    Issue(PageId),
    /// The key points of a page, which its own issue and the next one compare.
    Points(PageId),
    /// What a page replaces, and what replaces it: what lists show of them.
    Succession(PageId),
    /// What the address of a page offers: the titles and addresses of its feeds, of its home page, of its translations.
    Here(PageId),
    /// The same for one page of a list.
    HereOfList(ListId, usize),
    /// The same for an index of terms.
    HereOfTerms(TermKind, LanguageIndex),
    /// The same for the index of sources.
    HereOfSources(LanguageIndex),
    /// The same for the index of quotations.
    HereOfQuotes(LanguageIndex),
    /// The same for the page that stands where there is none.
    HereOfNothing,
    /// One page of a list, without its items: title, address, and the addresses of its neighbours; never a total.
    List(ListId, usize),
    /// What one page of a list shows of its items; 0 is the list's own address.
    Items(ListId, usize),
    /// Years and months at a list's own address, in the language of the list.
    Archives(ListId),
    /// The terms of a kind in a language: names, addresses, how many items.
    Terms(TermKind, LanguageIndex),
    /// The sources of the listed pages in a language, by publisher: in short, and the pages that rest on each.
    SourceIndex(LanguageIndex),
    /// What a person or an organisation said, on pages of a language.
    QuotesOf(TermId, LanguageIndex),
    /// Who is quoted on pages of a language, and what they said last.
    QuotesOfAll(LanguageIndex),
    /// Every quotation.
    Quotes,
    /// What a feed says of itself: its list, the site and the publisher. Its entries are cards and bodies.
    Feed(ListId),
    /// What the head of a page or list says to programs beside its card and its details: publisher and site, where it
    /// stands, its translations, its twin; no more than the last on a site that says nothing to programs.
    Metadata(Subject),
    /// Publisher and site, where a page stands, its translations: what its twin says beside its card and its details.
    Whereabouts(PageId),
    /// What is withdrawn from a feed.
    Withdrawn(ListId),
    /// The notes of the corrections of a page, as HTML with the theme's words.
    Notes(PageId),
    /// One page of all corrections in a language: its entries, and the addresses of its neighbours.
    Corrections(LanguageIndex, usize),
    /// What the address of such a page offers.
    HereOfCorrections(LanguageIndex, usize),
    /// What the feed of all corrections says of itself, and its entries.
    CorrectionsFeed(LanguageIndex),
    /// Which parts the sitemap has.
    Parts,
    /// The addresses and dates of one part of the sitemap.
    Addresses(Part),
    /// Which parts the record has.
    RecordParts,
    /// What a part of the record says of its briefings, with the digests of their texts.
    Record(RecordPart),
    /// Which parts the index of twins has.
    TwinParts,
    /// What one part of the index of twins says of each.
    Twins(TwinPart),
    /// Where flaws of the site are reported.
    Security,
    /// Which old addresses lead where, and behind which there is nothing any more.
    Redirects,
    /// The bytes of a file of the site, by its path from the root.
    File(String),
    /// The bytes of a file of the theme's `static/`, by its path below it.
    Static(String),
    /// The bytes of a file of the theme's `assets/`, by its name below it.
    Asset(String),
}

impl Input {
    /// What sort of input it is, in a word that never changes.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Site => "site",
            Self::Menu(_) => "menu",
            Self::Words(_) => "words",
            Self::Assets => "assets",
            Self::ThemeSettings => "theme settings",
            Self::Template(_) => "template",
            Self::Card(_) => "card",
            Self::Details(_) => "details",
            Self::Body(_) => "body",
            Self::Neighbours(_) => "neighbours",
            Self::Related(_) => "related",
            Self::Issue(_) => "issue",
            Self::Points(_) => "key points",
            Self::Succession(_) => "succession",
            Self::Here(_)
            | Self::HereOfList(..)
            | Self::HereOfTerms(..)
            | Self::HereOfSources(_)
            | Self::HereOfCorrections(..)
            | Self::HereOfQuotes(_)
            | Self::HereOfNothing => "here",
            Self::List(..) => "list",
            Self::Items(..) => "items",
            Self::Archives(_) => "archives",
            Self::Terms(..) => "terms",
            Self::SourceIndex(_) => "source index",
            Self::QuotesOf(..) | Self::QuotesOfAll(_) | Self::Quotes => "quotes",
            Self::Feed(_) => "feed",
            Self::Metadata(_) => "metadata",
            Self::Whereabouts(_) => "whereabouts",
            Self::Withdrawn(_) => "withdrawn",
            Self::Notes(_) => "notes",
            Self::Corrections(..) => "corrections",
            Self::CorrectionsFeed(_) => "corrections feed",
            Self::Parts => "parts",
            Self::Addresses(_) => "addresses",
            Self::RecordParts => "record parts",
            Self::Record(_) => "record",
            Self::TwinParts => "twin parts",
            Self::Twins(_) => "twins",
            Self::Security => "security",
            Self::Redirects => "redirects",
            Self::File(_) => "file",
            Self::Static(_) => "static",
            Self::Asset(_) => "asset",
        }
    }

    /// The page whose text it holds, if it holds any: only these change when a body does and its card does not.
    pub fn text_of(&self) -> Option<PageId> {
        match self {
            Self::Body(page) | Self::Details(page) if !without(self.kind()) => Some(*page),
            _ => None,
        }
    }

    /// The page whose file is read for it, if any is. Key points change with the front matter alone, so that no change of
    /// a text concerns them; but they cannot be read from a file that cannot be understood.
    pub fn read_from(&self) -> Option<PageId> {
        match self {
            Self::Points(page) => Some(*page),
            _ => self.text_of(),
        }
    }

    /// What people call it, in answers to "why was this made?".
    pub fn shown(&self, world: &World<'_>) -> String {
        let of = |page: &PageId| format!("{} of {}", self.kind(), world.catalog.card(*page).file());
        let code = |language: &LanguageIndex| &world.site.language(*language).code;
        let list = |list: &ListId| match world.catalog.lists().get(*list).path.trim_matches('/') {
            "" => "the home page".to_string(),
            path => path.to_string(),
        };
        match self {
            Self::Settings | Self::Site | Self::ThemeSettings | Self::Security | Self::Redirects => {
                self.kind().to_string()
            }
            Self::Menu(language) | Self::Words(language) => format!("{} ({})", self.kind(), code(language)),
            Self::Assets => "addresses of the theme's assets".to_string(),
            Self::Template(name) => template(name, world),
            Self::Card(page) | Self::Details(page) | Self::Body(page) => of(page),
            Self::Points(page) | Self::Notes(page) => of(page),
            Self::Neighbours(_) | Self::Related(_) => self.kind().to_string(),
            Self::Issue(_) => "the issues before and after it".to_string(),
            Self::Succession(_) => "what it replaces, and what replaces it".to_string(),
            Self::SourceIndex(language) => format!("all sources ({})", code(language)),
            Self::Here(_)
            | Self::HereOfList(..)
            | Self::HereOfTerms(..)
            | Self::HereOfSources(_)
            | Self::HereOfCorrections(..)
            | Self::HereOfQuotes(_)
            | Self::HereOfNothing => "what its address offers".to_string(),
            Self::List(id, _) => list(id),
            Self::Items(id, _) => format!("items of {}", list(id)),
            Self::Archives(id) => format!("years and months of {}", list(id)),
            Self::Feed(id) => format!("title and publisher of the feed of {}", list(id)),
            Self::Withdrawn(id) => format!("what is withdrawn from {}", list(id)),
            Self::Corrections(language, _) | Self::CorrectionsFeed(language) => {
                format!("all corrections ({})", code(language))
            }
            Self::Terms(kind, language) => format!("all {} ({})", kind.folder(), code(language)),
            Self::Metadata(_) | Self::Whereabouts(_) => {
                "publisher, place and translations, as programs are told".to_string()
            }
            Self::TwinParts => "parts of the index of twins".to_string(),
            Self::Twins(part) => format!("twins in {}", part.path().trim_start_matches('/')),
            Self::QuotesOf(term, language) => {
                let term = &world.catalog.terms().get(*term).slug;
                format!("quotations of {term} ({})", code(language))
            }
            Self::QuotesOfAll(language) => format!("all quotations ({})", code(language)),
            Self::Quotes => "all quotations".to_string(),
            Self::Parts => "parts of the sitemap".to_string(),
            Self::RecordParts => "parts of the record".to_string(),
            Self::Record(RecordPart::Whole) => "all briefings on record".to_string(),
            Self::Record(RecordPart::Year(year)) => format!("briefings on record of {year:04}"),
            Self::Addresses(part) => format!("addresses in {}", part.path().trim_start_matches('/')),
            Self::File(path) => path.clone(),
            Self::Static(path) => format!("static/{path} of the theme"),
            Self::Asset(name) => format!("assets/{name} of the theme"),
        }
    }
}

/// A template with all that it is made of: `template briefing.html (+ base.html, item.html)`.
fn template(name: &str, world: &World<'_>) -> String {
    let Some(uses) = world.theme.uses(name) else { return format!("template {name}") };
    let short = |full: &String| full.split_once('/').map_or(full.as_str(), |(_, short)| short).to_string();
    let all: Vec<String> = uses.templates.iter().map(short).collect();
    // Two layers may each have one of that name; then only the full name tells them apart.
    let unique = |short: &String| all.iter().filter(|other| *other == short).count() == 1;
    let others = uses
        .templates
        .iter()
        .zip(&all)
        .filter(|(full, short)| *short != name || !unique(short) && **full != uses.own);
    let others: Vec<&str> =
        others.map(|(full, short)| if unique(short) { short.as_str() } else { full.as_str() }).collect();
    match others.as_slice() {
        [] => format!("template {name}"),
        others => format!("template {name} (+ {})", others.join(", ")),
    }
}
