//! Where a finished site goes: `[deploy.NAME]` of site.toml.
//!
//! Reaches nobody, and holds no secret: those are refused here.

mod address;
mod mask;

use std::ops::Range;

use super::BaseUrl;
use crate::table::{Key, Reader, Shape, View};

pub use address::{Branch, Destination, History, Store, StoreKind};
pub(in crate::site) use mask::masked;

/// One place that a site is published at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// What it is called: `production` in `[deploy.production]`.
    pub name: String,
    /// Where the files go.
    pub to: Destination,
    /// Where they are read, if not where the settings say.
    pub base_url: Option<BaseUrl>,
    /// How many releases are kept, the one that readers see included, where the host can keep several.
    pub keep: usize,
    /// A deploy that would delete more than this share of the files that are there is refused; in percent.
    pub shrink_percent_max: u32,
    /// The `Cache-Control` of what has no hash in its name.
    pub cache_control: String,
    /// In which packed forms a file lies beside itself, for servers that send those.
    pub precompressed: Vec<Encoding>,
    /// The command that runs after a deploy that changed something: a program and its arguments.
    pub after: Vec<String>,
}

/// A packed form that browsers understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Files that end in `.gz`.
    Gzip,
    /// Files that end in `.br`.
    Brotli,
}

const fn key(name: &'static str, shape: Shape, meaning: &'static str) -> Key {
    Key { name, shape, meaning }
}

/// What to say of a secret in a file that many can read.
const SECRET: Shape = Shape::Elsewhere(
    "a secret does not stand in a file that is kept and shared: take it out, make a new one, and put that into the environment",
);

/// The keys of `[deploy.NAME]`.
pub(in crate::site) const DEPLOY: &[Key] = &[
    key(
        "to",
        Shape::Text,
        "Where the files go: a folder, s3://bucket/path, sftp://user@host/path, azure://container/path, webdav+https://host/path, git+ssh://… or git+https://… (required).",
    ),
    key("base_url", Shape::Text, "Where this copy is read, if not at the base_url of the site."),
    key("keep", Shape::Number(1, 1000), "Releases that a folder keeps for --rollback; 5 is the default."),
    key(
        "shrink_percent_max",
        Shape::Number(0, 100),
        "The share of its files that a deploy may delete without --allow-shrink; 20 is the default.",
    ),
    key(
        "cache_control",
        Shape::Text,
        "Cache-Control of pages in object stores; \"public, max-age=60\" is the default. Files with a hash in their name are kept for a year.",
    ),
    key(
        "precompressed",
        Shape::Choices(&["gzip", "brotli"]),
        "Packed twins beside each text, for servers that send them (folders, SFTP and WebDAV).",
    ),
    key("after", Shape::Texts, "A program and its arguments, run when a deploy has changed something."),
    key("branch", Shape::Text, "The branch for git; gh-pages is the default."),
    key(
        "history",
        Shape::Choice(&["kept", "dropped"]),
        "Whether the branch keeps earlier releases, as it does unless told.",
    ),
    key("endpoint", Shape::Text, "The address of the storage service, if not that of AWS or Azure."),
    key("region", Shape::Text, "Its region; the environment is asked where none is stated."),
    key("access_key_id", SECRET, ""),
    key("secret_access_key", SECRET, ""),
    key("session_token", SECRET, ""),
    key("account_key", SECRET, ""),
    key("sas_token", SECRET, ""),
    key("api_key", SECRET, ""),
    key("token", SECRET, ""),
    key("secret", SECRET, ""),
    key("password", SECRET, ""),
];

/// The usual life of a page in a cache: long enough for a rush of readers, short enough for a correction.
const CACHE_CONTROL: &str = "public, max-age=60";
const KEEP: u32 = 5;
const SHRINK_PERCENT_MAX: u32 = 20;

/// Reads all `[deploy.NAME]`.
pub(in crate::site) fn deployments(reader: &mut Reader<'_>, view: &View<'_>) -> Vec<Deployment> {
    let Some(all) = view.table("deploy") else { return Vec::new() };
    all.named().filter_map(|(name, span, table)| deployment(reader, (name, span), &table)).collect()
}

fn deployment(
    reader: &mut Reader<'_>,
    (name, span): (&str, Range<usize>),
    view: &View<'_>,
) -> Option<Deployment> {
    let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if name.is_empty() || !is_word(name) {
        let label = "letters, digits, - and _, such as [deploy.production]";
        reader.error(span, format!("`{name}` is no name for a deployment"), label);
        return None;
    }
    let Some(to) = view.text("to") else {
        if view.value("to").is_none() {
            let label = "say where the files go: to = \"s3://bucket\"";
            reader.error(span, format!("`deploy.{name}` has no `to`"), label);
        }
        return None;
    };
    let at = view.span("to").unwrap_or(span);
    let to = match address::destination(to, view) {
        Ok(to) => to,
        Err(label) => {
            reader.error(at, "`to` is no place that files can go to".to_string(), &label);
            return None;
        }
    };
    refuse_idle(reader, &to, view);
    Some(Deployment {
        name: name.to_string(),
        to,
        base_url: view.text("base_url").and_then(|text| base_url(reader, text, view)),
        keep: view.number("keep").unwrap_or(KEEP).max(1) as usize,
        shrink_percent_max: view.number("shrink_percent_max").unwrap_or(SHRINK_PERCENT_MAX),
        cache_control: cache_control(reader, view),
        precompressed: encodings(view),
        after: view.texts("after").into_iter().map(str::to_string).collect(),
    })
}

/// Which keys mean something for which destinations only.
const FOLDER_KEYS: [&str; 2] = ["keep", "precompressed"];
const GIT_KEYS: [&str; 2] = ["branch", "history"];
const OBJECT_KEYS: [&str; 3] = ["endpoint", "region", "cache_control"];
const FILE_KEYS: [&str; 1] = ["precompressed"];

/// A key that does nothing is a mistake: somebody relies on it.
fn refuse_idle(reader: &mut Reader<'_>, to: &Destination, view: &View<'_>) {
    let (kind, means) = match to {
        Destination::Folder(_) => ("a folder", &FOLDER_KEYS[..]),
        Destination::Git(_) => ("a git branch", &GIT_KEYS[..]),
        Destination::Store(store) => match store.kind {
            StoreKind::S3 | StoreKind::Azure => ("a place like this", &OBJECT_KEYS[..]),
            StoreKind::Sftp | StoreKind::WebDav => ("a place like this", &FILE_KEYS[..]),
        },
    };
    for name in FOLDER_KEYS.iter().chain(&GIT_KEYS).chain(&OBJECT_KEYS) {
        if let Some(at) = view.span(name).filter(|_| !means.contains(name)) {
            reader.error(at, format!("`{name}` means nothing for {kind}"), "take it out");
        }
    }
}

fn base_url(reader: &mut Reader<'_>, text: &str, view: &View<'_>) -> Option<BaseUrl> {
    let read = BaseUrl::parse(text);
    if let Err(problem) = read {
        let at = view.span("base_url").unwrap_or(0..0);
        reader.error(at, "`base_url` is not the address of a site".to_string(), problem);
    }
    read.ok()
}

fn cache_control(reader: &mut Reader<'_>, view: &View<'_>) -> String {
    let text = view.text("cache_control").unwrap_or(CACHE_CONTROL);
    if !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        let at = view.span("cache_control").unwrap_or(0..0);
        reader.error(
            at,
            "`cache_control` is no value of a header".to_string(),
            "such as \"public, max-age=60\"",
        );
    }
    text.to_string()
}

fn encodings(view: &View<'_>) -> Vec<Encoding> {
    let encoding = |word: &str| match word {
        "gzip" => Some(Encoding::Gzip),
        "brotli" => Some(Encoding::Brotli),
        _ => None,
    };
    let mut all: Vec<Encoding> = Vec::new();
    for encoding in view.texts("precompressed").into_iter().filter_map(encoding) {
        // Twice is once.
        if !all.contains(&encoding) {
            all.push(encoding);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::Site;

    const REQUIRED: &str = "title = \"t\"\nbase_url = \"https://desk.test/\"\ntimezone = \"UTC\"\n";

    fn parsed(lines: &str) -> (Vec<Deployment>, String) {
        let (site, said) = Site::parse("site.toml", &format!("{REQUIRED}[deploy.production]\n{lines}\n"));
        (site.deployments, format!("{said:?}"))
    }

    #[track_caller]
    fn leads(to: &str) -> Destination {
        let (all, said) = parsed(&format!("to = \"{to}\""));
        assert_eq!((all.len(), said.as_str()), (1, "[]"), "{to}");
        all[0].to.clone()
    }

    #[test]
    fn an_address_says_how_and_where() {
        assert_eq!(leads("/srv/www/desk"), Destination::Folder("/srv/www/desk".to_string()));
        assert_eq!(leads("file:///srv/www/desk"), leads("/srv/www/desk"));
        let Destination::Store(store) = leads("s3://desk/a/b/") else { panic!("no store") };
        assert_eq!(
            (store.kind, store.container.as_str(), store.prefix.as_str()),
            (StoreKind::S3, "desk", "a/b")
        );
        let Destination::Git(branch) = leads("git+ssh://git@example.org/desk/site.git") else {
            panic!("no branch")
        };
        assert_eq!(
            (branch.repository.as_str(), branch.name.as_str()),
            ("ssh://git@example.org/desk/site.git", "gh-pages")
        );
        assert!(matches!(leads("git@example.org:desk/site.git"), Destination::Git(_)));
        assert_eq!(
            leads("sftp://desk@example.org:22/srv/www").to_string(),
            "sftp://desk@example.org:22/srv/www"
        );
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_was_meant() {
        for (to, words) in [
            ("S3://desk", "did you mean s3://?"),
            ("ftp://desk", "did you mean sftp://?"),
            ("s3://", "the name of the bucket or host is missing"),
            ("s3://desk/../other", "have no meaning here"),
            ("webdav+http://example.org/x", "in the clear"),
            ("deploy@host.example:/srv/www", "sftp://user@host/path"),
            ("s3:/bucket", "for another machine"),
            ("~/www", "write the whole path"),
            ("file://tmp/x", "three slashes"),
            ("sftp://host", "by its whole path"),
            ("s3://desk/a?key=b", "ends with its path"),
        ] {
            let (all, said) = parsed(&format!("to = \"{to}\""));
            assert!(all.is_empty() && said.contains(words), "{to}: {said}");
        }
    }

    #[test]
    fn a_key_that_would_do_nothing_is_refused() {
        for (lines, refused) in [
            ("to = \"s3://desk\"\nkeep = 3", "`keep` means nothing for a place like this"),
            ("to = \"www\"\nregion = \"eu-1\"", "`region` means nothing for a folder"),
            (
                "to = \"git@example.org:a.git\"\nprecompressed = [\"gzip\"]",
                "`precompressed` means nothing for a git branch",
            ),
        ] {
            let said = parsed(lines).1;
            assert!(said.contains(refused), "{lines}: {said}");
        }
    }

    #[test]
    fn a_secret_in_the_settings_is_an_error_that_does_not_show_it() {
        for line in [
            "secret_access_key = \"hunter2hunter2\"",
            "secret_access_key = hunter2hunter2",
            "\"token\" = 'hunter2hunter2' # of hunter2hunter2",
            "to = \"sftp://desk:hunter2hunter2@example.org/\"",
            "connection_string = \"AccountKey=hunter2hunter2\"",
            "secret_key = \"hunter2hunter2\"",
            "passwd = \"\"\"\nhunter2hunter2\"\"\"",
            "auth = { sas = \"hunter2hunter2\" }",
            "to = \"git+https://hunter2hunter2@example.org/a.git\"",
            "endpoint = \"https://hunter2hunter2@example.org/\"",
            "to = \"git+https://x:hunter2hunter2@example.org/a.git\"",
        ] {
            let (_, said) =
                parsed(&format!("to = \"s3://desk\"\n{line}").replace("to = \"s3://desk\"\nto", "to"));
            assert!(said.contains("Error"), "{line}");
            assert!(!said.contains("hunter2"), "{line}: {said}");
        }
    }
}
