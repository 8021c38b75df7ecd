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
    Command, Conversation, EngineError, Keep, Output, Program, ProgramId, Result, Said, Streams, TerminalSize,
};

/// How often a program is asked for whose output does not end: a child it left may hold it open.
const LOOK: Duration = Duration::from_millis(200);
/// How long output may still arrive once the program has ended.
const DRAIN: Duration = Duration::from_millis(100);
/// The same for a program that is talked to: how long nothing need come, and how long anything may.
const QUIET: Duration = Duration::from_secs(1);
const LATEST: Duration = Duration::from_secs(10);

impl Docker {
    pub(super) async fn run(&self, container: &str, command: &Command) -> Result<Output> {
        let id = self.create_exec(container, options(command)).await?;
        let (input, output) = self.attach(&id, false).await?;
        // The program's own time: what the engine takes to start it is bounded by itself.
        let deadline = Instant::now() + command.deadline;
        let mut kept = Output::default();
        let collected = timeout_at(deadline, async {
            let feed = feed(input, &command.stdin);
            let read = self.collect(&id, output, &mut kept, command.keep);
            tokio::join!(feed, read).1
        })
        .await;
        match collected {
            Ok(Ok(())) => kept.exit_code = self.exit_code(&id, self.patience).await?,
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
                Err(EngineError::Nonsense { action: "run a program".into(), cause: "it ran detached".into() })
            }
        }
    }

    /// Reads until the output ends or the program has. The engine's word that it has ended is the truth; the
    /// output's end is a hint.
    async fn collect(
        &self,
        id: &str,
        mut output: impl Stream<Item = Result<LogOutput, ApiError>> + Unpin,
        kept: &mut Output,
        wanted: Keep,
    ) -> Result<()> {
        let mut next_look = Instant::now() + LOOK;
        loop {
            match timeout_at(next_look, output.next()).await {
                Ok(Some(Ok(chunk))) => keep(kept, chunk, wanted),
                Ok(Some(Err(error))) => return Err(self.translate("show a program's output", error)),
                Ok(None) => return Ok(()),
                Err(_) if self.ended(id).await?.is_none() => next_look = Instant::now() + LOOK,
                Err(_) => break,
            }
        }
        let end = Instant::now() + DRAIN;
        while let Ok(Some(Ok(chunk))) = timeout_at(end, output.next()).await {
            keep(kept, chunk, wanted);
        }
        Ok(())
    }

    /// The exit code of a program that has ended. On a busy engine one that has been answered for may not have
    /// started yet: it does not run and has no exit code, and hanging up now would kill it.
    async fn ended(&self, id: &str) -> Result<Option<i64>> {
        let state = self.ask("describe a program", || self.client.inspect_exec(id)).await?;
        Ok(state.exit_code.filter(|_| state.running != Some(true)))
    }

    /// The exit code may lag behind the output's end for a moment.
    pub(super) async fn exit_code(&self, id: &str, patience: Duration) -> Result<i64> {
        let deadline = Instant::now() + patience;
        loop {
            match self.ended(id).await? {
                Some(code) => return Ok(code),
                None if Instant::now() > deadline => {
                    return Err(EngineError::Stalled { action: "say a program's exit code".into(), after: patience });
                }
                None => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    pub(super) async fn open(&self, container: &str, program: &Program) -> Result<Conversation> {
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
            // A program may have ended by now, which is no failure.
            self.resize(&id, size).await.ok();
        }
        let talk = Talk { docker: self.clone(), id: id.clone(), output, begun: false, ended: None, over: false };
        let output = unfold(talk, Talk::next).boxed();
        Ok(Conversation { id: ProgramId(id), input: Box::pin(input), output })
    }

    /// Attached before it starts, so that nothing it says is missed.
    pub(super) async fn start_attached(&self, container: &str) -> Result<Streams> {
        let all = AttachContainerOptionsBuilder::default().stream(true).stdin(true).stdout(true).stderr(true).build();
        let attached = self.call("talk to a container", self.client.attach_container(container, Some(all))).await?;
        self.call("start a container", self.client.start_container(container, None)).await?;
        let docker = self.clone();
        let translated = move |error| docker.translate("show a program's output", error);
        let output = attached.output.map(move |chunk| chunk.map(said).map_err(&translated)).boxed();
        Ok(Streams { input: attached.input, output })
    }

    pub(super) async fn resize(&self, id: &str, size: TerminalSize) -> Result<()> {
        let options = ResizeExecOptions { height: size.rows, width: size.columns };
        self.call("resize a terminal", self.client.resize_exec(id, options)).await
    }
}

/// What a program says, while it is listened to.
struct Talk<S> {
    docker: Docker,
    id: String,
    output: S,
    begun: bool,
    /// Once the program has ended: when its output is given up.
    ended: Option<Instant>,
    over: bool,
}

impl<S: Stream<Item = Result<LogOutput, ApiError>> + Send + Unpin> Talk<S> {
    /// To the end of the output, or, where a child holds that open, a little beyond the program's.
    async fn next(mut self) -> Option<(Result<Said>, Self)> {
        while !self.over {
            let now = Instant::now();
            match timeout_at(self.ended.map_or(now + LOOK, |end| end.min(now + QUIET)), self.output.next()).await {
                Ok(None) => return None,
                Ok(Some(chunk)) => return Some((self.heard(chunk).await, self)),
                Err(_) if self.ended.is_some() => {
                    self.over = true;
                    return Some((Ok(Said::LeftOpen), self));
                }
                Err(_) => match self.docker.ended(&self.id).await {
                    Ok(None) => {}
                    Ok(Some(_)) => self.ended = Some(Instant::now() + LATEST),
                    Err(error) => {
                        self.over = true;
                        return Some((Err(error), self));
                    }
                },
            }
        }
        None
    }

    async fn heard(&mut self, chunk: Result<LogOutput, ApiError>) -> Result<Said> {
        let said = chunk.map(said).map_err(|error| self.docker.translate("show a program's output", error))?;
        let first = !std::mem::replace(&mut self.begun, true);
        if let (true, Said::Output(bytes) | Said::Error(bytes)) = (first, &said)
            && let Some(error) = not_started(&String::from_utf8_lossy(bytes))
            && let 126 | 127 = self.docker.exit_code(&self.id, QUIET).await?
        {
            self.over = true;
            return Err(error);
        }
        // Who talks on and on after the program's end is not listened to for ever.
        self.over = self.ended.is_some_and(|end| Instant::now() >= end);
        Ok(said)
    }
}

/// What the engine says in the place of a program that it could not start.
fn not_started(said: &str) -> Option<EngineError> {
    let told = said.strip_prefix("OCI runtime exec failed: ")?.trim_end();
    let cause = told.rsplit_once("container process: ").map_or(told, |(_, cause)| cause);
    let cause = cause.trim_end_matches(": unknown");
    let missing = ["executable file not found", "no such file or directory"].iter().any(|words| cause.contains(words));
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

fn said(chunk: LogOutput) -> Said {
    match chunk {
        LogOutput::StdErr { message } => Said::Error(message),
        other => Said::Output(other.into_bytes()),
    }
}

/// A program that ends without reading its input is no error.
async fn feed(mut input: impl AsyncWrite + Unpin, bytes: &[u8]) {
    if input.write_all(bytes).await.is_ok() {
        input.shutdown().await.ok();
    }
}

fn keep(kept: &mut Output, chunk: LogOutput, wanted: Keep) {
    let (stream, bytes) = match chunk {
        LogOutput::StdErr { message } => (&mut kept.stderr, message),
        other => (&mut kept.stdout, other.into_bytes()),
    };
    kept.dropped += wanted.add(stream, &bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_missing_is_told_from_one_that_may_not_run() {
        let said = |cause: &str| {
            let head = "OCI runtime exec failed: exec failed: unable to start container process: exec: ";
            not_started(&format!("{head}{cause}: unknown\r\n"))
        };
        let error = |missing, cause: &str| Some(EngineError::NotStarted { missing, cause: format!("exec: {cause}") });
        for (missing, cause) in [
            (true, "\"nosuch\": executable file not found in $PATH"),
            (true, "\"/nosuch\": stat /nosuch: no such file or directory"),
            (false, "\"/etc/passwd\": permission denied"),
        ] {
            assert_eq!(said(cause), error(missing, cause));
        }
        assert_eq!(not_started("OCI is an initiative\n"), None);
    }
}
