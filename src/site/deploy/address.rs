//! Where files go, as an address says it: a folder, a branch, a bucket, a host.
//!
//! Knows how each is written. Reaches nobody.

use crate::diagnostic::suggestion;
use crate::site::is_this_machine;
use crate::table::View;

/// Where files go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A folder of this machine, as it was written.
    Folder(String),
    /// A branch of a git repository.
    Git(Branch),
    /// A place that keeps files under names, behind a network.
    Store(Store),
}

/// A branch of a git repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The repository, as git takes it.
    pub repository: String,
    /// The name of the branch.
    pub name: String,
    /// What becomes of what was published before.
    pub history: History,
}

/// What becomes of earlier releases on a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// Each release is a commit upon the last.
    Kept,
    /// The branch is one commit.
    Dropped,
}

/// A place that keeps files under names, behind a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// How it is spoken to.
    pub kind: StoreKind,
    /// The bucket, the container, or the host: `deploy@example.org:2222` for SFTP.
    pub container: String,
    /// The folder in it, without slashes at its ends; empty for all of it. For SFTP a path on the host.
    pub prefix: String,
    /// The address of the service, if not the usual one.
    pub endpoint: Option<String>,
    /// The region, for services that have some.
    pub region: Option<String>,
}

/// How a store is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// S3, or what understands its requests.
    S3,
    /// Azure Blob Storage.
    Azure,
    /// SFTP, through the `ssh` of the system.
    Sftp,
    /// WebDAV.
    WebDav,
}

const BRANCH: &str = "gh-pages";

/// The schemes of addresses.
const SCHEMES: [&str; 9] =
    ["file", "s3", "sftp", "azure", "webdav+https", "webdav+http", "git+ssh", "git+https", "git+file"];

/// What an address means; or what was expected instead.
pub(in crate::site) fn destination(to: &str, view: &View<'_>) -> Result<Destination, String> {
    let text = |name: &str| view.text(name).map(str::to_string);
    let branch = |repository: &str| {
        let history = if view.text("history") == Some("dropped") { History::Dropped } else { History::Kept };
        let name = text("branch").unwrap_or_else(|| BRANCH.to_string());
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
        if !name.bytes().all(plain) || name.starts_with(['-', '/', '.']) || name == "HEAD" {
            return Err(format!("`branch` is no name of a branch: {name}"));
        }
        Ok(Destination::Git(Branch { repository: repository.to_string(), name, history }))
    };
    let Some((scheme, rest)) = to.split_once("://") else {
        // As git writes it itself: git@example.org:desk/site.git
        return if to.starts_with("git@") { branch(to) } else { folder(to) };
    };
    // A token may stand in the place of a name, and a name alone opens nothing.
    if has_password(rest) || (scheme == "git+https" && host(rest).contains('@')) {
        return Err("a password or token does not stand in a file that is kept and shared".to_string());
    }
    let store = |kind| store(kind, rest, view);
    match scheme {
        "file" if rest.starts_with('/') => folder(rest),
        "file" => Err("three slashes: file:///srv/www/desk".to_string()),
        "git+ssh" | "git+https" | "git+file" => branch(&to["git+".len()..]),
        "s3" => store(StoreKind::S3),
        "azure" => store(StoreKind::Azure),
        "sftp" => store(StoreKind::Sftp),
        "webdav+https" => store(StoreKind::WebDav),
        // A password over the open network is no secret.
        "webdav+http" if is_this_machine(host(rest)) => store(StoreKind::WebDav),
        "webdav+http" => {
            Err("the password would go over the network in the clear: use webdav+https://".to_string())
        }
        _ => Err(match suggestion(scheme, SCHEMES.into_iter()) {
            Some(close) => format!("did you mean {close}://?"),
            None => {
                format!("expected a folder, or an address that begins with {}://", SCHEMES[1..].join("://, "))
            }
        }),
    }
}

/// A folder of this machine; what looks like an address is more often a mistake than a folder.
fn folder(path: &str) -> Result<Destination, String> {
    let first = path.split('/').next().unwrap_or_default();
    if first.starts_with('~') {
        return Err("`~` means nothing here: write the whole path".to_string());
    }
    // On Windows a drive has one letter.
    if first.find(':').is_some_and(|colon| colon > 1) {
        return Err(
            "for another machine sftp://user@host/path, for a repository git+ssh://user@host/path.git"
                .to_string(),
        );
    }
    Ok(Destination::Folder(path.to_string()))
}

fn store(kind: StoreKind, rest: &str, view: &View<'_>) -> Result<Destination, String> {
    let (container, path) = rest.split_once('/').unwrap_or((rest, ""));
    if container.is_empty() {
        return Err("the name of the bucket or host is missing".to_string());
    }
    if rest.contains(['?', '#']) {
        return Err("an address ends with its path".to_string());
    }
    let prefix = path.trim_matches('/').to_string();
    if kind == StoreKind::Sftp && (prefix.is_empty() || prefix.starts_with('~')) {
        return Err("name the folder by its whole path on the host: sftp://user@host/srv/www".to_string());
    }
    if prefix.split('/').any(|part| part == ".." || part == ".") {
        return Err("`.` and `..` have no meaning here".to_string());
    }
    let endpoint = match kind {
        StoreKind::WebDav if view.text("to").is_some_and(|to| to.starts_with("webdav+http:")) => {
            Some(format!("http://{container}"))
        }
        StoreKind::WebDav => Some(format!("https://{container}")),
        _ => view.text("endpoint").map(str::to_string),
    };
    if endpoint.as_deref().is_some_and(|endpoint| endpoint.contains(['@', '?', '#'])) {
        return Err(
            "`endpoint` is the address of a service, without names, passwords and signatures".to_string()
        );
    }
    let region = view.text("region").map(str::to_string);
    Ok(Destination::Store(Store { kind, container: container.to_string(), prefix, endpoint, region }))
}

/// Whether somebody wrote `user:password@host`.
fn has_password(rest: &str) -> bool {
    host(rest).rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}

fn host(rest: &str) -> &str {
    rest.split('/').next().unwrap_or_default()
}

impl std::fmt::Display for Destination {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(path) => formatter.write_str(path),
            Self::Git(branch) => write!(formatter, "{} ({})", branch.repository, branch.name),
            Self::Store(store) => store.fmt(formatter),
        }
    }
}

impl std::fmt::Display for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = match self.kind {
            StoreKind::S3 => "s3",
            StoreKind::Azure => "azure",
            StoreKind::Sftp => "sftp",
            StoreKind::WebDav => "webdav",
        };
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        write!(formatter, "{scheme}://{}{slash}{}", self.container, self.prefix)
    }
}
