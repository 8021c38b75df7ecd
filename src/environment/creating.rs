//! A call that makes something outlives its caller: the engine goes on with it after we were killed. So each is written
//! down before it begins, and whoever cleans up waits for what may still come into being.

use std::time::Duration;

use jiff::SignedDuration;

use crate::engine::{EngineError, Object, Spec};
use crate::error::{Context, Result};
use crate::host::{Creating, Host};
use crate::id::EnvironmentId;

/// After which an engine that was asked to make something is taken to have done it, or never to do it. What comes even
/// later carries its labels, and goes with the next `gc`.
const LATEST: SignedDuration = SignedDuration::from_secs(20);
/// Between two looks.
const BETWEEN: Duration = Duration::from_millis(200);

/// Has the engine make one object.
pub async fn creating(host: &Host, spec: &Spec) -> Result<(), EngineError> {
    let spec = &match spec {
        Spec::Container(container) => Spec::Container(Box::new(host.verified(*container.clone()).await?)),
        other => other.clone(),
    };
    let (kind, name, owner) = spec.identity();
    let call = Creating { environment: owner.environment.clone(), kind, name: name.into(), since: host.now() };
    // A store that cannot be written ends the start a moment later, in its own words.
    host.journal.begin(&call).ok();
    let made = host.engine.create(spec).await;
    match &made {
        // The engine may still be at it.
        Err(EngineError::Stalled { .. }) => host.journal.begin(&Creating { since: host.now(), ..call }).ok(),
        // It answered, or hung up: whoever hangs up does not go on.
        _ => host.journal.end(&call).ok(),
    };
    made
}

/// Waits until nothing more can come into being in an environment that nobody makes any more.
pub async fn outwait(host: &Host, environment: &EnvironmentId) -> Result<()> {
    loop {
        let calls = host.journal.open(environment)?;
        if calls.is_empty() {
            return Ok(());
        }
        let objects = host.engine.list(&host.installation).await;
        let objects = objects.context(|| "what is left cannot be listed".into())?;
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
