//! Starting, resetting and stopping: the launch with its record in the store and its cleaning up.

use std::time::Duration;

use super::{Attempt, Happening, Launch, State, launch, teardown};
use crate::app::App;
use crate::error::{Error, Kind, Result};
use crate::event::{Event, Step};
use crate::plan;
use crate::store::Lock;

/// How long we wait for another process that works on the same attempt.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(100);

/// Starts an attempt. Whatever goes wrong on the way, and on Ctrl-C, nothing is left in the engine, unless
/// `keep` asks for it.
pub async fn start(app: &App, mut attempt: Attempt, what: &Launch<'_>, keep: bool) -> Result<Attempt> {
    let _lock = lock(app, &attempt.id).await?;
    let shape = plan::shape(&attempt, &what.lab.limits, what.probe_image)?;
    if !(what.from_pool && app.store.take(&mut attempt, &shape, app.now())?) {
        app.store.insert(&attempt)?;
    }
    match launch(app, &mut attempt, what).await {
        Ok(()) => {
            app.store.advance(&attempt.id, State::Running, app.now())?;
            Ok(attempt)
        }
        Err(error) if keep => kept(app, &attempt, error),
        Err(error) => {
            let removed = remove(app, &attempt.id).await;
            if removed.is_ok() {
                forget(app, &attempt, &error)?;
            }
            Err(with_leftovers(error, removed))
        }
    }
}

/// In a class it is known that somebody's environment failed: it is not their fault that they have no points.
fn forget(app: &App, attempt: &Attempt, error: &Error) -> Result<()> {
    if attempt.class.is_none() || error.kind == Kind::Interrupted {
        return app.store.forget(&attempt.id);
    }
    app.store.note(&attempt.id, &Happening::failed(error), app.now())?;
    app.store.advance(&attempt.id, State::Stopping, app.now())?;
    app.store.advance(&attempt.id, State::Stopped, app.now())
}

/// Makes the environment anew: the same lab, seed and credentials, freshly broken. One from the pool has an address
/// of its own. What is known of the attempt is read once nobody else works on it.
pub async fn reset(app: &App, id: &str, what: &Launch<'_>) -> Result<Attempt> {
    let _lock = lock(app, id).await?;
    app.store.advance(id, State::Resetting, app.now())?;
    remove(app, id).await?;
    let bare = app.store.update(id, |record| record.environment = None)?;
    let shape = plan::shape(&bare, &what.lab.limits, what.probe_image)?;
    let taken = if what.from_pool { app.store.take_again(id, &shape, app.now())? } else { None };
    // In the place of one that does not wake comes one with any port.
    let what = Launch { any_port: what.any_port || taken.is_some(), ..*what };
    let mut attempt = taken.unwrap_or(bare);
    match launch(app, &mut attempt, &what).await {
        Ok(()) => {
            app.store.advance(id, State::Running, app.now())?;
            Ok(attempt)
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
        .hint(format!("`breakfix reset {id}` makes it anew, `breakfix stop {id}` ends it."))
}

/// Removes an attempt's environment. Stopping what is stopped already is fine.
pub async fn stop(app: &App, id: &str) -> Result<()> {
    let _lock = lock(app, id).await?;
    app.tell(Event::Started(Step::Remove));
    finish(app, id).await?;
    app.tell(Event::Finished(Step::Remove));
    Ok(())
}

async fn finish(app: &App, id: &str) -> Result<()> {
    app.store.advance(id, State::Stopping, app.now())?;
    clear(app, id).await?;
    app.store.advance(id, State::Stopped, app.now())
}

async fn remove(app: &App, id: &str) -> Result<()> {
    app.tell(Event::Started(Step::Remove));
    clear(app, id).await?;
    app.tell(Event::Finished(Step::Remove));
    Ok(())
}

/// Removes what the attempt has in the engine, under whatever name.
async fn clear(app: &App, id: &str) -> Result<()> {
    let entry = app.store.find(id)?;
    teardown(app, entry.as_ref().map_or(id, |entry| entry.attempt.environment_id())).await
}

fn kept(app: &App, attempt: &Attempt, error: Error) -> Result<Attempt> {
    // Chosen, and not written down yet where making the objects failed.
    app.store.update(&attempt.id, |record| record.port = attempt.port)?;
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
            .because(format!("removing what was made failed as well: {trouble}"))
            .hint("`breakfix gc` removes what is left, once the engine answers."),
    }
}

/// The right to work on an attempt, or on what else has that name; waits for another process that has it.
pub async fn lock(app: &App, id: &str) -> Result<Lock> {
    lock_within(app, id, PATIENCE).await
}

/// The same with another patience.
pub async fn lock_within(app: &App, id: &str, patience: Duration) -> Result<Lock> {
    let lock = app.store.lock(id)?;
    let deadline = tokio::time::Instant::now() + patience;
    let mut told = false;
    while !lock.try_take()? {
        if tokio::time::Instant::now() > deadline {
            return Err(Error::busy(format!("another breakfix is at work on {id}"))
                .hint("Wait for it to end, or end it, then try again."));
        }
        if !told {
            app.tell(Event::Note(format!("waiting for another breakfix that works on {id}")));
            told = true;
        }
        app.check_cancelled()?;
        tokio::time::sleep(POLL).await;
    }
    Ok(lock)
}
