//! What an output is a function of. The same description names, fetches and (for a later build) compares inputs.

use crate::catalog::PageId;
use crate::catalog::lists::ListId;
use crate::site::LanguageIndex;
use crate::source::path::TermKind;

/// One thing that an output is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The settings that shape every output: base address, zone, languages, limits. Every output has them.
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
    /// The next newer and the next older page of its collection: their cards.
    Neighbours(PageId),
    /// What to read next: the cards.
    Related(PageId),
    /// What the address of a page offers: the titles and addresses of its feeds, of its home page, of its translations.
    Here(PageId),
    /// The same for one page of a list.
    HereOfList(ListId, usize),
    /// The same for an index of terms.
    HereOfTerms(TermKind, LanguageIndex),
    /// The same for the page that stands where there is none.
    HereOfNothing,
    /// A list's own title, address and length of its run of pages.
    List(ListId),
    /// The cards on one page of a list; 0 is the list's own address.
    Items(ListId, usize),
    /// Years and months of a collection, in the language of the list.
    Archives(ListId),
    /// The terms of a kind in a language: names, addresses, how many items.
    Terms(TermKind, LanguageIndex),
    /// How many parts the sitemap has.
    Parts,
    /// The addresses and dates of one part of the sitemap.
    Addresses(usize),
    /// Which old addresses lead where.
    Redirects,
    /// The bytes of a file of the site, by its path from the root.
    File(String),
    /// The bytes of a file of the theme, by its published path.
    ThemeFile(String),
}
