//! A class's reports, whole, and as programs that are not ours read them. `UPDATE_GOLDEN=1` writes what is made now into
//! `tests/class_report`: read the difference.

mod support;

use std::path::{Path, PathBuf};

use breakfix::class::read_roster;
use breakfix::class::results::{Order, Phase, Results, TraineeResults};
use breakfix::report;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use support::reader::read_by;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/class_report")
}

/// A class of six: solved; solved late with hints; hostile; an environment that failed; never started; two of one name.
fn results() -> Results {
    let text = std::fs::read_to_string(folder().join("results.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn assert_golden(name: &str, made: &str) {
    let path = folder().join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == made, "{name} is not as it was: UPDATE_GOLDEN=1 rewrites it, then read the difference");
}

fn html(results: &Results) -> String {
    report::class_html(results, &TimeZone::UTC).unwrap()
}

#[test]
fn every_report_is_as_it_was() {
    let results = results();
    assert_golden("expected.html", &html(&results));
    assert_golden("expected-canvas.csv", &report::class_canvas(&results));
    assert_golden("expected-moodle.csv", &report::class_moodle(&results));
    assert_golden("expected-blackboard.csv", &report::class_blackboard(&results));
    assert_golden("expected-brightspace.csv", &report::class_brightspace(&results));
    assert_golden("expected-junit.xml", &report::class_junit(&results));
    assert_golden("expected-xapi.json", &format!("{:#}\n", report::class_xapi(&results)));
    assert_golden("expected.json", &format!("{:#}\n", report::class_json(&results)));
    let gradescope: String =
        results.trainees.iter().map(|trainee| report::class_gradescope(&results, trainee)).collect();
    assert_golden("expected-gradescope.json", &gradescope);
}

/// Says which elements and attributes a page has that could run or load something, and whether its tags are balanced.
const PAGE_READER: &str = r##"
import sys
from html.parser import HTMLParser
VOID = {"meta", "link", "img", "br", "hr", "input"}
class Reader(HTMLParser):
    stack, wrong, titles = [], [], 0
    def handle_starttag(self, tag, attributes):
        if tag in {"script", "img", "iframe", "object", "embed", "link", "base", "form", "a", "image", "foreignobject"}:
            self.wrong.append(tag)
        for name, value in attributes:
            if name.startswith("on") or name in {"src", "style", "srcset", "xlink:href"}:
                self.wrong.append(f"{tag} {name}")
            if name == "href" and not value.startswith("#"):
                self.wrong.append(f"{tag} href={value}")
        if tag not in VOID:
            self.stack.append(tag)
    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.stack.pop()
    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append(f"/{tag}")
reader = Reader()
text = sys.stdin.buffer.read().decode()
reader.feed(text)
reader.close()
print(reader.wrong, reader.stack, [c for c in text if ord(c) < 32 and c != "\n"])
"##;

#[test]
fn nothing_on_the_page_runs_or_loads_whatever_people_call_themselves() {
    let read = read_by("python3", &["-c", PAGE_READER], &html(&results()));
    assert_eq!(read, "[] [] []\n");
}

#[test]
fn a_page_of_one_and_a_page_of_none_are_pages() {
    let mut results = results();
    results.trainees.truncate(1);
    results.labs.truncate(1);
    assert!(html(&results).contains("1 trainee, 1 lab"));
    results.trainees.clear();
    assert!(html(&results).contains("Nothing was started yet."));
}

/// The results of the two labs as a path that is still walked: Ada is through, and everybody else is at the first lab.
fn under_way() -> Results {
    let mut results = Results { order: Order::Path, phase: Phase::Running, ..results() };
    let second = results.labs[1].id.clone();
    results.trainees.iter_mut().skip(1).for_each(|one| one.attempts.retain(|attempt| attempt.lab != second));
    results
}

/// The text between two marks.
fn between<'a>(page: &'a str, begin: &str, end: &str) -> &'a str {
    page.split_once(begin).unwrap().1.split_once(end).unwrap().0
}

#[test]
fn the_verdict_is_one_sentence_and_says_what_is_still_open() {
    let verdict = |results: &Results| between(&html(results), "<p class=\"verdict\">", "</p>").to_string();
    let (over, running) = (results(), under_way());
    assert_eq!(
        verdict(&over),
        "1 of 6 trainees has solved all 2 labs, and 1 more some of them; 2 could not be graded in full, which is not \
         their doing."
    );
    assert_eq!(
        verdict(&running),
        "So far, 1 of 6 trainees has solved all 2 labs of the path, and 1 more some of them; 1 could not be graded in \
         full, which is not their doing."
    );
    let mut one = results();
    one.trainees.truncate(1);
    assert_eq!(verdict(&one), "The only trainee has solved all 2 labs.");
    one.labs.truncate(1);
    one.trainees[0].attempts.clear();
    assert_eq!(verdict(&one), "The only trainee has not solved the lab.");
}

#[test]
fn a_lab_that_is_not_due_needs_no_look() {
    let page = html(&under_way());
    let look = between(&page, "Needs a look", "</section>");
    assert_eq!(look.matches("Some pages work").count(), 1, "only Jürgen has solved the lab before it: {look}");
    assert!(page.contains("not reached"));
    assert!(page.contains("<p class=\"under\">since 23 November 2026, 08:59 UTC, for 1 h 41 min so far</p>"), "{page}");
    let facts = between(&page, "<dl class=\"facts\">", "</dl>");
    assert!(
        facts.contains("<dt>Solved so far</dt><dd>3 of 8 <span class=\"quiet\">labs that were reached</span>"),
        "{facts}"
    );
}

#[test]
fn a_certificate_says_what_was_achieved_and_nobody_without_a_lab_has_one() {
    let files = report::class_certificates(&results(), &TimeZone::UTC).unwrap();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["ada.html", "jurgen.html", "eve.html", "bob.html", "print.html"]);
    let over = |page: &str| between(page, "<p class=\"over\">", "</p>").to_string();
    assert_eq!(over(&files[0].1), "Certificate of completion");
    assert_eq!(over(&files[1].1), "Certificate of participation");
    assert_golden("expected-certificates.html", &files.last().unwrap().1);
    for (_, page) in &files {
        assert_eq!(read_by("python3", &["-c", PAGE_READER], page), "[] [] []\n");
    }
}

/// Prints a CSV file as a list of lists, as Python reads it.
const CSV_READER: &str = "import csv, io, json, sys\n\
    text = sys.stdin.buffer.read().decode()\n\
    print(json.dumps(list(csv.reader(io.StringIO(text, newline=''), strict=True))))";

fn cells(text: &str) -> Vec<Vec<String>> {
    serde_json::from_str(&read_by("python3", &["-c", CSV_READER], text)).unwrap()
}

#[test]
fn canvas_finds_its_columns_and_only_final_grades() {
    let rows = cells(&report::class_canvas(&results()));
    let title = "Bad gateway after the maintenance window";
    let heads =
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title, "Some pages work, some do not [500]"];
    assert_eq!(rows[0], heads);
    assert_eq!(rows[1], ["    Points Possible", "", "", "", "", "100", "100"]);
    let grades: Vec<[&str; 3]> = rows[2..].iter().map(|row| [&row[2], &row[5], &row[6]].map(String::as_str)).collect();
    let expected = [
        ["4711", "100", "95"],
        ["", "75", ""],
        ["'@SUM(1+1)", "0", ""],
        ["4712", "", ""],
        ["", "", ""],
        ["4713", "70", ""],
    ];
    assert_eq!(grades, expected);
    assert_no_formula(&rows);
}

#[test]
fn moodle_gets_feedback_only_beside_its_grade() {
    let rows = cells(&report::class_moodle(&results()));
    let title = "Bad gateway after the maintenance window";
    assert_eq!(rows[0][..4], ["Email address", "ID number", title, &format!("{title} feedback")]);
    let known: Vec<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(known, ["ada@example.com", "jürgen@example.com", "eve\"><svg onload=alert(4)>@example.com", ""]);
    for row in &rows[1..] {
        assert!(row[2..].chunks(2).all(|pair| pair[0].is_empty() == pair[1].is_empty()), "{row:?}");
    }
    assert_no_formula(&rows);
}

/// Results in which everybody of a roster has the grades of the fixture's first trainee.
fn results_of(roster: &[u8]) -> Results {
    let mut results = results();
    let best = results.trainees[0].clone();
    let people = read_roster(roster.to_vec(), "roster.csv").unwrap().people.into_iter().zip(1..);
    let trainee = |(person, number): (breakfix::class::Person, usize)| TraineeResults {
        name: person.name,
        email: person.email,
        id: person.id,
        login: person.login,
        origin: person.origin,
        slug: format!("t{number}").as_str().into(),
        ..best.clone()
    };
    results.trainees = people.map(trainee).collect();
    results
}

type Writer = fn(&Results) -> String;

#[test]
fn each_gradebook_takes_its_own_export_back_with_grades() {
    let written: [(&str, Writer); 10] = [
        ("canvas-gradebook", report::class_canvas),
        ("canvas-without-sis", report::class_canvas),
        ("moodle-participants", report::class_moodle),
        ("moodle-grades", report::class_moodle),
        ("moodle-upload", report::class_moodle),
        ("moodle-german", report::class_moodle),
        ("moodle-french", report::class_moodle),
        ("blackboard", report::class_blackboard),
        ("blackboard-utf16", report::class_blackboard),
        ("brightspace", report::class_brightspace),
    ];
    for (case, write) in written {
        let export = std::fs::read(format!("tests/class_cases/roster-{case}/roster.csv")).unwrap();
        let gradebook = write(&results_of(&export));
        let (before, after) =
            (read_roster(export, "a.csv").unwrap(), read_roster(gradebook.clone().into(), "b.csv").unwrap());
        assert_eq!(before.people, after.people, "{case}");
        assert_eq!(before.system, after.system, "{case}");
        assert_golden(&format!("expected-back-{case}.csv"), &gradebook);
    }
}

fn assert_no_formula(rows: &[Vec<String>]) {
    let formula = |cell: &&String| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    assert_eq!(rows.iter().flatten().find(formula), None);
}

#[test]
fn junit_tells_failed_environments_from_wrong_answers() {
    let suites = junit_parser::from_reader(report::class_junit(&results()).as_bytes()).unwrap();
    let told: Vec<_> = suites.suites.iter().map(|suite| (suite.name.as_str(), suite.failures, suite.errors)).collect();
    assert_eq!(told[0], ("nginx-502.ada", 0, 0));
    assert_eq!(told[4], ("nginx-502.eve", 2, 0));
    assert_eq!(told[6], ("nginx-502.ada-2", 0, 1));
    assert_eq!(told[8], ("nginx-502.olga", 0, 0));
    assert!(suites.suites[8].cases[0].status.is_skipped());
}

#[test]
fn gradescope_finds_what_it_documents() {
    let schema = jsonschema::validator_for(&support::schemas::gradescope()).unwrap();
    let results = results();
    for trainee in &results.trainees {
        let result: Value = serde_json::from_str(&report::class_gradescope(&results, trainee)).unwrap();
        assert!(schema.is_valid(&result), "{result:#}");
    }
}

#[test]
fn statements_are_what_the_experience_api_asks_for() {
    let schema = jsonschema::validator_for(&support::schemas::xapi()).unwrap();
    let statements = report::class_xapi(&results());
    if let Err(why) = schema.validate(&statements) {
        panic!("{why}: {statements:#}");
    }
    let told = statements
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["verb"]["display"]["en"].as_str().unwrap(), one["result"]["score"]["raw"].as_u64()));
    let expected = [
        ("passed", Some(100)),
        ("passed", Some(95)),
        ("passed", Some(75)),
        ("attempted", None),
        ("failed", Some(0)),
        ("attempted", None), // is still at work
        ("attempted", None),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    assert_eq!(statements, report::class_xapi(&results()), "the same results give the same statements");
    assert_eq!(statements[4]["actor"]["account"]["name"], json!("@SUM(1+1)"), "no address of mail can be made of it");
}
