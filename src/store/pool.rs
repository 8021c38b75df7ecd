//! Environments that wait for an attempt, and how exactly one gets them.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::{Store, note, unreadable};
use crate::attempt::{Attempt, Happening, State};
use crate::error::{Error, Result};

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
        self.taken(attempt, shape, now, |change, attempt| {
            let values = params![attempt.id, attempt.lab, attempt.trainee, State::Starting.as_str(), record(attempt)?];
            change.execute(
                "INSERT INTO attempts (id, lab, trainee, state, record) VALUES (?1, ?2, ?3, ?4, ?5)",
                values,
            )?;
            note(change, &attempt.id, &Happening::StartingFromPool, attempt.created)
        })
    }

    /// The same for an attempt that is known and is being reset.
    pub fn take_again(&self, attempt: &mut Attempt, shape: &str, now: Timestamp) -> Result<bool> {
        self.taken(attempt, shape, now, |change, attempt| {
            change.execute("UPDATE attempts SET record = ?2 WHERE id = ?1", params![attempt.id, record(attempt)?])?;
            note(change, &attempt.id, &Happening::TakenFromPool, now)
        })
    }

    fn taken(
        &self,
        attempt: &mut Attempt,
        shape: &str,
        now: Timestamp,
        written: impl Fn(&Transaction<'_>, &Attempt) -> Result<()>,
    ) -> Result<bool> {
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found: Option<String> = {
            let mut query = transaction.prepare("SELECT record FROM pool WHERE ready AND shape = ?1 ORDER BY rowid")?;
            let records = query.query_map([shape], |row| row.get::<_, String>(0))?;
            let mut records = records.filter(|record| record.as_ref().is_ok_and(|record| has_time(record, now)));
            records.next().transpose().optional()?.flatten()
        };
        let Some(found) = found else { return Ok(false) };
        let pooled: Attempt = serde_json::from_str(&found).map_err(unreadable)?;
        transaction.execute("DELETE FROM pool WHERE id = ?1", [&pooled.id])?;
        attempt.port = pooled.port;
        attempt.environment = Some(pooled.id);
        written(&transaction, attempt)?;
        transaction.commit()?;
        Ok(true)
    }
}

fn has_time(record: &str, now: Timestamp) -> bool {
    serde_json::from_str::<Attempt>(record).is_ok_and(|pooled| pooled.expires > now)
}

fn record(attempt: &Attempt) -> Result<String> {
    serde_json::to_string(attempt).map_err(|cause| Error::bug("an attempt cannot be written").because(cause))
}
