//! What keys do: the same as the commands of their names.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::model::{Effect, Msg};
use crate::app::App;
use crate::attempt::message;
use crate::class::run::{Graded, Task, extend, grade_all, reset};
use crate::class::{Course, Work};
use crate::cli::Environment;
use crate::cli::class::common::{Ready, alive};
use crate::cli::class::pages;
use crate::error::{Error, Result};
use crate::event::Event;

/// What every action needs.
pub struct Hands<'a> {
    app: App,
    course: &'a Course,
    around: &'a Environment,
    outbox: UnboundedSender<Msg>,
}

impl<'a> Hands<'a> {
    /// The same program, whose warnings go to the board.
    pub fn new(app: &App, course: &'a Course, around: &'a Environment, outbox: UnboundedSender<Msg>) -> Self {
        let board = outbox.clone();
        let events = Arc::new(move |event| {
            if let Event::Warning(text) | Event::Note(text) = event {
                board.send(Msg::Told(text)).ok();
            }
        });
        Self { app: App { events, ..app.clone() }, course, around, outbox }
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
        match effect {
            Effect::Grade(attempts) => self.grade(&attempts).await,
            Effect::Reset(attempt) => self.reset(&attempt).await,
            Effect::Extend(attempt, minutes) => {
                extend(&self.app, &attempt, minutes).await?;
                self.write_pages().await?;
                Ok(format!("{attempt} has {minutes} minutes more"))
            }
            Effect::Message(attempt, text) => self.message(&attempt, &text).await,
            Effect::Quit | Effect::Shell(_) => Ok(String::new()),
        }
    }

    async fn grade(&self, attempts: &[String]) -> Result<String> {
        let (tasks, ready) = (self.tasks(attempts)?, self.ready().await?);
        let results = grade_all(&ready.kit(&self.app, self.course), &tasks, true).await;
        if matches!(self.course.class.work, Work::Path(_)) {
            pages::write_all(&self.app, self.course, &ready)?;
        }
        Ok(graded(&tasks, &results))
    }

    async fn reset(&self, attempt: &str) -> Result<String> {
        let (tasks, ready) = (self.tasks(&[attempt.into()])?, self.ready().await?);
        reset(&ready.kit(&self.app, self.course), &tasks, true).await.into_iter().collect::<Result<Vec<_>>>()?;
        pages::write_all(&self.app, self.course, &ready)?;
        Ok(format!("{attempt} is broken again, as at the beginning"))
    }

    async fn message(&self, attempt: &str, text: &str) -> Result<String> {
        let (_, attempt) = self.tasks(&[attempt.into()])?.remove(0);
        Ok(match message(&self.app, &attempt, text).await? {
            0 => format!("no terminal is open in {}: nobody has read it", attempt.id),
            1 => format!("shown on a terminal of {}", attempt.id),
            many => format!("shown on {many} terminals of {}", attempt.id),
        })
    }

    async fn ready(&self) -> Result<Ready> {
        Ready::new(&self.app, self.around, self.course, None).await
    }

    async fn write_pages(&self) -> Result<()> {
        pages::write_all(&self.app, self.course, &self.ready().await?)
    }

    fn tasks(&self, attempts: &[String]) -> Result<Vec<(Task, crate::attempt::Attempt)>> {
        let members = self.app.store.members(&self.course.class.id)?;
        let mut tasks = alive(&self.app.store, self.course, &members, |_| true)?;
        tasks.retain(|(_, attempt)| attempts.contains(&attempt.id));
        if tasks.is_empty() { Err(Error::not_found("it is not in the class any more")) } else { Ok(tasks) }
    }
}

fn graded(tasks: &[(Task, crate::attempt::Attempt)], results: &[Result<Graded>]) -> String {
    if let ([(task, _)], [result]) = (tasks, results) {
        let who = &task.member.person.name;
        return match result {
            Ok(graded) if graded.grade.solved() => format!("{who} has solved {}", task.lab),
            Ok(graded) => format!("{who} has {} points", graded.grade.score()),
            Err(error) => format!("{who} could not be graded: {error}"),
        };
    }
    let solved = results.iter().flatten().filter(|graded| graded.grade.solved()).count();
    let failed = results.iter().filter(|result| result.is_err()).count();
    let failed = if failed == 0 { String::new() } else { format!(", {failed} could not be graded") };
    format!("{} graded, {solved} solved{failed}", results.len())
}
