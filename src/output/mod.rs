//! A file for each kind of file the site consists of, and how it is made.
//!
//! A kind of output is two functions: `inputs`, all that it is a function of, and `make`, which sees what `inputs`
//! listed and nothing else. Knows neither who asked nor where the result goes.

mod body;
mod context;
mod corrections;
mod facts;
mod feed;
mod files;
mod frame;
mod given;
mod here;
mod input;
mod issue;
mod items;
mod keys;
mod list;
mod menu;
mod ninjs;
mod note;
mod notes;
mod opened;
mod page;
mod plain;
mod quotes;
pub mod record;
mod redirect;
mod security;
mod shown;
mod since;
mod sitemap;
mod sources;
mod story;
mod structured;
mod target;
mod terms;
mod xml;

use crate::catalog::{Catalog, PageId};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Sha256};
use crate::site::Site;
use crate::source::tree::Fault;
use crate::theme::Theme;

pub use context::Shared;
pub use files::FileTarget;
pub use given::Given;
pub use input::Input;
pub use keys::{Key, Keys};
#[cfg(test)]
pub(crate) use keys::{forgetting, pairs};
pub use opened::LastOpened;
pub use plain::Robots;
pub use redirect::REDIRECTS;
pub use structured::Subject;
pub use target::{Target, index_of, only_public, targets};

/// Everything that outputs are made from.
pub struct World<'a> {
    /// The settings.
    pub site: &'a Site,
    /// All pages.
    pub catalog: &'a Catalog,
    /// The templates.
    pub theme: &'a Theme,
    /// The values that many outputs share, built once.
    pub shared: &'a Shared,
    /// The texts of content files, which are not kept in memory.
    pub texts: &'a dyn Texts,
}

impl World<'_> {
    /// The text of a page's file, as it was when it was parsed.
    ///
    /// # Errors
    /// When it cannot be read, or has changed since: what was decided of the old text, such as who may see it, must not
    /// be applied to the new one.
    fn page_text(&self, id: PageId) -> Result<String, Fault> {
        let file = self.catalog.card(id).file();
        let text = self.texts.text(&file)?;
        if Digest::of(text.as_bytes()) == self.catalog.page(id).digest {
            return Ok(text);
        }
        Err(Fault::changed(file.as_ref()))
    }
}

/// Gives the text of content files; the engine reads them.
pub trait Texts: Sync {
    /// The text of the file at `path`, from the root of the site.
    ///
    /// # Errors
    /// When it cannot be read.
    fn text(&self, path: &str) -> Result<String, Fault>;

    /// The digest of the bytes of any content file, at `path` from the root of the site, as it was when it was read.
    fn digest(&self, path: &str) -> Digest;

    /// The digest of the canonical text of a page, at `path` from the root of the site, as it was when it was read; none
    /// for what no record lists.
    fn transcript(&self, path: &str) -> Option<Sha256>;
}

/// What one output consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Artifact {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The bytes of a file of the site, by its path from the root.
    Copy(String),
}

/// Why an output could not be made.
#[derive(Debug)]
pub enum Failure {
    /// A mistake of a writer or of a theme's author.
    Mistake(Box<Diagnostic>),
    /// A fault of the machine.
    Fault(Fault),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Box<Diagnostic>> for Failure {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::Mistake(diagnostic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::page;
    use crate::theme::layer;

    /// A disk on which somebody has written since the page was parsed.
    struct Changed(&'static str);

    impl Texts for Changed {
        fn text(&self, _: &str) -> Result<String, Fault> {
            Ok(self.0.to_string())
        }

        fn digest(&self, _: &str) -> Digest {
            Digest::of(self.0.as_bytes())
        }

        fn transcript(&self, _: &str) -> Option<Sha256> {
            None
        }
    }

    #[test]
    fn a_file_that_changed_during_the_build_is_not_published_under_what_was_decided_before() {
        const BEFORE: &str = "+++\ntitle = \"Call\"\nsummary = \"s\"\n+++\nThey spoke.\n";
        let settings = "title = \"Desk\"\nbase_url = \"https://example.org/\"\ntimezone = \"UTC\"\n";
        let (site, _) = Site::parse("site.toml", settings);
        let page = page::parse("news/2024-12-09-call.md", BEFORE.as_bytes(), &site)
            .page
            .expect("it has front matter");
        let now = "2026-01-01T00:00:00Z".parse::<jiff::Timestamp>().expect("an instant");
        let (catalog, _) = Catalog::build(vec![page], (Vec::new(), Vec::new()), &site, now);
        let (theme, _) = Theme::build(&[layer::default_theme()], &site, Vec::new());
        let shared = Shared::build(&site, &catalog, &theme);
        let text_of = |text: &'static str| {
            let texts = Changed(text);
            let world =
                World { site: &site, catalog: &catalog, theme: &theme, shared: &shared, texts: &texts };
            world.page_text(catalog.ids().next().expect("there is a page")).map_err(|fault| fault.to_string())
        };
        assert_eq!(text_of(BEFORE).as_deref(), Ok(BEFORE));
        let refused =
            text_of("+++\ntitle = \"Call\"\ndraft = true\n+++\nNot yet.\n").expect_err("it is another text");
        assert!(refused.contains("build again"), "{refused}");
    }
}
