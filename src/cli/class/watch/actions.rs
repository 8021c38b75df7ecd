//! Runs the actions of the board's keys: the same operations as the commands with these names.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::model::{Effect, Msg};
use crate::attempt::Workspace;
use crate::class::Course;
use crate::error::Result;
use crate::event::Event;
use crate::ops::Services;
use crate::ops::attempt::{EnvironmentSource, message};
use crate::ops::class::{Graded, ResetRequest, Selection, TaskResult, extend, fill_pool, grade, reset, settle};

/// Time between two looks at the clock of the class.
const CLOCK_INTERVAL: Duration = Duration::from_secs(2);

/// Runs actions concurrently and reports their results to the board.
pub struct Actions<'a> {
    services: Services,
    course: &'a Course,
    outbox: UnboundedSender<Msg>,
}

impl<'a> Actions<'a> {
    /// Sends warnings and notes of the operations to the board.
    pub fn new(services: &Services, course: &'a Course, outbox: UnboundedSender<Msg>) -> Self {
        let board = outbox.clone();
        let events = Arc::new(move |event| {
            if let Event::Warning(text) | Event::Note(text) = event {
                board.send(Msg::Notice(text)).ok();
            }
        });
        let app = services.app.watched_by(events);
        Self { services: Services { app, ..services.clone() }, course, outbox }
    }

    /// Runs effects concurrently until the channel is closed and all have ended.
    pub async fn run(&self, mut effects: UnboundedReceiver<Effect>) {
        let (mut running, mut open) = (FuturesUnordered::new(), true);
        loop {
            tokio::select! {
                effect = effects.recv(), if open => match effect {
                    Some(effect) => running.push(self.run_one(effect)),
                    None => open = false,
                },
                Some(()) = running.next(), if !running.is_empty() => {}
                else => return,
            }
        }
    }

    /// Grades whoever's time is over, until the board is closed.
    pub async fn keep_clock(&self) {
        loop {
            if let Err(error) = settle(&self.services, self.course).await {
                self.outbox.send(Msg::Notice(error.to_string())).ok();
            }
            tokio::select! {
                () = self.outbox.closed() => return,
                () = self.services.app.cancel.cancelled() => return,
                () = tokio::time::sleep(CLOCK_INTERVAL) => {}
            }
        }
    }

    /// Runs an effect and sends its result to the board.
    async fn run_one(&self, effect: Effect) {
        let attempts = match &effect {
            Effect::Grade(attempts) => attempts.clone(),
            Effect::Reset(one) | Effect::Extend(one, _) | Effect::Message(one, _) => vec![one.clone()],
            Effect::Quit | Effect::Shell(_) => vec![],
        };
        let message = match self.perform(effect).await {
            Ok(message) => message,
            Err(error) => error.to_string(),
        };
        for attempt in attempts {
            self.outbox.send(Msg::Done(attempt, message.clone())).ok();
        }
    }

    async fn perform(&self, effect: Effect) -> Result<String> {
        let (services, course) = (&self.services, self.course);
        match effect {
            Effect::Grade(attempts) => {
                Ok(graded(&grade(services, course, &Selection::Attempts(attempts), None, |_| {}).await?))
            }
            Effect::Reset(attempt) => {
                let who = Selection::Attempts(vec![attempt.clone()]);
                let request = ResetRequest { who, lab: None, source: EnvironmentSource::Pool };
                first(reset(services, course, &request).await?)?;
                fill_pool(services, course).await?;
                Ok(format!("{attempt} is broken again, as at the beginning"))
            }
            Effect::Extend(attempt, minutes) => {
                first(extend(services, course, &Selection::Attempts(vec![attempt.clone()]), minutes).await?)?;
                Ok(format!("{attempt} has {minutes} minutes more"))
            }
            Effect::Message(attempt, text) => Ok(match message(&services.app, &attempt, &text).await? {
                0 => format!("no terminal is open in {attempt}: nobody has read it"),
                1 => format!("shown on a terminal of {attempt}"),
                many => format!("shown on {many} terminals of {attempt}"),
            }),
            Effect::Quit | Effect::Shell(_) => Ok(String::new()),
        }
    }
}

/// The first error, if any.
fn first(results: Vec<TaskResult<Workspace>>) -> Result<()> {
    results.into_iter().try_for_each(|one| one.result.map(drop))
}

fn graded(results: &[TaskResult<Graded>]) -> String {
    if let [TaskResult { task, result }] = results {
        let who = &task.member.person.name;
        return match result {
            Ok(graded) if graded.grading.grade.solved() => format!("{who} has solved {}", task.lab),
            Ok(graded) => format!("{who} has {} points", graded.results.score().unwrap_or_default()),
            Err(error) => format!("{who} could not be graded: {error}"),
        };
    }
    let solved =
        results.iter().filter_map(TaskResult::success).filter(|(_, graded)| graded.grading.grade.solved()).count();
    let failed = results.iter().filter(|one| one.result.is_err()).count();
    let failed = if failed == 0 { String::new() } else { format!(", {failed} could not be graded") };
    format!("{} graded, {solved} solved{failed}", results.len())
}
