//! A sequence of edits, a build after each, and the story of one that failed.

use bulletin::engine::Profile;

use super::allowance::May;
use super::chance::Chance;
use super::desk::{Deed, Desk, Edit};
use super::edits;
use super::judge::{self, Case, MANIFEST, differing};
use super::place::{End, Place, said};
use super::scratch::Files;

/// Builds in a sequence.
pub const STEPS: u64 = 12;

/// Somebody who spoils a build, so that it can be seen that spoiling is noticed.
pub type Saboteur<'s> = &'s dyn Fn(&mut Files, &mut Vec<String>);

/// A site that is edited, built incrementally, and built clean elsewhere.
struct Run<'s> {
    desk: Desk,
    /// The desk before the last edits, and that of the last good build.
    before: Desk,
    good: Desk,
    warm: Place,
    cold: Place,
    /// What was allowed since the last good build.
    may: Vec<May>,
    /// The allowance of the last edits, for when they are undone.
    last: Vec<May>,
    story: Vec<String>,
    /// Whether the last build found mistakes.
    failing: bool,
    saboteur: Option<Saboteur<'s>>,
}

/// A sequence that failed: what was done, and what was wrong after it.
#[derive(Debug)]
pub struct Failure {
    pub story: Vec<String>,
    pub complaints: Vec<String>,
    /// After how many of its steps.
    pub steps: usize,
}

/// Runs these steps of the sequence with this seed.
pub fn run(seed: u64, steps: &[u64], saboteur: Option<Saboteur<'_>>) -> Result<usize, Failure> {
    // One site of four is a preview.
    let profile = if seed.is_multiple_of(4) { Profile::Preview } else { Profile::Public };
    let desk = Desk::new(profile);
    let mut run = Run {
        before: desk.clone(),
        good: desk.clone(),
        desk,
        warm: Place::new(),
        cold: Place::new(),
        may: vec![May::Mention(vec![String::new()])],
        last: Vec::new(),
        story: vec![format!("the site as it stands, built for the first time ({profile:?})")],
        failing: false,
        saboteur: None,
    };
    let mut failing = 0;
    let first = run.build(&[], &mut Chance::of(seed, 0));
    let mut complaints = first;
    for (done, step) in steps.iter().enumerate() {
        if !complaints.is_empty() {
            return Err(Failure { story: run.story, complaints, steps: done });
        }
        run.saboteur = saboteur;
        let mut chance = Chance::of(seed, *step);
        let edits = run.edit(&mut chance);
        complaints = run.build(&edits, &mut chance);
        failing += usize::from(run.failing);
    }
    if complaints.is_empty() {
        return Ok(failing);
    }
    Err(Failure { story: run.story, complaints, steps: steps.len() })
}

impl Run<'_> {
    /// Edits the site: mostly once, sometimes more, and what was a mistake is mostly undone.
    fn edit(&mut self, chance: &mut Chance) -> Vec<Edit> {
        let undo = if self.failing { !chance.one_in(4) } else { chance.one_in(15) };
        if undo {
            let back = if self.failing { self.good.clone() } else { self.before.clone() };
            let (named, outputs) = (self.desk.named, std::mem::take(&mut self.desk.outputs));
            self.before = std::mem::replace(&mut self.desk, Desk { named, outputs, ..back });
            return vec![Edit::new("what was done last is undone".to_string(), self.last.clone())];
        }
        self.before = self.desk.clone();
        let count = 1 + usize::from(chance.one_in(4)) + usize::from(chance.one_in(8));
        let edits: Vec<Edit> = (0..count).map(|_| edits::any(&mut self.desk, chance)).collect();
        self.last = edits.iter().flat_map(|edit| edit.may.clone()).collect();
        edits
    }

    /// Builds after these edits; returns what is wrong.
    fn build(&mut self, edits: &[Edit], chance: &mut Chance) -> Vec<String> {
        let threads = if chance.one_in(3) { 1 } else { 2 };
        self.may.extend(edits.iter().flat_map(|edit| edit.may.clone()));
        if !edits.is_empty() {
            let words: Vec<&str> = edits.iter().map(|edit| edit.story.as_str()).collect();
            self.story.push(format!("{}; built with {threads} threads", words.join("; ")));
        }
        let deeds: Vec<Deed> = edits.iter().flat_map(|edit| edit.deeds.clone()).collect();
        let dates = self.warm.dates(&deeds);
        self.warm.follow(&self.desk);
        self.cold.follow(&self.desk);
        Place::put_back(dates);
        deeds.iter().for_each(|deed| self.warm.perform(deed));
        self.cold.wipe();
        let cold = self.cold.build(&self.desk, 2);
        let End::Report(cold) = cold else { return vec!["the clean build stopped".to_string()] };
        let clean = self.cold.output();
        let mut complaints = self.blocked(&deeds, (!cold.failed()).then_some(&clean), threads);
        complaints.extend(self.compare(&cold, &clean, threads));
        complaints
    }

    /// A build is refused while a folder with somebody's file stands where an output must be.
    fn blocked(&mut self, deeds: &[Deed], clean: Option<&Files>, threads: usize) -> Vec<String> {
        let blocks = deeds.iter().filter_map(|deed| match deed {
            Deed::Block(path) => Some(path),
            _ => None,
        });
        let blocks: Vec<&String> =
            blocks.filter(|path| self.warm.path("public").join(path).is_dir()).collect();
        let mut complaints = Vec::new();
        if let Some(clean) = clean
            && blocks.iter().any(|path| clean.contains_key(*path))
        {
            let before = self.warm.output();
            match self.warm.build(&self.desk, threads) {
                End::Stopped(why) if blocks.iter().any(|path| why.contains(path.as_str())) => {}
                End::Stopped(why) => complaints.push(format!("refused for another reason: {why}")),
                End::Panicked => complaints.push("the refused build panicked".to_string()),
                End::Report(_) => {
                    complaints.push("somebody's file is in the way, and nobody said so".to_string())
                }
            }
            if before != self.warm.output() {
                complaints.push("a build that was refused changed the output".to_string());
            }
        }
        blocks.iter().for_each(|path| self.warm.unblock(path));
        complaints
    }

    /// Builds incrementally, and compares with a clean build.
    fn compare(&mut self, cold: &bulletin::engine::Report, clean: &Files, threads: usize) -> Vec<String> {
        let before = self.warm.output();
        let mut report = match self.warm.build(&self.desk, threads) {
            End::Report(report) => report,
            End::Stopped(why) => return vec![format!("the build stopped: {why}")],
            End::Panicked => return vec!["the build panicked".to_string()],
        };
        let mut after = self.warm.output();
        if let Some(saboteur) = self.saboteur {
            saboteur(&mut after, &mut report.made);
        }
        let mut complaints = Vec::new();
        if said(&report) != said(cold) {
            complaints.push(format!("it says\n{}\nand a clean build says\n{}", said(&report), said(cold)));
        }
        complaints.extend(report.notice.as_ref().map(|notice| format!("a notice: {notice}")));
        self.failing = cold.failed();
        if cold.failed() {
            if before != after {
                complaints.push(format!("the build failed, and changed {:?}", differing(&before, &after)));
            }
            return complaints;
        }
        let foreign = |path: &str| path.contains("foreign-");
        let (may, made) = (&self.may, &report.made);
        let case = Case { before: &before, after: &after, clean, made, may, foreign: &foreign };
        complaints.extend(judge::complaints(&case));
        let different = differing(&before, &after);
        let changed = different.iter().filter(|path| *path != MANIFEST && after.contains_key(*path)).count();
        if report.written.map(|written| written.changed) != Some(changed) {
            complaints.push(format!("{changed} files differ, and it says {:?}", report.written));
        }
        complaints.extend(self.again(&after, &said(&report)));
        self.may.clear();
        self.good = self.desk.clone();
        self.desk.outputs = clean.keys().filter(|path| *path != MANIFEST).cloned().collect();
        complaints
    }

    /// A build right after makes nothing, and says the same.
    fn again(&self, output: &Files, words: &str) -> Vec<String> {
        let End::Report(report) = self.warm.build(&self.desk, 2) else {
            return vec!["the build right after stopped".to_string()];
        };
        let mut complaints = Vec::new();
        let nothing = report.written.is_some_and(|written| (written.changed, written.removed) == (0, 0));
        if !report.made.is_empty() || !nothing || report.changed_sources != 0 {
            let (made, changed) = (&report.made, report.changed_sources);
            complaints.push(format!("the build right after saw {changed} changed sources and made {made:?}"));
        }
        if self.saboteur.is_none() && self.warm.output() != *output {
            complaints.push("the build right after changed the output".to_string());
        }
        if said(&report) != words {
            complaints.push(format!("the build right after says\n{}\nand before it\n{words}", said(&report)));
        }
        complaints
    }
}

/// The same failure with as few steps as can be found by leaving out one after the other.
pub fn shortened(seed: u64, failure: Failure) -> Failure {
    let mut steps: Vec<u64> = (1..=failure.steps as u64).collect();
    let mut shortest = failure;
    let mut at = steps.len().saturating_sub(1);
    while at > 0 {
        at -= 1;
        let mut fewer = steps.clone();
        fewer.remove(at);
        if let Err(failure) = run(seed, &fewer, None) {
            fewer.truncate(failure.steps);
            at = at.min(fewer.len());
            (steps, shortest) = (fewer, failure);
        }
    }
    shortest
}
