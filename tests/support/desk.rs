//! A site in a folder of its own for one test: copied, built, read again. Knows nothing of what is right.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bulletin::diagnostic::terminal::{Colour, texts};
use bulletin::engine::{Destination, Profile, Report, Request, Silent, run};
use tempfile::TempDir;
use walkdir::WalkDir;

/// Files by path below some folder, with `/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Whether expectations are to be rewritten from what is made.
pub fn updating() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// A folder of this package.
pub fn package(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// All files below a folder; none if there is no such folder.
pub fn files(folder: &Path) -> Files {
    let entries = WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let file = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(folder).expect("it is below the folder");
        let path = path.to_str().expect("our names are UTF-8").replace('\\', "/");
        (path, fs::read(entry.path()).expect("the file can be read"))
    };
    entries.map(file).collect()
}

/// Writes files below a folder.
pub fn write(folder: &Path, files: &Files) {
    for (path, bytes) in files {
        let place = folder.join(path);
        fs::create_dir_all(place.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(place, bytes).expect("a file can be written");
    }
}

/// A site on disk that goes when the test ends.
pub struct Desk {
    folder: TempDir,
}

impl Desk {
    /// A site that consists of these files, and of the plain theme that tests share.
    pub fn of(files: &Files) -> Desk {
        let desk = Desk { folder: TempDir::new().expect("a temporary folder can be made") };
        write(&desk.root().join("themes/plain"), &self::files(&package("tests/support/plain")));
        write(desk.root(), files);
        desk
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Builds it into `public/` as of an instant.
    pub fn build(&self, now: &str) -> Report {
        self.build_for(Profile::Public, now)
    }

    /// The same for whom it is made.
    pub fn build_for(&self, profile: Profile, now: &str) -> Report {
        let request = Request {
            root: self.root().to_path_buf(),
            config: None,
            destination: Destination::Folder("public".into()),
            base_url: None,
            now: now.trim().parse().expect("the case names an instant"),
            profile,
            threads: Some(2),
        };
        run(&request, &Silent).unwrap_or_else(|stop| panic!("the run stopped: {stop:?}"))
    }
}

/// What a run says, as on a terminal without colours.
pub fn said(report: &Report) -> String {
    texts(&report.diagnostics, Colour::Never)
}
