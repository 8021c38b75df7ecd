use clap::Args as ClapArgs;
use serde::Serialize;

use super::{CliContext, Exit, Ui};
use crate::app::App;
use crate::error::Result;
use crate::lifecycle::abandoned::{self, Abandoned};
use crate::lifecycle::gc::{Candidate, Reason, collect, survey};

/// Remove what has expired, was interrupted, or belongs to nothing any more
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Also remove expired environments of other installations on this engine, such as killed CI jobs. They may have
    /// been extended since: check with --dry-run first if others run classes on this engine
    #[arg(long)]
    orphaned: bool,
    /// Only show what would be removed
    #[arg(long)]
    dry_run: bool,
}

/// One environment: of this installation, or of another.
#[derive(Serialize)]
#[serde(untagged)]
enum Found {
    Ours(Candidate),
    Others(Abandoned),
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let app = context.app().await?;
    let mut found: Vec<Found> = survey(&app).await?.into_iter().map(Found::Ours).collect();
    let others = abandoned::survey(app.engine.as_ref(), app.store.installation(), app.now()).await?;
    if args.orphaned {
        found.extend(others.into_iter().map(Found::Others));
    } else if !others.is_empty() {
        let objects: usize = others.iter().map(|one| one.objects).sum();
        ui.note(&format!(
            "{objects} expired objects of other installations are on this engine; `breakfix gc --orphaned` removes them."
        ));
    }
    if !args.dry_run {
        for one in &found {
            app.check_cancelled()?;
            remove(&app, one, ui).await?;
        }
        app.store.sweep_locks()?;
    }
    ui.answer(&found, || text(&found, args.dry_run));
    Ok(Exit::Done)
}

async fn remove(app: &App, found: &Found, ui: &Ui) -> Result<()> {
    match found {
        Found::Others(abandoned) => abandoned::collect(app, abandoned).await,
        Found::Ours(candidate) => {
            if !collect(app, candidate).await? {
                ui.note(&format!("{} is left alone: another breakfix works on it", candidate.attempt));
            }
            Ok(())
        }
    }
}

fn text(found: &[Found], dry_run: bool) -> String {
    if found.is_empty() {
        return "Nothing to remove.".into();
    }
    let verb = if dry_run { "Would remove" } else { "Removed" };
    let line = |one: &Found| match one {
        Found::Ours(Candidate { attempt, reason, objects, .. })
        | Found::Others(Abandoned { attempt, reason, objects, .. }) => (attempt.to_string(), *reason, *objects),
    };
    found
        .iter()
        .map(line)
        .map(|(attempt, why, objects)| format!("{verb} {attempt} ({}, {objects} objects)\n", reason(why)))
        .collect()
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Expired => "its time is over",
        Reason::Interrupted => "it was interrupted",
        Reason::Orphaned => "it belongs to nothing any more",
        Reason::Lost => "the engine has lost it",
        Reason::Abandoned => "another installation left it, and its time is over",
    }
}
