//! `bulletin deploy` to a branch of a git repository, with the system's own git.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scratch;

use std::path::Path;
use std::process::Command;

use scratch::press::{CALL, command, corrected, deploy};
use scratch::{Files, Site, assert_same, page, press, ran};
use tempfile::TempDir;

/// A bare repository, as a host has it.
struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(TempDir::new().unwrap());
        repository.git(&["init", "--quiet", "--bare", "."]);
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, arguments: &[&str]) -> Vec<u8> {
        let output = Command::new("git").args(arguments).current_dir(self.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn said(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.git(arguments)).unwrap().trim().to_string()
    }

    fn commits(&self) -> usize {
        self.said(&["rev-list", "--count", "gh-pages"]).parse().unwrap()
    }

    /// What the host would show, without what is only for deploys.
    fn seen(&self) -> Files {
        let names = self.git(&["ls-tree", "-r", "-z", "--name-only", "gh-pages"]);
        let names = names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        let names = names.map(|name| String::from_utf8(name.to_vec()).unwrap());
        let own = [".bulletin/standing", "SHA256SUMS"];
        names
            .filter(|name| !own.contains(&name.as_str()))
            .map(|name| {
                let bytes = self.git(&["cat-file", "blob", &format!("gh-pages:{name}")]);
                (name, bytes)
            })
            .collect()
    }

    /// Commits a file by hand, as somebody does on the page of the host.
    fn commit(&self, name: &str, text: &str) {
        self.commit_saying(name, text, "By hand");
    }

    fn commit_saying(&self, name: &str, text: &str, message: &str) {
        self.commit_with(message, |clone| std::fs::write(clone.join(name), text).unwrap());
    }

    /// Deletes a file by hand.
    fn delete(&self, name: &str) {
        self.commit_with("By hand", |clone| std::fs::remove_file(clone.join(name)).unwrap());
    }

    fn commit_with(&self, message: &str, edit: impl Fn(&Path)) {
        let folder = TempDir::new().unwrap();
        let clone = folder.path().join("clone");
        let git = |arguments: &[&str]| {
            let who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@desk.test"];
            let run = Command::new("git").args(who).arg("-C").arg(&clone).args(arguments).status().unwrap();
            assert!(run.success(), "{arguments:?}");
        };
        self.git(&["clone", "--quiet", "--branch", "gh-pages", ".", clone.to_str().unwrap()]);
        edit(&clone);
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--message", message]);
        git(&["push", "--quiet", "origin", "gh-pages"]);
    }
}

fn desk(repository: &Repository, more: &str) -> Site {
    press::desk(&format!("to = \"git+file://{}\"\n{more}", repository.path().display()))
}

fn built(site: &Site) -> Files {
    let mut files = site.output();
    files.remove(".bulletin");
    files.insert(".nojekyll".to_string(), Vec::new());
    files
}

#[test]
fn each_release_is_a_commit_that_holds_what_was_built() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &[]).ended(2, &["there is no record at file://", "--first"]);
    deploy(&site, &["--first"]).ended(0, &["created"]);
    assert_same(&repository.seen(), &built(&site));
    deploy(&site, &[]).ended(0, &["nothing to send"]);
    corrected(&site);
    deploy(&site, &[]).ended(0, &["0 created, 8 updated, 0 deleted"]);
    assert_same(&repository.seen(), &built(&site));
    assert_eq!(repository.commits(), 2);
    let changed = repository.said(&["diff", "--name-only", "gh-pages^", "gh-pages"]);
    assert_eq!(changed.lines().count(), 9, "what was planned, and what is remembered: {changed}");
}

#[test]
fn what_changed_without_a_word_is_found_in_the_repository() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    site.edit(CALL, |text| text.replace("They spoke.", "They wrote."));
    deploy(&site, &[]).ended(1, &["error[record]", "nothing was sent"]);
    assert_eq!(repository.commits(), 1);
}

#[test]
fn what_somebody_put_beside_the_site_stays() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    repository.commit("CNAME", "desk.test\n");
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    let mut wanted = built(&site);
    wanted.insert("CNAME".to_string(), b"desk.test\n".to_vec());
    assert_same(&repository.seen(), &wanted);
}

#[test]
fn a_style_sheet_that_changed_stays_for_one_release_on_a_branch_too() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    let sheets = || repository.seen().into_keys().filter(|path| path.starts_with("assets/main.")).count();
    site.write("themes/plain/assets/main.css", "p { color: blue }\n");
    deploy(&site, &[]).ended(0, &["1 left for late readers"]);
    assert_eq!(sheets(), 2);
    corrected(&site);
    deploy(&site, &[]).ended(0, &["1 deleted"]);
    assert_eq!(sheets(), 1);
}

#[test]
fn a_branch_without_history_is_one_commit() {
    let repository = Repository::new();
    let site = desk(&repository, "history = \"dropped\"");
    deploy(&site, &["--first"]).ended(0, &[]);
    repository.commit("CNAME", "desk.test\n");
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    assert_eq!(repository.commits(), 1);
    assert!(repository.seen().contains_key("CNAME"), "and still holds what is not ours");
    deploy(&site, &["--rollback"]).ended(2, &["keeps no commit before"]);
}

#[test]
fn the_release_before_comes_back_as_a_new_commit() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    let first = repository.seen();
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    deploy(&site, &["--rollback"]).ended(0, &["readers see commit"]);
    assert_same(&repository.seen(), &first);
    assert_eq!(repository.commits(), 3);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    assert_same(&repository.seen(), &built(&site));
}

#[test]
fn the_way_back_goes_on_from_what_readers_see() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    let good = repository.seen();
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    deploy(&site, &["--rollback"]).ended(0, &["readers see commit"]);
    // Not forward again, to what they were taken back from.
    deploy(&site, &["--rollback"]).ended(2, &["keeps no commit before the one that readers see"]);
    assert_same(&repository.seen(), &good);
    site.write("content/about.md", page("title = \"About\"\nsummary = \"s\"", "Us."));
    deploy(&site, &[]).ended(0, &["1 created"]);
    deploy(&site, &["--rollback"]).ended(0, &["readers see commit"]);
    assert_same(&repository.seen(), &good);
}

#[test]
fn what_no_deploy_put_there_is_replaced_only_if_somebody_says_so() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    // Another repository whose branch holds a site of somebody else.
    let other = Repository::new();
    let others = desk(&other, "");
    let seed = "commit refs/heads/gh-pages\ncommitter x <x> now\ndata 1\nx\nM 100644 inline index.html\ndata 5\nother\nM 100644 inline old.html\ndata 3\nold\n";
    std::fs::write(other.path().join("seed"), seed).unwrap();
    other.git(&["config", "alias.seed", "!git fast-import --quiet --date-format=now < seed"]);
    other.git(&["seed"]);
    let theirs = other.seen();
    let refused = "no deploy put these files there, and this one would replace them: index.html";
    deploy(&others, &["--first"]).ended(2, &[refused, "--take-over"]);
    deploy(&others, &["--plan"]).ended(0, &[refused, "note: files of others stay there: old.html"]);
    assert_same(&other.seen(), &theirs);
    deploy(&others, &["--first", "--take-over"]).ended(0, &["created"]);
    let mut wanted = built(&others);
    wanted.insert("old.html".to_string(), b"old".to_vec());
    assert_same(&other.seen(), &wanted);
}

#[test]
fn who_publishes_meanwhile_is_not_overwritten() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    corrected(&site);
    // Between the look and the push, somebody else pushes: done by the repository itself, when the push arrives.
    let hook = "#!/bin/sh\nset -eu\nunset GIT_QUARANTINE_PATH\ntree=$(git rev-parse 'gh-pages^{tree}')\ncommit=$(GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x git commit-tree -p gh-pages -m other \"$tree\")\ngit update-ref refs/heads/gh-pages \"$commit\"\n";
    let place = repository.path().join("hooks/pre-receive");
    std::fs::write(&place, hook).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&place, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    deploy(&site, &[]).ended(2, &["somebody else published to", "nothing was changed: deploy again"]);
    std::fs::remove_file(place).unwrap();
    assert_eq!(repository.said(&["log", "-1", "--format=%s", "gh-pages"]), "other");
    deploy(&site, &[]).ended(0, &["8 updated"]);
    assert_same(&repository.seen(), &built(&site));
}

#[test]
fn a_git_that_was_started_by_another_git_is_not_confused() {
    let repository = Repository::new();
    let other = Repository::new();
    let site = desk(&repository, "");
    let mut command = command(&site, &["--first"]);
    command
        .env("GIT_DIR", other.path())
        .env("GIT_INDEX_FILE", "/nowhere/index")
        .env("GIT_WORK_TREE", "/nowhere");
    ran(&mut command).ended(0, &["created"]);
    assert_same(&repository.seen(), &built(&site));
    assert_eq!(other.said(&["for-each-ref"]), "");
}

#[test]
fn a_repository_that_cannot_be_reached_is_told_in_a_line() {
    let site = press::desk("to = \"git+file:///no/such/repository.git\"");
    let said = deploy(&site, &["--first"]);
    said.ended(
        3,
        &[
            "cannot publish to file:///no/such/repository.git (gh-pages)",
            "does not appear to be a git repository",
        ],
    );
    assert_eq!(said.err.trim().lines().count(), 1, "{}", said.err);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_saved_while_the_site_is_looked_at_stops_the_deploy() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    site.write("content/about.md", page("title = \"About\"\nsummary = \"s\"", "Who we are."));
    // The first thing that a deploy asks of a host after the build: somebody saves a file at that moment.
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *\" ls-remote \"*) sed -i 's/Who we are/Who we were/' '{}';; esac\nPATH=\"${{PATH#*:}}\" exec git \"$@\"\n",
        site.path("content/about.md").display()
    );
    site.write("programs/git", script);
    std::fs::set_permissions(site.path("programs/git"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let mut shell = Command::new("sh");
    let line = format!("export PATH=\"{}:$PATH\"; exec \"$0\" \"$@\"", site.path("programs").display());
    let asked = command(&site, &["--first"]);
    shell.args(["-c", &line]).arg(asked.get_program()).args(asked.get_args()).env_remove("BULLETIN_BASE_URL");
    ran(&mut shell).ended(2, &["the site changed while it was being looked at; nothing was sent"]);
    assert_eq!(repository.said(&["for-each-ref"]), "");
    deploy(&site, &["--first"]).ended(0, &["created"]);
    assert_same(&repository.seen(), &built(&site));
}

#[test]
fn what_somebody_put_there_later_is_replaced_only_if_somebody_says_so() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    repository.commit("map.svg", "theirs");
    site.write("content/map.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    deploy(&site, &["--plan"]).ended(0, &["no deploy put these files there", "map.svg"]);
    deploy(&site, &[]).ended(2, &["no deploy put these files there", "map.svg", "--take-over"]);
    assert_eq!(repository.seen()["map.svg"], b"theirs");
    deploy(&site, &["--take-over"]).ended(0, &["1 created"]);
    assert_same(&repository.seen(), &built(&site));
}

#[test]
fn what_a_git_that_was_killed_left_here_stops_nobody() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    for name in
        ["HEAD.lock", "config.lock", "refs/heads/next.lock", "refs/heads/published.lock", "shallow.lock"]
    {
        site.write(&format!(".bulletin/deploy-production.git/{name}"), "");
    }
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    assert_same(&repository.seen(), &built(&site));
}

#[test]
fn what_the_host_put_there_stays_when_the_release_before_comes_back() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    let mut first = repository.seen();
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    repository.commit("CNAME", "desk.test\n");
    deploy(&site, &["--rollback"]).ended(0, &["again", "what was corrected or withdrawn since is undone"]);
    first.insert("CNAME".to_string(), b"desk.test\n".to_vec());
    assert_same(&repository.seen(), &first);
    deploy(&site, &["--rollback"]).ended(2, &["keeps no commit before"]);
}

#[test]
fn a_record_that_somebody_deleted_comes_back() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    repository.delete("record.json");
    corrected(&site);
    deploy(&site, &[]).ended(2, &["there is no record", "--first"]);
    deploy(&site, &["--first"]).ended(0, &["updated"]);
    assert_same(&repository.seen(), &built(&site));
}

#[test]
fn words_that_somebody_wrote_are_no_way_back() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    let first = repository.seen();
    repository.commit_saying("CNAME", "desk.test\n", "Go back to the old address");
    deploy(&site, &["--rollback"]).ended(2, &["keeps no commit before"]);
    corrected(&site);
    deploy(&site, &[]).ended(0, &["8 updated"]);
    deploy(&site, &["--rollback"]).ended(0, &["again"]);
    let mut seen = repository.seen();
    assert_eq!(seen.remove("CNAME").as_deref(), Some(&b"desk.test\n"[..]));
    assert_same(&seen, &first);
}

#[test]
fn two_deploys_of_one_folder_do_not_work_in_it_at_once() {
    let repository = Repository::new();
    let site = desk(&repository, "");
    deploy(&site, &["--first"]).ended(0, &[]);
    corrected(&site);
    let held = std::fs::File::open(site.path(".bulletin/deploy-production.git/bulletin-lock")).unwrap();
    held.lock().unwrap();
    deploy(&site, &[]).ended(2, &["another deploy of this site is writing to", "wait for it to end"]);
    assert_eq!(repository.commits(), 1);
    drop(held);
    deploy(&site, &[]).ended(0, &["8 updated"]);
}
