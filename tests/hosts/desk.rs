//! A desk that publishes: a small site, a place where it goes, and a proxy between the two.
//!
//! Knows how the site changes from turn to turn, and how Bulletin is started. Whether what was published is right is for the
//! judge.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use crate::place::Place;
use crate::program::variable;
use crate::proxy::{Asked, Proxy};
use crate::scratch::{Files, NOW, PROGRAM, Ran, Site, page, ran};

/// What an edit of the third briefing touches.
pub const AFTER_AN_EDIT: [&str; 9] = [
    "SHA256SUMS",
    "feed.json",
    "feed.xml",
    "news/feed.xml",
    "news/item-3/index.html",
    "record.json",
    "rss.xml",
    "sitemap.xml",
    "topics/talks/feed.xml",
];

/// What Bulletin keeps at a host for itself.
pub const OWN: &str = ".bulletin/";

/// A site, and where it goes.
pub struct Desk {
    pub site: Site,
    pub place: Arc<dyn Place>,
    proxy: Option<Proxy>,
}

/// What was asked of a server, in the words of a deploy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    Read(String),
    Listed,
    Sent(String),
    Deleted(String),
}

impl Desk {
    /// A desk with eight briefings that publishes to a place, and has not done so yet.
    pub fn at(place: impl Place + 'static) -> Self {
        let mut site = Site::new();
        for number in 1..=8 {
            site = site.file(&briefing(number), item(number, "Text."));
        }
        Self::with(site, Arc::new(place))
    }

    fn with(site: Site, place: Arc<dyn Place>) -> Self {
        let proxy = place.address().map(|server| Proxy::before(&server));
        let settings = place.settings(proxy.as_ref().map_or("", Proxy::address));
        site.edit("site.toml", |text| {
            let (text, _) = text.split_once("[deploy").unwrap_or((&text, ""));
            let text = text.replace("https://example.org/", "https://desk.test/");
            format!("{text}[deploy.production]\nshrink_percent_max = 60\n{settings}")
        });
        Self { site, place, proxy }
    }

    /// Somebody else with the same site, in a folder that has never published, behind a proxy of its own.
    pub fn colleague(&self) -> Self {
        Self::with(self.site.copy(), Arc::clone(&self.place))
    }

    pub fn is_behind_a_proxy(&self) -> bool {
        self.proxy.is_some()
    }

    /// What stands between Bulletin and the server.
    pub fn proxy(&self) -> &Proxy {
        self.proxy.as_ref().expect("this place is asked over HTTP")
    }

    /// Deploys, and waits for the end.
    pub fn deploy(&self, arguments: &[&str]) -> Ran {
        ran(&mut self.command(arguments))
    }

    /// Deploys for the first time.
    #[track_caller]
    pub fn found(&self) -> &Self {
        self.deploy(&["--first"]).ended(0, &["readers see https://desk.test/"]);
        self
    }

    /// Begins to deploy.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Nothing of the environment reaches Bulletin but what the place wants.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("deploy").arg("--root").arg(self.site.root()).args(["--now", NOW]).args(arguments);
        command.env_clear().env("PATH", variable("PATH").unwrap_or_default()).env("HOME", self.site.root());
        command.envs(self.place.environment());
        command
    }

    /// What a clean build of the site makes.
    pub fn built(&self) -> Files {
        let mut files = self.site.clean(NOW);
        files.remove(".bulletin");
        files
    }

    /// What the last build of this folder made.
    pub fn made(&self) -> Files {
        let mut files = self.site.output();
        files.remove(".bulletin");
        files
    }

    /// What readers find at the place.
    pub fn published(&self) -> Files {
        let mut files = self.place.files();
        files.retain(|path, _| !path.starts_with(OWN));
        files
    }

    /// What was asked of the server since the proxy began to count.
    pub fn deeds(&self) -> Vec<Deed> {
        let base = self.place.base();
        self.proxy().log().iter().flat_map(|asked| deeds(asked, &base)).collect()
    }

    /// The files of the site that were sent, in order.
    pub fn sent(&self) -> Vec<String> {
        let sent = self.deeds().into_iter().filter_map(|deed| match deed {
            Deed::Sent(path) if !path.starts_with(OWN) => Some(path),
            _ => None,
        });
        sent.collect()
    }

    /// The files of the site that were deleted, in order.
    pub fn deleted(&self) -> Vec<String> {
        let deleted = self.deeds().into_iter().filter_map(|deed| match deed {
            Deed::Deleted(path) if !path.starts_with(OWN) => Some(path),
            _ => None,
        });
        deleted.collect()
    }

    /// Gives a briefing another text, and says so: nothing is edited without a word.
    pub fn edit(&self, number: usize, turn: usize) {
        let text = item(number, &format!("Text of turn {turn}."));
        let updated = format!("updated = 2026-{:02}-{:02}\n+++\n\n", 2 + turn / 28, 1 + turn % 28);
        self.site.write(&briefing(number), text.replacen("+++\n\n", &updated, 1));
    }

    /// Changes some of everything, each turn otherwise: texts, a topic, a page that comes or goes, the style of all pages.
    pub fn turn(&self, turn: usize) {
        self.edit(1, turn);
        self.edit(2, turn);
        self.site.edit(&briefing(2), |text| text.replace("\"talks\"", &format!("\"turn {}\"", turn % 2)));
        if turn.is_multiple_of(2) {
            self.remove(9);
        } else {
            fs::remove_file(self.site.path("content/_redirects")).ok();
            self.edit(9, turn);
        }
        if turn.is_multiple_of(3) {
            self.style(&format!("turn-{turn}"));
        }
    }

    /// Removes a briefing, and says where its readers shall go.
    pub fn remove(&self, number: usize) {
        fs::remove_file(self.site.path(&briefing(number))).ok();
        self.site.write("content/_redirects", format!("/news/item-{number}/ /news/ 301\n"));
    }

    /// Changes the style sheet of all pages.
    pub fn style(&self, name: &str) {
        self.site.write("themes/site/assets/main.css", format!(".{name} {{ color: red }}\n"));
    }
}

/// Where a briefing is.
pub fn briefing(number: usize) -> String {
    format!("content/news/item-{number}.md")
}

fn item(number: usize, body: &str) -> String {
    let front = format!(
        "title = \"Item {number}\"\nsummary = \"S.\"\ndate = 2026-01-{number:02}\ntopics = [\"talks\"]"
    );
    page(&front, body)
}

/// What a request means. Some delete several files at once, and name them in their body.
fn deeds(asked: &Asked, base: &str) -> Vec<Deed> {
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    let name = |path: &str| {
        let (_, name) = path.split_once(base).unwrap_or(("", path));
        name.to_string()
    };
    match asked.method.as_str() {
        "GET" if query.contains("list") => vec![Deed::Listed],
        "GET" | "HEAD" => vec![Deed::Read(name(path))],
        "PUT" => vec![Deed::Sent(name(path))],
        "DELETE" => vec![Deed::Deleted(name(path))],
        "MOVE" => vec![Deed::Sent(name(&asked.to))],
        "POST" if query.contains("comp=batch") => {
            let lines = asked.body.lines().filter_map(|line| line.strip_prefix("DELETE "));
            let path = |line: &str| line.split([' ', '?']).next().unwrap_or_default().to_string();
            lines.map(|line| Deed::Deleted(name(&path(line)))).collect()
        }
        "POST" => {
            let prefix = base.trim_start_matches('/').split_once('/').map_or("", |(_, prefix)| prefix);
            let keys = asked.body.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
            keys.map(|key| Deed::Deleted(key.strip_prefix(prefix).unwrap_or(key).to_string())).collect()
        }
        _ => Vec::new(),
    }
}
