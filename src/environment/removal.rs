//! Removing all that an environment has in the engine. Labels alone say what that is, so it works after any crash.

use std::time::Duration;

use futures_util::future::join_all;

use super::creating::outwait;
use crate::engine::{EngineError, Object, ObjectKind, ObjectRef};
use crate::error::{Context, Error, Result};
use crate::host::Host;
use crate::id::EnvironmentId;

/// Sweeps before giving up, and the time between them: an object can be busy, or still be on its way
/// into existence when its creator was killed.
const SWEEPS: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(500);

/// Removes everything of an environment; having nothing is a success. What the engine may still be making is awaited first.
pub async fn teardown(host: &Host, environment: &EnvironmentId) -> Result<()> {
    outwait(host, environment).await.map_err(leftover)?;
    let ours = &host.installation;
    remove_all(host, ours, |object| object.owner.as_ref().is_some_and(|owner| owner.environment == *environment)).await
}

/// Removes every object of an installation that is chosen.
pub async fn remove_all(host: &Host, installation: &str, chosen: impl Fn(&Object) -> bool) -> Result<()> {
    let mut trouble = None;
    for sweep in 0..SWEEPS {
        if sweep > 0 {
            tokio::time::sleep(BETWEEN).await;
        }
        let objects = host.engine.list(installation).await.context(|| "what is left cannot be listed".into());
        let to_remove: Vec<ObjectRef> = match objects {
            Ok(objects) => objects.into_iter().filter(|object| chosen(object)).map(|object| object.reference).collect(),
            // An engine that is away stays away long enough to tell at once.
            Err(error) => return Err(leftover(error)),
        };
        if to_remove.is_empty() {
            return Ok(());
        }
        match sweep_once(host, &to_remove).await {
            // The next round sees an empty list, or what came into being since.
            Ok(()) if sweep == 0 => trouble = sweep_again(host, installation, &chosen).await?,
            Ok(()) => trouble = None,
            Err(error) => trouble = Some(error),
        }
        if trouble.is_none() {
            return Ok(());
        }
    }
    Err(leftover(trouble.map_or_else(|| Error::environment("objects come back"), told)))
}

/// Whether anything is left right after a clean sweep.
async fn sweep_again(
    host: &Host,
    installation: &str,
    chosen: &impl Fn(&Object) -> bool,
) -> Result<Option<EngineError>> {
    let objects = host.engine.list(installation).await.context(|| "what is left cannot be listed".into())?;
    Ok(objects
        .iter()
        .find(|object| chosen(object))
        .map(|object| EngineError::Conflict(format!("{} came back", object.reference.name))))
}

fn told(error: EngineError) -> Error {
    let wrapped: Result<()> = Err(error).context(|| "something could not be removed".into());
    wrapped.expect_err("it was made of an error")
}

fn leftover(error: Error) -> Error {
    error.hint("`breakfix gc` removes what is left, once the engine answers.")
}

/// Containers before the networks and volumes they use; each kind side by side.
async fn sweep_once(host: &Host, to_remove: &[ObjectRef]) -> Result<(), EngineError> {
    for kind in [ObjectKind::Container, ObjectKind::Network, ObjectKind::Volume] {
        let removals = to_remove.iter().filter(|object| object.kind == kind).map(|object| host.engine.remove(object));
        join_all(removals).await.into_iter().collect::<Result<Vec<()>, _>>()?;
    }
    Ok(())
}
