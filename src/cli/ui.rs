//! The only place that prints: answers on standard output, messages on standard error.

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

/// Prints a message without anything that the log of a CI job would interpret.
macro_rules! message {
    ($($text:tt)*) => { anstream::eprintln!("{}", defused(&format!($($text)*))) };
}

/// Time between two progress messages of a step in a plain log.
const PLAIN_INTERVAL: Duration = Duration::from_secs(5);
/// Time until the same progress message is repeated.
const PLAIN_REPEAT: Duration = Duration::from_secs(30);

/// Format of answers on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Text for people.
    Text,
    /// One JSON document.
    Json,
}

/// Messages on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Messages {
    /// Progress, notes, warnings and errors.
    All,
    /// Only warnings and errors.
    Warnings,
}

/// Output of a command.
pub struct Ui {
    json: bool,
    quiet: bool,
    /// An answer was printed: an error must not add a second JSON document.
    answered: AtomicBool,
}

impl Ui {
    /// Colours and bars follow the terminal and `NO_COLOR`.
    #[must_use]
    pub fn new(answers: Answers, messages: Messages) -> Self {
        let (json, quiet) = (answers == Answers::Json, messages == Messages::Warnings);
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

    /// Prints the answer: as JSON or as text.
    pub fn answer<T: Serialize>(&self, value: &T, text: impl FnOnce() -> String) {
        self.answered.store(true, Ordering::Relaxed);
        if self.json {
            let json =
                serde_json::to_string_pretty(value).unwrap_or_else(|cause| format!("{{\"error\": \"{cause}\"}}"));
            self.json(&json);
        } else {
            self.text(&text());
        }
    }

    /// Prints JSON.
    pub fn json(&self, json: &str) {
        self.bytes(format!("{}\n", defused_json(json)).as_bytes());
    }

    /// Prints text with a final line break, without anything that the log of a CI job would interpret.
    pub fn text(&self, text: &str) {
        self.bytes(defused(text).as_bytes());
        if !text.is_empty() && !text.ends_with('\n') {
            self.bytes(b"\n");
        }
    }

    /// Prints bytes unchanged. A closed pipe ends the program silently; any other failure is an error.
    #[allow(clippy::unused_self)] // only a `Ui` prints
    pub fn bytes(&self, bytes: &[u8]) {
        let mut out = anstream::stdout().lock();
        if let Err(cause) = out.write_all(bytes).and_then(|()| out.flush()) {
            if cause.kind() == ErrorKind::BrokenPipe {
                std::process::exit(0);
            }
            message!("{RED}error:{RED:#} the answer cannot be written\n  because: {cause}");
            std::process::exit(i32::from(Exit::Environment.code()));
        }
    }

    /// Prints a message besides the answer, unless `--quiet` was given.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            message!("{text}");
        }
    }

    /// Prints an error; also as JSON if no answer was printed.
    #[must_use]
    pub fn fail(&self, error: &Error) -> ExitCode {
        self.print_error(error);
        let exit = Exit::from(error.kind);
        if self.json && !self.answered.load(Ordering::Relaxed) {
            self.answer(&error_json(error, exit), String::new);
        }
        exit.into()
    }

    /// Prints an error with its causes and suggestions.
    #[allow(clippy::unused_self)] // only a `Ui` prints
    pub fn print_error(&self, error: &Error) {
        let style = if std::io::stderr().is_terminal() { RenderStyle::Coloured } else { RenderStyle::Plain };
        for diagnostic in &error.diagnostics {
            message!("{}\n", diagnostic.render(style));
        }
        message!("{RED}error:{RED:#} {}", error.message);
        for cause in &error.causes {
            message!("  because: {}", cause.replace('\n', "\n           "));
        }
        for hint in &error.hints {
            message!("{YELLOW}try:{YELLOW:#} {hint}");
        }
    }

    /// Receiver of the core's events: progress, notes and warnings.
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

/// An error as JSON.
pub(super) fn error_json(error: &Error, exit: Exit) -> serde_json::Value {
    serde_json::json!({ "error": {
        "kind": error.kind.as_str(), "message": error.message, "causes": error.causes, "hints": error.hints, "exit": exit.code(),
    } })
}

/// Passes a program's output through: unchanged into pipes and files, without control sequences to a terminal.
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

    /// Writes without blocking other tasks.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match &mut self.sieve {
            Some(sieve) => self.to.write_all(sieve.pass(bytes).as_bytes()).await?,
            None => self.to.write_all(bytes).await?,
        }
        self.to.flush().await
    }
}

/// Text in bold.
pub fn bold(text: &str) -> String {
    format!("{BOLD}{text}{BOLD:#}")
}

/// Text in green.
pub fn good(text: &str) -> String {
    format!("{GREEN}{text}{GREEN:#}")
}

/// Text in red.
pub fn bad(text: &str) -> String {
    format!("{RED}{text}{RED:#}")
}

/// Text in yellow.
pub fn doubtful(text: &str) -> String {
    format!("{YELLOW}{text}{YELLOW:#}")
}

fn warn(text: &str) {
    message!("{YELLOW}warning:{YELLOW:#} {text}");
}

/// Progress for terminals: one spinner for each step.
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
            Event::Note(text) => suspended(&running, || message!("{text}")),
            Event::Warning(text) => suspended(&running, || warn(&text)),
        }
    })
}

/// Shows a step with counted parts as a progress bar.
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
    message!("{RED}✗{RED:#} {step} ({:.1} s): {why}", took.as_secs_f64());
}

fn finished(step: &Step, took: Duration) {
    message!("{GREEN}✓{GREEN:#} {step} ({:.1} s)", took.as_secs_f64());
}

/// A running step in a plain log.
struct RunningStep {
    began: Instant,
    /// Time and text of the last message.
    last: Option<(Instant, String)>,
}

impl RunningStep {
    /// Whether a message is to be printed now. Remembers it if so.
    fn take_if_due(&mut self, text: &str, now: Instant) -> bool {
        let due = self.last.as_ref().is_none_or(|(at, last)| {
            now.duration_since(*at) >= if last == text { PLAIN_REPEAT } else { PLAIN_INTERVAL }
        });
        if due {
            self.last = Some((now, text.into()));
        }
        due
    }
}

/// Progress for plain logs: a line at start and end of each step, and some between them.
fn lines() -> Events {
    let running: Mutex<BTreeMap<Step, RunningStep>> = Mutex::default();
    Arc::new(move |event| {
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        match event {
            Event::Started(step) => {
                message!("{step} ...");
                running.insert(step, RunningStep { began: now, last: Some((now, String::new())) });
            }
            Event::Progress(step, text) => {
                let step_state = running.entry(step.clone()).or_insert(RunningStep { began: now, last: None });
                if step_state.take_if_due(&text, now) {
                    message!("{step}: {text}");
                }
            }
            Event::Count(step, done, of) => {
                running.entry(step.clone()).or_insert(RunningStep { began: now, last: None });
                message!("{step}: {done} of {of}");
            }
            Event::Finished(step) => finished(&step, now - began(&mut running, &step, now)),
            Event::Failed(step, why) => failed(&step, now - began(&mut running, &step, now), &why),
            Event::Note(text) => message!("{text}"),
            Event::Warning(text) => warn(&text),
        }
    })
}

fn began(running: &mut BTreeMap<Step, RunningStep>, step: &Step, now: Instant) -> Instant {
    running.remove(step).map_or(now, |step_state| step_state.began)
}

/// Reports a panic as a bug and ends the program with its own exit code.
pub(super) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        message!("{RED}error:{RED:#} this is a bug in breakfix: {panic}");
        message!("{YELLOW}try:{YELLOW:#} `breakfix gc` removes what was left behind; please report what you did.");
        std::process::exit(i32::from(Exit::Bug.code()));
    }));
}

/// Reports a panic as a bug without ending other tasks.
pub(super) fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        message!("{RED}error:{RED:#} this is a bug in breakfix: {panic}; please report what you did.");
    }));
}

/// A table without borders.
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
    fn new_progress_is_due_sooner_than_the_same_again() {
        let begin = Instant::now();
        let mut step_state = RunningStep { began: begin, last: None };
        let mut due = |text, seconds| step_state.take_if_due(text, begin + Duration::from_secs(seconds));
        assert!(due("a", 0));
        assert!(!due("b", 4));
        assert!(due("b", 5));
        assert!(!due("b", 34));
        assert!(due("b", 35));
    }
}
