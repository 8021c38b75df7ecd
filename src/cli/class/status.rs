use clap::Args as ClapArgs;
use jiff::Timestamp;

use crate::attempt::State;
use crate::cli::args::ClassArg;
use crate::cli::ui::{bold, table};
use crate::cli::{Environment, Exit, Ui};
use crate::engine::Engine;
use crate::error::Result;
use crate::ops::class::{AttemptStatus, Status, pick, status};
use crate::text::time_left;

/// Show where everybody in a class stands
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    class: ClassArg,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let store = around.store()?;
    let course = pick(&store, args.class.id())?;
    // An engine that is away does not keep the store from answering.
    let engine = around.engine().await.ok();
    let status = status(&store, engine.as_ref().map(|engine| engine as &dyn Engine), &course).await?;
    ui.answer(&status, || human(&status));
    Ok(Exit::Done)
}

fn human(answer: &Status) -> String {
    let mut lines = table(&["NAME", "TRAINEE", "LAB", "STATE", "CONTAINER", "ADDRESS", "LEFT", "HINTS", "SCORE"]);
    for row in &answer.members {
        let (name, slug) = (row.member.person.name.as_str(), row.member.slug.as_str());
        if row.attempts.is_empty() {
            lines.add_row([name, slug, "-", "not started", "-", "-", "-", "-", "-"]);
        }
        for standing in &row.attempts {
            lines.add_row(cells(name, slug, standing));
        }
    }
    format!("{}\n\n{lines}", bold(&answer.title))
}

fn cells(name: &str, slug: &str, standing: &AttemptStatus) -> [String; 9] {
    let score = standing.score.map_or("-".into(), |score| match (standing.solved, standing.late_deduction) {
        (_, points) if points > 0 => format!("{score} less {points}, late"),
        (true, _) => format!("{score} solved"),
        (false, _) => score.to_string(),
    });
    let over = standing.state == State::Stopped;
    let left = standing.due.filter(|_| !over).map_or_else(|| "-".into(), |due| time_left(due, Timestamp::now()));
    let url = if over { "-".into() } else { standing.url.clone() };
    [
        name.into(),
        slug.into(),
        standing.lab.to_string(),
        (if over && standing.problem.is_some() { "failed" } else { standing.state.as_str() }).into(),
        standing.container.as_str().into(),
        url,
        left,
        standing.hints_taken.to_string(),
        score,
    ]
}
