//! Grades a class.

use super::{ClassContext, Graded, Next, Selection, TaskResult, run, settle};
use crate::attempt::{State, Workspace};
use crate::class::Course;
use crate::error::Result;
use crate::grade::GradedBy;
use crate::ops::Services;
use crate::store::ClassState;

/// Grades the selected members, and passes on each result as it comes. On a path, solved labs are then replaced by the next
/// ones.
pub async fn grade(
    services: &Services,
    course: &Course,
    who: &Selection,
    jobs: Option<usize>,
    each: impl Fn(&TaskResult<Graded>),
) -> Result<Vec<TaskResult<Graded>>> {
    let app = &services.app;
    settle(services, course).await?;
    let assignments = who.assignments(&app.store, course, State::is_handed_over)?;
    let class = ClassContext::open(services, course, jobs).await?;
    let mut results = run::grade(app, &class, &assignments, GradedBy::Trainer, each).await;
    run::advance_all(app, &class, &mut results).await;
    Ok(results)
}

/// Replaces a lab that its trainee has solved by the next one of the class's path.
pub async fn advance(services: &Services, Workspace { attempt, .. }: &Workspace) -> Result<Next> {
    let store = &services.app.store;
    let Some((course, ClassState::Open)) = attempt.class.as_ref().map(|id| store.class(id)).transpose()?.flatten()
    else {
        return Ok(Next::Nothing);
    };
    let members = store.members(&course.class.id)?;
    let Some(member) = members.iter().find(|member| member.slug == attempt.trainee) else { return Ok(Next::Nothing) };
    let class = ClassContext::open(services, &course, None).await?;
    run::advance(&services.app, &class, member, attempt).await
}
