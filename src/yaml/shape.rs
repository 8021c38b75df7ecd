//! The shapes of single values.

use serde_json::{Value, json};

use super::decode::{Decoder, Named, Reference, Spanned};
use super::text::{Meaning, TextKind};
use super::tree::{Node, Type};
use crate::diagnostic::{list, quote};

/// A description of values: decodes them, and gives their JSON Schema.
pub(crate) trait Shape {
    type Value;

    fn takes(&self, kind: Type) -> bool;

    /// The values that it takes, for messages.
    fn words(&self) -> &'static str;

    /// The JSON Schema of its values.
    fn schema(&self) -> Value;

    /// Decodes a node of a type that it takes; `None` if something is wrong with it, which is noted.
    fn value(&self, node: &Node, named: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<Self::Value>;

    /// Decodes a node; `None` if something is wrong with it, which is noted.
    fn decode(&self, node: &Node, named: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<Self::Value> {
        checked(self, node, named, decoder)
    }
}

/// Decodes a node after comparing its type with what the shape takes.
fn checked<S: Shape + ?Sized>(
    shape: &S,
    node: &Node,
    named: Named<'_>,
    decoder: &mut Decoder<'_, '_>,
) -> Option<S::Value> {
    let kind = node.kind();
    if kind == Type::Unusable {
        return None;
    }
    if shape.takes(kind) {
        return shape.value(node, named, decoder);
    }
    let message = format!("{} must be {}, not {}", quote(named.name), shape.words(), kind.words());
    let quoted = node.scalar().filter(|_| shape.takes(Type::Text) && kind != Type::Null);
    let help = match quoted {
        Some(value) => format!("put it in quotes: \"{value}\""),
        None => for_example(named.example),
    };
    decoder.wrong(node.place, message, help);
    None
}

fn for_example(example: &str) -> String {
    if example.is_empty() { String::new() } else { format!("for example `{example}`") }
}

/// The number 1 and nothing else: the version of the format.
pub(crate) struct Format;

impl Shape for Format {
    type Value = ();

    fn takes(&self, kind: Type) -> bool {
        kind == Type::Integer
    }

    fn words(&self) -> &'static str {
        "a whole number"
    }

    fn schema(&self) -> Value {
        json!({ "type": "integer", "const": 1 })
    }

    fn value(&self, node: &Node, _: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<()> {
        if node.number() == Some(1) {
            return Some(());
        }
        let message = format!("this format of {} file is not known", decoder.language.name);
        decoder.wrong(node.place, message, "this breakfix reads `format: 1`");
        None
    }
}

/// A text of a kind.
pub(crate) struct Text<T: 'static>(pub &'static TextKind<T>);

impl<T> Shape for Text<T> {
    type Value = T;

    fn takes(&self, kind: Type) -> bool {
        kind == Type::Text
    }

    fn words(&self) -> &'static str {
        "text"
    }

    fn schema(&self) -> Value {
        json!({ "type": "string", "pattern": self.0.pattern })
    }

    fn value(&self, node: &Node, named: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<T> {
        let text = node.text()?;
        match (self.0.parse)(text) {
            Ok(value) => Some(value),
            Err((wrong, help)) => {
                let subject = quote(if text.trim().is_empty() { named.name } else { text });
                decoder.wrong(node.place, format!("{subject} {wrong}"), help);
                None
            }
        }
    }

    fn decode(&self, node: &Node, named: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<T> {
        let value = checked(self, node, named, decoder);
        if self.0.meaning != Meaning::Plain {
            let text = value.as_ref().and_then(|_| node.text()).map(str::to_owned);
            decoder.references.push(Reference { meaning: self.0.meaning, text: Spanned::at(node, text) });
        }
        value
    }
}

/// True or false.
pub(crate) struct Flag;

impl Shape for Flag {
    type Value = bool;

    fn takes(&self, kind: Type) -> bool {
        kind == Type::Bool
    }

    fn words(&self) -> &'static str {
        "true or false"
    }

    fn schema(&self) -> Value {
        json!({ "type": "boolean" })
    }

    fn value(&self, node: &Node, _: Named<'_>, _: &mut Decoder<'_, '_>) -> Option<bool> {
        node.flag()
    }
}

/// A whole number in a range.
pub(crate) struct Whole<T> {
    pub least: T,
    pub most: T,
}

impl<T: Copy + Into<i64> + TryFrom<i64>> Shape for Whole<T> {
    type Value = T;

    fn takes(&self, kind: Type) -> bool {
        kind == Type::Integer
    }

    fn words(&self) -> &'static str {
        "a whole number"
    }

    fn schema(&self) -> Value {
        json!({ "type": "integer", "minimum": self.least.into(), "maximum": self.most.into() })
    }

    fn value(&self, node: &Node, named: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<T> {
        let (least, most): (i64, i64) = (self.least.into(), self.most.into());
        let number = node.number().filter(|number| (least..=most).contains(number));
        let value = number.and_then(|number| T::try_from(number).ok());
        if value.is_none() {
            let message = format!("{} is out of range", quote(named.name));
            decoder.wrong(node.place, message, format!("write a whole number from {least} to {most}"));
        }
        value
    }
}

/// A number in a range that may have a fraction.
pub(crate) struct Decimal {
    pub least: i32,
    pub most: i32,
}

impl Shape for Decimal {
    type Value = f64;

    fn takes(&self, kind: Type) -> bool {
        matches!(kind, Type::Integer | Type::Float)
    }

    fn words(&self) -> &'static str {
        "a number"
    }

    fn schema(&self) -> Value {
        json!({ "type": "number", "minimum": self.least, "maximum": self.most })
    }

    fn value(&self, node: &Node, named: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<f64> {
        let (least, most) = (self.least, self.most);
        let value = node.decimal().filter(|number| (f64::from(least)..=f64::from(most)).contains(number));
        if value.is_none() {
            let message = format!("{} is out of range", quote(named.name));
            decoder.wrong(node.place, message, format!("write a number from {least} to {most}"));
        }
        value
    }
}

/// One word of a list, each of which stands for a value.
pub(crate) struct Choice<T: 'static>(pub &'static [(&'static str, T)]);

impl<T: Copy> Shape for Choice<T> {
    type Value = T;

    fn takes(&self, kind: Type) -> bool {
        kind == Type::Text
    }

    fn words(&self) -> &'static str {
        "text"
    }

    fn schema(&self) -> Value {
        let words: Vec<&str> = self.0.iter().map(|(word, _)| *word).collect();
        json!({ "type": "string", "enum": words })
    }

    fn value(&self, node: &Node, named: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<T> {
        let text = node.text()?;
        let chosen = self.0.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if chosen.is_none() {
            let message = format!("{} cannot be {}", quote(named.name), quote(text));
            decoder.wrong(node.place, message, format!("write {}", list(self.0.iter().map(|(word, _)| *word), "or")));
        }
        chosen
    }
}

/// Text or a whole number, kept as it is written.
pub(crate) struct Scalar;

impl Shape for Scalar {
    type Value = String;

    fn takes(&self, kind: Type) -> bool {
        matches!(kind, Type::Text | Type::Integer)
    }

    fn words(&self) -> &'static str {
        "text or a whole number"
    }

    fn schema(&self) -> Value {
        json!({ "type": ["string", "integer"], "minLength": 1, "maxLength": 200 })
    }

    fn value(&self, node: &Node, named: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<String> {
        let value = node.scalar()?;
        if value.is_empty() || value.chars().count() > 200 || value.chars().any(char::is_control) {
            let message = format!("a value of {} is empty, too long or holds control characters", quote(named.name));
            decoder.wrong(node.place, message, "write 1 to 200 characters on one line");
            return None;
        }
        Some(value.to_owned())
    }
}

/// A value with its place.
pub(crate) struct Located<S>(pub S);

impl<S: Shape> Shape for Located<S> {
    type Value = Spanned<S::Value>;

    fn takes(&self, kind: Type) -> bool {
        self.0.takes(kind)
    }

    fn words(&self) -> &'static str {
        self.0.words()
    }

    fn schema(&self) -> Value {
        self.0.schema()
    }

    fn value(&self, node: &Node, named: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<Self::Value> {
        self.0.value(node, named, decoder).map(|value| Spanned::at(node, value))
    }

    fn decode(&self, node: &Node, named: Named<'_>, decoder: &mut Decoder<'_, '_>) -> Option<Self::Value> {
        self.0.decode(node, named, decoder).map(|value| Spanned::at(node, value))
    }
}
