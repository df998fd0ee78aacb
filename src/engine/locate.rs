//! Problems between pages become diagnostics: the place is looked up in the file, which only then is read again.

use std::cell::OnceCell;
use std::ops::Range;

use crate::catalog::Catalog;
use crate::catalog::problem::{At, Problem};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::source::markdown::{Places, Settings};
use crate::source::page;
use crate::source::tree::{Fault, Tree};

/// Adds a diagnostic for each problem.
pub(super) fn diagnostics(
    problems: &[Problem],
    catalog: &Catalog,
    tree: &Tree,
    said: &mut Vec<Diagnostic>,
) -> Result<(), Fault> {
    let mut problems: Vec<&Problem> = problems.iter().collect();
    // Page by page, so that a file with a thousand broken links is read once.
    problems.sort_by_key(|problem| problem.page);
    for problems in problems.chunk_by(|one, other| one.page == other.page) {
        let file = catalog.card(problems[0].page).file();
        let text = String::from_utf8_lossy(&tree.bytes(&file)?).into_owned();
        let searched = Searched { file: &file, text: &text, places: OnceCell::new(), lines: OnceCell::new() };
        said.extend(problems.iter().map(|problem| diagnostic(problem, &searched)));
    }
    Ok(())
}

fn diagnostic(problem: &Problem, searched: &Searched<'_>) -> Diagnostic {
    let diagnostic = match problem.severity {
        Severity::Error => Diagnostic::error(problem.rule, problem.message.clone()),
        Severity::Warning => Diagnostic::warning(problem.rule, problem.message.clone()),
    };
    let diagnostic = diagnostic.at(searched.place(&problem.at)).label(problem.label.clone());
    problem.help.iter().fold(diagnostic, Diagnostic::help)
}

/// A file in which places are looked up.
struct Searched<'t> {
    file: &'t str,
    text: &'t str,
    places: OnceCell<Places>,
    /// Where lines end.
    lines: OnceCell<Vec<usize>>,
}

impl Searched<'_> {
    fn place(&self, at: &At) -> Place {
        let body = page::body(self.text);
        let offset = self.text.len() - body.len();
        let places = || self.places.get_or_init(|| Places::of(body, &Settings::default()));
        let in_body = |span: Option<Range<usize>>| span.map(|span| span.start + offset..span.end + offset);
        let span = match at {
            At::File => None,
            At::Key(key) => page::locate(self.text, key, None),
            At::Item(key, value) => page::locate(self.text, key, Some(value)),
            At::Correction(number) => page::locate_correction(self.text, *number),
            At::Link(destination) => in_body(places().link(destination)),
            At::Note(id) => in_body(places().note(id)),
        };
        span.map_or_else(|| Place::whole_file(self.file), |span| self.on_line(span))
    }

    fn on_line(&self, span: Range<usize>) -> Place {
        let ends = self.lines.get_or_init(|| memchr::memchr_iter(b'\n', self.text.as_bytes()).collect());
        let line = ends.partition_point(|&end| end < span.start) + 1;
        Place::on_line(self.file, self.text, span, line)
    }
}
