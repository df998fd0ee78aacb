//! The facts of pages, items and addresses that a template may show, and which of them it mentions.
//!
//! A fact that no template mentions need not be computed: lists of many items are made of few facts each.

/// Declares the facts with the words that templates use for them.
macro_rules! facts {
    ($($(#[$doc:meta])* $fact:ident = $word:literal,)*) => {
        /// One fact of a page, an item or an address.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fact { $($(#[$doc])* $fact,)* }

        impl Fact {
            /// Every fact.
            pub const ALL: &[Self] = &[$(Self::$fact),*];

            /// The word that templates use for it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$fact => $word,)* }
            }
        }
    };
}

facts! {
    /// The headline.
    Title = "title",
    /// What it says in a sentence or two.
    Summary = "summary",
    /// The full address.
    Url = "url",
    /// The address on its host.
    Path = "path",
    /// What sort of briefing it is.
    Kind = "kind",
    /// The language.
    Lang = "lang",
    /// The direction of its script.
    Dir = "dir",
    /// First publication, as written.
    Date = "date",
    /// The last change of substance.
    Updated = "updated",
    /// When it became public.
    Published = "published",
    /// Reading time.
    Minutes = "minutes",
    /// Whether it has ceased to hold.
    Expired = "expired",
    /// What it is about.
    Topics = "topics",
    /// The periodical.
    Series = "series",
    /// The number in it.
    Number = "number",
    /// The lead picture.
    Image = "image",
    /// What it shows.
    ImageAlt = "image_alt",
    /// The collection.
    Collection = "collection",
    /// The permanent identity.
    Id = "id",
    /// The information cut-off.
    AsOf = "as_of",
    /// When it ceases to hold.
    Expires = "expires",
    /// Why it, or the page behind an address, is not public; in previews.
    Held = "held",
    /// Whether lists leave it out.
    Unlisted = "unlisted",
    /// Whether the body has coloured code.
    Highlighted = "highlighted",
    /// Who wrote it.
    Authors = "authors",
    /// Who it is about.
    People = "people",
    /// Which bodies it is about.
    Organisations = "organisations",
    /// Where it plays.
    Places = "places",
    /// The bottom line up front.
    KeyPoints = "key_points",
    /// What it rests on.
    Sources = "sources",
    /// How many sources of each kind it rests on.
    SourceKinds = "source_kinds",
    /// Where all sources are listed, if those of the page are among them.
    AllSources = "all_sources",
    /// What was put right.
    Corrections = "corrections",
    /// Offices held.
    Roles = "roles",
    /// Official addresses.
    Links = "links",
    /// Other names.
    AlsoKnownAs = "also_known_as",
    /// When issues of a series appear.
    Cadence = "cadence",
    /// Values for the theme's own use.
    Extra = "extra",
    /// Of an address: a sentence about it.
    Description = "description",
    /// Of an address: the home page in its language.
    Home = "home",
    /// Of an address: whether search engines are asked to stay away.
    Noindex = "noindex",
    /// Of an address: the site's title in its language.
    SiteTitle = "site_title",
    /// Of an address: the feeds it offers.
    Feeds = "feeds",
    /// Of an address: the same in other languages.
    Translations = "translations",
    /// Of an address: whether this is a preview.
    Preview = "preview",
}

/// Which facts a template mentions, counting all that it extends, includes and calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mentioned(u64);

const _: () = assert!(Fact::ALL.len() <= 64, "a set of facts is one 64-bit word");

impl Mentioned {
    /// Every fact.
    pub const EVERYTHING: Self = Self(u64::MAX);

    /// Those among `words`.
    pub(super) fn among(words: &std::collections::BTreeSet<String>) -> Self {
        let facts = Fact::ALL.iter().filter(|fact| words.contains(fact.word()));
        Self(facts.fold(0, |set, &fact| set | 1 << fact as u64))
    }

    /// Whether a fact is among them.
    pub fn has(self, fact: Fact) -> bool {
        self.0 & 1 << fact as u64 != 0
    }

    /// As one number, for digests.
    pub(super) fn bits(self) -> u64 {
        self.0
    }

    /// Both together.
    #[must_use]
    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
