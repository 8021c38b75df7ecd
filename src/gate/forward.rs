//! Forwards input, output, window sizes and signals between a client and its program.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use russh::ChannelWriteHalf;
use russh::server::Msg;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::input_queue::InputQueue;
use crate::app::App;
use crate::engine::{Command, EngineError, ExecId, OutputChunk, OutputLimit, OutputStream, TerminalSize};
use crate::environment::Environment;

/// Sends signal $1 to the process group of the program whose environment has $2. The program's parent is outside of
/// the container and shows as 0.
const SIGNAL: &str = r#"for process in /proc/[0-9]*; do
  parent=; while read -r key value _; do [ "$key" = PPid: ] && parent=$value && break; done <"$process/status"
  [ "$parent" = 0 ] && tr '\0' '\n' <"$process/environ" | grep -qx "$2" && kill -s "$1" -- "-${process#/proc/}"
done 2>/dev/null"#;

/// Why forwarding ended.
pub(super) enum End {
    Ended,
    HungUp,
    Idle,
    Closing,
}

/// What the program sees when the client ends its input.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum EndOfInput {
    /// Its standard input is closed.
    Close,
    /// Nothing: the engine would end a program whose terminal is closed.
    Ignore,
}

/// Forwards the client's input to the program until the client ends it.
pub(super) async fn forward_stdin(
    queue: &InputQueue,
    input: &mut Pin<Box<dyn AsyncWrite + Send>>,
    at_end: EndOfInput,
    activity: &Activity,
) {
    while let Some(chunk) = queue.next().await {
        activity.record();
        if input.write_all(&chunk).await.is_err() || input.flush().await.is_err() {
            return;
        }
    }
    if at_end == EndOfInput::Close {
        input.shutdown().await.ok();
    }
}

/// Forwards the program's output to the client until the program ends.
pub(super) async fn forward_output(
    output: &mut OutputStream,
    client: &ChannelWriteHalf<Msg>,
    queue: &InputQueue,
    activity: &Activity,
) -> Result<End, EngineError> {
    while let Some(chunk) = output.next().await {
        activity.record();
        let chunk = chunk?;
        queue.output_blocked();
        let sent = match chunk {
            OutputChunk::Stdout(bytes) => client.data_bytes(bytes).await,
            OutputChunk::Stderr(bytes) => client.extended_data_bytes(1, bytes).await,
            OutputChunk::HeldOpen => Ok(()),
        };
        queue.output_sent();
        if sent.is_err() {
            return Ok(End::HungUp);
        }
    }
    Ok(End::Ended)
}

/// Forwards window sizes and signals. Never returns.
pub(super) async fn forward_control(
    app: &App,
    environment: &Environment,
    id: &ExecId,
    mark: &str,
    size: &mut watch::Receiver<TerminalSize>,
    signals: &mut mpsc::Receiver<&'static str>,
) {
    loop {
        tokio::select! {
            Ok(()) = size.changed() => {
                let now = *size.borrow_and_update();
                app.engine.resize_terminal(id, now).await.ok();
            }
            Some(name) = signals.recv() => signal(app, environment, name, mark).await,
            else => std::future::pending().await,
        }
    }
}

/// Sends a signal to a program in the container. Ignores failures: the program may have ended.
pub(super) async fn signal(app: &App, environment: &Environment, name: &str, mark: &str) {
    let command =
        Command::new(["/bin/sh", "-c", SIGNAL, "signal", name, mark], Duration::from_secs(10), OutputLimit::First(0))
            .user("root");
    app.engine.exec(&environment.gitlab(), &command).await.ok();
}

/// Time of a program's last input or output.
pub(super) struct Activity(Mutex<Instant>);

impl Activity {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Instant::now()))
    }

    fn record(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Returns after `limit` without input and output.
    pub(super) async fn wait_until_idle(&self, limit: Duration) {
        loop {
            let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if last.elapsed() >= limit {
                return;
            }
            tokio::time::sleep_until(last + limit).await;
        }
    }
}
