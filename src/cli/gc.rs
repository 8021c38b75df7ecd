use clap::Args as ClapArgs;

use super::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::ops::gc::{Collected, GcItem, GcMode, GcRequest, Reason, Scope, collect};

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

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let request = GcRequest {
        scope: if args.orphaned { Scope::All } else { Scope::Own },
        mode: if args.dry_run { GcMode::DryRun } else { GcMode::Remove },
    };
    let Collected { found, busy, ignored } = collect(&context.app().await?, request).await?;
    for attempt in busy {
        ui.note(&format!("{attempt} is left alone: another breakfix process is working on it"));
    }
    if ignored > 0 {
        ui.note(&format!(
            "{ignored} expired objects of other installations are on this engine; `breakfix gc --orphaned` removes them."
        ));
    }
    ui.answer(&found, || text(&found, request.mode));
    Ok(Exit::Done)
}

fn text(found: &[GcItem], mode: GcMode) -> String {
    if found.is_empty() {
        return "Nothing to remove.".into();
    }
    let verb = match mode {
        GcMode::Remove => "Removed",
        GcMode::DryRun => "Would remove",
    };
    let line =
        |one: &GcItem| format!("{verb} {} ({}, {} objects)\n", one.attempt(), reason(one.reason()), one.objects());
    found.iter().map(line).collect()
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
