//! One node of a graph of schema.org.

use serde_json::{Map, Value};

/// One node.
#[derive(Debug, Clone)]
pub(super) struct Node(Map<String, Value>);

impl Node {
    /// A node of this type without properties.
    pub(super) fn of(kind: &str) -> Self {
        Self(Map::new()).with("@type", kind)
    }

    /// A node that another one in the same graph or on another page describes.
    pub(super) fn reference(id: &str) -> Value {
        Self(Map::new()).with("@id", id).value()
    }

    /// With a property.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_string(), value.into());
        self
    }

    /// With a property, if there is a value for it.
    pub(super) fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With a text, unless it is empty.
    pub(super) fn text(self, name: &str, text: &str) -> Self {
        self.maybe(name, Some(text).filter(|text| !text.is_empty()))
    }

    /// With all these values; one stands alone, none is no property.
    pub(super) fn all(self, name: &str, values: impl IntoIterator<Item = Value>) -> Self {
        let mut values: Vec<Value> = values.into_iter().collect();
        match values.len() {
            0 => self,
            1 => self.with(name, values.remove(0)),
            _ => self.with(name, values),
        }
    }

    /// As JSON.
    pub(super) fn value(self) -> Value {
        Value::Object(self.0)
    }
}
