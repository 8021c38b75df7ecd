//! The warm pool: healthy environments that are created in advance and suspended until an attempt takes one.
//!
//! They have no lab's seed yet, so every lab with a compatible environment can take them, and no final credentials, which
//! come from the attempt. [`crate::lifecycle::start`] takes them through the store.

use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use crate::app::App;
use crate::environment::readiness::wait_ready;
use crate::environment::{Environment, EnvironmentSpec, PortChoice, create, suspend, teardown};
use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::id::EnvironmentId;
use crate::random;

/// Environments created in parallel: starting GitLab keeps more than one processor busy.
const PARALLEL: usize = 2;
/// Tag of environments of the pool.
const TAG: &str = "pool";

/// The result of filling the pool. One failure does not stop the others.
#[derive(Debug, Default)]
pub struct Filled {
    /// Environments that are in the pool now.
    pub made: Vec<EnvironmentId>,
    /// The first failure.
    pub error: Option<Error>,
}

/// What was removed from the pool.
#[derive(Debug, Default)]
pub struct Drained {
    /// Removed environments.
    pub removed: Vec<EnvironmentId>,
    /// Environments that are still being created, which stay.
    pub busy: Vec<EnvironmentId>,
}

/// Drafts an environment for the pool, without objects in the engine.
///
/// # Errors
/// The system gives no random numbers.
pub fn draft(spec: EnvironmentSpec, created: Timestamp, expires: Timestamp) -> Result<Environment> {
    let id = EnvironmentId::new(format!("{TAG}-{}", random::letters(8)?));
    let mut draft = Environment::draft(id, spec, created, expires)?;
    draft.tags.extend(["lab", "trainee"].map(|name| (name.to_string(), TAG.to_string())));
    Ok(draft)
}

/// Creates these environments.
pub async fn fill(app: &App, drafts: Vec<Environment>) -> Filled {
    let work: Vec<_> = drafts.into_iter().map(|draft| fill_one(app, draft)).collect();
    let mut ended = stream::iter(work).buffered(PARALLEL);
    let mut filled = Filled::default();
    while let Some(result) = ended.next().await {
        match result {
            Ok(id) => filled.made.push(id),
            Err(error) => drop(filled.error.get_or_insert(error)),
        }
    }
    filled
}

async fn fill_one(app: &App, mut draft: Environment) -> Result<EnvironmentId> {
    app.check_cancelled()?;
    let step = Step::Fill(draft.id.to_string());
    app.emit(Event::Started(step.clone()));
    let _lock = app.lock(&draft.id).await?;
    app.store.pool_insert(&draft)?;
    match make(&app.quiet(), &mut draft).await {
        Ok(()) => {
            app.store.pool_ready(&draft)?;
            app.emit(Event::Finished(step));
            Ok(draft.id)
        }
        Err(error) => {
            app.emit(Event::Failed(step, error.to_string()));
            // If this fails, the store still lists the environment as unfinished, and `gc` removes the rest.
            teardown(app, &draft.id).await?;
            app.store.pool_remove(&draft.id)?;
            Err(error)
        }
    }
}

async fn make(app: &App, draft: &mut Environment) -> Result<()> {
    create(app, draft, PortChoice::Any).await?;
    app.step(Step::Boot, async { Ok(wait_ready(app, draft).await?) }).await?;
    let suspended = app.cancel.run_until_cancelled(suspend(app, draft)).await;
    suspended.ok_or_else(Error::interrupted)?
}

/// Removes these environments from the pool, except those that are being created.
pub async fn drain(app: &App, these: impl Fn(&Environment) -> bool) -> Result<Drained> {
    let mut drained = Drained::default();
    let pool = app.store.pool()?.into_iter().map(|pooled| pooled.environment);
    for Environment { id, .. } in pool.filter(these) {
        app.check_cancelled()?;
        let lock = app.store.lock(&id)?;
        if !lock.try_take()? {
            drained.busy.push(id);
        } else if app.store.pool_remove(&id)? {
            teardown(app, &id).await?;
            drained.removed.push(id);
        }
    }
    Ok(drained)
}
