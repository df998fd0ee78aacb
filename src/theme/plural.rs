//! Numbers with their nouns: the filter `counted`, which finds the form that the language has for a number.
//!
//! A phrase says all its forms in one word of the theme: `one: {} source | other: {} sources`. Which number takes which
//! form, CLDR says.

use std::collections::BTreeMap;
use std::sync::Arc;

use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules, PluralRulesOptions};
use tera::{Error, Kwargs, State, TeraResult};

use super::date::{accept, spoken};
use super::language;

/// Where the number stands in a phrase.
const NUMBER: &str = "{}";
/// The form for whatever has none of its own.
const OTHER: &str = "other";

/// Which forms the numbers of the site's languages take.
#[derive(Debug)]
pub struct Plurals(BTreeMap<String, PluralRules>);

impl Plurals {
    /// For these language tags.
    pub fn new<'a>(languages: impl IntoIterator<Item = &'a str>) -> Self {
        let rules = |tag: &str| {
            let locale = Locale::try_from_str(tag).ok()?;
            let rules = PluralRules::try_new((&locale).into(), PluralRulesOptions::default()).ok()?;
            Some((tag.to_string(), rules))
        };
        Self(languages.into_iter().filter_map(rules).collect())
    }

    /// A phrase for this number.
    pub fn counted(&self, lang: &str, phrase: &str, number: u64) -> String {
        let mut wider = std::iter::successors(Some(lang), |tag| language::parent(tag));
        let rules = wider.find_map(|tag| self.0.get(tag));
        // A language whose rules nobody knows is written with the form for everything.
        let category = rules.map_or(OTHER, |rules| word(rules.category_for(number)));
        form(phrase, category).replace(NUMBER, &number.to_string())
    }
}

/// The form of a category; else the one for everything; else the whole phrase, which has no forms.
fn form<'p>(phrase: &'p str, category: &str) -> &'p str {
    let forms = || phrase.split('|').filter_map(|form| form.split_once(':'));
    let of = |wanted: &str| forms().find(|(name, _)| name.trim() == wanted).map(|(_, text)| text.trim());
    of(category).or_else(|| of(OTHER)).unwrap_or(phrase)
}

fn word(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => OTHER,
    }
}

/// Makes `counted` known to templates: `{{ 3 | counted(phrase=text.count_of_sources) }}`.
pub fn register(tera: &mut tera::Tera, plurals: Arc<Plurals>) {
    tera.register_filter("counted", move |number: u64, given: Kwargs, state: &State| -> TeraResult<String> {
        accept("counted", &given, &["phrase", "lang"])?;
        let phrase = given.get::<&str>("phrase")?.ok_or_else(|| {
            Error::message("`counted` needs a phrase: counted(phrase=text.count_of_sources)")
        })?;
        match given.get::<&str>("lang")? {
            Some(lang) => Ok(plurals.counted(lang, phrase, number)),
            None => Ok(plurals.counted(&spoken(state)?, phrase, number)),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(lang: &str, phrase: &str, numbers: &[u64]) -> Vec<String> {
        let plurals = Plurals::new([lang]);
        numbers.iter().map(|&number| plurals.counted(lang, phrase, number)).collect()
    }

    #[test]
    fn each_language_has_the_form_that_it_asks_for() {
        let english = "one: {} source | other: {} sources";
        assert_eq!(all("en", english, &[0, 1, 2]), ["0 sources", "1 source", "2 sources"]);
        let ukrainian = "one: {} джерело | few: {} джерела | many: {} джерел | other: {} джерела";
        let expected = ["1 джерело", "3 джерела", "5 джерел", "11 джерел", "21 джерело", "24 джерела"];
        assert_eq!(all("uk", ukrainian, &[1, 3, 5, 11, 21, 24]), expected);
        let polish = "one: {} źródło | few: {} źródła | many: {} źródeł | other: {} źródła";
        assert_eq!(
            all("pl", polish, &[1, 2, 5, 12, 21, 22]).join(", "),
            "1 źródło, 2 źródła, 5 źródeł, 12 źródeł, 21 źródeł, 22 źródła"
        );
        let arabic =
            "zero: لا مصادر | one: مصدر واحد | two: مصدران | few: {} مصادر | many: {} مصدرًا | other: {} مصدر";
        let expected = ["لا مصادر", "مصدر واحد", "مصدران", "3 مصادر", "11 مصدرًا", "100 مصدر"];
        assert_eq!(all("ar", arabic, &[0, 1, 2, 3, 11, 100]), expected);
    }

    #[test]
    fn what_lacks_a_form_takes_the_one_for_everything() {
        assert_eq!(all("uk", "other: {} зі ЗМІ", &[1, 2, 5]), ["1 зі ЗМІ", "2 зі ЗМІ", "5 зі ЗМІ"]);
        assert_eq!(all("uk", "{} media", &[1]), ["1 media"]);
        assert_eq!(all("en-AU", "one: {} a | other: {} b", &[1]), ["1 a"]);
    }
}
