//! Watches the engine's disk while submissions run, because containers have no quota: a submission that fills the disk is
//! ended before others run out of space. The disk is measured from the probe, which submissions cannot reach.

use std::time::Duration;

use crate::app::App;
use crate::environment::{self, Environment};

/// Time between two measurements.
const BETWEEN: Duration = Duration::from_secs(2);
/// Bytes that must stay free, unless less than twice as much was free at the beginning.
const RESERVE: u64 = 2 << 30;

/// Returns when the disk is nearly full. Never returns if the disk cannot be measured.
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
