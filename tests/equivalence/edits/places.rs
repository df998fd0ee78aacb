//! Edits that make, move and remove files: pages, bundles and their pictures, folders, terms, shared sources.

use super::Way;
use super::pages::{terms, words};
use crate::allowance::May;
use crate::chance::Chance;
use crate::desk::{Desk, Edit, bundle, file_name, stem};

pub const WAYS: &[(usize, Way)] = &[
    (6, add),
    (4, translate),
    (6, rename),
    (6, delete),
    (3, group),
    (2, move_folder),
    (5, picture),
    (4, other_file),
    (4, term_file),
    (4, term_text),
    (4, source),
];

fn add(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let (folder, name) = (chance.of_some(&desk.collections()).cloned()?, desk.name());
    let day = 1 + chance.below(28);
    let month = chance.pick(&["2025-01", "2026-11", "2026-12"]);
    let path = match chance.below(3) {
        0 => format!("{folder}/{name}/index.md"),
        _ => format!("{folder}/{name}.md"),
    };
    let front =
        format!("title = \"New {name}\"\nsummary = \"S.\"\ndate = {month}-{day:02}\ntopics = [\"energy\"]\n");
    desk.write(&path, format!("+++\n{front}+++\n\nNew text.\n"));
    let seen = words(desk, &path);
    Some(Edit::new(format!("{path} is new"), vec![terms(desk, seen)]))
}

fn translate(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = chance.of_some(&desk.pages()).cloned()?;
    let translated = path.replace(".md", ".uk.md");
    if path.contains(".uk.") || desk.files.contains_key(&translated) {
        return None;
    }
    let mut text = desk.page(&path);
    text.set("title", "\"Переклад\"");
    // An old address, or an identity, can be that of one page only.
    ["aliases", "id", "supersedes"].iter().for_each(|key| text.remove(key));
    text.body = "\nПереклад.\n".to_string();
    desk.write(&translated, text.whole());
    Some(Edit::new(format!("{translated} is new"), vec![terms(desk, words(desk, &path))]))
}

/// Moves one file, or all below a folder; what links there follows, or does not. Returns the words for pages that follow.
fn moved(desk: &mut Desk, (from, to): (&str, &str), links: Option<(&str, &str)>) -> Vec<String> {
    let paths = desk.paths(|path| path.starts_with(from));
    for path in paths {
        let bytes = desk.files.remove(&path).expect("it was listed");
        desk.files.insert(path.replacen(from, to, 1), bytes);
    }
    let Some((old, new)) = links else { return Vec::new() };
    let mut texts = desk.paths(|path| path.ends_with(".md") || path == "site.toml");
    texts.retain(|path| desk.text(path).contains(old));
    for path in &texts {
        let text = desk.text(path).replace(old, new);
        desk.write(path, text);
    }
    texts.iter().map(|path| stem(path)).collect()
}

fn rename(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = chance.of_some(&desk.pages()).cloned()?;
    let (old, new) = (stem(&path), desk.name());
    let mut seen = words(desk, &path);
    let from = match bundle(&path) {
        Some(folder) => format!("{folder}/"),
        None => path.split(&format!("{old}.")).next()?.to_string() + &old + ".",
    };
    let follow = !chance.one_in(4);
    let links = follow.then_some((old.as_str(), new.as_str()));
    seen.extend(moved(desk, (&from, &from.replace(&old, &new)), links));
    seen.push(new.clone());
    let how = if follow { "and links follow" } else { "and nobody looks after links" };
    Some(Edit::new(format!("{path} is renamed to {new}, {how}"), vec![terms(desk, seen)]))
}

fn delete(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = chance.of_some(&desk.pages()).cloned()?;
    let seen = words(desk, &path);
    match bundle(&path) {
        Some(folder) => {
            let folder = format!("{folder}/");
            desk.files.retain(|path, _| !path.starts_with(&folder));
        }
        None => drop(desk.files.remove(&path)),
    }
    Some(Edit::new(format!("{path} is deleted"), vec![terms(desk, seen)]))
}

/// Into a folder that only groups, so that the address stays.
fn group(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = chance.of_some(&desk.pages()).cloned()?;
    let plain = path.matches('/').count() == 2 && !desk.page(&path).body.contains("](");
    let to = path.replacen(file_name(&path), &format!("grouped/{}", file_name(&path)), 1);
    plain.then(|| moved(desk, (&path, &to), None))?;
    let seen = words(desk, &to);
    Some(Edit::new(format!("{path} moves to {to}"), vec![terms(desk, seen)]))
}

fn move_folder(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let folder = chance.of_some(&desk.collections()).cloned()?;
    let (old, new) = (stem(&folder), desk.name());
    let to = format!("content/{new}/");
    let links = (format!("{old}/"), format!("{new}/"));
    moved(desk, (&format!("{folder}/"), &to), Some((&links.0, &links.1)));
    Some(Edit::new(format!("{folder} is renamed to {to}"), vec![May::AllButCopies]))
}

fn picture(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let pages = desk.pages();
    let bundles: Vec<&str> = pages.iter().filter_map(|path| bundle(path)).collect();
    let folder = chance.of_some(&bundles)?.to_string();
    let pictures = desk.paths(|path| path.starts_with(&folder) && path.ends_with(".png"));
    let number = chance.below(100);
    // Whatever its page's files do, its own page and feeds may tell of it: a link to a picture is an address.
    let may = vec![May::Body(file_name(&folder).to_string())];
    let story = match (chance.below(4), chance.of_some(&pictures)) {
        (0, Some(picture)) => {
            desk.files.remove(picture);
            format!("{picture} is deleted")
        }
        (1 | 2, Some(picture)) => {
            desk.write(picture, format!("PNG {number}"));
            format!("{picture} is drawn again")
        }
        _ => {
            let picture = format!("{folder}/drawn-{number}.png");
            desk.write(&picture, "PNG");
            format!("{picture} is new")
        }
    };
    Some(Edit::new(story, may))
}

/// A file that is published as it is, one that takes the place of a generated one among them.
fn other_file(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = chance.pick(&[
        "content/notes.txt",
        "content/news/table.csv",
        "content/.well-known/security.txt",
        "content/robots.txt",
        "content/404.html",
        "content/_redirects",
        "content/memos/not-published.md~",
    ]);
    let number = chance.below(100);
    if desk.files.contains_key(path) && chance.one_in(2) {
        desk.files.remove(path);
        return Some(Edit::new(format!("{path} is deleted"), Vec::new()));
    }
    desk.write(path, format!("/{number} /about/ 302\n"));
    Some(Edit::new(format!("{path} is written"), Vec::new()))
}

/// A term gets a file, or loses it.
fn term_file(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = chance.pick(&[
        "content/topics/energy.md",
        "content/topics/loose-talk.md",
        "content/people/somebody-else.md",
        "content/people/index.md",
        "content/places/kyiv.uk.md",
        "content/topics/diplomacy.uk.md",
    ]);
    let words = vec![stem(path), stem(path.trim_end_matches("/index.md"))];
    if desk.files.remove(path).is_some() {
        return Some(Edit::new(format!("{path} is deleted"), vec![terms(desk, words)]));
    }
    let number = chance.below(100);
    desk.write(path, format!("+++\ntitle = \"Term {number}\"\n+++\n\nAbout it.\n"));
    Some(Edit::new(format!("{path} is new"), vec![terms(desk, words)]))
}

fn term_text(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = chance.of_some(&desk.terms()).cloned()?;
    let number = chance.below(100);
    let what = match chance.below(6) {
        0 | 1 => "title",
        2 => "summary",
        3 => "draft",
        4 => "name, office or cadence",
        _ => "body",
    };
    let table = if path.contains("/topics/") {
        ""
    } else {
        "\n[[links]]\ntitle = \"Page\"\nurl = \"https://page.example/\"\n"
    };
    desk.change(&path, |text| match what {
        "title" => text.set("title", &format!("\"Term {number}\"")),
        "summary" => text.toggle("summary", &format!("\"In {number} words.\"")),
        "draft" => text.toggle("draft", "true"),
        "body" => text.body.push_str(&format!("\nMore, {number}.\n")),
        _ if path.contains("/series/") => text.toggle("cadence", "\"Fridays\""),
        _ if number.is_multiple_of(2) && !table.is_empty() => text.toggle_table(table),
        _ => text.set("also_known_as", &format!("[\"Name {number}\"]")),
    });
    // Without a summary the first paragraph stands in.
    let own = what == "body" && desk.page(&path).get("summary").is_some();
    let may = if own { vec![May::Body(stem(&path))] } else { vec![terms(desk, vec![stem(&path)])] };
    Some(Edit::new(format!("{path}: another {what}"), may))
}

/// A shared source changes for all who name it.
fn source(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let paths = desk.paths(|path| path.starts_with("content/sources/"));
    let path = chance.of_some(&paths).cloned()?;
    let citing = desk.pages().into_iter().filter(|page| desk.text(page).contains(&stem(&path)));
    let may = vec![May::Mention(citing.map(|page| stem(&page)).collect())];
    if chance.one_in(6) {
        desk.files.remove(&path);
        return Some(Edit::new(format!("{path} is deleted"), may));
    }
    let number = chance.below(100);
    let key = chance.pick(&["title", "publisher"]);
    desk.change(&path, |text| text.set(key, &format!("\"Source {number}\"")));
    Some(Edit::new(format!("{path}: another {key}"), may))
}
