use clap::Args as ClapArgs;
use serde_json::json;

use super::output::{failures, graded_exit, graded_line, graded_row, graded_text, successes};
use crate::cli::args::{ClassOption, Jobs};
use crate::cli::{CliContext, Exit, Ui};
use crate::error::Result;
use crate::ops::class::{Graded, Selection, TaskResult, grade, pick};

/// Grade everybody or the named trainees; on a path, a solved lab is followed by the next
///
/// What is solved is not graded again.
///
/// Exit codes: 0 all that was graded is solved, 1 something is not, 3 something could not be graded, 4 a check could
/// not be run.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Whom, by trainee name, id, e-mail address or full name [default: everybody]
    names: Vec<String>,
    #[command(flatten)]
    class: ClassOption,
    #[command(flatten)]
    jobs: Jobs,
}

pub async fn run(args: &Args, context: &CliContext, ui: &Ui) -> Result<Exit> {
    let services = context.services().await?;
    let course = pick(&services.app.store, args.class.id())?;
    let each = |one: &TaskResult<Graded>| ui.note(&graded_line(one));
    let results = grade(&services, &course, &Selection::of(&args.names), args.jobs.number(), each).await?;
    let (graded, failed) = (successes(&results), failures(&results));
    let answer = json!({ "graded": graded.iter().map(graded_row).collect::<Vec<_>>(), "failed": failed });
    ui.answer(&answer, || graded_text(&graded, &failed));
    Ok(graded_exit(&results))
}
