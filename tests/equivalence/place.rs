//! A site on disk, kept equal to one in memory, and its builds. Knows nothing of what is right.

use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use bulletin::diagnostic::terminal::{Colour, texts};
use bulletin::engine::{Destination, Report, Request, Silent, Stop, run};
use bulletin::site::BaseUrl;
use tempfile::TempDir;

use super::desk::{Deed, Desk, INSTANTS};
use super::scratch::{Files, files};

/// In memory, where there is such a file system: these tests write a great many small files.
const MEMORY: &str = "/dev/shm";

/// A site on disk.
pub struct Place {
    folder: TempDir,
    files: Files,
}

/// How a build ended.
pub enum End {
    Report(Box<Report>),
    Stopped(String),
    Panicked,
}

impl Place {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = TempDir::new_in(MEMORY).or_else(|_| TempDir::new()).expect("a folder can be made");
        Self { folder, files: Files::new() }
    }

    /// Where a file is.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// What is in the output.
    pub fn output(&self) -> Files {
        files(&self.path("public"))
    }

    /// Makes the files equal to those of the desk; what is equal already is not touched.
    pub fn follow(&mut self, desk: &Desk) {
        for path in self.files.keys().filter(|path| !desk.files.contains_key(*path)) {
            remove(self.folder.path(), path);
        }
        for (path, bytes) in desk.files.iter().filter(|(path, bytes)| self.files.get(*path) != Some(*bytes)) {
            write(&self.path(path), bytes);
        }
        self.files = desk.files.clone();
    }

    /// The dates of inputs that are to get them back.
    pub fn dates(&self, deeds: &[Deed]) -> Vec<(PathBuf, fs::Metadata)> {
        let kept = deeds.iter().filter_map(|deed| match deed {
            Deed::KeepTime(path) => Some(self.path(path)),
            _ => None,
        });
        kept.filter_map(|path| path.metadata().ok().map(|meta| (path, meta))).collect()
    }

    /// Gives them back.
    pub fn put_back(dates: Vec<(PathBuf, fs::Metadata)>) {
        for (path, meta) in dates {
            if let (Ok(file), Ok(date)) = (File::options().write(true).open(path), meta.modified()) {
                file.set_modified(date).expect("a date can be set");
            }
        }
    }

    /// Does what was done on disk only.
    pub fn perform(&self, deed: &Deed) {
        let output = |path: &str| self.path("public").join(path);
        match deed {
            Deed::KeepTime(_) => {}
            Deed::Touch(path) => {
                if let Some(bytes) = self.files.get(path) {
                    write(&self.path(path), bytes);
                }
            }
            Deed::TouchOutput(path) => {
                if let Ok(bytes) = fs::read(output(path)) {
                    write(&output(path), &bytes);
                }
            }
            Deed::Foreign(path) => write(&output(path), b"by somebody else"),
            Deed::Lose(path) => drop(fs::remove_file(output(path))),
            Deed::Alter(path) => {
                if let Ok(mut bytes) = fs::read(output(path)) {
                    // Of the same size: the date alone tells.
                    bytes.iter_mut().take(1).for_each(|byte| *byte ^= 1);
                    write(&output(path), &bytes);
                }
            }
            Deed::Folder(path) | Deed::Block(path) => {
                if fs::remove_file(output(path)).is_ok() {
                    fs::create_dir(output(path)).expect("the place is free");
                }
            }
        }
        if let Deed::Block(path) = deed {
            write(&output(path).join("mine.txt"), b"by somebody else");
        }
    }

    /// Removes the folder that is in the way of an output.
    pub fn unblock(&self, path: &str) {
        let place = self.path("public").join(path);
        if place.is_dir() {
            fs::remove_dir_all(place).expect("a folder can be removed");
        }
    }

    /// Forgets all that was built.
    pub fn wipe(&self) {
        for folder in [".bulletin", "public"] {
            fs::remove_dir_all(self.path(folder)).ok();
        }
    }

    /// Builds in this process.
    pub fn build(&self, desk: &Desk, threads: usize) -> End {
        let request = Request {
            root: self.folder.path().to_path_buf(),
            config: None,
            destination: Destination::Folder("public".into()),
            base_url: desk.base_url.map(|url| BaseUrl::parse(url).expect("it is an address")),
            now: INSTANTS[desk.now].parse().expect("it is an instant"),
            profile: desk.profile,
            threads: Some(threads),
        };
        match catch_unwind(AssertUnwindSafe(|| run(&request, &Silent))) {
            Ok(Ok(report)) => End::Report(Box::new(report)),
            Ok(Err(Stop::Refused(why))) => End::Stopped(why),
            Ok(Err(other)) => End::Stopped(format!("{other:?}")),
            Err(_) => End::Panicked,
        }
    }
}

/// All that a report says of the site, in one text.
pub fn said(report: &Report) -> String {
    let Report { pages, terms, held, timezone, .. } = report;
    let rest = format!("{pages} pages, {terms:?}, {timezone}\n{held:#?}\n");
    rest + &texts(&report.diagnostics, Colour::Never)
}

fn write(place: &Path, bytes: &[u8]) {
    fs::create_dir_all(place.parent().expect("a file has a folder")).expect("a folder can be made");
    fs::write(place, bytes).expect("a file can be written");
}

/// Removes a file, and the folders that it leaves empty.
fn remove(root: &Path, path: &str) {
    fs::remove_file(root.join(path)).expect("a file can be removed");
    let mut rest = path;
    while let Some((folder, _)) = rest.rsplit_once('/') {
        if fs::remove_dir(root.join(folder)).is_err() {
            break;
        }
        rest = folder;
    }
}
