//! What changed since a record was published, and should not have without a word.
//!
//! Compares what two records say; of the site it asks only where addresses lead and which files there are.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::addresses::{Addresses, Lead};
use super::{Amendment, Published, Repair};
use crate::catalog::PageId;
use crate::diagnostic::{Diagnostic, Place};
use crate::engine::{Rehearsal, Stop};
use crate::output::record::{Corrected, Entry};
use crate::site::decode;
use crate::source::card::Standing;
use crate::source::markdown::TRANSCRIPT_VERSION;
use crate::source::page;

/// Something that is wrong, and where.
pub(super) struct Finding {
    diagnostic: Diagnostic,
    /// The page, and the key at which the message stands.
    at: Option<(PageId, &'static str)>,
    pub(super) repairs: Vec<Repair>,
}

impl Finding {
    /// The message, at its place.
    pub(super) fn placed(&self, site: &Rehearsal<'_>) -> Result<Diagnostic, Stop> {
        let Some((id, key)) = self.at else { return Ok(self.diagnostic.clone()) };
        let file = site.catalog().card(id).file();
        let text = String::from_utf8_lossy(&site.bytes(&file)?).into_owned();
        let range = page::locate(&text, key, None).or_else(|| page::locate(&text, "title", None));
        let place = range.map_or_else(|| Place::whole_file(&file), |range| Place::of(&file, &text, range));
        Ok(self.diagnostic.clone().at(place))
    }
}

/// An id with a language: it names one briefing.
type Name<'e> = (&'e str, &'e str);

/// The site as it would be built now.
struct Now<'r> {
    site: &'r Rehearsal<'r>,
    addresses: Addresses<'r>,
    entries: BTreeMap<Name<'r>, (PageId, &'r Entry<'r>)>,
    /// Entries by the digest of their text and their language.
    texts: HashMap<Name<'r>, (PageId, &'r Entry<'r>)>,
    /// The briefings whose names are not on the record that was published.
    fresh: BTreeSet<PageId>,
    /// The root of addresses then.
    base_then: &'r str,
}

/// All that is wrong.
pub(super) fn findings(site: &Rehearsal<'_>, published: &Published) -> Result<Vec<Finding>, Stop> {
    let record = site.world().whole_record();
    let known: BTreeSet<Name<'_>> = published.briefings.iter().map(name).collect();
    let entries = record.iter().map(|(id, entry)| (name(entry), (*id, entry))).collect();
    // Only a new name can be another one for an old text.
    let new = record.iter().filter(|(_, entry)| !known.contains(&name(entry)));
    let fresh = new.clone().map(|(id, _)| *id).collect();
    let texts =
        new.filter_map(|(id, entry)| Some(((entry.sha256.as_deref()?, &*entry.language), (*id, entry))));
    let now = Now {
        site,
        addresses: Addresses::of(site)?,
        entries,
        texts: texts.collect(),
        fresh,
        base_then: &published.base_url,
    };
    let comparable = published.text_version == TRANSCRIPT_VERSION;
    let mut findings = Vec::new();
    for then in &published.briefings {
        let then = if comparable { then.clone() } else { Entry { sha256: None, ..then.clone() } };
        now.compare(&then, &mut findings);
    }
    if !comparable {
        let message = "the texts cannot be compared: another version of Bulletin took their digests";
        let diagnostic = Diagnostic::warning("record", message).help("publish once with this one");
        findings.push(Finding { diagnostic, at: None, repairs: Vec::new() });
    }
    Ok(findings)
}

fn name<'e>(entry: &'e Entry<'_>) -> Name<'e> {
    (&entry.id, &entry.language)
}

impl Now<'_> {
    /// What became of a briefing.
    fn compare(&self, then: &Entry<'_>, findings: &mut Vec<Finding>) {
        let entry = self.entries.get(&name(then));
        match (then.status.as_deref(), entry) {
            (None, _) => {}
            // What is gone may come back: its text promised nothing.
            (Some("retracted"), Some((id, now))) if now.status.is_none() => {
                return findings.push(revived(*id));
            }
            (Some(status), Some((id, now))) if now.status.is_some() && self.is_unlisted(*id) => {
                return findings.push(forgotten(then, status));
            }
            (Some(_), Some(_)) => return,
            (Some(status), None) => return findings.push(forgotten(then, status)),
        }
        match entry {
            Some((_, now)) if now.status.is_some() => {}
            Some((id, now)) => self.same_name(then, (*id, now), findings),
            None => self.without_name(then, findings),
        }
    }

    fn is_unlisted(&self, id: PageId) -> bool {
        self.site.catalog().card(id).standing == Standing::Unlisted
    }

    /// A briefing that has the name that it had.
    fn same_name(&self, then: &Entry<'_>, (id, now): (PageId, &Entry<'_>), findings: &mut Vec<Finding>) {
        if self.is_unlisted(id) {
            findings.push(unlisted(id));
        }
        let path = self.path_then(then);
        let other_text = then.sha256.is_some() && then.sha256 != now.sha256;
        let moved = path.as_deref().is_some_and(|path| path != self.site.catalog().permalink(id));
        if let Some(path) = path.filter(|_| moved) {
            let lead = self.addresses.lead(&path);
            if lead != Lead::Somewhere && other_text {
                return findings.push(self.reused(then, id, &path));
            }
            findings.extend(self.address(id, &path, lead));
        }
        if order(Some(&now.published), Some(&then.published)) != Ordering::Equal {
            findings.push(redated(id, &then.published));
        }
        let updated = order(now.updated.as_deref(), then.updated.as_deref());
        let corrected = now.version > then.version;
        if let Some(lost) = then.corrections.iter().find(|entry| !told(entry, &now.corrections)) {
            findings.push(untold(id, lost));
        } else if other_text && updated != Ordering::Greater && !corrected {
            findings.push(silent(id));
        }
        if then.sha256.is_some() && !other_text && updated != Ordering::Equal && !corrected {
            findings.push(freshened(id));
        }
    }

    /// A briefing whose name is not there any more.
    fn without_name(&self, then: &Entry<'_>, findings: &mut Vec<Finding>) {
        let path = self.path_then(then);
        let lead = path.as_deref().map(|path| self.addresses.lead(path));
        let same_text =
            then.sha256.as_deref().and_then(|text| self.texts.get(&(text, &*then.language))).copied();
        let same_place = match lead {
            // A page that was on record under a name of its own is not this briefing.
            Some(Lead::Page(id)) => Some(id).filter(|id| self.fresh.contains(id)),
            _ => None,
        };
        if let Some(id) = same_text.map(|(id, _)| id).or(same_place) {
            findings.push(self.renamed(then, id));
            if let (Some(path), Some(lead)) = (&path, lead)
                && path != self.site.catalog().permalink(id)
            {
                findings.extend(self.address(id, path, lead));
            }
            return;
        }
        match (&path, lead) {
            (Some(path), Some(Lead::Nowhere)) => findings.push(self.vanished(then, path)),
            (Some(path), Some(Lead::Page(other))) => findings.push(self.taken(then, path, other)),
            _ => {}
        }
    }

    /// The address that a briefing had, from the site's root.
    fn path_then(&self, then: &Entry<'_>) -> Option<String> {
        let url = then.permalink.as_deref()?;
        let path = url.strip_prefix(self.base_then.trim_end_matches('/')).map_or_else(
            // Of another root than the record names: what stands behind the host.
            || url.splitn(4, '/').nth(3).map(|path| format!("/{path}")),
            |path| Some(path.to_string()),
        )?;
        Some(decode(&path).into_owned())
    }

    /// What is wrong with an address that a page does not have any more.
    fn address(&self, id: PageId, path: &str, lead: Lead) -> Option<Finding> {
        let now = self.site.catalog().permalink(id);
        let message = format!("the address was {path}, and is {now}");
        let diagnostic = Diagnostic::error("record", message);
        match lead {
            Lead::Somewhere => None,
            Lead::Page(other) => {
                let file = self.site.catalog().card(other).file();
                let diagnostic = diagnostic.label(format!("the old one is that of {file} now"));
                let diagnostic =
                    diagnostic.help("give that page another address: links to the old one are promises");
                Some(Finding { diagnostic, at: Some((id, "slug")), repairs: Vec::new() })
            }
            Lead::Nowhere => {
                let diagnostic = diagnostic
                    .label("nothing leads from the old address to the new one")
                    .help(format!("write aliases = [\"{path}\"], or let `--fix` write it"));
                let repair = self.repair(id, Amendment::Alias(path.to_string()));
                Some(Finding { diagnostic, at: Some((id, "slug")), repairs: vec![repair] })
            }
        }
    }

    fn reused(&self, then: &Entry<'_>, id: PageId, path: &str) -> Finding {
        let message = format!("the id \"{}\" was that of another briefing, at {path}", then.id);
        let diagnostic = Diagnostic::error("record", message)
            .label("address and text are others now: an id names one briefing for ever")
            .help("give this one an id of its own")
            .help(format!("or, if it is the same briefing, write aliases = [\"{path}\"], and what was changed under [[corrections]]"));
        Finding { diagnostic, at: Some((id, "id")), repairs: Vec::new() }
    }

    fn renamed(&self, then: &Entry<'_>, id: PageId) -> Finding {
        let now = self.site.catalog().card(id).id();
        let message = format!("the id was \"{}\", and is \"{now}\"", then.id);
        let diagnostic = Diagnostic::error("record", message)
            .label("feeds and records know it by the old one, and take it for a new briefing")
            .help(format!("write id = \"{}\", or let `--fix` write it", then.id));
        let repair = self.repair(id, Amendment::Id(then.id.to_string()));
        Finding { diagnostic, at: Some((id, "id")), repairs: vec![repair] }
    }

    fn taken(&self, then: &Entry<'_>, path: &str, other: PageId) -> Finding {
        let file = self.site.catalog().card(other).file();
        let message = format!(
            "the briefing \"{}\" was published at {path}, which is the address of {file} now",
            then.id
        );
        let diagnostic = Diagnostic::error("record", message)
            .label("whoever has a link to the one is led to the other")
            .help("give this page another address, and leave the old one to what was there");
        Finding { diagnostic, at: Some((other, "slug")), repairs: Vec::new() }
    }

    fn vanished(&self, then: &Entry<'_>, path: &str) -> Finding {
        let catalog = self.site.catalog();
        let held = catalog.page_of_id(&then.id).filter(|&id| catalog.visibility(id).is_gated());
        let message =
            format!("the briefing \"{}\" was published at {path}, and nothing is there now", then.id);
        let diagnostic = Diagnostic::error("record", message);
        let diagnostic = match held {
            Some(_) => diagnostic.label("it is held back, although everybody could read it"),
            None => diagnostic.help(format!("let the page that takes its place have aliases = [\"{path}\"]")),
        };
        let diagnostic = diagnostic.help(
            "or keep its file, with a [[corrections]] entry of kind = \"retraction\", or with expires and on_expiry = \"gone\"",
        );
        Finding { diagnostic, at: held.map(|id| (id, "draft")), repairs: Vec::new() }
    }

    fn repair(&self, id: PageId, amendment: Amendment) -> Repair {
        Repair { file: self.site.catalog().card(id).file(), amendment }
    }
}

/// Which of two moments comes later; one that is not there comes first. The offset of a zone is no difference, and a day
/// alone is compared by the day.
fn order(now: Option<&str>, then: Option<&str>) -> Ordering {
    let (Some(now), Some(then)) = (now, then) else { return now.cmp(&then) };
    match (now.parse::<Timestamp>(), then.parse::<Timestamp>()) {
        (Ok(now), Ok(then)) => now.cmp(&then),
        _ => now.get(..10).cmp(&then.get(..10)),
    }
}

/// Whether an entry under corrections is among these.
fn told(entry: &Corrected<'_>, among: &[Corrected<'_>]) -> bool {
    let same = |other: &Corrected<'_>| {
        other.kind == entry.kind && order(Some(&other.date), Some(&entry.date)) == Ordering::Equal
    };
    among.iter().any(same)
}

fn untold(id: PageId, lost: &Corrected<'_>) -> Finding {
    let message = format!("the {} of {} was published, and is not told any more", lost.kind, lost.date);
    let diagnostic = Diagnostic::error("record", message).label("what was put right stays on record").help(
        "write the entry under [[corrections]] again; if it was wrong itself, add another that says so",
    );
    Finding { diagnostic, at: Some((id, "corrections")), repairs: Vec::new() }
}

fn revived(id: PageId) -> Finding {
    let diagnostic =
        Diagnostic::error("record", "this briefing was retracted, and stands as if it never was")
            .label("whoever read the retraction finds the text again")
            .help("leave the entry of kind = \"retraction\", and publish what holds under another id");
    Finding { diagnostic, at: Some((id, "corrections")), repairs: Vec::new() }
}

fn forgotten(then: &Entry<'_>, status: &str) -> Finding {
    let message = format!("the briefing \"{}\" was {status}, and is not on record any more", then.id);
    let diagnostic =
        Diagnostic::error("record", message).help("keep its file: it says that there was something");
    Finding { diagnostic, at: None, repairs: Vec::new() }
}

fn redated(id: PageId, then: &str) -> Finding {
    let diagnostic =
        Diagnostic::error("record", format!("it was published {then}, and says another date now"))
            .label("when something was published does not change")
            .help("set it back; what came later belongs under `updated` or [[corrections]]");
    Finding { diagnostic, at: Some((id, "date")), repairs: Vec::new() }
}

/// Nobody can be told where it stands, and nobody can compare it any more.
fn unlisted(id: PageId) -> Finding {
    let message = "it is unlisted now, and leaves the record";
    let diagnostic =
        Diagnostic::warning("record", message).label("what is changed in it from now on goes unnoticed");
    Finding { diagnostic, at: Some((id, "unlisted")), repairs: Vec::new() }
}

fn silent(id: PageId) -> Finding {
    let diagnostic = Diagnostic::error("record", "the text is another than was published, and nothing says so")
        .label("neither `updated` nor [[corrections]] has changed with it")
        .help("say under [[corrections]] what was changed: kind = \"refile\" for a typo, \"correction\" for a mistake");
    Finding { diagnostic, at: Some((id, "updated")), repairs: Vec::new() }
}

fn freshened(id: PageId) -> Finding {
    let diagnostic = Diagnostic::error("record", "`updated` has changed, and the text has not")
        .label("readers would take it for news")
        .help("set it back; if something beside the text is new, say so under [[corrections]] with kind = \"update\"");
    Finding { diagnostic, at: Some((id, "updated")), repairs: Vec::new() }
}
