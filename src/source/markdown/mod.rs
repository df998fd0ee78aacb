//! Markdown: a body as its writer typed it becomes an outline that other rooms may know, and HTML.
//!
//! Pure. Knows nothing of files, front matter, addresses or templates: where an internal link leads is asked of
//! the caller. Template syntax in a body is text.

mod anchor;
mod attribution;
mod autolink;
mod depth;
mod destination;
mod doubt;
mod flow;
mod highlight;
mod locate;
mod notes;
mod outline;
mod quote;
mod raw;
mod sanitise;
mod spelling;
mod transcript;
mod words;
mod writer;

pub(super) use destination::is_dangerous;
pub use doubt::{Doubt, doubts};
pub use highlight::highlight_css;
pub use locate::{Places, locate_link, locate_note};
pub use outline::{Link, Outline, outline};
pub use quote::{Mention, Quote, Quotes};
pub use spelling::{places, spelled};
pub use transcript::{TRANSCRIPT_VERSION, Transcript};
pub use writer::{Body, Caption, Captions, Heading, Named, render};

pub use crate::site::RawHtml;

/// Which Markdown is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Everything a briefing needs: notes, alerts, figures, heading ids, highlighting.
    #[default]
    Briefing,
    /// CommonMark with GitHub's tables, task lists, strikethrough and bare links, and nothing more.
    Plain,
}

/// What a body's rendering depends on besides its text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings<'a> {
    /// What is done with raw HTML.
    pub html: RawHtml,
    /// Which Markdown is spoken.
    pub dialect: Dialect,
    /// What `[^id]` means where the body itself does not define it.
    pub sources: &'a [Source],
    /// The words that we add, in the language of the page.
    pub labels: Labels<'a>,
    /// Whom to ask who the speakers of quotations are.
    pub captions: Captions<'a>,
}

/// A source that a body can cite as `[^id]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name that the body cites.
    pub id: String,
    /// The content of the note, made by us and trusted.
    pub html: String,
}

/// The words that we put into a body, in the language of its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Labels<'a> {
    /// The accessible name of the section of notes.
    pub footnotes: &'a str,
    /// The accessible name of a link back from a note; `{}` stands for the note's number.
    pub back_to_reference: &'a str,
    /// The accessible name of a ticked box in a task list.
    pub task_done: &'a str,
    /// The accessible name of an empty box in a task list.
    pub task_open: &'a str,
    /// The accessible name of a quotation's link to itself.
    pub permalink: &'a str,
    /// The title of `> [!NOTE]`.
    pub note: &'a str,
    /// The title of `> [!TIP]`.
    pub tip: &'a str,
    /// The title of `> [!IMPORTANT]`.
    pub important: &'a str,
    /// The title of `> [!WARNING]`.
    pub warning: &'a str,
    /// The title of `> [!CAUTION]`.
    pub caution: &'a str,
}

impl Default for Labels<'_> {
    fn default() -> Self {
        Labels {
            footnotes: "Footnotes",
            back_to_reference: "Back to reference {}",
            task_done: "Done",
            task_open: "To do",
            permalink: "Link to this quotation",
            note: "Note",
            tip: "Tip",
            important: "Important",
            warning: "Warning",
            caution: "Caution",
        }
    }
}

/// What an internal destination is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A reader may go there.
    Link,
    /// The page shows it: an image, a video, a sound.
    Embed,
}

/// Maps an internal destination, as written, to its final address; `None` if it leads nowhere.
pub type Address<'a> = dyn Fn(&str, Use) -> Option<String> + 'a;
