//! Environments that wait for an attempt, and how exactly one gets them.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::attempts::{self, record};
use super::{Store, note, unreadable};
use crate::attempt::{Attempt, Happening};
use crate::error::Result;

/// An environment of the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pooled {
    /// The environment, as an attempt that nobody works on. Its id is the environment's.
    pub attempt: Attempt,
    /// What it has in common with those that would do instead; see [`crate::plan::shape`].
    pub shape: String,
    /// It sleeps and may be taken; otherwise it is being made.
    pub ready: bool,
}

impl Store {
    /// Records the intent to make an environment for the pool, before anything of it exists.
    pub fn pool_insert(&self, pooled: &Pooled) -> Result<()> {
        let values = params![pooled.attempt.id, pooled.shape, pooled.ready, record(&pooled.attempt)?];
        self.db().execute("INSERT INTO pool (id, shape, ready, record) VALUES (?1, ?2, ?3, ?4)", values)?;
        Ok(())
    }

    /// From now on it may be taken.
    pub fn pool_ready(&self, attempt: &Attempt) -> Result<()> {
        let values = params![attempt.id, record(attempt)?];
        self.db().execute("UPDATE pool SET ready = TRUE, record = ?2 WHERE id = ?1", values)?;
        Ok(())
    }

    /// The pool, oldest first.
    pub fn pool(&self) -> Result<Vec<Pooled>> {
        let db = self.db();
        let mut query = db.prepare_cached("SELECT record, shape, ready FROM pool ORDER BY rowid")?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))?;
        rows.map(|row| {
            let (record, shape, ready) = row?;
            Ok(Pooled { attempt: serde_json::from_str(&record).map_err(unreadable)?, shape, ready })
        })
        .collect()
    }

    /// Takes an environment out of the pool for good; `false` if somebody else did.
    pub fn pool_remove(&self, id: &str) -> Result<bool> {
        Ok(self.db().execute("DELETE FROM pool WHERE id = ?1", [id])? == 1)
    }

    /// Gives the attempt the oldest environment of that shape that has time left, and records the attempt as
    /// [`Store::insert`] does. Both happen or neither, and nobody else gets the same one. `false` if there is none.
    pub fn take(&self, attempt: &mut Attempt, shape: &str, now: Timestamp) -> Result<bool> {
        self.together(|db| {
            let Some(pooled) = taken(db, shape, now)? else { return Ok(false) };
            move_in(attempt, pooled);
            attempts::insert(db, attempt, &Happening::StartingFromPool)?;
            Ok(true)
        })
    }

    /// The same for an attempt that is known and is being reset; gives its record as it is afterwards.
    pub fn take_again(&self, id: &str, shape: &str, now: Timestamp) -> Result<Option<Attempt>> {
        self.together(|db| {
            let Some(pooled) = taken(db, shape, now)? else { return Ok(None) };
            let mut attempt = attempts::known(db, id)?.attempt;
            move_in(&mut attempt, pooled);
            attempts::write(db, &attempt)?;
            note(db, id, &Happening::TakenFromPool, now)?;
            Ok(Some(attempt))
        })
    }
}

/// Takes the oldest environment of that shape that has time left out of the pool.
fn taken(db: &Connection, shape: &str, now: Timestamp) -> Result<Option<Attempt>> {
    let mut query = db.prepare_cached("SELECT record FROM pool WHERE ready AND shape = ?1 ORDER BY rowid")?;
    let records = query.query_map([shape], |row| row.get::<_, String>(0))?;
    let mut records = records.filter(|record| record.as_ref().is_ok_and(|record| has_time(record, now)));
    let Some(found) = records.next().transpose()? else { return Ok(None) };
    let pooled: Attempt = serde_json::from_str(&found).map_err(unreadable)?;
    db.execute("DELETE FROM pool WHERE id = ?1", [&pooled.id])?;
    Ok(Some(pooled))
}

fn move_in(attempt: &mut Attempt, pooled: Attempt) {
    attempt.port = pooled.port;
    attempt.environment = Some(pooled.id);
}

fn has_time(record: &str, now: Timestamp) -> bool {
    serde_json::from_str::<Attempt>(record).is_ok_and(|pooled| pooled.expires > now)
}
