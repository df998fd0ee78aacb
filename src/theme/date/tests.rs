//! Dates in ten languages, word for word.

use super::*;

const MONDAY: civil::Date = civil::date(2024, 12, 9);

fn dates() -> Dates {
    Dates::new(["en", "en-US", "uk", "ar", "ar-EG", "tr", "ja", "zh", "de", "fr", "es", "pl", "tlh", "!"])
}

/// Dates have unbreakable spaces and direction marks in places; here they only get in the way.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ").replace('\u{200f}', "")
}

#[test]
fn may_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&dates());
}

#[test]
fn long_and_full_in_every_language() {
    let wanted = [
        ("en", "9 December 2024", "Monday, 9 December 2024"),
        ("en-US", "December 9, 2024", "Monday, December 9, 2024"),
        ("uk", "9 грудня 2024 р.", "понеділок, 9 грудня 2024 р."),
        ("ar", "9 ديسمبر 2024", "الاثنين، 9 ديسمبر 2024"),
        ("ar-EG", "٩ ديسمبر ٢٠٢٤", "الاثنين، ٩ ديسمبر ٢٠٢٤"),
        ("tr", "9 Aralık 2024", "9 Aralık 2024 Pazartesi"),
        ("ja", "2024年12月9日", "2024年12月9日月曜日"),
        ("zh", "2024年12月9日", "2024年12月9日星期一"),
        ("de", "9. Dezember 2024", "Montag, 9. Dezember 2024"),
        ("fr", "9 décembre 2024", "lundi 9 décembre 2024"),
        ("es", "9 de diciembre de 2024", "lunes, 9 de diciembre de 2024"),
        ("pl", "9 grudnia 2024", "poniedziałek, 9 grudnia 2024"),
    ];
    let dates = dates();
    for (lang, long, full) in wanted {
        assert_eq!(plain(&dates.day(lang, DayStyle::Long, MONDAY)), long, "{lang}");
        assert_eq!(plain(&dates.day(lang, DayStyle::Full, MONDAY)), full, "{lang}");
    }
}

/// Every month within a date: in Ukrainian and Polish in the genitive, and nothing abbreviated.
#[test]
fn every_month_in_ten_languages() {
    let months = [
        (
            "en",
            "{} {m} 2024",
            "January February March April May June July August September October November December",
        ),
        (
            "uk",
            "{} {m} 2024 р.",
            "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
        ),
        (
            "pl",
            "{} {m} 2024",
            "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
        ),
        ("ar", "{} {m} 2024", "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
        (
            "de",
            "{}. {m} 2024",
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        ),
        (
            "fr",
            "{} {m} 2024",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        ),
        (
            "es",
            "{} de {m} de 2024",
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        ),
        ("tr", "{} {m} 2024", "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık"),
        ("zh", "2024年{m}月{}日", "1 2 3 4 5 6 7 8 9 10 11 12"),
        ("ja", "2024年{m}月{}日", "1 2 3 4 5 6 7 8 9 10 11 12"),
    ];
    let dates = dates();
    for (lang, pattern, names) in months {
        for (month, name) in (1i8..).zip(names.split(' ')) {
            let date = civil::date(2024, month, 10 + month);
            let wanted = pattern.replace("{}", &date.day().to_string()).replace("{m}", name);
            assert_eq!(plain(&dates.day(lang, DayStyle::Long, date)), wanted, "{lang}");
        }
        assert_eq!(names.split(' ').count(), 12, "{lang}");
    }
}

#[test]
fn the_other_styles() {
    let wanted = [
        ("en", ["9 Dec 2024", "09/12/2024", "December 2024", "2024"]),
        ("uk", ["9 груд. 2024 р.", "09.12.2024", "грудень 2024 р.", "2024"]),
        ("ar", ["09/12/2024", "9/12/2024", "ديسمبر 2024", "2024"]),
        ("pl", ["9 gru 2024", "09.12.2024", "grudzień 2024", "2024"]),
        ("ja", ["2024/12/09", "2024/12/09", "2024年12月", "2024年"]),
    ];
    let dates = dates();
    for (lang, wanted) in wanted {
        let styles = [DayStyle::Medium, DayStyle::Short, DayStyle::Month, DayStyle::Year];
        assert_eq!(styles.map(|style| plain(&dates.day(lang, style, MONDAY))), wanted, "{lang}");
    }
}

#[test]
fn unknown_languages_fall_back() {
    let dates = dates();
    for (lang, wanted) in [
        ("uk-UA", "9 грудня 2024 р."),
        ("de-AT-1996", "9. Dezember 2024"),
        ("tlh", "9 December 2024"),
        ("!", "9 December 2024"),
        ("fi", "9 December 2024"),
        ("", "9 December 2024"),
    ] {
        assert_eq!(plain(&dates.day(lang, DayStyle::Long, MONDAY)), wanted, "{lang}");
    }
}

#[test]
fn every_date_can_be_written() {
    let dates = dates();
    for date in [civil::Date::MIN, civil::Date::MAX, civil::date(0, 1, 1), civil::date(2024, 2, 29)] {
        for (_, style) in DayStyle::NAMED {
            assert!(!dates.day("en", style, date).is_empty());
        }
    }
}

#[test]
fn parse_takes_the_two_forms_and_nothing_else() {
    assert_eq!(parse("2024-12-09"), Some((MONDAY, None)));
    let five = (civil::time(17, 0, 0, 0), Offset::from_hours(2).unwrap());
    assert_eq!(parse("2024-12-09T17:00:00+02:00"), Some((MONDAY, Some(five))));
    let utc = (civil::time(15, 0, 0, 0), Offset::UTC);
    assert_eq!(parse("2024-12-09T15:00:00Z"), Some((MONDAY, Some(utc))));
    for text in
        ["", "soon", "2024", "20241209", "2024-13-09", "2024-12-09T17:00:00", "09.12.2024", "дата-дата"]
    {
        assert_eq!(parse(text), None, "{text}");
    }
}

fn rendered(template: &str) -> Result<String, String> {
    let mut tera = tera::Tera::default();
    register(&mut tera, Arc::new(dates()));
    tera.add_raw_template("t.html", template).map_err(|error| error.to_string())?;
    let mut context = tera::Context::new();
    context.insert("lang", "uk");
    context.insert("day", "2024-12-09");
    context.insert("at", "2024-12-09T01:05:00+02:00");
    context.insert("noon", "2024-12-09T12:00:00+02:00");
    context.insert("none", &Value::none());
    let said = |error: tera::Error| error.to_string();
    tera.render("t.html", &context).map(|text| plain(&text)).map_err(said)
}

#[test]
fn filters() {
    for (template, wanted) in [
        ("{{ day | date }}", "9 грудня 2024 р."),
        ("{{ at | date }}", "9 грудня 2024 р."),
        ("{{ day | date(style=\"month\", lang=\"de\") }}", "Dezember 2024"),
        ("{{ at | time }} {{ at | utc }}", "01:05 8 грудня 2024 р. 23:05 UTC"),
        ("{{ noon | time }} {{ noon | utc }}", "12:00 10:00 UTC"),
        ("[{{ day | time }}{{ day | utc }}]", "[]"),
        ("{% if day | time %}a{% else %}b{% endif %}", "b"),
    ] {
        assert_eq!(rendered(template).as_deref(), Ok(wanted), "{template}");
    }
}

#[test]
fn components_take_the_language_along() {
    let with = "{% component c(d, @lang) %}{{ d | date }}{% endcomponent c %}{{ <c d={day} /> }}";
    assert_eq!(rendered(with).as_deref(), Ok("9 грудня 2024 р."));
    let without = with.replace(", @lang", "");
    let error = rendered(&without).expect_err("the language is unknown there");
    assert!(error.contains("add `@lang`"), "{error}");
}

#[test]
fn mistakes_are_explained() {
    for (template, wanted) in [
        ("{{ day | date(style=\"tiny\") }}", "no style `tiny`; the styles are full, long, medium, short"),
        ("{{ day | date(format=\"%Y\") }}", "no argument `format`; it takes `style` and `lang`"),
        ("{{ at | utc(lang=\"de\") }}", "no argument `lang`; it takes none"),
        ("{{ \"soon\" | date }}", "`date` was given \"soon\", which is not a date; it takes \"2024-12-09\""),
        ("{{ 7 | time }}", "`time` was given a value of type"),
        ("{{ none | date }}", "`date` was given nothing: test the value first"),
    ] {
        let error = rendered(template).expect_err(template);
        assert!(error.contains(wanted), "{error}");
    }
}
