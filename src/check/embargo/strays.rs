//! Files that are published although only held-back pages name them: in an address with a host, in a source, in `[extra]`, in a
//! style. The build sees links and pictures; what a text means by a name it cannot know.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, MatchKind};
use rayon::prelude::*;

use super::gated::{self, Gated};
use crate::catalog::PageId;
use crate::diagnostic::{Diagnostic, Place};
use crate::engine::Rehearsal;
use crate::site::encode;
use crate::source::tree::{CONTENT, Fault};

/// Shorter names occur by chance.
const NAME_BYTES_MIN: usize = 5;

/// Tells of each file that is published, and that only held-back pages name.
pub(super) fn told(
    (site, bare): (&Rehearsal<'_>, &Rehearsal<'_>),
    gated: &Gated,
) -> Result<Vec<Diagnostic>, Fault> {
    let candidates = unreferenced(bare);
    let pages: Vec<PageId> = gated.pages.iter().chain(&gated.gone).copied().collect();
    if candidates.is_empty() || pages.is_empty() {
        return Ok(Vec::new());
    }
    let names = Names::of(&candidates);
    let mut named: BTreeMap<usize, (PageId, Place)> = BTreeMap::new();
    for &id in &pages {
        let file = site.catalog().card(id).file();
        let text = String::from_utf8_lossy(&site.bytes(&file)?).into_owned();
        names.in_bytes(text.as_bytes(), |name, span| {
            named.entry(name).or_insert_with(|| (id, Place::of(&file, &text, span)));
        });
    }
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let secret: BTreeSet<String> = pages.iter().map(|&id| site.catalog().card(id).file()).collect();
    let public: Vec<&str> =
        bare.sources().map(|(path, _)| path).filter(|path| !secret.contains(*path)).collect();
    let mentioned = |path: &&str| {
        let mut found = BTreeSet::new();
        names.in_bytes(&site.bytes(path)?, |name, _| _ = found.insert(name));
        Ok(found)
    };
    let mentioned = public.par_iter().map(mentioned).collect::<Result<Vec<BTreeSet<usize>>, Fault>>()?;
    let mentioned: BTreeSet<usize> = mentioned.into_iter().flatten().collect();
    let strays = named.into_iter().filter(|(name, _)| !mentioned.contains(name));
    Ok(strays.map(|(name, (id, place))| diagnostic(site, (&candidates[name], id), place)).collect())
}

fn diagnostic(site: &Rehearsal<'_>, (file, id): (&str, PageId), place: Place) -> Diagnostic {
    let page = site.catalog().card(id).file();
    let message = format!("{CONTENT}/{file} is published, and only {page}, which is not public, names it");
    let folder = page.strip_suffix("/index.md").unwrap_or(page.trim_end_matches(".md"));
    let help =
        format!("link to it by a relative path, or move both into a folder of their own: {folder}/index.md");
    Diagnostic::error("leak", message).at(place).help(help)
}

/// The files of content that no page of a site refers to, below `content/`.
fn unreferenced(bare: &Rehearsal<'_>) -> Vec<String> {
    let catalog = bare.catalog();
    let referenced: BTreeSet<usize> = catalog.ids().flat_map(|id| gated::references(catalog, id)).collect();
    let files = catalog.files().iter().enumerate().filter(|(index, _)| !referenced.contains(index));
    // The files in the folder of a public page are its own, whatever it says of them.
    let bundles: BTreeSet<&str> = catalog.ids().filter_map(|id| catalog.card(id).bundle()).collect();
    let own = |file: &str| file.match_indices('/').any(|(end, _)| bundles.contains(&file[..=end]));
    let free = files.filter(|(index, file)| !own(file) && !catalog.is_held(*index));
    free.map(|(_, file)| file.clone()).filter(|file| name_of(file).len() >= NAME_BYTES_MIN).collect()
}

fn name_of(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

/// The names of files, to be looked for.
struct Names {
    names: AhoCorasick,
    /// The file of each name, as a place among them.
    files: Vec<usize>,
}

impl Names {
    fn of(files: &[String]) -> Self {
        let mut written: Vec<(String, usize)> = Vec::with_capacity(files.len());
        for (index, name) in files.iter().map(|file| name_of(file)).enumerate() {
            let forms = BTreeSet::from([name.to_string(), encode(name).into_owned()]);
            written.extend(forms.into_iter().map(|form| (form, index)));
        }
        let (names, files): (Vec<String>, Vec<usize>) = written.into_iter().unzip();
        let names = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&names);
        Self { names: names.expect("the names of all files fit into memory"), files }
    }

    /// Calls `each` with every file that is named in some bytes, and where.
    fn in_bytes(&self, bytes: &[u8], mut each: impl FnMut(usize, std::ops::Range<usize>)) {
        let is_name = |byte: Option<&u8>| {
            byte.is_some_and(|byte| {
                byte.is_ascii_alphanumeric() || b"-_.%".contains(byte) || !byte.is_ascii()
            })
        };
        for found in self.names.find_overlapping_iter(bytes) {
            let before = found.start().checked_sub(1).and_then(|at| bytes.get(at));
            // A point may end a sentence, but no name begins after one.
            let after = bytes.get(found.end()).filter(|byte| **byte != b'.');
            if !is_name(before) && !is_name(after) {
                each(self.files[found.pattern().as_usize()], found.start()..found.end());
            }
        }
    }
}
