//! The proof that nothing leaks, from outside: what somebody copied by hand is found wherever it stands, and what is no
//! secret raises no alarm.

mod scratch;

use std::io::Write;

use bulletin::check::{self, Proof};
use bulletin::engine::{Destination, Silent};
use scratch::everything::everything;
use scratch::{NOW, Site, shown};

const SECRET: &str =
    "The ministers of both countries will meet in a monastery near the border, without advisers, on Tuesday.";
const COPIED: &str =
    "Ministers of **both countries** will *meet* in a monastery near the border, it is said.";

/// A site with one page that is held back.
fn site() -> Site {
    Site::new()
        .plain_theme()
        .briefing("news/2026-01-02-call.md", "title = \"A call\"\nsummary = \"s\"", "They spoke.")
        .briefing(
            "news/2026-12-01-monastery-talks-agreed.md",
            "title = \"Ministers agree to meet in a monastery\"\nsummary = \"A meeting of ministers without any advisers\"\nid = \"2026-monastery-k7\"\nkey_points = [\"Both sides expect no statement afterwards\"]",
            &format!("{SECRET}\n\n![Map](monastery-floor-plan.svg)"),
        )
        .file("content/news/monastery-floor-plan.svg", "<svg/>")
}

fn prove(site: &Site, now: &str) -> Proof {
    let request = bulletin::engine::Request { destination: Destination::Nowhere, ..site.request(now) };
    check::embargo(&request, &Silent).expect("the site can be read")
}

/// What is told, a line each.
fn told(site: &Site) -> Vec<String> {
    prove(site, NOW).diagnostics.iter().map(shown).collect()
}

/// One leak is told: where, and what of the held-back page stands there.
fn assert_leak(site: &Site, place: &str, what: &str) {
    let all = told(site);
    let file = "content/news/2026-12-01-monastery-talks-agreed.md";
    let end = format!("holds {what} of {file}, which is held back");
    assert!(
        all.iter().any(|said| said.starts_with(place) && said.ends_with(&end)),
        "no {what} at {place}: {all:#?}"
    );
}

const BRIEFING: &str = "title = \"Other\"\nsummary = \"s\"";

#[test]
fn nothing_leaks_where_nothing_was_copied() {
    let proof = prove(&site(), NOW);
    assert_eq!(proof.diagnostics, []);
    assert_eq!(
        proof.held,
        ["content/news/2026-12-01-monastery-talks-agreed.md", "content/news/monastery-floor-plan.svg"]
    );
    assert_eq!(prove(&everything(40), NOW).diagnostics, []);
}

#[test]
fn text_that_was_copied_by_hand_is_found_with_its_file_and_line() {
    assert_leak(
        &site().briefing("news/2026-01-03-b.md", BRIEFING, &format!("First.\n\n{COPIED}")),
        "content/news/2026-01-03-b.md:",
        "words",
    );
    assert_leak(
        &site().briefing("news/2026-01-03-b.md", BRIEFING, &format!("First.\n\n{SECRET}")),
        "content/news/2026-01-03-b.md:8:",
        "words",
    );
    // In front matter, in a key point, in the description of a picture, in a comment that is published.
    for front_matter in [
        format!("title = \"Other\"\nsummary = \"{SECRET}\""),
        format!("{BRIEFING}\nimage = \"x.svg\"\nimage_alt = \"{SECRET}\""),
    ] {
        let site =
            site().briefing("news/2026-01-03-b.md", &front_matter, "B.").file("content/news/x.svg", "<svg/>");
        // The plain theme shows neither; a feed shows the summary.
        let summary = front_matter.contains("summary = \"The");
        assert_eq!(told(&site).is_empty(), !summary, "{front_matter}");
    }
    assert_leak(
        &site()
            .briefing("news/2026-01-03-b.md", BRIEFING, &format!("![{SECRET}](x.svg)"))
            .file("content/news/x.svg", "<svg/>"),
        "content/news/2026-01-03-b.md:6:",
        "words",
    );
    assert_leak(
        &site().briefing(
            "news/2026-01-03-b.md",
            BRIEFING,
            "Both sides expect no statement afterwards, we hear.",
        ),
        "content/news/2026-01-03-b.md:6:",
        "words",
    );
}

#[test]
fn other_files_are_looked_into_and_their_names_too() {
    assert_leak(
        &site().file("content/data/talks.csv", format!("day;what\nTuesday;\"{SECRET}\"\n")),
        "content/data/talks.csv:2:",
        "words",
    );
    let json = serde_json::json!({ "note": SECRET.replace(' ', "\n") }).to_string();
    assert_leak(&site().file("content/talks.json", json), "content/talks.json:", "words");
    assert_leak(
        &site().file("content/2026-12-01-monastery-talks-agreed.pdf", "%PDF"),
        "content/2026-12-01-monastery-talks-agreed.pdf:",
        "the slug",
    );
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(format!("<p>{SECRET}</p>").as_bytes()).unwrap();
    assert_leak(
        &site().file("content/page.html.gz", packed.finish().unwrap()),
        "content/page.html.gz:",
        "words",
    );
}

#[test]
fn titles_ids_slugs_and_names_of_files_are_found() {
    let with = |text: &str| site().briefing("news/2026-01-03-b.md", BRIEFING, text);
    let place = "content/news/2026-01-03-b.md:6:";
    assert_leak(&with("We hear that ministers agree to meet in a Monastery."), place, "the title");
    assert_leak(&with("See <https://x.example/2026-12-01-monastery-talks-agreed/>."), place, "the slug");
    assert_leak(&with("Its number is 2026-monastery-k7."), place, "the id");
    assert_leak(&with("`monastery-floor-plan.svg`"), place, "the name of a file");
    let settings = site().settings("description = \"Ministers agree to meet in a monastery\"");
    settings.write("themes/plain/templates/404.html", "{{ site.description }}");
    let place = "content/news/2026-12-01-monastery-talks-agreed.md:0: [leak] /404.html ";
    assert_leak(&settings, place, "the title");
}

#[test]
fn what_is_common_or_known_raises_no_alarm() {
    // Short titles and slugs stand in many texts.
    let common = site()
        .briefing("update.md", "title = \"Update\"\nsummary = \"The update\"\ndraft = true", "Text.")
        .briefing("news/2026-01-03-b.md", BRIEFING, "The update is an update of [this](/update-log/x.txt).")
        .file("content/update-log/x.txt", "update");
    assert_eq!(told(&common), Vec::<String>::new());
    // Every issue has the same title, and says the same at its end.
    let foot = "Write to us at the desk, day and night, if you know more than we do.";
    let title = "title = \"What you need to know this morning\"\nsummary = \"s\"";
    let mut issues = site().briefing("news/2027-01-01-morning.md", title, foot);
    for day in 1..=3 {
        issues = issues.briefing(&format!("news/2026-02-0{day}-morning.md"), title, foot);
    }
    assert_eq!(told(&issues), Vec::<String>::new());
    // A page that goes on from a public one says so.
    let known = site().briefing("news/2026-01-03-b.md", BRIEFING, SECRET);
    assert_eq!(told(&known).len(), 1);
    known.edit("content/news/2026-12-01-monastery-talks-agreed.md", |text| {
        text.replace("title =", "related = [\"2026-01-03-b.md\"]\ntitle =")
    });
    assert_eq!(told(&known), Vec::<String>::new());
    // A translation has the slug, and often the names, of its original.
    let translated = site()
        .settings("[languages.uk]")
        .briefing(
            "news/2026-01-02-call-with-the-minister.md",
            "title = \"A call with the minister\"\nsummary = \"s\"",
            "They spoke.",
        )
        .briefing(
            "news/2026-01-02-call-with-the-minister.uk.md",
            "title = \"Розмова\"\nsummary = \"s\"\ndraft = true",
            "Вони.",
        );
    assert_eq!(told(&translated), Vec::<String>::new());
}

#[test]
fn a_page_that_was_over_before_it_would_have_appeared_is_held_back() {
    let never = "title = \"The version that nobody saw\"\nsummary = \"s\"\nembargo = 2026-03-01\nexpires = 2026-02-01\non_expiry = \"gone\"";
    let site = Site::new().plain_theme().briefing("news/2026-01-01-first.md", never, SECRET);
    let proof = prove(&site, NOW);
    assert_eq!(
        (proof.held.as_slice(), proof.diagnostics.as_slice()),
        (&["content/news/2026-01-01-first.md".to_string()][..], &[][..])
    );
    site.write("content/copy.txt", SECRET);
    let all = told(&site);
    assert!(
        matches!(&all[..], [said] if said.ends_with("2026-01-01-first.md, which is held back")),
        "{all:?}"
    );
    site.delete("content/copy.txt");
    // On the very instant of its embargo it would still have been over.
    site.edit("content/news/2026-01-01-first.md", |text| {
        text.replace("embargo = 2026-03-01", "embargo = 2026-02-01")
    });
    assert_eq!(prove(&site, NOW).held, ["content/news/2026-01-01-first.md"]);
    let link = scratch::page(BRIEFING, "See [the first](2026-01-01-first.md).");
    site.write("content/news/2026-04-01-b.md", link);
    let errors = site.build(NOW).errors();
    assert!(errors.iter().any(|said| said.contains("was over before it could be public")), "{errors:?}");
}

#[test]
fn of_a_page_that_is_gone_no_text_stays() {
    let gone = "title = \"The first version of the agreement\"\nsummary = \"s\"\nexpires = 2026-02-01\non_expiry = \"gone\"";
    let site = Site::new().plain_theme().briefing("news/2026-01-01-first.md", gone, SECRET).briefing(
        "news/2026-01-03-b.md",
        BRIEFING,
        "The first version of the agreement is withdrawn.",
    );
    assert_eq!(told(&site), Vec::<String>::new());
    site.write("content/copy.txt", SECRET);
    assert_eq!(
        told(&site),
        [
            "content/copy.txt:1: [leak] content/copy.txt holds words of content/news/2026-01-01-first.md, which is gone"
        ]
    );
}

#[test]
fn words_are_found_in_other_scripts() {
    for (lang, secret) in [
        ("uk", "Міністри обох країн зустрінуться в монастирі поблизу кордону без радників у вівторок."),
        ("ar", "يلتقي وزيرا البلدين في دير قرب الحدود دون مستشارين يوم الثلاثاء المقبل."),
        ("zh", "两国部长将于星期二在边境附近的修道院会面，没有顾问陪同。"),
    ] {
        let site = site()
            .briefing(&format!("news/2026-12-02-{lang}.md"), "title = \"S\"\nsummary = \"s\"", secret)
            .briefing("news/2026-01-03-b.md", BRIEFING, &format!("Reuters: {secret}"));
        let all = told(&site);
        assert_eq!(all.len(), 1, "{lang}: {all:#?}");
        assert!(all[0].starts_with("content/news/2026-01-03-b.md:6:"), "{all:#?}");
    }
}

#[test]
fn a_file_that_only_held_back_pages_name_is_no_file_of_the_public_however_they_name_it() {
    for named in [
        "[x](https://example.org/files/ministers.pdf)",
        "`ministers.pdf`",
        "<style>p { background: url(../files/ministers.pdf) }</style>",
    ] {
        let site = site()
            .briefing("news/2026-12-03-x.md", BRIEFING, named)
            .file("content/files/ministers.pdf", "%PDF")
            .file("content/files/open-data.csv", "a;b");
        let all = told(&site);
        let message = "content/news/2026-12-03-x.md:6: [leak] content/files/ministers.pdf is published, and only content/news/2026-12-03-x.md, which is not public, names it";
        assert_eq!(all, [message], "{named}");
        // A public page that names it too, in whatever way, has made it public.
        site.write("content/about.md", scratch::page("title = \"About\"", "See `ministers.pdf`."));
        assert_eq!(told(&site), Vec::<String>::new());
    }
    let front_matter = format!(
        "{BRIEFING}\n[extra]\nchart = \"chart-one.svg\"\n[[sources]]\nid = \"a\"\ntitle = \"A\"\nurl = \"/files/ministers.pdf\""
    );
    let site = site()
        .briefing("news/2026-12-03-x.md", &front_matter, "Text.")
        .file("content/files/ministers.pdf", "%PDF")
        .file("content/news/chart-one.svg", "<svg/>");
    assert_eq!(told(&site).len(), 2, "{:#?}", told(&site));
}

#[test]
fn a_held_back_translation_with_the_id_of_its_original_takes_no_link_from_it() {
    let site = site()
        .settings("[languages.uk]")
        .briefing(
            "news/2026-01-02-call.uk.md",
            "title = \"Дзвінок\"\nsummary = \"s\"\nid = \"news/2026-01-02-call\"\ndraft = true",
            "Вони.",
        )
        .briefing(
            "news/2026-01-03-b.md",
            "title = \"Other\"\nsummary = \"s\"\nrelated = [\"news/2026-01-02-call\"]",
            "B.",
        );
    assert_eq!(told(&site), Vec::<String>::new());
}

#[test]
fn what_is_public_and_refers_to_what_is_held_back_is_an_error_that_names_both() {
    let held = "content/news/2026-12-01-monastery-talks-agreed.md is held back until it appears";
    let other = |front_matter: &str, body: &str| {
        site().briefing("news/2026-01-03-b.md", &format!("{BRIEFING}{front_matter}"), body)
    };
    for (site, message) in [
        (other("", "[x](2026-12-01-monastery-talks-agreed.md)"), held),
        (other("", "<a href=\"2026-12-01-monastery-talks-agreed.md\">x</a>"), held),
        (other("", "[x](/news/2026-12-01-monastery-talks-agreed/)"), held),
        (other("", "[x](/news/2026-12-01-monastery-talks-agreed)"), held),
        (other("\nrelated = [\"2026-monastery-k7\"]", "x"), held),
        (other("\nsupersedes = [\"2026-12-01-monastery-talks-agreed.md\"]", "x"), held),
        (
            other("", "[x](@anna)").briefing("people/anna.md", "title = \"Anna\"\ndraft = true", "x"),
            "content/people/anna.md is a draft",
        ),
        (
            other("", "x[^memo]").briefing("sources/memo.md", "title = \"Memo\"\ndraft = true", "x"),
            "content/sources/memo.md is a draft",
        ),
        (
            other("\n[[sources]]\nid = \"memo\"", "x[^memo]").briefing(
                "sources/memo.md",
                "title = \"M\"\ndraft = true",
                "",
            ),
            "content/sources/memo.md is a draft",
        ),
    ] {
        let all = told(&site);
        let both =
            |said: &String| said.starts_with("content/news/2026-01-03-b.md:") && said.ends_with(message);
        assert!(all.iter().any(both), "{message}: {all:#?}");
    }
    let bundle = site()
        .briefing("news/2026-12-02-bundle/index.md", BRIEFING, "x")
        .file("content/news/2026-12-02-bundle/inside.svg", "<svg/>")
        .briefing("news/2026-01-03-b.md", BRIEFING, "![x](2026-12-02-bundle/inside.svg)");
    assert!(
        told(&bundle)[0].ends_with("content/news/2026-12-02-bundle/inside.svg is held back with its page")
    );
    let menu =
        site().settings("menu = [{ title = \"M\", page = \"news/2026-12-01-monastery-talks-agreed.md\" }]");
    assert!(told(&menu)[0].starts_with("site.toml:"), "{:#?}", told(&menu));
    // An address with a host is another site's, to the build.
    let host = other("", "[x](https://example.org/news/2026-12-01-monastery-talks-agreed/)");
    assert_leak(&host, "content/news/2026-01-03-b.md:6:", "the address");
}
