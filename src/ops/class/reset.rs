//! Resets environments of a class.

use super::{Assignment, ClassContext, Selection, Task, TaskResult, handouts, run};
use crate::app::App;
use crate::attempt::{Entry, State, Workspace};
use crate::class::Course;
use crate::error::{Error, Result};
use crate::id::LabId;
use crate::lifecycle::EnvironmentSource;
use crate::ops::Services;

/// Environments to reset, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetRequest {
    /// Selected members.
    pub who: Selection,
    /// Only this lab; all if `None`.
    pub lab: Option<LabId>,
    /// Where new environments come from; with [`EnvironmentSource::Fresh`] the address stays the same.
    pub source: EnvironmentSource,
}

/// Replaces environments by freshly broken ones. Starts those that are missing or whose reset failed, and writes the
/// handouts again. [`fill_pool`](super::fill_pool) replaces what was taken from the pool.
pub async fn reset(services: &Services, course: &Course, request: &ResetRequest) -> Result<Vec<TaskResult<Workspace>>> {
    let app = &services.app;
    let (old, mut absent) = (present(app, course, request)?, absent(app, course, request)?);
    if old.is_empty() && absent.is_empty() {
        return Err(Error::not_found("none of them has an environment to reset")
            .hint("`breakfix class status` shows everybody's."));
    }
    let class = ClassContext::open(services, course, None).await?;
    let mut results = vec![];
    for outcome in run::reset(app, &class, &old, request.source).await {
        // A failed reset has removed the environment: it is started like a missing one.
        match outcome.result {
            Err(ref error) if error.kind.is_retryable() && is_gone(app, course, &outcome.task)? => {
                absent.push(outcome.task);
            }
            _ => results.push(outcome),
        }
    }
    results.extend(run::start(app, &class, &absent).await);
    handouts::write_all(&app.store, course, &class.labs)?;
    Ok(results)
}

/// Whether a failed reset left no environment. A start would mistake remains for a running one.
fn is_gone(app: &App, course: &Course, task: &Task) -> Result<bool> {
    let same = |entry: &Entry| entry.attempt.trainee == task.member.slug && *entry.attempt.lab == *task.lab;
    let entries = app.store.class_attempts(&course.class.id)?;
    Ok(entries.iter().filter(|entry| same(entry)).all(|entry| entry.state == State::Stopped))
}

fn present(app: &App, course: &Course, request: &ResetRequest) -> Result<Vec<Assignment>> {
    let there = |state: State| state.is_handed_over() || state == State::Resetting;
    let mut old = super::choose::assignments(&app.store, course, &request.who.members(&app.store, course)?, there)?;
    old.retain(|one| request.includes(&one.task));
    request.who.keep(&app.store, course, &mut old)?;
    Ok(old)
}

fn absent(app: &App, course: &Course, request: &ResetRequest) -> Result<Vec<Task>> {
    let mut absent = run::tasks(app, course, &request.who.members(&app.store, course)?)?;
    absent.retain(|task| request.includes(task));
    request.who.keep(&app.store, course, &mut absent)?;
    Ok(absent)
}

impl ResetRequest {
    fn includes(&self, task: &Task) -> bool {
        self.lab.as_ref().is_none_or(|lab| *lab == task.lab)
    }
}
