//! Dates as readers see them: the filters `date`, `time` and `utc`, and what they are made of.
//!
//! Always in the Gregorian calendar, with the month names, the order and the digits of the language. Knows nothing of
//! time zones: a date-time comes with its offset and is shown as it is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use icu_calendar::{Date, Gregorian};
use icu_datetime::FixedCalendarDateTimeFormatter as Formatter;
use icu_datetime::fieldsets::{Y, YM, YMD, YMDE};
use icu_datetime::options::YearStyle;
use icu_locale_core::Locale;
use jiff::civil;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use tera::{Error, Kwargs, State, TeraResult, Value};

use super::language;

/// Briefings are read in many countries, where "12/9/2024" means two things: English without a country writes the
/// day first, and only "en-US" the month.
const ENGLISH: &str = "en-GB";

/// How much of a wrong value an error repeats.
const QUOTED_CHARS_MAX: usize = 40;

/// How much of a date is written, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayStyle {
    /// "Monday, 9 December 2024"
    Full,
    /// "9 December 2024"
    Long,
    /// "9 Dec 2024"
    Medium,
    /// "09/12/2024"
    Short,
    /// "December 2024"
    Month,
    /// "2024"
    Year,
}

impl DayStyle {
    /// Every style with the name that templates use.
    pub const NAMED: [(&'static str, DayStyle); 6] = [
        ("full", DayStyle::Full),
        ("long", DayStyle::Long),
        ("medium", DayStyle::Medium),
        ("short", DayStyle::Short),
        ("month", DayStyle::Month),
        ("year", DayStyle::Year),
    ];

    fn named(name: &str) -> Option<DayStyle> {
        DayStyle::NAMED.iter().find(|(known, _)| *known == name).map(|(_, style)| *style)
    }
}

/// Writes dates in the languages it was made for.
pub struct Dates {
    languages: BTreeMap<String, Formatters>,
    english: Formatters,
}

impl Dates {
    /// For these language tags. A language without date data is written as in English.
    pub fn new<'a>(languages: impl IntoIterator<Item = &'a str>) -> Dates {
        let made = |tag: &str| Some((tag.to_owned(), Formatters::new(tag)?));
        let english = Formatters::new(ENGLISH).expect("the data of English dates is compiled in");
        Dates { languages: languages.into_iter().filter_map(made).collect(), english }
    }

    /// The day in a language; if the language is not one of ours, in the nearest wider one, else in English.
    pub fn day(&self, lang: &str, style: DayStyle, date: civil::Date) -> String {
        let mut wider = std::iter::successors(Some(lang), |tag| language::parent(tag));
        let formatters = wider.find_map(|tag| self.languages.get(tag)).unwrap_or(&self.english);
        formatters.day(style, date).unwrap_or_else(|| date.to_string())
    }
}

impl std::fmt::Debug for Dates {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.languages.keys()).finish()
    }
}

/// A formatter for every style of one language, made once: making one costs several times what using it does.
struct Formatters {
    full: Formatter<Gregorian, YMDE>,
    long: Formatter<Gregorian, YMD>,
    medium: Formatter<Gregorian, YMD>,
    short: Formatter<Gregorian, YMD>,
    month: Formatter<Gregorian, YM>,
    year: Formatter<Gregorian, Y>,
}

impl Formatters {
    fn new(tag: &str) -> Option<Formatters> {
        let locale = Locale::try_from_str(if tag == "en" { ENGLISH } else { tag }).ok()?;
        let formatters = Formatters {
            full: Formatter::try_new((&locale).into(), YMDE::long()).ok()?,
            long: Formatter::try_new((&locale).into(), YMD::long()).ok()?,
            medium: Formatter::try_new((&locale).into(), YMD::medium()).ok()?,
            // With two digits for the year, as some languages have it, "09/10/11" could be anything.
            short: Formatter::try_new((&locale).into(), YMD::short().with_year_style(YearStyle::Full))
                .ok()?,
            month: Formatter::try_new((&locale).into(), YM::long()).ok()?,
            year: Formatter::try_new((&locale).into(), Y::long()).ok()?,
        };
        // A language without data gets placeholders such as "M12" for month names.
        let december = formatters.day(DayStyle::Long, civil::date(2024, 12, 9))?;
        (!december.contains("M12")).then_some(formatters)
    }

    fn day(&self, style: DayStyle, date: civil::Date) -> Option<String> {
        let number = |number: i8| u8::try_from(number).ok();
        let date =
            Date::try_new_gregorian(date.year().into(), number(date.month())?, number(date.day())?).ok()?;
        Some(match style {
            DayStyle::Full => self.full.format(&date).to_string(),
            DayStyle::Long => self.long.format(&date).to_string(),
            DayStyle::Medium => self.medium.format(&date).to_string(),
            DayStyle::Short => self.short.format(&date).to_string(),
            DayStyle::Month => self.month.format(&date).to_string(),
            DayStyle::Year => self.year.format(&date).to_string(),
        })
    }
}

/// A date of a template: "2024-12-09", or with time and offset, "2024-12-09T17:00:00+02:00".
pub fn parse(text: &str) -> Option<(civil::Date, Option<(civil::Time, Offset)>)> {
    const DAY_BYTES: usize = "2024-12-09".len();
    if text.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    if text.len() == DAY_BYTES {
        return Some((text.parse().ok()?, None));
    }
    let pieces = Pieces::parse(text).ok()?;
    Some((pieces.date(), Some((pieces.time()?, pieces.to_numeric_offset()?))))
}

/// The time of day as written, "17:00".
pub fn time(time: civil::Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// The same instant in universal time, "15:00 UTC"; where it is another day there, with that day as `day` writes it,
/// "8 December 2024 22:30 UTC". None at the far ends of history.
pub fn utc(
    date: civil::Date,
    (at, offset): (civil::Time, Offset),
    day: impl FnOnce(civil::Date) -> String,
) -> Option<String> {
    let instant = offset.to_timestamp(date.to_datetime(at)).ok()?;
    let there = Offset::UTC.to_datetime(instant);
    let hour = time(there.time());
    Some(if there.date() == date {
        format!("{hour} UTC")
    } else {
        format!("{} {hour} UTC", day(there.date()))
    })
}

/// Makes `date`, `time` and `utc` known to templates.
pub fn register(tera: &mut tera::Tera, dates: Arc<Dates>) {
    let of_utc = Arc::clone(&dates);
    tera.register_filter("date", move |value: &Value, given: Kwargs, state: &State| -> TeraResult<String> {
        accept("date", &given, &["style", "lang"])?;
        let (day, _) = read("date", value)?;
        let style = given.get::<&str>("style")?.map_or(Ok(DayStyle::Long), style)?;
        match given.get::<&str>("lang")? {
            Some(lang) => Ok(dates.day(lang, style, day)),
            None => Ok(dates.day(&spoken(state)?, style, day)),
        }
    });
    tera.register_filter("time", |value: &Value, given: Kwargs, _: &State| -> TeraResult<String> {
        accept("time", &given, &[])?;
        let (_, at) = read("time", value)?;
        Ok(at.map(|(at, _)| time(at)).unwrap_or_default())
    });
    tera.register_filter("utc", move |value: &Value, given: Kwargs, state: &State| -> TeraResult<String> {
        accept("utc", &given, &[])?;
        let (day, at) = read("utc", value)?;
        let Some(at) = at else { return Ok(String::new()) };
        // Where the language is unknown, the day is still plain; an error would only be met around midnight.
        let lang = spoken(state).ok();
        let written = |day: civil::Date| {
            lang.as_deref().map_or_else(|| day.to_string(), |lang| of_utc.day(lang, DayStyle::Long, day))
        };
        utc(day, at, written).ok_or_else(|| not_a_date("utc", value))
    });
}

/// The language of what is being rendered.
pub(super) fn spoken(state: &State<'_>) -> TeraResult<String> {
    state.get::<String>("lang")?.ok_or_else(|| {
        Error::message(
            "`date` does not know the language here: a component sees only its parameters, so add `@lang` to them, \
             as in {% component item(page, @lang) %}, or say `date(lang=…)`",
        )
    })
}

/// Refuses arguments that the filter does not have; they would be ignored without a word.
pub(super) fn accept(filter: &str, given: &Kwargs, known: &[&str]) -> TeraResult<()> {
    let mut names = given.iter().map(|(key, _)| key.as_str().unwrap_or_default());
    match names.find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) if known.is_empty() => {
            Err(Error::message(format!("`{filter}` has no argument `{name}`; it takes none")))
        }
        Some(name) => {
            let known = known.join("` and `");
            Err(Error::message(format!("`{filter}` has no argument `{name}`; it takes `{known}`")))
        }
    }
}

fn style(name: &str) -> TeraResult<DayStyle> {
    DayStyle::named(name).ok_or_else(|| {
        let known = DayStyle::NAMED.map(|(name, _)| name).join(", ");
        Error::message(format!("`date` has no style `{name}`; the styles are {known}"))
    })
}

/// The value as a day, with its time if it has one.
fn read(filter: &str, value: &Value) -> TeraResult<(civil::Date, Option<(civil::Time, Offset)>)> {
    value.as_str().and_then(parse).ok_or_else(|| not_a_date(filter, value))
}

fn not_a_date(filter: &str, value: &Value) -> Error {
    let wrong = match value.as_str() {
        Some(text) => format!("\"{}\"", text.chars().take(QUOTED_CHARS_MAX).collect::<String>()),
        None if value.is_none() || value.is_undefined() => {
            return Error::message(format!(
                "`{filter}` was given nothing: test the value first, as in {{% if page.updated %}}"
            ));
        }
        None => format!("a value of type {}", value.name()),
    };
    Error::message(format!(
        "`{filter}` was given {wrong}, which is not a date; it takes \"2024-12-09\" or \"2024-12-09T17:00:00+02:00\""
    ))
}

#[cfg(test)]
mod tests;
