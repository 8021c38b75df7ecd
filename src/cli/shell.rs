use std::io::{IsTerminal, Write};

use clap::Args as ClapArgs;
use futures_util::StreamExt;
use rustix::termios::{self, OptionalActions, Termios};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::signal::unix::{SignalKind, signal};

use super::pick::pick_ready;
use super::{CliContext, Exit, Ui, entry};
use crate::app::App;
use crate::attempt::Workspace;
use crate::engine::{Engine, ExecSession, OutputChunk, Program, TerminalSize};
use crate::error::{Context, Error, Result};

/// Open a root shell in the container
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Attempt, if several are running
    attempt: Option<String>,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    ui.has_no_json("shell")?;
    let app = context.app().await?;
    let workspace = pick_ready(&app, args.attempt.as_deref()).await?;
    attach(&app, &workspace, &["/bin/bash".into()], ui).await
}

/// Runs a program that uses this terminal.
pub(super) async fn attach(app: &App, workspace: &Workspace, argv: &[String], ui: &Ui) -> Result<Exit> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Error::usage("a shell needs a terminal")
            .hint("`breakfix exec -- PROGRAM` runs one program without a terminal."));
    }
    let (engine, name) = (app.engine.as_ref(), workspace.environment.gitlab());
    let failed = || format!("the connection to the terminal in {} was lost", workspace.attempt.id);
    let env = [("TERM".into(), "xterm-256color".into())].into();
    let program = Program { argv: argv.to_vec(), env, terminal: Some(size()), user: None };
    let before = engine.inspect(&name).await.ok();
    let terminal = entry::entered(app, workspace, engine.exec_interactive(&name, &program).await).await?;
    let id = terminal.id.clone();
    let talked = {
        let _raw = Raw::enter().context(failed)?;
        tokio::select! {
            talked = converse(engine, terminal) => talked,
            () = app.cancel.cancelled() => Err(Error::interrupted()),
        }
    };
    let code = match talked {
        Ok(()) => engine.exec_exit_code(&id).await.ok(),
        Err(error) if app.cancel.is_cancelled() => return Err(error),
        Err(error) => {
            entry::note_if_gone(app, workspace, before.as_ref(), None, ui).await;
            return Err(error).context(failed);
        }
    };
    let known = code.and_then(|code| u32::try_from(code).ok());
    entry::note_if_gone(app, workspace, before.as_ref(), known, ui).await;
    Ok(Exit::Program(known.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}

/// Forwards input, output and window sizes until the program ends.
async fn converse(engine: &dyn Engine, mut terminal: ExecSession) -> Result<()> {
    let mut keyboard = tokio::io::stdin();
    let mut resized = signal(SignalKind::window_change()).context(|| "window changes cannot be seen".into())?;
    let mut keys = [0; 4096];
    let mut listening = true;
    loop {
        tokio::select! {
            shown = terminal.output.next() => match shown {
                Some(chunk) => show(&chunk.context(|| "the connection was lost".into())?)?,
                None => return Ok(()),
            },
            read = keyboard.read(&mut keys), if listening => match read {
                Ok(0) | Err(_) => listening = false,
                Ok(count) => {
                    let sent = terminal.input.write_all(&keys[..count]).await;
                    sent.and(terminal.input.flush().await).context(|| "the connection was lost".into())?;
                }
            },
            _ = resized.recv() => drop(engine.resize_terminal(&terminal.id, size()).await),
        }
    }
}

fn show(output: &OutputChunk) -> Result<()> {
    let (OutputChunk::Stdout(chunk) | OutputChunk::Stderr(chunk)) = output else { return Ok(()) };
    let mut out = std::io::stdout().lock();
    out.write_all(chunk).and_then(|()| out.flush()).context(|| "the terminal is gone".into())
}

fn size() -> TerminalSize {
    termios::tcgetwinsize(std::io::stdout())
        .map_or(TerminalSize { columns: 80, rows: 24 }, |size| TerminalSize { columns: size.ws_col, rows: size.ws_row })
}

/// The terminal in raw mode; restored when dropped.
struct Raw(Termios);

impl Raw {
    fn enter() -> std::io::Result<Self> {
        let before = termios::tcgetattr(std::io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        termios::tcsetattr(std::io::stdin(), OptionalActions::Now, &raw)?;
        Ok(Self(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        termios::tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0).ok();
    }
}
