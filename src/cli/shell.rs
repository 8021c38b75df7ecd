use std::io::{IsTerminal, Write};

use clap::Args as ClapArgs;
use futures_util::StreamExt;
use rustix::termios::{self, OptionalActions, Termios};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::signal::unix::{SignalKind, signal};

use super::pick::pick_running;
use super::{Environment, Exit};
use crate::engine::{Conversation, Engine, Program, Said, TerminalSize};
use crate::error::{Context, Error, Result};

/// Open a root shell in the box
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which attempt, where several are running
    attempt: Option<String>,
}

pub async fn run(args: &Args, around: &Environment) -> Result<Exit> {
    let store = around.store()?;
    let attempt = pick_running(&store, args.attempt.as_deref())?.attempt;
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Error::usage("a shell needs a terminal")
            .hint("Use `breakfix exec PROGRAM` to run one program without a terminal."));
    }
    let engine = around.engine().await?;
    let failed = || format!("no shell in {}", attempt.id);
    let shell = Program {
        argv: vec!["/bin/bash".into()],
        env: [("TERM".into(), "xterm-256color".into())].into(),
        terminal: Some(size()),
        user: None,
    };
    let terminal = engine.converse(&attempt.gitlab(), &shell).await.context(failed)?;
    let id = terminal.id.clone();
    {
        let _raw = Raw::enter().context(failed)?;
        converse(&engine, terminal).await.context(failed)?;
    }
    let code = engine.exit_code_of(&id).await.context(failed)?;
    Ok(Exit::Program(u8::try_from(code).unwrap_or(1)))
}

/// Keyboard to program, program to screen, window changes to program, until the program ends.
async fn converse(engine: &dyn Engine, mut terminal: Conversation) -> Result<()> {
    let mut keyboard = tokio::io::stdin();
    let mut resized = signal(SignalKind::window_change()).context(|| "window changes cannot be seen".into())?;
    let mut keys = [0; 4096];
    let mut listening = true;
    loop {
        tokio::select! {
            shown = terminal.output.next() => match shown {
                Some(chunk) => show(&chunk.context(|| "the connection broke off".into())?)?,
                None => return Ok(()),
            },
            read = keyboard.read(&mut keys), if listening => match read {
                Ok(0) | Err(_) => listening = false,
                Ok(count) => {
                    let sent = terminal.input.write_all(&keys[..count]).await;
                    sent.and(terminal.input.flush().await).context(|| "the connection broke off".into())?;
                }
            },
            _ = resized.recv() => drop(engine.resize_terminal(&terminal.id, size()).await),
        }
    }
}

fn show(said: &Said) -> Result<()> {
    let (Said::Output(chunk) | Said::Error(chunk)) = said;
    let mut out = std::io::stdout().lock();
    out.write_all(chunk).and_then(|()| out.flush()).context(|| "the terminal is gone".into())
}

fn size() -> TerminalSize {
    termios::tcgetwinsize(std::io::stdout())
        .map_or(TerminalSize { columns: 80, rows: 24 }, |size| TerminalSize { columns: size.ws_col, rows: size.ws_row })
}

/// The terminal in raw mode; as it was before when dropped.
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
