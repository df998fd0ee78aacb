//! What happens around a site: the clock goes on or back, files are touched, somebody meddles with the output.

use super::Way;
use super::pages::{terms, words as words_of};
use crate::chance::Chance;
use crate::desk::{Deed, Desk, Edit, INSTANTS, stem};

pub const WAYS: &[(usize, Way)] = &[(16, clock), (6, touch), (8, output), (3, foreign), (2, nothing)];

/// Moves the clock. Whoever has a moment between the old instant and the new may be seen or not.
fn clock(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let old = desk.now;
    desk.now = chance.below(INSTANTS.len());
    // The zone of the site may be another; a day more on each side covers all zones, and a moment in the midst of a day.
    let days = [INSTANTS[old], INSTANTS[desk.now]].map(|instant| instant[..10].to_string());
    let (from, to) = (days.iter().min()?.clone(), days.iter().max()?.clone());
    let near = |day: &str| (from.as_str()..=to.as_str()).contains(&day) || day_after(&to) == day;
    let mut words = Vec::new();
    for path in desk.paths(|path| path.starts_with("content/") && path.ends_with(".md")) {
        let text = desk.page(&path);
        let mut moments = ["date", "embargo", "expires"].into_iter().filter_map(|key| text.get(key));
        let by_name = crate::desk::file_name(&path).get(..10).is_some_and(near);
        if by_name || moments.any(|moment| moment.get(..10).is_some_and(near)) {
            words.extend(words_of(desk, &path));
            words.push(stem(&path));
        }
    }
    (desk.now != old).then(|| Edit::new(format!("it is {}", INSTANTS[desk.now]), vec![terms(desk, words)]))
}

/// The day after one of those of [`INSTANTS`], none of which ends a month except these.
fn day_after(day: &str) -> String {
    match day {
        "2025-12-31" => "2026-01-01".to_string(),
        "2026-10-31" => "2026-11-01".to_string(),
        _ => {
            let number: usize = day[8..].parse().expect("a day has a number");
            format!("{}{:02}", &day[..8], number + 1)
        }
    }
}

fn touch(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let paths: Vec<String> = desk.files.keys().cloned().collect();
    if chance.one_in(3) {
        let mut all = Edit::new("every file is written again as it was".to_string(), Vec::new());
        all.deeds = paths.into_iter().map(Deed::Touch).collect();
        return Some(all);
    }
    let path = chance.of_some(&paths).cloned()?;
    Some(Edit::new(format!("{path} is written again as it was"), Vec::new()).with(Deed::Touch(path)))
}

fn output(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = chance.of_some(&desk.outputs).cloned()?;
    let (what, deed) = match chance.below(12) {
        0..3 => ("deleted", Deed::Lose as fn(String) -> Deed),
        3..6 => ("written over", Deed::Alter as fn(String) -> Deed),
        6..8 => ("written again as it was", Deed::TouchOutput as fn(String) -> Deed),
        8..10 => ("replaced by an empty folder", Deed::Folder as fn(String) -> Deed),
        _ => ("replaced by a folder with somebody's file", Deed::Block as fn(String) -> Deed),
    };
    Some(Edit::new(format!("public/{path} is {what}"), Vec::new()).with(deed(path)))
}

fn foreign(desk: &mut Desk, chance: &mut Chance) -> Option<Edit> {
    let path = format!("{}foreign-{}.txt", chance.pick(&["", "news/", "somewhere/"]), desk.name());
    Some(Edit::new(format!("somebody puts public/{path} there"), Vec::new()).with(Deed::Foreign(path)))
}

fn nothing(_: &mut Desk, _: &mut Chance) -> Option<Edit> {
    Some(Edit::new("nothing happens".to_string(), Vec::new()))
}
