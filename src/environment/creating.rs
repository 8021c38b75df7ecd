//! Calls that create an object. The engine completes such a call even if its caller is killed. Each call is therefore
//! recorded before it begins, and a cleanup waits until no open call can create anything more.

use std::time::Duration;

use jiff::SignedDuration;

use crate::engine::{EngineError, Object, Spec};
use crate::error::{Context, Result};
use crate::host::{Creating, Host};
use crate::id::EnvironmentId;

/// Time after which a call is assumed to have succeeded or failed for good. An object that appears even later carries
/// labels, and the next `gc` removes it.
const LATEST: SignedDuration = SignedDuration::from_secs(20);
/// Pause between two polls.
const BETWEEN: Duration = Duration::from_millis(200);

/// Creates one object.
pub async fn creating(host: &Host, spec: &Spec) -> Result<(), EngineError> {
    let spec = &match spec {
        Spec::Container(container) => Spec::Container(Box::new(host.verified(*container.clone()).await?)),
        other => other.clone(),
    };
    let (kind, name, owner) = spec.identity();
    let call = Creating { environment: owner.environment.clone(), kind, name: name.into(), since: host.now() };
    // If the store cannot be written, the start fails a moment later with the store's own error.
    host.journal.begin(&call).ok();
    let made = host.engine.create(spec).await;
    match &made {
        // The engine may still be working on it.
        Err(EngineError::Stalled { .. }) => host.journal.begin(&Creating { since: host.now(), ..call }).ok(),
        // The engine answered or closed the connection, and does nothing more.
        _ => host.journal.end(&call).ok(),
    };
    made
}

/// Waits until no open call can create another object of this environment.
pub async fn outwait(host: &Host, environment: &EnvironmentId) -> Result<()> {
    loop {
        let calls = host.journal.open(environment)?;
        if calls.is_empty() {
            return Ok(());
        }
        let objects = host.engine.list(&host.installation).await;
        let objects = objects.context(|| "the remaining objects cannot be listed".into())?;
        let (done, open): (Vec<_>, Vec<_>) = calls.into_iter().partition(|call| {
            host.now().duration_since(call.since) >= LATEST || objects.iter().any(|object| is_of(object, call))
        });
        done.iter().try_for_each(|call| host.journal.end(call))?;
        if !open.is_empty() {
            tokio::time::sleep(BETWEEN).await;
        }
    }
}

fn is_of(object: &Object, call: &Creating) -> bool {
    object.reference.kind == call.kind && object.reference.name == call.name
}
