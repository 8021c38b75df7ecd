use clap::Args as ClapArgs;
use jiff::Timestamp;

use super::output::settle;
use crate::attempt::State;
use crate::cli::args::ClassArg;
use crate::cli::ui::{bold, table};
use crate::cli::{CliContext, Exit, Ui};
use crate::engine::Engine;
use crate::error::Result;
use crate::ops::class::{AttemptStatus, ClassStatus, pick, status};
use crate::text::time_left;

/// Show the status of everybody in a class
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    class: ClassArg,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let store = context.store()?;
    let course = pick(&store, args.class.id())?;
    settle(context, &store, &course, ui).await?;
    // The status also works without an engine; container states are then unknown.
    let engine = context.engine().await.ok();
    let status = status(&store, engine.as_ref().map(|engine| engine as &dyn Engine), &course).await?;
    ui.answer(&status, || text(&status));
    Ok(Exit::Done)
}

fn text(answer: &ClassStatus) -> String {
    let mut lines = table(&["NAME", "TRAINEE", "LAB", "STATE", "CONTAINER", "ADDRESS", "LEFT", "HINTS", "SCORE"]);
    for row in &answer.members {
        let (name, slug) = (row.member.person.name.as_str(), row.member.slug.as_str());
        if row.attempts.is_empty() {
            lines.add_row([name, slug, "-", "not started", "-", "-", "-", "-", "-"]);
        }
        for attempt in &row.attempts {
            lines.add_row(cells(name, slug, attempt));
        }
    }
    format!("{}\n\n{lines}", bold(&answer.title))
}

fn cells(name: &str, slug: &str, attempt: &AttemptStatus) -> [String; 9] {
    let score = attempt.score.map_or("-".into(), |score| match (attempt.solved, attempt.late_deduction) {
        (_, points) if points > 0 => format!("{score} less {points}, late"),
        (true, _) => format!("{score} solved"),
        (false, _) => score.to_string(),
    });
    let over = attempt.state == State::Stopped;
    let left = attempt.due.filter(|_| !over).map_or_else(|| "-".into(), |due| time_left(due, Timestamp::now()));
    let url = if over { "-".into() } else { attempt.url.clone() };
    [
        name.into(),
        slug.into(),
        attempt.lab.to_string(),
        (if over && attempt.problem.is_some() { "failed" } else { attempt.state.as_str() }).into(),
        attempt.container.as_str().into(),
        url,
        left,
        attempt.hints_taken.to_string(),
        score,
    ]
}
