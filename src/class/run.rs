//! What is done with a class: started, graded, reset, extended, brought back, removed.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::course::{Course, Tried, missing};
use super::many::side_by_side;
use super::model::{Lateness, Member, Work};
use crate::app::App;
use crate::attempt::gc::{Doomed, Reason, collect};
use crate::attempt::{self, Attempt, Fault, Happening, Launch, Prepared, Resumed, State};
use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::grade::Grade;
use crate::grade::run::grade;
use crate::lab::Lab;
use crate::store::{ClassState, Entry, Lock};

/// How long another process may take to make an environment.
const MAKING: Duration = Duration::from_mins(30);

/// What work on a class needs.
pub struct Kit<'a> {
    /// Engine, store, events.
    pub app: &'a App,
    /// The class.
    pub course: &'a Course,
    /// Its labs by id.
    pub labs: &'a BTreeMap<String, Lab>,
    /// The images.
    pub prepared: &'a Prepared,
    /// How much is done at one time.
    pub jobs: usize,
}

/// Somebody, and a lab of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Who.
    pub member: Member,
    /// Lab id.
    pub lab: String,
}

/// What came of a grading.
#[derive(Clone, Debug)]
pub struct Graded {
    /// What was graded.
    pub attempt: Attempt,
    /// What the checks say.
    pub grade: Grade,
    /// How late it was.
    pub lateness: Lateness,
    /// On a path, after it was solved: the next lab, started or why not.
    pub next: Option<Box<Result<Attempt>>>,
}

impl Task {
    /// As progress calls it.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}: {}", self.member.person.name, self.lab)
    }
}

/// What the members of a class should have and have not, in roster order.
pub fn tasks(app: &App, course: &Course, members: &[Member]) -> Result<Vec<Task>> {
    let mut tasks = vec![];
    let entries = app.store.class_attempts(&course.class.id)?;
    for member in members {
        let labs = missing_of(app, course, member, &entries)?;
        tasks.extend(labs.into_iter().map(|lab| Task { member: member.clone(), lab: lab.to_owned() }));
    }
    Ok(tasks)
}

fn missing_of<'a>(app: &App, course: &'a Course, member: &Member, entries: &[Entry]) -> Result<Vec<&'a str>> {
    let mut tried = vec![];
    for Entry { attempt, state } in entries.iter().filter(|entry| entry.attempt.trainee == member.slug) {
        let solved = app.store.grades(&attempt.id)?.iter().any(Grade::solved);
        tried.push(Tried { lab: &attempt.lab, alive: *state != State::Stopped, solved });
    }
    Ok(missing(&course.class.work, &tried))
}

/// Removes what nobody works on any more although it is not done: a start or a reset that was killed. Gives what it was.
pub async fn clear(app: &App, course: &Course) -> Result<Vec<Attempt>> {
    let mut cleared = vec![];
    for Entry { attempt, state } in app.store.class_attempts(&course.class.id)? {
        let doomed = Doomed {
            attempt: attempt.id.clone(),
            environment: attempt.environment_id().into(),
            reason: Reason::Interrupted,
            objects: 0,
        };
        if state.under_way() && collect(app, &doomed).await? {
            if state == State::Starting {
                app.store.forget(&attempt.id)?;
            }
            cleared.push(attempt);
        }
    }
    Ok(cleared)
}

/// Starts what is asked for. What the environment spoilt is tried once more afterwards, in peace.
pub async fn start(kit: &Kit<'_>, tasks: &[Task]) -> Vec<Result<Attempt>> {
    let whole = Step::Class(kit.course.class.title.clone());
    let go = |app: App, task: Task| async move { start_one(kit, &app, &task).await };
    let mut results = side_by_side(kit.app, &whole, tasks, kit.jobs, Task::label, go).await;
    let again: Vec<usize> = (0..tasks.len()).filter(|place| deserves_another(&results[*place])).collect();
    if again.is_empty() || kit.app.cancel.is_cancelled() {
        return results;
    }
    kit.app.tell(Event::Note(format!("{} could not be started and are tried once more", again.len())));
    let repeated: Vec<Task> = again.iter().map(|place| tasks[*place].clone()).collect();
    let second = side_by_side(kit.app, &whole, &repeated, kit.jobs.div_ceil(2), Task::label, go).await;
    for (place, result) in again.into_iter().zip(second) {
        results[place] = result;
    }
    results
}

fn deserves_another<T>(result: &Result<T>) -> bool {
    matches!(result, Err(error) if error.kind.is_retryable())
}

/// The right to give a member something new; waits for another process that has it.
async fn member_lock(app: &App, course: &Course, member: &Member) -> Result<Lock> {
    // Attempts' ids have no dots.
    let name = format!("{}.{}", course.class.id, member.slug);
    attempt::lock_within(app, &name, MAKING).await
}

async fn start_one(kit: &Kit<'_>, app: &App, task: &Task) -> Result<Attempt> {
    let _lock = member_lock(app, kit.course, &task.member).await?;
    let id = &kit.course.class.id;
    if app.store.class(id)?.is_none_or(|(_, state)| state == ClassState::Stopped) {
        return Err(Error::conflict(format!("class {id} was stopped meanwhile")));
    }
    // Another process may have made it while this one waited.
    let same = |entry: &Entry| entry.attempt.trainee == task.member.slug && entry.attempt.lab == task.lab;
    let there = app.store.class_attempts(id)?.into_iter().find(|entry| same(entry) && entry.state != State::Stopped);
    if let Some(entry) = there {
        return Ok(entry.attempt);
    }
    let lab = kit.lab(&task.lab)?;
    let draft = kit.course.draft(lab, kit.prepared, &task.member, app.now())?;
    let attempt = attempt::start(app, draft, &kit.launch(lab, true, true), false).await?;
    let due = kit.course.due(app.now())?;
    app.store.update(&attempt.id, |record| record.due = due)
}

impl Kit<'_> {
    fn lab(&self, id: &str) -> Result<&Lab> {
        self.labs.get(id).ok_or_else(|| Error::not_found(format!("class {} has no lab {id}", self.course.class.id)))
    }

    fn launch<'l>(&'l self, lab: &'l Lab, any_port: bool, from_pool: bool) -> Launch<'l> {
        Launch { lab, probe_image: &self.prepared.probe_image, any_port, from_pool, faults: Fault::All }
    }
}

/// Grades attempts; on a path, who has solved a lab gets the next.
pub async fn grade_all(kit: &Kit<'_>, tasks: &[(Task, Attempt)], onward: bool) -> Vec<Result<Graded>> {
    let whole = Step::GradeClass(kit.course.class.title.clone());
    let label = |(task, _): &(Task, Attempt)| task.label();
    let go = |app: App, (task, attempt): (Task, Attempt)| async move {
        let mut graded = grade_one(kit, &app, &attempt.id).await?;
        if onward && graded.grade.solved() && matches!(kit.course.class.work, Work::Path(_)) {
            graded.next = next(kit, &app, &task.member, &graded.attempt).await?.map(Box::new);
        }
        Ok(graded)
    };
    side_by_side(kit.app, &whole, tasks, kit.jobs, label, go).await
}

/// Grades an attempt and keeps the grade.
async fn grade_one(kit: &Kit<'_>, app: &App, id: &str) -> Result<Graded> {
    let lock = attempt::lock(app, id).await?;
    let entry = app.store.find(id)?.filter(|entry| matches!(entry.state, State::Running | State::Failed));
    let attempt = entry.ok_or_else(|| Error::conflict(format!("attempt {id} is not running any more")))?.attempt;
    let grade = grade(app, &attempt, kit.lab(&attempt.lab)?).await?;
    app.store.keep_grade(&grade)?;
    lock.release();
    let lateness = kit.course.class.late.judge(attempt.due, grade.at);
    Ok(Graded { attempt, grade, lateness, next: None })
}

/// The next lab of a path, in the place of the solved one.
async fn next(kit: &Kit<'_>, app: &App, member: &Member, solved: &Attempt) -> Result<Option<Result<Attempt>>> {
    attempt::stop(app, &solved.id).await?;
    let entries = app.store.class_attempts(&kit.course.class.id)?;
    let labs = missing_of(app, kit.course, member, &entries)?;
    let Some(lab) = labs.first() else { return Ok(None) };
    let task = Task { member: member.clone(), lab: (*lab).to_owned() };
    Ok(Some(start_one(kit, app, &task).await))
}

/// Makes environments anew: the same lab, seed and credentials; the same address as well, where none is taken from
/// the pool.
pub async fn reset(kit: &Kit<'_>, tasks: &[(Task, Attempt)], from_pool: bool) -> Vec<Result<Attempt>> {
    let whole = Step::ResetClass(kit.course.class.title.clone());
    let label = |(task, _): &(Task, Attempt)| task.label();
    let go = |app: App, (_, attempt): (Task, Attempt)| async move {
        let lab = kit.lab(&attempt.lab)?;
        attempt::reset(&app, &attempt.id, &kit.launch(lab, false, from_pool)).await
    };
    side_by_side(kit.app, &whole, tasks, kit.jobs, label, go).await
}

/// Brings environments back after a reboot or a crash of the engine.
pub async fn resume(kit: &Kit<'_>, tasks: &[(Task, Attempt)]) -> Vec<Result<Resumed>> {
    let whole = Step::ResumeClass(kit.course.class.title.clone());
    let label = |(task, _): &(Task, Attempt)| task.label();
    let go = |app: App, (_, attempt): (Task, Attempt)| async move {
        attempt::resume(&app, &attempt.id, &kit.launch(kit.lab(&attempt.lab)?, false, false)).await
    };
    side_by_side(kit.app, &whole, tasks, kit.jobs, label, go).await
}

/// Gives an attempt so much more time, from now where its time is over already.
pub async fn extend(app: &App, id: &str, minutes: u32) -> Result<Attempt> {
    let _lock = attempt::lock(app, id).await?;
    let (more, now) = (Duration::from_mins(u64::from(minutes)), app.now());
    let later = |at: Timestamp| {
        at.max(now).checked_add(more).map_err(|cause| Error::invalid("the time is too long").caused_by(cause))
    };
    app.store.update_and_note(id, now, |record| {
        record.due = record.due.map(later).transpose()?;
        record.expires = later(record.expires)?;
        Ok(Happening::Extended { minutes })
    })
}

/// Removes environments.
pub async fn stop(app: &App, course: &Course, tasks: &[(Task, Attempt)], jobs: usize) -> Vec<Result<()>> {
    let whole = Step::StopClass(course.class.title.clone());
    let label = |(task, _): &(Task, Attempt)| task.label();
    let go = |app: App, (_, attempt): (Task, Attempt)| async move { attempt::stop(&app, &attempt.id).await };
    side_by_side(app, &whole, tasks, jobs, label, go).await
}
