//! The board on the terminal: keys in, frames out, and the terminal as it was afterwards, however this ends.

use std::io::stdout;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, Event};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{Clear, ClearType, EnterAlternateScreen, enable_raw_mode};
use ratatui::{DefaultTerminal, Terminal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::model::{Effect, Model, Msg};
use super::view::draw;
use crate::app::App;
use crate::error::{Context, Result};

/// How often the time left is counted down.
const TICK: Duration = Duration::from_secs(1);
/// How soon the keyboard is let go for a shell.
const LISTEN: Duration = Duration::from_millis(100);

/// How the board is spoken to, and whom it asks.
pub struct Wires {
    pub outbox: UnboundedSender<Msg>,
    pub inbox: UnboundedReceiver<Msg>,
    pub effects: UnboundedSender<Effect>,
}

/// The terminal while it is ours.
struct Screen(DefaultTerminal);

impl Screen {
    /// Its hook for panics gives the terminal back before anything is said.
    fn enter() -> std::io::Result<Self> {
        ratatui::try_init().map(Self)
    }

    fn enter_again(&mut self) -> std::io::Result<()> {
        enable_raw_mode()?;
        execute!(stdout(), EnterAlternateScreen, Clear(ClearType::All))?;
        // One that remembers nothing of what it drew before.
        self.0 = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// Listens to the keyboard until it is dropped.
struct Keyboard(Arc<AtomicBool>, std::thread::JoinHandle<()>);

impl Keyboard {
    fn listen(outbox: UnboundedSender<Msg>) -> Self {
        let on = Arc::new(AtomicBool::new(true));
        let listening = on.clone();
        let thread = std::thread::spawn(move || {
            while listening.load(Ordering::Relaxed) {
                match event::poll(LISTEN).and_then(|there| there.then(event::read).transpose()) {
                    Ok(Some(Event::Key(key))) => drop(outbox.send(Msg::Key(key))),
                    // A new size is drawn at once.
                    Ok(Some(Event::Resize(..))) => drop(outbox.send(Msg::Tick(jiff::Timestamp::now()))),
                    Ok(_) => {}
                    Err(_) => return,
                }
            }
        });
        Self(on, thread)
    }

    fn stop(self) {
        self.0.store(false, Ordering::Relaxed);
        self.1.join().ok();
    }
}

/// Shows the board until somebody quits; whether something is still being done then.
pub async fn show(mut model: Model, app: &App, wires: Wires) -> Result<bool> {
    let Wires { outbox, mut inbox, effects } = wires;
    let broken = || "the terminal cannot be used".to_string();
    let mut screen = Screen::enter().context(broken)?;
    let mut keyboard = Keyboard::listen(outbox.clone());
    let mut tick = tokio::time::interval(TICK);
    loop {
        screen.0.draw(|frame| draw(frame, &mut model)).context(broken)?;
        let msg = tokio::select! {
            Some(msg) = inbox.recv() => msg,
            _ = tick.tick() => Msg::Tick(app.now()),
            () = app.cancel.cancelled() => break,
        };
        match model.update(msg) {
            None => {}
            Some(Effect::Quit) => break,
            Some(Effect::Shell(attempt)) => {
                keyboard.stop();
                ratatui::restore();
                let said = shell(app, &attempt).await;
                screen.enter_again().context(broken)?;
                keyboard = Keyboard::listen(outbox.clone());
                model.update(Msg::Told(said));
            }
            Some(effect) => drop(effects.send(effect)),
        }
    }
    keyboard.stop();
    Ok(!model.busy.is_empty())
}

/// A shell in a container, by the command of that name: it has the terminal for itself until it ends.
async fn shell(app: &App, attempt: &str) -> String {
    let failed = |why: std::io::Error| format!("no shell: {why}");
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(why) => return failed(why),
    };
    let mut command = tokio::process::Command::new(program);
    command.arg("--state").arg(app.store.folder()).args(["shell", attempt]);
    match command.status().await {
        Ok(status) if status.success() => String::new(),
        Ok(status) => format!("the shell ended with {status}"),
        Err(why) => failed(why),
    }
}
