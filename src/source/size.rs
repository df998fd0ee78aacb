//! How much memory a page takes: cards and outlines of all pages stay, so that is what limits the size of a site.
//!
//! Counted field by field, so that a new field does not compile before somebody has decided what it costs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::card::{Card, Citation, CollectionSettings, Rare};
use super::correction::Correction;
use super::markdown::{Link, Mention, Outline, Quote};
use super::names::Names;
use super::office::Office;
use super::page::{Page, parse};
use crate::digest::Digest;
use crate::site::Site;

/// A million pages, the rest of a build beside them, and 2 GiB.
const PAGE_BYTES_MAX: usize = 800;
const PAGES: usize = 4096;

/// Texts that many pages share, by where they are: each counts once.
type Shared = BTreeMap<*const u8, usize>;

/// What the allocator hands out for so many bytes: it knows sizes in steps, and no block is free of cost.
fn block(bytes: usize) -> usize {
    bytes.next_multiple_of(16)
}

fn text(text: &str) -> usize {
    block(text.len())
}

fn texts<T: AsRef<str>>(all: &[T]) -> usize {
    block(size_of_val(all)) + all.iter().map(|one| text(one.as_ref())).sum::<usize>()
}

fn optional(one: Option<&str>) -> usize {
    one.map_or(0, text)
}

fn of_page(page: &Page, shared: &mut Shared) -> usize {
    let Page { card, outline, digest: _, front_matter: _ } = page;
    size_of::<Page>() + of_card(card, shared) + of_outline(outline)
}

fn of_card(card: &Card, shared: &mut Shared) -> usize {
    let Card { path, place: _, title, summary, summary_from: _, kind: _, date: _, updated: _, .. } = card;
    let Card { embargo: _, standing: _, terms, authors, basis, minutes: _, detailed: _, rare, .. } = card;
    // Two counters stand before a shared text.
    shared.extend(terms.iter().map(|(_, name)| (Arc::as_ptr(name).cast(), block(16 + name.len()))));
    let rare = rare.as_deref().map_or(0, |rare| block(size_of::<Rare>()) + of_rare(rare));
    text(path)
        + text(title)
        + text(summary)
        + block(size_of_val(&**terms))
        + texts(authors)
        + text(basis.text())
        + rare
}

fn of_rare(rare: &Rare) -> usize {
    let Rare { id, slug, as_of: _, expiry: _, aliases, template, number: _, supersedes, related, .. } = rare;
    let Rare { image, shared_sources, corrections, also_known_as, avoid, offices, citations, .. } = rare;
    let Rare { collection, .. } = rare;
    let CollectionSettings { dated: _, permalink, page_size: _ } = collection;
    let lists = [aliases, supersedes, related, shared_sources, also_known_as, avoid];
    lists.iter().map(|list| texts(list)).sum::<usize>()
        + [id, template, permalink].iter().map(|one| optional(one.as_deref())).sum::<usize>()
        + optional(slug.as_deref())
        + corrections.iter().map(of_correction).sum::<usize>()
        + image.as_ref().map_or(0, |(path, words)| text(path) + text(words))
        + block(size_of_val(&**offices))
        + offices.iter().map(|Office { title, from: _, to: _ }| text(title)).sum::<usize>()
        + block(size_of_val(&**citations))
        + citations.iter().map(of_citation).sum::<usize>()
}

fn of_citation(Citation { id, title, publisher, url }: &Citation) -> usize {
    text(id) + text(title) + optional(publisher.as_deref()) + optional(url.as_deref())
}

fn of_correction(correction: &Correction) -> usize {
    let Correction { date: _, kind: _, text: words, was, now } = correction;
    size_of::<Correction>() + text(words) + optional(was.as_deref()) + optional(now.as_deref())
}

fn of_outline(outline: &Outline) -> usize {
    let Outline { anchors, links, minutes: _, highlighted: _, unknown_notes, quotes } = outline;
    let of_link = |Link { destination, image: _ }: &Link| text(destination);
    texts(anchors)
        + block(size_of_val(&**links))
        + links.iter().map(of_link).sum::<usize>()
        + texts(unknown_notes)
        + quotes.iter().map(of_quote).sum::<usize>()
}

/// What few pages have, in a list behind a list.
fn of_quote(quote: &Quote) -> usize {
    let Quote { text: said, speaker, role, place, date: _, language, sources, anchor } = quote;
    let of_mention = |Mention { name, words }: &Mention| text(name) + text(words);
    let of_texts = [said, role, language, anchor].iter().map(|one| text(one)).sum::<usize>();
    block(size_of::<Quote>())
        + of_texts
        + of_mention(speaker)
        + place.as_ref().map_or(0, of_mention)
        + texts(sources)
}

const WORDS: &str = "security council ministry border talks sanctions ceasefire delegation summit grid harvest port \
    inflation budget alliance envoy statement draft resolution inspectors outage shelter corridor convoy ballot";

/// Picks by chance, the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 += 1;
        let digest = Digest::of(&self.0.to_le_bytes()).to_bytes();
        usize::from(u16::from_le_bytes([digest[0], digest[1]])) % limit
    }

    fn words(&mut self, count: usize) -> String {
        let words: Vec<&str> = WORDS.split(' ').collect();
        let picked: Vec<&str> = (0..count).map(|_| words[self.below(words.len())]).collect();
        picked.join(" ")
    }

    fn names(&mut self, what: &str, (most, of): (usize, usize)) -> String {
        let names = (0..=self.below(most)).map(|_| format!("\"{what} {}\"", self.below(of)));
        names.collect::<Vec<_>>().join(", ")
    }
}

/// A briefing like those of the benchmarks, and richer: eight paragraphs, some with a heading, a link or a source.
fn briefing(number: usize, chance: &mut Chance) -> String {
    let (title, summary) = (chance.words(7), chance.words(20));
    let topics = chance.names("Topic", (4, 40));
    let people = chance.names("Forename Surname", (3, 600));
    let source = match chance.below(4) {
        0 => "[[sources]]\nid = \"readout\"\ntitle = \"Readout\"\n",
        _ => "",
    };
    let mut body = String::new();
    for _ in 0..8 {
        if chance.below(10) == 0 {
            body += &format!("## {}\n\n", chance.words(5));
        }
        body += &chance.words(50);
        body += match chance.below(12) {
            0 => " [before](briefing-0000001.md)",
            1 if !source.is_empty() => "[^readout]",
            _ => "",
        };
        body += ".\n\n";
    }
    format!(
        "+++\ntitle = \"{title} {number}\"\nsummary = \"{summary}.\"\ndate = 2024-12-09T09:00:00Z\n\
         topics = [{topics}]\npeople = [{people}]\n{source}+++\n\n{body}"
    )
}

#[test]
fn a_page_stays_in_memory_with_at_most_eight_hundred_bytes() {
    let (site, _) = Site::parse("site.toml", "title = \"Desk\"\nbase_url = \"https://example.org\"");
    let (mut names, mut shared, mut chance) = (Names::default(), Shared::new(), Chance(0));
    let mut held = 0;
    for number in 0..PAGES {
        let path = format!("briefings/2024-12-09-briefing-{number:07}.md");
        let parsed = parse(&path, briefing(number, &mut chance).as_bytes(), &site);
        let mut page = parsed.page.expect("the briefing is sound");
        names.share(&mut page.card);
        held += of_page(&page, &mut shared);
    }
    let held = (held + shared.values().sum::<usize>()) / PAGES;
    println!("{held} bytes a page, {} of them in one piece", size_of::<Page>());
    assert!(held <= PAGE_BYTES_MAX, "{held} bytes a page");
}
