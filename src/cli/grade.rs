use clap::Args as ClapArgs;

use super::args::AttemptArg;
use super::output::Reports;
use super::pick::pick_ready;
use super::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::grade::Grade;
use crate::ops::attempt::{Graded, grade, try_checks};
use crate::ops::class::{Next, advance};
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
    let services = context.services().await?;
    let app = &services.app;
    let id = pick_ready(app, args.attempt.name()).await?.attempt.id;
    if !args.check.is_empty() {
        return answer(args, &try_checks(app, context.labs(), &id, &args.check).await?, ui);
    }
    let Graded { workspace, grade, results, debrief } = grade(app, context.labs(), &id).await?;
    let exit = answer(args, &grade, ui)?;
    if let Some(counting) = report::counting(&results) {
        ui.note(&counting);
    }
    if let Some(debrief) = debrief {
        ui.note(&format!("\n{debrief}"));
    }
    if grade.solved() {
        next(&advance(&services, &workspace).await?, ui)?;
    }
    Ok(exit)
}

/// Says which lab of a class's path comes next.
fn next(next: &Next, ui: &Ui) -> Result<()> {
    match next {
        Next::Nothing => {}
        Next::Last => ui.note("That was the last lab of the path."),
        Next::Started(next) => {
            ui.note(&format!("Next is {}: `breakfix ticket {}`.", next.attempt.lab, next.attempt.id));
        }
        Next::Failed(error) => return Err(error.clone()),
    }
    Ok(())
}

fn answer(args: &Args, grade: &Grade, ui: &Ui) -> Result<Exit> {
    args.reports.write(grade)?;
    ui.answer(&report::json(grade), || report::text(grade));
    Ok(Exit::of_grade(grade))
}
