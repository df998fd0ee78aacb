//! Edits of the theme: templates at each level, overrides, words, settings, assets, files that are copied.

use super::Way;
use crate::allowance::{May, users};
use crate::chance::Chance;
use crate::desk::{Desk, Edit, file_name};

pub const WAYS: &[(usize, Way)] =
    &[(8, template), (6, layer), (4, word), (3, asset), (3, copied), (3, setting)];

fn template(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let paths = desk.paths(|path| path.starts_with("themes/") && path.ends_with(".html"));
    let path = chance.of_some(&paths).cloned()?;
    let (number, text) = (chance.below(100), desk.text(&path).to_string());
    let broken = chance.one_in(12);
    // Text at the top of a template that extends another is not printed, and not always allowed: blocks are edited.
    let with = if broken {
        format!("{text}{{% if %}}")
    } else if let Some(at) = text.rfind("{% endblock") {
        format!("{}<i>{number}</i>{}", &text[..at], &text[at..])
    } else if let Some(at) = text.rfind("{% endcomponent") {
        format!("{}<i>{number}</i>{}", &text[..at], &text[at..])
    } else {
        format!("{text}<i>{number}</i>")
    };
    desk.write(&path, with);
    let how = if broken { "is broken" } else { "is edited" };
    Some(Edit::new(format!("{path} {how}"), vec![May::Templates(users(file_name(&path)))]))
}

/// A template of the site's own, or of the theme between, comes or goes.
fn layer(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let folder = chance.pick(&["themes/site/templates", "themes/small/templates"]);
    let (name, text) = chance.pick(&[
        ("item.html", "<li>{{ item.title }}, {{ item.path }}</li>\n"),
        ("foot.html", "<footer>{{ site.title }} {{ here.kind }}</footer>\n"),
        ("base.html", "{% extends \"ground/base.html\" %}\n{% block head %}{{ super() }}<meta name=\"own\">{% endblock head %}\n"),
        ("list.html", "{% extends \"ground/list.html\" %}\n{% block mark %}<!--list.html--> own{% endblock mark %}\n"),
        ("page.html", "{% extends \"base.html\" %}\n{% block main %}<!--page.html-->{{ page.title }}, {{ content | safe }}{% endblock main %}\n"),
        ("term.html", "{% extends \"list.html\" %}\n{% block mark %}<!--term.html-->{{ list.kind }}{% endblock mark %}\n"),
        ("facts.html", "{{ page.kind }} {{ page.topics | length }}\n"),
        ("marks.html", "{% component ref(title, path) %}<b>{{ title }}</b> {{ path }}{% endcomponent ref %}\n"),
        ("briefing.html", "{% extends \"ground/briefing.html\" %}\n{% block facts %}{{ page.title }}{% endblock facts %}\n"),
    ]);
    let path = format!("{folder}/{name}");
    let how = if desk.files.remove(&path).is_some() { "goes" } else { "comes" };
    if how == "comes" {
        desk.write(&path, text);
    }
    // Which facts of items are taken at all is decided for the whole theme, by all templates in use.
    let may = [users(name), users("item.html")].map(May::Templates);
    Some(Edit::new(format!("{path} {how}"), may.to_vec()))
}

fn word(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path =
        chance.pick(&["themes/ground/i18n/en.toml", "themes/small/i18n/uk.toml", "themes/site/i18n/en.toml"]);
    let key = chance.pick(&["foot", "newer", "older", "expired", "footnotes", "topics"]);
    let (number, old) = (chance.below(100), desk.files.get(path).cloned().unwrap_or_default());
    let old = String::from_utf8(old).expect("it is text");
    let kept: String =
        old.lines().filter(|line| !line.starts_with(key)).map(|line| format!("{line}\n")).collect();
    desk.write(path, format!("{kept}{key} = \"Word {number}\"\n"));
    Some(Edit::new(
        format!("{path}: another word for {key}"),
        if path.contains("uk.toml") {
            vec![May::HtmlOf("uk")]
        } else {
            vec![May::Html, May::Feeds, May::Twins]
        },
    ))
}

fn asset(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = chance.pick(&[
        "themes/ground/assets/main.css",
        "themes/small/assets/main.css",
        "themes/site/assets/more.css",
    ]);
    let number = chance.below(100);
    if path != "themes/ground/assets/main.css" && desk.files.remove(path).is_some() {
        return Some(Edit::new(format!("{path} goes"), vec![May::Html]));
    }
    desk.write(path, format!("p {{ margin: {number}px }}\n"));
    Some(Edit::new(format!("{path} is written"), vec![May::Html]))
}

fn copied(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = chance.pick(&[
        "themes/ground/static/mark.svg",
        "themes/site/static/desk.css",
        "themes/small/static/mark.svg",
    ]);
    if desk.files.contains_key(path) && chance.one_in(2) {
        desk.files.remove(path);
        return Some(Edit::new(format!("{path} goes"), Vec::new()));
    }
    desk.write(path, format!("<!-- {} -->\n", chance.below(100)));
    Some(Edit::new(format!("{path} is written"), Vec::new()))
}

/// The theme's default for a setting, which the site may have set itself.
fn setting(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let (path, key) =
        chance.pick(&[("themes/small/theme.toml", "width"), ("themes/ground/theme.toml", "accent")]);
    let value =
        if key == "width" { chance.below(9).to_string() } else { format!("\"c{}\"", chance.below(9)) };
    let old = desk.text(path).to_string();
    let lines = old.lines().map(|line| match line.starts_with(&format!("{key} =")) {
        true => format!("{key} = {value}\n"),
        false => format!("{line}\n"),
    });
    let new: String = lines.collect();
    desk.write(path, new);
    Some(Edit::new(format!("{path}: {key} = {value}"), vec![May::Html]))
}
