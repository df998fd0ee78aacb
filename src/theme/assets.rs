//! The files of `assets/`: each gets its digest into its name, and style sheets refer to the others by those names.

use std::collections::BTreeMap;

use super::layer::Layer;
use crate::digest::Digest;

/// The folder of the theme whose files get hashed names, and where they are published.
const FOLDER: &str = "assets/";
/// How much of a digest stands in a name: 40 bits tell apart every version anybody will publish.
/// How many digits of the hash stand in a name.
pub const DIGITS: usize = 10;

/// The assets of a theme, ready to be written.
#[derive(Debug, Default)]
pub struct Assets {
    /// By name below `assets/`: the published path from the site's root, and the bytes.
    files: BTreeMap<String, (String, Vec<u8>)>,
}

impl Assets {
    /// Takes the assets of the layers, the first that has a file winning, and `generated` ones that none has.
    pub fn build(layers: &[Layer], generated: Vec<(String, Vec<u8>)>) -> Self {
        let mut sources: BTreeMap<String, Vec<u8>> = generated.into_iter().collect();
        for layer in layers.iter().rev() {
            let own =
                layer.files.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(FOLDER)?, bytes)));
            sources.extend(own.map(|(name, bytes)| (name.to_string(), bytes.to_vec())));
        }
        let mut assets = Self::default();
        let names: Vec<String> = sources.keys().cloned().collect();
        for name in &names {
            assets.add(name, &sources, &mut Vec::new());
        }
        assets
    }

    /// Adds one asset, after those that it refers to; `open` holds the chain of style sheets that led here.
    fn add(&mut self, name: &str, sources: &BTreeMap<String, Vec<u8>>, open: &mut Vec<String>) {
        if self.files.contains_key(name) || open.iter().any(|other| other == name) {
            return;
        }
        let Some(bytes) = sources.get(name) else { return };
        let text = if name.ends_with(".css") { std::str::from_utf8(bytes).ok() } else { None };
        let bytes = match text {
            Some(css) => {
                open.push(name.to_string());
                let css = self.with_hashed_names(name, css, (sources, open));
                open.pop();
                css.into_bytes()
            }
            None => bytes.clone(),
        };
        let digest = Digest::of(&bytes).to_string();
        let (stem, ending) =
            name.rsplit_once('.').map_or((name, String::new()), |(s, e)| (s, format!(".{e}")));
        let path = format!("/{FOLDER}{stem}.{}{ending}", &digest[..DIGITS]);
        self.files.insert(name.to_string(), (path, bytes));
    }

    /// Rewrites `url(…)` and `@import "…"` to the hashed names of other assets.
    fn with_hashed_names(
        &mut self,
        name: &str,
        css: &str,
        (sources, open): (&BTreeMap<String, Vec<u8>>, &mut Vec<String>),
    ) -> String {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut result = String::with_capacity(css.len());
        let mut rest = css;
        while let Some((before, reference, after)) = next_reference(rest) {
            result.push_str(before);
            let end = reference.find(['?', '#']).unwrap_or(reference.len());
            let target = joined(folder, &reference[..end]).filter(|target| sources.contains_key(target));
            if let Some(target) = &target {
                self.add(target, sources, open);
            }
            match target.and_then(|target| self.files.get(&target)) {
                // Relative to the style sheet, so that it is right under any base path.
                Some((path, _)) => {
                    let up = "../".repeat(folder.split('/').filter(|part| !part.is_empty()).count());
                    result.push_str(&up);
                    result.push_str(&path[1 + FOLDER.len()..]);
                    result.push_str(&reference[end..]);
                }
                None => result.push_str(reference),
            }
            rest = after;
        }
        result.push_str(rest);
        result
    }

    /// The published path of the asset `name`, from the site's root.
    pub fn path(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(|(path, _)| path.as_str())
    }

    /// The bytes of the asset `name`.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(|(_, bytes)| bytes.as_slice())
    }

    /// Every asset: its name, its published path, its bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &[u8])> {
        self.files.iter().map(|(name, (path, bytes))| (name.as_str(), path.as_str(), bytes.as_slice()))
    }
}

/// The text up to the next reference of a style sheet, the reference, and the rest.
fn next_reference(css: &str) -> Option<(&str, &str, &str)> {
    let url = css.find("url(").map(|at| at + 4);
    let import = css.find("@import").map(|at| at + 7);
    let start = url.into_iter().chain(import).min()?;
    let after = &css[start..];
    let opened = after.trim_start();
    let (open, close) = match opened.chars().next() {
        Some(quote @ ('"' | '\'')) => (1, quote),
        // `@import url(…)`: the next round finds the url.
        _ if Some(start) == import => return next_in_import(css, start),
        _ => (0, ')'),
    };
    let begin = start + (after.len() - opened.len()) + open;
    let end = begin + css[begin..].find(close)?;
    let trimmed = css[begin..end].trim_end();
    Some((&css[..begin], trimmed, &css[begin + trimmed.len()..]))
}

fn next_in_import(css: &str, start: usize) -> Option<(&str, &str, &str)> {
    let (_, reference, after) = next_reference(&css[start..])?;
    let begin = css.len() - after.len() - reference.len();
    Some((&css[..begin], reference, after))
}

fn joined(folder: &str, reference: &str) -> Option<String> {
    if reference.is_empty() || reference.starts_with('/') || reference.contains(':') {
        return None;
    }
    crate::catalog::links::join(folder, reference)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn assets(files: &[(&str, &str)]) -> Assets {
        let files =
            files.iter().map(|(name, text)| (format!("assets/{name}"), Cow::Owned(text.as_bytes().to_vec())));
        let layer = Layer { name: "t".into(), shown_as: "themes/t".into(), files: files.collect() };
        Assets::build(&[layer], Vec::new())
    }

    fn text(assets: &Assets, name: &str) -> String {
        let (_, _, bytes) = assets.iter().find(|(known, ..)| *known == name).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn style_sheets_refer_to_hashed_names() {
        let css = "@import \"css/b.css\"; a { src: url( 'f.woff2?v#x' ) } b { src: url(https://x/y.png) url(none.png) }";
        let all =
            assets(&[("a.css", css), ("css/b.css", "c{background:url(../f.woff2)}"), ("f.woff2", "font")]);
        let font = &all.path("f.woff2").unwrap()["/assets/".len()..];
        let sheet = &all.path("css/b.css").unwrap()["/assets/".len()..];
        assert_eq!(text(&all, "css/b.css"), format!("c{{background:url(../{font})}}"));
        assert_eq!(
            text(&all, "a.css"),
            format!(
                "@import \"{sheet}\"; a {{ src: url( '{font}?v#x' ) }} b {{ src: url(https://x/y.png) url(none.png) }}"
            )
        );
    }

    #[test]
    fn a_changed_font_changes_the_name_of_the_style_sheet() {
        let sheet =
            |font| assets(&[("a.css", "a{src:url(f)}"), ("f", font)]).path("a.css").unwrap().to_string();
        assert_ne!(sheet("1"), sheet("2"));
    }

    #[test]
    fn style_sheets_that_import_each_other_end() {
        let all = assets(&[("a.css", "@import url(b.css);"), ("b.css", "@import url(a.css);")]);
        assert!(text(&all, "b.css").contains("url(a.css)"));
    }
}
