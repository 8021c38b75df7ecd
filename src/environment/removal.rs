//! Removes all objects of an environment. They are found by labels alone, so this works after any crash.

use std::time::Duration;

use futures_util::future::join_all;

use super::creating::outwait;
use crate::engine::{EngineError, Object, ObjectKind, ObjectRef};
use crate::error::{Context, Error, Result};
use crate::host::Host;
use crate::id::EnvironmentId;

/// Number of sweeps, and the pause between them: an object can be busy, or can still be created by a call whose caller
/// was killed.
const SWEEPS: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(500);

/// Removes all objects of an environment, after waiting for open calls that may create more. Having none is a success.
pub async fn teardown(host: &Host, environment: &EnvironmentId) -> Result<()> {
    outwait(host, environment).await.map_err(leftover)?;
    let ours = &host.installation;
    remove_all(host, ours, |object| object.owner.as_ref().is_some_and(|owner| owner.environment == *environment)).await
}

/// Removes the chosen objects of an installation.
pub async fn remove_all(host: &Host, installation: &str, chosen: impl Fn(&Object) -> bool) -> Result<()> {
    let mut trouble = None;
    for sweep in 0..SWEEPS {
        if sweep > 0 {
            tokio::time::sleep(BETWEEN).await;
        }
        let objects = host.engine.list(installation).await.context(|| "the remaining objects cannot be listed".into());
        let to_remove: Vec<ObjectRef> = match objects {
            Ok(objects) => objects.into_iter().filter(|object| chosen(object)).map(|object| object.reference).collect(),
            // Waiting does not help if the engine is unreachable.
            Err(error) => return Err(leftover(error)),
        };
        if to_remove.is_empty() {
            return Ok(());
        }
        match sweep_once(host, &to_remove).await {
            // The next sweep sees an empty list, or objects that were created meanwhile.
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

/// Finds an object that appeared right after a clean sweep.
async fn sweep_again(
    host: &Host,
    installation: &str,
    chosen: &impl Fn(&Object) -> bool,
) -> Result<Option<EngineError>> {
    let objects = host.engine.list(installation).await.context(|| "the remaining objects cannot be listed".into())?;
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

/// Removes containers before the networks and volumes that they use, and objects of one kind in parallel.
async fn sweep_once(host: &Host, to_remove: &[ObjectRef]) -> Result<(), EngineError> {
    for kind in [ObjectKind::Container, ObjectKind::Network, ObjectKind::Volume] {
        let removals = to_remove.iter().filter(|object| object.kind == kind).map(|object| host.engine.remove(object));
        join_all(removals).await.into_iter().collect::<Result<Vec<()>, _>>()?;
    }
    Ok(())
}
