//! Only one process at a time works on an attempt.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::{Context, Result};

/// The right to work on one attempt. The kernel takes it back when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
    pub(super) fn open(folder: &Path, attempt: &str) -> Result<Self> {
        let path = folder.join(attempt);
        let file = File::options().create(true).append(true).open(&path);
        Ok(Self(file.context(|| format!("the lock {} cannot be opened", path.display()))?))
    }

    /// Takes it if nobody has it.
    pub fn try_take(&self) -> Result<bool> {
        match self.0.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(cause)) => Err(cause).context(|| "an attempt cannot be locked".into()),
        }
    }

    /// Gives it back.
    pub fn release(self) {
        drop(self.0);
    }
}
