//! What flows between a client and its program: input, output, window changes, signals.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use russh::ChannelWriteHalf;
use russh::server::Msg;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::intake::Intake;
use super::server::Gate;
use crate::app::App;
use crate::engine::{Command, EngineError, ExecId, OutputChunk, OutputLimit, OutputStream, TerminalSize};
use crate::environment::Environment;

/// Signals the process group of the program with that mark. It has no parent in the container.
const SIGNAL: &str = r#"for process in /proc/[0-9]*; do
  parent=; while read -r key value _; do [ "$key" = PPid: ] && parent=$value && break; done <"$process/status"
  [ "$parent" = 0 ] && tr '\0' '\n' <"$process/environ" | grep -qx "$2" && kill -s "$1" -- "-${process#/proc/}"
done 2>/dev/null"#;

/// Why we stopped listening to a program.
pub(super) enum End {
    Ended,
    HungUp,
    Idle,
    Closing,
}

/// Client to program, until the client's end.
pub(super) async fn feed(
    intake: &Intake,
    input: &mut Pin<Box<dyn AsyncWrite + Send>>,
    is_terminal: bool,
    pulse: &Pulse,
) {
    while let Some(chunk) = intake.next().await {
        pulse.beat();
        if input.write_all(&chunk).await.is_err() || input.flush().await.is_err() {
            return;
        }
    }
    // A terminal has no end: the engine would hang up.
    if !is_terminal {
        input.shutdown().await.ok();
    }
}

/// Program to client, until the program's end.
pub(super) async fn show(
    output: &mut OutputStream,
    client: &ChannelWriteHalf<Msg>,
    intake: &Intake,
    pulse: &Pulse,
) -> Result<End, EngineError> {
    while let Some(said) = output.next().await {
        pulse.beat();
        let said = said?;
        intake.stall(true);
        let sent = match said {
            OutputChunk::Stdout(bytes) => client.data_bytes(bytes).await,
            OutputChunk::Stderr(bytes) => client.extended_data_bytes(1, bytes).await,
            OutputChunk::HeldOpen => Ok(()),
        };
        intake.stall(false);
        if sent.is_err() {
            return Ok(End::HungUp);
        }
    }
    Ok(End::Ended)
}

/// Window changes and signals, for as long as anybody asks.
pub(super) async fn steer(
    gate: &Gate,
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
                gate.app.engine.resize_terminal(id, now).await.ok();
            }
            Some(name) = signals.recv() => signal(&gate.app, environment, name, mark).await,
            else => std::future::pending().await,
        }
    }
}

/// Signals a program of ours in the container. Whatever comes of it, nothing waits for it long.
pub(super) async fn signal(app: &App, environment: &Environment, name: &str, mark: &str) {
    let command =
        Command::new(["/bin/sh", "-c", SIGNAL, "signal", name, mark], Duration::from_secs(10), OutputLimit::First(0))
            .user("root");
    app.engine.exec(&environment.gitlab(), &command).await.ok();
}

/// When something was last said or heard.
pub(super) struct Pulse(Mutex<Instant>);

impl Pulse {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Instant::now()))
    }

    fn beat(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    pub(super) async fn stops(&self, limit: Duration) {
        loop {
            let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if last.elapsed() >= limit {
                return;
            }
            tokio::time::sleep_until(last + limit).await;
        }
    }
}
