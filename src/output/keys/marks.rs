//! Collects facts as bytes for a digest, the same facts in the same order as templates get them.

use super::Keys;
use crate::catalog::terms::TermId;
use crate::digest::Digest;
use crate::output::shown::{Shown, Sink};
use crate::source::moment::{Moment, Precision};
use crate::source::path::TermKind;
use crate::theme::{Fact, Mentioned};

/// Most pages say less than this.
const USUAL_BYTES: usize = 512;

/// Facts as bytes, as far as they are wanted.
pub(super) struct Marks<'k> {
    keys: &'k Keys<'k>,
    wanted: Mentioned,
    bytes: Vec<u8>,
}

impl<'k> Marks<'k> {
    /// No facts yet.
    pub(super) fn new(keys: &'k Keys<'_>, wanted: Mentioned) -> Self {
        Self { keys, wanted, bytes: Vec::with_capacity(USUAL_BYTES) }
    }

    /// The digest of the facts.
    pub(super) fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }

    /// Adds bytes with their number, so that no two rows of them look alike.
    pub(super) fn field(&mut self, bytes: &[u8]) {
        self.bytes.extend((bytes.len() as u64).to_le_bytes());
        self.bytes.extend(bytes);
    }

    /// Adds a text that may be missing.
    pub(super) fn optional(&mut self, text: Option<&str>) {
        self.bytes.push(u8::from(text.is_some()));
        self.field(text.unwrap_or_default().as_bytes());
    }

    /// Adds a moment that may be missing.
    pub(super) fn optional_moment(&mut self, moment: Option<Moment>) {
        self.bytes.push(u8::from(moment.is_some()));
        moment.into_iter().for_each(|moment| self.moment(moment));
    }

    /// Adds a moment. How it is told depends on the zone too, which is in every key.
    fn moment(&mut self, moment: Moment) {
        self.bytes.push(u8::from(moment.precision == Precision::Day));
        let day = moment.day;
        self.bytes.extend(day.year().to_le_bytes());
        self.bytes.extend([day.month().cast_unsigned(), day.day().cast_unsigned()]);
        self.bytes.extend(moment.instant.as_second().to_le_bytes());
    }

    fn terms(&mut self, language: u8, terms: impl Iterator<Item = TermId>) {
        let known = &self.keys.languages[usize::from(language)].terms;
        let before = self.bytes.len();
        self.bytes.extend([0; 8]);
        terms.for_each(|term| self.bytes.extend(known[term.0 as usize].to_bytes()));
        let length = (self.bytes.len() - before) as u64;
        self.bytes[before..before + 8].copy_from_slice(&length.to_le_bytes());
    }
}

impl Sink for Marks<'_> {
    fn put<'s>(&mut self, fact: Fact, shown: impl FnOnce() -> Shown<'s>) {
        if !self.wanted.has(fact) {
            return;
        }
        let catalog = self.keys.world.catalog;
        let of_page = |page, kind| {
            let terms = catalog.terms_of_page(page).iter().copied();
            terms.filter(move |&term| catalog.terms().get(term).kind == kind)
        };
        let language = |page| catalog.card(page).place.language;
        let shown = shown();
        // Which fact it is, and which sort of value: base address and zone, which shape some of them, are in every key.
        self.bytes.extend([fact as u8, shown.sort()]);
        match shown {
            Shown::Nothing => {}
            Shown::Text(text) | Shown::Path(text) | Shown::Url(text) => self.field(text.as_bytes()),
            Shown::Made(text) => self.field(text.as_bytes()),
            Shown::Flag(flag) => self.bytes.push(u8::from(flag)),
            Shown::Number(number) => self.bytes.extend(number.to_le_bytes()),
            Shown::Moment(moment) => self.moment(moment),
            Shown::Held(gate) => {
                self.field(gate.word().as_bytes());
                gate.appears().into_iter().for_each(|moment| self.moment(moment));
            }
            Shown::Terms(page, kind) => self.terms(language(page), of_page(page, kind)),
            Shown::Series(page) => self.terms(language(page), of_page(page, TermKind::Series).take(1)),
            Shown::Collection(page) => match self.keys.world.collection_list(page) {
                Some(list) => self.bytes.extend(self.keys.list_reference(list).to_bytes()),
                None => self.optional(self.keys.world.collection(page).map(|(_, title)| title).as_deref()),
            },
            Shown::Names(names) => {
                self.bytes.extend((names.len() as u64).to_le_bytes());
                for (title, path) in names {
                    self.field(title.as_bytes());
                    self.optional(path);
                }
            }
            Shown::Feeds(lists, corrections) => {
                self.bytes.extend((lists.len() as u64).to_le_bytes());
                let link = corrections.and_then(|language| self.keys.world.corrections_link(language));
                self.optional(link.as_ref().map(|(title, ..)| title.as_str()));
                self.optional(link.as_ref().map(|(_, url, _)| url.as_str()));
                lists.iter().for_each(|&list| self.bytes.extend(self.keys.list_feeds(list).to_bytes()));
            }
            Shown::Translations(all) => {
                self.bytes.extend((all.len() as u64).to_le_bytes());
                for (language, title, path) in all {
                    let site = self.keys.world.site;
                    self.field(site.language(language).code.as_bytes());
                    self.field(crate::output::context::language_name(site, language).as_bytes());
                    self.field(title.as_bytes());
                    self.field(path.as_bytes());
                }
            }
        }
    }
}
