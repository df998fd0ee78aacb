//! A sequence of edits with one session beside them, and a clean build of each state elsewhere.

use std::collections::BTreeSet;
use std::path::PathBuf;

use bulletin::engine::{Destination, Profile, Rebuild, Report, Request, Seen, Session, Silent, Stop};

use super::chance::Chance;
use super::desk::{Deed, Desk, Edit, INSTANTS};
use super::edits;
use super::judge::differing;
use super::place::{End, Place, said};
use super::scratch::Files;

/// Builds in a sequence.
const STEPS: u64 = 12;

struct Run {
    desk: Desk,
    good: Desk,
    warm: Place,
    cold: Place,
    session: Option<Session>,
    story: Vec<String>,
    failing: bool,
}

/// Runs the sequence with this seed; the error is its story, and what was wrong at its end.
pub fn run(seed: u64) -> Result<(), String> {
    let profile = if seed.is_multiple_of(2) { Profile::Preview } else { Profile::Public };
    let desk = Desk::new(profile);
    let (warm, cold) = (Place::new(), Place::new());
    let story = vec!["the site as it stands".to_string()];
    let mut run = Run { good: desk.clone(), desk, warm, cold, session: None, story, failing: false };
    let mut complaints = run.build(&[], &Files::new(), &mut Chance::of(seed, 0));
    for step in 1..=STEPS {
        if !complaints.is_empty() {
            break;
        }
        let mut chance = Chance::of(seed, step);
        let before = run.desk.files.clone();
        let edits = run.edit(&mut chance);
        complaints = run.build(&edits, &before, &mut chance);
    }
    if complaints.is_empty() {
        return Ok(());
    }
    Err(format!("{}\nand then:\n- {}", run.story.join("\n"), complaints.join("\n- ")))
}

impl Run {
    fn edit(&mut self, chance: &mut Chance) -> Vec<Edit> {
        if self.failing && !chance.one_in(4) {
            let (named, outputs) = (self.desk.named, std::mem::take(&mut self.desk.outputs));
            self.desk = Desk { named, outputs, ..self.good.clone() };
            return vec![Edit::new("what was wrong is undone".to_string(), Vec::new())];
        }
        let count = 1 + usize::from(chance.one_in(4));
        let edits: Vec<Edit> = (0..count).map(|_| edits::any(&mut self.desk, chance)).collect();
        // Settings of the command line stay for as long as a session does.
        self.desk.base_url = None;
        edits
    }

    /// Brings the session up to date after these edits; returns what is wrong.
    fn build(&mut self, edits: &[Edit], before: &Files, chance: &mut Chance) -> Vec<String> {
        let deeds: Vec<Deed> = edits.iter().flat_map(|edit| edit.deeds.clone()).collect();
        let (seen, deeds) = self.seen(before, deeds, chance);
        let words: Vec<&str> = edits.iter().map(|edit| edit.story.as_str()).collect();
        let times = if self.failing { " (there were mistakes)" } else { "" };
        self.story.push(format!("{}; looked {seen:?}{times}", words.join("; ")));
        let dates = self.warm.dates(&deeds);
        self.warm.follow(&self.desk);
        self.cold.follow(&self.desk);
        Place::put_back(dates);
        deeds.iter().for_each(|deed| self.warm.perform(deed));
        self.cold.wipe();
        let End::Report(cold) = self.cold.build(&self.desk, 2) else {
            return vec!["the clean build stopped".to_string()];
        };
        self.failing = cold.failed();
        if chance.one_in(8) {
            self.story.push("another session begins".to_string());
            let notice = self.session.as_mut().and_then(Session::remember);
            if notice.is_some() {
                return vec![format!("a notice: {notice:?}")];
            }
            self.session = None;
        }
        let clean = self.cold.output();
        match self.rebuilt(&seen, chance) {
            Ok(report) => self.compare((&report, &cold), &clean),
            Err(Stop::Refused(why)) if why.contains("was not written by Bulletin") => {
                self.unblock(&deeds);
                match self.rebuilt(&Seen::nowhere(), chance) {
                    Ok(report) => self.compare((&report, &cold), &clean),
                    Err(stop) => vec![format!("it stopped again: {stop:?}")],
                }
            }
            Err(stop) => vec![format!("it stopped: {stop:?}")],
        }
    }

    /// Where to look; and what was done on disk, as far as it will be seen there.
    fn seen(&self, before: &Files, deeds: Vec<Deed>, chance: &mut Chance) -> (Seen, Vec<Deed>) {
        if chance.one_in(4) || self.session.is_none() {
            return (Seen::Anywhere, deeds);
        }
        let of_inputs = |deed: &Deed| matches!(deed, Deed::Touch(_) | Deed::KeepTime(_) | Deed::Foreign(_));
        let deeds: Vec<Deed> = deeds.into_iter().filter(of_inputs).collect();
        let mut paths: Vec<String> = differing(before, &self.desk.files);
        paths.extend(deeds.iter().filter_map(|deed| match deed {
            Deed::Touch(path) | Deed::KeepTime(path) => Some(path.clone()),
            _ => None,
        }));
        // Sometimes it is the folder that is named.
        let mut place = |path: String| match path.rsplit_once('/') {
            Some((folder, _)) if chance.one_in(3) => self.warm.path(folder),
            _ if chance.one_in(2) => PathBuf::from(path),
            _ => self.warm.path(&path),
        };
        (Seen::At(paths.into_iter().map(&mut place).collect::<BTreeSet<PathBuf>>()), deeds)
    }

    fn unblock(&self, deeds: &[Deed]) {
        for deed in deeds {
            if let Deed::Block(path) = deed {
                self.warm.unblock(path);
            }
        }
    }

    fn rebuilt(&mut self, seen: &Seen, chance: &mut Chance) -> Result<Report, Stop> {
        let now = INSTANTS[self.desk.now].parse().expect("it is an instant");
        let session = match &mut self.session {
            Some(session) => session,
            none => none.insert(Session::open(Request {
                root: self.warm.path(""),
                config: None,
                destination: Destination::Folder("public".into()),
                base_url: None,
                now,
                profile: self.desk.profile,
                threads: Some(2),
            })?),
        };
        let report = session.rebuild(&Rebuild { now, seen, first: &["index.html".to_string()] }, &Silent);
        if chance.one_in(5) {
            session.remember();
        }
        report
    }

    fn compare(&mut self, (report, cold): (&Report, &Report), clean: &Files) -> Vec<String> {
        let mut complaints: Vec<String> =
            report.notice.iter().map(|notice| format!("a notice: {notice}")).collect();
        if report.failed() != cold.failed() {
            complaints.push(format!("it says\n{}\nand a clean build says\n{}", said(report), said(cold)));
        }
        if cold.failed() {
            return complaints;
        }
        if said(report) != said(cold) {
            complaints.push(format!("it says\n{}\nand a clean build says\n{}", said(report), said(cold)));
        }
        let mut after = self.warm.output();
        after.retain(|path, _| !path.contains("foreign-"));
        let different = differing(&after, clean);
        if !different.is_empty() {
            complaints.push(format!("{different:?} are not what a clean build makes"));
        }
        self.good = self.desk.clone();
        self.desk.outputs = clean.keys().filter(|path| *path != ".bulletin").cloned().collect();
        complaints
    }
}
