//! What would give a held-back page away wherever it stood: its words, its title, and the names that only it has.
//!
//! What is too common to give anything away is no mark: "Update" as a title, `index` as a slug.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::gated::Gated;
use super::own::{self, Own};
use super::words::{self, Word};
use crate::catalog::{Catalog, PageId};
use crate::engine::Rehearsal;
use crate::site::encode;
use crate::source::tree::Fault;

/// A title, a summary or a key point that is shorter than a run is looked for if it has so many words, or letters: "Energy
/// update" stands in many texts.
const PHRASE_WORDS_MIN: usize = 4;
const PHRASE_LETTERS_MIN: usize = 24;
/// A slug, an id or the name of a file is looked for if it is so long and has so many parts: `evening-brief` does not say much.
const NAME_BYTES_MIN: usize = 12;
const NAME_PARTS_MIN: usize = 3;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// A run of words.
    Words,
    /// The whole title.
    Title,
    /// The slug.
    Slug,
    /// The address, with its host.
    Address,
    /// The permanent identity.
    Id,
    /// The name of a file that is held back with it.
    File,
}

impl Kind {
    /// What it is called in messages.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Title => "the title",
            Self::Slug => "the slug",
            Self::Address => "the address",
            Self::Id => "the id",
            Self::File => "the name of a file",
        }
    }
}

/// One thing that was found: which page it is of, what sort of thing, and which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Mark {
    /// The page, as a place in [`Marks::pages`].
    pub page: u32,
    /// What sort of thing.
    pub kind: Kind,
    /// Of the words, or the place of the name.
    pub key: u64,
}

/// A few words.
#[derive(Debug)]
struct Phrase {
    words: Vec<u64>,
    mark: Mark,
}

/// All that is looked for.
pub(super) struct Marks {
    /// The pages whose marks these are.
    pub pages: Vec<PageId>,
    runs: HashMap<u64, u32>,
    /// By their first word.
    phrases: HashMap<u64, Vec<Phrase>>,
    sieve: Sieve,
    names: AhoCorasick,
    name_marks: Vec<Mark>,
}

impl Marks {
    /// The marks of all that is held back or gone.
    pub(super) fn of(site: &Rehearsal<'_>, bare: &Rehearsal<'_>, gated: &Gated) -> Result<Self, Fault> {
        let known = Known::of(bare);
        let mut marks = Gathering { known: Some(&known), ..Gathering::default() };
        let pages: Vec<PageId> = gated.pages.iter().chain(&gated.gone).copied().collect();
        for (number, &id) in (0u32..).zip(&pages) {
            let own = own::of(site, id)?;
            match gated.is_gone(id) {
                // Its name was public, and a trace of it stays: only its text is looked for.
                true => marks.text(number, &own),
                false => {
                    marks.page(number, site.catalog(), (id, &own));
                    marks.address(number, site, id);
                }
            }
        }
        marks.files(site.catalog(), gated);
        Ok(marks.finished(pages))
    }

    /// Calls `each` with every mark that stands among these words, and where: from the first word to the one behind its last.
    pub(super) fn in_text(&self, words: &[Word], mut each: impl FnMut(Mark, Range<usize>)) {
        words::runs(words, |key, first, end| {
            if self.sieve.may_hold(key)
                && let Some(&page) = self.runs.get(&key)
            {
                each(Mark { page, kind: Kind::Words, key }, first..end);
            }
        });
        if self.phrases.is_empty() {
            return;
        }
        for (first, word) in words.iter().enumerate().filter(|(_, word)| self.sieve.may_hold(word.digest)) {
            for phrase in self.phrases.get(&word.digest).into_iter().flatten() {
                let own = words[first..].iter().map(|word| word.digest).take(phrase.words.len());
                if own.eq(phrase.words.iter().copied()) {
                    each(phrase.mark, first..first + phrase.words.len());
                }
            }
        }
    }

    /// Calls `each` with every name that stands in some bytes, and where.
    pub(super) fn in_bytes(&self, bytes: &[u8], mut each: impl FnMut(Mark, Range<usize>)) {
        for found in self.names.find_overlapping_iter(bytes) {
            let (start, end) = (found.start(), found.end());
            let before = start.checked_sub(1).map(|at| bytes[at]);
            if !before.is_some_and(is_name) && !bytes.get(end).copied().is_some_and(is_name) {
                each(self.name_marks[found.pattern().as_usize()], start..end);
            }
        }
    }

    /// Whether there is nothing to look for.
    pub(super) fn are_none(&self) -> bool {
        self.runs.is_empty() && self.phrases.is_empty() && self.name_marks.is_empty()
    }
}

/// Whether a name goes on with this byte.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'%') || !byte.is_ascii()
}

/// What public pages are called, so that the same name is no secret.
struct Known {
    names: HashSet<String>,
    titles: HashSet<Vec<u64>>,
}

impl Known {
    /// The names in the site that has nothing to hide.
    fn of(bare: &Rehearsal<'_>) -> Self {
        let catalog = bare.catalog();
        let mut known = Self { names: HashSet::new(), titles: HashSet::new() };
        for id in catalog.ids() {
            let card = catalog.card(id);
            known.titles.insert(spoken(&card.title));
            let also = card.rare.iter().flat_map(|rare| &rare.also_known_as);
            known.titles.extend(also.map(|name| spoken(name)));
            known.names.extend([card.id().to_lowercase(), card.stem().to_lowercase()]);
            known.names.extend(last(catalog.permalink(id)));
        }
        for (_, term) in catalog.terms().iter() {
            known.titles.insert(spoken(&term.title));
            known.names.insert(term.slug.to_lowercase());
        }
        known.names.extend(
            catalog.files().iter().flat_map(|file| [file.to_lowercase()].into_iter().chain(last(file))),
        );
        known
    }
}

/// The last part of a path.
fn last(path: &str) -> Option<String> {
    path.trim_end_matches('/').rsplit('/').next().map(str::to_lowercase)
}

fn spoken(text: &str) -> Vec<u64> {
    words::phrase(&heard(text))
}

fn heard(text: &str) -> Vec<Word> {
    let mut heard = Vec::new();
    words::add(&words::composed(text), &mut heard);
    heard
}

/// Gathers marks.
#[derive(Default)]
struct Gathering<'k> {
    known: Option<&'k Known>,
    runs: HashMap<u64, u32>,
    phrases: Vec<Phrase>,
    names: Vec<(String, Mark)>,
}

impl Gathering<'_> {
    /// All marks of a page that is held back.
    fn page(&mut self, page: u32, catalog: &Catalog, (id, own): (PageId, &Own)) {
        let card = catalog.card(id);
        self.text(page, own);
        self.phrase((page, Kind::Title), &card.title);
        self.name((page, Kind::Slug), &last(catalog.permalink(id)).unwrap_or_default());
        self.name((page, Kind::Id), card.id());
    }

    /// The full address of a page: a link that names the host is not seen by the build.
    fn address(&mut self, page: u32, site: &Rehearsal<'_>, id: PageId) {
        if site.catalog().is_page(id) {
            let root = site.world().site.base_url.root();
            let path = encode(site.catalog().permalink(id).trim_matches('/')).into_owned();
            let key = self.names.len() as u64;
            let address = format!("{}/{path}", root.trim_end_matches('/'));
            self.names.push((address, Mark { page, kind: Kind::Address, key }));
        }
    }

    /// The marks of a text.
    fn text(&mut self, page: u32, own: &Own) {
        for text in &own.texts {
            let heard = heard(text);
            words::runs(&heard, |run, _, _| _ = self.runs.entry(run).or_insert(page));
        }
        own.statements.iter().for_each(|text| self.phrase((page, Kind::Words), text));
    }

    /// The names of the files that are held back.
    fn files(&mut self, catalog: &Catalog, gated: &Gated) {
        for (page, file) in gated.owners(catalog) {
            self.name((page, Kind::File), &last(&file).unwrap_or_default());
            self.name((page, Kind::File), &file);
        }
    }

    /// A few words, if they are distinct enough and no public title.
    fn phrase(&mut self, (page, kind): (u32, Kind), text: &str) {
        let words = spoken(text);
        let letters = text.chars().filter(|letter| letter.is_alphanumeric()).count();
        let distinct = words.len() >= PHRASE_WORDS_MIN || letters >= PHRASE_LETTERS_MIN;
        if distinct && !self.known.is_some_and(|known| known.titles.contains(&words)) {
            let key = words.iter().fold(0u64, |key, word| key.rotate_left(7) ^ word);
            self.phrases.push(Phrase { words, mark: Mark { page, kind, key } });
        }
    }

    /// A name, if it is distinct enough and not also that of something public.
    fn name(&mut self, (page, kind): (u32, Kind), name: &str) {
        let parts = name.split(['-', '_', '.', '/', ' ']).filter(|part| !part.is_empty()).count();
        let distinct = name.len() >= NAME_BYTES_MIN && parts >= NAME_PARTS_MIN;
        if !distinct || self.known.is_some_and(|known| known.names.contains(&name.to_lowercase())) {
            return;
        }
        for written in BTreeSet::from([name.to_string(), encode(name).into_owned()]) {
            let key = self.names.len() as u64;
            self.names.push((written, Mark { page, kind, key }));
        }
    }

    fn finished(self, pages: Vec<PageId>) -> Marks {
        let mut sieve = Sieve::new();
        self.runs.keys().for_each(|&run| sieve.add(run));
        let mut phrases: HashMap<u64, Vec<Phrase>> = HashMap::new();
        for phrase in self.phrases {
            sieve.add(phrase.words[0]);
            phrases.entry(phrase.words[0]).or_default().push(phrase);
        }
        let (names, name_marks): (Vec<String>, Vec<Mark>) = self.names.into_iter().unzip();
        let names =
            AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::Standard).build(&names);
        let names = names.expect("the names of all pages fit into memory");
        Marks { pages, runs: self.runs, phrases, sieve, names, name_marks }
    }
}

/// Tells of most words that nobody looks for them, without a look into a large table.
struct Sieve(Vec<u64>);

impl Sieve {
    /// 256 KiB, which stay close to the processor.
    const BITS: u64 = 1 << 21;

    fn new() -> Self {
        Self(vec![0; (Self::BITS / 64) as usize])
    }

    fn add(&mut self, key: u64) {
        let bit = key % Self::BITS;
        self.0[(bit / 64) as usize] |= 1 << (bit % 64);
    }

    fn may_hold(&self, key: u64) -> bool {
        let bit = key % Self::BITS;
        self.0[(bit / 64) as usize] & 1 << (bit % 64) != 0
    }
}
