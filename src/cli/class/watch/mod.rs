mod act;
mod facts;
mod look;
mod model;
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
use crate::cli::{Environment, Exit, Ui};
use crate::error::Result;
use crate::ops::class::pick;
use act::Hands;
use facts::Board;
use look::Watcher;
use model::{Model, Msg};
use screen::Wires;

/// Watch a class: who is where, time left, hints, checks, what the containers use, problems
///
/// On a terminal it is a live board, whose last line says what keys do. Elsewhere it is a table, printed anew when
/// something has changed; with --json an object a look, each on a line of its own.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    class: ClassArg,
    /// Time between two looks; longer by itself where a look takes long
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = deadline)]
    every: Duration,
    /// Look once, and end
    #[arg(long)]
    once: bool,
}

/// A pause is at least so many times as long as the look before it.
const PAUSES: u32 = 4;

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let services = around.services().await?;
    let app = services.app.clone();
    let course = pick(&app.store, args.class.id())?;
    let mut watcher = Watcher::new(app.clone(), course.clone());
    let first = watcher.look().await?;
    let seen = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if args.once || ui.is_json() || !seen {
        return tell(args, &app, watcher, first, ui).await;
    }
    let (outbox, inbox) = unbounded_channel();
    let (effects, asked) = unbounded_channel();
    let hands = Hands::new(&services, &course, outbox.clone());
    let mut work = pin!(hands.serve(asked));
    let looking = keep_looking(watcher, args.every, outbox.clone());
    let shown = screen::show(Model::new(first), &app, Wires { outbox, inbox, effects });
    // The board is the last that can ask for anything: work does not end before it.
    let busy = tokio::select! {
        shown = shown => shown?,
        _ = join(looking, &mut work) => false,
    };
    if busy {
        ui.note("Finishing what was begun on the board ...");
    }
    work.await;
    Ok(if app.cancel.is_cancelled() { Exit::Interrupted } else { Exit::Done })
}

/// Waits until the next look is due, given how long the last one took.
async fn pause(every: Duration, took: Duration) {
    tokio::time::sleep(every.max(took * PAUSES)).await;
}

/// Looks until nobody listens any more.
async fn keep_looking(mut watcher: Watcher, every: Duration, outbox: UnboundedSender<Msg>) {
    loop {
        let begin = Instant::now();
        let msg = match watcher.look().await {
            Ok(board) => Msg::Looked(board),
            Err(error) => Msg::Told(error.to_string()),
        };
        if outbox.send(msg).is_err() {
            return;
        }
        pause(every, begin.elapsed()).await;
    }
}

/// Prints what is seen until somebody interrupts it.
async fn tell(args: &Args, app: &App, mut watcher: Watcher, mut board: Board, ui: &Ui) -> Result<Exit> {
    let mut told = None;
    loop {
        say(&board, &mut told, ui);
        if args.once {
            return Ok(Exit::Done);
        }
        let begin = Instant::now();
        let next = async {
            pause(args.every, begin.elapsed()).await;
            watcher.look().await
        };
        match app.cancel.run_until_cancelled(next).await {
            Some(next) => board = next?,
            None => return Ok(Exit::Interrupted),
        }
    }
}

/// As JSON every time; for people when more than figures has changed.
fn say(board: &Board, told: &mut Option<Board>, ui: &Ui) {
    if ui.is_json() {
        return ui.json(&serde_json::to_string(board).unwrap_or_default());
    }
    let plain = board.without_figures();
    if told.as_ref() != Some(&plain) {
        ui.text(&format!("{}\n\n", board.human()));
        *told = Some(plain);
    }
}
