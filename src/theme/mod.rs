//! Templates, their words and assets: what pages are poured into.
//!
//! Knows the names of the context and which of them each template uses; knows no page and no list.

mod assets;
mod date;
mod error;
mod facts;
pub mod language;
pub mod layer;
mod names;
mod plural;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tera::{Context, Kwargs, State, Tera, Value};

use crate::diagnostic::{Diagnostic, Place, suggestion};
use crate::digest::{Digest, Hasher};
use crate::site::{BaseUrl, LanguageIndex, Site, encode};

pub use assets::Assets;
pub use assets::DIGITS as HASH_DIGITS;
pub use facts::{Fact, Mentioned};
pub use layer::Layer;
pub use names::{Name, Uses};

/// The folder of templates in a theme.
const TEMPLATES: &str = "templates/";
/// The folder of files that are copied as they are.
const STATIC: &str = "static/";

/// A theme, ready to render.
#[derive(Debug)]
pub struct Theme {
    tera: Tera,
    dates: Arc<date::Dates>,
    files: error::Files,
    used: HashMap<String, Uses>,
    /// By the names of `used`: all that a template's output depends on, but for its context.
    digests: HashMap<String, Digest>,
    assets: Assets,
    statics: BTreeMap<String, Vec<u8>>,
    words: Vec<BTreeMap<String, String>>,
    settings: serde_json::Map<String, serde_json::Value>,
}

impl Theme {
    /// Puts together the layers of a theme: the site's own, the theme, its parent. The first that has a file wins.
    pub fn build(
        layers: &[Layer],
        site: &Site,
        generated: Vec<(String, Vec<u8>)>,
    ) -> (Self, Vec<Diagnostic>) {
        let mut said = Vec::new();
        let settings = settings(layers, site, &mut said);
        let mut words = Vec::new();
        for language in &site.languages {
            let (own, mistakes) = words::of_language(&language.code, layers);
            words.push(own);
            said.extend(mistakes);
        }
        let prefixes: Vec<String> = layers.iter().map(|layer| format!("{}/", layer.name)).collect();
        let files = templates(layers, &mut said);
        let mut tera = Tera::new();
        tera.set_fallback_prefixes(prefixes.clone()).expect("no template was added yet");
        // Feeds and the like are written by our own code; whatever a template makes is escaped.
        tera.autoescape_on(vec![""]);
        let dates = Arc::new(date::Dates::new(site.languages.iter().map(|language| language.code.as_str())));
        date::register(&mut tera, Arc::clone(&dates));
        let plurals = plural::Plurals::new(site.languages.iter().map(|language| language.code.as_str()));
        plural::register(&mut tera, Arc::new(plurals));
        register_addresses(&mut tera, &site.base_url);
        let texts = files.iter().map(|(name, (_, text))| (name.clone(), text.as_str())).collect();
        let resolve = |name: &str| resolve(name, &prefixes, &files);
        said.extend(load(&mut tera, &files, &names::missing(&texts, &resolve)));
        let mut used: HashMap<String, Uses> = names::used(&texts, &resolve).into_iter().collect();
        // Under its short name, a template is that of the first layer that has it.
        let short: BTreeSet<&str> =
            files.keys().filter_map(|name| name.split_once('/')).map(|(_, name)| name).collect();
        let found =
            short.into_iter().filter_map(|name| Some((name.to_string(), used.get(&resolve(name)?)?.clone())));
        let found: Vec<(String, Uses)> = found.collect();
        used.extend(found);
        let digests = digests(&used, &files);
        let statics = statics(layers);
        let assets = Assets::build(layers, generated);
        (Self { tera, dates, used, digests, files, assets, statics, words, settings }, said)
    }

    /// Whether there is a template of this name in any layer.
    pub fn has_template(&self, name: &str) -> bool {
        self.used.contains_key(name)
    }

    /// The templates that pages may ask for, by their short names, in order.
    pub fn template_names(&self) -> BTreeSet<&str> {
        self.files.keys().filter_map(|name| name.split_once('/')).map(|(_, name)| name).collect()
    }

    /// What a template uses; none if there is no such template.
    pub fn uses(&self, template: &str) -> Option<&Uses> {
        self.used.get(template)
    }

    /// The facts that any template mentions which shows items: lists, neighbours, what is related.
    pub fn facts_of_items(&self) -> Mentioned {
        facts_of_items(&self.used)
    }

    /// Whether any template mentions a fact.
    pub fn mentions(&self, fact: Fact) -> bool {
        self.used.values().any(|uses| uses.facts.has(fact))
    }

    /// Whether any template prints a name.
    pub fn prints(&self, name: Name) -> bool {
        self.used.values().any(|uses| uses.has(name))
    }

    /// The digest of a template, with all that it extends, includes and calls, found through the layers, and of which
    /// facts the items have that it shows. The same as for an empty one if there is no such template.
    pub fn digest_of(&self, template: &str) -> Digest {
        self.digests.get(template).copied().unwrap_or_else(|| Digest::of(b""))
    }

    /// Renders `template` into `out`.
    ///
    /// # Errors
    /// What is wrong with the template, and where.
    pub fn render(
        &self,
        template: &str,
        context: &Context,
        out: &mut Vec<u8>,
    ) -> Result<(), Box<Diagnostic>> {
        let result = self.tera.render_to(template, context, &mut *out);
        result.map_err(|error| Box::new(error::diagnostic(&error, &self.files)))
    }

    /// A day of the context (`2024-12-09` or RFC 3339) as readers of `lang` write it.
    pub fn day(&self, lang: &str, date: &str) -> String {
        let day = date::parse(date).map(|(day, _)| day);
        day.map_or_else(|| date.to_string(), |day| self.dates.day(lang, date::DayStyle::Long, day))
    }

    /// The name of a month with its year, as readers of `lang` write it.
    pub fn month(&self, lang: &str, year: i16, month: i8) -> String {
        let first = jiff::civil::Date::new(year, month, 1).expect("months of pages are months");
        self.dates.day(lang, date::DayStyle::Month, first)
    }

    /// The words of the theme in a language.
    pub fn words(&self, language: LanguageIndex) -> &BTreeMap<String, String> {
        &self.words[usize::from(language)]
    }

    /// One word of the theme in a language; the key itself if the theme has no such word.
    pub fn word<'t>(&'t self, language: LanguageIndex, key: &'t str) -> &'t str {
        self.words(language).get(key).map_or(key, String::as_str)
    }

    /// The settings of the theme, as the site has them.
    pub fn settings(&self) -> &serde_json::Map<String, serde_json::Value> {
        &self.settings
    }

    /// The files with hashed names.
    pub fn assets(&self) -> &Assets {
        &self.assets
    }

    /// The files that are copied as they are, by path from the site's root without a slash.
    pub fn statics(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.statics
    }
}

fn resolve(name: &str, prefixes: &[String], files: &error::Files) -> Option<String> {
    let short =
        || prefixes.iter().map(|prefix| format!("{prefix}{name}")).find(|full| files.contains_key(full));
    if files.contains_key(name) { Some(name.to_string()) } else { short() }
}

fn facts_of_items(used: &HashMap<String, Uses>) -> Mentioned {
    let mut all = Mentioned::default();
    for uses in used.values().filter(|uses| uses.shows_items()) {
        all = all.union(uses.facts);
    }
    all
}

fn digests(used: &HashMap<String, Uses>, files: &error::Files) -> HashMap<String, Digest> {
    let items = facts_of_items(used).bits().to_le_bytes();
    let digest = |uses: &Uses| {
        let mut hasher = Hasher::new();
        for name in &uses.templates {
            let text = files.get(name).map_or("", |(_, text)| text);
            hasher.field(name.as_bytes()).field(text.as_bytes());
        }
        // Another template may bring a fact into the items that this one shows, and this one may go through all facts.
        hasher.field(if uses.shows_items() { &items } else { b"" }).digest()
    };
    used.iter().map(|(name, uses)| (name.clone(), digest(uses))).collect()
}

fn settings(
    layers: &[Layer],
    site: &Site,
    said: &mut Vec<Diagnostic>,
) -> serde_json::Map<String, serde_json::Value> {
    let mut settings = serde_json::Map::new();
    for layer in layers.iter().rev() {
        let (manifest, mistakes) = layer.manifest(env!("CARGO_PKG_VERSION"));
        settings.extend(manifest.settings);
        said.extend(mistakes);
    }
    for (key, value) in &site.theme_settings {
        if !settings.contains_key(key) {
            let message = format!("the theme has no setting `{key}`");
            let place = site.theme_places.settings.get(key).cloned();
            let mistake = place.into_iter().fold(Diagnostic::error("settings", message), Diagnostic::at);
            let names: Vec<&str> = settings.keys().map(String::as_str).collect();
            said.push(match suggestion(key, names.iter().copied()) {
                Some(close) => mistake.label(format!("did you mean `{close}`?")),
                None if names.is_empty() => mistake.label("it has none"),
                None => mistake.label(format!("its settings are: {}", names.join(", "))),
            });
        } else if let Some(usual) = settings.get(key).filter(|usual| !same_type(usual, value)) {
            let message = format!("the theme's setting `{key}` is not of the right type");
            let place = site.theme_places.settings.get(key).cloned();
            let mistake = place.into_iter().fold(Diagnostic::error("settings", message), Diagnostic::at);
            said.push(mistake.label(format!("expected something like {usual}")));
        }
        settings.insert(key.clone(), value.clone());
    }
    settings
}

fn same_type(one: &serde_json::Value, other: &serde_json::Value) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// The templates of all layers under their full names, such as `bulletin/base.html`.
fn templates(layers: &[Layer], said: &mut Vec<Diagnostic>) -> error::Files {
    let mut files = error::Files::new();
    for layer in layers {
        for path in layer.files.keys() {
            let Some(name) = path.strip_prefix(TEMPLATES) else { continue };
            let file = format!("{}/{path}", layer.shown_as);
            match layer.text(path) {
                Some(text) => {
                    files.insert(format!("{}/{name}", layer.name), (file, text.to_string()));
                }
                None => said.push(
                    Diagnostic::error("template", "the file is not UTF-8").at(Place::whole_file(&file)),
                ),
            }
        }
    }
    without_unused(files, layers)
}

/// A template that another layer replaces is loaded only if somebody extends or includes it under its full name: it may
/// not fit what the other layers have.
fn without_unused(mut files: error::Files, layers: &[Layer]) -> error::Files {
    let replaced: Vec<String> = files
        .keys()
        .filter(|full| {
            let Some((layer, name)) = full.split_once('/') else { return false };
            let above = layers.iter().take_while(|other| other.name != layer);
            above.map(|other| format!("{}/{name}", other.name)).any(|other| files.contains_key(&other))
        })
        .cloned()
        .collect();
    for full in replaced {
        let named = |(_, text): &(String, String)| {
            ['"', '\'', '`'].iter().any(|q| text.contains(&format!("{q}{full}{q}")))
        };
        if !files.values().any(named) {
            files.remove(&full);
        }
    }
    files
}

/// Loads all templates at once; if that fails, each by itself, so that every syntax error is told. `missing` lists the
/// templates that others name and that are not there.
fn load(tera: &mut Tera, files: &error::Files, missing: &[(String, String)]) -> Vec<Diagnostic> {
    let all = files.iter().map(|(name, (_, text))| (name, text));
    let Err(error) = tera.add_raw_templates(all) else { return Vec::new() };
    let mut said: Vec<Diagnostic> = Vec::new();
    for (name, (_, text)) in files {
        let Err(error) = Tera::new().add_raw_template(name, text) else { continue };
        if matches!(error.kind(), tera::ErrorKind::SyntaxError(_)) {
            let diagnostic = error::diagnostic(&error, files);
            // Alone, a template knows neither our filters nor its neighbours; only its grammar counts here.
            let foreign = ["filter", "component", "test", "function", "template", "not found", "block"];
            if !foreign.iter().any(|word| diagnostic.message.contains(word)) {
                said.push(diagnostic);
            }
        }
    }
    said.extend(missing.iter().map(|(template, name)| error::missing(template, name, files)));
    if said.is_empty() {
        said.extend(error::diagnostics(&error, files));
    }
    said
}

fn statics(layers: &[Layer]) -> BTreeMap<String, Vec<u8>> {
    let mut statics = BTreeMap::new();
    for layer in layers.iter().rev() {
        let own = layer.files.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(STATIC)?, bytes)));
        statics.extend(own.map(|(path, bytes)| (path.to_string(), bytes.to_vec())));
    }
    statics
}

/// `url` puts the base path before a path of the site, `absolute` the whole base address.
fn register_addresses(tera: &mut Tera, base: &BaseUrl) {
    let (rooted, absolute) = (base.clone(), base.clone());
    tera.register_filter("url", move |path: &str, _: Kwargs, _: &State| -> Value {
        if path.starts_with('/') { Value::from(rooted.rooted(&encode(path))) } else { Value::from(path) }
    });
    tera.register_filter("absolute", move |path: &str, _: Kwargs, _: &State| -> Value {
        // A path of the context has the base path already; one that a theme writes has not.
        let inside = path.strip_prefix(absolute.path()).filter(|_| absolute.path() != "/");
        match (inside, path.starts_with('/')) {
            (Some(_), _) => Value::from(absolute.with_origin(path)),
            (None, true) => Value::from(absolute.absolute(&encode(path))),
            (None, false) => Value::from(path),
        }
    });
}
