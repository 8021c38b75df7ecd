//! A file as a tree in which every value has its place.

use std::ops::Range;

use crate::diagnostic::Place;

/// The most entries of a list or a mapping; real ones have ten.
pub(crate) const MOST: usize = 100;

/// A value with its place in the file.
#[derive(Debug)]
pub(crate) struct Node {
    pub place: Place,
    /// Its place in the source, in bytes.
    pub bytes: Range<usize>,
    pub value: Value,
}

#[derive(Debug)]
pub(crate) enum Value {
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Something the language lacks; already reported.
    Unusable,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub key: String,
    pub place: Place,
    pub value: Node,
}

/// The type of a value in YAML's core schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Null,
    Bool,
    Integer,
    Float,
    Text,
    List,
    Map,
    Unusable,
}

impl Type {
    pub fn words(self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool => "true or false",
            Self::Integer => "a whole number",
            Self::Float => "a number with a fraction",
            Self::Text => "text",
            Self::List => "a list",
            Self::Map | Self::Unusable => "a mapping",
        }
    }
}

impl Node {
    pub fn kind(&self) -> Type {
        match &self.value {
            Value::Scalar { text, plain: true } => plain_type(text),
            Value::Scalar { .. } => Type::Text,
            Value::List(_) => Type::List,
            Value::Map(_) => Type::Map,
            Value::Unusable => Type::Unusable,
        }
    }

    /// The text of a scalar as it is written, whatever its type.
    pub fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        self.scalar().filter(|_| self.kind() == Type::Text)
    }

    pub fn number(&self) -> Option<i64> {
        self.scalar().filter(|_| self.kind() == Type::Integer).and_then(|text| text.parse().ok())
    }

    pub fn decimal(&self) -> Option<f64> {
        let number = matches!(self.kind(), Type::Integer | Type::Float);
        self.scalar().filter(|_| number).and_then(|text| text.parse().ok()).filter(|number: &f64| number.is_finite())
    }

    pub fn flag(&self) -> Option<bool> {
        self.scalar().filter(|_| self.kind() == Type::Bool).map(|text| text.eq_ignore_ascii_case("true"))
    }

    /// The items of a list; empty for any other value.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The entries of a mapping; empty for any other value.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }
}

fn plain_type(text: &str) -> Type {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Type::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Type::Bool,
        _ if digits(unsigned) => Type::Integer,
        _ if unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && unsigned.parse::<f64>().is_ok() => {
            Type::Float
        }
        _ => Type::Text,
    }
}
