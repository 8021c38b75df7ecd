//! The database's shape, and how older ones are brought to it.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Transaction};
use rusqlite_migration::{HookError, HookResult, M, Migrations};

use crate::attempt::Happening;
use crate::error::{Error, Result};

/// How long a process waits for another one that is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Steps are only ever added at the end.
fn migrations() -> Migrations<'static> {
    let events = M::up_with_hook(EVENTS, |change: &Transaction<'_>| lines_to_events(change));
    Migrations::new(vec![M::up(FIRST), M::up(CLASSES), M::up(POOL), M::up(TRACES), M::up(CREATING), events])
}

const FIRST: &str = "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
     CREATE TABLE attempts (
         id TEXT PRIMARY KEY, lab TEXT NOT NULL, trainee TEXT NOT NULL, state TEXT NOT NULL, record TEXT NOT NULL
     ) STRICT;
     CREATE TABLE moments (attempt TEXT NOT NULL, at TEXT NOT NULL, what TEXT NOT NULL) STRICT;
     CREATE INDEX moments_by_attempt ON moments (attempt);
     CREATE TABLE grades (attempt TEXT NOT NULL, at TEXT NOT NULL, record TEXT NOT NULL) STRICT;
     CREATE INDEX grades_by_attempt ON grades (attempt);";

const POOL: &str = "CREATE TABLE pool (id TEXT PRIMARY KEY, shape TEXT NOT NULL, ready INTEGER NOT NULL, record TEXT NOT NULL) STRICT;";

const TRACES: &str = "CREATE TABLE traces (attempt TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;";

const CREATING: &str = "CREATE TABLE creating (
         environment TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, since TEXT NOT NULL,
         PRIMARY KEY (environment, kind, name)
     ) STRICT;";

const CLASSES: &str =
    "CREATE TABLE classes (id TEXT PRIMARY KEY, state TEXT NOT NULL, record TEXT NOT NULL) STRICT;
     CREATE TABLE members (
         class TEXT NOT NULL, slug TEXT NOT NULL, place INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (class, slug)
     ) STRICT;";

/// A [`Happening`] as JSON, in the place of a line of words.
const EVENTS: &str = "ALTER TABLE moments RENAME COLUMN what TO event;";

fn lines_to_events(change: &Transaction<'_>) -> HookResult {
    let mut read = change.prepare("SELECT rowid, event FROM moments")?;
    let lines = read.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<Vec<(i64, String)>, _>>()?;
    let mut write = change.prepare("UPDATE moments SET event = ?2 WHERE rowid = ?1")?;
    for (row, line) in lines {
        let event = serde_json::to_string(&Happening::from_words(&line));
        let event = event.map_err(|cause| HookError::Hook(cause.to_string()))?;
        write.execute((row, event))?;
    }
    Ok(())
}

/// Opens the database in its newest shape. Two processes that do so at the same moment wait for each other.
pub(super) fn open(path: &Path) -> Result<Connection> {
    let unusable = |cause: &dyn std::fmt::Display| {
        Error::environment(format!("the store {} cannot be opened", path.display()))
            .because(cause)
            .hint("Choose another state folder with --state, or move this file away.")
    };
    let mut connection = Connection::open(path).map_err(|cause| unusable(&cause))?;
    connection.busy_timeout(PATIENCE)?;
    let guard = std::fs::File::create(path.with_extension("lock")).map_err(|cause| unusable(&cause))?;
    guard.lock().map_err(|cause| unusable(&cause))?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(|cause| unusable(&cause))?;
    migrations().to_latest(&mut connection).map_err(|cause| unusable(&cause))?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attempt::timeline::LINES;
    use crate::store::Store;

    /// How many steps there were while timelines were lines of words.
    const WORDS: usize = 5;

    #[test]
    fn migrations_apply() {
        migrations().validate().unwrap();
    }

    #[test]
    fn timelines_in_words_become_events() {
        let folder = tempfile::tempdir().unwrap();
        let mut old = Connection::open(folder.path().join("breakfix.sqlite")).unwrap();
        migrations().to_version(&mut old, WORDS).unwrap();
        for (second, (line, _)) in LINES.iter().enumerate() {
            let values = (format!("2026-11-26T10:00:{second:02}Z"), line);
            old.execute("INSERT INTO moments (attempt, at, what) VALUES ('a', ?1, ?2)", values).unwrap();
        }
        drop(old);
        let timeline = Store::open(folder.path()).unwrap().timeline("a").unwrap();
        assert_eq!(timeline.len(), LINES.len());
        for (event, (line, kept)) in timeline.iter().zip(LINES) {
            assert_eq!(event.what, serde_json::from_str(kept).unwrap());
            assert_eq!(event.what.to_string(), line);
        }
        assert_eq!(timeline[12].at.to_string(), "2026-11-26T10:00:12Z");
    }
}
