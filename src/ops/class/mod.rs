//! Operations of a class. Each does as much as it can, and says of every task what came of it.

mod capacity;
mod choose;
mod context;
mod extend;
mod gather;
mod grade;
mod handouts;
mod many;
mod pool;
mod reset;
mod resume;
mod run;
mod start;
mod status;
mod stop;
#[cfg(test)]
mod tests;

pub use choose::{Selection, labs, pick};
pub use context::ClassContext;
pub use extend::extend;
pub use gather::failure;
pub use grade::grade;
pub use handouts::write_all as write_handouts;
pub use reset::{ResetRequest, reset};
pub use resume::{Resumed, resume};
pub use start::{StartPlan, StartRequest, Started, add, check_capacity, clear_and_plan, plan, start};
pub use status::{AttemptStatus, MemberStatus, Status, results, status};
pub use stop::{LastGrading, Removal, StopRequest, Stopped, stop};

use crate::attempt::Workspace;
use crate::class::{Lateness, Member};
use crate::error::{Error, Result};
use crate::grade::Grade;

/// Somebody, and a lab of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Who.
    pub member: Member,
    /// Lab id.
    pub lab: String,
}

/// Somebody's attempt at a lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Who, and the lab.
    pub task: Task,
    /// The attempt and its environment.
    pub workspace: Workspace,
}

/// What came of a task.
#[derive(Clone, Debug)]
pub struct TaskResult<T> {
    /// Who, and the lab.
    pub task: Task,
    /// What came of it.
    pub result: Result<T>,
}

/// What came of a grading.
#[derive(Clone, Debug)]
pub struct Graded {
    /// What was graded.
    pub workspace: Workspace,
    /// What the checks say.
    pub grade: Grade,
    /// How late it was.
    pub lateness: Lateness,
    /// What comes next on a path.
    pub next: Next,
}

/// What comes after a grading.
#[derive(Clone, Debug)]
pub enum Next {
    /// Nothing: it is not solved, not on a path, or was the last.
    Nothing,
    /// The next lab of the path.
    Started(Box<Workspace>),
    /// The next lab of the path could not be started.
    Failed(Error),
}

impl Task {
    /// As progress calls it.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}: {}", self.member.person.name, self.lab)
    }
}

impl<T> TaskResult<T> {
    /// The task and what it gave, if it succeeded.
    pub fn success(&self) -> Option<(&Task, &T)> {
        Some((&self.task, self.result.as_ref().ok()?))
    }

    /// The task and what went wrong, if it failed.
    pub fn failure(&self) -> Option<(&Task, &Error)> {
        Some((&self.task, self.result.as_ref().err()?))
    }
}
