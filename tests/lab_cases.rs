//! Every folder in `tests/lab_cases` is a lab, and `expected.txt` in it all that is said of it. The folder's name is
//! the outcome. Files that a case lacks come from `tests/lab_base`. `UPDATE_GOLDEN=1` writes what is said now: read the
//! difference before committing it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use breakfix::lab::{Diagnostic, Lab, MemoryFiles, load};

fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = fs::read_dir("tests/lab_cases").unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

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
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut different = String::new();
    for case in cases() {
        let (said, golden) = (said(&case), case.join("expected.txt"));
        if update {
            fs::write(&golden, &said).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if said != expected {
            let _ = write!(different, "== {}\n-- expected\n{expected}\n-- said\n{said}\n", case.display());
        }
    }
    assert!(different.is_empty(), "{different}");
}

#[test]
fn there_are_enough_broken_ones() {
    let broken = cases().iter().filter(|case| load_case(case).is_err()).count();
    assert!(broken >= 40, "only {broken}");
}

/// The first line of a problem leads an editor to a place that exists.
#[test]
fn every_place_is_in_its_file() {
    for problem in cases().iter().filter_map(|case| load_case(case).err()).flatten() {
        let place = format!("{}:{}:{}: ", problem.file, problem.line, problem.column);
        assert!(problem.render(false).starts_with(&place), "{problem:?}");
        let Some(source) = problem.source else { continue };
        assert!(source.offset <= source.text.chars().count(), "{source:?}");
    }
}
