//! Names of files and folders that stand in a site and are no part of it. Knows nothing of disks.

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file, or something that is neither.
    File,
    /// A folder.
    Folder,
}

/// Hidden files (save `.well-known`) and what editors leave behind are no part of a site.
pub fn ignored(name: &str, kind: Kind) -> bool {
    let is_folder = kind == Kind::Folder;
    if name.starts_with('.') {
        return !(is_folder && name == ".well-known");
    }
    // What Windows lays down in folders it has shown.
    if !is_folder && (name.eq_ignore_ascii_case("thumbs.db") || name.eq_ignore_ascii_case("desktop.ini")) {
        return true;
    }
    // With a file of this name Vim tries, before each save, whether the folder can be written to.
    if !is_folder && name == "4913" {
        return true;
    }
    let backup = name.ends_with('~') || name.starts_with('#') && name.ends_with('#');
    // JetBrains' editors hold these for the moments of a save.
    let backup = backup || name.ends_with("___jb_tmp___") || name.ends_with("___jb_old___");
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let swap = |e: &str| ["bak", "bck", "orig"].contains(&e) || e.len() == 3 && e.starts_with("sw");
    backup || !is_folder && ending.is_some_and(|e| swap(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_of_editors_and_hidden_files_are_no_part_of_a_site() {
        for name in [
            "a.md~",
            "a.bak",
            "a.md.orig",
            ".a.md.swp",
            "a.swp",
            "#a.md#",
            "Thumbs.db",
            ".git",
            ".DS_Store",
            "4913",
        ] {
            assert!(ignored(name, Kind::File), "{name}");
        }
        for name in ["a.md", "map.png", "CNAME", "a.swift", "app.swf2"] {
            assert!(!ignored(name, Kind::File), "{name}");
        }
        assert!(!ignored(".well-known", Kind::Folder));
    }

    #[test]
    fn what_an_editor_holds_for_the_moment_of_a_save_is_no_part_of_a_site() {
        // Helix renames the old text so; others write the new one first.
        for name in ["note.mdk3Jx0T.bck", "note.md___jb_tmp___", "note.md___jb_old___"] {
            assert!(ignored(name, Kind::File), "{name}");
        }
        assert!(!ignored("note.bckp", Kind::File));
    }
}
