//! Runs tasks concurrently. Continues after failures; results are in the order of the tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Assignment, Task, TaskResult};
use crate::app::App;
use crate::error::Result;
use crate::event::{Event, Step};
use crate::parallel;

/// A task, or a value that belongs to one.
pub(super) trait HasTask {
    fn task(&self) -> &Task;
}

impl HasTask for Task {
    fn task(&self) -> &Task {
        self
    }
}

impl HasTask for Assignment {
    fn task(&self) -> &Task {
        &self.task
    }
}

/// Settings for a batch of tasks: the step that shows its progress, and the number of concurrent tasks.
pub(super) struct Batch<'a> {
    pub app: &'a App,
    pub step: Step,
    pub jobs: usize,
}

impl Batch<'_> {
    /// Runs `work` for each task with an [`App`] that reports its steps as progress of the task's step.
    pub async fn run<T, R, F>(&self, tasks: &[T], work: impl Fn(App, T) -> F) -> Vec<TaskResult<R>>
    where
        T: HasTask + Clone,
        F: Future<Output = Result<R>>,
    {
        if tasks.is_empty() {
            return vec![];
        }
        let (app, done, of, work) = (self.app, &AtomicUsize::new(0), tasks.len(), &work);
        app.emit(Event::Count(self.step.clone(), 0, of));
        let one = |item: &T| {
            let (step, item) = (Step::Member(item.task().label()), item.clone());
            async move {
                let task = item.task().clone();
                let result = match app.check_cancelled() {
                    Ok(()) => with_events(app, &step, work(within(app, &step), item)).await,
                    Err(error) => Err(error),
                };
                app.emit(Event::Count(self.step.clone(), done.fetch_add(1, Ordering::Relaxed) + 1, of));
                TaskResult { task, result }
            }
        };
        let results = parallel::map(tasks, self.jobs, one).await;
        app.emit(Event::Finished(self.step.clone()));
        results
    }
}

async fn with_events<R>(app: &App, step: &Step, work: impl Future<Output = Result<R>>) -> Result<R> {
    app.emit(Event::Started(step.clone()));
    let result = work.await;
    app.emit(match &result {
        Ok(_) => Event::Finished(step.clone()),
        Err(error) => Event::Failed(step.clone(), error.to_string()),
    });
    result
}

/// An [`App`] that reports its steps as progress of `step`: one bar for each task.
fn within(app: &App, step: &Step) -> App {
    let (events, step) = (app.events.clone(), step.clone());
    let inner = move |event| match event {
        Event::Started(part) => events(Event::Progress(step.clone(), part.to_string())),
        Event::Progress(_, text) => events(Event::Progress(step.clone(), text)),
        Event::Note(text) => events(Event::Note(format!("{step}: {text}"))),
        Event::Warning(text) => events(Event::Warning(format!("{step}: {text}"))),
        Event::Finished(_) | Event::Failed(..) | Event::Count(..) => {}
    };
    app.watched_by(Arc::new(inner))
}
