//! A build after which anything may be different: files are compared, pages brought together, keys compared.

use std::collections::BTreeMap;
use std::mem::take;

use jiff::Timestamp;

use super::mistaken::Audience;
use super::state::{Pages, State};
use super::{Run, mistaken};
use crate::catalog::PageId;
use crate::diagnostic::{self, Diagnostic};
use crate::engine::build::{held_until, is_same_world};
use crate::engine::compare::{self, Began, Change, Compared, Spoilt, Stuck};
use crate::engine::folder::{Folder, MANIFEST};
use crate::engine::ledger::Head;
use crate::engine::make::{Look, Mercy};
use crate::engine::report::Report;
use crate::engine::scene::{Parts, ReadTheme, Scene};
use crate::engine::standing::Standing;
use crate::engine::timings::Stages;
use crate::engine::work::{Built, InPlace, Work};
use crate::engine::{Request, Silent, Stop};
use crate::source::page::Page;
use crate::source::tree::THEMES;

/// What a comparison found, beside the files themselves.
struct Found {
    /// Files that changed, by path; none if nothing was remembered.
    sources: Vec<String>,
    changed: usize,
    warm: bool,
    /// The pages of which nothing but the text changed, if nothing else changed anywhere.
    texts: Option<Vec<PageId>>,
}

impl State {
    /// Brings everything up to date.
    pub(super) fn gather(&mut self, run: Run<'_>, stages: &mut Stages<'_>) -> Result<Report, Stop> {
        let scene = self.scene.take().expect("the files were looked at");
        let result = self.gathered(run, &scene, stages);
        self.scene = Some(scene);
        let mut report = result?;
        self.mistaken = report.failed();
        report.until = self.until();
        Ok(report)
    }

    fn gathered(&mut self, run: Run<'_>, scene: &Scene, stages: &mut Stages<'_>) -> Result<Report, Stop> {
        let began =
            Began { instant: run.folder.instant, progress: run.progress, spoilt: Spoilt::Kept(&self.stuck) };
        let compared = compare::compare(&scene.tree, &scene.site, self.old(), &began)?.detached();
        stages.end("compare");
        let same = self.head.as_ref().is_some_and(|head| is_same_world(head, scene, run.request.now));
        let found = self.found(&compared, (scene, same));
        let calm = self.failed.is_empty() && !self.blundered;
        if same && calm && compared.change == Change::Nothing && self.standing.is_whole() {
            return Ok(self.nothing_changed(compared, (scene, found)));
        }
        // A ledger may turn out to be damaged where its pages are: then all files are read.
        if !self.bring_together(run.request, scene, (compared, &found))? {
            (self.pages, self.stuck) = (Pages::Nowhere, BTreeMap::new());
            return self.gathered(run, scene, stages);
        }
        stages.end("plan");
        let texts = found.texts.clone().filter(|_| calm && self.stuck.is_empty());
        let mut report = self.carry_out(run, (scene, texts), stages)?;
        (report.sources, report.changed_sources, report.warm) = (found.sources, found.changed, found.warm);
        Ok(report)
    }

    /// What the comparison says to somebody who knows what was there before.
    fn found(&self, compared: &Compared<'_>, (scene, same): (&Scene, bool)) -> Found {
        let warm = self.old().is_some();
        let mut sources = compared.named.clone();
        let digest =
            |stuck: &BTreeMap<String, Stuck>, file: &String| stuck.get(file).map(|stuck| stuck.digest);
        let stuck = self.stuck.keys().chain(compared.stuck.keys());
        sources
            .extend(stuck.filter(|file| digest(&self.stuck, file) != digest(&compared.stuck, file)).cloned());
        if self.asked.is_some_and(|asked| asked != scene.request) {
            sources.push(scene.settings.clone());
        }
        sources.sort_unstable();
        sources.dedup();
        let changed = if warm { sources.len() } else { compared.changed };
        let texts = match &compared.change {
            Change::Nothing if same => Some(Vec::new()),
            Change::Texts(pages) if same => Some(pages.iter().copied().map(PageId::at).collect()),
            _ => None,
        };
        Found { sources, changed, warm, texts }
    }

    fn nothing_changed(&mut self, compared: Compared<'static>, (scene, found): (&Scene, Found)) -> Report {
        self.asked = Some(scene.request);
        self.stuck = compared.stuck;
        let sources = compared.sources.into_owned();
        let known = match &mut self.pages {
            Pages::Nowhere => unreachable!("something is known that nothing differs from"),
            Pages::Ledger(ledger) => &mut ledger.sources,
            Pages::Memory(parts) => &mut parts.sources,
        };
        self.unsaved |= *known != sources;
        *known = sources;
        let mut said = self.said_by_files(scene);
        said.extend(self.head.iter().flat_map(|head| &head.said).cloned());
        let report = self.report();
        let (sources, changed_sources) = (found.sources, found.changed);
        Report { diagnostics: diagnostic::sorted(said), sources, changed_sources, ..report }
    }

    /// Makes of the files all that the site consists of, in memory; false if the pages cannot be had.
    fn bring_together(
        &mut self,
        request: &Request,
        scene: &Scene,
        (mut compared, found): (Compared<'static>, &Found),
    ) -> Result<bool, Stop> {
        let stuck = take(&mut compared.stuck);
        let theme = match self.is_same_theme(scene, found) {
            true => None,
            false => Some(ReadTheme::of(scene, &compared.sources)?),
        };
        let mut old_theme = None;
        let pages = take(&mut self.pages);
        let before = || match pages {
            Pages::Nowhere => None,
            Pages::Ledger(ledger) => ledger.pages(),
            Pages::Memory(parts) => {
                let (pages, theme) = parts.into_pages();
                old_theme = Some(theme);
                Some::<Vec<Page>>(pages)
            }
        };
        let Some(mut content) = compared.content(before) else { return Ok(false) };
        let before = self.head.as_ref().and_then(|head| head.from).unwrap_or(Timestamp::MIN);
        mistaken::spare(&mut content, &stuck, Audience { profile: request.profile, before });
        let theme = match theme {
            Some(theme) => theme.or_last(old_theme),
            None => match old_theme {
                Some(theme) => theme,
                None => ReadTheme::of(scene, &content.sources)?,
            },
        };
        let mut parts = Parts::together(scene, content, theme, request);
        parts.plan.bear();
        (self.pages, self.stuck) = (Pages::Memory(Box::new(parts)), stuck);
        Ok(true)
    }

    /// Whether the theme in memory is the one on disk.
    fn is_same_theme(&self, scene: &Scene, found: &Found) -> bool {
        let Pages::Memory(parts) = &self.pages else { return false };
        let is_theme = |file: &String| file.strip_prefix(THEMES).is_some_and(|rest| rest.starts_with('/'));
        parts.theme.loaded && self.asked == Some(scene.request) && !found.sources.iter().any(is_theme)
    }

    /// Makes what is stale, and puts it in place.
    fn carry_out(
        &mut self,
        run: Run<'_>,
        (scene, texts): (&Scene, Option<Vec<PageId>>),
        stages: &mut Stages<'_>,
    ) -> Result<Report, Stop> {
        self.asked = Some(scene.request);
        (self.ours, self.holders) = (None, None);
        self.unsaved = true;
        let said = self.said_by_files(scene);
        let mut head = self.head_of(scene)?;
        // Until all is in place, nobody knows.
        self.head = Some(head.clone());
        self.doubt();
        let Pages::Memory(parts) = &mut self.pages else { unreachable!("all is in memory") };
        let stuck = Self::stuck_pages(parts, &self.stuck);
        let work = Work {
            scene,
            folder: run.folder,
            recorded: self.outputs.as_deref(),
            standing: &self.standing,
            progress: run.progress,
            first: run.first,
            mercy: Mercy::For(&stuck),
        };
        let look = texts.as_deref().map_or(Look::Everywhere, Look::AtTexts);
        let built = parts
            .lend(scene, head.said.clone(), |mut planned| work.build(&mut planned, (look, said), stages))?;
        let Built { mut report, placed, blunders } = built;
        self.blundered = blunders > 0;
        let Some(InPlace { outputs, stamps, made, failed, .. }) = placed else {
            // Without a theme nothing can be made: all stays as it is.
            report.written = self.report().written;
            return Ok(report);
        };
        head.summary = report.summary();
        self.head = Some(head);
        let named = outputs.iter().filter(|output| output.path != MANIFEST).zip(made);
        report.made = named.filter(|(_, made)| *made).map(|(output, _)| output.path.clone()).collect();
        (self.outputs, self.standing, self.failed) = (Some(outputs), Standing(stamps), failed);
        Ok(report)
    }

    fn head_of(&self, scene: &Scene) -> Result<Head, Stop> {
        let Pages::Memory(parts) = &self.pages else { unreachable!("all is in memory") };
        let (from, until) = held_until(&scene.site, &parts.catalog);
        let reading = compare::reading(&scene.site);
        let summary = self.head.as_ref().map(|head| head.summary.clone()).unwrap_or_default();
        let said: Vec<Diagnostic> = parts.said(&scene.tree)?;
        Ok(Head { request: scene.request, reading, from, until, summary, said })
    }

    /// Decodes the pages of the ledger, if nothing has changed since it was written.
    pub(super) fn wake(&mut self, request: &Request, folder: &Folder) -> Result<(), Stop> {
        let Some(scene) = self.scene.take() else { return Ok(()) };
        let began = Began { instant: folder.instant, progress: &Silent, spoilt: Spoilt::Kept(&self.stuck) };
        let compared = compare::compare(&scene.tree, &scene.site, self.old(), &began).map(Compared::detached);
        let result = compared.and_then(|compared| {
            let found = self.found(&compared, (&scene, true));
            if compared.change != Change::Nothing {
                return Ok(());
            }
            if !self.bring_together(request, &scene, (compared, &found))? {
                self.doubt();
            }
            Ok(())
        });
        self.scene = Some(scene);
        result
    }
}
