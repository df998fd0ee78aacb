//! `bulletin init`: a new site that builds at once.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::tz::TimeZone;

use super::{Ending, Surroundings, write};
use crate::digest::Hasher;
use crate::source::slug::title_of;

/// What can be said after `bulletin init`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The folder to make; it must not exist, or be empty
    folder: PathBuf,
    /// The name of the site [default: the name of the folder]
    #[arg(long)]
    title: Option<String>,
    /// The zone that times are meant in, such as Europe/Kyiv
    #[arg(long, default_value = "UTC")]
    timezone: String,
}

/// Writes the files of a new site.
pub(super) fn run(options: &Options, surroundings: &Surroundings) -> Result<(), Ending> {
    let folder = &options.folder;
    let zone = TimeZone::get(&options.timezone).map_err(|_| {
        Ending::Usage(format!("unknown time zone {}; write a name such as Europe/Kyiv", options.timezone))
    })?;
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        return Err(Ending::Usage(format!(
            "{} is not empty; name a folder that does not exist yet",
            folder.display()
        )));
    }
    let whole = surroundings.folder.join(folder);
    // `.` has no name of its own.
    let whole = whole.canonicalize().unwrap_or(whole);
    let name =
        whole.file_name().map_or_else(|| "My desk".to_string(), |name| name.to_string_lossy().into_owned());
    let title = options.title.clone().unwrap_or_else(|| title_of(&name));
    let today = surroundings.now.to_zoned_datetime(zone).date().to_string();
    let id = Hasher::new()
        .field(title.as_bytes())
        .field(surroundings.now.to_string().as_bytes())
        .digest()
        .to_string();
    for (path, text) in
        files(&Start { title: &title, timezone: &options.timezone, today: &today, id: &id[..12] })
    {
        create(&folder.join(path), &text)?;
    }
    let is_here = surroundings.folder.canonicalize().is_ok_and(|here| here == whole);
    let first = if is_here { String::new() } else { format!("`cd {}`, then ", folder.display()) };
    write::out(&format!("  started {}: {first}`bulletin build`\n", folder.display()));
    Ok(())
}

pub(super) fn create(path: &Path, text: &str) -> Result<(), Ending> {
    let fault = |error: std::io::Error| Ending::Fault(format!("cannot write {}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(fault)?;
    }
    fs::write(path, text).map_err(fault)
}

/// What a new site is told about itself.
struct Start<'s> {
    title: &'s str,
    timezone: &'s str,
    today: &'s str,
    id: &'s str,
}

fn files(start: &Start<'_>) -> [(String, String); 6] {
    let title = super::new::quoted(start.title);
    let site = format!(
        "title = {title}\n\
         description = \"Short, dated, sourced.\"\n\
         base_url = \"https://example.org/\"   # where the site will be read; put your own address here\n\
         language = \"en\"\n\
         timezone = \"{}\"   # the zone that times are meant in, such as \"Europe/Kyiv\"\n\
         id = \"{}\"   # keeps the identities in feeds apart from those of other sites; never change it\n\n\
         [[menu]]\ntitle = \"Briefings\"\npath = \"/briefings/\"\n\n\
         [[menu]]\ntitle = \"About\"\npage = \"about.md\"\n",
        start.timezone, start.id
    );
    let home = "+++\n+++\n\nThis is the home page. Its text is in `content/index.md`.\n";
    let about = format!(
        "+++\ntitle = \"About\"\nsummary = \"Who we are.\"\n+++\n\n{} is written with care.\n",
        start.title
    );
    let briefings = "+++\ntitle = \"Briefings\"\nsummary = \"Everything, newest first.\"\n+++\n";
    let first = format!(
        "+++\ntitle = \"A first briefing\"\ndate = {}\nsummary = \"What a briefing looks like, to be replaced by one of your own.\"\n\
         topics = [\"Getting started\"]\n+++\n\n\
         A briefing says the main thing first. This one is in `content/briefings/`; change it and run `bulletin build`.\n\n\
         - Start another: `bulletin new \"Talks resume\"`\n\
         - Link to a page by its file: [about us](../about.md)\n",
        start.today
    );
    [
        ("site.toml".into(), site),
        (".gitignore".into(), "/public\n/.bulletin\n/.public.bulletin-staging\n".into()),
        ("content/index.md".into(), home.into()),
        ("content/about.md".into(), about),
        ("content/briefings/index.md".into(), briefings.into()),
        (format!("content/briefings/{}-first-briefing.md", start.today), first),
    ]
}
