//! Locks that keep processes from building the same image at the same time.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Context as _, Error, Result};

/// Interval between two attempts to take a lock.
const POLL: Duration = Duration::from_millis(200);

/// A lock, which is released when it is dropped or the process ends.
pub struct Lock {
    _file: File,
}

/// Takes the lock of the image `name` with the tag `tag`; calls `waiting` once if another process has it.
///
/// The lock is polled, so dropping the future ends the wait.
pub async fn acquire(state: &Path, name: &str, tag: &str, waiting: impl FnOnce()) -> Result<Lock> {
    let path = folder(state).join(format!("{name}@{tag}.lock"));
    let file = open(&path).context(|| format!("the lock {} cannot be opened", path.display()))?;
    let mut waiting = Some(waiting);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => {
                if let Some(waiting) = waiting.take() {
                    waiting();
                }
                tokio::time::sleep(POLL).await;
            }
            Err(TryLockError::Error(cause)) => {
                return Err(Error::environment(format!("the lock {} cannot be taken", path.display())).caused_by(cause));
            }
        }
    }
}

/// Names of the images that any process is building.
pub fn held(state: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder(state)).into_iter().flatten().flatten();
    entries.filter_map(|entry| held_name(&entry.path())).collect()
}

fn held_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?.strip_suffix(".lock")?.split('@').next()?.to_string();
    let file = File::open(path).ok()?;
    matches!(file.try_lock(), Err(TryLockError::WouldBlock)).then_some(name)
}

fn folder(state: &Path) -> PathBuf {
    state.join("locks").join("images")
}

fn open(path: &Path) -> std::io::Result<File> {
    std::fs::create_dir_all(path.parent().unwrap_or(path))?;
    File::options().create(true).truncate(false).write(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test]
    async fn the_second_waits_says_so_and_goes_on_when_the_first_is_done() {
        let state = tempfile::tempdir().unwrap();
        let first = acquire(state.path(), "probe", "0123", || panic!("nobody else is there")).await.unwrap();
        assert_eq!(held(state.path()), BTreeSet::from(["probe".to_string()]));
        let waited = Cell::new(false);
        let release = Cell::new(Some(first));
        let waiting = || {
            waited.set(true);
            release.take();
        };
        acquire(state.path(), "probe", "0123", waiting).await.unwrap();
        assert!(waited.get());
        assert_eq!(held(state.path()), BTreeSet::new());
    }
}
