//! Edits of `site.toml`, and of what the command line says.

use super::Way;
use crate::allowance::May;
use crate::chance::Chance;
use crate::desk::{Desk, Edit};

pub const WAYS: &[(usize, Way)] = &[(14, value), (3, language), (3, base_url)];

/// Who may be made because of a setting.
#[derive(Clone, Copy)]
enum Seen {
    Everywhere,
    Lists,
    Home,
    Feeds,
    Templates,
}

/// Keys of the settings, two values for each, and where it can be seen.
const VALUES: [(&str, [&str; 2], Seen); 30] = [
    ("title", ["\"Desk\"", "\"Bureau <&>\""], Seen::Everywhere),
    ("description", ["\"Short and dated.\"", "\"Other words.\""], Seen::Everywhere),
    ("base_url", ["\"https://example.org/\"", "\"https://other.example/sub/\""], Seen::Everywhere),
    ("timezone", ["\"Europe/Kyiv\"", "\"Asia/Tokyo\""], Seen::Everywhere),
    ("page_size", ["3", "2"], Seen::Lists),
    ("home_items", ["4", "2"], Seen::Home),
    ("feed_limit", ["5", "2"], Seen::Feeds),
    ("html", ["\"sanitised\"", "\"off\""], Seen::Everywhere),
    ("slugs", ["\"ascii\"", "\"native\""], Seen::Everywhere),
    ("copyright", ["\"© the desk\"", "\"© others\""], Seen::Everywhere),
    ("theme_settings", ["{ accent = \"teal\" }", "{ accent = \"plum\", width = 9 }"], Seen::Templates),
    ("theme", ["\"small\"", "\"ground\""], Seen::Everywhere),
    ("name", ["\"Desk & Sons\"", "\"Others\""], Seen::Everywhere),
    ("email", ["\"desk@example.org\"", "\"other@example.org\""], Seen::Everywhere),
    ("motto", ["\"Dated, sourced.\"", "\"Other motto.\""], Seen::Everywhere),
    ("page", ["\"about.md\"", "\"contact.md\""], Seen::Everywhere),
    ("archives", ["true", "false"], Seen::Everywhere),
    ("feeds", ["[\"atom\", \"rss\", \"json\"]", "[\"atom\"]"], Seen::Everywhere),
    ("list_feeds", ["true", "false"], Seen::Everywhere),
    ("corrections", ["true", "false"], Seen::Everywhere),
    ("quotes", ["true", "false"], Seen::Everywhere),
    ("sitemap", ["true", "false"], Seen::Everywhere),
    ("robots", ["true", "false"], Seen::Everywhere),
    ("not_found", ["true", "false"], Seen::Everywhere),
    ("redirects", ["true", "false"], Seen::Everywhere),
    ("contact", ["[\"flaws@example.org\"]", "[\"others@example.org\"]"], Seen::Everywhere),
    ("ninjs", ["true", "false"], Seen::Everywhere),
    ("structured_data", ["true", "false"], Seen::Everywhere),
    ("corrections", ["\"about.md#rules\"", "\"/news/\""], Seen::Everywhere),
    ("sources", ["true", "false"], Seen::Everywhere),
];

fn value(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let (key, [one, other], seen) = chance.pick(&VALUES);
    let old = desk.text("site.toml").to_string();
    // The first line with this key; the settings that are varied stand above their namesakes.
    let line = old.lines().find(|line| line.starts_with(&format!("{key} = ")))?;
    let value = if line.ends_with(&format!("= {one}")) { other } else { one };
    let new = old.replacen(line, &format!("{key} = {value}"), 1);
    desk.write("site.toml", new);
    let may = match seen {
        Seen::Everywhere => vec![May::AllButCopies],
        Seen::Lists => {
            let lists = vec!["list.html", "home.html", "term.html", "archive.html", "corrections.html"];
            vec![May::Templates(lists)]
        }
        Seen::Home => vec![May::Templates(vec!["home.html"])],
        Seen::Feeds => vec![May::Feeds],
        Seen::Templates => vec![May::Html],
    };
    Some(Edit::new(format!("site.toml: {key} = {value}"), may))
}

/// A language is declared, or no longer: pages with its suffix come and go, or are mistakes.
fn language(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let old = desk.text("site.toml").to_string();
    const FRENCH: &str = "[languages.fr]\nname = \"Français\"\n\n";
    let (story, new) = match chance.below(6) {
        1 => ("Ukrainian has another title", old.replace("title = \"Редакція\"", "title = \"Інша\"")),
        2 => (
            "Ukrainian has words of its own",
            old.replace("title = \"Редакція\"", "description = \"Слова.\"\ntitle = \"Редакція\""),
        ),
        0 => ("Ukrainian has another name", old.replace("name = \"Українська\"", "name = \"UA\"")),
        _ if old.contains(FRENCH) => ("French is dropped", old.replace(FRENCH, "")),
        _ => ("French is declared", old.replacen("[[menu]]", &format!("{FRENCH}[[menu]]"), 1)),
    };
    let page = "content/french-page.fr.md";
    if new.contains(FRENCH) {
        desk.write(page, "+++\ntitle = \"Le bureau\"\nsummary = \"S.\"\n+++\n\nEn français.\n");
    } else {
        desk.files.remove(page);
    }
    let differs = old != new;
    desk.write("site.toml", new);
    differs.then(|| Edit::new(format!("site.toml: {story}"), vec![May::AllButCopies]))
}

fn base_url(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let other = chance.pick(&["https://preview.example/branch/", "http://localhost:8000/"]);
    desk.base_url = if desk.base_url.is_some() { None } else { Some(other) };
    Some(Edit::new(format!("--base-url {:?}", desk.base_url), vec![May::AllButCopies]))
}
