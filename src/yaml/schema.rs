//! The JSON Schema of a format, for editors; made from the same table as the validator.

use serde_json::{Map, Value, json};

use super::shape::{Fields, Shape};
use super::tree::MOST;
use super::words::Text;

/// The JSON Schema (draft 2020-12) of a format.
pub(crate) fn schema(shape: &Shape, title: &str, description: &str) -> Value {
    let mut schema = of(shape);
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

fn of(shape: &Shape) -> Value {
    match shape {
        Shape::Format => json!({ "type": "integer", "const": 1 }),
        Shape::Text(text) => string(*text),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Number { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Decimal { least, most } => json!({ "type": "number", "minimum": least, "maximum": most }),
        Shape::Choice(choices) => json!({ "type": "string", "enum": choices }),
        Shape::Word => json!({ "type": ["string", "integer"], "minLength": 1, "maxLength": 200 }),
        Shape::List { of: item, least, distinct } => {
            json!({ "type": "array", "items": of(item), "minItems": least, "maxItems": MOST, "uniqueItems": distinct })
        }
        Shape::Map(fields) => object(fields),
        Shape::Dict { key, of: value } => {
            let names = string(*key);
            json!({ "type": "object", "propertyNames": names, "additionalProperties": of(value), "maxProperties": MOST })
        }
    }
}

fn string(text: Text) -> Value {
    json!({ "type": "string", "pattern": text.pattern() })
}

fn object(fields: &Fields) -> Value {
    let required: Vec<&str> = fields.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let properties: Map<String, Value> = fields
        .keys
        .iter()
        .map(|key| {
            let mut schema = of(&key.shape);
            schema["description"] = json!(format!("{}. For example `{}`", key.doc, key.example));
            (key.name.to_owned(), schema)
        })
        .collect();
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let alternatives = |names: &[&str]| names.iter().map(|name| json!({ "required": [name] })).collect::<Vec<_>>();
    match fields.one_of {
        [] => {}
        [group] => schema["oneOf"] = json!(alternatives(group)),
        groups => schema["allOf"] = groups.iter().map(|group| json!({ "oneOf": alternatives(group) })).collect(),
    }
    if !fields.any_of.is_empty() {
        schema["anyOf"] = json!(alternatives(fields.any_of));
    }
    schema
}
