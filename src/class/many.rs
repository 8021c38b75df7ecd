//! Many things at once: side by side with a bound, one failure stopping nobody else, results in order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt, stream};

use crate::app::App;
use crate::error::Result;
use crate::event::{Event, Step};

/// Does something for each, at most `jobs` at one time; results in order. `label` is what progress calls it.
pub async fn side_by_side<T, R, F>(
    app: &App,
    whole: &Step,
    tasks: &[T],
    jobs: usize,
    label: impl Fn(&T) -> String,
    work: impl Fn(App, T) -> F,
) -> Vec<Result<R>>
where
    T: Clone,
    F: Future<Output = Result<R>>,
{
    if tasks.is_empty() {
        return vec![];
    }
    let (done, of) = (AtomicUsize::new(0), tasks.len());
    app.tell(Event::Count(whole.clone(), 0, of));
    let (label, work, done) = (&label, &work, &done);
    let one = |(place, task): (usize, &T)| {
        let (step, task) = (Step::Member(label(task)), task.clone());
        async move {
            let result = match app.check_cancelled() {
                Ok(()) => told(app, &step, work(within(app, &step), task)).await,
                Err(error) => Err(error),
            };
            app.tell(Event::Count(whole.clone(), done.fetch_add(1, Ordering::Relaxed) + 1, of));
            (place, result)
        }
    };
    let works: Vec<_> = tasks.iter().enumerate().map(one).collect();
    let results: BTreeMap<usize, Result<R>> = stream::iter(works).buffer_unordered(jobs.max(1)).collect().await;
    app.tell(Event::Finished(whole.clone()));
    results.into_values().collect()
}

async fn told<R>(app: &App, step: &Step, work: impl Future<Output = Result<R>>) -> Result<R> {
    app.tell(Event::Started(step.clone()));
    let result = work.await;
    app.tell(match &result {
        Ok(_) => Event::Finished(step.clone()),
        Err(error) => Event::Failed(step.clone(), error.to_string()),
    });
    result
}

/// The same, whose steps are the progress of one step: many bars for each of many would only confuse.
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
