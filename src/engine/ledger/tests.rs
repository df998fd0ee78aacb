//! What was kept is found again, and whatever happens to the file, nothing else is.

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use walkdir::WalkDir;

use super::*;
use crate::diagnostic::{Place, RULES};
use crate::engine::held::REASONS;
use crate::site::Site;
use crate::source::page;

/// Every content file of the repository, its tests' included, and what is wrong with each; many are hostile.
fn parsed() -> (Vec<Page>, Vec<Diagnostic>) {
    let (site, _) = Site::parse(
        "site.toml",
        "title = \"T\"\nbase_url = \"https://x.org/\"\nlanguages = [\"en\", \"uk\"]",
    );
    let (mut pages, mut said) = (Vec::new(), Vec::new());
    for folder in ["content", "tests"] {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in WalkDir::new(&root).sort_by_file_name().into_iter().map(Result::unwrap) {
            let path = entry.path().strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            if path.ends_with(".md") {
                let parsed = page::parse(&path, &fs::read(entry.path()).unwrap(), &site);
                pages.extend(parsed.page);
                said.extend(parsed.said);
            }
        }
    }
    (pages, said)
}

const EVERYTHING: &str = r#"+++
title = "Title"
summary = "Summary"
slug = "slug"
kind = "advisory"
id = "urn:x"
date = 2024-02-29T23:59:59-08:00
updated = 2024-12-09
as_of = 2024-12-09 17:00:00
embargo = 2024-12-10T00:00:00Z
expires = 9999-12-30
on_expiry = "gone"
unlisted = true
authors = ["Ann"]
people = ["Bo", "Їжак"]
topics = ["a", "b"]
series = "s"
number = 7
aliases = ["/old/", "older.html"]
template = "other.html"
supersedes = ["x"]
related = ["y", "z.md"]
image = "a.png"
image_alt = "A"
[[sources]]
id = "shared"
[[sources]]
id = "own"
title = "Own"
+++
# Heading {#own}

[a](b.md) ![c](d.png) [^own] [^none]

> Said.
>
> — [who](@ann), Head, in Kyiv (uk), 2024-02-29 [^own]

```rust
fn main() {}
```
"#;

fn number(number: usize) -> Digest {
    Digest::of(&number.to_le_bytes())
}

fn stamp(number: usize) -> Stamp {
    let time = 1_732_000_000_000_000_000 + number as i64;
    Stamp { size: number as u64, modified: time, changed: -time, inode: u64::MAX - number as u64 }
}

/// What a ledger holds.
struct Held {
    head: Head,
    sources: Vec<Source>,
    pages: Vec<Page>,
    outputs: Vec<Output>,
}

impl Held {
    /// The given pages, with files and outputs to them; every third file has something wrong with it.
    fn of(mut pages: Vec<Page>, said: &[Diagnostic]) -> Self {
        let wrong =
            |at: usize| said.iter().skip(at).take(usize::from(at.is_multiple_of(3))).cloned().collect();
        let source = |(at, page): (usize, &mut Page)| {
            page.digest = number(at);
            let path = format!("content/{}", page.card.path);
            let stamp = (at % 5 > 0).then(|| stamp(at));
            let text = (at % 4 > 0).then(|| Sha256::of(path.as_bytes()));
            Source {
                path,
                stamp,
                digest: number(at),
                transcript: text,
                page: u32::try_from(at).ok(),
                said: wrong(at),
            }
        };
        let mut sources: Vec<Source> = pages.iter_mut().enumerate().map(source).collect();
        let path = "themes/x/base.html".to_string();
        sources.push(Source {
            path,
            stamp: None,
            digest: number(7),
            transcript: None,
            page: None,
            said: Vec::new(),
        });
        let output = |(at, page): (usize, &Page)| Output {
            path: page.card.path.to_string(),
            key: number(at + 1),
            content: number(at + 2),
            stamp: (at % 7 > 0).then(|| stamp(at)),
            inputs: (0..at as u32 % 9).collect(),
            reason: page.card.title.to_string(),
        };
        let outputs = pages.iter().enumerate().map(output).collect();
        let held = REASONS.map(|reason| crate::engine::Held {
            file: reason.to_uppercase(),
            reason,
            appears: Some(Timestamp::MAX),
        });
        let summary = Summary {
            pages: 3,
            terms: TermKind::ALL.map(|kind| (kind, kind as usize)).to_vec(),
            held: held.to_vec(),
            timezone: "Europe/Kyiv".to_string(),
        };
        let rules = RULES.map(|rule| {
            let place = Place::of("a.md", "a\nїжак\n", 2..4);
            Diagnostic::warning(rule, "m")
                .at(place.clone())
                .label("l")
                .help("h")
                .note_at("n", place)
                .note("o")
        });
        let (request, reading) = (number(1), number(2));
        let (from, until) = (None, Some(Timestamp::MIN));
        Self {
            head: Head { request, reading, from, until, summary, said: rules.to_vec() },
            sources,
            pages,
            outputs,
        }
    }

    /// A small one.
    fn small() -> Self {
        let (site, _) = Site::parse("site.toml", "");
        let page = |path: &str| page::parse(path, EVERYTHING.as_bytes(), &site).page.unwrap();
        Self::of(vec![page("a/b.uk.md"), page("a/c/index.md")], &[Diagnostic::error("link", "wrong")])
    }

    fn save(&self, path: &Path) {
        let pages = PagesPart::Pages(&self.pages, None);
        Kept { head: &self.head, sources: &self.sources, pages, outputs: &self.outputs }.save(path).unwrap();
    }

    #[track_caller]
    fn assert_is(&self, ledger: &Ledger) {
        assert_eq!(ledger.head, self.head);
        assert_eq!(ledger.sources, self.sources);
        assert_eq!(ledger.outputs, self.outputs);
        assert_eq!(ledger.pages().as_ref(), Some(&self.pages));
    }
}

#[track_caller]
fn loaded(path: &Path) -> Box<Ledger> {
    match Ledger::load(path) {
        Loaded::Ledger(ledger) => ledger,
        Loaded::Absent => panic!("there is no ledger"),
        Loaded::Unusable(why) => panic!("it {why}"),
    }
}

#[track_caller]
fn unusable(path: &Path) -> String {
    match Ledger::load(path) {
        Loaded::Unusable(why) => why,
        Loaded::Absent => panic!("there is no ledger"),
        // Pages are only read when they are needed.
        Loaded::Ledger(ledger) if ledger.pages().is_none() => "is damaged".to_string(),
        Loaded::Ledger(_) => panic!("it was taken for a ledger"),
    }
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.ledger");
    (folder, path)
}

#[test]
fn every_page_and_every_mistake_is_found_again() {
    let (pages, said) = parsed();
    assert!(pages.len() > 200 && said.len() > 50, "{} pages, {} mistakes", pages.len(), said.len());
    // More than a block, so that numbers run across blocks.
    let many: Vec<Page> = pages.iter().cycle().take(2 * PAGES + 5).cloned().collect();
    let held = Held::of(many, &said);
    let (_folder, path) = folder();
    held.save(&path);
    let ledger = loaded(&path);
    held.assert_is(&ledger);
    for index in [0, 1, PAGES - 1, PAGES, 2 * PAGES, 2 * PAGES + 4] {
        assert_eq!(ledger.page(index as u32).as_ref(), Some(&held.pages[index]), "page {index}");
    }
    assert!(!path.with_extension("next").exists());
}

#[test]
fn all_that_a_page_can_say_is_found_again() {
    let held = Held::small();
    let card = &held.pages[0].card;
    let rare = card.rare.as_ref().unwrap();
    assert!(rare.image.is_some() && rare.expiry.is_some() && card.embargo.is_some(), "{card:?}");
    assert!(!rare.citations.is_empty() && held.pages[0].outline.quotes[0].place.is_some());
    assert!(!held.pages[0].outline.links.is_empty() && held.pages[0].outline.highlighted);
    let (_folder, path) = folder();
    held.save(&path);
    held.assert_is(&loaded(&path));
}

#[test]
fn pages_are_kept_from_one_ledger_to_the_next_with_new_digests() {
    let mut held = Held::small();
    let (_folder, path) = folder();
    held.save(&path);
    let ledger = loaded(&path);
    held.sources[1].digest = number(99);
    held.pages[1].digest = number(99);
    let pages = PagesPart::Of(&ledger);
    Kept { head: &held.head, sources: &held.sources, pages, outputs: &held.outputs }.save(&path).unwrap();
    held.assert_is(&loaded(&path));
}

#[test]
fn an_empty_site_has_a_ledger_too() {
    let held = Held::of(Vec::new(), &[]);
    let (_folder, path) = folder();
    assert!(matches!(Ledger::load(&path), Loaded::Absent));
    held.save(&path);
    held.assert_is(&loaded(&path));
}

#[test]
fn a_ledger_that_ends_early_is_unusable_wherever_it_ends() {
    let (_folder, path) = folder();
    Held::small().save(&path);
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        unusable(&path);
    }
    fs::write(&path, [&whole[..], b"x"].concat()).unwrap();
    unusable(&path);
}

#[test]
fn a_ledger_of_many_blocks_that_ends_at_any_of_them_is_unusable() {
    let (pages, said) = parsed();
    let (_folder, path) = folder();
    Held::of(pages.into_iter().cycle().take(3 * PAGES).collect(), &said).save(&path);
    let ledger = loaded(&path);
    let ends: Vec<usize> = ledger.contents.blocks.iter().map(|block| block.place.end).collect();
    assert!(ends.len() > 5);
    let whole = fs::read(&path).unwrap();
    for end in ends {
        fs::write(&path, &whole[..end]).unwrap();
        unusable(&path);
        // What a disk may hold after the power failed: the right length, and nothing in it.
        fs::write(&path, [&whole[..end], &vec![0; whole.len() - end]].concat()).unwrap();
        unusable(&path);
    }
}

#[test]
fn a_flipped_bit_is_noticed_wherever_it_is() {
    let (_folder, path) = folder();
    Held::small().save(&path);
    let mut bytes = fs::read(&path).unwrap();
    for at in 0..bytes.len() {
        let bit = 1 << (at % 8);
        bytes[at] ^= bit;
        fs::write(&path, &bytes).unwrap();
        unusable(&path);
        bytes[at] ^= bit;
    }
}

#[test]
fn bytes_with_the_right_checksums_that_no_ledger_has_are_unusable() {
    let (_folder, path) = folder();
    let file = |blocks: &[(Section, usize, &[u8])]| {
        let mut writer = Writer::create(&path).unwrap();
        for (section, rows, bytes) in blocks {
            writer.put(&Piece::new(*section, *rows, bytes.to_vec())).unwrap();
        }
        writer.finish().unwrap();
    };
    let head = bitcode::encode(&HeadRow::of(&Held::small().head));
    file(&[(Section::Head, 1, &head)]);
    loaded(&path);
    let page_without_source: (Section, usize, &[u8]) = (Section::Pages, 1, b"x");
    for wrong in [
        (Section::Sources, 1, &b"\xff\xff\xff\xff\xff\xff\xff\xff"[..]),
        (Section::Sources, 9, &bitcode::encode(&Vec::<SourceRow<'_>>::new())),
        (Section::Outputs, 0, b""),
        page_without_source,
    ] {
        file(&[wrong, (Section::Head, 1, &head)]);
        unusable(&path);
    }
    file(&[]);
    unusable(&path);
}

#[test]
fn the_reason_says_whose_file_it_is() {
    let (_folder, path) = folder();
    Held::small().save(&path);
    let mut bytes = fs::read(&path).unwrap();
    let fingerprint = bytes.iter().position(|byte| *byte == b'\n').unwrap() - 2;
    bytes[fingerprint] = if bytes[fingerprint] == b'0' { b'1' } else { b'0' };
    fs::write(&path, bytes).unwrap();
    assert_eq!(unusable(&path), "was written by another version of Bulletin");
    fs::write(&path, "<html>").unwrap();
    assert_eq!(unusable(&path), "is no ledger, or is damaged");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(unusable(&path).starts_with("cannot be read"), "{}", unusable(&path));
}
