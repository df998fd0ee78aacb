//! A point in time as a writer states it: a day, or a day and a time.
//!
//! A day alone is a civil date and never shifts; a local time is meant in the site's zone. Knows no clock.

use bitcode::{Decode, Encode};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use toml::value::{Datetime, Offset as TomlOffset};

/// A day, or an instant with the day it falls on in the site's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day, in the site's zone.
    pub day: Date,
    /// The instant; for a day alone the one at which that day begins in the site's zone.
    pub instant: Timestamp,
    /// How much was said.
    pub precision: Precision,
}

/// How much a writer said of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Precision {
    /// Only the day.
    Day,
    /// Day and time.
    Time,
}

/// Before it, a year is a slip of the keyboard: no printed briefing is older.
const YEAR_MIN: i16 = 1000;

impl Moment {
    /// The moment that a TOML value means in `zone`.
    ///
    /// # Errors
    /// Why there is no such moment, or more than one: what is wrong, and what to write.
    pub fn read(value: Datetime, zone: &TimeZone) -> Result<Self, (String, String)> {
        let expected = || "expected a day such as 2026-11-23".to_string();
        let date = value.date.ok_or_else(|| ("a time without a day".to_string(), expected()))?;
        let day = i16::try_from(date.year)
            .ok()
            .and_then(|year| Date::new(year, date.month.cast_signed(), date.day.cast_signed()).ok())
            .filter(|day| day.year() >= YEAR_MIN)
            .ok_or_else(|| (format!("there is no {date}"), "check the month and the day".to_string()))?;
        let Some(time) = value.time else { return Self::of_day(day, zone) };
        let second = time.second.unwrap_or(0).min(59);
        let (hour, minute) = (time.hour.cast_signed(), time.minute.cast_signed());
        let clock = Time::new(hour, minute, second.cast_signed(), 0).map_err(|_| {
            (format!("there is no {time}"), "hours go to 23, minutes and seconds to 59".to_string())
        })?;
        let local = day.to_datetime(clock);
        let instant = match value.offset {
            Some(offset) => with_offset(local, offset)?,
            None => in_zone(local, zone)?,
        };
        Ok(Self { day: instant.to_zoned_datetime(zone.clone()).date(), instant, precision: Precision::Time })
    }

    /// A whole day.
    ///
    /// # Errors
    /// When the day cannot be placed in time.
    pub fn of_day(day: Date, zone: &TimeZone) -> Result<Self, (String, String)> {
        // In a few zones a day begins at 01:00: `compatible` takes the first instant that exists.
        let start = zone.to_ambiguous_timestamp(day.to_datetime(Time::midnight())).compatible();
        let instant =
            start.map_err(|_| (format!("{day} is out of range"), "years go from 1 to 9999".to_string()))?;
        Ok(Self { day, instant, precision: Precision::Day })
    }

    /// As it is written in the context of templates: `2024-12-09`, or RFC 3339 with the offset of `zone`.
    pub fn text(&self, zone: &TimeZone) -> String {
        match self.precision {
            Precision::Day => self.day.to_string(),
            Precision::Time => self.rfc3339(zone),
        }
    }

    /// RFC 3339 with the offset of `zone`, to the second; a day alone is given as its first instant.
    pub fn rfc3339(&self, zone: &TimeZone) -> String {
        let offset = zone.to_offset(self.instant);
        let local = offset.to_datetime(self.instant);
        let sign = if offset.seconds() < 0 { '-' } else { '+' };
        let minutes = offset.seconds().unsigned_abs() / 60;
        let mut text = String::with_capacity("2024-12-09T17:00:00+02:00".len());
        let mut number = |value: u32, digits: u32, end: char| {
            (0..digits)
                .rev()
                .for_each(|place| text.push(char::from(b'0' + (value / 10u32.pow(place) % 10) as u8)));
            text.push(end);
        };
        // By hand: this runs for every item of every list, and the formatting machinery costs ten times as much.
        number(u32::from(local.year().unsigned_abs()), 4, '-');
        number(u32::from(local.month().unsigned_abs()), 2, '-');
        number(u32::from(local.day().unsigned_abs()), 2, 'T');
        number(u32::from(local.hour().unsigned_abs()), 2, ':');
        number(u32::from(local.minute().unsigned_abs()), 2, ':');
        number(u32::from(local.second().unsigned_abs()), 2, sign);
        number(minutes / 60, 2, ':');
        number(minutes % 60, 2, ' ');
        text.pop();
        text
    }
}

fn with_offset(local: DateTime, offset: TomlOffset) -> Result<Timestamp, (String, String)> {
    let seconds = match offset {
        TomlOffset::Z => 0,
        TomlOffset::Custom { minutes } => i32::from(minutes) * 60,
    };
    let unusable = || ("the offset is out of range".to_string(), "offsets look like +02:00".to_string());
    Offset::from_seconds(seconds).ok().and_then(|o| o.to_timestamp(local).ok()).ok_or_else(unusable)
}

fn in_zone(local: DateTime, zone: &TimeZone) -> Result<Timestamp, (String, String)> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let name = zone.iana_name().unwrap_or("the site's zone");
    let spelled = |offset: Offset| {
        let moment = |instant| Moment { day: local.date(), instant, precision: Precision::Time };
        let text = |instant| moment(instant).rfc3339(&TimeZone::fixed(offset));
        offset.to_timestamp(local).map_or_else(|_| local.to_string(), text)
    };
    let shown = local.to_string().replace('T', " ");
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => {}
        AmbiguousOffset::Gap { before, .. } => {
            let help = format!("clocks skip it that day; write another time, or {}", spelled(before));
            return Err((format!("{shown} does not exist in {name}"), help));
        }
        AmbiguousOffset::Fold { before, after } => {
            let help = format!("clocks go back then; write {} or {}", spelled(before), spelled(after));
            return Err((format!("{shown} happens twice in {name}"), help));
        }
    }
    ambiguous
        .unambiguous()
        .map_err(|_| (format!("{local} is out of range"), "years go from 1 to 9999".to_string()))
}
