//! Dependencies between modules point one way: as `src/lib.rs` says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// The program's own code: tests may use whatever they like.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap()
}

fn is_test(path: &Path) -> bool {
    path.file_stem().unwrap().to_str().unwrap().ends_with("tests")
}

/// Names of modules that follow `crate::`, alone or in braces.
fn used(code: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let after = code.split("crate::").skip(1);
    let named = after.flat_map(|rest| match rest.strip_prefix('{') {
        Some(list) => list.split('}').next().unwrap().split(',').map(|name| word(name.trim())).collect(),
        None => vec![word(rest)],
    });
    named.collect()
}

fn module(path: &Path) -> String {
    let below = path.strip_prefix("src").unwrap().iter().next().unwrap().to_str().unwrap();
    below.trim_end_matches(".rs").to_string()
}

#[test]
fn modules_use_only_what_stands_above_them() {
    let root = fs::read_to_string("src/lib.rs").unwrap();
    let order = root.split("//! ```").nth(1).unwrap().lines().skip(1).filter_map(|line| line.strip_prefix("//! "));
    let lines: BTreeMap<&str, usize> =
        order.enumerate().flat_map(|(line, names)| names.split(' ').map(move |name| (name, line))).collect();
    let declared: BTreeSet<&str> = root
        .lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    assert_eq!(lines.keys().copied().collect::<BTreeSet<_>>(), declared, "the order in src/lib.rs names every module");

    let mut upward = BTreeSet::new();
    let own = sources(Path::new("src")).into_iter().filter(|path| !is_test(path) && module(path) != "main");
    for path in own.filter(|path| module(path) != "lib") {
        let user = module(&path);
        let text = fs::read_to_string(&path).unwrap();
        for name in used(without_tests(&text)).into_iter().filter(|name| *name != user) {
            let Some(line) = lines.get(name.as_str()) else { continue };
            if *line >= lines[user.as_str()] {
                upward.insert((user.clone(), name));
            }
        }
    }
    assert_eq!(upward, BTreeSet::new());
}

#[test]
fn names_of_modules_are_found_alone_and_in_braces() {
    let found = used("use crate::lab::Lab;\nuse crate::{app::App, event};\nfn x() -> crate::error::Result<()> {}");
    assert_eq!(found, ["app", "error", "event", "lab"].map(String::from).into());
}
