use clap::Args as ClapArgs;
use serde_json::json;

use super::args::AttemptArg;
use super::pick::pick_ready;
use super::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::ops::attempt::{HintRequest, hint};

/// Take the next hint; it costs points
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    attempt: AttemptArg,
    /// Show the hints taken so far, and take none
    #[arg(long)]
    again: bool,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let app = context.app().await?;
    let id = pick_ready(&app, args.attempt.name()).await?.attempt.id;
    let request = if args.again { HintRequest::Taken } else { HintRequest::Next };
    let hints = hint(&app, context.labs(), &id, request).await?;
    let shown = hints.shown.iter().map(|(number, text)| json!({ "number": number, "text": text }));
    let value = json!({
        "attempt": hints.attempt, "taken": hints.taken, "of": hints.of, "cost": hints.cost,
        "hints": shown.collect::<Vec<_>>(),
    });
    ui.answer(&value, || hints.to_string());
    Ok(Exit::Done)
}
