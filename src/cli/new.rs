//! `bulletin new`: a new briefing with date and id, ready to write.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::init::create;
use super::{Ending, Surroundings, write};
use crate::diagnostic::suggestion;
use crate::digest::Hasher;
use crate::site::{FILE, Site};
use crate::source::card::Kind;
use crate::source::path::TermKind;
use crate::source::slug::{SlugStyle, slug};

/// Where briefings go unless somebody says otherwise.
const USUAL_COLLECTION: &str = "briefings";

/// What can be said after `bulletin new`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The headline
    title: String,
    /// The collection that it goes into
    #[arg(long = "in", value_name = "COLLECTION", default_value = USUAL_COLLECTION)]
    collection: String,
    /// What sort of briefing it is: brief, readout, assessment, sitrep, advisory or live
    #[arg(long, default_value = "brief")]
    kind: String,
    /// The folder of the site [default: this folder, or the nearest above it with a site.toml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

/// Writes the file and says where it is.
pub(super) fn run(options: &Options, surroundings: &Surroundings) -> Result<(), Ending> {
    let root = surroundings.site_folder(options.root.as_deref());
    let settings = root.join(FILE);
    let text = fs::read_to_string(&settings).map_err(|_| {
        Ending::Usage(format!("there is no {}; start a site with `bulletin init NAME`", settings.display()))
    })?;
    let (site, _) = Site::parse(FILE, &text);
    let kind = Kind::of_word(&options.kind).ok_or_else(|| {
        Ending::Usage(format!("{} is no kind of briefing; see `bulletin new --help`", options.kind))
    })?;
    let title = options.title.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = slug(&title, &site.language(0).code, SlugStyle::Ascii);
    if name.is_empty() {
        return Err(Ending::Usage(format!(
            "no file name can be made from {title:?}; give the briefing a headline"
        )));
    }
    let plain = |c: char| c.is_alphanumeric() || "-_".contains(c);
    if options.collection.is_empty() || !options.collection.chars().all(plain) {
        return Err(Ending::Usage(format!("{:?} is no name of a collection", options.collection)));
    }
    known_collection(&root, &options.collection, &site)?;
    let local = surroundings.now.to_zoned_datetime(site.timezone.clone());
    let path = format!("content/{}/{}-{name}.md", options.collection, local.date());
    if root.join(&path).exists() {
        return Err(Ending::Usage(format!("{path} is there already; choose another headline")));
    }
    let now = surroundings.now.to_string();
    let id = Hasher::new()
        .field(site.id.as_bytes())
        .field(path.as_bytes())
        .field(now.as_bytes())
        .digest()
        .to_string();
    create(&root.join(&path), &template(&title, kind, (&local.date().to_string(), &id[..16])))?;
    write::out(&format!("  {}\n", root.join(&path).strip_prefix(".").unwrap_or(&root.join(&path)).display()));
    Ok(())
}

/// A collection is a folder that exists, or the usual one; people, topics and languages have folders of their own kind.
fn known_collection(root: &Path, name: &str, site: &Site) -> Result<(), Ending> {
    let kind = TermKind::of_folder(name).map(TermKind::folder);
    if kind.is_some() || name == "sources" || site.language_index(name).is_some() {
        let why = "is no collection of briefings; its files are written by hand, see the README";
        return Err(Ending::Usage(format!("content/{name}/ {why}")));
    }
    let content = root.join("content");
    if name == USUAL_COLLECTION || content.join(name).is_dir() {
        return Ok(());
    }
    let folders =
        fs::read_dir(&content).into_iter().flatten().flatten().filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let close = suggestion(name, names.iter().map(String::as_str));
    let hint = close.map_or_else(
        || format!("make the folder content/{name}/ first"),
        |close| format!("did you mean {close}?"),
    );
    Err(Ending::Usage(format!("there is no collection {name}; {hint}")))
}

fn template(title: &str, kind: Kind, (date, id): (&str, &str)) -> String {
    let kind = if kind == Kind::Brief { String::new() } else { format!("kind = \"{}\"\n", kind.word()) };
    format!(
        "+++\ntitle = {}\nsummary = \"\"   # what it says, in a sentence or two\ndate = {date}\n{kind}id = \"{id}\"   # its identity in feeds: never change it\n\
         topics = []\ndraft = true   # remove this line to publish\n+++\n\n",
        quoted(title)
    )
}

/// A text as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}
