//! The only place that prints: answers on standard output, commentary on standard error.

use std::collections::BTreeMap;
use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde::Serialize;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::Exit;
use crate::diagnostic::RenderStyle;
use crate::error::{Error, Result};
use crate::event::{Event, Events, Step};
use crate::text::{Sieve, defused, defused_json};

const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const BOLD: Style = Style::new().bold();

/// A line of commentary, in which nothing acts in the log of a CI job.
macro_rules! say {
    ($($text:tt)*) => { anstream::eprintln!("{}", defused(&format!($($text)*))) };
}

/// How often a plain log is told that a step is still under way, and how often if it has nothing new to say.
const PLAIN_EVERY: Duration = Duration::from_secs(5);
const PLAIN_SAME: Duration = Duration::from_secs(30);

/// Who is spoken to and how.
pub struct Ui {
    json: bool,
    quiet: bool,
    /// An answer is one JSON document, and an error none besides it.
    answered: AtomicBool,
}

impl Ui {
    /// Colours and bars follow the terminal and `NO_COLOR`.
    #[must_use]
    pub fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet, answered: AtomicBool::new(false) }
    }

    /// Whether answers are JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Refuses `--json` for a command whose output is a program's.
    pub fn has_no_json(&self, command: &str) -> Result<()> {
        if !self.json {
            return Ok(());
        }
        Err(Error::usage(format!("`{command}` does not answer in JSON")).hint("Leave --json out."))
    }

    /// Gives the answer: as JSON, or as people read it.
    pub fn answer<T: Serialize>(&self, value: &T, human: impl FnOnce() -> String) {
        self.answered.store(true, Ordering::Relaxed);
        if self.json {
            let text =
                serde_json::to_string_pretty(value).unwrap_or_else(|cause| format!("{{\"error\": \"{cause}\"}}"));
            self.json(&text);
        } else {
            self.text(&human());
        }
    }

    /// Prints JSON, the same data whoever reads it.
    pub fn json(&self, json: &str) {
        self.bytes(format!("{}\n", defused_json(json)).as_bytes());
    }

    /// Prints text, ending its last line. Nothing in it acts in the log of a CI job.
    pub fn text(&self, text: &str) {
        self.bytes(defused(text).as_bytes());
        if !text.is_empty() && !text.ends_with('\n') {
            self.bytes(b"\n");
        }
    }

    /// Prints bytes as they are. A reader that went away ends the program quietly, as it does `cat`; an answer that
    /// is cut otherwise is none.
    #[allow(clippy::unused_self)] // printing belongs to the one who prints
    pub fn bytes(&self, bytes: &[u8]) {
        let mut out = anstream::stdout().lock();
        if let Err(cause) = out.write_all(bytes).and_then(|()| out.flush()) {
            if cause.kind() == ErrorKind::BrokenPipe {
                std::process::exit(0);
            }
            say!("{RED}error:{RED:#} the answer cannot be written\n  because: {cause}");
            std::process::exit(i32::from(Exit::Environment.code()));
        }
    }

    /// Says something besides the answer.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            say!("{text}");
        }
    }

    /// Says what failed, why, and what to do next; as JSON as well, unless there was an answer.
    #[must_use]
    pub fn fail(&self, error: &Error) -> ExitCode {
        self.complain(error);
        let exit = Exit::from(error.kind);
        if self.json && !self.answered.load(Ordering::Relaxed) {
            self.answer(&error_json(error, exit), String::new);
        }
        exit.into()
    }

    /// Says what failed, why, and what to do next.
    #[allow(clippy::unused_self)] // printing belongs to the one who prints
    pub fn complain(&self, error: &Error) {
        let colour = std::io::stderr().is_terminal();
        for diagnostic in &error.diagnostics {
            say!("{}\n", diagnostic.render(if colour { RenderStyle::Coloured } else { RenderStyle::Plain }));
        }
        say!("{RED}error:{RED:#} {}", error.message);
        for cause in &error.causes {
            say!("  because: {}", cause.replace('\n', "\n           "));
        }
        for hint in &error.hints {
            say!("{YELLOW}try:{YELLOW:#} {hint}");
        }
    }

    /// Takes the core's events.
    #[must_use]
    pub fn events(&self) -> Events {
        if self.quiet {
            return Arc::new(|event| {
                if let Event::Warning(text) = event {
                    warn(&text);
                }
            });
        }
        if std::io::stderr().is_terminal() && !self.json { bars() } else { lines() }
    }
}

/// An error in the shape of the other answers.
pub(super) fn error_json(error: &Error, exit: Exit) -> serde_json::Value {
    serde_json::json!({ "error": {
        "kind": error.kind.as_str(), "message": error.message, "causes": error.causes, "hints": error.hints, "exit": exit.code(),
    } })
}

/// Where a program's output goes: byte for byte, but for a terminal, which would obey it.
pub(super) struct Pass {
    to: Box<dyn AsyncWrite + Send + Unpin>,
    sieve: Option<Sieve>,
}

impl Pass {
    pub(super) fn stdout() -> Self {
        let sieve = std::io::stdout().is_terminal().then(Sieve::default);
        Self { to: Box::new(tokio::io::stdout()), sieve }
    }

    pub(super) fn stderr() -> Self {
        let sieve = std::io::stderr().is_terminal().then(Sieve::default);
        Self { to: Box::new(tokio::io::stderr()), sieve }
    }

    /// A reader that takes its time holds nothing else up.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match &mut self.sieve {
            Some(sieve) => self.to.write_all(sieve.pass(bytes).as_bytes()).await?,
            None => self.to.write_all(bytes).await?,
        }
        self.to.flush().await
    }
}

/// A heading or a name that should stand out.
pub fn bold(text: &str) -> String {
    format!("{BOLD}{text}{BOLD:#}")
}

/// Something that is as it should be.
pub fn good(text: &str) -> String {
    format!("{GREEN}{text}{GREEN:#}")
}

/// Something that is not.
pub fn bad(text: &str) -> String {
    format!("{RED}{text}{RED:#}")
}

/// Something in between.
pub fn doubtful(text: &str) -> String {
    format!("{YELLOW}{text}{YELLOW:#}")
}

fn warn(text: &str) {
    say!("{YELLOW}warning:{YELLOW:#} {text}");
}

/// For terminals: a spinner a step.
fn bars() -> Events {
    let all = MultiProgress::new();
    let running: Mutex<BTreeMap<Step, ProgressBar>> = Mutex::default();
    let spinner = ProgressStyle::with_template("{spinner} {prefix} {wide_msg:.dim} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = move |step: &Step| {
        let bar = all.add(ProgressBar::new_spinner().with_style(spinner.clone()).with_prefix(step.to_string()));
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    };
    Arc::new(move |event| {
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Started(step) => drop(running.entry(step.clone()).or_insert_with(|| bar(&step))),
            Event::Progress(step, text) => running.entry(step.clone()).or_insert_with(|| bar(&step)).set_message(text),
            Event::Count(step, done, of) => count(running.entry(step.clone()).or_insert_with(|| bar(&step)), done, of),
            Event::Finished(step) => end(&mut running, &step, finished),
            Event::Failed(step, why) => end(&mut running, &step, |step, took| failed(step, took, &why)),
            Event::Note(text) => suspended(&running, || say!("{text}")),
            Event::Warning(text) => suspended(&running, || warn(&text)),
        }
    })
}

/// A step whose parts are counted has a bar, and no spinner.
fn count(bar: &ProgressBar, done: usize, of: usize) {
    if let (0, Ok(style)) = (done, ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {elapsed}")) {
        bar.set_style(style);
    }
    bar.set_length(of as u64);
    bar.set_position(done as u64);
}

fn suspended(running: &BTreeMap<Step, ProgressBar>, print: impl FnOnce()) {
    match running.values().next() {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

fn end(running: &mut BTreeMap<Step, ProgressBar>, step: &Step, print: impl FnOnce(&Step, Duration)) {
    if let Some(bar) = running.remove(step) {
        let took = bar.elapsed();
        bar.finish_and_clear();
        bar.suspend(|| print(step, took));
    }
}

fn failed(step: &Step, took: Duration, why: &str) {
    say!("{RED}✗{RED:#} {step} ({:.1} s): {why}", took.as_secs_f64());
}

fn finished(step: &Step, took: Duration) {
    say!("{GREEN}✓{GREEN:#} {step} ({:.1} s)", took.as_secs_f64());
}

/// What a plain log knows of a step that is under way.
struct Underway {
    began: Instant,
    /// What was said last, and when.
    last: Option<(Instant, String)>,
}

impl Underway {
    /// Whether this is to be said now; then it is the last that was.
    fn is_due(&mut self, text: &str, now: Instant) -> bool {
        let due = self
            .last
            .as_ref()
            .is_none_or(|(at, said)| now.duration_since(*at) >= if said == text { PLAIN_SAME } else { PLAIN_EVERY });
        if due {
            self.last = Some((now, text.into()));
        }
        due
    }
}

/// For everything else: a line a step, and one now and then while it lasts.
fn lines() -> Events {
    let running: Mutex<BTreeMap<Step, Underway>> = Mutex::default();
    Arc::new(move |event| {
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        match event {
            Event::Started(step) => {
                say!("{step} ...");
                running.insert(step, Underway { began: now, last: Some((now, String::new())) });
            }
            Event::Progress(step, text) => {
                let underway = running.entry(step.clone()).or_insert(Underway { began: now, last: None });
                if underway.is_due(&text, now) {
                    say!("{step}: {text}");
                }
            }
            Event::Count(step, done, of) => {
                running.entry(step.clone()).or_insert(Underway { began: now, last: None });
                say!("{step}: {done} of {of}");
            }
            Event::Finished(step) => finished(&step, now - began(&mut running, &step, now)),
            Event::Failed(step, why) => failed(&step, now - began(&mut running, &step, now), &why),
            Event::Note(text) => say!("{text}"),
            Event::Warning(text) => warn(&text),
        }
    })
}

fn began(running: &mut BTreeMap<Step, Underway>, step: &Step, now: Instant) -> Instant {
    running.remove(step).map_or(now, |underway| underway.began)
}

/// A panic is a bug: says so, and ends with its own exit code.
pub(super) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        say!("{RED}error:{RED:#} this is a bug in breakfix: {panic}");
        say!("{YELLOW}try:{YELLOW:#} `breakfix gc` removes what was left behind; please report what you did.");
        std::process::exit(i32::from(Exit::Bug.code()));
    }));
}

/// The same where one task's bug must not end what others do.
pub(super) fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        say!("{RED}error:{RED:#} this is a bug in breakfix: {panic}; please report what you did.");
    }));
}

/// A table without lines, as wide as it needs to be.
pub(super) fn table(heads: &[&str]) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_header(heads.iter().copied());
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_log_is_told_what_is_new_soon_and_what_is_not_now_and_then() {
        let begin = Instant::now();
        let mut underway = Underway { began: begin, last: None };
        let mut due = |text, seconds| underway.is_due(text, begin + Duration::from_secs(seconds));
        assert!(due("a", 0));
        assert!(!due("b", 4));
        assert!(due("b", 5));
        assert!(!due("b", 34));
        assert!(due("b", 35));
    }
}
