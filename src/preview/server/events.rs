//! What a page hears while it is open: server-sent events, made from the news of the hub.
//!
//! Knows neither what reload means nor how an overlay looks; that is the script's part.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::address;
use super::hub::{Hub, News, Watching};

/// A sign of life, so that both sides notice when the other is gone.
const SILENCE_MAX: Duration = Duration::from_secs(15);
/// Events that wait to be sent. More are not made before these are taken: the next one then tells of all that has happened.
const WAITING_MAX: usize = 2;

/// So many pages are told as things happen. A browser has six connections to a server: the pages beyond ask again every
/// half second instead, so that some are left for what they show.
const STREAMS_MAX: usize = 4;

/// An answer that goes on for as long as the page is open.
pub(super) struct Events {
    waiting: mpsc::Receiver<Bytes>,
    /// Ends with the connection.
    _watching: Watching,
}

/// Who listens, and what he has seen.
pub(super) struct Listener {
    /// The outputs that his page was made from, or that would make it exist.
    pub pages: Vec<String>,
    /// The last change he has seen; none if it was in another run of the server.
    pub since: Option<u64>,
    /// Where the site begins.
    pub base: String,
}

impl Events {
    /// Begins to tell; must be called inside the runtime.
    pub fn told(hub: &Hub, listener: Listener) -> Events {
        let (sender, waiting) = mpsc::channel(WAITING_MAX);
        let watching = hub.watch(&listener.pages);
        let turns = if hub.tabs() > STREAMS_MAX { 1 } else { usize::MAX };
        tokio::spawn(tell(hub.clone(), listener, sender, turns));
        Events { waiting, _watching: watching }
    }
}

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.waiting.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// Tells so many times, or until nobody listens.
async fn tell(hub: Hub, listener: Listener, sender: mpsc::Sender<Bytes>, turns: usize) {
    let mut beats = hub.beats();
    // Taken before anything is told, so that whatever comes meanwhile is told again and nothing is left out.
    let mut since = listener.since.unwrap_or_else(|| hub.generation());
    let word = hub.word_of(since);
    let mut text = format!("retry: 500\n\n{}", event(&word, "mistakes", &hub.standing()));
    if listener.since.is_none() {
        text += &event(&word, "reload", "");
    }
    for _ in 0..turns {
        // Marked as seen before looking: what happens after the look wakes us again.
        beats.borrow_and_update();
        let news = hub.news(since, &listener.pages);
        since = news.generation;
        text += &written(&news, &hub.word_of(since), &listener.base);
        if !text.is_empty() && sender.send(Bytes::from(std::mem::take(&mut text))).await.is_err() {
            return;
        }
        if turns > 1 && timeout(SILENCE_MAX, beats.changed()).await.is_err() {
            text = ": still here\n\n".to_owned();
        }
    }
}

fn written(news: &News, word: &str, base: &str) -> String {
    let mut text = String::new();
    if let Some(mistakes) = &news.mistakes {
        text += &event(word, "mistakes", mistakes);
    }
    if news.reload {
        return text + &event(word, "reload", "");
    }
    let (styles, others): (Vec<_>, Vec<_>) = news.outputs.iter().partition(|output| output.ends_with(".css"));
    for (name, outputs) in [("style", styles), ("files", others)] {
        let addresses: Vec<String> =
            outputs.iter().map(|output| format!("{base}{}", address::encoded(output))).collect();
        if !addresses.is_empty() {
            text += &event(word, name, &serde_json::json!(addresses).to_string());
        }
    }
    text
}

/// One event. What it tells is JSON on one line, or nothing.
fn event(word: &str, name: &str, told: &str) -> String {
    // Some readers pass over an event that tells nothing.
    let told = if told.is_empty() { "{}" } else { told };
    format!("id: {word}\nevent: {name}\ndata: {told}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn styles_and_files_are_told_apart() {
        let outputs = vec![Arc::from("a b.css"), Arc::from("map.png")];
        let news = News { generation: 7, outputs, ..News::default() };
        let wanted = "id: w\nevent: style\ndata: [\"/desk/a%20b.css\"]\n\nid: w\nevent: files\ndata: [\"/desk/map.png\"]\n\n";
        assert_eq!(written(&news, "w", "/desk/"), wanted);
    }

    #[test]
    fn a_page_that_is_read_again_needs_no_style() {
        let news = News { reload: true, outputs: vec![Arc::from("a.css")], ..News::default() };
        assert_eq!(written(&news, "w", "/"), "id: w\nevent: reload\ndata: {}\n\n");
    }
}
