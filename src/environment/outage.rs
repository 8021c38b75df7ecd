//! Detects a program that ended because its container stopped.

use std::time::Duration;

use tokio::time::Instant;

use super::Environment;
use crate::engine::{ContainerFacts, Engine};

/// Exit code of a killed program: when a container stops, all its programs are killed.
const KILLED: u32 = 137;
/// Delay between the end of a program and the time when the engine reports its container as stopped.
const LAG: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(250);

/// Whether a program that ended with this code, or with an unknown code, ended because its container stopped. The engine
/// may report the end of the program first.
pub async fn went_down(
    engine: &dyn Engine,
    environment: &Environment,
    before: &ContainerFacts,
    code: Option<u32>,
) -> bool {
    let deadline = Instant::now() + LAG;
    loop {
        match engine.inspect(&environment.gitlab()).await {
            Ok(now) if now.running && now.run_since == before.run_since => {}
            _ => return true,
        }
        if code.is_some_and(|code| code != KILLED) || Instant::now() > deadline {
            return false;
        }
        tokio::time::sleep(POLL).await;
    }
}
