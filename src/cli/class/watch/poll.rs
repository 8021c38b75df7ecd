//! Polls a class: reads the store and asks the engine about each container. Runs no program in the containers.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};

use super::facts::{AttemptDetails, Board, ContainerSnapshot, condition_problem, rows, shown, snapshot};
use crate::app::App;
use crate::attempt::{Entry, State, timeline};
use crate::check::condition;
use crate::class::Course;
use crate::environment::Disk;
use crate::error::Result;
use crate::id::AttemptId;
use crate::ops::disk::protect;
use crate::ops::results::attempt_results;

/// Concurrent engine requests.
const CONCURRENCY: usize = 8;

/// Time between two polls of the engine's disk.
const DISK_INTERVAL: Duration = Duration::from_secs(5);

/// Polls one class.
pub struct Watcher {
    pub app: App,
    pub course: Course,
    /// Processor time of each container, and when it was read.
    before: BTreeMap<AttemptId, (Instant, Duration)>,
    /// Time of the last poll of the engine's disk, and its problem.
    disk: Option<(Instant, Option<String>)>,
}

impl Watcher {
    pub fn new(app: App, course: Course) -> Self {
        Self { app, course, before: BTreeMap::new(), disk: None }
    }

    /// Reads the current state of the class.
    pub async fn poll(&mut self) -> Result<Board> {
        let store = &self.app.store;
        let members = store.members(&self.course.class.id)?;
        let entries = store.class_attempts(&self.course.class.id)?;
        let shown: Vec<&Entry> =
            members.iter().flat_map(|member| shown(&self.course.class.work, member, &entries)).collect();
        let measurements = shown.iter().filter(|entry| entry.state == State::Running).map(|entry| self.measure(entry));
        let measurements: Vec<Measurement> = stream::iter(measurements).buffered(CONCURRENCY).collect().await;
        let mut details = BTreeMap::new();
        for entry in shown {
            let results = attempt_results(store, self.course.class.late, entry)?;
            let pause_reason = timeline::pause(&results.timeline).map(String::from);
            let interrupted = entry.state.under_way() && store.lock(&entry.attempt.id)?.try_take()?;
            details.insert(
                entry.attempt.id.clone(),
                AttemptDetails { results: Some(results), pause_reason, interrupted, snapshot: None },
            );
        }
        self.before.clear();
        for measured in measurements {
            self.before.insert(measured.attempt.clone(), (measured.when, measured.processor));
            if let Some(details) = details.get_mut(&measured.attempt) {
                details.snapshot = Some(measured.snapshot);
            }
        }
        let problem = self.disk_problem().await?;
        let rows = rows(&self.course, &members, &entries, &details);
        let Course { class, .. } = &self.course;
        Ok(Board { class: class.id.clone(), title: class.title.clone(), at: self.app.now(), problem, rows })
    }

    /// Polls the engine's disk every [`DISK_INTERVAL`] and pauses the largest writer if it is nearly full.
    async fn disk_problem(&mut self) -> Result<Option<String>> {
        if let Some((when, problem)) = &self.disk
            && when.elapsed() < DISK_INTERVAL
        {
            return Ok(problem.clone());
        }
        // Whether a container was paused shows in its own row.
        let problem = protect(&self.app).await?.map(|full| disk_full(full.disk));
        self.disk = Some((Instant::now(), problem.clone()));
        Ok(problem)
    }

    async fn measure(&self, entry: &Entry) -> Measurement {
        let (engine, name) = (&self.app.engine, entry.environment.gitlab());
        let usage = engine.usage(&name).await;
        let when = Instant::now();
        let processor = usage.as_ref().map(|usage| usage.processor).unwrap_or_default();
        let before = self.before.get(&entry.attempt.id).map(|(then, used)| (*used, when - *then));
        let mut snapshot = snapshot(usage, before);
        if snapshot.problem.is_none() {
            snapshot.problem = condition_problem(condition(&self.app, &entry.clone().workspace()).await);
        }
        Measurement { attempt: entry.attempt.id.clone(), when, processor, snapshot }
    }
}

fn disk_full(disk: Disk) -> String {
    format!(
        "the engine's disk is nearly full, {} MiB are left: `docker system df -v` shows what uses it",
        disk.free >> 20
    )
}

/// Resource usage of a container at one time.
struct Measurement {
    attempt: AttemptId,
    when: Instant,
    processor: Duration,
    snapshot: ContainerSnapshot,
}
