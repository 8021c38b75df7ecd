//! The database schema and its migrations.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Transaction};
use rusqlite_migration::{HookError, HookResult, M, Migrations};
use serde_json::{Map, Value, json};

use crate::attempt::Happening;
use crate::error::{Error, Result};

/// Time that a process waits for another one that is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Migrations are only ever added at the end.
fn migrations() -> Migrations<'static> {
    let events = M::up_with_hook(EVENTS, |change: &Transaction<'_>| lines_to_events(change));
    let environments = M::up_with_hook(ENVIRONMENTS, |change: &Transaction<'_>| split_environments(change));
    Migrations::new(vec![
        M::up(FIRST),
        M::up(CLASSES),
        M::up(POOL),
        M::up(TRACES),
        M::up(CREATING),
        events,
        environments,
        M::up(ACCESS),
    ])
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

/// Credentials of the members of classes at the gate.
const ACCESS: &str = "CREATE TABLE access (
         class TEXT NOT NULL, slug TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (class, slug)
     ) STRICT;";

/// Timeline events become JSON instead of lines of text.
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

/// An environment belongs to an attempt, or to the pool if `attempt` is NULL.
const ENVIRONMENTS: &str = "CREATE TABLE environments (
         id TEXT PRIMARY KEY, attempt TEXT UNIQUE, ready INTEGER NOT NULL, compatibility TEXT NOT NULL,
         record TEXT NOT NULL
     ) STRICT;";

/// Splits attempts that held their environments, and pooled attempts that had no trainee.
fn split_environments(change: &Transaction<'_>) -> HookResult {
    let broken = |cause: serde_json::Error| HookError::Hook(cause.to_string());
    let mut put = change
        .prepare("INSERT INTO environments (id, attempt, ready, compatibility, record) VALUES (?1, ?2, ?3, '', ?4)")?;
    let mut write = change.prepare("UPDATE attempts SET record = ?2 WHERE id = ?1")?;
    for (id, record) in records(change, "SELECT id, record FROM attempts")? {
        let (attempt, environment) = split(serde_json::from_str(&record).map_err(broken)?);
        put.execute((environment["id"].as_str(), &id, false, environment.to_string()))?;
        write.execute((&id, attempt.to_string()))?;
    }
    for (ready, query) in
        [(true, "SELECT id, record FROM pool WHERE ready"), (false, "SELECT id, record FROM pool WHERE NOT ready")]
    {
        for (id, record) in records(change, query)? {
            let (_, environment) = split(serde_json::from_str(&record).map_err(broken)?);
            put.execute((&id, None::<String>, ready, environment.to_string()))?;
        }
    }
    change.execute_batch("DROP TABLE pool;")?;
    Ok(())
}

fn records(change: &Transaction<'_>, query: &str) -> rusqlite::Result<Vec<(String, String)>> {
    change.prepare(query)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Splits an attempt from its environment. The probe's image was not recorded; a reset sets it.
fn split(mut old: Value) -> (Value, Value) {
    let mut take = |field: &str| old.get_mut(field).map(Value::take).unwrap_or_default();
    let id = Some(take("environment")).filter(|id| !id.is_null());
    let (image, limits) = (take("image"), take("limits"));
    let machine = |role: &str, image: &Value| json!({ "role": role, "image": image });
    let mut machines = vec![machine("gitlab", &image), machine("probe", &"".into()), machine("relay", &"".into())];
    machines[0]["limits"] = if limits.is_null() { json!({}) } else { limits };
    let environment = json!({
        "spec": {
            "machines": machines, "platform": take("platform"), "scheme": take("scheme"), "listen": take("listen"),
            "address": take("address"), "data_mib": null,
        },
        "port": take("port"),
        "root": { "password": take("root_password"), "token": take("root_token") },
    });
    let access = json!({ "password": take("ssh_password"), "keys": take("ssh_keys") });
    let id = id.unwrap_or_else(|| old["id"].clone());
    let tags: Map<String, Value> = ["lab", "trainee", "class"]
        .into_iter()
        .filter_map(|name| Some((name.to_string(), old.get(name)?.clone())))
        .filter(|(_, value)| !value.is_null())
        .collect();
    let mut environment = environment;
    environment["id"] = id.clone();
    environment["tags"] = tags.into();
    environment["created"] = old["created"].clone();
    environment["expires"] = old["expires"].clone();
    old["environment"] = id;
    old["access"] = access;
    (old, environment)
}

/// Opens the database and migrates it. Two processes that do so at the same moment wait for each other.
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
    use crate::attempt::Workspace;
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

    /// How many steps there were while attempts held their environments.
    const WHOLE: usize = 6;

    #[test]
    fn attempts_that_held_their_environments_are_split() {
        let folder = tempfile::tempdir().unwrap();
        let mut old = Connection::open(folder.path().join("breakfix.sqlite")).unwrap();
        migrations().to_version(&mut old, WHOLE).unwrap();
        let record = json!({
            "id": "nginx-502-ada-k3pq", "lab": "nginx-502", "labs_dir": null, "lab_digest": "d", "trainee": "ada",
            "class": "spring", "seed": "1", "image": "breakfix/gitlab:1", "platform": "light", "scheme": "https",
            "listen": "127.0.0.1", "address": "host", "port": 8080, "root_password": "secret", "root_token": "token",
            "created": "1970-01-01T00:00:00Z", "expires": "1970-01-01T01:00:00Z", "hints_taken": 2,
            "limits": { "memory_mib": 700, "cpu_percent": null, "processes": null }, "due": null,
            "environment": "pool-abcdefgh", "handed_over": null, "ssh_password": "word", "ssh_keys": ["key"],
            "healthy": false, "holder": null,
        });
        let insert =
            "INSERT INTO attempts (id, lab, trainee, state, record) VALUES (?1, 'nginx-502', 'ada', 'running', ?2)";
        old.execute(insert, ("nginx-502-ada-k3pq", record.to_string())).unwrap();
        let mut pooled = record;
        pooled["id"] = "pool-b".into();
        pooled["environment"] = Value::Null;
        let insert = "INSERT INTO pool (id, shape, ready, record) VALUES ('pool-b', 's', TRUE, ?1)";
        old.execute(insert, [pooled.to_string()]).unwrap();
        drop(old);

        let store = Store::open(folder.path()).unwrap();
        let Workspace { attempt, environment } = store.known("nginx-502-ada-k3pq").unwrap().workspace();
        assert_eq!((attempt.hints_taken, attempt.access.keys.as_slice()), (2, ["key".to_string()].as_slice()));
        assert_eq!((&attempt.environment, attempt.access.password.expose()), (&environment.id, "word"));
        assert_eq!((environment.id.as_str(), environment.url().as_str()), ("pool-abcdefgh", "https://host:8080"));
        assert_eq!((environment.root.password.expose(), environment.root.token.expose()), ("secret", "token"));
        assert_eq!(
            (environment.spec.image(), environment.spec.machines[0].limits.memory_mib),
            ("breakfix/gitlab:1", Some(700))
        );
        let tags: Vec<&str> = environment.tags.values().map(String::as_str).collect();
        assert_eq!(tags, ["spring", "nginx-502", "ada"]);
        let pool = store.pool().unwrap();
        let facts = |pooled: &crate::store::Pooled| {
            (pooled.environment.id.to_string(), pooled.compatibility.is_some(), pooled.ready)
        };
        assert_eq!(pool.iter().map(facts).collect::<Vec<_>>(), [("pool-b".to_string(), false, true)]);
    }
}
