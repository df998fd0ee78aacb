//! Reads the inputs of a site, through `source/`: settings, tree, content, theme.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::ledger::Source;
use super::{Profile, Request, Stop};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, Hasher, Sha256};
use crate::output::Texts;
use crate::site::{self, BaseUrl, Site};
use crate::source::page::{self, Page, Parsed};
use crate::source::regular;
use crate::source::tree::{CONTENT, Fault, THEMES, Tree};
use crate::theme::Theme;
use crate::theme::layer::{self, Layer};

/// The file of the settings, and how it is shown: from the root.
pub(super) fn settings_file(request: &Request) -> (PathBuf, String) {
    let path = request.config.clone().unwrap_or_else(|| request.root.join(site::FILE));
    let shown = path.strip_prefix(&request.root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
    (path, shown)
}

/// The settings.
pub(super) fn site(request: &Request, said: &mut Vec<Diagnostic>) -> Result<(Site, Digest), Stop> {
    let (path, shown) = settings_file(request);
    if !path.exists() {
        let here = request.root.display();
        return Err(Stop::Refused(format!(
            "there is no {shown} in {here}; start a site with `bulletin init NAME`"
        )));
    }
    let bytes = regular::bytes(&path).map_err(Fault::new("cannot read", &path))?;
    let asked = asked(request, &shown, &bytes);
    let text = String::from_utf8(bytes).unwrap_or_else(|error| {
        said.push(Diagnostic::error("settings", "the file is not UTF-8").at(Place::whole_file(&shown)));
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    });
    let (mut site, mistakes) = Site::parse(&shown, &text);
    said.extend(mistakes);
    if let Some(base_url) = &request.base_url {
        site.base_url = base_url.clone();
    }
    Ok((site, asked))
}

/// What was asked for, as far as the settings are concerned: another digest may mean another site.
fn asked(request: &Request, shown: &str, bytes: &[u8]) -> Digest {
    let base_url = request.base_url.as_ref().map(BaseUrl::root).unwrap_or_default();
    let profile: &[u8] = match request.profile {
        Profile::Public => b"public",
        Profile::Preview => b"preview",
    };
    let mut hasher = Hasher::new();
    hasher.field(shown.as_bytes()).field(bytes).field(base_url.as_bytes()).field(profile).digest()
}

/// The files of the site.
pub(super) fn tree(root: &Path, said: &mut Vec<Diagnostic>) -> Result<Tree, Stop> {
    let (tree, mistakes) = Tree::scan(root, &[CONTENT, THEMES])?;
    said.extend(mistakes);
    Ok(tree)
}

/// What `content/` holds.
pub(super) struct Content {
    /// The pages, ordered by path.
    pub pages: Vec<Page>,
    /// The other files, by path below `content/`.
    pub files: Vec<String>,
    /// Markdown files that could not be understood; links to them are not mistakes of their own.
    pub unreadable: Vec<String>,
    /// Every file that was read, by path from the root; the pages are numbered in this order.
    pub sources: Vec<Source>,
}

/// Larger files are no briefings; the limit keeps one mistake from taking all memory.
pub(super) const MARKDOWN_BYTES_MAX: u64 = 256 << 20;

/// Reads the page at `path`, below `content/`.
pub(super) fn page(path: &str, bytes: &[u8], site: &Site) -> Parsed {
    if bytes.len() as u64 > MARKDOWN_BYTES_MAX {
        let said = vec![too_large(&format!("{CONTENT}/{path}"))];
        return Parsed { page: None, transcript: None, said };
    }
    page::parse(path, bytes, site)
}

/// Endings that other tools give to Markdown.
const OTHER_ENDINGS: [&str; 5] = ["md", "markdown", "mdown", "mkd", "mdx"];

/// A file that would be published as it is, although somebody meant it to be a page: with its draft mark and all.
pub(super) fn mistaken(tree: &Tree, file: &str) -> Result<Option<Diagnostic>, Fault> {
    let ending = file.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    let markdown = ending.is_some_and(|ending| OTHER_ENDINGS.contains(&ending.to_lowercase().as_str()));
    if !markdown && !tree.starts_with(file, b"+++")? {
        return Ok(None);
    }
    let what =
        if markdown { "the ending of a page is .md" } else { "the file begins like a page, but is none" };
    let diagnostic = Diagnostic::error("file", what).at(Place::whole_file(file));
    Ok(Some(
        diagnostic
            .help("let its name end in .md, or move it out of content/: it would be published as it is"),
    ))
}

/// A page that nobody wrote by hand.
pub(super) fn too_large(file: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("file", "the file is larger than 256 MiB").at(Place::whole_file(file));
    diagnostic.help("divide it into several pages")
}

/// Parents of parents end somewhere.
const PARENTS_MAX: usize = 8;

/// The theme, and whether its templates could be loaded.
pub(super) fn theme(
    texts: &TreeTexts<'_>,
    site: &Site,
    said: &mut Vec<Diagnostic>,
) -> Result<(Theme, bool), Stop> {
    let mut layers = vec![from_disk(texts, layer::SITE)?];
    let mut next = Some(site.theme.clone());
    let mut complete = true;
    while let Some(name) = next.take() {
        let own = from_disk(texts, &name)?;
        let found = match (own.files.is_empty(), name == layer::DEFAULT) {
            (false, _) => own,
            (true, true) => layer::default_theme(),
            (true, false) => {
                complete = false;
                // The first layer is the site's own; what is missing later is somebody's parent.
                let place = match layers.last().filter(|_| layers.len() > 1) {
                    None => site.theme_places.name.clone(),
                    Some(child) => Place::whole_file(&child.manifest_path()),
                };
                let missing = Diagnostic::error("theme", format!("there is no theme `{name}`")).at(place);
                said.push(
                    missing
                        .help(format!("put it into themes/{name}/, or use theme = \"{}\"", layer::DEFAULT)),
                );
                layer::default_theme()
            }
        };
        let (manifest, _) = found.manifest(env!("CARGO_PKG_VERSION"));
        if layers.iter().any(|known| known.name == found.name) || layers.len() > PARENTS_MAX {
            let message = format!("the theme `{}` is its own ancestor", found.name);
            let place = Place::whole_file(&found.manifest_path());
            said.push(Diagnostic::error("theme", message).at(place).help("name another parent, or none"));
            break;
        }
        next = manifest.parent;
        layers.push(found);
    }
    let generated = crate::source::markdown::highlight_css();
    let (theme, mistakes) =
        Theme::build(&layers, site, vec![("highlight.css".to_string(), generated.into_bytes())]);
    let loaded = complete && !mistakes.iter().any(|mistake| mistake.rule == "template");
    // Without one of its layers, whatever a theme lacks is no mistake of its own.
    said.extend(mistakes.into_iter().filter(|mistake| complete || mistake.rule != "template"));
    Ok((theme, loaded))
}

fn from_disk(texts: &TreeTexts<'_>, name: &str) -> Result<Layer, Fault> {
    let shown_as = format!("{THEMES}/{name}");
    let folder = format!("{shown_as}/");
    let mut files = BTreeMap::new();
    for file in texts.tree.below(&folder) {
        files.insert(file[folder.len()..].to_string(), Cow::Owned(texts.bytes(file)?));
    }
    Ok(Layer { name: name.to_string(), shown_as, files })
}

/// Texts of content files, read again when they are needed.
pub(super) struct TreeTexts<'t> {
    /// The files.
    pub tree: &'t Tree,
    /// What they were when they were read, by path.
    pub sources: &'t [Source],
    /// Those that are others now, by their place among them.
    pub differ: Option<&'t BTreeMap<usize, Source>>,
}

impl TreeTexts<'_> {
    /// What a file was when it was read.
    fn source(&self, path: &str) -> &Source {
        let found = self.sources.binary_search_by(|source| source.path.as_str().cmp(path));
        let place = found.expect("every file of the site was read");
        self.differ.and_then(|differ| differ.get(&place)).unwrap_or(&self.sources[place])
    }

    /// The bytes of a file, as they were when it was compared with the ledger.
    ///
    /// # Errors
    /// When it cannot be read, or has changed since: a change that is undone before the next build would stay unseen.
    fn bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        let bytes = self.tree.bytes(path)?;
        if Digest::of(&bytes) == self.digest(path) { Ok(bytes) } else { Err(Fault::changed(path.as_ref())) }
    }
}

impl Texts for TreeTexts<'_> {
    fn text(&self, path: &str) -> Result<String, Fault> {
        // What is not UTF-8 among the pages was told; of the other files only rules of redirects are read as text.
        Ok(String::from_utf8(self.bytes(path)?)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    fn digest(&self, path: &str) -> Digest {
        self.source(path).digest
    }

    fn transcript(&self, path: &str) -> Option<Sha256> {
        self.source(path).transcript
    }
}
