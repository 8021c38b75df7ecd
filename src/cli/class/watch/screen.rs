//! Shows the board on the terminal, reads keys, and restores the terminal at the end.

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

/// Interval of the countdown.
const TICK: Duration = Duration::from_secs(1);
/// Poll timeout of the keyboard: the longest delay before a shell gets it.
const KEY_TIMEOUT: Duration = Duration::from_millis(100);

/// Channels of the board: messages to it, and effects from it.
pub struct Channels {
    pub outbox: UnboundedSender<Msg>,
    pub inbox: UnboundedReceiver<Msg>,
    pub effects: UnboundedSender<Effect>,
}

/// The terminal in raw mode.
struct Screen(DefaultTerminal);

impl Screen {
    /// Installs a panic hook that restores the terminal before the message.
    fn enter() -> std::io::Result<Self> {
        ratatui::try_init().map(Self)
    }

    fn enter_again(&mut self) -> std::io::Result<()> {
        enable_raw_mode()?;
        execute!(stdout(), EnterAlternateScreen, Clear(ClearType::All))?;
        // A new terminal draws everything again.
        self.0 = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// Thread that reads the keyboard until it is stopped.
struct Keyboard(Arc<AtomicBool>, std::thread::JoinHandle<()>);

impl Keyboard {
    fn listen(outbox: UnboundedSender<Msg>) -> Self {
        let on = Arc::new(AtomicBool::new(true));
        let listening = on.clone();
        let thread = std::thread::spawn(move || {
            while listening.load(Ordering::Relaxed) {
                match event::poll(KEY_TIMEOUT).and_then(|there| there.then(event::read).transpose()) {
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

/// Shows the board until the user quits; returns whether actions are still running.
pub async fn show(mut model: Model, app: &App, channels: Channels) -> Result<bool> {
    let Channels { outbox, mut inbox, effects } = channels;
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
                let message = shell(app, &attempt).await;
                screen.enter_again().context(broken)?;
                keyboard = Keyboard::listen(outbox.clone());
                model.update(Msg::Notice(message));
            }
            Some(effect) => drop(effects.send(effect)),
        }
    }
    keyboard.stop();
    Ok(!model.busy.is_empty())
}

/// Runs `breakfix shell` on the terminal until it ends.
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
