//! Ends a class.

use super::choose::assignments;
use super::{Assignment, ClassContext, Graded, TaskResult, pool, run, settle};
use crate::app::App;
use crate::attempt::State;
use crate::class::{Course, Member};
use crate::daemon;
use crate::error::{Error, Result};
use crate::grade::GradedBy;
use crate::ops::Services;
use crate::parallel;

/// Options for ending a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StopRequest {
    /// Whether attempts are graded a last time.
    pub grading: LastGrading,
    /// Number of concurrent tasks; the default if `None`.
    pub jobs: Option<usize>,
}

/// The grading before everything is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastGrading {
    /// Grade all attempts and keep those that cannot be graded.
    Keep,
    /// Grade all attempts and remove all.
    Discard,
    /// Grade nothing and remove all.
    Skip,
}

/// Result of ending a class.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// Results of the last grading.
    pub graded: Vec<TaskResult<Graded>>,
    /// Result of each removal.
    pub removed: Vec<Removal>,
    /// Attempts that stay because they could not be graded.
    pub kept: Vec<Assignment>,
}

/// Result of removing an environment.
#[derive(Clone, Debug)]
pub struct Removal {
    /// The task and its attempt.
    pub assignment: Assignment,
    /// Whether the removal succeeded.
    pub result: Result<()>,
}

/// Ends a class: grades all attempts, keeps the results, removes the environments.
pub async fn stop(services: &Services, course: &Course, request: StopRequest) -> Result<Stopped> {
    let app = &services.app;
    let members = app.store.members(&course.class.id)?;
    if request.grading != LastGrading::Skip {
        settle(services, course).await?;
    }
    // From now on no environment is started.
    app.store.close_class(&course.class.id)?;
    let graded = last_grades(services, course, &members, request).await?;
    if app.cancel.is_cancelled() {
        let again = format!("`breakfix class stop {}` removes what is left.", course.class.id);
        return Err(Error::interrupted().hint(again));
    }
    let open = |one: &Assignment| graded.iter().any(|graded| graded.task == one.task && !is_complete(graded));
    let kept = |one: &Assignment| request.grading == LastGrading::Keep && open(one);
    let all = assignments(&app.store, course, &members, |state| state != State::Stopped)?;
    let (kept, to_remove): (Vec<_>, Vec<_>) = all.into_iter().partition(kept);
    let removed = run::stop(app, course, &to_remove, request.jobs.unwrap_or_else(parallel::default_jobs)).await;
    pool::drain(app, course).await?;
    close_gate(app, course).await?;
    let removal = |(assignment, removed): (Assignment, TaskResult<()>)| Removal { assignment, result: removed.result };
    Ok(Stopped { graded, removed: to_remove.into_iter().zip(removed).map(removal).collect(), kept })
}

async fn last_grades(
    services: &Services,
    course: &Course,
    members: &[Member],
    request: StopRequest,
) -> Result<Vec<TaskResult<Graded>>> {
    let tasks = assignments(&services.app.store, course, members, State::is_handed_over)?;
    if tasks.is_empty() || request.grading == LastGrading::Skip {
        return Ok(vec![]);
    }
    let class = ClassContext::open(services, course, request.jobs).await?;
    Ok(run::grade(&services.app, &class, &tasks, GradedBy::Trainer, |_| {}).await)
}

/// Whether an attempt was graded, and every check could be run.
fn is_complete(graded: &TaskResult<Graded>) -> bool {
    graded.result.as_ref().is_ok_and(|graded| !graded.grading.grade.incomplete())
}

/// Closes the gate if no attempt is left.
async fn close_gate(app: &App, course: &Course) -> Result<()> {
    let left = app.store.attempts()?.iter().any(|entry| entry.state != State::Stopped);
    if course.class.ssh.is_some() && !left {
        daemon::stop(&app.store).await?;
    }
    Ok(())
}
