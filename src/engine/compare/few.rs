//! The usual edit: a few files were opened, none is new and none is gone, and at most texts are different. Then the
//! sources are those of the ledger, save for a few; nothing is copied.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Began, Change, Compared, Found, Ledger, Source, Verdict, differ_in_text};
use crate::source::path::Role;

/// The comparison, if what was found (each at the place of its source) is at most other texts; else what was found.
pub(super) fn compared<'l>(
    found: Vec<(usize, Found)>,
    ledger: &'l Ledger,
    began: &Began<'_>,
) -> Result<Compared<'l>, Vec<(usize, Found)>> {
    let known = &ledger.sources;
    let fits = |(at, found): &(usize, Found)| match &found.verdict {
        Verdict::Same => true,
        Verdict::Other(Some(page), _) => {
            let old = known[*at].page.and_then(|number| ledger.page(number));
            // Many pages show the text of a shared source.
            page.card.place.role != Role::Source && old.is_some_and(|old| differ_in_text(&old, page))
        }
        Verdict::Other(None, _) => false,
    };
    if !found.iter().all(fits) {
        return Err(found);
    }
    let (mut differ, mut parsed) = (BTreeMap::new(), Vec::new());
    let (mut texts, mut named) = (Vec::new(), Vec::new());
    for (at, Found { digest, stamp, transcript, verdict }) in found {
        let old = &known[at];
        let stamp = (!stamp.is_young(&began.instant)).then_some(stamp);
        let (transcript, said) = match verdict {
            Verdict::Same if stamp == old.stamp => continue,
            Verdict::Same => (old.transcript, old.said.clone()),
            Verdict::Other(page, said) => {
                parsed.extend(page.map(|page| *page));
                texts.extend(old.page);
                named.push(old.path.clone());
                (transcript, said)
            }
        };
        differ.insert(at, Source { path: old.path.clone(), stamp, digest, transcript, page: old.page, said });
    }
    let change = if texts.is_empty() { Change::Nothing } else { Change::Texts(texts) };
    let (sources, changed) = (Cow::Borrowed(known.as_slice()), named.len());
    Ok(Compared { sources, differ, change, changed, named, parsed, ..Compared::nothing() })
}
