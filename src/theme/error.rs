//! What Tera says went wrong, as a diagnostic that names the template's file.

use std::collections::BTreeMap;

use tera::{Error, ErrorKind, ReportError};

use crate::diagnostic::{Diagnostic, Place};

/// Where each template is: its file as messages name it, and its text.
pub type Files = BTreeMap<String, (String, String)>;

/// A template error as a diagnostic, with the chain of includes that led to it.
pub fn diagnostic(error: &Error, files: &Files) -> Diagnostic {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => reported(error, report, files),
        ErrorKind::MissingParent { current, parent } => {
            let message = format!("the template extends `{parent}`, which does not exist");
            at_name(Diagnostic::error("template", message), current, parent, files)
        }
        ErrorKind::CircularExtend { tpl, inheritance_chain } => {
            let message = format!("the template extends itself: {}", inheritance_chain.join(" → "));
            Diagnostic::error("template", message).at(Place::whole_file(shown(tpl, files)))
        }
        ErrorKind::CircularInclude { tpl, include_chain } => {
            let message = format!("the template includes itself: {}", include_chain.join(" → "));
            Diagnostic::error("template", message).at(Place::whole_file(shown(tpl, files)))
        }
        ErrorKind::TemplateNotFound(name) => {
            Diagnostic::error("template", format!("there is no template `{name}`"))
                .help("templates stand in themes/<name>/templates/, a site's own in themes/site/templates/")
        }
        _ => Diagnostic::error("template", first_lower(&chain(error))),
    }
}

fn reported(error: &Error, report: &ReportError, files: &Files) -> Diagnostic {
    let diagnostic = Diagnostic::error("template", first_lower(report.message().trim_end_matches('.')));
    let place = match files.get(report.filename()) {
        Some((file, text)) => Place::of(file, text, report.span().range.clone()),
        None => Place::whole_file(report.filename()),
    };
    let mut diagnostic = diagnostic.at(place);
    // Tera keeps the way here only in its text: `note: included from NAME:LINE:COLUMN`.
    for line in error.to_string().lines().filter_map(|line| line.strip_prefix("note: ")) {
        diagnostic = match note_place(line, files) {
            Some((message, place)) => diagnostic.note_at(message, place),
            None => diagnostic.note(line),
        };
    }
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        diagnostic = diagnostic.note(first_lower(&cause.to_string()));
        source = cause.source();
    }
    diagnostic
}

fn note_place(line: &str, files: &Files) -> Option<(String, Place)> {
    let mut parts = line.rsplitn(3, ':');
    let (column, row, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (message, name) = rest.rsplit_once(' ')?;
    let (file, text) = files.get(name)?;
    let (row, column): (usize, usize) = (row.parse().ok()?, column.parse().ok()?);
    let start: usize = text.split_inclusive('\n').take(row.checked_sub(1)?).map(str::len).sum();
    let line = text.get(start..)?.lines().next().unwrap_or_default();
    let skipped: usize = line.chars().take(column.checked_sub(1)?).map(char::len_utf8).sum();
    Some((message.to_string(), Place::of(file, text, start + skipped..start + line.trim_end().len())))
}

fn at_name(diagnostic: Diagnostic, template: &str, name: &str, files: &Files) -> Diagnostic {
    let Some((file, text)) = files.get(template) else { return diagnostic };
    let start = text.find(name).unwrap_or(0);
    diagnostic.at(Place::of(file, text, start..start + name.len()))
}

fn shown<'f>(template: &'f str, files: &'f Files) -> &'f str {
    files.get(template).map_or(template, |(file, _)| file)
}

fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn first_lower(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if !text.starts_with("UTF") => first.to_lowercase().chain(chars).collect(),
        _ => text.to_string(),
    }
}
