use clap::Args as ClapArgs;

use super::args::AttemptArg;
use super::output::Reports;
use super::pick::pick_ready;
use super::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::grade::Grade;
use crate::ops::attempt::{Graded, grade, try_checks};
use crate::report::{self, GradeFormat};

/// Grade the repair, as often as you like
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    attempt: AttemptArg,
    /// For lab authors: run only this check, without its dependencies, and store no grade; can be repeated
    #[arg(long, value_name = "CHECK")]
    check: Vec<String>,
    #[command(flatten)]
    reports: Reports<GradeFormat>,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let app = context.app().await?;
    let id = pick_ready(&app, args.attempt.name()).await?.attempt.id;
    if !args.check.is_empty() {
        return answer(args, &try_checks(&app, context.labs(), &id, &args.check).await?, ui);
    }
    let Graded { grade, debrief, .. } = grade(&app, context.labs(), &id).await?;
    let exit = answer(args, &grade, ui)?;
    if let Some(debrief) = debrief {
        ui.note(&format!("\n{debrief}"));
    }
    Ok(exit)
}

fn answer(args: &Args, grade: &Grade, ui: &Ui) -> Result<Exit> {
    args.reports.write(grade)?;
    ui.answer(&report::json(grade), || report::text(grade));
    Ok(Exit::of_grade(grade))
}
