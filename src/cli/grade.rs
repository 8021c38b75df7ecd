use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::args::AttemptArg;
use super::output::write;
use super::pick::pick_ready;
use super::{Environment, Exit, Ui};
use crate::error::Result;
use crate::grade::Grade;
use crate::ops::attempt::{Graded, grade, try_checks};
use crate::report;

/// Grade the repair; it can be repeated as often as you like
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    attempt: AttemptArg,
    /// For those who write labs: only this check, whatever it needs, and not kept as a grade; may be given several times
    #[arg(long, value_name = "CHECK")]
    check: Vec<String>,
    /// Write the grade as JUnit as well
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write the grade as Markdown as well
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

pub async fn run(args: &Args, around: &Environment, ui: &Ui) -> Result<Exit> {
    let app = around.app().await?;
    let id = pick_ready(&app, args.attempt.name()).await?.attempt.id;
    if !args.check.is_empty() {
        return answer(args, &try_checks(&app, around.labs(), &id, &args.check).await?, ui);
    }
    let Graded { grade, debrief, .. } = grade(&app, around.labs(), &id).await?;
    let exit = answer(args, &grade, ui)?;
    if let Some(debrief) = debrief {
        ui.note(&format!("\n{debrief}"));
    }
    Ok(exit)
}

fn answer(args: &Args, grade: &Grade, ui: &Ui) -> Result<Exit> {
    write(args.junit.as_deref(), || report::junit(grade))?;
    write(args.markdown.as_deref(), || report::markdown(grade))?;
    ui.answer(&report::json(grade), || report::text(grade));
    Ok(Exit::of_grade(grade))
}
