//! Typed access to a table that has been checked. A value of the wrong type reads as absent: it was reported.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

/// A table whose values are asked for by name.
#[derive(Debug, Clone, Copy)]
pub struct View<'t> {
    table: &'t DeTable<'t>,
}

impl<'t> View<'t> {
    /// A view of `table`.
    pub fn of(table: &'t DeTable<'t>) -> Self {
        Self { table }
    }

    /// The value of `name` and its byte range in the TOML text.
    pub fn value(&self, name: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.table.iter().find(|(key, _)| key.get_ref().as_ref() == name).map(|(_, value)| value)
    }

    /// The byte range of the value of `name`.
    pub fn span(&self, name: &str) -> Option<Range<usize>> {
        self.value(name).map(Spanned::span)
    }

    /// A string that is not blank.
    pub fn text(&self, name: &str) -> Option<&'t str> {
        self.value(name)?.get_ref().as_str().filter(|text| !text.trim().is_empty())
    }

    /// A switch; absent is off.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.value(name)?.get_ref().as_bool()
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Option<u32> {
        let number = self.value(name)?.get_ref().as_integer()?;
        u32::from_str_radix(number.as_str(), number.radix()).ok()
    }

    /// A date or date-time, and its byte range.
    pub fn moment(&self, name: &str) -> Option<(Datetime, Range<usize>)> {
        let value = self.value(name)?;
        let moment = value.get_ref().as_datetime().filter(|moment| moment.date.is_some())?;
        Some((*moment, value.span()))
    }

    /// The strings of a list; other items are left out.
    pub fn texts(&self, name: &str) -> Vec<&'t str> {
        self.items(name)
            .filter_map(|item| item.get_ref().as_str())
            .filter(|text| !text.trim().is_empty())
            .collect()
    }

    /// The items of a list.
    pub fn items(&self, name: &str) -> impl Iterator<Item = &'t Spanned<DeValue<'t>>> {
        self.value(name)
            .and_then(|value| value.get_ref().as_array())
            .into_iter()
            .flat_map(|items| items.iter())
    }

    /// One table.
    pub fn table(&self, name: &str) -> Option<View<'t>> {
        self.value(name)?.get_ref().as_table().map(View::of)
    }

    /// The tables of a list of tables.
    pub fn tables(&self, name: &str) -> impl Iterator<Item = View<'t>> {
        self.items(name).filter_map(|item| item.get_ref().as_table()).map(View::of)
    }

    /// The keys of this table with their tables, in the order in which they are written.
    pub fn named(&self) -> impl Iterator<Item = (&'t str, Range<usize>, View<'t>)> {
        let entries = self.table.iter().filter_map(|(key, value)| {
            value.get_ref().as_table().map(|table| (key.get_ref().as_ref(), key.span(), View::of(table)))
        });
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|(_, span, _)| span.start);
        entries.into_iter()
    }

    /// The keys of this table with their byte ranges.
    pub fn spans(&self) -> impl Iterator<Item = (&'t str, Range<usize>)> {
        self.table.iter().map(|(key, _)| (key.get_ref().as_ref(), key.span()))
    }

    /// This table as free values, for templates; dates become text.
    pub fn free(&self) -> serde_json::Map<String, serde_json::Value> {
        self.table.iter().map(|(key, value)| (key.get_ref().to_string(), free(value.get_ref()))).collect()
    }
}

fn free(value: &DeValue<'_>) -> serde_json::Value {
    match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(serde_json::Value::Null, Into::into)
        }
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or(serde_json::Value::Null, Into::into),
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Datetime(moment) => moment.to_string().into(),
        DeValue::Array(items) => items.iter().map(|item| free(item.get_ref())).collect(),
        DeValue::Table(table) => View::of(table).free().into(),
    }
}
