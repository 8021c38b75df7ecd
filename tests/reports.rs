//! Reports as programs that are not ours read them.

mod support;

use breakfix::autograde::{Autograded, End, GradedSubmission, Run};
use breakfix::error::Error;
use breakfix::grade::Grade;
use breakfix::prove::Claim;
use breakfix::report;
use support::junit::complaints;
use support::reader::read_by;

/// Reads `JUnit` with Python's XML parser, which refuses what is not well-formed.
const READER: &str = r#"
import sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
for case in root.iter("testcase"):
    children = [(child.tag, " ".join(child.text.split())) for child in case]
    print(case.get("classname"), case.get("name"), case.get("time"), children)
"#;

#[test]
fn junit_is_well_formed_whatever_a_container_has_printed() {
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
    assert_eq!(read(&report::junit(&grade)), expected);
}

fn read(xml: &str) -> String {
    read_by("python3", &["-c", READER], xml)
}

/// Submissions of every kind, as hostile as they come.
fn submissions() -> Autograded {
    let hostile = "\u{1b}]0;title\u{7}]]> <x a=\"&amp;\"> # SKIP \u{0} \u{fffe} ok 7 ``` \\";
    let check = |id: &str, points: u32, outcome: &str| {
        serde_json::json!({
            "id": id, "title": hostile, "points": points, "outcome": outcome, "message": hostile, "milliseconds": 7,
        })
    };
    let grade: Grade = serde_json::from_value(serde_json::json!({
        "attempt": "a", "lab": "nginx-502", "lab_digest": "d1", "trainee": "ada", "seed": "1", "image": "i:1",
        "at": "2026-11-23T22:00:00Z", "milliseconds": 9, "hints_cost": 0,
        "checks": [check("one", 40, "pass"), check("two", 30, "fail"), check("three", 20, "error"),
            check("four", 10, "blocked")],
    }))
    .unwrap();
    let run = Run {
        exit_code: Some(3),
        milliseconds: 12,
        output: breakfix::text::printable(&format!("{hostile}\n1..9\nok 1\n```\n<b>")),
        notes: vec!["processes that it left running were ended: nc".into()],
    };
    let one = |name: &str, run: Option<Run>, end: End| GradedSubmission {
        name: name.into(),
        trainee: name.to_lowercase().into(),
        run,
        end,
        tries: 1,
        milliseconds: 1500,
    };
    Autograded {
        lab: "nginx-502".into(),
        lab_digest: "d1".into(),
        seed: "1".into(),
        image: "i:1".into(),
        min_score: None,
        results: vec![
            one("Ada", Some(run), End::Graded(grade)),
            one("Bob", None, End::Refused("there is no submission".into())),
            one("Eve", None, End::Failed(Error::environment("no engine"))),
        ],
    }
}

#[test]
fn junit_of_submissions_is_read_as_it_is_meant() {
    let suites = junit_parser::from_reader(report::autograde_junit(&submissions()).as_bytes()).unwrap();
    let skipped: u64 = suites.suites.iter().map(|suite| suite.skipped).sum();
    assert_eq!((suites.tests, suites.failures, suites.errors, skipped), (6, 2, 2, 1));
    let names: Vec<&str> = suites.suites.iter().map(|suite| suite.name.as_str()).collect();
    assert_eq!(names, ["nginx-502.ada", "nginx-502.bob", "nginx-502.eve"]);
    let ada = &suites.suites[0];
    let facts = ["seed", "lab_digest", "image", "verdict", "score"].map(|name| ada.properties.hashmap[name].as_str());
    assert_eq!(facts, ["1", "d1", "i:1", "incomplete", "40"]);
    assert!(ada.cases[1].system_out.as_ref().unwrap().contains("exit code 3"));
    assert!(suites.suites[1].cases[0].status.is_failure() && suites.suites[2].cases[0].status.is_error());
}

/// Every shape of report that there is.
fn junit_reports() -> Vec<(&'static str, String)> {
    let all = submissions();
    let End::Graded(grade) = &all.results[0].end else { unreachable!() };
    let claim = |holds: Option<bool>| Claim {
        lab: "nginx-502".into(),
        seed: "1".into(),
        claim: "it is <broken>".into(),
        holds,
        why: vec!["because".into(); usize::from(holds != Some(true))],
        milliseconds: 1_234_567_890,
    };
    let class = std::fs::read_to_string("tests/class_report/results.json").unwrap();
    vec![
        ("a grade", report::junit(grade)),
        ("submissions", report::autograde_junit(&all)),
        ("none", report::autograde_junit(&Autograded { results: vec![], ..all })),
        ("a proof", report::prove_junit(&[claim(Some(true)), claim(Some(false)), claim(None)])),
        ("a class", report::class_junit(&serde_json::from_str(&class).unwrap())),
    ]
}

#[test]
fn jenkins_accepts_every_junit() {
    for (what, report) in junit_reports() {
        assert_eq!(complaints(&report), [""; 0], "{what}:\n{report}");
        junit_parser::from_reader(report.as_bytes()).unwrap();
    }
    let wrong = r#"<testsuites skipped="1"><testcase name="a"><properties/></testcase><testsuite name="a" tests="1" errors="0" time="1 s">
        text</testsuite></testsuites>"#;
    let expected = [
        "skipped of <testsuites>",
        "<testcase> in Some(\"testsuites\")",
        "<properties> in Some(\"testcase\")",
        "time of <testsuite>: 1 s",
        "<testsuite> without failures",
        "text in Some(\"testsuite\")",
    ];
    assert_eq!(complaints(wrong), expected);
}

/// What runners of CI jobs do when they find it in a log or in a report.
const COMMANDS: [&str; 7] = [
    "::error::x",
    "  ::add-mask::x",
    "::stop-commands::x",
    "##[error]x",
    "x ##vso[task.complete result=Succeeded]",
    "##teamcity[buildStatus text='x']",
    "[[ATTACHMENT|/etc/passwd]]",
];

/// Everything that a submission can put into a report is a command of a runner.
fn commanding(command: &str) -> Autograded {
    let mut all = submissions();
    let output = format!("{command}\nfirst\n{command}");
    for graded in &mut all.results {
        graded.name = command.into();
        match &mut graded.end {
            End::Graded(grade) => grade.checks.iter_mut().for_each(|check| {
                check.title = command.into();
                check.message = command.into();
            }),
            End::Refused(why) => *why = command.into(),
            End::Failed(error) => *error = Error::environment(output.clone()).because(&output),
        }
        graded.run = Some(Run { output: output.clone(), notes: vec![output.clone()], ..Run::default() });
    }
    all
}

#[test]
fn no_report_holds_a_command_to_a_runner() {
    for command in COMMANDS {
        let all = commanding(command);
        let one = |place: usize| Autograded { results: vec![all.results[place].clone()], ..all.clone() };
        let End::Graded(grade) = &all.results[0].end else { unreachable!() };
        let reports = [
            report::junit(grade),
            report::autograde_junit(&all),
            report::text(grade),
            report::autograde_text(&all),
            report::autograde_text(&one(0)),
            report::autograde_text(&one(1)),
            report::autograde_text(&one(2)),
            report::markdown(grade),
            report::autograde_markdown(&all),
            report::tap(&all),
        ];
        for report in reports {
            let acts = |line: &str| {
                line.trim_start().starts_with("::")
                    || ["##[", "##vso[", "##teamcity[", "[[ATT"].iter().any(|part| line.contains(part))
            };
            assert!(!report.lines().any(acts), "{command}:\n{report}");
        }
        // Data stays what it is.
        let data = report::autograde_json(&all);
        assert_eq!(data["submissions"][0]["run"]["output"], format!("{command}\nfirst\n{command}"));
    }
}

/// Reads TAP with the module that Perl's own `prove` reads it with.
const TAP_READER: &str = r#"
use TAP::Parser;
local $/;
my $parser = TAP::Parser->new({ tap => scalar <STDIN> });
while (my $result = $parser->next) {
    next unless $result->is_test;
    printf "%s %d%s\n", $result->is_ok ? "ok" : "not ok", $result->number, $result->has_skip ? " skip" : "";
}
# Older ones know no version above 13, and read on.
printf "%d errors, %s\n", scalar(grep { !/TAP specified version/ } $parser->parse_errors), $parser->plan;
"#;

#[test]
fn tap_is_read_as_it_is_meant() {
    let read = read_by("perl", &["-e", TAP_READER], &report::tap(&submissions()));
    let expected = "ok 1\nnot ok 2\nnot ok 3\nok 4 skip\nnot ok 5\nnot ok 6\n0 errors, 1..6\n";
    assert_eq!(read, expected, "{}", report::tap(&submissions()));
}

#[test]
fn gradescope_finds_what_it_documents() {
    let schema = jsonschema::validator_for(&support::schemas::gradescope()).unwrap();
    let mut all = submissions();
    let mut scores = vec![];
    while !all.results.is_empty() {
        let result: serde_json::Value = serde_json::from_str(&report::gradescope(&all)).unwrap();
        assert!(schema.is_valid(&result), "{result:#}");
        scores.push((result["score"].as_u64().unwrap(), result["tests"].as_array().unwrap().len()));
        all.results.remove(0);
    }
    assert_eq!(scores, [(40, 4), (0, 0), (0, 0)]);
}

#[test]
fn markdown_of_submissions_stays_in_its_place() {
    let expected = r"## nginx-502

| Submission | Verdict | Points |
| --- | --- | ---: |
| Ada | incomplete | 40 |
| Bob | not passed | 0 |
| Eve | not graded | 0 |

";
    let markdown = report::autograde_markdown(&submissions());
    assert!(markdown.starts_with(expected), "{markdown}");
    let fence = "\n````text\n]]> <x a=\"&amp;\"> # SKIP   ok 7 ``` \\\n1..9\nok 1\n```\n<b>\n````\n";
    assert!(markdown.contains(fence), "{markdown}");
    let end = "### nginx-502: bob, not passed\n\nThe submission was not run: ` there is no submission `\n\n\
               ### nginx-502: eve, not graded\n\nIt could not be graded: ` no engine `\n\n\
               Seed ` 1 `, lab ` d1 `, image ` i:1 `.\n";
    assert!(markdown.ends_with(end), "{markdown}");
}

#[test]
fn a_list_of_submissions_says_why_each_is_not_better() {
    let expected = "incomplete   40  Ada: two, three, four\nnot passed    0  Bob: there is no submission\n\
                    not graded    0  Eve: no engine";
    assert_eq!(report::autograde_text(&submissions()), expected);
}
