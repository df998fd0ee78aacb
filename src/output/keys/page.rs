//! The digests of what is shown of one page: on lists, of itself, at its address, and of its text.

use super::Keys;
use super::marks::Marks;
use crate::catalog::PageId;
use crate::digest::{Digest, Sha256};
use crate::output::facts::NOTE;
use crate::output::given::LinkStyle;
use crate::output::ninjs::TwinPart;
use crate::output::record::RecordPart;
use crate::output::sitemap::Part;
use crate::output::structured::{self, Subject};
use crate::output::{body, input::Input, quotes};
use crate::theme::Mentioned;

impl Keys<'_> {
    /// What lists show of a page, as far as any template shows it.
    pub(super) fn item(&self, id: PageId) -> Digest {
        let take = || {
            let mut marks = Marks::new(self, self.world.shared.item_facts);
            self.world.item_facts(id, &mut marks);
            marks.digest()
        };
        *self.items[id.index()].get_or_init(take)
    }

    /// All that a page says of itself: its own output, its feeds and its old addresses choose from it.
    pub(super) fn card(&self, id: PageId) -> Digest {
        let mut marks = Marks::new(self, Mentioned::EVERYTHING);
        self.world.item_facts(id, &mut marks);
        self.world.own_facts(id, &mut marks);
        marks.digest()
    }

    /// The addresses of a part of the sitemap, with their dates.
    pub(super) fn addresses(&self, part: Part) -> Digest {
        let mut marks = Marks::new(self, Mentioned::default());
        for address in self.world.addresses(part) {
            marks.field(address.path.as_bytes());
            marks.optional_moment(address.changed);
        }
        marks.digest()
    }

    /// What a part of the record says of its briefings.
    pub(super) fn record(&self, part: RecordPart) -> Digest {
        let mut marks = Marks::new(self, Mentioned::default());
        for told in self.world.record(part) {
            let standing = told.standing.as_ref();
            marks.field(told.id.as_bytes());
            marks.field(told.language.as_bytes());
            marks.optional_moment(Some(told.published));
            marks.optional_moment(told.updated);
            marks.optional(told.status);
            marks.optional(standing.map(|standing| standing.path));
            let transcript = standing.and_then(|standing| standing.transcript);
            marks.field(transcript.map(Sha256::to_bytes).as_ref().map_or(&[], |bytes| bytes));
            for entry in standing.map_or(&[][..], |standing| standing.corrections) {
                marks.optional_moment(Some(entry.date));
                marks.field(entry.kind.word().as_bytes());
            }
            // Where the next one begins.
            marks.optional(None);
        }
        marks.digest()
    }

    /// What a part of the index of twins says of each.
    pub(super) fn twins(&self, part: TwinPart) -> Digest {
        let mut marks = Marks::new(self, Mentioned::default());
        for twin in self.world.twins_of(part) {
            [&*twin.id, twin.path, &*twin.title, twin.lang]
                .iter()
                .for_each(|text| marks.field(text.as_bytes()));
            marks.field(&twin.version.to_le_bytes());
            marks.field(&[u8::from(twin.canceled)]);
            twin.times.into_iter().for_each(|moment| marks.optional_moment(moment));
        }
        marks.digest()
    }

    /// What the address of an output is and offers.
    pub(super) fn here(&self, input: &Input) -> Digest {
        let mut marks = Marks::new(self, self.world.wanted_here(input));
        self.world.say_here(input, &mut marks);
        marks.digest()
    }

    /// What the head of a page or list says to programs, beside its card and its details: where its twin is, and what stands
    /// around it, if anything is said of that.
    pub(super) fn metadata(&self, subject: Subject) -> Digest {
        let around = self.world.speaks_to_programs().then(|| self.whereabouts(subject).to_bytes());
        super::of_value(&(structured::twin(self.world, subject), around))
    }

    /// What stands around a page or list.
    pub(super) fn whereabouts(&self, subject: Subject) -> Digest {
        let kept = |id: PageId| self.twinned.get(id.index()).map(|twinned| &twinned.whereabouts);
        match subject {
            Subject::Page(id) => super::once(kept(id), || self.take_whereabouts(subject)),
            _ => self.take_whereabouts(subject),
        }
    }

    fn take_whereabouts(&self, subject: Subject) -> Digest {
        let around = structured::whereabouts(self.world, subject);
        let common = self.languages[usize::from(around.language())].common.to_bytes();
        super::of_value(&(common, around))
    }

    /// What only the page itself shows: its front matter, its shared sources, and which sources the body cites.
    pub(super) fn details(&self, id: PageId) -> Digest {
        let mut marks = Marks::new(self, Mentioned::default());
        if self.world.has_details(id) {
            let page = self.world.catalog.page(id);
            marks.field(&page.front_matter.to_bytes());
            let notes = page.outline.anchors.iter().filter(|anchor| anchor.starts_with(NOTE));
            notes.for_each(|anchor| marks.field(anchor.as_bytes()));
            marks.field(b"");
            page.outline.unknown_notes.iter().for_each(|note| marks.field(note.as_bytes()));
            marks.field(b"");
            self.shared_sources(id, &mut marks);
        }
        marks.digest()
    }

    /// The body as HTML. Rooted or absolute, it comes from the same things.
    pub(super) fn body(&self, id: PageId) -> Digest {
        super::once(self.twinned.get(id.index()).map(|twinned| &twinned.body), || self.take_body(id))
    }

    fn take_body(&self, id: PageId) -> Digest {
        let (world, page) = (self.world, self.world.catalog.page(id));
        let mut marks = Marks::new(self, Mentioned::default());
        marks.field(&page.digest.to_bytes());
        marks.field(&self.languages[usize::from(page.card.place.language)].of_bodies.to_bytes());
        marks.field(world.catalog.permalink(id).as_bytes());
        for link in &page.outline.links {
            let address =
                body::address(world.catalog, world.site, (id, LinkStyle::Rooted), &link.destination);
            marks.optional(address.as_deref());
        }
        for quote in page.outline.quotes.iter() {
            let caption = quotes::caption(world, (id, LinkStyle::Rooted), quote);
            marks.field(&serde_json::to_vec(&caption).expect("texts can be written as JSON"));
        }
        self.shared_sources(id, &mut marks);
        marks.digest()
    }

    /// The key points of a page: of its front matter, nobody can tell them from the rest.
    pub(super) fn points(&self, id: PageId) -> Digest {
        self.world.catalog.page(id).front_matter
    }

    /// What a page replaces, then what replaces it.
    pub(super) fn succession(&self, id: PageId) -> Digest {
        let catalog = self.world.catalog;
        let (older, newer) = (catalog.supersedes(id), catalog.superseded_by(id));
        // What lists show of no page stands between the two.
        self.items(older.into_iter().map(Some).chain([None]).chain(newer.map(Some)))
    }

    fn shared_sources(&self, id: PageId, marks: &mut Marks<'_>) {
        for source in self.world.catalog.shared_sources(id) {
            let source = self.world.catalog.page(source);
            marks.field(source.card.stem().as_bytes());
            marks.field(&source.front_matter.to_bytes());
        }
    }
}
