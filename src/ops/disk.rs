//! Protection of the engine's disk.

use crate::app::App;
use crate::attempt::{State, Workspace};
use crate::environment::{self, Disk};
use crate::error::Result;
use crate::lifecycle::pause_largest_writer;

/// The engine's disk when it is nearly full.
#[derive(Clone, Debug)]
pub struct NearlyFull {
    /// Total size and free space.
    pub disk: Disk,
    /// The attempt whose container was paused because it fills the disk; `None` if no container stands out.
    pub paused: Result<Option<Workspace>>,
}

/// If the engine's disk is nearly full, pauses the container that fills it. Returns `None` if there is room, if no attempt is
/// running, or if the disk cannot be measured.
pub async fn protect(app: &App) -> Result<Option<NearlyFull>> {
    let entries = app.store.attempts()?;
    let Some(running) = entries.iter().find(|entry| entry.state == State::Running) else { return Ok(None) };
    match environment::disk(app, &running.environment).await {
        Some(disk) if disk.is_nearly_full() => Ok(Some(NearlyFull { disk, paused: pause_largest_writer(app).await })),
        _ => Ok(None),
    }
}
