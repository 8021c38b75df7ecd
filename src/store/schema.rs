//! The database's shape, and how older ones are brought to it.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::error::{Error, Result};

/// How long a process waits for another one that is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Steps are only ever added at the end.
fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(FIRST), M::up(CLASSES), M::up(POOL), M::up(TRACES), M::up(CREATING)])
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
    #[test]
    fn migrations_apply() {
        super::migrations().validate().unwrap();
    }
}
