//! Gives a class more time.

use super::{Selection, TaskResult, handouts, labs};
use crate::attempt::{State, Workspace};
use crate::class::Course;
use crate::error::Result;
use crate::ops::Services;
use crate::ops::attempt;

/// Gives the selected members more minutes and writes the handouts again.
pub async fn extend(
    services: &Services,
    course: &Course,
    who: &Selection,
    minutes: u32,
) -> Result<Vec<TaskResult<Workspace>>> {
    let app = &services.app;
    let mut results = vec![];
    for one in who.assignments(&app.store, course, State::is_handed_over)? {
        results.push(TaskResult {
            task: one.task,
            result: attempt::extend(app, &one.workspace.attempt.id, minutes).await,
        });
    }
    handouts::write_all(&app.store, course, &labs(services.labs.as_deref(), course)?)?;
    Ok(results)
}
