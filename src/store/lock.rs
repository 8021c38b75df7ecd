//! Only one process at a time works on an attempt.

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

    /// Takes it if nobody has it.
    pub fn try_take(&self) -> Result<bool> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if !taken(&file)? {
                return Ok(false);
            }
            if self.is_at_its_place(&file) {
                return Ok(true);
            }
            // Swept away between opening and taking: whoever comes later opens another one, and so do we.
            *file = open(&self.path)?;
        }
    }

    /// Gives it back.
    pub fn release(self) {
        drop(self);
    }

    /// Removes its file, for good if nobody has it.
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
