//! Environments. Each belongs to one attempt or to the pool, and exactly one attempt gets one from the pool.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{Store, attempts, note, unreadable};
use crate::attempt::{Happening, Workspace};
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

    /// Gives a new attempt, in place of its own environment, the oldest compatible one of the pool that has time left,
    /// and records the attempt as [`Store::insert`] does. Both happen or neither, and nobody else gets the same one.
    /// `None` if there is none. The environment's credentials are those of the attempt's own from then on.
    pub fn take(&self, workspace: &Workspace, now: Timestamp) -> Result<Option<Workspace>> {
        self.together(|db| {
            let Some(pooled) = taken(db, &workspace.environment.spec.compatibility(), now)? else { return Ok(None) };
            let given = moved_in(workspace, pooled);
            attempts::insert(db, &given, &Happening::StartingFromPool)?;
            Ok(Some(given))
        })
    }

    /// The same for an attempt that is known and is being reset.
    pub fn take_again(&self, id: &AttemptId, now: Timestamp) -> Result<Option<Workspace>> {
        self.together(|db| {
            let workspace = attempts::known(db, id)?.workspace();
            let Some(pooled) = taken(db, &workspace.environment.spec.compatibility(), now)? else { return Ok(None) };
            let mut given = moved_in(&workspace, pooled);
            give(db, &mut given)?;
            note(db, id, &Happening::TakenFromPool, now)?;
            Ok(Some(given))
        })
    }
}

/// Replaces the environment of an attempt by the one in the workspace.
pub(super) fn give(db: &Connection, workspace: &mut Workspace) -> Result<()> {
    workspace.attempt.environment = workspace.environment.id.clone();
    attempts::write(db, &workspace.attempt)?;
    db.execute("DELETE FROM environments WHERE attempt = ?1", [workspace.attempt.id.as_str()])?;
    put(db, &workspace.attempt.id, &workspace.environment)
}

pub(super) fn put(db: &Connection, attempt: &AttemptId, environment: &Environment) -> Result<()> {
    let (id, compatibility) = (environment.id.as_str(), key(&environment.spec.compatibility())?);
    let values = params![id, attempt.as_str(), compatibility, record(environment)?];
    let sql = "INSERT INTO environments (id, attempt, ready, compatibility, record) VALUES (?1, ?2, 0, ?3, ?4)";
    db.execute(sql, values)?;
    Ok(())
}

/// Takes the oldest compatible environment that has time left out of the pool.
fn taken(db: &Connection, compatibility: &Compatibility, now: Timestamp) -> Result<Option<Environment>> {
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

fn moved_in(workspace: &Workspace, pooled: Environment) -> Workspace {
    let environment = Environment { root: workspace.environment.root.clone(), ..pooled };
    let mut attempt = workspace.attempt.clone();
    attempt.environment = environment.id.clone();
    Workspace { attempt, environment }
}

fn record(environment: &Environment) -> Result<String> {
    serde_json::to_string(environment).map_err(|cause| Error::bug("an environment cannot be written").caused_by(cause))
}

fn key(compatibility: &Compatibility) -> Result<String> {
    serde_json::to_string(compatibility)
        .map_err(|cause| Error::bug("a specification cannot be written").caused_by(cause))
}
