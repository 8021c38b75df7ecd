//! What keys do: the same as the commands of their names.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::model::{Effect, Msg};
use crate::attempt::Workspace;
use crate::class::Course;
use crate::error::Result;
use crate::event::Event;
use crate::ops::Services;
use crate::ops::attempt::{Source, message};
use crate::ops::class::{Graded, ResetRequest, Selection, TaskResult, extend, grade, reset};

/// What every action needs.
pub struct Hands<'a> {
    services: Services,
    course: &'a Course,
    outbox: UnboundedSender<Msg>,
}

impl<'a> Hands<'a> {
    /// The same program, whose warnings go to the board.
    pub fn new(services: &Services, course: &'a Course, outbox: UnboundedSender<Msg>) -> Self {
        let board = outbox.clone();
        let events = Arc::new(move |event| {
            if let Event::Warning(text) | Event::Note(text) = event {
                board.send(Msg::Told(text)).ok();
            }
        });
        let app = services.app.watched_by(events);
        Self { services: Services { app, ..services.clone() }, course, outbox }
    }

    /// Does what is asked for, side by side, until nobody can ask any more and all is done.
    pub async fn serve(&self, mut effects: UnboundedReceiver<Effect>) {
        let (mut actions, mut open) = (FuturesUnordered::new(), true);
        loop {
            tokio::select! {
                effect = effects.recv(), if open => match effect {
                    Some(effect) => actions.push(self.act(effect)),
                    None => open = false,
                },
                Some(()) = actions.next(), if !actions.is_empty() => {}
                else => return,
            }
        }
    }

    /// Does it, and tells the board how it ended.
    async fn act(&self, effect: Effect) {
        let attempts = match &effect {
            Effect::Grade(attempts) => attempts.clone(),
            Effect::Reset(one) | Effect::Extend(one, _) | Effect::Message(one, _) => vec![one.clone()],
            Effect::Quit | Effect::Shell(_) => vec![],
        };
        let said = match self.done(effect).await {
            Ok(said) => said,
            Err(error) => error.to_string(),
        };
        for attempt in attempts {
            self.outbox.send(Msg::Done(attempt, said.clone())).ok();
        }
    }

    async fn done(&self, effect: Effect) -> Result<String> {
        let (services, course) = (&self.services, self.course);
        match effect {
            Effect::Grade(attempts) => {
                Ok(graded(&grade(services, course, &Selection::Attempts(attempts), None).await?))
            }
            Effect::Reset(attempt) => {
                let who = Selection::Attempts(vec![attempt.clone()]);
                let request = ResetRequest { who, lab: None, source: Source::Pool };
                first(reset(services, course, &request).await?)?;
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

/// What came of the one thing that was asked for.
fn first(results: Vec<TaskResult<Workspace>>) -> Result<()> {
    results.into_iter().try_for_each(|one| one.result.map(drop))
}

fn graded(results: &[TaskResult<Graded>]) -> String {
    if let [TaskResult { task, result }] = results {
        let who = &task.member.person.name;
        return match result {
            Ok(graded) if graded.grade.solved() => format!("{who} has solved {}", task.lab),
            Ok(graded) => format!("{who} has {} points", graded.grade.score()),
            Err(error) => format!("{who} could not be graded: {error}"),
        };
    }
    let solved = results.iter().filter_map(TaskResult::success).filter(|(_, graded)| graded.grade.solved()).count();
    let failed = results.iter().filter(|one| one.result.is_err()).count();
    let failed = if failed == 0 { String::new() } else { format!(", {failed} could not be graded") };
    format!("{} graded, {solved} solved{failed}", results.len())
}
