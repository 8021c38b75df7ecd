use clap::Args as ClapArgs;
use serde_json::json;

use super::args::AttemptArg;
use super::pick::pick_ready;
use super::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::ops::Resumption;
use crate::ops::attempt::resume;

/// Restart an attempt's container with its data, after a reboot or a crash of the engine
///
/// Starting a container configures GitLab again, which may repair its fault. A note says if the fault no longer shows.
/// In a class, the fault is applied again unless the trainee has worked on it.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    attempt: AttemptArg,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let services = context.services().await?;
    let id = pick_ready(&services.app, args.attempt.name()).await?.attempt.id;
    let (outcome, state, note) = match resume(&services, &id).await? {
        Resumption::Running => ("running", "is still running", None),
        Resumption::Back(note) => ("back", "is back, with its data", note),
        Resumption::Anew => ("recreated", "was recreated", None),
    };
    ui.answer(&json!({ "attempt": id, "outcome": outcome, "note": note }), || {
        let note = note.as_ref().map(|note| format!("\nNote: {note}.")).unwrap_or_default();
        format!("{id} {state}.{note}")
    });
    Ok(Exit::Done)
}
