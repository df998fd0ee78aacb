//! What must hold after a build. Knows files and reports, and nothing of edits but what they allow.

use super::allowance::{May, Seen};
use super::scratch::Files;

/// Lists the files of ours; neither made nor counted.
pub const MANIFEST: &str = ".bulletin";

/// A build that succeeded: the output folder before and after, and what a clean build of the same site gives.
pub struct Case<'f> {
    pub before: &'f Files,
    pub after: &'f Files,
    pub clean: &'f Files,
    /// The names of outputs that the build says it made.
    pub made: &'f [String],
    /// What the edits since the last good build allow.
    pub may: &'f [May],
    /// Whether a file is somebody else's.
    pub foreign: &'f dyn Fn(&str) -> bool,
}

/// Everything that is not as it must be.
pub fn complaints(case: &Case<'_>) -> Vec<String> {
    let mut complaints = equal(case);
    complaints.extend(names(case));
    for path in differing(case.before, case.after).iter().filter(|path| case.after.contains_key(*path)) {
        if path != MANIFEST && !case.made.contains(path) {
            complaints.push(format!("{path} differs from before, and is not among those made"));
        }
    }
    for path in case.made {
        let (before, after) = (case.before.get(path), case.after.get(path));
        let seen = Seen { path, before: before.map(Vec::as_slice), after: after.map(Vec::as_slice) };
        if before == after && !case.may.iter().any(|may| may.allows(seen)) {
            complaints.push(format!("{path} was made for nothing"));
        }
    }
    complaints
}

/// The output is that of a clean build, and somebody else's files are as they were.
fn equal(case: &Case<'_>) -> Vec<String> {
    let mut complaints = Vec::new();
    let (ours, theirs): (Files, Files) =
        case.after.clone().into_iter().partition(|(path, _)| !(case.foreign)(path));
    for path in differing(&ours, case.clean) {
        let text = |files: &Files| files.get(&path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        complaints.push(match (text(&ours), text(case.clean)) {
            (None, _) => format!("{path} is missing"),
            (_, None) => format!("{path} should be gone"),
            (Some(ours), Some(clean)) => format!("{path} differs:\n{}", difference(&ours, &clean)),
        });
    }
    for (path, bytes) in case.before.iter().filter(|(path, _)| (case.foreign)(path)) {
        if theirs.get(path) != Some(bytes) {
            complaints.push(format!("{path} is somebody else's, and was touched"));
        }
    }
    complaints
}

/// What is said to be made is in order, said once, and there.
fn names(case: &Case<'_>) -> Vec<String> {
    let mut complaints = Vec::new();
    if !case.made.is_sorted_by(|one, next| one < next) {
        complaints.push(format!("what was made is not in order: {:?}", case.made));
    }
    let absent = case.made.iter().filter(|path| !case.after.contains_key(*path));
    complaints.extend(absent.map(|path| format!("{path} was made and is not there")));
    complaints
}

/// The paths of files that are not the same in both.
pub fn differing(one: &Files, other: &Files) -> Vec<String> {
    let mut paths: Vec<String> = one.keys().chain(other.keys()).cloned().collect();
    paths.sort_unstable();
    paths.dedup();
    paths.retain(|path| one.get(path) != other.get(path));
    paths
}

/// The first lines that differ.
fn difference(ours: &str, clean: &str) -> String {
    let mut lines = ours.lines().zip(clean.lines());
    match lines.find(|(ours, clean)| ours != clean) {
        Some((ours, clean)) => format!("      incremental: {ours}\n      clean:       {clean}"),
        None => format!("      {} bytes, and {} in a clean build", ours.len(), clean.len()),
    }
}
