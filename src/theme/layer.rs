//! A theme's files, in memory: from the site's `themes/` folder, or the default theme that is inside the program.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::table::{Key, Reader, Shape, View};

/// The name of the default theme.
pub const DEFAULT: &str = "bulletin";
/// The name of the layer that holds a site's own templates.
pub const SITE: &str = "site";

/// One theme: a folder below `themes/`, or the default one.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The name of its folder.
    pub name: String,
    /// Where its files are, as messages name them: `themes/memo`.
    pub shown_as: String,
    /// Its files, by path below its folder.
    pub files: BTreeMap<String, Cow<'static, [u8]>>,
}

/// What a theme says of itself in `theme.toml`.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// The theme it takes what it lacks from.
    pub parent: Option<String>,
    /// What a site may set, with the defaults.
    pub settings: serde_json::Map<String, serde_json::Value>,
}

const MANIFEST: &[Key] = &[
    Key { name: "name", shape: Shape::Text, meaning: "The name of the theme." },
    Key { name: "version", shape: Shape::Text, meaning: "Its version." },
    Key { name: "description", shape: Shape::Text, meaning: "What it is for." },
    Key { name: "license", shape: Shape::Text, meaning: "An SPDX expression." },
    Key { name: "min_version", shape: Shape::Text, meaning: "The oldest Bulletin that it works with." },
    Key { name: "parent", shape: Shape::Text, meaning: "The theme it takes what it lacks from." },
    Key { name: "settings", shape: Shape::Free, meaning: "What a site may set under [theme_settings]." },
];

impl Layer {
    /// The text of a file, if it is there and is UTF-8.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// The path of its manifest from the root of the site, whether it is there or not.
    pub fn manifest_path(&self) -> String {
        format!("{}/theme.toml", self.shown_as)
    }

    /// What `theme.toml` says; a site's own layer needs none.
    pub fn manifest(&self, version: &str) -> (Manifest, Vec<Diagnostic>) {
        let file = format!("{}/theme.toml", self.shown_as);
        let Some(text) = self.text("theme.toml") else { return (Manifest::default(), Vec::new()) };
        let mut reader = Reader::new(&file, text, 0, "theme");
        let table = reader.parse(text);
        reader.check(&table, MANIFEST);
        let view = View::of(table.get_ref());
        if let Some(least) = view.text("min_version").filter(|least| numbers(least) > numbers(version)) {
            let span = view.span("min_version").unwrap_or(0..0);
            let message = format!("the theme needs Bulletin {least}, this is {version}");
            reader.error(span, message, "update Bulletin, or use an older version of the theme");
        }
        let manifest = Manifest {
            parent: view.text("parent").map(str::to_string),
            settings: view.table("settings").map(|table| table.free()).unwrap_or_default(),
        };
        (manifest, reader.finish())
    }
}

fn numbers(version: &str) -> Vec<u32> {
    version.split(['.', '-']).map_while(|part| part.parse().ok()).collect()
}

/// Lists files of the default theme, each embedded in the program.
macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        [$(($path, &include_bytes!(concat!("../../themes/bulletin/", $path))[..])),*]
    };
}

/// The default theme, as it was when the program was built.
pub fn default_theme() -> Layer {
    let files = embedded![
        "assets/main.css",
        "i18n/ar.toml",
        "i18n/de.toml",
        "i18n/en.toml",
        "i18n/es.toml",
        "i18n/fr.toml",
        "i18n/pl.toml",
        "i18n/uk.toml",
        "static/favicon.svg",
        "templates/404.html",
        "templates/archive.html",
        "templates/archives.html",
        "templates/base.html",
        "templates/basis.html",
        "templates/briefing.html",
        "templates/correction.html",
        "templates/corrections.html",
        "templates/history.html",
        "templates/home.html",
        "templates/item.html",
        "templates/list.html",
        "templates/moment.html",
        "templates/page.html",
        "templates/pager.html",
        "templates/quote.html",
        "templates/quotes.html",
        "templates/refs.html",
        "templates/source.html",
        "templates/sources.html",
        "templates/term.html",
        "templates/terms.html",
        "theme.toml",
    ];
    Layer {
        name: DEFAULT.to_string(),
        shown_as: format!("themes/{DEFAULT}"),
        files: files.into_iter().map(|(path, bytes)| (path.to_string(), Cow::Borrowed(bytes))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_holds_every_file_of_the_default_theme() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/bulletin");
        let mut on_disk: Vec<String> = walkdir::WalkDir::new(&root)
            .into_iter()
            .map(|entry| entry.expect("the theme can be read"))
            .filter(|entry| entry.file_type().is_file() && entry.path().extension().is_none_or(|e| e != "md"))
            .map(|entry| {
                entry.path().strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/")
            })
            .collect();
        on_disk.sort();
        assert_eq!(default_theme().files.into_keys().collect::<Vec<_>>(), on_disk);
    }

    #[test]
    fn a_theme_for_a_newer_bulletin_is_refused() {
        let mut layer = default_theme();
        layer.files.insert("theme.toml".into(), Cow::Borrowed(b"min_version = \"0.10.0\""));
        assert_eq!(layer.manifest("0.9.1").1.len(), 1);
        assert_eq!(layer.manifest("0.10.0").1.len(), 0);
    }
}
