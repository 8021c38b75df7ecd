//! Grades a class.

use super::{ClassContext, Graded, Selection, TaskResult, handouts, run};
use crate::attempt::State;
use crate::class::{Course, Work};
use crate::error::Result;
use crate::ops::Services;

/// Grades the selected members. On a path, a solved lab is replaced by the next one.
pub async fn grade(
    services: &Services,
    course: &Course,
    who: &Selection,
    jobs: Option<usize>,
) -> Result<Vec<TaskResult<Graded>>> {
    let app = &services.app;
    let assignments = who.assignments(&app.store, course, State::is_handed_over)?;
    let class = ClassContext::open(services, course, jobs).await?;
    let results = run::grade_onward(app, &class, &assignments).await;
    if matches!(course.class.work, Work::Path(_)) {
        handouts::write_all(&app.store, course, &class.labs)?;
    }
    Ok(results)
}
