//! Classes and who is in them.

use rusqlite::{OptionalExtension, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Store, unreadable};
use crate::attempt::{Access, Entry};
use crate::class::{Course, Member};
use crate::error::{Error, Result};
use crate::id::TraineeId;
use crate::random;
use crate::secret::Secret;

/// Whether a class is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassState {
    /// Started and not stopped.
    Open,
    /// Stopped; its results are kept.
    Stopped,
}

impl ClassState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Stopped => "stopped",
        }
    }
}

impl Store {
    /// Stores a class, replacing an older record, and opens it.
    pub fn keep_class(&self, course: &Course) -> Result<()> {
        let values = params![course.class.id.as_str(), ClassState::Open.as_str(), text(course)?];
        let sql = "INSERT INTO classes (id, state, record) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, record = excluded.record";
        self.db().execute(sql, values)?;
        Ok(())
    }

    /// Marks a class as stopped.
    pub fn close_class(&self, id: &str) -> Result<()> {
        self.db().execute("UPDATE classes SET state = ?2 WHERE id = ?1", params![id, ClassState::Stopped.as_str()])?;
        Ok(())
    }

    /// One class.
    pub fn class(&self, id: &str) -> Result<Option<(Course, ClassState)>> {
        let db = self.db();
        let mut query = db.prepare_cached("SELECT state, record FROM classes WHERE id = ?1")?;
        let row = query.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        row.map(course).transpose()
    }

    /// Every class, oldest first.
    pub fn classes(&self) -> Result<Vec<(Course, ClassState)>> {
        let db = self.db();
        let mut query = db.prepare_cached("SELECT state, record FROM classes ORDER BY rowid")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(course).collect()
    }

    /// Stores the members of a class in this order, replacing older records.
    pub fn keep_members(&self, class: &str, members: &[Member]) -> Result<()> {
        let mut db = self.db();
        let change = db.transaction()?;
        let sql = "INSERT INTO members (class, slug, place, record) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (class, slug) DO UPDATE SET place = excluded.place, record = excluded.record";
        for (place, member) in members.iter().enumerate() {
            change.execute(
                sql,
                params![class, member.slug.as_str(), i64::try_from(place).unwrap_or(i64::MAX), text(member)?],
            )?;
        }
        Ok(change.commit()?)
    }

    /// Removes members of a class, with their credentials. Their attempts stay.
    pub fn remove_members(&self, class: &str, slugs: &[TraineeId]) -> Result<()> {
        self.together(|db| {
            for slug in slugs {
                db.execute("DELETE FROM members WHERE class = ?1 AND slug = ?2", params![class, slug.as_str()])?;
                db.execute("DELETE FROM access WHERE class = ?1 AND slug = ?2", params![class, slug.as_str()])?;
            }
            Ok(())
        })
    }

    /// The members of a class, in its order.
    pub fn members(&self, class: &str) -> Result<Vec<Member>> {
        let db = self.db();
        let mut query = db.prepare_cached("SELECT record FROM members WHERE class = ?1 ORDER BY place, rowid")?;
        let rows = query.query_map([class], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        rows.iter().map(|record| parsed(record)).collect()
    }

    /// The credentials of a member at the gate; they are created when they are first asked for, and then stay.
    pub fn access(&self, class: &str, slug: &TraineeId) -> Result<Access> {
        let fresh = Access { password: Secret::new(random::secret(12)?), keys: vec![] };
        let key = params![class, slug.as_str(), text(&fresh)?];
        self.db().execute("INSERT OR IGNORE INTO access (class, slug, record) VALUES (?1, ?2, ?3)", key)?;
        let db = self.db();
        let mut query = db.prepare_cached("SELECT record FROM access WHERE class = ?1 AND slug = ?2")?;
        let record: String = query.query_row(params![class, slug.as_str()], |row| row.get(0))?;
        parsed(&record)
    }

    /// Adds a public key to the credentials of a member.
    pub fn add_key(&self, class: &str, slug: &TraineeId, line: &str) -> Result<()> {
        let mut access = self.access(class, slug)?;
        access.add_key(line);
        let values = params![class, slug.as_str(), text(&access)?];
        self.db().execute("UPDATE access SET record = ?3 WHERE class = ?1 AND slug = ?2", values)?;
        Ok(())
    }

    /// The attempts of a class, also those that were stopped; oldest first.
    pub fn class_attempts(&self, class: &str) -> Result<Vec<Entry>> {
        let mut entries = self.attempts()?;
        entries.retain(|entry| entry.attempt.class.as_deref() == Some(class));
        Ok(entries)
    }
}

fn course((state, record): (String, String)) -> Result<(Course, ClassState)> {
    let state = [ClassState::Open, ClassState::Stopped].into_iter().find(|known| known.as_str() == state);
    Ok((parsed(&record)?, state.ok_or_else(|| unreadable("unknown state of a class"))?))
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|cause| Error::bug("a class cannot be written").caused_by(cause))
}

fn parsed<T: DeserializeOwned>(record: &str) -> Result<T> {
    serde_json::from_str(record).map_err(unreadable)
}
