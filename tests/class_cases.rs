//! Every folder in `tests/class_cases` is a class, and `expected.txt` in it all that is said of it. The folder's name is
//! the outcome. Files that a case lacks come from `tests/class_base`.

use std::fs;
use std::path::Path;

use breakfix::class::{Class, Person, enrol, read};
use breakfix::lab::Diagnostic;

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
    let labs = ["disk-full", "nginx-502", "redis-auth-mismatch"].map(String::from);
    read("here/class.yaml", find("class.yaml").unwrap(), &labs, &open)
}

/// All that a user reads about a class.
fn said(case: &Path) -> String {
    match load(case) {
        Ok((class, people)) => {
            let mut lines = format!("{class:#?}\n");
            for member in enrol(&people, &[]) {
                let Person { name, email, id } = &member.person;
                lines += &format!("{}: {name}, {email:?}, {id:?}\n", member.slug);
            }
            lines
        }
        Err(problems) => problems.iter().map(|problem| problem.render(false)).collect::<Vec<_>>().join("\n\n") + "\n",
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

/// The first line of a problem leads an editor to a place that exists.
#[test]
fn every_place_is_in_its_file() {
    for problem in golden::cases(CASES).iter().filter_map(|case| load(case).err()).flatten() {
        let place = format!("{}:{}:{}: ", problem.file, problem.line, problem.column);
        assert!(problem.render(false).starts_with(&place), "{problem:?}");
        let Some(source) = problem.source else { continue };
        assert!(source.offset <= source.text.chars().count(), "{source:?}");
    }
}
