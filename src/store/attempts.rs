//! Attempts: their records and their states. Each change is one transaction.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Store, note, unreadable};
use crate::attempt::{Attempt, Entry, Happening, State, Workspace};
use crate::error::{Error, Result};
use crate::id::AttemptId;

impl Store {
    /// Changes an attempt's record and gives it as it is afterwards. `change` gets the record as the store has it, and
    /// nobody else changes it meanwhile. Callers with an older copy set only the fields that they own.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn update(&self, id: &AttemptId, change: impl FnOnce(&mut Attempt)) -> Result<Workspace> {
        self.together(|db| {
            let mut workspace = known(db, id)?.workspace();
            change(&mut workspace.attempt);
            write(db, &workspace.attempt)?;
            Ok(workspace)
        })
    }

    /// As [`Store::update`]; what `change` gives is added to the timeline in the same transaction.
    ///
    /// # Errors
    /// As [`Store::update`], and those of `change`, after which nothing has changed.
    pub fn update_and_note(
        &self,
        id: &AttemptId,
        at: Timestamp,
        change: impl FnOnce(&mut Attempt) -> Result<Happening>,
    ) -> Result<Workspace> {
        self.together(|db| {
            let mut workspace = known(db, id)?.workspace();
            let what = change(&mut workspace.attempt)?;
            write(db, &workspace.attempt)?;
            note(db, id, &what, at)?;
            Ok(workspace)
        })
    }

    /// Moves an attempt to another state, if the machine allows it, and adds that to its timeline.
    pub fn advance(&self, id: &AttemptId, next: State, now: Timestamp) -> Result<()> {
        self.together(|db| {
            let state = known(db, id)?.state;
            if !state.allows(next) {
                let (from, to) = (state.as_str(), next.as_str());
                return Err(Error::conflict(format!("attempt {id} is {from} and cannot become {to}")));
            }
            db.execute("UPDATE attempts SET state = ?2 WHERE id = ?1", params![id.as_str(), next.as_str()])?;
            note(db, id, &Happening::Entered { state: next }, now)
        })
    }

    /// One attempt, if there is one with that id.
    pub fn find(&self, id: &str) -> Result<Option<Entry>> {
        find(&self.db(), id)
    }

    /// One attempt.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn known(&self, id: &str) -> Result<Entry> {
        known(&self.db(), id)
    }

    /// Every attempt, oldest first.
    pub fn attempts(&self) -> Result<Vec<Entry>> {
        let db = self.db();
        let mut query = db.prepare_cached(&format!("{ENTRIES} ORDER BY attempts.rowid"))?;
        let rows = query.query_map([], raw_entry)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(entry).collect()
    }

    /// Forgets an attempt of which nothing was ever handed over.
    pub fn forget(&self, id: &AttemptId) -> Result<()> {
        self.together(|db| {
            for table in [
                "DELETE FROM moments WHERE attempt = ?1",
                "DELETE FROM grades WHERE attempt = ?1",
                "DELETE FROM traces WHERE attempt = ?1",
                "DELETE FROM environments WHERE attempt = ?1",
                "DELETE FROM attempts WHERE id = ?1",
            ] {
                db.execute(table, [id.as_str()])?;
            }
            Ok(())
        })
    }
}

/// State, attempt and environment.
const ENTRIES: &str = "SELECT attempts.state, attempts.record, environments.record FROM attempts
     LEFT JOIN environments ON environments.attempt = attempts.id";

pub(super) fn write(db: &Connection, attempt: &Attempt) -> Result<()> {
    db.execute("UPDATE attempts SET record = ?2 WHERE id = ?1", params![attempt.id.as_str(), record(attempt)?])?;
    Ok(())
}

pub(super) fn known(db: &Connection, id: &str) -> Result<Entry> {
    find(db, id)?.ok_or_else(|| Error::not_found(format!("there is no attempt {id}")))
}

pub(super) fn record(attempt: &Attempt) -> Result<String> {
    serde_json::to_string(attempt).map_err(|cause| Error::bug("an attempt cannot be written").caused_by(cause))
}

fn find(db: &Connection, id: &str) -> Result<Option<Entry>> {
    let mut query = db.prepare_cached(&format!("{ENTRIES} WHERE attempts.id = ?1"))?;
    let row = query.query_row([id], raw_entry).optional()?;
    row.map(entry).transpose()
}

/// State, attempt and environment as the database has them.
struct RawEntry(String, String, Option<String>);

fn raw_entry(row: &Row) -> rusqlite::Result<RawEntry> {
    Ok(RawEntry(row.get(0)?, row.get(1)?, row.get(2)?))
}

fn entry(RawEntry(state, attempt, environment): RawEntry) -> Result<Entry> {
    let attempt: Attempt = serde_json::from_str(&attempt).map_err(unreadable)?;
    let missing = || unreadable(format!("attempt {} has no environment", attempt.id));
    let environment = serde_json::from_str(&environment.ok_or_else(missing)?).map_err(unreadable)?;
    let state = State::parse(&state).ok_or_else(|| unreadable(format!("unknown state {state}")))?;
    Ok(Entry { attempt, environment, state })
}
