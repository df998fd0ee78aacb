//! What a session knows of its site and of its output folder.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::texts::Holders;
use super::{Run, Seen};
use crate::catalog::PageId;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::engine::compare::{self, Old, OldPages, Stuck};
use crate::engine::folder::{Folder, MANIFEST, Ours};
use crate::engine::ledger::{Head, Kept, Ledger, Output, PagesPart, Recall, Source};
use crate::engine::report::{Report, Written};
use crate::engine::scene::{Parts, Planned, Scene, Settings};
use crate::engine::standing::Standing;
use crate::engine::{Request, Stop, read};
use crate::source::tree::{Looked, Tree};

/// What is known.
#[derive(Default)]
pub(super) struct State {
    /// The settings and files, as they were looked at last.
    pub scene: Option<Scene>,
    /// What was wrong when the files were listed last.
    pub listing: Vec<Diagnostic>,
    /// What the pages are.
    pub pages: Pages,
    /// What stands once; none before the first build.
    pub head: Option<Head>,
    /// What was recorded of the outputs; none if nothing was.
    pub outputs: Option<Vec<Output>>,
    /// What still stands of them.
    pub standing: Standing,
    /// Their paths, if somebody has asked for them.
    pub ours: Option<Ours>,
    /// Files that cannot be understood, while their pages stay.
    pub stuck: BTreeMap<String, Stuck>,
    /// Which outputs hold texts of other pages, once somebody has asked.
    pub holders: Option<Holders>,
    /// Outputs that could not be made, as numbers of the plan.
    pub failed: Vec<usize>,
    /// Of the settings that were used last.
    pub asked: Option<Digest>,
    /// Whether the ledger on disk is behind.
    pub unsaved: bool,
    /// Whether the last build had errors.
    pub mistaken: bool,
    /// Whether templates were at fault in it.
    pub blundered: bool,
    begun: bool,
}

/// Where the pages are.
#[derive(Default)]
pub(super) enum Pages {
    /// Nowhere.
    #[default]
    Nowhere,
    /// In the ledger, as long as nobody needs them.
    Ledger(Box<Ledger>),
    /// In memory, with all that they amount to.
    Memory(Box<Parts>),
}

/// Stands for settings that no site has.
pub(super) fn of_doubt() -> Digest {
    Digest::of(b"a session that does not know")
}

impl State {
    /// The first build begins with what the last process remembered; returns why that cannot be used.
    pub(super) fn begin(&mut self, folder: &Folder) -> Option<String> {
        if std::mem::replace(&mut self.begun, true) {
            return None;
        }
        let (ledger, notice) = folder.ledger();
        if let Some(mut ledger) = ledger {
            self.head = Some(ledger.head.clone());
            self.asked = Some(ledger.head.request);
            let outputs = std::mem::take(&mut ledger.outputs);
            self.outputs = Some(outputs);
            self.pages = Pages::Ledger(ledger);
        }
        notice
    }

    /// Whether there is something that was made before.
    pub(super) fn has_output(&self) -> bool {
        self.outputs.as_ref().is_some_and(|outputs| !outputs.is_empty())
    }

    /// Nobody knows whether the outputs are what they should be.
    pub(super) fn doubt(&mut self) {
        self.head.iter_mut().for_each(|head| head.request = of_doubt());
        self.ours = None;
    }

    /// Until when all is as it is.
    pub(super) fn until(&self) -> Option<Timestamp> {
        self.head.as_ref()?.until
    }

    /// A report of what was there already.
    pub(super) fn report(&self) -> Report {
        let Some(head) = &self.head else { return Report::default() };
        let outputs = self.outputs.as_deref().unwrap_or_default();
        // One is the manifest.
        let has_manifest = outputs.binary_search_by(|output| output.path.as_str().cmp(MANIFEST)).is_ok();
        let files = outputs.len() - usize::from(has_manifest);
        let written = Some(Written { files, ..Written::default() });
        Report { until: head.until, written, ..Report::remembered(&head.summary) }
    }

    /// Looks at the files again where they may have changed; returns which were looked at, unless all were.
    pub(super) fn look(&mut self, run: Run<'_>, settings: Settings, seen: &Seen) -> Result<Looked, Stop> {
        let looked = match (&mut self.scene, seen) {
            (Some(scene), Seen::At(paths)) => scene.tree.look(paths, &self.listing)?,
            _ => Looked::Unclear,
        };
        let tree = match (self.scene.take(), &looked) {
            (Some(scene), Looked::At(_)) => scene.tree,
            _ => {
                self.listing.clear();
                let tree: Tree = read::tree(&run.request.root, &mut self.listing)?;
                let outputs = self.outputs.as_deref().unwrap_or_default();
                self.standing = Standing::of(outputs, &run.folder.path);
                tree
            }
        };
        self.scene = Some(settings.with(tree, &self.listing));
        Ok(looked)
    }

    /// What was known of the files before.
    pub(super) fn old(&self) -> Option<Old<'_>> {
        match &self.pages {
            Pages::Nowhere => None,
            Pages::Ledger(ledger) => Some(Old::of(ledger)),
            Pages::Memory(parts) => {
                let reading = self.head.as_ref().map_or_else(of_doubt, |head| head.reading);
                let pages = OldPages::Memory(parts.catalog.pages());
                Some(Old { sources: &parts.sources, reading, pages })
            }
        }
    }

    /// The pages in memory that cannot be made from their files.
    pub(super) fn stuck_pages(
        parts: &Parts,
        stuck: &BTreeMap<String, Stuck>,
    ) -> std::collections::BTreeSet<PageId> {
        let below = |file: &'_ str| parts.catalog.page_of_path(file.strip_prefix("content/")?);
        stuck.keys().filter_map(|file| below(file)).collect()
    }

    /// Writes the ledger, if the one on disk is behind; returns why not, if it failed.
    pub(super) fn remember(&mut self, request: &Request, folder: &Folder) -> Option<String> {
        if matches!(self.pages, Pages::Ledger(_)) {
            // Now is the time to decode them.
            self.wake(request, folder).ok();
        }
        let recall = self.recall();
        let (Pages::Memory(parts), Some(head), true) = (&self.pages, &self.head, self.unsaved) else {
            return None;
        };
        let mut head = head.clone();
        if self.mistaken {
            // The next process looks at everything.
            head.request = of_doubt();
        }
        if !self.stuck.is_empty() {
            // The pages that stayed may have been read in another way.
            head.reading = of_doubt();
        }
        let sources = self.sources_to_keep(parts);
        let outputs = self.outputs.as_deref().unwrap_or_default();
        let pages = PagesPart::Pages(parts.catalog.pages(), recall.as_ref());
        let kept =
            Kept { head: &head, sources: sources.as_deref().unwrap_or(&parts.sources), pages, outputs };
        match kept.save(folder.ledger_path()?) {
            Ok(()) => {
                self.unsaved = false;
                None
            }
            Err(fault) => Some(format!("this build is not remembered: {fault}")),
        }
    }

    /// What was found out, for a run that finds only other texts; none where something is not what the files say.
    fn recall(&mut self) -> Option<Recall> {
        let is_sound = !self.mistaken && self.stuck.is_empty() && self.failed.is_empty();
        let (Pages::Memory(parts), Some(scene)) = (&mut self.pages, &self.scene) else { return None };
        let of = |planned: Planned<'_>| Recall::of(planned.world, &planned.plan.targets);
        (is_sound && self.unsaved).then(|| parts.lend(scene, Vec::new(), of))
    }

    /// The sources as the next process is to know them, if that is not how they are: what has a mistake is to be read
    /// again, because its page is not what the file says.
    fn sources_to_keep(&self, parts: &Parts) -> Option<Vec<Source>> {
        let is_spoilt = |source: &Source| {
            self.stuck.contains_key(&source.path) || source.said.iter().any(Diagnostic::is_error)
        };
        if !parts.sources.iter().any(is_spoilt) {
            return None;
        }
        let mut sources = parts.sources.clone();
        for source in sources.iter_mut().filter(|source| is_spoilt(source)) {
            source.stamp = None;
            source.digest = of_doubt();
        }
        Some(sources)
    }

    /// What was wrong with the content when it was looked at last.
    pub(super) fn said_of_content(&self) -> Vec<Diagnostic> {
        let sources = match &self.pages {
            Pages::Memory(parts) => &parts.sources[..],
            _ => &[],
        };
        let between = self.head.iter().flat_map(|head| &head.said);
        self.listing.iter().chain(compare::said(sources, &self.stuck)).chain(between).cloned().collect()
    }

    /// What is wrong with the settings and the files, each by itself.
    pub(super) fn said_by_files(&self, scene: &Scene) -> Vec<Diagnostic> {
        let mut said = scene.said.clone();
        let sources = match &self.pages {
            Pages::Nowhere => &[][..],
            Pages::Ledger(ledger) => &ledger.sources,
            Pages::Memory(parts) => &parts.sources,
        };
        said.extend(compare::said(sources, &self.stuck).cloned());
        said
    }
}
