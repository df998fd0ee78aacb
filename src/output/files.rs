//! Files that are published as they are: those of `content/`, and those of the theme.

use bitcode::{Decode, Encode};

use super::World;
use super::input::Input;

/// A file that is published as it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum FileTarget {
    /// A file of content, by its path below `content/`.
    Content(String),
    /// A file of the theme's `static/`, by its path below it.
    Static(String),
    /// A file of the theme's `assets/`, by its name below it.
    Asset(String),
}

impl FileTarget {
    /// What it is made from.
    pub(super) fn input(&self) -> Input {
        match self {
            Self::Content(path) => Input::File(format!("content/{path}")),
            Self::Static(path) => Input::Static(path.clone()),
            Self::Asset(name) => Input::Asset(name.clone()),
        }
    }

    /// What it is made from, for messages.
    pub fn origin(&self) -> String {
        match self {
            Self::Content(path) => format!("content/{path}"),
            Self::Static(path) => format!("the theme's static/{path}"),
            Self::Asset(name) => format!("the theme's assets/{name}"),
        }
    }
}

impl<'a> World<'a> {
    /// The bytes of a file of the theme; none for an input that is no such file.
    pub(super) fn theme_file(&self, input: &Input) -> &'a [u8] {
        match input {
            Input::Static(path) => self.theme.statics().get(path).map_or(&[], Vec::as_slice),
            Input::Asset(name) => self.theme.assets().bytes(name).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// Every such file with its path from the site's root. A content file takes the place of a theme's.
pub fn file_targets(world: &World<'_>) -> Vec<(String, FileTarget)> {
    let catalog = world.catalog;
    let shown = catalog.files().iter().enumerate().filter(|(index, _)| !catalog.is_held(*index));
    let content = shown.map(|(_, path)| (format!("/{path}"), FileTarget::Content(path.clone())));
    let statics = world.theme.statics().keys();
    let statics = statics
        .filter(|path| catalog.files().binary_search(path).is_err())
        .map(|path| (format!("/{path}"), FileTarget::Static(path.clone())));
    let assets = world.theme.assets().iter();
    let assets = assets.map(|(name, path, _)| (path.to_string(), FileTarget::Asset(name.to_string())));
    content.chain(statics).chain(assets).collect()
}
