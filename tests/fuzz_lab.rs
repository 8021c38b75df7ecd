//! Labs made wrong by chance: reading one never panics and never takes memory without bound, and what is read can be
//! drawn and filled in.
//!
//! The inputs are valid and broken labs, changed by lines, by words and by bytes; the chance is a fixed sequence, so a
//! failure names the run that shows it again. `BREAKFIX_FUZZ_RUNS` sets how many, `BREAKFIX_FUZZ_SEED` where to begin.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;

use breakfix::lab::draw;
use breakfix::lab::{BUILT_INS, Diagnostic, Lab, LabFiles, MemoryFiles, Probe, load, scaffold};
use breakfix::render::{Escape, Values, render};
use peak_alloc::PeakAlloc;

#[path = "support/files.rs"]
mod files;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The memory of one test must not be counted for the other.
static ALONE: Mutex<()> = Mutex::new(());

const RUNS: u64 = 20_000;
/// Reading the largest lab file and its largest scripts takes less.
const MOST_MEMORY: usize = 64 << 20;

/// What tends to break parsers, put in place of words.
const WORDS: &[&str] = &[
    "",
    "{}",
    "[]",
    "~",
    "null",
    "true",
    "-1",
    "0",
    "1e9",
    ".nan",
    "0x10",
    "99999999999999999999",
    "&a",
    "*a",
    "!!str",
    "<<",
    "? a",
    "{{x}}",
    "{{url}}",
    "{{nonce}}",
    "\"{{url}}\"",
    "{{{x}}}",
    "{{#if x}}",
    "\\{{",
    "\\\\{{",
    "'",
    "\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "|",
    ">-",
    "- ",
    ": ",
    "#",
    "---",
    "...",
    "%YAML 1.2",
    "@",
    "`",
    "\t",
    "\r",
    "\u{feff}",
    "\u{1b}[31m",
    "é北京\u{202e}",
    "../x",
    "/etc/passwd",
    "a/./b",
    "[[[[[[[[",
    "[a, [b, {c: d}]]",
    "sign-in",
    "restart",
    "format",
    "checks",
    "id",
    "http",
    "probe",
    "pick",
    "word",
    "<<EOF",
    "$(",
    "`id`",
    "#!/bin/sh",
];

/// A sequence of numbers that looks like chance (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (limit.max(1) as u64)).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Two ends of a range below a limit.
    fn range(&mut self, limit: usize) -> std::ops::Range<usize> {
        let (a, b) = (self.below(limit + 1), self.below(limit + 1));
        a.min(b)..a.max(b)
    }
}

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

/// Changes one file of a lab, mostly the lab file.
fn spoil(files: &mut MemoryFiles, corpus: &[MemoryFiles], chance: &mut Chance) {
    let paths: Vec<String> = files.files.keys().cloned().collect();
    let path = if chance.below(4) > 0 { "lab.yaml".to_owned() } else { chance.pick(&paths).clone() };
    let Some(bytes) = files.files.get_mut(&path) else { return };
    match chance.below(8) {
        0 | 1 => by_bytes(bytes, chance),
        2..=4 => by_words(bytes, chance),
        5 | 6 => by_lines(bytes, chance),
        _ => {
            let other = chance.pick(corpus).files.get(&path).cloned().unwrap_or_default();
            let (from, at) = (chance.range(other.len()), chance.range(bytes.len()));
            bytes.splice(at, other[from].iter().copied());
        }
    }
}

fn by_bytes(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let at = chance.below(bytes.len() + 1);
    match chance.below(3) {
        0 => bytes.insert(at, u8::try_from(chance.below(256)).unwrap()),
        1 => drop(bytes.drain(chance.range(bytes.len()))),
        _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << chance.below(8)),
    }
}

fn by_words(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./".contains(byte);
    let at = chance.below(bytes.len());
    let start = bytes[..at].iter().rposition(|byte| !is_word(byte)).map_or(0, |at| at + 1);
    let length = bytes[start..].iter().position(|byte| !is_word(byte)).unwrap_or(bytes.len() - start);
    let repeat = if chance.below(50) == 0 { 2000 } else { 1 };
    bytes.splice(start..start + length, chance.pick(WORDS).repeat(repeat).into_bytes());
}

fn by_lines(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let mut lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let (a, b) = (chance.below(lines.len()), chance.below(lines.len()));
    match chance.below(5) {
        0 => drop(lines.remove(a)),
        1 => lines.insert(a, lines[b].clone()),
        2 => lines.swap(a, b),
        3 => lines[a].insert(0, *chance.pick(b" \t-")),
        _ => lines[a] = lines[a].iter().skip(1).copied().collect(),
    }
    *bytes = lines.join(&b'\n');
}

/// All that is done with a lab before anything is created.
fn exercise(files: &MemoryFiles) -> bool {
    match load(files, "labs/x") {
        Ok(lab) => {
            fill_in(&lab, files);
            true
        }
        Err(problems) => {
            judge(&problems);
            false
        }
    }
}

fn judge(problems: &[Diagnostic]) {
    assert!((1..=101).contains(&problems.len()), "{} problems", problems.len());
    for problem in problems {
        let shown = problem.render(false);
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
fn run(files: &MemoryFiles, name: &str) -> bool {
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

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[test]
fn labs_made_wrong_by_chance() {
    let _alone = ALONE.lock();
    let (corpus, first) = (corpus(), setting("BREAKFIX_FUZZ_SEED", 0));
    let runs = setting("BREAKFIX_FUZZ_RUNS", RUNS);
    let mut valid = 0;
    for number in first..first + runs {
        let mut chance = Chance(number);
        let mut files = chance.pick(&corpus).clone();
        for _ in 0..=chance.below(3) {
            spoil(&mut files, &corpus, &mut chance);
        }
        valid += u64::from(run(&files, &format!("run {number}")));
    }
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
