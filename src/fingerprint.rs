//! The build script: a fingerprint of all that the program is made from, so that it knows its own ledgers.
//!
//! Digests contents and names, in sorted order; knows neither the machine nor the day.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::Path;

/// Whatever can change what the program writes.
const PARTS: [&str; 4] = ["src", "themes/bulletin", "Cargo.lock", "Cargo.toml"];

fn main() -> io::Result<()> {
    let mut files = BTreeMap::new();
    for part in PARTS {
        println!("cargo::rerun-if-changed={part}");
        collect(Path::new(part), &mut files)?;
    }
    // The standard library's hasher may differ between compilers, and so may what they make of the sources.
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    println!("cargo::rustc-env=BULLETIN_FINGERPRINT={:016x}", hasher.finish());
    Ok(())
}

/// Adds a file, or all files below a folder, by path with `/`. What is missing is not part of the program.
fn collect(path: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        let name = path.to_string_lossy().replace('\\', "/");
        files.insert(name, fs::read(path)?);
    }
    Ok(())
}
