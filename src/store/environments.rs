//! Environments. Each belongs to one attempt or to the pool, and exactly one attempt gets one from the pool.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{Store, unreadable};
use crate::environment::{Compatibility, Environment};
use crate::error::{Error, Result};
use crate::id::{AttemptId, EnvironmentId};

/// An environment of the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pooled {
    /// The environment, whose credentials nobody has.
    pub environment: Environment,
    /// What a specification must match; `None` if another version of the program made the environment.
    pub compatibility: Option<Compatibility>,
    /// Whether it is suspended and may be taken; otherwise it is being made.
    pub ready: bool,
}

impl Store {
    /// Records the intent to make an environment for the pool, before anything of it exists.
    pub fn pool_insert(&self, environment: &Environment) -> Result<()> {
        let values = params![environment.id.as_str(), key(&environment.spec.compatibility())?, record(environment)?];
        let sql = "INSERT INTO environments (id, attempt, ready, compatibility, record) VALUES (?1, NULL, 0, ?2, ?3)";
        self.db().execute(sql, values)?;
        Ok(())
    }

    /// Marks an environment as ready to be taken.
    pub fn pool_ready(&self, environment: &Environment) -> Result<()> {
        let values = params![environment.id.as_str(), record(environment)?];
        let sql = "UPDATE environments SET ready = 1, record = ?2 WHERE id = ?1 AND attempt IS NULL";
        self.db().execute(sql, values)?;
        Ok(())
    }

    /// The pool, oldest first.
    pub fn pool(&self) -> Result<Vec<Pooled>> {
        let db = self.db();
        let sql = "SELECT record, compatibility, ready FROM environments WHERE attempt IS NULL ORDER BY rowid";
        let mut query = db.prepare_cached(sql)?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?)))?;
        rows.map(|row| {
            let (record, compatibility, ready) = row?;
            let compatibility = serde_json::from_str(&compatibility).ok();
            Ok(Pooled { environment: serde_json::from_str(&record).map_err(unreadable)?, compatibility, ready })
        })
        .collect()
    }

    /// Takes an environment out of the pool for good; `false` if somebody else did.
    pub fn pool_remove(&self, id: &EnvironmentId) -> Result<bool> {
        let sql = "DELETE FROM environments WHERE id = ?1 AND attempt IS NULL";
        Ok(self.db().execute(sql, [id.as_str()])? == 1)
    }
}

pub(super) fn put(db: &Connection, attempt: &AttemptId, environment: &Environment) -> Result<()> {
    let (id, compatibility) = (environment.id.as_str(), key(&environment.spec.compatibility())?);
    let values = params![id, attempt.as_str(), compatibility, record(environment)?];
    let sql = "INSERT INTO environments (id, attempt, ready, compatibility, record) VALUES (?1, ?2, 0, ?3, ?4)";
    db.execute(sql, values)?;
    Ok(())
}

/// Takes the oldest compatible environment that has time left out of the pool.
pub(super) fn taken(db: &Connection, compatibility: &Compatibility, now: Timestamp) -> Result<Option<Environment>> {
    let sql = "SELECT record FROM environments WHERE attempt IS NULL AND ready AND compatibility = ?1 ORDER BY rowid";
    let mut query = db.prepare_cached(sql)?;
    let records = query.query_map([key(compatibility)?], |row| row.get::<_, String>(0))?;
    for record in records {
        let environment: Environment = serde_json::from_str(&record?).map_err(unreadable)?;
        if environment.expires > now {
            db.execute("DELETE FROM environments WHERE id = ?1", [environment.id.as_str()])?;
            return Ok(Some(environment));
        }
    }
    Ok(None)
}

fn record(environment: &Environment) -> Result<String> {
    serde_json::to_string(environment).map_err(|cause| Error::bug("an environment cannot be written").caused_by(cause))
}

fn key(compatibility: &Compatibility) -> Result<String> {
    serde_json::to_string(compatibility)
        .map_err(|cause| Error::bug("a specification cannot be written").caused_by(cause))
}
