//! What a deploy does, step by step: in an order in which a reader never sees a page whose parts are missing.
//!
//! Pure: compares a release with what stands at a host. Knows no host and no disk.

use std::collections::BTreeMap;

use super::asked::Extent;
use super::label::{Labels, Stage};
use super::release::{File, Release, SUMS};
use super::standing::{Entry, Mark, Name, Standing, Underway};
use crate::digest::Sha256;

/// Where a release differs from what stands at a host.
#[derive(Debug)]
pub struct Differences {
    /// What is to be sent.
    sent: Vec<Sent>,
    /// What the site no longer has.
    gone: Vec<Gone>,
    /// How many files stay as they are.
    pub kept: usize,
    /// How many files of the site stood there.
    stood: usize,
    /// What is known of the list of files there, which is one itself.
    list: Option<Entry>,
    /// Why what is the same is sent too, if it is.
    sent_again: Option<&'static str>,
    /// The digest of the rules for headers.
    headers: Sha256,
}

/// A file that is to be sent.
#[derive(Debug)]
struct Sent {
    file: File,
    change: Change,
    reason: &'static str,
}

/// A file that the site no longer has.
#[derive(Debug)]
struct Gone {
    name: Name,
    entry: Entry,
    /// Where it stands; none where only its digest is known.
    path: Option<String>,
}

/// What happens to a file at a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is new there.
    Create,
    /// It takes the place of another.
    Update,
    /// It goes with the next deploy: a reader may still have a page that wants it.
    Retire,
    /// It goes.
    Delete,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What happens.
    pub change: Change,
    /// To which file: its path from the root of the site.
    pub path: String,
    /// Why: "new", "other bytes" ...
    pub reason: &'static str,
    /// What it is made from, for people; empty for what is deleted.
    pub cause: String,
    /// When its turn is.
    pub stage: Stage,
    /// Its size in bytes; 0 for what is deleted.
    pub size: u64,
    /// Under which name it is remembered.
    name: Name,
    entry: Entry,
}

/// What a deploy does.
#[derive(Debug, Default)]
pub struct Plan {
    /// The steps, in order: what is sent by stage, then what is deleted.
    pub steps: Vec<Step>,
    /// How many files stay as they are.
    pub kept: usize,
    /// How many files of the site stood there.
    pub stood: usize,
    /// What will stand there in the end.
    pub result: Standing,
}

impl Differences {
    /// Compares a release with what stands there. `headers` is the digest of the rules for headers.
    pub fn of(release: &Release, standing: &Standing, headers: Sha256, extent: Extent) -> Self {
        let sent_again = match extent {
            _ if standing.headers != Some(headers) => Some("other headers"),
            Extent::Everything => Some("sent again"),
            Extent::Changed => None,
        };
        let difference = |file: &File, known: Option<Entry>| match known {
            None => Some((Change::Create, "new")),
            Some(Entry { sha256: None, .. }) => Some((Change::Update, "perhaps other bytes")),
            // Nothing has to be sent, but it must be remembered.
            Some(Entry { mark: Mark::Retired, .. }) => Some((Change::Update, "wanted again")),
            Some(entry) if entry.sha256 != Some(file.sha256) => Some((Change::Update, "other bytes")),
            Some(_) => sent_again.map(|reason| (Change::Update, reason)),
        };
        let (mut sent, mut kept) = (Vec::new(), 0);
        let mut left = standing.files.clone();
        for file in release.files() {
            let known = standing.at(&file.path);
            if let Some((name, _)) = &known {
                left.remove(name);
            }
            match difference(file, known.map(|(_, entry)| entry)) {
                Some((change, reason)) => sent.push(Sent { file: file.clone(), change, reason }),
                None => kept += 1,
            }
        }
        // What it will be is known when it is known which files are listed.
        let list = left.remove(&Name::Path(SUMS.to_string()));
        let gone = left.into_iter().map(|(name, entry)| Gone { path: name.path(), name, entry }).collect();
        Self { sent, gone, kept, stood: standing.count(), list, sent_again, headers }
    }

    /// Whether the host has what it should have. What waits to be deleted waits on.
    pub fn is_empty(&self) -> bool {
        self.sent.is_empty()
            && self.list.is_none_or(|list| list.sha256.is_some())
            && self.gone.iter().all(|gone| gone.entry.mark == Mark::Retired)
    }

    /// The paths of what is to be sent.
    pub fn sent_paths(&self) -> impl Iterator<Item = &str> {
        self.sent.iter().map(|sent| sent.file.path.as_str())
    }

    /// The paths at which there was nothing of the site before.
    pub fn created_paths(&self) -> impl Iterator<Item = &str> {
        let created = self.sent.iter().filter(|sent| sent.change == Change::Create);
        created.map(|sent| sent.file.path.as_str())
    }

    /// How many files the site no longer has of which only the digest of the path is known.
    pub fn hidden(&self) -> usize {
        self.gone.iter().filter(|gone| gone.path.is_none()).count()
    }

    /// Finds those among the paths of all files that stand there.
    pub fn find(&mut self, paths: Vec<String>) {
        let paths: BTreeMap<Name, String> =
            paths.into_iter().map(|path| (Name::unlisted(&path), path)).collect();
        for gone in self.gone.iter_mut().filter(|gone| gone.path.is_none()) {
            gone.path = paths.get(&gone.name).cloned();
        }
    }
}

impl Plan {
    /// Orders what is different. What cannot be found any more is left where it is.
    pub fn of(differences: Differences, release: &Release, labels: &Labels) -> Self {
        let Differences { sent, gone, kept, stood, list, sent_again, headers } = differences;
        let mut steps: Vec<Step> = sent.into_iter().map(|sent| step(sent, labels)).collect();
        if let Some(sums) = release.sums() {
            let difference = match list.map(|list| list.sha256) {
                None => Some((Change::Create, "new")),
                Some(None) => Some((Change::Update, "perhaps other bytes")),
                Some(known) if known != Some(sums.sha256) => Some((Change::Update, "other bytes")),
                Some(_) => sent_again.map(|reason| (Change::Update, reason)),
            };
            let sent = difference.map(|(change, reason)| Sent { file: sums.clone(), change, reason });
            steps.extend(sent.map(|sent| step(sent, labels)));
        }
        steps.sort_by(|a, b| (a.stage, &a.path).cmp(&(b.stage, &b.path)));
        let mut deleted: Vec<Step> = gone.into_iter().filter_map(farewell).collect();
        deleted.sort_by(|a, b| a.path.cmp(&b.path));
        steps.extend(deleted);
        let result = result(release, labels, &steps, headers);
        Self { steps, kept, stood, result }
    }

    /// The steps that send something, in order.
    pub fn sent(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| matches!(step.change, Change::Create | Change::Update))
    }

    /// The steps that delete something, in order.
    pub fn deleted(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.change == Change::Delete)
    }

    /// How many steps do this.
    pub fn count(&self, change: Change) -> usize {
        self.steps.iter().filter(|step| step.change == change).count()
    }

    /// Which share of the files that stood there is deleted, in percent, rounded up. What was only left for late readers
    /// does not count.
    pub fn shrink_percent(&self) -> usize {
        let gone = self.steps.iter().filter(|step| step.counts_as_loss()).count();
        (gone * 100).div_ceil(self.stood.max(1))
    }

    /// The same for keeping at the host while it is done.
    pub fn underway(&self) -> Underway {
        Underway {
            headers: self.result.headers,
            sent: self.sent().map(|step| (step.name.clone(), step.entry)).collect(),
            deleted: self.deleted().map(|step| step.name.clone()).collect(),
        }
    }
}

impl Step {
    fn counts_as_loss(&self) -> bool {
        self.change == Change::Delete && self.entry.mark == Mark::Present
    }

    /// Whether its name holds a hash of its bytes.
    pub fn is_hashed(&self) -> bool {
        self.entry.mark == Mark::Hashed
    }
}

fn step(sent: Sent, labels: &Labels) -> Step {
    let Sent { file: File { path, size, sha256, .. }, change, reason } = sent;
    let label = labels.of(&path);
    let name = if label.is_listed { Name::Path(path.clone()) } else { Name::unlisted(&path) };
    let entry = Entry { sha256: Some(sha256), mark: label.mark() };
    Step { change, path, reason, cause: label.cause, stage: label.stage, size, name, entry }
}

/// What becomes of a file that the site no longer has; none where it cannot be found any more.
fn farewell(gone: Gone) -> Option<Step> {
    let Gone { name, entry, path } = gone;
    let path = path?;
    let (change, reason) = match entry.mark {
        Mark::Hashed => (Change::Retire, "a page that was read before may want it"),
        Mark::Retired => (Change::Delete, "no page wants it any more"),
        Mark::Present => (Change::Delete, "the site no longer has it"),
    };
    Some(Step { change, path, reason, cause: String::new(), stage: Stage::Last, size: 0, name, entry })
}

/// What stands there when all steps are done.
fn result(release: &Release, labels: &Labels, steps: &[Step], headers: Sha256) -> Standing {
    let mut files: BTreeMap<Name, Entry> = BTreeMap::new();
    for file in release.files().iter().chain(release.sums()) {
        let label = labels.of(&file.path);
        let name = if label.is_listed { Name::Path(file.path.clone()) } else { Name::unlisted(&file.path) };
        files.insert(name, Entry { sha256: Some(file.sha256), mark: label.mark() });
    }
    let retired = steps.iter().filter(|step| step.change == Change::Retire);
    files.extend(retired.map(|step| (step.name.clone(), Entry { mark: Mark::Retired, ..step.entry })));
    Standing { headers: Some(headers), files }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAGES: [(&str, Stage); 7] = [
        ("assets/a.1.css", Stage::Files),
        ("assets/a.2.css", Stage::Files),
        ("a/index.html", Stage::Pages),
        ("b/index.html", Stage::Pages),
        ("quiet/index.html", Stage::Pages),
        ("index.html", Stage::Lists),
        ("record.json", Stage::Last),
    ];

    fn headers() -> Sha256 {
        Sha256::of(b"rules")
    }

    /// What is planned when these files take the place of what stands there.
    fn plan(files: &[(&str, &str)], standing: &Standing) -> Plan {
        let (release, labels) = (Release::of(files), Labels::of_paths(&STAGES));
        let mut differences = Differences::of(&release, standing, headers(), Extent::Changed);
        differences.find(STAGES.iter().map(|(path, _)| (*path).to_string()).collect());
        Plan::of(differences, &release, &labels)
    }

    fn steps(plan: &Plan) -> Vec<(Change, &str)> {
        plan.steps.iter().map(|step| (step.change, step.path.as_str())).collect()
    }

    const FIRST: [(&str, &str); 5] = [
        ("record.json", "1"),
        ("index.html", "1"),
        ("a/index.html", "1"),
        ("assets/a.1.css", "1"),
        ("quiet/index.html", "1"),
    ];

    #[test]
    fn what_a_file_refers_to_comes_before_it_and_deletions_come_last() {
        let first = plan(&FIRST, &Standing::default());
        let paths: Vec<&str> = first.steps.iter().map(|step| step.path.as_str()).collect();
        assert_eq!(
            paths,
            ["assets/a.1.css", "a/index.html", "quiet/index.html", "index.html", "record.json"]
        );
        let second = plan(&[("record.json", "2"), ("index.html", "2"), ("b/index.html", "2")], &first.result);
        assert_eq!(
            steps(&second),
            [
                (Change::Create, "b/index.html"),
                (Change::Update, "index.html"),
                (Change::Update, "record.json"),
                (Change::Delete, "a/index.html"),
                (Change::Retire, "assets/a.1.css"),
                (Change::Delete, "quiet/index.html"),
            ]
        );
        assert_eq!(second.shrink_percent(), 40, "two pages of five files; what is only retired is no loss");
    }

    #[test]
    fn a_hashed_file_goes_a_release_later_unless_it_is_wanted_again() {
        let first = plan(&[("a/index.html", "1"), ("assets/a.1.css", "1")], &Standing::default());
        let second = plan(&[("a/index.html", "2"), ("assets/a.2.css", "2")], &first.result);
        assert!(steps(&second).contains(&(Change::Retire, "assets/a.1.css")));
        let third = plan(&[("a/index.html", "3"), ("assets/a.2.css", "2")], &second.result);
        assert_eq!(steps(&third), [(Change::Update, "a/index.html"), (Change::Delete, "assets/a.1.css")]);
        let back = plan(&[("a/index.html", "1"), ("assets/a.1.css", "1")], &second.result);
        assert!(steps(&back).contains(&(Change::Update, "assets/a.1.css")));
        assert!(steps(&back).contains(&(Change::Retire, "assets/a.2.css")));
    }

    #[test]
    fn where_nothing_differs_nothing_is_planned() {
        let first = plan(&FIRST, &Standing::default());
        let is_empty = |headers, extent| {
            Differences::of(&Release::of(&FIRST), &first.result, headers, extent).is_empty()
        };
        assert!(is_empty(headers(), Extent::Changed));
        assert!(!is_empty(Sha256::of(b"others"), Extent::Changed));
        assert!(!is_empty(headers(), Extent::Everything));
    }

    #[test]
    fn a_hashed_file_stays_for_late_readers_even_if_everything_is_sent_or_a_deploy_was_broken_off() {
        let first = plan(&[("a/index.html", "1"), ("assets/a.1.css", "1")], &Standing::default());
        let second = [("a/index.html", "2"), ("assets/a.2.css", "2")];
        let (release, labels) = (Release::of(&second), Labels::of_paths(&STAGES));
        let all = Differences::of(&release, &first.result, headers(), Extent::Everything);
        let retires = (Change::Retire, "assets/a.1.css");
        assert!(steps(&Plan::of(all, &release, &labels)).contains(&retires));
        let unknown = Standing::default().interrupted(&first.underway(), 0);
        let after = plan(&second, &unknown);
        assert!(steps(&after).contains(&retires));
        assert!(Differences::of(&release, &after.result, headers(), Extent::Changed).is_empty());
    }

    #[test]
    fn a_first_deploy_that_was_broken_off_goes_on_where_it_was() {
        let first = plan(&FIRST, &Standing::default());
        let known = Standing::default().interrupted(&first.underway(), 3);
        let rest = plan(&FIRST, &known);
        assert_eq!(steps(&rest), [(Change::Update, "index.html"), (Change::Update, "record.json")]);
        assert_eq!(rest.kept, 3);
    }
}
