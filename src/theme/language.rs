//! What we know of languages by their tags: whether a tag is one, which way it is written, what it calls itself.
//!
//! Knows nothing of the site's own list of languages.

use icu_locale_core::LanguageIdentifier;

/// Languages written from right to left, when their tag names no script.
const FROM_THE_RIGHT: [&str; 18] = [
    "ar", "arc", "arz", "azb", "ckb", "dv", "fa", "he", "ks", "lrc", "mzn", "nqo", "ps", "sd", "syr", "ug",
    "ur", "yi",
];

/// Scripts written from right to left.
const SCRIPTS_FROM_THE_RIGHT: [&str; 11] =
    ["Adlm", "Arab", "Aran", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"];

/// What languages call themselves, as they would write it in a menu.
const OWN_NAMES: [(&str, &str); 52] = [
    ("ar", "العربية"),
    ("az", "Azərbaycan"),
    ("be", "Беларуская"),
    ("bg", "Български"),
    ("bn", "বাংলা"),
    ("bs", "Bosanski"),
    ("ca", "Català"),
    ("cs", "Čeština"),
    ("cy", "Cymraeg"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "Español"),
    ("et", "Eesti"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("ga", "Gaeilge"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hr", "Hrvatski"),
    ("hu", "Magyar"),
    ("hy", "Հայերեն"),
    ("id", "Indonesia"),
    ("is", "Íslenska"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ka", "ქართული"),
    ("kk", "Қазақ тілі"),
    ("ko", "한국어"),
    ("lt", "Lietuvių"),
    ("lv", "Latviešu"),
    ("mk", "Македонски"),
    ("nb", "Norsk bokmål"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sk", "Slovenčina"),
    ("sl", "Slovenščina"),
    ("sq", "Shqip"),
    ("sr", "Српски"),
    ("sv", "Svenska"),
    ("sw", "Kiswahili"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("ur", "اردو"),
    ("uz", "O‘zbek"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
];

/// What varieties call themselves that stand beside each other in menus.
const OWN_NAMES_OF_VARIETIES: [(&str, &str); 12] = [
    ("en-GB", "British English"),
    ("en-US", "American English"),
    ("pt-BR", "Português (Brasil)"),
    ("pt-PT", "Português (Portugal)"),
    ("sr-Cyrl", "Српски"),
    ("sr-Latn", "Srpski"),
    ("zh-CN", "简体中文"),
    ("zh-HK", "繁體中文（香港）"),
    ("zh-Hans", "简体中文"),
    ("zh-Hant", "繁體中文"),
    ("zh-SG", "简体中文（新加坡）"),
    ("zh-TW", "繁體中文"),
];

/// The tag in its usual spelling ("uk", "pt-BR", "zh-Hant"), if it is a language tag at all. Extensions are not
/// accepted: they belong to neither an address nor a file name.
pub fn tag(text: &str) -> Option<String> {
    if text.contains('_') {
        return None;
    }
    let tag = LanguageIdentifier::try_from_str(text).ok()?;
    (!tag.language.is_unknown()).then(|| tag.to_string())
}

/// The nearest wider language: "zh-Hant-TW", then "zh-Hant", then "zh", then none.
pub fn parent(tag: &str) -> Option<&str> {
    tag.rsplit_once('-').map(|(parent, _)| parent)
}

/// Which way the language is written, as HTML's `dir` wants it.
pub fn direction(lang: &str) -> &'static str {
    let mut parts = lang.split('-');
    let language = parts.next().unwrap_or_default().to_ascii_lowercase();
    let script = parts.next().filter(|part| part.len() == 4);
    let from_the_right = match script {
        Some(script) => SCRIPTS_FROM_THE_RIGHT.iter().any(|name| name.eq_ignore_ascii_case(script)),
        None => FROM_THE_RIGHT.contains(&language.as_str()),
    };
    if from_the_right { "rtl" } else { "ltr" }
}

/// What the language calls itself; the tag itself if we do not know.
pub fn own_name(lang: &str) -> String {
    let named = |tag: &str| {
        let mut known = OWN_NAMES.iter().chain(&OWN_NAMES_OF_VARIETIES);
        known.find(|(known, _)| known.eq_ignore_ascii_case(tag)).map(|(_, name)| *name)
    };
    std::iter::successors(Some(lang), |tag| parent(tag)).find_map(named).unwrap_or(lang).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_checked_and_spelled_as_usual() {
        for (text, wanted) in [("uk", "uk"), ("PT-br", "pt-BR"), ("zh-hant", "zh-Hant"), ("es-419", "es-419")]
        {
            assert_eq!(tag(text).as_deref(), Some(wanted), "{text}");
        }
        for text in ["", "u", "ukrainian!", "українська", "uk_UA", "en-", "-en", "und", "en-u-nu-arab", "a b"]
        {
            assert_eq!(tag(text), None, "{text}");
        }
    }

    #[test]
    fn direction_by_script_then_by_language() {
        for lang in ["ar", "ar-EG", "he", "fa", "ur", "ckb", "ku-Arab", "AR"] {
            assert_eq!(direction(lang), "rtl", "{lang}");
        }
        for lang in ["en", "uk", "ar-Latn", "ku", "zh-Hant", "", "tr"] {
            assert_eq!(direction(lang), "ltr", "{lang}");
        }
    }

    #[test]
    fn own_names() {
        let names = [
            ("uk", "Українська"),
            ("ar", "العربية"),
            ("ar-EG", "العربية"),
            ("en", "English"),
            ("en-US", "American English"),
            ("zh-Hant-TW", "繁體中文"),
            ("tlh", "tlh"),
        ];
        for (lang, name) in names {
            assert_eq!(own_name(lang), name);
        }
        assert!(OWN_NAMES.is_sorted() && OWN_NAMES_OF_VARIETIES.is_sorted());
    }
}
