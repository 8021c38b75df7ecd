//! Locks between processes: only one at a time works on an attempt.

use std::fs::{File, TryLockError};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::error::{Context, Result};

/// The right to work on one attempt. The kernel takes it back when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: Mutex<File>,
}

impl Lock {
    pub(super) fn open(folder: &Path, attempt: &str) -> Result<Self> {
        let path = folder.join(attempt);
        Ok(Self { file: Mutex::new(open(&path)?), path })
    }

    /// Takes the lock if it is free.
    pub fn try_take(&self) -> Result<bool> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if !taken(&file)? {
                return Ok(false);
            }
            if self.is_at_its_place(&file) {
                return Ok(true);
            }
            // The file was removed after it was opened: later processes open a new one, and so does this one.
            *file = open(&self.path)?;
        }
    }

    /// Releases the lock.
    pub fn release(self) {
        drop(self);
    }

    /// Removes the lock's file if nobody holds the lock.
    pub(super) fn sweep(self) -> Result<bool> {
        let unheld = self.try_take()?;
        if unheld {
            std::fs::remove_file(&self.path).context(|| format!("{} cannot be removed", self.path.display()))?;
        }
        Ok(unheld)
    }

    fn is_at_its_place(&self, file: &File) -> bool {
        let number = |facts: std::io::Result<std::fs::Metadata>| facts.ok().map(|facts| (facts.dev(), facts.ino()));
        number(file.metadata()) == number(std::fs::metadata(&self.path))
    }
}

fn open(path: &Path) -> Result<File> {
    let file = File::options().create(true).append(true).open(path);
    file.context(|| format!("the lock {} cannot be opened", path.display()))
}

fn taken(file: &File) -> Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(cause)) => Err(cause).context(|| "an attempt cannot be locked".into()),
    }
}
