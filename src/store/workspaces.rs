//! Attempts with their environments: each change of both is one transaction, and exactly one attempt gets an environment of
//! the pool.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{Store, attempts, environments, note};
use crate::attempt::{Happening, State, Workspace};
use crate::environment::Environment;
use crate::error::Result;
use crate::id::AttemptId;

impl Store {
    /// Records a new attempt with its environment, before any object is created.
    pub fn insert(&self, workspace: &Workspace) -> Result<()> {
        self.together(|db| insert(db, workspace, &Happening::Entered { state: State::Starting }))
    }

    /// Like [`Store::update`], for the record of the attempt's environment.
    ///
    /// # Errors
    /// There is no such attempt.
    pub fn update_environment(&self, id: &AttemptId, change: impl FnOnce(&mut Environment)) -> Result<Workspace> {
        self.together(|db| {
            let mut workspace = attempts::known(db, id)?.workspace();
            change(&mut workspace.environment);
            give(db, &mut workspace)?;
            Ok(workspace)
        })
    }

    /// Records a new attempt as [`Store::insert`] does, but with the oldest compatible environment of the pool that has not
    /// expired, in one transaction. The environment gets the credentials of the attempt's draft. `None` if the pool has no
    /// such environment.
    pub fn take(&self, workspace: &Workspace, now: Timestamp) -> Result<Option<Workspace>> {
        self.together(|db| {
            let Some(pooled) = environments::taken(db, &workspace.environment.spec.compatibility(), now)? else {
                return Ok(None);
            };
            let given = moved_in(workspace, pooled);
            insert(db, &given, &Happening::StartingFromPool)?;
            Ok(Some(given))
        })
    }

    /// Like [`Store::take`], for an attempt that is being reset.
    pub fn take_again(&self, id: &AttemptId, now: Timestamp) -> Result<Option<Workspace>> {
        self.together(|db| {
            let workspace = attempts::known(db, id)?.workspace();
            let Some(pooled) = environments::taken(db, &workspace.environment.spec.compatibility(), now)? else {
                return Ok(None);
            };
            let mut given = moved_in(&workspace, pooled);
            give(db, &mut given)?;
            note(db, id, &Happening::TakenFromPool, now)?;
            Ok(Some(given))
        })
    }
}

/// Records a new attempt with its environment and the first event of its timeline.
fn insert(db: &Connection, workspace: &Workspace, what: &Happening) -> Result<()> {
    let attempt = &workspace.attempt;
    let (id, lab, trainee) = (attempt.id.as_str(), attempt.lab.as_str(), attempt.trainee.as_str());
    let values = params![id, lab, trainee, State::Starting.as_str(), attempts::record(attempt)?];
    db.execute("INSERT INTO attempts (id, lab, trainee, state, record) VALUES (?1, ?2, ?3, ?4, ?5)", values)?;
    environments::put(db, &workspace.attempt.id, &workspace.environment)?;
    note(db, id, what, attempt.created)
}

/// Replaces the environment of an attempt by the one in the workspace.
fn give(db: &Connection, workspace: &mut Workspace) -> Result<()> {
    workspace.attempt.environment = workspace.environment.id.clone();
    attempts::write(db, &workspace.attempt)?;
    db.execute("DELETE FROM environments WHERE attempt = ?1", [workspace.attempt.id.as_str()])?;
    environments::put(db, &workspace.attempt.id, &workspace.environment)
}

fn moved_in(workspace: &Workspace, pooled: Environment) -> Workspace {
    let environment = Environment { root: workspace.environment.root.clone(), ..pooled };
    let mut attempt = workspace.attempt.clone();
    attempt.environment = environment.id.clone();
    Workspace { attempt, environment }
}
