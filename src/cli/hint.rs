use clap::Args as ClapArgs;
use serde_json::json;

use super::pick::pick_running;
use super::{Environment, Exit, Ui};
use crate::attempt;
use crate::error::Result;
use crate::grade::hints_cost;
use crate::render::{Escape, render};
use crate::store::Moment;

/// Take the next hint; it costs points
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which attempt, where several are running
    attempt: Option<String>,
    /// Show the hints taken so far, and take none
    #[arg(long)]
    again: bool,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let id = pick_running(&app.store, args.attempt.as_deref())?.attempt.id;
    let _lock = attempt::lock(&app, &id).await?;
    let mut attempt = pick_running(&app.store, Some(&id))?.attempt;
    let lab = around.library_of(&attempt).load(&attempt.lab)?;
    let fresh = !args.again && attempt.hints_taken < lab.hints.len();
    if fresh {
        attempt.hints_taken += 1;
        app.store.update(&attempt)?;
        app.store.note(&id, &Moment::hint(attempt.hints_taken), app.now())?;
    }
    let values = attempt.values(&lab, "");
    let shown =
        if fresh { attempt.hints_taken - 1..attempt.hints_taken } else { 0..attempt.hints_taken.min(lab.hints.len()) };
    let texts = shown.map(|index| Ok((index + 1, render(&lab.hints[index].text, "a hint", &values, Escape::None)?)));
    let texts = texts.collect::<Result<Vec<_>>>()?;
    let cost = hints_cost(&lab.hints, attempt.hints_taken);
    let value = json!({
        "attempt": id, "taken": attempt.hints_taken, "of": lab.hints.len(), "cost": cost,
        "hints": texts.iter().map(|(number, text)| json!({ "number": number, "text": text })).collect::<Vec<_>>(),
    });
    ui.answer(&value, || {
        let lines: String = texts
            .iter()
            .map(|(number, text)| format!("Hint {number} of {}: {}\n", lab.hints.len(), text.trim()))
            .collect();
        let more = if !fresh && !args.again { "There are no more hints. " } else { "" };
        format!("{lines}{more}Hints taken cost {cost} points so far.")
    });
    Ok(Exit::Done)
}
