//! Attempts: their records and their states. Each change is one transaction.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Entry, Store, note, unreadable};
use crate::attempt::{Attempt, Happening, State};
use crate::error::{Error, Result};

impl Store {
    /// Records the intent to make an attempt, before anything of it exists.
    pub fn insert(&self, attempt: &Attempt) -> Result<()> {
        self.together(|db| insert(db, attempt, &Happening::Entered { state: State::Starting }))
    }

    /// Changes an attempt's record and gives it as it is afterwards. `change` gets the record as the store has it, and
    /// nobody else changes it meanwhile. Whoever has an older copy sets only what they own.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn update(&self, id: &str, change: impl FnOnce(&mut Attempt)) -> Result<Attempt> {
        self.together(|db| {
            let mut attempt = known(db, id)?.attempt;
            change(&mut attempt);
            write(db, &attempt)?;
            Ok(attempt)
        })
    }

    /// As [`Store::update`]; what `change` gives is added to the timeline in the same transaction.
    ///
    /// # Errors
    /// As [`Store::update`], and those of `change`, after which nothing has changed.
    pub fn update_and_note(
        &self,
        id: &str,
        at: Timestamp,
        change: impl FnOnce(&mut Attempt) -> Result<Happening>,
    ) -> Result<Attempt> {
        self.together(|db| {
            let mut attempt = known(db, id)?.attempt;
            let what = change(&mut attempt)?;
            write(db, &attempt)?;
            note(db, id, &what, at)?;
            Ok(attempt)
        })
    }

    /// Moves an attempt to another state, if the machine allows it, and adds that to its timeline.
    pub fn advance(&self, id: &str, next: State, now: Timestamp) -> Result<()> {
        self.together(|db| {
            let state = known(db, id)?.state;
            if !state.allows(next) {
                let (from, to) = (state.as_str(), next.as_str());
                return Err(Error::conflict(format!("attempt {id} is {from} and cannot become {to}")));
            }
            db.execute("UPDATE attempts SET state = ?2 WHERE id = ?1", params![id, next.as_str()])?;
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
        let mut query = db.prepare_cached("SELECT state, record FROM attempts ORDER BY rowid")?;
        let rows = query.query_map([], raw_entry)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(entry).collect()
    }

    /// Forgets an attempt of which nothing was ever handed over.
    pub fn forget(&self, id: &str) -> Result<()> {
        self.together(|db| {
            for table in [
                "DELETE FROM moments WHERE attempt = ?1",
                "DELETE FROM grades WHERE attempt = ?1",
                "DELETE FROM traces WHERE attempt = ?1",
                "DELETE FROM attempts WHERE id = ?1",
            ] {
                db.execute(table, [id])?;
            }
            Ok(())
        })
    }
}

/// Writes a new attempt down, and what its timeline begins with.
pub(super) fn insert(db: &Connection, attempt: &Attempt, what: &Happening) -> Result<()> {
    let values = params![attempt.id, attempt.lab, attempt.trainee, State::Starting.as_str(), record(attempt)?];
    db.execute("INSERT INTO attempts (id, lab, trainee, state, record) VALUES (?1, ?2, ?3, ?4, ?5)", values)?;
    note(db, &attempt.id, what, attempt.created)
}

pub(super) fn write(db: &Connection, attempt: &Attempt) -> Result<()> {
    db.execute("UPDATE attempts SET record = ?2 WHERE id = ?1", params![attempt.id, record(attempt)?])?;
    Ok(())
}

pub(super) fn known(db: &Connection, id: &str) -> Result<Entry> {
    find(db, id)?.ok_or_else(|| Error::not_found(format!("there is no attempt {id}")))
}

pub(super) fn record(attempt: &Attempt) -> Result<String> {
    serde_json::to_string(attempt).map_err(|cause| Error::bug("an attempt cannot be written").caused_by(cause))
}

fn find(db: &Connection, id: &str) -> Result<Option<Entry>> {
    let mut query = db.prepare_cached("SELECT state, record FROM attempts WHERE id = ?1")?;
    let row = query.query_row([id], raw_entry).optional()?;
    row.map(entry).transpose()
}

fn raw_entry(row: &Row) -> rusqlite::Result<(String, String)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn entry((state, record): (String, String)) -> Result<Entry> {
    let attempt = serde_json::from_str(&record).map_err(unreadable)?;
    let state = State::parse(&state).ok_or_else(|| unreadable(format!("unknown state {state}")))?;
    Ok(Entry { attempt, state })
}
