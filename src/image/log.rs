//! Logs of image builds: the whole output in a file, and its last lines in memory for error messages.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::dockerfile;
use super::{Events, ImageEvent};
use crate::engine::EngineError;
use crate::error::{Context as _, Error, Result};
use crate::text::printable;

/// Lines of output in an error message.
const TAIL: usize = 15;

/// Log of one image build.
pub struct Log {
    image: String,
    path: PathBuf,
    file: File,
    tail: VecDeque<String>,
}

impl Log {
    /// Creates or replaces the log of the image `name`.
    pub fn create(state: &Path, name: &str, tag: &str) -> Result<Self> {
        let path = state.join("logs").join(format!("build-{name}-{tag}.log"));
        let open = || {
            std::fs::create_dir_all(state.join("logs"))?;
            File::create(&path)
        };
        let file = open().context(|| format!("the build log {} cannot be written", path.display()))?;
        Ok(Self { image: name.into(), path, file, tail: VecDeque::new() })
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Logs a line of output and emits its event. A failure to write, such as a full disk, does not end the build.
    pub fn line(&mut self, raw: &str, events: Events) {
        let line = printable(raw).trim_end().to_string();
        let _ = writeln!(self.file, "{line}");
        if line.is_empty() {
            return;
        }
        let image = self.image.clone();
        events(match dockerfile::step(&line) {
            Some((n, of, step)) => ImageEvent::Step { image, n, of, line: step.into() },
            None => ImageEvent::Output { image, line: line.clone() },
        });
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(line);
    }

    /// Converts the failure of the build into an error with the last lines.
    pub fn failure(&mut self, cause: EngineError) -> Error {
        let _ = writeln!(self.file, "{cause}");
        let full = self.tail.iter().any(|line| line.contains("No space left on device"));
        let cause = match cause {
            EngineError::Image(message) if full => EngineError::DiskFull(message),
            other => other,
        };
        let failed: Result<(), EngineError> = Err(cause);
        let Err(mut error) = failed.context(|| format!("the image {} could not be created", self.image)) else {
            unreachable!("an error is converted to an error");
        };
        error.causes = error.causes.iter().map(|cause| printable(cause)).collect();
        if !self.tail.is_empty() {
            let lines: Vec<_> = self.tail.iter().map(String::as_str).collect();
            error = error.because(format!("the output ended with\n  | {}", lines.join("\n  | ")));
        }
        error.hint(format!("The whole output is in {}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn a_failure_names_cause_last_lines_and_log() {
        let state = tempfile::tempdir().unwrap();
        let mut log = Log::create(state.path(), "probe", "0123").unwrap();
        let seen = Mutex::new(vec![]);
        for number in 1..=20 {
            log.line(&format!("\u{1b}[31mline {number}\u{1b}[0m\r"), &|event| seen.lock().unwrap().push(event));
        }
        log.line("Step 2/3 : RUN false", &|event| seen.lock().unwrap().push(event));
        let error =
            log.failure(EngineError::Image("The command '/bin/sh -c false' returned a non-zero code: 1".into()));
        let lines: Vec<_> = (7..=20).map(|number| format!("line {number}")).collect();
        assert_eq!(
            error.to_string(),
            format!(
                "the image probe could not be created: The command '/bin/sh -c false' returned a non-zero code: 1: \
                 the output ended with\n  | {}\n  | Step 2/3 : RUN false",
                lines.join("\n  | ")
            )
        );
        let path = state.path().join("logs/build-probe-0123.log");
        assert_eq!(error.hints, [format!("The whole output is in {}", path.display())]);
        assert!(std::fs::read_to_string(path).unwrap().starts_with("line 1\nline 2\n"));
        let step = ImageEvent::Step { image: "probe".into(), n: 2, of: 3, line: "RUN false".into() };
        assert_eq!(seen.lock().unwrap().last(), Some(&step));
    }

    #[test]
    fn a_full_disk_in_a_build_step_is_recognized() {
        let state = tempfile::tempdir().unwrap();
        let mut log = Log::create(state.path(), "probe", "0123").unwrap();
        log.line("cp: error writing '/x': No space left on device", &|_| {});
        let error = log.failure(EngineError::Image("returned a non-zero code: 1".into()));
        assert!(error.hints[0].starts_with("Make room"), "{:?}", error.hints);
    }
}
