use clap::Args as ClapArgs;

use super::{Environment, Exit, Ui};
use crate::attempt::gc::{Doomed, Reason, collect, survey};
use crate::error::Result;

/// Remove what has expired, was interrupted, or belongs to nothing any more
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let doomed = survey(&app).await?;
    if !args.dry_run {
        for one in &doomed {
            app.check_cancelled()?;
            if !collect(&app, one).await? {
                ui.note(&format!("{} is left alone: another breakfix works on it", one.attempt));
            }
        }
    }
    if !args.dry_run {
        app.store.sweep_locks()?;
    }
    ui.answer(&doomed, || human(&doomed, args.dry_run));
    Ok(Exit::Done)
}

fn human(doomed: &[Doomed], dry_run: bool) -> String {
    if doomed.is_empty() {
        return "Nothing to remove.".into();
    }
    let verb = if dry_run { "Would remove" } else { "Removed" };
    doomed
        .iter()
        .map(|one| format!("{verb} {} ({}, {} objects)\n", one.attempt, reason(one.reason), one.objects))
        .collect()
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Expired => "its time is over",
        Reason::Interrupted => "it was interrupted",
        Reason::Orphaned => "it belongs to nothing any more",
        Reason::Lost => "the engine has lost it",
    }
}
