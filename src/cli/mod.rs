//! What the user typed, and what is said in return. A file per command, each a few lines over the library.

mod against;
mod build;
mod check;
mod deploy;
mod init;
#[cfg(feature = "serve")]
mod live;
mod new;
mod progress;
mod schedule;
#[cfg(feature = "serve")]
mod serve;
mod snippet;
mod timings;
mod verify;
mod why;
mod write;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use crate::deploy::Credentials;
use crate::diagnostic::terminal::Colour;
use crate::diagnostic::{Diagnostic, Tally, json, terminal};
use crate::engine::{Destination, PREVIEW_FOLDER, Profile, Request, Stop};
use crate::site::{BaseUrl, FILE};

/// What the process knows of the world outside, read once.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The time.
    pub now: Timestamp,
    /// `BULLETIN_BASE_URL`.
    pub base_url: Option<String>,
    /// Whether messages may have colours.
    pub colour: bool,
    /// Where it was started.
    pub folder: PathBuf,
    /// Whether somebody is watching the messages.
    pub interactive: bool,
    /// What hosts are told when a site is published.
    pub credentials: Credentials,
}

/// A static site generator for briefings.
#[derive(Debug, Parser)]
#[command(name = "bulletin", version, propagate_version = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 fine, 1 mistakes in the content, 2 wrong usage, 3 the machine's fault."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a new site in a folder of its own
    Init(init::Options),
    /// Start a new briefing, with date and id, ready to write
    New(new::Options),
    /// Make the site
    Build(build::Options),
    /// Show the site in a browser, and every change as soon as it is saved
    #[cfg(feature = "serve")]
    Serve(serve::Options),
    /// Say what is wrong with the site, and write nothing
    Check(check::Options),
    /// Publish the site where its settings say
    Deploy(deploy::Options),
    /// Compare a published site with the list of its files
    Verify(verify::Options),
    /// Say what an output is made from, and why it was made
    Why(why::Options),
    /// Say when pages appear and expire, or print what rebuilds the site then
    Schedule(schedule::Options),
}

/// Options that every command on a site has.
#[derive(Debug, Clone, Args)]
pub(super) struct Common {
    /// The folder of the site [default: this folder, or the nearest above it with a site.toml]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// The settings, if not site.toml in that folder
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the site will be read, instead of base_url in the settings [env: BULLETIN_BASE_URL]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The instant that decides what is public, such as 2026-12-01T09:00:00+02:00 [default: the clock]
    #[arg(long, value_name = "INSTANT")]
    now: Option<String>,
    /// Whom the site is made for [default: public]
    #[arg(long, value_enum, value_name = "PROFILE")]
    profile: Option<Audience>,
    /// How messages are written
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
    /// Say nothing but mistakes
    #[arg(long, short)]
    quiet: bool,
    /// How many threads work [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

/// Whom the site is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Audience {
    /// Everybody.
    Public,
    /// Its writers: what is held back is shown too, with a label.
    Preview,
}

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// How a command ended badly.
#[derive(Debug)]
pub(super) enum Ending {
    /// There are mistakes in the content, and they were told.
    Mistakes,
    /// What was typed makes no sense here: why, and what to type.
    Usage(String),
    /// The machine failed.
    Fault(String),
}

impl From<Stop> for Ending {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(why) => Self::Usage(why),
            Stop::Fault(fault) => Self::Fault(fault.to_string()),
        }
    }
}

/// Runs the command that the arguments name.
pub fn run(arguments: impl Iterator<Item = OsString>, surroundings: &Surroundings) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors: clap knows where each is printed and with which code.
            error.print().ok();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let result = match arguments.command {
        Command::Init(options) => init::run(&options, surroundings),
        Command::New(options) => new::run(&options, surroundings),
        Command::Build(options) => build::run(&options, surroundings),
        #[cfg(feature = "serve")]
        Command::Serve(options) => serve::run(&options, surroundings),
        Command::Check(options) => check::run(&options, surroundings),
        Command::Deploy(options) => deploy::run(&options, surroundings),
        Command::Verify(options) => verify::run(&options, surroundings),
        Command::Why(options) => why::run(&options, surroundings),
        Command::Schedule(options) => schedule::run(&options, surroundings),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Ending::Mistakes) => ExitCode::from(1),
        Err(Ending::Usage(why)) => {
            write::error(&why);
            ExitCode::from(2)
        }
        Err(Ending::Fault(why)) => {
            write::error(&why);
            ExitCode::from(3)
        }
    }
}

impl Surroundings {
    /// The folder of the site: the one that was named, or the nearest one upwards with a settings file.
    fn site_folder(&self, named: Option<&Path>) -> PathBuf {
        let above = || self.folder.ancestors().skip(1).find(|folder| folder.join(FILE).is_file());
        match named {
            Some(named) => named.to_path_buf(),
            None if self.folder.join(FILE).is_file() => PathBuf::from("."),
            None => above().map_or_else(|| PathBuf::from("."), Path::to_path_buf),
        }
    }
}

impl Common {
    /// What is to be built, as the options say.
    fn request(&self, destination: Destination, surroundings: &Surroundings) -> Result<Request, Ending> {
        let base_url = self.base_url.as_ref().or(surroundings.base_url.as_ref());
        let base_url = base_url
            .map(|url| BaseUrl::parse(url).map_err(|why| Ending::Usage(format!("base URL {url:?}: {why}"))));
        Ok(Request {
            root: surroundings.site_folder(self.root.as_deref()),
            config: self.config.clone(),
            destination,
            base_url: base_url.transpose()?,
            now: self.instant(surroundings)?,
            profile: self.profile(),
            threads: self.threads.map(usize::from),
        })
    }

    fn audience(&self) -> Audience {
        self.profile.unwrap_or(Audience::Public)
    }

    fn profile(&self) -> Profile {
        match self.audience() {
            Audience::Public => Profile::Public,
            Audience::Preview => Profile::Preview,
        }
    }

    /// What is said of a page that is not public: a preview shows it all the same.
    fn held_word(&self) -> &'static str {
        match self.audience() {
            Audience::Public => "held back",
            Audience::Preview => "not public",
        }
    }

    /// Where the outputs go: where it was said, or else where those of the profile go.
    fn output(&self, named: Option<&Path>) -> PathBuf {
        let usual = match self.audience() {
            Audience::Public => "public",
            Audience::Preview => PREVIEW_FOLDER,
        };
        named.map_or_else(|| usual.into(), Path::to_path_buf)
    }

    fn instant(&self, surroundings: &Surroundings) -> Result<Timestamp, Ending> {
        let Some(text) = &self.now else { return Ok(surroundings.now) };
        let why =
            |_| Ending::Usage(format!("--now {text}: write an instant such as 2026-12-01T09:00:00+02:00"));
        text.parse().map_err(why)
    }

    /// Tells what is wrong, all at once.
    fn tell(&self, diagnostics: &[Diagnostic], surroundings: &Surroundings) {
        let shown: Vec<Diagnostic> =
            diagnostics.iter().filter(|d| d.is_error() || !self.quiet).cloned().collect();
        match self.format {
            Format::Json => write::out(&json::texts(&shown)),
            Format::Text if shown.is_empty() => {}
            Format::Text => {
                let colour = if surroundings.colour { Colour::Always } else { Colour::Never };
                let texts = terminal::texts(&shown, colour);
                write::error_text(&format!("{}\n\n{}\n", texts.trim_end(), Tally::of(&shown)));
            }
        }
    }
}
