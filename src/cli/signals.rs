//! Handles SIGINT, SIGTERM and SIGHUP: the first cancels the command, the second ends the program.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::Exit;
use crate::error::{Context, Result};
use crate::event::{Event, Events};

/// Cancels the token at the first signal from now on.
pub fn cancel_on_signals(cancel: CancellationToken, events: Events) -> Result<()> {
    let listen = |kind| signal(kind).context(|| "signals cannot be handled".into());
    let (interrupt, terminate, hangup) =
        (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?, listen(SignalKind::hangup())?);
    tokio::spawn(watch(interrupt, terminate, hangup, cancel, events));
    Ok(())
}

async fn watch(
    mut interrupt: Signal,
    mut terminate: Signal,
    mut hangup: Signal,
    cancel: CancellationToken,
    events: Events,
) {
    loop {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        if cancel.is_cancelled() {
            events(Event::Warning("ended at once; `breakfix gc` removes what may be left".into()));
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
        cancel.cancel();
        events(Event::Note("interrupted: cleaning up (interrupt again to end at once)".into()));
    }
}
