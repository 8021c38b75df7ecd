//! The store: attempts with their environments, timelines and grades, in SQLite in the state folder.

mod attempts;
mod classes;
mod creating;
mod environments;
mod footprints;
mod lock;
mod schema;
mod workspaces;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

pub use classes::ClassState;
pub use environments::Pooled;
pub use lock::Lock;

use crate::attempt::timeline::latest_reset;
use crate::attempt::{Attempt, Happening, TimelineEvent};
use crate::error::{Context, Error, Result};
use crate::grade::Grade;
use crate::random;

/// The state folder: a database, locks and build logs.
pub struct Store {
    folder: PathBuf,
    connection: Mutex<Connection>,
    holder: Mutex<Option<(String, Lock)>>,
    installation: String,
}

impl Store {
    /// Opens the state folder, making it (readable by its owner only) if it is not there.
    pub fn open(folder: &Path) -> Result<Self> {
        let unusable = || format!("the state folder {} cannot be used", folder.display());
        make_private_folder(folder).context(unusable)?;
        std::fs::create_dir_all(folder.join("locks")).context(unusable)?;
        let connection = schema::open(&folder.join("breakfix.sqlite"))?;
        let installation = installation(&connection)?;
        Ok(Self { folder: folder.into(), connection: Mutex::new(connection), holder: Mutex::default(), installation })
    }

    /// Random name of this state folder, which labels of objects carry.
    #[must_use]
    pub fn installation(&self) -> &str {
        &self.installation
    }

    /// Path of the state folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The lock of an attempt. It ends with the process that holds it.
    pub fn lock(&self, attempt: &str) -> Result<Lock> {
        Lock::open(&self.folder.join("locks"), attempt)
    }

    /// Name of a lock that this process holds until it ends. Attempts with this [`Attempt::holder`] end with the process.
    pub fn holder(&self) -> Result<String> {
        let mut holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((name, _)) = holder.as_ref() {
            return Ok(name.clone());
        }
        let name = format!("process-{}", random::letters(12)?);
        let lock = self.lock(&name)?;
        // Nobody else knows the name, but a sweep may hold the lock for a moment, and then there is a new file.
        while !lock.try_take()? {
            std::thread::yield_now();
        }
        *holder = Some((name.clone(), lock));
        Ok(name)
    }

    /// Whether the process that an attempt belongs to has ended.
    pub fn is_deserted(&self, attempt: &Attempt) -> Result<bool> {
        attempt.holder.as_deref().map_or(Ok(false), |holder| self.lock(holder)?.try_take())
    }

    /// Removes the files of locks that nobody holds. Folders beside them hold locks of other kinds.
    pub fn sweep_locks(&self) -> Result<()> {
        let folder = self.folder.join("locks");
        let unreadable = || format!("{} cannot be read", folder.display());
        for entry in std::fs::read_dir(&folder).context(unreadable)? {
            let entry = entry.context(unreadable)?;
            if entry.file_type().context(unreadable)?.is_file()
                && let Some(name) = entry.file_name().to_str()
            {
                self.lock(name)?.sweep()?;
            }
        }
        Ok(())
    }

    /// Adds an event to an attempt's timeline.
    pub fn note(&self, id: &str, what: &Happening, at: Timestamp) -> Result<()> {
        note(&self.db(), id, what, at)
    }

    /// An attempt's timeline, oldest first.
    pub fn timeline(&self, id: &str) -> Result<Vec<TimelineEvent>> {
        let db = self.db();
        let mut query = db.prepare_cached("SELECT at, event FROM moments WHERE attempt = ?1 ORDER BY rowid")?;
        let rows = query.query_map([id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        rows.map(|row| {
            let (at, event) = row?;
            let what = serde_json::from_str(&event).map_err(unreadable)?;
            Ok(TimelineEvent { at: at.parse().unwrap_or_default(), what })
        })
        .collect()
    }

    /// Keeps a grade and adds it to the attempt's timeline, in one transaction.
    pub fn keep_grade(&self, grade: &Grade) -> Result<()> {
        let record =
            serde_json::to_string(grade).map_err(|cause| Error::bug("a grade cannot be written").caused_by(cause))?;
        let values = params![grade.attempt.as_str(), grade.at.to_string(), record];
        self.together(|db| {
            db.execute("INSERT INTO grades (attempt, at, record) VALUES (?1, ?2, ?3)", values)?;
            note(db, &grade.attempt, &Happening::Graded { points: grade.score() }, grade.at)
        })
    }

    /// An attempt's grades, oldest first.
    pub fn grades(&self, id: &str) -> Result<Vec<Grade>> {
        let db = self.db();
        let mut query = db.prepare_cached("SELECT record FROM grades WHERE attempt = ?1 ORDER BY rowid")?;
        let rows = query.query_map([id], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        rows.iter().map(|record| serde_json::from_str(record).map_err(unreadable)).collect()
    }

    /// An attempt's latest grade, if its environment has not been recreated since.
    pub fn latest_grade(&self, id: &str) -> Result<Option<Grade>> {
        let reset = latest_reset(&self.timeline(id)?);
        let latest = self.grades(id)?.pop();
        Ok(latest.filter(|grade| reset.is_none_or(|reset| grade.at > reset)))
    }

    /// Runs the work in one transaction, which is rolled back if the work fails. Other writers wait from its beginning.
    fn together<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn note(db: &Connection, attempt: &str, what: &Happening, at: Timestamp) -> Result<()> {
    let event =
        serde_json::to_string(what).map_err(|cause| Error::bug("an event cannot be written").caused_by(cause))?;
    let values = params![attempt, at.to_string(), event];
    db.execute("INSERT INTO moments (attempt, at, event) VALUES (?1, ?2, ?3)", values)?;
    Ok(())
}

fn unreadable(cause: impl std::fmt::Display) -> Error {
    Error::environment("the store holds something that this version cannot read")
        .because(cause)
        .hint("It may have been written by a newer breakfix: update, or choose another folder with --state.")
}

/// The random name of this installation, created once. It separates the objects of installations that share an engine.
fn installation(connection: &Connection) -> Result<String> {
    let fresh = random::letters(12)?;
    connection.execute("INSERT OR IGNORE INTO facts (name, value) VALUES ('installation', ?1)", [fresh])?;
    Ok(connection.query_row("SELECT value FROM facts WHERE name = 'installation'", [], |row| row.get(0))?)
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

impl From<rusqlite::Error> for Error {
    fn from(cause: rusqlite::Error) -> Self {
        Self::environment("the store cannot be read or written").caused_by(cause)
    }
}

#[cfg(test)]
mod tests;
