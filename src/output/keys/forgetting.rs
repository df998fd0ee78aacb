//! The proof, mutated: whichever kind of input is dropped from the keys of whichever kind of output, there is an edit
//! that changes an output and not its key. So every declared input is needed, and the tests of keys miss none.

use std::collections::{BTreeMap, BTreeSet};

use super::tests::{EDITS, Edit, FILES, Outputs, built_with, outputs, texts};
use super::*;
use crate::mutation::without;
use crate::output::targets;

/// Content beside the usual files: moments that no change of zone moves, a list that can grow by a page.
const MORE: [(&str, &str); 9] = [
    ("contact.md", "title = \"Contact\"\nupdated = 2024-03-03T09:00:00Z / Write."),
    ("topics/index.md", "title = \"Topics\"\nsummary = \"s\"\ndate = 2024-03-03T09:00:00Z / All."),
    ("wire/index.md", "title = \"Wire\" / Wired."),
    (
        "wire/x.md",
        "title = \"X\"\nsummary = \"s\"\ndate = 2024-03-03T09:00:00Z\nsupersedes = [\"news/2023-05-06-f.md\"] / Text.",
    ),
    (
        "wire/y.md",
        "title = \"Y\"\nsummary = \"s\"\ndate = 2024-02-01T09:00:00Z\n[[corrections]]\ndate = 2024-06-01T09:00:00Z\nkind = \"correction\"\ntext = \"three\" / Text.",
    ),
    (
        "wire/z.md",
        "title = \"Z\"\nsummary = \"s\"\ndate = 2024-02-02T09:00:00Z\n[[corrections]]\ndate = 2024-06-02T09:00:00Z\nkind = \"retraction\"\ntext = \"four\" / Text.",
    ),
    // The issue before that of C, which is neither its neighbour nor related to it.
    (
        "news/2022-02-02-i.md",
        "title = \"I\"\nsummary = \"s\"\nkey_points = [\"j\"]\nseries = \"Brief\"\nnumber = 2 / Text.",
    ),
    ("news/2024-05-01-g.md", "title = \"G\"\nsummary = \"s\" / Text."),
    ("news/2024-05-02-h.md", "title = \"H\"\nsummary = \"s\"\ndraft = true / Text."),
];

/// Edits beside the usual ones: each for an input that the others reach only together with another.
const MORE_EDITS: [Edit; 31] = [
    ("site.toml", "title = \"Desk\"", "title = \"Desk\"\nlanguage = \"en-GB\""),
    ("site.toml", "[languages.uk]", "[languages.uk]\nname = \"Укр\""),
    ("site.toml", "2030-01-01", "2031-01-01"),
    ("site.toml", "[publisher]", "[policies]\ncorrections = \"/news/\"\n[publisher]"),
    ("index.md", "Hello.", "Good morning."),
    ("news/index.md", "summary", "date = 2024-03-03T09:00:00Z\nsummary"),
    ("news/index.md", "summary", "extra = { k = 1 }\nsummary"),
    ("topics/index.md", "All.", "Every one."),
    ("topics/index.md", "09:00:00Z", "10:00:00Z"),
    ("topics/index.md", "date", "extra = { k = 1 }\ndate"),
    ("news/2024-03-02-b.md", "\"B\"", "\"BB\""),
    ("news/2024-03-03-c.md", "\"k\"", "\"l\""),
    ("news/2024-04-04-d.md", "title", "date = 2024-05-04\ntitle"),
    ("news/2024-05-02-h.md", "draft = true", "draft = false"),
    ("news/2022-02-02-i.md", "\"I\"", "\"II\""),
    ("news/2022-02-02-i.md", "\"j\"", "\"jj\""),
    ("wire/x.md", "\"X\"", "\"XX\""),
    ("map.png", "picture", "drawing"),
    ("assets/x.css", "red", "blue"),
    ("static/x.txt", "one", "two"),
    ("wire/y.md", "three", "thirteen"),
    ("wire/z.md", "four", "fourteen"),
    ("i18n/en.toml", "\"Correction\"", "\"Mended\""),
    ("templates/corrections.html", "<", "<!><"),
    ("i18n/en.toml", "Nothing here", "Gone"),
    ("templates/page.html", "<", "<!><"),
    ("templates/list.html", "<", "<!><"),
    ("templates/terms.html", "<", "<!><"),
    ("templates/sources.html", "<", "<!><"),
    ("templates/404.html", "<", "<!><"),
    ("templates/quotes.html", "<", "<!><"),
];

/// What every bare template shows; of moments few.
const BARE: &str = "<p>{{ here.site_title }} {{ assets[\"x.css\"] }} {{ text.not_found }}";
const PAGE: &str = "{{ page.title }} {{ page?.key_points or 0 }} {{ page?.updated or 0 }}{% for item in related %}{{ item.title }}{% endfor %}\
    {{ issue?.previous?.title or 0 }}{{ issue?.since or 0 }}{% for item in succession.superseded_by %}{{ item.title }}{% endfor %}";
const LIST: &str = "{{ list?.newer or 0 }} {{ page?.extra or 0 }} {{ page?.date or 0 }}{{ content | safe }}\
    {% for item in list.items %}{{ item.title }} {{ item?.updated or 0 }}{% endfor %}{{ archives }}{{ quotes }}";

const CORRECTIONS: &str =
    "{% for entry in list.items %}{{ entry.title }} {{ entry.text }} {{ entry.date }}{% endfor %}";

/// A site: its own files in the theme.
type Layer = BTreeMap<String, &'static str>;

/// The default templates; templates that show few things, each by itself; and such as know nothing but language and address.
fn layers() -> [Layer; 3] {
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let files = [
        ("assets/x.css", "a { color: red }"),
        ("static/x.txt", "one"),
        ("i18n/en.toml", "not_found = \"Nothing here\"\ncorrection = \"Correction\""),
    ];
    let with = |templates: [(&str, &'static str); 11]| -> Layer {
        let templates = templates.map(|(name, text)| (format!("templates/{name}.html"), text));
        files.map(|(path, text)| (path.to_string(), text)).into_iter().chain(templates).collect()
    };
    let (page, list) = (leak(format!("{BARE}{PAGE}")), leak(format!("{BARE}{LIST}")));
    let terms = leak(format!("{BARE}{{{{ terms }}}}{{{{ page?.date or 0 }}}}{{{{ page?.extra or 0 }}}}"));
    let sources = leak(format!("{BARE}{{{{ source_index }}}}"));
    let corrections = leak(format!("{BARE}{CORRECTIONS}"));
    let quotes = leak(format!("{BARE}{{{{ quotes }}}}"));
    let bare = [
        ("page", page),
        ("briefing", page),
        ("home", list),
        ("list", list),
        ("term", list),
        ("archive", list),
        ("terms", terms),
        ("sources", sources),
        ("corrections", corrections),
        ("404", BARE),
        ("quotes", quotes),
    ];
    [with_default(&files), with(bare), with(bare.map(|(name, _)| (name, "<{{ lang }}{{ \"/\" | url }}")))]
}

fn with_default(files: &[(&str, &'static str)]) -> Layer {
    files.iter().map(|(path, text)| ((*path).to_string(), *text)).collect()
}

/// A kind of output, and a kind of input that it declares.
pub(crate) type Pair = (&'static str, &'static str);

/// The texts of a site's files, by their path from its root.
pub(crate) type Texts = BTreeMap<String, String>;

/// What a run is called that does without one kind of input in the keys of one kind of output.
pub(crate) fn part((target, input): Pair) -> String {
    format!("{input} of {target}")
}

/// Whether this run does without such an input.
pub(super) fn forgets(target: &Target, input: &Input) -> bool {
    without(&part((target.kind(), input.kind())))
}

/// The outputs after an edit; and with each pair forgotten in turn, the keys of the outputs that it concerns.
fn forgetful(edit: Option<&Edit>, layer: &Layer, all: &BTreeSet<Pair>) -> (Outputs, Keyed) {
    let content: Vec<_> = FILES.into_iter().chain(MORE).collect();
    built_with(edit, (&content, layer), |world| {
        let mut keyed = Keyed::new();
        let mut keys = Keys::new(world);
        let planned: Vec<_> =
            targets(world).into_iter().map(|(path, one)| (path, one.inputs(world), one)).collect();
        for &(target, input) in all {
            keys.forget(target, input);
            for (path, inputs, one) in planned.iter().filter(|(.., one)| one.kind() == target) {
                keyed.insert(((target, input), path.clone()), keys.key(one, inputs).digest);
            }
        }
        (outputs(world), keyed)
    })
}

type Keyed = BTreeMap<(Pair, String), Digest>;

/// For each kind of input of each kind of output, the edits that change such an output, and not its key if it forgets
/// the input: before and after.
pub(crate) fn revealing() -> BTreeMap<Pair, Vec<(Texts, Texts)>> {
    let content: Vec<_> = FILES.into_iter().chain(MORE).collect();
    let mut revealing: BTreeMap<Pair, Vec<_>> = BTreeMap::new();
    for layer in layers() {
        let all = built_with(None, (&content, &layer), pairs);
        let (before, keys) = forgetful(None, &layer, &all);
        all.iter().for_each(|pair| {
            revealing.entry(*pair).or_default();
        });
        let applies = |(file, from, _): &&Edit| layer.get(*file).is_none_or(|text| text.contains(from));
        let there = |(file, ..): &&Edit| !file.starts_with("templates/") || layer.contains_key(*file);
        for edit in EDITS.iter().chain(&MORE_EDITS).filter(there).filter(applies) {
            let (after, keys_after) = forgetful(Some(edit), &layer, &all);
            let mut missed = BTreeSet::new();
            for ((pair, path), key) in &keys_after {
                let silent = keys.get(&(*pair, path.clone())) == Some(key);
                let differs = before.get(path).zip(after.get(path)).is_some_and(|(old, new)| old.1 != new.1);
                if silent && differs {
                    missed.insert(*pair);
                }
            }
            for pair in missed {
                let texts = |edit| texts(edit, (&content, &layer));
                revealing.entry(pair).or_default().push((texts(None), texts(Some(edit))));
            }
        }
    }
    // The path of an asset holds the digest of its bytes: other bytes are another output.
    revealing.remove(&("file", "asset"));
    revealing
}

/// The site with the default templates.
pub(crate) fn site() -> Texts {
    let content: Vec<_> = FILES.into_iter().chain(MORE).collect();
    texts(None, (&content, &layers()[0]))
}

#[test]
fn no_input_can_be_dropped_from_a_key_without_an_output_going_stale() {
    let revealing = revealing();
    let useless: Vec<_> = revealing.iter().filter(|(_, edits)| edits.is_empty()).collect();
    assert!(useless.is_empty(), "no edit needs these, of {}: {useless:?}", revealing.len());
}
