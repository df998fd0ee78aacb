//! `bulletin why`: what an output is made from, and why it was made.

use std::path::PathBuf;

use clap::Args;

use super::{Common, Ending, Format, Surroundings, write};
use crate::engine::{self, Destination, Silent, Why};

/// What can be said after `bulletin why`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The output: its file, its address such as /about/, or the content file it comes from
    #[arg(value_name = "PATH")]
    path: String,
    #[command(flatten)]
    common: Common,
    /// Where the site went, relative to its folder [default: public, or .bulletin/preview for a preview]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Says what is known.
pub(super) fn run(options: &Options, surroundings: &Surroundings) -> Result<(), Ending> {
    let common = &options.common;
    let output = common.output(options.output.as_deref());
    let request = common.request(Destination::Folder(output.clone()), surroundings)?;
    // What the shell completes is relative to where the user is; an address of the site is no file.
    let file = surroundings.folder.join(&options.path);
    let path = if file.is_file() { file.to_string_lossy().into_owned() } else { options.path.clone() };
    let Some(why) = engine::why(&request, &path, &Silent)? else {
        let path = &options.path;
        return Err(Ending::Usage(format!(
            "the site has no output {path}; name a file such as {}/index.html, or an address such as /about/",
            output.display()
        )));
    };
    match common.format {
        Format::Json => write::out(&format!("{}\n", object(&why))),
        Format::Text => write::out(&text(&why)),
    }
    Ok(())
}

fn text(why: &Why) -> String {
    // What is of a file first, a line each; what nearly every output is made from after it, on one.
    let (own, common): (Vec<&String>, Vec<&String>) =
        why.made_from.iter().partition(|from| from.contains("content/") || from.starts_with("template "));
    let common = common.iter().map(|from| from.as_str()).collect::<Vec<_>>().join(", ");
    let lines = own.into_iter().map(String::as_str).chain([common.as_str()]);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    let mut text = format!("  {}\n  made from  {}\n", why.path, lines.join("\n             "));
    if !why.reason.is_empty() {
        text.push_str(&format!("  remade because  {}\n", why.reason));
    }
    if why.mistakes > 0 {
        text.push_str("  the next build makes nothing: `bulletin build` tells what is wrong\n");
    } else if let Some(stale) = &why.stale {
        let stale = if stale.is_empty() { "nothing is remembered of it" } else { stale };
        text.push_str(&format!("  will be remade because  {stale}\n"));
    }
    text
}

fn object(why: &Why) -> serde_json::Value {
    serde_json::json!({
        "path": why.path,
        "made_from": why.made_from,
        "reason": Some(&why.reason).filter(|reason| !reason.is_empty()),
        "stale": why.stale,
        "mistakes": why.mistakes,
    })
}
