//! Reports as programs that are not ours read them.

use std::io::Write;
use std::process::{Command, Stdio};

use breakfix::grade::Grade;
use breakfix::report;

/// Reads `JUnit` with Python's XML parser, which refuses what is not well-formed.
const READER: &str = r#"
import sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
for case in root.iter("testcase"):
    children = [(child.tag, " ".join(child.text.split())) for child in case]
    print(case.get("classname"), case.get("name"), case.get("time"), children)
"#;

#[test]
fn junit_is_well_formed_whatever_a_box_has_printed() {
    let hostile = "\u{1b}]0;title\u{7}]]> <x a=\"&amp;\"> \u{0} \u{fffe} \u{202e}";
    let check = |id: &str, outcome: &str| {
        serde_json::json!({
            "id": id, "title": hostile, "points": 50, "outcome": outcome, "message": hostile, "milliseconds": 7,
        })
    };
    let grade: Grade = serde_json::from_value(serde_json::json!({
        "attempt": "a", "lab": "nginx-502", "lab_digest": "", "trainee": "a\u{1}da", "seed": "1", "image": "",
        "at": "2026-11-23T22:00:00Z", "milliseconds": 9, "hints_cost": 0,
        "checks": [check("one", "pass"), check("two", "fail"), check("three", "error"), check("four", "blocked")],
    }))
    .unwrap();
    let text = "]]> <x a=\"&amp;\"> (50 points): ]]> <x a=\"&amp;\">";
    let expected = format!(
        "nginx-502.ada one 0.007 []\n\
         nginx-502.ada two 0.007 [('failure', '{text}')]\n\
         nginx-502.ada three 0.007 [('error', '{text}')]\n\
         nginx-502.ada four 0.007 [('skipped', '{text}')]\n"
    );
    if let Some(read) = read(&report::junit(&grade)) {
        assert_eq!(read, expected);
    }
}

fn read(xml: &str) -> Option<String> {
    let command = Command::new("python3").args(["-c", READER]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = match command {
        Ok(child) => child,
        Err(why) if std::env::var_os("CI").is_some() => panic!("this test needs python3: {why}"),
        Err(why) => {
            eprintln!("SKIPPED, for want of python3: {why}");
            return None;
        }
    };
    child.stdin.take().unwrap().write_all(xml.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "python3 refuses it:\n{xml}");
    Some(String::from_utf8(output.stdout).unwrap())
}
