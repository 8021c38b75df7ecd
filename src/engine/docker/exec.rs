//! Programs inside containers, without and with a terminal.

use std::collections::BTreeMap;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, ResizeExecOptions, StartExecOptions, StartExecResults};
use bollard::query_parameters::AttachContainerOptionsBuilder;
use futures_util::stream::unfold;
use futures_util::{Stream, StreamExt};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::{ApiError, Docker};
use crate::engine::{
    AttachedStreams, Command, EngineError, ExecId, ExecSession, Output, OutputChunk, OutputLimit, Program, Result,
    TerminalSize,
};

/// Interval between two queries for the state of a program: its output may stay open after it has ended.
const POLL: Duration = Duration::from_millis(200);
/// How long output is still read after the program has ended.
const DRAIN: Duration = Duration::from_millis(100);
/// The same for an interactive program: the longest silence, and the longest time overall.
const MAX_SILENCE: Duration = Duration::from_secs(1);
const MAX_DRAIN: Duration = Duration::from_secs(10);

impl Docker {
    pub(super) async fn run(&self, container: &str, command: &Command) -> Result<Output> {
        let id = self.create_exec(container, options(command)).await?;
        let (input, output) = self.attach(&id, false).await?;
        // The deadline covers the program only: the request timeout bounds the start.
        let deadline = Instant::now() + command.deadline;
        let mut kept = Output::default();
        let collected = timeout_at(deadline, async {
            let feed = feed(input, &command.stdin);
            let read = self.collect(&id, output, &mut kept, command.output_limit);
            tokio::join!(feed, read).1
        })
        .await;
        match collected {
            Ok(Ok(())) => kept.exit_code = self.exit_code(&id, self.response_timeout).await?,
            Ok(Err(error)) => return Err(error),
            Err(_) => return Err(EngineError::DeadlineExceeded { after: command.deadline, output: kept }),
        }
        Ok(kept)
    }

    async fn create_exec(&self, container: &str, options: CreateExecOptions<String>) -> Result<String> {
        let created = self.call("prepare a program", self.client.create_exec(container, options)).await?;
        Ok(created.id)
    }

    async fn attach(
        &self,
        id: &str,
        tty: bool,
    ) -> Result<(
        impl AsyncWrite + Send + Unpin + use<>,
        impl Stream<Item = Result<LogOutput, ApiError>> + Send + Unpin + use<>,
    )> {
        let options = StartExecOptions { detach: false, tty, output_capacity: None };
        match self.call("run a program", self.client.start_exec(id, Some(options))).await? {
            StartExecResults::Attached { output, input } => Ok((input, output)),
            StartExecResults::Detached => {
                Err(EngineError::InvalidResponse { action: "run a program".into(), cause: "it ran detached".into() })
            }
        }
    }

    /// Reads until the output or the program ends. Only the engine's state of the program is reliable, since a child may
    /// hold the output open.
    async fn collect(
        &self,
        id: &str,
        mut output: impl Stream<Item = Result<LogOutput, ApiError>> + Unpin,
        kept: &mut Output,
        limit: OutputLimit,
    ) -> Result<()> {
        let mut next_poll = Instant::now() + POLL;
        loop {
            match timeout_at(next_poll, output.next()).await {
                Ok(Some(Ok(chunk))) => append(kept, chunk, limit),
                Ok(Some(Err(error))) => return Err(self.translate("show a program's output", error)),
                Ok(None) => return Ok(()),
                Err(_) if self.ended(id).await?.is_none() => next_poll = Instant::now() + POLL,
                Err(_) => break,
            }
        }
        let end = Instant::now() + DRAIN;
        while let Ok(Some(Ok(chunk))) = timeout_at(end, output.next()).await {
            append(kept, chunk, limit);
        }
        Ok(())
    }

    /// The exit code of a program that has ended. A busy engine may answer before the program has started: then it does not
    /// run and has no exit code, and closing the connection would kill it.
    async fn ended(&self, id: &str) -> Result<Option<i64>> {
        let state = self.query("describe a program", || self.client.inspect_exec(id)).await?;
        Ok(state.exit_code.filter(|_| state.running != Some(true)))
    }

    /// Waits for the exit code, which may arrive shortly after the end of the output.
    pub(super) async fn exit_code(&self, id: &str, response_timeout: Duration) -> Result<i64> {
        let deadline = Instant::now() + response_timeout;
        loop {
            match self.ended(id).await? {
                Some(code) => return Ok(code),
                None if Instant::now() > deadline => {
                    return Err(EngineError::Stalled {
                        action: "report a program's exit code".into(),
                        after: response_timeout,
                    });
                }
                None => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    pub(super) async fn open(&self, container: &str, program: &Program) -> Result<ExecSession> {
        let options = CreateExecOptions {
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            tty: Some(program.terminal.is_some()),
            cmd: Some(program.argv.clone()),
            env: Some(variables(&program.env)),
            user: program.user.clone(),
            ..Default::default()
        };
        let id = self.create_exec(container, options).await?;
        let (input, output) = self.attach(&id, program.terminal.is_some()).await?;
        if let Some(size) = program.terminal {
            // The program may have ended already.
            self.resize(&id, size).await.ok();
        }
        let reader = OutputReader {
            docker: self.clone(),
            id: id.clone(),
            output,
            any_read: false,
            give_up_at: None,
            finished: false,
        };
        let output = unfold(reader, OutputReader::next).boxed();
        Ok(ExecSession { id: ExecId(id), input: Box::pin(input), output })
    }

    /// Attaches before the start, so that no output is lost.
    pub(super) async fn start_attached(&self, container: &str) -> Result<AttachedStreams> {
        let all = AttachContainerOptionsBuilder::default().stream(true).stdin(true).stdout(true).stderr(true).build();
        let attached = self.call("attach to a container", self.client.attach_container(container, Some(all))).await?;
        self.call("start a container", self.client.start_container(container, None)).await?;
        let docker = self.clone();
        let translated = move |error| docker.translate("show a program's output", error);
        let output = attached.output.map(move |chunk| chunk.map(output_chunk).map_err(&translated)).boxed();
        Ok(AttachedStreams { input: attached.input, output })
    }

    pub(super) async fn resize(&self, id: &str, size: TerminalSize) -> Result<()> {
        let options = ResizeExecOptions { height: size.rows, width: size.columns };
        self.call("resize a terminal", self.client.resize_exec(id, options)).await
    }
}

/// Reads the output of an interactive program.
struct OutputReader<S> {
    docker: Docker,
    id: String,
    output: S,
    any_read: bool,
    /// Time after which the output is no longer read; set once the program has ended.
    give_up_at: Option<Instant>,
    finished: bool,
}

impl<S: Stream<Item = Result<LogOutput, ApiError>> + Send + Unpin> OutputReader<S> {
    /// The next chunk, up to the end of the output. If a child process holds the output open, reading stops shortly after
    /// the program has ended.
    async fn next(mut self) -> Option<(Result<OutputChunk>, Self)> {
        while !self.finished {
            let now = Instant::now();
            match timeout_at(self.give_up_at.map_or(now + POLL, |end| end.min(now + MAX_SILENCE)), self.output.next())
                .await
            {
                Ok(None) => return None,
                Ok(Some(chunk)) => return Some((self.received(chunk).await, self)),
                Err(_) if self.give_up_at.is_some() => {
                    self.finished = true;
                    return Some((Ok(OutputChunk::HeldOpen), self));
                }
                Err(_) => match self.docker.ended(&self.id).await {
                    Ok(None) => {}
                    Ok(Some(_)) => self.give_up_at = Some(Instant::now() + MAX_DRAIN),
                    Err(error) => {
                        self.finished = true;
                        return Some((Err(error), self));
                    }
                },
            }
        }
        None
    }

    async fn received(&mut self, chunk: Result<LogOutput, ApiError>) -> Result<OutputChunk> {
        let received =
            chunk.map(output_chunk).map_err(|error| self.docker.translate("show a program's output", error))?;
        let first = !std::mem::replace(&mut self.any_read, true);
        if let (true, OutputChunk::Stdout(bytes) | OutputChunk::Stderr(bytes)) = (first, &received)
            && let Some(error) = not_started(&String::from_utf8_lossy(bytes))
            && let 126 | 127 = self.docker.exit_code(&self.id, MAX_SILENCE).await?
        {
            self.finished = true;
            return Err(error);
        }
        // A child process may write forever after the program has ended.
        self.finished = self.give_up_at.is_some_and(|end| Instant::now() >= end);
        Ok(received)
    }
}

/// Parses the message that the engine sends in place of the output of a program that it could not start.
fn not_started(output: &str) -> Option<EngineError> {
    let message = output.strip_prefix("OCI runtime exec failed: ")?.trim_end();
    let cause = message.rsplit_once("container process: ").map_or(message, |(_, cause)| cause);
    let cause = cause.trim_end_matches(": unknown");
    let missing = ["executable file not found", "no such file or directory"].iter().any(|text| cause.contains(text));
    Some(EngineError::NotStarted { missing, cause: cause.into() })
}

fn options(command: &Command) -> CreateExecOptions<String> {
    CreateExecOptions {
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        // Never a terminal: what a hostile program prints on one can be mistaken for a frame's header.
        tty: Some(false),
        cmd: Some(command.argv.clone()),
        env: Some(variables(&command.env)),
        user: command.user.clone(),
        ..Default::default()
    }
}

fn variables(env: &BTreeMap<String, String>) -> Vec<String> {
    env.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

fn output_chunk(chunk: LogOutput) -> OutputChunk {
    match chunk {
        LogOutput::StdErr { message } => OutputChunk::Stderr(message),
        other => OutputChunk::Stdout(other.into_bytes()),
    }
}

/// A program that ends without reading its input is not an error.
async fn feed(mut input: impl AsyncWrite + Unpin, bytes: &[u8]) {
    if input.write_all(bytes).await.is_ok() {
        input.shutdown().await.ok();
    }
}

fn append(kept: &mut Output, chunk: LogOutput, limit: OutputLimit) {
    let (stream, bytes) = match chunk {
        LogOutput::StdErr { message } => (&mut kept.stderr, message),
        other => (&mut kept.stdout, other.into_bytes()),
    };
    kept.dropped += limit.add(stream, &bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_differs_from_one_that_may_not_run() {
        let parsed = |cause: &str| {
            let head = "OCI runtime exec failed: exec failed: unable to start container process: exec: ";
            not_started(&format!("{head}{cause}: unknown\r\n"))
        };
        let error = |missing, cause: &str| Some(EngineError::NotStarted { missing, cause: format!("exec: {cause}") });
        for (missing, cause) in [
            (true, "\"nosuch\": executable file not found in $PATH"),
            (true, "\"/nosuch\": stat /nosuch: no such file or directory"),
            (false, "\"/etc/passwd\": permission denied"),
        ] {
            assert_eq!(parsed(cause), error(missing, cause));
        }
        assert_eq!(not_started("OCI is an initiative\n"), None);
    }
}
