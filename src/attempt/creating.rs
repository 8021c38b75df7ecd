//! A call that makes something outlives its caller: the engine goes on with it after we were killed. So each is written
//! down before it begins, and whoever cleans up waits for what may still come into being.

use std::time::Duration;

use jiff::SignedDuration;

use crate::app::App;
use crate::engine::{EngineError, Object, Spec};
use crate::error::{Context, Result};
use crate::store::Creating;

/// After which an engine that was asked to make something is taken to have done it, or never to do it. What comes even
/// later carries its labels, and goes with the next `gc`.
const LATEST: SignedDuration = SignedDuration::from_secs(20);
/// Between two looks.
const BETWEEN: Duration = Duration::from_millis(200);

/// Has the engine make one object.
pub async fn creating(app: &App, spec: &Spec) -> Result<(), EngineError> {
    let spec = &match spec {
        Spec::Container(container) => Spec::Container(Box::new(app.verified(*container.clone()).await?)),
        other => other.clone(),
    };
    let (kind, name, owner) = spec.identity();
    let call = Creating { environment: owner.attempt.clone(), kind, name: name.into(), since: app.now() };
    // A store that cannot be written ends the start a moment later, in its own words.
    app.store.begin_creating(&call).ok();
    let made = app.engine.create(spec).await;
    match &made {
        // The engine may still be at it.
        Err(EngineError::Stalled { .. }) => app.store.begin_creating(&Creating { since: app.now(), ..call }).ok(),
        // It answered, or hung up: whoever hangs up does not go on.
        _ => app.store.end_creating(&call).ok(),
    };
    made
}

/// Waits until nothing more can come into being in an environment that nobody makes any more.
pub async fn outwait(app: &App, environment: &str) -> Result<()> {
    loop {
        let calls = app.store.creating(environment)?;
        if calls.is_empty() {
            return Ok(());
        }
        let objects = app.engine.list(app.store.installation()).await;
        let objects = objects.context(|| "what is left cannot be listed".into())?;
        let (done, open): (Vec<_>, Vec<_>) = calls.into_iter().partition(|call| {
            app.now().duration_since(call.since) >= LATEST || objects.iter().any(|object| is_of(object, call))
        });
        done.iter().try_for_each(|call| app.store.end_creating(call))?;
        if !open.is_empty() {
            tokio::time::sleep(BETWEEN).await;
        }
    }
}

fn is_of(object: &Object, call: &Creating) -> bool {
    object.reference.kind == call.kind && object.reference.name == call.name
}
