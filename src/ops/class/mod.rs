//! Operations on a class. Each continues after failures and returns a result for every task.

mod capacity;
mod choose;
mod clock;
mod context;
mod current;
mod extend;
mod gather;
mod grade;
mod handouts;
mod many;
mod pause;
mod pool;
mod remove;
mod reset;
mod resume;
mod run;
mod start;
mod status;
mod stop;
#[cfg(test)]
mod tests;

pub use choose::{Selection, labs, pick};
pub use clock::{overdue, settle, tick};
pub use context::ClassContext;
pub use current::{Current, current, start_current};
pub use extend::extend;
pub use grade::{advance, grade};
pub use handouts::{PagesRequest, PagesWritten, write_all as write_handouts, write_pages};
pub use pause::{continue_class, pause_class};
pub use remove::remove;
pub use reset::{ResetRequest, reset};
pub use resume::{Resumed, resume};
pub use start::{StartPlan, StartRequest, Started, add, check_capacity, clear_and_plan, fill_pool, plan, start};
pub use status::{AttemptStatus, ClassStatus, MemberStatus, results, results_of, status};
pub use stop::{LastGrading, Removal, StopRequest, Stopped, stop};

use crate::attempt::Workspace;
use crate::class::Member;
use crate::class::results::{AttemptResults, Grading};
use crate::error::{Error, Result};
use crate::id::LabId;

/// A member and a lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Member of the class.
    pub member: Member,
    /// Id of the lab.
    pub lab: LabId,
}

/// A task and its attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The member and the lab.
    pub task: Task,
    /// The attempt and its environment.
    pub workspace: Workspace,
}

/// Result of a task.
#[derive(Clone, Debug)]
pub struct TaskResult<T> {
    /// The member and the lab.
    pub task: Task,
    /// Its value or its error.
    pub result: Result<T>,
}

/// A graded attempt of a class.
#[derive(Clone, Debug)]
pub struct Graded {
    /// The attempt and its environment.
    pub workspace: Workspace,
    /// This grading, or the one that had found the lab solved.
    pub grading: Grading,
    /// Everything that the attempt has achieved.
    pub results: AttemptResults,
    /// Next lab of a path.
    pub next: Next,
}

/// What follows a grading.
#[derive(Clone, Debug)]
pub enum Next {
    /// Nothing: the lab is not solved, or the class has no path.
    Nothing,
    /// It was the last lab of the path.
    Last,
    /// The next lab of the path was started.
    Started(Box<Workspace>),
    /// The next lab of the path could not be started.
    Failed(Error),
}

impl Task {
    /// Label for progress messages: name and lab.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}: {}", self.member.person.name, self.lab)
    }
}

impl<T> TaskResult<T> {
    /// The task and its value, if it succeeded.
    pub fn success(&self) -> Option<(&Task, &T)> {
        Some((&self.task, self.result.as_ref().ok()?))
    }

    /// The task and its error, if it failed.
    pub fn failure(&self) -> Option<(&Task, &Error)> {
        Some((&self.task, self.result.as_ref().err()?))
    }
}
