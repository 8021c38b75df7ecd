//! What others document of the formats that they read.

use serde_json::{Value, json};

/// Gradescope's `results.json`.
pub fn gradescope() -> Value {
    let format = json!({ "enum": ["text", "html", "simple_format", "md", "ansi"] });
    let visibility = json!({ "enum": ["hidden", "after_due_date", "after_published", "visible"] });
    json!({
        "type": "object", "required": ["tests"], "additionalProperties": false,
        "properties": {
            "score": { "type": "number" }, "execution_time": { "type": "number" }, "output": { "type": "string" },
            "output_format": format, "test_output_format": format, "test_name_format": format,
            "visibility": visibility, "stdout_visibility": visibility, "extra_data": { "type": "object" },
            "tests": { "type": "array", "items": {
                "type": "object", "additionalProperties": false,
                "properties": {
                    "score": { "type": "number" }, "max_score": { "type": "number" },
                    "status": { "enum": ["passed", "failed"] }, "name": { "type": "string" }, "name_format": format,
                    "number": { "type": "string" }, "output": { "type": "string" }, "output_format": format,
                    "tags": { "type": "array", "items": { "type": "string" } }, "visibility": visibility,
                    "extra_data": { "type": "object" },
                },
            } },
        },
    })
}

/// A list of statements of the Experience API 1.0.3, as far as its rules for statements, actors, verbs, activities and
/// results go.
pub fn xapi() -> Value {
    let iri = json!({ "type": "string", "pattern": "^[a-z][a-z0-9+.-]*:[^\\s<>\"{}|\\\\^`]+$" });
    let words = json!({ "type": "object", "minProperties": 1, "additionalProperties": { "type": "string" } });
    let uuid = json!({
        "type": "string", "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    });
    let account = json!({
        "type": "object", "required": ["homePage", "name"], "additionalProperties": false,
        "properties": { "homePage": iri, "name": { "type": "string", "minLength": 1 } },
    });
    let actor = json!({
        "type": "object", "additionalProperties": false,
        "oneOf": [{ "required": ["mbox"] }, { "required": ["account"] }],
        "properties": {
            "objectType": { "const": "Agent" }, "name": { "type": "string" },
            "mbox": { "type": "string", "pattern": "^mailto:[^\\s@<>\"]+@[^\\s@<>\"]+$" }, "account": account,
        },
    });
    let number = json!({ "type": "number" });
    let result = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "score": {
                "type": "object", "additionalProperties": false,
                "properties": {
                    "scaled": { "type": "number", "minimum": -1, "maximum": 1 }, "raw": number, "min": number, "max": number,
                },
            },
            "success": { "type": "boolean" }, "completion": { "type": "boolean" },
            "duration": { "type": "string", "pattern": "^P(?=.)(\\d+D)?(T(?=.)(\\d+H)?(\\d+M)?(\\d+(\\.\\d+)?S)?)?$" },
        },
    });
    let definition = json!({
        "type": "object", "additionalProperties": false,
        "properties": { "name": words, "description": words, "type": iri },
    });
    json!({
        "type": "array",
        "items": {
            "type": "object", "required": ["actor", "verb", "object", "id", "timestamp"], "additionalProperties": false,
            "properties": {
                "id": uuid, "actor": actor, "result": result,
                "timestamp": { "type": "string", "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$" },
                "verb": {
                    "type": "object", "required": ["id"], "additionalProperties": false,
                    "properties": { "id": iri, "display": words },
                },
                "object": {
                    "type": "object", "required": ["id"], "additionalProperties": false,
                    "properties": { "objectType": { "const": "Activity" }, "id": iri, "definition": definition },
                },
                "context": {
                    "type": "object", "additionalProperties": false,
                    "properties": { "registration": uuid, "extensions": { "type": "object", "propertyNames": iri } },
                },
            },
        },
    })
}
