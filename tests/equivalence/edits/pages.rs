//! Edits of one page: its body, and each key that others can see.

use super::Way;
use crate::allowance::May;
use crate::chance::Chance;
use crate::desk::{Deed, Desk, Edit, bundle, stem};
use crate::text::Text;

pub const WAYS: &[(usize, Way)] = &[
    (10, sentence),
    (6, same_size),
    (4, heading),
    (4, link),
    (8, quote),
    (6, title),
    (4, summary),
    (6, date),
    (3, updated),
    (10, term),
    (3, series),
    (3, slug),
    (3, alias),
    (4, draft),
    (3, embargo),
    (3, expiry),
    (2, unlisted),
    (2, template),
    (8, tables),
    (2, related),
    (2, colour),
    (5, key),
    (2, image),
    (3, index),
];

/// Days and times before, between and after those of the site, and of the clock.
const DATES: [&str; 10] = [
    "2024-05-05",
    "2025-06-01",
    "2025-12-31T23:30:00",
    "2026-03-01",
    "2026-11-15",
    "2026-11-18T09:00:00",
    "2026-11-20T10:00:00",
    "2026-11-20T10:00:01",
    "2026-11-24T09:00:00",
    "2026-12-01",
];

/// Values of terms, with the word that stands in their addresses.
const TERMS: [(&str, &str, &str); 12] = [
    ("topics", "diplomacy", "diplomacy"),
    ("topics", "energy", "energy"),
    ("topics", "Loose Talk", "loose-talk"),
    ("topics", "Fresh Talk", "fresh-talk"),
    ("people", "olena-koval", "olena-koval"),
    ("people", "O. Koval", "olena-koval"),
    ("people", "Somebody Else", "somebody-else"),
    ("authors", "olena-koval", "olena-koval"),
    ("authors", "Nobody Known", "nobody-known"),
    ("organisations", "nato", "nato"),
    ("places", "kyiv", "kyiv"),
    ("places", "Łódź", "lodz"),
];

/// Some page.
fn page(desk: &Desk, chance: &mut Chance) -> Option<String> {
    chance.of_some(&desk.pages()).cloned()
}

/// The words that name a page, and those of its terms: what its coming and going can be seen by.
pub fn words(desk: &Desk, path: &str) -> Vec<String> {
    let text = desk.page(path);
    let mut words = vec![stem(path)];
    words.extend(text.get("slug").map(|slug| slug.trim_matches('"').to_string()));
    for (key, value, word) in TERMS {
        if text.list(key).iter().any(|known| known == value) {
            words.push(word.to_string());
        }
    }
    words.extend(text.get("series").map(|series| series.trim_matches('"').to_string()));
    words
}

/// What can be seen of pages and terms that come and go: whoever names such a term may show its new title or address, and
/// whoever mentions that page is made from all that lists show of it.
pub fn terms(desk: &Desk, mut words: Vec<String>) -> May {
    for path in desk.pages() {
        let own = self::words(desk, &path);
        if own[1..].iter().any(|word| words.contains(word)) {
            words.extend(own.into_iter().take(1));
        }
    }
    May::Mention(words)
}

/// Changes a page in a way that its own words and those of its terms can be seen by.
fn changed(desk: &mut Desk, path: &str, what: &str, change: impl FnOnce(&mut Text)) -> Option<Edit> {
    let (mut seen, before) = (words(desk, path), desk.page(path));
    desk.change(path, change);
    seen.extend(words(desk, path));
    let after = desk.page(path);
    let shows = ["topics", "people", "authors", "organisations", "places", "series"];
    let stands = ["date", "draft", "embargo", "expires", "on_expiry", "unlisted"];
    let of_terms = shows.iter().chain(&stands).any(|key| before.get(key) != after.get(key));
    let may = if of_terms { terms(desk, seen) } else { May::Mention(seen) };
    (before.whole() != after.whole()).then(|| Edit::new(format!("{path}: {what}"), vec![may]))
}

/// Changes nothing but a body. A page without summary shows its first paragraph elsewhere.
fn body(desk: &mut Desk, path: &str, what: &str, change: impl FnOnce(&mut String)) -> Option<Edit> {
    let edit = changed(desk, path, what, |text| change(&mut text.body))?;
    let own = desk.page(path).get("summary").is_some();
    Some(if own { Edit::new(edit.story, vec![May::Body(stem(path))]) } else { edit })
}

fn sentence(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let number = chance.below(1000);
    body(desk, &path, "another paragraph", |body| body.push_str(&format!("\nMore, {number}.\n")))
}

/// Another letter for the last one: the size stays, and sometimes the date is put back.
fn same_size(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let at = desk.page(&path).body.rfind(|letter: char| letter.is_ascii_lowercase())?;
    let letter = chance.pick(&["a", "b", "c"]);
    let edit = body(desk, &path, "another last letter", |body| body.replace_range(at..=at, letter))?;
    Some(if chance.one_in(2) { edit.with(Deed::KeepTime(path)) } else { edit })
}

fn heading(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let number = chance.below(3);
    body(desk, &path, "another heading", |body| body.push_str(&format!("\n## Part {number}\n\nSo.\n")))
}

fn link(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let up = "../".repeat(path.matches('/').count() - 1);
    let other = page(desk, chance)?;
    let target = match chance.below(6) {
        0 => "@olena-koval".to_string(),
        1 => format!("{up}chart.svg"),
        2 => "/news/".to_string(),
        _ => format!("{up}{}", other.trim_start_matches("content/")),
    };
    body(desk, &path, &format!("a link to {target}"), |body| body.push_str(&format!("\n[See]({target})\n")))
}

/// Somebody says something, or no longer does.
fn quote(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let words = chance.pick(&["So be it.", "No.", "Perhaps."]);
    let line = chance.pick(&[
        "@olena-koval, 2026-11-20",
        "@olena-koval, Envoy, @kyiv, 2019-05-05 [^wire]",
        "@olena-koval",
        "O. Koval, in Rome (it), 2024-01-01",
        "Nobody Known, 2026-11-19",
        "Somebody Unheard [^charter]",
        "@nato, [у Києві](@places/kyiv), (uk), 2026-11-21 [^wire]",
    ]);
    let said = format!("\n> {words}\n>\n> — {line}\n");
    let edit = changed(desk, &path, &format!("{line} is quoted or no longer"), |text| {
        match text.body.contains(&said) {
            true => text.body = text.body.replacen(&said, "", 1),
            false => text.body.push_str(&said),
        }
    })?;
    Some(Edit::new(edit.story, vec![terms(desk, vec![stem(&path), "olena-koval".into(), "nato".into()])]))
}

fn title(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let number = chance.below(100);
    changed(desk, &path, "another title", |text| text.set("title", &format!("\"Title <{number}>\"")))
}

fn summary(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let number = chance.below(100);
    let rarely = chance.one_in(4);
    changed(desk, &path, "another summary", |text| match rarely {
        true => text.remove("summary"),
        false => text.set("summary", &format!("\"Sum {number}.\"")),
    })
}

fn date(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let date = chance.pick(&DATES);
    changed(desk, &path, &format!("date = {date}"), |text| text.set("date", date))
}

fn updated(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    changed(desk, &path, "updated", |text| text.toggle("updated", "2026-11-21"))
}

/// A topic, person, body or place comes or goes.
fn term(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let (key, value, _) = chance.pick(&TERMS);
    changed(desk, &path, &format!("{key}: {value} comes or goes"), |text| {
        let mut list = text.list(key);
        match list.iter().position(|known| known == value) {
            Some(at) => drop(list.remove(at)),
            None => list.push(value.to_string()),
        }
        text.set_list(key, &list);
    })
}

fn series(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let number = chance.below(9).to_string();
    changed(desk, &path, "series and number", |text| {
        text.toggle("series", "\"weekly\"");
        if text.get("series").is_some() { text.set("number", &number) } else { text.remove("number") }
    })
}

fn slug(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let slug = format!("\"turned-{}\"", stem(&path));
    changed(desk, &path, "slug comes or goes", |text| text.toggle("slug", &slug))
}

fn alias(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let alias = format!("[\"/was/{}/\"]", stem(&path));
    changed(desk, &path, "alias comes or goes", |text| text.toggle("aliases", &alias))
}

fn draft(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    changed(desk, &path, "draft or no longer", |text| text.toggle("draft", "true"))
}

fn embargo(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    changed(desk, &path, "embargo or none", |text| text.toggle("embargo", "2026-11-24T09:00:00"))
}

fn expiry(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let (expires, then) = (
        chance.pick(&["2026-11-20T10:00:02", "2026-11-25", "2026-12-02"]),
        chance.pick(&["notice", "unlist", "gone"]),
    );
    changed(desk, &path, &format!("expires = {expires}, then {then}"), |text| {
        text.set("expires", expires);
        text.set("on_expiry", &format!("\"{then}\""));
    })
}

fn unlisted(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    changed(desk, &path, "unlisted or no longer", |text| text.toggle("unlisted", "true"))
}

fn template(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let name = chance.pick(&["\"page.html\"", "\"briefing.html\""]);
    changed(desk, &path, "another template", |text| text.toggle("template", name))
}

fn tables(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let table = chance.pick(&[
        "\n[[corrections]]\ndate = 2026-11-21\nkind = \"correction\"\ntext = \"It was three.\"\n",
        "\n[[corrections]]\ndate = 2026-11-20T10:00:01\nkind = \"clarification\"\ntext = \"Not all.\"\nwas = \"All\"\nnow = \"Some\"\n",
        "\n[[corrections]]\ndate = 2026-11-22\nkind = \"update\"\ntext = \"It goes on.\"\n",
        "\n[[corrections]]\ndate = 2026-11-20T10:00:02\nkind = \"retraction\"\ntext = \"It never happened.\"\n",
        "\n[[corrections]]\ndate = 2026-11-21\nkind = \"refile\"\ntext = \"A typo.\"\n",
        "\n[[sources]]\nid = \"charter\"\n",
        "\n[[sources]]\nid = \"fresh\"\ntitle = \"Fresh source\"\n",
        "\n[[sources]]\nid = \"paper\"\ntitle = \"Paper\"\npublisher = \"UN\"\nurl = \"https://un.example/\"\nkind = \"official\"\n",
        "\n[[sources]]\nid = \"sheet\"\ntitle = \"Sheet\"\nurl = \"https://un.example\"\nstatus = \"retracted\"\n",
    ]);
    changed(desk, &path, "a table comes or goes", |text| text.toggle_table(table))
}

fn related(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let (path, other) = (page(desk, chance)?, page(desk, chance)?);
    let key = chance.pick(&["related", "supersedes"]);
    let other = format!("[\"{}\"]", other.trim_start_matches("content/"));
    changed(desk, &path, &format!("{key} {other}"), |text| text.toggle(key, &other))
}

fn colour(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    changed(desk, &path, "a value of the theme's own", |text| text.toggle("extra", "{ colour = \"blue\" }"))
}

/// A key that others see, or that its own page shows.
fn key(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let id = format!("\"id-of-{}\"", stem(&path));
    let (key, value) = chance.pick(&[
        ("kind", "\"assessment\""),
        ("as_of", "2026-11-19T17:00:00"),
        ("key_points", "[\"One.\", \"Two.\"]"),
        ("key_points", "[{ id = \"ports\", text = \"Three ports are open again.\" }, \"One.\"]"),
        ("number", "7"),
        ("image_alt", "\"Something else\""),
        ("id", id.as_str()),
    ]);
    changed(desk, &path, &format!("{key} comes or goes"), |text| text.toggle(key, value))
}

fn image(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = page(desk, chance)?;
    let folder = bundle(&path)?.to_string();
    let pictures = desk.paths(|path| path.starts_with(&folder) && path.ends_with(".png"));
    let picture = chance.of_some(&pictures)?.clone();
    let name = crate::desk::file_name(&picture).to_string();
    changed(desk, &path, "the lead picture", |text| {
        text.toggle("image", &format!("\"{name}\""));
        text.set("image_alt", "\"A picture\"");
    })
}

/// The page of a collection: its title, its size, what its pages' addresses are made of.
fn index(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let folder = chance.of_some(&desk.collections()).cloned()?;
    let (path, name) = (format!("{folder}/index.md"), stem(&folder));
    let number = chance.below(20) + 2;
    // Whoever mentions one of its pages is made from the name of its collection too.
    let below = desk.pages().into_iter().filter(|page| page.starts_with(&format!("{folder}/")));
    let seen: Vec<String> = below.map(|page| stem(&page)).chain([name.clone()]).collect();
    let (what, may) = match chance.below(7) {
        0 => ("title", May::Mention(seen)),
        1 => ("summary", May::Mention(vec![name.clone()])),
        2 | 3 => ("page_size", May::Below(name.clone())),
        4 => ("permalink", May::AllButCopies),
        5 => ("dated", May::AllButCopies),
        _ => ("body", May::Below(name.clone())),
    };
    desk.change(&path, |text| match what {
        "title" => text.set("title", &format!("\"Collection {number}\"")),
        "summary" => text.toggle("summary", &format!("\"In {number} words.\"")),
        "page_size" => text.set("page_size", &number.to_string()),
        "permalink" => text.toggle("permalink", &format!("\"/{name}/{{slug}}/of/\"")),
        "dated" => text.toggle("dated", "false"),
        _ => text.body.push_str("\nMore of it.\n"),
    });
    Some(Edit::new(format!("{path}: another {what}"), vec![may]))
}
