//! Leftovers of other installations. If a CI job is killed and its state folder is gone, only labels say who owned an
//! object, and until when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::gc::Reason;
use crate::app::App;
use crate::engine::{Engine, Object};
use crate::environment::remove_all;
use crate::error::{Context, Result};
use crate::id::AttemptId;

/// An expired environment of another installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Abandoned {
    /// The attempt, or the environment of a pool.
    pub attempt: AttemptId,
    /// Always [`Reason::Abandoned`].
    pub reason: Reason,
    /// How many objects it has in the engine.
    pub objects: usize,
    /// Random name of the installation that owned it.
    pub installation: String,
    /// When it expired.
    pub expired: Timestamp,
}

/// Chooses environments all of whose objects have expired.
#[must_use]
pub fn plan(objects: &[Object], now: Timestamp) -> Vec<Abandoned> {
    let mut found: BTreeMap<(&str, &str), (usize, Timestamp)> = BTreeMap::new();
    for owner in objects.iter().filter_map(|object| object.owner.as_ref()) {
        let entry = found.entry((&owner.installation, &owner.environment)).or_insert((0, owner.expires));
        *entry = (entry.0 + 1, entry.1.max(owner.expires));
    }
    let over = found.into_iter().filter(|(_, (_, expires))| *expires <= now);
    over.map(|((installation, attempt), (objects, expired))| Abandoned {
        attempt: attempt.into(),
        reason: Reason::Abandoned,
        objects,
        installation: installation.into(),
        expired,
    })
    .collect()
}

/// Lists the engine's objects, and chooses.
pub async fn survey(engine: &dyn Engine, installation: &str, now: Timestamp) -> Result<Vec<Abandoned>> {
    let objects = engine.list_others(installation).await;
    Ok(plan(&objects.context(|| "objects of other installations cannot be listed".into())?, now))
}

/// Removes what was chosen.
pub async fn collect(app: &App, abandoned: &Abandoned) -> Result<()> {
    let chosen = |object: &Object| object.owner.as_ref().is_some_and(|owner| *owner.environment == *abandoned.attempt);
    remove_all(app, &abandoned.installation, chosen).await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::fake::Fake;
    use crate::engine::{Owner, Role, Spec, VolumeSpec};
    use crate::store::Store;

    const NOW: i64 = 1000;

    async fn volume(engine: &Fake, installation: &str, attempt: &str, name: &str, expires: i64) {
        let owner = Owner {
            installation: installation.into(),
            environment: attempt.into(),
            expires: Timestamp::from_second(expires).unwrap(),
            role: Role::Volume,
            ..Owner::default()
        };
        engine.create(&Spec::Volume(VolumeSpec { name: name.into(), memory_mib: None, owner })).await.unwrap();
    }

    #[tokio::test]
    async fn only_what_others_have_left_and_what_has_expired_goes() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(folder.path()).unwrap());
        let engine = Arc::new(Fake::new());
        volume(&engine, store.installation(), "mine", "mine", NOW).await;
        volume(&engine, "other", "over", "over-1", NOW - 1).await;
        volume(&engine, "other", "over", "over-2", NOW).await;
        volume(&engine, "other", "younger", "younger-1", NOW).await;
        volume(&engine, "other", "younger", "younger-2", NOW + 1).await;
        volume(&engine, "third", "over", "third", NOW + 1).await;
        let now = Timestamp::from_second(NOW).unwrap();
        let found = survey(engine.as_ref(), store.installation(), now).await.unwrap();
        let over = Abandoned {
            attempt: "over".into(),
            reason: Reason::Abandoned,
            objects: 2,
            installation: "other".into(),
            expired: now,
        };
        assert_eq!(found, std::slice::from_ref(&over));

        let app = crate::app::tests::app(engine.clone(), store);
        collect(&app, &over).await.unwrap();
        assert_eq!(engine.names(), ["Volume mine", "Volume third", "Volume younger-1", "Volume younger-2"]);
    }
}
