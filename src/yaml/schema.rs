//! The JSON Schema of a format, for editors.

use serde_json::{Value, json};

use super::shape::Shape;

/// The JSON Schema (draft 2020-12) of a format.
pub(crate) fn schema(shape: &impl Shape, title: &str, description: &str) -> Value {
    let mut schema = shape.schema();
    let head = [
        ("$schema", json!("https://json-schema.org/draft/2020-12/schema")),
        ("title", json!(title)),
        ("description", json!(description)),
    ];
    if let Value::Object(object) = &mut schema {
        let body = std::mem::take(object);
        object.extend(head.map(|(key, value)| (key.to_owned(), value)));
        object.extend(body);
    }
    schema
}
