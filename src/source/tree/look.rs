//! Brings a tree up to date where something may have changed, without listing the rest.
//!
//! The paths say where to look, and the disk says what is true. What depends on more than the place that is looked at
//! (links, names that are no names, names in another form of Unicode) is told by a scan.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::mem::take;
use std::path::{Component, Path, PathBuf};

use super::{CONTENT, Fault, Kind, Stamp, THEMES, Tree, ignored};
use crate::diagnostic::Diagnostic;

/// What a look at some places amounts to.
#[derive(Debug, PartialEq, Eq)]
pub enum Looked {
    /// The tree is up to date; these files, in order, were looked at: they are the same, different, new or gone.
    At(Vec<String>),
    /// The tree is as it was: only a scan can tell what is true.
    Unclear,
}

/// What stands in one place, and what may have stood there.
struct Found {
    /// Paths that may have been files or folders of the tree.
    looked: BTreeSet<String>,
    /// The files that are there now.
    files: BTreeMap<String, Stamp>,
}

impl Tree {
    /// Looks at these files and folders again: full paths, or paths from the root. `said` is what the scan had to say.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn look(&mut self, paths: &BTreeSet<PathBuf>, said: &[Diagnostic]) -> Result<Looked, Fault> {
        if self.linked || !said.is_empty() || !self.stored_as.is_empty() {
            return Ok(Looked::Unclear);
        }
        let mut found = Found { looked: BTreeSet::new(), files: BTreeMap::new() };
        for path in paths {
            let Some(name) = self.below_root(path) else { return Ok(Looked::Unclear) };
            let top = name.split('/').next().unwrap_or_default();
            if ![CONTENT, THEMES].contains(&top) || is_ignored_below(&name) {
                continue;
            }
            if !self.find(name, &mut found)? {
                return Ok(Looked::Unclear);
            }
        }
        Ok(Looked::At(self.patch(found)))
    }

    /// A path from the root; none if that cannot be told, or if it is the root or above it.
    fn below_root(&self, path: &Path) -> Option<String> {
        let below = if path.is_absolute() { path.strip_prefix(&self.root).ok()? } else { path };
        let mut name = String::new();
        for part in below.components() {
            let Component::Normal(part) = part else { return None };
            if !name.is_empty() {
                name.push('/');
            }
            name.push_str(part.to_str()?);
        }
        (!name.is_empty() && unicode_normalization::is_nfc(&name)).then_some(name)
    }

    /// Finds what stands at `name`; false if that takes more than a look.
    fn find(&self, name: String, found: &mut Found) -> Result<bool, Fault> {
        let path = self.root.join(&name);
        let meta = match fs::symlink_metadata(&path) {
            Ok(meta) => meta,
            Err(error) if is_nothing(&error) => {
                found.looked.insert(name);
                return Ok(true);
            }
            Err(error) => return Err(Fault::new("cannot read", &path)(error)),
        };
        // A link on the way, or a disk without regard to case, has another name for it.
        if meta.is_symlink() || !fs::canonicalize(&path).is_ok_and(|real| real == path) {
            return Ok(false);
        }
        if meta.is_dir() {
            let mut part = Self { root: self.root.clone(), ..Self::default() };
            let mut said = Vec::new();
            part.walk(&name, &mut said)?;
            if part.linked || !said.is_empty() || !part.stored_as.is_empty() {
                return Ok(false);
            }
            part.stamp()?;
            found.files.extend(take(&mut part.files).into_iter().zip(take(&mut part.stamps)));
        } else if meta.is_file() && !ignored(name.rsplit('/').next().unwrap_or_default(), Kind::File) {
            found.files.insert(name.clone(), Stamp::of(&meta));
        }
        found.looked.insert(name);
        Ok(true)
    }

    /// Puts what was found in the place of what was there; returns all files of which something was found out.
    fn patch(&mut self, mut found: Found) -> Vec<String> {
        let mut names: BTreeSet<String> = found.files.keys().cloned().collect();
        let mut gone = BTreeSet::new();
        for index in found.looked.iter().flat_map(|name| self.at_or_below(name)).collect::<BTreeSet<usize>>()
        {
            match found.files.remove(&self.files[index]) {
                Some(stamp) => self.stamps[index] = stamp,
                None => {
                    names.insert(self.files[index].clone());
                    gone.insert(index);
                }
            }
        }
        if !gone.is_empty() || !found.files.is_empty() {
            self.merge(&gone, found.files);
        }
        names.into_iter().collect()
    }

    /// Where the file of this name is, and all files in the folder of this name.
    fn at_or_below(&self, name: &str) -> Vec<usize> {
        let folder = format!("{name}/");
        let start = self.files.partition_point(|file| *file < folder);
        let below = self.files[start..].iter().take_while(|file| file.starts_with(&folder)).count();
        let own = self.files.binary_search_by(|file| file.as_str().cmp(name)).ok();
        own.into_iter().chain(start..start + below).collect()
    }

    fn merge(&mut self, gone: &BTreeSet<usize>, new: BTreeMap<String, Stamp>) {
        let old = take(&mut self.files).into_iter().zip(take(&mut self.stamps)).enumerate();
        let mut old = old.filter(|(index, _)| !gone.contains(index)).map(|(_, file)| file).peekable();
        for (name, stamp) in new {
            while let Some((file, stamp)) = old.next_if(|(file, _)| *file < name) {
                self.files.push(file);
                self.stamps.push(stamp);
            }
            self.files.push(name);
            self.stamps.push(stamp);
        }
        for (file, stamp) in old {
            self.files.push(file);
            self.stamps.push(stamp);
        }
    }
}

pub(super) fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Whether a folder on the way, or a folder of this name, is no part of a site.
fn is_ignored_below(name: &str) -> bool {
    // What is ignored as a folder but not as a file, or the other way round, is told when it is looked at.
    let ignored_both = |part: &str| ignored(part, Kind::Folder) && ignored(part, Kind::File);
    let mut parts: Vec<&str> = name.split('/').skip(1).collect();
    let last = parts.pop();
    parts.into_iter().any(|part| ignored(part, Kind::Folder)) || last.is_some_and(ignored_both)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look like chance and are the same each time.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, end: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % end
        }
    }

    const NAMES: [&str; 12] =
        ["a", "a.md", "b", "b.md", "map.png", ".git", ".well-known", "x~", "notes.bak", "é", "c.d", "#a#"];

    fn place(root: &Path, chance: &mut Chance) -> PathBuf {
        let mut path = root.join([CONTENT, THEMES][chance.below(2)]);
        for _ in 0..=chance.below(3) {
            path.push(NAMES[chance.below(NAMES.len())]);
        }
        path
    }

    /// Does something to a place; returns where it may be seen.
    fn edit(root: &Path, chance: &mut Chance) -> Vec<PathBuf> {
        let (one, other) = (place(root, chance), place(root, chance));
        match chance.below(6) {
            0 => drop(fs::remove_dir_all(&one)),
            1 => drop(fs::remove_file(&one)),
            2 => {
                fs::create_dir_all(other.parent().unwrap()).ok();
                drop(fs::rename(&one, &other));
                return vec![one, other];
            }
            _ => {
                // All folders on the way may be new: the topmost one is where it is seen.
                let seen =
                    one.ancestors().take_while(|above| !above.exists()).last().unwrap_or(&one).to_path_buf();
                fs::create_dir_all(one.parent().unwrap()).ok();
                drop(fs::write(&one, format!("{}", chance.below(1000))));
                return vec![seen];
            }
        }
        vec![one]
    }

    #[test]
    fn a_tree_that_was_looked_at_is_the_tree_that_a_scan_finds() {
        for seed in 0..40 {
            let mut chance = Chance(seed);
            let site = tempfile::tempdir().unwrap();
            let root = site.path().canonicalize().unwrap();
            let (mut tree, _) = Tree::scan(&root, &[CONTENT, THEMES]).unwrap();
            for step in 0..25 {
                let mut paths = BTreeSet::new();
                for _ in 0..=chance.below(4) {
                    // Moving a folder into another makes those on the way.
                    let seen = edit(&root, &mut chance);
                    paths.extend(
                        seen.iter().flat_map(|path| [path.clone(), path.parent().unwrap().to_path_buf()]),
                    );
                }
                if chance.below(2) == 0 {
                    paths =
                        paths.iter().map(|path| path.strip_prefix(&root).unwrap().to_path_buf()).collect();
                }
                let before = tree.files.clone();
                let (scanned, said) = Tree::scan(&root, &[CONTENT, THEMES]).unwrap();
                assert!(said.is_empty());
                match tree.look(&paths, &[]).unwrap() {
                    Looked::Unclear => tree = scanned,
                    Looked::At(names) => {
                        assert_eq!(tree.files, scanned.files, "seed {seed}, step {step}, {paths:?}");
                        assert_eq!(tree.stamps, scanned.stamps, "seed {seed}, step {step}, {paths:?}");
                        assert!(names.is_sorted());
                        let differs = |file: &&String| before.contains(file) != tree.files.contains(file);
                        let different = before.iter().chain(&tree.files).filter(differs);
                        different.for_each(|file| assert!(names.contains(file), "{file}"));
                    }
                }
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn where_there_are_links_only_a_scan_can_tell() {
        let site = tempfile::tempdir().unwrap();
        let root = site.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("content/news")).unwrap();
        fs::write(root.join("content/news/a.md"), "a").unwrap();
        let (mut tree, _) = Tree::scan(&root, &[CONTENT]).unwrap();
        std::os::unix::fs::symlink("news", root.join("content/other")).unwrap();
        let at = |path: &str| BTreeSet::from([root.join(path)]);
        assert_eq!(tree.look(&at("content/other"), &[]).unwrap(), Looked::Unclear);
        assert_eq!(tree.look(&at("content"), &[]).unwrap(), Looked::Unclear);
        assert_eq!(
            tree.look(&at("content/news/a.md"), &[]).unwrap(),
            Looked::At(vec!["content/news/a.md".into()])
        );
        let (mut tree, _) = Tree::scan(&root, &[CONTENT]).unwrap();
        assert_eq!(tree.look(&at("content/news/a.md"), &[]).unwrap(), Looked::Unclear);
    }
}
