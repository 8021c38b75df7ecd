//! A program that ended because its container went down.

use std::time::Duration;

use tokio::time::Instant;

use super::Environment;
use crate::engine::{ContainerFacts, Engine};

/// Exit code of a program that was killed, as all are when their container stops.
const KILLED: u32 = 137;
/// How much later than its programs a container may be known to have stopped.
const LAG: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(250);

/// Whether a program that ended with this code, or whose code is not known, went down with its container. The engine may
/// tell the program's end before the container's.
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
