//! Every folder in `tests/lab_cases` is a lab, and `expected.txt` in it all that is said of it. The folder's name is
//! the outcome. Files that a case lacks come from `tests/lab_base`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use breakfix::lab::{Diagnostic, Lab, MemoryFiles, load};

#[path = "support/golden.rs"]
mod golden;

const CASES: &str = "tests/lab_cases";

fn read(folder: &Path, below: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder.join(below)).unwrap() {
        let path = below.join(entry.unwrap().file_name());
        if folder.join(&path).is_dir() {
            read(folder, &path, files);
        } else {
            files.insert(path.to_str().unwrap().to_owned(), fs::read(folder.join(&path)).unwrap());
        }
    }
}

fn load_case(case: &Path) -> Result<Lab, Vec<Diagnostic>> {
    let folder = case.file_name().unwrap().to_str().unwrap().to_owned();
    let mut files = BTreeMap::new();
    read(Path::new("tests/lab_base"), Path::new(""), &mut files);
    read(case, Path::new(""), &mut files);
    load(&MemoryFiles { folder: folder.clone(), files }, &format!("labs/{folder}"))
}

/// All that a user reads about a lab.
fn said(case: &Path) -> String {
    match load_case(case) {
        Ok(lab) => format!("{} is valid: {} checks, {} files\n", lab.id, lab.checks.len(), lab.files.len()),
        Err(problems) => problems.iter().map(|problem| problem.render(false)).collect::<Vec<_>>().join("\n\n") + "\n",
    }
}

#[test]
fn each_case_says_what_is_expected() {
    golden::compare(CASES, said);
}

#[test]
fn there_are_enough_broken_ones() {
    let broken = golden::cases(CASES).iter().filter(|case| load_case(case).is_err()).count();
    assert!(broken >= 40, "only {broken}");
}

/// The first line of a problem leads an editor to a place that exists.
#[test]
fn every_place_is_in_its_file() {
    for problem in golden::cases(CASES).iter().filter_map(|case| load_case(case).err()).flatten() {
        let place = format!("{}:{}:{}: ", problem.file, problem.line, problem.column);
        assert!(problem.render(false).starts_with(&place), "{problem:?}");
        let Some(source) = problem.source else { continue };
        assert!(source.offset <= source.text.chars().count(), "{source:?}");
    }
}
