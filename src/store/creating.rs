//! The journal of calls that create objects.

use rusqlite::params;

use super::Store;
use crate::engine::ObjectKind;
use crate::error::Result;
use crate::host::{Creating, Journal};
use crate::id::EnvironmentId;

impl Journal for Store {
    fn begin(&self, call: &Creating) -> Result<()> {
        let sql = "INSERT INTO creating (environment, kind, name, since) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (environment, kind, name) DO UPDATE SET since = excluded.since";
        let values = params![call.environment.as_str(), word(call.kind), call.name, call.since.to_string()];
        self.db().execute(sql, values)?;
        Ok(())
    }

    fn end(&self, call: &Creating) -> Result<()> {
        let sql = "DELETE FROM creating WHERE environment = ?1 AND kind = ?2 AND name = ?3";
        self.db().execute(sql, params![call.environment.as_str(), word(call.kind), call.name])?;
        Ok(())
    }

    fn open(&self, environment: &EnvironmentId) -> Result<Vec<Creating>> {
        let db = self.db();
        let mut query = db.prepare_cached("SELECT kind, name, since FROM creating WHERE environment = ?1")?;
        let rows = query.query_map([environment.as_str()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        })?;
        rows.map(|row| {
            let (kind, name, since) = row?;
            let kind = KINDS.into_iter().find(|known| word(*known) == kind).unwrap_or(ObjectKind::Container);
            Ok(Creating { environment: environment.clone(), kind, name, since: since.parse().unwrap_or_default() })
        })
        .collect()
    }
}

const KINDS: [ObjectKind; 3] = [ObjectKind::Container, ObjectKind::Network, ObjectKind::Volume];

fn word(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Container => "container",
        ObjectKind::Network => "network",
        ObjectKind::Volume => "volume",
    }
}
