//! Programs inside containers, without and with a terminal.

use std::collections::BTreeMap;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, ResizeExecOptions, StartExecOptions, StartExecResults};
use futures_util::{Stream, StreamExt};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::{ApiError, Docker};
use crate::engine::{Command, Conversation, EngineError, Output, Program, ProgramId, Result, Said, TerminalSize};

/// How often a program is asked for whose output does not end: a child it left may hold it open.
const LOOK: Duration = Duration::from_millis(200);
/// How long output may still arrive once the program has ended.
const DRAIN: Duration = Duration::from_millis(100);

impl Docker {
    pub(super) async fn run(&self, container: &str, command: &Command) -> Result<Output> {
        let deadline = Instant::now() + command.deadline;
        let id = self.create_exec(container, options(command)).await?;
        let (input, output) = self.attach(&id, false).await?;
        let mut kept = Output::default();
        let collected = timeout_at(deadline, async {
            let feed = feed(input, &command.stdin);
            let read = self.collect(&id, output, &mut kept, command.output_limit);
            tokio::join!(feed, read).1
        })
        .await;
        match collected {
            Ok(Ok(())) => kept.exit_code = self.exit_code(&id, self.patience).await?,
            Ok(Err(error)) => return Err(error),
            Err(_) => {
                let Output { stdout, stderr, .. } = kept;
                return Err(EngineError::DeadlineExceeded { after: command.deadline, stdout, stderr });
            }
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
        limit: usize,
    ) -> Result<()> {
        let mut next_look = Instant::now() + LOOK;
        loop {
            match timeout_at(next_look, output.next()).await {
                Ok(Some(Ok(chunk))) => keep(kept, chunk, limit),
                Ok(Some(Err(error))) => return Err(self.translate("show a program's output", error)),
                Ok(None) => return Ok(()),
                Err(_) if self.ended(id).await?.is_none() => next_look = Instant::now() + LOOK,
                Err(_) => break,
            }
        }
        let end = Instant::now() + DRAIN;
        while let Ok(Some(Ok(chunk))) = timeout_at(end, output.next()).await {
            keep(kept, chunk, limit);
        }
        Ok(())
    }

    /// The exit code of a program that has ended. On a busy engine one that has been answered for may not have
    /// started yet: it does not run and has no exit code, and hanging up now would kill it.
    async fn ended(&self, id: &str) -> Result<Option<i64>> {
        let state = self.call("describe a program", self.client.inspect_exec(id)).await?;
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
        let output = self.clone().until_it_ends(id.clone(), output).boxed();
        Ok(Conversation { id: ProgramId(id), input: Box::pin(input), output })
    }

    /// What a program says, to its end or to that of its output.
    fn until_it_ends(
        self,
        id: String,
        output: impl Stream<Item = Result<LogOutput, ApiError>> + Send + Unpin,
    ) -> impl Stream<Item = Result<Said>> + Send {
        let begin = (self, id, output, None::<Instant>);
        futures_util::stream::unfold(begin, |(docker, id, mut output, mut end)| async move {
            loop {
                match timeout_at(end.unwrap_or_else(|| Instant::now() + LOOK), output.next()).await {
                    Ok(item) => {
                        let said = item?.map(said).map_err(|error| docker.translate("show a program's output", error));
                        return Some((said, (docker, id, output, end)));
                    }
                    Err(_) if end.is_some() => return None,
                    Err(_) => match docker.ended(&id).await {
                        Ok(None) => {}
                        Ok(Some(_)) => end = Some(Instant::now() + DRAIN),
                        Err(error) => return Some((Err(error), (docker, id, output, Some(Instant::now())))),
                    },
                }
            }
        })
    }

    pub(super) async fn resize(&self, id: &str, size: TerminalSize) -> Result<()> {
        let options = ResizeExecOptions { height: size.rows, width: size.columns };
        self.call("resize a terminal", self.client.resize_exec(id, options)).await
    }
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

fn keep(kept: &mut Output, chunk: LogOutput, limit: usize) {
    let (stream, bytes) = match chunk {
        LogOutput::StdErr { message } => (&mut kept.stderr, message),
        other => (&mut kept.stdout, other.into_bytes()),
    };
    let room = limit.saturating_sub(stream.len()).min(bytes.len());
    stream.extend_from_slice(&bytes[..room]);
}
