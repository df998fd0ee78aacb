//! What Tera says went wrong, as a diagnostic that names the template's file.

use std::collections::BTreeMap;

use tera::{Error, ErrorKind, ReportError};

use super::names::Name;
use crate::diagnostic::{Diagnostic, Place, suggestion};

/// Where each template is: its file as messages name it, and its text.
pub type Files = BTreeMap<String, (String, String)>;

/// What to do about a template that is not there.
const TEMPLATES_HELP: &str =
    "templates stand in themes/<name>/templates/, a site's own in themes/site/templates/";

/// What helps against the mistakes that templates hold most, by words of Tera's message.
const LESSONS: &[(&str, &str)] = &[
    ("field ", "a value that may be absent is asked for with a question mark: `page?.summary`"),
    ("unknown filter", "beside the filters of Tera there are `date`, `time`, `utc`, `url` and `absolute`"),
    ("unknown function", "templates have no functions here: all that they show is in their context"),
    ("unknown component", "a component is defined with {% component name(…) %}, in any template"),
    ("unknown test", "tests are those of Tera, such as `is defined`"),
    ("in any parent", "give the parent a block of this name, or take this one out"),
    ("unknown template", TEMPLATES_HELP),
    (
        "unexpected end of input",
        "what begins with {% if %}, {% for %} or {% block %} ends with {% endif %} and the like",
    ),
    (
        "unexpected end of template",
        "what begins with {% if %}, {% for %} or {% block %} ends with {% endif %} and the like",
    ),
    ("unknown tag", "text that holds {% as it is stands between {% raw %} and {% endraw %}"),
    (" expected", "a value stands between {{ and }}, a tag between {% and %}"),
];

/// A template error as diagnostics: most errors are one, some are many.
pub fn diagnostics(error: &Error, files: &Files) -> Vec<Diagnostic> {
    match error.kind() {
        // Names that lead nowhere, of all templates: `error: …`, then the place, then the line with carets.
        ErrorKind::Msg(text) if text.starts_with("error: ") => {
            let parts = text.strip_prefix("error: ").unwrap_or(text).split("\nerror: ");
            parts.map(|part| listed(part, files)).collect()
        }
        _ => vec![diagnostic(error, files)],
    }
}

fn listed(part: &str, files: &Files) -> Diagnostic {
    let mut lines = part.lines();
    let message = lines.next().unwrap_or_default();
    let diagnostic = taught(message);
    let Some((_, file, text, start)) = lines.next().and_then(|arrow| spot(arrow, files)) else {
        return diagnostic;
    };
    let marked: usize = part.lines().last().map_or(0, |carets| carets.matches('^').count());
    let end: usize = text[start..].chars().take(marked).map(char::len_utf8).sum();
    diagnostic.at(Place::of(file, text, start..start + end))
}

/// A template error as a diagnostic, with the chain of includes that led to it.
pub fn diagnostic(error: &Error, files: &Files) -> Diagnostic {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => reported(error, report, files),
        ErrorKind::MissingParent { current, parent } => missing(current, parent, files),
        ErrorKind::CircularExtend { tpl, inheritance_chain: chain } => {
            let help = "that of the theme itself is called by its full name, such as \"bulletin/page.html\"";
            circle(format!("the template extends itself: {}", chain.join(" → ")), tpl, files).help(help)
        }
        ErrorKind::CircularInclude { tpl, include_chain: chain } => {
            circle(format!("the template includes itself: {}", chain.join(" → ")), tpl, files)
                .help("take one of these includes out")
        }
        ErrorKind::TemplateNotFound(name) => {
            Diagnostic::error("template", format!("there is no template `{name}`")).help(TEMPLATES_HELP)
        }
        _ => taught(&chain(error)),
    }
}

/// `template` extends or includes `name`, and there is no such template.
pub fn missing(template: &str, name: &str, files: &Files) -> Diagnostic {
    let message = format!("there is no template `{name}`");
    let diagnostic = Diagnostic::error("template", message).help(TEMPLATES_HELP);
    // By their stems: all names are alike in their ending.
    let stem = |name: &str| name.strip_suffix(".html").unwrap_or(name).to_string();
    let known: Vec<String> =
        files.keys().filter_map(|name| name.split_once('/')).map(|of| stem(of.1)).collect();
    let close = suggestion(&stem(name), known.iter().map(String::as_str));
    let label = close.map(|close| format!("did you mean \"{close}.html\"?"));
    let diagnostic = label.into_iter().fold(diagnostic, Diagnostic::label);
    at_name(diagnostic, template, name, files)
}

fn circle(message: String, template: &str, files: &Files) -> Diagnostic {
    let file = files.get(template).map_or(template, |(file, _)| file);
    Diagnostic::error("template", message).at(Place::whole_file(file))
}

/// A message of Tera, or of our filters, with what to do about it.
fn taught(message: &str) -> Diagnostic {
    // What is available depends on what the template mentions, and would mislead.
    let message = message.split(". Available ").next().unwrap_or(message).trim_end_matches('.');
    let message = first_lower(message);
    if let Some((what, label)) = message.split_once("; ") {
        return Diagnostic::error("template", what).label(label);
    }
    let undefined = message.strip_prefix("variable `").and_then(|rest| rest.split('`').next());
    let diagnostic = Diagnostic::error("template", message.clone());
    if let Some(name) = undefined {
        let words: Vec<&str> = Name::ALL.iter().map(|name| name.word()).collect();
        return match suggestion(name, words.iter().copied()) {
            Some(close) => diagnostic.label(format!("did you mean `{close}`?")),
            None => diagnostic.help(format!("templates know {}", words.join(", "))),
        };
    }
    let lesson = LESSONS.iter().find(|(words, _)| message.contains(words));
    lesson.iter().fold(diagnostic, |diagnostic, (_, help)| diagnostic.help(*help))
}

fn reported(error: &Error, report: &ReportError, files: &Files) -> Diagnostic {
    let diagnostic = taught(report.message());
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

/// A line of Tera that ends in NAME:LINE:COLUMN: what stands before that, and the place, up to the line's end.
fn note_place(line: &str, files: &Files) -> Option<(String, Place)> {
    let (message, file, text, start) = spot(line, files)?;
    let length = text[start..].lines().next().unwrap_or_default().trim_end().len();
    Some((message.to_string(), Place::of(file, text, start..start + length)))
}

fn spot<'a>(line: &'a str, files: &'a Files) -> Option<(&'a str, &'a str, &'a str, usize)> {
    let mut parts = line.rsplitn(3, ':');
    let (column, row, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (message, name) = rest.rsplit_once(' ')?;
    let (file, text) = files.get(name)?;
    let (row, column): (usize, usize) = (row.parse().ok()?, column.parse().ok()?);
    let start: usize = text.split_inclusive('\n').take(row.checked_sub(1)?).map(str::len).sum();
    let line = text.get(start..)?.lines().next().unwrap_or_default();
    let skipped: usize = line.chars().take(column.checked_sub(1)?).map(char::len_utf8).sum();
    Some((message, file, text, start + skipped))
}

fn at_name(diagnostic: Diagnostic, template: &str, name: &str, files: &Files) -> Diagnostic {
    let Some((file, text)) = files.get(template) else { return diagnostic };
    let start = text.find(name).unwrap_or(0);
    diagnostic.at(Place::of(file, text, start..start + name.len()))
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
