//! The values `issue` and `succession`: a page in its series, and what came before and after it.

use tera::Value;

use super::context::map;
use super::since::since;
use super::{Failure, World};
use crate::catalog::PageId;
use crate::source::card::Detailed;
use crate::source::details;

/// The issue before a page and the page, if both may have key points to compare.
pub(super) fn compared(world: &World<'_>, id: PageId) -> Option<[PageId; 2]> {
    let detailed = |id: PageId| world.catalog.card(id).detailed == Detailed::Yes;
    let previous = world.catalog.around(id).previous?;
    (detailed(previous) && detailed(id)).then_some([previous, id])
}

/// The value `issue`; none for a page that stands alone.
pub(super) fn value(world: &World<'_>, id: PageId, compared: Option<[PageId; 2]>) -> Result<Value, Failure> {
    let around = world.catalog.around(id);
    if around.previous.is_none() && around.next.is_none() {
        return Ok(Value::none());
    }
    let item = |page: Option<PageId>| page.map_or_else(Value::none, |page| world.item(page));
    let since = match compared {
        Some([before, now]) => {
            let points = |page| world.page_text(page).map(|text| details::points(&text));
            let (before, now) = (points(before)?, points(now)?);
            // Where one of the two has none, everything would be new, or dropped.
            let both = !before.is_empty() && !now.is_empty();
            if both { Value::from_serializable(&since(&before, &now)) } else { Value::none() }
        }
        None => Value::none(),
    };
    Ok(map([("previous", item(around.previous)), ("next", item(around.next)), ("since", since)]))
}

/// The value `succession`.
pub(super) fn succession(world: &World<'_>, id: PageId) -> Value {
    let older: Vec<Value> = world.catalog.supersedes(id).into_iter().map(|page| world.item(page)).collect();
    let newer: Vec<Value> = world.catalog.superseded_by(id).map(|page| world.item(page)).collect();
    map([("supersedes", Value::from(older)), ("superseded_by", Value::from(newer))])
}
