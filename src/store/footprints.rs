//! Footprints of the faults of attempts.

use rusqlite::{OptionalExtension, params};

use super::{Store, unreadable};
use crate::attempt::Footprint;
use crate::error::{Error, Result};

impl Store {
    /// Stores the footprint of an attempt's fault, replacing an older one.
    pub fn keep_footprints(&self, attempt: &str, footprints: &[Footprint]) -> Result<()> {
        let record = serde_json::to_string(footprints)
            .map_err(|cause| Error::bug("footprints cannot be written").caused_by(cause))?;
        let sql = "INSERT INTO traces (attempt, record) VALUES (?1, ?2)
             ON CONFLICT (attempt) DO UPDATE SET record = excluded.record";
        self.db().execute(sql, params![attempt, record])?;
        Ok(())
    }

    /// The footprint of an attempt's fault; empty if there is none.
    pub fn footprints(&self, attempt: &str) -> Result<Vec<Footprint>> {
        let db = self.db();
        let mut query = db.prepare_cached("SELECT record FROM traces WHERE attempt = ?1")?;
        let record = query.query_row([attempt], |row| row.get::<_, String>(0)).optional()?;
        record.map_or(Ok(vec![]), |record| serde_json::from_str(&record).map_err(unreadable))
    }
}
