//! The shapes of lists, and of mappings whose keys are free.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::decode::{Decoded, Decoder, Named};
use super::shape::Shape;
use super::text::TextKind;
use super::tree::{MOST, Node, Type};
use crate::diagnostic::{Place, quote};

/// A decoded list: `None` if the value is not a list, and an item is `None` if it could not be decoded.
pub(crate) type Items<T> = Option<Vec<Option<T>>>;

/// A list; an item that cannot be decoded is `None` in it.
pub(crate) struct List<S> {
    pub of: S,
    pub least: usize,
    pub distinct: bool,
}

impl<S> List<S> {
    /// With at least one item.
    pub const fn of(of: S) -> Self {
        Self { of, least: 1, distinct: false }
    }

    /// With at least so many items, none of them twice.
    pub const fn distinct(least: usize, of: S) -> Self {
        Self { of, least, distinct: true }
    }
}

impl<S: Shape> Shape for List<S> {
    type Value = Vec<Option<S::Value>>;

    fn takes(&self, kind: Type) -> bool {
        kind == Type::List
    }

    fn words(&self) -> &'static str {
        "a list"
    }

    fn schema(&self) -> Value {
        let items = self.of.schema();
        json!({
            "type": "array", "items": items, "minItems": self.least, "maxItems": MOST, "uniqueItems": self.distinct,
        })
    }

    fn value(&self, node: &Node, named: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<Self::Value> {
        let (items, least) = (node.items(), self.least);
        if items.len() < least {
            let plural = if least == 1 { "entry" } else { "entries" };
            let message = format!("{} needs at least {least} {plural}", quote(named.name));
            decoder.wrong(node.place, message, format!("for example `{}`", named.example));
        }
        let mut seen = HashSet::new();
        let mut values = vec![];
        for item in items {
            values.push(self.of.decode(item, named, decoder));
            if let Some(value) = item.scalar().filter(|value| self.distinct && !seen.insert(*value)) {
                let message = format!("{} is listed twice in {}", quote(value), quote(named.name));
                decoder.wrong(item.place, message, "remove one of them");
            }
        }
        Some(values)
    }
}

/// The value of a key that may be missing, empty if it is.
pub(crate) fn or_empty<T: Default>(value: Decoded<Option<T>>) -> Decoded<T> {
    value.map(Option::unwrap_or_default)
}

/// All items of a list that could be decoded; `None` if one could not.
pub(crate) fn whole<T>(list: Items<T>) -> Option<Vec<T>> {
    list?.into_iter().collect()
}

/// The items of a list that could be decoded.
pub(crate) fn usable<T>(list: Option<&Vec<Option<T>>>) -> impl Iterator<Item = &T> {
    list.into_iter().flatten().flatten()
}

/// An entry of a mapping whose keys are free.
#[derive(Debug)]
pub(crate) struct DictEntry<T> {
    pub key: String,
    pub place: Place,
    /// `None` if it could not be decoded.
    pub value: Option<T>,
}

/// A mapping whose keys are free.
pub(crate) struct Dict<S> {
    pub key: &'static TextKind<String>,
    pub of: S,
}

impl<S: Shape> Shape for Dict<S> {
    type Value = Vec<DictEntry<S::Value>>;

    fn takes(&self, kind: Type) -> bool {
        kind == Type::Map
    }

    fn words(&self) -> &'static str {
        "a mapping"
    }

    fn schema(&self) -> Value {
        let names = json!({ "type": "string", "pattern": self.key.pattern });
        let values = self.of.schema();
        json!({ "type": "object", "propertyNames": names, "additionalProperties": values, "maxProperties": MOST })
    }

    fn value(&self, node: &Node, _: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<Self::Value> {
        let mut entries = vec![];
        for entry in node.entries() {
            if let Err((wrong, help)) = (self.key.parse)(&entry.key) {
                decoder.wrong(entry.place, format!("{} {wrong}", quote(&entry.key)), help);
            }
            let value = self.of.decode(&entry.value, Named { name: &entry.key, example: "" }, decoder);
            entries.push(DictEntry { key: entry.key.clone(), place: entry.place, value });
        }
        Some(entries)
    }
}

/// The entries of a mapping as a map; `None` if one could not be decoded.
pub(crate) fn whole_map<T>(entries: Option<Vec<DictEntry<T>>>) -> Option<std::collections::BTreeMap<String, T>> {
    entries?.into_iter().map(|entry| Some((entry.key, entry.value?))).collect()
}
