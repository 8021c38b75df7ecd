use clap::Args as ClapArgs;
use serde_json::json;

use super::pick::pick;
use super::{CliContext, Exit, Ui};
use crate::attempt::State;
use crate::error::Result;
use crate::id::AttemptId;
use crate::ops::attempt::stop;

/// Remove an attempt's environment; its grades are kept
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Attempts, if several are running
    attempts: Vec<String>,
    /// Every attempt
    #[arg(long, conflicts_with = "attempts")]
    all: bool,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let app = context.app().await?;
    let chosen: Vec<AttemptId> = if args.all {
        let alive = app.store.attempts()?.into_iter().filter(|entry| entry.state != State::Stopped);
        alive.map(|entry| entry.attempt.id).collect()
    } else if args.attempts.is_empty() {
        vec![pick(&app.store, None)?.attempt.id]
    } else {
        args.attempts.iter().map(|name| Ok(pick(&app.store, Some(name))?.attempt.id)).collect::<Result<_>>()?
    };
    stop(&app, &chosen).await.into_iter().try_for_each(|stopped| stopped.result)?;
    let pool = app.store.pool()?.len();
    if args.all && pool > 0 {
        ui.note(&format!("{pool} in the pool belong to no attempt and stay; `breakfix pool drain` removes them."));
    }
    ui.answer(&json!({ "stopped": chosen }), || {
        if chosen.is_empty() {
            "Nothing is running.".into()
        } else {
            format!("Removed {}.", chosen.iter().map(AttemptId::as_str).collect::<Vec<_>>().join(", "))
        }
    });
    Ok(Exit::Done)
}
