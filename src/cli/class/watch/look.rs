//! Looks at a class: the store, and each container with three cheap questions to the engine, nothing being run in any of them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};

use super::facts::{Board, More, Seen, rows, seen, shown, unfit};
use crate::app::App;
use crate::attempt::{Entry, State, timeline};
use crate::check::condition;
use crate::class::Course;
use crate::environment::{Disk, Environment, disk};
use crate::error::Result;
use crate::id::AttemptId;
use crate::lifecycle::pause_largest_writer;
use crate::ops::class::failure;

/// Containers that the engine is asked about at one time.
const SIDE_BY_SIDE: usize = 8;

/// Between two looks at the engine's disk.
const DISK_LOOKS: Duration = Duration::from_secs(5);

/// Looks at one class again and again.
pub struct Watcher {
    pub app: App,
    pub course: Course,
    /// Processor time of each container, and when it was read.
    before: BTreeMap<AttemptId, (Instant, Duration)>,
    /// What was wrong with the engine's disk, and when that was looked at.
    disk: Option<(Instant, Option<String>)>,
}

impl Watcher {
    pub fn new(app: App, course: Course) -> Self {
        Self { app, course, before: BTreeMap::new(), disk: None }
    }

    /// The class as it is now.
    pub async fn look(&mut self) -> Result<Board> {
        let store = &self.app.store;
        let members = store.members(&self.course.class.id)?;
        let entries = store.class_attempts(&self.course.class.id)?;
        let shown: Vec<&Entry> =
            members.iter().flat_map(|member| shown(&self.course.class.work, member, &entries)).collect();
        let looks = shown.iter().filter(|entry| entry.state == State::Running).map(|entry| self.measure(entry));
        let looks: Vec<Look> = stream::iter(looks).buffered(SIDE_BY_SIDE).collect().await;
        let mut more = BTreeMap::new();
        for entry in shown {
            let grade = store.latest_grade(&entry.attempt.id)?;
            let events = store.timeline(&entry.attempt.id)?;
            let (failure, halt) = (failure(&events), timeline::pause(&events).map(String::from));
            let deserted = entry.state.under_way() && store.lock(&entry.attempt.id)?.try_take()?;
            more.insert(entry.attempt.id.clone(), More { grade, failure, halt, deserted, seen: None });
        }
        self.before.clear();
        for look in looks {
            self.before.insert(look.attempt.clone(), (look.when, look.processor));
            if let Some(more) = more.get_mut(&look.attempt) {
                more.seen = Some(look.seen);
            }
        }
        let running = entries.iter().find(|entry| entry.state == State::Running);
        let problem = self.disk_problem(running.map(|entry| &entry.environment)).await;
        let rows = rows(&self.course, &members, &entries, &more);
        let Course { class, .. } = &self.course;
        Ok(Board { class: class.id.clone(), title: class.title.clone(), at: self.app.now(), problem, rows })
    }

    /// Looks at the engine's disk now and then.
    async fn disk_problem(&mut self, running: Option<&Environment>) -> Option<String> {
        let is_due = self.disk.as_ref().is_none_or(|(when, _)| when.elapsed() >= DISK_LOOKS);
        if let Some(running) = running.filter(|_| is_due) {
            let full = disk(&self.app, running).await.filter(|disk| disk.is_nearly_full());
            if let Some(full) = full {
                // Who could not be paused is told by the disk, which stays full.
                pause_largest_writer(&self.app, full).await.ok();
            }
            self.disk = Some((Instant::now(), full.map(disk_full)));
        }
        self.disk.as_ref()?.1.clone()
    }

    async fn measure(&self, entry: &Entry) -> Look {
        let (engine, name) = (&self.app.engine, entry.environment.gitlab());
        let usage = engine.usage(&name).await;
        let when = Instant::now();
        let processor = usage.as_ref().map(|usage| usage.processor).unwrap_or_default();
        let before = self.before.get(&entry.attempt.id).map(|(then, used)| (*used, when - *then));
        let mut seen = seen(usage, before);
        if seen.problem.is_none() {
            seen.problem = unfit(condition(&self.app, &entry.clone().workspace()).await);
        }
        Look { attempt: entry.attempt.id.clone(), when, processor, seen }
    }
}

fn disk_full(disk: Disk) -> String {
    format!(
        "the engine's disk is nearly full, {} MiB are left: `docker system df -v` shows what uses it",
        disk.free >> 20
    )
}

struct Look {
    attempt: AttemptId,
    when: Instant,
    processor: Duration,
    seen: Seen,
}
