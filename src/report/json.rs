//! A grade as JSON.

use serde_json::Value;

use crate::grade::Grade;

/// The stored grade, with its score and whether it solves the lab.
#[must_use]
pub fn json(grade: &Grade) -> Value {
    let mut value = serde_json::to_value(grade).unwrap_or_default();
    value["score"] = grade.score().into();
    value["solved"] = grade.solved().into();
    value
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn the_whole_grade_is_written() {
        let mut grade = example::grade();
        grade.checks.truncate(1);
        let expected = r#"{
  "attempt": "nginx-502-ada-k3pq",
  "lab": "nginx-502",
  "lab_digest": "0123",
  "trainee": "ada",
  "seed": "1",
  "image": "breakfix/gitlab:0123",
  "at": "2026-11-23T22:00:00Z",
  "by": "trainee",
  "milliseconds": 4000,
  "hints_cost": 5,
  "checks": [
    {
      "id": "sign-in",
      "title": "People can sign in again",
      "points": 40,
      "outcome": "pass",
      "message": "",
      "milliseconds": 1250
    }
  ],
  "integrity": [],
  "score": 35,
  "solved": true
}"#;
        assert_eq!(serde_json::to_string_pretty(&json(&grade)).unwrap(), expected);
    }
}
