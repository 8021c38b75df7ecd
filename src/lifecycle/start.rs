//! Starts, resets and stops attempts: the launch, its record in the store, and the cleanup after a failure.

use super::launch::{EnvironmentSource, Launch, launch, on_its_own};
use crate::app::App;
use crate::attempt::{Attempt, Happening, State, Workspace};
use crate::environment::{ImageSet, PortChoice, teardown};
use crate::error::{Error, Kind, Result};
use crate::event::{Event, Step};
use crate::id::{AttemptId, EnvironmentId};

/// What becomes of an environment whose start has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// It is removed.
    Remove,
    /// It is kept, to be examined.
    Keep,
}

/// Starts an attempt. After any failure and after Ctrl-C nothing is left in the engine, unless it is to be kept.
pub async fn start(app: &App, draft: Workspace, what: &Launch<'_>, on_failure: OnFailure) -> Result<Workspace> {
    let _lock = app.lock(&draft.attempt.id).await?;
    let taken = if what.source == EnvironmentSource::Pool { app.store.take(&draft, app.now())? } else { None };
    let mut workspace = if let Some(taken) = taken {
        taken
    } else {
        app.store.insert(&draft)?;
        draft
    };
    let id = workspace.attempt.id.clone();
    match launch(app, &mut workspace, what).await {
        Ok(()) => {
            app.store.advance(&id, State::Running, app.now())?;
            Ok(workspace)
        }
        Err(error) if on_failure == OnFailure::Keep => kept(app, &workspace, error),
        Err(error) => {
            let removed = remove(app, &id).await;
            if removed.is_ok() {
                forget(app, &workspace.attempt, &error)?;
            }
            Err(with_leftovers(error, removed))
        }
    }
}

/// In a class the failure is recorded: the trainee has no points through no fault of their own.
fn forget(app: &App, attempt: &Attempt, error: &Error) -> Result<()> {
    if attempt.class.is_none() || error.kind == Kind::Interrupted {
        return app.store.forget(&attempt.id);
    }
    app.store.note(&attempt.id, &Happening::failed(error), app.now())?;
    app.store.advance(&attempt.id, State::Stopping, app.now())?;
    app.store.advance(&attempt.id, State::Stopped, app.now())
}

/// Replaces the environment by a freshly broken one with the same lab, seed and credentials. One from the pool has another
/// address. The record is read under the lock, because another process may have changed it.
pub async fn reset(app: &App, id: &AttemptId, images: &ImageSet, what: &Launch<'_>) -> Result<Workspace> {
    let _lock = app.lock(id).await?;
    app.store.advance(id, State::Resetting, app.now())?;
    remove(app, id).await?;
    on_its_own(app, &app.store.known(id)?.workspace())?;
    let bare = app.store.update_environment(id, |record| {
        record.spec.renew(images);
        record.spec.data_mib = what.lab.limits.data_mib;
    })?;
    let taken = if what.source == EnvironmentSource::Pool { app.store.take_again(id, app.now())? } else { None };
    // If an environment of the pool does not resume, its replacement may use any port.
    let port = if taken.is_some() { PortChoice::Any } else { what.port };
    let mut workspace = taken.unwrap_or(bare);
    match launch(app, &mut workspace, &Launch { port, ..*what }).await {
        Ok(()) => {
            app.store.advance(id, State::Running, app.now())?;
            Ok(workspace)
        }
        Err(error) if error.kind == Kind::Interrupted => {
            let removed = clear(app, id).await;
            Err(with_leftovers(without_environment(id, error), removed))
        }
        Err(error) => {
            app.store.note(id, &Happening::failed(&error), app.now())?;
            let removed = finish(app, id).await;
            Err(with_leftovers(error, removed))
        }
    }
}

/// An interrupted reset leaves the attempt with its grades, and nothing in the engine.
fn without_environment(id: &str, error: Error) -> Error {
    error
        .because(format!("attempt {id} has no environment now; its grades and hints are kept"))
        .hint(format!("`breakfix reset {id}` recreates it, `breakfix stop {id}` ends it."))
}

/// Removes an attempt's environment. Stopping a stopped attempt is a success.
pub async fn stop(app: &App, id: &AttemptId) -> Result<()> {
    let _lock = app.lock(id).await?;
    app.emit(Event::Started(Step::Remove));
    finish(app, id).await?;
    app.emit(Event::Finished(Step::Remove));
    Ok(())
}

async fn finish(app: &App, id: &AttemptId) -> Result<()> {
    app.store.advance(id, State::Stopping, app.now())?;
    clear(app, id).await?;
    app.store.advance(id, State::Stopped, app.now())
}

async fn remove(app: &App, id: &AttemptId) -> Result<()> {
    app.emit(Event::Started(Step::Remove));
    clear(app, id).await?;
    app.emit(Event::Finished(Step::Remove));
    Ok(())
}

/// Removes the attempt's objects, whether the environment is its own or from the pool.
async fn clear(app: &App, id: &AttemptId) -> Result<()> {
    let entry = app.store.find(id)?;
    let environment = entry.map_or_else(|| EnvironmentId::new(id.as_str()), |entry| entry.environment.id);
    teardown(app, &environment).await
}

fn kept(app: &App, workspace: &Workspace, error: Error) -> Result<Workspace> {
    let (attempt, port) = (&workspace.attempt, workspace.environment.port);
    // The port is not recorded yet if creating the objects failed.
    app.store.update_environment(&attempt.id, |record| record.port = port)?;
    app.store.advance(&attempt.id, State::Failed, app.now())?;
    Err(error.hint(format!(
        "It was kept: look with `breakfix shell {0}` and `breakfix logs {0}`, then `breakfix stop {0}`.",
        attempt.id
    )))
}

fn with_leftovers(error: Error, removed: Result<()>) -> Error {
    match removed {
        Ok(()) => error,
        Err(trouble) => error
            .because(format!("removing it failed as well: {trouble}"))
            .hint("`breakfix gc` removes what is left, once the engine answers."),
    }
}
