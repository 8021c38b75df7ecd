//! A container has no quota. So the engine's disk is watched while submissions run, from the probe, which no trainee
//! can touch: one that fills the disk is ended before nothing is left for the others.

use std::time::Duration;

use crate::app::App;
use crate::environment::{self, Environment};

/// Between two looks.
const BETWEEN: Duration = Duration::from_secs(2);
/// What is to stay free, in bytes, unless less than twice as much was free at first.
const RESERVE: u64 = 2 << 30;

/// Returns once the disk is nearly full. Where it cannot be looked at, it never does.
pub(super) async fn nearly_full(app: &App, environment: &Environment) {
    let mut watch = Watch::default();
    loop {
        if let Some(disk) = environment::disk(app, environment).await
            && watch.is_low(disk.free)
        {
            return;
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// Remembers how much must stay free: a submission is not to blame for a disk that was nearly full before.
#[derive(Default)]
struct Watch {
    floor: Option<u64>,
}

impl Watch {
    fn is_low(&mut self, free: u64) -> bool {
        free < *self.floor.get_or_insert(RESERVE.min(free / 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(free: &[u64]) -> Vec<bool> {
        let mut watch = Watch::default();
        free.iter().map(|free| watch.is_low(*free)).collect()
    }

    #[test]
    fn a_reserve_stays_free_or_half_of_the_little_that_there_was() {
        assert_eq!(looks(&[9 * RESERVE, RESERVE, RESERVE - 1]), [false, false, true]);
        assert_eq!(looks(&[RESERVE, RESERVE / 2, RESERVE / 2 - 1]), [false, false, true]);
    }
}
