//! Watches the engine's disk while the gate runs.

use std::time::Duration;

use crate::app::App;
use crate::event::Event;
use crate::ops::disk::protect;

/// Time between two polls of the disk.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// Pauses containers that fill the engine's disk, until the gate closes.
pub(super) async fn watch(app: App) {
    while app.cancel.run_until_cancelled(tokio::time::sleep(POLL_INTERVAL)).await.is_some() {
        let Ok(Some(full)) = protect(&app).await else { continue };
        match full.paused {
            Ok(None) => {}
            Ok(Some(paused)) => {
                app.emit(Event::Warning(format!("{} fills the engine's disk: paused", paused.attempt.id)));
            }
            Err(error) => app.emit(Event::Warning(format!("the engine's disk is nearly full: {error}"))),
        }
    }
}
