//! Folders that are cases: each holds what is read and `expected.txt`, all that is said of it. `UPDATE_GOLDEN=1` writes
//! what is said now: read the difference before committing it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use breakfix::lab::Diagnostic;

/// The cases of a folder, in order.
pub fn cases(folder: &str) -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

/// A user's screen with these problems.
pub fn on_screen(problems: &[Diagnostic]) -> String {
    problems
        .iter()
        .map(|problem| problem.render(breakfix::diagnostic::RenderStyle::Plain))
        .collect::<Vec<_>>()
        .join("\n\n")
        + "\n"
}

/// Asserts that the first line of every problem leads an editor to a place that exists.
pub fn has_its_place(problems: &[Diagnostic]) {
    for problem in problems {
        let place = format!("{}:{}:{}: ", problem.file, problem.line, problem.column);
        assert!(problem.render(breakfix::diagnostic::RenderStyle::Plain).starts_with(&place), "{problem:?}");
        let Some(source) = &problem.source else { continue };
        assert!(source.offset <= source.text.chars().count(), "{source:?}");
    }
}

/// Asserts that of each case is said what is expected.
pub fn compare(folder: &str, said: impl Fn(&Path) -> String) {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut different = String::new();
    for case in cases(folder) {
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
