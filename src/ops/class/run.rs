//! Batches of a class: start, grade, reset, resume, stop.

use std::time::Duration;

use super::context::in_place;
use super::many::Batch;
use super::{Assignment, ClassContext, Graded, Next, Task, TaskResult, handouts};
use crate::app::App;
use crate::attempt::{Attempt, Entry, State, Workspace};
use crate::class::results::Grading;
use crate::class::{Course, Member, Tried, Work, missing};
use crate::environment::PortChoice;
use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::grade::{Grade, GradedBy};
use crate::id::{AttemptId, LabId};
use crate::lifecycle::gc::{Candidate, Reason, collect};
use crate::lifecycle::{self, EnvironmentSource, Launch, OnFailure, ResumeOutcome};
use crate::ops;
use crate::ops::results::attempt_results;
use crate::store::{ClassState, Lock, Store};

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
    let own = entries.iter().filter(|entry| entry.attempt.trainee == member.slug);
    let tried = own.map(|entry| tried(&app.store, entry)).collect::<Result<Vec<_>>>()?;
    Ok(missing(&course.class.work, &tried))
}

/// The facts about an attempt that decide what comes next.
pub(super) fn tried<'a>(store: &Store, Entry { attempt, state, .. }: &'a Entry) -> Result<Tried<'a>> {
    let solved = store.grades(&attempt.id)?.iter().any(Grade::solved);
    Ok(Tried { lab: &attempt.lab, alive: *state != State::Stopped, solved })
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

/// The class was stopped while its environments were being started.
pub(super) fn stopped(course: &Course) -> Error {
    Error::conflict(format!("class {} was stopped meanwhile", course.class.id))
}

async fn start_one(app: &App, class: &ClassContext, task: &Task) -> Result<Workspace> {
    let _lock = member_lock(app, &class.course, &task.member).await?;
    let id = &class.course.class.id;
    if app.store.class(id)?.is_none_or(|(_, state)| state == ClassState::Stopped) {
        return Err(stopped(&class.course));
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
    let started = app.store.update(&started.attempt.id, |record| record.due = due)?;
    // The time runs from here on, so the trainee can read the page now.
    handouts::write_all(&app.store, &class.course, &class.labs)?;
    Ok(started)
}

/// Grades attempts that are not solved yet. Passes on each result as it comes.
pub(super) async fn grade(
    app: &App,
    class: &ClassContext,
    assignments: &[Assignment],
    by: GradedBy,
    each: impl Fn(&TaskResult<Graded>),
) -> Vec<TaskResult<Graded>> {
    let batch = Batch { app, step: Step::GradeClass(class.course.class.title.clone()), jobs: class.jobs };
    let each = &each;
    let work = |app: App, one: Assignment| async move {
        let result = grade_one(&app, class, &one.workspace.attempt.id, by).await;
        let one = TaskResult { task: one.task, result };
        each(&one);
        one.result
    };
    batch.run(assignments, work).await
}

/// Grades an attempt and stores the grade, unless the latest grading found it solved: another one would restart its
/// container for nothing.
async fn grade_one(app: &App, class: &ClassContext, id: &AttemptId, by: GradedBy) -> Result<Graded> {
    let late = class.course.class.late;
    if let Some(grade) = app.store.latest_grade(id)?.filter(Grade::solved) {
        let entry = app.store.known(id)?;
        let results = attempt_results(&app.store, late, &entry)?;
        let workspace = entry.workspace();
        let grading = Grading::new(grade, late, workspace.attempt.due);
        return Ok(Graded { workspace, grading, results, next: Next::Nothing });
    }
    let find = |attempt: &Attempt| class.lab(&attempt.lab).cloned();
    let ops::attempt::Graded { workspace, grade, results, .. } = ops::attempt::grade_with(app, id, by, find).await?;
    let grading = Grading::new(grade, late, workspace.attempt.due);
    Ok(Graded { workspace, grading, results, next: Next::Nothing })
}

/// Starts the next lab of the path for everybody who has solved one.
pub(super) async fn advance_all(app: &App, class: &ClassContext, results: &mut [TaskResult<Graded>]) {
    let is_solved = |one: &TaskResult<Graded>| one.result.as_ref().is_ok_and(|graded| graded.grading.grade.solved());
    let mut solved: Vec<&mut TaskResult<Graded>> = results.iter_mut().filter(|one| is_solved(one)).collect();
    let assignment = |one: &&mut TaskResult<Graded>| {
        let workspace = one.result.as_ref().ok()?.workspace.clone();
        Some(Assignment { task: one.task.clone(), workspace })
    };
    let assignments: Vec<Assignment> = solved.iter().filter_map(assignment).collect();
    let batch = Batch { app, step: Step::Class(class.course.class.title.clone()), jobs: class.jobs };
    let work =
        |app: App, one: Assignment| async move { advance(&app, class, &one.task.member, &one.workspace.attempt).await };
    let next = batch.run(&assignments, work).await;
    for (one, next) in solved.iter_mut().zip(next) {
        if let Ok(graded) = &mut one.result {
            graded.next = next.result.unwrap_or_else(Next::Failed);
        }
    }
}

/// Replaces a solved lab by the next one of the path; without a path, leaves it running.
pub(super) async fn advance(app: &App, class: &ClassContext, member: &Member, solved: &Attempt) -> Result<Next> {
    if !matches!(class.course.class.work, Work::Path(_)) {
        return Ok(Next::Nothing);
    }
    lifecycle::stop(app, &solved.id).await?;
    Ok(match start_missing(app, class, member).await {
        Ok(Some(next)) => Next::Started(Box::new(next)),
        Ok(None) => Next::Last,
        Err(error) => Next::Failed(error),
    })
}

/// Starts the first lab that a member should have and does not have, and writes it onto the hand-out.
pub(super) async fn start_missing(app: &App, class: &ClassContext, member: &Member) -> Result<Option<Workspace>> {
    let entries = app.store.class_attempts(&class.course.class.id)?;
    let labs = missing_of(app, &class.course, member, &entries)?;
    let Some(lab) = labs.first() else { return Ok(None) };
    let task = Task { member: member.clone(), lab: (*lab).clone() };
    start_one(app, class, &task).await.map(Some)
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
