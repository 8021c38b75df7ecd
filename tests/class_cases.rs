//! Every folder in `tests/class_cases` is a class, and `expected.txt` in it the expected output. The folder's name is
//! the outcome. Files that a case lacks come from `tests/class_base`.

use std::fs;
use std::path::Path;
use std::process::Command;

use breakfix::class::{ClassFile, Member, Person, enrol, read};
use breakfix::id::LabId;
use breakfix::lab::Diagnostic;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed};

#[path = "support/golden.rs"]
mod golden;

const CASES: &str = "tests/class_cases";

fn load(case: &Path) -> Result<ClassFile, Vec<Diagnostic>> {
    let find = |name: &str| {
        let own = case.join(name);
        if own.exists() { fs::read(own) } else { fs::read(Path::new("tests/class_base").join(name)) }
    };
    // As the user would open it: relative to the class file.
    let open = |path: &str| find(path.strip_prefix("here/").unwrap()).map_err(|_| "there is no such file".to_owned());
    let labs = ["disk-full", "nginx-502", "redis-auth-mismatch"].map(LabId::from);
    read("here/class.yaml", find("class.yaml").unwrap(), &labs, &open)
}

/// All that a user reads about a class.
fn said(case: &Path) -> String {
    match load(case) {
        Ok(ClassFile { class, roster }) => {
            let line = |member: Member| {
                let Person { name, email, id, login, .. } = &member.person;
                let login = login.as_ref().map(|login| format!(", login {login}")).unwrap_or_default();
                format!("{}: {name}, {email:?}, {id:?}{login}\n", member.slug)
            };
            let lines: Vec<String> = enrol(&roster.people, &[]).members.into_iter().map(line).collect();
            let left_out = roster.left_out.iter().map(|one| format!("{:?} line {}: {}\n", one.why, one.line, one.text));
            let system = roster.system.map(|system| format!("from {}\n", system.as_str())).unwrap_or_default();
            format!("{class:#?}\n{}{system}{}", lines.concat(), left_out.collect::<String>())
        }
        Err(problems) => golden::on_screen(&problems),
    }
}

#[test]
fn each_case_says_what_is_expected() {
    golden::compare(CASES, said);
}

#[test]
fn there_are_enough_broken_ones() {
    let broken = golden::cases(CASES).iter().filter(|case| load(case).is_err()).count();
    assert!(broken >= 25, "only {broken}");
}

/// The schema refuses no class that is valid.
#[test]
fn the_schema_takes_every_good_one() {
    let schema = jsonschema::validator_for(&breakfix::class::schema()).unwrap();
    for case in golden::cases(CASES).iter().filter(|case| load(case).is_ok()) {
        let own = case.join("class.yaml");
        let path = if own.exists() { own } else { Path::new("tests/class_base/class.yaml").into() };
        let value: serde_json::Value = serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        assert!(schema.is_valid(&value), "{}", case.display());
    }
    assert!(
        !schema.is_valid(&serde_json::json!({ "format": 1, "id": "a", "title": "a", "labs": ["a"] })),
        "nobody is in it"
    );
}

#[test]
fn every_place_is_in_its_file() {
    let problems: Vec<Diagnostic> = golden::cases(CASES).iter().filter_map(|case| load(case).err()).flatten().collect();
    golden::has_its_place(&problems);
}

fn shown(arguments: &[&str]) -> String {
    let program = Command::new(env!("CARGO_BIN_EXE_breakfix")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    assert!(program.status.success(), "{}", text(program.stderr));
    text(program.stdout).lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn a_check_shows_who_is_in_a_roster_and_what_is_left_out() {
    let expected = "\
NAME          E-MAIL           ID    LOGIN
Ada Lovelace  ada@example.edu  4711  -
Kim Lee       kim@example.edu  4712  -

2 trainees, from Gradescope

LINE  LEFT OUT                                       WHY
4     Grace, Hopper, hopper@example.edu, Instructor  staff, not a trainee
5     Alan, Turing, turing@example.edu, TA           staff, not a trainee
";
    let roster = "tests/class_cases/roster-gradescope/roster.csv";
    assert_eq!(shown(&["class", "check", roster]), expected);
    let json: serde_json::Value = serde_json::from_str(&shown(&["--json", "class", "check", roster])).unwrap();
    let line = |line, text| serde_json::json!({ "line": line, "text": text, "why": "staff" });
    let person = |name, email, id| serde_json::json!({ "name": name, "email": email, "id": id, "login": null });
    let answer = serde_json::json!({
        "system": "gradescope",
        "people": [person("Ada Lovelace", "ada@example.edu", "4711"), person("Kim Lee", "kim@example.edu", "4712")],
        "left_out": [
            line(4, "Grace, Hopper, hopper@example.edu, Instructor"),
            line(5, "Alan, Turing, turing@example.edu, TA"),
        ],
    });
    assert_eq!(json, answer);
}

/// Pieces of rosters that tend to break readers.
const PIECES: &[&str] = &[
    "name",
    "email",
    "id",
    ",",
    ";",
    "\t",
    "\"",
    "\n",
    "\r\n",
    "\r",
    "=1",
    "Müller",
    "李",
    "a@b",
    "\u{feff}",
    " ",
    "sep=;",
    "\0",
    "\u{202e}",
    "first name",
    "role",
    "Teacher",
    "Points",
    "3. Activities",
    "Student",
    "SIS Login ID",
];

proptest! {
    #![proptest_config(Config { cases: 5000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() })]

    /// Whatever a roster is made of, reading it ends, and every problem has a place in it.
    #[test]
    fn no_roster_is_too_strange(head in select(&["name,email,id\n", ""][..]), pieces in vec(select(PIECES), 0..40)) {
        let text = head.to_owned() + &pieces.concat();
        let open = |_: &str| Ok(text.clone().into_bytes());
        let class = include_bytes!("class_base/class.yaml").to_vec();
        let problems = read("class.yaml", class, &["nginx-502".into()], &open).err().unwrap_or_default();
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
        for problem in problems {
            let line = text.split('\n').nth(problem.line - 1).unwrap_or_else(|| panic!("{problem:?} in {text:?}"));
            prop_assert!(problem.column <= line.chars().count() + 1, "{problem:?} in {text:?}");
        }
    }
}
