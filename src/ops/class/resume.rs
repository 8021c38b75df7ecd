//! Resumes a class.

use super::choose::assignments;
use super::start::open_gate;
use super::{Assignment, ClassContext, Task, TaskResult, handouts, run};
use crate::attempt::{Attempt, State, Workspace};
use crate::class::Course;
use crate::error::{Error, Result};
use crate::lifecycle;
use crate::ops::{Resumption, Services};

/// A resumed environment.
#[derive(Clone, Debug)]
pub struct Resumed {
    /// The attempt and its environment.
    pub workspace: Workspace,
    /// How it came back.
    pub how: Resumption,
}

/// Restarts every environment of a class with its data. Environments whose start was interrupted are created again.
pub async fn resume(services: &Services, course: &Course, jobs: Option<usize>) -> Result<Vec<TaskResult<Resumed>>> {
    let app = &services.app;
    let members = app.store.members(&course.class.id)?;
    let class = ClassContext::open(services, course, jobs).await?;
    open_gate(app, course).await?;
    let there = assignments(&app.store, course, &members, State::is_handed_over)?;
    let back = run::resume(app, &class, &there).await;
    let mut results: Vec<_> = there.into_iter().zip(back).map(|(one, back)| outcome(one, back)).collect();
    let task = |attempt: Attempt| {
        let member = members.iter().find(|member| attempt.trainee == member.slug)?.clone();
        Some(Task { member, lab: attempt.lab })
    };
    let lost: Vec<Task> = run::clear(app, course).await?.into_iter().filter_map(task).collect();
    for TaskResult { task, result } in run::start(app, &class, &lost).await {
        results.push(TaskResult { task, result: result.map(|workspace| Resumed { workspace, how: Resumption::Anew }) });
    }
    if !lost.is_empty() {
        handouts::write_all(&app.store, course, &class.labs)?;
    }
    Ok(results)
}

fn outcome(one: Assignment, back: TaskResult<lifecycle::ResumeOutcome>) -> TaskResult<Resumed> {
    let how = back.result.and_then(|back| match back {
        lifecycle::ResumeOutcome::Running => Ok(Resumption::Running),
        lifecycle::ResumeOutcome::Back(note) => Ok(Resumption::Back(note)),
        lifecycle::ResumeOutcome::Lost(why) => {
            let anew = format!("`breakfix class reset {}` recreates it", one.task.member.slug);
            Err(Error::environment(format!("{why}; {anew}")))
        }
    });
    TaskResult { task: one.task, result: how.map(|how| Resumed { workspace: one.workspace, how }) }
}
