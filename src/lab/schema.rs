//! The JSON Schema of lab files, for editors; made from the lines that decode them.

use serde_json::Value;

use super::format::LAB;

/// The JSON Schema (draft 2020-12) of `lab.yaml`.
#[must_use]
pub fn schema() -> Value {
    crate::yaml::schema::schema(&LAB, "breakfix lab, format 1", "What is broken, how it is checked, how it is repaired")
}
