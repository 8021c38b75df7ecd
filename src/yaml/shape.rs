//! What a value may look like: one description from which both the validator and the JSON Schema are made.

use super::tree::{Node, Type};
use super::words::Text;

/// What a value may be.
#[derive(Debug)]
pub(crate) enum Shape {
    /// The number 1 and nothing else: the version of the format.
    Format,
    Text(Text),
    Bool,
    Number {
        least: i64,
        most: i64,
    },
    /// A number that may have a fraction.
    Decimal {
        least: i64,
        most: i64,
    },
    Choice(&'static [&'static str]),
    /// Text or a whole number, kept as it is written.
    Word,
    List {
        of: &'static Shape,
        least: usize,
        distinct: bool,
    },
    Map(&'static Fields),
    /// A mapping whose keys are free.
    Dict {
        key: Text,
        of: &'static Shape,
    },
}

/// The keys of a mapping.
#[derive(Debug)]
pub(crate) struct Fields {
    /// What it is, with an article: `a check`.
    pub what: &'static str,
    pub keys: &'static [Key],
    /// Of each of these groups, exactly one.
    pub one_of: &'static [&'static [&'static str]],
    /// Of these, at least one.
    pub any_of: &'static [&'static str],
}

/// One key of a mapping.
#[derive(Debug)]
pub(crate) struct Key {
    pub name: &'static str,
    pub required: bool,
    pub shape: Shape,
    /// What it says, for people and editors.
    pub doc: &'static str,
    /// How one writes it.
    pub example: &'static str,
}

impl Shape {
    pub fn takes(&self, kind: Type) -> bool {
        match self {
            Self::Format | Self::Number { .. } => kind == Type::Integer,
            Self::Text(_) | Self::Choice(_) => kind == Type::Text,
            Self::Bool => kind == Type::Bool,
            Self::Decimal { .. } => matches!(kind, Type::Integer | Type::Float),
            Self::Word => matches!(kind, Type::Text | Type::Integer),
            Self::List { .. } => kind == Type::List,
            Self::Map(_) | Self::Dict { .. } => kind == Type::Map,
        }
    }

    pub fn words(&self) -> &'static str {
        match self {
            Self::Format | Self::Number { .. } => "a whole number",
            Self::Text(_) | Self::Choice(_) => "text",
            Self::Bool => "true or false",
            Self::Decimal { .. } => "a number",
            Self::Word => "text or a whole number",
            Self::List { .. } => "a list",
            Self::Map(_) | Self::Dict { .. } => "a mapping",
        }
    }

    pub fn mend(&self, node: &Node, example: &str) -> String {
        if let Some(value) = node.scalar().filter(|_| self.takes(Type::Text) && node.kind() != Type::Null) {
            return format!("put it in quotes: \"{value}\"");
        }
        if example.is_empty() { String::new() } else { format!("for example `{example}`") }
    }
}
