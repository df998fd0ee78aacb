//! A site that is built again after each edit, and a word for what was made: for tests that read like a story.
//!
//! Every build of a story is compared with a clean one, so that only names are left to tell.

use std::fs;

use bulletin::engine::Report;

use super::{Files, NOW, Site, assert_same, page};

/// Where the ledger of `public/` is, below the site.
pub const LEDGER: &str = ".bulletin/public.ledger";

/// A site, and the instant at which it is built.
pub struct Story {
    pub site: Site,
    now: String,
}

/// What a build of a story did.
#[derive(Debug)]
pub struct Step {
    pub report: Report,
    before: Files,
    after: Files,
}

impl Story {
    /// The story of a site that was built once.
    pub fn of(site: Site) -> Self {
        let story = Self { site, now: NOW.to_string() };
        story.build().made_everything();
        story
    }

    /// Builds, and compares with a clean build.
    #[track_caller]
    pub fn build(&self) -> Step {
        let before = self.site.output();
        let built = self.site.build_soundly(&self.now);
        assert_same(&built.files, &self.site.clean(&self.now));
        Step { report: built.report, before, after: built.files }
    }

    /// Another instant.
    pub fn at(&mut self, now: &str) -> &Self {
        self.now = now.to_string();
        self
    }

    /// Changes a file.
    pub fn edit(&self, path: &str, change: impl FnOnce(String) -> String) -> &Self {
        self.site.edit(path, change);
        self
    }

    /// Replaces a part of a file, which must be there.
    #[track_caller]
    pub fn replace(&self, path: &str, (old, new): (&str, &str)) -> &Self {
        let text = fs::read_to_string(self.site.path(path)).unwrap();
        assert!(text.contains(old), "{path} has no {old}");
        self.write(path, &text.replace(old, new))
    }

    /// Adds a sentence to a body.
    pub fn append(&self, path: &str) -> &Self {
        self.edit(path, |text| text + "More.\n")
    }

    /// Gives a page another title.
    pub fn retitle(&self, path: &str, title: &str) -> &Self {
        let line = |line: &str| match line.starts_with("title = ") {
            true => format!("title = \"{title}\"\n"),
            false => format!("{line}\n"),
        };
        self.edit(path, |text| text.lines().map(line).collect())
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) -> &Self {
        self.site.write(path, text);
        self
    }

    /// Writes a page.
    pub fn page(&self, path: &str, front_matter: &str) -> &Self {
        self.write(path, &page(front_matter, "Text."))
    }

    /// Deletes a file.
    pub fn delete(&self, path: &str) -> &Self {
        self.site.delete(path);
        self
    }

    /// Writes every input again as it was.
    pub fn touch_everything(&self) -> &Self {
        for folder in ["content", "themes"] {
            for (path, bytes) in super::files(&self.site.path(folder)) {
                self.site.write(&format!("{folder}/{path}"), bytes);
            }
        }
        self.edit("site.toml", |text| text)
    }
}

impl Step {
    /// Exactly these outputs were made.
    #[track_caller]
    pub fn made<const N: usize>(self, names: [&str; N]) -> Self {
        let mut names = names.to_vec();
        names.sort_unstable();
        assert_eq!(self.report.made, names, "on the left what was made, on the right what should have been");
        self
    }

    /// Nothing was made, and nothing written.
    #[track_caller]
    pub fn made_nothing(self) -> Self {
        assert_eq!(self.report.notice, None);
        self.made([]).wrote(0).removed([])
    }

    /// Every output was made.
    #[track_caller]
    pub fn made_everything(self) -> Self {
        let all: Vec<&String> = self.after.keys().filter(|path| *path != ".bulletin").collect();
        assert_eq!(self.report.made.iter().collect::<Vec<_>>(), all);
        self
    }

    /// So many files were written.
    #[track_caller]
    pub fn wrote(self, count: usize) -> Self {
        assert_eq!(self.report.written.expect("it was written").changed, count);
        self
    }

    /// Exactly these outputs are gone.
    #[track_caller]
    pub fn removed<const N: usize>(self, names: [&str; N]) -> Self {
        let gone: Vec<&String> = self.before.keys().filter(|path| !self.after.contains_key(*path)).collect();
        assert_eq!(gone, names, "on the left what is gone, on the right what should be");
        self
    }

    /// There was something to say about the ledger, in one line.
    #[track_caller]
    pub fn noticed(self) -> Self {
        let notice = self.report.notice.as_deref().expect("there was something to say");
        assert!(!notice.is_empty() && !notice.contains('\n'), "{notice:?}");
        self
    }
}
