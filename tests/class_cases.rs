//! Every folder in `tests/class_cases` is a class, and `expected.txt` in it the expected output. The folder's name is
//! the outcome. Files that a case lacks come from `tests/class_base`.

use std::fs;
use std::path::Path;

use breakfix::class::{Class, Member, Person, enrol, read};
use breakfix::id::LabId;
use breakfix::lab::Diagnostic;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed};

#[path = "support/golden.rs"]
mod golden;

const CASES: &str = "tests/class_cases";

fn load(case: &Path) -> Result<(Class, Vec<Person>), Vec<Diagnostic>> {
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
        Ok((class, people)) => {
            let line = |member: Member| {
                let Person { name, email, id } = &member.person;
                format!("{}: {name}, {email:?}, {id:?}\n", member.slug)
            };
            let lines: Vec<String> = enrol(&people, &[]).members.into_iter().map(line).collect();
            format!("{class:#?}\n{}", lines.concat())
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

/// Pieces of rosters that tend to break readers.
const PIECES: &[&str] = &[
    "name", "email", "id", ",", ";", "\t", "\"", "\n", "\r\n", "\r", "=1", "Müller", "李", "a@b", "\u{feff}", " ",
    "sep=;", "\0", "\u{202e}",
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
