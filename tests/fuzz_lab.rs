//! Labs with random mistakes: reading one never panics and never takes memory without bound, and what is read can be
//! drawn and filled in.
//!
//! The inputs are valid and broken labs, changed by lines, by words and by bytes. The changes are the same each time, and
//! those that make a test fail are reduced to the fewest that do. `BREAKFIX_FUZZ_RUNS` sets how many labs are tried,
//! `BREAKFIX_FUZZ_SEED` makes other changes.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;

use breakfix::lab::draw;
use breakfix::lab::{BUILT_INS, Diagnostic, Lab, LabFiles, MemoryFiles, Probe, load, scaffold, summarise};
use breakfix::render::{Escape, Values, render};
use changes::{change, spoil};
use peak_alloc::PeakAlloc;
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngSeed, TestRunner};

#[path = "support/changes.rs"]
mod changes;
#[path = "support/files.rs"]
mod files;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The memory of one test must not be counted for the other.
static ALONE: Mutex<()> = Mutex::new(());

const RUNS: u32 = 20_000;
/// Bytes that reading the largest lab file and its largest scripts does not take.
const MOST_MEMORY: usize = 64 << 20;

/// The scaffold, as often as all the golden cases together, which are mostly broken.
fn corpus() -> Vec<MemoryFiles> {
    let files = scaffold::files("mine").unwrap().into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let mut corpus = vec![MemoryFiles { folder: "mine".into(), files }; 120];
    let mut cases: Vec<_> = fs::read_dir("tests/lab_cases").unwrap().map(|case| case.unwrap().path()).collect();
    cases.sort();
    for case in cases {
        let mut files = BTreeMap::new();
        files::read(Path::new("tests/lab_base"), &mut files);
        files::read(&case, &mut files);
        files.remove("expected.txt");
        corpus.push(MemoryFiles { folder: case.file_name().unwrap().to_str().unwrap().into(), files });
    }
    corpus
}

/// All that is done with a lab before anything is created.
fn exercise(files: &MemoryFiles) -> bool {
    match load(files, "labs/x") {
        Ok(lab) => {
            assert_eq!(summarise(files).map(|summary| summary.title), Some(lab.title.clone()));
            fill_in(&lab, files);
            true
        }
        Err(problems) => {
            judge(&problems);
            false
        }
    }
}

/// The same, and what a list does with a lab that may be broken: it is read by another library.
fn exercise_and_list(files: &MemoryFiles) -> bool {
    let _ = summarise(files);
    exercise(files)
}

fn judge(problems: &[Diagnostic]) {
    assert!((1..=101).contains(&problems.len()), "{} problems", problems.len());
    for problem in problems {
        let shown = problem.render(breakfix::diagnostic::RenderStyle::Plain);
        assert!(shown.starts_with(&format!("{}:{}:{}: ", problem.file, problem.line, problem.column)), "{shown}");
        assert!(shown.len() < 4000 && !shown.chars().any(|c| c.is_control() && c != '\n'), "{shown}");
        assert!(problem.line > 0 && problem.column > 0 && problem.length > 0 && !problem.message.is_empty(), "{shown}");
    }
}

fn fill_in(lab: &Lab, files: &MemoryFiles) {
    assert_eq!(lab.id.as_str(), files.folder());
    assert_eq!(lab.checks.iter().map(|check| check.points).sum::<u32>(), 100);
    let drawn = draw(lab, b"secret", "kim");
    assert_eq!(drawn.keys().collect::<Vec<_>>(), lab.variables.keys().collect::<Vec<_>>());
    let mut values = Values::from(drawn);
    values = BUILT_INS.iter().fold(values, |values, built_in| values.with(built_in.name, "it's"));
    for (path, text) in &lab.files {
        render(text, path.as_str(), &values, Escape::Shell).unwrap();
    }
    let mut fields: Vec<&str> = lab.hints.iter().map(|hint| hint.text.as_str()).collect();
    for check in &lab.checks {
        if let Probe::Http(http) = &check.probe {
            fields.push(&http.path);
            fields.extend(http.headers.values().map(String::as_str));
            fields.extend([&http.body, &http.contains, &http.lacks].into_iter().flatten().map(String::as_str));
        }
    }
    for field in fields {
        render(field, "lab.yaml", &values, Escape::None).unwrap();
    }
}

/// Runs one input; a panic or too much memory fails with what made it.
fn run(files: &MemoryFiles, name: &str, exercise: fn(&MemoryFiles) -> bool) -> bool {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let Ok(valid) = catch_unwind(AssertUnwindSafe(|| exercise(files))) else {
        let text = String::from_utf8_lossy(files.files.get("lab.yaml").map_or(&[][..], Vec::as_slice));
        panic!("{name} panicked on:\n{}", text.chars().take(5000).collect::<String>());
    };
    let peak = MEMORY.peak_usage().saturating_sub(before);
    assert!(peak < MOST_MEMORY, "{name} took {} MiB", peak >> 20);
    valid
}

fn setting<T: std::str::FromStr>(name: &str, default: T) -> T {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[test]
fn labs_with_random_mistakes() {
    let _alone = ALONE.lock();
    let (corpus, valid) = (corpus(), Cell::new(0));
    let runs = setting("BREAKFIX_FUZZ_RUNS", RUNS);
    let rng_seed = RngSeed::Fixed(setting("BREAKFIX_FUZZ_SEED", 0));
    let mut runner = TestRunner::new(Config { cases: runs, rng_seed, failure_persistence: None, ..Config::default() });
    let tried = runner.run(&(any::<Index>(), vec(change(), 1..=4)), |(lab, changes)| {
        let mut files = lab.get(&corpus).clone();
        for change in &changes {
            spoil(&mut files, &corpus, change);
        }
        valid.set(valid.get() + u32::from(run(&files, "a lab", exercise)));
        Ok(())
    });
    tried.unwrap_or_else(|failure| panic!("{failure}"));
    let valid = valid.get();
    println!("{runs} runs, {valid} still valid");
    // Were none valid, drawing and filling in would not have been tried; were most valid, the changes would be tame.
    assert!(runs < 1000 || (runs / 20..runs / 2).contains(&valid), "{valid} of {runs} valid");
}

fn filled(head: &str, unit: &str, size: usize) -> Vec<u8> {
    (head.to_owned() + &unit.repeat((size - head.len()) / unit.len())).into_bytes()
}

#[test]
fn hostile_labs() {
    let _alone = ALONE.lock();
    let run = |files: &MemoryFiles, name: &str| run(files, name, exercise_and_list);
    let scaffold = corpus().remove(0);
    let with = |path: &str, bytes: Vec<u8>| {
        let mut files = scaffold.clone();
        files.files.insert(path.into(), bytes);
        files
    };
    let units = [
        "[",
        "{",
        "a: ",
        "- ",
        "a:\n",
        "- a\n",
        "? ",
        "[a, ",
        "a,",
        "&a ",
        "*a ",
        "!a ",
        "\"",
        "'",
        "{{x}}",
        "{{",
        "|\n",
        "\t",
        "\r",
        "\n",
        " ",
        "é",
        "#",
        "a: b\n",
        "- {}\n",
        "---\n",
        "a: *a\n",
        "a: &a b\n",
        "\\",
        "- - - -\n",
        ",",
        "]",
        "}",
        "{a: ",
        "\u{feff}",
        "%A b\n",
        "<<: *a\n",
    ];
    for unit in units {
        for head in ["", "hints: [", "checks:\n", "title: \"", "a: &a [x]\nb: [", "hints:\n  - text: "] {
            run(&with("lab.yaml", filled(head, unit, 48 << 10)), &format!("{head:?} and {unit:?}"));
        }
        run(&with("fault.sh", filled("#!/bin/sh\n", unit, 64 << 10)), &format!("a script of {unit:?}"));
    }
    for unit in ["a", "\n", "\\", "{{", "{{port}}", "{{port}}\n", "\"{{port}}\"", "\\{{", "\\\\{{", "\"$(", "<<a\n"] {
        // Unoptimised, handlebars takes its time.
        let size = if unit.contains("{{port}}\n") { 128 << 10 } else { 1 << 20 };
        run(&with("fault.sh", filled("#!/bin/sh\n", unit, size)), &format!("a large script of {unit:?}"));
    }
    for (head, unit) in
        [("", "a:\n"), ("", "a: b\n"), ("hints: [", "a,"), ("", "- - - -\n"), ("", "a: &a b\n"), ("title: ", "{{x}}")]
    {
        run(&with("lab.yaml", filled(head, unit, 256 << 10)), &format!("a large {head:?} and {unit:?}"));
    }
    for path in ["lab.yaml", "fault.sh", "ticket.md"] {
        run(&with(path, vec![b'x'; 10 << 20]), "a file of 10 MiB");
    }
    let every: Vec<String> = (0..20_000).map(|number| format!("k{number}: v\n")).collect();
    run(&with("lab.yaml", every.concat().into_bytes()), "many keys");
}
