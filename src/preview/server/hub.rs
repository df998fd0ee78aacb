//! The hub: what changed and when, for browsers that ask.
//!
//! Nobody has a queue here: each change gets a number, and whoever comes back with the number that he has seen learns what
//! is new to him. So a slow reader costs nothing, and nothing is lost between two connections. Knows no HTTP.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::diagnostic::{Diagnostic, Severity, overlay};

/// So many replaced outputs are remembered; whoever has not heard for longer reloads. About a megabyte.
const REMEMBERED_MAX: usize = 16_384;

/// What browsers are told. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Hub {
    shared: Arc<Shared>,
}

struct Shared {
    /// Tells this server from the one that listened here before.
    run: u64,
    state: Mutex<State>,
    /// The number of the last change, for those who wait.
    beat: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    generation: u64,
    /// What was replaced or went, oldest first.
    recent: VecDeque<(u64, Arc<str>)>,
    /// The last change of which something is not remembered any more.
    forgotten: u64,
    /// The overlay as JSON; empty without mistakes.
    mistakes: Arc<str>,
    /// The change that brought or took them.
    mistaken: u64,
    /// The outputs that are open, with the number of tabs.
    open: BTreeMap<String, usize>,
    tabs: usize,
}

/// What is new to one who has seen the changes up to some number.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct News {
    /// The last change that is covered.
    pub generation: u64,
    /// His page changed, or may have.
    pub reload: bool,
    /// The outputs that changed, his page's own excepted; no page is among them.
    pub outputs: Vec<Arc<str>>,
    /// What the overlay shows, if that changed.
    pub mistakes: Option<Arc<str>>,
}

/// A page that is open in a browser, for as long as this lives.
pub(super) struct Watching {
    hub: Hub,
    pages: Vec<String>,
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hub").field("generation", &self.state().generation).finish_non_exhaustive()
    }
}

impl Hub {
    /// A hub to which nothing has happened.
    pub fn new() -> Self {
        // No clock and no counter would do: only a number by chance differs from that of every earlier run.
        let run = RandomState::new().build_hasher().finish();
        let shared = Shared { run, state: Mutex::default(), beat: watch::Sender::new(0) };
        Hub { shared: Arc::new(shared) }
    }

    /// These outputs have other bytes than before, or are gone: paths below the output folder, with `/`.
    pub fn changed(&self, replaced: &[String], removed: &[String]) {
        if replaced.is_empty() && removed.is_empty() {
            return;
        }
        let mut state = self.state();
        state.generation += 1;
        let generation = state.generation;
        let outputs = replaced.iter().chain(removed);
        let recent = outputs.take(REMEMBERED_MAX + 1).map(|output| (generation, Arc::from(output.as_str())));
        state.recent.extend(recent);
        while state.recent.len() > REMEMBERED_MAX {
            state.forgotten = state.recent.pop_front().map_or(state.forgotten, |(number, _)| number);
        }
        self.beat(state);
    }

    /// Nobody knows what has changed: all that is open is read again.
    pub fn forget(&self) {
        let mut state = self.state();
        state.generation += 1;
        state.forgotten = state.generation;
        state.recent.clear();
        self.beat(state);
    }

    /// The mistakes that stand; the overlay shows them, and goes when there are none. Warnings alone show none.
    pub fn mistakes(&self, diagnostics: &[Diagnostic]) {
        let wrong = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        self.overlay(if wrong { overlay::text(diagnostics) } else { String::new() });
    }

    /// The machine failed: the overlay says so until a build says what stands.
    pub fn fault(&self, why: &str) {
        self.overlay(overlay::fault(why));
    }

    fn overlay(&self, text: String) {
        let mut state = self.state();
        if *state.mistakes == *text {
            return;
        }
        state.generation += 1;
        state.mistaken = state.generation;
        state.mistakes = Arc::from(text);
        self.beat(state);
    }

    /// The outputs that are open in some browser, sorted.
    pub fn watched(&self) -> Vec<String> {
        self.state().open.keys().cloned().collect()
    }

    /// Whether mistakes stand.
    pub(super) fn mistaken(&self) -> bool {
        !self.state().mistakes.is_empty()
    }

    /// The number of tabs that listen.
    pub(super) fn tabs(&self) -> usize {
        self.state().tabs
    }

    /// What a page that is read now has seen, as a word for its script to bring back.
    pub(super) fn word(&self) -> String {
        self.word_of(self.generation())
    }

    /// The word for a change.
    pub(super) fn word_of(&self, generation: u64) -> String {
        format!("{:016x}-{generation}", self.shared.run)
    }

    /// The number of the last change.
    pub(super) fn generation(&self) -> u64 {
        self.state().generation
    }

    /// The change that a word stands for; none if another run gave it.
    pub(super) fn seen(&self, word: &str) -> Option<u64> {
        let (run, generation) = word.split_once('-')?;
        let same = u64::from_str_radix(run, 16) == Ok(self.shared.run);
        generation.parse().ok().filter(|generation| same && *generation <= self.state().generation)
    }

    /// What is new since a change to somebody who looks at these outputs.
    pub(super) fn news(&self, since: u64, pages: &[String]) -> News {
        let state = self.state();
        let mut news = News { generation: state.generation, ..News::default() };
        news.mistakes = (state.mistaken > since).then(|| Arc::clone(&state.mistakes));
        news.reload = state.forgotten > since;
        for (_, output) in state.recent.iter().rev().take_while(|(number, _)| *number > since) {
            if pages.iter().any(|page| **page == **output) {
                news.reload = true;
            } else if !is_page(output) && !news.outputs.contains(output) {
                news.outputs.push(Arc::clone(output));
            }
            // A page that is read again has everything, and a list without end would take its time.
            if news.reload || news.outputs.len() > OUTPUTS_MAX {
                news.reload = true;
                news.outputs.clear();
                break;
            }
        }
        news.outputs.sort();
        news
    }

    /// The overlay as it stands now.
    pub(super) fn standing(&self) -> Arc<str> {
        Arc::clone(&self.state().mistakes)
    }

    /// Somebody opened a page.
    pub(super) fn watch(&self, pages: &[String]) -> Watching {
        let mut state = self.state();
        state.tabs += 1;
        for page in pages {
            *state.open.entry(page.clone()).or_default() += 1;
        }
        Watching { hub: self.clone(), pages: pages.to_vec() }
    }

    /// Wakes whoever holds it at each change.
    pub(super) fn beats(&self) -> watch::Receiver<u64> {
        self.shared.beat.subscribe()
    }

    fn beat(&self, state: MutexGuard<'_, State>) {
        let generation = state.generation;
        drop(state);
        // Two threads may come here in the wrong order; waiters only need to wake.
        self.shared.beat.send_modify(|last| *last = generation.max(*last));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// More changed files than this are not named one by one: the page is read again.
const OUTPUTS_MAX: usize = 200;

/// Whether the output is a page, which nobody but its own tabs needs to hear of.
fn is_page(output: &str) -> bool {
    output.ends_with(".html") || output.ends_with(".htm")
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut state = self.hub.state();
        state.tabs -= 1;
        for page in &self.pages {
            if let Some(tabs) = state.open.get_mut(page) {
                *tabs -= 1;
            }
        }
        state.open.retain(|_, tabs| *tabs > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(outputs: &[&str]) -> Vec<String> {
        outputs.iter().map(|&output| output.to_owned()).collect()
    }

    #[test]
    fn a_page_hears_of_itself_and_of_what_is_no_page() {
        let hub = Hub::new();
        hub.changed(&list(&["a/index.html", "style.css"]), &list(&["map.png"]));
        assert!(hub.news(0, &list(&["a/index.html"])).reload);
        let other = hub.news(0, &list(&["b/index.html"]));
        assert!(!other.reload);
        assert_eq!(other.outputs, [Arc::from("map.png"), Arc::from("style.css")]);
        let seen = hub.news(other.generation, &list(&["a/index.html"]));
        assert_eq!(seen, News { generation: 1, ..News::default() });
    }

    #[test]
    fn what_is_forgotten_reloads() {
        let hub = Hub::new();
        let many: Vec<String> = (0..REMEMBERED_MAX).map(|number| format!("{number}/index.html")).collect();
        hub.changed(&many, &[]);
        let page = list(&["x/index.html"]);
        assert!(!hub.news(0, &page).reload);
        hub.changed(&list(&["y/index.html"]), &[]);
        assert!(hub.news(0, &page).reload, "the first change is not known in full");
        assert!(!hub.news(1, &page).reload);
        assert_eq!(hub.state().recent.len(), REMEMBERED_MAX);
    }

    #[test]
    fn words_of_another_run_mean_nothing() {
        let hub = Hub::new();
        hub.changed(&list(&["a"]), &[]);
        assert_eq!(hub.seen(&hub.word()), Some(1));
        assert_eq!(hub.seen(&Hub::new().word()), None);
        assert_eq!(hub.seen(&hub.word_of(2)), None, "it has not happened");
        assert_eq!(hub.seen("nonsense"), None);
    }

    #[test]
    fn warnings_alone_are_no_news() {
        let hub = Hub::new();
        hub.mistakes(&[Diagnostic::warning("file", "empty")]);
        assert_eq!(hub.news(0, &[]).mistakes, None);
        hub.mistakes(&[Diagnostic::error("file", "bad")]);
        hub.mistakes(&[Diagnostic::error("file", "bad")]);
        let news = hub.news(0, &[]);
        assert_eq!(news.generation, 1, "the same again is no news");
        assert!(news.mistakes.is_some_and(|text| text.contains("bad")));
        hub.mistakes(&[]);
        assert_eq!(hub.news(1, &[]).mistakes.as_deref(), Some(""));
    }

    #[test]
    fn what_is_open_is_known_while_it_is_open() {
        let hub = Hub::new();
        let first = hub.watch(&list(&["a/index.html"]));
        let second = hub.watch(&list(&["a/index.html", "b"]));
        assert_eq!(hub.watched(), ["a/index.html", "b"]);
        drop(second);
        assert_eq!(hub.watched(), ["a/index.html"]);
        drop(first);
        assert_eq!((hub.watched().len(), hub.tabs()), (0, 0));
    }
}
