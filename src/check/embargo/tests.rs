//! The proof, proved: the gate is broken in one place after the other, and each time the proof says which output gives
//! which file away.

use std::collections::BTreeMap;
use std::path::Path;

use tempfile::TempDir;

use super::{Proof, proof};
use crate::engine::{Destination, Profile, Request, Silent};
use crate::mutation::run_without;

const SETTINGS: &str = "title = \"Desk\"\nid = \"desk\"\nbase_url = \"https://example.org/\"\ntimezone = \"UTC\"\ntheme = \"all\"\n[languages.uk]\n";
const NOW: &str = "2026-06-01T12:00:00Z";

/// A theme that shows all there is of a site, in as few words as possible.
const THEME: [(&str, &str); 11] = [
    ("corrections", "{% for item in list.items %}{{ item.text }}\n{% endfor %}"),
    ("quotes", QUOTES),
    (
        "sources",
        "{% for publisher in source_index.publishers %}{{ publisher.title }}\n{% for item in publisher.items %}{{ item.title }} {{ item.count }}\n{% endfor %}{% endfor %}",
    ),
    ("home", LIST),
    ("list", LIST),
    ("term", TERM),
    ("archive", LIST),
    ("page", PAGE),
    ("briefing", PAGE),
    ("terms", "{% for item in terms.items %}{{ item.title }} {{ item.count }}\n{% endfor %}"),
    ("404", "{{ here.site_title }}"),
];
const LIST: &str = "{{ list.title }}\n{{ content | safe }}{% for item in list.items %}{{ item.title }}\n{% endfor %}{% for year in archives %}{{ year.title }} {{ year.count }}{% for month in year.months %} {{ month.title }}{% endfor %}\n{% endfor %}";
const TERM: &str = "{% include \"list.html\" %}{% include \"quotes.html\" %}";
const QUOTES: &str =
    "{% for speaker in quotes %}{% for quote in speaker.items %}{{ quote.lines }}\n{% endfor %}{% endfor %}";
const PAGE: &str = "{{ page.title }}\n{% for person in page.people %}{{ person.title }}\n{% endfor %}{{ content | safe }}{% if neighbours.newer %}{{ neighbours.newer.title }}{% endif %}\n{% for item in related %}{{ item.title }}\n{% endfor %}{% if issue.next %}{{ issue.next.title }}{% endif %}{% for item in succession.superseded_by %}{{ item.title }}{% endfor %}{% for it in here.translations %}{{ it.path }}\n{% endfor %}";

/// What is public: `front matter / body` by path.
const PUBLIC: [(&str, &str); 8] = [
    (
        "news/2026-01-02-first.md",
        "title = \"First\"\nseries = \"Weekly\"\ntopics = [\"Talks\", \"Grid\"]\naliases = [\"/old/first/\"]\n[[corrections]]\ndate = 2026-01-03\nkind = \"correction\"\ntext = \"It was three.\" / One.\n\n> Hello.\n>\n> — @boris, 2026-01-02",
    ),
    (
        "news/2026-01-03-second.md",
        "title = \"Second\"\nseries = \"Weekly\"\ntopics = [\"Talks\", \"Grid\"]\npeople = [\"anna\"]\n[[sources]]\nid = \"x\"\ntitle = \"Cable\" / ![Chart](chart.svg)",
    ),
    ("news/2026-02-03-third.md", "title = \"Third\"\nexpires = 2026-03-01\non_expiry = \"gone\" / Three."),
    ("about.md", "title = \"About\" / Us."),
    ("index.md", "title = \"Desk\" / Hello."),
    ("news/index.md", "title = \"News\" / All."),
    ("topics/talks.md", "title = \"Talks\" / On talks."),
    ("people/boris.md", "title = \"Boris\" / He."),
];

/// One file that is held back, which is all that one hole lets through.
const A_PAGE: (&str, &str) = (
    "news/2026-07-04-secret.md",
    "title = \"Secret\"\naliases = [\"/old/secret/\"]\ntopics = [\"Talks\", \"Grid\"]\nsupersedes = [\"2026-01-02-first.md\"]\nseries = \"Weekly\"\n[[sources]]\nid = \"y\"\ntitle = \"Secret cable\" / ![Map](map.svg)\n\n> Nobody knows.\n>\n> — @boris, 2026-01-04",
);
/// What was corrected has a day behind it, and so is a draft.
const A_CORRECTION: (&str, &str) = (
    "news/2026-01-04-hidden.md",
    "title = \"Hidden\"\ndraft = true\n[[corrections]]\ndate = 2026-01-05\nkind = \"correction\"\ntext = \"Nobody was wrong.\" / Words.",
);
const A_TRANSLATION: (&str, &str) = ("about.uk.md", "title = \"Про нас\"\ndraft = true / Ми.");
const AN_INDEX: (&str, &str) = ("news/index.uk.md", "title = \"Таємниці\"\ndraft = true / Усі.");
const A_PERSON: (&str, &str) = ("people/anna.md", "title = \"Anna Secret\"\ndraft = true / She.");

/// A site on disk.
fn site(held: (&str, &str)) -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |path: &str, text: &str| {
        let place = folder.path().join(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, text).unwrap();
    };
    write("site.toml", SETTINGS);
    write("themes/all/theme.toml", "name = \"all\"\n");
    THEME.iter().for_each(|(name, text)| write(&format!("themes/all/templates/{name}.html"), text));
    for (path, text) in PUBLIC.into_iter().chain([held]) {
        let (front_matter, body) = text.split_once(" / ").unwrap();
        write(&format!("content/{path}"), &format!("+++\nsummary = \"s\"\n{front_matter}\n+++\n{body}\n"));
    }
    write("content/news/chart.svg", "<svg/>");
    write("content/news/map.svg", "<svg>a map</svg>");
    folder
}

fn request(root: &Path) -> Request {
    Request {
        root: root.to_path_buf(),
        config: None,
        destination: Destination::Nowhere,
        base_url: None,
        now: NOW.parse().unwrap(),
        profile: Profile::Public,
        threads: None,
    }
}

/// What the proof says of a site in which this is held back, where these parts of the gate are left out.
fn proved(held: (&str, &str), parts: &[&str]) -> Proof {
    let site = site(held);
    run_without(parts, || proof(&request(site.path()), &Silent).unwrap())
}

/// For each hole: what is held back, an output that gives it away, and the file that is named.
const HOLES: [(&str, (&str, &str), &str, &str); 23] = [
    ("gate of corrections", A_CORRECTION, "/corrections/index.html", "content/news/2026-01-04-hidden.md"),
    ("gate of corrections", A_CORRECTION, "/corrections/feed.xml", "content/news/2026-01-04-hidden.md"),
    ("gate of the record", A_PAGE, "/record.json", "content/news/2026-07-04-secret.md"),
    ("gate of the source index", A_PAGE, "/sources/index.html", "content/news/2026-07-04-secret.md"),
    ("gate of quotes", A_PAGE, "/quotes/index.html", "content/news/2026-07-04-secret.md"),
    ("gate of quotes", A_PAGE, "/quotes.json", "content/news/2026-07-04-secret.md"),
    ("gate of quotes", A_PAGE, "/people/boris/index.html", "content/news/2026-07-04-secret.md"),
    ("gate of issues", A_PAGE, "/news/2026-01-02-first/index.html", "content/news/2026-07-04-secret.md"),
    ("gate of successors", A_PAGE, "/news/2026-01-02-first/index.html", "content/news/2026-07-04-secret.md"),
    ("gate of feeds", A_PAGE, "/feed.xml", "content/news/2026-07-04-secret.md"),
    ("gate of feeds", A_PAGE, "/news/feed.xml", "content/news/2026-07-04-secret.md"),
    ("gate of neighbours", A_PAGE, "/news/2026-01-03-second/index.html", "content/news/2026-07-04-secret.md"),
    ("gate of counts", A_PAGE, "/topics/index.html", "content/news/2026-07-04-secret.md"),
    ("gate of archives", A_PAGE, "/news/2026/07/index.html", "content/news/2026-07-04-secret.md"),
    ("gate of archives", A_PAGE, "/news/index.html", "content/news/2026-07-04-secret.md"),
    ("gate of files", A_PAGE, "/news/map.svg", "content/news/map.svg"),
    ("gate of redirects", A_PAGE, "/_redirects", "content/news/2026-07-04-secret.md"),
    ("gate of sitemaps", A_PAGE, "/sitemap.xml", "content/news/2026-07-04-secret.md"),
    ("gate of related", A_PAGE, "/news/2026-01-02-first/index.html", "content/news/2026-07-04-secret.md"),
    ("gate of pages", A_PAGE, "/news/2026-07-04-secret/index.html", "content/news/2026-07-04-secret.md"),
    ("gate of translations", A_TRANSLATION, "/about/index.html", "content/about.uk.md"),
    ("gate of introductions", AN_INDEX, "/uk/news/index.html", "content/news/index.uk.md"),
    ("gate of names", A_PERSON, "/news/2026-01-03-second/index.html", "content/people/anna.md"),
];

#[test]
fn wherever_the_gate_is_broken_the_proof_names_the_output_and_the_file() {
    let mut missed = Vec::new();
    for (hole, held, output, file) in HOLES {
        let proof = proved(held, &[hole]);
        let told = proof.diagnostics.iter().any(|said| {
            let place = said.place.as_ref().map(|place| place.file.as_str());
            said.rule == "leak" && said.message.starts_with(&format!("{output} ")) && place == Some(file)
        });
        if !told {
            let all: Vec<String> = proof.diagnostics.iter().map(|said| format!("{said:?}")).collect();
            missed.push(format!("{hole}: {output} of {file}\n{}", all.join("\n")));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n\n"));
}

#[test]
fn where_the_gate_is_whole_nothing_leaks() {
    let held: BTreeMap<&str, usize> =
        [(A_PAGE, 2), (A_CORRECTION, 1), (A_TRANSLATION, 1), (AN_INDEX, 1), (A_PERSON, 1)]
            .into_iter()
            .map(|(held, count)| {
                let proof = proved(held, &[]);
                assert!(!proof.failed(), "{:#?}", proof.diagnostics);
                assert!(proof.compared > 20, "{}", proof.compared);
                assert_eq!(proof.held.len(), count, "{}", held.0);
                (held.0, proof.held.len())
            })
            .collect();
    assert_eq!(held.len(), 5);
}
