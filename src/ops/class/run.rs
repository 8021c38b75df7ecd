//! Batches of a class: start, grade, reset, resume, stop.

use std::time::Duration;

use super::context::in_place;
use super::many::Batch;
use super::{Assignment, ClassContext, Graded, Next, Task, TaskResult};
use crate::app::App;
use crate::attempt::{Attempt, Entry, State, Workspace};
use crate::class::{Course, Member, Tried, Work, missing};
use crate::environment::PortChoice;
use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::grade::Grade;
use crate::id::{AttemptId, LabId};
use crate::lifecycle::gc::{Candidate, Reason, collect};
use crate::lifecycle::{self, EnvironmentSource, Launch, OnFailure, ResumeOutcome};
use crate::ops;
use crate::store::{ClassState, Lock};

/// How long to wait for another process that creates an environment.
const CREATION_TIMEOUT: Duration = Duration::from_mins(30);

/// The missing environments of the members, in roster order.
pub(super) fn tasks(app: &App, course: &Course, members: &[Member]) -> Result<Vec<Task>> {
    let mut tasks = vec![];
    let entries = app.store.class_attempts(&course.class.id)?;
    for member in members {
        let labs = missing_of(app, course, member, &entries)?;
        tasks.extend(labs.into_iter().map(|lab| Task { member: member.clone(), lab: lab.clone() }));
    }
    Ok(tasks)
}

fn missing_of<'a>(app: &App, course: &'a Course, member: &Member, entries: &[Entry]) -> Result<Vec<&'a LabId>> {
    let mut tried = vec![];
    for Entry { attempt, state, .. } in entries.iter().filter(|entry| entry.attempt.trainee == member.slug) {
        let solved = app.store.grades(&attempt.id)?.iter().any(Grade::solved);
        tried.push(Tried { lab: &attempt.lab, alive: *state != State::Stopped, solved });
    }
    Ok(missing(&course.class.work, &tried))
}

/// Removes environments of interrupted starts and resets; returns their attempts.
pub(super) async fn clear(app: &App, course: &Course) -> Result<Vec<Attempt>> {
    let mut cleared = vec![];
    for Entry { attempt, environment, state } in app.store.class_attempts(&course.class.id)? {
        let interrupted = Candidate {
            attempt: attempt.id.clone(),
            environment: environment.id,
            reason: Reason::Interrupted,
            objects: 0,
        };
        if state.under_way() && collect(app, &interrupted).await? {
            if state == State::Starting {
                app.store.forget(&attempt.id)?;
            }
            cleared.push(attempt);
        }
    }
    Ok(cleared)
}

/// Starts the tasks. Retries failures of the environment once, with fewer concurrent tasks.
pub(super) async fn start(app: &App, class: &ClassContext, tasks: &[Task]) -> Vec<TaskResult<Workspace>> {
    let batch = |jobs: usize| Batch { app, step: Step::Class(class.course.class.title.clone()), jobs };
    let work = |app: App, task: Task| async move { start_one(&app, class, &task).await };
    let mut results = batch(class.jobs).run(tasks, work).await;
    let is_retryable = |one: &TaskResult<Workspace>| matches!(&one.result, Err(error) if error.kind.is_retryable());
    let repeated: Vec<Task> = results.iter().filter(|one| is_retryable(one)).map(|one| one.task.clone()).collect();
    if repeated.is_empty() || app.cancel.is_cancelled() {
        return results;
    }
    app.emit(Event::Note(format!("{} could not be started and are retried", repeated.len())));
    let second = batch(class.jobs.div_ceil(2)).run(&repeated, work).await;
    for (place, result) in results.iter_mut().filter(|one| is_retryable(one)).zip(second) {
        *place = result;
    }
    results
}

/// Locks a member for new environments; waits for other processes.
async fn member_lock(app: &App, course: &Course, member: &Member) -> Result<Lock> {
    // Unlike the names of attempts' locks, this one has a dot.
    let name = format!("{}.{}", course.class.id, member.slug);
    app.lock_within(&name, CREATION_TIMEOUT).await
}

async fn start_one(app: &App, class: &ClassContext, task: &Task) -> Result<Workspace> {
    let _lock = member_lock(app, &class.course, &task.member).await?;
    let id = &class.course.class.id;
    if app.store.class(id)?.is_none_or(|(_, state)| state == ClassState::Stopped) {
        return Err(Error::conflict(format!("class {id} was stopped meanwhile")));
    }
    // Another process may have created it meanwhile.
    let same = |entry: &Entry| entry.attempt.trainee == task.member.slug && *entry.attempt.lab == *task.lab;
    let there = app.store.class_attempts(id)?.into_iter().find(|entry| same(entry) && entry.state != State::Stopped);
    if let Some(entry) = there {
        return Ok(entry.workspace());
    }
    let lab = class.lab(&task.lab)?;
    let draft = class.course.draft(lab, &class.images, &task.member, app.now())?;
    let what = Launch { port: PortChoice::Any, source: EnvironmentSource::Pool, ..in_place(lab) };
    let started = lifecycle::start(app, draft, &what, OnFailure::Remove).await?;
    let due = class.course.due(app.now())?;
    app.store.update(&started.attempt.id, |record| record.due = due)
}

/// Grades attempts.
pub(super) async fn grade(app: &App, class: &ClassContext, assignments: &[Assignment]) -> Vec<TaskResult<Graded>> {
    let work = |app: App, one: Assignment| async move { grade_one(&app, class, &one.workspace.attempt.id).await };
    grading(app, class).run(assignments, work).await
}

/// Grades attempts. On a path, starts the next lab after a solved one.
pub(super) async fn grade_onward(
    app: &App,
    class: &ClassContext,
    assignments: &[Assignment],
) -> Vec<TaskResult<Graded>> {
    let work = |app: App, one: Assignment| async move {
        let mut graded = grade_one(&app, class, &one.workspace.attempt.id).await?;
        if graded.grade.solved() && matches!(class.course.class.work, Work::Path(_)) {
            graded.next = next(&app, class, &one.task.member, &graded.workspace.attempt).await?;
        }
        Ok(graded)
    };
    grading(app, class).run(assignments, work).await
}

fn grading<'a>(app: &'a App, class: &ClassContext) -> Batch<'a> {
    Batch { app, step: Step::GradeClass(class.course.class.title.clone()), jobs: class.jobs }
}

/// Grades an attempt and stores the grade.
async fn grade_one(app: &App, class: &ClassContext, id: &AttemptId) -> Result<Graded> {
    let find = |attempt: &Attempt| class.lab(&attempt.lab).cloned();
    let ops::attempt::Graded { workspace, grade, .. } = ops::attempt::grade_with(app, id, find).await?;
    let lateness = class.course.class.late.judge(workspace.attempt.due, grade.at);
    Ok(Graded { workspace, grade, lateness, next: Next::Nothing })
}

/// Replaces a solved lab by the next one of the path.
async fn next(app: &App, class: &ClassContext, member: &Member, solved: &Attempt) -> Result<Next> {
    lifecycle::stop(app, &solved.id).await?;
    let entries = app.store.class_attempts(&class.course.class.id)?;
    let labs = missing_of(app, &class.course, member, &entries)?;
    let Some(lab) = labs.first() else { return Ok(Next::Nothing) };
    let task = Task { member: member.clone(), lab: (*lab).clone() };
    let started = start_one(app, class, &task).await;
    Ok(started.map_or_else(Next::Failed, |next| Next::Started(Box::new(next))))
}

/// Resets environments with the same lab, seed and credentials; also the same address, unless one comes from the pool.
pub(super) async fn reset(
    app: &App,
    class: &ClassContext,
    assignments: &[Assignment],
    source: EnvironmentSource,
) -> Vec<TaskResult<Workspace>> {
    let batch = Batch { app, step: Step::ResetClass(class.course.class.title.clone()), jobs: class.jobs };
    let work = |app: App, one: Assignment| async move {
        let attempt = &one.workspace.attempt;
        let what = Launch { source, ..in_place(class.lab(&attempt.lab)?) };
        lifecycle::reset(&app, &attempt.id, &class.images, &what).await
    };
    batch.run(assignments, work).await
}

/// Restarts environments after a reboot or a crash of the engine.
pub(super) async fn resume(
    app: &App,
    class: &ClassContext,
    assignments: &[Assignment],
) -> Vec<TaskResult<ResumeOutcome>> {
    let batch = Batch { app, step: Step::ResumeClass(class.course.class.title.clone()), jobs: class.jobs };
    let work = |app: App, one: Assignment| async move {
        let attempt = &one.workspace.attempt;
        lifecycle::resume(&app, &attempt.id, &in_place(class.lab(&attempt.lab)?)).await
    };
    batch.run(assignments, work).await
}

/// Removes environments.
pub(super) async fn stop(app: &App, course: &Course, assignments: &[Assignment], jobs: usize) -> Vec<TaskResult<()>> {
    let batch = Batch { app, step: Step::StopClass(course.class.title.clone()), jobs };
    let work = |app: App, one: Assignment| async move { lifecycle::stop(&app, &one.workspace.attempt.id).await };
    batch.run(assignments, work).await
}
