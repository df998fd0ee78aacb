//! `bulletin new`: a new briefing with date and id, ready to write.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::init::create;
use super::{Ending, Surroundings, write};
use crate::digest::Hasher;
use crate::site::{FILE, Site};
use crate::source::card::Kind;
use crate::source::slug::{SlugStyle, slug};

/// What can be said after `bulletin new`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The headline
    title: String,
    /// The collection that it goes into
    #[arg(long = "in", value_name = "COLLECTION", default_value = "briefings")]
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
