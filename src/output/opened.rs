//! The file of a page, opened once for all that outputs show of it beside its card.
//!
//! Knows no HTML.

use std::sync::{Arc, Mutex, PoisonError};

use super::facts::NOTE;
use super::{Failure, World};
use crate::catalog::PageId;
use crate::source::card::Detailed;
use crate::source::details::{self, CitedSource, Details};

/// The file that was opened last: an output asks for the details of a page, then for its body, and the next output is
/// often made from the same page.
#[derive(Default)]
pub struct LastOpened(Mutex<Option<(PageId, Arc<Opened>)>>);

impl LastOpened {
    /// The file of a page.
    pub(super) fn opened(&self, world: &World<'_>, page: PageId) -> Result<Arc<Opened>, Failure> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, opened)) = last.as_ref().filter(|(own, _)| *own == page) {
            return Ok(Arc::clone(opened));
        }
        let opened = Arc::new(open(world, page)?);
        *last = Some((page, Arc::clone(&opened)));
        Ok(opened)
    }
}

/// The file of a page, read and taken apart once for all that an output shows of it.
pub(super) struct Opened {
    pub(super) text: String,
    /// What only the page itself shows.
    pub(super) details: Details,
}

/// Opens the file of page `id`.
fn open(world: &World<'_>, id: PageId) -> Result<Opened, Failure> {
    let text = world.page_text(id)?;
    let is_detailed = world.catalog.card(id).detailed == Detailed::Yes;
    let mut details = if is_detailed { details::read(&text, world.site) } else { Details::default() };
    share(world, id, &mut details.sources)?;
    for source in &mut details.sources {
        source.cited = cites(world, id, &source.id);
    }
    Ok(Opened { text, details })
}

/// Adds the shared sources that a page names to its own.
fn share(world: &World<'_>, id: PageId, sources: &mut Vec<CitedSource>) -> Result<(), Failure> {
    for shared in world.catalog.shared_sources(id) {
        let text = world.page_text(shared)?;
        let name = world.catalog.card(shared).stem();
        let own = sources.iter_mut().find(|source| source.id == *name);
        let entry = details::shared_source(&text, name, world.site);
        match (own, entry) {
            // A page's own entry says where and when; what it leaves out, the shared file says.
            (Some(own), Some(entry)) if own.title.is_empty() => *own = entry,
            (None, Some(entry)) => sources.push(entry),
            _ => {}
        }
    }
    Ok(())
}

/// Whether the body of a page cites a source.
fn cites(world: &World<'_>, id: PageId, source: &str) -> bool {
    let outline = &world.catalog.page(id).outline;
    let of_source = |anchor: &str| anchor.strip_prefix(NOTE) == Some(source);
    outline.anchors.iter().any(|anchor| of_source(anchor))
        || outline.unknown_notes.iter().any(|note| **note == *source)
}
