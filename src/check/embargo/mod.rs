//! `bulletin check --embargo`: the proof that nothing of what is held back shows in any output.
//!
//! The site is made twice, side by side: as it is, and as if every file that is held back had been deleted from the disk. The
//! second site cannot know what it hides. Every byte of every output must be the same.

mod cause;
mod differences;
mod gated;
mod marks;
mod own;
mod reading;
mod scan;
mod sources;
mod strays;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

use crate::diagnostic::{self, Diagnostic};
use crate::digest::Digest;
use crate::engine::{self, Progress, Rehearsal, Request, Stop};
use crate::source::tree::Fault;

use differences::Compared;
use gated::Gated;
use marks::Marks;

/// What became of the proof.
#[derive(Debug, Default)]
pub struct Proof {
    /// The files that are held back, from the root of the site, in order: pages, and what is held back with them.
    pub held: Vec<String>,
    /// How many outputs were compared.
    pub compared: usize,
    /// What leaks; or, where the site has mistakes, these, and nothing was compared.
    pub diagnostics: Vec<Diagnostic>,
}

impl Proof {
    /// Whether something leaks, or nothing could be proved.
    pub fn failed(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Proves that nothing leaks, or finds what does.
///
/// # Errors
/// When the site cannot be read, or the machine fails.
pub fn embargo(request: &Request, progress: &dyn Progress) -> Result<Proof, Stop> {
    engine::on_threads(request, || proof(request, progress))
}

/// The same on the threads of the caller.
fn proof(request: &Request, progress: &dyn Progress) -> Result<Proof, Stop> {
    engine::rehearse(request, &BTreeSet::new(), progress, |site| {
        let gated = Gated::of(site.catalog());
        let held = gated.files.iter().cloned().collect();
        let mistakes: Vec<Diagnostic> = site.said().iter().filter(|said| said.is_error()).cloned().collect();
        if !mistakes.is_empty() {
            return Ok(Proof { held, compared: 0, diagnostics: mistakes });
        }
        engine::rehearse(request, &gated.files, progress, |bare| {
            if !same_sources(site, bare, &gated) {
                return Err(Fault::changed("the site".as_ref()).into());
            }
            let marks = Marks::of(site, bare, &gated)?;
            let Compared { count, mistakes, differences, found } =
                differences::compare((site, bare), &marks, progress)?;
            let mut diagnostics = mistakes;
            if diagnostics.is_empty() {
                diagnostics.extend(differences::unsound(bare));
                diagnostics.extend(strays::told((site, bare), &gated)?);
                // What differs because of the build is told with its file; the marks in it would say so again.
                match differences.is_empty() {
                    true => diagnostics.extend(scan::told((site, bare), &gated, (&marks, &found))?),
                    false => diagnostics.extend(cause::told((site, request), &gated, differences)?),
                }
            }
            Ok(Proof { held, compared: count, diagnostics: diagnostic::sorted(diagnostics) })
        })
    })
}

/// Whether both were read from the same files.
fn same_sources(site: &Rehearsal<'_>, bare: &Rehearsal<'_>, gated: &Gated) -> bool {
    let present = |(path, _): &(&str, Digest)| !gated.files.contains(*path);
    site.sources().filter(present).eq(bare.sources())
}
