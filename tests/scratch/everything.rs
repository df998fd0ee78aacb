//! A generated site that uses every feature: for what must hold of all outputs at once.
//!
//! The same number of briefings gives the same site. What is held back carries the word [`HELD`] in everything it
//! says, so that a trace of it can be searched for.

use super::Site;

/// Stands in the name, title and text of everything that is not public at [`super::NOW`], and nowhere else.
pub const HELD: &str = "zugzwang";

/// A site of some `count` briefings, three languages, every kind of term and every kind of standing.
pub fn everything(count: usize) -> Site {
    held(public(count))
}

/// The same without anything that is held back.
pub fn public(count: usize) -> Site {
    let mut site = terms(Site::new().settings(SETTINGS));
    for number in 0..count {
        site = briefing(site, number, count);
    }
    around(site)
}

const SETTINGS: &str = r#"
description = "Everything at once."
page_size = 10
home_items = 7
feed_limit = 12
copyright = "© the desk & friends"
theme_settings = { accent = "teal" }

[publisher]
name = "Desk & Sons"
url = "https://example.org/about"
email = "desk@example.org"

[languages.uk]
name = "Українська"
title = "Редакція"

[languages.ar]
name = "العربية"

[[menu]]
title = "News"
path = "/news/"

[[menu]]
title = "About"
page = "about.md"

[[menu]]
title = "Elsewhere"
url = "https://example.net/"

[extra]
motto = "Dated, sourced."
"#;

fn terms(site: Site) -> Site {
    let mut site = site;
    for number in 0..6 {
        site = site
            .briefing(
                &format!("people/person-{number}.md"),
                &format!(
                    "title = \"Person {number}\"\nalso_known_as = [\"P. {number}\"]\n[[roles]]\ntitle = \"Minister\"\nfrom = 2020-01-{:02}",
                    number + 1
                ),
                "A life, in short.",
            )
            .briefing(&format!("topics/topic-{number}.md"), &format!("title = \"Topic {number}\""), "About it.");
    }
    site.briefing("people/person-1.uk.md", "title = \"Особа 1\"", "Життя, коротко.")
        .briefing("people/index.md", "title = \"Everybody\"", "All of them.")
        .briefing(
            "organisations/nato.md",
            "title = \"NATO\"\n[[links]]\ntitle = \"Site\"\nurl = \"https://nato.example/\"",
            "",
        )
        .briefing("places/kyiv.md", "title = \"Kyiv\"\naliases = [\"/kiev/\"]", "A city.")
        .briefing("series/weekly.md", "title = \"The Weekly\"\ncadence = \"Mondays\"", "Every week.")
        .briefing(
            "sources/charter.md",
            "title = \"The Charter\"\npublisher = \"UN\"\npublished = 1945-06-26",
            "",
        )
}

fn briefing(site: Site, number: usize, count: usize) -> Site {
    let collection = if number.is_multiple_of(3) { "notes" } else { "news" };
    let (year, month, day) = (2022 + number % 4, 1 + number % 12, 1 + number % 28);
    let path = match number % 10 {
        7 => format!("{collection}/{year}-{month:02}-{day:02}-item-{number}/index.md"),
        _ => format!("{collection}/item-{number}.md"),
    };
    let body = body(number, count);
    let front = front_matter(number, (year, month, day));
    // An old address can lead to one page only, and that is the original.
    let translated: String =
        front.lines().filter(|line| !line.starts_with("aliases")).map(|line| format!("{line}\n")).collect();
    let mut site = site.briefing(&path, &front, &body);
    if number % 10 == 7 {
        let folder = path.trim_end_matches("index.md");
        site = site.file(&format!("content/{folder}map.png"), format!("\u{89}PNG {number}"));
    } else if number % 12 == 1 {
        let uk = path.replace(".md", ".uk.md");
        site = site.briefing(&uk, &translated, "Те саме українською: [люди](@person-1).");
    } else if number % 12 == 2 {
        let ar = path.replace(".md", ".ar.md");
        site = site.briefing(&ar, &translated, "نص قصير.");
    }
    site
}

fn front_matter(number: usize, (year, month, day): (usize, usize, usize)) -> String {
    // Every fifth has the same instant as others: their order must not depend on anything but their paths.
    let date = match number % 5 {
        0 => "2024-06-01T10:00:00+03:00".to_string(),
        1 => format!("{year}-{month:02}-{day:02}T08:{:02}:00", number % 60),
        _ => format!("{year}-{month:02}-{day:02}"),
    };
    let mut text = format!(
        "title = \"Item {number} <&> “quoted”\"\ndate = {date}\ntopics = [\"topic-{}\", \"Loose {}\"]\n",
        number % 6,
        number % 9
    );
    let more = match number % 11 {
        0 => "summary = \"In a & b sentence.\"\nauthors = [\"person-1\", \"Nobody Known\"]",
        1 => "people = [\"person-2\", \"Somebody Else\"]\nplaces = [\"kyiv\", \"Łódź\"]",
        2 => "organisations = [\"nato\"]\nkind = \"readout\"\nas_of = 2024-05-05T17:00:00",
        3 => {
            "key_points = [\"One.\", { text = \"Two.\", sources = [\"wire\"] }]\n[[sources]]\nid = \"wire\"\ntitle = \"Wire\"\nreliability = \"B\"\ncredibility = 2"
        }
        4 => {
            "[[corrections]]\ndate = 2026-01-02\nkind = \"correction\"\ntext = \"It was two.\"\nwas = \"one\"\nnow = \"two\""
        }
        5 => "unlisted = true",
        6 => "expires = 2026-05-01",
        7 => "expires = 2026-05-01\non_expiry = \"unlist\"",
        8 => "updated = 2026-02-03",
        9 => "[extra]\ncolour = \"red\"\nlist = [1, 2.5, true]",
        _ => "",
    };
    if number % 7 == 3 {
        text.push_str(&format!("series = \"weekly\"\nnumber = {number}\n"));
    }
    if number % 13 == 4 {
        text.push_str(&format!("aliases = [\"/old/{number}/\", \"/old/{number}.html\"]\n"));
    }
    if number.is_multiple_of(17) {
        text.push_str(&format!("id = \"permanent-{number}\"\n"));
    }
    text + more
}

fn body(number: usize, count: usize) -> String {
    let near = if count > 1 { "[about](../about.md)" } else { "" };
    let part = match number % 9 {
        0 => "## A heading\n\n### Below it\n\nText with `code`, *emphasis* and a [link](#below-it).\n",
        1 => "| Item | Count |\n|:--|--:|\n| a | 1 |\n| b | 2 |\n",
        2 => "> Words were said.\n>\n> — @person-1, Minister, 2024-12-09\n",
        3 => "Said so.[^charter] And more.[^note]\n\n[^note]: A note of its own.\n",
        4 => "```rust\nfn main() { println!(\"{{ not a template }}\"); }\n```\n",
        5 => "- [x] done\n- [ ] open\n\n> [!WARNING]\n> Take care.\n",
        6 => {
            "<details><summary>More</summary><p onclick=\"x()\">Raw.</p></details>\n\nhttps://example.net/bare\n"
        }
        7 => "Term\n: What it means\n\nIn [Kyiv](@kyiv) with [one](@person-3).\n",
        _ => "![A chart](../chart.svg \"Figures\")\n\n~~gone~~ {{ page.title }} {% if %}\n",
    };
    let own = if number % 10 == 7 { "![A map](map.png)\n" } else { "" };
    let about = if number % 10 == 7 { "[about](../../about.md)" } else { near };
    let part =
        if number % 10 == 7 { part.replace("../chart.svg", "../../chart.svg") } else { part.to_string() };
    format!("Paragraph {number} leads to {about}.\n\n{part}\n{own}")
}

fn around(site: Site) -> Site {
    site.briefing("index.md", "", "Welcome.")
        .briefing("index.uk.md", "", "Вітаємо.")
        .briefing("about.md", "title = \"About\"\naliases = [\"/who/\"]", "Who we are.")
        .briefing("news/index.md", "title = \"News\"\npage_size = 8", "All the news.")
        .briefing("notes/index.md", "title = \"Notes\"\npermalink = \"/n/{year}/{slug}/\"", "")
        .briefing("help/index.md", "title = \"Help\"\ndated = false", "")
        .briefing("help/how.md", "title = \"How\"", "Like this: [why](why.md#because).")
        .briefing("help/why.md", "title = \"Why\"", "## Because\n\nSo.")
        .briefing("gone.md", "title = \"Was here\"\nexpires = 2025-01-01\non_expiry = \"gone\"", "Old.")
        .file("content/chart.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n")
        .file("content/_redirects", "/from /about/ 302\n")
        .file("content/CNAME", "example.org\n")
        .file("content/.well-known/security.txt", "Contact: mailto:desk@example.org\n")
        .file("content/файл.txt", "назва\n")
}

/// Everything that must not be seen yet, in every way in which it could be.
fn held(site: Site) -> Site {
    let draft = format!(
        "title = \"A {HELD} draft\"\ndraft = true\ndate = 2024-01-01\ntopics = [\"topic-1\", \"{HELD} topic\"]\npeople = [\"person-1\", \"{HELD} person\"]\nplaces = [\"kyiv\"]\norganisations = [\"nato\"]\nseries = \"weekly\"\nnumber = 999\naliases = [\"/{HELD}-alias/\"]\nrelated = [\"news/item-1.md\"]"
    );
    let tomorrow = format!(
        "title = \"A {HELD} tomorrow\"\ndate = 2026-11-24\ntopics = [\"topic-1\", \"{HELD} other\"]\naliases = [\"/{HELD}-soon/\"]"
    );
    let embargoed = format!(
        "title = \"A {HELD} embargo\"\ndate = 2024-01-01\nembargo = 2026-11-23T14:00:01+02:00\nimage = \"../{HELD}-lead.png\"\nimage_alt = \"{HELD}\""
    );
    site.briefing(
        "news/2024-01-01-zugzwang-draft.md",
        &draft,
        &format!(
            "The {HELD} text, [chart](../chart.svg), [one](@{HELD}-person).\n\n![x](../{HELD}-only.png)"
        ),
    )
    .briefing(
        "news/zugzwang-tomorrow.md",
        &tomorrow,
        &format!("The {HELD} text links to [another](zugzwang-bundle/index.md)."),
    )
    .briefing("notes/zugzwang-embargo.md", &embargoed, &format!("The {HELD} text."))
    .briefing(
        "news/zugzwang-bundle/index.md",
        &tomorrow.replace("zugzwang-soon", "zugzwang-later"),
        &format!("![{HELD}](inside.png)"),
    )
    .file("content/news/zugzwang-bundle/inside.png", HELD)
    .file("content/zugzwang-only.png", HELD)
    .file("content/zugzwang-lead.png", HELD)
    .briefing(
        "news/item-2.uk.md",
        &format!("title = \"{HELD} uk\"\ndate = 2024-01-01\ndraft = true"),
        &format!("{HELD} українською"),
    )
    .briefing(
        "people/zugzwang-person.md",
        &format!("title = \"{HELD} person\"\ndraft = true\naliases = [\"/{HELD}-p/\"]"),
        HELD,
    )
    .briefing("topics/zugzwang-known.md", &format!("title = \"{HELD} known\"\ndate = 2026-12-01"), HELD)
    .briefing("secrets/index.md", &format!("title = \"{HELD} secrets\"\ndraft = true"), HELD)
    .briefing("secrets/first.md", &format!("title = \"{HELD} first\"\ndate = 2027-01-01"), HELD)
    .briefing("zugzwang-page.md", &format!("title = \"{HELD} page\"\ndraft = true"), HELD)
}
