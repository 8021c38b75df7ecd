//! The schema for editors agrees with `validate`: it is checked with an independent validator.

use std::collections::BTreeMap;
use std::fs;

use breakfix::lab::{MemoryFiles, load, scaffold, schema};
use serde_json::Value;

/// A lab of the scaffold with one part of its file replaced.
fn variant(from: &str, to: &str) -> MemoryFiles {
    let mut files: BTreeMap<String, Vec<u8>> =
        scaffold::files("mine").unwrap().into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let text = String::from_utf8(files["lab.yaml"].clone()).unwrap();
    assert!(text.contains(from), "{from}");
    files.insert("lab.yaml".into(), text.replacen(from, to, 1).into_bytes());
    MemoryFiles { folder: "mine".into(), files }
}

fn agrees_with_schema(files: &MemoryFiles) -> bool {
    let text = std::str::from_utf8(&files.files["lab.yaml"]).unwrap();
    let value: Value = serde_yaml::from_str(text).unwrap();
    jsonschema::validator_for(&schema()).unwrap().is_valid(&value)
}

#[test]
fn schema_and_validator_agree() {
    let samples = [
        ("", "", true),
        ("level: junior", "level: staff", true),
        ("probe: checks/nothing-lost.sh", "inspect: { file: { path: /etc/motd, mode: \"0644\" } }", true),
        ("probe: checks/nothing-lost.sh", "config: { setting: gitlab_rails.backup_keep_time, least: 86400 }", true),
        ("probe: checks/nothing-lost.sh", "config: { setting: gitlab_rails.backup_keep_time }", false),
        ("probe: checks/nothing-lost.sh", "inside: checks/nothing-lost.sh", false),
        ("pick: [8081, 8088, 8090]", "word: 8", true),
        ("after: restart\n    timeout: 30\n", "after: restart\n    timeout: 120\n", true),
        ("level: junior", "level: expert", false),
        ("level: junior", "levle: junior", false),
        ("minutes: 20", "minutes: 4", false),
        ("minutes: 20", "minutes: \"20\"", false),
        ("ticket: ticket.md", "ticket: ../ticket.md", false),
        ("probe: checks/nothing-lost.sh", "probe: checks/nothing-lost.sh\n    look: fault.sh", false),
        ("probe: checks/nothing-lost.sh", "timeout: 5", false),
        ("probe: checks/nothing-lost.sh", "http: { path: /users/sign_in }", false),
        ("pick: [8081, 8088, 8090]", "pick: [8081]", false),
        ("pick: [8081, 8088, 8090]", "pick: [8081, 8088], word: 8", false),
        ("id: mine", "id: My Lab", false),
        ("title: People can sign in again", "title: \"{{url}} works\"", false),
        ("debrief: debrief.md\n", "", false),
        ("  port: { pick", "  Port-1: { pick", false),
    ];
    for (from, to, valid) in samples {
        let files = variant(from, to);
        let problems = load(&files, "labs/mine").err().unwrap_or_default();
        assert_eq!(problems.is_empty(), valid, "validator: {to}: {problems:?}");
        assert_eq!(agrees_with_schema(&files), valid, "schema: {to}");
    }
}

/// Whatever the validator takes, an editor must not underline.
#[test]
fn the_schema_takes_every_valid_case() {
    for case in fs::read_dir("tests/lab_cases").unwrap().map(|case| case.unwrap().path()) {
        let valid = fs::read_to_string(case.join("expected.txt")).unwrap().contains(" is valid: ");
        if valid {
            let text = fs::read_to_string(case.join("lab.yaml")).unwrap();
            let value: Value = serde_yaml::from_str(&text).unwrap();
            assert!(jsonschema::validator_for(&schema()).unwrap().is_valid(&value), "{}", case.display());
        }
    }
}

/// Editors show the descriptions and complete the names.
#[test]
fn every_key_is_described_and_no_other_is_taken() {
    fn walk(schema: &Value, count: &mut usize) {
        if !schema.is_object() {
            return;
        }
        if let Some(properties) = schema["properties"].as_object() {
            assert_eq!(schema["additionalProperties"], false);
            for (name, property) in properties {
                *count += 1;
                assert!(property["description"].as_str().is_some_and(|text| text.contains(name.as_str())), "{name}");
                walk(property, count);
            }
        }
        for below in ["items", "additionalProperties"] {
            walk(&schema[below], count);
        }
    }
    let mut count = 0;
    walk(&schema(), &mut count);
    assert!(count >= 55, "only {count} keys");
}
