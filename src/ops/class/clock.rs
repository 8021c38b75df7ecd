//! The clock of a class: warnings before the end, and the grading at the end.

use jiff::Timestamp;

use super::{Assignment, ClassContext, Graded, Selection, TaskResult, run};
use crate::app::App;
use crate::attempt::{Happening, State};
use crate::class::Course;
use crate::class::clock::{Demand, demand};
use crate::daemon;
use crate::error::Result;
use crate::event::Event;
use crate::grade::GradedBy;
use crate::lifecycle::tell;
use crate::ops::Services;
use crate::ops::results::attempt_results;
use crate::parallel;
use crate::store::Store;

/// Terminals that are written to at one time.
const JOBS: usize = 8;

/// An attempt, and what the clock demands of it.
type Demanded = (Assignment, Demand);

/// Warns whoever has little time left, and grades whoever's time is over. Returns the gradings.
pub async fn tick(services: &Services, course: &Course) -> Result<Vec<TaskResult<Graded>>> {
    let app = &services.app;
    let demands = demands(&app.store, course, app.now())?;
    let warned = parallel::map(&demands, JOBS, |(one, demand)| async move {
        let Demand::Warn { warning, left } = demand else { return Ok(()) };
        warn(app, one, *warning, *left).await
    });
    warned.await.into_iter().collect::<Result<()>>()?;
    let mut results = vec![];
    for by in [GradedBy::Deadline, GradedBy::Trainer] {
        let due = demands.iter().filter(|(_, demand)| *demand == Demand::Grade { by });
        let due: Vec<Assignment> = due.map(|(one, _)| one.clone()).collect();
        results.extend(grade(services, course, &due, by).await?);
    }
    Ok(results)
}

/// Grades whoever's time is over, unless a gate runs, which does it by itself.
pub async fn settle(services: &Services, course: &Course) -> Result<()> {
    let store = &services.app.store;
    let has_gate = || Ok::<_, crate::error::Error>(course.class.ssh.is_some() && daemon::running(store)?.is_some());
    if overdue(store, course, services.app.now())? == 0 || has_gate()? {
        return Ok(());
    }
    for TaskResult { task, result } in tick(services, course).await? {
        if let Err(error) = result {
            let why = format!("{} could not be graded although the time is over: {error}", task.label());
            services.app.emit(Event::Warning(why));
        }
    }
    Ok(())
}

/// The number of attempts whose time is over and that have to be graded.
pub fn overdue(store: &Store, course: &Course, now: Timestamp) -> Result<usize> {
    let demands = demands(store, course, now)?;
    Ok(demands.iter().filter(|(_, demand)| matches!(demand, Demand::Grade { .. })).count())
}

/// Nothing while the class has a break.
fn demands(store: &Store, course: &Course, now: Timestamp) -> Result<Vec<Demanded>> {
    if course.paused.is_some() || course.class.minutes.is_none() {
        return Ok(vec![]);
    }
    let mut found = vec![];
    for one in Selection::Everybody.assignments(store, course, State::is_handed_over)? {
        let Some(due) = one.workspace.attempt.due else { continue };
        let results = attempt_results(store, course.class.late, &store.known(&one.workspace.attempt.id)?)?;
        found.push((one, demand(&course.class, &results, due, now)));
    }
    Ok(found)
}

async fn warn(app: &App, one: &Assignment, warning: u32, left: i64) -> Result<()> {
    let workspace = &one.workspace;
    app.store.note(&workspace.attempt.id, &Happening::Warned { minutes: warning }, app.now())?;
    let minutes = if left == 1 { "1 minute is".into() } else { format!("{left} minutes are") };
    let line = format!("{minutes} left. What stands at the end is graded.");
    // Nothing depends on it: the trainee can close the terminals.
    tell(app, workspace, &line).await.ok();
    Ok(())
}

async fn grade(
    services: &Services,
    course: &Course,
    due: &[Assignment],
    by: GradedBy,
) -> Result<Vec<TaskResult<Graded>>> {
    if due.is_empty() {
        return Ok(vec![]);
    }
    let app = &services.app;
    let over = "The time is over: what stands now is being graded.";
    parallel::map(due, JOBS, |one| tell(app, &one.workspace, over)).await;
    for one in due.iter().filter(|_| by == GradedBy::Trainer) {
        let why = "is graded late and counts as late: what stood when the time was over is not known";
        app.emit(Event::Warning(format!("{} {why}", one.task.label())));
    }
    let class = ClassContext::open(services, course, None).await?;
    Ok(run::grade(app, &class, due, by, |_| {}).await)
}
