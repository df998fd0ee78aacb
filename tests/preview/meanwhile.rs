//! A thousand edits while readers keep asking: never is a page away that always exists, never is one cut off or put
//! together from two states, and in the end everything is what a clean build makes.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use bulletin::engine::Profile;

use super::chance::Chance;
use super::desk::{Deed, Desk};
use super::edits;
use super::scratch::served::{Served, View, as_built};
use super::scratch::{Site, page, ran};

const EDITS: usize = 1000;
const READERS: usize = 4;
/// `SEED=7` edits otherwise.
const SEED: u64 = 4;
/// After so many edits somebody takes everything back at once, as when changing to another branch;
const BACK_AFTER: usize = 12;
/// and after so many, everything is compared with what it was in the beginning.
const COMPARED_AFTER: usize = 96;
const COMPLAINTS_SHOWN: usize = 5;

/// Pages that nobody edits, but whose lists, neighbours and templates are edited all the time.
const LASTING: [&str; 5] = ["/", "/kept/one/", "/kept/two/", "/kept/three/", "/kept/"];

/// The base template, with the same words at the top and at the end of each page: the newest that any edit can change.
fn marked(template: &str) -> String {
    let mark = |place: &str| {
        format!(
            "<!--{place} {{{{ site.title }}}} {{{{ here.url }}}} {{{{ text.foot }}}} {{{{ theme.accent }}}} {place}-->\n"
        )
    };
    format!("{}{template}{}</html>\n", mark("top"), mark("end"))
}

/// The site that is edited, and pages beside it that last.
fn desk() -> Desk {
    let mut desk = Desk::new(Profile::Preview);
    let base = "themes/ground/templates/base.html";
    desk.write(base, marked(desk.text(base)));
    desk
}

fn lasting(site: &Site) {
    for (name, date) in [("one", "2026-11-17"), ("two", "2026-01-01"), ("three", "2025-01-01")] {
        let front =
            format!("title = \"Kept {name}\"\nsummary = \"S.\"\ndate = {date}\ntopics = [\"energy\"]");
        site.write(
            &format!("content/kept/{name}.md"),
            page(&front, &"A paragraph of some length.\n\n".repeat(40)),
        );
    }
    site.write("content/kept/index.md", page("title = \"Kept\"", "These stay."));
}

/// What is wrong with a page, if anything.
fn complaint(text: &str) -> Option<String> {
    let mark = |place: &str| {
        let (_, rest) = text.split_once(&format!("<!--{place} "))?;
        rest.split_once(&format!(" {place}-->")).map(|(mark, _)| mark.to_string())
    };
    let (top, end) = (mark("top"), mark("end"));
    if !text.trim_end().ends_with("</html>") {
        return Some(format!("it is cut off: {} bytes", text.len()));
    }
    (top != end || top.is_none()).then(|| format!("it begins with {top:?} and ends with {end:?}"))
}

/// Asks for pages until told to stop; returns how often, and what was wrong.
fn reader(served: &Served, number: usize, done: &AtomicBool, complaints: &Mutex<Vec<String>>) -> usize {
    let (mut client, mut asked) = (served.client(), 0);
    while !done.load(Ordering::Relaxed) {
        let path = LASTING[(asked + number) % LASTING.len()];
        let wrong = match client.get(path) {
            Ok(answer) if answer.status == 200 => {
                complaint(&String::from_utf8_lossy(&as_built(".html", &answer.body)))
            }
            Ok(answer) => Some(format!("it answers {}", answer.status)),
            Err(error) => Some(format!("no answer: {error}")),
        };
        if let Some(wrong) = wrong {
            complaints.lock().unwrap().push(format!("{path}, asked for the {asked}th time: {wrong}"));
        }
        asked += 1;
        // Readers think; and the machine has other things to do.
        thread::sleep(Duration::from_millis(4));
    }
    asked
}

/// Makes the files on disk those of the desk.
fn follow(site: &Site, old: &Desk, new: &Desk) {
    // Half of a page is a mistake, but an empty template is one that shows nothing.
    let write = |path: &str, bytes: &[u8]| match path.starts_with("themes/") {
        true => site.save(path, bytes),
        false => site.write(path, bytes),
    };
    for path in old.files.keys().filter(|path| !new.files.contains_key(*path)) {
        site.delete(path);
        let mut folder = Path::new(path).parent();
        // A folder goes with its last file.
        while let Some(empty) =
            folder.filter(|folder| fs::remove_dir(site.path(folder.to_str().unwrap())).is_ok())
        {
            folder = empty.parent();
        }
    }
    for (path, bytes) in new.files.iter().filter(|(path, bytes)| old.files.get(*path) != Some(*bytes)) {
        write(path, bytes);
    }
}

/// Whether an edit can be done to a site that is being served: it concerns files, and no address of a page that lasts.
fn possible(story: &str, deeds: &[Deed]) -> bool {
    let of_files = deeds.iter().all(|deed| matches!(deed, Deed::Touch(_) | Deed::KeepTime(_)));
    let elsewhere = ["base_url", "it is 20", "not_found", "somebody puts", "nothing happens"];
    of_files && !elsewhere.iter().any(|word| story.contains(word))
}

/// The next state of the site, and how it came about.
fn edited(before: &Desk, chance: &mut Chance) -> (Desk, String) {
    loop {
        let mut desk = before.clone();
        let edit = edits::any(&mut desk, chance);
        if possible(&edit.story, &edit.deeds) && (desk.now, desk.base_url) == (before.now, before.base_url) {
            return (desk, edit.story);
        }
    }
}

/// Whether a clean build finds no mistake.
fn sound(served: &Served) -> bool {
    let elsewhere = tempfile::TempDir::new().unwrap();
    let mut command = served.site.command(&["--quiet", "--output"]);
    ran(command.arg(elsewhere.path().join("clean"))).code == Some(0)
}

/// Edits the site in bursts; returns the states of which one may be the last.
fn edit_all(served: &Served) -> Vec<Desk> {
    let seed = std::env::var_os("SEED").map_or(SEED, |seed| seed.to_str().unwrap().parse().unwrap());
    let (first, mut chance) = (desk(), Chance::of(seed, 0));
    let (mut now, mut states, clean) = (first.clone(), Vec::new(), served.clean());
    while states.len() < EDITS {
        for _ in 0..=chance.below(8) {
            let (next, story) = edited(&now, &mut chance);
            follow(&served.site, &now, &next);
            states.push(next.clone());
            // Nobody could go on for long with a theme that cannot be read.
            let broken = story.contains("is broken");
            let back = if broken { &now } else { &first };
            if broken || states.len().is_multiple_of(BACK_AFTER) {
                thread::sleep(Duration::from_millis(80));
                follow(&served.site, &next, back);
                now = back.clone();
                if !broken && states.len().is_multiple_of(COMPARED_AFTER) {
                    served.same_as(&clean);
                }
            } else {
                now = next;
            }
        }
        thread::sleep(Duration::from_millis([0, 10, 40, 120][chance.below(4)]));
    }
    states.push(now);
    states
}

/// Goes back to the last state without mistakes.
fn end_well(served: &Served, states: &[Desk]) {
    let mut now = states.last().expect("there were edits");
    for state in states.iter().rev() {
        follow(&served.site, now, state);
        now = state;
        if sound(served) {
            return;
        }
    }
}

#[test]
fn a_thousand_edits_while_readers_keep_asking() {
    let site = Site::new();
    follow(&site, &Desk { files: Default::default(), ..Desk::new(Profile::Preview) }, &desk());
    lasting(&site);
    let served = Served::start(site, View::Preview);
    let (done, complaints) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS)
            .map(|number| {
                let (served, done, complaints) = (&served, &done, &complaints);
                scope.spawn(move || reader(served, number, done, complaints))
            })
            .collect();
        // Whatever happens, the readers are told to stop.
        let settled = catch_unwind(AssertUnwindSafe(|| {
            end_well(&served, &edit_all(&served));
            served.same_as_clean();
        }));
        done.store(true, Ordering::Relaxed);
        let asked: usize = readers.into_iter().map(|reader| reader.join().unwrap()).sum();
        println!("{asked} answers while {EDITS} edits became {} rebuilds", served.rebuilds().len());
        settled.unwrap_or_else(|why| resume_unwind(why));
    });
    let complaints = complaints.into_inner().unwrap();
    let shown = &complaints[..complaints.len().min(COMPLAINTS_SHOWN)];
    assert!(complaints.is_empty(), "{} answers were wrong:\n{}", complaints.len(), shown.join("\n"));
}
