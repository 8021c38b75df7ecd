//! What the engine was asked to make, and has not answered for yet.

use jiff::Timestamp;
use rusqlite::params;

use super::Store;
use crate::engine::Kind;
use crate::error::Result;

/// One call that makes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creating {
    /// Id of the environment that it is for.
    pub environment: String,
    /// What is made.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// When the engine was asked.
    pub since: Timestamp,
}

impl Store {
    /// Written before the engine is asked.
    pub fn begin_creating(&self, call: &Creating) -> Result<()> {
        let sql = "INSERT INTO creating (environment, kind, name, since) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (environment, kind, name) DO UPDATE SET since = excluded.since";
        let values = params![call.environment, word(call.kind), call.name, call.since.to_string()];
        self.db().execute(sql, values)?;
        Ok(())
    }

    /// Written once it is known what came of it.
    pub fn end_creating(&self, call: &Creating) -> Result<()> {
        let sql = "DELETE FROM creating WHERE environment = ?1 AND kind = ?2 AND name = ?3";
        self.db().execute(sql, params![call.environment, word(call.kind), call.name])?;
        Ok(())
    }

    /// Calls for an environment of which it is not known what came.
    pub fn creating(&self, environment: &str) -> Result<Vec<Creating>> {
        let db = self.db();
        let mut query = db.prepare_cached("SELECT kind, name, since FROM creating WHERE environment = ?1")?;
        let rows = query.query_map([environment], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?;
        rows.map(|row| {
            let (kind, name, since) = row?;
            let kind = KINDS.into_iter().find(|known| word(*known) == kind).unwrap_or(Kind::Container);
            Ok(Creating { environment: environment.into(), kind, name, since: since.parse().unwrap_or_default() })
        })
        .collect()
    }
}

const KINDS: [Kind; 3] = [Kind::Container, Kind::Network, Kind::Volume];

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Container => "container",
        Kind::Network => "network",
        Kind::Volume => "volume",
    }
}
