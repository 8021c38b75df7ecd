//! A container has no quota. So the engine's disk is watched while submissions run, from the probe, which no trainee
//! can touch: one that fills the disk is ended before nothing is left for the others.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::app::App;
use crate::attempt::Attempt;
use crate::engine::Command;

/// Between two looks.
const BETWEEN: Duration = Duration::from_secs(2);
/// What is to stay free, in KiB, unless less than twice as much was free at first.
const RESERVE: u64 = 2 * 1024 * 1024;

/// Returns once the disk is nearly full. Where it cannot be looked at, it never does.
pub(super) async fn nearly_full(app: &App, attempt: &Attempt) {
    let mut watch = Watch::default();
    loop {
        if let Some(free) = free(app, attempt).await
            && watch.is_low(free)
        {
            return;
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// Remembers how much must stay free: a disk that was nearly full already is no submission's doing.
#[derive(Default)]
struct Watch {
    floor: Option<u64>,
}

impl Watch {
    fn is_low(&mut self, free: u64) -> bool {
        free < *self.floor.get_or_insert(RESERVE.min(free / 2))
    }
}

async fn free(app: &App, attempt: &Attempt) -> Option<u64> {
    let command = Command {
        argv: ["/bin/busybox", "df", "-P", "-k", "/"].map(String::from).to_vec(),
        env: BTreeMap::new(),
        stdin: vec![],
        user: None,
        deadline: Duration::from_secs(10),
        output_limit: 4096,
    };
    available(&String::from_utf8_lossy(&app.engine.exec(&attempt.probe(), &command).await.ok()?.stdout))
}

/// The fourth column of the last line, in KiB.
fn available(table: &str) -> Option<u64> {
    table.lines().next_back()?.split_whitespace().nth(3)?.parse().ok()
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

    #[test]
    fn what_is_free_is_read_from_the_table() {
        let table = "Filesystem 1024-blocks Used Available Capacity Mounted on\noverlay 103080204 93 8765432 91% /\n";
        assert_eq!(available(table), Some(8_765_432));
        assert_eq!(available(""), None);
        assert_eq!(available("df: /: can't find mount point"), None);
    }
}
