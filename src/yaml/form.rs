//! Mappings with fixed keys. A record names each key once, where it is read: the schema comes from the same lines.

use std::marker::PhantomData;

use serde_json::{Map as JsonMap, Value, json};

use super::decode::{Decoded, Decoder, Named, Reference};
use super::shape::Shape;
use super::tree::{Entry, Node, Type};
use crate::diagnostic::{Place, did_you_mean, list, nearest, quote};

/// A value that is decoded from a mapping with fixed keys.
pub(crate) trait Record: Sized {
    const CONSTRAINTS: Constraints;

    /// Reads every key, also when one of them cannot be decoded; `None` if there is not enough for a value then.
    fn read(form: &mut Form<'_, '_, '_>) -> Option<Self>;
}

/// Constraints on the keys of a mapping together.
pub(crate) struct Constraints {
    /// The name of the mapping in messages, with an article: `a check`.
    pub what: &'static str,
    /// Groups of keys; exactly one key of each group must be given.
    pub one_of: &'static [&'static [&'static str]],
    /// Keys of which at least one must be given.
    pub any_of: &'static [&'static str],
}

impl Constraints {
    pub const fn of(what: &'static str) -> Self {
        Self { what, one_of: &[], any_of: &[] }
    }
}

/// A key of a mapping.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub name: &'static str,
    /// An example of the key with a value.
    pub example: &'static str,
    /// The meaning of the key, for people and editors.
    pub doc: &'static str,
}

pub(crate) const fn key(name: &'static str, example: &'static str, doc: &'static str) -> Key {
    Key { name, example, doc }
}

/// The shape of a record.
pub(crate) struct Map<R>(PhantomData<R>);

/// The shape of a record.
pub(crate) const fn map<R: Record>() -> Map<R> {
    Map(PhantomData)
}

impl<R: Record> Shape for Map<R> {
    type Value = R;

    fn takes(&self, kind: Type) -> bool {
        kind == Type::Map
    }

    fn words(&self) -> &'static str {
        "a mapping"
    }

    fn schema(&self) -> Value {
        let mut form = Form { keys: vec![], purpose: Purpose::Describe };
        R::read(&mut form);
        form.schema(&R::CONSTRAINTS)
    }

    fn value(&self, node: &Node, _: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<R> {
        let mut form = Form { keys: vec![], purpose: Purpose::Decode { node, decoder } };
        let value = R::read(&mut form);
        form.compare(&R::CONSTRAINTS);
        value
    }
}

/// A mapping while its keys are read, or while they are described.
pub(crate) struct Form<'f, 'a, 'p> {
    keys: Vec<Described>,
    purpose: Purpose<'f, 'a, 'p>,
}

enum Purpose<'f, 'a, 'p> {
    Describe,
    Decode { node: &'f Node, decoder: &'f mut Decoder<'a, 'p> },
}

struct Described {
    key: Key,
    required: bool,
    /// Null while the mapping is decoded.
    schema: Value,
}

impl<'f> Form<'f, '_, '_> {
    /// The value of a key that has to be given; `None` if it is missing or cannot be decoded.
    #[allow(clippy::needless_pass_by_value)] // a shape is written where its key is read
    pub fn required<S: Shape>(&mut self, key: Key, shape: S) -> Option<S::Value> {
        self.describe(key, true, &shape);
        self.decode(key, &shape)?
    }

    /// The value of a key that may be missing: `Some(None)` if it is, `None` if it cannot be decoded.
    #[allow(clippy::needless_pass_by_value)] // as above
    pub fn optional<S: Shape>(&mut self, key: Key, shape: S) -> Decoded<Option<S::Value>> {
        self.describe(key, false, &shape);
        match self.decode(key, &shape) {
            None => Some(None),
            Some(value) => value.map(Some),
        }
    }

    fn describe<S: Shape>(&mut self, key: Key, required: bool, shape: &S) {
        let schema = if matches!(self.purpose, Purpose::Describe) { shape.schema() } else { Value::Null };
        self.keys.push(Described { key, required, schema });
    }

    /// `None` if the key is missing.
    fn decode<S: Shape>(&mut self, key: Key, shape: &S) -> Option<Decoded<S::Value>> {
        let Purpose::Decode { node, decoder } = &mut self.purpose else { return None };
        let named = Named { name: key.name, example: key.example };
        Some(shape.decode(node.get(key.name)?, named, decoder))
    }

    fn entry(&self, name: &str) -> Option<&'f Entry> {
        match &self.purpose {
            Purpose::Describe => None,
            Purpose::Decode { node, .. } => node.entries().iter().find(|entry| entry.key == name),
        }
    }

    /// The place of the mapping.
    pub fn place(&self) -> Place {
        match &self.purpose {
            Purpose::Describe => Place::START,
            Purpose::Decode { node, .. } => node.place,
        }
    }

    /// The place of a key, if it is given.
    pub fn key_place(&self, name: &str) -> Option<Place> {
        Some(self.entry(name)?.place)
    }

    /// The place of a key's value, if it is given.
    pub fn value_place(&self, name: &str) -> Option<Place> {
        Some(self.entry(name)?.value.place)
    }

    /// Notes a problem that only this record knows about.
    pub fn wrong(&mut self, place: Place, message: impl Into<String>, help: impl Into<String>) {
        if let Purpose::Decode { decoder, .. } = &mut self.purpose {
            decoder.wrong(place, message, help);
        }
    }

    /// The number of references that have been decoded.
    pub fn references(&self) -> usize {
        match &self.purpose {
            Purpose::Describe => 0,
            Purpose::Decode { decoder, .. } => decoder.references.len(),
        }
    }

    /// Takes the references that have been decoded since there were `since` of them.
    pub fn take_references(&mut self, since: usize) -> Vec<Reference> {
        match &mut self.purpose {
            Purpose::Describe => vec![],
            Purpose::Decode { decoder, .. } => decoder.references.split_off(since),
        }
    }

    fn schema(self, constraints: &Constraints) -> Value {
        let required: Vec<&str> = self.keys.iter().filter(|key| key.required).map(|key| key.key.name).collect();
        let describe = |Described { key, mut schema, .. }: Described| {
            schema["description"] = json!(format!("{}. For example `{}`", key.doc, key.example));
            (key.name.to_owned(), schema)
        };
        let mut schema = json!({
            "type": "object",
            "properties": {},
            "required": required,
            "additionalProperties": false,
        });
        schema["properties"] = Value::Object(self.keys.into_iter().map(describe).collect::<JsonMap<_, _>>());
        let alternatives = |names: &[&str]| names.iter().map(|name| json!({ "required": [name] })).collect::<Vec<_>>();
        match constraints.one_of {
            [] => {}
            [group] => schema["oneOf"] = json!(alternatives(group)),
            groups => schema["allOf"] = groups.iter().map(|group| json!({ "oneOf": alternatives(group) })).collect(),
        }
        if !constraints.any_of.is_empty() {
            schema["anyOf"] = json!(alternatives(constraints.any_of));
        }
        schema
    }

    /// Compares the keys that are given with those that were read.
    fn compare(self, constraints: &Constraints) {
        if let Purpose::Decode { node, decoder } = self.purpose {
            Comparison { keys: &self.keys, constraints, node, decoder }.all();
        }
    }
}

/// The keys of a mapping compared with the keys that it should have.
struct Comparison<'c, 'a, 'p> {
    keys: &'c [Described],
    constraints: &'c Constraints,
    node: &'c Node,
    decoder: &'c mut Decoder<'a, 'p>,
}

impl Comparison<'_, '_, '_> {
    fn all(&mut self) {
        let meant = self.meant();
        self.unknown();
        self.missing(&meant);
        self.nothing_asserted();
        self.alternatives(&meant);
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.key.name)
    }

    fn strangers(&self) -> impl Iterator<Item = &Entry> {
        self.node.entries().iter().filter(|entry| !self.names().any(|name| name == entry.key))
    }

    /// Keys that unknown ones may mean. A key with a spelling mistake is reported as such, and not as missing too.
    fn meant(&self) -> Vec<&'static str> {
        self.strangers().filter_map(|entry| nearest(&entry.key, self.names())).collect()
    }

    fn unknown(&mut self) {
        let known: Vec<&str> = self.names().collect();
        let node = self.node;
        for entry in node.entries().iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let message = format!("{} has no key {}", self.constraints.what, quote(&entry.key));
            self.decoder.wrong(entry.place, message, did_you_mean(&entry.key, &known));
        }
    }

    fn missing(&mut self, meant: &[&str]) {
        for Described { key, .. } in self.keys.iter().filter(|key| key.required) {
            if self.node.get(key.name).is_none() && !meant.contains(&key.name) {
                let message = format!("{} lacks the key {}", self.constraints.what, quote(key.name));
                self.decoder.wrong(self.node.place, message, format!("add `{}`: {}", key.example, key.doc));
            }
        }
    }

    fn given(&self, names: &[&str]) -> Vec<Place> {
        let given = self.node.entries().iter().filter(|entry| names.contains(&entry.key.as_str()));
        given.map(|entry| entry.place).collect()
    }

    fn nothing_asserted(&mut self) {
        let any_of = self.constraints.any_of;
        if !any_of.is_empty() && self.given(any_of).is_empty() {
            let help = format!("add {}", list(any_of.iter().copied(), "or"));
            self.decoder.wrong(self.node.place, format!("{} asserts nothing", self.constraints.what), help);
        }
    }

    fn alternatives(&mut self, meant: &[&str]) {
        let what = self.constraints.what;
        for group in self.constraints.one_of {
            let all = list(group.iter().copied(), "and");
            match self.given(group).as_slice() {
                [] if group.iter().any(|name| meant.contains(name)) => {}
                [] => self.decoder.wrong(self.node.place, format!("{what} has none of {all}"), "add one of them"),
                [_, second, ..] => {
                    self.decoder.wrong(*second, format!("{what} has more than one of {all}"), "keep one of them");
                }
                [_] => {}
            }
        }
    }
}
