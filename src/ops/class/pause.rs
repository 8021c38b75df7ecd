//! A break of a class: containers stand still, and so does the clock.

use jiff::{SignedDuration, Timestamp};

use super::{Assignment, Selection, TaskResult, handouts, labs};
use crate::app::App;
use crate::attempt::timeline::{BREAK, break_began};
use crate::attempt::{Happening, State, Workspace};
use crate::class::Course;
use crate::error::{Context, Error, Result};
use crate::lifecycle::tell;
use crate::ops::Services;

/// Pauses the containers of a class, and its clock. Again, it pauses those that were started since.
pub async fn pause_class(services: &Services, course: &Course) -> Result<Vec<TaskResult<()>>> {
    let app = &services.app;
    let paused = course.paused.or_else(|| Some(app.now()));
    app.store.keep_class(&Course { paused, ..course.clone() })?;
    let mut results = vec![];
    for Assignment { task, workspace } in Selection::Everybody.assignments(&app.store, course, State::is_handed_over)? {
        results.push(TaskResult { task, result: pause_one(app, &workspace).await });
    }
    Ok(results)
}

async fn pause_one(app: &App, workspace: &Workspace) -> Result<()> {
    let id = &workspace.attempt.id;
    let _lock = app.lock(id).await?;
    if break_began(&app.store.timeline(id)?).is_some() {
        return Ok(());
    }
    tell(app, workspace, "The class has a break: your container and your time stand still until it goes on.")
        .await
        .ok();
    let paused = app.engine.pause(&workspace.environment.gitlab()).await;
    paused.context(|| format!("{id} cannot be paused"))?;
    app.store.note(id, &Happening::Paused { why: BREAK.into() }, app.now())
}

/// Ends the break of a class: everybody's time is moved by its length.
pub async fn continue_class(services: &Services, course: &Course) -> Result<Vec<TaskResult<()>>> {
    let app = &services.app;
    let mut results = vec![];
    for Assignment { task, workspace } in Selection::Everybody.assignments(&app.store, course, State::is_handed_over)? {
        results.push(TaskResult { task, result: continue_one(app, &workspace).await });
    }
    if results.iter().all(|one| one.result.is_ok()) {
        app.store.keep_class(&Course { paused: None, ..course.clone() })?;
    }
    handouts::write_all(&app.store, course, &labs(services.labs.as_deref(), course)?)?;
    Ok(results)
}

async fn continue_one(app: &App, workspace: &Workspace) -> Result<()> {
    let id = &workspace.attempt.id;
    let _lock = app.lock(id).await?;
    let Some(began) = break_began(&app.store.timeline(id)?) else { return Ok(()) };
    let resumed = app.engine.unpause(&workspace.environment.gitlab()).await;
    resumed.context(|| format!("{id} cannot go on"))?;
    let now = app.now();
    let length = now.duration_since(began);
    let later = |at: Timestamp| moved(at, length);
    app.store.update_and_note(id, now, |record| {
        record.due = record.due.map(later).transpose()?;
        record.expires = later(record.expires)?;
        Ok(Happening::Continued { seconds: length.as_secs() })
    })?;
    tell(app, workspace, "The class goes on, and so does your time.").await.ok();
    Ok(())
}

fn moved(at: Timestamp, length: SignedDuration) -> Result<Timestamp> {
    at.checked_add(length).map_err(|cause| Error::invalid("the time is too long").caused_by(cause))
}
