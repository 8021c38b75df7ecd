//! Readiness of GitLab: `gitlab Reconfigured!` in the container's log, then `/-/readiness?all=1` answers 200 from
//! inside, then every service runs. The sequence is the same for every image; only the timeouts differ.

use std::time::Duration;

use bytes::BytesMut;
use futures_util::StreamExt;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};
use tokio_util::codec::{Decoder, LinesCodec};

use super::Environment;
use crate::engine::{Command, ContainerFacts, EngineError, LogOptions, Output, OutputLimit};
use crate::error::{Context, Error, Result};
use crate::event::{Event, Step};
use crate::host::Host;
use crate::platform::Scheme;
use crate::text::clean_line;

/// The line that ends a reconfiguration.
const RECONFIGURED: &str = "gitlab Reconfigured!";
/// The line that begins the report of a failed reconfiguration.
const RECONFIGURE_FAILED: &str = "There was an error running gitlab-ctl reconfigure";
/// Delay between the end of a container's log and the time when the engine reports the container as stopped.
const LAG: Duration = Duration::from_secs(5);
/// Number of lost answers that are tolerated.
const LOST: u32 = 3;
/// Number of last log lines that an error shows.
const TAIL: usize = 12;

/// Why GitLab is not ready.
#[derive(Debug)]
pub enum NotReady {
    /// GitLab does not start, which the trainee may have caused.
    Broken(Error),
    /// The engine did not answer, so nothing is known.
    Unknown(Error),
}

impl From<NotReady> for Error {
    fn from(reason: NotReady) -> Self {
        match reason {
            NotReady::Broken(error) | NotReady::Unknown(error) => error,
        }
    }
}

/// Waits until a newly created GitLab is ready. It uses plain HTTP at first, even if a seed enables HTTPS later.
pub async fn wait_ready(host: &Host, environment: &Environment) -> Result<(), NotReady> {
    let poll = environment.spec.platform.profile().poll;
    let watch = Watch::new(host, environment, &Step::Boot);
    watch.reconfigured(None).await?;
    watch.emit("checking that it answers");
    watch.until(poll, &readiness(Scheme::Http), "GitLab does not answer its readiness probe").await?;
    watch.until(poll, &["/opt/gitlab/bin/gitlab-ctl".into(), "status".into()], "not every service runs").await
}

/// Waits until the container has configured itself. Only log lines after `since` count.
pub async fn wait_configured(
    host: &Host,
    environment: &Environment,
    since: Option<Timestamp>,
    step: &Step,
) -> Result<(), NotReady> {
    Watch::new(host, environment, step).reconfigured(since).await
}

/// Every GitLab image has a `curl` of its own.
fn readiness(scheme: Scheme) -> Vec<String> {
    let url = format!("{}://localhost/-/readiness?all=1", scheme.as_str());
    ["curl", "--silent", "--show-error", "--fail", "--insecure", "--max-time", "5", "--output", "/dev/null", &url]
        .map(String::from)
        .to_vec()
}

struct Watch<'a> {
    host: &'a Host,
    environment: &'a Environment,
    step: &'a Step,
    deadline: Instant,
}

impl<'a> Watch<'a> {
    fn new(host: &'a Host, environment: &'a Environment, step: &'a Step) -> Self {
        Self { host, environment, step, deadline: Instant::now() + environment.spec.platform.profile().boot }
    }

    fn emit(&self, what: &str) {
        self.host.emit(Event::Progress(self.step.clone(), what.into()));
    }

    /// Follows the log to the end of the reconfiguration, and reports each phase.
    async fn reconfigured(&self, since: Option<Timestamp>) -> Result<(), NotReady> {
        let options = LogOptions { follow: true, since, tail: None };
        let follow = async || self.host.engine.logs(&self.environment.gitlab(), options).await.map_err(unknown);
        let (mut log, mut lost) = (follow().await?, 0);
        let mut lines = Lines::default();
        let mut seen = Vec::new();
        loop {
            match timeout_at(self.deadline, log.next()).await {
                Ok(Some(Ok(chunk))) => {
                    for line in lines.push(&chunk) {
                        if line.contains(RECONFIGURED) {
                            return Ok(());
                        }
                        if let Some(phase) = phase(&line) {
                            self.emit(phase);
                        }
                        seen.push(line);
                    }
                }
                // Reads the log from its beginning once more.
                Ok(Some(Err(EngineError::Unreachable { .. } | EngineError::InvalidResponse { .. }))) if lost < LOST => {
                    (log, lost, lines) = (follow().await?, lost + 1, Lines::default());
                    seen.clear();
                }
                Ok(Some(Err(error))) => return Err(unknown(error)),
                Ok(None) => return Err(self.ended(&seen).await),
                Err(_) => return Err(Self::broken("it was not configured in time", &seen)),
            }
        }
    }

    async fn ended(&self, seen: &[String]) -> NotReady {
        let end = Instant::now() + LAG;
        loop {
            match self.host.engine.inspect(&self.environment.gitlab()).await {
                Ok(facts) if facts.running && Instant::now() < end => tokio::time::sleep(LAG / 50).await,
                facts => return Self::why_ended(facts, seen),
            }
        }
    }

    fn why_ended(facts: Result<ContainerFacts, EngineError>, seen: &[String]) -> NotReady {
        match facts {
            Ok(facts) if facts.oom_killed => Self::broken("it ran out of memory", seen),
            Ok(facts) if !facts.running => {
                let code = facts.exit_code.unwrap_or_default();
                Self::broken(&format!("its container ended with exit code {code}"), seen)
            }
            Ok(_) => NotReady::Unknown(log_broke_off()),
            Err(error) => unknown(error),
        }
    }

    fn broken(why: &str, seen: &[String]) -> NotReady {
        let phase = seen.iter().rev().find_map(|line| phase(line)).map(|phase| format!(" while {phase}"));
        let error = Error::environment(format!("GitLab did not come up{}: {why}", phase.unwrap_or_default()));
        NotReady::Broken(blame(seen).into_iter().fold(error, Error::because))
    }

    /// Repeats the program until it succeeds.
    async fn until(&self, between: Duration, argv: &[String], complaint: &str) -> Result<(), NotReady> {
        let (mut said, mut lost) = (String::new(), 0);
        while Instant::now() < self.deadline {
            match ask(self.host, self.environment, argv).await {
                Ok(output) if output.exit_code == 0 => return Ok(()),
                Ok(output) => said = last_words(&output),
                Err(EngineError::DeadlineExceeded { .. }) => said = "it does not answer in time".into(),
                Err(EngineError::Conflict(_)) => return Err(self.ended(&[]).await),
                // The program changes nothing in the container, so it can be repeated if its answer was lost.
                Err(EngineError::Unreachable { .. } | EngineError::InvalidResponse { .. }) if lost < LOST => lost += 1,
                Err(error) => return Err(unknown(error)),
            }
            tokio::time::sleep(between).await;
        }
        Err(Self::broken(complaint, &[said]))
    }
}

fn log_broke_off() -> Error {
    Error::environment("the environment cannot be watched")
        .because("the container's log ended although it runs")
        .hint("The engine may have been restarted: run `breakfix doctor`, then try again.")
}

/// Turns an engine's error into [`NotReady::Unknown`].
#[must_use]
pub fn unknown(error: EngineError) -> NotReady {
    let wrapped: Result<()> = Err(error).context(|| "the environment cannot be watched".into());
    NotReady::Unknown(wrapped.expect_err("it was made of an error"))
}

/// Runs a short program in the container as its default user.
async fn ask(host: &Host, environment: &Environment, argv: &[String]) -> Result<Output, EngineError> {
    let command = Command::new(argv.to_vec(), Duration::from_mins(1), OutputLimit::First(16 * 1024));
    host.engine.exec(&environment.gitlab(), &command).await
}

fn last_words(output: &Output) -> String {
    let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    crate::text::last_line(&all).unwrap_or_default()
}

/// Longest line of a log that is read, in bytes.
const LONGEST: usize = 8 * 1024;

/// Splits a byte stream into clean lines. Drops lines that are too long or not UTF-8; the relevant lines are neither.
struct Lines {
    codec: LinesCodec,
    buffer: BytesMut,
}

impl Default for Lines {
    fn default() -> Self {
        Self { codec: LinesCodec::new_with_max_length(LONGEST), buffer: BytesMut::new() }
    }
}

impl Lines {
    fn push(&mut self, chunk: &[u8]) -> Vec<String> {
        self.buffer.extend_from_slice(chunk);
        let mut lines = Vec::new();
        loop {
            match self.codec.decode(&mut self.buffer) {
                Ok(Some(line)) => lines.push(clean_line(&line)),
                Ok(None) => return lines,
                // The codec has skipped this line.
                Err(_) => {}
            }
        }
    }
}

/// The phase that a line of the container's log begins.
fn phase(line: &str) -> Option<&'static str> {
    const PHASES: [(&str, &str); 8] = [
        ("Preparing services", "preparing its services"),
        ("Starting services", "starting its services"),
        ("Configuring GitLab", "configuring GitLab"),
        ("postgresql::", "configuring PostgreSQL"),
        ("redis::", "configuring Redis"),
        ("gitlab::database_migrations", "migrating the database"),
        ("rails_migration[", "migrating the database"),
        ("gitlab::puma", "configuring Puma"),
    ];
    PHASES.iter().find(|(mark, _)| line.contains(mark)).map(|(_, phase)| *phase)
}

/// The lines that explain a failure best: the report of the reconfiguration, or the last lines of the log.
fn blame(seen: &[String]) -> Vec<String> {
    let account = seen.iter().position(|line| line.contains(RECONFIGURE_FAILED));
    let from = account.unwrap_or(seen.len().saturating_sub(TAIL));
    seen[from..].iter().filter(|line| !line.is_empty()).take(TAIL).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_together_from_pieces() {
        let mut lines = Lines::default();
        assert_eq!(lines.push(b"Starting ser"), [""; 0]);
        assert_eq!(lines.push(b"vices...\r\ngitlab Recon"), ["Starting services..."]);
        assert_eq!(lines.push(b"figured!\n"), ["gitlab Reconfigured!"]);
    }

    #[test]
    fn a_line_that_is_too_long_or_not_text_is_dropped() {
        let mut lines = Lines::default();
        assert_eq!(lines.push(&vec![b'x'; 10 * LONGEST]), [""; 0]);
        assert!(lines.buffer.is_empty());
        assert_eq!(lines.push(b"yz\n\xff\nlast\n"), ["last"]);
    }

    #[test]
    fn the_phase_is_read_from_the_log() {
        assert_eq!(phase("Configuring GitLab..."), Some("configuring GitLab"));
        assert_eq!(phase("  * rails_migration[gitlab-rails] action run"), Some("migrating the database"));
        assert_eq!(phase("    - update content"), None);
    }

    #[test]
    fn the_reconfigurations_own_account_is_blamed_first() {
        let log =
            ["a", "There was an error running gitlab-ctl reconfigure:", "", "syntax error", "b"].map(String::from);
        assert_eq!(blame(&log), ["There was an error running gitlab-ctl reconfigure:", "syntax error", "b"]);
    }
}
