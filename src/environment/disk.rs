//! The engine's disk, measured from a probe: no trainee can touch it, and it runs where the engine does.

use std::time::Duration;

use super::Environment;
use crate::engine::{Command, OutputLimit};
use crate::host::Host;

/// Bytes that must stay free; a tenth of the disk if that is less.
const RESERVE: u64 = 2 << 30;

/// The disk that holds the engine's data. All sizes are in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Total size.
    pub whole: u64,
    /// Free space.
    pub free: u64,
}

impl Disk {
    /// Whether the free space is below the reserve.
    #[must_use]
    pub fn is_nearly_full(self) -> bool {
        self.free < RESERVE.min(self.whole / 10)
    }
}

/// Measures the engine's disk; `None` if the probe cannot be asked.
pub async fn disk(host: &Host, environment: &Environment) -> Option<Disk> {
    let command =
        Command::new(["/bin/busybox", "df", "-P", "-k", "/"], Duration::from_secs(10), OutputLimit::First(4096));
    parse(&String::from_utf8_lossy(&host.engine.exec(&environment.probe(), &command).await.ok()?.stdout))
}

/// The second and the fourth column of the last line, in KiB.
fn parse(table: &str) -> Option<Disk> {
    let columns: Vec<&str> = table.lines().next_back()?.split_whitespace().collect();
    let bytes = |place: usize| Some(columns.get(place)?.parse::<u64>().ok()? << 10);
    Some(Disk { whole: bytes(1)?, free: bytes(3)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_is_read_from_the_table() {
        let table = "Filesystem 1024-blocks Used Available Capacity Mounted on\noverlay 103080204 93 8765432 91% /\n";
        assert_eq!(parse(table), Some(Disk { whole: 103_080_204 << 10, free: 8_765_432 << 10 }));
        assert_eq!(parse(""), None);
        assert_eq!(parse("df: /: can't find mount point"), None);
    }

    #[test]
    fn a_small_disk_is_not_always_nearly_full() {
        let gib = |whole: u64, free: u64| Disk { whole: whole << 30, free: free << 30 }.is_nearly_full();
        assert_eq!([gib(250, 2), gib(250, 1), gib(10, 1), gib(10, 0)], [false, true, false, true]);
    }
}
