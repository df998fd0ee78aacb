//! A branch of a git repository, as GitHub, GitLab and Codeberg Pages show it.
//!
//! Calls the system's own `git`, with its keys and its keyring. A release is one commit, made by `fast-import` beside whatever
//! the branch holds of others; the push says which commit it follows, so that of two deploys one is refused.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::super::plan::{Change, Plan};
use super::super::release::Release;
use super::super::secret;
use super::super::standing::{STANDING, Standing};
use super::{Back, Host, no_way_back, overtaken};
use crate::digest::Sha256;
use crate::engine::{Progress, Stop};
use crate::site::{Branch, Deployment, History};
use crate::source::regular;
use crate::source::tree::Fault;

/// What was fetched, and what is pushed.
const PUBLISHED: &str = "refs/heads/published";
const NEXT: &str = "refs/heads/next";
/// Tells GitHub to show the files as they are.
pub const AS_THEY_ARE: &str = ".nojekyll";
/// Held while a deploy works in the repository here; not named as git names its own.
const LOCK: &str = "bulletin-lock";
/// The message of a commit that shows an earlier one again begins so.
const GO_BACK: &str = "Go back to ";

/// A branch, and a repository of our own to work in.
pub(super) struct Git {
    branch: Branch,
    /// Without any files: only what was fetched and what is pushed.
    work: PathBuf,
    site: PathBuf,
    /// The commit that readers saw when the deploy looked.
    tip: Option<String>,
    name: String,
    /// Held while a deploy works here.
    lock: Option<File>,
}

impl Git {
    pub fn open(branch: &Branch, deployment: &Deployment, site: &Path) -> Result<Self, Stop> {
        let work = site.join(".bulletin").join(format!("deploy-{}.git", deployment.name));
        Ok(Self {
            branch: branch.clone(),
            work,
            site: site.to_path_buf(),
            tip: None,
            name: deployment.to.to_string(),
            lock: None,
        })
    }

    /// A git that knows nothing of the repository that Bulletin was started in, and never asks for a name or a password.
    fn git(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        for name in [
            "GIT_DIR",
            "GIT_WORK_TREE",
            "GIT_INDEX_FILE",
            "GIT_PREFIX",
            "GIT_OBJECT_DIRECTORY",
            "GIT_COMMON_DIR",
        ] {
            command.env_remove(name);
        }
        command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C").current_dir(&self.site);
        command.arg("--git-dir").arg(&self.work).args(["-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0"]);
        command.args(arguments).stdin(Stdio::null());
        command
    }

    fn ran(&self, arguments: &[&str]) -> Result<Output, Stop> {
        self.git(arguments).output().map_err(|error| {
            Stop::Refused(format!(
                "cannot run git ({error}): it must be installed to publish to {}",
                self.name
            ))
        })
    }

    /// What git writes when it succeeds.
    fn said(&self, arguments: &[&str]) -> Result<Vec<u8>, Stop> {
        let output = self.ran(arguments)?;
        if output.status.success() { Ok(output.stdout) } else { Err(self.fault(arguments[0], &output)) }
    }

    fn fault(&self, doing: &str, output: &Output) -> Stop {
        let text = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let error =
            std::io::Error::other(secret::without_users(&format!("git {doing}: {}", lines.join("; "))));
        Fault::new("cannot publish to", Path::new(&self.name))(error).into()
    }

    /// The commit that the branch is at now; none if there is no such branch.
    fn listed(&self) -> Result<Option<String>, Stop> {
        let branch = format!("refs/heads/{}", self.branch.name);
        let listed = self.ran(&["ls-remote", "--exit-code", &self.branch.repository, &branch])?;
        match listed.status.code() {
            Some(0) => {
                Ok(String::from_utf8_lossy(&listed.stdout).split_whitespace().next().map(str::to_string))
            }
            // Git's own sign that the repository answers and has no such branch.
            Some(2) => Ok(None),
            _ => Err(self.fault("ls-remote", &listed)),
        }
    }

    /// Takes the repository here, so that no other deploy works in it meanwhile.
    fn locked(&mut self) -> Result<(), Stop> {
        std::fs::create_dir_all(&self.work).map_err(Fault::new("cannot create", &self.work))?;
        let place = self.work.join(LOCK);
        let file = regular::opened_with(File::options().create(true).append(true), &place);
        let file = file.map_err(Fault::new("cannot open", &place))?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(Stop::Refused(format!(
                "another deploy of this site is writing to {}; wait for it to end",
                self.name
            )));
        }
        // What a git that was killed left would stop every other for ever.
        let left = walkdir::WalkDir::new(&self.work).into_iter().flatten();
        let left = left.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "lock"));
        left.for_each(|entry| drop(std::fs::remove_file(entry.path())));
        self.lock = Some(file);
        Ok(())
    }

    /// Fetches the newest commits of the branch; none if there is no such branch.
    fn fetched(&mut self, depth: &str) -> Result<Option<String>, Stop> {
        self.locked()?;
        if !self.work.join("HEAD").exists() {
            self.said(&["init", "--quiet", "--bare"])?;
        }
        if self.listed()?.is_none() {
            return Ok(None);
        }
        let refs = format!("+refs/heads/{}:{PUBLISHED}", self.branch.name);
        self.said(&["fetch", "--quiet", "--no-tags", "--depth", depth, &self.branch.repository, &refs])?;
        let commit = self.said(&["rev-parse", PUBLISHED])?;
        Ok(Some(String::from_utf8_lossy(&commit).trim().to_string()))
    }

    /// Who the commits are from: whoever git knows, or Bulletin.
    fn committer(&self) -> String {
        let known = |key: &str| {
            let output = self.ran(&["config", "--get", key]).ok()?;
            let text = String::from_utf8(output.stdout).ok()?;
            let text: String = text.trim().chars().filter(|c| !"<>\n\r".contains(*c)).collect();
            (!text.is_empty()).then_some(text)
        };
        let name = known("user.name").unwrap_or_else(|| "Bulletin".to_string());
        let mail = known("user.email").unwrap_or_else(|| "bulletin@localhost".to_string());
        format!("{name} <{mail}>")
    }

    /// Makes a commit out of a stream for `fast-import`, whose head says where it begins.
    fn import(
        &self,
        message: &str,
        tip: Option<&str>,
        rest: impl FnOnce(&mut dyn Write) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let mut child = self
            .git(&["fast-import", "--quiet", "--force", "--date-format=now"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Stop::Refused(format!("cannot run git ({error})")))?;
        let stdin = child.stdin.take().expect("it was asked for");
        let mut stream = std::io::BufWriter::new(stdin);
        let begun = self.begin(&mut stream, message, tip).map_err(|error| self.broken(&error));
        let written = begun.and_then(|()| rest(&mut stream));
        let flushed = stream.flush();
        drop(stream);
        let output = child.wait_with_output().map_err(|error| self.broken(&error))?;
        // What git says of it is worth more than that the pipe broke.
        if !output.status.success() {
            return Err(self.fault("fast-import", &output));
        }
        written.and_then(|()| flushed.map_err(|error| self.broken(&error)))
    }

    /// The head of a commit, and what it begins with: what the branch holds.
    fn begin(&self, stream: &mut dyn Write, message: &str, tip: Option<&str>) -> std::io::Result<()> {
        writeln!(
            stream,
            "commit {NEXT}\ncommitter {} now\ndata {}\n{message}",
            self.committer(),
            message.len()
        )?;
        match tip {
            Some(tip) if self.branch.history == History::Kept => writeln!(stream, "from {tip}"),
            Some(tip) => writeln!(stream, "M 040000 {} \"\"", self.tree(tip)?),
            None => Ok(()),
        }
    }

    fn tree(&self, commit: &str) -> std::io::Result<String> {
        let tree = self.said(&["rev-parse", &format!("{commit}^{{tree}}")]);
        let tree = tree.map_err(|stop| std::io::Error::other(stop.to_string()))?;
        Ok(String::from_utf8_lossy(&tree).trim().to_string())
    }

    fn broken(&self, error: &std::io::Error) -> Stop {
        let error = std::io::Error::other(error.to_string());
        Fault::new("cannot publish to", Path::new(&self.name))(error).into()
    }

    /// Pushes the commit, if the branch is what it was when it was fetched.
    fn push(&self) -> Result<(), Stop> {
        let branch = format!("refs/heads/{}", self.branch.name);
        let lease = format!("--force-with-lease={branch}:{}", self.tip.as_deref().unwrap_or_default());
        let refs = format!("{NEXT}:{branch}");
        let output = self.ran(&["push", "--quiet", &lease, &self.branch.repository, &refs])?;
        if output.status.success() {
            return Ok(());
        }
        // Servers refuse in words of their own; what the branch is at says whether somebody was quicker.
        let moved = self.listed().is_ok_and(|now| now != self.tip);
        Err(if moved { overtaken(&self.name) } else { self.fault("push", &output) })
    }

    fn blob(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, Stop> {
        let output = self.ran(&["cat-file", "blob", &format!("{commit}:{path}")])?;
        Ok(output.status.success().then_some(output.stdout))
    }

    /// What a commit published.
    fn remembered(&self, commit: &str) -> Result<Standing, Stop> {
        let Some(bytes) = self.blob(commit, STANDING)? else { return Ok(Standing::default()) };
        Standing::parse(&String::from_utf8_lossy(&bytes)).ok_or_else(|| {
            let why = "cannot be understood: deploy with the Bulletin that wrote it, or name another branch";
            Stop::Refused(format!("{STANDING} of {} {why}", self.name))
        })
    }

    /// The files of a commit that a deploy put there, each with its blob; others stay, whoever goes back.
    fn own(&self, commit: &str, standing: &Standing) -> Result<BTreeMap<String, String>, Stop> {
        let listed = self.said(&["ls-tree", "-r", "-z", commit])?;
        let lines = listed.split(|byte| *byte == 0).map(String::from_utf8_lossy);
        let file = |line: std::borrow::Cow<'_, str>| {
            let (about, path) = line.split_once('\t')?;
            let blob = about.split(' ').nth(2)?.to_string();
            (path == STANDING || standing.at(path).is_some()).then(|| (path.to_string(), blob))
        };
        Ok(lines.filter_map(file).collect())
    }

    /// The commit that this one shows again, if it went back.
    fn gone_back_to(&self, commit: &str) -> Result<Option<String>, Stop> {
        let message = self.said(&["show", "--no-patch", "--format=%s", commit])?;
        let is_commit = |name: &&str| name.len() >= 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        // Somebody may have written such a message by hand.
        Ok(String::from_utf8_lossy(&message)
            .trim()
            .strip_prefix(GO_BACK)
            .filter(is_commit)
            .map(str::to_string))
    }
}

impl Host for Git {
    fn standing(&mut self) -> Result<Standing, Stop> {
        self.tip = self.fetched("1")?;
        self.tip.as_deref().map_or_else(|| Ok(Standing::default()), |tip| self.remembered(tip))
    }

    fn bytes(&mut self, path: &str) -> Result<Option<Vec<u8>>, Stop> {
        let Some(tip) = &self.tip else { return Ok(None) };
        self.blob(tip, path)
    }

    fn paths(&mut self) -> Result<Vec<String>, Stop> {
        let Some(tip) = &self.tip else { return Ok(Vec::new()) };
        let paths = self.said(&["ls-tree", "-r", "-z", "--name-only", tip])?;
        let paths = paths.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        Ok(paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect())
    }

    fn publish(
        &mut self,
        plan: &Plan,
        release: &Release,
        progress: &dyn Progress,
    ) -> Result<Vec<String>, Stop> {
        let message = format!(
            "Publish: {} created, {} updated, {} deleted",
            plan.count(Change::Create),
            plan.count(Change::Update),
            plan.count(Change::Delete)
        );
        progress.begin("packed", plan.sent().count());
        self.import(&message, self.tip.as_deref(), |stream| {
            let broken = |error: std::io::Error| self.broken(&error);
            for step in plan.deleted() {
                writeln!(stream, "D {}", quoted(&step.path)).map_err(broken)?;
            }
            for step in plan.sent() {
                progress.step();
                inline(stream, &step.path, &release.bytes(&step.path)?).map_err(broken)?;
            }
            if release.file(AS_THEY_ARE).is_none() {
                inline(stream, AS_THEY_ARE, b"").map_err(broken)?;
            }
            inline(stream, STANDING, plan.result.text().as_bytes()).map_err(broken)
        })?;
        self.push()?;
        Ok(Vec::new())
    }

    fn rollback(&mut self) -> Result<Back, Stop> {
        // All of it: the way back may be longer than one step.
        self.tip = self.fetched("2147483647")?;
        let nothing =
            || no_way_back(&format!("{} keeps no commit before the one that readers see", self.name));
        let tip = self.tip.clone().ok_or_else(nothing)?;
        let left = self.remembered(&tip)?;
        // A commit that went back itself shows another one, and the way goes on from there. One that somebody made by hand
        // is no release.
        let mut seen = self.gone_back_to(&tip)?.unwrap_or_else(|| tip.clone());
        let (commit, shown) = loop {
            let before = self.ran(&["rev-parse", "--verify", "--quiet", &format!("{seen}^")])?;
            if !before.status.success() {
                return Err(nothing());
            }
            let before = String::from_utf8_lossy(&before.stdout).trim().to_string();
            let commit = self.gone_back_to(&before)?.unwrap_or_else(|| before.clone());
            let shown = self.remembered(&commit)?;
            if !shown.files.is_empty() && shown != left {
                break (commit, shown);
            }
            seen = before;
        };
        let (now, then) = (self.own(&tip, &left)?, self.own(&commit, &shown)?);
        self.import(&format!("{GO_BACK}{commit}"), Some(&tip), |stream| {
            let broken = |error: std::io::Error| self.broken(&error);
            for path in now.keys() {
                writeln!(stream, "D {}", quoted(path)).map_err(broken)?;
            }
            for (path, blob) in &then {
                writeln!(stream, "M 100644 {blob} {}", quoted(path)).map_err(broken)?;
            }
            Ok(())
        })?;
        self.push()?;
        Ok(Back { name: format!("commit {commit}"), left, shown })
    }

    fn headers(&self) -> Sha256 {
        Sha256::of(b"")
    }
}

/// A file with its bytes, for `fast-import`.
fn inline(stream: &mut dyn Write, path: &str, bytes: &[u8]) -> std::io::Result<()> {
    writeln!(stream, "M 100644 inline {}\ndata {}", quoted(path), bytes.len())?;
    stream.write_all(bytes)?;
    stream.write_all(b"\n")
}

/// A path as `fast-import` takes it, whatever it holds.
fn quoted(path: &str) -> String {
    let mut text = String::from("\"");
    for character in path.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\n' => text.push_str("\\n"),
            _ => text.push(character),
        }
    }
    text.push('"');
    text
}
