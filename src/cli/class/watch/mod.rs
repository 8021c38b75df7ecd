mod actions;
pub(super) mod facts;
mod model;
mod poll;
mod screen;
mod view;

use std::io::IsTerminal;
use std::pin::pin;
use std::time::{Duration, Instant};

use clap::Args as ClapArgs;
use futures_util::future::join;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::app::App;
use crate::cli::args::{ClassArg, deadline};
use crate::cli::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::ops::class::{pick, settle};
use actions::Actions;
use facts::Board;
use model::{Model, Msg};
use poll::Watcher;
use screen::Channels;

/// Watch a class: states, time left, hints, checks, resource usage, problems
///
/// On a terminal, shows a live board; its last line lists the keys. Otherwise prints a table after each change, and
/// with --json one object per line for each poll.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    class: ClassArg,
    /// Time between two polls; longer if a poll takes long
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = deadline)]
    every: Duration,
    /// Poll once and exit
    #[arg(long)]
    once: bool,
}

/// A pause is at least this many times as long as the poll before it.
const PAUSE_FACTOR: u32 = 4;

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let services = context.services().await?;
    let app = services.app.clone();
    let course = pick(&app.store, args.class.id())?;
    settle(&services, &course).await?;
    let mut watcher = Watcher::new(app.clone(), course.clone());
    let first = watcher.poll().await?;
    let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if args.once || ui.is_json() || !is_terminal {
        return print_boards(args, &app, watcher, first, ui).await;
    }
    let (outbox, inbox) = unbounded_channel();
    let (effects, requested) = unbounded_channel();
    let actions = Actions::new(&services, &course, outbox.clone());
    let mut work = pin!(join(actions.run(requested), actions.keep_clock()));
    let polling = poll_repeatedly(watcher, args.every, outbox.clone());
    let shown = screen::show(Model::new(first), &app, Channels { outbox, inbox, effects });
    // Effects come only from the board, so the actions do not end before it.
    let busy = tokio::select! {
        shown = shown => shown?,
        _ = join(polling, &mut work) => false,
    };
    if busy {
        ui.note("Finishing the running actions ...");
    }
    work.await;
    Ok(if app.cancel.is_cancelled() { Exit::Interrupted } else { Exit::Done })
}

/// Waits until the next poll is due; the last one took `took`.
async fn pause(every: Duration, took: Duration) {
    tokio::time::sleep(every.max(took * PAUSE_FACTOR)).await;
}

/// Polls until the board is closed.
async fn poll_repeatedly(mut watcher: Watcher, every: Duration, outbox: UnboundedSender<Msg>) {
    loop {
        let begin = Instant::now();
        let msg = match watcher.poll().await {
            Ok(board) => Msg::Polled(board),
            Err(error) => Msg::Notice(error.to_string()),
        };
        if outbox.send(msg).is_err() {
            return;
        }
        pause(every, begin.elapsed()).await;
    }
}

/// Prints boards until the user interrupts the command.
async fn print_boards(args: &Args, app: &App, mut watcher: Watcher, mut board: Board, ui: &Ui) -> Result<Exit> {
    let mut last = None;
    loop {
        print_board(&board, &mut last, ui);
        if args.once {
            return Ok(Exit::Done);
        }
        let begin = Instant::now();
        let next = async {
            pause(args.every, begin.elapsed()).await;
            watcher.poll().await
        };
        match app.cancel.run_until_cancelled(next).await {
            Some(next) => board = next?,
            None => return Ok(Exit::Interrupted),
        }
    }
}

/// Prints JSON every time, and text when more than usage figures has changed.
fn print_board(board: &Board, last: &mut Option<Board>, ui: &Ui) {
    if ui.is_json() {
        return ui.json(&serde_json::to_string(board).unwrap_or_default());
    }
    let plain = board.without_figures();
    if last.as_ref() != Some(&plain) {
        ui.text(&format!("{}\n\n", board.to_text()));
        *last = Some(plain);
    }
}
