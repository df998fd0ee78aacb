//! Problems between pages become diagnostics: the place is looked up in the file, which only then is read again.

use crate::catalog::Catalog;
use crate::catalog::problem::{At, Problem};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::source::markdown::{self, Settings};
use crate::source::page;
use crate::source::tree::{Fault, Tree};

/// Adds a diagnostic for each problem.
pub(super) fn diagnostics(
    problems: &[Problem],
    catalog: &Catalog,
    tree: &Tree,
    said: &mut Vec<Diagnostic>,
) -> Result<(), Fault> {
    for problem in problems {
        let file = catalog.card(problem.page).file();
        let text = String::from_utf8_lossy(&tree.bytes(&file)?).into_owned();
        let diagnostic = match problem.severity {
            Severity::Error => Diagnostic::error(problem.rule, problem.message.clone()),
            Severity::Warning => Diagnostic::warning(problem.rule, problem.message.clone()),
        };
        let diagnostic = diagnostic.at(place(&file, &text, &problem.at)).label(problem.label.clone());
        said.push(problem.help.iter().fold(diagnostic, Diagnostic::help));
    }
    Ok(())
}

fn place(file: &str, text: &str, at: &At) -> Place {
    let body = page::body(text);
    let offset = text.len() - body.len();
    let settings = Settings::default();
    let in_body =
        |span: Option<std::ops::Range<usize>>| span.map(|span| span.start + offset..span.end + offset);
    let span = match at {
        At::File => None,
        At::Key(key) => page::locate(text, key, None),
        At::Item(key, value) => page::locate(text, key, Some(value)),
        At::Link(destination) => in_body(markdown::locate_link(body, &settings, destination)),
        At::Note(id) => in_body(markdown::locate_note(body, &settings, id)),
    };
    span.map_or_else(|| Place::whole_file(file), |span| Place::of(file, text, span))
}
