//! Every folder in `tests/lab_cases` is a lab, and `expected.txt` in it the expected output. The folder's name is
//! the outcome. Files that a case lacks come from `tests/lab_base`.

use std::collections::BTreeMap;
use std::path::Path;

use breakfix::lab::{Diagnostic, Lab, MemoryFiles, load};

#[path = "support/files.rs"]
mod files;
#[path = "support/golden.rs"]
mod golden;

const CASES: &str = "tests/lab_cases";

fn load_case(case: &Path) -> Result<Lab, Vec<Diagnostic>> {
    let folder = case.file_name().unwrap().to_str().unwrap().to_owned();
    let mut files = BTreeMap::new();
    files::read(Path::new("tests/lab_base"), &mut files);
    files::read(case, &mut files);
    load(&MemoryFiles { folder: folder.clone(), files }, &format!("labs/{folder}"))
}

/// All that a user reads about a lab.
fn said(case: &Path) -> String {
    match load_case(case) {
        Ok(lab) => format!("{} is valid: {} checks, {} files\n", lab.id, lab.checks.len(), lab.files.len()),
        Err(problems) => golden::on_screen(&problems),
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

#[test]
fn every_place_is_in_its_file() {
    let problems: Vec<Diagnostic> =
        golden::cases(CASES).iter().filter_map(|case| load_case(case).err()).flatten().collect();
    golden::has_its_place(&problems);
}
