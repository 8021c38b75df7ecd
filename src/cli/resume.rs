use clap::Args as ClapArgs;
use serde_json::json;

use super::pick::pick_ready;
use super::{Environment, Exit, Ui, entry};
use crate::environment::PortChoice;
use crate::error::{Error, Result};
use crate::lifecycle::{self, Launch, Resumed, Source};

/// Bring an attempt back whose box went down, as after a reboot or a crash of the engine: with its data
///
/// Starting a box configures GitLab anew, which may heal a fault; whether that still shows as before is looked at and said.
/// In a class, where it is known what the fault did, it goes in again unless its trainee has worked on it.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which workspace, where several are running
    attempt: Option<String>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let attempt = pick_ready(&app, args.attempt.as_deref()).await?.attempt;
    let lab = around.library_of(&attempt).load(&attempt.lab)?;
    let faults = attempt.faults();
    let what = Launch { lab: &lab, port: PortChoice::Same, source: Source::Fresh, faults };
    let (outcome, note) = match lifecycle::resume(&app, &attempt.id, &what).await? {
        Resumed::Running => ("running", None),
        Resumed::Back(note) => ("back", note),
        Resumed::Lost(why) => {
            let error = Error::environment(format!("{} cannot be brought back", attempt.id)).because(why);
            return Err(error.hint(entry::lost(&attempt)));
        }
    };
    let value = json!({ "attempt": attempt.id, "outcome": outcome, "note": note });
    ui.answer(&value, || {
        let state = if outcome == "back" { "is back, with its data" } else { "runs, and had not gone" };
        let note = note.map(|note| format!("\nNote: {note}.")).unwrap_or_default();
        format!("{} {state}.{note}", attempt.id)
    });
    Ok(Exit::Done)
}
